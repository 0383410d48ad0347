"""Blocks of matrices through split selectors: J and K have orthonormal columns which together are a basis.

The blocks of M are J'MJ, J'MK, K'MJ and K'MK; of a tall matrix, J'M and K'M.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose, split
from symbolic_cp.kernel.formulas import conjunction
from symbolic_cp.kernel.terms import Nat
from symbolic_cp.prover.context import Known, both
from symbolic_cp.prover.expression import Expr, ident, tr


def split_of(
    s: Script, whole: str, first: str, second: str, left: str = "J", right: str = "K"
) -> tuple[Nat, Nat, Nat, Expr, Expr, Known]:
    """Letters for a split of a space, and what is known of them."""
    n, a, b = s.dims(f"{whole} {first} {second}")
    J, K = s.matrices(f"{left}: {whole} x {first}, {right}: {whole} x {second}")
    return n, a, b, J, K, s.given(split(n, a, b, J.term, K.term), f"{left} and {right} split the {whole}-space")


@statement("split-zero", "K'J = 0, too, and J J', K K' are projectors that add up to I", kind="lemma", hidden=True)
def split_zero(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    P, Q = J @ J.T, K @ K.T
    known = both(
        s.have(K.T @ J == 0, parts),
        s.have(P @ P == P, parts),
        s.have(Q @ Q == Q, parts),
        s.have(P @ Q == 0, parts),
        s.have(P + Q == ident(n), parts),
    )
    s.conclude(known.formula, by=known)


@statement("block-sum", "a matrix is the sum of its blocks", kind="lemma", hidden=True)
def block_sum(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    (M,) = s.matrices("M: n x n")
    s.conclude(
        M == J @ (J.T @ M @ J) @ J.T + J @ (J.T @ M @ K) @ K.T + K @ (K.T @ M @ J) @ J.T + K @ (K.T @ M @ K) @ K.T,
        by=[parts[3]],
    )


@statement("block-equal", "J'M = J'N and K'M = K'N give M = N", kind="lemma", hidden=True)
def block_equal(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    s.dims("p")
    M, N = s.matrices("M: n x p, N: n x p")
    up, down = s.given(J.T @ M == J.T @ N), s.given(K.T @ M == K.T @ N)
    s.conclude(M == N, by=[parts[3], up, down])


@statement("block-product", "a block of MN is the sum of products of blocks", kind="lemma", hidden=True)
def block_product(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    s.dims("p q")
    M, N = s.matrices("M: p x n, N: n x q")
    s.conclude(M @ N == (M @ J) @ (J.T @ N) + (M @ K) @ (K.T @ N), by=[parts[3]])


@statement("block-trace", "the trace is the sum of the traces of the diagonal blocks", kind="lemma", hidden=True)
def block_trace(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    (M,) = s.matrices("M: n x n")
    s.conclude(tr(M) == tr(J.T @ M @ J) + tr(K.T @ M @ K), by=[parts[3]])


@statement("block-diagonal-product", "diag(A, B) diag(C, D) = diag(AC, BD)", kind="lemma", hidden=True)
def block_diagonal_product(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    A, B, C, D = s.matrices("A: a x a, B: b x b, C: a x a, D: b x b")
    s.conclude(
        (J @ A @ J.T + K @ B @ K.T) @ (J @ C @ J.T + K @ D @ K.T) == J @ A @ C @ J.T + K @ B @ D @ K.T, by=[parts]
    )


@statement("block-diagonal-pinv", "diag(A, B)+ = diag(A+, B+), for blocks of any shape", kind="lemma", hidden=True)
def block_diagonal_pinv(s: Script) -> None:
    n, a, b, J, K, rows = split_of(s, "n", "a", "b")
    m, c, d, L, N, cols = split_of(s, "m", "c", "d", "L", "N")
    A, B = s.matrices("A: a x c, B: b x d")
    (p, of_A), (q, of_B) = s.pinv(A, "p"), s.pinv(B, "q")
    whole, inverse = J @ A @ L.T + K @ B @ N.T, L @ p @ J.T + N @ q @ K.T
    left = s.have(whole @ inverse == J @ A @ p @ J.T + K @ B @ q @ K.T, rows, cols)
    right = s.have(inverse @ whole == L @ p @ A @ L.T + N @ q @ B @ N.T, rows, cols)
    known = both(
        s.have(whole @ inverse @ whole == whole, left, rows, of_A, of_B),
        s.have(inverse @ whole @ inverse == inverse, right, cols, of_A, of_B),
        s.have((whole @ inverse).T == whole @ inverse, left, of_A, of_B),
        s.have((inverse @ whole).T == inverse @ whole, right, of_A, of_B),
    )
    s.conclude(penrose(whole.term, inverse.term), by=known)


@statement(
    "block-triangular-inverse", "[A C; 0 B] has the inverse [A^-1, -A^-1 C B^-1; 0, B^-1]", kind="lemma", hidden=True
)
def block_triangular_inverse(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    A, B, C, p, q = s.matrices("A: a x a, B: b x b, C: a x b, p: a x a, q: b x b")
    first = s.given(conjunction(A @ p == ident(a), p @ A == ident(a)), "p is the inverse of A")
    second = s.given(conjunction(B @ q == ident(b), q @ B == ident(b)), "q is the inverse of B")
    M = J @ A @ J.T + J @ C @ K.T + K @ B @ K.T
    inverse = J @ p @ J.T - J @ p @ C @ q @ K.T + K @ q @ K.T
    known = both(
        s.have(M @ inverse == ident(n), parts, first, second), s.have(inverse @ M == ident(n), parts, first, second)
    )
    s.conclude(known.formula, by=known)


@statement("schur", "[A B; C D] = [I 0; C A^-1 I] diag(A, D - C A^-1 B) [I A^-1 B; 0 I]", kind="lemma", hidden=True)
def schur(s: Script) -> None:
    n, a, b, J, K, parts = split_of(s, "n", "a", "b")
    A, B, C, D, p = s.matrices("A: a x a, B: a x b, C: b x a, D: b x b, p: a x a")
    inverse = s.given(conjunction(A @ p == ident(a), p @ A == ident(a)), "p is the inverse of A")
    low, high = ident(n) + K @ C @ p @ J.T, ident(n) + J @ p @ B @ K.T
    middle = J @ A @ J.T + K @ (D - C @ p @ B) @ K.T
    half = s.have(low @ middle == J @ A @ J.T + K @ C @ J.T + K @ (D - C @ p @ B) @ K.T, parts, inverse)
    whole = J @ A @ J.T + J @ B @ K.T + K @ C @ J.T + K @ D @ K.T
    s.conclude(low @ middle @ high == whole, by=[half, parts, inverse])
