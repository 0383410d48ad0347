"""A ReLU unit that fires for samples P, is at its boundary for Z, and silent for S: letters, what is near, identities.

Any numbers of samples of each kind, any inputs. Near the point P stays firing and S silent; what that does to the loss
is a matter of three polynomial identities.
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
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr

from ..entries import is_sigma_row
from ..relu import coordinates, rectified
from .chains import compare
from .rows import by_cases, carried, each_place, equal_rows

v = nat("~0")
HALF = Fraction(1, 2)


@statement("signs-kept", "A y > 0 for finitely many y stays so near A", kind="lemma", hidden=True)
def signs_kept(s: Script) -> None:
    m, n = s.dims("m n")
    A = s.matrix("A", 1, n)
    Y = s.family("y", "k", matrix_sort(n, 1))
    y = lambda l: of(Y, l)
    positive = s.given(in_range("l", 1, m, tr(A @ y(nat("l"))) > 0))
    D_, delta_ = Variable("D", matrix_sort(1, n)), Variable("delta", SCALAR)
    kept = lambda D, l: tr((A + D) @ y(l)) > 0

    def claim(k: Nat) -> Formula:
        near = for_all(D_, Implies(norm2(of(D_)) < of(delta_), in_range("l", 1, k, kept(of(D_), nat("l")))))
        return exists(delta_, conjunction(of(delta_) > 0, near))

    t = s.inner()
    D = of(t.let(D_))
    t.given(norm2(D) < 1)
    u = t.inner()
    (l,) = u.dims("l")
    none = u.linear(Falsum(), u.given(at_least(l, 1)), u.given(at_least(nat(0), l)))
    vacuous = t.close(u.close(anything(none, kept(D, l))))
    base = s.witness(claim(nat(0)), number(1), by=both(s.have(number(1) > 0, sum=[Term()]), vacuous))

    def step(t: Context, k: Nat, below: Known, so_far: Known) -> Known:
        (d1,), first = t.obtain(so_far, "d1")
        new = y(k + 1)
        value = tr(A @ new)
        up = positive(k + 1, t.linear(at_least(k + 1, 1)), below)
        quarter = t.have(value * value * HALF * HALF > 0, sum=[Term(Fraction(1, 4), times=(up, up))])
        nonneg = t.have(norm2(new) >= 0, sum=[Term(grams=(new,))])
        found = s.cite("small-enough", x=norm2(new), p=value * value * HALF * HALF)(nonneg, quarter)
        (d2,), second = t.obtain(found, "d2")
        (delta,), small = t.obtain(s.cite("smaller", a=d1, b=d2)(first[0], second[0]), "d3")
        u = t.inner()
        D = of(u.let(D_))
        close = u.given(norm2(D) < delta)
        bound = s.cite("cauchy-schwarz", u=D, w=new.T)
        inner = u.have(d2 - norm2(D) >= 0, sum=[Term(times=(close,)), Term(times=(small[2],))])
        move, half = tr(D @ new), value * HALF
        squares = u.have(move * move <= half * half, sum=[
            Term(times=(bound,)), Term(grams=(new,), times=(inner,)), Term(times=(second[1],)),
        ])  # fmt: skip
        low = s.cite("square-less", x=move, r=half)(squares, u.have(half >= 0, sum=[Term(HALF, times=(up,))]))[0]
        last = u.have(kept(D, k + 1), sum=[Term(times=(low,)), Term(HALF, times=(up,))])
        before = first[1](D, u.have(norm2(D) < d1, sum=[Term(times=(close,)), Term(times=(small[1],))]))
        w = u.inner()
        (l,) = w.dims("l")
        low_l, high = w.given(at_least(l, 1)), w.given(at_least(k + 1, l))
        every = compare(
            w,
            l,
            k + 1,
            lambda equal: w.moved(lambda i: kept(D, i), last, k + 1, l, equal),
            lambda less: before(l, low_l, w.linear(at_least(k, l), less)),
            lambda more: anything(w.linear(Falsum(), more, high), kept(D, l)),
        )
        return t.witness(claim(k + 1), delta, by=both(small[0], u.close(w.close(every))))

    every = s.induction("k", m, claim, base, step)
    done = every(m, s.linear(at_least(m, m)))
    s.conclude(done.formula, by=done)


class Unit:
    """Letters of a unit at a point, and what is said about it."""

    def __init__(self, s: Context) -> None:
        s.dims("d0 d2 p z o")
        (self.e, self.of_e), (self.f, self.of_f), (self.g, self.of_g) = (
            coordinates(s, size, letter) for size, letter in (("p", "e"), ("z", "f"), ("o", "g"))
        )
        self.XP, self.YP, self.XZ, self.YZ, self.XS, self.YS = s.matrices(
            "XP: d0 x p, YP: d2 x p, XZ: d0 x z, YZ: d2 x z, XS: d0 x o, YS: d2 x o"
        )
        self.A1, self.A2 = s.matrices("A1: 1 x d0, A2: d2 x 1")
        self.h = self.A1 @ self.XP
        self.R = self.A2 @ self.h - self.YP
        fires = in_range("l", 1, self.e.size, tr(self.h @ self.e["l"]) > 0)
        self.fires = s.given(fires, "the unit fires for the samples P")
        self.edge = s.given(self.A1 @ self.XZ == 0, "the samples Z are at the boundary")
        silent = in_range("l", 1, self.g.size, tr(self.A1 @ self.XS @ self.g["l"]) < 0)
        self.silent = s.given(silent, "the unit is silent for the samples S")

    @property
    def here(self) -> Expr:
        """L_N at the point."""
        return (norm2(self.R) + norm2(self.YZ) + norm2(self.YS)) / 2

    def loss(self, B2: Expr, NP: Expr, NZ: Expr, NS: Expr) -> Expr:
        """L_N at weights with these outputs."""
        return (norm2(B2 @ NP - self.YP) + norm2(B2 @ NZ - self.YZ) + norm2(B2 @ NS - self.YS)) / 2

    def sigmas(self, B1: Expr, NP: Expr, NZ: Expr, NS: Expr) -> list[Formula]:
        """NP, NZ, NS are the outputs at B1."""
        return [
            is_sigma_row(B1 @ X, N, c)
            for X, N, c in ((self.XP, NP, self.e), (self.XZ, NZ, self.f), (self.XS, NS, self.g))
        ]

    def minimum(self) -> Formula:
        """The point is a local minimum of L_N."""
        return self.extremum(lambda loss: loss >= self.here)

    def maximum(self) -> Formula:
        """The point is a local maximum of L_N."""
        return self.extremum(lambda loss: loss <= self.here)

    def extremum(self, compared) -> Formula:
        """What is said of the loss holds near the point."""
        B1_, B2_ = Variable("B1", matrix_sort(1, "d0")), Variable("B2", matrix_sort("d2", 1))
        outs = [Variable(name, matrix_sort(1, size)) for name, size in (("NP", "p"), ("NZ", "z"), ("NS", "o"))]
        B1, B2, N = of(B1_), of(B2_), [of(out) for out in outs]
        delta = Variable("delta", SCALAR)
        near = norm2(B1 - self.A1) < of(delta), norm2(B2 - self.A2) < of(delta)
        body = implication(*near, *self.sigmas(B1, *N), compared(self.loss(B2, *N)))
        return exists(delta, conjunction(of(delta) > 0, for_all(B1_, B2_, *outs, body)))

    def slope(self, D: Expr, N: Expr) -> Expr:
        """The one-sided derivative in the direction D of A1."""
        return tr(self.R.T @ self.A2 @ D @ self.XP) - tr(self.YZ.T @ self.A2 @ N)

    def second(self, D: Expr, N: Expr) -> Expr:
        """The second order, where the slope is 0."""
        u = D @ self.XP
        pull = self.YP @ u.T + self.YZ @ N.T
        return norm2(self.h) * norm2(self.A2) * (norm2(u) + norm2(N)) - norm2(pull)

    def terms(self, D: Expr, E: Expr, N: Expr) -> list[Expr]:
        """The coefficients of t, ..., t^4 in the loss at (A1 + t D, A2 + t E), where N = sigma(D XZ) and t > 0."""
        u = D @ self.XP
        F, G = E @ self.h + self.A2 @ u, E @ u
        return [
            tr(self.R.T @ F) - tr(self.YZ.T @ self.A2 @ N),
            norm2(F) / 2 + tr(self.R.T @ G) + norm2(self.A2 @ N) / 2 - tr(self.YZ.T @ E @ N),
            tr(F.T @ G) + tr((self.A2 @ N).T @ E @ N),
            norm2(G) / 2 + norm2(E @ N) / 2,
        ]

    def orders(self) -> Formula:
        """First and second order conditions for every direction."""
        D_, N_ = Variable("D", matrix_sort(1, "d0")), Variable("N", matrix_sort(1, "z"))
        D, N = of(D_), of(N_)
        both_ = conjunction(self.slope(D, N) >= 0, Implies(self.slope(D, N) == 0, self.second(D, N) >= 0))
        return for_all(D_, N_, Implies(is_sigma_row(D @ self.XZ, N, self.f), both_))

    def best(self) -> Formula:
        """A2 is at its best: R h' = 0."""
        return self.R @ self.h.T == 0

    def named(self) -> dict[str, object]:
        """Values for the letters of a lemma about the unit."""
        families = {
            name: value
            for letter, c in (("e", self.e), ("f", self.f), ("g", self.g))
            for name, value in ((letter, c.columns), (letter.upper() + "s", c.partial))
        }
        data = dict(XP=self.XP, YP=self.YP, XZ=self.XZ, YZ=self.YZ, XS=self.XS, YS=self.YS, A1=self.A1, A2=self.A2)
        return {**families, **data}

    def known(self) -> list[Known]:
        """What is supposed, in the order of the lemmas."""
        return [self.of_e, self.of_f, self.of_g, self.fires, self.edge, self.silent]


