"""Polyhedral cones K = {d : d b[l] >= 0, l = 1..m} and a linear function s(d) = d a on them: Farkas and Hoffman in one.

Either s is negative somewhere on K, or it is >= 0 there and every d in K is no further than a multiple of s(d) from
some e in K with s(e) = 0 (A. J. Hoffman 1952). By induction on the number of inequalities: the new one either holds at
what is known for the others, or a point moves to the hyperplane where it is an equation, and there the same is known.
"""

from __future__ import annotations

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
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, left_or, one, or_right_of, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from ..relu import by_half
from .chains import compare
from .generic import length

v = nat("~0")


def inside(d: Expr, b, m: Nat) -> Formula:
    """d b[l] >= 0 for l = 1..m; `b` is a function of the index."""
    return in_range("l", 1, m, tr(d @ b(nat("l"))) >= 0)


def bound(b, a: Expr, m: Nat, n: Nat, C: Expr) -> Formula:
    """On the cone s(d) = d a >= 0, and some e with s(e) = 0 has |d - e|^2 <= C s(d)^2."""
    d_, e_ = Variable("d", matrix_sort(1, n)), Variable("e", matrix_sort(1, n))
    d, e = of(d_), of(e_)
    near = exists(e_, conjunction(inside(e, b, m), tr(e @ a) == 0, norm2(d - e) <= C * tr(d @ a) ** 2))
    return for_all(d_, Implies(inside(d, b, m), conjunction(tr(d @ a) >= 0, near)))


def negative(b, a: Expr, m: Nat, n: Nat) -> Formula:
    """s is negative somewhere on the cone."""
    d = Variable("d", matrix_sort(1, n))
    return exists(d, conjunction(inside(of(d), b, m), tr(of(d) @ a) < 0))


def bounded(b, a: Expr, m: Nat, n: Nat) -> Formula:
    """There is a constant for the bound."""
    C = Variable("C", SCALAR)
    return exists(C, conjunction(of(C) >= 0, bound(b, a, m, n, of(C))))


@statement("hyperplane", "the orthogonal projector P onto the rows d with d b = 0", kind="lemma", hidden=True)
def hyperplane(s: Script) -> None:
    (n,) = s.dims("n")
    (b,) = s.matrices("b: n x 1")
    not_zero = s.given(norm2(b) > 0, "b is not zero")
    (y,), unity = s.obtain(reciprocal(not_zero), "y")
    P = ident(n) - y * b @ b.T
    P_, d_ = Variable("P", matrix_sort(n, n)), Variable("d", matrix_sort(1, n))
    square = one(b.T @ b)
    t = s.inner()
    d = of(t.let(d_))
    fixed = t.close(t.have(d @ P == d, t.given(d @ b == null(1, 1))))
    body = lambda P: conjunction(
        P.T == P, P @ P == P, P @ b == null(n, 1), for_all(d_, Implies(of(d_) @ b == null(1, 1), of(d_) @ P == of(d_)))
    )
    goal = exists(P_, body(of(P_)))
    vanishes = s.have(P @ b == null(n, 1), square, unity)
    proofs = s.have(P.T == P), s.have(P @ P == P, square, unity), vanishes, fixed
    s.conclude(goal, by=s.witness(goal, P, by=both(*proofs)))


@statement("crossing", "p >= 0 > q: (1 - t) p + t q = 0 for some 0 <= t <= 1", kind="lemma", hidden=True)
def crossing(s: Script) -> None:
    p, q = s.scalar("p"), s.scalar("q")
    up, down = s.given(p >= 0), s.given(q < 0)
    total = s.have(p - q > 0, sum=[Term(times=(up,)), Term(times=(down,))])
    (y,), about = s.obtain(s.cite("positive-inverse", a=p - q)(total), "y")
    t = p * y
    T = of(Variable("t", SCALAR))
    goal = exists(Variable("t", SCALAR), conjunction(T >= 0, 1 - T >= 0, (1 - T) * p + T * q == 0))
    low = s.have(t >= 0, sum=[Term(times=(up, about[0]))])
    high = s.have(1 - t >= 0, about[1], sum=[Term(times=(down, about[0]))])
    s.conclude(goal, by=s.witness(goal, t, by=both(low, high, s.have((1 - t) * p + t * q == 0, about[1]))))


