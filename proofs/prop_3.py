"""Proposition 3: the landscape around a critical point, step by step as printed.

N = U S is the orthogonal matrix of eigenvectors after prop-3.1, K = S'V selects the captured ones: K K' is the
projector onto the first p_i coordinates of every block. ev and eu are the coordinates of the exchanged directions,
v = N ev (captured, eigenvalue sj) and u = N eu (missed, eigenvalue si). With c^2 (1 + eps^2) = 1 the new column is
w = c (v + eps u) = (v + eps u) / sqrt(1 + eps^2).
"""

from fractions import Fraction

from symbolic_cp.book.generators import critical_points
from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range, penrose
from symbolic_cp.kernel.formulas import NAT, SCALAR, Implies, Variable, at_least, conjunction, equal, exists, for_all, matrix_sort
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.kernel.theory import Cofactor, combine
from symbolic_cp.prover.context import Context, Known, Term, both, difference, from_fact, one, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .order import full_upto, improvable
from .perturb import flat, lower_nearby, missed, point, slack
from .prop_1 import loss
from .prop_2 import setting, smallest_width
from .spectra import next_range, spectrum_of
from .structure import widths
from .thm_1 import data, eq1
from .thm_2 import at_distance, nearby, network


@statement("prop-3.1", "eq-29: every block W[i] is completed to an orthonormal basis of its eigenspace", kind="step", hidden=True)
def completed(s: Script) -> None:
    """The block-diagonal orthogonal S of the paper has the blocks [V_i, N_i]: S'V is then diag(I_(m_i x p_i)), 0."""
    s.dims("d1 d2")
    (Lam,) = s.matrices("S: d2 x d2")
    sp = spectrum_of(s, Lam)
    st = widths(s)
    shape = s.given(st.formula(sp.projectors, sp.partial, sp.r), "block structure of V")
    t = s.inner()
    (k,) = t.dims("k")
    high = t.given(at_least(sp.r, k + 1))
    block = shape.parts()[1](k, high)
    low = t.linear(at_least(k + 1, 1))
    e = sp.at(t, k + 1, low, high)
    W, E = of(st.W, k + 1), sp.E(k + 1)
    F = E - W @ W.T
    F_proj = [t.have(F.T == F, e[0]), t.have(F @ F == F, block[1], block[2], e[0], e[1])]
    (q, N), NN = t.obtain(from_fact("basis").at(P=F)(*F_proj), "q N")
    WN = t.have(W.T @ N == 0, t.have(F @ N == N, NN), t.have(W.T @ F == 0, block[1], block[2], e[0]))
    body = lambda q, N: conjunction(N.T @ N == ident(q), W.T @ N == 0, W @ W.T + N @ N.T == E)
    free = Variable("N", matrix_sort("d2", "q"))
    goal = exists(Variable("q", NAT), free, body(nat("q"), of(free)))
    known = t.witness(goal, q, N, by=both(NN[0], WN, t.have(W @ W.T + N @ N.T == E, NN[1])))
    result = t.close(known)
    s.conclude(result.formula, by=result)


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
    s.conclude(conjunction(Q.T == Q, Q @ Q == Q, Q @ B2 == B2, B2 @ (D @ K.T @ M.T) == Q, B2 @ B1 @ X == Q @ Y @ Xp @ X), by=[gram, iso, inv, of_X])


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
    sym, square, fixed, onto, product = s.cite("frame", M=M, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp)(of_X, gram, iso, inv).parts()
    fixed = s.have(Q @ B2 == B2, fixed, eq2, heavy=[B2])
    onto = s.have(B2 @ (D @ K.T @ M.T) == Q, onto, eq2, heavy=[B2])
    product = s.have(B2 @ B1 @ X == Q @ Y @ Xp @ X, product, eq2, e1, heavy=[B1, B2])
    PB = s.cite("projector-of", A=B2, B=b, G=D @ K.T @ M.T, Q=Q)(of_B2, sym, fixed, onto)
    e25 = s.have(b @ Q == b, PB, of_B2)
    inner = s.have(B2 @ B1 @ X @ Xp == Q @ Y @ Xp, product, of_X)
    solved = s.have(B1 == b @ Y @ Xp + B1 - b @ B2 @ B1 @ X @ Xp, s.have(b @ (B2 @ B1 @ X @ Xp) == b @ Y @ Xp, inner, e25))
    e27 = s.have(B2 @ B1 @ X == B2 @ b @ Y @ Xp @ X, product, PB)
    proj = both(s.have((B2 @ b).T == B2 @ b, of_B2), s.have(B2 @ b @ B2 @ b == B2 @ b, of_B2))
    e28 = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=B2 @ B1 @ X, Q=B2 @ b)(of_X, e27, proj)
    size = s.have(tr(Q) == tr(K @ K.T), s.have(tr(K.T @ M.T @ M @ K) == tr(K.T @ K), gram))
    rank = s.have(tr(B2 @ b) == tr(K @ K.T), s.have(tr(B2 @ b) == tr(Q), PB), size)
    found = both(solved, e27, e28, rank)
    s.conclude(found.formula, by=found)


