"""Rows in general position: orthogonal to one column x, and to no other that is not parallel to it."""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one, reciprocal
from symbolic_cp.prover.expression import Expr, norm2, null, of, tr

from ..relu import by_half
from .chains import compare

v = nat("~0")
HALF = Fraction(1, 2)


def parallel(x: Expr, y: Expr) -> Formula:
    """y lies on the line of x (columns), if x is not zero."""
    return norm2(x) * y == tr(x.T @ y) * x


def scaled(t: Context, factor: Expr, M: Expr, product: Known, positive: Known) -> Known:
    """M = 0, from factor M = 0 and factor > 0."""
    u = t.inner()
    (y,), unity = u.obtain(reciprocal(positive), "inverse")
    return u.close(u.have(M == 0, product, unity))


@statement("avoiding", "some u has (u'v[l])^2 >= b[l] for finitely many v[l] that are not 0", kind="lemma", hidden=True)
def avoiding(s: Script) -> None:
    """From u for one vector less and larger b: u + r v or u - r v, whichever has the sign of u'v at v."""
    m, d = s.dims("m d")
    V = s.family("v", "k", matrix_sort(d, 1))
    b_ = Variable("b", SCALAR, 1)
    free = Variable("u", matrix_sort(d, 1))

    def far(u: Expr, l: Nat, b: Expr) -> Formula:
        return Implies(negation(of(V, l) == 0), tr(u.T @ of(V, l)) ** 2 >= b)

    def claim(a: Nat) -> Formula:
        return for_all(b_, exists(free, in_range("l", 1, a, far(of(free), nat("l"), of(b_, "l")))))

    base = s.inner()
    base.let(b_)
    zero = null(d, 1)
    t = base.inner()
    (l,) = t.dims("l")
    none = t.linear(Falsum(), t.given(at_least(l, 1)), t.given(at_least(nat(0), l)))
    vacuous = t.close(anything(none, far(zero, l, of(b_, l))))
    goal = lambda a: exists(free, in_range("l", 1, a, far(of(free), nat("l"), of(b_, "l"))))
    start = base.close(base.witness(goal(nat(0)), zero, by=vacuous))

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        t.let(b_)
        new, b = of(V, a + 1), of(b_, a + 1)

        def extended(c: Context, u: Expr, last, earlier) -> Known:
            """u does for a + 1 vectors: `last` proves far at a + 1, `earlier(context, l, low, high)` before."""
            e = c.inner()
            (l,) = e.dims("l")
            low, high = e.given(at_least(l, 1)), e.given(at_least(a + 1, l))
            every = compare(
                e,
                l,
                a + 1,
                lambda equal: e.moved(lambda x: far(u, x, of(b_, x)), last, a + 1, l, equal),
                lambda less: earlier(e, l, low, e.linear(at_least(a, l), less)),
                lambda more: anything(e.linear(Falsum(), more, high), far(u, l, of(b_, l))),
            )
            return c.witness(goal(a + 1), u, by=e.close(every))

        def without(zero: Known) -> Known:
            c = t.inner()
            (u,), known = c.obtain(so_far(b_), "u0")
            e = c.inner()
            no = e.given(negation(new == 0))
            last = e.close(anything(no(zero), tr(u.T @ new) ** 2 >= b))
            return c.close(extended(c, u, last, lambda e, l, low, high: known(l, low, high)))

        def with_it(not_zero: Known) -> Known:
            c = t.inner()
            (y,), unity = c.obtain(reciprocal(length(c, new, not_zero)), "y")
            r = y * (1 + b * b)
            larger = Family(1, (2 * of(b_, v) + 2 * (r * tr(new.T @ of(V, v))) ** 2).term)
            (u,), known = c.obtain(so_far(larger), "u0")

            def turned(sign: Known, way: int) -> Known:
                w, P = u + way * r * new, way * tr(u.T @ new)
                value = c.have(way * tr(w.T @ new) == P + 1 + b * b, unity)
                rest = [Term(squares=(P,)), Term(2, times=(sign,)), Term(2, squares=(b,), times=(sign,))]
                more = [Term(squares=(b * b,)), Term(squares=(b,)), Term(squares=(b - HALF,)), Term(3 * HALF * HALF)]
                square = c.have(tr(w.T @ new) ** 2 >= b, value, sum=[*rest, *more])
                e = c.inner()
                e.given(negation(new == 0))
                last = e.close(square)

                def earlier(e: Context, l: Nat, low: Known, high: Known) -> Known:
                    i = e.inner()
                    nonzero = i.given(negation(of(V, l) == 0))
                    before = known(l, low, high)(nonzero)
                    p, q = tr(u.T @ of(V, l)), way * r * tr(new.T @ of(V, l))
                    half = [Term(HALF, squares=(p + 2 * q,)), Term(HALF, times=(before,))]
                    return i.close(i.have(tr(w.T @ of(V, l)) ** 2 >= of(b_, l), sum=half))

                return extended(c, w, last, earlier)

            P = tr(u.T @ new)
            return c.close(
                by_half(
                    c,
                    P,
                    lambda up: turned(up, 1),
                    lambda down: turned(c.have(-P >= 0, sum=[Term(times=(down,))]), -1),
                )
            )

        return t.decide(new == 0, without, with_it)

    every = s.induction("k", m, claim, start, step)
    done = every(m, s.linear(at_least(m, m)))
    s.conclude(done.formula, by=done)


