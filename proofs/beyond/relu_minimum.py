"""The local minima of one ReLU unit that fires, at every boundary: first and second order are necessary and sufficient.

At (A1, A2) the unit fires for the samples P (A1 x > 0), the samples Z are at its boundary (A1 x = 0), and for the
samples S it is silent (A1 x < 0); any numbers of each, any inputs. h = A1 XP are the outputs, R = A2 h - YP the
residuals. In the direction D of A1, N = sigma(D XZ), the loss has the one-sided slope <R, A2 D XP> - <YZ, A2 N>. Where
that is 0, and A2 is at its best along the way, |h|^2 times twice the second order term is
|h|^2 |A2|^2 (|D XP|^2 + |N|^2) - |YP (D XP)' + YZ N'|^2.
"""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    Falsum,
    conjunction,
)
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, tr

from ..entries import is_sigma_row
from .generic import scaled
from .rows import still_sigma
from .unit import Unit, near_unit, outputs_along, outputs_near

HALF = Fraction(1, 2)


@statement("relu-minimum.1", "first and second order conditions make a local minimum", kind="step", hidden=True)
def sufficient(s: Script) -> None:
    """With b = |NP|^2 + |NZ|^2, b times the change of the loss is a square plus 2 |h|^2 slope + second order."""
    w = Unit(s)
    size = s.given(norm2(w.h) > 0, "P is not empty")
    best, orders = s.given(w.best(), "A2 is at its best"), s.given(w.orders(), "first and second order")
    eta = norm2(w.h)
    a, c = 2 * eta * w.XP @ w.R.T @ w.A2, -2 * eta * w.YZ.T @ w.A2
    S1 = eta * norm2(w.A2) * w.XP @ w.XP.T - w.XP @ w.YP.T @ w.YP @ w.XP.T
    S2, S3 = -2 * w.YZ.T @ w.YP @ w.XP.T, eta * norm2(w.A2) * ident("z") - w.YZ.T @ w.YZ
    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    here = orders(D, N, t.given(is_sigma_row(D @ w.XZ, N, w.f)))
    linear = tr(D @ a) + tr(N @ c)
    square = tr(D @ S1 @ D.T) + tr(N @ S2 @ D.T) + tr(N @ S3 @ N.T)
    up = t.have(linear >= 0, sum=[Term(2, times=(size, here[0]))])
    u = t.inner()
    level = scaled(u, eta, w.slope(D, N), u.have(eta * w.slope(D, N) == 0, u.given(linear == 0)), size)
    curved = u.close(u.have(square >= 0, sum=[Term(times=(here[1](level),))]))
    every = t.close(both(up, curved))
    form = dict(a=a, c=c, S1=S1, S2=S2, S3=S3)
    kinked = s.cite("kinked-quadratic", n="d0", z="z", f=w.f.columns, Fs=w.f.partial, X=w.XZ, **form)
    (d1,), near = s.obtain(kinked(w.of_f, every), "r3")
    d2, positive, kept = near_unit(s, w)
    (delta,), small = s.obtain(s.cite("smaller", a=d1, b=d2)(near[0], positive), "r4")

    t = s.inner()
    B1, B2 = t.matrix("B1", 1, "d0"), t.matrix("B2", "d2", 1)
    outs = [t.matrix(name, 1, n) for name, n in (("NP", "p"), ("NZ", "z"), ("NS", "o"))]
    NP, NZ, NS = outs
    D = B1 - w.A1
    close = t.given(norm2(D) < delta)
    t.given(norm2(B2 - w.A2) < delta)
    sigma_P, sigma_Z, sigma_S = (t.given(one_) for one_ in w.sigmas(B1, *outs))
    inner = t.have(norm2(D) < d2, sum=[Term(times=(close,)), Term(times=(small[2],))])
    is_P, sigma, is_S = outputs_near(s, w, t, B1, outs, (sigma_P, sigma_Z, sigma_S), kept(D, inner))
    inner = t.have(norm2(D) < d1, sum=[Term(times=(close,)), Term(times=(small[1],))])
    above = near[1](D, NZ, sigma, inner)
    total = t.have(2 * eta * w.slope(D, NZ) + w.second(D, NZ) >= 0, sum=[Term(times=(above,))])

    letters = dict(h=w.h, YP=w.YP, N=NZ, A=w.A2)
    value = s.cite("unit-value", **letters, g=w.h + D @ w.XP, B=B2)(best)  # what Z wants drops out of it
    move = s.cite("unit-move", **letters, YZ=w.YZ, u=D @ w.XP)(best)
    g = B1 @ w.XP
    b, y = norm2(g) + norm2(NZ), w.YP @ g.T + w.YZ @ NZ.T
    change = norm2(B2 @ g - w.YP) + norm2(B2 @ NZ - w.YZ) - norm2(w.R) - norm2(w.YZ)
    product = t.have(b * change >= 0, value, move, sum=[Term(times=(total,)), Term(grams=(b * B2 - y,))])

    def at_zero(zero: Known) -> Known:
        """All outputs are 0: the loss is 1/2 |Y|^2, and smaller at the point."""
        minus = t.have(-norm2(NZ) >= 0, zero, sum=[Term(grams=(g,))])
        none_Z = t.zero(NZ, minus, sum=[Term(times=(minus,))])
        minus = t.have(-norm2(g) >= 0, zero, sum=[Term(grams=(NZ,))])
        none_P = t.zero(g, minus, sum=[Term(times=(minus,))])
        old = t.have(norm2(w.R) == norm2(w.YP) - norm2(w.h) * norm2(w.A2), best, one(w.h @ w.h.T))
        new = t.have(change == norm2(w.YP) - norm2(w.R), none_P, none_Z)
        return t.have(change >= 0, new, old, sum=[Term(grams=(w.A2,), times=(size,))])

    positive_b = lambda yes: s.cite("positive-factor", a=b, w=change)(yes, product)
    negative_b = lambda no: anything(
        t.have(Falsum(), sum=[Term(times=(no,)), Term(grams=(g,)), Term(grams=(NZ,))]), change >= 0
    )
    higher = t.by_sign(b, at_zero, positive_b, negative_b)
    claim = w.loss(B2, *outs) >= w.here
    done = t.close(t.have(claim, is_P, is_S, sum=[Term(HALF, times=(higher,))], heavy=[NP, NS]))
    s.conclude(w.minimum(), by=s.witness(w.minimum(), delta, by=both(small[0], done)))


