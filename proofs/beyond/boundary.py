"""The boundary of cells of one ReLU unit, in general: any number of inputs switch at (A1, A2), on any lines.

The unit fires for the samples P with data XP, YP; for the samples Z with data XZ, YZ it is at the boundary, A1 XZ = 0;
all others are silent nearby. f are coordinates of the Z-space: x_l = XZ f[l]. In the direction (D1, D2) the outputs on
Z at A1 + t D1, t > 0, are t N with N = sigma(D1 XZ). R = A2 A1 XP - YP are the residuals, and c_l = -A2'y_l.
"""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, both
from symbolic_cp.prover.expression import Expr, norm2, null, of, tr

from ..entries import is_sigma_row
from ..relu import coordinates
from .absolute import vanishing
from .generic import length, parallel
from .lines import is_line, lines_vanish
from .rows import carried, each_place, equal_rows, still_sigma


class Point:
    """Letters of a point at a boundary, and what is said about it."""

    def __init__(self, s: Context) -> None:
        s.dims("d0 d2 p z")
        self.f, self.complete = coordinates(s, "z", "f")
        self.XP, self.YP, self.XZ, self.YZ = s.matrices("XP: d0 x p, YP: d2 x p, XZ: d0 x z, YZ: d2 x z")
        self.A1, self.A2 = s.matrices("A1: 1 x d0, A2: d2 x 1")
        self.R = self.A2 @ self.A1 @ self.XP - self.YP
        self.pulls = self.A2.T @ self.YZ

    def slope(self, D1: Expr, D2: Expr, N: Expr) -> Expr:
        """The one-sided derivative in the direction (D1, D2), where N = sigma(D1 XZ)."""
        on_P = tr(self.R.T @ (D2 @ self.A1 @ self.XP + self.A2 @ D1 @ self.XP))
        return on_P - tr(self.YZ.T @ self.A2 @ N)

    def flat(self) -> Formula:
        """All one-sided derivatives vanish."""
        D1, D2 = Variable("D1", matrix_sort(1, "d0")), Variable("D2", matrix_sort("d2", 1))
        N = Variable("N", matrix_sort(1, "z"))
        fires = is_sigma_row(of(D1) @ self.XZ, of(N), self.f)
        return for_all(D1, D2, N, Implies(fires, self.slope(of(D1), of(D2), of(N)) == 0))

    def conditions(self) -> tuple[Formula, Formula, Formula]:
        """(a) sum of c_l |x_l| = 0 on every line; (b) the mean of both sides; (c) the gradient for A2."""
        b = self.A2.T @ self.R @ self.XP.T - self.pulls @ self.XZ.T / 2 == 0
        return lines_vanish(self.XZ, self.pulls, self.f), b, self.R @ self.XP.T @ self.A1.T == 0

    def named(self) -> dict[str, object]:
        """The letters of a lemma about columns."""
        return {"f": self.f.columns, "Fs": self.f.partial}


# ------------------------------------------------------------------------------------------------- the criterion


@statement(
    "relu-boundary.1",
    "the loss along a direction: its coefficient of t is tr(R'F) on P, and c sigma(D1 XZ)' on Z",
    kind="step",
    hidden=True,
)
def expansion(s: Script) -> None:
    """t N is what the samples Z give at A1 + t D1. All else is of order t^2: these are one-sided derivatives."""
    w = Point(s)
    D1, D2, B1, B2, N = s.matrices("D1: 1 x d0, D2: d2 x 1, B1: 1 x d0, B2: d2 x 1, N: 1 x z")
    t = s.scalar("t")
    positive = s.given(t > 0, "t > 0")
    edge = s.given(w.A1 @ w.XZ == 0, "the samples Z are at the boundary")
    sigma = s.given(is_sigma_row(D1 @ w.XZ, N, w.f), "N = sigma(D1 XZ)")
    moved = s.given(conjunction(B1 == w.A1 + t * D1, B2 == w.A2 + t * D2), "the point at t")
    times = s.cite("sigma-times", m="z", **w.named(), M=D1 @ w.XZ, N=N, t=t)(w.complete, positive, sigma)
    same = s.have(t * D1 @ w.XZ == B1 @ w.XZ, moved, edge)
    fires = carried(s, w.f, times, t * D1 @ w.XZ, B1 @ w.XZ, t * N, same)
    A1, A2, XP, YP, YZ = w.A1, w.A2, w.XP, w.YP, w.YZ
    R, F, G = A2 @ A1 @ XP - YP, D2 @ A1 @ XP + A2 @ D1 @ XP, D2 @ D1 @ XP
    cubic = t**3 * tr(F.T @ G) + t**4 * norm2(G) / 2
    on_P = norm2(R) / 2 + t * tr(R.T @ F) + t**2 * (norm2(F) / 2 + tr(R.T @ G)) + cubic
    on_Z = norm2(YZ) / 2 - t * tr(YZ.T @ A2 @ N) + t**2 * (norm2(B2 @ N) / 2 - tr(YZ.T @ D2 @ N))
    first = s.have(norm2(B2 @ B1 @ XP - YP) / 2 == on_P, moved, heavy=[B1, B2])
    second = s.have(norm2(B2 @ (t * N) - YZ) / 2 == on_Z, moved[1], heavy=[B2])
    done = both(fires, first, second)
    s.conclude(done.formula, by=done)


