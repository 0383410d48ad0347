"""All patterns of signs of a row D X at once: what holds on every cone, with a constant of its own, holds everywhere.

On the cone of a pattern mu (mu[l] is 1 where x_l fires, else 0) N = sigma(D X) is D X M', with M' = diag(mu). There are
finitely many patterns, and a claim with a constant delta > 0 that also holds for smaller ones holds with the least. The
signs of the last columns are prescribed, fewer and fewer of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbolic_cp.book.script import Script
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
from symbolic_cp.prover.expression import Expr, number, of, tr

from ..entries import is_sigma_row
from ..families import same
from ..relu import Coordinates, by_half, rectified
from .absolute import pinched
from .chains import compare
from .rows import by_cases, each_place, equal_rows

v = nat("~0")
MU, DELTA = Variable("mu", SCALAR, 1), Variable("delta", SCALAR)


def mu(l: Nat | str) -> Expr:
    return of(MU, l)


def bit(value: Expr) -> Formula:
    """The number is 0 or 1."""
    return Or(value == 0, value == 1)


@dataclass(frozen=True)
class Signs:
    """A claim `body(delta, D, N)` about all D (1 x n) and N = sigma(D X)."""

    s: Script
    n: Nat
    f: Coordinates
    complete: Known
    X: Expr
    body: Callable[[Expr, Expr, Expr], Formula]

    @property
    def rows(self) -> tuple[Variable, Variable]:
        """Bound letters for D and N."""
        return Variable("D", matrix_sort(1, self.n)), Variable("N", matrix_sort(1, self.f.size))

    def fires(self, D: Expr, N: Expr) -> Formula:
        """N = sigma(D X)."""
        return is_sigma_row(D @ self.X, N, self.f)

    def side(self, D: Expr, value: Expr, l: Nat | str) -> Formula:
        """D x_l >= 0 if the value is 1, and <= 0 if it is 0."""
        return tr((2 * value - 1) * D @ self.X @ self.f[l]) >= 0

    def agree(self, D: Expr, signs, k: Nat) -> Formula:
        """D has the signs at l > k."""
        return in_range("l", k + 1, self.f.size, self.side(D, signs(nat("l")), "l"))

    def near(self, signs, k: Nat) -> Formula:
        """The claim for all D with these signs at l > k, with one delta."""
        D, N = (of(row) for row in self.rows)
        body = implication(self.fires(D, N), self.agree(D, signs, k), self.body(of(DELTA), D, N))
        return exists(DELTA, conjunction(of(DELTA) > 0, for_all(*self.rows, body)))

    def claim(self, k: Nat) -> Formula:
        """The same for all patterns."""
        bits = in_range("l", 1, self.f.size, bit(mu("l")))
        return for_all(MU, Implies(bits, self.near(mu, k)))

    def everywhere(self, on_cone, weaken) -> Known:
        """There is delta > 0 with the claim for all D.

        `on_cone(context, turn, cone, sigma)` proves it on one cone, where N = D turn: there is delta > 0 such that for
        all d in the cone body(delta, d, d turn). `cone(d)` is the formula that d lies in it, and `sigma(context, d,
        known)` proves that d turn = sigma(d X). `weaken(context, goal, known, larger)` proves the body for a smaller
        delta.
        """
        s, z = self.s, self.f.size
        every = s.induction(
            "k", z, self.claim, Cone(self, s.inner()).start(on_cone), lambda t, *rest: self.step(t, *rest, weaken)
        )
        ones = Family(1, number(1).term)
        t = s.inner()
        (l,) = t.dims("l")
        t.given(at_least(l, 1)), t.given(at_least(z, l))
        all_ones = t.close(or_right_of(number(1) == 0, t.have(number(1) == 1)))
        (delta,), about = s.obtain(every(z, s.linear(at_least(z, z)))(ones, all_ones), "delta3")
        u = s.inner()
        D, N = (of(u.let(row)) for row in self.rows)
        sigma = u.given(self.fires(D, N))
        w = u.inner()
        (l,) = w.dims("l")
        none = w.linear(Falsum(), w.given(at_least(l, z + 1)), w.given(at_least(z, l)))
        vacuous = w.close(anything(none, self.side(D, number(1), l)))
        done = u.close(about[1](D, N, sigma, vacuous))
        return s.witness(self.result(), delta, by=both(about[0], done))

    def result(self) -> Formula:
        """There is delta > 0 with the claim for all D."""
        D, N = (of(row) for row in self.rows)
        body = Implies(self.fires(D, N), self.body(of(DELTA), D, N))
        return exists(DELTA, conjunction(of(DELTA) > 0, for_all(*self.rows, body)))

    def step(self, t: Context, k: Nat, below: Known, so_far: Known, weaken) -> Known:
        """One sign less is prescribed: with either sign there is a delta; the smaller one will do."""
        s, z = self.s, self.f.size
        t.let(MU)
        bits = t.given(in_range("l", 1, z, bit(mu("l"))), "mu is 0 or 1")
        (e_,), at_e = t.obtain(s.cite("indicator", l=z, N=k + 1), "e")
        known, turned = [], []
        for name, value in (("delta1", 1), ("delta2", 0)):
            changed = lambda l, value=value: mu(l) + of(e_, l) * (value - mu(l))
            is_bits = self.changed_bits(t, k, value, changed, bits, at_e)
            (delta,), about = t.obtain(so_far(Family(1, changed(v).term), is_bits), name)
            known.append((delta, about))
            turned.append(changed)
        least = s.cite("smaller", a=known[0][0], b=known[1][0])(known[0][1][0], known[1][1][0])
        (delta,), small = t.obtain(least, "delta0")

        u = t.inner()
        D, N = (of(u.let(row)) for row in self.rows)
        sigma, sided = u.given(self.fires(D, N)), u.given(self.agree(D, mu, k + 1))
        value = tr(D @ self.X @ self.f[k + 1])

        def use(which: int, sign: Known) -> Known:
            """The new sign as it is at D."""
            changed = turned[which]
            side = lambda l: self.side(D, changed(l), l)
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
            here = known[which][1][1](D, N, sigma, w.close(every))
            return weaken(u, self.body(delta, D, N), here, small[1 + which])

        down = lambda sign: use(1, u.have(-value >= 0, sum=[Term(times=(sign,))]))
        done = u.close(by_half(u, value, lambda up: use(0, up), down))
        return t.witness(self.near(mu, k + 1), delta, by=both(small[0], done))

    def changed_bits(self, t: Context, k: Nat, value: int, changed, bits: Known, at_e: Known) -> Known:
        """With one value exchanged they are still 0 or 1."""
        u = t.inner()
        (l,) = u.dims("l")
        low, high = u.given(at_least(l, 1)), u.given(at_least(self.f.size, l))
        here = at_e(l, high)
        kinds = changed(l) == 0, changed(l) == 1

        def at_new(yes: Known) -> Known:
            is_value = u.have(kinds[value], here[0](yes))
            return or_right_of(kinds[0], is_value) if value else left_or(is_value, kinds[1])

        def elsewhere(no: Known) -> Known:
            zero = here[1](no)
            return u.either(
                bits(l, low, high),
                lambda is_0: left_or(u.have(kinds[0], zero, is_0), kinds[1]),
                lambda is_1: or_right_of(kinds[0], u.have(kinds[1], zero, is_1)),
            )

        return u.close(u.decide(same(l, k + 1), at_new, elsewhere))


class Cone:
    """All signs are prescribed: N is linear in D."""

    def __init__(self, all_: Signs, t: Context) -> None:
        self.all, self.t, self.f, self.X = all_, t, all_.f, all_.X
        t.let(MU)
        self.bits = t.given(in_range("l", 1, self.f.size, bit(mu("l"))), "mu is 0 or 1")
        rows = Family(1, (mu(v) * of(self.f.columns, v).T).term)
        size = self.f.size
        found = all_.s.cite("rows-given", n=size, m=size, c=self.f.columns, Cs=self.f.partial, w=rows)(all_.complete)
        (M,), self.of_M = t.obtain(found, "M")
        self.turn = self.X @ M.T

    def start(self, on_cone) -> Known:
        """The claim for one pattern."""
        t, all_ = self.t, self.all
        inside = lambda d: all_.agree(d, mu, nat(0))
        (delta,), about = t.obtain(on_cone(t, self.turn, inside, self.sigma), "delta0")
        u = t.inner()
        D, N = (of(u.let(row)) for row in all_.rows)
        sigma, sided = u.given(all_.fires(D, N)), u.given(inside(D))
        entry = lambda w, l, low, high: self.entry(w, l, low, high, D, N, sigma, sided)
        equal = equal_rows(all_.s, self.f, all_.complete, N, D @ self.turn, each_place(u, self.f, entry))
        last = with_rows(u, all_.body(delta, D, N), about[1](D, sided), equal, N)
        return t.close(t.witness(all_.near(mu, nat(0)), delta, by=both(about[0], u.close(last))))

    def sides(self, u: Context, l: Nat, low: Known, high: Known, value: Expr, sided: Known, on, off) -> Known:
        """on(value >= 0) where mu[l] = 1, off(value <= 0) where it is 0."""
        return u.either(
            self.bits(l, low, high),
            lambda zero: off(zero, u.have(-value >= 0, zero, sum=[Term(times=(sided,))])),
            lambda one_: on(one_, u.have(value >= 0, one_, sum=[Term(times=(sided,))])),
        )

    def sigma(self, u: Context, d: Expr, within: Known) -> Known:
        """d turn = sigma(d X) on the cone."""

        def entry(w: Context, l, low: Known, high: Known) -> Known:
            value, out = tr(d @ self.X @ self.f[l]), tr(d @ self.turn @ self.f[l])
            scaled = w.have(out == mu(l) * value, self.of_M(l, low, high))
            goal = rectified(value, out)

            def on(one_: Known, up: Known) -> Known:
                def prove(x: Context, given: Known, what: Formula) -> Known:
                    if what == (out == value):
                        return x.have(what, scaled, one_)
                    return anything(x.have(Falsum(), sum=[Term(times=(given,)), Term(times=(up,))]), what)

                return by_cases(w, goal, prove)

            def off(zero: Known, down: Known) -> Known:
                def prove(x: Context, given: Known, what: Formula) -> Known:
                    if what == (out == value):
                        return x.have(what, scaled, zero, pinched(x, value, given, down))
                    return x.have(what, scaled, zero)

                return by_cases(w, goal, prove)

            return self.sides(w, l, low, high, value, within(l, low, high), on, off)

        return each_place(u, self.f, entry)

    def entry(self, w: Context, l, low: Known, high: Known, D: Expr, N: Expr, sigma: Known, sided: Known) -> Known:
        """An entry of N = sigma(D X) is that of D turn."""
        value, out, linear = (tr(row @ self.f[l]) for row in (D @ self.X, N, D @ self.turn))
        scaled = w.have(linear == mu(l) * value, self.of_M(l, low, high))
        goal, here = out == linear, sigma(l, low, high)

        def off(zero: Known, down: Known) -> Known:
            return by_half(
                w,
                value,
                lambda up: w.have(goal, scaled, zero, here[0](up), pinched(w, value, up, down)),
                lambda no: w.have(goal, scaled, zero, here[1](no)),
            )

        on = lambda one_, up: w.have(goal, scaled, one_, here[0](up))
        return self.sides(w, l, low, high, value, sided(l, low, high), on, off)


def with_rows(u: Context, goal: Formula, known: Known, equal: Known, N: Expr) -> Known:
    """The same (in)equality, or implication to one, about an equal row N."""
    if isinstance(goal, Implies):
        w = u.inner()
        return w.close(with_rows(w, goal.right, known(w.given(goal.left)), equal, N))
    return u.have(goal, equal, sum=[Term(times=(known,))], heavy=[N])
