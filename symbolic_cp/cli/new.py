"""symbolic-cp new: a folder with a proof script to start from and its test. Nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import click

from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit, write_file
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason


@as_command(
    "new",
    "new least-squares",
    "NAME is a folder that is not there yet; the last part of its path names the statement. `pytest NAME` runs every "
    "step as a test, `symbolic-cp audit --book NAME` says what holds.",
)
@click.argument("name", metavar="NAME")
def command(*, name: str, as_json: bool) -> int:
    """Make the folder, write the files, list them."""
    from symbolic_cp.book.start import files

    folder = Path(name)
    texts = files(folder.name)
    try:
        folder.mkdir()
    except FileExistsError:
        raise InputError("this is there already, and new overwrites nothing; give another name", file=name) from None
    except OSError as error:
        raise InputError(f"cannot be made: {reason(error)}", file=name) from None
    written = []
    for file, text in texts.items():
        write_file(folder / file, text)
        written.append(str(folder / file))
    emit({"files": written}, as_json, lambda out: out.print(*written, "", f"Next: pytest {folder}", sep="\n"))
    return 0
