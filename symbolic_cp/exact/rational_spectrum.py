"""The whole spectrum of a rational symmetric matrix whose eigenvalues are all rational, proved by its eigenvectors.

Main function: rational_spectrum. Nothing is factored over Q: eigenvalues are roots modulo a prime that is larger than
all of them, and eigenvectors are what is left of a vector when every other eigenvalue is taken out of it. Both are
guesses. One exact product checks them, and n independent eigenvectors leave no room for another eigenvalue.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TypeVar

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, fq_default_ctx, fq_default_poly_ctx, nmod_mat

from symbolic_cp.exact.eigenvectors import Eigenrows, Space, eigenrows
from symbolic_cp.exact.lifting import PRIME, lifted, lifted_kernel
from symbolic_cp.exact.units import KEPT, identity, unit_row

Matrix = TypeVar("Matrix", fmpz_mat, nmod_mat)

ROOT_PRIMES = tuple(
    2**bits + more
    for bits, more in {
        16: 1, 18: 3, 20: 7, 22: 15, 24: 43, 26: 15, 28: 3, 30: 3, 32: 15, 40: 15, 48: 21, 56: 81, 61: -1
    }.items()
)  # fmt: skip
"""Roots are sought modulo the first that is large enough: the smaller it is, the faster."""

MODULAR_FROM = 24
"""From this number of rows on eigenvectors are found modulo a prime; below, as integers, which are short then."""


def rational_spectrum(S: fmpq_mat) -> tuple[list[fmpq], Eigenrows] | None:
    """The distinct eigenvalues of a symmetric n x n matrix, the largest first, and n independent eigenvectors.

    None if an eigenvalue is irrational, or where a guess failed because numbers are large; what is returned is proved.
    Cost: a characteristic polynomial and its roots modulo a prime, some n log(n) products of a matrix with a vector
    (eliminations modulo a prime where eigenvalues are multiple), and one product of integer matrices.

    >>> values, vectors = rational_spectrum(fmpq_mat([[2, 1], [1, 2]]))
    >>> print(*values, vectors.rows)
    3 1 [ 1, 1]
    [-1, 1]
    >>> rational_spectrum(fmpq_mat([[2, 1], [1, 1]]))
    """
    N, d = S.numer_denom()
    values = _integer_roots(N)
    found = None if values is None else _eigenvectors(N, values)
    if values is None or found is None or found.wrong(N, values):
        return None
    return [fmpq(value, d) for value in values], found


def _integer_roots(N: fmpz_mat) -> list[int] | None:
    """The eigenvalues of a symmetric integer matrix, the largest first, if all are integers modulo a prime: a guess."""
    square = N * N
    norm = int(sum([square[i, i] for i in range(N.nrows())], start=fmpz(0)).isqrt())  # no eigenvalue is larger
    if 2 * norm >= ROOT_PRIMES[-1]:
        return None
    prime = ROOT_PRIMES[bisect(ROOT_PRIMES, 2 * norm)]
    found = _polynomials(prime)(nmod_mat(N, prime).charpoly()).roots()
    if sum([multiplicity for _, multiplicity in found]) < N.nrows():
        return None
    residues = [int(root) for root, _ in found]
    return sorted([value if value <= norm else value - prime for value in residues], reverse=True)


@cache
def _polynomials(prime: int) -> fq_default_poly_ctx:
    return fq_default_poly_ctx(fq_default_ctx(prime))


def _eigenvectors(N: fmpz_mat, values: Sequence[int]) -> Eigenrows | None:
    """Guessed eigenvectors for all eigenvalues of N, or None."""
    n = N.nrows()
    unit, start = identity(n), _start(n)
    if len(values) == n < MODULAR_FROM:
        return _as_rows(_components([N - unit * value for value in values], start))
    residue, unit_residue = nmod_mat(N, PRIME), nmod_mat(unit, PRIME)
    shifts = [residue - unit_residue * value for value in values]
    if len(values) < n:
        spaces = [lifted_kernel(shift) for shift in shifts]
    else:
        spaces = [_lifted_line(vector) for vector in _components(shifts, nmod_mat(start, PRIME))]
    found = eigenrows([space or [] for space in spaces], n)
    return found if found.rows.nrows() == n else None


@lru_cache(KEPT)
def _start(n: int) -> fmpz_mat:
    """A column of small numbers without a pattern."""
    return fmpz_mat(n, 1, [1 + 37 * i * i % 101 for i in range(n)])


def _components(shifts: Sequence[Matrix], vector: Matrix) -> list[Matrix]:
    """For each shift N - value what the product of all the others makes of the vector: an eigenvector, or zero.

    Half of the values at a time; common factors of integers are taken out on the way.
    """
    if len(shifts) < 2:
        return [vector] * len(shifts)
    found: list[Matrix] = []
    middle = len(shifts) // 2
    low, high = shifts[:middle], shifts[middle:]
    for own, others in ((low, high), (high, low)):
        part = vector
        for shift in others:
            part = shift * part
        if len(own) == 1:
            found.append(part)
        else:
            found += _components(own, _reduced(part)[0] if isinstance(part, fmpz_mat) else part)
    return found


def _reduced(vector: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """(a, b) without a common factor, where a / b is the multiple whose last entry that is not zero is 1; or zero."""
    return (fmpq_mat(vector) / (vector[vector.nrows() - 1, 0] or _last(vector) or 1)).numer_denom()


def _as_rows(vectors: Sequence[fmpz_mat]) -> Eigenrows | None:
    n = len(vectors)
    columns, units = fmpz_mat(n, n), []
    for i, vector in enumerate(vectors):
        if not vector:
            return None
        reduced, unit = _reduced(vector)
        columns += reduced * unit_row(n, i)
        units.append(int(unit))
    return Eigenrows(columns.transpose(), tuple(units), tuple(range(n)))


def _lifted_line(vector: nmod_mat) -> Space | None:
    last = _last(vector)
    found = lifted([int(entry) for entry in vector.entries()], last) if last else None
    return None if found is None else [found]


def _last(vector: fmpz_mat | nmod_mat) -> int:
    """The last entry of a column that is not zero, or 0."""
    for i in range(vector.nrows() - 1, -1, -1):
        if vector[i, 0]:
            return int(vector[i, 0])
    return 0
