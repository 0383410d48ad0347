"""The class of a critical point whose weights are irrational, over one field Q(lambda) or sums over several.

Main function: classify_sums(network, data). The theorems are those of `classify.py`. Gradients, E_jk and ranks are
decided exactly (`networks.sums`); p_i = tr(E_i K)/sigma_i is an integer at a critical point, so a ball shorter than 1
that holds it decides it. Directions are made at a rational point nearby and rounded; that their curvature is negative
at the point itself is shown by ball arithmetic (python-flint's arb), whose balls hold the exact value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpz

from symbolic_cp.exact.algebraic import Field, refine
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.matrices import eye, submatrix, zeros
from symbolic_cp.exact.spectrum import eigenvectors
from symbolic_cp.landscape.bound import separating_value
from symbolic_cp.landscape.classify import Classification, loose_pair
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.family import family_polynomials, lower_point
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.strata import (
    GLOBAL,
    NON_STRICT,
    NOT_CRITICAL,
    STRICT,
    Pattern,
    is_optimal_order,
    rank_limit,
)
from symbolic_cp.landscape.witnesses import (
    DescentFamily,
    LowerBound,
    NegativeCurvature,
    NonzeroGradient,
    Value,
    Witness,
)
from symbolic_cp.networks.fieldsum import FieldSum, enclose, number
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import (
    SumNetwork,
    common_kernel,
    ends,
    hessian_form_in_balls,
    loss_in_balls,
    matrix_rank,
    product_in_balls,
)

PRECISIONS = tuple(64 << n for n in range(8))
"""Bits that are tried one after the other, 64 to 8,192."""

SHORT = 2_000
"""Curvatures are given exactly where (bits of the weights) * (degree of the field) is at most this, else enclosed."""


def classify_sums(network: SumNetwork, data: DataSpectrum | None = None) -> Classification:
    """The class of the point with its witness; as `classify`, for weights over Q(lambda) or sums over several fields.

    Raises Undecided where parts over several fields would have to be compared in a common field, which is not built.
    """
    data = DataSpectrum(network.X, network.Y) if data is None else data
    depth = network.depth
    ranks = {
        (i, j): network.chain_rank(i, j) for j in range(1, depth + 1) for i in range(j, depth + 1)
    }
    for k, zero in enumerate(network.gradient_zero(), start=1):
        if not zero:
            return Classification(NOT_CRITICAL, None, None, ranks, _nonzero_entry(network.between(k, k), k))
    pattern = _pattern(network, data, ranks[depth, 2])
    kind, witness = _kind(network, data, pattern, ranks)
    order = "optimal" if is_optimal_order(data, pattern) else "non-optimal"
    return Classification(kind, order, pattern, ranks, witness)


def _kind(
    network: SumNetwork, data: DataSpectrum, pattern: Pattern, ranks: dict[tuple[int, int], int | None]
) -> tuple[str, Witness]:
    captured = sum(pattern[: data.r])
    limit = rank_limit(data, network.widths[1:-1])
    if not is_optimal_order(data, pattern):
        return STRICT, _first_negative(network, "T1", _exchanges(network, data, pattern))
    if captured in (data.rank, limit):
        threshold = None if captured == data.rank else separating_value(data, pattern)
        return GLOBAL, LowerBound(limit, captured, threshold, StratumLoss(data, pattern[: data.r]).number())
    pair = loose_pair(network.widths, ranks, captured, lambda j, k: not network.between(j, k).is_zero())
    if pair is not None:
        return STRICT, _first_negative(network, "T2", _slacks(network, *pair))
    return NON_STRICT, _family(network)


def _pattern(network: SumNetwork, data: DataSpectrum, rank_above: int | None) -> Pattern:
    """(p_1, ..., p_r, p_bar), the p_i from balls around tr(E_i K)/sigma_i with K = W X X^T W^T."""
    if rank_above is None:
        raise Undecided("the rank of A_(l,2) is not known, and p_bar hangs on it")
    for bits in PRECISIONS:
        with ctx.workprec(4 * bits):
            ball = product_in_balls(network, bits)
            counts = _counts(data, ball * arb_mat(data.gram.G) * ball.transpose(), bits)
        if counts is not None:
            return (*counts, rank_above - sum(counts))
    raise Undecided("the pattern was not decided by balls of 8,192 bits")


def _counts(data: DataSpectrum, K: arb_mat, bits: int) -> list[int] | None:
    """tr(E_i K)/sigma_i for each i, as the integers they are; E_i is interpolated at all eigenvalues of Sigma."""
    n = data.sigma.nrows()
    Sigma, one = arb_mat(data.sigma), arb_mat(eye(n))
    roots = [_ball(data.enclosure(i, bits)) for i in range(data.r)]
    others = [*roots, arb(0)] if data.m_bar else roots
    counts = []
    for i, root in enumerate(roots):
        product = K
        for j, other in enumerate(others):
            if j != i:
                product = (Sigma - one * other) * product / (root - other)
        count = (product.trace() / root).unique_fmpz()
        if count is None:
            return None
        counts.append(int(count))
    return counts


def _ball(interval: tuple[fmpq, fmpq]) -> arb:
    return arb(interval[0]).union(arb(interval[1]))


def _nonzero_entry(gradient: FieldSum, layer: int) -> NonzeroGradient:
    for bits in PRECISIONS:
        with ctx.workprec(2 * bits):
            for place, entry in enumerate(enclose(gradient, bits).entries()):
                if not entry.contains(0):
                    row, col = divmod(place, gradient.shape[1])
                    return NonzeroGradient(layer, row + 1, col + 1, ends(entry))
    raise Undecided("a gradient is not zero, but no entry is seen to differ from zero with 8,192 bits")


def _first_negative(
    network: SumNetwork, theorem: str, directions: Iterator[tuple[fmpq_mat, ...]]
) -> NegativeCurvature:
    for D in directions:
        curvature = _negative(network, D)
        if curvature is not None:
            return NegativeCurvature(theorem, D, curvature)
    raise Undecided(f"no rounding of {theorem}'s direction is seen to have negative curvature")


def _negative(network: SumNetwork, D: Sequence[fmpq_mat]) -> Value | None:
    """Q(D) if balls show that it is negative, else None: exactly over one field if that is short, else its bounds."""
    for bits in PRECISIONS:
        with ctx.workprec(4 * bits):
            low, high = ends(hessian_form_in_balls(network, D, bits))
        if low > 0:
            return None
        if high < 0:
            exact = network.hessian_form(D) if _is_short(network) else None
            return (low, high) if exact is None else number(*exact)
    return None


def _is_short(network: SumNetwork) -> bool:
    """Whether an element made from the weights has a minimal polynomial that is worth printing."""
    entries = [q for A in network.weights for part in A.parts for c in part.coeffs for q in c.entries()]
    bits = max((max(int(q.p).bit_length(), int(q.q).bit_length()) for q in entries), default=0)
    return bits * max((field.degree for field in network.fields), default=1) <= SHORT


def _rounded(M: fmpq_mat, bits: int) -> fmpq_mat:
    """The matrix scaled so that its largest entry is about 2^bits, rounded to integers."""
    size = max((abs(q) for q in M.entries()), default=fmpq(0))
    if size == 0:
        return M
    scale = fmpq(fmpz(1) << bits) / size
    return fmpq_mat(M.nrows(), M.ncols(), [(q * scale + fmpq(1, 2)).floor() for q in M.entries()]) / scale


def _exchanges(network: SumNetwork, data: DataSpectrum, pattern: Pattern) -> Iterator[tuple[fmpq_mat, ...]]:
    """T1's direction from eigenvectors of K and Sigma - K at rational points nearby, finer and finer."""
    discarded = next(i for i, m in enumerate(data.multiplicities) if pattern[i] < m)
    captured = max(i for i in range(data.r) if pattern[i])
    for bits in PRECISIONS:
        near = network.near(2 * bits)
        W, G = near.product, data.gram.G
        K = W * G * W.transpose()
        caught = K * _eigenvectors_near(data, captured, 2 * bits)
        missed = (data.sigma - K) * _eigenvectors_near(data, discarded, 2 * bits)
        if not caught or not missed:
            continue  # rounded away, beside larger entries
        p, u = _longest(caught), _longest(missed)
        sigma = sum(data.enclosure(captured, bits), start=fmpq(0)) / 2
        down, back = near.weights[-1].transpose() * p, near.weights[0] * (G * (W.transpose() * p))
        row = u.transpose() * near.error * data.G_pinv
        middle = [zeros(*A.shape) for A in network.weights[1:-1]]
        yield (_rounded(back * row / -sigma, bits // 4), *middle, _rounded(u * down.transpose(), bits // 4))


def _eigenvectors_near(data: DataSpectrum, index: int, bits: int) -> fmpq_mat:
    W = eigenvectors(data.sigma, data.positive[index])
    if isinstance(W, fmpq_mat):
        return W
    low, high = refine(W.field, fmpq(1, fmpz(1) << bits)).interval
    value = zeros(W.nrows(), W.ncols())
    for c in reversed(W.coeffs):
        value = value * ((low + high) / 2) + c
    return value


def _longest(M: fmpq_mat) -> fmpq_mat:
    """The longest column, scaled to a largest entry of about 1."""
    lengths = [sum((M[i, j] ** 2 for i in range(M.nrows())), start=fmpq(0)) for j in range(M.ncols())]
    v = submatrix(M, range(M.nrows()), [lengths.index(max(lengths))])
    return v / max(abs(q) for q in v.entries())


def _slacks(network: SumNetwork, j: int, k: int) -> Iterator[tuple[fmpq_mat, ...]]:
    """T2's direction and its mirror image from near kernels at rational points nearby, finer and finer.

    e (S + e I)^-1 tends to the projector on the kernel of a positive semidefinite S as e tends to 0.
    """
    for bits in PRECISIONS:
        near = network.near(4 * bits)
        mid = near.chain(j - 1, k + 1)
        R, L, G = near.below[j - 1], near.above[k], near.gram.G
        pair_error = near.above[j].transpose() * near.error * near.below[k - 1].transpose()
        if not pair_error:
            continue  # rounded away
        a, b = _largest_pair(pair_error)
        left = _near_kernel(R * G * R.transpose(), bits)
        right = _near_kernel(L.transpose() * L, bits)
        for factor, before in ((left * mid, True), (mid * right, False)):
            if not factor:
                continue
            z, w = _largest_pair(factor)
            z, w = (left * z, w) if before else (z, right * w)
            low, high = _rounded(-w * b.transpose(), bits // 4), _rounded(a * z.transpose(), bits // 4)
            step = _step(near, j, k, low, high, moved=j if before else k)
            D = [zeros(*A.shape) for A in network.weights]
            D[j - 1], D[k - 1] = (high * step, low) if before else (high, low * step)
            yield tuple(D)


def _step(near: LinearNetwork, j: int, k: int, low: fmpq_mat, high: fmpq_mat, *, moved: int) -> fmpq:
    """A factor for the layer `moved` that makes n - 2x negative: x > n/2, rounded up."""
    D = [zeros(A.nrows(), A.ncols()) for A in near.weights]
    if moved == j:
        D[k - 1] = low
    else:
        D[j - 1] = high
    return fmpq((near.hessian_form(D) / 2).ceil() + 1)


def _near_kernel(S: fmpq_mat, bits: int) -> fmpq_mat:
    e = fmpq(1, fmpz(1) << bits)
    return (S + eye(S.nrows()) * e).inv() * e


def _largest_pair(M: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Columns a, b with a^T M b = 1: unit vectors at the largest entry, b scaled."""
    entries = M.entries()
    place = max(range(len(entries)), key=lambda i: abs(entries[i]))
    a, b = zeros(M.nrows(), 1), zeros(M.ncols(), 1)
    a[place // M.ncols(), 0], b[place % M.ncols(), 0] = fmpq(1), 1 / entries[place]
    return a, b


def _family(network: SumNetwork) -> DescentFamily:
    """T6's family, from rational kernels (rounded, finer and finer, where they are not rational)."""
    G, depth = network.gram.G, network.depth
    inputs = {k: network.chain(k, 1).map(lambda c: c * G) for k in range(1, depth)}
    q = max([1, *(k + 1 for k, R in inputs.items() if matrix_rank(R) == network.widths[k])])
    spaces = {k: common_kernel(network.chain(depth, k + 1) if k < q else R.transpose()) for k, R in inputs.items()}
    for rounding in PRECISIONS:
        near, vectors, exact = network.near(2 * rounding), list[fmpq_mat](), True
        for k, space in spaces.items():
            kernel = space
            if space.ncols() == 0:
                L, R = near.above[k], near.below[k]
                kernel = _near_kernel(L.transpose() * L if k < q else R * G * R.transpose(), rounding)
                exact = False
            vectors.append(_rounded(_longest(kernel), rounding))
        if near.error:
            u, v = _largest_pair(near.error)
            found = _lower(network, near, q, (v, *vectors, u), exact=exact)
            if found is not None:
                return found
    raise Undecided("T6's family is not seen to lower the loss at the points that were tried")


def _lower(
    network: SumNetwork, near: LinearNetwork, q: int, y: tuple[fmpq_mat, ...], *, exact: bool
) -> DescentFamily | None:
    """The family with these vectors, if balls show that the loss is lower where it is at the point nearby."""
    t, s = lower_point(*family_polynomials(near, q, y))
    for bits in PRECISIONS:
        with ctx.workprec(4 * bits):
            here = loss_in_balls(network, bits)
            down, up = (ends(loss_in_balls(network, bits, _moves(q, y, t, end)) - here) for end in (s, -s))
        if down[1] < 0 < up[0]:
            return DescentFamily(q, y, None, None, t, s, down, up, rounded=not exact)
        if down[0] > 0 or up[1] < 0:
            return None
    return None


def _moves(q: int, y: Sequence[fmpq_mat], t: fmpq, s: fmpq) -> list[fmpq_mat]:
    """What T6's family adds to the weights."""
    return [y[k] * y[k - 1].transpose() * (-s if k == q else t) for k in range(1, len(y))]


def exact_loss(network: SumNetwork) -> fmpq | Field | None:
    """The loss as an exact number, None over several fields."""
    found = network.loss
    return None if found is None else number(*found)
