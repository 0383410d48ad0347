"""The spectrum of a rational symmetric matrix, exactly: eigenvalues in order, eigenvectors, projectors.

Main functions: spectrum, diagonalised, eigenvectors, eigenprojector, sigma. A rational spectrum is shown by
eigenvectors (rational_spectrum.py). Else the characteristic polynomial is factored over Q; its roots are rational or
live in a field Q(lambda). With an irreducible factor f and a rational vector w such that f(S) w = 0, the vector
((f(x) - f(S)) / (x - S)) w at x = lambda is an eigenvector, since (lambda - S) times it is f(lambda) w - f(S) w = 0;
its coefficients are Krylov vectors, so everything is computed and checked over Q.
Sigma = Y X^+ X Y^T is the matrix of Zhou and Liang, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from operator import itemgetter

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_mat, fmpz_poly

from symbolic_cp.exact import field_matrices
from symbolic_cp.exact.eigenvectors import Eigenrows
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import FieldMatrix
from symbolic_cp.exact.fields import Field, compare
from symbolic_cp.exact.linear import kernel, particular_solution, projector, rank
from symbolic_cp.exact.matrices import eye, hstack, is_symmetric
from symbolic_cp.exact.numbers import readable
from symbolic_cp.exact.polynomials import isolate, primitive
from symbolic_cp.exact.rational_spectrum import rational_spectrum

_NOT_SYMMETRIC = "this {} x {} matrix is not symmetric; spectra are computed for symmetric matrices"


@dataclass(slots=True, unsafe_hash=True)
class Eigenvalue:
    """An eigenvalue: its value, its multiplicity, its place from 0; never changed once made.

    The value is rational, or the field of which it is the generator. Places count distinct eigenvalues, the
    largest first.
    """

    value: fmpq | Field
    multiplicity: int
    index: int

    @property
    def minpoly(self) -> fmpq_poly:
        """The monic minimal polynomial over Q."""
        return self.value.minpoly if isinstance(self.value, Field) else fmpq_poly([-self.value, 1])

    @property
    def degree(self) -> int:
        """The degree of the eigenvalue over Q; 1 for rational ones."""
        return self.value.degree if isinstance(self.value, Field) else 1

    def __str__(self) -> str:
        return str(self.value) if isinstance(self.value, Field) else readable(self.value)


def spectrum(S: fmpq_mat) -> list[Eigenvalue]:
    """The distinct eigenvalues of a symmetric n x n matrix in decreasing order, zero included.

    As `diagonalised`. Raises InputError if S is not symmetric.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> for eigenvalue in spectrum(matrix([[2, 1, 0], [1, 1, 0], [0, 0, 1]])):
    ...     print(eigenvalue)
    2.618 (root of x^2 - 3*x + 1)
    1
    0.38197 (root of x^2 - 3*x + 1)
    """
    return diagonalised(S)[0]


def diagonalised(S: fmpq_mat) -> tuple[list[Eigenvalue], Eigenrows | None]:
    """The spectrum of a symmetric n x n matrix, and n independent eigenvectors if all of it is found rational.

    Exact. If all eigenvalues are rational and not large, eigenvectors show it. Else the characteristic polynomial is
    factored over Q, the real roots of each factor are isolated (there are as many as its degree, which is checked), and
    the order of all of them is decided by refining intervals. Raises InputError if S is not symmetric.
    """
    if not is_symmetric(S):
        raise InputError(_NOT_SYMMETRIC.format(S.nrows(), S.ncols()))
    rational = rational_spectrum(S)
    if rational is None:
        return _factored(S), None
    values, rows = rational
    return [Eigenvalue(value, rows.of.count(i), i) for i, value in enumerate(values)], rows


def _factored(S: fmpq_mat) -> list[Eigenvalue]:
    found: list[tuple[fmpq | Field, int]] = []
    for f, multiplicity in S.charpoly().factor(monic=True)[1]:
        found += [(value, multiplicity) for value in _roots(f)]
    if sum(multiplicity for _, multiplicity in found) != S.nrows():
        raise ArithmeticError("not all eigenvalues were found; please report this matrix")
    if any(isinstance(value, Field) for value, _ in found):
        order = cmp_to_key(compare)
        found.sort(key=lambda eigenvalue: order(eigenvalue[0]), reverse=True)
    else:
        found.sort(key=itemgetter(0), reverse=True)
    return [Eigenvalue(value, multiplicity, index) for index, (value, multiplicity) in enumerate(found)]


def _roots(f: fmpq_poly) -> list[fmpq | Field]:
    if f.degree() == 1:
        return [-f[0]]
    return [Field(f, interval) for interval in isolate(f)]


def eigenvectors(S: fmpq_mat, eigenvalue: Eigenvalue) -> fmpq_mat | FieldMatrix:
    """As many independent eigenvectors as the multiplicity m, the columns of an n x m matrix.

    Over Q for a rational eigenvalue, else over Q(lambda). Checked: S v = lambda v (through f(S) w = 0), and
    that the columns are independent. They are neither orthogonal nor of length one. Cost: the characteristic
    polynomial, and some n products of S with a vector for each column. Raises InputError if `eigenvalue` is
    not one of S with this multiplicity.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> S = matrix([[2, 1], [1, 1]])
    >>> v = eigenvectors(S, spectrum(S)[0])
    >>> [v.entry(i, 0) for i in range(2)]
    [x + (-1), 1]
    """
    if not is_symmetric(S):
        raise InputError(_NOT_SYMMETRIC.format(S.nrows(), S.ncols()))
    if not isinstance(eigenvalue.value, Field):
        basis = kernel(S - eye(S.nrows()) * eigenvalue.value)
        if basis.ncols() != eigenvalue.multiplicity:
            raise InputError(_mismatch(eigenvalue, basis.ncols()))
        return basis
    return _over_field(S, eigenvalue.value, eigenvalue)


def _mismatch(eigenvalue: Eigenvalue, multiplicity: int) -> str:
    return f"{eigenvalue} has multiplicity {multiplicity} in this matrix, not {eigenvalue.multiplicity}"


def _over_field(S: fmpq_mat, field: Field, eigenvalue: Eigenvalue) -> FieldMatrix:
    f, m = eigenvalue.minpoly, eigenvalue.multiplicity
    rest, remainder = divmod(S.charpoly(), f**m)
    if remainder or not rest % f:
        raise InputError(_mismatch(eigenvalue, _multiplicity(S.charpoly(), f)))
    columns: list[list[fmpq_mat]] = []
    for w in _annihilated(S, rest // rest.gcd(rest.derivative())):
        krylov = _quotient_vectors(S, f, w)
        spanned = hstack(*krylov, *(v for column in columns for v in column))
        if rank(spanned) == spanned.ncols():
            columns.append(krylov)
        if len(columns) == m:
            break
    return FieldMatrix(field, tuple(hstack(*(column[k] for column in columns)) for k in range(f.degree())))


def _multiplicity(g: fmpq_poly, f: fmpq_poly) -> int:
    count = 0
    while g and not g % f:
        g, count = g // f, count + 1
    return count


def _annihilated(S: fmpq_mat, h: fmpq_poly) -> Iterator[fmpq_mat]:
    """The vectors h(S) e_i, up to factors: they span ker f(S) where h is the product of the other factors.

    Computed on integers: with S = N / d, h(S) is a multiple of g(N) for g(y) = h(y / d).
    """
    N, d = S.numer_denom()
    g = primitive(h(fmpq_poly([0, fmpq(1, d)])))
    for i in range(S.nrows()):
        unit = fmpz_mat(S.nrows(), 1, [int(i == j) for j in range(S.nrows())])
        w = unit * g.leading_coefficient()
        for k in range(g.degree() - 1, -1, -1):
            w = N * w + unit * g[k]
        if not w.is_zero():
            yield fmpq_mat(w / fmpz_poly(w.entries()).content())


def _quotient_vectors(S: fmpq_mat, f: fmpq_poly, w: fmpq_mat) -> list[fmpq_mat]:
    """The coefficients of ((f(x) - f(S)) / (x - S)) w as a polynomial in x; f(S) w = 0 is checked."""
    vectors = [w]
    for k in range(f.degree() - 1, 0, -1):
        vectors.insert(0, S * vectors[0] + w * f[k])
    if S * vectors[0] + w * f[0]:
        raise ArithmeticError("a vector is not annihilated by its factor; please report this matrix")
    return vectors


def eigenprojector(S: fmpq_mat, eigenvalue: Eigenvalue) -> fmpq_mat | FieldMatrix:
    """The orthogonal projector E onto an eigenspace, n x n, over Q or Q(lambda); a polynomial in S.

    With the eigenvectors W it is W (W^T W)^-1 W^T. Checked: E W = W, E is symmetric, its trace is the
    multiplicity. Cost: the eigenvectors and, over a field of degree d, some d^2 products. Raises InputError
    as eigenvectors does.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> S = matrix([[1, 1], [1, 1]])
    >>> eigenprojector(S, spectrum(S)[0])
    [1/2, 1/2]
    [1/2, 1/2]
    """
    W = eigenvectors(S, eigenvalue)
    if isinstance(W, fmpq_mat):
        return projector(W)
    Wt = W.transpose()
    E = W @ field_matrices.inverse(Wt @ W) @ Wt
    if E @ W != W or E.transpose() != E or E.trace() != fmpq_poly([eigenvalue.multiplicity]):
        raise ArithmeticError("a computed projector does not hold; please report this matrix")
    return E


def sigma(X: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Sigma = Y X^+ X Y^T, d2 x d2, for data X (d0 x m) and Y (d2 x m).

    With any solution Z of the normal equations X X^T Z = X Y^T, which is checked, X^T Z is the projection X^+
    X Y^T of Y^T, and Sigma = Y X^T Z. Cost: one system of size rank(X) with d2 right-hand sides. Raises
    InputError if X and Y have different numbers of columns.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> sigma(matrix([[1, 1]]), matrix([[1, 2]]))
    [9/2]
    """
    if X.ncols() != Y.ncols():
        raise InputError(f"X has {X.ncols()} columns and Y has {Y.ncols()}; each sample is a column of both")
    XYt = X * Y.transpose()
    Z = particular_solution(X * X.transpose(), XYt)
    if Z is None:
        raise ArithmeticError("the normal equations had no solution; please report these data")
    return XYt.transpose() * Z
