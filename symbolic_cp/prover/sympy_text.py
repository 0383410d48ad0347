"""SymPy expressions as the text of problem files: each node is looked at, and what has no counterpart is refused.

Text knows names only, and SymPy's symbols are more than their names: so every symbol is noted before anything is
written. Two that share a name are refused, as is a name that would be read otherwise, and one that is assumed to be
more than a real number, or a natural one where it is a dimension.

Main name: Writer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.formulas import IDENTIFIER
from symbolic_cp.prover.scope import RESERVED

LARGEST_POWER = 100
DEEPEST = 100


@dataclass(slots=True)
class Writer:
    """Writes expressions; collects the shapes of letters, scalars, dimensions and inverses on the way.

    `known` says what each name stands for: all symbols of a statement are noted there (`note`) before it is written.
    """

    known: dict[str, Any] = field(default_factory=dict)
    shapes: dict[str, list[str]] = field(default_factory=dict)
    scalars: set[str] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    inverses: dict[str, str] = field(default_factory=dict)

    def note(self, one: object) -> None:
        """Note the symbols inside, and which are dimensions. Raises InputError for a name that cannot stand in text."""
        import sympy

        if not isinstance(one, sympy.Basic):
            return
        for part in one.atoms(sympy.MatrixSymbol, sympy.Symbol):
            name = str(part.name)
            if not IDENTIFIER.match(name):
                raise InputError(f"{name!r} is no name; a name has letters, digits and _, and starts with no digit")
            if name in RESERVED:
                raise InputError(f"{name!r} is a word of the expressions; give this symbol another name")
            other = self.known.setdefault(name, part)
            if other != part and not all(isinstance(each, sympy.MatrixSymbol) for each in (other, part)):
                raise InputError(f"two different symbols are called {name}; give one of them another name")
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

        if type(one) is not sympy.MatrixSymbol:
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
        _no_more_than(one, "any real number", real=True)
        self.scalars.add(one.name)
        return str(one.name)

    def dimension(self, one: Any) -> str:  # noqa: ANN401 - a SymPy expression
        """A Symbol or a natural number. Raises InputError for any other expression."""
        import sympy

        if isinstance(one, sympy.Symbol):
            _no_more_than(one, "any natural number", integer=True, positive=True)
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
        import sympy

        stem = f"{base.name}_inverse" if isinstance(base, sympy.MatrixSymbol) else "inverse"
        letter, count = stem, 1
        while letter in self.known or letter in self.inverses:
            count += 1
            letter = f"{stem}_{count}"
        self.inverses[letter] = text
        return letter


ASSUMPTIONS = (
    "positive", "negative", "nonnegative", "nonpositive", "zero", "nonzero", "even", "odd", "prime", "integer",
    "rational", "irrational",
)  # fmt: skip


def _no_more_than(one: Any, what: str, **assumed: bool) -> None:  # noqa: ANN401 - a SymPy symbol
    """Raise InputError if SymPy assumes more of a symbol than this."""
    import sympy

    more = dict(one.assumptions0.items() - sympy.Symbol("x", **assumed).assumptions0.items())
    if more:
        said = next((word for word in ASSUMPTIONS if more.get(word)), None) or f"not {min(more)}"
        advice = "make it with fewer assumptions, and write what is assumed among what is given"
        raise InputError(f"{one.name} is assumed to be {said}, and would be {what} here: {advice}")


def _short(one: object) -> str:
    text = str(one)
    return text if len(text) <= 60 else text[:59] + "…"
