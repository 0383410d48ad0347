"""The local minima of one ReLU unit that fires for no sample: where outputs at its boundary can only do harm.

At (A1, A2) the samples Z are at the boundary (A1 x = 0), and the unit is silent for the samples S (A1 x < 0); any
numbers of each, any inputs. In the direction D, N = sigma(D XZ), the loss has the slope -<YZ, A2 N>; where that is 0,
A2 can be moved towards YZ N', unless this is 0.
"""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, both
from symbolic_cp.prover.expression import Expr, norm2, null, number, tr

from ..entries import is_sigma_row
from .silent import Silent

v = nat("~0")
HALF = Fraction(1, 2)


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
    sigma, is_S = w.outputs_near(s, t, B1, (NZ, NS), (sigma_Z, sigma_S), silent)
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
        is_Z, is_S = w.outputs_along(s, t, (x, up), D, N, sigma, kept(x * D, inner))
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
