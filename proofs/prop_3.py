"""Proposition 3: the landscape around a critical point, step by step as printed.

N = U S is the orthogonal matrix of eigenvectors after prop-3.1, K = S'V selects the captured ones: K K' is the
projector onto the first p_i coordinates of every block. ev and eu are the coordinates of the exchanged directions,
v = N ev (captured, eigenvalue sj) and u = N eu (missed, eigenvalue si). With c^2 (1 + eps^2) = 1 the new column is
w = c (v + eps u) = (v + eps u) / sqrt(1 + eps^2).
"""

from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.book.generators import critical_points
from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.kernel.theory import Cofactor, combine
from symbolic_cp.prover.context import (
    Known,
    Term,
    anything,
    both,
    difference,
    left_or,
    or_right_of,
    reciprocal,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .def_order import non_optimal, optimal_order
from .order import case_1, case_2, full_upto
from .perturb import lower_nearby
from .prop_1 import loss
from .prop_2 import dichotomy_at, setting, smallest_width
from .spectra import spectrum_of
from .thm_1 import eq1, gradients


@statement("frame", "M K K'M' is the projector onto Col(M K C), if K'M'MK = K'K", kind="lemma", hidden=True)
def frame(s: Script) -> None:
    s.dims("n d0 d1 d2 m")
    M, K, C, D = s.matrices("M: d2 x n, K: n x d1, C: d1 x d1, D: d1 x d1")
    X, Y, L1 = s.matrices("X: d0 x m, Y: d2 x m, L1: d1 x d0")
    Xp, of_X = s.pinv(X, "Xp")
    gram = s.given(K.T @ M.T @ M @ K == K.T @ K, "K'M'MK = K'K")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    Q, B2, B1 = M @ K @ K.T @ M.T, M @ K @ C, eq1(M, K, C, D, L1, X, Xp, Y)
    s.conclude(
        conjunction(Q.T == Q, Q @ Q == Q, Q @ B2 == B2, B2 @ (D @ K.T @ M.T) == Q, B2 @ B1 @ X == Q @ Y @ Xp @ X),
        by=[gram, iso, inv, of_X],
    )


@statement("frame-pinv", "eq-25, eq-27, eq-28 and the rank at the point (B1, M K C)", kind="lemma", hidden=True)
def frame_pinv(s: Script) -> None:
    s.dims("n d0 d1 d2 m")
    M, K, C, D = s.matrices("M: d2 x n, K: n x d1, C: d1 x d1, D: d1 x d1")
    X, Y, L1 = s.matrices("X: d0 x m, Y: d2 x m, L1: d1 x d0")
    Xp, of_X = s.pinv(X, "Xp")
    gram = s.given(K.T @ M.T @ M @ K == K.T @ K, "K'M'MK = K'K")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    Q = M @ K @ K.T @ M.T
    B2, B1 = s.matrices("B2: d2 x d1, B1: d1 x d0")
    eq2 = s.given(B2 == M @ K @ C, "B2 = M K C")
    e1 = s.given(B1 == eq1(M, K, C, D, L1, X, Xp, Y), "eq-1")
    b, of_B2 = s.pinv(B2, "b")
    sym, square, fixed, onto, product = s.cite("frame", M=M, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp)(
        of_X, gram, iso, inv
    ).parts()
    fixed = s.have(Q @ B2 == B2, fixed, eq2, heavy=[B2])
    onto = s.have(B2 @ (D @ K.T @ M.T) == Q, onto, eq2, heavy=[B2])
    product = s.have(B2 @ B1 @ X == Q @ Y @ Xp @ X, product, eq2, e1, heavy=[B1, B2])
    PB = s.cite("projector-of", A=B2, B=b, G=D @ K.T @ M.T, Q=Q)(of_B2, sym, fixed, onto)
    e25 = s.have(b @ Q == b, PB, of_B2)
    inner = s.have(B2 @ B1 @ X @ Xp == Q @ Y @ Xp, product, of_X)
    solved = s.have(
        B1 == b @ Y @ Xp + B1 - b @ B2 @ B1 @ X @ Xp, s.have(b @ (B2 @ B1 @ X @ Xp) == b @ Y @ Xp, inner, e25)
    )
    e27 = s.have(B2 @ B1 @ X == B2 @ b @ Y @ Xp @ X, product, PB)
    proj = both(s.have((B2 @ b).T == B2 @ b, of_B2), s.have(B2 @ b @ B2 @ b == B2 @ b, of_B2))
    e28 = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=B2 @ B1 @ X, Q=B2 @ b)(of_X, e27, proj)
    size = s.have(tr(Q) == tr(K @ K.T), s.have(tr(K.T @ M.T @ M @ K) == tr(K.T @ K), gram))
    rank = s.have(tr(B2 @ b) == tr(K @ K.T), s.have(tr(B2 @ b) == tr(Q), PB), size)
    found = both(solved, e27, e28, rank)
    s.conclude(found.formula, by=found)


