"""Eigenvectors of a rational symmetric matrix for several rational eigenvalues at once, as integer rows.

Main names: rational_eigenvectors, Eigenrows. Kernels are found modulo a prime and lifted; one exact product checks all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat, fmpz_mat, nmod_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.lifting import PRIME, lifted_kernel
from symbolic_cp.exact.linear import kernel, take_rows
from symbolic_cp.exact.matrices import columns, eye
from symbolic_cp.exact.numbers import readable

Space = list[tuple[list[int], int]]
"""Vectors (a, b), each a / b: a basis of an eigenspace."""


@dataclass(frozen=True)
class Eigenrows:
    """Integer eigenvectors as rows; row i belongs to the eigenvalue at position `of[i]`, and is units[i] times reduced.

    The reduced vectors of one eigenvalue are unit vectors where the others have zeros, as those of `kernel`.
    """

    rows: fmpz_mat
    units: tuple[int, ...]
    of: tuple[int, ...]

    def take(self, chosen: Sequence[int]) -> fmpz_mat:
        """The matrix of these rows."""
        return take_rows(self.rows, chosen)

    def wrong(self, N: fmpz_mat, values: Sequence[int]) -> set[int]:
        """The positions of values that have a row which is no eigenvector of N for that value. Cost: one product."""
        D = fmpz_mat(len(self.of), len(self.of))
        for row, i in enumerate(self.of):
            D[row, row] = values[i]
        defect = self.rows * N - D * self.rows
        return {self.of[row] for row, entries in enumerate(defect.table()) if any(entries)} if defect else set()


def rational_eigenvectors(S: fmpq_mat, values: Sequence[fmpq]) -> Eigenrows:
    """A basis of ker(S - value) for each value, for an n x n symmetric matrix S; positions are those in `values`.

    Checked: S times them; they are independent (unit vectors), and as many as the rank modulo a prime allows, which is
    never larger than the rank. Cost: an elimination modulo a prime for each value, and one product of integer matrices;
    a kernel over Q where entries are large. Raises InputError if a value is no eigenvalue.

    >>> rational_eigenvectors(fmpq_mat([[2, 1], [1, 2]]), [fmpq(3), fmpq(1)]).rows
    [ 1, 1]
    [-1, 1]
    """
    N, d = S.numer_denom()
    residue, unit = nmod_mat(N, PRIME), nmod_mat(eye(N.nrows()).numer_denom()[0], PRIME)
    found: list[Space] = []
    scaled: list[int] = []
    for value in values:
        product = value * d
        if product.q != 1:  # N is an integer matrix
            raise InputError(f"{readable(value)} is no eigenvalue of this matrix")
        scaled.append(int(product.p))
        found.append(lifted_kernel(residue - unit * scaled[-1]) or _exact(S, value))
    made = eigenrows(found, N.nrows())
    wrong = made.wrong(N, scaled)
    if wrong:
        for i in wrong:
            found[i] = _exact(S, values[i])
        made = eigenrows(found, N.nrows())
    return made


def _exact(S: fmpq_mat, value: fmpq) -> Space:
    basis = kernel(S - eye(S.nrows()) * value)
    if not basis.ncols():
        raise InputError(f"{readable(value)} is no eigenvalue of this matrix")
    stripped = [vector.numer_denom() for vector in columns(basis)]
    return [(list(map(int, numerator.entries())), int(unit)) for numerator, unit in stripped]


def eigenrows(found: Sequence[Space], width: int) -> Eigenrows:
    """Bases of eigenspaces, one for each eigenvalue, as rows of this width.

    >>> eigenrows([[([1, 1], 1)], [([-1, 2], 2)]], 2)
    Eigenrows(rows=[ 1, 1]
    [-1, 2], units=(1, 2), of=(0, 1))
    """
    vectors = [(vector, unit, i) for i, space in enumerate(found) for vector, unit in space]
    rows = fmpz_mat(len(vectors), width, [entry for vector, _, _ in vectors for entry in vector])
    return Eigenrows(rows, tuple(unit for _, unit, _ in vectors), tuple(i for _, _, i in vectors))
