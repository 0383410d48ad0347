"""Where the loss of one ReLU unit is differentiable with gradient zero, as it is defined: |L(A + D) - L(A)| = o(|D|).

At (A1, A2) the unit fires for the samples P, Z are at its boundary, and it is silent for S; any numbers of each, any
inputs. If all one-sided slopes vanish, the change of the loss is of second order, with one constant for all directions;
if it is o(|D|), each of them vanishes. What that means for the inputs is relu-boundary.
"""

from __future__ import annotations

from fractions import Fraction

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
    implication,
    instantiate,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr

from ..entries import is_sigma_row
from ..relu import by_half, coordinates
from .lines import lines_vanish
from .unit import Unit, near_unit, outputs_along, outputs_near

HALF = Fraction(1, 2)


@statement("sigma-shorter", "|sigma(M)| <= |M|, of rows", kind="lemma", hidden=True)
def sigma_shorter(s: Script) -> None:
    (m,) = s.dims("m")
    f, complete = coordinates(s, "m", "f")
    start, grows, whole = complete.parts()
    M, N = s.matrices("M: 1 x m, N: 1 x m")
    sigma = s.given(is_sigma_row(M, N, f), "N = sigma(M)")

    def claim(k: Nat) -> Formula:
        return tr(N @ of(f.partial, k) @ N.T) <= tr(M @ of(f.partial, k) @ M.T)

    def step(t: Context, k: Nat, below: Known, so_far: Known) -> Known:
        here = sigma(k + 1, t.linear(at_least(k + 1, 1)), below)
        x, y = tr(M @ f[k + 1]), tr(N @ f[k + 1])
        less = by_half(
            t,
            x,
            lambda up: t.have(y**2 <= x**2, here[0](up), sum=[]),
            lambda down: t.have(y**2 <= x**2, here[1](down), sum=[Term(squares=(x,))]),
        )
        ones = one(M @ f[k + 1]), one(N @ f[k + 1])
        return t.have(claim(k + 1), grows(k, below), *ones, sum=[Term(times=(so_far,)), Term(times=(less,))])

    every = s.induction("k", m, claim, s.have(claim(nat(0)), start, sum=[]), step)
    last = every(m, s.linear(at_least(m, m)))
    s.conclude(norm2(N) <= norm2(M), by=s.have(norm2(N) <= norm2(M), whole, sum=[Term(times=(last,))]))