@statement("falling", "p >= 0 > q: p + t q = 0 for some t >= 0", kind="lemma", hidden=True)
def falling(s: Script) -> None:
    p, q = s.scalar("p"), s.scalar("q")
    up, down = s.given(p >= 0), s.given(q < 0)
    minus = s.have(-q > 0, sum=[Term(times=(down,))])
    (y,), about = s.obtain(s.cite("positive-inverse", a=-q)(minus), "y")
    t = p * y
    T = of(Variable("t", SCALAR))
    goal = exists(Variable("t", SCALAR), conjunction(T >= 0, p + T * q == 0))
    low = s.have(t >= 0, sum=[Term(times=(up, about[0]))])
    s.conclude(goal, by=s.witness(goal, t, by=both(low, s.have(p + t * q == 0, about[1]))))


@statement("square-grows", "0 <= a <= b: aa <= bb", kind="lemma", hidden=True)
def square_grows(s: Script) -> None:
    a, b = s.scalar("a"), s.scalar("b")
    low, high = s.given(a >= 0), s.given(b >= a)
    s.conclude(a * a <= b * b, by=s.have(a * a <= b * b, sum=[Term(times=(high, high)), Term(2, times=(low, high))]))


@statement(
    "two-steps",
    "|d - p|^2 <= c ss, |p - e|^2 <= k rr, 0 <= r <= s, k >= 0: |d - e P|^2 <= 2 (c + k) ss, for pP = p",
    kind="lemma",
    hidden=True,
)
def two_steps(s: Script) -> None:
    s.dims("n")
    d, p, e, P = s.matrices("d: 1 x n, p: 1 x n, e: 1 x n, P: n x n")
    c, k, r, u = (s.scalar(name) for name in ("c", "k", "r", "s"))
    first = s.given(norm2(d - p) <= c * (u * u))
    second = s.given(norm2(p - e) <= k * (r * r))
    low, high, positive = s.given(r >= 0), s.given(u >= r), s.given(k >= 0)
    proj = s.given(conjunction(P.T == P, P @ P == P))
    fixed = s.given(p @ P == p)
    squares = s.cite("square-grows", a=r, b=u)(low, high)
    Q = ident("n") - P
    M = p - e
    shorter = s.have(norm2(p - e @ P) <= norm2(M), proj, fixed, sum=[Term(grams=(M @ Q,))])
    sides = s.have(
        norm2(d - e @ P) <= 2 * norm2(d - p) + 2 * norm2(p - e @ P), sum=[Term(grams=((d - p) - (p - e @ P),))]
    )
    sums = [Term(times=(shorter,)), Term(times=(second,)), Term(times=(positive, squares))]
    last = s.have(norm2(p - e @ P) <= k * (u * u), sum=sums)
    goal = norm2(d - e @ P) <= 2 * (c + k) * (u * u)
    s.conclude(goal, by=s.have(goal, sum=[Term(times=(sides,)), Term(2, times=(first,)), Term(2, times=(last,))]))


