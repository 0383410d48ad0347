"""Traps of SymPy that a checker of gradients must not fall into (all seen on SymPy 1.14).

Each test shows the trap, on the SymPy on which it was seen, and that this package does not share it.
"""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq, fmpq_poly
from sympy.polys.matrices import DomainMatrix

from symbolic_cp.exact.algebraic import GENERATOR, Field, FieldMatrix, sign
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import rank as rank_over_field
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.symbolic import SymbolicNetwork

SEEN = sympy.__version__.startswith("1.14.")
"""Whether the SymPy at hand is the one on which the traps were seen; another may have repaired them."""


def test_matrix_expression_derivatives_drop_terms_but_the_gradients_here_do_not():
    """`(Trace(E) + 1).diff(E)` is the identity; SymPy's answer 0 would certify every point as critical."""
    E = sympy.MatrixSymbol("E", 2, 2)
    by_sympy = (sympy.Trace(E) + 1).diff(E)
    assert not SEEN or by_sympy == sympy.ZeroMatrix(2, 2)
    W = E.as_explicit()
    # A loss with a constant part: at A2 = I, L = 1/2 ||W - Y||^2 has the gradient W - Y, never zero identically.
    network = SymbolicNetwork(sympy.eye(2), sympy.eye(2), [W, sympy.eye(2)])
    assert network.gradients[0].to_sympy() == W - sympy.eye(2)
    assert network.gradient_zero() == (False, False)


def test_a_constant_subtracted_from_the_loss_does_not_hide_the_gradient():
    """`(L - c).diff(W)` is 0 in SymPy; the loss along a line here has the same gradient whatever its constant term."""
    for constant in (0, 1, 7):
        network = LinearNetwork([[1, 0]], [[1, constant]], [[[2]], [[1]]])
        assert network.loss == fmpq(1 + constant**2, 2)
        assert [G.tolist() for G in network.gradients] == [[[1]], [[2]]]
        assert network.loss_along([[[1]], [[0]]])[1] == 1


@pytest.mark.parametrize("reader", [matrix, lambda rows: SymbolicNetwork(rows, rows, [rows, rows])])
def test_text_is_never_run(reader, tmp_path):
    """`sympify`, `parse_expr` and `Matrix([[text]])` execute code; what is read here is matched against a grammar."""
    target = tmp_path / "ran"
    code = f"__import__('pathlib').Path({str(target)!r}).touch()"
    with pytest.raises(InputError, match="is not an exact number"):
        reader([[code]])
    assert not target.exists()


def test_a_symbol_named_like_code_is_only_a_name(tmp_path):
    target = tmp_path / "ran"
    name = f"__import__('pathlib').Path({str(target)!r}).touch()"
    network = SymbolicNetwork([[1]], [[1]], [sympy.Matrix([[sympy.Symbol(name)]]), [[1]]])
    assert network.gradient_zero() == (False, False)
    network.gradients[0].to_sympy()
    assert not target.exists()


def test_rank_is_never_taken_of_symbols_or_radicals():
    """`Matrix([[a]]).rank()` is 1 although a may be 0: symbols are refused, and so are radicals."""
    assert not SEEN or sympy.Matrix([[sympy.Symbol("a")]]).rank() == 1
    radical = sympy.Matrix([[sympy.sqrt(2), 2], [1, sympy.sqrt(2)]])
    for entries in (sympy.Matrix([[sympy.Symbol("a")]]), radical):
        with pytest.raises(InputError):
            rank(matrix(entries))
    with pytest.raises(InputError, match=r"weights\[1\]\[1\]\[1\]: sqrt\(2\) is not built from rationals"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [radical, radical])


HEPTAGON = Field(fmpq_poly([-1, -2, 1, 1]), (fmpq(1), fmpq(2)))  # 2 cos(2 pi/7), a root of x^3 + x^2 - 2x - 1


def test_identities_of_algebraic_numbers_are_decided():
    """`is_zero` is None on 8c^3 + 4c^2 - 4c - 1 with c = cos(2 pi/7), which is zero; in Q(2c) it is."""
    c = sympy.cos(2 * sympy.pi / 7)
    assert not SEEN or (8 * c**3 + 4 * c**2 - 4 * c - 1).is_zero is None
    half = GENERATOR / 2
    assert sign(HEPTAGON, 8 * half**3 + 4 * half**2 - 4 * half - 1) == 0
    assert sign(HEPTAGON, 8 * half**3 + 4 * half**2 - 4 * half - 1 + fmpq(1, 10**30)) == 1


def test_ranks_over_a_field_are_exact():
    """`DomainMatrix` over EX gives rank 2 for a matrix of rank 1: it does not see that cos(pi/7) equals the sum."""
    a, b, c = (sympy.cos(k * sympy.pi / 7) for k in (1, 2, 3))
    singular = sympy.Matrix([[a, b + sympy.Rational(1, 2) - c], [1, 1]])
    assert not SEEN or DomainMatrix.from_Matrix(singular).convert_to(sympy.EX).rank() == 2
    # The same entries in Q(x), x = 2 cos(2 pi/7): 2 cos(pi/7) = x^2 + x - 1 and 2 cos(3 pi/7) = 2 - x^2.
    x, one = GENERATOR, fmpq_poly([1])
    entries = [(x**2 + x - 1) / 2, x / 2 + fmpq(1, 2) - (2 - x**2) / 2, one, one]
    assert rank_over_field(FieldMatrix.from_entries(HEPTAGON, 2, 2, entries)) == 1
    entries[0] += fmpq(1, 10**30)
    assert rank_over_field(FieldMatrix.from_entries(HEPTAGON, 2, 2, entries)) == 2


def test_an_unevaluated_inverse_is_no_matrix_of_numbers():
    """`C.I * C` becomes I for any square C, singular ones included; only explicit entries are read here."""
    C = sympy.MatrixSymbol("C", 2, 2)
    assert not SEEN or C.I * C == sympy.Identity(2)
    with pytest.raises(InputError, match="is not a SymPy matrix with explicit entries"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [C.I, C])
    singular = sympy.Matrix([[1, 2], [2, 4]])
    with pytest.raises(InputError, match="is not built from rationals"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [singular.applyfunc(lambda q: 1 / (q - q)), singular])
