"""T7: every local minimum of a deep linear network is global, and every other critical point is a saddle.

At any depth, for any data and widths, also where the output is 0. A network of h hidden layers has the depth h + 1.
Where the rank of the output is below every hidden width this is T6. Else some hidden layer j is used in full, and the
point has all that the point (A1, A2) of a network with the one hidden layer j has (`reduction`): there it is Theorem 2.
"""

from dataclasses import replace
from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    from_fact,
    left_or,
    or_right_of,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from ..networks import Network, deep_loss, forward, is_forward, k, network, weights, width
from ..prop_1 import loss
from .chains import compare, letters
from .choice import negative
from .reduction import Narrow, room, seen
from .triples import reached

HALF = Fraction(1, 2)


def saddle(net: Network) -> Formula:
    """At every distance there are a network of lower loss and one of higher loss."""
    return conjunction(net.nearby(False), net.nearby(True))


def landscape(net: Network) -> Formula:
    """A local minimum is global, and a critical point that is not a global minimum is a saddle."""
    best = net.global_minimum()
    return conjunction(Implies(net.local_minimum(), best), implication(net.critical(), negation(best), saddle(net)))


def where_global(s: Context, net: Network, best: Known) -> Known:
    """`landscape` at a global minimum."""
    t = s.inner()
    t.given(net.local_minimum())
    first = t.close(best)
    t = s.inner()
    t.given(net.critical())
    no = t.given(negation(best.formula))
    return both(first, t.close(anything(no(best), saddle(net))))


def compared(s: Context, net: Network, lower) -> Known:
    """A global minimum; `lower(context, B, S, is_forward)` proves that its loss is at most that of B."""
    t = s.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    is_S = t.given(is_forward(net.depth, B, net.X, S))
    return t.close(lower(t, B, S, is_S))


# ------------------------------------------------------------------------------------- a hidden layer used in full


def with_products(s: Script, net: Network, j: Nat, low: Known, high: Known) -> Narrow:
    """The products M and T below and above the hidden layer j, without inverses."""
    h = nat("h")
    named = dict(d=Variable("d", NAT, 1), A=net.A)
    (M,), is_M = s.obtain(s.cite("carry", low=nat(1), high=j, **named)(low), "M")
    (T,), is_T = s.obtain(s.cite("carry", low=j, high=h, **named)(high), "T")
    return Narrow(net, h, j, M, T, None, None, low, high, is_M, is_T, None, None)


@statement("T7.wide", "T7 where the rank of the output is a hidden width", kind="lemma", hidden=True)
def wide(s: Script) -> None:
    net = network(s, "h", 1)
    h, X, A = nat("h"), net.X, net.A
    (j,) = s.dims("j")
    low, high = s.given(at_least(j, 1), "j >= 1"), s.given(at_least(h, j), "j <= h")
    some = s.given(conjunction(at_least(width(j), 1), at_least(width(h + 1), 1)), "d[j], d[l] >= 1")
    w, of_W = s.pinv(net.output, "w")
    rank = s.given(tr(net.output @ w) >= number(width(j)), "rank R[l] >= d[j]")
    two = with_products(s, net, j, low, high)
    output = seen(two, s)[1]
    of_W = s.have(penrose((two.A2 @ two.A1 @ X).term, w.term), of_W, output)
    rank_is = s.have(tr(net.output @ w) == tr(two.A2 @ two.A1 @ X @ w), output)
    rank = s.have(tr(two.A2 @ two.A1 @ X @ w) >= number(width(j)), rank_is, sum=[Term(times=(rank,))])
    (a, b), full = s.obtain(s.cite("full-factors", A=two.A2, B=two.A1 @ X, w=w)(of_W, rank), "a b")
    rho, lam = of(A, 0) @ X @ b, a @ of(A, h)
    right = s.have(two.M @ rho == ident(width(j)), full[1])
    left = s.have(lam @ two.T == ident(width(j)), full[0])
    two = replace(two, rho=rho, lam=lam, right=right, left=left)
    s.conclude(landscape(net), by=both(*from_two_layers(s, two, output, some)))