@statement(
    "relu-boundary",
    "all one-sided slopes vanish iff (a) sum c_j |x_j| = 0 on each line, (b) sum c_j x_j + 1/2 sum_Z c_j x_j = 0, (c)",
)
def boundary(s: Script) -> None:
    """The criterion for differentiable critical points on the boundary of a cell, for any inputs that switch there."""
    w = Point(s)
    for name in ("relu-boundary.1", "relu-boundary.2", "relu-boundary.2.repair", "relu-boundary.3"):
        s.include(name)
    three = conjunction(*w.conditions())
    there, back = s.inner(), s.inner()
    necessary = there.close(forward(s, there, there.given(w.flat()), w))
    sufficient = back.close(backward(s, back, back.given(three), w))
    done = both(necessary, sufficient)
    s.conclude(done.formula, by=done)


def forward(s: Script, t: Context, every: Known, w: Point) -> Known:
    """(c) from D1 = 0; (b) from the difference of opposite directions; (a) from their sum, by second differences."""
    f, XZ, g = w.f, w.XZ, w.pulls
    still, unmoved = null(1, "d0"), null("d2", 1)
    silent = still_sigma(t, f, XZ)
    c = t.zero(w.R @ w.XP.T @ w.A1.T, every(still, w.R @ w.XP.T @ w.A1.T, null(1, "z"), silent))

    def slopes(u: Context, D: Expr, name: str) -> tuple[Expr, Known, Known, Known]:
        """N = sigma(D XZ), what it is, and the derivatives along D and -D."""
        (N,), sigma = u.obtain(s.cite("sigma-row", m="z", **w.named(), M=D @ XZ)(w.complete), name)
        odd = s.cite("sigma-odd", m="z", **w.named(), M=D @ XZ, N=N)(w.complete, sigma)
        return N, sigma, every(D, unmoved, N, sigma), every(-D, unmoved, N - D @ XZ, odd)

    W = w.A2.T @ w.R @ w.XP.T - g @ XZ.T / 2
    u = t.inner()
    _, _, along, against = slopes(u, W, "N0")
    b = u.close(u.zero(W, along, against))

    u = t.inner()
    (j,) = u.dims("j")
    u.given(at_least(j, 1)), u.given(at_least(f.size, j))
    V = u.matrix("W", 1, "z")
    line = u.given(is_line(XZ, XZ @ f[j], V, f))
    x = XZ @ f[j]
    columns = Family(1, (XZ @ of(f.columns, nat("~0"))).term)
    (e,), about = u.obtain(s.cite("generic", d="d0", m="z", x=x, y=columns), "e")
    rows, flat = [], []
    for name, D in (("N1", e + x.T), ("N2", e - x.T), ("N3", e)):
        N, sigma, along, against = slopes(u, D, name)
        rows.append((N, sigma))
        flat.append(u.have(tr(g @ (2 * N - D @ XZ).T) == 0, along, against))
    (up, of_up), (down, of_down), (middle, of_middle) = rows

    def entry(c: Context, l, low: Known, high: Known) -> Known:
        y = XZ @ f[l]
        a, b_, weight = tr(e @ y), tr(x.T @ y), line(l, low, high)
        p, q, r, v = (tr(N @ f[l]) for N in (up, down, middle, V))
        three = [sigma(l, low, high) for sigma in (of_up, of_down, of_middle)]
        numbers = dict(a=a, b=b_, p=p, q=q, r=r)
        claim = tr((up + down - 2 * middle) @ f[l]) == v

        def straight(large: Known, none: Known) -> Known:
            return c.have(claim, s.cite("second-difference", **numbers)(large, *three), none)

        def at_zero(par: Known, none: Known) -> Known:
            size = c.have(b_ == 0, none)
            large = c.have(a * a >= b_ * b_, size, sum=[Term(squares=(a,))])
            return straight(large, vanishing(c, b_, v, weight[0](par), size))

        def bent(par: Known, not_zero: Known) -> Known:
            seen = s.cite("unseen", e=e, x=x, y=y)(about[0], par, length(c, x, not_zero))
            return c.have(claim, s.cite("second-difference-bent", **numbers, v=v)(seen, *three, weight[0](par)))

        return c.decide(
            parallel(x, y),
            lambda par: c.decide(x == null("d0", 1), lambda none: at_zero(par, none), lambda no: bent(par, no)),
            lambda no: straight(about[1](l, low, high)(no), weight[1](no)),
        )

    equal = equal_rows(s, f, w.complete, up + down - 2 * middle, V, each_place(u, f, entry))
    a = u.close(u.have(tr(g @ V.T) == 0, equal, *flat))
    return both(a, b, c)


def backward(s: Script, t: Context, three: Known, w: Point) -> Known:
    """By (b) and (c), -1/2 the sum of c_l |D1 x_l| is left, which vanishes by (a)."""
    *_, b, c = three.parts()
    a = three.parts()[0]
    D1, D2, N = t.matrices("D1: 1 x d0, D2: d2 x 1, N: 1 x z")
    sigma = t.given(is_sigma_row(D1 @ w.XZ, N, w.f))
    H = 2 * N - D1 @ w.XZ
    sizes = s.cite("sigma-absolute", m="z", **w.named(), M=D1 @ w.XZ, N=N)(w.complete, sigma)
    gone = s.cite("lines-cancel", d="d0", m="z", **w.named(), X=w.XZ, D=D1, c=w.pulls, H=H)(w.complete, sizes, a)
    first = t.have(tr(w.R.T @ D2 @ w.A1 @ w.XP) == 0, c)
    second = t.have(tr(w.R.T @ w.A2 @ D1 @ w.XP) == tr(w.pulls @ w.XZ.T @ D1.T) / 2, b)
    return t.have(w.slope(D1, D2, N) == 0, first, second, gone)
