"""Decisions: proved, refuted or undecided, each checked; nothing is proved from contradictory hypotheses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.evaluation import evaluate_formula
from symbolic_cp.kernel.formulas import negation
from symbolic_cp.prover.certificate import replay
from symbolic_cp.prover.decide import ABSURD, FIRST, INHABITED, PROVED, REFUTED, UNDECIDED, decide, with_dimensions
from symbolic_cp.prover.problem import problems
from symbolic_cp.prover.search import DEFAULT, NotProved
from symbolic_cp.prover.show import show
from symbolic_cp.prover.size import size
from symbolic_cp.prover.tactics import prove_goal

SQUARE = {"A": ["n", "n"], "B": ["n", "n"]}


def decided(**fields):
    """The decision, after its certificate has been written, read again and replayed."""
    (problem,) = problems(parse(json.dumps(fields)))
    (goal,) = problem.goals()
    decision = decide(goal)
    data = decision.certificate()
    if decision.verdict == UNDECIDED:
        assert data is None
        assert decision.message
        return decision
    checked = replay(json.loads(json.dumps(data)))
    statement = decision.goal.formula()
    if decision.verdict == REFUTED and decision.refutation.theorem is not None:
        statement = negation(statement)
    assert checked.statement == statement
    if decision.verdict == PROVED:
        assert decision.theorem.is_closed
        assert all(evaluate_formula(one.formula, decision.satisfied) for one in goal.hypotheses if decision.satisfied)
    return decision


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"atoms": {"A": ["m", "n"]}, "pinv": {"p": "A"}, "claims": ["A'*A*p = A'"]}, PROVED),
        ({"atoms": SQUARE, "given": ["A*B = I[n]"], "claims": ["B*A = I[n]"]}, PROVED),
        ({"atoms": SQUARE, "claims": ["tr(A*B) = tr(B*A)"]}, PROVED),
        ({"scalars": ["s"], "given": ["s > 0"], "claims": ["s*s > 0"]}, PROVED),
        ({"atoms": SQUARE, "claims": ["A*B = B*A"]}, REFUTED),
        ({"atoms": SQUARE, "given": ["psd(A)", "psd(B)"], "claims": ["psd(A*B + B*A)"]}, REFUTED),
        ({"atoms": SQUARE, "exists": {"X": ["n", "n"]}, "claims": ["A*X = B"]}, REFUTED),
    ],
)
def test_verdicts(fields, verdict):
    assert decided(**fields).verdict == verdict


def test_a_true_claim_beyond_the_search_is_undecided():
    root = {"atoms": {"A": ["n", "n"]}, "exists": {"X": ["n", "n"]}, "claims": ["X*X*X = A'*A*X", "tr(X*X') >= 0"]}
    assert decided(**root).verdict != REFUTED
    cube = {"atoms": {"A": ["n", "n"]}, "exists": {"X": ["n", "n"]}, "claims": ["X*X*X = A*A'"]}
    assert decided(**cube).verdict == UNDECIDED


@pytest.mark.parametrize("given", [["A*A = I[n]", "A = 0"], ["tr(A'*A) = -1"], ["A = B", "A = B + I[n]"], ["n = 0"]])
def test_nothing_is_proved_from_contradictory_hypotheses(given):
    decision = decided(atoms=SQUARE, given=given, claims=["A = A*A*B"])
    assert decision.verdict == UNDECIDED
    assert decision.satisfied is None
    assert decision.message == ABSURD


@pytest.mark.parametrize(
    "fields",
    [
        {"atoms": {"A": ["2", "2"]}, "inverse": {"B": "A"}, "given": ["A*A = 0"], "claims": ["tr(A) = 7"]},
        {"atoms": {"A": ["2", "2"]}, "given": ["A = 0", "A = I[2]"], "claims": ["A = 3*A"]},
        {"atoms": {"A": ["1", "1"], "B": ["1", "1"]}, "given": ["(A-A')*B = I[1]"], "claims": ["A = 2*A"]},
        {"atoms": {"A": ["3", "n"], "B": ["n", "3"]}, "given": ["A*B = I[3]", "A = 0"], "claims": ["B = 2*B"]},
    ],
)
def test_nor_where_dimensions_are_numbers(fields):
    decision = decided(**fields)
    assert (decision.verdict, decision.message) == (UNDECIDED, ABSURD)


def test_empty_matrices_satisfy_what_no_others_do():
    """With a side that is 0 nothing is absurd: I[0] = 0."""
    decision = decided(atoms={"A": ["0", "0"]}, given=["A = I[0]"], claims=["A = 0"])
    assert decision.verdict == PROVED
    assert decided(atoms={"A": ["n", "0"]}, given=["A*A' = 0"], claims=["A = 0"]).verdict == PROVED


def test_hypotheses_without_rational_instances_are_reported_and_used():
    decision = decided(scalars=["s"], given=["s*s = 2"], claims=["s*s*s = 2*s"])
    assert decision.verdict == PROVED
    assert decision.message == "no exact instance of the hypotheses was found"


def test_what_fails_for_empty_matrices_only_is_proved_for_the_others():
    decision = decided(atoms={"A": ["n", "n"]}, claims=["tr(I[n]) > 0"])
    assert (decision.verdict, decision.message) == (PROVED, INHABITED)
    assert show(decision.goal.formula()) == "for all n : nat, A : n x n. n >= 1 -> n > 0"
    (problem,) = problems(parse(json.dumps({"atoms": {"A": ["n", "n"]}, "claims": ["tr(I[n]) > 0"]})))
    assert decision.goal == with_dimensions(problem.goals()[0])


def test_an_instance_of_the_hypotheses_is_kept():
    decision = decided(atoms=SQUARE, given=["A*B = B*A"], claims=["A*B*B = B*B*A"])
    assert decision.verdict == PROVED
    assert set(decision.satisfied) == {"n", "A", "B"}


def test_same_goal_same_answer():
    fields = {"atoms": {"A": ["m", "n"], "B": ["n", "k"]}, "claims": ["pinv(A*B) = pinv(B)*pinv(A)"]}
    assert decided(**fields).certificate() == decided(**fields).certificate()


def test_size_counts_the_expanded_terms():
    decision = decided(atoms={"A": ["m", "n"]}, pinv={"p": "A"}, given=["A'*A = 0"], claims=["A = 0"])
    terms, steps = size(decision.theorem)
    assert 0 < terms <= 10
    assert terms < steps


def test_progress_may_stop_the_search():
    class StopError(Exception):
        pass

    def progress():
        raise StopError

    (problem,) = problems(parse(json.dumps({"atoms": SQUARE, "claims": ["A = A*B"]})))
    with pytest.raises(StopError):
        decide(problem.goals()[0], progress=progress)


@pytest.mark.parametrize("claim", ["tr(A) = 0", "tr(A*A) = 0", "tr(A*B*A) = 0", "tr(A*A*A) = 0", "tr(A*B) = tr(B*A)"])
def test_traces_of_what_a_commutator_is(claim):
    """tr((A B - B A) X) is 0 for X that commutes with A or B, and the equation says what is left."""
    assert decided(atoms=SQUARE, given=["A*B - B*A = A"], claims=[claim]).verdict == PROVED


def test_what_a_commutator_leaves_is_not_made_up():
    assert decided(atoms=SQUARE, given=["A*B - B*A = A"], claims=["tr(B) = 0"]).verdict == REFUTED
    assert decided(atoms=SQUARE, given=["A*B - B*A = A - I[n]"], claims=["tr(A) = 0"]).verdict == REFUTED
    assert decided(atoms=SQUARE, given=["A*B - B*A = A - I[n]"], claims=["tr(A) = tr(I[n])"]).verdict == PROVED


def test_a_counterexample_does_not_wait_for_all_the_work_of_a_proof():
    """The completion of A B - B A = A has no end; a counterexample has two rows."""
    calls = 0

    def tick():
        nonlocal calls
        calls += 1

    document = {"atoms": SQUARE, "given": ["A*B - B*A = A"], "claims": ["rank(A*B) = rank(A)"]}
    (problem,) = problems(parse(json.dumps(document)))
    (goal,) = problem.goals()
    assert decide(goal, progress=tick).verdict == REFUTED
    some = calls
    with pytest.raises(NotProved):
        prove_goal(goal, replace(DEFAULT, work=DEFAULT.work // FIRST, progress=tick))
    assert some < 5 * (calls - some), (some, calls)