def global_from_two(s: Script, t: Context, two: Narrow, output: Known, everywhere: Known) -> Known:
    """A global minimum, because (A1, A2) is one: every output is B2 B1 X."""
    net, h, X, Y, j = two.net, two.h, two.net.X, two.net.Y, two.j

    def lower(c: Context, B: Variable, S: Variable, is_S: Known) -> Known:
        behind = s.cite("two-layers-behind", l=h + 1, m=nat("m"), j=j, d=Variable("d", NAT, 1), A=B, S=S, X=X)
        (B1, B2), value = c.obtain(behind(is_S, c.linear(at_least(h + 1, j), two.high)), "B1 B2")
        there = c.have(deep_loss(of(S, h + 1), Y) == loss(X, Y, B1, B2), value)
        here = c.have(net.loss == loss(X, Y, two.A1, two.A2), output)
        return c.have(net.loss <= deep_loss(of(S, h + 1), Y), there, here, sum=[Term(times=(everywhere(B1, B2),))])

    return compared(t, net, lower)


def from_two_layers(s: Script, two: Narrow, output: Known, some: Known) -> tuple[Known, Known]:
    """Both parts of `landscape`, by Theorem 2 at (A1, A2)."""
    net, h, X, Y, j = two.net, two.h, two.net.X, two.net.Y, two.j
    point = dict(X=X, Y=Y, A1=two.A1, A2=two.A2)
    named = two.letters() | {"R": net.R, "L": net.L}
    K = room(two)
    K0 = s.have(K > 0, sum=[Term(grams=(two.rho,)), Term(grams=(two.lam,)), Term()])
    (y,), inverse = s.obtain(s.cite("positive-inverse", a=K)(K0), "yK")
    here = s.have(net.loss == loss(X, Y, two.A1, two.A2), output)

    def realised(t: Context, B1: Expr, B2: Expr, delta: Expr, near: Known):
        """A network within delta with the output B2 B1 X, where (B1, B2) is within delta / K."""
        reach = s.cite("two-layers-reach", **named, B1=B1, B2=B2)(net.is_R, net.is_L, *two.known())
        (B, S), at_B = t.obtain(reach, "B S")
        e = t.inner()
        (a,) = e.dims("k")
        below = e.given(at_least(h + 1, a + 1))
        bound = at_B[2](a, below)
        size = norm2(B1 - two.A1) + norm2(B2 - two.A2)
        room_ = e.have(K * size < delta, inverse[1], sum=[Term(times=(near, K0))])
        close = e.close(
            e.have(norm2(of(B, a) - of(net.A, a)) < delta, sum=[Term(times=(bound,)), Term(times=(room_,))])
        )
        there = t.have(deep_loss(of(S, h + 1), Y) == loss(X, Y, B1, B2), at_B[1])
        return B, S, at_B[0], close, there

    def pair(t: Context) -> tuple[Expr, Expr]:
        return t.matrix("B1", width(j), width(0)), t.matrix("B2", width(h + 1), width(j))

    # a local minimum
    t = s.inner()
    (delta,), least = t.obtain(t.given(net.local_minimum()), "delta")
    theorem = s.cite("thm-2", **point)(some)[0]
    small = t.have(delta * y > 0, sum=[Term(times=(least[0], inverse[0]))])
    c = t.inner()
    B1, B2 = pair(c)
    near = c.given(norm2(B1 - two.A1) + norm2(B2 - two.A2) < delta * y)
    B, S, is_S, close, there = realised(c, B1, B2, delta, near)
    no_lower = c.have(
        loss(X, Y, two.A1, two.A2) <= loss(X, Y, B1, B2), there, here, sum=[Term(times=(least[1](B, S, is_S, close),))]
    )
    local = t.witness(theorem.formula.left, delta * y, by=both(small, c.close(no_lower)))
    first = t.close(global_from_two(s, t, two, output, theorem(local)))

    # a critical point
    t = s.inner()
    critical = t.given(net.critical())
    not_best = t.given(negation(net.global_minimum()))
    grads = s.cite("two-layers-critical", **named, Y=Y)(net.is_R, net.is_L, *two.known(), critical)
    theorem = s.cite("thm-2.strong", **point)(some, both(grads[1], grads[2]))
    c = t.inner()
    everywhere = c.given(theorem.formula.left.left)
    ways = theorem(c.close(not_best(global_from_two(s, c, two, output, everywhere))))

    def moved(higher: bool) -> Known:
        c = t.inner()
        delta = c.scalar("delta")
        positive = c.given(delta > 0)
        small = c.have(delta * y > 0, sum=[Term(times=(positive, inverse[0]))])
        (B1, B2), found = c.obtain(ways[int(higher)](delta * y, small), "B1 B2")
        B, S, is_S, close, there = realised(c, B1, B2, delta, found[0])
        other = deep_loss(of(S, h + 1), Y)
        better = other > net.loss if higher else other < net.loss
        known = both(is_S, close, c.have(better, there, here, sum=[Term(times=(found[1],))]))
        return c.close(c.witness(net.at_distance(delta, higher), B, S, by=known))

    return first, t.close(both(moved(False), moved(True)))


