"""What proofs of existence construct at exact values, and that evaluation has the last word about it."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from paper_book import BOOK

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.trials import Examiner
from symbolic_cp.kernel.evaluation import Matrix
from symbolic_cp.kernel.facts import fact
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    ForAll,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    equal,
    exists,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import (
    and_intro,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    for_all_intro,
    implies_intro,
)
from symbolic_cp.kernel.terms import identity, matrix, nat, scalar, symbol
from symbolic_cp.kernel.theory import Cofactor, chain, combine, inverse, nat_difference, trichotomy
from symbolic_cp.prover.constructions import (
    NOTHING,
    Construction,
    Delayed,
    NotConstructed,
    deep,
    listed,
    orthonormal_basis,
    ready,
    supposed,
)
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.numeric import from_instance, to_instance
from symbolic_cp.prover.show import opened

S, X = Variable("s", SCALAR), Variable("x", SCALAR)
s, x = symbol("s"), symbol("x")


def rows(*entries):
    return Matrix(len(entries), len(entries[0]), tuple(map(tuple, entries)))


def constructed(theorem, goal, **values):
    """The first witness, and evidence for what is said about it."""
    with deep():
        witness, rest = Construction(theorem).evidence(goal, values)()
        return witness(), rest


def closed(theorem, variables, *hypotheses):
    for one in reversed(hypotheses):
        theorem = implies_intro(theorem, one)
    for one in reversed(variables):
        theorem = for_all_intro(theorem, one)
    return theorem


def test_a_case_distinction_takes_the_case_that_holds():
    """There is x >= 0 with x^2 = s^2: x is s or -s."""
    goal = exists(X, Implies(at_least(x, 0), equal(x * x, s * s)))
    either = trichotomy(s)

    def given(witness):
        proof = combine(claim=equal(witness * witness, s * s), cofactors=(), products=())
        return exists_intro(implies_intro(proof, at_least(witness, 0)), goal, witness)

    inner = cases(assume(either.conclusion.right), given(s), given(-s))
    theorem = closed(cases(either, given(scalar(0) + s), inner), [S])
    for value, expected in ((0, 0), (3, 3), (-5, 5)):
        witness, _ = constructed(theorem, Goal("g", (S,), (), goal), s=value)
        assert witness == expected


def test_recursion_is_carried_out_as_far_as_it_is_asked_for():
    """F[0] = I, F[k + 1] = A F[k]."""
    n, k, N = nat("n"), nat("k"), nat("N")
    A, state = matrix("A", n, n), Variable("F", matrix_sort("n", "n"))
    here, there = at(state), matrix("F_next", n, n)
    base = combine(claim=equal(scalar(0), 0), cofactors=(), products=())
    relation = equal(there, A @ here)
    step = combine(claim=equal(A @ here, A @ here), cofactors=(), products=())
    goal = exists(Variable("F_next", matrix_sort("n", "n")), And(base.conclusion, relation))
    made = exists_intro(and_intro(base, step), goal, A @ here)
    made = for_all_intro(implies_intro(made, base.conclusion), state)
    made = for_all_intro(implies_intro(made, at_least(N, k + 1)), Variable("k", NAT))
    theorem = chain(base, made, "k", N, (state,), base.conclusion, relation, (identity(n),))
    variables = (Variable("n", NAT), Variable("N", NAT), Variable("A", matrix_sort("n", "n")))
    closed_ = closed(theorem, variables)
    witness, _ = constructed(closed_, Goal("g", variables, (), theorem.conclusion), n=2, N=3, A=rows((1, 1), (0, 1)))
    table = listed(witness, 3)
    assert table.entries[3,] == rows((1, 3), (0, 1))
    assert len(table.entries) == 4


def test_numbers():
    positive = greater(s, 0)
    theorem = closed(inverse(assume(positive)), [S], positive)
    goal = Goal("g", (S,), (Hypothesis("", positive),), inverse(assume(positive)).conclusion)
    assert constructed(theorem, goal, s=4)[0] == Fraction(1, 4)
    n, m = Variable("n", NAT), Variable("m", NAT)
    larger = at_least(nat("n"), nat("m"))
    found = nat_difference(assume(larger), nat("n"), nat("m"))
    goal = Goal("g", (n, m), (Hypothesis("", larger),), found.conclusion)
    assert constructed(closed(found, [n, m], larger), goal, n=7, m=3)[0] == 4


def test_what_exists_is_used_under_its_name():
    """If s > 0 there is x with s x = 2: twice the inverse."""
    positive, goal = greater(s, 0), exists(X, equal(s * x, scalar(2)))
    one = inverse(assume(positive))
    t = symbol("t")
    named = assume(equal(s * t, scalar(1)))
    twice = combine(named, claim=equal(s * (2 * t), scalar(2)), cofactors=(Cofactor(scalar(2), 0),), products=())
    theorem = exists_elim(one, exists_intro(twice, goal, 2 * t), "t")
    found = constructed(closed(theorem, [S], positive), Goal("g", (S,), (Hypothesis("", positive),), goal), s=8)
    assert found[0] == Fraction(1, 4)


def test_excluded_middle_and_hypotheses_are_decided_by_evaluation():
    zero = equal(s, 0)
    theorem = closed(excluded_middle(zero), [S])
    goal = Goal("g", (S,), (), Or(zero, negation(zero)))
    with deep():
        assert Construction(theorem).evidence(goal, {"s": 0})()[0] is True
        assert Construction(theorem).evidence(goal, {"s": 1})()[0] is False
    some = exists(Variable("k", NAT), equal(scalar(nat("k")), scalar(nat("n"))))
    assert supposed(some, {"n": ready(5)})[0]() == 5
    assert supposed(Or(zero, greater(s, 0)), {"s": ready(2)})[0] is False
    with pytest.raises(NotConstructed, match="a hypothesis only says that there is some x"):
        supposed(exists(X, equal(x * x, s)), {"s": ready(2)})


@pytest.mark.parametrize("name", ["pinv", "split", "basis", "spectral"])
def test_facts_are_carried_out_and_hold(name):
    """What the ledger says to exist is computed, and evaluation finds that it is as the ledger says."""
    Q = fmpq_mat(3, 3, [2, -1, 2, 2, 2, -1, -1, 2, 2]) / 3
    P = Q * fmpq_mat(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 0]) * Q.transpose()
    projector = to_instance(P)
    given = {
        "pinv": [2, 3, rows((1, 2, 3), (2, 4, 6))],
        "split": [3, 1, 2, NOTHING],
        "basis": [3, projector, NOTHING, NOTHING],
        "spectral": [3, projector, NOTHING],
    }[name]
    with deep():
        evidence = Construction(fact(name)).evidence(Goal("fact", (), (), fact(name).conclusion), {})
        for one in given:
            evidence = Delayed(lambda f=evidence, one=one: f()(one if isinstance(one, Delayed) else ready(one)))
        claim, nats, point = _inside(fact(name).conclusion, [one for one in given if not isinstance(one, Delayed)])
        found = Examiner(nats, point, Random(0)).answer(claim, evidence)
    assert found.true


def _inside(formula, values):
    """The formula beneath its quantifiers and hypotheses, with values for the variables."""
    nats, point, left = {}, {}, [*values]
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, Implies):
            formula = formula.right
            continue
        variable, formula = opened(formula, frozenset({*nats, *point}))
        value = left.pop(0)
        if isinstance(value, int):
            nats[variable.name] = value
        else:
            point[variable.name] = from_instance(value)
    return formula, nats, point


def test_a_rational_orthonormal_basis_or_none():
    W = orthonormal_basis(fmpq_mat(2, 2, [fmpq(16, 25), fmpq(12, 25), fmpq(12, 25), fmpq(9, 25)]))
    assert (W.transpose() * W)[0, 0] == 1
    assert orthonormal_basis(fmpq_mat(2, 2)).ncols() == 0
    with pytest.raises(NotConstructed, match="there is no rational orthonormal basis"):
        orthonormal_basis(fmpq_mat(2, 2, [1, 1, 1, 1]) / 2)
    with deep():
        evidence = Construction(fact("spectral")).evidence(Goal("fact", (), (), fact("spectral").conclusion), {})()
        count, _ = evidence(ready(2))(ready(rows((2, 1), (1, 1))))(NOTHING)
        with pytest.raises(NotConstructed, match="an eigenvalue is irrational"):
            count()


def test_a_wrong_witness_is_not_believed():
    """Evaluation judges what is constructed: 1 is no root of 2, whatever the evidence says."""
    claim = exists(X, equal(x * x * x, scalar(2)))
    wrong = ready((ready(1), NOTHING))
    found = Examiner({}, {}, Random(0)).answer(claim, wrong)
    assert found.holds is not True


def test_a_proof_that_is_too_deep_breaks_off():
    """Chains of steps as long as this would overrun the stack of the process: nothing is known, and it lives."""
    claim, depth = exists(X, equal(x * x * x, scalar(2))), 50_000
    evidence = ready((ready(1), NOTHING))
    for _ in range(depth):
        evidence = Delayed(lambda before=evidence: before())
    assert Examiner({}, {}, Random(0)).answer(claim, evidence).holds is not True
    with deep(), pytest.raises(RecursionError):
        evidence()


@pytest.mark.parametrize("name", ["T9.1", "T9.3"])
def test_statements_that_assert_families_hold_at_instances_by_their_proofs(name):
    """Without the proof nothing is known; with it the claim is evaluated, and holds exactly."""
    step = BOOK.find(name)
    trial = Trial.for_goal(step.goal, step.generators)
    trial.largest = 1
    assert {trial.check(number).verdict for number in range(4)} == {"undecided"}
    trial.construction = Construction(step.proof)
    verdicts = [trial.check(number).verdict for number in range(12)]
    assert {*verdicts} <= {"holds", "undecided"}
    assert verdicts.count("holds") >= 3
