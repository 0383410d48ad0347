"""Matrices of polynomials in one small variable epsilon, as the list of their coefficient matrices.

Main functions: add, scale, mul, transpose, trace, inner, evaluate, trim. [A_0, A_1, A_2] is A_0 + A_1 epsilon
+ A_2 epsilon^2; all coefficients have one shape, and a list is never empty. Perturbed weights and the
expansion of a loss along a curve are computed with these, exactly and to any order.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import is_zero, zeros
from symbolic_cp.exact.matrices import trace as matrix_trace

Series = Sequence[fmpq_mat]


def add(*terms: Series) -> list[fmpq_mat]:
    """The sum of matrices of polynomials of one shape. Raises InputError.

    >>> A = fmpq_mat([[1]])
    >>> add([A], [A, A])
    [[2], [1]]
    """
    shape = _shape(*terms)
    total = [zeros(*shape) for _ in range(max(len(term) for term in terms))]
    for term in terms:
        for k, coefficient in enumerate(term):
            total[k] += coefficient
    return total


def _shape(*terms: Series) -> tuple[int, int]:
    if not terms or not all(terms):
        raise InputError("a matrix of polynomials needs at least one coefficient")
    shapes = {(A.nrows(), A.ncols()) for term in terms for A in term}
    if len(shapes) != 1:
        raise InputError(f"coefficients of different shapes: {sorted(shapes)}")
    return shapes.pop()


def scale(P: Series, factor: fmpq | int | fmpq_poly) -> list[fmpq_mat]:
    """The matrix times a rational number or a polynomial in epsilon."""
    f = fmpq_poly(factor)
    rows, columns = _shape(P)
    product = [zeros(rows, columns) for _ in range(len(P) + max(f.degree(), 0))]
    for k in range(len(f)):
        if f[k]:
            for i, A in enumerate(P):
                product[i + k] += A * f[k]
    return product


def mul(P: Series, Q: Series, order: int | None = None) -> list[fmpq_mat]:
    """The product P Q of an m x n and an n x k matrix of polynomials; with `order`, modulo epsilon^(order+1).

    Cost: one product of rational matrices for each pair of nonzero coefficients. Raises InputError.

    >>> E = [fmpq_mat([[1]]), fmpq_mat([[1]])]
    >>> mul(E, E), mul(E, E, order=1)
    ([[1], [2], [1]], [[1], [2]])
    """
    (rows, inner_left), (inner_right, columns) = _shape(P), _shape(Q)
    if inner_left != inner_right:
        raise InputError(
            f"a {rows} x {inner_left} matrix cannot be multiplied by a {inner_right} x {columns} matrix"
        )
    length = len(P) + len(Q) - 1 if order is None else min(len(P) + len(Q) - 1, _order(order) + 1)
    product = [zeros(rows, columns) for _ in range(length)]
    nonzero = [(j, B) for j, B in enumerate(Q) if not is_zero(B)]
    for i, A in enumerate(P):
        if not is_zero(A):
            for j, B in nonzero:
                if i + j < length:
                    product[i + j] += A * B
    return product


def _order(order: int) -> int:
    if order < 0:
        raise InputError(f"an expansion to order {order}; the order is 0 or more")
    return order


def transpose(P: Series) -> list[fmpq_mat]:
    """The transpose, coefficient by coefficient."""
    return [A.transpose() for A in P]


def trace(P: Series) -> fmpq_poly:
    """The trace of a square matrix of polynomials, a polynomial in epsilon. Raises InputError.

    >>> trace([fmpq_mat([[1, 0], [0, 2]]), fmpq_mat([[1, 0], [0, 0]])])
    x + 3
    """
    return fmpq_poly([matrix_trace(A) for A in P])


def inner(P: Series, Q: Series) -> fmpq_poly:
    """tr(P Q^T), the sum of the products of corresponding entries; P Q^T is not formed. Raises InputError.

    >>> inner([fmpq_mat([[1, 2]])], [fmpq_mat([[3, 4]]), fmpq_mat([[0, 1]])])
    2*x + 11
    """
    rows, columns = _shape(P, Q)
    size = rows * columns
    left = [fmpq_mat(1, size, A.entries()) for A in P]
    right = [fmpq_mat(size, 1, B.entries()) for B in Q]
    coefficients = [fmpq(0) for _ in range(len(P) + len(Q) - 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            coefficients[i + j] += (a * b)[0, 0]
    return fmpq_poly(coefficients)


def evaluate(P: Series, epsilon: fmpq | int) -> fmpq_mat:
    """The rational matrix at a value of epsilon, by Horner's rule.

    >>> evaluate([fmpq_mat([[1]]), fmpq_mat([[1]])], fmpq(1, 2))
    [3/2]
    """
    _shape(P)
    value = P[-1]
    for A in reversed(P[:-1]):
        value = value * epsilon + A
    return value


def trim(P: Series) -> list[fmpq_mat]:
    """The same without zero coefficients at the end; the constant coefficient stays."""
    _shape(P)
    length = max((k + 1 for k, A in enumerate(P) if not is_zero(A)), default=1)
    return list(P[:length])
