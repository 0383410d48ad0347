"""Mutants of the statements of the book: what is proved is true, what is refuted is false, and the record says which.

`tests/statement_mutants.jsonl` has what `python tests/statement_mutants.py` found. Here it is held against the
statements as they are, and a few of its mutants are judged again; with HYPOTHESIS_PROFILE=nightly all of them are,
which takes hours.
"""

from __future__ import annotations

import os

import mutant_absurdities as absurdities
import mutant_disproofs as disproofs
import mutant_proofs as proofs
import mutant_verdicts as verdicts
import mutations
import pytest
import statement_mutants as program
from paper_book import BOOK

from symbolic_cp.kernel.evaluation import Matrix
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Equal,
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
    negation,
)
from symbolic_cp.kernel.logic import and_left, assume, for_all_elim, implies_elim, implies_intro
from symbolic_cp.kernel.terms import identity, nat, scalar, symbol, trace
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.search import NotProved
from symbolic_cp.prover.tactics import prove_goal

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
QUICK = ("eq-21", "eq-22", "eq-23", "eq-24", "lem-1", "prop-1")
LEAST, FEW = 2, 4
RECORD = program.recorded()


@pytest.fixture(scope="module")
def book():
    return BOOK


# ------------------------------------------------------------------------------------------------------- the record


def test_the_record_is_about_the_statements_as_they_are(book):
    """Every proved statement has its first mutants in the record, with the same words."""
    steps = list(program.statements(book))
    assert {name for name, _ in RECORD} == {step.id for step in steps}
    for step in steps:
        numbers = sorted(number for name, number in RECORD if name == step.id)
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= LEAST
        if NIGHTLY or step.id in QUICK:
            drawn = mutations.drawn(step.goal, program.EACH)
            assert len(numbers) <= len(drawn)
            said = [program.described(step, number, mutant) for number, mutant in enumerate(drawn[: len(numbers)])]
            lines = [RECORD[step.id, number] for number in numbers]
            assert [{key: line[key] for key in one} for one, line in zip(said, lines, strict=True)] == said


@pytest.mark.parametrize("name", sorted({name for name, _ in RECORD}) if NIGHTLY else QUICK)
def test_mutants_are_judged_as_recorded(book, name):
    """And no mutant that is proved is false at an instance: that is an AssertionError of `found`.

    Nightly, those are judged too that the record does not have yet.
    """
    step = book.script(name).conclusion
    original = program.of(step)
    for number, mutant in enumerate(mutations.drawn(step.goal, program.EACH if NIGHTLY else FEW)):
        line, kept = program.found(step, number, mutant, original, program.SECONDS), RECORD.get((name, number))
        if kept is not None and "stopped" not in (line["verdict"], kept["verdict"]):
            assert line["verdict"] == kept["verdict"], (line, kept)


def test_nothing_failed():
    assert all(one["verdict"] in program.VERDICTS and one["verdict"] != "failed" for one in RECORD.values())


def test_every_proved_mutant_survived_many_instances():
    """Or there are none: absurd hypotheses are another verdict."""
    proved = [one for one in RECORD.values() if one["verdict"] == "proved"]
    assert proved
    assert [(one["id"], one["number"]) for one in proved if one["instances"] < program.INSTANCES] == []


def test_proved_mutants_are_listed_with_the_instances_that_they_met():
    few = {**next(one for one in RECORD.values() if one["verdict"] == "proved"), "instances": 3, "different": 2}
    text = "\n".join(program.listed([few]))
    assert f"proved: {few['id']} {few['number']}, " in text
    assert "[3 instances, 2 different]" in text
    assert "0 of those that are proved survived 200 instances" in text


# ------------------------------------------------------------------------------------------------------ the mutants


