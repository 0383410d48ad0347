"""Estimates: Cauchy and Schwarz, |uT| <= |u| |T|, small numbers, and what decides the sign of a polynomial near 0."""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Formula,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr

from ..relu import Coordinates, by_half

HALF = Fraction(1, 2)


@statement("cauchy-schwarz", "(u w')^2 <= |u|^2 |w|^2, of rows", kind="lemma", hidden=True)
def cauchy_schwarz(s: Script) -> None:
    s.dims("n")
    u, w = s.matrices("u: 1 x n, w: 1 x n")
    turned = u.T @ w - w.T @ u
    claim = tr(u @ w.T) ** 2 <= norm2(u) * norm2(w)
    ones = one(u @ u.T), one(w @ w.T), one(u @ w.T)
    s.conclude(claim, by=s.have(claim, *ones, sum=[Term(HALF, grams=(turned,))]))


@statement("product-bound", "|uT|^2 <= |u|^2 |T|^2", kind="lemma", hidden=True)
def product_bound(s: Script) -> None:
    """Column by column: (u T f[k])^2 <= |u|^2 |T f[k]|^2."""
    n, m = s.dims("n m")
    u, T = s.matrices("u: 1 x n, T: n x m")
    (c, Cs), known = s.obtain(s.cite("eq-7.2", n=m), "c Cs")
    f = Coordinates(m, c, Cs)
    start, grows, whole = known.parts()

    def claim(k: Nat) -> Formula:
        return tr(u @ T @ of(Cs, k) @ T.T @ u.T) <= norm2(u) * tr(T @ of(Cs, k) @ T.T)

    def step(t: Context, k: Nat, below: Known, so_far: Known) -> Known:
        column = T @ f[k + 1]
        here = s.cite("cauchy-schwarz", u=u, w=column.T)
        parts = [Term(times=(so_far,)), Term(times=(here,))]
        return t.have(claim(k + 1), grows(k, below), one(u @ column), sum=parts)

    every = s.induction("k", m, claim, s.have(claim(nat(0)), start, sum=[]), step)
    last = every(m, s.linear(at_least(m, m)))
    goal = norm2(u @ T) <= norm2(u) * norm2(T)
    s.conclude(goal, by=s.have(goal, whole, sum=[Term(times=(last,))]))


@statement("square-less", "xx <= rr, r >= 0: -r <= x <= r", kind="lemma", hidden=True)
def square_less(s: Script) -> None:
    x, r = s.scalar("x"), s.scalar("r")
    squares, positive = s.given(x * x <= r * r), s.given(r >= 0)

    def side(value: Expr, other: Expr) -> Known:
        """value >= 0, as value * other >= 0 and value + other >= 0."""
        return s.by_sign(
            value,
            lambda zero: s.have(value >= 0, zero, sum=[]),
            lambda yes: s.have(value >= 0, sum=[Term(times=(yes,))]),
            lambda no: anything(
                s.by_sign(
                    other,
                    lambda z: s.have(Falsum(), z, sum=[Term(2, times=(positive,)), Term(times=(no,))]),
                    lambda y: s.have(Falsum(), sum=[Term(times=(squares,)), Term(times=(no, y))]),
                    lambda n: s.have(Falsum(), sum=[Term(2, times=(positive,)), Term(times=(no,)), Term(times=(n,))]),
                ),
                value >= 0,
            ),
        )

    done = both(side(r + x, r - x), side(r - x, r + x))
    s.conclude(done.formula, by=done)


@statement("smaller", "for a, b > 0 there is 0 < c <= a, b", kind="lemma", hidden=True)
def smaller(s: Script) -> None:
    a, b = s.scalar("a"), s.scalar("b")
    first, second = s.given(a > 0), s.given(b > 0)
    C = of(Variable("c", SCALAR))
    goal = exists(Variable("c", SCALAR), conjunction(C > 0, a >= C, b >= C))
    done = by_half(
        s,
        b - a,
        lambda up: s.witness(goal, a, by=both(first, s.have(a >= a, sum=[]), s.have(b >= a, sum=[Term(times=(up,))]))),
        lambda down: s.witness(
            goal, b, by=both(second, s.have(a >= b, sum=[Term(times=(down,))]), s.have(b >= b, sum=[]))
        ),
    )
    s.conclude(goal, by=done)


