"""Theorem 2 without a gap, T5, and the third item of Proposition 3.

Every local minimum is global; every other critical point is a saddle (also where A2 A1 X = 0), and a strict one.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import excluded_middle
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import (
    Known,
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
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from .order import impossible, improvable
from .perturb import contained, missed, point, slack
from .prop_1 import loss
from .prop_2 import dichotomy_at, everywhere, setting, smallest_width
from .spectra import Spectrum, spectrum_formula

HALF = Fraction(1, 2)


def pair() -> tuple[Variable, Variable]:
    return Variable("B1", matrix_sort("d1", "d0")), Variable("B2", matrix_sort("d2", "d1"))


def near(A1, A2, B1, B2, delta):
    """|B1 - A1|^2 + |B2 - A2|^2 < delta."""
    return norm2(B1 - A1) + norm2(B2 - A2) < delta


def local_minimum(X, Y, A1, A2) -> Formula:
    """Some distance within which no loss is lower."""
    delta, (B1, B2) = Variable("delta", SCALAR), pair()
    inside = for_all(
        B1, B2, Implies(near(A1, A2, of(B1), of(B2), of(delta)), loss(X, Y, A1, A2) <= loss(X, Y, of(B1), of(B2)))
    )
    return exists(delta, conjunction(of(delta) > 0, inside))


def nearby(X, Y, A1, A2, higher: bool) -> Formula:
    """At every distance there is a point of higher (lower) loss."""
    delta = Variable("delta", SCALAR)
    return for_all(delta, Implies(of(delta) > 0, at_distance(X, Y, A1, A2, of(delta), higher)))


def at_distance(X, Y, A1, A2, delta, higher: bool) -> Formula:
    B1, B2 = pair()
    here, there = loss(X, Y, A1, A2), loss(X, Y, of(B1), of(B2))
    return exists(B1, B2, conjunction(near(A1, A2, of(B1), of(B2), delta), there > here if higher else there < here))


def gradients_zero(X, Y, A1, A2) -> Formula:
    return conjunction(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, (A2 @ A1 @ X - Y) @ X.T @ A1.T == 0)


def network(s: Script):
    s.dims("d0 d1 d2 m")
    return s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")


@statement("local-minimum-is-critical", "at a local minimum both gradients vanish", kind="lemma", hidden=True)
def local_is_critical(s: Script) -> None:
    X, Y, A1, A2 = network(s)
    (delta,), known = s.obtain(s.given(local_minimum(X, Y, A1, A2), "local minimum"), "delta")
    positive, lowest = known.parts()
    E = A2 @ A1 @ X - Y

    def vanishes(G, move, square, root, to):
        """G = 0: else a small step t along -G is lower. L(t) = L - t |G|^2 + 1/2 t^2 square, square = |root|^2."""

        def descent(sign):
            t_ = s.inner()
            zero = t_.have(square / 2 >= 0, sum=[Term(HALF, grams=(root,))])
            size = t_.have(norm2(G) >= 0, sum=[Term(grams=(G,))])
            (t,), ht = t_.obtain(
                s.cite("small", a=square / 2, b=norm2(G), p=norm2(G), q=delta)(zero, size, sign, positive), "t"
            )
            B1, B2 = move(t)
            close = t_.have(near(A1, A2, B1, B2, delta), sum=[Term(times=(ht[3],))])
            no_lower = lowest(B1, B2, close)
            value = t_.have(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - t * norm2(G) + t * t * square / 2)
            return t_.close(
                anything(t_.have(Falsum(), value, sum=[Term(times=(no_lower,)), Term(times=(ht[0], ht[2]))]), G == 0)
            )

        bound = s.have(norm2(G) >= 0, sum=[Term(grams=(G,))])
        return s.by_sign(
            norm2(G), lambda zero: s.zero(G, zero), descent, lambda no: anything(impossible(s, bound, no), G == 0)
        )

    G1, G2 = A2.T @ E @ X.T, E @ X.T @ A1.T
    first = vanishes(G1, lambda t: (A1 - t * G1, A2), norm2(A2 @ G1 @ X), A2 @ G1 @ X, 1)
    second = vanishes(G2, lambda t: (A1, A2 - t * G2), norm2(G2 @ A1 @ X), G2 @ A1 @ X, 2)
    s.conclude(gradients_zero(X, Y, A1, A2), by=both(first, second))


@statement(
    "positive-spectrum",
    "S = G G' has a spectrum: its positive eigenvalues and their projectors",
    kind="lemma",
    hidden=True,
)
def positive_spectrum(s: Script) -> None:
    s.dims("n m")
    S, G = s.matrices("S: n x n, G: n x m")
    square = s.given(S == G @ G.T, "S = G G'")
    sym = s.have(S.T == S, square)
    (r, v, E, Q), known = s.obtain(from_fact("spectral").at(S=S)(sym), "r s E Q")
    each, ordered, start, grows, whole = known.parts()
    count = Variable("c", NAT)
    families = [Variable(x.name, x.sort, 1) for x in (v, E, Q)]
    claim = exists(count, *families, spectrum_formula(S, nat("c"), *families))
    e_, s_, q_ = (lambda i: of(E, i)), (lambda i: of(v, i)), (lambda i: of(Q, i))

    def not_negative(t, i, one_):
        """s[i] tr E[i] = |G'E[i]|^2."""
        value = t.have(s_(i) * tr(e_(i)) == norm2(G.T @ e_(i)), one_[2], one_[1], square, one_[0])
        product = t.have(s_(i) * tr(e_(i)) >= 0, value, sum=[Term(grams=(G.T @ e_(i),))])
        return t.by_sign(
            s_(i),
            lambda z: t.have(s_(i) >= 0, z, sum=[Term(squares=(number(0),))]),
            lambda p: t.have(s_(i) >= 0, sum=[Term(times=(p,))]),
            lambda no: anything(t.have(Falsum(), sum=[Term(times=(product,)), Term(times=(no, one_[3]))]), s_(i) >= 0),
        )

    def upto(limit, below_r, positive, end):
        """The spectrum with `limit` <= r values, all positive."""
        t = s.inner()
        (i,) = t.dims("i")
        low, high = t.given(at_least(i, 1)), t.given(at_least(limit, i))
        in_r = t.linear(at_least(r, i), high, below_r)
        parts = each(i, low, in_r).parts()
        all_each = t.close(both(*parts, positive(t, i, low, high)))
        t = s.inner()
        (i,) = t.dims("i")
        low, high = t.given(at_least(i, 1)), t.given(at_least(limit, i))
        t2 = t.inner()
        (j,) = t2.dims("j")
        j1, j2 = t2.given(at_least(j, i + 1)), t2.given(at_least(limit, j))
        gap = ordered(i, low, t2.linear(at_least(r, i), high, below_r), j, j1, t2.linear(at_least(r, j), j2, below_r))
        all_gaps = t.close(t2.close(gap))
        t = s.inner()
        (i,) = t.dims("i")
        high = t.given(at_least(limit, i + 1))
        all_grow = t.close(grows(i, t.linear(at_least(r, i + 1), high, below_r)))
        return s.witness(claim, limit, v, E, Q, by=both(all_each, all_gaps, start, all_grow, end))

    def none(zero):
        end = s.moved(
            lambda n: S @ q_(n) == S @ q_(r),
            s.have(S @ q_(r) == S @ q_(r)),
            r,
            nat(0),
            s.have(equal(scalar(nat(0)), scalar(r)), zero),
        )

        def never(t, i, low, high):
            return anything(
                t.have(Falsum(), low, high, sum=[Term(times=(low,)), Term(times=(high,)), Term()]), s_(i) > 0
            )

        return upto(nat(0), s.linear(at_least(r, nat(0))), never, s.have(S @ q_(nat(0)) == S, end, whole))

    def some(positive):
        t = s.inner()
        (q,), last = t.obtain(
            difference(t.linear(at_least(r, 1), successor(t.have(greater(r, nat(0)), positive), r, nat(0))), r, nat(1)),
            "q",
        )
        r1, rr = t.linear(at_least(r, 1), last), t.linear(at_least(r, r))
        at_r = each(r, r1, rr).parts()

        def beyond(t2, i, low, high, least):
            """s[i] > 0 for i <= r, from s[r] >= 0 and the order, or s[r] > 0."""

        def last_positive(sign):
            def positive_i(t2, i, low, high):
                return t2.by_sign(
                    number(r) - number(i),
                    lambda eq: t2.moved(lambda n: s_(n) > 0, sign, r, i, t2.have(equal(scalar(i), scalar(r)), eq)),
                    lambda more: t2.have(
                        s_(i) > 0,
                        sum=[
                            Term(times=(sign,)),
                            Term(times=(ordered(i, low, high, r, successor(t2.have(greater(r, i), more), r, i), rr),)),
                        ],
                    ),
                    lambda no: anything(impossible(t2, high, no), s_(i) > 0),
                )

            return upto(r, rr, positive_i, s.have(S @ q_(r) == S, whole))

        def last_zero(sign):
            def positive_i(t2, i, low, high):
                gap = ordered(
                    i, low, t2.linear(at_least(r, i), high, last), r, t2.linear(at_least(r, i + 1), high, last), rr
                )
                return t2.have(s_(i) > 0, sign, sum=[Term(times=(gap,))])

            grown = grows(q, t.linear(at_least(r, q + 1), last))
            zero_part = t.moved(
                lambda n: S @ e_(n) == 0,
                t.have(S @ e_(r) == 0, at_r[2], sign),
                r,
                q + 1,
                t.have(equal(scalar(q + 1), scalar(r)), last),
            )
            full = t.moved(
                lambda n: q_(n) == ident("n"), whole, r, q + 1, t.have(equal(scalar(q + 1), scalar(r)), last)
            )
            return upto(q, t.linear(at_least(r, q), last), positive_i, t.have(S @ q_(q) == S, grown, zero_part, full))

        least = not_negative(t, r, at_r)
        return t.close(t.by_sign(s_(r), last_zero, last_positive, lambda no: anything(impossible(t, least, no), claim)))

    s.conclude(
        claim, by=s.by_sign(number(r), none, some, lambda no: anything(impossible(s, nonnegative(r), no), claim))
    )


