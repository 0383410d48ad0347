"""Absolute values and sigma of numbers: products, equal squares, second differences."""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import SCALAR, Falsum, Formula, Implies, Variable, conjunction, exists
from symbolic_cp.prover.context import Context, Known, Term, anything, both
from symbolic_cp.prover.expression import Expr, norm2, of

from ..relu import by_half, rectified


def absolute(m: Expr, n: Expr) -> Formula:
    """n = |m|, of numbers."""
    return conjunction(Implies(m >= 0, n == m), Implies(m < 0, n == -m))


def pinched(t: Context, x: Expr, low: Known, high: Known) -> Known:
    """x = 0, from x >= 0 and -x >= 0."""
    return t.by_sign(
        x,
        lambda zero: zero,
        lambda yes: anything(t.have(Falsum(), sum=[Term(times=(yes,)), Term(times=(high,))]), x == 0),
        lambda no: anything(t.have(Falsum(), sum=[Term(times=(no,)), Term(times=(low,))]), x == 0),
    )


def vanishing(t: Context, m: Expr, n: Expr, known: Known, zero: Known) -> Known:
    """n = |m| = 0, from m = 0."""
    return t.have(n == 0, known[0](t.have(m >= 0, zero, sum=[])), zero)


def itself(t: Context, x: Expr) -> Known:
    """|x|^2 is its own absolute value."""
    square = norm2(x)
    up, down = t.inner(), t.inner()
    up.given(square >= 0)
    first = up.close(up.have(square == square))
    negative = down.given(square < 0)
    falsum = down.have(Falsum(), sum=[Term(times=(negative,)), Term(grams=(x,))])
    return both(first, down.close(anything(falsum, square == -square)))


def signed(t: Context, g: Expr, m: Expr, n: Expr, known: Known, product: Known) -> Known:
    """g n = 0, from n = |m| and g m = 0."""
    return by_half(
        t,
        m,
        lambda up: t.have(g * n == 0, known[0](up), product),
        lambda down: t.have(g * n == 0, known[1](down), product),
    )


@statement("absolute-exists", "|m| exists", kind="lemma", hidden=True)
def absolute_exists(s: Script) -> None:
    m = s.scalar("m")
    free = Variable("x", SCALAR)
    goal = exists(free, absolute(m, of(free)))

    def made(x: Expr, known: Known) -> Known:
        parts = []
        for case, claim in ((m >= 0, x == m), (m < 0, x == -m)):
            u = s.inner()
            given = u.given(case)
            if case == known.formula:
                parts.append(u.close(u.have(claim)))
            else:
                falsum = u.have(Falsum(), sum=[Term(times=(given,)), Term(times=(known,))])
                parts.append(u.close(anything(falsum, claim)))
        return s.witness(goal, x, by=both(*parts))

    s.conclude(goal, by=by_half(s, m, lambda up: made(m, up), lambda down: made(-m, down)))


@statement("absolute-product", "p = |a|, q = |b|, r = |c|, w = |d|, ab = cd: pq = rw", kind="lemma", hidden=True)
def absolute_product(s: Script) -> None:
    a, b, c, d, p, q, r, w = (s.scalar(name) for name in ("a", "b", "c", "d", "p", "q", "r", "w"))
    pairs = [(a, p), (b, q), (c, r), (d, w)]
    known = [s.given(absolute(m, n)) for m, n in pairs]
    product = s.given(a * b == c * d)
    goal = p * q == r * w
    above = []
    for (m, n), one_ in zip(pairs, known, strict=True):
        above.append(
            by_half(
                s,
                m,
                lambda up, m=m, n=n, one_=one_: both(
                    s.have(n >= 0, one_[0](up), sum=[Term(times=(up,))]), s.have(n * n == m * m, one_[0](up))
                ),
                lambda down, m=m, n=n, one_=one_: both(
                    s.have(n >= 0, one_[1](down), sum=[Term(times=(down,))]), s.have(n * n == m * m, one_[1](down))
                ),
            )
        )
    squares = s.have((p * q) * (p * q) == (r * w) * (r * w), product, *(one_[1] for one_ in above))
    left = s.have(p * q >= 0, sum=[Term(times=(above[0][0], above[1][0]))])
    right = s.have(r * w >= 0, sum=[Term(times=(above[2][0], above[3][0]))])
    s.conclude(goal, by=s.cite("equal-squares", a=p * q, b=r * w)(left, right, squares))


