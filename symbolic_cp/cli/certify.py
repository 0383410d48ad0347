"""symbolic-cp certify: the certificates of the book as files, each replayed before it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.audit import progress_on_terminal
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit, numbered, write_file
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason

if TYPE_CHECKING:
    from symbolic_cp.book.verdict import Record

SUFFIX = ".cert.json"


@as_command(
    "certify",
    "certify lem-1 -o certificates",
    "Writes ID.cert.json for every statement and step, proved or refuted; all of the book without IDs. What has no "
    "certificate is named on standard error, and the exit code is 3.",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder; it is made if it is not there.")
@book_option
def command(*, ids: tuple[str, ...], output: str, folder: str | None, as_json: bool) -> int:
    """Judge each with a certificate of its own, write what was accepted."""
    from symbolic_cp.book.audit import certified

    book = open_book(folder)
    target = Path(output)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {reason(error)}", file=output) from None
    files: list[str] = []
    without: list[str] = []
    with progress_on_terminal() as progress:
        for record in certified(book, ids, progress):
            if record.certificate is None:
                without += [record.id] * (record.verdict is not None)
            else:
                files.append(_write(target, record))
    emit({"files": files}, as_json, lambda out: out.print(f"{numbered(len(files), 'certificate')} written to {output}"))
    if without:
        click.echo(f"without a certificate: {', '.join(without)}", err=True)
    return 3 if without else 0


def _write(folder: Path, record: Record) -> str:
    path = folder / f"{record.id}{SUFFIX}"
    write_file(path, json.dumps(record.certificate, separators=(",", ":")) + "\n")
    return str(path)