@statement("turn", "the matrix M that has w in place of v, and the projector onto the captured columns", kind="lemma", hidden=True)
def turn(s: Script) -> None:
    """For any number q of columns that are turned at once; the paper turns one."""
    s.dims("d1 d2 q")
    N, K = s.matrices("N: d2 x d2, K: d2 x d1")
    eu, ev, e = s.matrices("eu: d2 x q, ev: d2 x q, e: d2 x q")
    eps, c = s.scalar("eps"), s.scalar("c")
    orth = s.given(conjunction(N @ N.T == ident("d2"), N.T @ N == ident("d2")), "N is orthogonal")
    iso = s.given(K @ K.T @ K == K, "K K'K = K")
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
    R = ident("d2") + (a - ev) @ ev.T                      # M = N R
    aa = s.have(a.T @ a == ident("q"), hu[0], hv[0], ee, circle)
    MNR = s.have(M == N @ R, made, new, heavy=[w, M])
    MN = s.have(M.T @ M == R.T @ R, MNR, orth)
    RK = s.have(R @ K @ K.T == K @ K.T + (a - ev) @ ev.T, hv[1])
    av = s.have(ev.T @ a == c * ident("q"), hv[0], ee)
    Ka = s.have(K @ K.T @ a == c * ev, hu[1], hv[1])
    gram = s.have(K.T @ M.T @ M @ K == K.T @ K, s.have(K.T @ R.T @ R @ K == K.T @ K, hu, hv, ee, circle), MN)
    Pi = N.T @ M @ K @ K.T @ M.T @ N
    NM = s.have(N.T @ M == R, MNR, orth)
    form = s.have(R @ K @ K.T @ R.T == K @ K.T - ev @ ev.T + a @ a.T, RK, hv)
    PiR = s.have(Pi == K @ K.T - ev @ ev.T + a @ a.T, s.have(Pi == R @ K @ K.T @ R.T, NM), form)
    Q = s.have(M @ K @ K.T @ M.T == N @ K @ K.T @ N.T - v @ v.T + w @ w.T,
               s.have(M @ K @ K.T @ M.T == N @ (R @ K @ K.T @ R.T) @ N.T, MNR), form, new, heavy=[w])
    rows = [s.have(eu.T @ Pi @ eu == eps * eps * c * c * ident("q"), PiR, hu, ee),
            s.have(ev.T @ Pi @ ev == c * c * ident("q"), PiR, hv, ee), s.have(e.T @ Pi @ e == e.T @ K @ K.T @ e, PiR, other)]
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
    first = added(loss(X, Y, B1, B2) == tr(Y @ Y.T) / 2 - tr((N.T @ Q @ N) @ (N.T @ Sigma @ N)) / 2, (1, value), (Fraction(-1, 2), moved))
    trace = s.have(tr(Q @ Sigma) == tr(P @ Sigma) - tr(v.T @ Sigma @ v) + tr(w.T @ Sigma @ w), form)
    second = added(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - (tr(w.T @ Sigma @ w) - tr(v.T @ Sigma @ v)) / 2,
                   (1, value), (-1, base), (Fraction(-1, 2), trace))
    s.conclude(conjunction(first.formula, second.formula), by=both(first, second))