@statement(
    "turn",
    "the matrix M that has w in place of v, and the projector onto the captured columns",
    kind="lemma",
    hidden=True,
)
def turn(s: Script) -> None:
    """For any number q of columns that are turned at once; the paper turns one."""
    s.dims("d1 d2 q")
    N, K = s.matrices("N: d2 x d2, K: d2 x d1")
    eu, ev, e = s.matrices("eu: d2 x q, ev: d2 x q, e: d2 x q")
    eps, c = s.scalar("eps"), s.scalar("c")
    orth = s.given(conjunction(N @ N.T == ident("d2"), N.T @ N == ident("d2")), "N is orthogonal")
    s.given(K @ K.T @ K == K, "K K'K = K")
    hu = s.given(conjunction(eu.T @ eu == ident("q"), K.T @ eu == 0), "eu is missed")
    hv = s.given(conjunction(ev.T @ ev == ident("q"), K @ K.T @ ev == ev), "ev is captured")
    other = s.given(conjunction(e.T @ eu == 0, e.T @ ev == 0), "e is another coordinate")
    circle = s.given(c * c * (1 + eps * eps) == 1, "c = 1 / sqrt(1 + eps^2)")
    ee = s.have(eu.T @ ev == 0, hu[1], hv[1])
    a = c * (ev + eps * eu)
    v = N @ ev
    w, M = s.matrices("w: d2 x q, M: d2 x d2")
    new = s.given(w == N @ a, "w = c (v + eps u)")
    made = s.given(M == N + (w - v) @ ev.T, "M has w in place of v")
    R = ident("d2") + (a - ev) @ ev.T  # M = N R
    MNR = s.have(M == N @ R, made, new, heavy=[w, M])
    MN = s.have(M.T @ M == R.T @ R, MNR, orth)
    RK = s.have(R @ K @ K.T == K @ K.T + (a - ev) @ ev.T, hv[1])
    gram = s.have(K.T @ M.T @ M @ K == K.T @ K, s.have(K.T @ R.T @ R @ K == K.T @ K, hu, hv, ee, circle), MN)
    Pi = N.T @ M @ K @ K.T @ M.T @ N
    NM = s.have(N.T @ M == R, MNR, orth)
    form = s.have(R @ K @ K.T @ R.T == K @ K.T - ev @ ev.T + a @ a.T, RK, hv)
    PiR = s.have(Pi == K @ K.T - ev @ ev.T + a @ a.T, s.have(Pi == R @ K @ K.T @ R.T, NM), form)
    Q = s.have(
        M @ K @ K.T @ M.T == N @ K @ K.T @ N.T - v @ v.T + w @ w.T,
        s.have(M @ K @ K.T @ M.T == N @ (R @ K @ K.T @ R.T) @ N.T, MNR),
        form,
        new,
        heavy=[w],
    )
    rows = [
        s.have(eu.T @ Pi @ eu == eps * eps * c * c * ident("q"), PiR, hu, ee),
        s.have(ev.T @ Pi @ ev == c * c * ident("q"), PiR, hv, ee),
        s.have(e.T @ Pi @ e == e.T @ K @ K.T @ e, PiR, other),
    ]
    found = both(gram, Q, *rows)
    s.conclude(found.formula, by=found)


@statement("turned-loss", "the loss at (B1, M K C), against that at (A1, N K C)", kind="lemma", hidden=True)
def turned_loss(s: Script) -> None:
    s.dims("d0 d1 d2 m")
    M, N, K, C, D = s.matrices("M: d2 x d2, N: d2 x d2, K: d2 x d1, C: d1 x d1, D: d1 x d1")
    X, Y, L1, v, w = s.matrices("X: d0 x m, Y: d2 x m, L1: d1 x d0, v: d2 x 1, w: d2 x 1")
    Xp, of_X = s.pinv(X, "Xp")
    orth = s.given(conjunction(N @ N.T == ident("d2"), N.T @ N == ident("d2")), "N is orthogonal")
    gram = s.given(K.T @ M.T @ M @ K == K.T @ K, "K'M'MK = K'K")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    Q, P, Sigma = M @ K @ K.T @ M.T, N @ K @ K.T @ N.T, Y @ Xp @ X @ Y.T
    form = s.given(Q == P - v @ v.T + w @ w.T, "v is replaced by w")
    A1, A2, B1, B2, points = two_points(s, M, N, K, C, D, L1, X, Xp, Y)
    letters = dict(K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp)
    at_M = s.cite("frame", M=M, **letters)(of_X, gram, iso, inv).parts()
    at_N = s.cite("frame", M=N, **letters)(of_X, s.have(K.T @ N.T @ N @ K == K.T @ K, orth), iso, inv).parts()
    there = s.have(B2 @ B1 @ X == Q @ Y @ Xp @ X, at_M[4], points, heavy=[B1, B2])
    here = s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, at_N[4], points, heavy=[A1, A2])
    value = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=B2 @ B1 @ X, Q=Q)(of_X, there, both(at_M[0], at_M[1]))
    base = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=A2 @ A1 @ X, Q=P)(of_X, here, both(at_N[0], at_N[1]))
    moved = s.have(tr(Q @ Sigma) == tr((N.T @ Q @ N) @ (N.T @ Sigma @ N)), orth)
    first = added(
        loss(X, Y, B1, B2) == tr(Y @ Y.T) / 2 - tr((N.T @ Q @ N) @ (N.T @ Sigma @ N)) / 2,
        (1, value),
        (Fraction(-1, 2), moved),
    )
    trace = s.have(tr(Q @ Sigma) == tr(P @ Sigma) - tr(v.T @ Sigma @ v) + tr(w.T @ Sigma @ w), form)
    second = added(
        loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - (tr(w.T @ Sigma @ w) - tr(v.T @ Sigma @ v)) / 2,
        (1, value),
        (-1, base),
        (Fraction(-1, 2), trace),
    )
    s.conclude(conjunction(first.formula, second.formula), by=both(first, second))


def two_points(s, M, N, K, C, D, L1, X, Xp, Y):
    """(A1, A2) from N, and (B1, B2) from M, by eq-1 and eq-2."""
    A1, A2, B1, B2 = s.matrices("A1: d1 x d0, A2: d2 x d1, B1: d1 x d0, B2: d2 x d1")
    known = s.given(
        conjunction(
            A2 == N @ K @ C, A1 == eq1(N, K, C, D, L1, X, Xp, Y), B2 == M @ K @ C, B1 == eq1(M, K, C, D, L1, X, Xp, Y)
        ),
        "eq-1 and eq-2 for (A1, A2) with N and for (B1, B2) with M",
    )
    return A1, A2, B1, B2, known


def added(claim, *summands) -> Known:
    """The claim as a sum of known equations times numbers, added up as they stand, without rewriting."""
    cofactors = tuple(Cofactor(scalar(factor), index) for index, (factor, _) in enumerate(summands))
    return Known(combine(*(known.theorem for _, known in summands), claim=claim, cofactors=cofactors, products=()))


@dataclass(frozen=True, slots=True)
class Turn:
    """The letters of item 1 in their groups, and what is supposed of them."""

    data: tuple[Expr, Expr, Expr, Expr]  # X, Y, X+, Sigma
    frame: tuple[Expr, Expr, Expr, Expr, Expr]  # N, K, C, D, L1
    directions: tuple[Expr, Expr, Expr, Expr]  # eu, ev, u = N eu, v = N ev
    numbers: tuple[Expr, Expr, Expr, Expr]  # si, sj, eps, c
    column: tuple[Expr, Expr]  # w, M
    of_X: Known
    orthogonal: Known
    isometry: Known
    inverse: Known
    commutes: Known
    missed: Known
    captured: Known
    circle: Known
    of_w: Known
    of_M: Known


