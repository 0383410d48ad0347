"""Rank inequalities and square inverses. The rank of A is tr(A A+), the trace of the projector onto its range."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import conjunction
from symbolic_cp.prover.context import Context, Known, Term, both, from_fact
from symbolic_cp.prover.expression import Expr, ident, number, tr


def is_projector(P: Expr):
    """P is an orthogonal projector."""
    return conjunction(P.T == P, P @ P == P)


def projects(s: Context, P: Expr, *by: Known) -> Known:
    """The same, derived."""
    return both(s.have(P.T == P, *by), s.have(P @ P == P, *by))


@statement("projector-below", "D E = E gives tr E <= tr D for orthogonal projectors", kind="lemma", hidden=True)
def projector_below(s: Script) -> None:
    """tr D - tr E is the squared norm of D - E."""
    s.dims("n")
    D, E = s.matrices("D: n x n, E: n x n")
    d, e = (
        s.given(is_projector(D), "D is an orthogonal projector"),
        s.given(is_projector(E), "E is an orthogonal projector"),
    )
    inside = s.given(D @ E == E, "D E = E")
    s.conclude(tr(E) <= tr(D), by=s.have(tr(E) <= tr(D), d, e, inside, sum=[Term(grams=(D - E,))]))


@statement("rank-factor", "H = F G K gives tr H <= tr G for orthogonal projectors H, G", kind="lemma", hidden=True)
def rank_factor(s: Script) -> None:
    """N = G K H has H N+ N = H and G N N+ = N N+; both N+ N and N N+ have the rank of N as their trace."""
    m, n = s.dims("m n")
    H, G, F, K = s.matrices("H: m x m, G: n x n, F: m x n, K: n x m")
    h, g = (
        s.given(is_projector(H), "H is an orthogonal projector"),
        s.given(is_projector(G), "G is an orthogonal projector"),
    )
    through = s.given(H == F @ G @ K, "H = F G K")
    N = G @ K @ H
    (p,), of_N = s.obtain(from_fact("pinv").at(A=N), "p")
    HN = s.have(H == F @ N, h, through)
    right, left = projects(s, p @ N, of_N), projects(s, N @ p, of_N)
    kept = s.have(p @ N @ H == H, s.have(H @ p @ N == H, HN, of_N[0]), right[0], h[0])
    below = s.cite("projector-below", D=p @ N, E=H)(right, h, kept)
    above = s.cite("projector-below", D=G, E=N @ p)(g, left, s.have(G @ N @ p == N @ p, g[1]))
    s.conclude(tr(H) <= tr(G), by=s.linear(tr(H) <= tr(G), below, above))


@statement("rank-left", "rank(AB) <= rank(A)", kind="lemma", hidden=True)
def rank_left(s: Script) -> None:
    s.dims("m n k")
    A, B = s.matrices("A: m x n, B: n x k")
    (a, of_A), (c, of_C) = s.pinv(A, "a"), s.pinv(A @ B, "c")
    D, E = A @ a, A @ B @ c
    below = s.cite("projector-below", D=D, E=E)
    s.conclude(tr(E) <= tr(D), by=below(projects(s, D, of_A), projects(s, E, of_C), s.have(D @ E == E, of_A[0])))


@statement("rank-right", "rank(AB) <= rank(B)", kind="lemma", hidden=True)
def rank_right(s: Script) -> None:
    s.dims("m n k")
    A, B = s.matrices("A: m x n, B: n x k")
    (b, of_B), (c, of_C) = s.pinv(B, "b"), s.pinv(A @ B, "c")
    H, G = A @ B @ c, B @ b
    factor = s.cite("rank-factor", H=H, G=G, F=A, K=B @ c)
    s.conclude(
        tr(H) <= tr(G), by=factor(projects(s, H, of_C), projects(s, G, of_B), s.have(H == A @ G @ (B @ c), of_B[0]))
    )


@statement("rank-transpose", "rank(A') = rank(A)", kind="lemma", hidden=True)
def rank_transpose(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    (a, of_A), (t, of_T) = s.pinv(A, "a"), s.pinv(A.T, "t")
    same = s.cite("pinv-unique", A=A.T, B=t, C=a.T)(
        of_T,
        both(
            *(
                s.have(one, of_A)
                for one in (
                    A.T @ a.T @ A.T == A.T,
                    a.T @ A.T @ a.T == a.T,
                    (A.T @ a.T).T == A.T @ a.T,
                    (a.T @ A.T).T == a.T @ A.T,
                )
            )
        ),
    )
    s.conclude(tr(A.T @ t) == tr(A @ a), by=[same])


@statement("rank-bound", "rank(A) is at most the number of rows, and of columns", kind="lemma", hidden=True)
def rank_bound(s: Script) -> None:
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    rows = s.have(tr(A @ a) <= number(m), of_A, sum=[Term(grams=(ident(m) - A @ a,))])
    cols = s.have(tr(A @ a) <= number(n), of_A, sum=[Term(grams=(ident(n) - a @ A,))])
    s.conclude(conjunction(rows.formula, cols.formula), by=[rows, cols])


@statement("frobenius", "rank(AB) + rank(BC) <= rank(B) + rank(ABC)", kind="lemma", hidden=True)
def frobenius(s: Script) -> None:
    """Writing [M] for M M+: H = [AB] - [ABC] and G = [B] - [BC] are projectors, and H = (H A) G (B (AB)+)."""
    s.dims("p q s t")
    A, B, C = s.matrices("A: p x q, B: q x s, C: s x t")
    b, of_b = s.pinv(B, "b")
    ab, of_ab = s.pinv(A @ B, "ab")
    bc, of_bc = s.pinv(B @ C, "bc")
    abc, of_abc = s.pinv(A @ B @ C, "abc")
    H, G = A @ B @ ab - A @ B @ C @ abc, B @ b - B @ C @ bc
    h, g = projects(s, H, of_ab, of_abc), projects(s, G, of_b, of_bc)
    killed = s.have(H @ A @ B @ C == 0, of_ab, of_abc)
    parts = s.have(B @ C @ bc @ B + G @ B == B, of_b)
    through = s.have(H @ A @ G @ B == H @ A @ B, killed, parts)
    full = s.have(H @ A @ B @ ab == H, of_ab, of_abc)
    same = s.have(H == (H @ A) @ G @ (B @ ab), through, full)
    smaller = s.cite("rank-factor", H=H, G=G, F=H @ A, K=B @ ab)(h, g, same)
    claim = tr(A @ B @ ab) + tr(B @ C @ bc) <= tr(B @ b) + tr(A @ B @ C @ abc)
    s.conclude(claim, by=s.linear(claim, smaller))


@statement("sylvester", "rank(A) + rank(B) <= n + rank(AB), n the inner dimension", kind="lemma", hidden=True)
def sylvester(s: Script) -> None:
    """Frobenius with the identity in the middle."""
    s.dims("m k")
    (n,) = s.dims("n")
    A, B = s.matrices("A: m x n, B: n x k")
    a, of_a = s.pinv(A, "a")
    b, of_b = s.pinv(B, "b")
    c, of_c = s.pinv(A @ B, "c")
    one = ident(n)
    known = s.cite("frobenius", A=A, B=one, C=B, b=one, ab=a, bc=b, abc=c)
    product, symmetric = s.have(one @ one @ one == one), s.have((one @ one).T == one)
    unit = both(product, product, symmetric, symmetric)
    claim = tr(A @ a) + tr(B @ b) <= number(n) + tr(A @ B @ c)
    s.conclude(claim, by=s.linear(claim, known(unit, of_a, of_b, of_c)))


@statement("full-projector", "an orthogonal projector of rank at least n is I", kind="lemma", hidden=True)
def full_projector(s: Script) -> None:
    (n,) = s.dims("n")
    (P,) = s.matrices("P: n x n")
    proj = s.given(is_projector(P), "P is an orthogonal projector")
    rank = s.given(tr(P) >= number(n), "rank P >= n")
    rest = s.zero(ident(n) - P, proj, rank, sum=[Term(times=(rank,))])
    s.conclude(P == ident(n), by=[rest])


@statement("square-inverse", "AB = I gives BA = I for square A and B", kind="lemma", hidden=True)
def square_inverse(s: Script) -> None:
    """B+ B = I because B has a left inverse, so that the projector B B+ has trace n."""
    (n,) = s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    left = s.given(A @ B == ident(n), "A B = I")
    (b,), of_B = s.obtain(from_fact("pinv").at(A=B), "b")
    full = s.have(b @ B == ident(n), left, of_B)
    rank = s.have(tr(B @ b) >= number(n), s.have(tr(B @ b) == number(n), full), sum=[Term(squares=(number(0),))])
    onto = s.cite("full-projector", P=B @ b)(projects(s, B @ b, of_B), rank)
    s.conclude(B @ A == ident(n), by=[onto, left])
