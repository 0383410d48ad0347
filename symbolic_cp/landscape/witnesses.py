"""Witnesses of a point's class, as data that anyone can check by multiplying matrices.

Classes: NegativeCurvature (T1, T2: a rational direction D with Q(D) < 0), DescentFamily (T6: a curve through the point
with a lower loss at concrete (t, s)), LowerBound (T10: no weights of these widths have a lower loss), NonzeroGradient.
Each knows its JSON form; computing them is the business of `directions.py`, `family.py` and `bound.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.matrices import rows_as_json
from symbolic_cp.exact.numbers import show
from symbolic_cp.exact.polynomials import Interval
from symbolic_cp.landscape.losses import StratumLoss

Value: TypeAlias = fmpq | Field | Interval | StratumLoss
"""A number: rational, algebraic, known to lie between two rationals, or 1/2 tr(Y Y^T) - 1/2 sum of eigenvalues."""


def value_to_json(value: Value) -> object:
    """A number as the interfaces write it; one that is only enclosed as {"interval": [low, high]}.

    >>> value_to_json(fmpq(1, 2)), value_to_json((fmpq(-2), fmpq(-1)))
    ('1/2', {'interval': ['-2', '-1']})
    """
    if isinstance(value, tuple):
        return {"interval": [show(end) for end in value]}
    return show(value) if isinstance(value, fmpq) else value.to_json()


@dataclass(frozen=True)
class NonzeroGradient:
    """One entry of a gradient that is not zero: layer, row and column from 1."""

    layer: int
    row: int
    column: int
    value: Value

    def to_json(self) -> dict[str, object]:
        """Its JSON form."""
        return {
            "kind": "nonzero-gradient",
            "layer": self.layer,
            "entry": [self.row, self.column],
            "value": value_to_json(self.value),
        }


@dataclass(frozen=True)
class NegativeCurvature:
    """A rational direction D with Q(D) = curvature < 0, so L(A + tD) = L + t^2 Q(D)/2 + ...; by theorem T1 or T2.

    The curvature is rational at a rational point, algebraic over one field; over several it is enclosed.
    """

    theorem: str
    direction: tuple[fmpq_mat, ...]
    curvature: Value

    def to_json(self) -> dict[str, object]:
        """Its JSON form; the direction as one matrix a layer."""
        return {
            "kind": "negative-curvature",
            "theorem": self.theorem,
            "direction": [rows_as_json(D) for D in self.direction],
            "curvature": value_to_json(self.curvature),
        }


@dataclass(frozen=True)
class DescentFamily:
    """T6's family A_k(t) = A_k + t y_k y_(k-1)^T for k != q, A_q(s) = A_q - s y_q y_(q-1)^T, at a saddle.

    L(t, s) - L = -s g(t) + 1/2 s^2 c(t), where g(t) = x(t)^T E y(t) has degree l - 1 and c = ||x||^2 ||y^T X||^2.
    `t`, `s` are values at which the loss is lower by -change. `inertia` holds the signs of the exact Hessian
    (positive, zero, negative = 0), None where it was not computed; then T3 says so. At an irrational point g and c are
    not rational: they are None, and the change is enclosed; `rounded` says that the vectors y_k are rounded, too.
    """

    q: int
    vectors: tuple[fmpq_mat, ...]
    g: fmpq_poly | None
    c: fmpq_poly | None
    t: fmpq
    s: fmpq
    change: Value
    inertia: tuple[int, int, int] | None
    rounded: bool = False

    def to_json(self) -> dict[str, object]:
        """Its JSON form; polynomials as coefficients from degree 0, vectors y_0, ..., y_l as lists."""
        return {
            "kind": "family",
            "theorem": "T6",
            "q": self.q,
            "vectors": [[show(entry) for entry in y.entries()] for y in self.vectors],
            "rounded": self.rounded,
            "g": _coefficients(self.g),
            "c": _coefficients(self.c),
            "t": show(self.t),
            "s": show(self.s),
            "change": value_to_json(self.change),
            "hessian": {
                "negative": 0,
                "by": "T3" if self.inertia is None else "LDL^T",
                "inertia": None if self.inertia is None else list(self.inertia),
            },
        }


def _coefficients(p: fmpq_poly | None) -> list[str] | None:
    return None if p is None else [show(a) for a in p.coeffs()]


@dataclass(frozen=True)
class LowerBound:
    """T10's bound, met: L >= 1/2 tr(Y Y^T) - 1/2 (sum of the `rank_limit` largest eigenvalues of Sigma) everywhere.

    With K = W X X^T W^T and Delta = Sigma - K, where K Delta = 0: K has rank `captured`; either Delta = 0, or
    captured = rank_limit and `threshold` s separates: no eigenvalue of K lies in (0, s), none of Delta above s. Then
    tr(K) is that sum. `bound` is the value, which is the point's loss.
    """

    rank_limit: int
    captured: int
    threshold: Value | None
    bound: Value

    def to_json(self) -> dict[str, object]:
        """Its JSON form."""
        return {
            "kind": "lower-bound",
            "theorem": "T10",
            "rank_limit": self.rank_limit,
            "captured": self.captured,
            "threshold": None if self.threshold is None else value_to_json(self.threshold),
            "bound": value_to_json(self.bound),
        }


Witness: TypeAlias = NonzeroGradient | NegativeCurvature | DescentFamily | LowerBound