def hessian(X, Y, A1, A2, D1, D2) -> Expr:
    """The Hessian form: |D2 A1 X + A2 D1 X|^2 + 2 <A2 A1 X - Y, D2 D1 X>."""
    N = D2 @ A1 @ X + A2 @ D1 @ X
    return norm2(N) + 2 * tr((A2 @ A1 @ X - Y) @ (D2 @ D1 @ X).T)


@statement(
    "hessian", "L(A + tD) = L + t (linear) + 1/2 t^2 Q(D) + t^3 (...) + 1/2 t^4 |D2 D1 X|^2", kind="lemma", hidden=True
)
def hessian_is(s: Script) -> None:
    X, Y, A1, A2 = network(s)
    D1, D2 = s.matrices("D1: d1 x d0, D2: d2 x d1")
    t = s.scalar("t")
    E, N = A2 @ A1 @ X - Y, D2 @ A1 @ X + A2 @ D1 @ X
    B1, B2 = s.matrices("B1: d1 x d0, B2: d2 x d1")
    first, second = s.given(B1 == A1 + t * D1, "B1 = A1 + t D1"), s.given(B2 == A2 + t * D2, "B2 = A2 + t D2")
    s.conclude(
        loss(X, Y, B1, B2)
        == loss(X, Y, A1, A2)
        + t * tr(E @ N.T)
        + t * t * hessian(X, Y, A1, A2, D1, D2) / 2
        + t * t * t * tr(N @ (D2 @ D1 @ X).T)
        + t * t * t * t * norm2(D2 @ D1 @ X) / 2,
        by=[first, second],
    )