def two_points(s, M, N, K, C, D, L1, X, Xp, Y):
    """(A1, A2) from N, and (B1, B2) from M, by eq-1 and eq-2."""
    A1, A2, B1, B2 = s.matrices("A1: d1 x d0, A2: d2 x d1, B1: d1 x d0, B2: d2 x d1")
    known = s.given(conjunction(A2 == N @ K @ C, A1 == eq1(N, K, C, D, L1, X, Xp, Y), B2 == M @ K @ C, B1 == eq1(M, K, C, D, L1, X, Xp, Y)),
                    "eq-1 and eq-2 for (A1, A2) with N and for (B1, B2) with M")
    return A1, A2, B1, B2, known


def added(claim, *summands) -> Known:
    """The claim as a sum of known equations times numbers, added up as they stand, without rewriting."""
    cofactors = tuple(Cofactor(scalar(factor), index) for index, (factor, _) in enumerate(summands))
    return Known(combine(*(known.theorem for _, known in summands), claim=claim, cofactors=cofactors, products=()))


def turned(s: Script):
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
    hu = s.given(conjunction(eu.T @ eu == ident(1), K.T @ eu == 0, Sigma @ u == si * u), "u = N eu is missed, Sigma u = si u")
    hv = s.given(conjunction(ev.T @ ev == ident(1), K @ K.T @ ev == ev, Sigma @ v == sj * v), "v = N ev is captured, Sigma v = sj v")
    unit = s.given(c * c * (1 + eps * eps) == 1, "c = 1 / sqrt(1 + eps^2)")
    w, M = s.matrices("w: d2 x 1, M: d2 x d2")
    new = s.given(w == c * (v + eps * u), "w = (v + eps u) / sqrt(1 + eps^2)")
    made = s.given(M == N + (w - v) @ ev.T, "M has w in place of v")
    return X, Y, Xp, of_X, N, K, C, D, L1, orth, iso, inv, Sigma, com, eu, ev, si, sj, eps, c, u, v, hu, hv, unit, w, new, M, made


