"""The local maxima of one ReLU unit: it fires nowhere, and firing would only lower the loss.

A unit that fires is at no local maximum, since the loss is a convex quadratic function of A2 that is not constant. One
that fires nowhere is at one iff <YZ, A2 N> > 0 for all N = sigma(D XZ) but N = 0. Networks have outputs: d2 >= 1.
"""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
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
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, both, one
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from ..entries import is_sigma_row
from .estimates import HALF
from .rows import still_sigma
from .silent import Silent
from .unit import Unit, near_unit, outputs_along


def unit_column(s: Script, outputs: Known) -> tuple[Expr, Known]:
    """A column of length 1, where d2 >= 1."""
    d2 = nat("d2")
    (c, Cs), known = s.obtain(s.cite("eq-7.2", n=d2), "c Cs")
    unit = s.cite("coordinates-unit", n=d2, c=c, Cs=Cs)(known)
    column = of(c, 1)
    return column, unit(nat(1), s.linear(at_least(nat(1), 1)), outputs)


@statement("short-step", "for r > 0 and any K >= 0 there is x > 0 with x^2 K < r", kind="lemma", hidden=True)
def short_step(s: Script) -> None:
    K, r = s.scalar("K"), s.scalar("r")
    nonneg, positive = s.given(K >= 0), s.given(r > 0)
    zero, unit = s.have(number(0) >= 0, sum=[]), s.have(number(1) > 0, sum=[Term()])
    (x,), about = s.obtain(s.cite("small", a=number(0), b=K, p=number(1), q=r)(zero, nonneg, unit, positive), "x")
    X = of(Variable("x", SCALAR))
    goal = exists(Variable("x", SCALAR), conjunction(X > 0, X * X * K < r))
    s.conclude(goal, by=s.witness(goal, x, by=both(about[0], about[3])))


@statement("relu-maximum.1", "a unit that fires is at no local maximum", kind="step", hidden=True)
def firing(s: Script) -> None:
    """A2 moved by x R h' raises the loss, or by any column if R h' = 0."""
    w = Unit(s)
    size = s.given(norm2(w.h) > 0, "P is not empty")
    outputs = s.given(at_least(nat("d2"), 1), "d2 >= 1")
    t = s.inner()
    (d1,), highest = t.obtain(t.given(w.maximum()), "r3")
    d2, positive, kept = near_unit(s, w)
    column, unit = unit_column(s, outputs)
    still, nothing = null(1, "d0"), null(1, "z")

    def raised(c: Context, G: Expr, not_zero: Known, up: Known) -> Known:
        """Falsum, from |G|^2 > 0 and <R, G h> >= 0."""
        u = c.inner()
        nonneg = u.have(norm2(G) >= 0, sum=[Term(grams=(G,))])
        (x,), about = u.obtain(s.cite("short-step", K=norm2(G), r=d1)(nonneg, highest[0]), "x")
        none = u.have(norm2(1 * still) < d2, sum=[Term(times=(positive,))])
        zero = still_sigma(u, w.f, w.XZ)
        unity = u.have(number(1) > 0, sum=[Term()])
        outs = outputs_along(s, w, u, (number(1), unity), still, nothing, zero, kept(1 * still, none))
        near_1 = u.have(norm2(1 * still) < d1, sum=[Term(times=(highest[0],))])
        near_2 = u.have(norm2(x * G) < d1, sum=[Term(times=(about[1],))])
        B1 = w.A1 + 1 * still
        higher = highest[1](B1, w.A2 + x * G, B1 @ w.XP, 1 * nothing, null(1, "o"), near_1, near_2, *outs)
        square = Term(HALF, times=(about[0], about[0], not_zero, size))
        sums = [Term(times=(higher,)), Term(times=(about[0], up)), square]
        return u.close(u.have(Falsum(), one(w.h @ w.h.T), sum=sums))

    G = w.R @ w.h.T
    long = t.have(norm2(column) > 0, t.have(norm2(column) == 1, unit), sum=[Term()])
    along = tr(w.R.T @ column @ w.h)

    def level(zero: Known) -> Known:
        """<R, column h> = 0 where R h' = 0."""
        return t.have(along >= 0, t.have(along == 0, t.zero(G, zero, sum=[])), sum=[])

    falsum = t.by_sign(
        norm2(G),
        lambda zero: raised(t, column, long, level(zero)),
        lambda yes: raised(t, G, yes, t.have(tr(w.R.T @ G @ w.h) >= 0, sum=[Term(times=(yes,))])),
        lambda no: t.have(Falsum(), sum=[Term(times=(no,)), Term(grams=(G,))]),
    )
    s.conclude(negation(w.maximum()), by=t.close(falsum))


