"""The errata of a book: one table, a row for each claim that is false as printed.

Main function: errata.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.report.goals import goal_of
from symbolic_cp.report.pages import claim, numbering, page
from symbolic_cp.report.pieces import Shelf, link, mark, stands_for, table, values_list, written

COLUMN = 26.0
"""How wide a column is, in em."""
HEADS = ("The claim as printed", "The exact counterexample", "Repaired and proved")


def errata(records: Sequence[Record], shelf: Shelf) -> str:
    """The page: each claim as printed, its exact counterexample, the repaired and proved statement."""
    found = [one for one in flattened(records) if one.counterexample is not None and one.stands_in is None]
    rows = list(dict.fromkeys(_row(one, shelf) for one in found))
    head = "".join(f"<th>{one}</th>" for one in HEADS)
    body = [
        "<h1>Errata</h1>",
        "<p>Claims that are false as printed, each with an exact counterexample: every hypothesis holds at these "
        "values, and the claim does not.</p>",
        f'<table class="list errata"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>',
    ]
    return page("Errata – proof book", body)


def _row(one: Record, shelf: Shelf) -> str:
    printed = ""
    if one.formal is not None:
        whole = "".join(claim(one, shelf))
        printed = _claimed(goal_of(one, shelf.goal))
        printed += f"<details><summary>with its hypotheses</summary>{whole}</details>"
    repair = shelf.goal(one.repair) if one.repair else None
    fixed = "<p>There is no repair.</p>"
    if repair is not None and one.repair:
        title = escape(shelf.titles.get(one.repair, ""))
        fixed = f"<h3>{mark('proved')}{link(shelf, one.repair, '')} {title}</h3>{_claimed(repair)}"
    name = f'<h3>{mark(one.verdict)}{link(shelf, one.id, "")} {escape(one.title)}</h3>'
    said = f'<p class="soft">{escape(numbering(one.id))}</p>'
    cells = [name + said + printed, _values(one, shelf), fixed]
    heads = [f'<div class="head" aria-hidden="true">{head}</div>' for head in HEADS]
    inside = "".join(f"<td>{head}{cell}</td>" for head, cell in zip(heads, cells, strict=True))
    return f'<tr id="{escape(one.id)}">{inside}</tr>'


def _values(one: Record, shelf: Shelf) -> str:
    """The values of a counterexample, one behind the other."""
    if not one.values or one.formal is None:
        return "<p>A proof of its negation.</p>"
    write = printer_of(goal_of(one, shelf.goal))
    decided = (one.counterexample or {}).get("decided_by")
    how = "decided by evaluation" if decided == "evaluation" else "decided by a proof at these values"
    return f'{values_list(write, one.values)}<p class="soft">{how}</p>'


def _claimed(goal: Goal) -> str:
    """The claim alone, with what its shorthands stand for."""
    write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
    return table([written(write, goal.claim, avoid, room=COLUMN)]) + stands_for(write, [goal.claim], avoid)
