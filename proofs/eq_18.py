"""eq-18 to eq-20: vec and the Kronecker product, blockwise, by induction along the blocks."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import at_least
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, one
from symbolic_cp.prover.expression import tr
from symbolic_cp.prover.kronecker import Blocks, blocks, is_kron, is_vec


def upto(s: Context, space: Blocks, claim, base: Known, step) -> Known:
    """claim(count) by induction on the number of blocks."""
    all_k = s.induction("k", space.count, claim, base, step)
    return all_k(space.count, s.linear(at_least(space.count, space.count)))


def grown(s: Context, space: Blocks, k, below) -> tuple[Known, Known, Known, Known]:
    """What is known at block k + 1: its range, and how the partial sums grow."""
    c0, grows, whole, f0, grows_f, whole_f = space.known.parts()
    low = s.linear(at_least(k + 1, 1))
    return low, s.linear(at_least(space.count, k + 1), below), grows(k, below), grows_f(k, below)


@statement("eq-18", "vec(U M V) = (V' (x) U) vec(M)", kind="equation")
def eq_18(s: Script) -> None:
    m, m2, n, n2 = s.dims("m m2 n n2")
    V = blocks(s, "N", m, n, "v")  # vec M lives here: m columns of length n
    W = blocks(s, "N2", m2, n2, "w")  # vec(U M V): m2 columns of length n2
    U, M, R = s.matrices("U: n2 x n, M: n x m, V: m x m2")
    K, x = s.matrices("K: N2 x N, x: N x 1")
    kron = s.given(is_kron(K, R.T, U, W, V), "K = V' (x) U")
    vec = s.given(is_vec(x, M, V), "x = vec M")

    c0, _, whole, f0, _, whole_f = V.known.parts()
    inside = s.inner()
    (i,) = inside.dims("j")
    low = inside.given(at_least(i, 1))
    high = inside.given(at_least(m2, i))

    def claim(k):
        return W.c(i).T @ K @ V.C(k) @ x == U @ M @ V.F(k) @ R @ W.f(i)

    def step(t, k, below, so_far):
        lo, hi, C, F = grown(t, V, k, below)
        c, f = V.c(k + 1), V.f(k + 1)
        entry = one(f.T @ R @ W.f(i))
        column = kron(i, low, high, k + 1, lo, hi)
        block = t.have(W.c(i).T @ K @ c @ c.T @ x == U @ M @ f @ f.T @ R @ W.f(i), column, vec(k + 1, lo, hi), entry)
        return t.have(claim(k + 1), so_far, C, F, block)

    total = upto(inside, V, claim, inside.have(claim(nat(0)), c0, f0), step)
    column = inside.have(W.c(i).T @ (K @ x) == U @ M @ R @ W.f(i), total, whole, whole_f)
    s.conclude(is_vec(K @ x, U @ M @ R, W), by=inside.close(column))


@statement("eq-20", "(M (x) W)(U (x) V) = (M U) (x) (W V)", kind="equation")
def eq_20(s: Script) -> None:
    m, p, q, a, n, b = s.dims("m p q a n b")
    R = blocks(s, "N2", m, a, "r")
    S = blocks(s, "N1", p, n, "s")
    T = blocks(s, "N", q, b, "t")
    M, W, U, V = s.matrices("M: m x p, W: a x n, U: p x q, V: n x b")
    K1, K2 = s.matrices("K1: N2 x N1, K2: N1 x N")
    first = s.given(is_kron(K1, M, W, R, S), "K1 = M (x) W")
    second = s.given(is_kron(K2, U, V, S, T), "K2 = U (x) V")

    c0, _, whole, f0, _, whole_f = S.known.parts()
    inside = s.inner()
    (i,) = inside.dims("i")
    i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(m, i))
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(q, j))

    def claim(k):
        return R.c(i).T @ K1 @ S.C(k) @ K2 @ T.c(j) == tr(R.f(i).T @ M @ S.F(k) @ U @ T.f(j)) * (W @ V)

    def step(t, k, below, so_far):
        lo, hi, C, F = grown(t, S, k, below)
        entry = one(R.f(i).T @ M @ S.f(k + 1))
        a_ = first(i, i1, i2, k + 1, lo, hi)
        b_ = second(k + 1, lo, hi, j, j1, j2)
        grows = t.have(
            tr(R.f(i).T @ M @ S.F(k + 1) @ U @ T.f(j))
            == tr(R.f(i).T @ M @ S.F(k) @ U @ T.f(j)) + tr(R.f(i).T @ M @ S.f(k + 1)) * tr(S.f(k + 1).T @ U @ T.f(j)),
            F,
            entry,
        )
        left = t.have(
            R.c(i).T @ K1 @ S.C(k + 1) @ K2 @ T.c(j)
            == tr(R.f(i).T @ M @ S.F(k) @ U @ T.f(j)) * (W @ V)
            + tr(R.f(i).T @ M @ S.f(k + 1)) * tr(S.f(k + 1).T @ U @ T.f(j)) * (W @ V),
            so_far,
            C,
            a_,
            b_,
        )
        return t.have(claim(k + 1), left, grows)

    base = inside.have(tr(R.f(i).T @ M @ S.F(0) @ U @ T.f(j)) == 0, f0)
    start = inside.have(claim(nat(0)), c0, base)
    total = upto(inside, S, claim, start, step)
    ends = inside.have(tr(R.f(i).T @ M @ S.F(p) @ U @ T.f(j)) == tr(R.f(i).T @ M @ U @ T.f(j)), whole_f)
    block = inside.have(R.c(i).T @ (K1 @ K2) @ T.c(j) == tr(R.f(i).T @ (M @ U) @ T.f(j)) * (W @ V), total, whole, ends)
    s.conclude(is_kron(K1 @ K2, M @ U, W @ V, R, T), by=inside.close(block))


@statement("kron-transpose", "(U (x) V)' = U' (x) V'", kind="lemma", hidden=True)
def kron_transpose(s: Script) -> None:
    m, a, n, b = s.dims("m a n b")
    R, S = blocks(s, "N1", m, a, "r"), blocks(s, "N2", n, b, "s")
    U, V, K = s.matrices("U: m x n, V: a x b, K: N1 x N2")
    kron = s.given(is_kron(K, U, V, R, S), "K = U (x) V")
    inside = s.inner()
    (i,) = inside.dims("i")
    i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(n, i))
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(m, j))
    block = inside.have(S.c(i).T @ K.T @ R.c(j) == tr(S.f(i).T @ U.T @ R.f(j)) * V.T, kron(j, j1, j2, i, i1, i2))
    s.conclude(is_kron(K.T, U.T, V.T, S, R), by=inside.close(block))


@statement("kron-equal", "Equal factors give equal blocks", kind="lemma", hidden=True)
def kron_equal(s: Script) -> None:
    m, a, n, b = s.dims("m a n b")
    R, S = blocks(s, "N1", m, a, "r"), blocks(s, "N2", n, b, "s")
    U, V, U2, V2, K = s.matrices("U: m x n, V: a x b, U2: m x n, V2: a x b, K: N1 x N2")
    kron = s.given(is_kron(K, U, V, R, S), "K = U (x) V")
    first, second = s.given(U == U2), s.given(V == V2)
    inside = s.inner()
    (i,) = inside.dims("i")
    i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(m, i))
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(n, j))
    entry = inside.have(tr(R.f(i).T @ U @ S.f(j)) == tr(R.f(i).T @ U2 @ S.f(j)), first)
    here = kron(i, i1, i2, j, j1, j2)
    block = inside.have(R.c(i).T @ K @ S.c(j) == tr(R.f(i).T @ U2 @ S.f(j)) * V2, here, entry, second)
    s.conclude(is_kron(K, U2, V2, R, S), by=inside.close(block))


@statement("kron-unique", "A matrix is determined by its blocks", kind="lemma", hidden=True)
def kron_unique(s: Script) -> None:
    m, a, n, b = s.dims("m a n b")
    R, S = blocks(s, "N1", m, a, "r"), blocks(s, "N2", n, b, "s")
    U, V, K, L = s.matrices("U: m x n, V: a x b, K: N1 x N2, L: N1 x N2")
    first = s.given(is_kron(K, U, V, R, S), "K = U (x) V")
    second = s.given(is_kron(L, U, V, R, S), "L = U (x) V")
    outer = s.inner()
    (j,) = outer.dims("j2")
    j1, j2 = outer.given(at_least(j, 1)), outer.given(at_least(n, j))
    inside = outer.inner()
    (i,) = inside.dims("j")
    i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(m, i))
    here = [kron(i, i1, i2, j, j1, j2) for kron in (first, second)]
    agree = inside.close(inside.have((K @ S.c(j)).T @ R.c(i) == (L @ S.c(j)).T @ R.c(i), *here))
    rows = s.cite("complete-columns", A=(K @ S.c(j)).T, B=(L @ S.c(j)).T, c=R.selectors, C=R.partial, r=m)
    column = outer.have(K @ S.c(j) == L @ S.c(j), rows(*R.known.parts()[:3], agree))
    columns = s.cite("complete-columns", A=K, B=L, c=S.selectors, C=S.partial, r=n)
    s.conclude(K == L, by=columns(*S.known.parts()[:3], outer.close(column)))


@statement("vec-equal", "Equal matrices have the same vec", kind="lemma", hidden=True)
def vec_equal(s: Script) -> None:
    m, a = s.dims("m a")
    R = blocks(s, "N", m, a, "r")
    x, M, L = s.matrices("x: N x 1, M: a x m, L: a x m")
    vec, same = s.given(is_vec(x, M, R), "x = vec M"), s.given(M == L)
    inside = s.inner()
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(m, j))
    s.conclude(is_vec(x, L, R), by=inside.close(inside.have(R.c(j).T @ x == L @ R.f(j), vec(j, j1, j2), same)))


@statement("vec-unique", "A vector is determined by its blocks", kind="lemma", hidden=True)
def vec_unique(s: Script) -> None:
    m, a = s.dims("m a")
    R = blocks(s, "N", m, a, "r")
    x, y, M = s.matrices("x: N x 1, y: N x 1, M: a x m")
    first, second = s.given(is_vec(x, M, R), "x = vec M"), s.given(is_vec(y, M, R), "y = vec M")
    inside = s.inner()
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(m, j))
    agree = inside.close(inside.have(x.T @ R.c(j) == y.T @ R.c(j), first(j, j1, j2), second(j, j1, j2)))
    equal = s.cite("complete-columns", A=x.T, B=y.T, c=R.selectors, C=R.partial, r=m)
    s.conclude(x == y, by=[equal(*R.known.parts()[:3], agree)])


@statement("vec-determines", "A matrix is determined by its vec", kind="lemma", hidden=True)
def vec_determines(s: Script) -> None:
    m, a = s.dims("m a")
    R = blocks(s, "N", m, a, "r")
    x, M, L = s.matrices("x: N x 1, M: a x m, L: a x m")
    first, second = s.given(is_vec(x, M, R), "x = vec M"), s.given(is_vec(x, L, R), "x = vec L")
    inside = s.inner()
    (j,) = inside.dims("j")
    j1, j2 = inside.given(at_least(j, 1)), inside.given(at_least(m, j))
    agree = inside.close(inside.have(M @ R.f(j) == L @ R.f(j), first(j, j1, j2), second(j, j1, j2)))
    equal = s.cite("complete-columns", A=M, B=L, c=R.units, C=R.partial_units, r=m)
    s.conclude(M == L, by=equal(*R.known.parts()[3:], agree))


@statement("eq-19", "(U (x) V)+ = U+ (x) V+", kind="equation")
def eq_19(s: Script) -> None:
    m, a, n, b = s.dims("m a n b")
    R, S = blocks(s, "N1", m, a, "r"), blocks(s, "N2", n, b, "s")
    U, V, K, k = s.matrices("U: m x n, V: a x b, K: N1 x N2, k: N2 x N1")
    u, of_U = s.pinv(U, "u")
    v, of_V = s.pinv(V, "v")
    K_is = s.given(is_kron(K, U, V, R, S), "K = U (x) V")
    k_is = s.given(is_kron(k, u, v, S, R), "k = U+ (x) V+")

    def times(P, Q, A, B, C, D, first, second, rows, middle, cols):
        """The product of two Kronecker products, by eq-20."""
        spaces = {**rows.named("r"), **middle.named("s"), **cols.named("t")}
        known = s.cite("eq-20", **spaces, M=A, W=B, U=C, V=D, K1=P, K2=Q)
        return known(rows.known, middle.known, cols.known, first, second)

    def same(P, Q, A, B, C, D, first, second, rows, cols):
        """P = Q, both being Kronecker products, of A, B and of C, D, where A = C and B = D."""
        spaces = {**rows.named("r"), **cols.named("s")}
        moved = s.cite("kron-equal", **spaces, U=A, V=B, U2=C, V2=D, K=P)
        here = moved(rows.known, cols.known, first, s.have(A == C, of_U), s.have(B == D, of_V))
        return s.cite("kron-unique", **spaces, U=C, V=D, K=P, L=Q)(rows.known, cols.known, here, second)

    def turned(P, A, B, known, rows, cols):
        """The transpose of a Kronecker product."""
        spaces = {**rows.named("r"), **cols.named("s")}
        return s.cite("kron-transpose", **spaces, U=A, V=B, K=P)(rows.known, cols.known, known)

    Kk = times(K, k, U, V, u, v, K_is, k_is, R, S, R)
    kK = times(k, K, u, v, U, V, k_is, K_is, S, R, S)
    KkK = times(K @ k, K, U @ u, V @ v, U, V, Kk, K_is, R, R, S)
    kKk = times(k @ K, k, u @ U, v @ V, u, v, kK, k_is, S, S, R)
    inner = same(K @ k @ K, K, U @ u @ U, V @ v @ V, U, V, KkK, K_is, R, S)
    outer = same(k @ K @ k, k, u @ U @ u, v @ V @ v, u, v, kKk, k_is, S, R)
    left = same((K @ k).T, K @ k, (U @ u).T, (V @ v).T, U @ u, V @ v, turned(K @ k, U @ u, V @ v, Kk, R, R), Kk, R, R)
    right = same((k @ K).T, k @ K, (u @ U).T, (v @ V).T, u @ U, v @ V, turned(k @ K, u @ U, v @ V, kK, S, S), kK, S, S)
    s.conclude(penrose(K.term, k.term), by=[inner, outer, left, right])
