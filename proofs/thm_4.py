"""Theorem 4: the landscape of L_D around critical points of deep-non-optimal and of deep-optimal order.

Layer k with the data R[k] is a network with one hidden layer, A1 = A[k] and A2 = L[k+1]; its category is that of
def-order with the spectrum of Sigma_k. In item 1 the last layer is multiplied by an invertible T = I + (w - v)v', which
turns a captured direction v of L[k+1] towards a missed one; item 2 is Proposition 3 for the last two layers.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random

from flint import fmpq_mat

from symbolic_cp.book.generators import critical_points, instance
from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Or,
    Value,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    implication,
    matrix_sort,
    negation,
    substitute,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, both, difference, from_fact
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .def_order import non_optimal, optimal_order
from .families import same
from .layers import Layers, at_layer, halves, inverses
from .networks import Network, deep_loss, forward, is_forward, k, network, weights, width
from .order import commuting
from .perturb import half_point, turned_nearby
from .prop_1 import loss
from .prop_2 import everywhere
from .prop_3 import added, positive_square, turned, two_points
from .spectra import Spectrum, spectrum_formula

n = nat("n")
HALF = Fraction(1, 2)


def one_layer(s: Context):
    """The letters of one layer with the spectrum of its Sigma (nothing is supposed of them but that)."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2, Xp, A2p = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1, Xp: m x d0, A2p: d1 x d2")
    (r,) = s.dims("r")
    v = s.family("s", "k", SCALAR)
    E, Q = s.family("E", "k", matrix_sort("d2", "d2")), s.family("Q", "k", matrix_sort("d2", "d2"))
    Sigma = Y @ Xp @ X @ Y.T
    sp = Spectrum(Sigma, nat("d2"), r, v, E, Q, None)
    return X, Y, A1, A2, sp, A2 @ A2p


def sigma_spectra(s: Context, net: Network) -> tuple[Layers, Known, Known]:
    """R[k]+, L[k]+ for all k <= l, and the spectrum of Sigma_k for k <= l - 2."""
    made, pinvs = inverses(s, net)
    for one in (made.r, made.values, made.projectors, made.partial):
        s.let(one)
    *_, sp, _ = one_layer(Context())
    spectrum = spectrum_formula(sp.matrix, sp.r, sp.values, sp.projectors, sp.partial)
    each = Implies(at_least(net.depth, k + 2), at_layer(spectrum, made, k))
    return made, pinvs, s.given(for_all(Variable("k", NAT), each), "the spectrum of Sigma_k")


def captures_beyond(sp: Spectrum, P: Expr) -> Formula:
    """Some s_i is not captured whole, and something beyond it is captured; the singular value zero counts."""
    i = nat("i")
    beyond = tr(P @ (ident(sp.size) - sp.Q(i))) > 0
    return exists(
        Variable("i", NAT), conjunction(at_least(i, 1), at_least(sp.r, i), tr(P @ sp.E(i)) < tr(sp.E(i)), beyond)
    )


