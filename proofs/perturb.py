"""The two perturbations that lower the loss at a critical point, for every distance: exchange and rank slack.

P = A2 A2+ is the projector onto Col(A2), Sigma = Y X+ X Y'. `u` is a unit eigenvector of Sigma
that P misses (P u = 0), `v` a unit vector that it contains (P v = v); f, g belong to ker A2.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import Variable, conjunction, exists, matrix_sort
from symbolic_cp.prover.context import Known, Term, both, from_fact, one, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from .lem_1 import critical_point
from .order import antisymmetric
from .prop_1 import loss


def point(s: Script):
    """A critical point with the pseudoinverses of X and A2, and what Lemma 1 gives."""
    X, Y, A1, A2, eq23, eq24 = critical_point(s)
    Xp, of_X = s.pinv(X, "Xp")
    a, of_A2 = s.pinv(A2, "A2p")
    return X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2


def half_point(s: Script):
    """A point where the gradient of A1 vanishes, with the pseudoinverses of X and A2: a layer of a deep network."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    eq23 = s.given(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, "eq-23")
    Xp, of_X = s.pinv(X, "Xp")
    a, of_A2 = s.pinv(A2, "A2p")
    return X, Y, A1, A2, eq23, Xp, of_X, a, of_A2


def missed(s: Script, Sigma: Expr, P: Expr, name: str = "u", value: str = "su"):
    """A unit eigenvector of Sigma that P misses, and its eigenvalue."""
    (u,) = s.matrices(f"{name}: d2 x 1")
    su = s.scalar(value)
    return (
        u,
        su,
        s.given(
            conjunction(Sigma @ u == su * u, u.T @ u == ident(1), P @ u == 0),
            f"P {name} = 0, Sigma {name} = {value} {name}",
        ),
    )


def contained(s: Script, Sigma: Expr, P: Expr, name: str = "v", value: str = "sv"):
    """A unit vector that P contains, and its Rayleigh quotient v' Sigma v (for an eigenvector, its eigenvalue)."""
    (v,) = s.matrices(f"{name}: d2 x 1")
    sv = s.scalar(value)
    known = conjunction(tr(v.T @ Sigma @ v) == sv, v.T @ v == ident(1), P @ v == v)
    return v, sv, s.given(known, f"P {name} = {name}, {name}' Sigma {name} = {value}")


def lower_nearby(X, Y, A1, A2, delta, rank):
    """Some (B1, B2) within the distance delta has a lower loss, and B2 has that rank."""
    B1, B2, b = (
        Variable(name, matrix_sort(*shape))
        for name, shape in (("B1", ("d1", "d0")), ("B2", ("d2", "d1")), ("b", ("d1", "d2")))
    )
    near = norm2(of(B1) - A1) + norm2(of(B2) - A2) < delta
    lower = loss(X, Y, of(B1), of(B2)) < loss(X, Y, A1, A2)
    return exists(B1, B2, b, conjunction(near, lower, penrose(of(B2).term, of(b).term), tr(of(B2) @ of(b)) == rank))