def turned(s: Script) -> Turn:
    """The letters of item 1, with eq-1 and eq-2 for the point and for the perturbed point."""
    s.dims("d0 d1 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    N, K, C, D, L1 = s.matrices("N: d2 x d2, K: d2 x d1, C: d1 x d1, D: d1 x d1, L1: d1 x d0")
    orth = s.given(conjunction(N @ N.T == ident("d2"), N.T @ N == ident("d2")), "N = US is orthogonal")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    Sigma = Y @ Xp @ X @ Y.T
    com = s.given(N @ K @ K.T @ N.T @ Sigma == Sigma @ N @ K @ K.T @ N.T, "P Sigma = Sigma P")
    eu, ev = s.matrices("eu: d2 x 1, ev: d2 x 1")
    si, sj, eps, c = (s.scalar(name) for name in ("si", "sj", "eps", "c"))
    u, v = N @ eu, N @ ev
    hu = s.given(
        conjunction(eu.T @ eu == ident(1), K.T @ eu == 0, Sigma @ u == si * u), "u = N eu is missed, Sigma u = si u"
    )
    hv = s.given(
        conjunction(ev.T @ ev == ident(1), K @ K.T @ ev == ev, Sigma @ v == sj * v),
        "v = N ev is captured, Sigma v = sj v",
    )
    unit = s.given(c * c * (1 + eps * eps) == 1, "c = 1 / sqrt(1 + eps^2)")
    w, M = s.matrices("w: d2 x 1, M: d2 x d2")
    new = s.given(w == c * (v + eps * u), "w = (v + eps u) / sqrt(1 + eps^2)")
    made = s.given(M == N + (w - v) @ ev.T, "M has w in place of v")
    return Turn(
        data=(X, Y, Xp, Sigma),
        frame=(N, K, C, D, L1),
        directions=(eu, ev, u, v),
        numbers=(si, sj, eps, c),
        column=(w, M),
        of_X=of_X,
        orthogonal=orth,
        isometry=iso,
        inverse=inv,
        commutes=com,
        missed=hu,
        captured=hv,
        circle=unit,
        of_w=new,
        of_M=made,
    )


@statement(
    "prop-3.item1",
    "prop-3.2 to prop-3.8: turning one captured direction towards a missed one",
    kind="step",
    hidden=True,
)
def item_1(s: Script) -> None:
    t = turned(s)
    (X, Y, Xp, Sigma), (N, K, C, D, L1), (w, M) = t.data, t.frame, t.column
    (eu, ev, u, v), (si, sj, eps, c) = t.directions, t.numbers
    of_X, orth, iso, inv = t.of_X, t.orthogonal, t.isometry, t.inverse
    hu, hv, unit, new, made = t.missed, t.captured, t.circle, t.of_w, t.of_M
    A1, A2, B1, B2, points = two_points(s, M, N, K, C, D, L1, X, Xp, Y)
    Q = M @ K @ K.T @ M.T

    with s.aside():
        U, S, V = s.matrices("U: d2 x d2, S: d2 x d2, V: d2 x d1")
        block = s.given(S @ S.T == ident("d2"), "S is orthogonal")
        s.step(
            "prop-3.2", U @ V @ C == (U @ S) @ (S.T @ V) @ C, by=[block], title="A2 = (US)(S'V)C, since S is orthogonal"
        )
    ee = s.have(eu.T @ ev == 0, hu[1], hv[1])
    s.step(
        "prop-3.3",
        conjunction(M @ ev == w, B2 == A2 + (w - v) @ v.T @ A2),
        by=[hv[0], hv[1], orth, made, points],
        title="M replaces the column v by w, and so does M S'V C",
    )
    turn_of = lambda e, other: s.cite("turn", N=N, K=K, eu=eu, ev=ev, e=e, eps=eps, c=c, w=w, M=M)(
        orth, iso, both(hu[0], hu[1]), both(hv[0], hv[1]), other, unit, new, made
    ).parts()
    zero = null("d2", 1)
    KMMK, QP, *_ = turn_of(zero, both(s.have(zero.T @ eu == 0), s.have(zero.T @ ev == 0)))
    with s.aside():
        b, of_B2 = s.pinv(B2, "b")
        frame_ = s.cite("frame-pinv", M=M, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, B1=B1, B2=B2, b=b)(
            of_X, KMMK, iso, inv, points[2], points[3], of_B2
        )
        solved, e27, e28, rank = frame_.parts()
        s.step(
            "prop-3.4",
            both(solved, e27, e28).formula,
            proof=both(solved, e27, e28),
            title="eq-25, eq-27 and eq-28 hold at the perturbed point",
        )
        a, of_A2 = s.pinv(A2, "a")
        KNNK = s.have(K.T @ N.T @ N @ K == K.T @ K, orth)
        same = s.cite("frame-pinv", M=N, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, B1=A1, B2=A2, b=a)(
            of_X, KNNK, iso, inv, points[0], points[1], of_A2
        ).parts()[3]
        stays = s.have(tr(B2 @ b) == tr(A2 @ a), rank, same)
        close = comes_near(
            s, N, K, C, D, Y, Xp, A1, A2, B1, B2, orth, points, hu, hv, eu, ev, w, new, made, c, eps, unit
        )
        s.step(
            "prop-3.8",
            conjunction(stays.formula, close.formula),
            proof=both(stays, close),
            title="the rank stays, and the perturbed point is within 2 eps^2 times a constant",
        )
    letters = dict(M=M, N=N, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, A1=A1, A2=A2, B1=B1, B2=B2)
    first, second = s.cite("turned-loss", v=v, w=w, **letters)(of_X, orth, KMMK, iso, inv, QP, points).parts()
    with s.aside():
        in_coordinates(s, X, Y, B1, B2, M, N, K, Sigma, KMMK, iso, orth, first)
    Pi = N.T @ Q @ N
    with s.aside():
        (e,) = s.matrices("e: d2 x 1")
        other = s.given(conjunction(e.T @ eu == 0, e.T @ ev == 0), "any other coordinate")
        s.step(
            "prop-3.6",
            conjunction(
                eu.T @ Pi @ eu == eps * eps * c * c * ident(1),
                ev.T @ Pi @ ev == c * c * ident(1),
                e.T @ Pi @ e == e.T @ K @ K.T @ e,
            ),
            proof=lambda: both(*turn_of(e, other)[2:]),
            title="the diagonal: eps^2/(1+eps^2) at i, 1/(1+eps^2) at j, else as before",
        )
    uv = s.have(u.T @ v == 0, ee, orth)
    wSw = s.have(
        tr(w.T @ Sigma @ w) == c * c * sj + c * c * eps * eps * si,
        new,
        hu[2],
        hv[2],
        uv,
        s.have(u.T @ u == ident(1), hu[0], orth),
        s.have(v.T @ v == ident(1), hv[0], orth),
        heavy=[w],
    )
    vSv = s.have(tr(v.T @ Sigma @ v) == sj, hv[2], s.have(v.T @ v == ident(1), hv[0], orth))
    drop = s.have((tr(w.T @ Sigma @ w) - tr(v.T @ Sigma @ v)) / 2 == c * c * eps * eps * (si - sj) / 2, wSw, vSv, unit)
    exact = added(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj) / 2, (1, second), (-1, drop))
    s.generators = (critical_points,)
    s.step(
        "prop-3.7",
        loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj),
        by=[exact],
        title="L~ = L - eps^2/(1+eps^2) (si - sj)",
    )
    more, some = s.given(si > sj, "si > sj"), s.given(eps * eps > 0, "eps != 0")
    repaired = conjunction(
        loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj) / 2,
        loss(X, Y, B1, B2) < loss(X, Y, A1, A2),
    )
    cc = positive_square(s, c, eps, unit)
    less = s.have(loss(X, Y, B1, B2) < loss(X, Y, A1, A2), exact, sum=[Term(Fraction(1, 2), times=(cc, some, more))])
    s.step(
        "prop-3.7.repair",
        repaired,
        proof=both(exact, less),
        title="with the factor 1/2: L~ = L - 1/2 eps^2/(1+eps^2) (si - sj) < L",
    )
    s.conclude(repaired, by=both(exact, less))


