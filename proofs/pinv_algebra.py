"""The algebra of pseudoinverses: transposes, multiples, products, projectors, and orthogonal sums."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import conjunction
from symbolic_cp.prover.context import Known, both
from symbolic_cp.prover.expression import Expr, ident

from .ranks import is_projector, projects


def inverse_of(A: Expr, B: Expr):
    """B is the Moore-Penrose inverse of A."""
    return penrose(A.term, B.term)


def conclude_inverse(s: Script, A: Expr, B: Expr, *by: Known) -> None:
    """The statement is that B is the Moore-Penrose inverse of A: each equation by its own certificate."""
    s.conclude(inverse_of(A, B), by=s.have(inverse_of(A, B), *by))


@statement("pinv-transpose", "(A')+ = (A+)'", kind="lemma", hidden=True)
def pinv_transpose(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    conclude_inverse(s, A.T, a.T, of_A)


@statement("pinv-pinv", "(A+)+ = A", kind="lemma", hidden=True)
def pinv_pinv(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    conclude_inverse(s, a, A, of_A)


@statement("pinv-multiple", "(cA)+ = A+/c", kind="lemma", hidden=True)
def pinv_multiple(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    c, d = s.scalar("c"), s.scalar("d")
    unit = s.given(c * d == 1, "c d = 1")
    conclude_inverse(s, c * A, d * a, of_A, unit)


@statement("pinv-zero", "0+ = 0", kind="lemma", hidden=True)
def pinv_zero(s: Script) -> None:
    s.dims("m n")
    A, a = s.matrices("A: m x n, a: n x m")
    known = s.given(inverse_of(A, a), "a is the pseudoinverse of A")
    zero = s.given(A == 0, "A = 0")
    s.conclude(a == 0, by=[known, zero])


@statement("pinv-of-projector", "an orthogonal projector is its own pseudoinverse", kind="lemma", hidden=True)
def pinv_of_projector(s: Script) -> None:
    s.dims("n")
    (P,) = s.matrices("P: n x n")
    proj = s.given(is_projector(P), "P is an orthogonal projector")
    conclude_inverse(s, P, P, proj)


@statement("pinv-of-isometry", "A'A = I gives A+ = A'", kind="lemma", hidden=True)
def pinv_of_isometry(s: Script) -> None:
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    iso = s.given(A.T @ A == ident(n), "A has orthonormal columns")
    conclude_inverse(s, A, A.T, iso)


@statement("pinv-of-inverse", "a two-sided inverse is the pseudoinverse", kind="lemma", hidden=True)
def pinv_of_inverse(s: Script) -> None:
    (n,) = s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    left, right = s.given(A @ B == ident(n), "A B = I"), s.given(B @ A == ident(n), "B A = I")
    conclude_inverse(s, A, B, left, right)


@statement("pinv-full-columns", "A'A k = I gives A+ = k A'", kind="lemma", hidden=True)
def pinv_full_columns(s: Script) -> None:
    """The pseudoinverse of least squares; k is symmetric, as the inverse of a Gram matrix."""
    m, n = s.dims("m n")
    A, k = s.matrices("A: m x n, k: n x n")
    left = s.given(A.T @ A @ k == ident(n), "A'A k = I")
    right = s.have(k.T @ A.T @ A == ident(n), left)
    sym = s.have(k.T == k, left, right)
    conclude_inverse(s, A, k @ A.T, left, right, sym)


@statement("pinv-full-rows", "AA' k = I gives A+ = A' k", kind="lemma", hidden=True)
def pinv_full_rows(s: Script) -> None:
    m, n = s.dims("m n")
    A, k = s.matrices("A: m x n, k: m x m")
    left = s.given(A @ A.T @ k == ident(m), "A A' k = I")
    right = s.have(k.T @ A @ A.T == ident(m), left)
    sym = s.have(k.T == k, left, right)
    conclude_inverse(s, A, A.T @ k, left, right, sym)


@statement("pinv-gram", "(A'A)+ = A+ (A+)'", kind="lemma", hidden=True)
def pinv_gram(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    conclude_inverse(s, A.T @ A, a @ a.T, of_A)


@statement("pinv-product", "(AB)+ = B+ A+ under the range conditions", kind="lemma", hidden=True)
def pinv_product(s: Script) -> None:
    """Greville's conditions: A+ A maps the range of BB' into the range of B, and BB+ that of A'A into that of A'."""
    s.dims("m n k")
    A, B = s.matrices("A: m x n, B: n x k")
    a, of_A = s.pinv(A, "a")
    b, of_B = s.pinv(B, "b")
    first = s.given(a @ A @ B @ B.T @ A.T == B @ B.T @ A.T, "A+ A B B' A' = B B' A'")
    second = s.given(B @ b @ A.T @ A @ B == A.T @ A @ B, "B B+ A'A B = A'A B")
    conclude_reverse_order(s, A, B, a, b, of_A, of_B, first, second)


def conclude_reverse_order(
    s: Script, A: Expr, B: Expr, a: Expr, b: Expr, of_A: Known, of_B: Known, first: Known, second: Known
) -> None:
    """b a is the pseudoinverse of A B: E = a A and F = B b commute with BB' and A'A on the ranges that matter."""
    E, F = a @ A, B @ b
    first_, second_ = (
        s.have(E @ B @ B.T @ E == B @ B.T @ E, first, of_A),
        s.have(F @ A.T @ A @ F == A.T @ A @ F, second, of_B),
    )
    swap_E = s.have(E @ B @ B.T == B @ B.T @ E, s.have((B @ B.T @ E).T == B @ B.T @ E, first_, of_A), of_A)
    swap_F = s.have(F @ A.T @ A == A.T @ A @ F, s.have((A.T @ A @ F).T == A.T @ A @ F, second_, of_B), of_B)
    EF = s.have(E @ F == F @ E, swap_E, of_A, of_B)
    conclude_inverse(s, A @ B, b @ a, EF, swap_E, swap_F, of_A, of_B)


@statement(
    "pinv-of-full-rank-product",
    "(AB)+ = B+ A+ for A of full column rank and B of full row rank",
    kind="lemma",
    hidden=True,
)
def pinv_of_full_rank_product(s: Script) -> None:
    m, n, k = s.dims("m n k")
    A, B = s.matrices("A: m x n, B: n x k")
    a, of_A = s.pinv(A, "a")
    b, of_B = s.pinv(B, "b")
    full = s.given(conjunction(a @ A == ident(n), B @ b == ident(n)), "A+ A = I and B B+ = I")
    conclude_inverse(s, A @ B, b @ a, full, of_A, of_B)


@statement("pinv-isometry-product", "(UAV')+ = V A+ U' for U, V with orthonormal columns", kind="lemma", hidden=True)
def pinv_isometry_product(s: Script) -> None:
    p, q, m, n = s.dims("p q m n")
    U, A, V = s.matrices("U: p x m, A: m x n, V: q x n")
    a, of_A = s.pinv(A, "a")
    iso = s.given(conjunction(U.T @ U == ident(m), V.T @ V == ident(n)), "U and V have orthonormal columns")
    conclude_inverse(s, U @ A @ V.T, V @ a @ U.T, of_A, iso)


@statement("pinv-sum", "(A + B)+ = A+ + B+ if A'B = 0 and AB' = 0", kind="lemma", hidden=True)
def pinv_sum(s: Script) -> None:
    s.dims("m n")
    A, B = s.matrices("A: m x n, B: m x n")
    a, of_A = s.pinv(A, "a")
    b, of_B = s.pinv(B, "b")
    apart = both(s.given(A.T @ B == 0, "A'B = 0"), s.given(A @ B.T == 0, "AB' = 0"))
    mixed = [s.have(one == 0, apart, of_A, of_B) for one in (a @ B, b @ A, A @ b, B @ a)]
    conclude_inverse(s, A + B, a + b, of_A, of_B, *mixed)


@statement("projector-sum", "P + Q is the projector onto the sum of two orthogonal ranges", kind="lemma", hidden=True)
def projector_sum(s: Script) -> None:
    s.dims("n")
    P, Q = s.matrices("P: n x n, Q: n x n")
    p, q = (
        s.given(is_projector(P), "P is an orthogonal projector"),
        s.given(is_projector(Q), "Q is an orthogonal projector"),
    )
    apart = s.given(P @ Q == 0, "P Q = 0")
    known = projects(s, P + Q, p, q, apart)
    kept = both(s.have((P + Q) @ P == P, p, q, apart), s.have((P + Q) @ Q == Q, p, q, apart))
    s.conclude(conjunction(known.formula, kept.formula), by=both(known, kept))


@statement(
    "range-sum",
    "A A+ + M M+ with M = (I - A A+) B is the projector onto the range of [A, B]",
    kind="lemma",
    hidden=True,
)
def range_sum(s: Script) -> None:
    """It keeps A and B, and its own range is spanned by their columns: P = A F + B G for some F, G."""
    m, n, k = s.dims("m n k")
    A, B = s.matrices("A: m x n, B: m x k")
    a, of_A = s.pinv(A, "a")
    M = (ident(m) - A @ a) @ B
    g, of_M = s.pinv(M, "g")
    across = s.have(A @ a @ M @ g == 0, of_A)
    P = A @ a + M @ g
    one, two = projects(s, A @ a, of_A), projects(s, M @ g, of_M)
    proj = projects(s, P, one, two, across)
    still = s.have(M @ g @ A == 0, s.have(M @ g @ (A @ a) == 0, across, one[0], two[0]), of_A[0])
    keeps = s.have(P @ A == A, still, of_A[0])
    other = s.have(P @ B == B, s.have(M @ g @ B == M, still, of_M[0]))
    spanned = s.have(P == A @ (a - a @ B @ g) + B @ g)
    s.conclude(
        conjunction(proj.formula, keeps.formula, other.formula, spanned.formula), by=both(proj, keeps, other, spanned)
    )


@statement("projector-difference", "Q P = P gives that Q - P is an orthogonal projector", kind="lemma", hidden=True)
def projector_difference(s: Script) -> None:
    s.dims("n")
    P, Q = s.matrices("P: n x n, Q: n x n")
    p, q = (
        s.given(is_projector(P), "P is an orthogonal projector"),
        s.given(is_projector(Q), "Q is an orthogonal projector"),
    )
    inside = s.given(Q @ P == P, "Q P = P")
    s.conclude(is_projector(Q - P), by=projects(s, Q - P, p, q, inside))


@statement(
    "projector-product", "P Q is the projector onto the common range of commuting projectors", kind="lemma", hidden=True
)
def projector_product(s: Script) -> None:
    s.dims("n")
    P, Q = s.matrices("P: n x n, Q: n x n")
    p, q = (
        s.given(is_projector(P), "P is an orthogonal projector"),
        s.given(is_projector(Q), "Q is an orthogonal projector"),
    )
    swap = s.given(P @ Q == Q @ P, "P Q = Q P")
    s.conclude(is_projector(P @ Q), by=projects(s, P @ Q, p, q, swap))


@statement("same-range", "A = BF and B = AG give A A+ = B B+", kind="lemma", hidden=True)
def same_range(s: Script) -> None:
    s.dims("m n k")
    A, B, F, G = s.matrices("A: m x n, B: m x k, F: k x n, G: n x k")
    a, of_A = s.pinv(A, "a")
    b, of_B = s.pinv(B, "b")
    one, two = s.given(A == B @ F, "A = B F"), s.given(B == A @ G, "B = A G")
    first = s.have(B @ b @ A == A, one, of_B[0])
    second = s.have(A @ a @ B == B, two, of_A[0])
    left = s.have(B @ b @ (A @ a) == A @ a, first)
    right = s.have(A @ a @ (B @ b) == B @ b, second)
    s.conclude(A @ a == B @ b, by=[left, right, projects(s, A @ a, of_A), projects(s, B @ b, of_B)])


@statement("solvable", "AX = B gives A A+ B = B and X = A+ B + (I - A+ A) X", kind="lemma", hidden=True)
def solvable(s: Script) -> None:
    m, n, k = s.dims("m n k")
    A, X, B = s.matrices("A: m x n, X: n x k, B: m x k")
    a, of_A = s.pinv(A, "a")
    solves = s.given(A @ X == B, "A X = B")
    inside = s.have(A @ a @ B == B, solves, of_A[0])
    form = s.have(X == a @ B + (ident(n) - a @ A) @ X, solves)
    s.conclude(conjunction(inside.formula, form.formula), by=both(inside, form))


@statement("solutions", "A A+ B = B gives A (A+ B + (I - A+ A) Z) = B for every Z", kind="lemma", hidden=True)
def solutions(s: Script) -> None:
    m, n, k = s.dims("m n k")
    A, Z, B = s.matrices("A: m x n, Z: n x k, B: m x k")
    a, of_A = s.pinv(A, "a")
    inside = s.given(A @ a @ B == B, "A A+ B = B")
    s.conclude(A @ (a @ B + (ident(n) - a @ A) @ Z) == B, by=[inside, of_A[0]])
