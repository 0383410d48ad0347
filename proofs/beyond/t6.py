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
    implication,
    matrix_sort,
    negation,
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
    successor,
)
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import Network, deep_loss, k, network, width
from .chains import apart, compare, letters, upward
from .choice import narrow, negative
from .family import kernels, moved, onto, vectors
from .horner import horner, values
from .triples import reached

HALF = Fraction(1, 2)


# ------------------------------------------------------------------------------------------------- descent and ascent


@statement("bounded", "finitely many numbers are at most some K >= 0", kind="lemma", hidden=True)
def bounded(s: Script) -> None:
    (n,) = s.dims("n")
    f = s.family("f", "k", SCALAR)
    free = Variable("K", SCALAR)

    def all_below(a: Nat, K: Expr) -> Formula:
        return for_all(Variable("k", NAT), Implies(at_least(a, k), of(f, k) <= K))

    def claim(a: Nat) -> Formula:
        return exists(free, conjunction(of(free) >= 0, all_below(a, of(free))))

    def enough(t: Context, a: Nat, K: Expr, nonneg: Known, here: Known, before: Known) -> Known:
        """K >= f[a], and K >= f[b] for b < a."""
        u = t.inner()
        (b,) = u.dims("k")
        high = u.given(at_least(a, b))
        each = compare(
            u,
            b,
            a,
            lambda equal: u.moved(lambda x: of(f, x) <= K, here, a, b, equal),
            lambda less: before(b, less),
            lambda more: anything(u.linear(Falsum(), more, high), of(f, b) <= K),
        )
        return t.witness(claim(a), K, by=both(nonneg, u.close(each)))

    def larger(t: Context, a: Nat, K: Expr, nonneg: Known, before: Known) -> Known:
        """K + f[a]^2 + 1 is at least f[a], and at least K."""
        more = K + of(f, a) * of(f, a) + 1
        above = t.have(more >= 0, sum=[Term(times=(nonneg,)), Term(squares=(of(f, a),)), Term()])
        half = of(f, a) - number(HALF)
        here = t.have(of(f, a) <= more, sum=[Term(times=(nonneg,)), Term(squares=(half,)), Term(Fraction(3, 4))])
        u = t.inner()
        (b,) = u.dims("k")
        low = u.given(at_least(a, b + 1))
        each = u.have(of(f, b) <= more, sum=[Term(times=(before(b, low),)), Term(squares=(of(f, a),)), Term()])
        return enough(t, a, more, above, here, u.close(each))

    u = s.inner()
    (b,) = u.dims("k")
    none = u.close(anything(u.linear(Falsum(), u.given(at_least(nat(0), b + 1))), of(f, b) <= 0))
    zero = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    base = larger(s, nat(0), number(0), zero, none)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        (K,), known = t.obtain(so_far, "K")
        u = t.inner()
        (b,) = u.dims("k")
        low = u.given(at_least(a + 1, b + 1))
        before = u.close(known[1](b, u.linear(at_least(a, b), low)))
        return larger(t, a + 1, K, known[0], before)

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