def in_coordinates(s, X, Y, B1, B2, M, N, K, Sigma, gram, iso, orth, value) -> None:
    """prop-3.5: with N = US and S that commutes with Lambda = U'Sigma U, the loss in Lambda's coordinates."""
    U, S = s.matrices("U: d2 x d2, S: d2 x d2")
    s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U is orthogonal")
    block = s.given(conjunction(S @ S.T == ident("d2"), S.T @ S == ident("d2")), "S is orthogonal")
    Lam = U.T @ Sigma @ U
    com = s.given(S @ Lam == Lam @ S, "S is block diagonal: S Lambda = Lambda S")
    is_N = s.given(N == U @ S, "N = US")
    columns = S.T @ U.T @ M @ K
    g, of_g = s.pinv(columns, "g")
    kept = s.have(S.T @ Lam @ S == Lam, com, block)
    turned = s.have(N.T @ Sigma @ N == Lam, is_N, kept, heavy=[N])
    same = s.have(columns == N.T @ M @ K, is_N, heavy=[N])
    Q = M @ K @ K.T @ M.T
    square = s.have(columns @ columns.T == N.T @ Q @ N, same)
    isometry = s.have(columns.T @ columns == K.T @ K, same, gram, orth)
    PQ = s.cite("projector-of", A=columns, B=g, G=columns.T, Q=columns @ columns.T)(
        of_g,
        s.have((columns @ columns.T).T == columns @ columns.T),
        s.have(columns @ columns.T @ columns == columns, s.have(columns @ K.T @ K == columns, iso), isometry),
        s.have(columns @ columns.T == columns @ columns.T),
    )
    projector = s.have(columns @ g == N.T @ Q @ N, PQ, square)
    product = s.have(columns @ g @ Lam == (N.T @ Q @ N) @ (N.T @ Sigma @ N), projector, turned)
    trace = s.have(tr(columns @ g @ Lam) == tr((N.T @ Q @ N) @ (N.T @ Sigma @ N)), product)
    claim = loss(X, Y, B1, B2) == tr(Y @ Y.T) / 2 - tr(columns @ g @ Lam) / 2
    known = added(claim, (1, value), (Fraction(1, 2), trace))
    s.step(
        "prop-3.5",
        conjunction(claim, S.T @ Lam @ S == Lam),
        proof=both(known, kept),
        title="L~ = 1/2 Tr(YY') - 1/2 Tr(P_Col(S'U'MS'V) Lambda), since S'Lambda S = Lambda",
    )


def comes_near(s, N, K, C, D, Y, Xp, A1, A2, B1, B2, orth, points, hu, hv, eu, ev, w, new, made, c, eps, unit) -> Known:
    """|B1 - A1|^2 + |B2 - A2|^2 <= 2 eps^2 (|v'A2|^2 + |D K'ev|^2 (|v'YX+|^2 + |u'YX+|^2)), for c > 0.

    With w - v = (c - 1) v + c eps u: 1 - c <= eps^2 and c^2 <= 1, because 1 - c^2 = c^2 eps^2 and 0 < c <= 1.
    """
    u, v, M = N @ eu, N @ ev, Y @ Xp
    positive = s.given(c > 0, "c > 0")
    square = s.have(c * c * eps * eps >= 0, sum=[Term(squares=(c * eps,))])

    def larger(sign):  # c > 1 would make 1 - c^2 negative
        zero = s.have(Falsum(), unit, sum=[Term(squares=(c - 1,)), Term(2, times=(sign,)), Term(times=(square,))])
        return anything(zero, c <= 1)

    at_most_one = s.by_sign(
        c - 1,
        lambda zero: s.have(c <= 1, zero, sum=[Term(squares=(number(0),))]),
        larger,
        lambda less: s.have(c <= 1, sum=[Term(times=(less,))]),
    )
    first_order = s.have(
        1 - c <= eps * eps, unit, sum=[Term(squares=(c * eps * eps,)), Term(times=(positive, at_most_one))]
    )
    second_order = s.have(
        (1 - c) * (1 - c) <= eps * eps, sum=[Term(times=(first_order,)), Term(times=(positive, at_most_one))]
    )
    uv = s.have(u.T @ v == 0, s.have(eu.T @ ev == 0, hu[1], hv[1]), orth)
    uu, vv = s.have(u.T @ u == ident(1), hu[0], orth), s.have(v.T @ v == ident(1), hv[0], orth)
    step = s.have(w - v == (c - 1) * v + (c * eps) * u, new)
    moved_2 = s.have(B2 - A2 == ((c - 1) * v + (c * eps) * u) @ v.T @ A2, points, made, step, orth, heavy=[B2, w])
    moved_1 = s.have(B1 - A1 == D @ K.T @ ev @ ((c - 1) * v + (c * eps) * u).T @ M, points, made, step, heavy=[B1, w])
    size_2 = s.have(norm2(B2 - A2) == (2 - 2 * c) * norm2(v.T @ A2), moved_2, uu, vv, uv, unit)
    k, x, y = norm2(D @ K.T @ ev), norm2(v.T @ M), norm2(u.T @ M)
    size_1 = s.have(norm2(B1 - A1) == k * norm2((c - 1) * (v.T @ M) + (c * eps) * (u.T @ M)), moved_1)
    bound = 2 * eps * eps * (norm2(v.T @ A2) + k * (x + y))
    column = D @ K.T @ ev
    return s.have(
        norm2(B1 - A1) + norm2(B2 - A2) <= bound,
        size_1,
        size_2,
        unit,
        sum=[
            Term(2, grams=(A2.T @ v,), times=(first_order,)),
            Term(grams=(column, (c - 1) * (v.T @ M) - (c * eps) * (u.T @ M))),
            Term(2, grams=(column, v.T @ M), times=(second_order,)),
            Term(2, squares=(c * eps * eps,), grams=(column, u.T @ M)),
        ],
    )