@statement(
    "cone-bound",
    "d a is negative somewhere on a polyhedral cone, or else bounds the distance from where it is 0",
    kind="lemma",
    hidden=True,
)
def cone_bound(s: Script) -> None:
    m, n = s.dims("m n")
    b_, a_ = Variable("b", matrix_sort(n, 1), 1), Variable("a", matrix_sort(n, 1))
    a = of(a_)
    member = lambda l: of(b_, l)

    def claim(k: Nat) -> Formula:
        return for_all(b_, a_, Or(negative(member, a, k, n), bounded(member, a, k, n)))

    base = s.inner()
    base.let(b_), base.let(a_)
    start = base.close(at_no_inequality(base, member, a, n))

    def step(t: Context, k: Nat, below: Known, so_far: Known) -> Known:
        t.let(b_), t.let(a_)
        return Step(s, t, k, so_far, b_, a, n).done()

    every = s.induction("k", m, claim, start, step)
    done = every(m, s.linear(at_least(m, m)))
    s.conclude(done.formula, by=done)


def nowhere(t: Context, claim) -> Known:
    """in_range over 1..0."""
    u = t.inner()
    (l,) = u.dims("l")
    no = u.linear(Falsum(), u.given(at_least(l, 1)), u.given(at_least(nat(0), l)))
    return u.close(anything(no, claim(l)))


def at_no_inequality(t: Context, b, a: Expr, n: Nat) -> Known:
    """The cone is the whole space: a = 0, or -a' is a place where s is negative."""
    left, right = negative(b, a, nat(0), n), bounded(b, a, nat(0), n)

    def flat(zero: Known) -> Known:
        u = t.inner()
        d = u.matrix("d", 1, n)
        within = u.given(inside(d, b, nat(0)))
        level = u.have(tr(d @ a) == 0, zero)
        C = number(0)
        near = exists(
            Variable("e", matrix_sort(1, n)),
            conjunction(
                inside(of(Variable("e", matrix_sort(1, n))), b, nat(0)),
                tr(of(Variable("e", matrix_sort(1, n))) @ a) == 0,
                norm2(d - of(Variable("e", matrix_sort(1, n)))) <= C * tr(d @ a) ** 2,
            ),
        )
        itself = u.witness(near, d, by=both(within, level, u.have(norm2(d - d) <= C * tr(d @ a) ** 2, sum=[])))
        done = u.close(both(u.have(tr(d @ a) >= 0, level, sum=[]), itself))
        return or_right_of(left, t.witness(right, C, by=both(t.have(C >= 0, sum=[]), done)))

    def steep(not_zero: Known) -> Known:
        d = -a.T
        down = t.have(tr(d @ a) < 0, sum=[Term(times=(length(t, a, not_zero),))])
        return left_or(t.witness(left, d, by=both(nowhere(t, lambda l: tr(d @ b(l)) >= 0), down)), right)

    return t.decide(a == null(n, 1), flat, steep)