@statement("small-enough", "for x >= 0, p > 0 there is c > 0 with x c <= p", kind="lemma", hidden=True)
def small_enough(s: Script) -> None:
    x, p = s.scalar("x"), s.scalar("p")
    nonneg, positive = s.given(x >= 0), s.given(p > 0)
    zero, one_ = s.have(number(0) >= 0, sum=[]), s.have(number(1) > 0, sum=[Term()])
    (t,), known = s.obtain(s.cite("small", a=x, b=number(0), p=p, q=number(1))(nonneg, zero, positive, one_), "t")
    C = of(Variable("c", SCALAR))
    goal = exists(Variable("c", SCALAR), conjunction(C > 0, x * C <= p))
    s.conclude(goal, by=s.witness(goal, t, by=both(known[0], s.have(x * t <= p, sum=[Term(times=(known[2],))]))))


@statement("positive-factor", "a w >= 0, a > 0: w >= 0", kind="lemma", hidden=True)
def positive_factor(s: Script) -> None:
    a, w = s.scalar("a"), s.scalar("w")
    positive, product = s.given(a > 0), s.given(a * w >= 0)
    (y,), about = s.obtain(s.cite("positive-inverse", a=a)(positive), "y")
    s.conclude(w >= 0, by=s.have(w >= 0, about[1], sum=[Term(times=(about[0], product))]))


@statement("lowest-order", "s + t k + t^2 c + t^3 e >= 0 for small t > 0: s >= 0", kind="lemma", hidden=True)
def lowest_order(s: Script) -> None:
    a, k, c, e, K, delta = (s.scalar(name) for name in ("s", "k", "c", "e", "K", "delta"))
    nonneg, positive = s.given(K >= 0), s.given(delta > 0)
    T = of(Variable("t", SCALAR))
    value = lambda t: a + t * k + t**2 * c + t**3 * e
    every = s.given(for_all(Variable("t", SCALAR), implication(T > 0, T * T * K < delta, value(T) >= 0)))
    M = k * k + c * c + e * e + 3
    large = s.have(M >= 0, sum=[Term(squares=(x,)) for x in (k, c, e)] + [Term(3)])

    def low(down: Known) -> Known:
        t = s.inner()
        minus = t.have(-a > 0, sum=[Term(times=(down,))])
        found = s.cite("small", a=M, b=K, p=-a, q=delta)(large, nonneg, minus, positive)
        (x,), about = t.obtain(found, "x")
        up, most, first, second = about.parts()
        here = every(x, up, second)
        room = t.have(1 - x >= 0, sum=[Term(times=(most,))])
        room2 = t.have(1 - x * x >= 0, sum=[Term(times=(room,)), Term(times=(room, up))])
        # y <= y^2 + 1 as (y - 1/2)^2 + 3/4 >= 0
        part = lambda y, factors: [Term(squares=(y - HALF,), times=factors), Term(Fraction(3, 4), times=factors)]
        rest = lambda y, factors: [Term(squares=(y,), times=factors), Term(times=factors)]
        sums = [Term(times=(here,)), Term(times=(first,)), *part(k, (up,)), *part(c, (up, up)), *part(e, (up, up, up))]
        sums += [*rest(c, (up, room)), *rest(e, (up, room2))]
        return t.close(anything(t.have(Falsum(), sum=sums), a >= 0))

    s.conclude(
        a >= 0,
        by=s.by_sign(
            a,
            lambda zero: s.have(a >= 0, zero, sum=[]),
            lambda yes: s.have(a >= 0, sum=[Term(times=(yes,))]),
            low,
        ),
    )
