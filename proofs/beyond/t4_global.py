"""Which critical points are global minima: E = 0, or optimal order and the largest rank that an output can have."""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    greater,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    from_fact,
    left_or,
    or_right_of,
    reciprocal,
    successor,
)
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr

from ..networks import Network, critical_network, deep_loss, forward, is_forward, weights, width
from ..order import impossible
from ..outputs import room
from ..ranks import is_projector, projects
from .chains import letters
from .smallest import smallest
from .triples import optimal_order, reached

k = nat("k")
HALF = Fraction(1, 2)


def at_point(s: Script, depth: str = "l", plus: int = 0):
    """A critical point of any depth, with the pseudoinverses of X, W and Z = Y X+ X, and what is known of W and E."""
    net, critical = critical_network(s, depth, plus)
    two = at_least(net.depth, 2)
    deep = s.linear(two) if plus >= 2 else s.given(two, "l >= 2")
    Xp, of_X = s.pinv(net.X, "Xp")
    W, E, Z = net.output, reached(net, Xp), net.Y @ Xp @ net.X
    Wp, of_W = s.pinv(W, "Wp")
    Zp, of_Z = s.pinv(Z, "Zp")
    known = s.cite("chain-residual", **letters(net), Y=net.Y, Xp=Xp)(
        net.is_R, net.is_L, critical, s.linear(at_least(net.depth, 1), deep), of_X
    )
    kept = s.cite("chain-data", l=net.depth, d=Variable("d", NAT, 1), A=net.A, S=net.R, X=net.X, Xp=Xp)(net.is_R, of_X)
    rows = kept(net.depth, s.linear(at_least(net.depth, net.depth)))
    right, left = known.parts()[:2]
    total = s.have(tr(W @ net.Y.T) == norm2(W), s.have(tr(W @ Xp @ net.X @ net.Y.T) == norm2(W), right, of_X), rows)
    value = s.have(net.loss == tr(net.Y @ net.Y.T) / 2 - norm2(W) / 2, total)
    return net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, right, left, rows, value


@statement(
    "reached-rank",
    "rank X >= rank R[l] and rank(Y X+ X) >= rank R[l]; E = 0 if one of them is equal",
    kind="lemma",
    hidden=True,
)
def ranks_above(s: Script) -> None:
    """R[l]+ R[l] lies in X+ X, and R[l] R[l]+ in the projector onto the range of Z = R[l] - E = Y X+ X."""
    net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, right, left, rows, _ = at_point(s)
    X = net.X
    EWp = s.have(E @ Wp == 0, right, of_W)
    # rows of X
    inside = s.have(Wp @ W @ Xp @ X == Wp @ W, rows)
    gap = Xp @ X - Wp @ W
    first = s.have(tr(X @ Xp) >= tr(W @ Wp), of_X, of_W, inside, sum=[Term(grams=(gap,))])
    t = s.inner()
    same = t.given(tr(W @ Wp) == tr(X @ Xp))
    none = t.zero(gap, of_X, of_W, inside, same, sum=[Term(squares=(number(0),))])
    EX = t.have(E @ Xp @ X == E, rows, of_X)
    equal_X = t.close(t.have(E == 0, EX, t.have(E @ Xp @ X == E @ Wp @ W, none), EWp))
    # columns of Z
    ZW = s.have(Z @ Wp @ W == W, s.have(E @ Wp @ W == 0, EWp), of_W)
    onto = s.have(Z @ Zp @ W == W, ZW, of_Z)
    gap = Z @ Zp - W @ Wp
    second = s.have(tr(Z @ Zp) >= tr(W @ Wp), of_Z, of_W, onto, sum=[Term(grams=(gap,))])
    t = s.inner()
    same = t.given(tr(W @ Wp) == tr(Z @ Zp))
    none = t.zero(gap, of_Z, of_W, onto, same, sum=[Term(squares=(number(0),))])
    back = t.have(W @ Wp @ Z == Z, none, of_Z)
    PE = s.have(W @ Wp @ E == 0, left, of_W)
    equal_Z = t.close(t.have(E == 0, t.have(W @ Wp @ (W - E) == W - E, back), PE, of_W))
    s.conclude(
        conjunction(first.formula, second.formula, equal_X.formula, equal_Z.formula),
        by=both(first, second, equal_X, equal_Z),
    )


def best(net: Network, E: Expr, Wp: Expr, kappa: Expr) -> Formula:
    """E = 0, or the order is optimal and rank R[l] = kappa."""
    W = net.output
    return Or(E == 0, conjunction(optimal_order(W, E), tr(W @ Wp) == kappa))