class Step:
    """From k inequalities to k + 1."""

    def __init__(self, s: Script, t: Context, k: Nat, so_far: Known, b_: Variable, a: Expr, n: Nat) -> None:
        self.s, self.t, self.k, self.so_far, self.a, self.n = s, t, k, so_far, a, n
        self.b = lambda l: of(b_, l)
        self.family = b_
        self.new = of(b_, k + 1)
        self.left, self.right = negative(self.b, a, k + 1, n), bounded(self.b, a, k + 1, n)

    def done(self) -> Known:
        return self.t.decide(self.new == null(self.n, 1), self.trivial, self.proper)

    def within(self, c: Context, d: Expr, before: Known, last: Known) -> Known:
        """d lies in the cone of k + 1 inequalities."""
        u = c.inner()
        (l,) = u.dims("l")
        low, high = u.given(at_least(l, 1)), u.given(at_least(self.k + 1, l))
        claim = lambda i: tr(d @ self.b(i)) >= 0
        every = compare(
            u,
            l,
            self.k + 1,
            lambda equal: u.moved(claim, last, self.k + 1, l, equal),
            lambda less: before(l, low, u.linear(at_least(self.k, l), less)),
            lambda more: anything(u.linear(Falsum(), more, high), claim(l)),
        )
        return u.close(every)

    def first(self, c: Context, known: Known) -> Known:
        """d lies in the cone of the first k."""
        u = c.inner()
        (l,) = u.dims("l")
        low, high = u.given(at_least(l, 1)), u.given(at_least(self.k, l))
        return u.close(known(l, low, u.linear(at_least(self.k + 1, l), high)))

    def last(self, c: Context, known: Known) -> Known:
        """d b[k+1] >= 0."""
        return known(self.k + 1, c.linear(at_least(self.k + 1, 1)), c.linear(at_least(self.k + 1, self.k + 1)))

    def falls(self, c: Context, d: Expr, before: Known, last: Known, down: Known) -> Known:
        """s(d) < 0 at a point of the cone: the first alternative."""
        return left_or(c.witness(self.left, d, by=both(self.within(c, d, before, last), down)), self.right)

    def near(self, d: Expr, C: Expr) -> Formula:
        e_ = Variable("e", matrix_sort(1, self.n))
        e = of(e_)
        return exists(
            e_,
            conjunction(inside(e, self.b, self.k + 1), tr(e @ self.a) == 0, norm2(d - e) <= C * tr(d @ self.a) ** 2),
        )

    def holds(self, c: Context, C: Expr, positive: Known, prove) -> Known:
        """The second alternative: `prove(context, d, d in the cone)` gives s(d) >= 0 and `near`."""
        u = c.inner()
        d = u.matrix("d", 1, self.n)
        known = u.given(inside(d, self.b, self.k + 1))
        every = u.close(prove(u, d, known))
        return or_right_of(self.left, c.witness(self.right, C, by=both(positive, every)))

    def trivial(self, zero: Known) -> Known:
        """b[k+1] = 0 says nothing."""
        t = self.t

        def free(c: Context, d: Expr) -> Known:
            return c.have(tr(d @ self.new) >= 0, c.have(tr(d @ self.new) == 0, zero), sum=[])

        def down(known: Known) -> Known:
            c = t.inner()
            (d,), about = c.obtain(known, "d0")
            *within, low = about.parts()
            return c.close(self.falls(c, d, within[0], free(c, d), low))

        def flat(known: Known) -> Known:
            c = t.inner()
            (C,), about = c.obtain(known, "C0")
            positive, every = about.parts()

            def prove(u: Context, d: Expr, inside_: Known) -> Known:
                nonnegative, there = every(d, self.first(u, inside_)).parts()
                w = u.inner()
                (e,), of_e = w.obtain(there, "e0")
                e_in, level, close = of_e.parts()
                at_e = self.within(w, e, e_in, free(w, e))
                return both(nonnegative, w.close(w.witness(self.near(d, C), e, by=both(at_e, level, close))))

            return c.close(self.holds(c, C, positive, prove))

        return t.either(self.so_far(self.family, self.a), down, flat)

    def proper(self, not_zero: Known) -> Known:
        """P projects onto the hyperplane d b[k+1] = 0, where the same is known of P b[l] and P a."""
        t = self.t.inner()
        size = length(t, self.new, not_zero)
        (self.P,), about = t.obtain(self.s.cite("hyperplane", b=self.new)(size), "P")
        self.proj, self.vanishes, self.fixed = both(about[0], about[1]), about[2], about[3]
        projected = Family(1, (self.P @ of(self.family, v)).term)
        on_face = self.so_far(projected, self.P @ self.a)

        def down(known: Known) -> Known:
            c = t.inner()
            (d,), found = c.obtain(known, "d0")
            before, low = found.parts()
            e = d @ self.P
            last = c.have(tr(e @ self.new) >= 0, c.have(tr(e @ self.new) == 0, self.vanishes), sum=[])
            return c.close(self.falls(c, e, before, last, low))

        return t.close(t.either(on_face, down, lambda known: self.with_face(t, known)))

    def with_face(self, t: Context, known: Known) -> Known:
        c = t.inner()
        (self.K,), about = c.obtain(known, "K")
        self.K_positive, self.face = about.parts()

        def down(other: Known) -> Known:
            u = c.inner()
            (w,), found = u.obtain(other, "w")
            before, low = found.parts()
            done = by_half(
                u,
                tr(w @ self.new),
                lambda up: self.falls(u, w, before, up, low),
                lambda no: self.towards(u, w, before, low, no),
            )
            return u.close(done)

        return c.close(c.either(self.so_far(self.family, self.a), down, lambda flat: self.between(c, flat)))

    def finish(
        self, u: Context, d: Expr, p: Expr, p_in: Known, flat: Known, c: Expr, near: Known, more: Known, C: Expr
    ) -> Known:
        """s(p) >= 0, and `near` for d, from a point p of the face with |d - p|^2 <= c s(d)^2 and s(p) <= s(d)."""
        P, a = self.P, self.a
        stays = self.fixed(p, flat)
        w = u.inner()
        (l,) = w.dims("l")
        here = p_in(l, w.given(at_least(l, 1)), w.given(at_least(self.k, l)))
        same = w.have(tr(p @ P @ self.b(l)) >= 0, stays, sum=[Term(times=(here,))])
        nonnegative, there = self.face(p, w.close(same)).parts()
        w = u.inner()
        (e,), of_e = w.obtain(there, "e0")
        e_in, level, close = of_e.parts()
        value = w.have(tr(p @ P @ a) == tr(p @ a), stays)
        low = w.have(tr(p @ a) >= 0, value, sum=[Term(times=(nonnegative,))])
        r, size = tr(p @ a), tr(d @ a)
        close = w.have(norm2(p - e) <= self.K * (r * r), value, sum=[Term(times=(close,))])
        bound_ = self.s.cite("two-steps", d=d, p=p, e=e, P=P, c=c, k=self.K, r=r, s=size)
        short = bound_(near, close, low, more(w, low), self.K_positive, self.proj, stays)
        last = w.have(tr(e @ P @ self.new) >= 0, w.have(tr(e @ P @ self.new) == 0, self.vanishes), sum=[])
        at_e = self.within(w, e @ P, e_in, last)
        found = w.witness(self.near(d, C), e @ P, by=both(at_e, level, short))
        positive = w.have(size >= 0, sum=[Term(times=(low,)), Term(times=(more(w, low),))])
        return w.close(both(positive, found))

    def between(self, c: Context, known: Known) -> Known:
        """s >= 0 on the cone of the first k: from e with s(e) = 0 back towards d, as far as the face if need be."""
        t = c.inner()
        (C1,), about = t.obtain(known, "C1")
        positive, every = about.parts()
        C = 2 * (C1 + self.K)
        nonneg = t.have(C >= 0, sum=[Term(2, times=(positive,)), Term(2, times=(self.K_positive,))])

        def prove(u: Context, d: Expr, inside_: Known) -> Known:
            s_d, there = every(d, self.first(u, inside_)).parts()
            w = u.inner()
            (e,), of_e = w.obtain(there, "e1")
            e_in, level, close = of_e.parts()
            size = tr(d @ self.a)

            def at_e(up: Known) -> Known:
                more = [Term(times=(close,)), Term(squares=(size,), times=(positive,))]
                room = w.have(
                    norm2(d - e) <= C * size**2, sum=[*more, Term(2, squares=(size,), times=(self.K_positive,))]
                )
                found = w.witness(self.near(d, C), e, by=both(self.within(w, e, e_in, up), level, room))
                return both(s_d, found)

            def on_face(down: Known) -> Known:
                x = w.inner()
                numbers = dict(p=tr(d @ self.new), q=tr(e @ self.new))
                (theta,), about = x.obtain(self.s.cite("crossing", **numbers)(self.last(x, inside_), down), "theta")
                low, high, meets = about.parts()
                p = (1 - theta) * d + theta * e
                y = x.inner()
                (l,) = y.dims("l")
                bounds = y.given(at_least(l, 1)), y.given(at_least(self.k, l))
                both_in = self.first(y, inside_)(l, *bounds), e_in(l, *bounds)
                parts = [Term(times=(high, both_in[0])), Term(times=(low, both_in[1]))]
                p_in = y.close(y.have(tr(p @ self.b(l)) >= 0, sum=parts))
                flat = x.have(p @ self.new == null(1, 1), meets, one(d @ self.new), one(e @ self.new))
                # |d - p|^2 = theta^2 |d - e|^2
                less = x.have(1 - theta**2 >= 0, sum=[Term(times=(high,)), Term(times=(high, low))])
                near = x.have(
                    norm2(d - p) <= C1 * (size * size),
                    sum=[Term(times=(close,)), Term(grams=(d - e,), times=(less,))],
                )
                more = lambda z, s_p: z.have(size >= tr(p @ self.a), level, sum=[Term(times=(low, s_d))])
                return x.close(self.finish(x, d, p, p_in, flat, C1, near, more, C))

            return w.close(by_half(w, tr(e @ self.new), at_e, on_face))

        return t.close(self.holds(t, C, nonneg, prove))

    def towards(self, c: Context, w: Expr, w_in: Known, low: Known, down: Known) -> Known:
        """s(w) < 0 and w b[k+1] < 0: from d along w, s falls, and the face is reached."""
        t = c.inner()
        minus = t.have(-tr(w @ self.a) > 0, sum=[Term(times=(low,))])
        (y,), about = t.obtain(self.s.cite("positive-inverse", a=-tr(w @ self.a))(minus), "y")
        C1 = y * y * norm2(w)
        C = 2 * (C1 + self.K)
        nonneg = t.have(C >= 0, sum=[Term(2, squares=(y,), grams=(w,)), Term(2, times=(self.K_positive,))])

        def prove(u: Context, d: Expr, inside_: Known) -> Known:
            x = u.inner()
            numbers = dict(p=tr(d @ self.new), q=tr(w @ self.new))
            (tau,), of_tau = x.obtain(self.s.cite("falling", **numbers)(self.last(x, inside_), down), "tau")
            positive, meets = of_tau.parts()
            p = d + tau * w
            z = x.inner()
            (l,) = z.dims("l")
            bounds = z.given(at_least(l, 1)), z.given(at_least(self.k, l))
            parts = [Term(times=(self.first(z, inside_)(l, *bounds),)), Term(times=(positive, w_in(l, *bounds)))]
            p_in = z.close(z.have(tr(p @ self.b(l)) >= 0, sum=parts))
            flat = x.have(p @ self.new == null(1, 1), meets, one(d @ self.new), one(w @ self.new))
            stays = self.fixed(p, flat)
            z = x.inner()
            (l,) = z.dims("l")
            here = p_in(l, z.given(at_least(l, 1)), z.given(at_least(self.k, l)))
            same = z.have(tr(p @ self.P @ self.b(l)) >= 0, stays, sum=[Term(times=(here,))])
            s_p = x.have(
                tr(p @ self.a) >= 0,
                x.have(tr(p @ self.P @ self.a) == tr(p @ self.a), stays),
                sum=[Term(times=(self.face(p, z.close(same))[0],))],
            )
            size = tr(d @ self.a)
            # tau <= y s(d), as s(d) - tau (-s(w)) = s(p) >= 0
            short = x.have(y * size >= tau, about[1], sum=[Term(times=(about[0], s_p))])
            squares = self.s.cite("square-grows", a=tau, b=y * size)(positive, short)
            near = x.have(norm2(d - p) <= C1 * (size * size), sum=[Term(grams=(w,), times=(squares,))])
            more = lambda c_, low_: c_.have(size >= tr(p @ self.a), sum=[Term(times=(positive, minus))])
            return x.close(self.finish(x, d, p, p_in, flat, C1, near, more, C))

        return t.close(self.holds(t, C, nonneg, prove))
