"""symbolic-cp facts: the ledger of what is assumed of linear algebra, and who rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from symbolic_cp.cli.audit import all_of, progress_on_terminal
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit
from symbolic_cp.cli.shelf import book_option, open_book

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.book.verdict import Record

WIDTH = 120
IN_COQ = {True: "proved, without axioms", False: "refused", None: "not checked since its library changed"}


@as_command("facts", "facts --json", "Runs the book, and lists under each fact the claims whose proofs rest on it.")
@book_option
def command(*, folder: str | None, as_json: bool) -> None:
    """Audit, and collect."""
    from symbolic_cp.book.audit import audit

    book = open_book(folder)
    with progress_on_terminal() as progress:
        report = audit(book, None, progress, twice=False)
    facts = _facts(report.records)
    emit({"facts": facts}, as_json, lambda out: _show(out, facts))


def _facts(records: Sequence[Record]) -> list[dict[str, Any]]:
    from symbolic_cp.coq.recorded import proved_facts
    from symbolic_cp.kernel.facts import FACTS
    from symbolic_cp.prover.show import show

    in_coq = proved_facts()
    users = [one for one in all_of(records) if one.stands_in is None]
    return [
        {
            "id": name,
            "statement": show(fact.formula()),
            "used_by": [one.id for one in users if name in one.facts],
            "coq": in_coq[name],
            "purpose": fact.purpose,
            "reference": fact.reference,
        }
        for name, fact in FACTS.items()
    ]


def _show(out: Console, facts: list[dict[str, Any]]) -> None:
    from symbolic_cp.book.explain import lines_of

    width = out.width if out.is_terminal else WIDTH
    for fact in facts:
        out.print(f"{fact['id']}: {fact['purpose']}")
        out.print(*lines_of("  statement  ", fact["statement"], width), f"  reference  {fact['reference']}", sep="\n")
        out.print(f"  Coq        {IN_COQ[fact['coq']]}")
        out.print(*lines_of("  used by    ", ", ".join(fact["used_by"]) or "nothing", width), "", sep="\n")