def test_every_kind_of_mutant_of_one_statement(book):
    """eq-22 with its hypothesis changed in every way: nothing stays undecided."""
    step = book.script("eq-22").conclusion
    original = program.of(step)
    drawn = mutations.drawn(step.goal, 40)
    assert {one.kind for one in drawn} == {"hypothesis dropped", "sign", "constant"}
    judged = [verdicts.judged(one, original) for one in drawn]
    assert {one.verdict for one in judged} <= {"refuted", "proved"}
    assert all(one.violated is None for one in judged)
    assert judged[[one.after for one in drawn].index(None)].verdict == "refuted"


def test_mutants_say_something_else():
    A = Variable("A", matrix_sort(2, 2))
    a = at(A)
    goal = Goal("symmetric", (A,), (Hypothesis("symmetric", equal(a.T, a)),), equal(a.T @ a, a @ a))
    found = mutations.drawn(goal, 50)
    assert {one.kind for one in found} == {"sign", "constant", "transpose", "hypothesis dropped"}
    statements = [one.goal.formula() for one in found]
    assert goal.formula() not in statements
    assert for_all(A, equal(a.T @ a, a @ a)) in statements
    assert for_all(A, Implies(Equal(a.T + a), equal(a.T @ a, a @ a))) in statements
    assert len({*statements}) == len(statements) > 8
    assert mutations.drawn(goal, 5) == found[:5]


# ----------------------------------------------------------------------------------------------------- the judgement


def square(claim, *given):
    A = Variable("A", matrix_sort(2, 2))
    return Goal("square", (A,), tuple(Hypothesis("", one(at(A))) for one in given), claim(at(A)))


def mutant_of(goal):
    """A goal as if it were a mutant of itself, its first hypothesis changed."""
    return mutations.Mutant("sign", goal, 0, goal.hypotheses[0].formula, goal.hypotheses[0].formula)


def test_a_false_proof_would_be_seen():
    """Instances violate a claim that does not follow, and the program stops at a proof of it."""
    goal = square(lambda a: equal(a.T, a), lambda a: equal(a @ a, a))
    found = verdicts.survived(mutant_of(goal), verdicts.Original(goal, None), assume(goal.formula()))
    assert found.violated is not None


def test_a_dropped_hypothesis_is_refuted():
    goal = square(lambda a: equal(a.T @ a, a @ a), lambda a: equal(a.T, a))
    original = verdicts.Original(goal, prove_goal(goal))
    dropped = next(one for one in mutations.drawn(goal, 5) if one.after is None)
    assert verdicts.judged(dropped, original).verdict == "refuted"


def test_absurd_hypotheses_prove_anything_and_are_said_to():
    s = symbol("s")
    given = (Hypothesis("", greater(scalar(0), s * s)),)
    goal = Goal("absurd", (Variable("s", SCALAR),), given, equal(s, 7))
    theorem = proofs.contradictory(goal, goal, prove_goal(goal))
    assert theorem.is_closed
    assert theorem.conclusion == goal.formula()
    assert verdicts.judged(mutant_of(goal), verdicts.Original(goal, theorem)).verdict == "proved, contradictory"


def of_all_layers(said):
    """E[k] is a symmetric matrix and `said`, for k <= n; and one of them has a positive trace."""
    E, k, n = Variable("E", matrix_sort(2, 2), 1), nat("k"), nat("n")
    of_k = Implies(at_least(n, k), conjunction(equal(at(E, k).T, at(E, k)), said(at(E, k))))
    some = exists(Variable("i", NAT), conjunction(at_least(n, nat("i")), greater(trace(at(E, nat("i"))), 0)))
    every = Hypothesis("every layer", for_all(Variable("k", NAT), of_k))
    return Goal("layers", (Variable("n", NAT), E), (every, Hypothesis("one layer", some)), equal(scalar(0), 1))


def test_what_is_said_of_all_is_absurd_at_one_that_exists():
    goal = of_all_layers(lambda E: equal(E @ E, -E))  # so tr(E) = -tr(E'E)
    theorem = absurdities.absurd_at_numbers(goal)
    assert theorem is not None
    assert not theorem.hyps
    assert theorem.conclusion == goal.formula()
    assert absurdities.absurd_at_numbers(of_all_layers(lambda E: equal(E @ E, E))) is None  # projectors are none