@statement(
    "T4.4",
    "E = 0, or optimal order and rank W = min(d[1..l], rank X, rank Y X+ X): a global minimum",
    kind="step",
    hidden=True,
)
def best_is_global(s: Script) -> None:
    """The layers from 0 on are a global minimum: their output is as near as can be, or its rank is a width."""
    net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, right, left, rows, value = at_point(s)
    l, X, Y = net.depth, net.X, net.Y
    kappa = s.scalar("kappa")
    least = s.given(smallest(net, kappa, Xp, Zp), "kappa = min(d[1..l], rank X, rank(Y X+ X))")
    given = s.given(best(net, E, Wp, kappa), "E = 0, or optimal order and rank R[l] = kappa")
    _, above_E, equal_X, equal_Z = s.cite("reached-rank", **letters(net), Y=Y, Xp=Xp, Wp=Wp, Zp=Zp)(
        net.is_R, net.is_L, critical, deep, of_X, of_W, of_Z
    ).parts()
    named = dict(**letters(net), Y=Y)
    zero_l, one = s.linear(at_least(l, 0)), s.linear(at_least(l, 1), deep)
    same = s.cite("chain-residual", **named, Xp=Xp)(net.is_R, net.is_L, critical, one, of_X).parts()[3]

    def exact(none: Known) -> Known:
        blind = s.have((W - Y) @ of(net.R, 0).T == 0, same(nat(0), zero_l), none)
        return s.cite("upper-blind", **named, g=nat(0))(net.is_R, net.is_L, zero_l, blind)

    def optimal(known: Known) -> Known:
        order, rank = known.parts()

        def by_width(found: Known) -> Known:
            c = s.inner()
            (a,), at = c.obtain(found, "k")
            full = c.have(tr(W @ Wp) == number(width(a)), rank, at[2])
            narrow = s.cite("upper-narrow", **named, Xp=Xp, Wp=Wp, g=nat(0), i=a)
            least_ = c.linear(at_least(a, 0))
            return c.close(narrow(net.is_R, net.is_L, critical, one, of_X, of_W, order, least_, at[1], full))

        one_of = least.parts()[3]
        by_X = lambda same: exact(equal_X(s.have(tr(W @ Wp) == tr(X @ Xp), rank, same)))
        by_Z = lambda same: exact(equal_Z(s.have(tr(W @ Wp) == tr(Z @ Zp), rank, same)))
        return s.either(one_of, by_width, lambda rest: s.either(rest, by_X, by_Z))

    best_ = s.either(given, exact, optimal)
    s.conclude(net.global_minimum(), by=s.cite("upper-global", **named)(net.is_R, net.is_L, best_))


def realised(s: Script, l: Nat, deep: Known) -> Known:
    """The lemma `realise` at depth l >= 2: for all data and projectors F of rank at most the hidden widths."""
    m, d = Variable("m", NAT), Variable("d", NAT, 1)

    def data(N: Nat) -> list[Variable]:
        shapes = {"X": (width(0), "m"), "Y": (width(N), "m"), "Xp": ("m", width(0)), "F": (width(N), width(N))}
        return [Variable(name, matrix_sort(*shape)) for name, shape in shapes.items()]

    def claim(N: Nat) -> Formula:
        X, Y, Xp, F = map(of, data(N))
        A, R = weights(), forward()
        found = exists(A, R, conjunction(is_forward(N, A, X, R), of(R, N) == F @ Y @ Xp @ X))
        body = implication(penrose(X.term, Xp.term), is_projector(F), room(N, tr(F)), found)
        return for_all(m, d, *data(N), body)

    t = s.inner()
    (h,), last = t.obtain(difference(deep, l, nat(2)), "h")
    c = t.inner()
    c.let(m), c.let(d)
    X, Y, Xp, F = (of(c.let(one)) for one in data(h + 2))
    at_h = c.close(s.cite("realise", n=h, m=nat("m"), d=d, X=X, Y=Y, Xp=Xp, F=F))
    return t.close(t.moved(claim, at_h, h + 2, l, last))