def positive_square(s, c, eps, unit) -> Known:
    """c^2 > 0, from c^2 (1 + eps^2) = 1."""
    nonneg = s.have(c * c >= 0, sum=[Term(squares=(c,))])
    return s.by_sign(
        c * c,
        lambda z: anything(s.have(Falsum(), s.have(number(0) == 1, z, unit), sum=[Term()]), c * c > 0),
        lambda p: p,
        lambda no: anything(s.have(Falsum(), sum=[Term(times=(no,)), Term(times=(nonneg,))]), c * c > 0),
    )


def added_rank(s: Script):
    """The letters of item 2: A2 = N K C of deficient rank, h a column that K does not use, u the next direction."""
    s.dims("d0 d1 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    Sigma = Y @ Xp @ X @ Y.T
    N, K, C, D, L1 = s.matrices("N: d2 x d2, K: d2 x d1, C: d1 x d1, D: d1 x d1, L1: d1 x d0")
    orth = s.given(conjunction(N @ N.T == ident("d2"), N.T @ N == ident("d2")), "N = US is orthogonal")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    P = N @ K @ K.T @ N.T
    com = s.given(P @ Sigma == Sigma @ P, "P Sigma = Sigma P")
    e3 = s.given((ident("d2") - P) @ Y @ X.T @ L1.T @ C.T @ (ident("d1") - K.T @ K) == 0, "eq-3")
    A1, A2 = s.matrices("A1: d1 x d0, A2: d2 x d1")
    points = s.given(conjunction(A2 == N @ K @ C, A1 == eq1(N, K, C, D, L1, X, Xp, Y)), "eq-1 and eq-2")
    h, u = s.matrices("h: d1 x 1, u: d2 x 1")
    su, e1, e2 = (s.scalar(name) for name in ("su", "e1", "e2"))
    hh = s.given(conjunction(K @ h == 0, h.T @ h == ident(1)), "h is a column of zeros of K")
    hu = s.given(conjunction(Sigma @ u == su * u, u.T @ u == ident(1), P @ u == 0), "Sigma u = su u, and P misses u")
    return X, Y, Xp, of_X, Sigma, N, K, C, D, L1, orth, iso, inv, P, com, e3, A1, A2, points, h, u, su, e1, e2, hh, hu


@statement(
    "prop-3.9",
    "in optimal order A2 = N K C where K is zero beyond block k, and has a column of zeros",
    kind="step",
    hidden=True,
)
def deficient(s: Script) -> None:
    """S is Lambda in the coordinates of N = US, and p_i = tr(K K'E[i]); k counts from 0. Rank is to spare."""
    s.dims("d1 d2")
    (Lam,) = s.matrices("S: d2 x d2")
    sp = spectrum_of(s, Lam)
    sym = s.given(Lam.T == Lam, "Lambda is symmetric")
    (K,) = s.matrices("K: d2 x d1")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
    Q = K @ K.T
    com = s.given(Q @ Lam == Lam @ Q, "K K' commutes with Lambda")
    less = s.given(tr(Q) < number("d1"), "rank K < d1")
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k + 1), "k < r")
    order = s.given(
        conjunction(full_upto(sp, Q, k), tr(Q @ sp.E(k + 1)) == tr(Q) - tr(sp.Q(k))),
        "p_i = m_i before block k + 1, which has the rest of the rank",
    )
    proj_Q = both(s.have(Q.T == Q), s.have(Q @ Q == Q, iso))
    before = s.cite("captured-upto", **sp.named(), P=Q, k=k)(
        sp.known, sym, proj_Q, com, s.linear(at_least(sp.r, k), inside), order[0]
    )
    grows = sp.grows(k, inside)
    nothing = s.have(tr(Q @ (ident("d2") - sp.Q(k + 1))) == 0, before, grows, order[1])
    Q1 = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(k + 1, inside)
    QQ = s.cite("commute-partial", **sp.named(), P=Q)(sp.known, sym, proj_Q, com)(k + 1, inside)
    R = Q @ (ident("d2") - sp.Q(k + 1))
    R_proj = both(s.have(R.T == R, QQ, Q1[0], proj_Q[0]), s.have(R @ R == R, QQ, Q1[1], proj_Q[1]))
    zero = s.cite("projector-zero", F=R)(R_proj, s.have(tr(R) <= 0, nothing, sum=[Term(squares=(number(0),))]))
    beyond = s.have(sp.Q(k + 1) @ K == K, zero, QQ, iso)
    F = ident("d1") - K.T @ K
    proj = both(s.have(F.T == F), s.have(F @ F == F, iso))
    (h,), known = s.obtain(s.cite("unit", F=F)(proj, s.have(tr(F) > 0, sum=[Term(times=(less,))])), "h")
    free = Variable("h", matrix_sort("d1", 1))
    claim = exists(free, conjunction(K @ of(free) == 0, of(free).T @ of(free) == ident(1)))
    unused = s.witness(claim, h, by=both(s.have(K @ h == 0, s.have(K @ F == 0, iso), known[1]), known[0]))
    s.conclude(conjunction(beyond.formula, claim), by=both(beyond, unused))


