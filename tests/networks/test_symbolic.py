from __future__ import annotations

import pytest
import sympy

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.networks.fractions import SymbolRing
from symbolic_cp.networks.symbolic import SymbolicNetwork

a, b, c = sympy.symbols("a b c")


def read(expression):
    ring = SymbolRing([sympy.Matrix([[a, b, c]])])
    return ring, ring.fraction(expression)


@pytest.mark.parametrize(
    "expression",
    [
        a / b + b / a,
        (a + b) ** -2 * (a - 1) ** 3,
        sympy.Rational(1, 3) * a - 2,
        1 / (1 + 1 / (a + 1 / b)),
        (a**2 - b**2) / (a - b),
        sympy.Integer(0),
    ],
)
def test_fractions_mean_what_sympy_means(expression):
    ring, (p, q) = read(expression)
    assert sympy.simplify(ring.expression(p, q) - expression) == 0
    assert sympy.simplify(ring.expression(p) / ring.expression(q) - expression) == 0


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (sympy.sqrt(2) * a, "is not built from rationals and known symbols"),
        (sympy.sin(a), "is not built from rationals and known symbols"),
        (a**b, "is not built from rationals and known symbols"),
        (sympy.I * a, "is not built from rationals and known symbols"),
        (sympy.Float("0.5") * a, "is not built from rationals and known symbols"),
        (sympy.Symbol("d"), "is not built from rationals and known symbols"),
        (1 / (a * (b + 1) - a * b - a), "a denominator that is zero identically"),
        (sympy.nan, "is not built from rationals and known symbols"),
        (sympy.zoo, "is not built from rationals and known symbols"),
    ],
)
def test_other_expressions_are_refused(expression, message):
    with pytest.raises(InputError, match=message):
        read(expression)


def test_powers_that_would_not_fit_are_refused_before_they_are_expanded():
    with pytest.raises(TooLarge, match="a power 100000000000"):
        read(a ** (10**11))
    with pytest.raises(TooLarge, match="a power 1001"):
        read(a**-1001)
    with pytest.raises(TooLarge, match="a power 900"):
        read((1 + a + b + c) ** 900)
    assert read(a**1000)[1][0].total_degree() == 1000


def test_noncommutative_symbols_are_refused():
    n = sympy.Symbol("n", commutative=False)
    with pytest.raises(InputError, match=r"X\[1\]\[1\]: the symbol n does not commute"):
        SymbolicNetwork(sympy.Matrix([[n]]), [[1]], [[[1]], [[1]]])


def test_matrix_arithmetic_agrees_with_sympy():
    M = sympy.Matrix([[a / b, 1], [0, 1 / (a + b)], [c, a]])
    N = sympy.Matrix([[b, 1 / b, a], [c / (a + b), 0, 1]])
    ring = SymbolRing([M, N])
    P, Q = ring.matrix(M), ring.matrix(N)
    same = lambda fraction, want: sympy.simplify(fraction.to_sympy() - want).is_zero_matrix  # noqa: E731  # short
    assert same(P @ Q, M * N)
    assert same(P + Q.T, M + N.T)
    assert same(P - P, 0 * M)
    assert (P - P).is_zero()
    assert same(P.scaled(3), 3 * M)
    assert same(P.T, M.T)
    p, q = (P @ Q).trace()
    assert sympy.simplify(ring.expression(p, q) - (M * N).trace()) == 0


def test_matrices_without_entries():
    ring = SymbolRing([])
    P, Q = ring.matrix(sympy.zeros(2, 0)), ring.matrix(sympy.zeros(0, 3))
    assert (P @ Q).shape == (2, 3)
    assert (P @ Q).is_zero()
    assert (Q @ ring.matrix(sympy.zeros(3, 1))).shape == (0, 1)
    assert (Q @ Q.T).trace() == (0, 1)


def test_entries_of_matrix_symbols_are_symbols():
    C = sympy.MatrixSymbol("C", 2, 2).as_explicit()
    network = SymbolicNetwork(sympy.eye(2), sympy.eye(2), [C.inv(), C])
    assert network.gradient_zero() == (True, True)
    assert network.loss == 0
    with pytest.raises(InputError, match=r"MatrixSymbol is not a SymPy matrix with explicit entries"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [sympy.MatrixSymbol("C", 2, 2), C])


def test_a_gradient_that_is_zero_at_some_values_only_is_not_zero():
    network = SymbolicNetwork([[1]], [[1]], [sympy.Matrix([[a]]), sympy.Matrix([[b]])])
    assert network.gradient_zero() == (False, False)
    assert network.gradients[0].to_sympy() == sympy.Matrix([[sympy.expand(b * (a * b - 1))]])
    assert sympy.expand(network.loss - (a * b - 1) ** 2 / 2) == 0


def test_change_of_basis_with_symbols_in_a_deep_network():
    C = sympy.Matrix(2, 2, sympy.symbols("c0:4"))
    D = sympy.Matrix(2, 2, sympy.symbols("d0:4"))
    X, Y = sympy.eye(2), sympy.diag(3, 2)
    first = sympy.Matrix([[1, 0], [0, 0]])
    network = SymbolicNetwork(X, Y, [C.inv() * first, D.inv() * first * C, 3 * first * D])
    assert network.gradient_zero() == (True, True, True)
    assert network.loss == 2
    moved = SymbolicNetwork(X, Y, [C.inv() * first, D.inv() * first * C, 2 * first * D])
    assert network.hessian_form([sympy.zeros(2)] * 3) == 0
    assert moved.gradient_zero() == (False, False, False)


def test_shapes_are_checked_as_for_rational_networks():
    with pytest.raises(InputError, match=r"weights\[2\]: A2 is 1 x 2 and A1 is 1 x 1"):
        SymbolicNetwork([[1]], [[1]], [sympy.Matrix([[a]]), [[1, 1]]])
    network = SymbolicNetwork([[1]], [[1]], [sympy.Matrix([[a]]), [[1]]])
    with pytest.raises(InputError, match="a direction of 1 matrices; it needs 2"):
        network.hessian_form([[[1]]])
    with pytest.raises(InputError, match="there is no chain"):
        network.chain(3, 1)
