"""T6: a point whose output has smaller rank than every hidden layer is no local minimum and no local maximum.

Critical or not, at every depth, as long as the residual E = R[l] - Y X+ X that the network can reach is not 0. The
network at (t, s) of the family in `family` has lower loss for suitable small t and s, and higher loss for others.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    reciprocal,
)
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr
from symbolic_cp.prover.show import function

from ..layers import halves
from ..networks import deep_loss, forward, k, network, weights, width
from .chains import letters
from .choice import narrow
from .family import bottom, kernels, onto, top, vectors
from .horner import horner, values
from .members import hidden_nonzero
from .triples import reached

HALF = Fraction(1, 2)


@statement("family-slope", "some small t has g(t) != 0", kind="lemma", hidden=True)
def family_slope(s: Script) -> None:
    """t^2 K < delta. For any E with u'EX'v != 0: g is not the zero polynomial."""
    l, q = s.dims("l q")
    s.dims("m")
    d = s.let(Variable("d", NAT, 1))
    A, y = s.let(weights()), s.let(vectors())
    X, E = s.matrix("X", width(0), "m"), s.matrix("E", width(l), "m")
    inside = s.given(at_least(l, q + 1), "q < l")
    nonzero = s.given(hidden_nonzero(l, y), "y[k] != 0 in the hidden layers")
    first = tr(of(y, l).T @ E @ X.T @ of(y, 0))
    seen = s.given(first != 0, "u'EX'v != 0")
    K, delta = s.scalar("K"), s.scalar("delta")
    above, small = s.given(K >= 0, "K >= 0"), s.given(delta > 0, "delta > 0")
    deep = s.linear(at_least(l, 1), inside)
    (n,), last = s.obtain(difference(deep, l, nat(1)), "n")
    (p,), at_p = s.obtain(s.cite("hidden-lengths", l=l, d=d, y=y)(deep, nonzero), "p")
    is_p, positive = halves(at_p)
    degree = s.cite("T6.3", l=l, q=q, m=nat("m"), d=d, A=A, y=y, X=X, E=E, p=p)(inside, is_p)
    (c_,), of_c = s.obtain(degree, "c")
    c = lambda a: of(c_, a)
    t = s.inner()
    zero = t.given(c(0) == 0)
    (inverse,), known = t.obtain(reciprocal(positive), "inv")
    lead = t.close(seen(t.have(first == 0, t.have(of(p, l) * first == 0, of_c[0], zero), known)))
    T, h_ = Variable("t", SCALAR), family("h", "k", SCALAR)

    def root_free(a: Nat) -> Formula:
        no = for_all(h_, Implies(horner(of(T), c, h_, a), of(h_, a) != 0))
        return exists(T, conjunction(of(T) > 0, of(T) * of(T) * K < delta, no))

    found = s.cite("horner-nonzero", n=n, c=c_)(lead, K, delta, above, small)
    (t,), at_t = s.obtain(s.moved(root_free, found, n + 1, l, last), "t")
    arms = s.cite("family-arms", l=l, q=q, m=nat("m"), d=d, A=A, y=y, X=X, t=t)(inside)
    (G, x), at_arms = s.obtain(arms, "G x")
    is_G, is_x = halves(at_arms)
    h, of_h = values(s, t, c, l, "h")
    g = lambda G, x: tr(of(x, l).T @ E @ (of(G, q).T @ of(y, q)))
    slope = of_c[1](t, G, x, h, is_G, is_x, of_h)
    v = s.inner()
    no_root = v.close(at_t[2](h, of_h)(v.have(of(h, l) == 0, slope, v.given(g(G, x) == 0))))
    G_, x_, t_ = forward("G"), vectors("x"), of(T)
    arms = bottom(A, y, t_, q, X, G_), top(A, y, t_, q, l, x_)
    goal = exists(T, G_, x_, conjunction(t_ * t_ * K < delta, *arms, g(G_, x_) != 0))
    s.conclude(goal, by=s.witness(goal, t, G, x, by=both(at_t[1], is_G, is_x, no_root)))


def split_four(known: Known) -> tuple[Known, Known, Known, Known]:
    """The parts of a conjunction of four, which may be conjunctions themselves."""
    first, rest = halves(known)
    second, rest = halves(rest)
    return first, second, *halves(rest)


@statement(
    "T6.5",
    "for suitable small t and s the network at (t, s) is of lower loss, and for others of higher",
    kind="step",
    hidden=True,
)
def descent(s: Script) -> None:
    """g is not the zero polynomial, so that g(t) != 0 for some small t; then s small, with the sign of g(t) or not."""
    net = network(s)
    l, A, X, Y = net.depth, net.A, net.X, net.Y
    d = Variable("d", NAT, 1)
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    (q,) = s.dims("q")
    inside = s.given(at_least(l, q + 1), "q < l")
    y = s.let(vectors())
    ker = s.given(kernels(net, y, q), "y[k]'R[k] = 0 above layer q, L[k] y[k] = 0 below it")
    rho = s.matrix("rho", "m", width(q))
    full = s.given(onto(net, q, rho), "q = 0, or R[q] is onto")
    nonzero = s.given(hidden_nonzero(l, y), "y[k] != 0 in the hidden layers")
    first = tr(of(y, l).T @ E @ X.T @ of(y, 0))
    seen = s.given(first != 0, "u'EX'v != 0")
    sizes = function("k", norm2(of(y, k + 1) @ of(y, k).T).term)
    (K,), below_K = s.obtain(s.cite("bounded", n=l, f=sizes), "K")
    u = s.inner()
    delta = u.scalar("delta")
    small = u.given(delta > 0, "delta > 0")
    sloped = s.cite("family-slope", l=l, q=q, m=nat("m"), d=d, A=A, y=y, X=X, E=E, K=K, delta=delta)
    (t, G, x_), at_t = u.obtain(sloped(inside, nonzero, seen, below_K[0], small), "t G x")
    small_t, is_G, is_x, no_root = split_four(at_t)
    x, z = of(x_, l), of(G, q).T @ of(y, q)
    g = tr(x.T @ E @ z)

    def changed(w: Context, step: Expr, near: Known, higher: bool, why) -> Known:
        """The network at (t, step), of higher or lower loss; `why` proves the sign of the change of the loss."""
        member = s.cite("family-member", **letters(net), q=q, y=y, t=t, s=step, K=K, delta=delta)
        made = member(net.is_R, net.is_L, inside, below_K[1], small_t, near)
        (B, S), at_B = w.obtain(made, "B S")
        is_B, rest = halves(at_B)
        is_S, close = halves(rest)
        identity = s.cite("T6.1", **letters(net), q=q, y=y, rho=rho, t=t, s=step, G=G, x=x_, B=B, S=S)
        output = identity(net.is_R, net.is_L, inside, ker, full, is_G, is_x, is_B, is_S)
        polynomial = s.cite("T6.2", **letters(net), Y=Y, Xp=Xp, q=q, y=y, t=t, s=step, G=G, x=x, W=of(S, l))
        change = polynomial(net.is_R, net.is_L, of_X, is_G, output)
        there = deep_loss(of(S, l), Y)
        better = there > net.loss if higher else there < net.loss
        return w.witness(net.at_distance(delta, higher), B, S, by=both(is_S, close, w.have(better, change, sum=why)))

    def both_ways(sign: int):
        def found(slope_sign: Known) -> Known:
            w = u.inner()
            kappa = norm2(x) * norm2(z)
            above = w.have(kappa >= 0, sum=[Term(grams=(x, z))])
            one = s.cite("small", a=kappa, b=K, p=sign * g, q=delta)(above, below_K[0], slope_sign, small)
            (r,), at_r = w.obtain(one, "r")
            r0, _, less, room = at_r.parts()
            near = w.have(sign * r * (sign * r) * K < delta, sum=[Term(times=(room,))])
            down = [Term(HALF, times=(r0, slope_sign)), Term(HALF, times=(r0, less))]
            up = [Term(times=(r0, slope_sign)), Term(HALF, squares=(r,), times=(above,))]
            w1, w2 = w.inner(), w.inner()
            lower = w1.close(changed(w1, sign * r, near, False, down))
            higher = w2.close(changed(w2, -sign * r, near, True, up))
            return w.close(both(lower, higher))

        return found

    goal = conjunction(net.at_distance(delta, False), net.at_distance(delta, True))
    every = u.close(u.by_sign(g, lambda zero: anything(no_root(zero), goal), both_ways(1), both_ways(-1)))
    answers = []
    for position in (0, 1):
        v = s.inner()
        delta = v.scalar("delta")
        answers.append(v.close(every(delta, v.given(delta > 0))[position]))
    s.conclude(conjunction(net.nearby(False), net.nearby(True)), by=both(*answers))


# ------------------------------------------------------------------------------------------------------ the theorem


@statement(
    "no-minimum",
    "a point with lower points at every distance is no local minimum; so for maxima",
    kind="lemma",
    hidden=True,
)
def no_minimum(s: Script) -> None:
    net = network(s)

    def refuted(extremum: Formula, higher: bool) -> Known:
        t = s.inner()
        moves = t.given(net.nearby(higher))
        (delta,), known = t.obtain(t.given(extremum), "delta")
        (B, S), found = t.obtain(moves(delta, known[0]), "B S")
        bound = known[1](B, S, found[0], found[1])
        return t.close(t.have(Falsum(), sum=[Term(times=(bound,)), Term(times=(found[2],))]))

    done = both(refuted(net.local_minimum(), False), refuted(net.local_maximum(), True))
    s.conclude(done.formula, by=done)


@statement("T6", "E != 0 and rank R[l] < every hidden width: neither a local minimum nor a local maximum")
def t6(s: Script) -> None:
    """At any point, critical or not. The network at (t, s) is explicit; only kernels of R[k] and L[k] are needed."""
    net = network(s)
    l, X = net.depth, net.X
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    missed = s.given(E != 0, "E = R[l] - Y X+ X is not 0")
    w, of_W = s.pinv(net.output, "w")
    rank = s.given(narrow(net, tr(net.output @ w)), "rank R[l] < every hidden width")
    for name in ("T6.1", "T6.2", "T6.3", "T6.4", "T6.5"):
        s.include(name)
    d = Variable("d", NAT, 1)
    rows = s.cite("chain-data", l=l, d=d, A=net.A, S=net.R, X=X, Xp=Xp)(net.is_R, of_X)(l, s.linear(at_least(l, l)))
    t = s.inner()
    zero = t.given(E @ X.T == 0)
    kept = t.have(E == E @ X.T @ Xp.T, rows, of_X)
    EX = t.close(missed(t.have(E == 0, t.have(E @ X.T @ Xp.T == 0, zero), kept)))
    (u, v), uv = s.obtain(s.cite("nonzero", M=E @ X.T)(EX), "u v")
    named = letters(net) | {"Y": net.Y}
    known = s.cite("T6.4", **letters(net), w=w, u=u, v=v)(net.is_R, net.is_L, deep, of_W, rank)
    (q, rho, y), at_y = s.obtain(known, "q rho y")
    inside, full, ker, at_0, at_l, units = at_y.parts()
    t = s.inner()
    (a,) = t.dims("k")
    low, high = t.given(at_least(a, 1)), t.given(at_least(l, a + 1))
    square = t.have(norm2(of(y, a)) == 1, units(a, low, high))
    nonzero = t.close(t.have(norm2(of(y, a)) > 0, square, sum=[Term()]))
    first = tr(of(y, l).T @ E @ X.T @ of(y, 0))
    t = s.inner()
    zero = t.given(first == 0)
    value = t.have(first == 1, t.have(tr(u.T @ E @ X.T @ v) == 1, uv), at_0, at_l)
    seen = t.close(t.have(Falsum(), t.have(number(1) == 0, value, zero), sum=[Term()]))
    known = s.cite("T6.5", **named, Xp=Xp, q=q, y=y, rho=rho)
    both_ways = known(net.is_R, net.is_L, of_X, inside, ker, full, nonzero, seen)
    none = s.cite("no-minimum", **named)(net.is_R, net.is_L)
    done = both(both_ways[0], both_ways[1], none[0](both_ways[0]), none[1](both_ways[1]))
    s.conclude(done.formula, by=done)