def near_unit(s: Script, w: Unit) -> tuple[Expr, Known, Known]:
    """delta > 0 so that P fires and S is silent at A1 + D for |D|^2 < delta."""
    P = Family(1, (w.XP @ of(w.e.columns, v)).term)
    S = Family(1, (-w.XS @ of(w.g.columns, v)).term)
    (d1,), fires = s.obtain(s.cite("signs-kept", m="p", n="d0", A=w.A1, y=P)(w.fires), "r1")
    t = s.inner()
    (l,) = t.dims("l")
    here = w.silent(l, t.given(at_least(l, 1)), t.given(at_least(w.g.size, l)))
    turned = t.close(t.have(tr(w.A1 @ (-w.XS @ w.g[l])) > 0, sum=[Term(times=(here,))]))
    (d2,), silent = s.obtain(s.cite("signs-kept", m="o", n="d0", A=w.A1, y=S)(turned), "r2")
    (delta,), small = s.obtain(s.cite("smaller", a=d1, b=d2)(fires[0], silent[0]), "r")
    t = s.inner()
    D = t.matrix("D", 1, "d0")
    close = t.given(norm2(D) < delta)
    at_P = fires[1](D, t.have(norm2(D) < d1, sum=[Term(times=(close,)), Term(times=(small[1],))]))
    at_S = silent[1](D, t.have(norm2(D) < d2, sum=[Term(times=(close,)), Term(times=(small[2],))]))
    return delta, small[0], t.close(both(at_P, at_S))


