"""Calculations a = b = c = ..., one line after the other, and messages that say which line fails and what is near it.

Main names: calculate, LineFailed, nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol, TypeVar

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import Equal, Formula, equal
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.prover.attempts import Effort
from symbolic_cp.prover.scope import shape_text
from symbolic_cp.prover.search import NotProved, derive, split
from symbolic_cp.prover.show import show

QUICK = 20_000
"""The work that is spent on what would be true in place of a line that fails."""


class Reason(Protocol):
    """Something known, with the words for it."""

    @property
    def theorem(self) -> Theorem:
        """The theorem."""

    @property
    def label(self) -> str:
        """What people call it."""


Given = TypeVar("Given", bound=Reason)


class LineFailed(NotProved):
    """A line of a calculation that was not proved: its number from 1, both sides, what is left over, what is near.

    `nearest` is a proved equation whose one side is a side of the line, or None if none was found.
    """

    def __init__(self, line: int, lines: int, sides: tuple[Poly, Poly], by: Sequence[Reason], residual: Poly) -> None:
        self.line, self.sides = line, sides
        self.nearest = nearest(*sides, [one.theorem for one in by])
        left, right = sides
        rows = {
            "left side": repr(left),
            "right side": repr(right),
            "left over": f"{residual!r} = 0",
            "would be true": show_sides(self.nearest) if self.nearest else "",
            "reasons": ", ".join(one.label or show(one.theorem.conclusion) for one in by) or "none",
        }
        shown = "\n".join(f"  {name:<14}{text}" for name, text in rows.items() if text)
        super().__init__(f"line {line} of {lines} of the calculation is not proved\n{shown}", residual)


def calculate(
    have: Callable[[Formula, Sequence[Given]], Given],
    sides: Sequence[Poly],
    by: Sequence[Given | Sequence[Given]],
) -> Given:
    """sides[0] = sides[1] = ...: each line by `have` from its reasons; the first side equals the last.

    A bare 0 is the zero matrix where other sides are matrices.

    If an entry of `by` is a list, there is one entry a line; else every line may use all. Raises LineFailed, and
    KernelError where there are fewer than two sides or not as many entries as lines.
    """
    if len(sides) < 2:
        raise KernelError(f"a calculation has two sides or more; this one has {len(sides)}")
    shape = next((side.shape for side in sides if side.shape is not None), None)
    lines = list(pairwise(side if side.terms else Poly(side.shape or shape, {}) for side in sides))
    reasons = _reasons(len(lines), by)
    proved: list[Given] = []
    for number, ((left, right), own) in enumerate(zip(lines, reasons, strict=True), start=1):
        if left.shape != right.shape:
            shapes = " and ".join(f"{side!r} is {shape_text(side.shape)}" for side in (left, right))
            raise KernelError(f"line {number} of the calculation: {shapes}; equal sides have equal shapes")
        try:
            proved.append(have(equal(left, right), own))
        except NotProved as error:
            raise LineFailed(number, len(lines), (left, right), own, error.residual) from None
    return proved[0] if len(proved) == 1 else have(equal(lines[0][0], lines[-1][1]), proved)


def _reasons(lines: int, by: Sequence[Given | Sequence[Given]]) -> list[list[Given]]:
    """The reasons of each line."""
    if not any(isinstance(entry, list | tuple) for entry in by):
        return [[entry for entry in by if not isinstance(entry, Sequence)]] * lines
    if len(by) != lines:
        raise KernelError(f"{len(by)} entries of reasons for {lines} lines of a calculation; there is one entry a line")
    return [list(entry) if isinstance(entry, Sequence) else [entry] for entry in by]


def nearest(left: Poly, right: Poly, reasons: Sequence[Theorem]) -> tuple[Poly, Poly] | None:
    """A true equation near left = right: one of the sides, and what the reasons reduce it to. None if they do not.

    It is proved before it is said. Cost: at most four short searches.
    """
    effort = replace(Effort(), work=QUICK)
    equations = [one for one in split(*reasons) if isinstance(one.conclusion, Equal)]
    for side in (left, right):
        reduced = _reduced(side, equations, effort)
        if reduced == side:
            continue
        try:
            derive(equal(side, reduced), *equations, effort=effort)
            return side, reduced
        except NotProved:
            continue
    return None


def _reduced(side: Poly, equations: Sequence[Theorem], effort: Effort) -> Poly:
    """What the equations reduce a term to: 0 if it follows that it is."""
    try:
        derive(equal(side, 0), *equations, effort=effort)
        return side - side
    except NotProved as error:
        return error.residual if error.residual.shape == side.shape else side


def show_sides(sides: tuple[Poly, Poly]) -> str:
    """left = right, each as it is written."""
    return f"{sides[0]!r} = {sides[1]!r}"