# ------------------------------------------------------------------------------------------------------ the theorem


@statement("narrow-or-wide", "a number is below d[1], ..., d[n], or is at least one of them", kind="lemma", hidden=True)
def narrow_or_wide(s: Script) -> None:
    (n,) = s.dims("n")
    s.let(Variable("d", NAT, 1))
    r = s.scalar("r")
    below = lambda a: for_all(Variable("k", NAT), implication(at_least(k, 1), at_least(a, k), r < number(width(k))))
    j = nat("j")
    reach = lambda a: exists(Variable("j", NAT), conjunction(at_least(j, 1), at_least(a, j), r >= number(width(j))))
    claim = lambda a: Or(below(a), reach(a))
    t = s.inner()
    (b,) = t.dims("k")
    bounds = t.given(at_least(b, 1)), t.given(at_least(nat(0), b))
    base = left_or(t.close(anything(t.linear(Falsum(), *bounds), r < number(width(b)))), reach(nat(0)))

    def step(t: Context, a: Nat, inside: Known, so_far: Known) -> Known:
        def hit(known: Known) -> Known:
            first = t.linear(at_least(a + 1, 1)), t.linear(at_least(a + 1, a + 1))
            return or_right_of(below(a + 1), t.witness(reach(a + 1), a + 1, by=both(*first, known)))

        def longer(before: Known, here: Known) -> Known:
            u = t.inner()
            (b,) = u.dims("k")
            low, high = u.given(at_least(b, 1)), u.given(at_least(a + 1, b))
            each = compare(
                u,
                b,
                a + 1,
                lambda equal: u.moved(lambda x: r < number(width(x)), here, a + 1, b, equal),
                lambda less: before(b, low, u.linear(at_least(a, b), less)),
                lambda more: anything(u.linear(Falsum(), more, high), r < number(width(b))),
            )
            return left_or(u.close(each), reach(a + 1))

        def kept(known: Known) -> Known:
            u = t.inner()
            (first,), at_first = u.obtain(known, "j")
            again = both(at_first[0], u.linear(at_least(a + 1, first), at_first[1]), at_first[2])
            return u.close(or_right_of(below(a + 1), u.witness(reach(a + 1), first, by=again)))

        gap = number(width(a + 1)) - r
        return t.either(
            so_far,
            lambda before: t.by_sign(
                gap,
                lambda zero: hit(t.have(r >= number(width(a + 1)), zero, sum=[Term(squares=(number(0),))])),
                lambda more: longer(before, t.have(r < number(width(a + 1)), sum=[Term(times=(more,))])),
                lambda less: hit(t.have(r >= number(width(a + 1)), sum=[Term(times=(less,))])),
            ),
            kept,
        )

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


@statement("fit-is-global", "a point with R[l] = Y X+ X is a global minimum", kind="lemma", hidden=True)
def fit_is_global(s: Script) -> None:
    """|S - Y|^2 = |S - Y X+ X|^2 + |Y X+ X - Y|^2 for every output S = S X+ X."""
    net = network(s)
    l, X, Y = net.depth, net.X, net.Y
    Xp, of_X = s.pinv(X, "Xp")
    fit = s.given(reached(net, Xp) == 0, "R[l] = Y X+ X")

    def lower(t: Context, B: Variable, S: Variable, is_S: Known) -> Known:
        kept = s.cite("chain-data", l=l, d=Variable("d", NAT, 1), A=B, S=S, X=X, Xp=Xp)(is_S, of_X)
        rows = kept(l, t.linear(at_least(l, l)))
        gap = of(S, l) - Y @ Xp @ X
        value = t.have(deep_loss(of(S, l), Y) == deep_loss(Y @ Xp @ X, Y) + norm2(gap) / 2, rows, of_X)
        here = t.have(net.loss == deep_loss(Y @ Xp @ X, Y), fit)
        return t.have(net.loss <= deep_loss(of(S, l), Y), value, here, sum=[Term(HALF, grams=(gap,))])

    s.conclude(net.global_minimum(), by=compared(s, net, lower))