@statement(
    "relu-minimum.2",
    "a local minimum has A2 at its best, slopes >= 0, and no descent of second order",
    kind="step",
    hidden=True,
)
def necessary(s: Script) -> None:
    """Along (A1 + t D, A2 + t E): t slope + t^2 curvature + ..., with E = 0, or the best E where the slope is 0."""
    w = Unit(s)
    size = s.given(norm2(w.h) > 0, "P is not empty")
    minimum = s.given(w.minimum(), "a local minimum")
    (d1,), lowest = s.obtain(minimum, "r3")
    d2, positive, kept = near_unit(s, w)
    (delta,), small = s.obtain(s.cite("smaller", a=d1, b=d2)(lowest[0], positive), "r4")

    terms = w.terms
    t = s.inner()
    D, E, N = t.matrix("D", 1, "d0"), t.matrix("E", "d2", 1), t.matrix("N", 1, "z")
    sigma = t.given(is_sigma_row(D @ w.XZ, N, w.f))
    x = t.scalar("t")
    up, close = t.given(x > 0), t.given(x * x * (norm2(D) + norm2(E)) < delta)
    B1, B2 = w.A1 + x * D, w.A2 + x * E
    shorter = [Term(times=(close,)), Term(squares=(x,), grams=(E,))]
    near_1 = t.have(norm2(B1 - w.A1) < delta, sum=shorter)
    near_2 = t.have(norm2(B2 - w.A2) < delta, sum=[Term(times=(close,)), Term(squares=(x,), grams=(D,))])
    moves = (B1 - w.A1, near_1), (B2 - w.A2, near_2)
    at_1 = [t.have(norm2(M) < d1, sum=[Term(times=(one_,)), Term(times=(small[1],))]) for M, one_ in moves]
    inner = t.have(norm2(x * D) < d2, sum=[Term(times=(near_1,)), Term(times=(small[2],))])
    is_P, is_Z, is_S = outputs_along(s, w, t, (x, up), D, N, sigma, kept(x * D, inner))
    higher = lowest[1](B1, B2, B1 @ w.XP, x * N, null(1, "o"), *at_1, is_P, is_Z, is_S)
    first, second, third, fourth = terms(D, E, N)
    series = first + x * second + x**2 * third + x**3 * fourth
    product = t.have(x * series >= 0, sum=[Term(times=(higher,))])
    along = t.close(s.cite("positive-factor", a=x, w=series)(up, product))

    def slope(c: Context, D: Expr, E: Expr, N: Expr, sigma: Known) -> tuple[Known, Known]:
        """The slope is >= 0; the curvature is, where the slope is 0."""
        first, second, third, fourth = terms(D, E, N)
        K = norm2(D) + norm2(E)
        every = along(D, E, N, sigma)
        nonneg = c.have(K >= 0, sum=[Term(grams=(D,)), Term(grams=(E,))])
        order = dict(K=K, delta=delta)
        low = s.cite("lowest-order", s=first, k=second, c=third, e=fourth, **order)(nonneg, small[0], every)
        u = c.inner()
        flat = u.given(first == 0)
        v_ = u.inner()
        x = v_.scalar("t")
        up, close = v_.given(x > 0), v_.given(x * x * K < delta)
        rest = second + x * third + x**2 * fourth + x**3 * 0
        product = v_.have(x * rest >= 0, flat, sum=[Term(times=(every(x, up, close),))])
        lower = v_.close(s.cite("positive-factor", a=x, w=rest)(up, product))
        curved = s.cite("lowest-order", s=second, k=third, c=fourth, e=number(0), **order)(nonneg, small[0], lower)
        return low, u.close(curved)

    still, nothing = null(1, "d0"), null(1, "z")
    zero = still_sigma(s, w.f, w.XZ)
    G = w.R @ w.h.T
    down, _ = slope(s, still, -G, nothing, zero)
    best = s.zero(G, sum=[Term(times=(down,))])

    t = s.inner()
    D, N = t.matrix("D", 1, "d0"), t.matrix("N", 1, "z")
    sigma = t.given(is_sigma_row(D @ w.XZ, N, w.f))
    up, _ = slope(t, D, null("d2", 1), N, sigma)
    u = t.inner()
    flat = u.given(w.slope(D, N) == 0)
    (y,), unity = u.obtain(reciprocal(size), "y")
    move = D @ w.XP
    pull = w.YP @ move.T + w.YZ @ N.T
    E = y * (pull - 2 * tr(w.h @ move.T) * w.A2)
    _, curved = slope(u, D, E, N, sigma)
    level = u.have(terms(D, E, N)[0] == 0, flat, u.have(tr(w.R.T @ E @ w.h) == 0, best))
    curvature = curved(level)
    letters = dict(h=w.h, u=move, N=N, YP=w.YP, YZ=w.YZ, A=w.A2, y=y)
    value = s.cite("unit-second", **letters)(u.have(y * norm2(w.h) == 1, unity), flat)
    bent = u.close(u.have(w.second(D, N) >= 0, value, sum=[Term(2, times=(size, curvature))]))
    orders = t.close(both(t.have(w.slope(D, N) >= 0, sum=[Term(times=(up,))]), bent))
    done = both(best, orders)
    s.conclude(done.formula, by=done)


@statement(
    "relu-minimum",
    "a unit that fires: local minimum iff R h' = 0, slopes >= 0, and where a slope is 0 the second order is >= 0",
)
def relu_minimum(s: Script) -> None:
    """For any inputs and any number of samples at the boundary; with none there, and in the inside of a cell, too."""
    s.include("relu-minimum.1")
    s.include("relu-minimum.2")
    w = Unit(s)
    size = s.given(norm2(w.h) > 0, "P is not empty")
    conditions = conjunction(w.best(), w.orders())
    there, back = s.inner(), s.inner()
    minimum = there.given(w.minimum())
    down = there.close(s.cite("relu-minimum.2", **w.named())(*w.known(), size, minimum))
    both_ = back.given(conditions)
    best, orders = both_.parts()
    up = back.close(s.cite("relu-minimum.1", **w.named())(*w.known(), size, best, orders))
    done = both(down, up)
    s.conclude(done.formula, by=done)
