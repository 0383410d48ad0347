"""Known traps of SymPy 1.14 that concern this room: our route is right where SymPy's is not.

Each test shows the trap on SymPy itself as long as SymPy has it (`trap` says so), and then our answer.
"""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpq_poly
from sympy.polys.matrices import DomainMatrix

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import FieldMatrix, rank
from symbolic_cp.exact.fields import GENERATOR, Field, inverse, reduced, sign
from symbolic_cp.exact.linear import pinv
from symbolic_cp.exact.linear import rank as rational_rank
from symbolic_cp.exact.matrices import eye, from_sympy, matrix, to_sympy
from symbolic_cp.exact.numbers import rational
from symbolic_cp.exact.spectrum import eigenvectors, spectrum


def trap(present):
    """In the version that the traps were seen on they are there; a later SymPy may be better."""
    assert present or not sympy.__version__.startswith("1.14")


CODE = "[].__class__.__base__.__subclasses__()"


@pytest.mark.parametrize(
    "reader", [matrix, lambda rows: rational(rows[0][0]), lambda rows: matrix(tuple(rows))]
)
def test_strings_are_never_evaluated(tmp_path, reader):
    witness = tmp_path / "evaluated"
    text = f"__import__('pathlib').Path({str(witness)!r}).touch() or 1"
    with pytest.raises(InputError, match="is not an exact number"):
        reader([[text]])
    assert not witness.exists()
    sympy.Matrix([[text]])
    trap(witness.exists())


@pytest.mark.parametrize(
    "text", ["1+1", "2**10", "sqrt(4)", "pi", "x", "0x10", "1_000", "oo", "E", "True", CODE]
)
def test_expressions_are_no_numbers(text):
    with pytest.raises(InputError):
        matrix([[text]])


def test_a_symbol_is_no_nonzero_number():
    """Matrix([[a]]).rank() is 1, although a may be 0."""
    a = sympy.Symbol("a")
    trap(sympy.Matrix([[a]]).rank() == 1)
    with pytest.raises(InputError, match=r"X\[1\]\[1\]: a has the symbol a"):
        from_sympy(sympy.Matrix([[a]]), field="X")
    assert rational_rank(from_sympy(sympy.Matrix([[a]]).subs(a, 0))) == 0


def test_an_inverse_of_any_square_matrix_is_not_assumed():
    """C.I*C becomes the identity, also for the singular matrices among all C."""
    C = sympy.MatrixSymbol("C", 2, 2)
    singular = sympy.Matrix([[1, 2], [2, 4]])
    trap((C.I * C) == sympy.Identity(2))
    trap((C.I * C).subs(C, singular).as_explicit() == sympy.eye(2))
    with pytest.raises(InputError, match="Identity is not a SymPy matrix with explicit entries"):
        from_sympy(C.I * C)
    M = from_sympy(singular)
    assert pinv(M) * M == M / 5 != eye(2)


def test_ranks_with_nested_radicals():
    """sqrt(2 + sqrt(2)) sqrt(2 - sqrt(2)) - sqrt(2) is 0: over EX this 1 x 1 matrix has rank 1."""
    root = sympy.sqrt(2)
    M = sympy.Matrix([[sympy.sqrt(2 + root) * sympy.sqrt(2 - root) - root]])
    trap(DomainMatrix.from_Matrix(M).convert_to(sympy.EX).rank() == 1)
    # a = sqrt(2 + sqrt(2)), so sqrt(2) = a^2 - 2 and sqrt(2 - sqrt(2)) = sqrt(2) / a
    field = Field(fmpq_poly([2, 0, -4, 0, 1]), (fmpq(9, 5), fmpq(2)))
    root2 = GENERATOR**2 - 2
    assert sign(field, root2**2 - 2) == 0
    difference = GENERATOR * reduced(field, root2 * inverse(field, GENERATOR)) - root2
    assert rank(FieldMatrix.from_entries(field, 1, 1, [difference])) == 0
    assert rank(FieldMatrix.from_entries(field, 1, 1, [difference + fmpq(1, 10**30)])) == 1


def test_identities_of_algebraic_numbers_are_decided():
    """cos(pi/7) - cos(2 pi/7) + cos(3 pi/7) = 1/2: is_zero says None."""
    angle = sympy.pi / 7
    difference = sympy.cos(angle) - sympy.cos(2 * angle) + sympy.cos(3 * angle) - sympy.S.Half
    trap(difference.is_zero is None)
    # a = 2 cos(pi/7), 2 cos(2 pi/7) = a^2 - 2, 2 cos(3 pi/7) = a^3 - 3 a
    field = Field(fmpq_poly([1, -2, -1, 1]), (fmpq(9, 5), fmpq(2)))
    a = GENERATOR
    assert sign(field, a - (a**2 - 2) + (a**3 - 3 * a) - 1) == 0
    assert sign(field, a - (a**2 - 2) + (a**3 - 3 * a) - fmpq(10**30 + 1, 10**30)) == -1


def test_real_eigenvalues_are_real():
    """Three real roots of a cubic: SymPy does not know that Cardano's formulas are real, or roots."""
    S = matrix([[2, 1, 0], [1, 2, 1], [0, 1, 1]])
    theirs = list(to_sympy(S).eigenvals())
    trap(all(value.is_real is None for value in theirs))
    trap(all((value**3 - 5 * value**2 + 6 * value - 1).is_zero is None for value in theirs))
    for eigenvalue in spectrum(S):
        assert sign(eigenvalue.value, GENERATOR**3 - 5 * GENERATOR**2 + 6 * GENERATOR - 1) == 0
        v = eigenvectors(S, eigenvalue)
        assert S @ v == v.scale(GENERATOR)


def test_floats_are_not_taken_for_exact():
    """A float turns the whole computation into floats: 0.1 + 0.2 - 0.3 has rank 1."""
    M = sympy.Matrix([[0.1 + 0.2 - 0.3]])
    trap(M.rank() == 1)
    with pytest.raises(InputError, match="is a float, so not exact"):
        from_sympy(M)
    tenths = [rational(text) for text in ("0.1", "0.2", "0.3")]
    assert rational_rank(fmpq_mat([[tenths[0] + tenths[1] - tenths[2]]])) == 0
