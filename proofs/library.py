"""Lemmas that the book cites: pseudoinverses, complete families, blocks."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range, penrose
from symbolic_cp.kernel.formulas import NAT, Implies, Variable, at_least, for_all, matrix_sort
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import both
from symbolic_cp.prover.expression import ident, of


@statement("pinv-unique", "The Moore-Penrose inverse is unique", kind="lemma", hidden=True)
def pinv_unique(s: Script) -> None:
    s.dims("m n")
    A, B, C = s.matrices("A: m x n, B: n x m, C: n x m")
    first = s.given(penrose(A.term, B.term), "Penrose equations of A and B")
    second = s.given(penrose(A.term, C.term), "Penrose equations of A and C")
    s.conclude(B == C, by=[first, second])


@statement("complete-columns", "Matrices that agree on a complete family are equal", kind="lemma", hidden=True)
def complete_columns(s: Script) -> None:
    p, n, w, r = s.dims("p n w r")
    A, B = s.matrices("A: p x n, B: p x n")
    c = s.family("c", "k", matrix_sort(n, w))
    C = s.family("C", "k", matrix_sort(n, n))
    k = nat("k")
    start = s.given(of(C, 0) == 0)
    grows = s.given(
        for_all(
            Variable("k", NAT), Implies(at_least(r, k + 1), of(C, k + 1) == of(C, k) + of(c, k + 1) @ of(c, k + 1).T)
        )
    )
    whole = s.given(of(C, r) == ident(n))
    agree = s.given(in_range("j", 1, r, A @ of(c, "j") == B @ of(c, "j")))

    def claim(k):
        return A @ of(C, k) == B @ of(C, k)

    def step(t, k, below, so_far):
        here = agree(k + 1, t.linear(at_least(k + 1, 1)), t.linear(at_least(r, k + 1), below))
        return t.have(claim(k + 1), so_far, grows(k, below), here)

    all_k = s.induction("k", r, claim, s.have(claim(nat(0)), start), step)
    s.conclude(A == B, by=[all_k(r, s.linear(at_least(r, r))), whole])


@statement("projector-of", "A B is Q as soon as Q = Q', QA = A and AG = Q for some G", kind="lemma", hidden=True)
def projector_of(s: Script) -> None:
    """How the column projector of a perturbed matrix is found without computing its pseudoinverse."""
    s.dims("m n")
    A, B, G, Q = s.matrices("A: m x n, B: n x m, G: n x m, Q: m x m")
    given = [
        s.given(penrose(A.term, B.term), "B is the pseudoinverse of A"),
        s.given(Q.T == Q),
        s.given(Q @ A == A),
        s.given(A @ G == Q),
    ]
    s.conclude(A @ B == Q, by=given)


@statement("projector", "A A+ is an orthogonal projector", kind="lemma", hidden=True)
def projector(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    B, known = s.pinv(A, "B")
    P = A @ B
    s.conclude(both(s.have(P.T == P, known), s.have(P @ P == P, known)).formula, by=[known])