@statement("zero-is-global", "every point is a global minimum where every output is 0", kind="lemma", hidden=True)
def zero_is_global(s: Script) -> None:
    """Where a hidden width, or the last one, is 0."""
    net = network(s, "h", 1)
    h, X, Y = nat("h"), net.X, net.Y
    (j,) = s.dims("j")
    inside = s.given(at_least(h + 1, j), "j <= l")
    none = s.given(at_least(nat(0), width(j)), "d[j] = 0")
    size = s.have(tr(ident(width(j))) <= 0, none, sum=[Term(times=(none,))])
    empty = s.zero(ident(width(j)), size)

    def vanishes(t: Context, B: Variable, S: Variable, is_S: Known, names: str) -> Known:
        behind = s.cite("two-layers-behind", l=h + 1, m=nat("m"), j=j, d=Variable("d", NAT, 1), A=B, S=S, X=X)
        (B1, B2), value = t.obtain(behind(is_S, inside), names)
        nothing = t.have(B1 == 0, t.have(ident(width(j)) @ B1 == 0, empty))
        return t.have(of(S, h + 1) == 0, value, nothing)

    W = vanishes(s, net.A, net.R, net.is_R, "C1 C2")

    def lower(t: Context, B: Variable, S: Variable, is_S: Known) -> Known:
        zero = vanishes(t, B, S, is_S, "B1 B2")
        same_ = t.have(deep_loss(of(S, h + 1), Y) == net.loss, zero, W)
        return t.have(net.loss <= deep_loss(of(S, h + 1), Y), same_, sum=[Term(squares=(number(0),))])

    s.conclude(net.global_minimum(), by=compared(s, net, lower))


@statement("T7", "every local minimum is global; every other critical point is a saddle, at every depth")
def t7(s: Script) -> None:
    """No assumption on data, widths or depth: h hidden layers, the depth is h + 1."""
    net = network(s, "h", 1)
    h, X, Y = nat("h"), net.X, net.Y
    named = letters(net) | {"Y": Y}
    shallow = {name: value for name, value in named.items() if name != "l"} | {"h": h}
    goal = landscape(net)
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    (w,), of_W = s.obtain(from_fact("pinv").at(A=net.output), "w")
    E = reached(net, Xp)

    def fitted(zero: Known) -> Known:
        return where_global(s, net, s.cite("fit-is-global", **named, Xp=Xp)(net.is_R, net.is_L, of_X, zero))

    def by_t6(missed: Known, below: Known) -> Known:
        deep = s.linear(at_least(h + 1, 1))
        known = s.cite("T6", **named, Xp=Xp, w=w)(net.is_R, net.is_L, deep, of_X, missed, of_W, below)
        t = s.inner()
        first = t.close(anything(known[2](t.given(net.local_minimum())), net.global_minimum()))
        t = s.inner()
        t.given(net.critical())
        t.given(negation(net.global_minimum()))
        return both(first, t.close(both(known[0], known[1])))

    def by_width(j: Nat, inside: Known, positive) -> Known:
        """The goal where d[j] = 0, and by `positive` where d[j] >= 1."""

        def nothing(zero: Known) -> Known:
            none = s.have(at_least(nat(0), width(j)), zero, sum=[Term(squares=(number(0),))])
            return where_global(s, net, s.cite("zero-is-global", **shallow, j=j)(net.is_R, net.is_L, inside, none))

        return s.by_sign(
            number(width(j)),
            nothing,
            lambda sign: positive(successor(sign, width(j), nat(0))),
            lambda sign: negative(s, width(j), sign, goal),
        )

    def by_two_layers(reach: Known) -> Known:
        t = s.inner()
        (j,), at_j = t.obtain(reach, "j")
        inside, last = t.linear(at_least(h + 1, j), at_j[1]), s.linear(at_least(h + 1, h + 1))

        def full(some: Known, more: Known) -> Known:
            return s.cite("T7.wide", **shallow, j=j, w=w)(
                net.is_R, net.is_L, at_j[0], at_j[1], both(some, more), of_W, at_j[2]
            )

        return t.close(by_width(j, inside, lambda some: by_width(h + 1, last, lambda more: full(some, more))))

    def missed(not_zero: Known) -> Known:
        two = s.cite("narrow-or-wide", n=h, d=Variable("d", NAT, 1), r=tr(net.output @ w))
        return s.either(two, lambda below: by_t6(not_zero, below), by_two_layers)

    s.conclude(goal, by=s.decide(E == 0, fitted, missed))