def length(t: Context, M: Expr, not_zero: Known) -> Known:
    """|M|^2 > 0, from M != 0."""
    size = norm2(M)
    return t.by_sign(
        size,
        lambda zero: anything(not_zero(t.zero(M, zero, sum=[])), size > 0),
        lambda yes: yes,
        lambda no: anything(t.have(Falsum(), sum=[Term(times=(no,)), Term(grams=(M,))]), size > 0),
    )


@statement("generic", "some row e has ex = 0, and |ey| >= |x'y| for all y not parallel to x", kind="lemma", hidden=True)
def generic_row(s: Script) -> None:
    """u with u'v_l large for v_l = |x|^2 x_l - (x'x_l) x, and e = u' (|x|^2 I - x x')."""
    d, m = s.dims("d m")
    x = s.matrix("x", d, 1)
    Y = s.family("y", "k", matrix_sort(d, 1))
    apart = lambda l: norm2(x) * of(Y, l) - tr(x.T @ of(Y, l)) * x
    bounds = Family(1, (tr(x.T @ of(Y, v)) ** 2).term)
    vectors = Family(1, apart(v).term)
    (u,), known = s.obtain(s.cite("avoiding", m=m, d=d, v=vectors, b=bounds), "u")
    e = norm2(x) * u.T - tr(u.T @ x) * x.T
    zero = s.have(e @ x == null(1, 1), one(x.T @ x), one(u.T @ x))
    t = s.inner()
    (l,) = t.dims("l")
    low, high = t.given(at_least(l, 1)), t.given(at_least(m, l))
    i = t.inner()
    no = i.given(negation(parallel(x, of(Y, l))))
    j = i.inner()
    vanishes = j.given(apart(l) == 0)
    large = known(l, low, high)(j.close(no(j.have(parallel(x, of(Y, l)), vanishes))))
    there = i.close(i.have(tr(e @ of(Y, l)) ** 2 >= tr(x.T @ of(Y, l)) ** 2, sum=[Term(times=(large,))]))
    all_l = t.close(there)
    free = Variable("e", matrix_sort(1, d))
    E, y = of(free), of(Y, "l")
    far = in_range("l", 1, m, Implies(negation(parallel(x, y)), tr(E @ y) ** 2 >= tr(x.T @ y) ** 2))
    goal = exists(free, conjunction(E @ x == null(1, 1), far))
    s.conclude(goal, by=s.witness(goal, e, by=both(zero, all_l)))


@statement("unseen", "ex = 0 gives ey = 0 for y parallel to x, x not zero", kind="lemma", hidden=True)
def unseen(s: Script) -> None:
    s.dims("d")
    e, x, y = s.matrices("e: 1 x d, x: d x 1, y: d x 1")
    zero = s.given(e @ x == null(1, 1), "ex = 0")
    par = s.given(parallel(x, y), "y is parallel to x")
    positive = s.given(norm2(x) > 0, "x is not zero")
    along = s.have(norm2(x) * tr(e @ y) == tr(x.T @ y) * tr(e @ x), par)
    product = s.have(norm2(x) * tr(e @ y) == 0, along, s.have(tr(e @ x) == 0, zero))
    s.conclude(tr(e @ y) == 0, by=scaled(s, norm2(x), tr(e @ y), product, positive))
