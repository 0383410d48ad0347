"""Inequalities: sums of squares of any kind are found, and natural numbers are what they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.formulas import at_least, equal, greater
from symbolic_cp.kernel.logic import assume
from symbolic_cp.kernel.terms import Poly, matrix, nat, scalar, symbol, trace
from symbolic_cp.prover.inequalities import Modulo, as_naturals, natural_atoms, with_naturals
from symbolic_cp.prover.rules import Budget
from symbolic_cp.prover.search import derive

A, B, C = (matrix(name, "m", "n") for name in "ABC")
n, k = nat("n"), nat("k")
ROWS = st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=1, max_size=3)


def sum_of_squares(rows: list[list[int]]) -> Poly:
    total = scalar(0)
    for row in rows:
        M = row[0] * A + row[1] * B + row[2] * C
        total = total + trace(M.T @ M)
    return total


@given(ROWS)
def test_every_sum_of_squares_is_found(rows):
    theorem = derive(at_least(sum_of_squares(rows), 0))
    assert all(product.grams and product.weight > 0 for product in theorem.parameters[2])


@given(ROWS, st.integers(0, 3))
def test_modulo_an_equation(rows, factor):
    claim = at_least(sum_of_squares(rows), 0)
    theorem = derive(claim, assume(equal(C, factor * A)))
    assert theorem.conclusion == claim


def test_naturals():
    assert as_naturals(scalar(n + n) - scalar(k) - 3) == (n + n, k + 3)
    assert as_naturals(scalar(n) * scalar(k)) is None
    assert as_naturals(symbol("s") - 1) is None
    assert natural_atoms([scalar(n) * scalar(k), scalar(n)]) == [k, n]


def test_what_is_known_of_naturals():
    parts = with_naturals([assume(greater(n, k)), assume(greater(symbol("s"), 0))], at_least(nat("j"), 0))
    assert [one.conclusion for one in parts[2:]] == [
        at_least(nat("j"), 0), at_least(k, 0), at_least(n, 0), at_least(n, k + 1),
    ]


def test_modulo():
    modulo = Modulo([trace(A.T @ B)], [A - B, symbol("s") - 2], Budget(10_000))
    modulo.extend(1_000)
    assert modulo.complete
    assert modulo.encoded(trace(A.T @ B) - trace(A @ A.T)) == 0
    assert modulo.decoded(modulo.encoded(symbol("s") * symbol("s"))) == scalar(4)