@statement("prop-3.item1", "prop-3.2 to prop-3.8: turning one captured direction towards a missed one", kind="step", hidden=True)
def item_1(s: Script) -> None:
    X, Y, Xp, of_X, N, K, C, D, L1, orth, iso, inv, Sigma, com, eu, ev, si, sj, eps, c, u, v, hu, hv, unit, w, new, M, made = turned(s)
    A1, A2, B1, B2, points = two_points(s, M, N, K, C, D, L1, X, Xp, Y)
    P, Q = N @ K @ K.T @ N.T, M @ K @ K.T @ M.T

    with s.aside():
        U, S, V = s.matrices("U: d2 x d2, S: d2 x d2, V: d2 x d1")
        block = s.given(S @ S.T == ident("d2"), "S is orthogonal")
        s.step("prop-3.2", U @ V @ C == (U @ S) @ (S.T @ V) @ C, by=[block])
    ee = s.have(eu.T @ ev == 0, hu[1], hv[1])
    s.step("prop-3.3", conjunction(M @ ev == w, B2 == A2 + (w - v) @ v.T @ A2), by=[hv[0], hv[1], orth, made, points],
           title="M replaces the column v by w, and so does M S'V C")
    turn_of = lambda e, other: s.cite("turn", N=N, K=K, eu=eu, ev=ev, e=e, eps=eps, c=c, w=w, M=M)(
        orth, iso, both(hu[0], hu[1]), both(hv[0], hv[1]), other, unit, new, made).parts()
    zero = null("d2", 1)
    KMMK, QP, *_ = turn_of(zero, both(s.have(zero.T @ eu == 0), s.have(zero.T @ ev == 0)))
    with s.aside():
        b, of_B2 = s.pinv(B2, "b")
        frame_ = s.cite("frame-pinv", M=M, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, B1=B1, B2=B2, b=b)(of_X, KMMK, iso, inv, points[2], points[3], of_B2)
        solved, e27, e28, rank = frame_.parts()
        s.step("prop-3.4", both(solved, e27, e28).formula, proof=both(solved, e27, e28), title="eq-25, eq-27 and eq-28 hold at the perturbed point")
        a, of_A2 = s.pinv(A2, "a")
        KNNK = s.have(K.T @ N.T @ N @ K == K.T @ K, orth)
        same = s.cite("frame-pinv", M=N, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, B1=A1, B2=A2, b=a)(
            of_X, KNNK, iso, inv, points[0], points[1], of_A2).parts()[3]
        s.step("prop-3.8", tr(B2 @ b) == tr(A2 @ a), proof=s.have(tr(B2 @ b) == tr(A2 @ a), rank, same), title="the rank stays")
    letters = dict(M=M, N=N, K=K, C=C, D=D, X=X, Y=Y, L1=L1, Xp=Xp, A1=A1, A2=A2, B1=B1, B2=B2)
    first, second = s.cite("turned-loss", v=v, w=w, **letters)(of_X, orth, KMMK, iso, inv, QP, points).parts()
    s.step("prop-3.5", first.formula, proof=first, title="S' Lambda S = Lambda")
    Pi = N.T @ Q @ N
    with s.aside():
        (e,) = s.matrices("e: d2 x 1")
        other = s.given(conjunction(e.T @ eu == 0, e.T @ ev == 0), "any other coordinate")
        s.step("prop-3.6", conjunction(
            eu.T @ Pi @ eu == eps * eps * c * c * ident(1), ev.T @ Pi @ ev == c * c * ident(1), e.T @ Pi @ e == e.T @ K @ K.T @ e),
            proof=lambda: both(*turn_of(e, other)[2:]), title="the diagonal: eps^2/(1+eps^2) at i, 1/(1+eps^2) at j, else as before")
    uv = s.have(u.T @ v == 0, ee, orth)
    wSw = s.have(tr(w.T @ Sigma @ w) == c * c * sj + c * c * eps * eps * si, new, hu[2], hv[2], uv, s.have(u.T @ u == ident(1), hu[0], orth), s.have(v.T @ v == ident(1), hv[0], orth), heavy=[w])
    vSv = s.have(tr(v.T @ Sigma @ v) == sj, hv[2], s.have(v.T @ v == ident(1), hv[0], orth))
    drop = s.have((tr(w.T @ Sigma @ w) - tr(v.T @ Sigma @ v)) / 2 == c * c * eps * eps * (si - sj) / 2, wSw, vSv, unit)
    exact = added(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj) / 2, (1, second), (-1, drop))
    s.generators = (critical_points,)
    s.step("prop-3.7", loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj),
           by=[exact], title="L~ = L - eps^2/(1+eps^2) (si - sj)")
    more, some = s.given(si > sj, "si > sj"), s.given(eps * eps > 0, "eps != 0")
    repaired = conjunction(loss(X, Y, B1, B2) == loss(X, Y, A1, A2) - c * c * eps * eps * (si - sj) / 2, loss(X, Y, B1, B2) < loss(X, Y, A1, A2))
    cc = positive_square(s, c, eps, unit)
    less = s.have(loss(X, Y, B1, B2) < loss(X, Y, A1, A2), exact, sum=[Term(Fraction(1, 2), times=(cc, some, more))])
    s.step("prop-3.7.repair", repaired, proof=both(exact, less), title="with the factor 1/2: L~ = L - 1/2 eps^2/(1+eps^2) (si - sj) < L")
    s.conclude(repaired, by=both(exact, less))


def positive_square(s, c, eps, unit) -> Known:
    """c^2 > 0, from c^2 (1 + eps^2) = 1."""
    from symbolic_cp.kernel.formulas import Falsum
    from symbolic_cp.prover.context import anything

    nonneg = s.have(c * c >= 0, sum=[Term(squares=(c,))])
    return s.by_sign(c * c, lambda z: anything(s.have(Falsum(), s.have(number(0) == 1, z, unit), sum=[Term()]), c * c > 0), lambda p: p,
                     lambda no: anything(s.have(Falsum(), sum=[Term(times=(no,)), Term(times=(nonneg,))]), c * c > 0))
