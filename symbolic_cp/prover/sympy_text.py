"""SymPy expressions as the text of problem files: each node is looked at, and what has no counterpart is refused.

Main name: Writer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symbolic_cp.exact.errors import InputError

LARGEST_POWER = 100
DEEPEST = 100


@dataclass(slots=True)
class Writer:
    """Writes expressions; collects the shapes of letters, scalars, dimensions and inverses on the way."""

    shapes: dict[str, list[str]] = field(default_factory=dict)
    scalars: set[str] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    inverses: dict[str, str] = field(default_factory=dict)

    def note_dimensions(self, one: object) -> None:
        """Note the dimensions of all letters inside, so that a dimension is known where it stands as a scalar."""
        import sympy

        if isinstance(one, sympy.Basic):
            for part in one.atoms(sympy.MatrixSymbol, sympy.Identity, sympy.ZeroMatrix):
                self.dimensions.update(side.name for side in part.shape if isinstance(side, sympy.Symbol))

    def relation(self, one: object, place: str) -> str:
        """A relation. Raises InputError: `place` says which."""
        from sympy import Eq, Ge, Gt, Le, Lt, Ne
        from sympy.logic.boolalg import BooleanAtom

        if isinstance(one, BooleanAtom | bool):
            said = f"SymPy has decided this to be {one}; make it with evaluate=False, or name its parts"
            raise InputError(said, field=place)
        signs = {Eq: "=", Ne: "!=", Ge: ">=", Gt: ">", Le: ">=", Lt: ">"}
        for kind, sign in signs.items():
            if isinstance(one, kind):
                left, right = (self.expression(side, place) for side in one.args)
                return f"{right} {sign} {left}" if kind in (Le, Lt) else f"{left} {sign} {right}"
        raise InputError(f"{_short(one)} is no relation; Eq, Ne, >=, > and their turns are", field=place)

    def expression(self, one: object, place: str = "", depth: int = 0) -> str:
        """An expression. Raises InputError for anything that problems have no word for."""
        import sympy

        if depth > DEEPEST:
            raise InputError(f"this expression is nested deeper than {DEEPEST}", field=place or None)

        def inside(part: object) -> str:
            return self.expression(part, place, depth + 1)

        kinds: list[tuple[Any, Callable[[Any], str]]] = [
            (int, str),
            (sympy.MatrixSymbol, self.letter),
            (sympy.Rational, lambda e: f"({e.p}/{e.q})" if e.q != 1 else f"({e.p})"),
            (sympy.Symbol, self.scalar),
            (sympy.Trace, lambda e: f"tr({inside(e.arg)})"),
            (sympy.Identity, lambda e: f"I[{self.dimension(e.shape[0])}]"),
            (sympy.ZeroMatrix, lambda e: f"0[{', '.join(map(self.dimension, e.shape))}]"),
            (sympy.Transpose, lambda e: f"({inside(e.arg)})'"),
            (sympy.Inverse, lambda e: self.inverse(e.arg, inside(e.arg))),
            ((sympy.Add, sympy.MatAdd), lambda e: f"({' + '.join(map(inside, e.args))})"),
            ((sympy.Mul, sympy.MatMul), lambda e: f"({'*'.join(map(inside, e.args))})"),
            ((sympy.Pow, sympy.MatPow), lambda e: self.power(e, place, inside)),
        ]
        for kind, write in kinds:
            if isinstance(one, kind) and not isinstance(one, bool):
                return write(one)
        said = f"{_short(one)} ({type(one).__name__}) cannot stand in a statement about matrices of any size"
        raise InputError(said, field=place or None)

    def power(self, one: Any, place: str, inside: Callable[[Any], str]) -> str:  # noqa: ANN401 - a SymPy expression
        """A natural power, as a product; the power -1 of a matrix is its inverse."""
        import sympy

        base, exponent = one.args
        if not exponent.is_Integer or not -1 <= exponent <= LARGEST_POWER:
            raise InputError(f"{_short(one)}: powers are whole numbers up to {LARGEST_POWER}", field=place or None)
        if exponent > 0:
            return f"({'*'.join([inside(base)] * int(exponent))})"
        if isinstance(base, sympy.MatrixExpr):
            return f"I[{self.dimension(base.shape[0])}]" if exponent == 0 else self.inverse(base, inside(base))
        raise InputError(f"{_short(one)}: a scalar is not divided by", field=place or None)

    def letter(self, one: Any) -> str:  # noqa: ANN401 - a SymPy expression
        """The name of a MatrixSymbol; its shape is noted. Raises InputError if it has another one elsewhere."""
        import sympy

        if not isinstance(one, sympy.MatrixSymbol):
            raise InputError(f"{_short(one)} is no MatrixSymbol")
        shape = [self.dimension(side) for side in one.shape]
        known = self.shapes.setdefault(one.name, shape)
        if known != shape:
            raise InputError(f"{one.name} is {' x '.join(known)} in one place and {' x '.join(shape)} in another")
        return str(one.name)

    def scalar(self, one: Any) -> str:  # noqa: ANN401 - a SymPy symbol
        """A scalar, or a dimension as one: then it is the trace of an identity."""
        if one.name in self.dimensions:
            return f"tr(I[{one.name}])"
        if one.is_real is False:
            raise InputError(f"{one.name} is not real; scalars and entries are real numbers here")
        self.scalars.add(one.name)
        return str(one.name)

    def dimension(self, one: Any) -> str:  # noqa: ANN401 - a SymPy expression
        """A Symbol or a natural number. Raises InputError for any other expression."""
        import sympy

        if isinstance(one, sympy.Symbol):
            self.dimensions.add(one.name)
            return str(one.name)
        if isinstance(one, sympy.Integer) and one >= 0:
            return str(int(one))
        raise InputError(f"the dimension {_short(one)} is neither a Symbol nor a natural number")

    def inverse(self, base: Any, text: str) -> str:  # noqa: ANN401 - a SymPy expression
        """A letter for a two-sided inverse, the same one for the same expression."""
        known = next((letter for letter, defined in self.inverses.items() if defined == text), None)
        if known is not None:
            return known
        stem = f"{base.name}_inverse" if hasattr(base, "name") else "inverse"
        letter, count = stem, 1
        while letter in self.shapes or letter in self.inverses:
            count += 1
            letter = f"{stem}_{count}"
        self.inverses[letter] = text
        return letter


def _short(one: object) -> str:
    text = str(one)
    return text if len(text) <= 60 else text[:59] + "…"