@statement(
    "loss-of-projection", "A2 A1 X = Q Y X+ X gives L = 1/2 Tr(YY') - 1/2 Tr(Q Sigma)", kind="lemma", hidden=True
)
def loss_of_projection(s: Script) -> None:
    s.dims("d0 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    W, Q = s.matrices("W: d2 x m, Q: d2 x d2")
    form = s.given(W == Q @ Y @ Xp @ X)
    proj = s.given(conjunction(Q.T == Q, Q @ Q == Q), "Q is an orthogonal projector")
    s.conclude(tr((W - Y) @ (W - Y).T) / 2 == tr(Y @ Y.T) / 2 - tr(Q @ Y @ Xp @ X @ Y.T) / 2, by=[form, proj, of_X])


@statement(
    "rotation", "turning v towards u: the loss falls by e^2 (su - sv) / 2 and the rank stays", kind="lemma", hidden=True
)
def rotation(s: Script) -> None:
    X, Y, A1, A2, eq23, Xp, of_X, a, of_A2 = half_point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    v, sv, hv = contained(s, Sigma, P)
    c, e = s.scalar("c"), s.scalar("e")
    circle = s.given(c * c + e * e == 1, "c^2 + e^2 = 1")
    w = c * v + e * u
    R = ident("d2") + (w - v) @ v.T
    B2, B1, Pt = R @ A2, A1 + a @ v @ (w - v).T @ M, P - v @ v.T + w @ w.T
    uv = s.have(u.T @ v == 0, hu, hv, of_A2)
    eq27 = s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, eq23, of_A2, of_X)
    RP = s.have(R @ P == P + (w - v) @ v.T, hv, of_A2)
    product = s.have(B2 @ B1 @ X == Pt @ M @ X, eq27, RP, hv, of_A2)
    ww = s.have(w.T @ w == ident(1), hu[1], hv[1], uv, circle)
    Pw = s.have(P @ w == c * v, hu[2], hv[2])
    Ptv = s.have(P.T == P, of_A2)
    proj = both(s.have(Pt.T == Pt, of_A2), s.have(Pt @ Pt == Pt, of_A2, ww, Pw, hv[1], hv[2], hu, uv, Ptv, circle))
    B_loss = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=B2 @ B1 @ X, Q=Pt)(of_X, product, proj)
    A_loss = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=A2 @ A1 @ X, Q=P)(
        of_X, eq27, both(s.have(P.T == P, of_A2), s.have(P @ P == P, of_A2))
    )
    vSv = hv[0]
    uSv = s.have(u.T @ Sigma @ v == 0, hu[0], uv, of_X)
    wSw = s.have(tr(w.T @ Sigma @ w) == c * c * sv + e * e * su, hu[0], hu[1], vSv, uSv, uv)
    trace = s.have(tr(Pt @ Sigma) == tr(P @ Sigma) + e * e * (su - sv), wSw, vSv, circle)
    lower = s.have(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - (e * e * (su - sv)) / 2, B_loss, A_loss, trace)
    fixed = s.have(Pt @ B2 == B2, RP, ww, Pw, hv[1], hv[2], hu[1], hu[2], uv, of_A2, circle)
    onto = s.have(B2 @ (a @ R.T) == Pt, hv, of_A2)
    size = s.have(tr(Pt) == tr(P), s.have(tr(w.T @ w) == 1, ww), s.have(tr(v.T @ v) == 1, hv[1]))
    s.conclude(
        conjunction(lower.formula, proj.formula, fixed.formula, onto.formula, size.formula),
        by=both(lower, proj, fixed, onto, size),
    )


