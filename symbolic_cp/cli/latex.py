"""symbolic-cp latex: statements of the book with their derivations, as a LaTeX fragment."""

from __future__ import annotations

import click

from symbolic_cp.cli.audit import progress_on_terminal
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit, write_file
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError


@as_command(
    "latex",
    "latex lem-1 -o lemma.tex",
    "Checks what is named (all of the book without IDs), then writes hypotheses, claim, verdict and steps as a "
    "fragment for a document with amsmath and amssymb: to standard output, or with -o to FILE.",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("-o", "--output", metavar="FILE", help="The file to write.")
@click.option("--pdf", is_flag=True, help="Not built yet.")
@book_option
def command(*, ids: tuple[str, ...], output: str | None, pdf: bool, folder: str | None, as_json: bool) -> None:
    """Judge, print."""
    from symbolic_cp.book.audit import audit
    from symbolic_cp.prover.goal import Goal
    from symbolic_cp.report.latex import derivation

    if pdf:
        raise InputError("PDF is not built yet; without --pdf this writes LaTeX")
    if as_json and output is None:
        raise InputError("--json lists the files that are written: give -o FILE with it")
    book = open_book(folder)

    def goals(name: str) -> Goal | None:
        step = book.find(name)
        return None if step is None else step.goal

    with progress_on_terminal() as progress:
        report = audit(book, ids, progress, twice=False)
    text = "\n".join(derivation(record, goals) for record in report.records)
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    emit({"files": [output]}, as_json, lambda out: out.print(f"{len(report.records)} derivations written to {output}"))