def falling(w: Silent) -> Formula:
    """<YZ, A2 N> >= 0 for all N = sigma(D XZ), and = 0 only for N = 0."""
    D_, N_ = Variable("D", matrix_sort(1, "d0")), Variable("N", matrix_sort(1, "z"))
    N = of(N_)
    only = conjunction(-w.slope(N) >= 0, Implies(-w.slope(N) == 0, N == null(1, "z")))
    return for_all(D_, N_, Implies(is_sigma_row(of(D_) @ w.XZ, N, w.f), only))


@statement("relu-maximum.2", "firing only lowers the loss: a local maximum", kind="step", hidden=True)
def sufficient(s: Script) -> None:
    """With f = <YZ, A2 N>, c |N|^2 <= f^2 and |E| small: <YZ, E N> >= -f/2 and 1/2 |(A2 + E) N|^2 <= f/2."""
    w = Silent(s)
    orders = s.given(falling(w), "<YZ, A2 N> >= 0, and = 0 only for N = 0")
    form = dict(a=null("d0", 1), c=w.YZ.T @ w.A2, V=ident("z"))
    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    here = orders(D, N, t.given(is_sigma_row(D @ w.XZ, N, w.f)))
    kinked = s.cite("kinked-linear", n="d0", z="z", q=nat("z"), f=w.f.columns, Fs=w.f.partial, X=w.XZ, **form)
    (c,), bound = s.obtain(kinked(w.of_f, t.close(here)), "c0")
    room = 2 * norm2(w.A2) + 2
    large = s.have(room > 0, sum=[Term(2, grams=(w.A2,)), Term(2)])
    (y,), of_y = s.obtain(s.cite("positive-inverse", a=room)(large), "y")
    reach = c * y  # f <= reach makes 1/2 |B N|^2 at most f/2
    positive = s.have(reach * reach > 0, sum=[Term(times=(bound[0], of_y[0], bound[0], of_y[0]))])
    r, above, kept = w.near(s)
    P, k = norm2(w.YZ), norm2(w.XZ) * norm2(w.A2.T @ w.YZ)
    first = s.cite("small-enough", x=4 * P, p=c)(s.have(4 * P >= 0, sum=[Term(4, grams=(w.YZ,))]), bound[0])
    (c1,), of_1 = s.obtain(first, "c1")
    second = s.cite("small-enough", x=k, p=reach * reach)
    (c2,), of_2 = s.obtain(second(s.have(k >= 0, sum=[Term(grams=(w.XZ, w.A2.T @ w.YZ))]), positive), "c2")
    unit = s.have(number(1) > 0, sum=[Term()])
    (c3,), of_3 = s.obtain(s.cite("smaller", a=c1, b=c2)(of_1[0], of_2[0]), "c3")
    (c4,), of_4 = s.obtain(s.cite("smaller", a=c3, b=number(1))(of_3[0], unit), "c4")
    (delta,), small = s.obtain(s.cite("smaller", a=c4, b=r)(of_4[0], above), "c5")

    t = s.inner()
    B1, B2, NZ, NS = (t.matrix(*one_) for one_ in (("B1", 1, "d0"), ("B2", "d2", 1), ("NZ", 1, "z"), ("NS", 1, "o")))
    D, E = B1 - w.A1, B2 - w.A2
    close_1, close_2 = t.given(norm2(D) < delta), t.given(norm2(E) < delta)
    sigmas = [t.given(one_) for one_ in w.sigmas(B1, NZ, NS)]
    silent = kept(D, t.have(norm2(D) < r, sum=[Term(times=(close_1,)), Term(times=(small[2],))]))
    sigma, is_S = w.outputs_near(s, t, B1, (NZ, NS), sigmas, silent)
    f, pull = -w.slope(NZ), NZ @ w.YZ.T
    up, least = orders(D, NZ, sigma)[0], bound[1](D, NZ, sigma)
    chain = [Term(times=(small[1],)), Term(times=(of_4[1],))]
    in_1 = t.have(c1 - norm2(E) >= 0, sum=[Term(times=(close_2,)), *chain, Term(times=(of_3[1],))])
    in_2 = t.have(c2 - norm2(D) >= 0, sum=[Term(times=(close_1,)), *chain, Term(times=(of_3[2],))])
    in_3 = t.have(1 - norm2(E) >= 0, sum=[Term(times=(close_2,)), Term(times=(small[1],)), Term(times=(of_4[2],))])
    # x^2 <= |E|^2 |NZ|^2 |YZ|^2 <= f^2/4
    x = tr(E.T @ pull.T)
    seen = s.cite("cauchy-schwarz", u=E.T, w=pull)
    spread = s.cite("product-bound", u=NZ, T=w.YZ.T)
    squares = t.have(4 * x * x <= f * f, sum=[
        Term(4, times=(seen,)), Term(4, times=(spread,), grams=(E,)), Term(4, times=(in_1,), grams=(NZ, w.YZ)),
        Term(times=(of_1[1],), grams=(NZ,)), Term(times=(least,)),
    ])  # fmt: skip
    half = t.have(f * HALF >= 0, sum=[Term(HALF, times=(up,))])
    squares = t.have(x * x <= f * HALF * (f * HALF), sum=[Term(HALF * HALF, times=(squares,))])
    low_x = s.cite("square-less", x=x, r=f * HALF)(squares, half)[0]
    # f^2 <= |NZ|^2 |A2'YZ|^2 <= |D|^2 k <= reach^2
    seen = s.cite("cauchy-schwarz", u=NZ, w=w.A2.T @ w.YZ)
    shorter = s.cite("sigma-shorter", f=w.f.columns, Fs=w.f.partial, M=D @ w.XZ, N=NZ)(w.of_f, sigma)
    spread = s.cite("product-bound", u=D, T=w.XZ)
    look = w.A2.T @ w.YZ
    squares = t.have(f * f <= reach * reach, sum=[
        Term(times=(seen,)), Term(times=(shorter,), grams=(look,)), Term(times=(spread,), grams=(look,)),
        Term(times=(in_2,), grams=(w.XZ, look)), Term(times=(of_2[1],)),
    ])  # fmt: skip
    nonneg = t.have(reach >= 0, sum=[Term(times=(bound[0], of_y[0]))])
    f_low = s.cite("square-less", x=f, r=reach)(squares, nonneg)[1]
    # c (f - |B NZ|^2) >= c f - room c |NZ|^2 >= f (c - room f) >= 0
    whole = t.have(room - norm2(B2) >= 0, sum=[Term(grams=(w.A2 - E,)), Term(2, times=(in_3,))])
    size = t.have(norm2(B2 @ NZ) == norm2(B2) * norm2(NZ), one(NZ @ NZ.T))
    product = t.have(c * (f - norm2(B2) * norm2(NZ)) >= 0, of_y[1], sum=[
        Term(times=(bound[0], whole), grams=(NZ,)), Term(times=(large, least)), Term(times=(up, f_low, large)),
    ])  # fmt: skip
    short = s.cite("positive-factor", a=c, w=f - norm2(B2) * norm2(NZ))(bound[0], product)
    claim = w.loss(B2, NZ, NS) <= w.here
    done = t.close(t.have(claim, is_S, size, sum=[Term(times=(low_x,)), Term(HALF, times=(short,))], heavy=[NS]))
    s.conclude(w.maximum(), by=s.witness(w.maximum(), delta, by=both(small[0], done)))