@statement(
    "exchange-along",
    "exchange, where A2 = L G and only the left factor L is turned: T near I, T invertible, lower loss at (B1, T A2)",
    kind="lemma",
    hidden=True,
)
def exchange_along(s: Script) -> None:
    """T = I + (w - v)v' with w = c v + e u, c^2 + e^2 = 1; its inverse is I - (w - v)v'/c."""
    X, Y, A1, A2, eq23, Xp, of_X, a, of_A2 = half_point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    v, sv, hv = contained(s, Sigma, P)
    gap = s.given(su > sv, "su > sv")
    s.dims("n")
    (L,) = s.matrices("L: d2 x n")
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")

    k2, al = norm2(v.T @ L), norm2(a @ v)
    bu, bv = norm2(u.T @ M), norm2(v.T @ M)
    K = 4 * k2 + 8 * al * (bu + bv)
    K0 = s.have(
        K >= 0, sum=[Term(4, grams=(L.T @ v,)), Term(8, grams=(a @ v, u.T @ M)), Term(8, grams=(a @ v, v.T @ M))]
    )
    one0, one1 = s.have(number(1) >= 0, sum=[Term()]), s.have(number(1) > 0, sum=[Term()])
    (t,), ht = s.obtain(s.cite("small", a=number(1), b=K, p=number(1), q=delta)(one0, K0, one1, positive), "t")
    t0, t1, below, tK = ht.parts()
    square = s.have(1 + t * t > 0, sum=[Term(squares=(t,)), Term()])
    (h,), hh = s.obtain(s.cite("positive-inverse", a=1 + t * t)(square), "h")
    h0, inv = hh.parts()  # h (1 + t^2) = 1
    h1 = s.have(h <= 1, inv, sum=[Term(squares=(t * h,)), Term(squares=(t * t * h,))])
    c, e = 1 - 2 * t * t * h, 2 * t * h
    circle = s.have(c * c + e * e == 1, inv)
    lower = s.cite("rotation", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, v=v, su=su, sv=sv, c=c, e=e)(
        eq23, of_X, of_A2, hu, hv, circle
    )[0]
    w = c * v + e * u
    T, B1 = ident("d2") + (w - v) @ v.T, A1 + a @ v @ (w - v).T @ M
    less = s.have(loss(X, Y, B1, T @ A2) < loss(X, Y, A1, A2), lower, sum=[Term(2, times=(t0, t0, h0, h0, gap))])

    # c = h (1 - t^2) > 0
    cosine = s.have(c > 0, inv, sum=[Term(times=(h0, below)), Term(times=(h0, t0, below))])
    (y,), hy = s.obtain(s.cite("positive-inverse", a=c)(cosine), "y")
    Ti = ident("d2") - y * ((w - v) @ v.T)
    uv = s.have(u.T @ v == 0, hu, hv, of_A2)
    vw = s.have(v.T @ (w - v) == (c - 1) * ident(1), hv[1], uv)
    scaled = s.have((w - v) @ v.T @ (w - v) @ v.T == (c - 1) * ((w - v) @ v.T), vw)
    inverse = [s.have(T @ Ti == ident("d2"), scaled, hy[1]), s.have(Ti @ T == ident("d2"), scaled, hy[1])]

    D = w - v  # |D|^2 = 4 t^2 h
    DD = s.have(D.T @ D == (4 * t * t * h) * ident(1), hu[1], hv[1], uv, inv)
    n2 = s.have(norm2(D @ v.T @ L) == 4 * t * t * h * k2, DD, one(v.T @ L @ L.T @ v))
    DM = norm2(D.T @ M)
    n1 = s.have(norm2(a @ v @ D.T @ M) == al * DM, one((a @ v).T @ (a @ v)))
    split = s.have(DM == e * e * bu + 2 * e * (c - 1) * tr(u.T @ M @ M.T @ v) + (c - 1) * (c - 1) * bv)
    bound = s.have(
        DM <= 2 * e * e * bu + 2 * (c - 1) * (c - 1) * bv, split, sum=[Term(grams=((e * u - (c - 1) * v).T @ M,))]
    )
    # e^2 = 4 t^2 h^2 and (c-1)^2 = 4 t^4 h^2 are at most 4 t^2
    hh1 = s.have(h * h <= 1, h0, h1, sum=[Term(times=(h1,)), Term(times=(h0, h1))])
    rest = s.have(1 - t * t >= 0, t0, t1, sum=[Term(times=(t1,)), Term(times=(t0, t1))])
    up = s.have(
        al * DM <= 8 * t * t * al * (bu + bv),
        bound,
        sum=[
            Term(times=(bound,), grams=(a @ v,)),
            Term(8, squares=(t,), grams=(a @ v, u.T @ M), times=(hh1,)),
            Term(8, squares=(t,), grams=(a @ v, v.T @ M), times=(hh1,)),
            Term(8, squares=(t * h,), grams=(a @ v, v.T @ M), times=(rest,)),
        ],
    )
    up2 = s.have(4 * t * t * h * k2 <= 4 * t * t * k2, sum=[Term(4, squares=(t,), grams=(L.T @ v,), times=(h1,))])
    close = s.have(
        norm2(B1 - A1) + norm2(T @ L - L) < delta,
        n1,
        n2,
        sum=[Term(times=(up,)), Term(times=(up2,)), Term(times=(tK,))],
    )
    claim = turned_nearby(X, Y, A1, A2, L, delta)
    s.conclude(claim, by=s.witness(claim, B1, T, Ti, by=both(close, less, *inverse)))


def turned_nearby(X, Y, A1, A2, L, delta):
    """Some B1 near A1 and an invertible T with T L near L have a lower loss at (B1, T A2)."""
    n = X.term.shape[0]
    B1 = Variable("B1", matrix_sort(A1.term.shape[0], n))
    size = A2.term.shape[0]
    T, Ti = Variable("T", matrix_sort(size, size)), Variable("Ti", matrix_sort(size, size))
    near = norm2(of(B1) - A1) + norm2(of(T) @ L - L) < delta
    lower = loss(X, Y, of(B1), of(T) @ A2) < loss(X, Y, A1, A2)
    invertible = of(T) @ of(Ti) == ident(size), of(Ti) @ of(T) == ident(size)
    return exists(B1, T, Ti, conjunction(near, lower, *invertible))


