"""The local minima of one ReLU unit that fires for no sample: where outputs at its boundary can only do harm.

At (A1, A2) the samples Z are at the boundary (A1 x = 0), and the unit is silent for the samples S (A1 x < 0); any
numbers of each, any inputs. In the direction D, N = sigma(D XZ), the loss has the slope -<YZ, A2 N>; where that is 0,
A2 can be moved towards YZ N', unless this is 0.
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
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr

from ..entries import is_sigma_row
from ..relu import coordinates, rectified
from .rows import by_cases, carried, each_place, equal_rows

v = nat("~0")
HALF = Fraction(1, 2)


class Silent:
    """Letters of a unit that fires for no sample, and what is said about it."""

    def __init__(self, s: Context) -> None:
        s.dims("d0 d2 z o")
        (self.f, self.of_f), (self.g, self.of_g) = (coordinates(s, n, letter) for n, letter in (("z", "f"), ("o", "g")))
        self.XZ, self.YZ, self.XS, self.YS = s.matrices("XZ: d0 x z, YZ: d2 x z, XS: d0 x o, YS: d2 x o")
        self.A1, self.A2 = s.matrices("A1: 1 x d0, A2: d2 x 1")
        self.edge = s.given(self.A1 @ self.XZ == 0, "the samples Z are at the boundary")
        silent = in_range("l", 1, self.g.size, tr(self.A1 @ self.XS @ self.g["l"]) < 0)
        self.silent = s.given(silent, "the unit is silent for the samples S")

    def minimum(self) -> Formula:
        """The point is a local minimum of L_N."""
        B1_, B2_ = Variable("B1", matrix_sort(1, "d0")), Variable("B2", matrix_sort("d2", 1))
        outs = Variable("NZ", matrix_sort(1, "z")), Variable("NS", matrix_sort(1, "o"))
        B1, B2, (NZ, NS) = of(B1_), of(B2_), map(of, outs)
        delta = Variable("delta", SCALAR)
        near = norm2(B1 - self.A1) < of(delta), norm2(B2 - self.A2) < of(delta)
        body = implication(*near, *self.sigmas(B1, NZ, NS), self.loss(B2, NZ, NS) >= self.here)
        return exists(delta, conjunction(of(delta) > 0, for_all(B1_, B2_, *outs, body)))

    def sigmas(self, B1: Expr, NZ: Expr, NS: Expr) -> list[Formula]:
        """NZ and NS are the outputs at B1."""
        return [is_sigma_row(B1 @ self.XZ, NZ, self.f), is_sigma_row(B1 @ self.XS, NS, self.g)]

    def loss(self, B2: Expr, NZ: Expr, NS: Expr) -> Expr:
        """L_N at weights with these outputs."""
        return (norm2(B2 @ NZ - self.YZ) + norm2(B2 @ NS - self.YS)) / 2

    @property
    def here(self) -> Expr:
        """L_N at the point: 1/2 |Y|^2."""
        return (norm2(self.YZ) + norm2(self.YS)) / 2

    def slope(self, N: Expr) -> Expr:
        """The one-sided derivative where the outputs are N."""
        return -tr(self.YZ.T @ self.A2 @ N)

    def orders(self) -> Formula:
        """Slopes are >= 0, and 0 only where YZ N' = 0."""
        D_, N_ = Variable("D", matrix_sort(1, "d0")), Variable("N", matrix_sort(1, "z"))
        N = of(N_)
        only = conjunction(self.slope(N) >= 0, Implies(self.slope(N) == 0, N @ self.YZ.T == null(1, "d2")))
        return for_all(D_, N_, Implies(is_sigma_row(of(D_) @ self.XZ, N, self.f), only))

    def known(self) -> list[Known]:
        """What is supposed, in the order of the lemmas."""
        return [self.of_f, self.of_g, self.edge, self.silent]

    def near(self, s: Script) -> tuple[Expr, Known, Known]:
        """delta > 0 so that S is silent at A1 + D for |D|^2 < delta."""
        S = Family(1, (-self.XS @ of(self.g.columns, v)).term)
        t = s.inner()
        (l,) = t.dims("l")
        here = self.silent(l, t.given(at_least(l, 1)), t.given(at_least(self.g.size, l)))
        turned = t.close(t.have(tr(self.A1 @ (-self.XS @ self.g[l])) > 0, sum=[Term(times=(here,))]))
        (r,), kept = s.obtain(s.cite("signs-kept", m="o", n="d0", A=self.A1, y=S)(turned), "r")
        return r, kept[0], kept[1]