@statement(
    "T4.5",
    "a global minimum has E = 0, or optimal order and rank W = min(d[1..l], rank X, rank Y X+ X)",
    kind="step",
    hidden=True,
)
def global_is_best(s: Script) -> None:
    """No projector F of rank at most the hidden widths has tr(F Z Z') > |W|^2, because some network has output F Z.

    P = W W+, u a unit vector in the range of E: P + u u' where there is room for one more direction; P - p p' + u u'
    where a captured triple (p, q, s) can be exchanged for a discarded one (u, v, t).
    """
    net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, right, left, rows, value = at_point(s)
    l, X, Y = net.depth, net.X, net.Y
    kappa = s.scalar("kappa")
    least = s.given(smallest(net, kappa, Xp, Zp), "kappa = min(d[1..l], rank X, rank(Y X+ X))")
    lowest = s.given(net.global_minimum(), "a global minimum")
    P = W @ Wp
    P_proj = projects(s, P, of_W)
    above_X, above_Z, _, _ = s.cite("reached-rank", **letters(net), Y=Y, Xp=Xp, Wp=Wp, Zp=Zp)(
        net.is_R, net.is_L, critical, deep, of_X, of_W, of_Z
    ).parts()
    realise = realised(s, l, deep)
    d = Variable("d", NAT, 1)
    square = s.have(Y @ Xp @ X @ Y.T == Z @ Z.T, of_X)

    def contradiction(t: Context, F: Expr, proj: Known, wide: Known, more: Known) -> Known:
        """Falsum, from a projector F with tr(F Z Z') > |W|^2 for which there is room."""
        c = t.inner()
        (B, S), at = c.obtain(realise(nat("m"), d, X, Y, Xp, F, of_X, proj, wide), "B S")
        is_S, output = at.parts()
        least_ = lowest(B, S, is_S)
        projected = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=of(S, l), Q=F)(of_X, output, proj)
        there = c.have(deep_loss(of(S, l), Y) == tr(Y @ Y.T) / 2 - tr(F @ Z @ Z.T) / 2, projected, square)
        return c.close(c.have(Falsum(), value, there, sum=[Term(times=(least_,)), Term(HALF, times=(more,))]))

    def narrow(t: Context, a: Nat, high: Known) -> Known:
        """rank W <= d[a]."""
        return s.cite("output-rank", l=l, d=d, A=net.A, R=net.R, X=X, j=a, w=Wp)(net.is_R, high, of_W)

    def hidden(t: Context, rank: Expr, bound) -> Known:
        """Room for that rank, from `bound(context, k, 1 <= k, k <= l)`: rank <= d[k]."""
        c = t.inner()
        (a,) = c.dims("k")
        low, high = c.given(at_least(a, 1)), c.given(at_least(l, a + 1))
        known = c.have(number(width(a)) >= rank, sum=[Term(times=(bound(c, a, low, c.linear(at_least(l, a), high)),))])
        return c.close(known)

    total = s.have(tr(P @ Z @ Z.T) == norm2(W), left, right, of_W)
    goal = best(net, E, Wp, kappa)

    def exchanged(found: Known) -> Known:
        t = s.inner()
        (p, q, a, u, v, b), at = t.obtain(found, "p q s u v t")
        captured, discarded, larger = at.parts()
        positive = captured[0]
        captured = both(*captured.parts()[1:])
        t0 = t.have(b > 0, sum=[Term(times=(larger,)), Term(times=(positive,))])
        (y,), of_s = t.obtain(reciprocal(positive), "y")
        (z,), of_t = t.obtain(reciprocal(t0), "z")
        p_is = t.have(p == y * (W @ q), t.have(a * p == W @ q, captured[0]), of_s)
        u_is = t.have(u == -z * (E @ v), t.have(b * u == -(E @ v), discarded[0]), of_t)
        Wu = t.have(W.T @ u == 0, t.have(z * (W.T @ E @ v) == 0, left), u_is)
        Ep = t.have(E.T @ p == 0, t.have(y * (E.T @ W @ q) == 0, left), p_is)
        pu = t.have(u.T @ p == 0, t.have(y * (u.T @ W @ q) == 0, Wu), p_is)
        Pp, Pu = t.have(P @ p == p, p_is, of_W), t.have(P @ u == 0, Wu, of_W)
        F = P - p @ p.T + u @ u.T
        proj = both(t.have(F.T == F, of_W), t.have(F @ F == F, of_W, Pp, Pu, pu, captured[2], discarded[2]))
        size = t.have(tr(F) == tr(P), t.have(tr(p.T @ p) == 1, captured[2]), t.have(tr(u.T @ u) == 1, discarded[2]))
        wide = hidden(
            t,
            tr(F),
            lambda c, k_, low, high: c.have(tr(F) <= number(width(k_)), size, sum=[Term(times=(narrow(c, k_, high),))]),
        )
        Zp_ = t.have(Z.T @ p == a * q, captured[1], Ep)
        Zu = t.have(Z.T @ u == b * v, discarded[1], Wu)
        gain = t.have(
            tr(F @ Z @ Z.T) == norm2(W) - a * a + b * b,
            total,
            t.have(norm2(Z.T @ p) == a * a, Zp_, captured[3]),
            t.have(norm2(Z.T @ u) == b * b, Zu, discarded[3]),
        )
        more = t.have(tr(F @ Z @ Z.T) > norm2(W), gain, sum=[Term(times=(larger, t0)), Term(times=(larger, positive))])
        return t.close(anything(contradiction(t, F, proj, wide, more), goal))

    def spare(not_exact: Known, room_: Known) -> Known:
        """E != 0 and rank W < kappa: P + u u' has one more direction than P."""
        t = s.inner()
        (e,), of_E = t.obtain(from_fact("pinv").at(A=E), "e")
        seen = E @ e
        visible = t.by_sign(
            tr(seen),
            lambda zero: anything(not_exact(s.cite("rank-zero", A=E, a=e)(of_E, zero)), tr(seen) > 0),
            lambda yes: yes,
            lambda no: anything(t.have(Falsum(), of_E, sum=[Term(times=(no,)), Term(grams=(seen,))]), tr(seen) > 0),
        )
        (u,), at_u = t.obtain(s.cite("unit", F=seen)(projects(t, seen, of_E), visible), "u")
        Wu = t.have(W.T @ u == 0, t.have(W.T @ E @ e @ u == 0, left), at_u[1])
        Pu = t.have(P @ u == 0, Wu, of_W)
        F = P + u @ u.T
        proj = both(t.have(F.T == F, of_W), t.have(F @ F == F, of_W, Pu, at_u[0]))
        size = t.have(tr(F) == tr(P) + 1, t.have(tr(u.T @ u) == 1, at_u[0]))
        (w, V), VV = t.obtain(from_fact("basis").at(P=P)(*P_proj.parts()), "w V")
        count = t.have(number(w) == tr(P), t.have(number(w) == tr(V.T @ V), VV[0]), t.have(tr(V @ V.T) == tr(P), VV[1]))

        def one_more(c: Context, a: Nat, low: Known, high: Known) -> Known:
            larger = c.have(
                greater(width(a), w), count, sum=[Term(times=(room_,)), Term(times=(least[0](a, low, high),))]
            )
            next_ = successor(larger, width(a), w)
            return c.have(tr(F) <= number(width(a)), size, count, sum=[Term(times=(next_,))])

        wide = hidden(t, tr(F), one_more)
        Eu = E.T @ u
        back = t.have(e.T @ Eu == u, at_u[1], of_E)

        def none(zero: Known) -> Known:
            nothing = t.have(u == 0, t.zero(Eu, zero, sum=[Term(squares=(number(0),))]), back)
            return t.have(Falsum(), t.have(tr(u.T @ u) == 1, at_u[0]), t.have(tr(u.T @ u) == 0, nothing), sum=[Term()])

        length = t.have(norm2(Eu) >= 0, sum=[Term(grams=(Eu,))])
        more = t.by_sign(
            norm2(Eu),
            lambda zero: anything(none(zero), norm2(Eu) > 0),
            lambda yes: yes,
            lambda no: anything(impossible(t, length, no), norm2(Eu) > 0),
        )
        gain = t.have(
            tr(F @ Z @ Z.T) == norm2(W) + norm2(Eu),
            total,
            t.have(norm2(Z.T @ u) == norm2(Eu), t.have(Z.T @ u == -Eu, Wu)),
        )
        higher = t.have(tr(F @ Z @ Z.T) > norm2(W), gain, sum=[Term(times=(more,))])
        return t.close(anything(contradiction(t, F, proj, wide, higher), goal))

    def too_large(no: Known) -> Known:
        """rank W > kappa: not so, because kappa is a width, rank X or rank Z."""

        def by_width(found: Known) -> Known:
            t = s.inner()
            (a,), at = t.obtain(found, "k")
            bound = narrow(t, a, at[1])
            return t.close(t.have(Falsum(), at[2], sum=[Term(times=(no,)), Term(times=(bound,))]))

        by_rank = lambda above: lambda same: s.have(Falsum(), same, sum=[Term(times=(no,)), Term(times=(above,))])
        falsum = s.either(least.parts()[3], by_width, lambda rest: s.either(rest, by_rank(above_X), by_rank(above_Z)))
        return anything(falsum, goal)

    def not_exact(nonzero: Known) -> Known:
        def separated(known: Known) -> Known:
            order = s.cite("threshold-order", W=W, E=E, Wp=Wp)(of_W, known)
            return s.by_sign(
                kappa - tr(P),
                lambda zero: or_right_of(E == 0, both(order, s.have(tr(P) == kappa, zero))),
                lambda room_: spare(nonzero, room_),
                too_large,
            )

        return s.either(s.cite("order-decided", W=W, E=E, Wp=Wp)(of_W), separated, exchanged)

    exact = lambda zero: left_or(zero, goal.right)
    s.conclude(goal, by=s.decide(E == 0, exact, not_exact))
