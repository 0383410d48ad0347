"""Quadratic functions with kinks: linear and quadratic in a row D and in N = sigma(D X), near D = 0.

Such a function is >= 0 near 0 if its linear part is >= 0 everywhere and its quadratic part is >= 0 where the linear
one is 0. On one polyhedral cone, where N is linear in D, by the distance from where the linear part is 0 (`cones`);
there are finitely many cones, one for each pattern of signs of D X (Majthay 1971 and Contesse 1980, for one cone).
"""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.prover.context import Context, Known, Term, anything, both
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr

from ..relu import coordinates
from .cones import inside
from .signs import Signs, mu, v

HALF = Fraction(1, 2)


# ------------------------------------------------------------------------------------------------- one cone


@statement("cone-quadratic", "d a + d S d' >= 0 near 0 on a cone, by first and second order", kind="lemma", hidden=True)
def cone_quadratic(s: Script) -> None:
    """With u = d - e, |u|^2 <= C s^2, s = d a: d S d' = e S e' + u (S + S') d' - u S u', which is at least -s."""
    m, n = s.dims("m n")
    b_ = s.family("b", "k", matrix_sort(n, 1))
    a, S = s.matrices("a: n x 1, S: n x n")
    b = lambda l: of(b_, l)
    d_ = Variable("d", matrix_sort(1, n))
    form = lambda d: tr(d @ S @ d.T)
    conditions = conjunction(tr(of(d_) @ a) >= 0, Implies(tr(of(d_) @ a) == 0, form(of(d_)) >= 0))
    orders = s.given(for_all(d_, Implies(inside(of(d_), b, m), conditions)), "first and second order")
    delta_ = Variable("delta", SCALAR)
    near = for_all(
        d_, implication(inside(of(d_), b, m), norm2(of(d_)) < of(delta_), tr(of(d_) @ a) + form(of(d_)) >= 0)
    )
    goal = exists(delta_, conjunction(of(delta_) > 0, near))

    def down(known: Known) -> Known:
        t = s.inner()
        (d,), about = t.obtain(known, "d0")
        within, low = about.parts()
        up = orders(d, within)[0]
        return t.close(anything(t.have(Falsum(), sum=[Term(times=(up,)), Term(times=(low,))]), goal))

    def flat(known: Known) -> Known:
        t = s.inner()
        (C,), about = t.obtain(known, "C")
        positive, every = about.parts()
        T = S + S.T
        room = number(1) + C * (1 + norm2(S))  # Y <= s/2 for s <= 1/room
        more = [Term(), Term(times=(positive,)), Term(times=(positive,), grams=(S,))]
        large = t.have(room > 0, sum=more)
        (y,), of_y = t.obtain(s.cite("positive-inverse", a=room)(large), "y")
        square = t.have(y * y > 0, sum=[Term(times=(of_y[0], of_y[0]))])
        first = s.cite("small-enough", x=C * norm2(T), p=number(1) / 4)
        quarter = t.have(number(1) / 4 > 0, sum=[Term(Fraction(1, 4))])
        nonneg = t.have(C * norm2(T) >= 0, sum=[Term(times=(positive,), grams=(T,))])
        (c1,), of_1 = t.obtain(first(nonneg, quarter), "c1")
        second = s.cite("small-enough", x=norm2(a), p=y * y)
        (c2,), of_2 = t.obtain(second(t.have(norm2(a) >= 0, sum=[Term(grams=(a,))]), square), "c2")
        (delta,), small = t.obtain(s.cite("smaller", a=c1, b=c2)(of_1[0], of_2[0]), "delta0")

        u = t.inner()
        d = u.matrix("d", 1, n)
        within, close = u.given(inside(d, b, m)), u.given(norm2(d) < delta)
        r, there = every(d, within).parts()
        x = u.inner()
        (e,), of_e = x.obtain(there, "e")
        e_in, level, step = of_e.parts()
        size, w = tr(d @ a), d - e
        at_e = orders(e, e_in)[1](level)
        # X = w T d' with X^2 <= |w|^2 |T|^2 |d|^2 <= C s^2 |T|^2 delta <= s^2 / 4
        X, Y = tr(w @ T @ d.T), tr(w @ S @ w.T)
        seen = s.cite("cauchy-schwarz", u=w @ T, w=d)
        turned = s.cite("product-bound", u=w, T=T)
        X2 = x.have(X * X <= C * size * size * norm2(T) * norm2(d), sum=[
            Term(times=(seen,)), Term(times=(turned,), grams=(d,)), Term(times=(step,), grams=(T, d)),
        ])  # fmt: skip
        inner = x.have(c1 - norm2(d) >= 0, sum=[Term(times=(small[1],)), Term(times=(close,))])
        X2 = x.have(X * X <= size * HALF * (size * HALF), sum=[
            Term(times=(X2,)),
            Term(squares=(size,), grams=(T,), times=(positive, inner)),
            Term(squares=(size,), times=(of_1[1],)),
        ])  # fmt: skip
        half = x.have(size * HALF >= 0, sum=[Term(HALF, times=(r,))])
        low_X = s.cite("square-less", x=X, r=size * HALF)(X2, half)[0]
        # s^2 <= |a|^2 |d|^2 <= y^2, so s <= y
        reach = s.cite("cauchy-schwarz", u=d, w=a.T)
        inner = x.have(c2 - norm2(d) >= 0, sum=[Term(times=(small[2],)), Term(times=(close,))])
        s2 = x.have(size * size <= y * y, sum=[
            Term(times=(reach,)), Term(grams=(a,), times=(inner,)), Term(times=(of_2[1],)),
        ])  # fmt: skip
        nonneg_y = x.have(y >= 0, sum=[Term(times=(of_y[0],))])
        s_y = s.cite("square-less", x=size, r=y)(s2, nonneg_y)[1]
        # Y <= 1/2 (1 + |S|^2) |w|^2 <= 1/2 room s^2 <= s/2
        turned = s.cite("product-bound", u=w, T=S)
        Y2 = x.have(Y <= HALF * (1 + norm2(S)) * norm2(w), sum=[
            Term(HALF, grams=(w @ S - w,)), Term(HALF, times=(turned,)),
        ])  # fmt: skip
        Y3 = x.have(Y <= HALF * room * size * size, sum=[
            Term(times=(Y2,)), Term(HALF, times=(step,)), Term(HALF, times=(step,), grams=(S,)),
            Term(HALF, squares=(size,)),
        ])  # fmt: skip
        high_Y = x.have(Y <= size * HALF, of_y[1], sum=[Term(times=(Y3,)), Term(HALF, times=(large, r, s_y))])
        done = x.have(size + form(d) >= 0, sum=[Term(times=(at_e,)), Term(times=(low_X,)), Term(times=(high_Y,))])
        return t.close(t.witness(goal, delta, by=both(small[0], u.close(x.close(done)))))

    bound = s.cite("cone-bound", m=m, n=n, b=b_, a=a)
    s.conclude(goal, by=s.either(bound, down, flat))