@statement(
    "non-optimal-beyond", "p_i < m_i and p_j > 0 for i < j: something beyond s_i is captured", kind="lemma", hidden=True
)
def non_optimal_beyond(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    (i,), at_i = s.obtain(s.given(non_optimal(sp, P), "non-optimal order"), "i")
    low, high, less, later = at_i.parts()
    (j,), at_j = s.obtain(later, "j")
    j_low, j_high, some = at_j.parts()
    (q,), jq = s.obtain(difference(s.linear(at_least(j, 1), j_low, low), j, nat(1)), "q")
    apart = s.cite("spectral-orthogonal-all", **sp.named(), j=q)(
        sp.known, sym, s.linear(at_least(sp.r, q + 1), jq, j_high)
    )(i, s.linear(at_least(q, i), jq, j_low))
    same_j = s.have(equal(scalar(j), scalar(q + 1)), jq)
    zero = s.moved(lambda x: sp.Q(i) @ sp.E(x) == 0, apart, q + 1, j, same_j)
    at_E = sp.at(s, j, s.linear(at_least(j, 1), j_low, low), j_high)
    Qi = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(i, high)
    F = ident("n") - sp.Q(i) - sp.E(j)
    F_proj = both(s.have(F.T == F, Qi, at_E[0]), s.have(F @ F == F, Qi, at_E[0], at_E[1], zero))
    room = s.cite("projector-order", P=P, E=F)(proj, F_proj)[0]
    beyond = s.have(tr(P @ (ident("n") - sp.Q(i))) > 0, sum=[Term(times=(room,)), Term(times=(some,))])
    claim = captures_beyond(sp, P)
    s.conclude(claim, by=s.witness(claim, i, by=both(low, high, less, beyond)))


@statement(
    "layer-turned", "a layer that captures something beyond a missed value: lower loss", kind="lemma", hidden=True
)
def layer_turned(s: Script) -> None:
    X, Y, A1, A2, eq23, Xp, of_X, a, of_A2 = half_point(s)
    Sigma, P = Y @ Xp @ X @ Y.T, A2 @ a
    r, v, E, Q = spectrum_letters(s)
    known = s.given(spectrum_formula(Sigma, r, v, E, Q), "the spectrum of Sigma")
    sp = Spectrum(Sigma, nat("d2"), r, v, E, Q, known)
    com = s.given(P @ Sigma == Sigma @ P, "P Sigma = Sigma P")
    beyond = s.given(captures_beyond(sp, P), "captured beyond a missed value")
    s.dims("n")
    (L,) = s.matrices("L: d2 x n")
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")
    sym = s.have(Sigma.T == Sigma, of_X)
    proj = both(s.have(P.T == P, of_A2), s.have(P @ P == P, of_A2))
    (i,), at_i = s.obtain(beyond, "i")
    low, high, less, more = at_i.parts()
    letters = dict(P=P, i=i)
    (u,), at_u = s.obtain(s.cite("pick-missed", **sp.named(), **letters)(known, sym, proj, com, low, high, less), "u")
    (w,), at_w = s.obtain(s.cite("pick-beyond", **sp.named(), **letters)(known, sym, proj, com, low, high, more), "v")
    value = tr(w.T @ Sigma @ w)
    captured = both(s.have(value == value), at_w[0], at_w[1])
    point = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=sp.s(i), v=w, sv=value, L=L, delta=delta)
    found = s.cite("exchange-along", **point)(eq23, of_X, of_A2, at_u, captured, at_w[2], positive)
    s.conclude(turned_nearby(X, Y, A1, A2, L, delta), by=found)


def spectrum_letters(s: Context):
    """r, s, E, Q in the space of Sigma."""
    (r,) = s.dims("r")
    square = matrix_sort("d2", "d2")
    return r, s.family("s", "k", SCALAR), s.family("E", "k", square), s.family("Q", "k", square)


# ------------------------------------------------------------------------------------------------ perturbed networks


def lower_by(net: Network, i: Nat, delta: Expr, rank: Expr) -> Formula:
    """Within delta there is a network of lower loss that differs in layer i and the last, which has that rank."""
    l = net.depth
    A, S, b = weights("B"), forward("S"), Variable("b", matrix_sort(width(n + 1), width(l)))
    kept = for_all(
        Variable("k", NAT),
        implication(at_least(l, k + 1), negation(same(k, i)), negation(same(k, n + 1)), of(A, k) == of(net.A, k)),
    )
    last = of(A, n + 1)
    return exists(
        A,
        S,
        b,
        conjunction(
            is_forward(l, A, net.X, S),
            net.near(A, delta),
            kept,
            penrose(last.term, of(b).term),
            tr(last @ of(b)) == rank,
            deep_loss(of(S, l), net.Y) < net.loss,
        ),
    )


def all_distances(body) -> Formula:
    """For all delta > 0: body(delta)."""
    delta = Variable("delta", SCALAR)
    return for_all(delta, Implies(of(delta) > 0, body(of(delta))))


def deep_non_optimal(letters: Layers, index: Nat) -> Formula:
    """V_k of non-optimal order, for k = index."""
    *_, sp, P = one_layer(Context())
    return at_layer(non_optimal(sp, P), letters, index)


def beyond_at(letters: Layers, index: Nat) -> Formula:
    """V_k captures something beyond a missed value, for k = index."""
    *_, sp, P = one_layer(Context())
    return at_layer(captures_beyond(sp, P), letters, index)


