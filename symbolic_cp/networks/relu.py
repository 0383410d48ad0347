"""A ReLU network with one hidden layer at an exact point: loss, gradients, and one-sided slopes where it has a kink.

Main class: ReluNetwork(X, Y, [A1, A2]), L = 1/2 |A2 sigma(A1 X) - Y|^2 (eq-7 of the paper), weights over Q or
Q(lambda). Near the point a unit a_i has active columns P_i (a_i x_j > 0) and columns Z_i at its boundary. With
c_j = a2_i . r_j (a2_i the i-th column of A2, r_j the residual) the derivative in the direction d of a_i is
sum_P c_j d x_j + sum_Z c_j sigma(d x_j). Columns x_j = t_j n on one line give 1/2 (sum |t_j| c_j) |d n| + a linear
part, so the loss is differentiable in a_i iff sum |t_j| c_j = 0 on every line, and its gradient is then
sum_P c_j x_j + 1/2 sum_Z c_j x_j.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import matrices_latex, matrix
from symbolic_cp.networks.linear import check_shapes
from symbolic_cp.networks.relu_reals import Real, Row, rational, real, signs, times

Slope = tuple[int, fmpq_mat, Real]
"""A unit (from 0), a direction d of it (1 x d0), and the one-sided derivative of the loss in that direction."""


class ReluNetwork:
    """The network A2 sigma(A1 X) on data X (d0 x m), Y (d2 x m), with A1 (d1 x d0), A2 (d2 x d1).

    Data are anything `exact.matrices.matrix` reads, weights also matrices over one Q(lambda). Raises InputError for
    shapes that do not fit, more than one hidden layer, or two fields.

    >>> network = ReluNetwork([[1, -1]], [[2, 3]], [[[1]], [[2]]])
    >>> network.loss.number(), network.gradient_zero(), network.signs
    (9/2, (True, True), ((1, -1),))
    """

    def __init__(self, X: object, Y: object, weights: Sequence[object]) -> None:
        self.X, self.Y = matrix(X, field="X"), matrix(Y, field="Y")
        made = [_weight(A, f"weights[{k}]") for k, A in enumerate(weights, start=1)]
        sizes = [(A.nrows(), A.ncols()) for A in made]
        check_shapes((self.X.nrows(), self.X.ncols()), (self.Y.nrows(), self.Y.ncols()), sizes)
        if len(made) != 2:
            raise InputError(
                f"{len(made)} layers; ReLU networks are treated with one hidden layer, A1 and A2", field="weights"
            )
        self.A1, self.A2 = made
        self.field = _common_field(made)

    def _repr_latex_(self) -> str:
        named = [("A_1", self.A1), ("A_2", self.A2), ("X", self.X), ("Y", self.Y)]
        return matrices_latex([(name, M) for name, M in named if isinstance(M, fmpq_mat)])

    @property
    def hidden(self) -> int:
        """The number d1 of hidden units."""
        return self.A1.nrows()

    @cached_property
    def units(self) -> tuple[Row, ...]:
        """The rows of A1."""
        return tuple(_rows(self.A1))

    @cached_property
    def tops(self) -> tuple[Row, ...]:
        """The columns of A2, as rows."""
        return tuple(_rows(self.A2.transpose()))

    @cached_property
    def signs(self) -> tuple[tuple[int, ...], ...]:
        """The signs of A1 X, a row a unit."""
        return tuple(tuple(signs(self.field, times(unit, self.X))) for unit in self.units)

    @cached_property
    def outputs(self) -> list[list[Real]]:
        """sigma(A1 X)."""
        values = [times(unit, self.X) for unit in self.units]
        return [
            [real(self.field, row, j) if s > 0 else rational(0) for j, s in enumerate(signs_)]
            for row, signs_ in zip(values, self.signs, strict=True)
        ]

    @cached_property
    def residuals(self) -> list[list[Real]]:
        """A2 sigma(A1 X) - Y, by columns (samples)."""
        return [
            [
                sum((real(self.field, t, k) * h[j] for t, h in zip(self.tops, self.outputs, strict=True)), rational(0))
                - self.Y[k, j]
                for k in range(self.Y.nrows())
            ]
            for j in range(self.Y.ncols())
        ]

    @cached_property
    def loss(self) -> Real:
        """1/2 |A2 sigma(A1 X) - Y|^2."""
        return sum((r * r for column in self.residuals for r in column), rational(0)) * fmpq(1, 2)

    @cached_property
    def pulls(self) -> list[list[Real]]:
        """c_j = a2_i . r_j for every unit and sample."""
        return [
            [
                sum((real(self.field, top, k) * r for k, r in enumerate(column)), rational(0))
                for column in self.residuals
            ]
            for top in self.tops
        ]

    def slope(self, unit: int, direction: fmpq_mat) -> Real:
        """The one-sided derivative of the loss as the unit moves in a direction (1 x d0)."""
        moves = (direction * self.X).entries()
        total = rational(0)
        for c, s, move in zip(self.pulls[unit], self.signs[unit], moves, strict=True):
            if s > 0 or (s == 0 and move > 0):
                total += c * move
        return total

    def kinks(self) -> list[Slope]:
        """For every line on which the loss has a kink, the slopes in both directions across it."""
        out: list[Slope] = []
        for i in range(self.hidden):
            for places, normal in self.lines(i):
                bend = sum((self.pulls[i][j] * _size(self.X, j, normal) for j in places), rational(0))
                if not bend.is_zero():
                    out += [(i, d, self.slope(i, d)) for d in (normal, -normal)]
        return out

    def lines(self, unit: int) -> list[tuple[list[int], fmpq_mat]]:
        """The columns at the unit's boundary by the line that they span, zero columns left out, with its direction."""
        found: dict[tuple[fmpq, ...], list[int]] = {}
        for j, s in enumerate(self.signs[unit]):
            entries = [self.X[i, j] for i in range(self.X.nrows())]
            lead = next((q for q in entries if q), None)
            if s == 0 and lead is not None:
                found.setdefault(tuple(q / lead for q in entries), []).append(j)
        return [(places, fmpq_mat(1, len(line), list(line))) for line, places in found.items()]

    @cached_property
    def gradients(self) -> tuple[list[list[Real]], list[list[Real]]]:
        """The gradients for A1 (d1 x d0) and A2 (d2 x d1); at a kink that of the mean of both sides."""
        first = []
        for i in range(self.hidden):
            share = [c * fmpq(s + 1, 2) for c, s in zip(self.pulls[i], self.signs[i], strict=True)]
            first.append([
                sum((c * self.X[k, j] for j, c in enumerate(share)), rational(0)) for k in range(self.X.nrows())
            ])
        second = [
            [
                sum((column[k] * h for column, h in zip(self.residuals, outputs, strict=True)), rational(0))
                for outputs in self.outputs
            ]
            for k in range(self.Y.nrows())
        ]
        return first, second

    def gradient_zero(self) -> tuple[bool, bool]:
        """For each layer, whether its gradient is exactly zero; at a kink that of A1 is not."""
        first, second = (all(x.is_zero() for row in G for x in row) for G in self.gradients)
        return first and not self.kinks(), second


def _weight(A: object, field: str) -> fmpq_mat | FieldMatrix:
    return A if isinstance(A, FieldMatrix) else matrix(A, field=field)


def _common_field(weights: Sequence[fmpq_mat | FieldMatrix]) -> Field | None:
    found = [A.field for A in weights if isinstance(A, FieldMatrix)]
    if any(field != found[0] for field in found):
        raise InputError("the weights lie over two different fields Q(lambda)", field="weights")
    return found[0] if found else None


def _rows(A: fmpq_mat | FieldMatrix) -> list[Row]:
    parts = A.coeffs if isinstance(A, FieldMatrix) else (A,)
    return [
        tuple(fmpq_mat(1, part.ncols(), [part[i, j] for j in range(part.ncols())]) for part in parts)
        for i in range(A.nrows())
    ]


def _size(X: fmpq_mat, j: int, normal: fmpq_mat) -> fmpq:
    """|t| for column j = t normal^T."""
    place = next(i for i, q in enumerate(normal.entries()) if q)
    return abs(X[place, j] / normal[0, place])