@statement("relu-maximum.3", "at a local maximum firing only lowers the loss", kind="step", hidden=True)
def necessary(s: Script) -> None:
    """First order in D with A2 as it is, and moved by -x YZ N'; where nothing is left of it, by any column."""
    w = Silent(s)
    outputs = s.given(at_least(nat("d2"), 1), "d2 >= 1")
    maximum = s.given(w.maximum(), "a local maximum")
    (d1,), highest = s.obtain(maximum, "r3")
    r, positive, kept = w.near(s)
    (delta,), small = s.obtain(s.cite("smaller", a=d1, b=r)(highest[0], positive), "r4")
    column, unit = unit_column(s, outputs)

    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    sigma = t.given(is_sigma_row(D @ w.XZ, N, w.f))
    nonneg = t.have(norm2(D) >= 0, sum=[Term(grams=(D,))])

    def at(c: Context, x: Expr, up: Known, close: Known, E: Expr, near: Known) -> Known:
        """x <YZ, (A2 + E) N> - 1/2 x^2 |(A2 + E) N|^2 >= 0, for x > 0 with x^2 |D|^2, |E|^2 < delta."""
        B1, B2 = w.A1 + x * D, w.A2 + E
        inner = c.have(norm2(x * D) < r, sum=[Term(times=(close,)), Term(times=(small[2],))])
        outs = w.outputs_along(s, c, (x, up), D, N, sigma, kept(x * D, inner))
        first = c.have(norm2(x * D) < d1, sum=[Term(times=(close,)), Term(times=(small[1],))])
        second = c.have(norm2(E) < d1, sum=[Term(times=(near,)), Term(times=(small[1],))])
        return highest[1](B1, B2, x * N, null(1, "o"), first, second, *outs)

    def slope(c: Context, E: Expr, near: Known) -> Known:
        """<YZ, (A2 + E) N> >= 0."""
        u = c.inner()
        x = u.scalar("t")
        up, close = u.given(x > 0), u.given(x * x * norm2(D) < delta)
        B = w.A2 + E
        series = tr(w.YZ.T @ B @ N) + x * (-norm2(B @ N) / 2) + x**2 * 0 + x**3 * 0
        product = u.have(x * series >= 0, sum=[Term(times=(at(u, x, up, close, E, near),))])
        along = u.close(s.cite("positive-factor", a=x, w=series)(up, product))
        zero = number(0)
        low = s.cite("lowest-order", s=tr(w.YZ.T @ B @ N), k=-norm2(B @ N) / 2, c=zero, e=zero, K=norm2(D), delta=delta)
        return low(nonneg, small[0], along)

    nothing = null("d2", 1)
    none = t.have(norm2(nothing) < delta, sum=[Term(times=(small[0],))])
    first = slope(t, nothing, none)

    u = t.inner()
    flat = u.given(-w.slope(N) == 0)
    pull = w.YZ @ N.T
    step = s.cite("short-step", K=norm2(pull), r=delta)(u.have(norm2(pull) >= 0, sum=[Term(grams=(pull,))]), small[0])
    (x,), about = u.obtain(step, "x")
    back = slope(u, -x * pull, u.have(norm2(-x * pull) < delta, sum=[Term(times=(about[1],))]))
    product = u.have(x * (0 - norm2(pull)) >= 0, flat, sum=[Term(times=(back,))])
    gone = u.zero(pull, sum=[Term(times=(s.cite("positive-factor", a=x, w=0 - norm2(pull))(about[0], product),))])
    # now |(A2 + E) N|^2 <= 0 for every small E
    (z,), of_z = u.obtain(s.cite("short-step", K=norm2(D), r=delta)(nonneg, small[0]), "z1")
    unit_size = u.have(norm2(column) == 1, unit)
    step = s.cite("short-step", K=number(1), r=delta)(u.have(number(1) >= 0, sum=[Term()]), small[0])
    (y,), of_y = u.obtain(step, "y")
    near = u.have(norm2(y * column) < delta, unit_size, sum=[Term(times=(of_y[1],))])

    def silent_there(E: Expr, close: Known) -> Known:
        """-|(A2 + E) N|^2 >= 0."""
        value = 0 - norm2((w.A2 + E) @ N)
        here = at(u, z, of_z[0], of_z[1], E, close)
        product = u.have(z * z * value >= 0, gone, sum=[Term(2, times=(here,))])
        square = u.have(z * z > 0, sum=[Term(times=(of_z[0], of_z[0]))])
        return s.cite("positive-factor", a=z * z, w=value)(square, product)

    here, there = silent_there(nothing, u.have(norm2(nothing) < delta, none)), silent_there(y * column, near)
    # |y column N|^2 = |(A2 + y column) N - A2 N|^2 <= 2 |..|^2 + 2 |A2 N|^2 <= 0
    both_sum = (w.A2 + y * column) @ N + w.A2 @ N
    moved = u.have(norm2(y * column @ N) == y * y * norm2(N), unit, one(N @ N.T))
    product = u.have(y * y * (0 - norm2(N)) >= 0, moved, sum=[
        Term(2, times=(here,)), Term(2, times=(there,)), Term(grams=(both_sum,)),
    ])  # fmt: skip
    square = u.have(y * y > 0, sum=[Term(times=(of_y[0], of_y[0]))])
    zero = u.zero(N, sum=[Term(times=(s.cite("positive-factor", a=y * y, w=0 - norm2(N))(square, product),))])
    only = u.close(zero)
    done = t.close(both(t.have(-w.slope(N) >= 0, sum=[Term(times=(first,))]), only))
    s.conclude(falling(w), by=done)


@statement(
    "relu-maximum",
    "a unit that fires nowhere: local maximum iff <YZ, A2 N> > 0 for all N = sigma(D XZ) but N = 0",
)
def relu_maximum(s: Script) -> None:
    for step in ("relu-maximum.1", "relu-maximum.2", "relu-maximum.3"):
        s.include(step)
    w = Silent(s)
    outputs = s.given(at_least(nat("d2"), 1), "d2 >= 1")
    data = dict(XZ=w.XZ, YZ=w.YZ, XS=w.XS, YS=w.YS, A1=w.A1, A2=w.A2)
    named = dict(f=w.f.columns, Fs=w.f.partial, g=w.g.columns, Gs=w.g.partial, **data)
    there, back = s.inner(), s.inner()
    maximum, orders = there.given(w.maximum()), back.given(falling(w))
    down = there.close(s.cite("relu-maximum.3", **named)(*w.known(), outputs, maximum))
    up = back.close(s.cite("relu-maximum.2", **named)(*w.known(), orders))
    done = both(down, up)
    s.conclude(done.formula, by=done)
