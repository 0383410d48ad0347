"""The lower bound that a global minimum meets (T10), with a certificate over Q.

Main function: lower_bound(network, data, pattern, hidden). At a critical point Sigma = K + Delta with
K = W G W^T (captured) and K Delta = 0. For any weights of these widths L >= 1/2 tr(Y Y^T) - 1/2 tr(P Sigma) with P the
projector on Col(A_l ... A_2), of rank at most k = min(d_1, ..., d_(l-1)); and tr(P Sigma) <= tr(K) for all such P if
Delta = 0, or if K has rank k and a number s has Delta <= s I and no eigenvalue of K in (0, s).
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat, fmpz

from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import eye, is_zero, trace
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.losses import MAX_BITS
from symbolic_cp.landscape.witnesses import LowerBound
from symbolic_cp.networks.linear import LinearNetwork


def lower_bound(network: LinearNetwork, data: DataSpectrum, pattern: Sequence[int], limit: int) -> LowerBound:
    """The bound at a critical point with this pattern, every part of it checked exactly.

    `limit` is min(d_1, ..., d_(l-1), rank Sigma). Cost: two congruences of size d2. Raises Undecided if the point
    does not meet the bound (it is no global minimum).
    """
    K = network.product * data.gram.G * network.product.transpose()
    Delta = data.sigma - K
    captured = rank(K)
    value = (data.gram.YY - trace(K)) / 2
    if not is_zero(K * Delta) or network.loss != value:
        raise Undecided("captured and discarded parts do not separate: the point is not critical")
    threshold = None if is_zero(Delta) else separating_number(data, pattern)
    if threshold is not None and not (captured == limit and separates(K, Delta, threshold)):
        raise Undecided("the point does not meet the lower bound: it is no global minimum")
    return LowerBound(limit, captured, threshold, value, K, Delta, data.YXp)


def separates(K: fmpq_mat, Delta: fmpq_mat, s: fmpq) -> bool:
    """Whether no eigenvalue of K lies in (0, s) and none of Delta above s, by the signs of K^2 - sK and sI - Delta."""
    return inertia(K * K - K * s)[2] == 0 and inertia(eye(Delta.nrows()) * s - Delta)[2] == 0


def separating_number(data: DataSpectrum, pattern: Sequence[int]) -> fmpq:
    """A rational s with: discarded eigenvalues <= s <= captured ones, for a pattern of optimal order.

    One exists at a rational point, where conjugate eigenvalues are captured alike. Raises Undecided if there is none.
    """
    value = separating_value(data, pattern)
    if isinstance(value, fmpq):
        return value
    raise Undecided("an irrational eigenvalue is captured in part and discarded in part")


def separating_value(data: DataSpectrum, pattern: Sequence[int]) -> fmpq | Field:
    """A number s with: discarded eigenvalues <= s <= captured ones, for a pattern of optimal order.

    Between two different eigenvalues a rational one is found by refining; if one eigenvalue is both captured and
    discarded, s is that one. Raises Undecided if the order is not optimal.
    """
    low = next(i for i, m in enumerate(data.multiplicities) if pattern[i] < m)
    high = max((j for j in range(data.r) if pattern[j]), default=None)
    if high is None:
        return data.enclosure(low, 1)[1]
    if high > low:
        raise Undecided("the order is not optimal: a discarded singular value is larger than a captured one")
    if high == low:
        return data.positive[low].value
    bits = 4
    while bits <= MAX_BITS:
        below, above = data.enclosure(low, bits)[1], data.enclosure(high, bits)[0]
        if below <= above:
            return _shortest_between(below, above)
        bits *= 2
    raise Undecided("two eigenvalues are too close to be separated")


def _shortest_between(low: fmpq, high: fmpq) -> fmpq:
    """A number in [low, high] with a denominator that is a small power of two."""
    scale = fmpz(1)
    while True:
        s = fmpq((high * scale).floor(), scale)
        if s >= low:
            return s
        scale *= 2
