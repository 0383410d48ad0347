"""The ReLU book: its hypotheses hold somewhere, and what it refutes and repairs, by the exact engine."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat
from paper_book import BOOK

from symbolic_cp.exact.linear import pinv
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate_formula
from symbolic_cp.landscape.relu import relu_landscape


@pytest.fixture(scope="module")
def book():
    return BOOK


def lit(*rows):
    return Matrix(len(rows), len(rows[0]), tuple(tuple(map(Fraction, row)) for row in rows))


ONE = Table({(1,): lit([1])})
SUMS = Table({(0,): lit([0]), (1,): lit([1])})
FAMILIES = {name: table for letter in "abfg" for name, table in ((letter, ONE), (letter.upper() + "s", SUMS))}

# Two units, two samples; the first unit fires for the first sample, the second for none.
CELL = {
    **dict.fromkeys(("d0", "d1", "d2", "m"), 2),
    **dict.fromkeys("pqjo", 1),
    **FAMILIES,
    "X": lit([1, 0], [0, 1]),
    "Y": lit([2, 0], [0, 1]),
    "A1": lit([2, -1], [-1, -3]),
    "A2": lit([1, 5], [0, 7]),
    "N": lit([2, 0], [0, 0]),
    "SI": lit([1], [0]),
    "TI": lit([0], [1]),
    "SJ": lit([1], [0]),
    "TJ": lit([0], [1]),
}

# One unit on the same samples, at the local minimum of J = {1}.
UNIT = {
    **dict.fromkeys(("d0", "d2", "m"), 2),
    **dict.fromkeys("jo", 1),
    **{name: FAMILIES[name] for name in ("f", "Fs", "g", "Gs")},
    **{name: CELL[name] for name in ("X", "Y", "SJ", "TJ")},
    "Xp": lit([1, 0]),
    "U": lit([1, 0], [0, 1]),
    "A1": lit([2, -1]),
    "A2": lit([1], [0]),
    "A2p": lit([1, 0]),
    "v": lit([1], [0]),
    "l1": lit([1, -1]),
    "c": Fraction(1),
    "ci": Fraction(1),
    "sigma": Fraction(4),
    "N": lit([2, 0]),
}


@pytest.mark.parametrize(
    ("name", "values"),
    [("eq-8", CELL), ("eq-9", CELL), ("prop-7.1.repair", UNIT), ("prop-7.2", UNIT), ("prop-7.3", UNIT)],
)
def test_the_hypotheses_hold_somewhere(book, name, values):
    """And a changed point violates one: they are no tautologies."""
    goal = book.find(name).goal
    assert all(evaluate_formula(one.formula, values) for one in goal.hypotheses)
    changed = {**values, "A1": lit([-2, -1], [-1, -3]) if values is CELL else lit([-2, -1])}
    assert not all(evaluate_formula(one.formula, changed) for one in goal.hypotheses)


@pytest.mark.parametrize("name", ["eq-8", "eq-9", "prop-7.2", "prop-7.3"])
def test_what_is_proved_holds_there(book, name):
    values = UNIT if name.startswith("prop") else CELL
    assert evaluate_formula(book.find(name).goal.claim, values)


def test_outputs_of_a_unit_by_the_engine():
    """eq-13 as printed and as repaired, at a drawn point of two units with V of rank one."""
    X, Y = fmpq_mat(2, 3, [1, 2, 0, 0, 1, 1]), fmpq_mat(2, 3, [3, 6, 0, 0, 0, 0])
    Xp = pinv(X)
    V, C = fmpq_mat(2, 2, [1, 0, 0, 0]), fmpq_mat(2, 2, [1, 1, 0, 1])
    D, L1 = C.inv(), fmpq_mat(2, 2, [1, 2, 0, 5])
    one = fmpq_mat(2, 2, [1, 0, 0, 1])
    A1 = D * V.transpose() * Y * Xp + L1 - D * V.transpose() * V * C * L1 * X * Xp
    fixed = D * V.transpose() * Y * Xp * X
    inside = V.transpose() * V
    assert A1 * X == fixed + D * (one - inside) * C * L1 * X
    assert A1 * X != fixed + D * inside * C * L1 * X


def test_points_that_prop_7_forgets_are_in_the_landscape():
    """X = (1, -1), Y = (0, 1): A1 = 1, A2 = 0 is critical, and not of the form eq-15."""
    found = relu_landscape([[1, -1]], [[0, 1]])
    forgotten = [piece for piece in found.critical if piece.face.signs == (1, -1)]
    assert [(piece.loss, found.weights(piece)[1][0, 0]) for piece in forgotten] == [(fmpq(1, 2), 0)]


def test_what_is_refuted_is_repaired(book):
    for name in ("prop-6", "prop-6.2", "prop-7", "prop-7.1"):
        step, repair = book.find(name), book.find(f"{name}.repair")
        assert step.proof is None
        assert repair.proof is not None
    for name in ("prop-6", "prop-7", "prop-7.1"):
        assert book.find(name).refutation is not None
