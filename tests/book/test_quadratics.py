"""Claims for all values of a letter, decided; compared with psd tests by hand and with many values."""

from random import Random

import pytest
from flint import fmpq, fmpq_mat

from symbolic_cp.book.quadratics import exists_holds, for_all_holds
from symbolic_cp.book.trials import Examiner
from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Equal,
    Implies,
    NonNegative,
    Positive,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import literal, matrix, scalar, symbol, trace
from symbolic_cp.prover.expression import ident, norm2, of, tr
from symbolic_cp.prover.numeric import holds
from symbolic_cp.prover.task import All, Any, Not


def examiner(**values):
    return Examiner({}, values, Random(0))


def random_form(rng, size):
    entries = [rng.choice((-1, 0, 0, 1, 2)) for _ in range(size * size)]
    M = fmpq_mat(size, size, entries)
    return M + M.transpose() if rng.randrange(2) else M * M.transpose()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_forms_are_decided_as_by_congruence(size):
    rng = Random(size)
    x, form = matrix("x", size, 1), matrix("M", size, size)
    seen = set()
    for _ in range(40):
        M = random_form(rng, size)
        claim = NonNegative(trace(x.T @ form @ x))
        found = for_all_holds(claim, {"x": (size, 1)}, {"M": M})
        assert found is (negative_direction(M) is None)
        below = exists_holds(Positive(-trace(x.T @ form @ x)), {"x": (size, 1)}, {"M": M})
        assert below is not found
        seen.add(found)
    assert seen == {True, False}


def test_polynomials_in_two_letters_agree_with_many_values():
    rng = Random(5)
    x, y = symbol("x"), symbol("y")
    seen = set()
    for _ in range(150):
        a, b, c, d, e, f = (rng.choice((-1, 0, 1, 1, 2)) for _ in range(6))
        term = a * x * x + b * x * y + c * y * y + d * x + e * y + scalar(f)
        for kind in (NonNegative, Positive):
            found = for_all_holds(kind(term), {"x": None, "y": None}, {})
            values = [
                holds(kind(term), {"x": fmpq(p, 4), "y": fmpq(q, 4)})
                for p in range(-12, 13)
                for q in range(-12, 13)
            ]
            assert found is not True or all(values)
            seen.add((kind, found))
    assert len(seen) == 4


def test_the_least_value_decides_strict_inequalities():
    x = Variable("x", SCALAR)
    square = (of(x) + 1) * (of(x) + 1)
    assert examiner().answer(for_all(x, square >= 0)).true
    assert examiner().answer(for_all(x, square > 0)).false
    assert examiner().answer(for_all(x, 2 * square > -1)).true
    assert examiner().answer(exists(x, square < 0)).false
    assert examiner().answer(exists(x, of(x) < 0)).true


def test_equations_hold_identically_or_not():
    A, B = fmpq_mat(2, 2, [1, 2, 0, 1]), fmpq_mat(2, 2, [1, -2, 0, 1])
    left, right, X = matrix("A", 2, 2), matrix("B", 2, 2), matrix("X", 2, 2)
    shapes = {"X": (2, 2)}
    assert for_all_holds(Equal(left @ right @ X - X), shapes, {"A": A, "B": B}) is True
    assert for_all_holds(Equal(left @ X - X @ left), shapes, {"A": A, "B": B}) is False
    assert for_all_holds(Equal(X @ X - X), shapes, {}) is False
    assert for_all_holds(Equal(X @ X @ X - X), shapes, {}) is None


def test_linear_equations_may_be_supposed():
    x = Variable("x", matrix_sort(2, 1))
    row, vector, form = literal([[1, 1]]), matrix("x", 2, 1), literal([[1, 2], [2, 1]])
    claim = NonNegative(-trace(vector.T @ form @ vector))  # on x1 + x2 = 0 the form is -2 x1^2
    shapes = {"x": (2, 1)}
    assert for_all_holds(claim, shapes, {}) is False
    assert for_all_holds(Any((Not(Equal(row @ vector)), claim)), shapes, {}) is True
    never = Any((Not(All((Equal(row @ vector), Equal(row @ vector - literal([[1]]))))), claim))
    assert for_all_holds(never, shapes, {}) is True
    nonlinear = Any((Not(Equal(trace(vector.T @ vector) - 1)), claim))
    assert for_all_holds(nonlinear, shapes, {}) is None
    supposed = Implies(conjunction(of(x) == 0), norm2(of(x)) == 0)
    assert examiner().answer(for_all(x, supposed)).true


def test_what_is_of_higher_degree_is_tried():
    x, B = Variable("x", SCALAR), Variable("B", matrix_sort(2, 2))
    fourth = examiner().answer(for_all(x, of(x) * of(x) * of(x) * of(x) >= 0))
    assert (fourth.holds, fourth.exact) == (True, False)
    other = examiner().answer(for_all(B, tr(of(B) @ of(B) @ of(B).T @ of(B).T) >= 0))
    assert not other.true
    assert examiner().answer(for_all(B, norm2(of(B) - ident(2)) >= 0)).true
    assert examiner().answer(for_all(x, at_least(symbol("x"), scalar(0)))).false
