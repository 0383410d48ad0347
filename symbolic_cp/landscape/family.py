"""T6: through a point whose product has a rank below all hidden widths runs a family on which the loss goes down.

Main function: descent_family(network). Works at any rational point, critical or not, with E = (W X - Y) X^T != 0 and
rank(W X) < min(d_1, ..., d_(l-1)). Only kernels are needed, so the family is rational.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import kernel, rank
from symbolic_cp.exact.matrices import column, eye, submatrix, zeros
from symbolic_cp.landscape.witnesses import DescentFamily
from symbolic_cp.networks.linear import LinearNetwork, inner

FIRST_T = fmpq(1, 8)


def family_vectors(network: LinearNetwork) -> tuple[int, tuple[fmpq_mat, ...]]:
    """q and the columns y_0, ..., y_l of T6's family. Raises Undecided where a kernel that T6 needs is trivial.

    q is the largest k with rank(A_(k-1,1) X) = d_(k-1), where d_0 counts as rank X; u = y_l and v = y_0 are unit
    vectors with u^T E v != 0; y_k with y_k^T A_(k,1) X = 0 for q <= k < l, and A_(l,k+1) y_k = 0 for 1 <= k < q.
    """
    depth, G = network.depth, network.gram.G
    q = max([1, *(k for k in range(2, depth + 1) if rank(network.below[k - 1] * G) == network.widths[k - 1])])
    columns = network.widths[0]
    place = next((i for i, e in enumerate(network.error.entries()) if e != 0), None)
    if place is None:
        raise Undecided("E = (W X - Y) X^T is zero: the point is a global minimum, and no loss is lower")
    vectors = [_unit(columns, place % columns)]
    for k in range(1, depth):
        space = kernel(network.above[k] if k < q else (network.below[k] * G).transpose())
        if space.ncols() == 0:
            raise Undecided("a kernel that T6 needs is trivial: rank(W X) is not below all hidden widths")
        vectors.append(submatrix(space, range(space.nrows()), [0]))
    return q, (*vectors, _unit(network.widths[-1], place // columns))


def _unit(n: int, i: int) -> fmpq_mat:
    return column([int(i == k) for k in range(n)])


def family_weights(network: LinearNetwork, q: int, y: tuple[fmpq_mat, ...], t: fmpq, s: fmpq) -> list[fmpq_mat]:
    """The weights A_k(t), k != q, and A_q(s)."""
    return [
        A + y[k] * y[k - 1].transpose() * (-s if k == q else t) for k, A in enumerate(network.weights, start=1)
    ]


def descent_family(network: LinearNetwork) -> DescentFamily:
    """T6's family with its exact polynomials and concrete t = 2^-n, 0 < |s| <= t at which the loss is lower.

    The identity L(t, s) - L = -s g(t) + s^2 c(t)/2 is checked at (t, s) and (t, -s) by computing the loss anew. Raises
    Undecided as `family_vectors`, and if the identity fails.
    """
    q, y = family_vectors(network)
    g, c = family_polynomials(network, q, y)
    t, s = lower_point(g, c)
    found = []
    for end in (s, -s):
        found.append(-end * g(t) + end * end * c(t) / 2)
        moved = network.with_weights(family_weights(network, q, y, t, end))
        if moved.loss - network.loss != found[-1]:
            raise Undecided("T6's identity does not hold at this point; please report it")
    change, rise = found
    if not change < 0 < rise:
        raise Undecided("T6's family does not go down and up from this point; please report it")
    return DescentFamily(q, y, g, c, t, s, change, rise)


def family_polynomials(
    network: LinearNetwork, q: int, y: tuple[fmpq_mat, ...]
) -> tuple[fmpq_poly, fmpq_poly]:
    """g(t) = x(t)^T E y(t) and c(t) = ||x(t)||^2 ||y(t)^T X||^2, with x(t) = A_l(t) ... A_(q+1)(t) y_q and
    y(t)^T = y_(q-1)^T A_(q-1)(t) ... A_1(t).
    """
    along = [y[k] * y[k - 1].transpose() * (0 if k == q else 1) for k in range(1, network.depth + 1)]
    x_series = chain_along(network, along, q, network.depth, y[q])
    right = [
        y[q - 1].transpose() * M for M in chain_along(network, along, 0, q - 1, eye(network.widths[0]))
    ]
    g = _poly(x_series, [network.error * M.transpose() for M in right])
    return g, _poly(x_series, x_series) * _poly(right, [M * network.gram.G for M in right])


def lower_point(g: fmpq_poly, c: fmpq_poly) -> tuple[fmpq, fmpq]:
    """t = 2^-n with g(t) != 0, and s between -t and t that makes -s g(t) + s^2 c(t)/2 negative.

    Raises Undecided for g = 0: T6 says that its degree is l - 1.
    """
    if not g:
        raise Undecided("T6's polynomial g is zero, against the theorem; please report this point")
    t = FIRST_T
    while g(t) == 0:
        t /= 2
    s = g(t) / c(t)
    return t, min(abs(s), t) * (1 if s > 0 else -1)


def chain_along(
    network: LinearNetwork, along: list[fmpq_mat], start: int, end: int, first: fmpq_mat
) -> list[fmpq_mat]:
    """The coefficients in t of (A_end + t D_end) ... (A_(start+1) + t D_(start+1)) first."""
    series = [first]
    for k in range(start, end):
        A, D = network.weights[k], along[k]
        kept = [A * M for M in series]
        turned = [D * M for M in series]
        zero = zeros(A.nrows(), first.ncols())
        series = [a + b for a, b in zip([*kept, zero], [zero, *turned], strict=True)]
    return series


def _poly(left: list[fmpq_mat], right: list[fmpq_mat]) -> fmpq_poly:
    """The polynomial <left(t), right(t)> of two matrix polynomials, entrywise inner product."""
    out = [fmpq(0)] * (len(left) + len(right) - 1)
    for i, M in enumerate(left):
        for j, N in enumerate(right):
            out[i + j] += inner(M, N)
    return fmpq_poly(out)
