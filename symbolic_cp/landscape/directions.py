"""Directions of negative curvature at a rational critical point, rational and with exactly computed curvature.

Main functions: exchange (T1: trade a captured for a larger discarded singular triple), rank_slack (T2: use a chain of
layers whose rank is larger than it must be). Square roots are avoided: with K = W G W^T, Delta = Sigma - K, G = X X^T,
K p = s_j p, Delta u = s_i u and F = (W G - H) G^+, the direction D_l = u (A_l^T p)^T,
D_1 = -(A_1 G W^T p)(u^T F)/s_j has Q = (s_j - s_i) ||p||^2 ||u||^2 exactly. Where p or u are irrational, they are
rounded, finer and finer, until the exactly computed Q is negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from flint import fmpq, fmpq_mat, fmpz

from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import kernel
from symbolic_cp.exact.matrices import column, eye, submatrix, zeros
from symbolic_cp.exact.spectrum import Eigenvalue
from symbolic_cp.exact.stripped import Stripped, strip
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.witnesses import NegativeCurvature
from symbolic_cp.networks.linear import LinearNetwork, inner

MAX_BITS = 1 << 16
"""Rounding of irrational eigenvectors stops here; far earlier in practice, since the curvature is not zero."""


def rounded(v: fmpq_mat, bits: int) -> fmpq_mat:
    """The column v, scaled so that its largest entry is about 1, with entries rounded to multiples of 2^-bits.

    >>> rounded(column([fmpq(1, 3), fmpq(-2, 3)]), 2).entries()
    [2, -4]
    """
    size = max((abs(q) for q in v.entries()), default=fmpq(0))
    if size == 0:
        return v
    scale = fmpq(fmpz(1) << bits) / size
    return column([fmpq((q * scale + fmpq(1, 2)).floor()) for q in v.entries()])


def eigenvectors_near(
    data: DataSpectrum, index: int, part: Callable[[], fmpq_mat]
) -> Iterator[tuple[fmpq, Stripped]]:
    """Approximations (sigma, v^T) of the eigenvalue sigma_index of Sigma and of an eigenvector of S, finer and finer.

    S = part() is symmetric, has that eigenvalue, and its eigenvectors are eigenvectors of Sigma. A rational eigenvalue
    gives the exact pair, once. For an irrational one with minimal polynomial f, v = ((f(x) - f(S))/(x - S)) w at a
    rational x near sigma, where f(S) w = 0.
    """
    e = data.positive[index]
    if index in data.lines:
        yield cast("fmpq", e.value), Stripped(data.eigenrows.take([data.lines[index]]), fmpz(1))
        return
    S = part()
    if isinstance(e.value, fmpq):
        basis = kernel(S - eye(S.nrows()) * e.value)
        yield e.value, strip(submatrix(basis, range(S.nrows()), [0])).transpose()
        return
    chain = _krylov(S, e)
    bits = 8
    while bits <= MAX_BITS:
        low, high = data.enclosure(index, bits)
        x = (low + high) / 2
        v = zeros(S.nrows(), 1)
        for w in chain:
            v = v * x + w
        yield x, strip(rounded(v, bits)).transpose()
        bits *= 2


def _krylov(S: fmpq_mat, e: Eigenvalue) -> list[fmpq_mat]:
    """The coefficients in x of ((f(x) - f(S))/(x - S)) w, highest first, for some w != 0 with f(S) w = 0."""
    f, n = e.minpoly, int(e.minpoly.degree())
    image = zeros(S.nrows(), S.nrows())
    for k in range(n, -1, -1):
        image = image * S + eye(S.nrows()) * f[k]
    w = submatrix(kernel(image), range(S.nrows()), [0])
    out = [w]
    for k in range(n - 1, 0, -1):
        out.append(S * out[-1] + w * f[k])
    return out


def exchange(network: LinearNetwork, data: DataSpectrum, captured: int, discarded: int) -> NegativeCurvature:
    """T1's direction for eigenvalues sigma_discarded > sigma_captured > 0 (positions in the spectrum).

    Cost: a kernel and some products; for irrational eigenvalues a few rounds of rounding. Raises Undecided if no
    rounding gives a negative curvature (the point is not critical, or the positions are wrong).
    """
    ps = eigenvectors_near(data, captured, lambda: network.captured)
    us = eigenvectors_near(data, discarded, lambda: data.sigma - network.captured)
    W, E, G = network.stripped_below[-1], network.stripped_error, data.gram.stripped_G
    first, last = network.stripped[0], network.stripped[-1]
    for sigma, p, u in _paired(ps, us):  # all vectors are rows
        down, r, uE = p @ last, p @ W, u @ E
        rG = r @ G
        b = (rG @ first.transpose()).value()
        c = (uE @ data.stripped_G_pinv).value() * (-1 / sigma)
        short_b, short_c = strip(b), strip(c)
        through = short_b
        for A in network.stripped[1:-1]:
            through = through @ A.transpose()
        # D_l = u^T down and D_1 = b^T c change the product by t (u^T r + s^T c) + t^2 <down, through> u^T c;
        # c G = -u E / sigma, as E = (W X - Y) X^T and X^T G^+ G = X^T
        s, slope = through @ last.transpose(), uE.inner(short_c)
        overlap = u.inner(s)
        curvature = (
            u.inner(u) * r.inner(rG)
            - (2 * overlap * r.inner(uE) / sigma if overlap else 0)
            - s.inner(s) * slope / sigma
            + 2 * down.inner(through) * slope
        )
        if curvature < 0:
            D = _at_ends(network, (u.transpose() @ down).value(), b.transpose() * c)
            return NegativeCurvature("T1", D, curvature)
    raise Undecided("no rounding of T1's direction has negative curvature; please report this point")


def _paired(
    ps: Iterator[tuple[fmpq, Stripped]], us: Iterator[tuple[fmpq, Stripped]]
) -> Iterator[tuple[fmpq, Stripped, Stripped]]:
    """Both sequences side by side; one that ends (it is exact) is held while the other goes on."""
    p, u = next(ps), next(us)
    while True:
        yield p[0], p[1], u[1]
        finer_p, finer_u = next(ps, None), next(us, None)
        if finer_p is None and finer_u is None:
            return
        p, u = finer_p or p, finer_u or u


def _at_ends(network: LinearNetwork, last: fmpq_mat, first: fmpq_mat) -> tuple[fmpq_mat, ...]:
    middle = (zeros(A.nrows(), A.ncols()) for A in network.weights[1:-1])
    return (first, *middle, last)


def rank_slack(network: LinearNetwork, j: int, k: int) -> NegativeCurvature:
    """T2's direction in the layers j > k, where E_jk = L_j^T E R_k^T != 0 and rank A_(j-1,k+1) > rank W X.

    With z^T R_j X = 0 and z^T mid w = 1 (or L_k w = 0 instead, the mirror image) and a^T E_jk b = 1:
    D_j = x a z^T, D_k = -w b^T has Q = ||L_k w b^T R_k X||^2 - 2x (with the factor x at the other one). Everything
    is rational. Raises Undecided if neither z nor w exists (the point is not critical, or the ranks are wrong).
    """
    mid = network.chain(j - 1, k + 1)
    a, b = _unit_pair(network.above[j].transpose() * network.error * network.below[k - 1].transpose())
    Z = kernel((network.below[j - 1] * network.gram.G).transpose())
    N = kernel(network.above[k])
    if Z.transpose() * mid:
        z, w = _unit_pair(Z.transpose() * mid)
        return _with_step(network, j, k, lambda x: (a * (Z * z).transpose() * x, -w * b.transpose()))
    if mid * N:
        z, w = _unit_pair(mid * N)
        return _with_step(network, j, k, lambda x: (a * z.transpose(), -(N * w) * b.transpose() * x))
    raise Undecided("T2's direction does not exist here, against Frobenius' inequality; please report this point")


def _unit_pair(M: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Columns a, b with a^T M b = 1, for M != 0: unit vectors at the first entry that is not zero, b scaled."""
    n = M.ncols()
    place, value = next((i, q) for i, q in enumerate(M.entries()) if q != 0)
    a, b = zeros(M.nrows(), 1), zeros(n, 1)
    a[place // n, 0], b[place % n, 0] = fmpq(1), 1 / value
    return a, b


def _with_step(
    network: LinearNetwork, j: int, k: int, layers: Callable[[fmpq], tuple[fmpq_mat, fmpq_mat]]
) -> NegativeCurvature:
    """The direction with D_j, D_k = layers(x) for an x that makes Q = n - 2x negative; Q is computed from D."""

    def direction(x: fmpq) -> tuple[fmpq_mat, ...]:
        D = [zeros(A.nrows(), A.ncols()) for A in network.weights]
        D[j - 1], D[k - 1] = layers(x)
        return tuple(D)

    _, first = network.product_along(direction(fmpq(0)), order=1)
    D = direction(inner(first * network.gram.G, first) / 2 + 1)
    curvature = network.hessian_form(D)
    if curvature >= 0:
        raise Undecided("T2's direction has no negative curvature; please report this point")
    return NegativeCurvature("T2", D, curvature)
