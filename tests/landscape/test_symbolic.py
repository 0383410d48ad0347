from __future__ import annotations

from random import Random

import pytest
import sympy
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import from_sympy
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_data, draw_full_rank, draw_integers, draw_pattern, draw_problem
from symbolic_cp.landscape.shallow import critical_point
from symbolic_cp.landscape.symbolic import point_of_spectrum, symbolic_point
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.symbolic import SymbolicNetwork

seeds = st.integers(min_value=0, max_value=2**32)


def at(M, values):
    return from_sympy(sympy.Matrix(M).subs(values))


@given(seeds)
@settings(max_examples=30)
def test_points_with_symbols_are_critical_identically_and_at_values(seed):
    """By the core, by the expanded weights, and at random values of C and F against the rational constructor."""
    rng = Random(seed)
    data = draw_problem(rng, size=3)
    width = rng.randint(1, 3)
    pattern = draw_pattern(rng, data, [width], rational=True)
    point = symbolic_point(data, width, pattern)
    assert point.gradient_zero() == (True, True)
    if width <= 2:
        assert point.network().gradient_zero() == (True, True)
    C, F = draw_full_rank(rng, width, width), draw_integers(rng, width, data.X.nrows())
    names = {(symbol.parent.name, int(symbol.i), int(symbol.j)): symbol for symbol in point.X.ring.atoms}
    values = {
        symbol: sympy.Rational(str((C if name == "C" else F)[i, j])) for (name, i, j), symbol in names.items()
    }
    weights = [at(A, values) for A in point.weights]
    rational = critical_point(data, width, pattern, C=C, free=C.inv() * F)
    assert weights == list(rational.weights)
    assert LinearNetwork(data.X, data.Y, weights).loss == point.loss.subs(values) == rational.loss.rational()


def test_the_gradient_vanishes_on_a_grid_that_shows_it_vanishes_on_whole_lines():
    """At n = 5, C and F on random lines C + tC', F + tF': the other way to show that a polynomial is zero.

    det(C) A1 has degree 5 in t and A2 degree 1; so det(C) A2^T E has degree 7 at most and det(C)^2 E A1^T degree 11:
    twelve values of t with det(C) != 0 at which both are zero make them zero for all t.
    """
    rng = Random(5)
    drawn = draw_data(rng, 5, 7, 5, rank_X=5, values=[1, 2, 3, 4, 5])
    data = DataSpectrum(drawn.X, drawn.Y)
    pattern = (0, 1, 1, 1, 0, 0)
    assert symbolic_point(data, 5, pattern).gradient_zero() == (True, True)
    for _ in range(3):
        C, D, F, G = (draw_integers(rng, 5, 5) for _ in range(4))
        grid = [t for t in range(40) if (C + D * t).det() != 0][:12]
        assert len(grid) == 12
        for t in grid:
            Ct, Ft = C + D * t, F + G * t
            point = critical_point(data, 5, pattern, C=Ct, free=Ct.inv() * Ft)
            assert LinearNetwork(data.X, data.Y, point.weights).gradient_zero() == (True, True)


def test_loss_of_symbolic_data_is_that_of_prop_1():
    """X = I, Y diagonal with symbols: capturing any diagonal entries leaves half the squares of the others."""
    a, b, c = sympy.symbols("a b c")
    Y = sympy.diag(a, b, c)
    for select in ([], [0], [1], [0, 2], [0, 1, 2]):
        point = point_of_spectrum(sympy.eye(3), Y, sympy.eye(3), [a**2, b**2, c**2], select, width=3)
        assert point.gradient_zero() == (True, True)
        left = [v for i, v in enumerate((a, b, c)) if i not in select]
        assert sympy.expand(point.loss - sum((v**2 for v in left), start=sympy.Integer(0)) / 2) == 0


def test_symbolic_data_with_zero_eigenvalues_and_rank_deficient_x():
    a = sympy.Symbol("a")
    X = [[1, 0, 1], [2, 0, 2]]
    Y = sympy.Matrix([[a, 0, a], [0, 1, 0]])
    point = point_of_spectrum(X, Y, sympy.eye(2), [2 * a**2, 0], [1], width=2)
    assert point.gradient_zero() == (True, True)
    assert sympy.expand(point.loss - (2 * a**2 + 1) / 2) == 0
    assert point.network().gradient_zero() == (True, True)


