"""The four facts of the ledger: true on exact instances, with witnesses that the exact room finds independently."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.spectrum import eigenprojector
from symbolic_cp.exact.spectrum import spectrum as exact_spectrum
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate, evaluate_formula
from symbolic_cp.kernel.facts import FACTS, fact, penrose, spectrum, split
from symbolic_cp.kernel.formulas import (
    SCALAR,
    ForAll,
    Implies,
    Variable,
    family,
    free_names,
    instantiate,
    matrix_sort,
)
from symbolic_cp.kernel.terms import literal, matrix, nat, scalar

sizes = st.integers(0, 3)
n = nat("n")
VALUES, PROJECTORS, PARTIAL = (
    family("s", "k", SCALAR), family("E", "k", matrix_sort(n, n)), family("Q", "k", matrix_sort(n, n)),
)  # fmt: skip


def exact(M):
    return tuple(tuple(Fraction(int(M[i, j].p), int(M[i, j].q)) for j in range(M.ncols())) for i in range(M.nrows()))


def as_literal(M):
    return literal(exact(M), (M.nrows(), M.ncols()))


def as_value(M):
    return Matrix(M.nrows(), M.ncols(), exact(M))


@st.composite
def matrices(draw, rows=sizes, cols=sizes):
    height, width = draw(rows), draw(cols)
    return flint.fmpq_mat(height, width, [draw(st.integers(-2, 2)) for _ in range(height * width)])


def eye(size):
    return flint.fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


@st.composite
def orthogonal(draw, size):
    """A reflection I - 2vv'/v'v: rational, symmetric and orthogonal."""
    v = flint.fmpq_mat(size, 1, [draw(st.integers(-2, 2)) for _ in range(size)])
    square = sum((v[i, 0] ** 2 for i in range(size)), flint.fmpq(0))
    return eye(size) if square == 0 else eye(size) - v * v.transpose() * (2 / square)


def columns(M, chosen):
    return flint.fmpq_mat(M.nrows(), len(chosen), [M[i, j] for i in range(M.nrows()) for j in chosen])


def at_values(formula, *values):
    """The formula under its quantifiers, at the values; hypotheses on the way are evaluated and must hold."""
    for value in values:
        while isinstance(formula, Implies):
            evaluate(formula.left)
            formula = formula.right
        formula = instantiate(formula, value)
    return formula


@given(matrices())
def test_pinv_holds_with_the_inverse_that_is_computed(M):
    rows, cols = nat(M.nrows()), nat(M.ncols())
    claim = at_values(FACTS["pinv"].formula(), rows, cols, as_literal(M), as_literal(pinv(M)))
    assert not evaluate(claim).facts


@given(matrices(), matrices())
def test_penrose_determines_the_inverse(M, B):
    if (B.nrows(), B.ncols()) == (M.ncols(), M.nrows()):
        assert evaluate_formula(penrose(as_literal(M), as_literal(B)), {}) == (pinv(M) == B)


@given(sizes, sizes, st.data())
def test_split_holds_with_the_columns_of_an_orthogonal_matrix(a, b, data):
    H = data.draw(orthogonal(a + b))
    J, K = columns(H, range(a)), columns(H, range(a, a + b))
    claim = at_values(FACTS["split"].formula(), nat(a + b), nat(a), nat(b), as_literal(J), as_literal(K))
    evaluate(claim)
    longer = split(nat(a + b), nat(a), nat(b), as_literal(2 * J), as_literal(2 * K))
    assert evaluate_formula(longer, {}) == (a + b == 0)


@given(sizes, st.data())
def test_basis_holds_with_the_columns_of_an_orthogonal_matrix(size, data):
    H = data.draw(orthogonal(size))
    width = data.draw(st.integers(0, size))
    W = columns(H, range(width))
    P = W * W.transpose()
    claim = at_values(FACTS["basis"].formula(), nat(size), as_literal(P), nat(width), as_literal(W))
    evaluate(claim)
    assert rank(P) == width


def test_basis_says_nothing_of_what_is_no_projector():
    for P in ([[2]], [[1, 1], [0, 0]]):
        claim = at_values(FACTS["basis"].formula(), nat(len(P)), literal(P))
        with pytest.raises(KernelError, match="the formula is false"):
            at_values(claim, nat(0))


def spectral_values(S):
    """The families s, E, Q of a symmetric matrix with rational eigenvalues, and how many there are."""
    found = exact_spectrum(S)
    projectors = [eigenprojector(S, one) for one in found]
    partial = [flint.fmpq_mat(S.nrows(), S.nrows())]
    for E in projectors:
        partial.append(partial[-1] + E)
    return {
        "n": S.nrows(), "r": len(found), "S": as_value(S),
        "s": Table({(i,): Fraction(int(one.value.p), int(one.value.q)) for i, one in enumerate(found, 1)}),
        "E": Table({(i,): as_value(E) for i, E in enumerate(projectors, 1)}),
        "Q": Table({(i,): as_value(Q) for i, Q in enumerate(partial)}),
    }  # fmt: skip


def spectral_formula():
    return spectrum(matrix("S", n, n), nat("r"), VALUES, PROJECTORS, PARTIAL)


@given(st.integers(0, 3), st.data())
def test_spectral_holds_with_the_spectrum_that_is_computed(size, data):
    H = data.draw(orthogonal(size))
    D = flint.fmpq_mat(size, size)
    for i in range(size):
        D[i, i] = data.draw(st.integers(-2, 2))
    values = spectral_values(H * D * H.transpose())
    assert evaluate_formula(spectral_formula(), values)
    # an eigenvalue that is not one, and values out of order
    if values["r"]:
        assert not evaluate_formula(spectral_formula(), {**values, "s": Table({**values["s"].entries, (1,): 5})})
    if values["r"] > 1:
        def swapped(name):
            entries = values[name].entries
            return Table({**entries, (1,): entries[(2,)], (2,): entries[(1,)]})

        assert not evaluate_formula(spectral_formula(), {**values, "s": swapped("s"), "E": swapped("E")})


def test_the_spectrum_of_an_empty_matrix_is_empty():
    values = spectral_values(flint.fmpq_mat(0, 0))
    assert values["r"] == 0
    assert evaluate_formula(spectral_formula(), values)
    assert not evaluate_formula(spectral_formula(), {**spectral_values(eye(2)), "r": 0})


def test_a_zero_projector_is_no_part_of_a_spectrum():
    values = spectral_values(eye(1))
    none = Matrix(1, 1, ((0,),))
    more = {"r": 2, "s": Table({(1,): 1, (2,): 0}), "E": Table({(1,): Matrix(1, 1, ((1,),)), (2,): none}),
            "Q": Table({(0,): none, (1,): Matrix(1, 1, ((1,),)), (2,): Matrix(1, 1, ((1,),))})}
    assert not evaluate_formula(spectral_formula(), {**values, **more})


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_fact_is_closed_and_says_what_it_rests_on(name):
    theorem = fact(name)
    assert theorem.is_closed
    assert theorem.facts == {name}
    assert isinstance(theorem.conclusion, ForAll)
    assert free_names(theorem.conclusion) == frozenset()
    assert FACTS[name].purpose
    assert FACTS[name].reference


def test_the_ledger_has_four_facts():
    assert sorted(FACTS) == ["basis", "pinv", "spectral", "split"]
    with pytest.raises(KernelError, match="the ledger has no fact 'choice'"):
        fact("choice")


def test_a_definition_is_a_plain_formula():
    A = matrix("A", "m", "n")
    with pytest.raises(KernelError, match="cannot"):
        penrose(A, A)
    assert free_names(penrose(A, matrix("B", "n", "m"))) == {"A", "B", "m", "n"}
    assert scalar(1) == scalar(Fraction(2, 2))
    assert Variable("r", SCALAR) != VALUES
