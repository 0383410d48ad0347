"""Spectra, eigenvectors and projectors, against their laws, SymPy and mpmath's intervals."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import FieldMatrix
from symbolic_cp.exact.field_matrices import rank as field_rank
from symbolic_cp.exact.fields import GENERATOR, Field, compare, decimal, sign
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import diagonal, eye, hstack, is_zero, matrix, to_sympy, trace, vstack, zeros
from symbolic_cp.exact.spectrum import Eigenvalue, eigenprojector, eigenvectors, sigma, spectrum

ENTRIES = st.sampled_from([fmpq(sign * p, q) for q in range(1, 3) for p in range(4) for sign in (1, -1)])


def of_shape(rows, cols):
    return st.lists(ENTRIES, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


@st.composite
def symmetric(draw, largest=4):
    n = draw(st.integers(0, largest))
    A = draw(of_shape(n, n))
    return A + A.transpose()


@st.composite
def with_multiplicities(draw):
    """Two equal blocks, turned by a rational rotation, so that nothing shows on the surface."""
    block = draw(symmetric(2))
    n = block.nrows()
    Z = zeros(n, n)
    S = vstack(hstack(block, Z), hstack(Z, block))
    a, b = fmpq(3, 5), fmpq(4, 5)
    Q = vstack(hstack(eye(n) * a, eye(n) * b), hstack(eye(n) * -b, eye(n) * a))
    T = eye(2 * n)
    if n:
        T[0, 0], T[0, 2 * n - 1], T[2 * n - 1, 0], T[2 * n - 1, 2 * n - 1] = b, a, -a, b
    return T.transpose() * Q.transpose() * S * Q * T


MATRICES = st.one_of(symmetric(), with_multiplicities())


def times(S, W, value):
    """S W - value W, which is zero for eigenvectors W."""
    return S @ W - W.scale(GENERATOR) if isinstance(W, FieldMatrix) else S * W - W * value


@given(MATRICES)
def test_eigenvalues_descend_and_are_all_there(S):
    found = spectrum(S)
    assert sum(e.multiplicity for e in found) == S.nrows()
    assert [e.index for e in found] == list(range(len(found)))
    assert all(compare(a.value, b.value) == 1 for a, b in pairwise(found))
    product = fmpq_poly([1])
    for e in found:
        if e.degree == 1:
            product *= e.minpoly**e.multiplicity
    for f in {str(e.minpoly): e for e in found if e.degree > 1}.values():
        assert len([e for e in found if e.minpoly == f.minpoly]) == f.degree
        product *= f.minpoly**f.multiplicity
    assert product == S.charpoly()


@given(MATRICES)
def test_signs_of_eigenvalues_are_the_inertia(S):
    signs = [0, 0, 0]
    for e in spectrum(S):
        signs[1 - compare(e.value, fmpq(0))] += e.multiplicity
    assert tuple(signs) == inertia(S)


@given(MATRICES)
def test_eigenvectors_satisfy_their_equation_and_are_independent(S):
    for e in spectrum(S):
        W = eigenvectors(S, e)
        assert (W.nrows(), W.ncols()) == (S.nrows(), e.multiplicity)
        if isinstance(W, FieldMatrix):
            assert times(S, W, e.value).is_zero()
            assert field_rank(W) == e.multiplicity
        else:
            assert is_zero(times(S, W, e.value))
            assert rank(W) == e.multiplicity


@given(MATRICES)
def test_projectors_are_orthogonal_idempotent_and_commute(S):
    for e in spectrum(S):
        E = eigenprojector(S, e)
        if isinstance(E, FieldMatrix):
            assert E @ E == E == E.transpose()
            assert S @ E == E @ S == E.scale(GENERATOR)
            assert E.trace() == fmpq_poly([e.multiplicity])
        else:
            assert E * E == E == E.transpose()
            assert S * E == E * S == E * e.value
            assert trace(E) == e.multiplicity


@given(MATRICES)
def test_rational_projectors_are_polynomials_in_the_matrix(S):
    """Lagrange: the product of (S - mu) / (lambda - mu) over the other eigenvalues, all rational."""
    found = spectrum(S)
    if all(e.degree == 1 for e in found):
        for e in found:
            product = eye(S.nrows())
            for other in found:
                if other.index != e.index:
                    product *= (S - eye(S.nrows()) * other.value) / (e.value - other.value)
            assert product == eigenprojector(S, e)


@settings(deadline=None, max_examples=25)
@given(symmetric(3))
def test_eigenvalues_agree_with_sympy(S):
    theirs = []
    for value, multiplicity in to_sympy(S).eigenvals().items():
        theirs += [sympy.re(sympy.N(value, 30))] * multiplicity
    ours = []
    for e in spectrum(S):
        shown = decimal(e.value, GENERATOR, 30) if isinstance(e.value, Field) else str(e.value)
        ours += [sympy.Rational(shown)] * e.multiplicity
    assert all(abs(a - b) < 1e-20 for a, b in zip(ours, sorted(theirs, reverse=True), strict=True))


@settings(deadline=None)
@given(symmetric())
def test_eigenvalues_agree_with_mpmath(S):
    n = S.nrows()
    if n == 0:
        return
    with mpmath.workdps(40):
        values = mpmath.eigsy(
            mpmath.matrix([[mpmath.mpf(int(q.p)) / int(q.q) for q in row] for row in S.table()]),
            eigvals_only=True,
        )
        ours = []
        for e in spectrum(S):
            shown = decimal(e.value, GENERATOR, 35) if isinstance(e.value, Field) else None
            value = mpmath.mpf(shown) if shown else mpmath.mpf(int(e.value.p)) / int(e.value.q)
            ours += [value] * e.multiplicity
        assert all(abs(a - b) < 1e-30 for a, b in zip(sorted(values, reverse=True), ours, strict=True))


def test_a_cubic_spectrum():
    S = matrix([[2, 1, 0], [1, 2, 1], [0, 1, 1]])
    found = spectrum(S)
    assert [str(e) for e in found] == [
        "3.247 (root of x^3 - 5*x^2 + 6*x - 1)",
        "1.555 (root of x^3 - 5*x^2 + 6*x - 1)",
        "0.19806 (root of x^3 - 5*x^2 + 6*x - 1)",
    ]
    assert all(sign(e.value, GENERATOR) == 1 for e in found)


def test_values_of_different_fields_and_rationals_are_ordered():
    """sqrt(2), 1.41421356 and a root of x^2 - 2.0000001 lie closer together than isolating intervals show."""
    S = zeros(5, 5)
    S[0, 0] = fmpq(141421356, 10**8)
    for k, (a, b) in ((1, (1, 1)), (3, (1, fmpq(10**7 + 1, 10**7)))):
        S[k, k], S[k + 1, k + 1] = fmpq(a), -fmpq(a)
        S[k, k + 1] = S[k + 1, k] = fmpq(b)
    found = spectrum(S)
    assert [e.degree for e in found] == [2, 2, 1, 2, 2]
    assert found[0].minpoly != found[1].minpoly == fmpq_poly([-2, 0, 1])


def test_numbers_for_people():
    found = spectrum(diagonal([fmpq(5), fmpq(5), fmpq(1, 3), fmpq(0)]))
    assert [str(e) for e in found] == ["5", "1/3 (0.333333)", "0"]
    assert [e.multiplicity for e in found] == [2, 1, 1]


def test_eigenvalues_are_compared_and_hashed_by_value():
    S = matrix([[2, 1], [1, 1]])
    first, again = spectrum(S), spectrum(S)
    assert first == again
    assert set(first) == set(again)
    assert len(set(first)) == 2


def test_the_empty_matrix_has_no_eigenvalues():
    assert spectrum(zeros(0, 0)) == []


def test_the_zero_matrix():
    (zero,) = spectrum(zeros(3, 3))
    assert (zero.value, zero.multiplicity) == (0, 3)
    assert eigenprojector(zeros(3, 3), zero) == eye(3)


def test_fields_of_degree_five_with_multiplicity_two():
    """The path with ten vertices, twice: cosines of multiples of pi/11, minimal polynomials of degree 5."""
    path = zeros(10, 10)
    for i in range(9):
        path[i, i + 1] = path[i + 1, i] = 1
    S = vstack(hstack(path, zeros(10, 10)), hstack(zeros(10, 10), path))
    found = spectrum(S)
    assert [(e.degree, e.multiplicity) for e in found] == [(5, 2)] * 10
    W = eigenvectors(S, found[0])
    assert times(S, W, found[0].value).is_zero()
    assert field_rank(W) == 2


@pytest.mark.parametrize("function", [spectrum, lambda S: eigenvectors(S, spectrum(eye(2))[0])])
@pytest.mark.parametrize("S", [matrix([[1, 2], [3, 4]]), zeros(2, 3)])
def test_only_symmetric_matrices_are_taken(function, S):
    with pytest.raises(InputError, match="is not symmetric"):
        function(S)


def test_foreign_eigenvalues_are_refused():
    S = matrix([[2, 1], [1, 1]])
    with pytest.raises(InputError, match="1 has multiplicity 0 in this matrix, not 2"):
        eigenvectors(S, spectrum(eye(2))[0])
    irrational = spectrum(S)[0]
    with pytest.raises(InputError, match="has multiplicity 0 in this matrix, not 1"):
        eigenvectors(eye(2), irrational)
    doubled = Eigenvalue(irrational.value, 2, 0)
    with pytest.raises(InputError, match="has multiplicity 1 in this matrix, not 2"):
        eigenvectors(S, doubled)


@given(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 5)).flatmap(
    lambda s: st.tuples(of_shape(s[0], s[2]), of_shape(s[1], s[2]))
))  # fmt: skip
def test_sigma_is_what_its_formula_says(data):
    X, Y = data
    S = sigma(X, Y)
    assert (S.nrows(), S.ncols()) == (Y.nrows(), Y.nrows())
    assert S == Y * pinv(X) * X * Y.transpose()
    assert inertia(S)[2] == 0


def test_sigma_needs_as_many_samples_on_both_sides():
    with pytest.raises(InputError, match="X has 3 columns and Y has 2"):
        sigma(zeros(2, 3), zeros(2, 2))