def strictly_down(X, Y, A1, A2) -> Formula:
    """A direction of negative curvature."""
    D1, D2 = Variable("D1", matrix_sort("d1", "d0")), Variable("D2", matrix_sort("d2", "d1"))
    return exists(D1, D2, hessian(X, Y, A1, A2, of(D1), of(D2)) < 0)


def explicit(X, Y, A1, A2, Xp, a):
    """A missed unit eigenvector u of Sigma with value su, and one of two explicit directions of negative curvature.

    Turned towards it: a captured unit vector v with v'Sigma v < su, D1 = A2+ v u'YX+, D2 = u v'A2, and the curvature is
    v'Sigma v - su. Or added: a unit vector z with A2 z = 0, D1 = x z u'YX+, D2 = u z', and it is |z'A1 X|^2 - 2 x su.
    """
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp

    def turned(u, su):
        v_ = Variable("v", matrix_sort("d2", 1))
        v = of(v_)
        value = tr(v.T @ Sigma @ v)
        curvature = hessian(X, Y, A1, A2, a @ v @ u.T @ M, u @ v.T @ A2) == value - su
        return exists(v_, conjunction(v.T @ v == ident(1), P @ v == v, value < su, curvature))

    def spare(u, su):
        z_, x_ = Variable("z", matrix_sort("d1", 1)), Variable("x", SCALAR)
        z, x = of(z_), of(x_)
        alpha = norm2(z.T @ A1 @ X)
        curvature = hessian(X, Y, A1, A2, x * (z @ u.T @ M), u @ z.T) == alpha - 2 * x * su
        return exists(z_, x_, conjunction(A2 @ z == 0, z.T @ z == ident(1), alpha < 2 * x * su, curvature))

    u_, su_ = Variable("u", matrix_sort("d2", 1)), Variable("su", SCALAR)
    u, su = of(u_), of(su_)
    missed_ = conjunction(Sigma @ u == su * u, u.T @ u == ident(1), P @ u == 0)
    return exists(u_, su_, conjunction(missed_, Or(turned(u, su), spare(u, su)))), turned, spare