def test_symbols_in_x_and_a_rotated_spectrum():
    a, b, x = sympy.symbols("a b x")
    U = sympy.Matrix([[3, -4], [4, 3]])
    values = [25 * a**2 * x**2, 25 * b**2 * x**2]
    point = point_of_spectrum(x * sympy.eye(2), x * U * sympy.diag(a, b), U, values, [1], width=1)
    assert point.gradient_zero() == (True, True)
    assert sympy.expand(point.loss - 25 * a**2 * x**2 / 2) == 0


def test_own_symbols_for_c_and_the_free_part():
    c, f = sympy.symbols("c f")
    data = DataSpectrum([[1, 0], [0, 0]], [[2, 0]])
    point = symbolic_point(data, 1, (1, 0), C=sympy.Matrix([[c]]), free=sympy.Matrix([[7, f]]))
    assert point.weights == (sympy.Matrix([[2 / c, f / c]]), sympy.Matrix([[c]]))
    assert point.gradient_zero() == (True, True)


def test_a_point_beside_the_critical_ones_is_not_identically_critical():
    c = sympy.Symbol("c")
    network = SymbolicNetwork(sympy.eye(2), sympy.diag(2, 1), [sympy.Matrix([[2 / c, 1]]), sympy.Matrix([[c], [0]])])
    assert network.gradient_zero() == (False, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"C": sympy.Matrix([[0]])}, "the determinant of this matrix is zero identically"),
        ({"C": sympy.Matrix([[1, 2]])}, "C: C is 1 x 2; it must be 1 x 1"),
        ({"free": sympy.Matrix([[1]])}, "free: the free matrix is 1 x 1; it must be 1 x 2"),
        ({"pattern": (1, 1, 0)}, "the pattern has sum 2"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    with pytest.raises(InputError, match=message):
        symbolic_point(data, 1, options.pop("pattern", (1, 0, 0)), **options)


def test_irrational_patterns_are_refused():
    with pytest.raises(InputError, match="takes conjugate eigenvalues differently, so its points are irrational"):
        symbolic_point(DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]]), 1, (1, 0, 0))


def test_spectra_that_are_none():
    a = sympy.Symbol("a")
    eye = sympy.eye(2)
    cases = [
        ((eye, sympy.diag(a, 1), eye, [a, 1], [0]), "does not hold identically"),
        ((eye, sympy.diag(a, a), sympy.Matrix([[1, 1], [0, 1]]), [a**2, a**2], [0]), "must be orthogonal"),
        ((eye, sympy.diag(a, a), sympy.diag(1, 0), [a**2, 0], [0]), "does not hold|none of them zero"),
        ((eye, sympy.diag(a, 1), sympy.eye(3), [a**2, 1], [0]), "U must be 2 x 2"),
        ((eye, sympy.diag(a, 1), eye, [a**2, 1], [2]), "columns of U have numbers 0 to 1"),
        ((eye, sympy.diag(a, 1), eye, [a**2, 1], [0, 0]), "each once"),
        ((eye, sympy.diag(a, 1), eye, [a**2, 1], [0, 1]), "do not fit into a hidden layer of width 1"),
        ((eye, sympy.Matrix([[a]]), sympy.eye(1), [a**2], [0]), "they must have equally many"),
    ]
    for arguments, message in cases:
        with pytest.raises(InputError, match=message):
            point_of_spectrum(*arguments, width=1)


def test_rational_matrices_are_data_too():
    one = fmpq_mat([[1, 0], [0, 1]])
    point = point_of_spectrum(one, [[2, 0], [0, 1]], one, [4, 1], [0], width=2)
    assert point.gradient_zero() == (True, True)
    assert point.loss == sympy.Rational(1, 2)


@pytest.mark.parametrize("entries", [["a", "2*a", "b", "2*b"], ["a", "-a", "b", "-b"], ["a", "a", "b", "b"]])
def test_a_matrix_of_multiples_of_symbols_may_be_singular(entries):
    C = sympy.Matrix(2, 2, list(map(sympy.sympify, entries)))
    assert C.det() == 0
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    with pytest.raises(InputError, match="zero identically"):
        symbolic_point(data, 2, (1, 0, 0), C=C)


def test_a_matrix_of_multiples_of_different_symbols_is_invertible():
    a, b, c, d = sympy.symbols("a b c d")
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    assert symbolic_point(data, 2, (1, 0, 0), C=sympy.Matrix([[a, -b], [3 * c, d]])).gradient_zero() == (True, True)