def outputs_near(s: Script, w: Unit, t: Context, B1: Expr, outs, sigmas, kept: Known) -> tuple[Known, Known, Known]:
    """NP = B1 XP, NZ = sigma((B1 - A1) XZ) and NS = 0, of outputs at B1, where P fires and S is silent."""
    NP, NZ, NS = outs
    fires, silent = kept.parts()

    def entry_P(x: Context, l, low: Known, high: Known) -> Known:
        value = tr(B1 @ w.XP @ w.e[l])
        up = x.have(value >= 0, sum=[Term(times=(fires(l, low, high),))])
        return x.have(tr(NP @ w.e[l]) == value, sigmas[0](l, low, high)[0](up))

    def entry_S(x: Context, l, low: Known, high: Known) -> Known:
        down = x.have(tr(B1 @ w.XS @ w.g[l]) < 0, sum=[Term(times=(silent(l, low, high),))])
        return x.have(tr(NS @ w.g[l]) == tr(null(1, "o") @ w.g[l]), sigmas[2](l, low, high)[1](down))

    is_P = equal_rows(s, w.e, w.of_e, NP, B1 @ w.XP, each_place(t, w.e, entry_P))
    is_S = equal_rows(s, w.g, w.of_g, NS, null(1, "o"), each_place(t, w.g, entry_S))
    D = B1 - w.A1
    moved = t.have(B1 @ w.XZ == D @ w.XZ, w.edge)
    return is_P, carried(t, w.f, sigmas[1], B1 @ w.XZ, D @ w.XZ, NZ, moved), is_S