@statement("prop-3.item2", "prop-3.10 to prop-3.20: one more direction in A2", kind="step", hidden=True)
def item_2(s: Script) -> None:
    X, Y, Xp, of_X, Sigma, N, K, C, D, L1, orth, iso, inv, P, com, e3, A1, A2, points, h, u, su, e1, e2, hh, hu = (
        added_rank(s)
    )
    row = h.T @ C @ L1  # (CL1)_{rank+1,:}
    B1, B2 = s.matrices("B1: d1 x d0, B2: d2 x d1")
    new = s.given(
        conjunction(
            B2 == (N @ K + e2 * (u @ h.T)) @ C,
            B1 == D @ (K.T @ N.T + e1 * (h @ u.T)) @ Y @ Xp + L1 - D @ K.T @ K @ C @ L1 @ X @ Xp,
        ),
        "prop-3.11",
    )
    with s.aside():
        s.dims("p")
        Kd, J = s.matrices("Kd: d2 x p, J: d1 x p")
        cols = s.given(conjunction(K == Kd @ J.T, Kd.T @ Kd == ident("p"), J.T @ J == ident("p")), "K = [Kd, 0]")
        block = s.have(D @ K.T @ K @ C @ L1 @ X @ Xp == D @ J @ (J.T @ C @ L1) @ X @ Xp, cols[0], cols[1], heavy=[K])
        upper = s.have(D @ K.T @ N.T @ Y @ Xp == D @ J @ (N @ Kd).T @ Y @ Xp, cols[0], heavy=[K])
        s.step(
            "prop-3.10",
            A1 == D @ J @ (N @ Kd).T @ Y @ Xp + L1 - D @ J @ (J.T @ C @ L1) @ X @ Xp,
            proof=lambda: added(
                A1 == D @ J @ (N @ Kd).T @ Y @ Xp + L1 - D @ J @ (J.T @ C @ L1) @ X @ Xp,
                (1, points[1]),
                (1, upper),
                (-1, block),
            ),
            title="A1 in terms of V = [V_d, 0]: the first rank(A2) rows of CL1",
        )
    f, g = D @ h, C.T @ h
    s.step(
        "prop-3.11",
        conjunction(B2 == A2 + e2 * (u @ g.T), B1 == A1 + e1 * (f @ u.T @ Y @ Xp)),
        by=[points, new],
        heavy=[B1, B2, A1, A2],
        title="the new column and the new row",
    )
    twelve = s.step(
        "prop-3.12", (ident("d1") - K.T @ K) @ C @ L1 @ X @ Y.T @ (ident("d2") - P) == 0, by=[e3], title="eq-30, eq-31"
    )
    cross = s.have(
        row @ X @ Y.T @ u == 0,
        s.have(h.T @ (ident("d1") - K.T @ K) @ C @ L1 @ X @ Y.T @ (ident("d2") - P) @ u == 0, twelve),
        hh[0],
        hu[2],
    )
    Q = P @ Y @ Xp @ X
    R = e2 * (u @ row @ X) + e1 * e2 * (u @ u.T @ Y @ Xp @ X)
    thirteen = s.step(
        "prop-3.13",
        B2 @ B1 @ X - Y == Q + R - Y,
        by=[new, hh, hu[2], iso, inv, of_X, orth],
        heavy=[B1, B2],
        title="the product: Q as before, and R = e2 u (CL1)_q X + e1 e2 u u'YX+X (the paper's P)",
    )
    base = s.have(A2 @ A1 @ X == Q, points, iso, inv, of_X, heavy=[A1, A2])
    here = s.have(loss(X, Y, A1, A2) == tr((Q - Y) @ (Q - Y).T) / 2, base)
    W = s.matrix("W", "d2", "m")
    product = s.given(W == B2 @ B1 @ X, "W = B2 B1 X")
    there = s.have(
        tr((W - Y) @ (W - Y).T) / 2 == tr((Q + R - Y) @ (Q + R - Y).T) / 2,
        s.have(W == Q + R, product, thirteen),
        heavy=[W],
    )
    same = s.have(loss(X, Y, B1, B2) == tr((W - Y) @ (W - Y).T) / 2, product)
    fourteen = s.step(
        "prop-3.14",
        loss(X, Y, B1, B2) == loss(X, Y, A1, A2) + (tr(R @ R.T) + 2 * tr(R @ Q.T) - 2 * tr(R @ Y.T)) / 2,
        proof=lambda: added(
            loss(X, Y, B1, B2) == loss(X, Y, A1, A2) + (tr(R @ R.T) + 2 * tr(R @ Q.T) - 2 * tr(R @ Y.T)) / 2,
            (1, same),
            (1, there),
            (-1, here),
        ),
        title="the loss, expanded: three traces",
    )
    XX = s.have(X @ X.T @ Xp.T == X, of_X)
    uSu = s.have(tr(u.T @ Sigma @ u) == su, hu[0], hu[1])
    alpha = tr(row @ X @ X.T @ row.T)
    size = s.have(tr(u.T @ u) == 1, hu[1])
    fifteen = s.have(tr(R @ R.T) == e2 * e2 * alpha + e1 * e1 * e2 * e2 * su, XX, hu[1], cross, uSu)
    sixteen = s.step(
        "prop-3.16",
        tr(R @ Q.T) == e2 * tr(u @ row @ X @ Y.T @ P),
        by=[hu[2], XX, of_X, orth],
        title="Tr(RQ') = e2 Tr(u (CL1)_q XY' UV_d (UV_d)')",
    )
    seventeen = s.have(tr(R @ Y.T) == e2 * tr(u @ row @ X @ Y.T) + e1 * e2 * su, uSu)
    rest = s.have(tr(u @ row @ X @ Y.T @ P) == 0, hu[2])
    none = s.have(tr(u @ row @ X @ Y.T) == 0, cross)
    change = (e2 * e2 * alpha) / 2 + (e1 * e1 * e2 * e2 * su) / 2 - e1 * e2 * su
    eighteen = loss(X, Y, B1, B2) == loss(X, Y, A1, A2) + change
    total = added_up(s, eighteen, fourteen, fifteen, sixteen, seventeen, rest, none, e2)
    printed_values(
        s, N, K, P, Sigma, su, u, of_X, R, Y, X, L1, A1, A2, B1, B2, alpha, row, e1, e2, fifteen, seventeen, total
    )
    s.step("prop-3.15.repair", fifteen.formula, proof=fifteen, title="with the eigenvalue su of the new direction")
    s.step("prop-3.17.repair", seventeen.formula, proof=seventeen, title="with the eigenvalue su of the new direction")
    s.step("prop-3.18.repair", total.formula, proof=total, title="with the eigenvalue su of the new direction")
    with s.aside():
        positive = s.given(su > 0, "su > 0")
        square = s.given(e2 == e1 * e1, "e2 = e1^2")
        small_ = [s.given(e1 > 0, "e1 > 0"), s.given(e1 <= 1, "e1 <= 1"), s.given(e1 * alpha < su, "e1 small")]
        poly = s.have(
            loss(X, Y, B1, B2) == loss(X, Y, A1, A2) + e1**4 * alpha / 2 + e1**6 * su / 2 - e1**3 * su,
            total,
            square,
            heavy=[e2],
        )
        cube = s.have(
            1 - e1**3 >= 0,
            sum=[Term(times=(small_[1],)), Term(times=(small_[0], small_[1])), Term(squares=(e1,), times=(small_[1],))],
        )
        half = Fraction(1, 2)
        lower = s.have(
            loss(X, Y, B1, B2) < loss(X, Y, A1, A2),
            poly,
            sum=[
                Term(half, times=(small_[0],) * 3 + (small_[2],)),
                Term(half, times=(small_[0],) * 3 + (positive, cube)),
            ],
        )
        s.step(
            "prop-3.19",
            both(poly, lower).formula,
            proof=both(poly, lower),
            title="e2 = e1^2: O(e1^4) - O(e1^3) < 0 for small e1",
        )
    with s.aside():
        b, of_B2 = s.pinv(B2, "b")
        a, of_A2 = s.pinv(A2, "a")
        some = s.given(e2 * e2 > 0, "e2 != 0")
        (y,), hy = s.obtain(reciprocal(some), "y")
        G, G2 = D @ K.T @ N.T, D @ (K.T @ N.T) + y * e2 * (D @ h @ u.T)
        PA = s.cite("projector-of", A=A2, B=a, G=G, Q=P)(
            of_A2,
            s.have(P.T == P),
            s.have(P @ A2 == A2, points[0], orth, iso, heavy=[A2]),
            s.have(A2 @ G == P, points[0], inv, heavy=[A2]),
        )
        PB = s.cite("projector-of", A=B2, B=b, G=G2, Q=P + u @ u.T)(
            of_B2,
            s.have((P + u @ u.T).T == P + u @ u.T),
            s.have(
                (P + u @ u.T) @ B2 == B2,
                new[0],
                orth,
                iso,
                hu[1],
                hu[2],
                s.have(u.T @ N @ K == 0, hu[2], iso, orth),
                heavy=[B2],
            ),
            s.have(B2 @ G2 == P + u @ u.T, new[0], inv, hh, hy, heavy=[B2]),
        )
        rank = s.have(
            tr(B2 @ b) == tr(A2 @ a) + 1,
            s.have(tr(B2 @ b) == tr(P) + tr(u @ u.T), PB),
            s.have(tr(A2 @ a) == tr(P), PA),
            size,
        )
        s.step("prop-3.20", rank.formula, proof=rank, title="rank + 1")
    s.conclude(total.formula, by=total)


