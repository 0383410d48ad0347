"""Pieces of which the pages of the proof book are made: marks, links, tables, the shelf where everything is looked up.

Main names: Shelf, link, mark, table, written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.formulas import Formula
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.notation import meanings
from symbolic_cp.prover.tex import Printer
from symbolic_cp.report.arrange import arranged, is_aligned
from symbolic_cp.report.layout import width
from symbolic_cp.report.mathml import BESIDE, WIDEST, math, rows

MARKS = {"proved": "✓", "repaired": "⟲", "refuted": "✗", "open": "?", "instances": "≈", None: "–"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What pages look up by id: steps, where they stand, who uses them, what else is known; `known` names theorems."""

    step: Callable[[str], Step | None]
    known: Mapping[int, str]
    address: Callable[[str], str | None]
    used_by: Mapping[str, Sequence[str]]
    coq: Mapping[str, str]
    hypotheses: Mapping[str, Sequence[Mapping[str, object]]]
    titles: Mapping[str, str] = field(default_factory=dict)

    def goal(self, name: str) -> Goal | None:
        """What is to be proved under that id."""
        step = self.step(name)
        return None if step is None else step.goal

    def proof(self, name: str) -> Theorem | None:
        """Its proof."""
        step = self.step(name)
        return None if step is None else step.proof


def look(record: Record) -> str:
    """The class of a record, for colour and shape."""
    return record.verdict or "none"


def mark(verdict: str | None) -> str:
    """A verdict as a sign in a shape of its own."""
    return f'<span class="mark {verdict or "none"}" title="{verdict or "claims nothing"}">{MARKS[verdict]}</span>'


def link(shelf: Shelf, name: str, up: str) -> str:
    """An id as a link to where it stands."""
    address = shelf.address(name)
    title = escape(shelf.titles.get(name, ""))
    return escape(name) if address is None else f'<a href="{up}{address}" title="{title}">{escape(name)}</a>'


def table(lines: Sequence[str]) -> str:
    """Rows of formulas, which scroll by themselves where the window is narrow."""
    return f'<div class="scroll"><table class="formula">{"".join(lines)}</table></div>'


def written(
    write: Printer,
    formula: Formula,
    avoid: frozenset[str],
    said: str = "",
    *,
    aligned: bool = True,
    before: str = "",
    room: float = WIDEST,
) -> str:
    """A formula as rows of a table in so many em, with what is said on its right and what stands before it.

    Relations are `aligned` where they have that room.
    """
    room = min(room, BESIDE) if said else room
    if aligned and is_aligned(formula):
        lines = write.lines(formula, avoid)
        aligned = max(width(line.left) for line in lines) + max(width(line.right) for line in lines) <= room
    return rows(arranged(write, formula, avoid, room, aligned=aligned, before=before), said)


def supposed(write: Printer, hypotheses: Sequence[Hypothesis], avoid: frozenset[str]) -> str:
    """Hypotheses as a table, aligned if all are relations."""
    aligned = all(is_aligned(one.formula) for one in hypotheses)
    return table([written(write, one.formula, avoid, escape(one.label), aligned=aligned) for one in hypotheses])


def values_list(write: Printer, values: Mapping[str, Instance]) -> str:
    """Numbers and matrices by name, one behind the other."""
    lines = [line for name, value in values.items() for line in write.value(name, value)]
    shown = "".join(f"<li>{math(f'{line.left} {line.right}')}</li>" for line in lines)
    return f'<div class="scroll"><ul class="values">{shown}</ul></div>'


def stands_for(write: Printer, formulas: Sequence[Formula], avoid: frozenset[str]) -> str:
    """What the shorthands stand for that occur in these formulas."""
    text = " ".join(write.formula(one, avoid) for one in formulas)
    found = [math(f"{name} = {meaning}") for name, meaning in meanings(write).items() if name in text]
    return f'<p class="soft">Here {", ".join(found)}.</p>' if found else ""


def facts(names: Sequence[str], up: str) -> list[str]:
    """Facts of the ledger as links."""
    return [f'<a href="{up}facts.html#{escape(name)}">{escape(name)}</a>' for name in names]