def last_layers(letters: Layers) -> dict[str, Value]:
    """The last two layers as a network with one hidden layer, with data R[n]: A2 = A_l."""
    values = {name: value for name, value in letters.at(n).items() if name != "U"}
    return values | {"A2": at(letters.net.A, n + 1)}


def deep_optimal(letters: Layers, kappa: Expr) -> Formula:
    """(A_l, A_(l-1)) is no global minimizer given the rest, rank(A_l) < kappa, and V_(l-2) is of optimal order."""
    X, Y, A1, A2, sp, P = one_layer(Context())
    order = conjunction(negation(everywhere(X, Y, A1, A2)), optimal_order(sp, P, kappa))
    return substitute(order, last_layers(letters))


def least_of_two(net: Network, kappa: Nat) -> Formula:
    """kappa = min(d[l-1], d[l]) >= 1."""
    before, last = width(n + 1), width(net.depth)
    return conjunction(
        at_least(before, kappa), at_least(last, kappa), at_least(kappa, 1), Or(same(kappa, before), same(kappa, last))
    )


@statement(
    "deep-turned",
    "a layer that captures something beyond a missed value: lower loss, same rank of A_l",
    kind="lemma",
    hidden=True,
)
def deep_turned(s: Script) -> None:
    net = network(s, "n", 2)
    letters, pinvs, spectra = sigma_spectra(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    (i,) = s.dims("i")
    within = s.given(at_least(n, i), "i <= n")
    beyond = s.given(beyond_at(letters, i), "captured beyond a missed value")
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")
    l, Y, W = net.depth, net.Y, net.output
    below = s.linear(at_least(l, i + 1), within)
    of_R, _ = halves(pinvs(i, s.linear(at_least(l, i), within)))
    _, of_L = halves(pinvs(i + 1, below))
    A, R, L = of(net.A, i), of(net.R, i), of(net.L, i + 1)
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    commutes = s.cite("thm-3.equations", **few)(net.is_R, net.is_L, pinvs, critical)[4](i, below)[1]
    product = s.cite("chain-product", **net.named(without="Y"))(net.is_R, net.is_L)
    through = s.have(W == L @ A @ R, s.have(W == L @ of(net.R, i + 1), product(i + 1, below)), net.is_R[1](i, below))
    gradient = s.have(L.T @ (L @ A @ R - Y) @ R.T == 0, critical(i, below), through)
    values = {x: value for x, value in letters.at(i).items() if x != "U"}
    last, last_p = of(net.A, n + 1), of(letters.Lp, n + 1)
    P, Sigma = letters.P(i + 1), letters.Sigma(i)
    swapped = s.have(P @ Sigma == Sigma @ P, commutes)
    found = s.cite("layer-turned", **values, n=width(n + 1), L=last, delta=delta)(
        gradient, of_R, of_L, spectra(i, s.linear(at_least(l, i + 2), within)), swapped, beyond, positive
    )
    (B, T, Ti), known = s.obtain(found, "B1 T Ti")
    close, less, _, inverse = known.parts()
    near_B = s.have(norm2(B - A) < delta, sum=[Term(times=(close,)), Term(grams=(T @ last - last,))])
    near_C = s.have(norm2(T @ last - last) < delta, sum=[Term(times=(close,)), Term(grams=(B - A,))])
    made = s.cite("two-layers-changed", **net.named(without="l Y"), n=n, i=i, B=B, C=T @ last, delta=delta)(
        net.is_R, net.is_L, within, positive, near_B, near_C
    )
    (A2, S), there = s.obtain(made, "A2 S")
    is_S, nearby, _, at_top, kept, _, _, output = _eight(there)
    out = output(T, s.have(T @ last == T @ last))
    lower = s.have(deep_loss(of(S, l), Y) < net.loss, out, through, sum=[Term(times=(less,))])
    (b,), of_B = s.obtain(from_fact("pinv").at(A=of(A2, n + 1)), "b")
    top_L = net.is_L[1](n + 1, s.linear(at_least(l, n + 2)))
    is_last = s.have(of(net.L, n + 1) == last, top_L, net.is_L[0])
    _, of_top = halves(pinvs(n + 1, s.linear(at_least(l, n + 1))))
    of_last = s.have(penrose(last.term, last_p.term), of_top, is_last)
    of_C = s.have(penrose((T @ last).term, b.term), of_B, at_top)
    rank = s.cite("rank-invertible", T=T, Ti=Ti, A=last, a=last_p, b=b)(inverse, of_last, of_C)
    same_rank = s.have(tr(of(A2, n + 1) @ b) == tr(last @ last_p), at_top, rank)
    claim = lower_by(net, i, delta, tr(last @ last_p))
    s.conclude(claim, by=s.witness(claim, A2, S, b, by=both(is_S, nearby, kept, of_B, same_rank, lower)))


def _eight(known: Known) -> list[Known]:
    """The parts of what two-layers-changed gives; its first part is a conjunction itself."""
    parts = []
    for _ in range(7):
        first, known = halves(known)
        parts.append(first)
    return [*parts, known]


def last_two(s: Script, t: Context, net: Network, delta: Expr, positive: Known, B, C, close: Known):
    """The network with B, C as its last two layers: (A2, S), the parts of two-layers-changed, and S[l] = C B R[n]."""
    last, before = of(net.A, n + 1), of(net.A, n)
    near_B = t.have(norm2(B - before) < delta, sum=[Term(times=(close,)), Term(grams=(C - last,))])
    near_C = t.have(norm2(C - last) < delta, sum=[Term(times=(close,)), Term(grams=(B - before,))])
    made = s.cite("two-layers-changed", **net.named(without="l Y"), n=n, i=n, B=B, C=C, delta=delta)(
        net.is_R, net.is_L, t.linear(at_least(n, n)), positive, near_B, near_C
    )
    (A2, S), there = t.obtain(made, "A2 S")
    parts = _eight(there)
    is_S, at_top, first = parts[0], parts[3], parts[6]
    grown = is_S[1](n + 1, t.linear(at_least(net.depth, n + 2)))
    return A2, S, parts, t.have(of(S, net.depth) == C @ B @ of(net.R, n), grown, at_top, first)


def output_of_two(s: Context, net: Network) -> Known:
    """R[l] = A[n+1] A[n] R[n]."""
    l = net.depth
    upper, lower = net.is_R[1](n + 1, s.linear(at_least(l, n + 2))), net.is_R[1](n, s.linear(at_least(l, n + 1)))
    return s.have(net.output == of(net.A, n + 1) @ of(net.A, n) @ of(net.R, n), upper, lower)


@statement("thm-4.4", "item 2: Proposition 3 for the last two layers, with data R[l-2]", kind="step", hidden=True)
def item_2(s: Script) -> None:
    net = network(s, "n", 2)
    letters, pinvs, spectra = sigma_spectra(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    (kappa,) = s.dims("kappa")
    least = s.given(least_of_two(net, kappa), "kappa = min(d[l-1], d[l]) >= 1")
    order = s.given(deep_optimal(letters, number(kappa)), "deep-optimal order")
    l, Y = net.depth, net.Y
    last, last_p = of(net.A, n + 1), of(letters.Lp, n + 1)
    at_n, at_top = s.linear(at_least(l, n + 1)), s.linear(at_least(l, n + 2))
    of_R, _ = halves(pinvs(n, s.linear(at_least(l, n))))
    _, of_L = halves(pinvs(n + 1, at_n))
    is_last = s.have(of(net.L, n + 1) == last, net.is_L[1](n + 1, at_top), net.is_L[0])
    of_last = s.have(penrose(last.term, last_p.term), of_L, is_last)
    output = output_of_two(s, net)
    A1, R = of(net.A, n), of(net.R, n)
    eq23 = s.have(last.T @ (last @ A1 @ R - Y) @ R.T == 0, critical(n, at_n), output, is_last)
    flat = s.have((net.output - Y) @ of(net.R, n + 1).T == 0, critical(n + 1, at_top), net.is_L[0])
    eq24 = s.have((last @ A1 @ R - Y) @ R.T @ A1.T == 0, flat, output, net.is_R[1](n, at_n))
    values = last_layers(letters)
    spectrum = spectra(n, s.linear(at_least(l, n + 2)))
    not_best, pattern = halves(order)
    second = s.cite("prop-3.critical", **values, kappa=kappa)(eq23, eq24, of_R, of_last, spectrum, least)[1]
    best = s.cite("optimal-is-global", **values, kappa=kappa)
    t = s.inner()
    given = t.given(second.formula.left.left)
    not_pattern = t.close(not_best(best(eq23, eq24, of_R, of_last, spectrum, least, given)))
    lower_two = second(not_pattern, pattern)

    t = s.inner()
    delta = t.scalar("delta")
    positive = t.given(delta > 0)
    (B, C, b), known = t.obtain(lower_two(delta, positive), "B1 B2 b")
    close, rest = halves(known)
    less, rest = halves(rest)
    of_B, rank = halves(rest)
    A2, S, parts, out = last_two(s, t, net, delta, positive, B, C, close)
    of_top = t.have(penrose(of(A2, n + 1).term, b.term), of_B, parts[3])
    more = t.have(tr(of(A2, n + 1) @ b) == tr(last @ last_p) + 1, parts[3], rank)
    lower = t.have(deep_loss(of(S, l), Y) < net.loss, out, output, sum=[Term(times=(less,))])
    goal = lower_by(net, n, delta, tr(last @ last_p) + 1)
    found = t.witness(goal, A2, S, b, by=both(parts[0], parts[1], parts[4], of_top, more, lower))
    result = t.close(found)
    s.conclude(result.formula, by=result)


@statement(
    "thm-4.5",
    "item 3: any point with A_(l,1) X != 0 has points of higher loss at every distance",
    kind="step",
    hidden=True,
)
def item_3(s: Script) -> None:
    net = network(s, "n", 2)
    nonzero = s.given(net.output != 0, "A_(l,1) X != 0")
    last, before, R = of(net.A, n + 1), of(net.A, n), of(net.R, n)
    output = output_of_two(s, net)
    t = s.inner()
    zero = t.given(last @ before @ R == 0)
    product = t.close(nonzero(t.have(net.output == 0, output, zero)))
    letters = dict(d0=width(n), d1=width(n + 1), d2=width(net.depth), m=nat("m"))
    higher = s.cite("prop-3.22", **letters, X=R, Y=net.Y, A1=before, A2=last)(product)
    t = s.inner()
    delta = t.scalar("delta")
    positive = t.given(delta > 0)
    (B, C), known = t.obtain(higher(delta, positive), "B1 B2")
    close, more = halves(known)
    A2, S, parts, out = last_two(s, t, net, delta, positive, B, C, close)
    above = t.have(deep_loss(of(S, net.depth), net.Y) > net.loss, out, output, sum=[Term(times=(more,))])
    goal = net.at_distance(delta, True)
    s.conclude(net.nearby(True), by=t.close(t.witness(goal, A2, S, by=both(parts[0], parts[1], above))))


def points_of_layers(rng: Random, dims: Mapping[str, int]) -> dict[str, Instance]:
    """Critical points with two layers, where the factor between L[k+1] and the last layer is the identity."""
    found = critical_points(rng, dims)
    size = found["d1"]
    assert isinstance(size, int)
    unit = fmpq_mat([[int(i == j) for j in range(size)] for i in range(size)])
    return found | {"n": size, "AL": found["A2"], "G": instance(unit)}


@statement("thm-4.item1", "thm-4.1 to thm-4.3: turning one captured direction of A_(l,k+2)", kind="step", hidden=True)
def item_1(s: Script) -> None:
    """As in prop-3.2 to prop-3.8 for the data X = A_(k,1) X; A_(l,k+2) = AL G with AL = A_l, G = A_(l-1,k+2)."""
    s.dims("n")
    t = turned(s)
    (X, Y, Xp, Sigma), (N, K, C, D, L1), (w, M) = t.data, t.frame, t.column
    (eu, ev, u, v), (si, sj, eps, c) = t.directions, t.numbers
    of_X, orth, iso, inv = t.of_X, t.orthogonal, t.isometry, t.inverse
    hu, hv, unit, new, made = t.missed, t.captured, t.circle, t.of_w, t.of_M
    A1, A2, B1, B2, points = two_points(s, M, N, K, C, D, L1, X, Xp, Y)
    AL, G, BL = s.matrices("AL: d2 x n, G: n x d1, BL: d2 x n")
    factor = s.given(A2 == AL @ G, "A_(l,k+2) = A_l A_(l-1,k+2)")
    new_last = s.given(BL == M @ N.T @ AL, "A~_l = M (US)' A_l")
    first = s.step("thm-4.1", BL @ G == B2, by=[points, orth, factor, new_last], title="A~_l A_(l-1,k+2) = M S'V C")
    ee = s.have(eu.T @ ev == 0, hu[1], hv[1])
    zero = null("d2", 1)
    other = both(s.have(zero.T @ eu == 0), s.have(zero.T @ ev == 0))
    gram, QP, *_ = s.cite("turn", N=N, K=K, eu=eu, ev=ev, e=zero, eps=eps, c=c, w=w, M=M)(
        orth, iso, both(hu[0], hu[1]), both(hv[0], hv[1]), other, unit, new, made
    ).parts()
    with s.aside():
        b, of_B = s.pinv(BL @ G, "b")
        of_B2 = s.have(penrose(B2.term, b.term), of_B, first)
        letters = dict(M=M, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, B1=B1, B2=B2, b=b)
        _, e27, _, _ = s.cite("frame-pinv", **letters)(of_X, gram, iso, inv, points[2], points[3], of_B2).parts()
        projected = s.have(BL @ G @ B1 @ X == BL @ G @ b @ Y @ Xp @ X, e27, first, heavy=[BL, G])
        s.step("thm-4.2", projected.formula, proof=projected, title="eq-4 for A~_(k+1): eq-34 holds at the new point")
    letters = dict(M=M, N=N, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, A1=A1, A2=A2, B1=B1, B2=B2)
    second = s.cite("turned-loss", v=v, w=w, **letters)(of_X, orth, gram, iso, inv, QP, points)[1]
    uv = s.have(u.T @ v == 0, ee, orth)
    uu, vv = s.have(u.T @ u == ident(1), hu[0], orth), s.have(v.T @ v == ident(1), hv[0], orth)
    wSw = s.have(tr(w.T @ Sigma @ w) == c * c * sj + c * c * eps * eps * si, new, hu[2], hv[2], uv, uu, vv, heavy=[w])
    vSv = s.have(tr(v.T @ Sigma @ v) == sj, hv[2], vv)
    drop = s.have((tr(w.T @ Sigma @ w) - tr(v.T @ Sigma @ v)) / 2 == c * c * eps * eps * (si - sj) / 2, wSw, vSv, unit)
    change = c * c * eps * eps * (si - sj)
    exact = added(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - change / 2, (1, second), (-1, drop))
    here, there = loss(X, Y, A1, AL @ G), loss(X, Y, B1, BL @ G)
    moved = s.have(there == loss(X, Y, B1, B2), first, heavy=[BL, G])
    unmoved = s.have(here == loss(X, Y, A1, A2), factor)
    half = added(there == here - change / 2, (1, moved), (1, exact), (-1, unmoved))
    s.generators = (points_of_layers,)
    s.step("thm-4.3", there == here - change, by=[half], title="L~ = L - eps^2/(1+eps^2) (s_i(k) - s_j(k))")
    s.generators = ()
    more, some = s.given(si > sj, "si > sj"), s.given(eps * eps > 0, "eps != 0")
    cc = positive_square(s, c, eps, unit)
    less = s.have(there < here, half, sum=[Term(HALF, times=(cc, some, more))])
    found = both(half, less)
    s.step(
        "thm-4.3.repair",
        found.formula,
        proof=found,
        title="with the factor 1/2: L~ = L - 1/2 eps^2/(1+eps^2) (si - sj) < L",
    )
    s.conclude(found.formula, by=found)


@statement(
    "thm-4",
    "deep-non-optimal order: lower loss, same rank of A_l; deep-optimal: lower loss, rank + 1; A_(l,1) X != 0: higher",
)
def theorem_4(s: Script) -> None:
    """All three items at every distance, and what follows: no critical point of the two types is a local minimum, and
    with A_(l,1) X != 0 they are saddles."""
    net = network(s, "n", 2)
    letters, pinvs, spectra = sigma_spectra(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    (kappa,) = s.dims("kappa")
    least = s.given(least_of_two(net, kappa), "kappa = min(d[l-1], d[l]) >= 1")
    for name in ("thm-4.item1", "thm-4.4", "thm-4.5"):
        s.include(name)
    known = net.is_R, net.is_L, pinvs, spectra, critical
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    named = few | {one.name: one for one in (letters.r, letters.values, letters.projectors, letters.partial)}

    first = s.inner()
    (i,) = first.dims("i")
    within = first.given(at_least(n, i))
    order = first.given(deep_non_optimal(letters, i), "deep-non-optimal order")
    beyond = beyond_of(s, first, letters, net, pinvs, spectra, critical, i, within, order)
    t = first.inner()
    delta = t.scalar("delta")
    positive = t.given(delta > 0)
    one = first.close(t.close(s.cite("deep-turned", **named, i=i, delta=delta)(*known, within, beyond, positive)))

    second = s.inner()
    optimal = second.given(deep_optimal(letters, number(kappa)), "deep-optimal order")
    two = second.close(s.cite("thm-4.4", **named, kappa=kappa)(*known, least, optimal))

    third = s.inner()
    nonzero = third.given(net.output != 0, "A_(l,1) X != 0")
    three = third.close(s.cite("thm-4.5", **net.named(without="l"), n=n)(net.is_R, net.is_L, nonzero))

    either = s.inner()
    some_order = exists(Variable("i", NAT), conjunction(at_least(n, nat("i")), deep_non_optimal(letters, nat("i"))))
    typed = either.given(Or(some_order, deep_optimal(letters, number(kappa))), "of one of the two types")

    def descends(lower_at) -> Known:
        t = either.inner()
        delta = t.scalar("delta")
        positive = t.given(delta > 0)
        (A2, S, b), known = t.obtain(lower_at(delta, positive), "A2 S b")
        is_S, nearby, rest = halves(known)[0], *halves(halves(known)[1])
        lower = rest.parts()[-1]
        return t.close(t.witness(net.at_distance(delta, False), A2, S, by=both(is_S, nearby, lower)))

    def at_some_layer(found: Known) -> Known:
        c = either.inner()
        (i,), known = c.obtain(found, "i")
        inside, order = halves(known)
        return c.close(descends(one(i, inside, order)))

    down = either.either(typed, at_some_layer, lambda found: descends(two(found)))
    t = either.inner()
    local = t.given(net.local_minimum())
    no_minimum = t.close(not_local(t, net, local, down))
    t = either.inner()
    nonzero = t.given(net.output != 0)
    saddle = t.close(both(down, three(nonzero)))
    four = either.close(both(no_minimum, saddle))
    s.conclude(conjunction(one.formula, two.formula, three.formula, four.formula), by=both(one, two, three, four))


def beyond_of(s, t, letters: Layers, net: Network, pinvs, spectra, critical, i: Nat, within, order) -> Known:
    """Non-optimal order as printed is a case of capturing something beyond a missed value."""
    below = t.linear(at_least(net.depth, i + 1), within)
    of_R, _ = halves(pinvs(i, t.linear(at_least(net.depth, i), within)))
    _, of_L = halves(pinvs(i + 1, below))
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    commutes = s.cite("thm-3.equations", **few)(net.is_R, net.is_L, pinvs, critical)[4](i, below)[1]
    P, Sigma = letters.P(i + 1), letters.Sigma(i)
    sym = t.have(Sigma.T == Sigma, of_R)
    proj = both(t.have(P.T == P, of_L), t.have(P @ P == P, of_L))
    values = letters.at(i)
    spectral = {x: values[x] for x in ("r", "s", "E", "Q")}
    spectrum = spectra(i, t.linear(at_least(net.depth, i + 2), within))
    swapped = t.have(P @ Sigma == Sigma @ P, commutes)
    return s.cite("non-optimal-beyond", S=Sigma, P=P, **spectral)(spectrum, sym, proj, swapped, order)


def not_local(t: Context, net: Network, local: Known, down: Known) -> Known:
    """Falsum, from a local minimum with points of lower loss at every distance."""
    c = t.inner()
    (delta,), known = c.obtain(local, "delta")
    positive, lowest = halves(known)
    (B, S), found = c.obtain(down(delta, positive), "B S")
    is_S, rest = halves(found)
    nearby, lower = halves(rest)
    no_lower = lowest(B, S, is_S, nearby)
    return c.close(c.have(Falsum(), sum=[Term(times=(no_lower,)), Term(times=(lower,))]))