def added_up(s, claim, fourteen, fifteen, sixteen, seventeen, rest, none, e2) -> Known:
    """prop-3.14 with the three traces put in."""
    factors = tuple(
        Cofactor(scalar(1) * factor, index)
        for index, factor in enumerate((scalar(1), scalar(Fraction(1, 2)), scalar(1), scalar(-1), e2.term, -e2.term))
    )
    parts = (fourteen, fifteen, sixteen, seventeen, rest, none)
    return Known(combine(*(part.theorem for part in parts), claim=claim, cofactors=factors, products=()))


def printed_values(
    s, N, K, P, Sigma, su, u, of_X, R, Y, X, L1, A1, A2, B1, B2, alpha, row, e1, e2, fifteen, seventeen, total
) -> None:
    """prop-3.15, 3.17 and 3.18 as printed: with s_k, where the captured pattern is p_i = m_i (i < k), p_k <= m_k."""
    with s.aside():
        sp = spectrum_of(s, Sigma)
        (k,) = s.dims("k")
        pattern = s.given(
            conjunction(
                at_least(sp.r, k + 1),
                full_upto(sp, P, k),
                tr(P) == tr(sp.Q(k)) + tr(P @ sp.E(k + 1)),
                tr(P @ sp.E(k + 1)) > 0,
            ),
            "optimal order",
        )
        largest = s.given(
            in_range("i", 1, sp.r, Implies(tr(P @ sp.E("i")) < tr(sp.E("i")), sp.s("i") <= su)),
            "u is the next direction",
        )
        value = sp.s(k + 1)
        s.generators = (critical_points,)
        hyps = [sp.known, pattern, largest]
        s.step(
            "prop-3.15",
            tr(R @ R.T) == e2 * e2 * alpha + e1 * e1 * e2 * e2 * value,
            by=[fifteen, *hyps],
            title="Tr(RR') = e2^2 Tr((CL1)_q XX'(CL1)_q') + e1^2 e2^2 s_k",
        )
        s.step(
            "prop-3.17",
            tr(R @ Y.T) == e2 * tr(u @ row @ X @ Y.T) + e1 * e2 * value,
            by=[seventeen, *hyps],
            title="Tr(RY') = e2 Tr(u (CL1)_q XY') + e1 e2 s_k",
        )
        change = (e2 * e2 * alpha) / 2 + (e1 * e1 * e2 * e2 * value) / 2 - e1 * e2 * value
        s.step(
            "prop-3.18",
            loss(X, Y, B1, B2) == loss(X, Y, A1, A2) + change,
            by=[total, *hyps],
            title="the sum: 1/2 e2^2 Tr((CL1)_q XX'(CL1)_q') + (1/2 e1^2 e2^2 - e1 e2) s_k",
        )
        s.generators = ()


