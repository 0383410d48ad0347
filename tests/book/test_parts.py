"""Statements of several parts, the bound of work, points of ReLU cells: drawing always ends, and finds what it can."""

from dataclasses import replace
from random import Random

import pytest
from flint import fmpq_mat
from paper_book import BOOK

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.parts import parts
from symbolic_cp.book.relu_points import cell_points
from symbolic_cp.book.trials import MOST_WORK, SHAPING, Examiner
from symbolic_cp.kernel.formulas import NAT, SCALAR, And, Variable, at, equal, for_all, matrix_sort
from symbolic_cp.kernel.logic import assume, for_all_elim
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.numeric import from_instance

x, y, N = Variable("x", SCALAR), Variable("y", SCALAR), Variable("n", NAT)


@pytest.mark.parametrize("name", ["prop-6", "prop-6.repair", "prop-7", "prop-7.repair", "prop-8"])
def test_drawing_ends_and_every_part_has_its_turn(name):
    trial = Trial.of(BOOK, name)
    found = [part.drawn_and_checked(number)[1] for part in trial.parts for number in range(2)]
    assert len(trial.parts) > 1
    assert trial.work < 2 * MOST_WORK
    assert any(one.verdict == "holds" for one in found)
    assert [trial.check(number).verdict for number in range(len(trial.parts))] == [
        part.check(number).verdict for number, part in enumerate(trial.parts)
    ]


def test_parts_are_what_the_goal_says_one_after_the_other():
    first, second = for_all(x, equal(at(x), at(x))), for_all(y, equal(at(y), 2 * at(y)))
    found = parts(Goal("both", (), (), And(first, second)))
    assert [(one.formula(), proof) for one, proof in found] == [(first, None), (second, None)]
    with_matrix = Goal("common", (x,), (), And(for_all(y, equal(at(x), at(y))), equal(at(x), at(x))))
    assert parts(with_matrix) == ((with_matrix, None),)
    assert [part.check(0).verdict for part in Trial.for_goal(Goal("both", (), (), And(first, second))).parts] == [
        "holds", "violated",
    ]  # fmt: skip
    assert set(Trial.for_goal(Goal("both", (), (), And(first, second))).check(1).values) == {"y"}


@pytest.mark.parametrize("name", ["prop-6.repair", "prop-8"])
def test_the_proof_of_a_statement_proves_its_parts(name):
    step = BOOK.find(name)
    found = parts(step.goal, step.proof)
    assert len(found) > 1
    for goal, proof in found:
        assert proof.is_closed
        assert proof.conclusion == goal.formula()


def test_an_examination_that_reaches_its_bound_knows_nothing_more():
    """The same claim with less effort: never more than with more, and never exact where not all was looked at."""
    sort = matrix_sort(nat("n"), 1)
    formula = for_all(N, Variable("v", sort), equal(at(Variable("v", sort)), at(Variable("v", sort))))
    assert for_all_elim(assume(formula), nat(3)).conclusion is not None
    seen = set()
    for effort in (1, SHAPING, 3 * SHAPING, MOST_WORK):
        answer = Examiner({}, {}, Random(0), effort=effort).answer(formula)
        seen.add((answer.holds, answer.exact))
        assert not answer.exact
    assert (None, False) in seen


def test_the_same_number_gives_the_same_instance_whatever_was_drawn_before():
    fresh = Trial.of(BOOK, "prop-7.2").check(5)
    used = Trial.of(BOOK, "prop-7.2")
    assert [used.check(number) for number in range(6)][5] == fresh
    small = replace(Trial.of(BOOK, "prop-7.2"), effort=60)
    assert small.check(5).verdict in (fresh.verdict, "no instance", "undecided")


def test_points_of_cells_lie_in_their_cell():
    rng, critical = Random(3), 0
    for _ in range(60):
        found = cell_points(rng, {"d0": 2, "d1": 2})
        assert found["d1"] == 2
        names = ("X", "Y", "A1", "A2", "SI", "SJ", "TI", "TJ", "N")
        X, Y, A1, A2, SI, SJ, TI, TJ, N = (from_instance(found[name]) for name in names)
        assert all(isinstance(one, fmpq_mat) for one in (X, N))
        M = A1 * X
        fires = SI.transpose() * M * SJ
        assert all(one >= 0 for one in fires.entries())
        for rest in (SI.transpose() * M * TJ, TI.transpose() * M * SJ, TI.transpose() * M * TJ):
            assert all(one < 0 for one in rest.entries())
        assert all(n == max(m, 0) for m, n in zip(M.entries(), N.entries(), strict=True))
        E = (A2 * SI * fires - Y * SJ) * (X * SJ).transpose()
        gradients = (SI.transpose() * A2.transpose() * E, E * A1.transpose() * SI)
        critical += all(not any(one.entries()) for one in gradients)
    assert critical > 20