def outputs_along(
    s: Script, w: Unit, t: Context, step: tuple[Expr, Known], D: Expr, N: Expr, sigma: Known, kept: Known
) -> tuple[Known, Known, Known]:
    """The outputs at B1 = A1 + x D, x > 0: B1 XP, x N and 0, where P fires and S is silent."""
    x, up = step
    B1 = w.A1 + x * D
    fires, silent = kept.parts()

    def constant(c: Context, value: Expr, out: Expr, right: Formula, wrong: Known) -> Known:
        """out = sigma(value), where one of the two cases contradicts the sign of the value."""

        def prove(e: Context, given: Known, what: Formula) -> Known:
            if what == right:
                return e.have(what)
            return anything(e.have(Falsum(), sum=[Term(times=(given,)), Term(times=(wrong,))]), what)

        return by_cases(c, rectified(value, out), prove)

    def entry_P(c: Context, l, low: Known, high: Known) -> Known:
        value = tr(B1 @ w.XP @ w.e[l])
        return constant(c, value, value, value == value, fires(l, low, high))

    def entry_S(c: Context, l, low: Known, high: Known) -> Known:
        value, nothing = tr(B1 @ w.XS @ w.g[l]), tr(null(1, "o") @ w.g[l])
        return constant(c, value, nothing, nothing == 0, silent(l, low, high))

    is_P, is_S = each_place(t, w.e, entry_P), each_place(t, w.g, entry_S)
    times = s.cite("sigma-times", m="z", f=w.f.columns, Fs=w.f.partial, M=D @ w.XZ, N=N, t=x)(w.of_f, up, sigma)
    moved = t.have(x * D @ w.XZ == B1 @ w.XZ, w.edge)
    return is_P, carried(t, w.f, times, x * D @ w.XZ, B1 @ w.XZ, x * N, moved), is_S


# ------------------------------------------------------------------------------------------------- identities


@statement("unit-value", "the loss near a unit, with A2 at its best there or not", kind="lemma", hidden=True)
def unit_value(s: Script) -> None:
    """b (|B g - YP|^2 + |B N - YZ|^2 - |A h - YP|^2 - |YZ|^2) = |b B - y|^2 + b |h|^2 |A|^2 - |y|^2.

    g and N are outputs, y = YP g' + YZ N', b = |g|^2 + |N|^2.
    """
    s.dims("d2 p z")
    h, g, N, YP, YZ = s.matrices("h: 1 x p, g: 1 x p, N: 1 x z, YP: d2 x p, YZ: d2 x z")
    A, B = s.matrices("A: d2 x 1, B: d2 x 1")
    best = s.given((A @ h - YP) @ h.T == 0, "A is at its best for h")
    b, y = norm2(g) + norm2(N), YP @ g.T + YZ @ N.T
    change = norm2(B @ g - YP) + norm2(B @ N - YZ) - norm2(A @ h - YP) - norm2(YZ)
    ones = [one(M @ M.T) for M in (h, g, N)]
    old = s.have(norm2(A @ h - YP) == norm2(YP) - norm2(h) * norm2(A), best, ones[0])
    first = s.have(norm2(B @ g - YP) == b * 0 + norm2(g) * norm2(B) - 2 * tr(B.T @ YP @ g.T) + norm2(YP), ones[1])
    second = s.have(norm2(B @ N - YZ) == norm2(N) * norm2(B) - 2 * tr(B.T @ YZ @ N.T) + norm2(YZ), ones[2])
    claim = b * change == norm2(b * B - y) + b * norm2(h) * norm2(A) - norm2(y)
    s.conclude(claim, by=[s.have(claim, old, first, second)])