@statement("equal-squares", "a, b >= 0 and aa = bb: a = b", kind="lemma", hidden=True)
def equal_squares(s: Script) -> None:
    a, b = s.scalar("a"), s.scalar("b")
    ha, hb = s.given(a >= 0), s.given(b >= 0)
    same = s.given(a * a == b * b)
    goal = a == b

    def apart(sign: Known, first: Expr, second: Expr, nonneg: Known) -> Known:
        """first > second >= 0 has a larger square: 0 = (first - second)^2 + 2 second (first - second)."""
        positive = s.have(first - second > 0, sum=[Term(times=(sign,))])
        zero = s.have(Falsum(), same, sum=[Term(times=(positive, positive)), Term(2, times=(nonneg, positive))])
        return anything(zero, goal)

    s.conclude(
        goal,
        by=s.by_sign(
            a - b,
            lambda zero: s.have(goal, zero),
            lambda yes: apart(yes, a, b, hb),
            lambda no: apart(no, b, a, ha),
        ),
    )


@statement("second-difference", "sigma(a + b) + sigma(a - b) = 2 sigma(a) if aa >= bb", kind="lemma", hidden=True)
def second_difference(s: Script) -> None:
    a, b, p, q, r = (s.scalar(name) for name in ("a", "b", "p", "q", "r"))
    large = s.given(a * a >= b * b)
    plus, minus, middle = s.given(rectified(a + b, p)), s.given(rectified(a - b, q)), s.given(rectified(a, r))
    goal = p + q == 2 * r

    def sided(x: Expr, near: Known, sign: int) -> Known:
        """sign x >= 0, from sign a >= 0, for x = a + b or a - b: else sign (2a - x) <= 0 too."""
        other = 2 * a - x
        return s.by_sign(
            sign * x,
            lambda zero: s.have(sign * x >= 0, zero, sum=[]),
            lambda yes: s.have(sign * x >= 0, sum=[Term(times=(yes,))]),
            lambda no: anything(
                s.by_sign(
                    sign * other,
                    lambda z: s.have(Falsum(), z, sum=[Term(2, times=(near,)), Term(times=(no,))]),
                    lambda y: s.have(Falsum(), sum=[Term(times=(large,)), Term(times=(no, y))]),
                    lambda n: s.have(Falsum(), sum=[Term(2, times=(near,)), Term(times=(no,)), Term(times=(n,))]),
                ),
                sign * x >= 0,
            ),
        )

    def up(near: Known) -> Known:
        return s.have(goal, plus[0](sided(a + b, near, 1)), minus[0](sided(a - b, near, 1)), middle[0](near))

    def off(x: Expr, n: Expr, known: Known, below: Known) -> Known:
        """n = sigma(x) = 0 for -x >= 0."""
        return by_half(
            s,
            x,
            lambda yes: s.have(n == 0, known[0](yes), pinched(s, x, yes, below)),
            known[1],
        )

    def down(near: Known) -> Known:
        below = s.have(-a >= 0, sum=[Term(times=(near,))])
        first = off(a + b, p, plus, sided(a + b, below, -1))
        second = off(a - b, q, minus, sided(a - b, below, -1))
        return s.have(goal, first, second, middle[1](near))

    s.conclude(goal, by=by_half(s, a, up, down))


@statement(
    "second-difference-bent", "sigma(a + b) + sigma(a - b) - 2 sigma(a) = |b| at a = 0", kind="lemma", hidden=True
)
def second_difference_bent(s: Script) -> None:
    a, b, p, q, r, w = (s.scalar(name) for name in ("a", "b", "p", "q", "r", "v"))
    edge = s.given(a == 0)
    plus, minus, middle = s.given(rectified(a + b, p)), s.given(rectified(a - b, q)), s.given(rectified(a, r))
    size = s.given(absolute(b, w))
    goal = p + q - 2 * r == w
    none = s.have(r == 0, middle[0](s.have(a >= 0, edge, sum=[])), edge)

    def up(known: Known) -> Known:
        first = plus[0](s.have(a + b >= 0, edge, sum=[Term(times=(known,))]))
        below = lambda yes: s.have(-b >= 0, edge, sum=[Term(times=(yes,))])
        off = by_half(
            s,
            a - b,
            lambda yes: s.have(q == 0, minus[0](yes), edge, pinched(s, b, known, below(yes))),
            minus[1],
        )
        return s.have(goal, first, off, none, edge, size[0](known))

    def down(known: Known) -> Known:
        first = plus[1](s.have(a + b < 0, edge, sum=[Term(times=(known,))]))
        second = minus[0](s.have(a - b >= 0, edge, sum=[Term(times=(known,))]))
        return s.have(goal, first, second, none, edge, size[1](known))

    s.conclude(goal, by=by_half(s, b, up, down))
