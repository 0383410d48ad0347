"""Quantifiers over matrices at an instance: what has one value, bounded numbers, and columns of singular pairs."""

from random import Random

import pytest
from flint import fmpq_mat
from paper_book import BOOK

from symbolic_cp.book import trials
from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.trials import Answer, Examiner
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Implies,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import identity, matrix, nat, scalar, symbol, trace

GIVEN = fmpq_mat(2, 3, [1, 2, 0, 2, 4, 0])  # of rank 1
M, N = matrix("M", 2, 3), matrix("N", 3, 2)
INVERSE = Variable("N", matrix_sort(3, 2))
CERTAIN = {True: Answer(holds=True), False: Answer(holds=False)}


def answered(formula, nats=None, **point):
    found = Examiner(nats or {}, point, Random(0)).answer(formula)
    return Answer(found.holds, exact=found.exact)


@pytest.mark.parametrize("value", [0, 1, 2])
def test_a_pseudoinverse_has_one_value_so_that_both_quantifiers_are_decided(value):
    """Its trace with M is the rank of M, which is 1."""
    is_rank = equal(trace(M @ N), value)
    assert answered(for_all(INVERSE, Implies(penrose(M, N), is_rank)), M=GIVEN) == CERTAIN[value == 1]
    assert answered(exists(INVERSE, conjunction(penrose(M, N), is_rank)), M=GIVEN) == CERTAIN[value == 1]


def test_one_that_conditions_contradict_does_not_exist_and_everything_holds_of_it():
    both = conjunction(penrose(M, N), equal(M @ N, M @ N + M @ N))  # N is the pseudoinverse, and M N = 0
    assert answered(for_all(INVERSE, Implies(both, equal(N, N + N))), M=GIVEN) == CERTAIN[True]
    assert answered(exists(INVERSE, both), M=GIVEN) == CERTAIN[False]


def test_where_conditions_leave_a_choice_nothing_is_decided_by_one_value():
    weak = equal(M @ N @ M, M)  # many matrices
    found = answered(for_all(INVERSE, Implies(weak, equal(N @ M @ N, N))), M=GIVEN)
    assert found != CERTAIN[True]
    assert answered(for_all(INVERSE, Implies(weak, equal(M @ N @ M, M))), M=GIVEN).holds is not False


def members(*entries):
    return {f"A[{k}]": fmpq_mat(2, 3, one) for k, one in enumerate(entries)}


@pytest.mark.parametrize("last", range(3))
def test_one_of_boundedly_many_is_looked_for_among_all(last):
    """A[0], A[1], A[2] of ranks 0, 1, 2: one of the first `last` + 1 of rank 2?"""
    A = at(Variable("A", matrix_sort(2, 3), 1), nat("k"))
    of_rank_2 = exists(INVERSE, conjunction(penrose(A, N), equal(trace(A @ N), 2)))
    some = exists(Variable("k", NAT), conjunction(at_least(scalar(last), nat("k")), of_rank_2))
    point = members([0] * 6, [1, 2, 0, 2, 4, 0], [1, 0, 0, 0, 1, 0])
    assert answered(some, **point) == CERTAIN[last == 2]


def singular_pairs(bound):
    """For all unit vectors p, q and s > 0 with W q = s p and W' p = s q: s >= bound."""
    W, p, q, s = matrix("W", 2, 3), matrix("p", 2, 1), matrix("q", 3, 1), symbol("s")
    pair = conjunction(equal(W @ q, s * p), equal(W.T @ p, s * q), equal(p.T @ p, identity(1)), greater(s, 0))
    variables = Variable("p", matrix_sort(2, 1)), Variable("q", matrix_sort(3, 1)), Variable("s", SCALAR)
    claim = Implies(pair, at_least(s, bound))
    for one in reversed(variables):
        claim = for_all(one, claim)
    return claim


def test_claims_about_singular_vectors_are_tried_with_axes():
    W = fmpq_mat(2, 3, [3, 0, 0, 0, 0, 5])
    assert answered(singular_pairs(4), W=W) == CERTAIN[False]  # s = 3
    tried = Examiner({}, {"W": W}, Random(0)).answer(singular_pairs(3))
    assert (tried.holds, tried.exact, tried.tried > 0) == (True, False, True)


def test_theorem_t4_holds_at_instances_as_far_as_quantifiers_are_tried():
    step = BOOK.find("T4")
    trial = Trial.for_goal(step.goal, step.generators, step.proof)
    verdicts = [trial.check(number).verdict for number in range(12)]
    assert set(verdicts) == {"tried"}


def test_what_is_kept_for_other_instances_is_bounded(monkeypatch):
    """Formulas at a number are new ones at every instance; all that is kept of them is dropped now and then."""
    monkeypatch.setattr(trials, "MOST_KEPT", 20)
    step = BOOK.find("T4")
    trial = Trial.for_goal(step.goal, step.generators)
    sizes = [(trial.check(number).verdict, len(trial._kept.chains))[1] for number in range(8)]
    assert any(sizes)
    assert max(sizes) <= 20