@statement(
    "unit-remainder", "the second order of the loss near a unit is at most C (|D|^2 + |E|^2)", kind="lemma", hidden=True
)
def unit_remainder(s: Script) -> None:
    """|u|^2 <= x p and |N|^2 <= x q for u = D XP and N = sigma(D XZ), x = |D|^2; |E| <= 1."""
    s.dims("d2 m z")
    h, u, N, R, YZ, A, E = s.matrices("h: 1 x m, u: 1 x m, N: 1 x z, R: d2 x m, YZ: d2 x z, A: d2 x 1, E: d2 x 1")
    x, p, q = s.scalar("x"), s.scalar("p"), s.scalar("q")
    short_u, short_N = s.given(norm2(u) <= x * p), s.given(norm2(N) <= x * q)
    small, low_x = s.given(norm2(E) <= 1), s.given(x >= 0)
    low_p, low_q = s.given(p >= 0), s.given(q >= 0)
    a, y, B = norm2(A), norm2(E), A + E
    ones = [one(M @ M.T) for M in (h, u, N)]
    whole = s.have(norm2(B) <= 2 * a + 2, sum=[Term(grams=(A - E,)), Term(2, times=(small,))])
    first = s.have(norm2(E @ h + B @ u) / 2 <= y * norm2(h) + norm2(B) * norm2(u), *ones[:2], sum=[
        Term(HALF, grams=(E @ h - B @ u,)),
    ])  # fmt: skip
    of_u = s.have(norm2(B) * norm2(u) <= (2 * a + 2) * x * p, sum=[
        Term(times=(whole,), grams=(u,)), Term(2, times=(short_u,), grams=(A,)), Term(2, times=(short_u,)),
    ])  # fmt: skip
    of_N = s.have(norm2(B @ N) / 2 <= (a + 1) * x * q, ones[2], sum=[
        Term(HALF, times=(whole,), grams=(N,)), Term(times=(short_N,), grams=(A,)), Term(times=(short_N,)),
    ])  # fmt: skip
    seen_R, seen_Y = s.cite("product-bound", u=E.T, T=R), s.cite("product-bound", u=E.T, T=YZ)
    sides = []
    for way in (1, -1):
        left = s.have(way * tr(R.T @ E @ u) <= (y * norm2(R) + x * p) / 2, sum=[
            Term(HALF, grams=(R.T @ E - way * u.T,)), Term(HALF, times=(seen_R,)), Term(HALF, times=(short_u,)),
        ])  # fmt: skip
        right = s.have(-way * tr(YZ.T @ E @ N) <= (y * norm2(YZ) + x * q) / 2, sum=[
            Term(HALF, grams=(YZ.T @ E + way * N.T,)), Term(HALF, times=(seen_Y,)), Term(HALF, times=(short_N,)),
        ])  # fmt: skip
        sides.append((left, right))
    C = norm2(h) + (2 * a + 2) * p + (norm2(R) + p) / 2 + (a + 1) * q + (norm2(YZ) + q) / 2
    change = norm2(E @ h + B @ u) / 2 + tr(R.T @ E @ u) + norm2(B @ N) / 2 - tr(YZ.T @ E @ N)
    # what x does not multiply is multiplied by y = |E|^2, and the other way round
    over = [
        Term(grams=(h,), times=(low_x,)), Term(2, grams=(A, E), times=(low_p,)), Term(2, grams=(E,), times=(low_p,)),
        Term(HALF, grams=(R,), times=(low_x,)), Term(HALF, grams=(E,), times=(low_p,)),
        Term(grams=(A, E), times=(low_q,)), Term(grams=(E,), times=(low_q,)),
        Term(HALF, grams=(YZ,), times=(low_x,)), Term(HALF, grams=(E,), times=(low_q,)),
    ]  # fmt: skip
    up = s.have(C * (x + y) - change >= 0, sum=[
        Term(times=(first,)), Term(times=(of_u,)), Term(times=(of_N,)), *(Term(times=(k,)) for k in sides[0]), *over,
    ])  # fmt: skip
    more = [
        Term(grams=(h, E)), Term(2, grams=(A,), times=(low_x, low_p)), Term(2, times=(low_x, low_p)),
        Term(grams=(A,), times=(low_x, low_q)), Term(times=(low_x, low_q)),
        Term(HALF, grams=(E @ h + B @ u,)), Term(HALF, grams=(B @ N,)),
    ]  # fmt: skip
    down = s.have(C * (x + y) + change >= 0, sum=[*(Term(times=(k,)) for k in sides[1]), *over, *more])
    done = both(up, down)
    s.conclude(done.formula, by=done)


def smooth(w: Unit) -> Formula:
    """L_N is differentiable at the point with gradient zero: for all eta, (L(B) - L)^2 <= eta |B - A|^2 near A."""
    B1_, B2_ = Variable("B1", matrix_sort(1, "d0")), Variable("B2", matrix_sort("d2", 1))
    outs = [Variable(name, matrix_sort(1, size)) for name, size in (("NP", "p"), ("NZ", "z"), ("NS", "o"))]
    B1, B2, N = of(B1_), of(B2_), [of(out) for out in outs]
    eta, delta = Variable("eta", SCALAR), Variable("delta", SCALAR)
    x, y = norm2(B1 - w.A1), norm2(B2 - w.A2)
    bound = (w.loss(B2, *N) - w.here) ** 2 <= of(eta) * (x + y)
    body = implication(x < of(delta), y < of(delta), *w.sigmas(B1, *N), bound)
    near = exists(delta, conjunction(of(delta) > 0, for_all(B1_, B2_, *outs, body)))
    return for_all(eta, Implies(of(eta) > 0, near))


def flat(w: Unit) -> Formula:
    """All one-sided slopes vanish."""
    D_, E_ = Variable("D1", matrix_sort(1, "d0")), Variable("D2", matrix_sort("d2", 1))
    N_ = Variable("N", matrix_sort(1, "z"))
    D, E, N = of(D_), of(E_), of(N_)
    return for_all(D_, E_, N_, Implies(is_sigma_row(D @ w.XZ, N, w.f), w.terms(D, E, N)[0] == 0))