# ------------------------------------------------------------------------------------------------- all cones


@statement(
    "cone-linear", "d a >= 0 on a cone, 0 only where d T = 0: c |d T|^2 <= (d a)^2, c > 0", kind="lemma", hidden=True
)
def cone_linear(s: Script) -> None:
    """d T = (d - e) T, where e a = 0 and |d - e|^2 <= C (d a)^2; c is 1/(C |T|^2 + 1)."""
    m, n, k = s.dims("m n k")
    b_ = s.family("b", "k", matrix_sort(n, 1))
    a, T = s.matrices("a: n x 1, T: n x k")
    b = lambda l: of(b_, l)
    d_, c_ = Variable("d", matrix_sort(1, n)), Variable("c", SCALAR)
    only = Implies(tr(of(d_) @ a) == 0, of(d_) @ T == null(1, k))
    given = for_all(d_, Implies(inside(of(d_), b, m), conjunction(tr(of(d_) @ a) >= 0, only)))
    orders = s.given(given, "d a >= 0, and 0 only where d T = 0")
    body = for_all(d_, Implies(inside(of(d_), b, m), of(c_) * norm2(of(d_) @ T) <= tr(of(d_) @ a) ** 2))
    goal = exists(c_, conjunction(of(c_) > 0, body))

    def down(known: Known) -> Known:
        t = s.inner()
        (d,), about = t.obtain(known, "d0")
        within, low = about.parts()
        up = orders(d, within)[0]
        return t.close(anything(t.have(Falsum(), sum=[Term(times=(up,)), Term(times=(low,))]), goal))

    def flat(known: Known) -> Known:
        t = s.inner()
        (C,), about = t.obtain(known, "C")
        positive, every = about.parts()
        large = t.have(C * norm2(T) + 1 > 0, sum=[Term(times=(positive,), grams=(T,)), Term()])
        (c,), of_c = t.obtain(s.cite("positive-inverse", a=C * norm2(T) + 1)(large), "c0")
        u = t.inner()
        d = u.matrix("d", 1, n)
        within = u.given(inside(d, b, m))
        x = u.inner()
        (e,), of_e = x.obtain(every(d, within)[1], "e")
        e_in, level, step = of_e.parts()
        gone = orders(e, e_in)[1](level)
        bound = s.cite("product-bound", u=d - e, T=T)
        equal = x.have(norm2(d @ T) == norm2((d - e) @ T), gone)
        sums = [
            Term(times=(bound, of_c[0])),
            Term(times=(step, of_c[0]), grams=(T,)),
            Term(squares=(tr(d @ a),), times=(of_c[0],)),
        ]
        done = x.have(c * norm2(d @ T) <= tr(d @ a) ** 2, equal, of_c[1], sum=sums)
        return t.close(t.witness(goal, c, by=both(of_c[0], u.close(x.close(done)))))

    bound = s.cite("cone-bound", m=m, n=n, b=b_, a=a)
    s.conclude(goal, by=s.either(bound, down, flat))


