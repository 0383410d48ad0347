"""Quadratic functions with kinks: linear and quadratic in a row D and in N = sigma(D X), near D = 0.

Such a function is >= 0 near 0 if its linear part is >= 0 everywhere and its quadratic part is >= 0 where the linear
one is 0. On one polyhedral cone, where N is linear in D, by the distance from where the linear part is 0 (`cones`);
there are finitely many cones, one for each pattern of signs of D X (Majthay 1971 and Contesse 1980, for one cone).
"""

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
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr

from ..entries import is_sigma_row
from ..families import same
from ..relu import by_half, coordinates, rectified
from .absolute import pinched
from .chains import compare
from .cones import inside
from .rows import by_cases, each_place, equal_rows

v = nat("~0")
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
    "kinked-quadratic",
    "linear and quadratic in D and sigma(D X): >= 0 near 0, by first and second order",
    kind="lemma",
    hidden=True,
)
def kinked_quadratic(s: Script) -> None:
    """mu[l] is 1 or 0: whether x_l fires. The last signs are prescribed, fewer and fewer of them."""
    n, z = s.dims("n z")
    f, complete = coordinates(s, "z", "f")
    X, a, c, S1, S2, S3 = s.matrices("X: n x z, a: n x 1, c: z x 1, S1: n x n, S2: z x n, S3: z x z")
    D_, N_, delta_ = Variable("D", matrix_sort(1, n)), Variable("N", matrix_sort(1, z)), Variable("delta", SCALAR)
    linear = lambda D, N: tr(D @ a) + tr(N @ c)
    square = lambda D, N: tr(D @ S1 @ D.T) + tr(N @ S2 @ D.T) + tr(N @ S3 @ N.T)
    order = lambda D, N: conjunction(linear(D, N) >= 0, Implies(linear(D, N) == 0, square(D, N) >= 0))
    fires = is_sigma_row(of(D_) @ X, of(N_), f)
    orders = s.given(for_all(D_, N_, Implies(fires, order(of(D_), of(N_)))), "first and second order")

    mu_ = Variable("mu", SCALAR, 1)
    mu = lambda l: of(mu_, l)
    bit = lambda l: Or(mu(l) == 0, mu(l) == 1)

    def agree(D: Expr, mu, k: Nat) -> Formula:
        """D x_l >= 0 if mu[l] = 1, and <= 0 if it is 0, for l > k."""
        return in_range("l", k + 1, z, tr((2 * mu(nat("l")) - 1) * D @ X @ f["l"]) >= 0)

    def near(mu, k: Nat) -> Formula:
        D, N = of(D_), of(N_)
        body = implication(norm2(D) < of(delta_), fires, agree(D, mu, k), linear(D, N) + square(D, N) >= 0)
        return exists(delta_, conjunction(of(delta_) > 0, for_all(D_, N_, body)))

    def claim(k: Nat) -> Formula:
        return for_all(mu_, Implies(in_range("l", 1, z, bit(nat("l"))), near(mu, k)))

    def start() -> Known:
        t = s.inner()
        t.let(mu_)
        bits = t.given(in_range("l", 1, z, bit(nat("l"))), "mu is 0 or 1")
        rows = Family(1, (of(mu_, v) * of(f.columns, v).T).term)
        found = s.cite("rows-given", n=z, m=z, c=f.columns, Cs=f.partial, w=rows)(complete)
        (M,), of_M = t.obtain(found, "M")
        turn = X @ M.T
        b = Family(1, ((2 * of(mu_, v) - 1) * X @ of(f.columns, v)).term)
        cone = s.cite("cone-quadratic", m=z, n=n, b=b, a=a + turn @ c, S=S1 + turn @ S2 + turn @ S3 @ turn.T)

        def sides(u: Context, l: Nat, low: Known, high: Known, value: Expr, sided: Known, on, off) -> Known:
            """on(value >= 0) where mu[l] = 1, off(value <= 0) where it is 0."""
            return u.either(
                bits(l, low, high),
                lambda zero: off(zero, u.have(-value >= 0, zero, sum=[Term(times=(sided,))])),
                lambda one_: on(one_, u.have(value >= 0, one_, sum=[Term(times=(sided,))])),
            )

        def sigma_of(u: Context, d: Expr, within: Known) -> Known:
            """d X M' = sigma(d X) on the cone."""

            def entry(w: Context, l, low: Known, high: Known) -> Known:
                value, out = tr(d @ X @ f[l]), tr(d @ turn @ f[l])
                scaled = w.have(out == mu(l) * value, of_M(l, low, high))
                goal = rectified(value, out)

                def on(one_: Known, up: Known) -> Known:
                    def prove(x: Context, given: Known, what: Formula) -> Known:
                        if what == (out == value):
                            return x.have(what, scaled, one_)
                        falsum = x.have(Falsum(), sum=[Term(times=(given,)), Term(times=(up,))])
                        return anything(falsum, what)

                    return by_cases(w, goal, prove)

                def off(zero: Known, down: Known) -> Known:
                    def prove(x: Context, given: Known, what: Formula) -> Known:
                        if what == (out == value):
                            return x.have(what, scaled, zero, pinched(x, value, given, down))
                        return x.have(what, scaled, zero)

                    return by_cases(w, goal, prove)

                return sides(w, l, low, high, value, within(l, low, high), on, off)

            return each_place(u, f, entry)

        u = t.inner()
        d = u.matrix("d", 1, n)
        within = u.given(inside(d, lambda l: (2 * mu(l) - 1) * X @ f[l], z))
        both_orders = u.close(orders(d, d @ turn, sigma_of(u, d, within)))
        (delta,), about = t.obtain(cone(both_orders), "delta0")

        u = t.inner()
        D, N = u.matrix("D", 1, n), u.matrix("N", 1, z)
        close, sigma = u.given(norm2(D) < delta), u.given(is_sigma_row(D @ X, N, f))
        sided = u.given(agree(D, mu, nat(0)))

        def entry(w: Context, l, low: Known, high: Known) -> Known:
            value, out = tr(D @ X @ f[l]), tr(N @ f[l])
            scaled = w.have(tr(D @ turn @ f[l]) == mu(l) * value, of_M(l, low, high))
            goal, here = out == tr(D @ turn @ f[l]), sigma(l, low, high)

            def off(zero: Known, down: Known) -> Known:
                return by_half(
                    w,
                    value,
                    lambda up: w.have(goal, scaled, zero, here[0](up), pinched(w, value, up, down)),
                    lambda no: w.have(goal, scaled, zero, here[1](no)),
                )

            on = lambda one_, up: w.have(goal, scaled, one_, here[0](up))
            return sides(w, l, low, high, value, sided(l, low, high), on, off)

        same = equal_rows(s, f, complete, N, D @ turn, each_place(u, f, entry))
        done = about[1](D, sided, close)
        last = u.have(linear(D, N) + square(D, N) >= 0, same, sum=[Term(times=(done,))], heavy=[N])
        return t.close(t.witness(near(mu, nat(0)), delta, by=both(about[0], u.close(last))))

    def step(t: Context, k: Nat, below: Known, so_far: Known) -> Known:
        t.let(mu_)
        bits = t.given(in_range("l", 1, z, bit(nat("l"))), "mu is 0 or 1")
        (e_,), at_e = t.obtain(s.cite("indicator", l=z, N=k + 1), "e")
        known, turned = [], []
        for name, value in (("delta1", 1), ("delta2", 0)):
            changed = lambda l, value=value: mu(l) + of(e_, l) * (value - mu(l))
            u = t.inner()
            (l,) = u.dims("l")
            low, high = u.given(at_least(l, 1)), u.given(at_least(z, l))
            here = at_e(l, high)
            kinds = changed(l) == 0, changed(l) == 1

            def at_new(yes: Known, u=u, here=here, kinds=kinds, value=value, l=l) -> Known:
                is_value = u.have(kinds[value], here[0](yes))
                return or_right_of(kinds[0], is_value) if value else left_or(is_value, kinds[1])

            def elsewhere(no: Known, u=u, here=here, kinds=kinds, l=l, low=low, high=high) -> Known:
                zero = here[1](no)
                return u.either(
                    bits(l, low, high),
                    lambda is_0: left_or(u.have(kinds[0], zero, is_0), kinds[1]),
                    lambda is_1: or_right_of(kinds[0], u.have(kinds[1], zero, is_1)),
                )

            is_bits = u.close(u.decide(same(l, k + 1), at_new, elsewhere))
            (delta,), about = t.obtain(so_far(Family(1, changed(v).term), is_bits), name)
            known.append((delta, about))
            turned.append(changed)
        least = s.cite("smaller", a=known[0][0], b=known[1][0])(known[0][1][0], known[1][1][0])
        (delta,), small = t.obtain(least, "delta0")

        u = t.inner()
        D, N = u.matrix("D", 1, n), u.matrix("N", 1, z)
        close, sigma = u.given(norm2(D) < delta), u.given(is_sigma_row(D @ X, N, f))
        sided = u.given(agree(D, mu, k + 1))
        value = tr(D @ X @ f[k + 1])

        def use(which: int, sign: Known) -> Known:
            """The new sign as it is at D."""
            changed = turned[which]
            side = lambda l: tr((2 * changed(l) - 1) * D @ X @ f[l]) >= 0
            w = u.inner()
            (l,) = w.dims("l")
            low, high = w.given(at_least(l, k + 1)), w.given(at_least(z, l))
            new = at_e(k + 1, below)[0](w.have(same(k + 1, k + 1)))
            first = w.have(side(k + 1), new, sum=[Term(times=(sign,))])

            def beyond(more: Known) -> Known:
                x = w.inner()
                equal = x.given(same(l, k + 1))
                off = at_e(l, high)[1](x.close(x.linear(Falsum(), more, equal)))
                return w.have(side(l), off, sum=[Term(times=(sided(l, more, high),))])

            every = compare(
                w,
                l,
                k + 1,
                lambda equal: w.moved(side, first, k + 1, l, equal),
                lambda less: anything(w.linear(Falsum(), less, low), side(l)),
                beyond,
            )
            inner = u.have(norm2(D) < known[which][0], sum=[Term(times=(close,)), Term(times=(small[1 + which],))])
            return known[which][1][1](D, N, inner, sigma, w.close(every))

        down = lambda sign: use(1, u.have(-value >= 0, sum=[Term(times=(sign,))]))
        done = u.close(by_half(u, value, lambda up: use(0, up), down))
        return t.witness(near(mu, k + 1), delta, by=both(small[0], done))

    every = s.induction("k", z, claim, start(), step)
    ones = Family(1, number(1).term)
    t = s.inner()
    (l,) = t.dims("l")
    t.given(at_least(l, 1)), t.given(at_least(z, l))
    all_ones = t.close(or_right_of(number(1) == 0, t.have(number(1) == 1)))
    (delta,), about = s.obtain(every(z, s.linear(at_least(z, z)))(ones, all_ones), "delta3")
    u = s.inner()
    D, N = u.matrix("D", 1, n), u.matrix("N", 1, z)
    close, sigma = u.given(norm2(D) < delta), u.given(is_sigma_row(D @ X, N, f))
    w = u.inner()
    (l,) = w.dims("l")
    none = w.linear(Falsum(), w.given(at_least(l, z + 1)), w.given(at_least(z, l)))
    vacuous = w.close(anything(none, tr((2 * number(1) - 1) * D @ X @ f[l]) >= 0))
    done = u.close(about[1](D, N, close, sigma, vacuous))
    D, N = of(D_), of(N_)
    body = implication(norm2(D) < of(delta_), fires, linear(D, N) + square(D, N) >= 0)
    goal = exists(delta_, conjunction(of(delta_) > 0, for_all(D_, N_, body)))
    s.conclude(goal, by=s.witness(goal, delta, by=both(about[0], done)))