@statement("rank-invertible", "rank(TA) = rank(A) for an invertible T", kind="lemma", hidden=True)
def rank_invertible(s: Script) -> None:
    s.dims("m n")
    T, Ti, A = s.matrices("T: m x m, Ti: m x m, A: m x n")
    inverse = s.given(Ti @ T == ident("m"), "Ti T = I")
    a, of_A = s.pinv(A, "a")
    b, of_B = s.pinv(T @ A, "b")
    down = s.cite("rank-right", A=T, B=A, b=a, c=b)(of_A, of_B)
    same = s.have(Ti @ T @ A == A, inverse)
    again = s.have(penrose((Ti @ T @ A).term, a.term), of_A, same)
    up = s.cite("rank-right", A=Ti, B=T @ A, b=b, c=a)(of_B, again)
    up = s.have(tr(A @ a) <= tr(T @ A @ b), same, sum=[Term(times=(up,))])
    s.conclude(tr(T @ A @ b) == tr(A @ a), by=antisymmetric(s, tr(T @ A @ b), tr(A @ a), down, up))


@statement(
    "exchange",
    "a missed direction with a larger eigenvalue than a contained one: lower loss nearby, same rank",
    kind="lemma",
    hidden=True,
)
def exchange_(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    P, Sigma = A2 @ a, Y @ Xp @ X @ Y.T
    u, su, hu = missed(s, Sigma, P)
    v, sv, hv = contained(s, Sigma, P)
    gap = s.given(su > sv, "su > sv")
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=su, v=v, sv=sv)
    found = s.cite("exchange-along", **letters, L=A2, delta=delta)(eq23, of_X, of_A2, hu, hv, gap, positive)
    (B1, T, Ti), known = s.obtain(found, "B1 T Ti")
    close, less, _, inverse = known.parts()
    (b,), of_B2 = s.obtain(from_fact("pinv").at(A=T @ A2), "b")
    rank = s.cite("rank-invertible", T=T, Ti=Ti, A=A2, a=a, b=b)(inverse, of_A2, of_B2)
    claim = lower_nearby(X, Y, A1, A2, delta, tr(P))
    s.conclude(claim, by=s.witness(claim, B1, T @ A2, b, by=both(close, less, of_B2, rank)))


def flat(known: Known) -> list[Known]:
    """All parts of a conjunction, those of its parts included."""
    parts = known.parts()
    return [part for one_ in parts for part in flat(one_)] if len(parts) > 1 else parts


def slack(s: Script, A2: Expr):
    """f and g with A2 f = 0 and g'f = 1: a column of C^-1 and the row of C, or one unit vector in ker A2 for both."""
    f, g = s.matrices("f: d1 x 1, g: d1 x 1")
    return f, g, s.given(conjunction(A2 @ f == 0, g.T @ f == ident(1)), "A2 f = 0, g'f = 1")


