"""Witnesses of a point's class, as data that anyone can check by multiplying matrices.

Classes: NegativeCurvature (T1, T2: a rational direction D with Q(D) < 0), DescentFamily (T6: a curve through the point
with a lower loss at concrete (t, s)), LowerBound (T10: no weights of these widths have a lower loss), NonzeroGradient.
Each knows its JSON form; computing them is the business of `directions.py`, `family.py` and `bound.py`. Semidefinite
matrices S are shown as S = L D L^T with D > 0 (LDL^T without the columns that D kills).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.congruence import squares
from symbolic_cp.exact.matrices import eye, rows_as_json
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


Squares = tuple[fmpq_mat, tuple[fmpq, ...]]
"""L (n x rank) and D (rank positive numbers), which stand for L D L^T."""


def squares_to_json(found: Squares) -> dict[str, object]:
    """L, n x rank, as rows, and the numbers D.

    >>> squares_to_json((fmpq_mat(2, 1, [1, fmpq(1, 2)]), (fmpq(4),)))
    {'L': [[1], ['1/2']], 'D': ['4']}
    """
    L, D = found
    return {"L": rows_as_json(L) if L.ncols() else [[] for _ in range(L.nrows())], "D": [show(d) for d in D]}


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
    `t`, `s` are values at which the loss is lower by -change; at (t, -s) it is higher, by `rise`. `squares` are
    L and D > 0 with L D L^T the exact Hessian; None where they were not computed: then T3 says that no curvature is
    negative. At an irrational point g and c are not rational: they are None, and change
    and rise are enclosed; `rounded` says that the vectors y_k are rounded, too.
    """

    q: int
    vectors: tuple[fmpq_mat, ...]
    g: fmpq_poly | None
    c: fmpq_poly | None
    t: fmpq
    s: fmpq
    change: Value
    rise: Value | None = None
    rounded: bool = False
    squares: Squares | None = field(default=None, repr=False)

    @property
    def inertia(self) -> tuple[int, int, int] | None:
        """How many eigenvalues of the Hessian are positive, zero and negative."""
        if self.squares is None:
            return None
        size, rank = self.squares[0].nrows(), len(self.squares[1])
        return rank, size - rank, 0

    @property
    def polynomial(self) -> tuple[fmpq_poly, fmpq_poly, fmpq_poly] | None:
        """L(t, s) - L as a polynomial in s: the coefficients of 1, s, s^2, which are polynomials in t."""
        return None if self.g is None or self.c is None else (fmpq_poly(), -self.g, self.c / 2)

    def to_json(self) -> dict[str, object]:
        """Its JSON form; polynomials as coefficients from degree 0, vectors y_0, ..., y_l as lists.

        `polynomial[i][j]` is the coefficient of s^i t^j in L(t, s) - L. The Hessian's coordinates are the entries of
        A1, ..., Al, layer after layer, each column by column; it is L D L^T with D > 0.
        """
        shown = {} if self.squares is None else squares_to_json(self.squares)
        polynomial = self.polynomial
        return {
            "kind": "family",
            "theorem": "T6",
            "q": self.q,
            "vectors": [[show(entry) for entry in y.entries()] for y in self.vectors],
            "rounded": self.rounded,
            "g": _coefficients(self.g),
            "c": _coefficients(self.c),
            "polynomial": None if polynomial is None else [_coefficients(p) for p in polynomial],
            "t": show(self.t),
            "s": show(self.s),
            "change": value_to_json(self.change),
            "rise": None if self.rise is None else value_to_json(self.rise),
            "hessian": {
                "negative": 0,
                "by": "T3" if self.inertia is None else "LDL^T",
                "inertia": None if self.inertia is None else list(self.inertia),
                "L": shown.get("L"),
                "D": shown.get("D"),
            },
        }


def _coefficients(p: fmpq_poly | None) -> list[str] | None:
    return None if p is None else [show(a) for a in p.coeffs()]


@dataclass(frozen=True)
class LowerBound:
    """T10's bound, met: L >= 1/2 tr(Y Y^T) - 1/2 (sum of the `rank_limit` largest eigenvalues of Sigma) everywhere.

    With K = W X X^T W^T and Delta = Sigma - K, where K Delta = 0: K has rank `captured`; either Delta = 0, or
    captured = rank_limit and `threshold` s separates: no eigenvalue of K lies in (0, s), none of Delta above s. Then
    tr(K) is that sum. `bound` is the value, which is the point's loss. K, Delta and the least-squares map F = Y X^+ are
    kept at a rational point, else None.
    """

    rank_limit: int
    captured: int
    threshold: Value | None
    bound: Value
    K: fmpq_mat | None = field(default=None, repr=False)
    Delta: fmpq_mat | None = field(default=None, repr=False)
    F: fmpq_mat | None = field(default=None, repr=False)

    @cached_property
    def separation(self) -> dict[str, object] | None:
        """K^2 - s K and s I - Delta as L D L^T with D > 0; None if there is nothing to separate or K is not kept."""
        s = self.threshold
        if self.K is None or self.Delta is None or not isinstance(s, fmpq):
            return None
        apart = {"captured": self.K * self.K - self.K * s, "discarded": eye(self.Delta.nrows()) * s - self.Delta}
        found = {name: squares(S) for name, S in apart.items()}
        if None in found.values():
            raise ArithmeticError("a matrix that was found semidefinite is not; please report this point")
        return {name: squares_to_json(one) for name, one in found.items() if one is not None}

    def to_json(self) -> dict[str, object]:
        """Its JSON form.

        `least_squares` is F with F X X^T = Y X^T, so that Sigma = F X Y^T; `separation` has K^2 - s K under "captured"
        and s I - Delta under "discarded", each as L D L^T with D > 0.
        """
        return {
            "kind": "lower-bound",
            "theorem": "T10",
            "rank_limit": self.rank_limit,
            "captured": self.captured,
            "threshold": None if self.threshold is None else value_to_json(self.threshold),
            "bound": value_to_json(self.bound),
            "least_squares": None if self.F is None else rows_as_json(self.F),
            "separation": self.separation,
        }


Witness: TypeAlias = NonzeroGradient | NegativeCurvature | DescentFamily | LowerBound
