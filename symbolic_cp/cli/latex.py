"""symbolic-cp latex: statements of the book with their derivations, as LaTeX or PDF."""

from __future__ import annotations

import click

from symbolic_cp.cli.audit import progress_on_terminal
from symbolic_cp.cli.options import as_command, finite
from symbolic_cp.cli.output import emit, numbered, write_file
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError

WIDTH = click.FloatRange(30, 100)


@as_command(
    "latex",
    "latex lem-1 --pdf",
    "Checks what is named (all of the book without IDs), then writes hypotheses, claim, verdict and steps as a "
    "document: to standard output, or with -o to FILE. Reasons cite equations by their numbers. A fragment is for a "
    "document of your own with amsmath and amssymb. --pdf writes ID.pdf, or FILE, by latexmk.",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("-o", "--output", metavar="FILE", help="The file to write.")
@click.option("--pdf", is_flag=True, help="Write a PDF (needs latexmk).")
@click.option("--fragment", is_flag=True, help="Without preamble, to be pasted into a paper.")
@click.option("--width", type=WIDTH, callback=finite, help="Em in a line of your document (46; article has 34.5).")
@book_option
def command(
    *,
    ids: tuple[str, ...],
    output: str | None,
    pdf: bool,
    fragment: bool,
    width: float | None,
    folder: str | None,
    as_json: bool,
) -> None:
    """Judge, print."""
    from symbolic_cp.book.audit import audit
    from symbolic_cp.report.derivation import PAGE, derivations, document
    from symbolic_cp.report.typeset import typeset

    if pdf and fragment:
        raise click.UsageError("--pdf is a whole document: leave out --fragment")
    if pdf and output is None:
        output = f"{ids[0] if len(ids) == 1 else 'derivations'}.pdf"
    if as_json and output is None:
        raise InputError("--json lists the files that are written: give -o FILE with it")
    book = open_book(folder)
    with progress_on_terminal() as progress:
        report = audit(book, ids, progress, twice=False)
    parts = derivations(report.records, book.find, width or PAGE)
    text = "\n".join(parts) if fragment else document(parts)
    if output is None:
        click.echo(text, nl=False)
        return
    if pdf:
        typeset(text, output)
    else:
        write_file(output, text)
    written = numbered(len(report.records), "derivation")
    emit({"files": [output]}, as_json, lambda out: out.print(f"{written} written to {output}"))