@statement(
    "relu-differentiable.1",
    "where all slopes vanish, L_N is differentiable with gradient zero",
    kind="step",
    hidden=True,
)
def sufficient(s: Script) -> None:
    """The change is at most C (|D|^2 + |E|^2), so its square at most 2 C^2 delta (|D|^2 + |E|^2)."""
    w = Unit(s)
    slopes = s.given(flat(w), "all slopes vanish")
    r, positive, kept = near_unit(s, w)
    p, q, a = norm2(w.XP), norm2(w.XZ), norm2(w.A2)
    C = norm2(w.h) + (2 * a + 2) * p + (norm2(w.R) + p) / 2 + (a + 1) * q + (norm2(w.YZ) + q) / 2
    t = s.inner()
    eta = t.scalar("eta")
    wanted = t.given(eta > 0)
    nonneg = t.have(2 * C**2 >= 0, sum=[Term(2, squares=(C,))])
    (c1,), of_1 = t.obtain(s.cite("small-enough", x=2 * C**2, p=eta)(nonneg, wanted), "c1")
    unit = t.have(number(1) > 0, sum=[Term()])
    (c2,), of_2 = t.obtain(s.cite("smaller", a=c1, b=number(1))(of_1[0], unit), "c2")
    (delta,), small = t.obtain(s.cite("smaller", a=c2, b=r)(of_2[0], positive), "c3")

    u = t.inner()
    B1, B2 = u.matrix("B1", 1, "d0"), u.matrix("B2", "d2", 1)
    outs = [u.matrix(name, 1, n) for name, n in (("NP", "p"), ("NZ", "z"), ("NS", "o"))]
    NP, NZ, NS = outs
    D, E = B1 - w.A1, B2 - w.A2
    x, y = norm2(D), norm2(E)
    close_1, close_2 = u.given(x < delta), u.given(y < delta)
    sigmas = [u.given(one_) for one_ in w.sigmas(B1, *outs)]
    inner = u.have(x < r, sum=[Term(times=(close_1,)), Term(times=(small[2],))])
    is_P, sigma, is_S = outputs_near(s, w, u, B1, outs, sigmas, kept(D, inner))
    level = slopes(D, E, NZ, sigma)
    below = u.have(y <= 1, sum=[Term(times=(close_2,)), Term(times=(small[1],)), Term(times=(of_2[2],))])
    move = D @ w.XP
    short_u = s.cite("product-bound", u=D, T=w.XP)
    shorter = s.cite("sigma-shorter", f=w.f.columns, Fs=w.f.partial, M=D @ w.XZ, N=NZ)(w.of_f, sigma)
    spread = s.cite("product-bound", u=D, T=w.XZ)
    short_N = u.have(norm2(NZ) <= x * q, sum=[Term(times=(shorter,)), Term(times=(spread,))])
    letters = dict(h=w.h, u=move, N=NZ, R=w.R, YZ=w.YZ, A=w.A2, E=E, x=x, p=p, q=q)
    low = [u.have(norm2(M) >= 0, sum=[Term(grams=(M,))]) for M in (D, w.XP, w.XZ)]
    bound = s.cite("unit-remainder", **letters)(short_u, short_N, below, *low)
    change = w.loss(B2, *outs) - w.here
    rest = norm2(E @ w.h + B2 @ move) / 2 + tr(w.R.T @ E @ move) + norm2(B2 @ NZ) / 2 - tr(w.YZ.T @ E @ NZ)
    value = u.have(change == rest, is_P, is_S, level, heavy=[NP, NS])
    K = x + y
    product = u.have(rest**2 <= C**2 * K**2, sum=[Term(times=(bound[0], bound[1]))])
    inside = u.have(2 * c1 - K >= 0, sum=[
        Term(times=(close_1,)), Term(times=(close_2,)), Term(2, times=(small[1],)), Term(2, times=(of_2[1],)),
    ])  # fmt: skip
    sums = [Term(times=(product,)), Term(squares=(C,), grams=(D,), times=(inside,))]
    sums += [Term(squares=(C,), grams=(E,), times=(inside,)), *(Term(grams=(M,), times=(of_1[1],)) for M in (D, E))]
    square = u.have(rest**2 <= eta * K, sum=sums)
    done = u.close(u.have(change**2 <= eta * K, value, sum=[Term(times=(square,))]))
    goal = smooth(w)
    near = t.witness(goal_at(goal, eta), delta, by=both(small[0], done))
    s.conclude(goal, by=t.close(near))


def goal_at(goal: Formula, eta: Expr) -> Formula:
    """What is claimed of one eta."""
    return instantiate(goal, eta.term).right


