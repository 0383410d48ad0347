"""symbolic-cp book: the proof book as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from symbolic_cp.cli.audit import progress_on_terminal
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason


@as_command(
    "book",
    "book -o site",
    "Audits the book, then writes a page for every statement, the dependency graph, the errata, the facts, a search "
    "page and the Python reference. The pages work offline; open index.html in a browser.",
)
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder; it is made if it is not there.")
@book_option
def command(*, output: str, folder: str | None, as_json: bool) -> None:
    """Audit, write."""
    from symbolic_cp.book.audit import audit
    from symbolic_cp.report.website import build

    book = open_book(folder)
    with progress_on_terminal() as progress:
        report = audit(book, None, progress)
    try:
        with progress_on_terminal() as progress:
            built = build(book, report, Path(output), progress)
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=output) from None
    data = {"index": str(built.index), "pages": built.pages}
    emit(data, as_json, lambda out: out.print(f"{built.pages} pages written; open {built.index}"))