@statement("T5.exchange", "curvature v'Sigma v - su along D1 = A2+ v u'YX+, D2 = u v'A2", kind="lemma", hidden=True)
def curvature_exchange(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    v, sv, hv = contained(s, Sigma, P)
    uv = s.have(u.T @ v == 0, hu, hv[2], of_A2)
    eq27 = s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, eq23, of_A2, of_X)
    D1, D2 = a @ v @ u.T @ M, u @ v.T @ A2
    N = u @ v.T @ M @ X + v @ u.T @ M @ X
    move = s.have(D2 @ A1 @ X + A2 @ D1 @ X == N, eq27, hv[2], of_A2)
    XX = s.have(X @ X.T @ Xp.T == X, of_X)
    uSu = s.have(tr(u.T @ Sigma @ u) == su, hu[0], hu[1])
    square = s.have(norm2(N) == sv + su, uv, hu[1], hv[0], hv[1], uSu, XX)
    uA = s.have(u.T @ A2 == 0, hu[2], of_A2)
    first = s.have(norm2(D2 @ A1 @ X + A2 @ D1 @ X) == sv + su, s.have(norm2(N) == sv + su, square), move)
    second = s.have(tr((A2 @ A1 @ X - Y) @ (D2 @ D1 @ X).T) == -su, hv[1], hv[2], uA, uSu, XX)
    s.conclude(hessian(X, Y, A1, A2, D1, D2) == sv - su, by=[first, second])