@statement(
    "prop-3.critical",
    "at a critical point: non-optimal order: lower loss, same rank; optimal order: lower loss, rank + 1",
    kind="lemma",
    hidden=True,
)
def descent(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=sp.r, s=sp.values, E=sp.projectors, Q=sp.partial)
    delta = Variable("delta", SCALAR)

    def everywhere_lower(rank):
        return for_all(delta, Implies(of(delta) > 0, lower_nearby(X, Y, A1, A2, of(delta), rank)))

    def missed_at(t, i, low, high, less):
        (u,), at_u = t.obtain(
            s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, less), "u"
        )
        return u, at_u, dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=sp.s(i))

    first = s.inner()
    order = first.given(non_optimal(sp, P), "non-optimal order")
    (i,), at_i = first.obtain(order, "i")
    low, high, less, later = at_i.parts()
    (j,), at_j = first.obtain(later, "j")
    j_low, j_high, some = at_j.parts()
    (q,), jq = first.obtain(difference(first.linear(at_least(j, 1), j_low, low), j, nat(1)), "q")
    q_high = first.linear(at_least(sp.r, q + 1), jq, j_high)
    apart = s.cite("spectral-orthogonal-all", **sp.named(), j=q)(sp.known, sym, q_high)(
        i, first.linear(at_least(q, i), jq, j_low)
    )
    same_j = first.have(equal(scalar(j), scalar(q + 1)), jq)
    zero = first.moved(lambda n: sp.Q(i) @ sp.E(n) == 0, apart, q + 1, j, same_j)
    at_E = sp.at(first, j, first.linear(at_least(j, 1), j_low, low), j_high)
    Qi = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(i, high)
    F = ident("d2") - sp.Q(i) - sp.E(j)
    F_proj = both(first.have(F.T == F, Qi, at_E[0]), first.have(F @ F == F, Qi, at_E[0], at_E[1], zero))
    room = s.cite("projector-order", P=P, E=F)(proj, F_proj)[0]
    beyond = first.have(tr(P @ (ident("d2") - sp.Q(i))) > 0, sum=[Term(times=(room,)), Term(times=(some,))])
    u, at_u, point_ = missed_at(first, i, low, high, less)
    (v,), at_v = first.obtain(
        s.cite("pick-beyond", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, beyond), "v"
    )
    value = tr(v.T @ Sigma @ v)
    t = first.inner()
    d = t.scalar("delta")
    near_ = t.given(d > 0)
    lower = s.cite("exchange", **point_, v=v, sv=value, delta=d)(
        eq23, eq24, of_X, of_A2, at_u, both(t.have(value == value), at_v[0], at_v[1]), at_v[2], near_
    )
    one_ = first.close(t.close(lower))

    second = s.inner()
    not_best = second.given(negation(Or(case_1(sp, P, kappa), case_2(sp, P, kappa))), "not a global minimizer (prop-2)")
    order = second.given(optimal_order(sp, P, kappa), "optimal order")
    spare = order.parts()[0]
    two_cases = dichotomy_at(s, second, letters, P, Sigma, sp, sym, proj, com, of_A2, kappa, least)
    goal = everywhere_lower(tr(P) + 1)

    def best(pattern):
        return anything(not_best(pattern), goal)

    def better(known):
        c = second.inner()
        (i,), at_i = c.obtain(known, "i")
        low, high, less, _ = at_i.parts()
        u, at_u, point_ = missed_at(c, i, low, high, less)
        G = ident("d1") - a @ A2
        G_proj = both(c.have(G.T == G, of_A2), c.have(G @ G == G, of_A2))
        room = c.have(tr(G) > 0, sum=[Term(times=(spare,)), Term(times=(least.parts()[0],))])
        (z,), at_z = c.obtain(s.cite("unit", F=G)(G_proj, room), "z")
        kernel = both(c.have(A2 @ z == 0, c.have(A2 @ G == 0, of_A2), at_z[1]), at_z[0])
        t = c.inner()
        d = t.scalar("delta")
        near_ = t.given(d > 0)
        lower = s.cite("slack", **point_, f=z, g=z, delta=d)(
            eq23, eq24, of_X, of_A2, at_u, kernel, sp.at(c, i, low, high)[4], near_
        )
        return c.close(t.close(lower))

    two_ = second.close(
        second.either(
            two_cases,
            lambda x: best(left_or(x, two_cases.formula.right.left)),
            lambda rest: second.either(rest, lambda x: best(or_right_of(two_cases.formula.left, x)), better),
        )
    )
    s.conclude(conjunction(one_.formula, two_.formula), by=both(one_, two_))


@statement(
    "prop-3",
    "non-optimal order: lower loss, same rank; optimal order: lower loss, rank + 1; A2 A1 X != 0: higher loss",
    equations={"eq-29": "prop-3.1", "eq-30": "prop-3.12", "eq-31": "prop-3.12"},
)
def proposition_3(s: Script) -> None:
    """Items 1 and 2 are about critical points, item 3 about any point."""
    for name in ("prop-3.1", "prop-3.item1", "prop-3.9", "prop-3.item2", "prop-3.21", "prop-3.22"):
        s.include(name)
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    Xp, of_X = s.pinv(X, "Xp")
    a, of_A2 = s.pinv(A2, "A2p")
    sp = spectrum_of(s, Y @ Xp @ X @ Y.T)
    kappa, least = smallest_width(s)
    t = s.inner()
    eq23, eq24 = t.given(conjunction(*gradients(X, Y, A1, A2)), "critical").parts()
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=sp.r, s=sp.values, E=sp.projectors, Q=sp.partial)
    both_items = t.close(
        s.cite("prop-3.critical", **letters, kappa=nat("kappa"))(eq23, eq24, of_X, of_A2, sp.known, least)
    )
    t = s.inner()
    product = t.given(A2 @ A1 @ X != 0, "A2 A1 X != 0")
    third = t.close(s.cite("prop-3.22", X=X, Y=Y, A1=A1, A2=A2)(product))
    s.conclude(conjunction(both_items.formula, third.formula), by=both(both_items, third))
