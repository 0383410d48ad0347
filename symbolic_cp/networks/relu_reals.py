"""Real numbers of one field, Q or Q(lambda), with arithmetic and order: what the ReLU engine calculates with.

Main names: Real, rational, signs. An element is a polynomial in lambda, reduced; its sign is exact. A vector over the
field is a tuple of rational rows, one for each power of lambda.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact import fields
from symbolic_cp.exact.algebraic import Field, FieldMatrix, refine
from symbolic_cp.networks.fieldsum import number

BITS = 128
"""Signs of many elements are first asked of balls with lambda known to 2^-128."""


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """An element of Q (`field` None) or Q(lambda); `element` is a polynomial in lambda. Numbers of Q go with all.

    >>> root2 = Real(Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2))), fmpq_poly([0, 1]))
    >>> (root2 * root2 - 2).sign(), (3 - 2 * root2).sign(), (1 / root2 * root2).sign()
    (0, 1, 1)
    """

    field: Field | None
    element: fmpq_poly

    def _with(self, other: Real | fmpq | int) -> tuple[Field | None, fmpq_poly]:
        if not isinstance(other, Real):
            return self.field, fmpq_poly([other])
        if self.field is not None and other.field is not None and self.field != other.field:
            raise ValueError("numbers of two different fields")
        return self.field or other.field, other.element

    def __add__(self, other: Real | fmpq | int) -> Real:
        field, element = self._with(other)
        return Real(field, self.element + element)

    def __sub__(self, other: Real | fmpq | int) -> Real:
        field, element = self._with(other)
        return Real(field, self.element - element)

    def __mul__(self, other: Real | fmpq | int) -> Real:
        field, element = self._with(other)
        product = self.element * element
        return Real(field, product if field is None else product % field.minpoly)

    def __neg__(self) -> Real:
        return Real(self.field, -self.element)

    def __radd__(self, other: fmpq | int) -> Real:
        return self + other

    def __rsub__(self, other: fmpq | int) -> Real:
        return -self + other

    def __rmul__(self, other: fmpq | int) -> Real:
        return self * other

    def __truediv__(self, other: Real | fmpq | int) -> Real:
        field, element = self._with(other)
        if field is None or element.degree() < 1:
            if not element:
                raise ZeroDivisionError("division by zero")
            return Real(field, self.element / element[0])
        return self * Real(field, fields.inverse(field, element))

    def __rtruediv__(self, other: fmpq | int) -> Real:
        return rational(other) / self

    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        if self.field is None or self.element.degree() < 1:
            value = self.element[0]
            return (value > 0) - (value < 0)
        return fields.sign(self.field, self.element)

    def is_zero(self) -> bool:
        """Whether it is zero."""
        return not self.element

    def number(self) -> fmpq | Field:
        """The number on its own: rational, or with its minimal polynomial."""
        return number(self.field, self.element)


def rational(value: fmpq | int) -> Real:
    """A rational number."""
    return Real(None, fmpq_poly([value]))


Row = tuple[fmpq_mat, ...]
"""A row over the field: 1 x n rational rows, the coefficients of 1, lambda, lambda^2, ..."""


def real(field: Field | None, row: Row, place: int) -> Real:
    """An entry of a row (from 0)."""
    return Real(field, fmpq_poly([part[0, place] for part in row]))


def times(row: Row, M: fmpq_mat) -> Row:
    """The row times a rational matrix."""
    return tuple(part * M for part in row)


def signs(field: Field | None, row: Row) -> list[int]:
    """The sign of every entry, exactly; balls decide those that are clearly not zero.

    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> signs(root2, (fmpq_mat([[-1, 0, 3]]), fmpq_mat([[1, 0, -3]])))
    [1, 0, -1]
    """
    if field is None or len(row) == 1:
        return [(q > 0) - (q < 0) for q in row[0].entries()]
    with ctx.workprec(2 * BITS):
        low, high = refine(field, fmpq(1, 2**BITS)).interval
        x, total = arb(low).union(arb(high)), arb_mat(1, row[0].ncols())
        for part in reversed(row):
            total = total * x + arb_mat(part)
        balls = total.entries()
    return [1 if b > 0 else -1 if b < 0 else real(field, row, j).sign() for j, b in enumerate(balls)]


def as_weight(field: Field | None, rows: Sequence[Row]) -> fmpq_mat | FieldMatrix:
    """The matrix with these rows."""
    width, length = rows[0][0].ncols(), max(map(len, rows))
    parts = [
        fmpq_mat(len(rows), width, [row[k][0, j] if k < len(row) else 0 for row in rows for j in range(width)])
        for k in range(length)
    ]
    return parts[0] if field is None or length == 1 else FieldMatrix(field, tuple(parts))
