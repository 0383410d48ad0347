"""Traps of SymPy that a checker of gradients must not fall into (all seen on SymPy 1.14).

Each test shows the trap as it is in the SymPy at hand, where it still is, and that this package does not share it.
"""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.symbolic import SymbolicNetwork


def test_matrix_expression_derivatives_drop_terms_but_the_gradients_here_do_not():
    """`(Trace(E) + 1).diff(E)` is the identity; SymPy's answer 0 would certify every point as critical."""
    E = sympy.MatrixSymbol("E", 2, 2)
    by_sympy = (sympy.Trace(E) + 1).diff(E)
    assert by_sympy == sympy.ZeroMatrix(2, 2) or by_sympy == sympy.Identity(2)  # the trap, or SymPy repaired
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
    """`Matrix([[a]]).rank()` is 1 although a may be 0, and ranks over EX are wrong with radicals: both are refused."""
    assert sympy.Matrix([[sympy.Symbol("a")]]).rank() == 1
    radical = sympy.Matrix([[sympy.sqrt(2), 2], [1, sympy.sqrt(2)]])
    for entries in (sympy.Matrix([[sympy.Symbol("a")]]), radical):
        with pytest.raises(InputError):
            rank(matrix(entries))
    with pytest.raises(InputError, match=r"weights\[1\]\[1\]\[1\]: sqrt\(2\) is not built from rationals"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [radical, radical])


def test_an_unevaluated_inverse_is_no_matrix_of_numbers():
    """`C.I * C` becomes I for any square C, singular ones included; only explicit entries are read here."""
    C = sympy.MatrixSymbol("C", 2, 2)
    assert C.I * C == sympy.Identity(2)
    with pytest.raises(InputError, match="is not a SymPy matrix with explicit entries"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [C.I, C])
    singular = sympy.Matrix([[1, 2], [2, 4]])
    with pytest.raises(InputError, match="is not built from rationals"):
        SymbolicNetwork(sympy.eye(2), sympy.eye(2), [singular.applyfunc(lambda q: 1 / (q - q)), singular])
