"""The inertia of the Hessian over the strata of a network with one hidden layer, from the spectrum alone.

At the critical point of thm-1 with C = I and L1 = 0, in singular bases of Y X^+ X (singular values t_i, t_i^2 the
eigenvalues of Sigma), the second derivative along (D1, D2) is the sum of squares of the entries of A2 D1 X + D2 A1 X,
and 2 <E, D2 D1 X>. It falls apart into forms in one or two entries: with p captured vectors, c of positive and p_bar of
zero eigenvalues, e discarded positive eigenvalues, m_bar - p_bar discarded zero ones, rho = rank X, n = c + e:

* p c pairs (h + t_k g)^2; p (rho - n) squares h^2; c (m_bar - p_bar) squares t_k^2 g^2;
* for k captured and j discarded and positive h^2 - 2 t_j g h + t_k^2 g^2, whose determinant is t_k^2 - t_j^2;
* in each of the d1 - p idle units e forms -2 t_j g h; the other entries occur in no term.

Main function: stratum_inertia. The tests hold it against L D L^T of the whole exact Hessian.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.exact.errors import InputError
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.strata import Pattern


@dataclass(frozen=True, slots=True)
class Inertia:
    """The numbers of negative, zero and positive eigenvalues."""

    negative: int
    zero: int
    positive: int


def stratum_inertia(data: DataSpectrum, width: int, pattern: Pattern) -> Inertia:
    """The inertia at the simplest critical point (C = I, L1 = 0) with this pattern, of a hidden layer of this width.

    Cost: pairs of eigenvalues. Raises InputError for a pattern that does not fit.

    >>> found = stratum_inertia(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]]), 1, (0, 1, 0))
    >>> (found.negative, found.zero, found.positive)
    (1, 1, 2)
    """
    d0, d2, rho = data.X.nrows(), data.sigma.nrows(), data.rank_X
    captured, zeros = pattern[: data.r], pattern[-1]
    c, p = sum(captured), sum(pattern)
    bounds = (*data.multiplicities, data.m_bar)
    fits = len(pattern) == data.r + 1 and all(0 <= a <= m for a, m in zip(pattern, bounds, strict=True))
    if not fits or p > width:
        raise InputError("the pattern does not fit the data and the width", field="pattern")
    discarded = [m - a for a, m in zip(captured, data.multiplicities, strict=True)]
    e, idle = sum(discarded), width - p
    # For k captured and j discarded: eigenvalues stand in decreasing order, so t_k < t_j iff k is behind j.
    worse = sum(a * b for k, a in enumerate(captured) for j, b in enumerate(discarded) if k > j) + zeros * e
    equal = sum(a * b for a, b in zip(captured, discarded, strict=True))
    positive = p * c + p * (rho - data.rank) + c * (data.m_bar - zeros) + 2 * p * e - worse - equal + idle * e
    negative = worse + idle * e
    return Inertia(negative, width * (d0 + d2) - negative - positive, positive)