def test_a_case_that_the_original_proof_excludes_is_absurd(book):
    """A projector that is skew is 0, so kawaguchi's hidden layer has no unit, and the point is a global minimum."""
    step = book.find("kawaguchi")
    mutants = [one for one in mutations.drawn(step.goal, program.EACH) if one.kind == "sign" and one.place >= 0]
    skew = [one for one in mutants if step.goal.hypotheses[one.place].label == "Penrose equations of N[h]"]
    assert skew
    for mutant in skew:
        theorem = absurdities.in_excluded_case(mutant.goal, step.goal, step.proof)
        assert theorem is not None
        assert not theorem.hyps
        assert theorem.conclusion == mutant.goal.formula()
    assert absurdities.in_excluded_case(step.goal, step.goal, step.proof) is None


def test_a_proof_rests_on_pieces_of_its_hypotheses():
    """for all k. k >= 1 -> a[k] = 0 and b[k] = 0, used at k = 2 for a alone."""
    k = Variable("k", NAT)
    first, second = equal(symbol("a", "k"), 0), equal(symbol("b", "k"), 0)
    whole = for_all(k, Implies(at_least(nat("k"), 1), conjunction(first, second)))
    bound = at_least(nat(2), 1)
    theorem = and_left(implies_elim(for_all_elim(assume(whole), nat(2)), assume(bound)))
    found = proofs.in_pieces(theorem, frozenset([whole]))
    assert found.conclusion == theorem.conclusion
    assert found.hyps == {bound, for_all(k, Implies(at_least(nat("k"), 1), first))}
    again = proofs.in_pieces(implies_intro(theorem, whole), frozenset([whole]))
    assert again.conclusion == Implies(whole, theorem.conclusion)
    assert again.hyps == {bound}


def test_what_is_weaker_follows_and_what_is_stronger_does_not():
    s, k = symbol("s", "k"), Variable("k", NAT)
    strict, weak = for_all(k, greater(s, 0)), for_all(k, at_least(s, 0))
    adaption = proofs.Adaption(proofs.counted(50))
    assert adaption.transfer(assume(strict), weak, []).conclusion == weak
    with pytest.raises(NotProved):
        adaption.transfer(assume(weak), strict, [])
    with pytest.raises(NotProved):  # nothing is searched
        proofs.Adaption().transfer(assume(strict), weak, [])


def test_searches_end():
    def endless(effort):
        while True:
            effort.progress()

    assert proofs.within(10, endless) is None


def test_disproofs_at_an_instance():
    """At X = 0 it is false that x'X'Xx > 0 for all x; at X = 1 nothing is disproved that holds."""
    X, x = Variable("X", matrix_sort(1, 1)), Variable("x", matrix_sort(1, 1))
    norm = trace(at(x).T @ at(X).T @ at(X) @ at(x))
    statement = for_all(X, conjunction(for_all(x, at_least(norm, 0)), for_all(x, greater(norm + 1, 1))))
    nothing, one = Matrix(1, 1, ((0,),)), Matrix(1, 1, ((1,),))
    assert disproofs.disproved_at(statement, [nothing]).conclusion == negation(statement)
    assert disproofs.disproved_at(for_all(X, for_all(x, at_least(norm, 0))), [one]) is None


def test_what_exists_is_opened_to_be_disproved():
    """There is no B with B'B = -I."""
    A, B = (Variable(name, matrix_sort(1, 1)) for name in "AB")
    statement = for_all(A, exists(B, equal(at(B).T @ at(B), -1 * identity(1))))
    assert disproofs.disproved_at(statement, [Matrix(1, 1, ((3,),))]).conclusion == negation(statement)


def test_a_stopped_mutant_is_said_to_be(book):
    step = book.script("lem-1").conclusion
    mutant = mutations.drawn(step.goal, 1)[0]
    assert program.limited(mutant, program.of(step), 1e-4).verdict == "stopped"
