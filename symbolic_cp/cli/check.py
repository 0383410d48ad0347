"""symbolic-cp check: a statement or step on your own instance, every hypothesis and claim."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.options import as_command, decimals_option
from symbolic_cp.cli.output import emit, table
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.book.book import Book
    from symbolic_cp.book.check import Finding, Outcome
    from symbolic_cp.book.script import Step

CODES = {"holds": 0, "violated": 1, "not-applicable": 1, "undecided": 3}
SAYS = {
    "holds": "holds: every hypothesis and every claim",
    "violated": "violated: every hypothesis holds, and a claim does not",
    "not-applicable": "not applicable: a hypothesis does not hold",
    "undecided": "not decided: give witnesses for what is said to exist under their names",
}
LONGEST = 100
"""Longer formulas and residuals are cut in the table; --json has them whole."""


@as_command(
    "check",
    "check lem-1.6 point.json",
    "FILE is a JSON object with a value under the name of each letter, as explain shows them: matrices as lists of "
    'rows, families as {"1": …, "2": …}; "weights": [A1, A2] stands for A1 and A2. Letters that others define may be '
    "left out: pseudoinverses, inverses, rational spectra, vec and Kronecker products. Exit codes: 0 holds, 1 "
    "violated or not applicable, 3 not decided.",
)
@click.argument("name", metavar="ID")
@click.argument("file", metavar="FILE")
@book_option
@decimals_option
def command(*, name: str, file: str, folder: str | None, decimals: bool, as_json: bool) -> int:
    """Find the statement, evaluate it, show what came out."""
    from symbolic_cp.book.check import check

    book = open_book(folder)
    step, others = _claim(book, name)
    outcome = check(step.goal, file, others, decimals=decimals, proof=step.proof)
    emit(outcome.to_json(), as_json, lambda out: _show(out, step, outcome))
    return CODES[outcome.verdict]


def _claim(book: Book, name: str) -> tuple[Step, list[str]]:
    """The step, and the letters that other steps of the same script have. Raises InputError."""
    from symbolic_cp.book.audit import locate

    place = locate(book, name)
    step = book.find(place.step or place.owner)
    script = book.script(place.owner)
    if step is None:
        why = script.failure.splitlines()[0] if script.failure else "it claims nothing"
        raise InputError(f"{name} cannot be checked: {why}")
    conclusion = [script.conclusion] if script.conclusion is not None else []
    return step, [variable.name for one in [*script.steps, *conclusion] for variable in one.goal.variables]


def _show(out: Console, step: Step, outcome: Outcome) -> None:
    out.print(f"{step.id}  {step.title}".rstrip(), "", sep="\n")
    show_outcome(out, outcome)


def show_outcome(out: Console, outcome: Outcome) -> None:
    """Every hypothesis and every claim as a table, and what follows."""
    rows = [["if" if i == 0 else "and", *_row(one)] for i, one in enumerate(outcome.hypotheses)]
    rows += [["then" if i == 0 else "and", *_row(one)] for i, one in enumerate(outcome.claims)]
    out.print(table(out, ["", "formula", "", "residual", "from"], rows), "", sep="\n")
    if outcome.computed:
        out.print(f"Computed: {', '.join(outcome.computed)}")
    for remark in outcome.remarks:
        out.print(remark)
    out.print(SAYS[outcome.verdict])


def _row(one: Finding) -> list[str]:
    found = one.to_json()
    holds = "not decided" if one.holds is None else "holds" if one.holds else "fails"
    residual = "" if one.residual is None else json.dumps(one.residual).replace('"', "")
    return [_cut(found["formula"]), holds, _cut(residual), one.label]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
