"""The lemmas that tactics cite: closed, replayed, on the facts they say, and true on instances of any small shape."""

from __future__ import annotations

import pytest

from symbolic_cp.kernel.formulas import equal
from symbolic_cp.kernel.logic import assume
from symbolic_cp.kernel.replay import replay
from symbolic_cp.kernel.terms import matrix
from symbolic_cp.prover import lemmas, psd, ranks
from symbolic_cp.prover.search import NotProved
from symbolic_cp.prover.show import show

A, B = matrix("A", "m", "n"), matrix("B", "m", "n")

STATED = {
    lemmas.square_inverse: ("for all n : nat, A : n x n, B : n x n. A*B = I[n] -> B*A = I[n]", {"pinv"}),
    lemmas.psd_at_matrices: (
        "for all n : nat, w : nat, S : n x n. (for all x : n x 1. tr(S*x*x') >= 0)"
        " -> for all M : n x w. tr(M*M'*S) >= 0",
        {"split"},
    ),
    lemmas.nonzero_inverse: ("for all s : scalar. (s != 0) -> there are t : scalar. s*t = 1", set()),
    lemmas.positive_inverse: ("for all s : scalar. s > 0 -> there are t : scalar. s*t = 1 and t > 0", set()),
    psd.psd_null: (
        "for all n : nat, w : nat, S : n x n, M : n x w. S' = S -> (for all x : n x 1. tr(S*x*x') >= 0)"
        " -> 0 >= tr(M*M'*S) -> S*M = 0",
        {"split"},
    ),
    psd.psd_cauchy_schwarz: (
        "for all n : nat, w : nat, S : n x n, M : n x w, N : n x w. S' = S -> (for all x : n x 1. tr(S*x*x') >= 0)"
        " -> tr(M*M'*S)*tr(N*N'*S) >= tr(M*N'*S')*tr(M*N'*S')",
        {"split"},
    ),
    psd.psd_product: (
        "for all n : nat, S : n x n, T : n x n. S' = S -> (for all x : n x 1. tr(S*x*x') >= 0)"
        " -> T' = T -> (for all x : n x 1. tr(T*x*x') >= 0) -> tr(S*T) >= 0",
        {"spectral", "split"},
    ),
    psd.psd_product_bound: (
        "for all n : nat, S : n x n, T : n x n. S' = S -> (for all x : n x 1. tr(S*x*x') >= 0)"
        " -> T' = T -> (for all x : n x 1. tr(T*x*x') >= 0) -> tr(S)*tr(T) >= tr(S*T)",
        {"spectral", "split"},
    ),
    lemmas.cauchy_schwarz: (
        "for all m : nat, n : nat, A : m x n, B : m x n. tr(A*A')*tr(B*B') >= tr(A*B')*tr(A*B')",
        set(),
    ),
}


@pytest.mark.parametrize("lemma", list(STATED), ids=lambda lemma: lemma.__name__)
def test_statement(lemma):
    theorem, (text, facts) = lemma(), STATED[lemma]
    assert show(theorem.conclusion) == text
    assert theorem.is_closed
    assert theorem.facts == facts
    assert replay(theorem).conclusion == theorem.conclusion


RANKS = [ranks.rank_through, ranks.rank_of_sum, ranks.frobenius]


@pytest.mark.parametrize("lemma", RANKS, ids=lambda lemma: lemma.__name__)
def test_rank_lemmas(lemma):
    theorem = lemma()
    assert theorem.is_closed
    assert theorem.facts == {"pinv"}
    assert replay(theorem).conclusion == theorem.conclusion


def test_vanishing():
    theorem = lemmas.vanishing(A @ B.T, assume(equal(A.T @ A @ B.T, 0)))
    assert theorem.conclusion == equal(A @ B.T, 0)
    with pytest.raises(NotProved):
        lemmas.vanishing(A, assume(equal(A @ B.T, 0)))
