"""Propositions 4 and 5: the loss at the critical points of a deep network, and its global minimizers.

P is the projector onto Col(A_(l,2)), p_i(0) = tr(P E[i]) its rank in the eigenspace of s[i], and kappa is the least of
the widths d[1], ..., d[l]. Proposition 5 does not follow from Proposition 2 as printed, since A_(l,2) does not range
over all d_l x d_1 matrices where an inner layer is narrow: see prop_5.py. It follows from the bound T10.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import (
    Term,
    anything,
    both,
    difference,
    from_fact,
    left_or,
    nonnegative,
    or_right_of,
    successor,
)
from symbolic_cp.prover.expression import number, of, tr

from .layers import halves, is_orthogonal
from .networks import Network, deep_loss, forward, is_forward, k, network, weights, width
from .order import case_1, case_2, commuting, improvable
from .ranks import is_projector
from .spectra import next_range, spectrum_of

HALF = Fraction(1, 2)


@statement(
    "first-layer",
    "a critical point has W = P Y X+ X and P Sigma = Sigma P, P the projector onto Col(A_(l,2))",
    kind="lemma",
    hidden=True,
)
def first_layer(s: Script) -> None:
    net = network(s, "n", 2)
    critical = s.given(net.critical(), "all gradients vanish")
    X, Y, W, l = net.X, net.Y, net.output, net.depth
    Xp, of_X = s.pinv(X, "Xp")
    L = of(net.L, 1)
    a, of_L = s.pinv(L, "a")
    n = nat("n")
    low = s.linear(at_least(l, 1))
    product = s.cite("chain-product", **net.named(without="Y"))(net.is_R, net.is_L)
    A = of(net.A, 0)
    grown = s.have(of(net.R, 1) == A @ X, net.is_R[1](nat(0), low), net.is_R[0])
    through = s.have(W == L @ A @ X, s.have(W == L @ of(net.R, 1), product(nat(1), low)), grown)
    gradient = s.have(L.T @ (W - Y) @ X.T == 0, critical(nat(0), low), net.is_R[0])
    top = s.linear(at_least(l, n + 2))
    flat = s.have((W - Y) @ of(net.R, n + 1).T == 0, critical(n + 1, top), net.is_L[0])
    last = s.have(W @ W.T == Y @ W.T, flat, net.is_R[1](n + 1, top))
    found = s.cite("layer-equations", X=X, Y=Y, A1=A, A2=L, W=W, Xp=Xp, A2p=a)(of_X, of_L, through, gradient, last)
    s.conclude(conjunction(found[2].formula, found[4].formula), by=both(found[2], found[4]))


def at_first_layer(s: Script):
    """A critical network, X+, the projector P, and what `first-layer` says."""
    net = network(s, "n", 2)
    critical = s.given(net.critical(), "all gradients vanish")
    Xp, of_X = s.pinv(net.X, "Xp")
    a, of_L = s.pinv(of(net.L, 1), "a")
    found = s.cite("first-layer", **net.named(without="l"), n=nat("n"), Xp=Xp, a=a)(
        net.is_R, net.is_L, critical, of_X, of_L
    )
    P = of(net.L, 1) @ a
    proj = both(s.have(P.T == P, of_L), s.have(P @ P == P, of_L))
    return net, critical, Xp, of_X, a, of_L, P, proj, found[0], found[1]


@statement("prop-4", "at every critical point L_D = 1/2 (Tr(YY') - sum p_i(0) s_i(0))", equations={"eq-37": "prop-4.2"})
def proposition_4(s: Script) -> None:
    net, _, Xp, of_X, _, of_L, P, proj, output, _ = at_first_layer(s)
    X, Y, W = net.X, net.Y, net.output
    U = s.matrix("U", width(net.depth), width(net.depth))
    orth = s.given(is_orthogonal(U), "U is orthogonal")
    Sigma = Y @ Xp @ X @ Y.T
    Lam, Q = U.T @ Sigma @ U, U.T @ P @ U
    sp = spectrum_of(s, Lam)
    L, YY = net.loss, tr(Y @ Y.T)
    one = s.step("prop-4.1", L == YY / 2 - tr(W @ Y.T) + tr(W @ W.T) / 2, title="expanded")
    first = s.have(tr(W @ Y.T) == tr(P @ Sigma), output)
    square = s.have(tr(W @ W.T) == tr(P @ Sigma), s.have(W @ W.T == P @ Sigma @ P, output, of_X, proj), proj)
    half = s.have(L == YY / 2 - tr(P @ Sigma) / 2, one, first, square)
    with s.aside():
        b, of_B = s.pinv(U.T @ of(net.L, 1), "b")
        same = s.have(U.T @ of(net.L, 1) @ b == Q, of_L, of_B, orth)
        moved = s.have(tr(P @ Sigma) == tr(U.T @ of(net.L, 1) @ b @ Lam), same, orth)
        rotated = s.have(L == YY / 2 - tr(U.T @ of(net.L, 1) @ b @ Lam) / 2, half, moved)
        two = both(half, rotated)
        s.step("prop-4.2", two.formula, proof=two, title="eq-37, from eq-34 at k = 1")

    S = s.family("sum", "k", SCALAR)
    starts = s.given(of(S, 0) == 0, "empty sum")
    following = of(S, k + 1) == of(S, k) + sp.s(k + 1) * tr(Q @ sp.E(k + 1))
    grows = s.given(for_all(Variable("k", NAT), Implies(at_least(sp.r, k + 1), following)), "sum of p_i(0) s_i(0)")

    def claim(i):
        return tr(Q @ Lam @ sp.Q(i)) == of(S, i)

    def step(t, i, below, so_far):
        low, high = next_range(t, sp, i, below)
        return t.have(claim(i + 1), so_far, grows(i, high), sp.grows(i, high), sp.at(t, i + 1, low, high)[2])

    every = s.induction("k", sp.r, claim, s.have(claim(nat(0)), starts, sp.starts), step)
    total = s.have(tr(Q @ Lam) == of(S, sp.r), every(sp.r, s.linear(at_least(sp.r, sp.r))), sp.whole)
    moved = s.have(tr(P @ Sigma) == tr(Q @ Lam), orth)
    value = s.step("prop-4.3", L == YY / 2 - of(S, sp.r) / 2, by=[half, moved, total], title="the value")
    s.conclude(value.formula, by=value)


@statement(
    "better-projector",
    "a projector that can be improved is beaten by another of rank at most kappa",
    kind="lemma",
    hidden=True,
)
def better_projector(s: Script) -> None:
    """P + uu', or P + uu' - vv', with u the missed eigenvector and v captured beyond it."""
    S, sp, sym, P, proj, com = commuting(s)
    (kappa,) = s.dims("kappa")
    rank = s.given(tr(P) <= number(kappa), "rank P <= kappa")
    better = s.given(improvable(sp, P, number(kappa)), "improvable")
    (i,), known = s.obtain(better, "i")
    low, high, less, more = known.parts()
    (u,), at_u = s.obtain(s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, less), "u")
    positive = sp.at(s, i, low, high)[4]
    F_ = Variable("F", matrix_sort(sp.size, sp.size))
    good = lambda F: conjunction(is_projector(F), tr(F) <= number(kappa), tr(F @ S) > tr(P @ S))
    goal = exists(F_, good(of(F_)))
    uu = s.have(tr(u.T @ u) == 1, at_u[1])
    uSu = s.have(tr(u @ u.T @ S) == sp.s(i), s.have(tr(u.T @ S @ u) == sp.s(i), at_u[0], at_u[1]))

    def projector(t, F, *by):
        return both(t.have(F.T == F, *by), t.have(F @ F == F, *by))

    def exchange(beyond):
        t = s.inner()
        (v,), at_v = t.obtain(
            s.cite("pick-beyond", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, beyond), "v"
        )
        F = P + u @ u.T - v @ v.T
        uv = t.have(u.T @ v == 0, at_u[2], at_v[1], proj)
        F_proj = projector(t, F, proj, at_u[1], at_u[2], at_v[0], at_v[1], uv)
        vv = t.have(tr(v.T @ v) == 1, at_v[0])
        size = t.have(tr(F) == tr(P), uu, vv)
        fits = t.have(tr(F) <= number(kappa), size, sum=[Term(times=(rank,))])
        value = t.have(tr(F @ S) > tr(P @ S), uSu, sum=[Term(times=(at_v[2],))])
        return t.close(t.witness(goal, F, by=both(F_proj, fits, value)))

    def spare(room):
        t = s.inner()
        F = P + u @ u.T
        F_proj = projector(t, F, proj, at_u[1], at_u[2])
        (w, W), WW = t.obtain(from_fact("basis").at(P=P)(*proj.parts()), "w W")
        w_is = t.have(number(w) == tr(P), t.have(number(w) == tr(W.T @ W), WW[0]), t.have(tr(W @ W.T) == tr(P), WW[1]))
        smaller = t.have(number(kappa) > number(w), w_is, sum=[Term(times=(room,))])
        one_more = successor(smaller, kappa, w)
        fits = t.have(tr(F) <= number(kappa), w_is, uu, sum=[Term(times=(one_more,))])
        value = t.have(tr(F @ S) > tr(P @ S), uSu, sum=[Term(times=(positive,))])
        return t.close(t.witness(goal, F, by=both(F_proj, fits, value)))

    s.conclude(goal, by=s.either(more, exchange, spare))