@statement(
    "slack-expansion", "A2 + y u g', A1 + x f u'YX+: the loss as a polynomial in x and y", kind="lemma", hidden=True
)
def slack_expansion(s: Script) -> None:
    """L + 1/2 y^2 |g'A1X|^2 + (1/2 x^2 y^2 - x y) su."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    f, g, kernel = slack(s, A2)
    x, y = s.scalar("x"), s.scalar("y")
    B2, B1 = A2 + y * (u @ g.T), A1 + x * (f @ u.T @ M)
    W = A2 @ A1 @ X
    step = y * (u @ g.T @ A1 @ X) + x * y * (u @ u.T @ M @ X)
    product = s.have(B2 @ B1 @ X == W + step, kernel)
    uA = s.have(u.T @ A2 == 0, hu[2], of_A2)
    mixed = s.have(u.T @ Y @ X.T @ A1.T == 0, uA, eq24)
    uSu = s.have(tr(u.T @ Y @ Xp @ X @ Y.T @ u) == su, hu)
    XX = s.have(X @ X.T @ Xp.T == X, of_X)
    square = s.have(tr(step @ step.T) == y * y * norm2(g.T @ A1 @ X) + x * x * y * y * su, hu[1], XX, mixed, uSu)
    cross = s.have(tr((W - Y) @ step.T) == -(x * y * su), s.have((W - Y) @ X.T @ A1.T == 0, eq24), uA, uSu, of_X)
    value = s.have(
        tr((B2 @ B1 @ X - Y) @ (B2 @ B1 @ X - Y).T)
        == tr((W - Y) @ (W - Y).T) + 2 * tr((W - Y) @ step.T) + tr(step @ step.T),
        kernel,
    )
    lower = s.have(
        loss(X, Y, B1, B2)
        == loss(X, Y, A1, A2) + (y * y * norm2(g.T @ A1 @ X)) / 2 + (x * x * y * y * su) / 2 - x * y * su,
        value,
        square,
        cross,
    )
    s.conclude(
        conjunction(product.formula, square.formula, cross.formula, lower.formula),
        by=both(product, square, cross, lower),
    )


@statement(
    "slack",
    "a missed direction with a positive eigenvalue and a kernel vector of A2: lower loss nearby, rank + 1",
    kind="lemma",
    hidden=True,
)
def slack_(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    P, Sigma, M = A2 @ a, Y @ Xp @ X @ Y.T, Y @ Xp
    u, su, hu = missed(s, Sigma, P)
    f, g, kernel = slack(s, A2)
    positive = s.given(su > 0, "su > 0")
    delta = s.scalar("delta")
    room = s.given(delta > 0, "delta > 0")
    alpha, bu, ff, gg = norm2(g.T @ A1 @ X), norm2(u.T @ M), norm2(f), norm2(g)
    a0 = s.have(alpha >= 0, sum=[Term(grams=(g.T @ A1 @ X,))])
    b0 = s.have(ff * bu + gg >= 0, sum=[Term(grams=(f, u.T @ M)), Term(grams=(g,))])
    (t,), ht = s.obtain(s.cite("small", a=alpha, b=ff * bu + gg, p=su, q=delta)(a0, b0, positive, room), "t")
    t0, t1, ta, tb = ht.parts()
    B2, B1 = A2 + t * t * (u @ g.T), A1 + t * (f @ u.T @ M)
    expansion = s.cite("slack-expansion", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=su, f=f, g=g, x=t, y=t * t)(
        eq23, eq24, of_X, of_A2, hu, kernel
    )
    lower = expansion.parts()[3]
    # 1/2 t^3 (su - t alpha) + 1/2 t^3 su (1 - t^3) > 0
    cube = s.have(
        1 - t * t * t >= 0, t0, t1, sum=[Term(times=(t1,)), Term(times=(t0, t1)), Term(squares=(t,), times=(t1,))]
    )
    half = Fraction(1, 2)
    less = s.have(
        loss(X, Y, B1, B2) < loss(X, Y, A1, A2),
        lower,
        sum=[Term(half, times=(t0, t0, t0, ta)), Term(half, times=(t0, t0, t0, positive, cube))],
    )
    (b,), of_B2 = s.obtain(from_fact("pinv").at(A=B2), "b")
    squared = s.have(t * t > 0, t0, sum=[Term(times=(t0, t0))])
    (y,), hy = s.obtain(reciprocal(squared), "y")
    Q, G = P + u @ u.T, a - f @ g.T @ a + y * (f @ u.T)
    uA = s.have(u.T @ A2 == 0, hu[2], of_A2)
    proj = both(s.have(Q.T == Q, of_A2), s.have(Q @ B2 == B2, hu, uA, of_A2), s.have(B2 @ G == Q, kernel, hy))
    PB = s.cite("projector-of", A=B2, B=b, G=G, Q=Q)(of_B2, *proj.parts())
    rank = s.have(
        tr(B2 @ b) == tr(P) + 1, s.have(tr(B2 @ b) == tr(P) + tr(u @ u.T), PB), s.have(tr(u.T @ u) == 1, hu[1])
    )
    n1 = s.have(norm2(t * (f @ u.T @ M)) == t * t * ff * bu, one(f.T @ f))
    n2 = s.have(norm2(t * t * (u @ g.T)) == t * t * t * t * gg, hu[1], one(g.T @ g))
    rest = s.have(1 - t * t >= 0, t0, t1, sum=[Term(times=(t1,)), Term(times=(t0, t1))])
    close = s.have(
        norm2(B1 - A1) + norm2(B2 - A2) < delta,
        n1,
        n2,
        sum=[Term(times=(tb,)), Term(squares=(t,), grams=(g,), times=(rest,))],
    )
    claim = lower_nearby(X, Y, A1, A2, delta, tr(P) + 1)
    s.conclude(claim, by=s.witness(claim, B1, B2, b, by=both(close, less, of_B2, rank)))