@statement("T5.slack", "curvature |g'A1X|^2 - 2 x su along D1 = x f u'YX+, D2 = u g'", kind="lemma", hidden=True)
def curvature_slack(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    f, g, kernel = slack(s, A2)
    x = s.scalar("x")
    D1, D2 = x * (f @ u.T @ M), u @ g.T
    XX = s.have(X @ X.T @ Xp.T == X, of_X)
    uA = s.have(u.T @ A2 == 0, hu[2], of_A2)
    uSu = s.have(tr(u.T @ Sigma @ u) == su, hu[0], hu[1])
    s.conclude(hessian(X, Y, A1, A2, D1, D2) == norm2(g.T @ A1 @ X) - 2 * x * su, by=[kernel, hu[1], uA, uSu, XX])


@statement("T5", "every critical point that is not a global minimum is a strict saddle, for all data and widths")
def t5(s: Script) -> None:
    """With the explicit direction: an exchange (T5.exchange) or, where rank is to spare, T5.slack."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    s.include("T5.exchange")
    s.include("T5.slack")
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=sp.r, s=sp.values, E=sp.projectors, Q=sp.partial)
    not_global = s.given(negation(everywhere(X, Y, A1, A2)), "not a global minimizer")
    two = dichotomy_at(s, s, letters, P, Sigma, sp, sym, proj, com, of_A2, kappa, least)
    down = strictly_down(X, Y, A1, A2)
    along, turned, spare_ = explicit(X, Y, A1, A2, Xp, a)
    goal = conjunction(down, along)

    def optimal(pattern):
        best = s.cite("optimal-is-global", **letters, kappa=nat("kappa"))(
            eq23, eq24, of_X, of_A2, sp.known, least, pattern
        )
        return anything(not_global(best), goal)

    def improvable_(better):
        t = s.inner()
        (i,), known = t.obtain(better, "i")
        low, high, less, more = known.parts()
        (u,), at_u = t.obtain(
            s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, less), "u"
        )
        point_ = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=sp.s(i))
        M = Y @ Xp

        def exchange(beyond):
            c = t.inner()
            (v,), at_v = c.obtain(
                s.cite("pick-beyond", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, beyond), "v"
            )
            value = tr(v.T @ Sigma @ v)
            hv = both(c.have(value == value), at_v[0], at_v[1])
            curvature = s.cite("T5.exchange", **point_, v=v, sv=value)(eq23, eq24, of_X, of_A2, at_u, hv)
            D1, D2 = a @ v @ u.T @ M, u @ v.T @ A2
            negative = c.have(hessian(X, Y, A1, A2, D1, D2) < 0, curvature, sum=[Term(times=(at_v[2],))])
            first = c.witness(turned(u, sp.s(i)), v, by=both(at_v[0], at_v[1], at_v[2], curvature))
            either = left_or(first, spare_(u, sp.s(i)))
            explicit_ = c.witness(along, u, sp.s(i), by=both(at_u, either))
            return c.close(both(c.witness(down, D1, D2, by=negative), explicit_))

        def spare(room):
            c = t.inner()
            G = ident("d1") - a @ A2
            G_proj = both(c.have(G.T == G, of_A2), c.have(G @ G == G, of_A2))
            positive = c.have(tr(G) > 0, sum=[Term(times=(room,)), Term(times=(least.parts()[0],))])
            (z,), at_z = c.obtain(s.cite("unit", F=G)(G_proj, positive), "z")
            kernel = both(c.have(A2 @ z == 0, c.have(A2 @ G == 0, of_A2), at_z[1]), at_z[0])
            value = sp.at(c, i, low, high)[4]
            (y,), hy = c.obtain(s.cite("positive-inverse", a=sp.s(i))(value), "y")
            alpha = norm2(z.T @ A1 @ X)
            x = y * (alpha + 1)
            curvature = s.cite("T5.slack", **point_, f=z, g=z, x=x)(eq23, eq24, of_X, of_A2, at_u, kernel)
            D1, D2 = x * (z @ u.T @ M), u @ z.T
            negative = c.have(
                hessian(X, Y, A1, A2, D1, D2) < 0, curvature, hy[1], sum=[Term(grams=(z.T @ A1 @ X,)), Term(2)]
            )
            less = c.have(alpha < 2 * x * sp.s(i), hy[1], sum=[Term(grams=(z.T @ A1 @ X,)), Term(2)])
            second = c.witness(spare_(u, sp.s(i)), z, x, by=both(kernel[0], kernel[1], less, curvature))
            either = or_right_of(turned(u, sp.s(i)), second)
            explicit_ = c.witness(along, u, sp.s(i), by=both(at_u, either))
            return c.close(both(c.witness(down, D1, D2, by=negative), explicit_))

        return t.close(t.either(more, exchange, spare))

    result = s.either(
        two,
        lambda first: optimal(left_or(first, two.formula.right.left)),
        lambda rest: s.either(rest, lambda second: optimal(or_right_of(two.formula.left, second)), improvable_),
    )
    s.conclude(goal, by=result)


@statement(
    "prop-3.21",
    "f(x) = 1/2 |x a - y|^2 with a != 0: every x has a nearby x' with f(x') > f(x)",
    kind="step",
    hidden=True,
)
def convex(s: Script) -> None:
    """f(x + t) + f(x - t) - 2 f(x) = t^2 |a|^2."""
    s.dims("m")
    a, y = s.matrices("a: 1 x m, y: 1 x m")
    x, delta = s.scalar("x"), s.scalar("delta")
    nonzero = s.given(a != 0, "a != 0")
    positive = s.given(delta > 0, "delta > 0")

    def f(z):
        return norm2(z * a - y) / 2

    bound = s.have(norm2(a) >= 0, sum=[Term(grams=(a,))])
    size = s.by_sign(
        norm2(a),
        lambda zero: anything(nonzero(s.zero(a, zero)), norm2(a) > 0),
        lambda yes: yes,
        lambda no: anything(impossible(s, bound, no), norm2(a) > 0),
    )
    zero, one_ = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))]), s.have(number(1) >= 0, sum=[Term()])
    unit_ = s.have(number(1) > 0, sum=[Term()])
    (h,), hh = s.obtain(
        s.cite("small", a=number(0), b=number(1), p=number(1), q=delta)(zero, one_, unit_, positive), "h"
    )
    more = s.have(f(x + h) + f(x - h) - 2 * f(x) > 0, sum=[Term(times=(hh[0], hh[0], size))])
    free = Variable("z", SCALAR)
    goal = exists(free, conjunction((of(free) - x) * (of(free) - x) < delta, f(of(free)) > f(x)))

    def reach(z, higher):
        return s.witness(goal, z, by=both(s.have((z - x) * (z - x) < delta, sum=[Term(times=(hh[3],))]), higher))

    def other(known):
        return reach(x - h, s.have(f(x - h) > f(x), sum=[Term(times=(more,)), Term(times=(known,))]))

    gain = f(x + h) - f(x)
    result = s.by_sign(
        gain,
        lambda z: other(s.have(gain <= 0, z, sum=[Term(squares=(number(0),))])),
        lambda p: reach(x + h, s.have(f(x + h) > f(x), sum=[Term(times=(p,))])),
        lambda no: other(s.have(gain <= 0, sum=[Term(times=(no,))])),
    )
    s.conclude(goal, by=result)


@statement(
    "prop-3.22", "any point with A2 A1 X != 0 has points of higher loss at every distance", kind="step", hidden=True
)
def higher_by_scaling(s: Script) -> None:
    """f(t) = L(A1, (1 + t) A2) has f(t) + f(-t) - 2 f(0) = t^2 |A2 A1 X|^2."""
    X, Y, A1, A2 = network(s)
    nonzero = s.given(A2 @ A1 @ X != 0, "A2 A1 X != 0")
    W = A2 @ A1 @ X
    t = s.inner()
    delta = t.scalar("delta")
    positive = t.given(delta > 0)
    bound = t.have(norm2(W) >= 0, sum=[Term(grams=(W,))])
    size = t.by_sign(
        norm2(W),
        lambda z: anything(nonzero(t.zero(W, z)), norm2(W) > 0),
        lambda p: p,
        lambda no: anything(impossible(t, bound, no), norm2(W) > 0),
    )
    zero, length = (
        t.have(number(0) >= 0, sum=[Term(squares=(number(0),))]),
        t.have(norm2(A2) >= 0, sum=[Term(grams=(A2,))]),
    )
    unit_ = t.have(number(1) > 0, sum=[Term()])
    (h,), hh = t.obtain(
        s.cite("small", a=number(0), b=norm2(A2), p=number(1), q=delta)(zero, length, unit_, positive), "h"
    )
    goal = at_distance(X, Y, A1, A2, delta, True)
    up, down = loss(X, Y, A1, A2 + h * A2), loss(X, Y, A1, A2 - h * A2)
    convex = t.have(up + down - 2 * loss(X, Y, A1, A2) == h * h * norm2(W))
    more = t.have(up + down - 2 * loss(X, Y, A1, A2) > 0, convex, sum=[Term(times=(hh[0], hh[0], size))])

    def reach(B2, higher):
        close = t.have(near(A1, A2, A1, B2, delta), sum=[Term(times=(hh[3],))])
        return t.witness(goal, A1, B2, by=both(close, higher))

    def other(known):
        return reach(A2 - h * A2, t.have(down > loss(X, Y, A1, A2), sum=[Term(times=(more,)), Term(times=(known,))]))

    one_ = loss(X, Y, A1, A2 + h * A2) - loss(X, Y, A1, A2)
    result = t.by_sign(
        one_,
        lambda z: other(t.have(one_ <= 0, z, sum=[Term(squares=(number(0),))])),
        lambda p: reach(A2 + h * A2, t.have(up > loss(X, Y, A1, A2), sum=[Term(times=(p,))])),
        lambda no: other(t.have(one_ <= 0, sum=[Term(times=(no,))])),
    )
    s.conclude(nearby(X, Y, A1, A2, True), by=t.close(result))


@statement("thm-2", "every local minimum is global; every other critical point with A2 A1 X != 0 is a saddle")
def theorem_2(s: Script) -> None:
    """No hypothesis on the data: a spectrum and pseudoinverses are obtained from the ledger.

    The printed proof goes through the two categories of def-order, which leave out points (thm-2.1).
    """
    s.include("thm-2.1")
    s.include("thm-2.1.repair")
    X, Y, A1, A2 = network(s)
    wide = s.given(conjunction(at_least(nat("d1"), 1), at_least(nat("d2"), 1)), "d1, d2 >= 1")
    first, second = s.inner(), s.inner()
    low = first.given(local_minimum(X, Y, A1, A2), "local minimum")
    critical = s.cite("local-minimum-is-critical", X=X, Y=Y, A1=A1, A2=A2)(low)

    def lowest(t, pick):
        (delta,), known = t.obtain(low, "delta")
        positive, least = known.parts()
        lower = pick(delta, positive)
        (B1, B2), found = t.obtain(lower, "B1 B2")
        no = least(B1, B2, found[0])
        return t.have(Falsum(), sum=[Term(times=(found[1],)), Term(times=(no,))])

    def local_is_global(pick):
        t = first.inner()
        return t.close(anything(lowest(t, pick), everywhere(X, Y, A1, A2)))

    g1, g2 = critical.parts()
    best = first.close(
        global_or(s, first, X, Y, A1, A2, g1, g2, wide, everywhere(X, Y, A1, A2), lambda known: known, local_is_global)
    )

    grads = second.given(gradients_zero(X, Y, A1, A2), "critical")
    not_best = second.given(negation(everywhere(X, Y, A1, A2)), "not a global minimizer")
    product = second.given(A2 @ A1 @ X != 0, "A2 A1 X != 0")
    saddle_ = conjunction(nearby(X, Y, A1, A2, False), nearby(X, Y, A1, A2, True))
    higher = s.cite("prop-3.22", X=X, Y=Y, A1=A1, A2=A2)(product)

    def descends(pick):
        t = second.inner()
        delta = t.scalar("delta")
        positive = t.given(delta > 0)
        return both(t.close(pick(delta, positive)), higher)

    h1, h2 = grads.parts()
    saddle_known = second.close(
        global_or(
            s, second, X, Y, A1, A2, h1, h2, wide, saddle_, lambda known: anything(not_best(known), saddle_), descends
        )
    )
    s.conclude(conjunction(best.formula, saddle_known.formula), by=both(best, saddle_known))


def global_or(s, t, X, Y, A1, A2, eq23, eq24, wide, goal, if_global, if_lower) -> Known:
    """The goal at a critical point: from `if_global(global minimizer)`, or from `if_lower(pick)`.

    pick(delta, positive) is a lower point at that distance, pick.higher(delta, positive) a higher one.
    """
    c = t.inner()
    (Xp,), of_X = c.obtain(from_fact("pinv").at(A=X), "Xp")
    (a,), of_A2 = c.obtain(from_fact("pinv").at(A=A2), "A2p")
    Sigma, P, G = Y @ Xp @ X @ Y.T, A2 @ a, Y @ Xp @ X
    square = c.have(Sigma == G @ G.T, of_X)
    (r, v, E, Q), known = c.obtain(s.cite("positive-spectrum", S=Sigma, G=G)(square), "r s E Q")
    sp = Spectrum(Sigma, nat("d2"), r, v, E, Q, known)
    sym = c.have(Sigma.T == Sigma, of_X)
    lemma = s.cite("lem-1", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a)(eq23, eq24, of_X, of_A2)
    com = c.have(P @ Sigma == Sigma @ P, lemma.parts()[2])
    proj = both(c.have(P.T == P, of_A2), c.have(P @ P == P, of_A2))
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=r, s=v, E=E, Q=Q)

    def with_width(kappa, least):
        two = dichotomy_at(s, c, letters, P, Sigma, sp, sym, proj, com, of_A2, number(kappa), least)

        def optimal(pattern):
            return if_global(
                s.cite("optimal-is-global", **letters, kappa=kappa)(eq23, eq24, of_X, of_A2, known, least, pattern)
            )

        def better(improvement):
            def pick(delta, positive):
                return s.cite("improve", **letters, kappa=number(kappa), delta=delta)(
                    eq23, eq24, of_X, of_A2, known, least.parts()[0], improvement, positive
                )

            def higher_(delta, positive):
                return s.cite("higher", **letters, kappa=number(kappa), delta=delta)(
                    eq23, eq24, of_X, of_A2, known, improvement, wide[0], positive
                )

            pick.higher = higher_
            return if_lower(pick)

        return c.either(
            two,
            lambda x: optimal(left_or(x, two.formula.right.left)),
            lambda rest: c.either(rest, lambda x: optimal(or_right_of(two.formula.left, x)), better),
        )

    d1, d2 = nat("d1"), nat("d2")
    same = lambda n: c.have(equal(scalar(n), scalar(n)))
    least = lambda n, first, second, last: both(
        first,
        second,
        last,
        left_or(same(n), equal(scalar(n), scalar(d2)))
        if n == d1
        else or_right_of(equal(scalar(n), scalar(d1)), same(n)),
    )
    narrow = lambda le: with_width(d1, least(d1, c.linear(at_least(d1, d1)), le, wide[0]))
    flat_ = lambda le: with_width(d2, least(d2, le, c.linear(at_least(d2, d2)), wide[1]))
    return c.close(
        c.by_sign(
            number(d1) - number(d2),
            lambda z: narrow(c.have(at_least(d2, d1), z, sum=[Term(squares=(number(0),))])),
            lambda more: flat_(c.have(at_least(d1, d2), sum=[Term(times=(more,))])),
            lambda no: narrow(c.have(at_least(d2, d1), sum=[Term(times=(no,))])),
        )
    )


@statement(
    "higher",
    "an improvable critical point has higher points at every distance, also where A2 A1 X = 0",
    kind="lemma",
    hidden=True,
)
def higher(s: Script) -> None:
    """Where A2 != 0 the loss grows with A1 + t b p', A2 b p' X != 0; where A2 = 0, along the slack curve with y < 0."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    rank = s.scalar("kappa")
    better = s.given(improvable(sp, P, rank), "improvable")
    some = s.given(at_least(nat("d1"), 1), "d1 >= 1")
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")
    goal = at_distance(X, Y, A1, A2, delta, True)
    (i,), known = s.obtain(better, "i")
    low, high, less, _ = known.parts()
    (u,), at_u = s.obtain(s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, less), "u")
    value = sp.at(s, i, low, high)[4]
    size = s.have(tr(u.T @ u) == 1, at_u[1])

    def no_data(zero):
        nothing = s.have(
            sp.s(i) * tr(u.T @ u) == 0,
            s.have(tr(u.T @ Sigma @ u) == sp.s(i) * tr(u.T @ u), at_u[0]),
            s.have(tr(u.T @ Sigma @ u) == 0, zero),
        )
        return s.have(Falsum(), nothing, size, sum=[Term(times=(value,))])

    data_ = Known(excluded_middle(X == 0))
    zero_small = lambda t: t.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    one_positive = lambda t: t.have(number(1) > 0, sum=[Term()])

    def flat_A2(zero):
        t = s.inner()
        room = t.have(tr(ident("d1")) > 0, sum=[Term(times=(some,)), Term()])
        eye = both(t.have(ident("d1").T == ident("d1")), t.have(ident("d1") @ ident("d1") == ident("d1")))
        (z,), at_z = t.obtain(s.cite("unit", F=ident("d1"))(eye, room), "z")
        kernel = both(t.have(A2 @ z == 0, zero), at_z[0])
        bu = norm2(u.T @ Y @ Xp)
        bound = t.have(bu + 1 >= 0, sum=[Term(grams=(u.T @ Y @ Xp,)), Term()])
        (h,), hh = t.obtain(
            s.cite("small", a=number(0), b=bu + 1, p=number(1), q=delta)(
                zero_small(t), bound, one_positive(t), positive
            ),
            "h",
        )
        expansion = s.cite(
            "slack-expansion", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=sp.s(i), f=z, g=z, x=h, y=-(h * h)
        )(eq23, eq24, of_X, of_A2, at_u, kernel).parts()[3]
        B2, B1 = A2 - h * h * (u @ z.T), A1 + h * (z @ u.T @ Y @ Xp)
        up = t.have(
            loss(X, Y, B1, B2) > loss(X, Y, A1, A2),
            expansion,
            sum=[
                Term(HALF, squares=(h * h,), grams=(z.T @ A1 @ X,)),
                Term(HALF, squares=(h * h * h,), times=(value,)),
                Term(times=(hh[0], hh[0], hh[0], value)),
            ],
        )
        n1 = t.have(norm2(h * (z @ u.T @ Y @ Xp)) == h * h * bu, at_z[0])
        n2 = t.have(norm2(h * h * (u @ z.T)) == h * h * h * h, at_z[0], at_u[1])
        rest = t.have(1 - h * h >= 0, sum=[Term(times=(hh[1],)), Term(times=(hh[0], hh[1]))])
        close = t.have(
            near(A1, A2, B1, B2, delta), n1, n2, sum=[Term(times=(hh[3],)), Term(squares=(h,), times=(rest,))]
        )
        return t.close(t.witness(goal, B1, B2, by=both(close, up)))

    def some_A2(not_zero):
        def with_data(data_not_zero):
            t = s.inner()
            (p, b), pb = t.obtain(s.cite("nonzero", M=A2)(not_zero), "p b")
            (x, y), xy = t.obtain(s.cite("nonzero", M=X)(data_not_zero), "x y")
            D = b @ x.T
            one_ = t.have(p.T @ A2 @ D @ X @ y == ident(1), pb, xy)
            move = A2 @ D @ X

            def impossible_(zero):
                return t.have(
                    Falsum(),
                    t.have(
                        number(1) == 0,
                        t.have(tr(p.T @ A2 @ D @ X @ y) == 1, one_),
                        t.have(tr(p.T @ move @ y) == 0, zero),
                    ),
                    sum=[Term()],
                )

            bound = t.have(norm2(move) >= 0, sum=[Term(grams=(move,))])
            size_ = t.by_sign(
                norm2(move),
                lambda z: anything(impossible_(t.zero(move, z)), norm2(move) > 0),
                lambda yes: yes,
                lambda no: anything(impossible(t, bound, no), norm2(move) > 0),
            )
            length = t.have(norm2(D) >= 0, sum=[Term(grams=(D,))])
            (h,), hh = t.obtain(
                s.cite("small", a=number(0), b=norm2(D), p=number(1), q=delta)(
                    zero_small(t), length, one_positive(t), positive
                ),
                "h",
            )
            B1 = A1 + h * D
            value_ = t.have(loss(X, Y, B1, A2) == loss(X, Y, A1, A2) + h * h * norm2(move) / 2, eq23)
            up = t.have(loss(X, Y, B1, A2) > loss(X, Y, A1, A2), value_, sum=[Term(HALF, times=(hh[0], hh[0], size_))])
            close = t.have(near(A1, A2, B1, A2, delta), sum=[Term(times=(hh[3],))])
            return t.close(t.witness(goal, B1, A2, by=both(close, up)))

        return s.either(data_, lambda zero: anything(no_data(zero), goal), with_data)

    s.conclude(goal, by=s.decide(A2 == 0, flat_A2, some_A2))


@statement("thm-2.strong", "every critical point that is not a global minimum is a saddle: A2 A1 X != 0 is not needed")
def theorem_2_strong(s: Script) -> None:
    X, Y, A1, A2 = network(s)
    wide = s.given(conjunction(at_least(nat("d1"), 1), at_least(nat("d2"), 1)), "d1, d2 >= 1")
    eq23, eq24 = s.given(gradients_zero(X, Y, A1, A2), "critical").parts()
    not_best = s.given(negation(everywhere(X, Y, A1, A2)), "not a global minimizer")
    saddle_ = conjunction(nearby(X, Y, A1, A2, False), nearby(X, Y, A1, A2, True))

    def both_ways(pick):
        t = s.inner()
        delta = t.scalar("delta")
        positive = t.given(delta > 0)
        down = t.close(pick(delta, positive))
        t = s.inner()
        delta = t.scalar("delta")
        positive = t.given(delta > 0)
        return both(down, t.close(pick.higher(delta, positive)))

    s.conclude(
        saddle_,
        by=global_or(
            s, s, X, Y, A1, A2, eq23, eq24, wide, saddle_, lambda known: anything(not_best(known), saddle_), both_ways
        ),
    )
