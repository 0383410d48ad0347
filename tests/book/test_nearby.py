"""Counterexamples near instances of the whole statement: the other hypotheses hold there, the claim fails."""

from random import Random

import pytest
from flint import fmpq, fmpq_mat

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.hypotheses import is_counterexample, parts
from symbolic_cp.book.nearby import Hunt, alterations
from symbolic_cp.kernel.formulas import equal, free_names
from symbolic_cp.kernel.terms import identity, matrix
from symbolic_cp.prover.draw import draw, released
from symbolic_cp.prover.numeric import holds
from symbolic_cp.prover.plan import plan
from symbolic_cp.prover.task import All

TURNED = """
@statement("turned", "A basis change keeps what an orthogonal matrix does to a symmetric one")
def turned(s):
    s.dims("n")
    U, S, N, L = s.matrices("U: n x n, S: n x n, N: n x n, L: n x n")
    first = s.given(N.T @ N == ident("n"), "N is orthogonal")
    second = s.given(S @ S.T == ident("n"), "S is orthogonal")
    third = s.given(N == U @ S, "N = US")
    s.given(L.T == L, "L is symmetric")
    s.conclude(U.T @ U == ident("n"), by=[first, second, third])
"""


@pytest.fixture
def part(book):
    (found,) = parts(book(turned=TURNED).find("turned"))
    return found


def hunted(part, label):
    hypothesis = next(one for one in part.hypotheses if one.label == label)
    hunt = Hunt(part.goal(), (), is_counterexample)
    return hunt.without(part.goal(hypothesis), hypothesis.formula), hypothesis


@pytest.mark.parametrize("label", ["N is orthogonal", "S is orthogonal", "N = US"])
def test_what_is_needed_is_refuted_by_few_letters(part, label):
    values, hypothesis = hunted(part, label)
    assert is_refuted(part, hypothesis, values)
    assert values == hunted(part, label)[0]


def is_refuted(part, hypothesis, values):
    trial = Trial.for_goal(part.goal(hypothesis))
    drawn = trial.completed(values, Random(0), forgive=False)
    return drawn is not None and drawn.instance() == values and is_counterexample(trial, drawn)


def test_what_is_not_needed_is_not_refuted(part):
    assert hunted(part, "L is symmetric")[0] is None


def test_instances_of_the_whole_statement_are_drawn_once(part):
    hunt = Hunt(part.goal(), (), is_counterexample)
    first, second = part.hypotheses[:2]
    hunt.without(part.goal(first), first.formula)
    before = {level: list(found) for level, found in hunt.bases.items()}
    hunt.without(part.goal(second), second.formula)
    assert all(hunt.bases[level][: len(found)] == found for level, found in before.items())
    trial = Trial.for_goal(part.goal())
    assert all(trial.accepted(one.nats, one.point, {}, Random(0)) for found in before.values() for one in found)


def letters_at(size):
    return (matrix(name, size, size) for name in "NUS")


def test_a_plan_for_some_letters_keeps_the_others():
    N, U, S = letters_at(2)
    given = All((equal(N, U @ S), equal(S @ S.T, identity(2))))
    found = plan(given, {"U": (2, 2), "S": (2, 2)})
    assert set(found.roots) == {"U", "S"}
    turn = fmpq_mat(2, 2, [0, 1, -1, 0])
    points = [draw(found, Random(number), {"N": turn}) for number in range(20)]
    assert [one for one in points if one is not None]
    assert all(one["N"] == turn and holds(given, one) for one in points if one is not None)


def test_values_that_clash_are_released():
    N, U, S = letters_at(1)
    given = All((equal(N, U @ S), equal(S @ S.T, identity(1)), equal(U, identity(1))))
    laid = plan(given, dict.fromkeys("NUS", (1, 1)))
    one, two = fmpq_mat(1, 1, [1]), fmpq_mat(1, 1, [fmpq(2)])
    kept = released(laid, Random(0), {"S": two, "U": one})
    assert kept == {"U": one}
    assert released(laid, Random(0), {"S": -one, "U": one}) == {"S": -one, "U": one}
    assert free_names(given.parts[1]) == {"S"}


def test_alterations_scale_and_add_rows_and_columns():
    M = fmpq_mat(2, 3, [1, 2, 3, 4, 5, 6])
    found = list(alterations(M))
    assert found[0] == M * 2
    assert len(found) == 1 + 2 * 2 + 3 * 3
    assert fmpq_mat(2, 3, [2, 4, 6, 4, 5, 6]) in found
    assert fmpq_mat(2, 3, [5, 7, 9, 4, 5, 6]) in found
    assert fmpq_mat(2, 3, [1, 3, 3, 4, 9, 6]) in found
    assert all(one.rank() == M.rank() for one in found)


PROJECTED = """
@statement("kept", "A partial isometry keeps the length of what it keeps")
def kept(s):
    s.dims("n p")
    K, e, f = s.matrices("K: n x p, e: n x 1, f: n x 1")
    iso = s.given(K @ K.T @ K == K, "K is a partial isometry")
    s.given(K @ K.T @ e == e, "e is kept")
    s.given(e.T @ e == ident(1), "e is a unit vector")
    s.given(e.T @ f == 0, "f is orthogonal to e")
    s.given(tr(f.T @ K @ K.T @ f) > 0, "f is not lost")
    s.conclude(f.T @ K @ K.T @ K @ K.T @ f == f.T @ K @ K.T @ f, by=[iso])
"""


def test_a_letter_is_altered_where_all_others_stay(book):
    (part,) = parts(book(kept=PROJECTED).find("kept"))
    values, hypothesis = hunted(part, "K is a partial isometry")
    assert is_refuted(part, hypothesis, values)
