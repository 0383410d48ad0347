"""Real matrices that are sums over several fields: a rational part and one part over each Q(lambda_i).

Main names: FieldSum, as_sum, simplest, number (an element as a number of its own), enclose (balls). A critical point
with several irrational eigenvalues has weights of this form; a common field of all lambda_i is never built. Products
are formed in `unreduced.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import Field, FieldMatrix, enclosure, refine
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.field_matrices import rank as rank_over_field
from symbolic_cp.exact.field_matrices import regular
from symbolic_cp.exact.limits import check_bits
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import is_zero, rows_as_json, zeros
from symbolic_cp.exact.polynomials import count_real_roots
from symbolic_cp.exact.read import MatrixSum

Weight: TypeAlias = fmpq_mat | FieldMatrix | MatrixSum


@dataclass(frozen=True, slots=True)
class FieldSum(MatrixSum):
    """rational + parts[0] + parts[1] + ..., all m x n; the parts over Q(lambda_i) for pairwise different lambda_i."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rational.nrows(), self.rational.ncols()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the parts."""
        return tuple(part.field for part in self.parts)

    def map(self, function: Callable[[fmpq_mat], fmpq_mat]) -> FieldSum:
        """The image under a linear map of rational matrices, applied to every coefficient matrix."""
        parts = (FieldMatrix(p.field, tuple(function(c) for c in p.coeffs)) for p in self.parts)
        return FieldSum(function(self.rational), tuple(parts))

    def transpose(self) -> FieldSum:
        """The transpose."""
        return self.map(lambda c: c.transpose())

    def __add__(self, other: FieldSum) -> FieldSum:
        parts = list(self.parts)
        for part in other.parts:
            at = next((i for i, own in enumerate(parts) if own.field == part.field), None)
            if at is None:
                parts.append(part)
            else:
                parts[at] += part
        return FieldSum(self.rational + other.rational, tuple(parts))

    def __neg__(self) -> FieldSum:
        return self.map(lambda c: -c)

    def __sub__(self, other: FieldSum) -> FieldSum:
        return self + (-other)

    def to_json(self) -> dict[str, object]:
        """{"sum": [rational matrix, matrix over Q(lambda_1), ...]}."""
        return {"sum": [rows_as_json(self.rational), *(part.to_json() for part in self.parts)]}

    def normal(self) -> FieldSum:
        """The same matrix with all constant coefficients in the rational part, and without parts that are zero."""
        rational = self.rational
        parts = []
        for part in self.parts:
            rational += part.coeffs[0]
            if not part.is_rational():
                parts.append(part - part.coeffs[0])
        return FieldSum(rational, tuple(parts))

    def is_zero(self) -> bool:
        """Whether the matrix is zero, exactly. Raises Undecided if parts over several fields might cancel."""
        normal = self.normal()
        if not normal.parts:
            return is_zero(normal.rational)
        if len(normal.parts) == 1:
            return False
        if is_nonzero_in_balls(self):
            return False
        raise Undecided("parts over several fields may cancel each other; this is not decided")


def as_sum(M: Weight) -> FieldSum:
    """Any weight as a sum: a rational matrix has no parts, a matrix over Q(lambda) has one."""
    if isinstance(M, MatrixSum):
        return FieldSum(M.rational, M.parts)
    if isinstance(M, fmpq_mat):
        return FieldSum(M, ())
    return FieldSum(zeros(M.coeffs[0].nrows(), M.coeffs[0].ncols()), (M,))


def simplest(M: FieldSum) -> Weight:
    """The matrix in its simplest form: over Q without parts, over Q(lambda) with one, else the sum."""
    if not M.parts:
        return M.rational
    if len(M.parts) > 1:
        return M
    return M.parts[0] + M.rational


def weight_to_json(M: Weight) -> object:
    """A weight as the interfaces write it: rows, {"field", "entries"}, or {"sum": [...]}."""
    if isinstance(M, fmpq_mat):
        return rows_as_json(M)
    return as_sum(M).to_json() if isinstance(M, MatrixSum) else M.to_json()


def field_rank(M: FieldSum) -> int | None:
    """The exact rank of a matrix with at most one irrational field; None if there are more."""
    simple = simplest(M)
    if isinstance(simple, fmpq_mat):
        return rank(simple)
    return rank_over_field(simple) if isinstance(simple, FieldMatrix) else None


def number(field: Field | None, element: fmpq_poly) -> fmpq | Field:
    """An element of Q(lambda) (of Q for None) as a number of its own: rational, or with its minimal polynomial.

    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> print(number(root2, fmpq_poly([1, 3])))
    5.2426 (root of x^2 - 2*x - 17)
    """
    if field is None or element.degree() < 1:
        return element[0]
    multiplication = regular(FieldMatrix.from_entries(field, 1, 1, [element]))
    minpoly = multiplication.charpoly().factor(monic=True)[1][0][0]
    width = fmpq(1)
    while True:
        interval = enclosure(field, element, width)
        if minpoly(interval[0]) * minpoly(interval[1]) < 0 and count_real_roots(minpoly, interval) == 1:
            return Field(minpoly, interval)
        width /= 16


def enclose(M: FieldSum, bits: int) -> arb_mat:
    """The matrix in ball arithmetic, lambda_i known to 2^-bits; to be called under `ctx.workprec`."""
    check_bits(bits)
    total = arb_mat(M.rational)
    for part in M.parts:
        low, high = refine(part.field, fmpq(1, 2**bits)).interval
        x, value = arb(low).union(arb(high)), arb_mat(*M.shape)
        for c in reversed(part.coeffs):
            value = value * x + arb_mat(c)
        total += value
    return total


def is_nonzero_in_balls(M: FieldSum, bits: int = 256) -> bool:
    """Whether ball arithmetic shows that some entry is not zero; False says nothing."""
    with ctx.workprec(2 * bits):
        return any(not entry.contains(0) for entry in enclose(M, bits).entries())