@statement(
    "relu-differentiable.2",
    "where L_N is differentiable with gradient zero, all slopes vanish",
    kind="step",
    hidden=True,
)
def necessary(s: Script) -> None:
    """With eta |D|^2 <= slope^2/4 the first order alone decides: slope^2/2 - slope (slope + t ...) >= 0 near 0."""
    w = Unit(s)
    given = s.given(smooth(w), "differentiable with gradient zero")
    r, positive, kept = near_unit(s, w)
    t = s.inner()
    D, E, N = t.matrix("D1", 1, "d0"), t.matrix("D2", "d2", 1), t.matrix("N", 1, "z")
    sigma = t.given(is_sigma_row(D @ w.XZ, N, w.f))
    first, second, third, fourth = w.terms(D, E, N)
    K = norm2(D) + norm2(E)
    nonneg = t.have(K >= 0, sum=[Term(grams=(D,)), Term(grams=(E,))])

    def steep(sign: Known) -> Known:
        """slope^2 > 0 leads to slope^2 <= 0."""
        u = t.inner()
        quarter = u.have(first**2 * HALF * HALF > 0, sum=[Term(Fraction(1, 4), times=(sign, sign))])
        (eta,), of_eta = u.obtain(s.cite("small-enough", x=K, p=first**2 * HALF * HALF)(nonneg, quarter), "eta0")
        (d1,), near = u.obtain(given(eta, of_eta[0]), "r3")
        (delta,), small = u.obtain(s.cite("smaller", a=d1, b=r)(near[0], positive), "r4")
        y = u.inner()
        x = y.scalar("t")
        up, close = y.given(x > 0), y.given(x * x * K < delta)
        B1, B2 = w.A1 + x * D, w.A2 + x * E
        near_1 = y.have(norm2(x * D) < delta, sum=[Term(times=(close,)), Term(squares=(x,), grams=(E,))])
        near_2 = y.have(norm2(x * E) < delta, sum=[Term(times=(close,)), Term(squares=(x,), grams=(D,))])
        moves = (x * D, near_1), (x * E, near_2)
        at = [y.have(norm2(M) < d1, sum=[Term(times=(k,)), Term(times=(small[1],))]) for M, k in moves]
        inner = y.have(norm2(x * D) < r, sum=[Term(times=(near_1,)), Term(times=(small[2],))])
        outs = outputs_along(s, w, y, (x, up), D, N, sigma, kept(x * D, inner))
        bound = near[1](B1, B2, B1 @ w.XP, x * N, null(1, "o"), *at, *outs)
        series = first + x * second + x**2 * third + x**3 * fourth
        # t^2 series^2 <= eta t^2 K <= t^2 slope^2 / 4
        square = y.have(x * x > 0, sum=[Term(times=(up, up))])
        less = first**2 * HALF * HALF - series**2
        product = y.have(x * x * less >= 0, sum=[Term(times=(bound,)), Term(squares=(x,), times=(of_eta[1],))])
        short = s.cite("positive-factor", a=x * x, w=less)(square, product)
        # slope series <= slope^2/4 + series^2 <= slope^2/2
        parts = (first**2 / 2 - first * first, -first * second, -first * third, -first * fourth)
        polynomial = parts[0] + x * parts[1] + x**2 * parts[2] + x**3 * parts[3]
        above = y.close(y.have(polynomial >= 0, sum=[Term(times=(short,)), Term(squares=(first * HALF - series,))]))
        low = s.cite("lowest-order", s=parts[0], k=parts[1], c=parts[2], e=parts[3], K=K, delta=delta)
        return u.close(low(nonneg, small[0], above))

    def no(sign: Known) -> Known:
        below = steep(sign)
        falsum = t.have(Falsum(), sum=[Term(times=(below,)), Term(HALF, times=(sign, sign))])
        return anything(falsum, first == 0)

    zero = t.by_sign(first, lambda z: t.have(first == 0, z), no, no)
    s.conclude(flat(w), by=t.close(zero))


@statement(
    "relu-differentiable",
    "L_N is differentiable with gradient zero iff sum c_j |x_j| = 0 on each line, and (b), (c) of relu-boundary hold",
)
def relu_differentiable(s: Script) -> None:
    s.include("relu-differentiable.1")
    s.include("relu-differentiable.2")
    w = Unit(s)
    pulls = w.A2.T @ w.YZ
    b = w.A2.T @ w.R @ w.XP.T - pulls @ w.XZ.T / 2 == 0
    three = conjunction(lines_vanish(w.XZ, pulls, w.f), b, w.R @ w.XP.T @ w.A1.T == 0)
    data = dict(XP=w.XP, YP=w.YP, XZ=w.XZ, YZ=w.YZ, A1=w.A1, A2=w.A2)
    criterion = s.cite("relu-boundary", f=w.f.columns, Fs=w.f.partial, **data)(w.of_f)
    there, back = s.inner(), s.inner()
    given = there.given(smooth(w))
    slopes = s.cite("relu-differentiable.2", **w.named())(*w.known(), given)
    down = there.close(criterion[0](slopes))
    slopes = criterion[1](back.given(three))
    up = back.close(s.cite("relu-differentiable.1", **w.named())(*w.known(), slopes))
    done = both(down, up)
    s.conclude(done.formula, by=done)
