"""Matrices over Q(lambda), held as their rational coefficient matrices: A_0 + A_1 lambda + ... .

Main name: FieldMatrix. Sums, products, transposes and the test for zero work on the coefficient matrices;
ranks and linear systems go through the regular representation, a rational matrix `degree` times as large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.fields import Field, numbers_from_json, reduced
from symbolic_cp.exact.limits import check_shape
from symbolic_cp.exact.linear import rank as rational_rank
from symbolic_cp.exact.matrices import eye, is_zero, submatrix, zeros
from symbolic_cp.exact.numbers import as_json


@dataclass(frozen=True, eq=False)
class FieldMatrix:
    """The matrix sum of coeffs[k] lambda^k, for k from 0; all coefficient matrices of one shape.

    There are as many coefficient matrices as the degree of lambda, or fewer (the others are zero), at least
    one. `==` compares values exactly. Raises InputError for wrong numbers or shapes of coefficient matrices.

    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> v = FieldMatrix(root2, (fmpq_mat([[1], [0]]), fmpq_mat([[0], [1]])))
    >>> (v.transpose() @ v).entry(0, 0)
    3
    """

    field: Field
    coeffs: tuple[fmpq_mat, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.coeffs) <= self.field.degree:
            raise InputError(
                f"{len(self.coeffs)} coefficient matrices over a field of degree {self.field.degree}; "
                "from 1 to the degree are right"
            )
        shapes = {(A.nrows(), A.ncols()) for A in self.coeffs}
        if len(shapes) > 1:
            raise InputError(f"coefficient matrices of different shapes: {sorted(shapes)}")

    @staticmethod
    def from_entries(field: Field, rows: int, columns: int, entries: Sequence[fmpq_poly]) -> FieldMatrix:
        """The rows x columns matrix with these entries, row by row; they are reduced modulo the field."""
        check_shape(rows, columns)
        if len(entries) != rows * columns:
            raise InputError(f"{len(entries)} entries for a {rows} x {columns} matrix")
        residues = [reduced(field, entry) for entry in entries]
        return FieldMatrix(
            field,
            tuple(fmpq_mat(rows, columns, [entry[k] for entry in residues]) for k in range(field.degree)),
        )

    def nrows(self) -> int:
        """The number of rows."""
        return self.coeffs[0].nrows()

    def ncols(self) -> int:
        """The number of columns."""
        return self.coeffs[0].ncols()

    def entry(self, i: int, j: int) -> fmpq_poly:
        """The entry in row i and column j (from 0), a polynomial in lambda. Raises IndexError."""
        if not (0 <= i < self.nrows() and 0 <= j < self.ncols()):
            raise IndexError(f"there is no entry ({i}, {j}) in a {_shape(self)} matrix (counted from 0)")
        return fmpq_poly([A[i, j] for A in self.coeffs])

    def is_zero(self) -> bool:
        """Whether every entry is zero, exactly."""
        return all(is_zero(A) for A in self.coeffs)

    def is_rational(self) -> bool:
        """Whether lambda does not occur in it."""
        return all(is_zero(A) for A in self.coeffs[1:])

    def transpose(self) -> FieldMatrix:
        """The transpose."""
        return self._map(fmpq_mat.transpose)

    def scale(self, factor: fmpq | int | fmpq_poly) -> FieldMatrix:
        """The matrix times a rational number or an element of the field."""
        if isinstance(factor, fmpq_poly):
            return self @ _scalar_matrix(self.field, self.ncols(), factor)
        return self._map(lambda A: A * factor)

    def trace(self) -> fmpq_poly:
        """The trace of a square matrix, an element of the field. Raises InputError."""
        if self.nrows() != self.ncols():
            raise InputError(
                f"only a square matrix has a trace, not a {self.nrows()} x {self.ncols()} matrix"
            )
        return fmpq_poly([sum((A[i, i] for i in range(self.nrows())), fmpq(0)) for A in self.coeffs])

    def submatrix(self, rows: Sequence[int], columns: Sequence[int]) -> FieldMatrix:
        """The matrix of these rows and columns, in the order given (from 0)."""
        return self._map(lambda A: submatrix(A, rows, columns))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FieldMatrix | fmpq_mat):
            return NotImplemented
        if (self.nrows(), self.ncols()) != (other.nrows(), other.ncols()):
            return False
        if isinstance(other, FieldMatrix) and other.field != self.field:
            return self.is_rational() and other.is_rational() and self.coeffs[0] == other.coeffs[0]
        return (self - other).is_zero()

    def __hash__(self) -> int:
        return hash((self.nrows(), self.ncols()))

    def __neg__(self) -> FieldMatrix:
        return self._map(lambda A: -A)

    def __add__(self, other: FieldMatrix | fmpq_mat) -> FieldMatrix:
        theirs = self._coefficients_of(other)
        if (other.nrows(), other.ncols()) != (self.nrows(), self.ncols()):
            raise InputError(f"{_shape(self)} and {_shape(other)} matrices cannot be added")
        blank = zeros(self.nrows(), self.ncols())
        size = max(len(self.coeffs), len(theirs))
        mine = [*self.coeffs, *[blank] * (size - len(self.coeffs))]
        others = [*theirs, *[blank] * (size - len(theirs))]
        return FieldMatrix(self.field, tuple(A + B for A, B in zip(mine, others, strict=True)))

    __radd__ = __add__

    def __sub__(self, other: FieldMatrix | fmpq_mat) -> FieldMatrix:
        return self + (-other)

    def __rsub__(self, other: fmpq_mat) -> FieldMatrix:
        return -self + other

    def __matmul__(self, other: FieldMatrix | fmpq_mat) -> FieldMatrix:
        return _product(self.field, self.coeffs, self._coefficients_of(other))

    def __rmatmul__(self, other: fmpq_mat) -> FieldMatrix:
        return _product(self.field, (other,), self.coeffs)

    def _map(self, change: Callable[[fmpq_mat], fmpq_mat]) -> FieldMatrix:
        return FieldMatrix(self.field, tuple(change(A) for A in self.coeffs))

    def _coefficients_of(self, other: FieldMatrix | fmpq_mat) -> tuple[fmpq_mat, ...]:
        if isinstance(other, fmpq_mat):
            return (other,)
        if other.field != self.field:
            raise InputError(f"matrices over different fields: {self.field} and {other.field}")
        return other.coeffs

    def to_json(self) -> dict[str, object]:
        """The matrix as JSON: the field, and every entry as the coefficients of powers of lambda."""
        entries = [
            [[as_json(A[i, j]) for A in self.coeffs] for j in range(self.ncols())]
            for i in range(self.nrows())
        ]
        return {"field": self.field.to_json(), "entries": entries}

    @staticmethod
    def from_json(data: object, *, field: str | None = None) -> FieldMatrix:
        """The matrix that `to_json` describes. Everything is checked; InputError names the place.

        >>> root2 = {"minpoly": [-2, 0, 1], "interval": [1, 2]}
        >>> FieldMatrix.from_json({"field": root2, "entries": [[[0, "1/2"], [3]]]}).coeffs
        ([0, 3], [1/2, 0])
        """
        place = field or ""
        if not isinstance(data, dict) or set(data) != {"field", "entries"}:
            raise InputError('a matrix over Q(lambda) is written {"field": ..., "entries": ...}', field=field)
        over = Field.from_json(data["field"], field=f"{place}.field")
        return _read_entries(over, data["entries"], f"{place}.entries")


def _shape(M: FieldMatrix | fmpq_mat) -> str:
    return f"{M.nrows()} x {M.ncols()}"


def _scalar_matrix(field: Field, n: int, factor: fmpq_poly) -> FieldMatrix:
    residue = reduced(field, factor)
    return FieldMatrix(field, tuple(eye(n) * residue[k] for k in range(max(1, len(residue)))))


def _product(field: Field, left: Sequence[fmpq_mat], right: Sequence[fmpq_mat]) -> FieldMatrix:
    """The schoolbook product of polynomials of matrices; then lambda^k is replaced by its residue.

    Computed on integers over one denominator. Cost: as many integer products as there are pairs of
    coefficients.
    """
    if left[0].ncols() != right[0].nrows():
        raise InputError(f"a {_shape(left[0])} matrix cannot be multiplied by a {_shape(right[0])} matrix")
    rows, columns, degree = left[0].nrows(), right[0].ncols(), field.degree
    (first, d), (second, e) = _over_one_denominator(left), _over_one_denominator(right)
    full = [fmpz_mat(rows, columns) for _ in range(max(degree, len(first) + len(second) - 1))]
    for i, A in enumerate(first):
        for j, B in enumerate(second):
            full[i + j] += A * B
    residues = [fmpq_poly([0] * degree + [1]) % field.minpoly]
    while len(residues) < len(full) - degree:
        residues.append(fmpq_poly([0, *residues[-1].coeffs()]) % field.minpoly)
    scale = lcm(*(int(residue.denom()) for residue in residues))
    total = [A * scale for A in full[:degree]]
    for high, residue in zip(full[degree:], residues, strict=False):
        for k in range(len(residue)):
            total[k] += high * (residue[k] * scale).p
    return FieldMatrix(field, tuple(fmpq_mat(A) / (d * e * scale) for A in total))


def _over_one_denominator(coeffs: Sequence[fmpq_mat]) -> tuple[list[fmpz_mat], fmpz]:
    parts = [A.numer_denom() for A in coeffs]
    common = fmpz(lcm(*(int(d) for _, d in parts)))
    return [N * (common // d) for N, d in parts], common


def _read_entries(over: Field, rows: object, place: str) -> FieldMatrix:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise InputError("a matrix is a list of rows, none of them empty", field=place)
    width = len(rows[0])
    entries: list[fmpq_poly] = []
    for i, row in enumerate(rows, start=1):
        if len(row) != width:
            raise InputError(f"row {i} has length {len(row)}, but row 1 has {width}", field=f"{place}[{i}]")
        for j, entry in enumerate(row, start=1):
            where = f"{place}[{i}][{j}]"
            coefficients = numbers_from_json(entry, where)
            if len(coefficients) > over.degree:
                raise InputError(
                    f"{len(coefficients)} coefficients over a field of degree {over.degree}; "
                    "an entry lists the coefficients of 1, lambda, ... up to the degree - 1",
                    field=where,
                )
            entries.append(fmpq_poly(coefficients))
    return FieldMatrix.from_entries(over, len(rows), width, entries)


def regular(M: FieldMatrix) -> fmpq_mat:
    """The rational matrix of the Q-linear map that M is, d times as large for a field of degree d.

    Each entry becomes the d x d matrix of multiplication by it, in the basis 1, lambda, ..., lambda^(d-1).
    """
    d, m, n = M.field.degree, M.nrows(), M.ncols()
    R = zeros(m * d, n * d)
    for i in range(m):
        for j in range(n):
            image = M.entry(i, j)
            for t in range(d):
                for k in range(d):
                    R[i * d + k, j * d + t] = image[k]
                image = fmpq_poly([0, *image.coeffs()]) % M.field.minpoly
    return R


def rank(M: FieldMatrix) -> int:
    """The rank over Q(lambda), exactly: the rank of the regular representation divided by the degree."""
    return rational_rank(regular(M)) // M.field.degree


def inverse(M: FieldMatrix) -> FieldMatrix:
    """The inverse of an n x n matrix over Q(lambda); checked: M times it is the identity.

    Cost: one rational system of size n times the degree. Raises InputError for other shapes,
    ZeroDivisionError for singular matrices.

    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> inverse(FieldMatrix(root2, (fmpq_mat([[0]]), fmpq_mat([[1]])))).entry(0, 0)
    1/2*x
    """
    n, d = M.nrows(), M.field.degree
    if M.ncols() != n:
        raise InputError(f"only a square matrix has an inverse, not a {_shape(M)} matrix")
    units = fmpq_mat(n * d, n, [int(i == j * d) for i in range(n * d) for j in range(n)])
    solved = regular(M).solve(units)
    found = FieldMatrix(
        M.field,
        tuple(fmpq_mat(n, n, [solved[i * d + k, j] for i in range(n) for j in range(n)]) for k in range(d)),
    )
    if M @ found != eye(n):
        raise ArithmeticError("a computed inverse does not hold; please report this matrix")
    return found