# ------------------------------------------------------------------------------------------------- all cones


@statement(
    "kinked-quadratic",
    "linear and quadratic in D and sigma(D X): >= 0 near 0, by first and second order",
    kind="lemma",
    hidden=True,
)
def kinked_quadratic(s: Script) -> None:
    n, z = s.dims("n z")
    f, complete = coordinates(s, "z", "f")
    X, a, c, S1, S2, S3 = s.matrices("X: n x z, a: n x 1, c: z x 1, S1: n x n, S2: z x n, S3: z x z")
    linear = lambda D, N: tr(D @ a) + tr(N @ c)
    square = lambda D, N: tr(D @ S1 @ D.T) + tr(N @ S2 @ D.T) + tr(N @ S3 @ N.T)
    order = lambda D, N: conjunction(linear(D, N) >= 0, Implies(linear(D, N) == 0, square(D, N) >= 0))
    body = lambda delta, D, N: Implies(norm2(D) < delta, linear(D, N) + square(D, N) >= 0)
    signs = Signs(s, n, f, complete, X, body)
    D, N = (of(row) for row in signs.rows)
    orders = s.given(for_all(*signs.rows, Implies(signs.fires(D, N), order(D, N))), "first and second order")

    def on_cone(t: Context, turn: Expr, cone, sigma) -> Known:
        u = t.inner()
        d = u.matrix("d", 1, n)
        every = u.close(orders(d, d @ turn, sigma(u, d, u.given(cone(d)))))
        b = Family(1, ((2 * mu(v) - 1) * X @ of(f.columns, v)).term)
        S = S1 + turn @ S2 + turn @ S3 @ turn.T
        return s.cite("cone-quadratic", m=z, n=n, b=b, a=a + turn @ c, S=S)(every)

    def weaken(u: Context, goal: Formula, known: Known, larger: Known) -> Known:
        w = u.inner()
        close = w.given(goal.left)
        return w.close(known(w.have(known.formula.left, sum=[Term(times=(close,)), Term(times=(larger,))])))

    s.conclude(signs.result(), by=signs.everywhere(on_cone, weaken))


@statement(
    "kinked-linear",
    "linear in D and N = sigma(D X), >= 0, and 0 only where N V = 0: at least a multiple of |N V|",
    kind="lemma",
    hidden=True,
)
def kinked_linear(s: Script) -> None:
    n, z, q = s.dims("n z q")
    f, complete = coordinates(s, "z", "f")
    X, a, c, V = s.matrices("X: n x z, a: n x 1, c: z x 1, V: z x q")
    linear = lambda D, N: tr(D @ a) + tr(N @ c)
    body = lambda delta, D, N: delta * norm2(N @ V) <= linear(D, N) ** 2
    signs = Signs(s, n, f, complete, X, body)
    D, N = (of(row) for row in signs.rows)
    only = conjunction(linear(D, N) >= 0, Implies(linear(D, N) == 0, N @ V == null(1, q)))
    orders = s.given(for_all(*signs.rows, Implies(signs.fires(D, N), only)), "it is >= 0, and 0 only where N V = 0")

    def on_cone(t: Context, turn: Expr, cone, sigma) -> Known:
        u = t.inner()
        d = u.matrix("d", 1, n)
        every = u.close(orders(d, d @ turn, sigma(u, d, u.given(cone(d)))))
        b = Family(1, ((2 * mu(v) - 1) * X @ of(f.columns, v)).term)
        return s.cite("cone-linear", m=z, n=n, b=b, a=a + turn @ c, T=turn @ V)(every)

    def weaken(u: Context, goal: Formula, known: Known, larger: Known) -> Known:
        """known: delta1 |N V|^2 <= s^2, and delta1 >= delta."""
        N = signs.rows[1]
        return u.have(goal, sum=[Term(times=(known,)), Term(times=(larger,), grams=(of(N) @ V,))])

    s.conclude(signs.result(), by=signs.everywhere(on_cone, weaken))
