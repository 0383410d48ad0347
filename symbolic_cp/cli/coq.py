"""symbolic-cp coq: the book as files for Coq, with the library that checks them, and coqc on all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.audit import progress_on_terminal
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit, numbered
from symbolic_cp.cli.shelf import book_option, open_book
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from symbolic_cp.book.book import Book
    from symbolic_cp.coq.check import Answer
    from symbolic_cp.coq.export import Exported
    from symbolic_cp.kernel.logic import Theorem


@as_command(
    "coq",
    "coq lem-1 -o coq-files --check",
    "Writes the Coq library, the facts and one file for each proved statement and step; with IDs for those and what "
    "stands beneath them. With --check coqc compiles them (Coq 8.16, MathComp 1.15); the exit code is 0 if all were "
    "exported and accepted without axioms, else 1.",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder; it is made if it is not there.")
@click.option("--check", "run", is_flag=True, help="Run coqc on what was written.")
@book_option
def command(*, ids: tuple[str, ...], output: str, run: bool, folder: str | None, as_json: bool) -> int:
    """Export every theorem of the book, or those of some ids, and check."""
    from symbolic_cp.coq.check import check, coqc_path
    from symbolic_cp.coq.export import export_all

    if run and coqc_path() is None:
        raise InputError("coqc is not installed; Debian has it as coq, libcoq-mathcomp-algebra, -real-closed and -zify")
    target = Path(output)
    try:
        book = open_book(folder)
        names = beneath(book, ids) if ids else book.ids(hidden=True)
        rows = export_all(theorems_of(book, names), target, titles_of(book, names))
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=output) from None
    answers: list[Answer] = []
    if run:
        with progress_on_terminal() as progress:
            answers = check(target, None if progress is None else lambda done, of: progress(done, of, ""))
    said = {answer.id: answer for answer in answers}
    data = {
        "files": sum(row.exported for row in rows),
        "statements": [
            {
                "id": row.id,
                "exported": row.exported,
                "reason": row.reason,
                "accepted": _accepted(said.get(row.id)) if row.exported else None,
            }
            for row in rows
        ],
        "checked": run and all(_accepted(said.get(row.id)) for row in rows if row.exported),
        "axioms": sorted({axiom for answer in answers for axiom in answer.axioms}),
    }
    emit(data, as_json, lambda out: _show(out, rows, answers, output))
    settled = all(row.exported for row in rows) and (not run or (bool(data["checked"]) and not data["axioms"]))
    return 0 if settled else 1


def beneath(book: Book, ids: Sequence[str]) -> list[str]:
    """The statements to which the ids belong, and those that they cite, however deep. Raises InputError."""
    from symbolic_cp.book.audit import locate

    waiting, found = [locate(book, name).owner for name in ids], dict[str, None]()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        script = book.script(name)
        steps = [*script.steps, *([script.conclusion] if script.conclusion else [])]
        waiting += [book.owner(one) for step in steps for one in step.cites]
    return [name for name in book.ids(hidden=True) if name in found]


def theorems_of(book: Book, names: Sequence[str] | None = None) -> dict[str, Theorem]:
    """The proofs and refutations of statements and of their steps by id; without names of the whole book."""
    from symbolic_cp.book.audit import own_steps

    found: dict[str, Theorem] = {}
    for name in book.ids(hidden=True) if names is None else names:
        for step in own_steps(book, book.script(name)):
            theorem = step.proof or step.refutation
            if theorem is not None:
                found[step.id] = theorem
    return found


def titles_of(book: Book, names: Sequence[str]) -> dict[str, str]:
    """What statements and their steps are about, in words, with the equations of the paper they stand for."""
    from symbolic_cp.book.audit import own_steps

    found: dict[str, str] = {}
    for name in names:
        equations = book.meta(name).equations
        for step in own_steps(book, book.script(name)):
            said = [step.title] if step.title else []
            said += [equation for equation, stated in equations.items() if stated == step.id]
            if step.proof is None and step.refutation is not None:
                said.append("false as it stands: refuted")
            found[step.id] = "; ".join(said)
    return found


def _accepted(answer: Answer | None) -> bool | None:
    return None if answer is None else answer.accepted


def _show(out: Console, rows: list[Exported], answers: list[Answer], output: str) -> None:
    out.print(f"{numbered(sum(row.exported for row in rows), 'theorem')} written to {output}")
    for row in rows:
        if not row.exported:
            out.print(f"  not exported: {row.id}: {row.reason}")
    for answer in answers:
        if not answer.accepted:
            out.print(f"  refused by coqc: {answer.id}: {answer.message}")
        elif answer.axioms:
            out.print(f"  rests on axioms: {answer.id}: {', '.join(answer.axioms)}")
    if answers:
        out.print(f"{sum(answer.accepted for answer in answers)} of {len(answers)} accepted by coqc")
