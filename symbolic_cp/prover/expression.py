"""Expressions for people: `A2 @ A1 @ X - Y`, `.T`, `tr(M)`, and `==`, `>=`, `>` that make formulas.

An `Expr` holds a kernel term; every operator applies the kernel's own. Comparisons give kernel formulas, where the term
itself compares as an object. Dimensions and indices are kernel `Nat`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.kernel.formulas import Formula, Variable, at, at_least, equal, greater, negation
from symbolic_cp.kernel.terms import Nat, Poly, Rational, identity, nat, scalar, trace, zero
from symbolic_cp.prover.tex import Printer


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """A scalar or matrix with operators.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> A = Expr(matrix("A", "m", "n")); print((A @ A.T).T - A @ A.T)
    0
    """

    term: Poly

    def __add__(self, other: Expr | Poly | Nat | Rational) -> Expr:
        return Expr(self.term + term(other))

    def __radd__(self, other: Poly | Nat | Rational) -> Expr:
        return Expr(term(other) + self.term)

    def __sub__(self, other: Expr | Poly | Nat | Rational) -> Expr:
        return Expr(self.term - term(other))

    def __rsub__(self, other: Poly | Nat | Rational) -> Expr:
        return Expr(term(other) - self.term)

    def __neg__(self) -> Expr:
        return Expr(-self.term)

    def __matmul__(self, other: Expr | Poly | Nat | Rational) -> Expr:
        return Expr(self.term * term(other))

    __mul__ = __matmul__

    def __rmul__(self, other: Poly | Nat | Rational) -> Expr:
        return Expr(term(other) * self.term)

    def __truediv__(self, other: int) -> Expr:
        return Expr(self.term * Fraction(1, other))

    def __pow__(self, exponent: int) -> Expr:
        shape = self.term.shape
        power = scalar(1) if shape is None else identity(shape[0])
        for _ in range(exponent):
            power = power * self.term
        return Expr(power)

    @property
    def T(self) -> Expr:
        """The transpose."""
        return Expr(self.term.T)

    def __eq__(self, other: object) -> Formula:  # type: ignore[override]  # a formula, as in SymPy's Eq
        return equal(self.term, _right(other))

    def __ne__(self, other: object) -> Formula:  # type: ignore[override]  # a formula
        return negation(equal(self.term, _right(other)))

    __hash__ = None  # type: ignore[assignment]  # what compares to a formula cannot be a key

    def __ge__(self, other: Expr | Poly | Nat | Rational) -> Formula:
        return at_least(self.term, term(other))

    def __le__(self, other: Expr | Poly | Nat | Rational) -> Formula:
        return at_least(term(other), self.term)

    def __gt__(self, other: Expr | Poly | Nat | Rational) -> Formula:
        return greater(self.term, term(other))

    def __lt__(self, other: Expr | Poly | Nat | Rational) -> Formula:
        return greater(term(other), self.term)

    def __repr__(self) -> str:
        return repr(self.term)

    def _repr_latex_(self) -> str:
        return f"${Printer().poly(self.term)}$"


def _right(other: object) -> Poly | int:
    if isinstance(other, int) and not isinstance(other, bool):
        return other
    if isinstance(other, Expr | Poly | Nat | Fraction):
        return term(other)
    raise TypeError(f"{other!r} cannot stand in a formula")


def term(value: Expr | Poly | Nat | Rational) -> Poly:
    """The kernel term of anything that may stand in an expression."""
    return value.term if isinstance(value, Expr) else scalar(value)


def ident(size: Nat | int | str) -> Expr:
    """The identity matrix of that size."""
    return Expr(identity(size))


def null(rows: Nat | int | str, cols: Nat | int | str) -> Expr:
    """The zero matrix of that shape."""
    return Expr(zero(rows, cols))


def tr(value: Expr) -> Expr:
    """The trace. Raises KernelError on a matrix that is not square."""
    return Expr(trace(value.term))


def norm2(value: Expr) -> Expr:
    """The squared Frobenius norm, tr(M'M)."""
    return tr(value.T @ value)


def number(value: Nat | Rational | str) -> Expr:
    """A natural number term, the name of one, or a rational as a scalar."""
    return Expr(scalar(nat(value) if isinstance(value, str) else value))


def of(variable: Variable, *indices: Nat | int | str) -> Expr:
    """A variable, or the member of a family at the indices. Raises KernelError for a natural number."""
    return Expr(at(variable, *indices))
