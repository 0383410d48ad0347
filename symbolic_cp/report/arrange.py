r"""Formulas of many relations laid out so that they are read: broken where they are put together, indented by depth.

What fits in a row stays in one. Else a conjunction has a row for each part, conditions stand above what they imply,
and what is quantified stands below its quantifier, further in. Relations alone, and conjunctions of them, are aligned
at their signs. Read without the breaks it is the formula as `Printer.formula` writes it.

Main function: arranged.
"""

from __future__ import annotations

from symbolic_cp.kernel.formulas import And, Atom, Connective, Equal, Falsum, ForAll, Formula, Implies, Or, Quantifier
from symbolic_cp.prover.tex import Line, Printer, spine
from symbolic_cp.prover.view import equivalence, stripped
from symbolic_cp.report.layout import broken, width

INDENT = 1.0
"""How far in a row stands for each level, in em."""
LEAST = 14.0
"""However deep a row stands, it has so many em."""
PACKED = 0.6
"""Short relations of a conjunction share a row up to this part of its width."""


def is_aligned(formula: Formula) -> bool:
    """Whether it is a relation, or a conjunction of relations."""
    parts = spine(formula) if isinstance(formula, And) else [formula]
    return all(isinstance(one, Atom | Falsum) for one in parts)


def arranged(
    write: Printer, formula: Formula, avoid: frozenset[str], room: float, *, aligned: bool = True, before: str = ""
) -> list[Line]:
    """The lines of a formula for a display of `room` em; `aligned` says whether relations alone are.

    `before` is what stands before it; then nothing is aligned.

    Cost: each part is printed once a level that it does not fit in.
    """
    if aligned and not before and is_aligned(formula):
        return write.lines(formula, avoid)
    return [Line("", text, depth) for depth, text in _Rows(write).of(formula, avoid, room, before)]


class _Rows:
    """Rows with their depths, by one printer."""

    def __init__(self, write: Printer) -> None:
        self.write = write

    def of(
        self, formula: Formula, avoid: frozenset[str], room: float, before: str = "", behind: str = ""
    ) -> list[tuple[int, str]]:
        """The rows of a formula between what stands before it in its first row and behind it in its last."""
        whole = f"{before}{self.write.formula(formula, avoid)}{behind}"
        if width(whole) <= room or formula in self.write.names:
            return [(0, whole)]
        if isinstance(formula, Quantifier):
            return self._quantified(formula, avoid, room, before, behind)
        if isinstance(formula, Implies) and isinstance(formula.right, Falsum):
            if isinstance(formula.left, Equal):
                return self._atom(formula, avoid, room, before, behind)
            if formula.left in self.write.names:
                return self.of(formula.left, avoid, room, rf"{before}\lnot", behind)
            return self.of(formula.left, avoid, room, rf"{before}\lnot(", f"){behind}")
        if isinstance(formula, Implies):
            return self._implied(formula, avoid, room, before, behind)
        if isinstance(formula, Connective) and self.write.inverse(formula) is None:
            return self._joined(formula, avoid, room, before, behind)
        return self._atom(formula, avoid, room, before, behind)

    def _quantified(
        self, formula: Quantifier, avoid: frozenset[str], room: float, before: str, behind: str
    ) -> list[tuple[int, str]]:
        variables, body = stripped(formula, avoid)
        avoid |= {one.name for one in variables}
        sign = r"\forall" if isinstance(formula, ForAll) else r"\exists"
        head = rf"{before}{sign}\, {', '.join(map(self.write.variable, variables))}:\;"
        while isinstance(body, Implies) and isinstance(body.left, Atom) and not isinstance(body.left, Equal):
            longer = rf"{head} {self.write.formula(body.left, avoid)} \implies"
            if isinstance(body.right, Falsum) or width(longer) > room:
                break
            head, body = longer, body.right
        return [*_torn(head, room), *_deeper(self.of(body, avoid, _less(room), behind=behind))]

    def _implied(
        self, formula: Implies, avoid: frozenset[str], room: float, before: str, behind: str
    ) -> list[tuple[int, str]]:
        rows: list[tuple[int, str]] = []
        rest: Formula = formula
        while isinstance(rest, Implies) and not isinstance(rest.right, Falsum) and rest not in self.write.names:
            rows += self._part(rest.left, avoid, room, "" if rows else before, r" \implies")
            rest = rest.right
        return [*rows, *_deeper(self.of(rest, avoid, _less(room), behind=behind))]

    def _joined(
        self, formula: Connective, avoid: frozenset[str], room: float, before: str, behind: str
    ) -> list[tuple[int, str]]:
        assert isinstance(formula, And | Or)
        sign = r" \land" if isinstance(formula, And) else r" \lor"
        both = equivalence(formula)
        *parts, last = self.write.joined(formula) if both is None else both
        sign = sign if both is None else r" \iff"
        rows: list[tuple[int, str]] = []
        follows = False  # whether the last row holds relations alone, so that another short one may stand behind them
        for one in [*parts, last]:
            found = self._part(one, avoid, room, "" if rows else before, behind if one is last else sign)
            alone = isinstance(one, Atom) and len(found) == 1
            if alone and follows and width(longer := f"{rows[-1][1]} {found[0][1]}") <= room * PACKED:
                rows[-1] = rows[-1][0], longer
            else:
                rows += found
            follows = alone
        return rows

    def _part(
        self, formula: Formula, avoid: frozenset[str], room: float, before: str, behind: str
    ) -> list[tuple[int, str]]:
        """A part of a conjunction or a condition, in parentheses if it is no relation."""
        if self.write.is_closed(formula):
            return self.of(formula, avoid, room, before, behind)
        first, *rest = self.of(formula, avoid, _less(room), f"{before}(", f"){behind}")
        return [first, *_deeper(rest)]

    def _atom(
        self, formula: Formula, avoid: frozenset[str], room: float, before: str, behind: str
    ) -> list[tuple[int, str]]:
        """A relation that is too wide: broken before its sign, and each side at its signs or factors."""
        (line,) = self.write.lines(formula, avoid)
        if not line.left:
            return _torn(f"{before}{line.right}{behind}", room)
        left, right = _torn(f"{before}{line.left}", room), _torn(f"{line.right}{behind}", _less(room))
        return [*left, *_deeper(right)]


def _torn(text: str, room: float) -> list[tuple[int, str]]:
    """A row that is too wide, broken at its signs or factors."""
    first, *rest = broken(text, room)
    return [(0, first), *((2, one) for one in rest)]


def _deeper(rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(depth + 1, text) for depth, text in rows]


def _less(room: float) -> float:
    return max(room - INDENT, LEAST)