def hidden_nonzero(net: Network, y: Variable) -> Formula:
    """|y[k]|^2 > 0 in the hidden layers."""
    inside = implication(at_least(k, 1), at_least(net.depth, k + 1), norm2(of(y, k)) > 0)
    return for_all(Variable("k", NAT), inside)


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
    y_ = s.let(vectors())
    ker = s.given(kernels(net, y_, q), "y[k]'R[k] = 0 above layer q, L[k] y[k] = 0 below it")
    rho = s.matrix("rho", "m", width(q))
    full = s.given(onto(net, q, rho), "q = 0, or R[q] is onto")
    lengths_ = s.given(hidden_nonzero(net, y_), "y[k] != 0 in the hidden layers")
    y = lambda a: of(y_, a)
    first = tr(y(l).T @ E @ X.T @ y(0))
    seen = s.given(first != 0, "u'EX'v != 0")
    deep = s.linear(at_least(l, 1), inside)
    (n,), last = s.obtain(difference(deep, l, nat(1)), "n")

    # the leading coefficient is not zero
    state, following = Variable("p", SCALAR), Variable("p_next", SCALAR)
    grows = conjunction(
        Implies(at_least(k, 1), of(following) == of(state) * norm2(y(k))), Implies(same(k, nat(0)), of(following) == 1)
    )

    def next_length(t: Context, a: Nat, below: Known, so_far: Known) -> tuple[list, Known]:
        P = Variable("p2", SCALAR)
        low, zero = Implies(at_least(a, 1), of(P) == of(state) * norm2(y(a))), Implies(same(a, nat(0)), of(P) == 1)
        goal = exists(P, conjunction(low, zero))

        def choose(value: Expr, which: Known, impossible: Formula) -> Known:
            u = t.inner()
            u.given(which.formula)
            right = u.close(u.have(value == value))
            u = t.inner()
            no = u.linear(Falsum(), u.given(impossible), which)
            other = of(state) * norm2(y(a)) if impossible == at_least(a, 1) else number(1)
            wrong = u.close(anything(no, value == other))
            parts = (wrong, right) if impossible == at_least(a, 1) else (right, wrong)
            return t.witness(goal, value, by=both(*parts))

        found = t.by_sign(
            number(a),
            lambda zero: choose(number(1), t.have(same(a, nat(0)), zero), at_least(a, 1)),
            lambda sign: choose(of(state) * norm2(y(a)), successor(sign, a, nat(0)), same(a, nat(0))),
            lambda sign: negative(t, a, sign, goal),
        )
        (value,), known = t.obtain(found, "p1")
        return [value], both(t.have(number(0) == 0), known)

    trivial = number(0) == 0
    made = s.recursion("k", l, [state], (number(0),), trivial, grows, s.have(trivial), next_length)
    (p_,), is_p = s.obtain(made, "p")
    p = lambda a: of(p_, a)
    at_1 = s.have(p(1) == 1, is_p[2](nat(0), deep)[1](s.have(same(nat(0), nat(0)))))
    t = s.inner()
    (a,) = t.dims("k")
    low, high = t.given(at_least(a, 1)), t.given(at_least(l, a + 1))
    longer = t.close(is_p[2](a, high)[0](low))
    of_p = both(at_1, longer)

    def positive_step(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        return t.have(p(a + 1) > 0, longer(a, low, high), sum=[Term(times=(so_far, lengths_(a, low, high)))])

    start = s.have(p(1) > 0, at_1, sum=[Term()])
    positive = upward(s, nat(1), l, deep, lambda a: p(a) > 0, start, positive_step)
    (c_,), of_c = s.obtain(s.cite("T6.3", l=l, q=q, m=nat("m"), d=d, A=A, y=y_, X=X, E=E, p=p_)(inside, of_p), "c")
    c = lambda a: of(c_, a)
    t = s.inner()
    zero = t.given(c(0) == 0)
    (inv,), is_inv = t.obtain(reciprocal(positive), "inv")
    lead = t.close(seen(t.have(first == 0, t.have(p(l) * first == 0, of_c[0], zero), is_inv)))

    # how far the layers move
    term = lambda a: y(a + 1) @ y(a).T
    sizes = function("k", norm2(term(k)).term)
    (K,), below_K = s.obtain(s.cite("bounded", n=l, f=sizes), "K")

    u = s.inner()
    delta = u.scalar("delta")
    delta0 = u.given(delta > 0)
    T, h_ = Variable("t", SCALAR), family("h", "k", SCALAR)

    def root_free(a: Nat) -> Formula:
        no = for_all(h_, Implies(horner(of(T), c, h_, a), of(h_, a) != 0))
        return exists(T, conjunction(of(T) > 0, of(T) * of(T) * K < delta, no))

    found = s.cite("horner-nonzero", n=n, c=c_)(lead, K, delta, below_K[0], delta0)
    (t,), at_t = u.obtain(u.moved(root_free, found, n + 1, l, last), "t")
    (G_,), of_G = u.obtain(s.cite("forward-exists", l=l, d=d, A=function("k", moved(A, y_, t, k).term), X=X), "G")
    v = u.inner()
    (a,) = v.dims("k")
    high = v.given(at_least(q, a + 1))
    is_G = both(of_G[0], v.close(of_G[1](a, v.linear(at_least(l, a + 1), high, inside))))

    # x from layer q + 1 on, by an indicator of layer q
    (o_,), one_at = u.obtain(s.cite("indicator", l=l, N=q), "o")
    o = lambda a: of(o_, a)
    q_l = s.linear(at_least(l, q), inside)
    o_q = u.have(o(q) == 1, one_at(q, q_l)[0](s.have(same(q, q))))

    def o_zero(w: Context, a: Nat, below: Known, not_q: Known) -> Known:
        return one_at(a, w.linear(at_least(l, a), below))[1](not_q)

    state, following = Variable("x", matrix_sort(width(k), 1)), Variable("x_next", matrix_sort(width(k + 1), 1))
    value = lambda a: (1 - o(a)) * (moved(A, y_, t, a) @ of(state_at(a))) + o(a) * y(a + 1)
    state_at = lambda a: Variable("x", matrix_sort(width(a), 1))
    made = u.recursion(
        "k",
        l,
        [state],
        (null(width(0), 1),),
        trivial,
        of(following) == value(k),
        u.have(trivial),
        lambda w, a, below, so_far: ((value(a),), both(w.have(trivial), w.have(value(a) == value(a)))),
    )
    (x_,), at_x = u.obtain(made, "x")
    x = lambda a: of(x_, a)
    x_q = u.have(x(q + 1) == y(q + 1), at_x[2](q, inside), o_q)
    v = u.inner()
    (a,) = v.dims("k")
    low, high = v.given(at_least(a, q + 1)), v.given(at_least(l, a + 1))
    zero = o_zero(v, a, high, apart(v, a, q, low)[1])
    is_x = both(x_q, v.close(v.have(x(a + 1) == moved(A, y_, t, a) @ x(a), at_x[2](a, high), zero)))
    hv, of_h = values(u, t, c, l, "h")
    z = of(G_, q).T @ y(q)
    g = tr(x(l).T @ E @ z)
    slope = of_c[1](t, G_, x_, hv, is_G, is_x, of_h)
    v = u.inner()
    no_root = v.close(at_t[2](hv, of_h)(v.have(of(hv, l) == 0, slope, v.given(g == 0))))

    # the network at (t, s)
    def network_at(w: Context, step: Expr, small: Known, higher: bool, why) -> Known:
        """step^2 K < delta; `why` proves the sign of the change of the loss from its value."""
        B = function("k", (of(A, k) + (t - (t + step) * o(k)) * term(k)).term)
        B_at = lambda a: of(A, a) + (t - (t + step) * o(a)) * term(a)
        (S_,), of_S = w.obtain(s.cite("forward-exists", l=l, d=d, A=B, X=X), "S")
        e = w.inner()
        (a,) = e.dims("k")
        below, not_q = e.given(at_least(l, a + 1)), e.given(negation(same(a, q)))
        others = e.close(e.have(B_at(a) == moved(A, y_, t, a), o_zero(e, a, below, not_q)))
        is_B = both(others, w.have(B_at(q) == moved(A, y_, -step, q), o_q))
        known = s.cite("T6.1", **letters(net), q=q, y=y_, rho=rho, t=t, s=step, G=G_, x=x_, B=B, S=S_)
        output = known(net.is_R, net.is_L, inside, ker, full, is_G, is_x, is_B, of_S)
        polynomial = s.cite("T6.2", **letters(net), Y=Y, Xp=Xp, q=q, y=y_, t=t, s=step, G=G_, x=x(l), W=of(S_, l))
        change = polynomial(net.is_R, net.is_L, of_X, is_G, output)
        e = w.inner()
        (a,) = e.dims("k")
        below = e.given(at_least(l, a + 1))
        size = below_K[1](a, e.linear(at_least(l, a), below))

        def close_at(number_: Expr, bound: Known, *reasons: Known) -> Known:
            move = B_at(a) - of(A, a)
            exact = e.have(move == number_ * term(a), *reasons)
            square = e.have(norm2(move) == number_ * number_ * norm2(term(a)), exact)
            return e.have(
                norm2(move) < delta, square, sum=[Term(times=(bound,)), Term(squares=(number_,), times=(size,))]
            )

        def at_q(equal: Known) -> Known:
            return close_at(-step, small, one_at(a, e.linear(at_least(l, a), below))[0](equal))

        def beside(other: Known) -> Known:
            return close_at(t, at_t[1], o_zero(e, a, below, other))

        close = e.close(e.decide(same(a, q), at_q, beside))
        there = deep_loss(of(S_, l), Y)
        better = there > net.loss if higher else there < net.loss
        return w.witness(net.at_distance(delta, higher), B, S_, by=both(of_S, close, w.have(better, change, sum=why)))

    def both_ways(sign: int):
        def found(slope_sign: Known) -> Known:
            w = u.inner()
            kappa = norm2(x(l)) * norm2(z)
            above = w.have(kappa >= 0, sum=[Term(grams=(x(l), z))])
            (r,), at_r = w.obtain(
                s.cite("small", a=kappa, b=K, p=sign * g, q=delta)(above, below_K[0], slope_sign, delta0), "r"
            )
            positive_, _, less, near = at_r.parts()
            down = [Term(HALF, times=(positive_, slope_sign)), Term(HALF, times=(positive_, less))]
            up = [Term(times=(positive_, slope_sign)), Term(HALF, squares=(r,), times=(above,))]
            w1, w2 = w.inner(), w.inner()
            near_1 = w1.have(sign * r * (sign * r) * K < delta, sum=[Term(times=(near,))])
            lower = w1.close(network_at(w1, sign * r, near_1, False, down))
            higher = w2.close(network_at(w2, -sign * r, near_1, True, up))
            return w.close(both(lower, higher))

        return found

    goal = conjunction(net.at_distance(delta, False), net.at_distance(delta, True))
    two = u.by_sign(g, lambda zero: anything(no_root(zero), goal), both_ways(1), both_ways(-1))
    every = u.close(two)
    answers = []
    for position in (0, 1):
        v = s.inner()
        delta = v.scalar("delta")
        small = v.given(delta > 0)
        answers.append(v.close(every(delta, small)[position]))
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