@statement("relu-silent.1", "slopes >= 0, and 0 only where YZ N' = 0, make a local minimum", kind="step", hidden=True)
def sufficient(s: Script) -> None:
    """The slope is at least a multiple of |YZ N'|, which a small change of A2 does not outweigh."""
    w = Silent(s)
    orders = s.given(w.orders(), "slopes >= 0, and 0 only where YZ N' = 0")
    form = dict(a=null("d0", 1), c=-w.YZ.T @ w.A2, V=w.YZ.T)
    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    here = orders(D, N, t.given(is_sigma_row(D @ w.XZ, N, w.f)))
    kinked = s.cite("kinked-linear", n="d0", z="z", f=w.f.columns, Fs=w.f.partial, X=w.XZ, **form)
    (c,), bound = s.obtain(kinked(w.of_f, t.close(here)), "c0")
    r, positive, kept = w.near(s)
    (delta,), small = s.obtain(s.cite("smaller", a=c, b=r)(bound[0], positive), "r4")

    t = s.inner()
    B1, B2, NZ, NS = (t.matrix(*one_) for one_ in (("B1", 1, "d0"), ("B2", "d2", 1), ("NZ", 1, "z"), ("NS", 1, "o")))
    D, E = B1 - w.A1, B2 - w.A2
    close_1, close_2 = t.given(norm2(D) < delta), t.given(norm2(E) < delta)
    sigma_Z, sigma_S = (t.given(one_) for one_ in w.sigmas(B1, NZ, NS))
    silent = kept(D, t.have(norm2(D) < r, sum=[Term(times=(close_1,)), Term(times=(small[2],))]))

    def entry_S(x: Context, l, low: Known, high: Known) -> Known:
        down = x.have(tr(B1 @ w.XS @ w.g[l]) < 0, sum=[Term(times=(silent(l, low, high),))])
        return x.have(tr(NS @ w.g[l]) == tr(null(1, "o") @ w.g[l]), sigma_S(l, low, high)[1](down))

    is_S = equal_rows(s, w.g, w.of_g, NS, null(1, "o"), each_place(t, w.g, entry_S))
    moved = t.have(B1 @ w.XZ == D @ w.XZ, w.edge)
    sigma = carried(t, w.f, sigma_Z, B1 @ w.XZ, D @ w.XZ, NZ, moved)
    slope, pull = w.slope(NZ), NZ @ w.YZ.T
    up, least = orders(D, NZ, sigma)[0], bound[1](D, NZ, sigma)
    # (E'YZ NZ')^2 <= |E|^2 |YZ NZ'|^2 <= c |YZ NZ'|^2 <= slope^2
    seen = s.cite("cauchy-schwarz", u=E.T, w=pull)
    inner = t.have(c - norm2(E) >= 0, sum=[Term(times=(close_2,)), Term(times=(small[1],))])
    x = tr(E.T @ pull.T)
    squares = t.have(
        x * x <= slope * slope, sum=[Term(times=(seen,)), Term(grams=(pull,), times=(inner,)), Term(times=(least,))]
    )
    room = s.cite("square-less", x=x, r=slope)(squares, up)[1]
    claim = w.loss(B2, NZ, NS) >= w.here
    done = t.close(t.have(claim, is_S, sum=[Term(times=(room,)), Term(HALF, grams=(B2 @ NZ,))], heavy=[NS]))
    s.conclude(w.minimum(), by=s.witness(w.minimum(), delta, by=both(small[0], done)))