def smallest_of_widths(s: Script, net: Network):
    """kappa = min(d[1], ..., d[l]) >= 1."""
    (kappa,) = s.dims("kappa")
    l = net.depth
    below = for_all(Variable("k", NAT), Implies(at_least(l, k + 1), at_least(width(k + 1), kappa)))
    attained = exists(Variable("k", NAT), conjunction(at_least(l, k + 1), number(kappa) == number(width(k + 1))))
    known = conjunction(at_least(kappa, 1), below, attained)
    return kappa, s.given(known, "kappa = min(d[1], ..., d[l]) >= 1")


@statement("prop-5", "a critical point of L_D is a global minimizer iff it is of case 1 or case 2")
def proposition_5(s: Script) -> None:
    """Case 1: kappa <= sum m_i, rank(A_(l,2)) = kappa and the largest values captured. Case 2: kappa > sum m_i and
    every positive value captured."""
    net, critical, Xp, of_X, a, of_L, P, proj, output, commutes = at_first_layer(s)
    X, Y, l = net.X, net.Y, net.depth
    Sigma = Y @ Xp @ X @ Y.T
    sp = spectrum_of(s, Sigma)
    kappa, least = smallest_of_widths(s, net)
    positive, below, attained = least.parts()
    sym = s.have(Sigma.T == Sigma, of_X)
    com = s.have(P @ Sigma == Sigma @ P, commutes)
    value = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=net.output, Q=P)(of_X, output, proj)
    pattern = Or(case_1(sp, P, number(kappa)), case_2(sp, P, number(kappa)))
    named = dict(l=l, d=Variable("d", NAT, 1), X=X)
    s.include("prop-5.1")
    s.include("prop-5.2")

    # a network of optimal pattern is minimal: every other output W has a projector F of rank at most kappa
    enough = s.inner()
    optimal = enough.given(pattern, "case 1 or case 2")
    t = enough.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    is_S = t.given(is_forward(l, B, X, S))
    W = of(S, l)
    (w,), of_W = t.obtain(from_fact("pinv").at(A=W), "w")
    F = W @ w
    F_proj = both(t.have(F.T == F, of_W), t.have(F @ F == F, of_W))
    c = t.inner()
    (i,), at_i = c.obtain(attained, "i")
    small = s.cite("output-rank", **named, A=B, R=S, j=i + 1, w=w)(is_S, at_i[0], of_W)
    rank = c.close(c.have(tr(F) <= number(kappa), at_i[1], sum=[Term(times=(small,))]))
    bound = s.cite("output-bound", **named, A=B, R=S, Y=Y, Xp=Xp, w=w)(is_S, of_X, of_W)
    most = s.cite("optimal-captures-most", **sp.named(), P=P, kappa=number(kappa), F=F)(
        sp.known, sym, proj, com, optimal, F_proj, rank
    )
    lower = t.have(net.loss <= deep_loss(W, Y), value, sum=[Term(times=(bound,)), Term(HALF, times=(most,))])
    sufficient = enough.close(t.close(lower))

    # a pattern that can be improved is not minimal
    needed = s.inner()
    minimal = needed.given(net.global_minimum(), "global minimizer")
    c = needed.inner()
    (i,), at_i = c.obtain(attained, "i")
    below_i = s.cite("backward-rank", **net.named(without="Y"), i=nat(1), j=i + 1, a=a)(
        net.is_R, net.is_L, of_L, c.linear(at_least(i + 1, 1), nonnegative(i)), at_i[0]
    )
    P_rank = c.close(c.have(tr(P) <= number(kappa), at_i[1], sum=[Term(times=(below_i,))]))
    some = needed.have(number(kappa) > 0, sum=[Term(times=(positive,)), Term()])
    three = s.cite("dichotomy", **sp.named(), P=P, kappa=number(kappa))(sp.known, sym, proj, com, some, P_rank)

    def not_minimal(better):
        c = needed.inner()
        (F,), good = c.obtain(
            s.cite("better-projector", **sp.named(), P=P, kappa=kappa)(sp.known, sym, proj, com, P_rank, better), "F"
        )
        F_proj, small, higher = good.parts()
        inside = c.inner()
        (j,) = inside.dims("k")
        low = inside.given(at_least(j, 1))
        high = inside.given(at_least(l, j + 1))
        (e,), sum_ = inside.obtain(difference(low, j, nat(1)), "e")
        above = below(e, inside.linear(at_least(l, e + 1), sum_, high))
        at_j = inside.moved(lambda w: at_least(width(w), kappa), above, e + 1, j, sum_)
        wide = inside.close(inside.have(number(width(j)) >= tr(F), sum=[Term(times=(at_j,)), Term(times=(small,))]))
        (B, S), made = c.obtain(
            s.cite("realise", d=Variable("d", NAT, 1), n=nat("n"), X=X, Y=Y, Xp=Xp, F=F)(of_X, F_proj, wide), "B S"
        )
        is_S, there = halves(made)
        other = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=of(S, l), Q=F)(of_X, there, F_proj)
        not_lower = minimal(B, S, is_S)
        falsum = c.have(Falsum(), value, other, sum=[Term(times=(not_lower,)), Term(HALF, times=(higher,))])
        return c.close(anything(falsum, pattern))

    found = needed.either(
        three,
        lambda first: left_or(first, pattern.right),
        lambda rest: needed.either(rest, lambda second: or_right_of(pattern.left, second), not_minimal),
    )
    necessary = needed.close(found)
    s.conclude(conjunction(sufficient.formula, necessary.formula), by=both(sufficient, necessary))
