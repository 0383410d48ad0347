"""Kernel proofs about given matrices: they exist exactly where linear algebra says so."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from flint import fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import hstack, is_symmetric
from symbolic_cp.kernel.evaluation import Table
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.replay import replay
from symbolic_cp.kernel.terms import literal, nat, scalar, trace
from symbolic_cp.prover.grammar import psd
from symbolic_cp.prover.ground import disprove, disprove_at, prove
from symbolic_cp.prover.numeric import to_instance
from symbolic_cp.prover.zoo import gram, integers

seeds = st.integers(0, 10**6)


def term(M: fmpq_mat):
    return literal(to_instance(M).entries, (M.nrows(), M.ncols()))


def decided(formula, expected):
    """The kernel proves the formula or its negation, as expected, and never both."""
    proof, against = prove(formula), disprove(formula)
    assert (proof is not None, against is not None) == (expected, not expected)
    theorem = replay(proof or against)
    assert theorem.conclusion == (formula if expected else negation(formula))
    assert theorem.is_closed
    assert not theorem.facts


@given(seeds, st.integers(1, 4), st.booleans())
def test_positive_semidefinite(seed, n, likely):
    rng = Random(seed)
    S = gram(rng, n, n) if likely else integers(rng, n, n)
    S = S if likely or rng.randrange(3) else S + S.transpose()
    decided(psd(term(S)), is_symmetric(S) and negative_direction(S) is None)


def test_positive_semidefinite_sums_of_products():
    A, B = literal([[1, 2], [0, 1]]), literal([[Fraction(1, 2), 0], [3, -1]])
    decided(psd(A.T @ A + B @ B.T), expected=True)
    decided(psd(A @ A.T - 9 * B.T @ B), expected=False)
    decided(psd(scalar(2) * trace(A) * A.T @ A), expected=True)


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
def test_linear_existence(seed, m, n, k):
    rng = Random(seed)
    M, N = integers(rng, m, n), integers(rng, m, k)
    X = Variable("X", matrix_sort(n, k))
    decided(exists(X, equal(term(M) @ at(X), term(N))), rank(M) == rank(hstack(M, N)))


def test_existence_with_several_unknowns():
    A, C = literal([[1, 0], [0, 0]]), literal([[0, 0], [0, 1]])
    X, Y, t = Variable("X", matrix_sort(2, 2)), Variable("Y", matrix_sort(2, 2)), Variable("t", SCALAR)
    decided(exists(X, Y, equal(A @ at(X) + at(Y).T @ A, C)), expected=False)
    decided(exists(X, Y, equal(A @ at(X) + at(Y) @ A, A)), expected=True)
    decided(exists(t, X, conjunction(equal(at(t) * A + at(X), C), equal(trace(at(X)), scalar(3)))), expected=True)
    decided(exists(t, X, conjunction(equal(at(X), at(t) * A), equal(trace(at(X) @ C), scalar(1)))), expected=False)


def test_quantified_linear_equations():
    A, D = literal([[1, 0], [0, 0]]), Variable("D", matrix_sort(2, 2))
    decided(for_all(D, equal(trace(at(D).T @ A), scalar(0))), expected=False)
    decided(for_all(D, equal(trace(at(D) @ (A - A @ A)), scalar(0))), expected=True)
    t = Variable("t", SCALAR)
    decided(for_all(t, equal(at(t) * trace(A - A @ A), scalar(0))), expected=True)
    decided(for_all(t, equal(at(t) * trace(A), scalar(0))), expected=False)


def test_connectives():
    good, bad = psd(literal([[1]])), psd(literal([[-1]]))
    for formula, expected in [
        (conjunction(good, good), True),
        (conjunction(good, bad), False),
        (Or(bad, good), True),
        (Or(bad, bad), False),
        (Implies(bad, Falsum()), True),
        (Implies(good, bad), False),
        (Implies(bad, bad), True),
        (negation(good), False),
    ]:
        decided(formula, expected)


def test_what_linear_algebra_does_not_decide_is_left_alone():
    X = Variable("X", matrix_sort(1, 1))
    square = exists(X, equal(at(X) @ at(X), literal([[2]])))
    t = Variable("t", SCALAR)
    cubic = for_all(t, at_least(at(t) * at(t) * at(t), 0))
    strict = for_all(t, greater(at(t) * at(t), -1))
    for formula in (square, cubic, strict):
        assert prove(formula) is None
        assert disprove(formula) is None


def test_families_of_natural_numbers():
    """They are written as c + s i; others, which no such term gives, are left alone."""
    d = Variable("d", NAT, 1)
    statement = for_all(d, at_least(nat("d", 1), 5))
    found = disprove_at(statement, [Table({(0,): 1, (1,): 3, (2,): 5})])
    assert found is not None
    assert found.conclusion == negation(statement)
    assert disprove_at(statement, [Table({(1,): 4})]) is not None
    for values in ({(0,): 3, (1,): 1}, {(0,): 1, (1,): 3, (2,): 4}, {(0,): 0, (2,): 1}, {(2,): 2, (3,): 5}):
        assert disprove_at(statement, [Table(values)]) is None