@statement("relu-silent.2", "a local minimum has slopes >= 0, and 0 only where YZ N' = 0", kind="step", hidden=True)
def necessary(s: Script) -> None:
    """From (A1 + t D, A2); and where the slope is 0 from (A1 + t^2 D, A2 + t YZ N'): -t^3 |YZ N'|^2 + ..."""
    w = Silent(s)
    minimum = s.given(w.minimum(), "a local minimum")
    (d1,), lowest = s.obtain(minimum, "r3")
    r, positive, kept = w.near(s)
    (delta,), small = s.obtain(s.cite("smaller", a=d1, b=r)(lowest[0], positive), "r4")

    def at(t: Context, x: Expr, up: Known, D: Expr, E: Expr, N: Expr, sigma: Known, near: Known, near_2: Known):
        """The loss at (A1 + x D, A2 + E) is not lower, for x > 0 with |x D|^2, |E|^2 < delta."""
        B1, B2 = w.A1 + x * D, w.A2 + E
        inner = t.have(norm2(x * D) < r, sum=[Term(times=(near,)), Term(times=(small[2],))])
        silent = kept(x * D, inner)

        def entry(c: Context, l, low: Known, high: Known) -> Known:
            value, nothing = tr(B1 @ w.XS @ w.g[l]), tr(null(1, "o") @ w.g[l])

            def prove(e: Context, given: Known, what: Formula) -> Known:
                if what == (nothing == 0):
                    return e.have(what)
                falsum = e.have(Falsum(), sum=[Term(times=(given,)), Term(times=(silent(l, low, high),))])
                return anything(falsum, what)

            return by_cases(c, rectified(value, nothing), prove)

        is_S = each_place(t, w.g, entry)
        times = s.cite("sigma-times", m="z", f=w.f.columns, Fs=w.f.partial, M=D @ w.XZ, N=N, t=x)(w.of_f, up, sigma)
        moved = t.have(x * D @ w.XZ == B1 @ w.XZ, w.edge)
        is_Z = carried(t, w.f, times, x * D @ w.XZ, B1 @ w.XZ, x * N, moved)
        first = t.have(norm2(B1 - w.A1) < d1, sum=[Term(times=(near,)), Term(times=(small[1],))])
        second = t.have(norm2(B2 - w.A2) < d1, sum=[Term(times=(near_2,)), Term(times=(small[1],))])
        return lowest[1](B1, B2, x * N, null(1, "o"), first, second, is_Z, is_S)

    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    sigma = t.given(is_sigma_row(D @ w.XZ, N, w.f))
    slope, pull = w.slope(N), w.YZ @ N.T
    out = w.A2 @ N

    u = t.inner()
    x = u.scalar("t")
    up, close = u.given(x > 0), u.given(x * x * norm2(D) < delta)
    near = u.have(norm2(x * D) < delta, sum=[Term(times=(close,))])
    none = u.have(norm2(null("d2", 1)) < delta, sum=[Term(times=(small[0],))])
    higher = at(u, x, up, D, null("d2", 1), N, sigma, near, none)
    series = slope + x * (norm2(out) / 2) + x**2 * 0 + x**3 * 0
    product = u.have(x * series >= 0, sum=[Term(times=(higher,))])
    along = u.close(s.cite("positive-factor", a=x, w=series)(up, product))
    zero = number(0)
    order = dict(K=norm2(D), delta=delta)
    low = s.cite("lowest-order", s=slope, k=norm2(out) / 2, c=zero, e=zero, **order)
    first = low(t.have(norm2(D) >= 0, sum=[Term(grams=(D,))]), small[0], along)

    y = t.inner()
    flat = y.given(slope == 0)
    K = norm2(D) + norm2(pull) + delta
    nonneg = y.have(K >= 0, sum=[Term(grams=(D,)), Term(grams=(pull,)), Term(times=(small[0],))])
    u = y.inner()
    x = u.scalar("t")
    up, close = u.given(x > 0), u.given(x * x * K < delta)
    below = [Term(times=(close,)), Term(squares=(x,), grams=(D,)), Term(squares=(x,), grams=(pull,))]
    room = s.cite("positive-factor", a=delta, w=1 - x * x)(small[0], u.have(delta * (1 - x * x) >= 0, sum=below))
    rest = [Term(squares=(x,), grams=(pull,)), Term(squares=(x,), times=(small[0],))]
    shorter = Term(squares=(x,), grams=(D,), times=(room,))
    near = u.have(norm2(x * x * D) < delta, sum=[Term(times=(close,)), shorter, *rest])
    rest = [Term(squares=(x,), grams=(D,)), Term(squares=(x,), times=(small[0],))]
    near_2 = u.have(norm2(x * pull) < delta, sum=[Term(times=(close,)), *rest])
    square = u.have(x * x > 0, sum=[Term(times=(up, up))])
    higher = at(u, x * x, square, D, x * pull, N, sigma, near, near_2)
    turned = pull @ N
    second, third, fourth = norm2(out) / 2, tr(out.T @ turned), norm2(turned) / 2
    series = -norm2(pull) + x * second + x**2 * third + x**3 * fourth
    product = u.have(x * x * x * series >= 0, flat, sum=[Term(times=(higher,))])
    cube = u.have(x * x * x > 0, sum=[Term(times=(up, up, up))])
    along = u.close(s.cite("positive-factor", a=x * x * x, w=series)(cube, product))
    low = s.cite("lowest-order", s=-norm2(pull), k=second, c=third, e=fourth, K=K, delta=delta)
    gone = y.zero(pull, sum=[Term(times=(low(nonneg, small[0], along),))])
    only = y.close(y.have(N @ w.YZ.T == null(1, "d2"), gone))
    done = t.close(both(first, only))
    s.conclude(w.orders(), by=done)


@statement(
    "relu-silent",
    "a unit that fires nowhere: local minimum iff <YZ, A2 N> <= 0 for all N = sigma(D XZ), = 0 only where YZ N' = 0",
)
def relu_silent(s: Script) -> None:
    """With no sample at the boundary the condition is empty, and the loss is constant nearby."""
    s.include("relu-silent.1")
    s.include("relu-silent.2")
    w = Silent(s)
    data = dict(XZ=w.XZ, YZ=w.YZ, XS=w.XS, YS=w.YS, A1=w.A1, A2=w.A2)
    named = dict(f=w.f.columns, Fs=w.f.partial, g=w.g.columns, Gs=w.g.partial, **data)
    there, back = s.inner(), s.inner()
    minimum, orders = there.given(w.minimum()), back.given(w.orders())
    down = there.close(s.cite("relu-silent.2", **named)(*w.known(), minimum))
    up = back.close(s.cite("relu-silent.1", **named)(*w.known(), orders))
    done = both(down, up)
    s.conclude(done.formula, by=done)