@statement("unit-move", "b |h|^2 |A|^2 - |y|^2 in terms of the move u", kind="lemma", hidden=True)
def unit_move(s: Script) -> None:
    """2 |h|^2 times the slope, plus the second order."""
    s.dims("d2 p z")
    h, u, N, YP, YZ, A = s.matrices("h: 1 x p, u: 1 x p, N: 1 x z, YP: d2 x p, YZ: d2 x z, A: d2 x 1")
    best = s.given((A @ h - YP) @ h.T == 0, "A is at its best for h")
    g = h + u
    b, y, pull = norm2(g) + norm2(N), YP @ g.T + YZ @ N.T, YP @ u.T + YZ @ N.T
    slope = tr((A @ h - YP).T @ A @ u) - tr(YZ.T @ A @ N)
    second = norm2(h) * norm2(A) * (norm2(u) + norm2(N)) - norm2(pull)
    ones = [one(h @ h.T), one(h @ u.T)]
    moved = s.have(y == norm2(h) * A + pull, best, ones[0])
    value = s.have(slope == norm2(A) * tr(h @ u.T) - tr(A.T @ pull), ones[1])
    square = s.have(norm2(y) == norm2(h) ** 2 * norm2(A) + 2 * norm2(h) * tr(A.T @ pull) + norm2(pull), moved)
    claim = b * norm2(h) * norm2(A) - norm2(y) == 2 * norm2(h) * slope + second
    s.conclude(claim, by=[s.have(claim, value, square)])


@statement("unit-second", "the second order with A2 moved at its best, where the slope is 0", kind="lemma", hidden=True)
def unit_second(s: Script) -> None:
    s.dims("d2 p z")
    h, u, N, YP, YZ, A = s.matrices("h: 1 x p, u: 1 x p, N: 1 x z, YP: d2 x p, YZ: d2 x z, A: d2 x 1")
    y = s.scalar("y")
    unity = s.given(y * norm2(h) == 1, "y = 1/|h|^2")
    flat = s.given(tr((A @ h - YP).T @ A @ u) - tr(YZ.T @ A @ N) == 0, "the slope is 0")
    pull, k = YP @ u.T + YZ @ N.T, tr(h @ u.T)
    w = pull - 2 * k * A
    E = y * w
    R = A @ h - YP
    curvature = norm2(E @ h + A @ u) / 2 + tr(R.T @ E @ u) + norm2(A @ N) / 2 - tr(YZ.T @ E @ N)
    second = norm2(h) * norm2(A) * (norm2(u) + norm2(N)) - norm2(pull)
    ones = [one(h @ h.T), one(h @ u.T), one(u @ u.T), one(N @ N.T)]
    value = s.have(norm2(A) * k == tr(A.T @ pull), flat, ones[1])
    size = s.have(norm2(w) == norm2(pull), value)
    terms = norm2(h) * norm2(E) / 2 - tr(E.T @ w) + norm2(A) * (norm2(u) + norm2(N)) / 2
    plain = s.have(curvature == terms, *ones)
    claim = 2 * norm2(h) * curvature == second
    s.conclude(claim, by=[s.have(claim, plain, size, unity)])
