"""The inverse of a nonsingular integer matrix over one denominator, by quadratic p-adic lifting.

Main functions: integer_inverse, inverse_candidate. From X = A^-1 modulo q the next approximation is X + q X R modulo
q^2, where R = (1 - A X) / q is an integer matrix of small entries, so each doubling costs two products of a
large with a small matrix (after Dixon, Exact solution of linear equations using p-adic expansions, 1982;
Storjohann's double-plus-one lifting). The result is checked, so that the size of the answer may be guessed.
From about 24 rows on this is faster than FLINT's inverse; below, FLINT's is taken.
"""

from __future__ import annotations

from typing import cast

from flint import fmpq_mat, fmpz, fmpz_mat, nmod_mat

from symbolic_cp.exact.units import identity

LIFTED_FROM = 24
"""From this number of rows on the inverse is lifted."""

_MARGIN_BITS = 16
"""How much larger than those of one solution (or the determinant) the inverse's entries are expected to be at first."""

_SMALL_PRIMES = 2 * 3 * 5 * 7 * 11 * 13
"""What a denominator that was read off two solutions may lack."""

_PRIME_BITS = 61


def integer_inverse(A: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """(P, e) with A P = e 1 and e != 0, for a nonsingular n x n integer matrix; the equation is checked.

    Cost: for n >= 24 some four products of A with P; no common factor of P and e is sought there. Raises
    ZeroDivisionError if A is singular, ValueError if it is not square.

    >>> integer_inverse(fmpz_mat([[1, 2], [3, 4]]))
    ([-4,  2]
    [ 3, -1], 2)
    """
    if A.nrows() >= LIFTED_FROM:
        return _lifted_inverse(A)
    P, e = fmpq_mat(A).inv().numer_denom()
    if not is_scalar(A * P, e):
        raise ArithmeticError("a computed inverse does not hold; please report this matrix")
    return P, e


def inverse_candidate(A: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """As integer_inverse, but FLINT's inverse of a small matrix is not checked: for those who check what follows."""
    if A.nrows() >= LIFTED_FROM:
        return _lifted_inverse(A)
    found = cast("fmpq_mat", A.inv())  # the stubs do not say that the inverse of an integer matrix is rational
    return found.numer_denom()


def _lifted_inverse(A: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """As integer_inverse. How far to lift, two solutions of A x = v tell: often not nearly as far as det A would ask.

    The denominator of x is that of A^-1 but for a prime factor p with a chance of 1/p, so of 1/p^2 for both.
    """
    P, e = cast("fmpq_mat", A.solve(_two_columns(A.nrows()))).numer_denom()
    e *= _SMALL_PRIMES
    largest = max(map(fmpz.bit_length, P.entries()), default=0) + _SMALL_PRIMES.bit_length()
    bits = max(e.bit_length(), largest) + _MARGIN_BITS
    found = _checked(A, e, bits)
    if found is not None:
        return found, e
    determinant = A.det()  # both were unlucky
    bits = determinant.bit_length() + _MARGIN_BITS
    while True:
        found = _checked(A, determinant, bits)
        if found is not None:
            return found, determinant
        bits *= 2


def _two_columns(n: int) -> fmpz_mat:
    """Two columns of small numbers without a pattern."""
    return fmpz_mat(n, 2, [1 + (37 + 8 * j) * (i + j) ** 2 % 101 for i in range(n) for j in range(2)])


def _checked(A: fmpz_mat, denominator: fmpz, bits: int) -> fmpz_mat | None:
    lifted = _lifted(A, denominator, bits)
    return lifted if lifted is not None and is_scalar(A * lifted, denominator) else None


def is_scalar(M: fmpz_mat, factor: fmpz) -> bool:
    """Whether M is the factor times an identity matrix (n x n, n >= 0)."""
    return M.is_square() and M == identity(M.nrows()) * factor


def _lifted(A: fmpz_mat, denominator: fmpz, bits: int) -> fmpz_mat | None:
    """denominator A^-1, if it is an integer matrix with entries of so many bits; None if A is singular modulo q."""
    doublings = max(0, -(-bits // _PRIME_BITS) - 1).bit_length()
    prime = _prime_above(fmpz(1) << (-(-(bits + 1) // (1 << doublings))))
    n = A.nrows()
    try:
        X = fmpz_mat(n, n, [int(x) for x in nmod_mat(A, int(prime)).inv().entries()])
    except ZeroDivisionError:
        return None
    unit = identity(n)
    q = prime
    for step in range(doublings):
        correction = X * ((unit - A * X) / q)
        if 0 < step < doublings - 1:  # elsewhere the entries are still small, or are reduced below
            correction = _residues(correction, q)
        X += correction * q
        q *= q
    centre = fmpz_mat(n, n, [q // 2] * (n * n))
    return _residues(X * denominator + centre, q) - centre


def _residues(M: fmpz_mat, q: fmpz) -> fmpz_mat:
    return fmpz_mat(M.nrows(), M.ncols(), [entry % q for entry in M.entries()])


def _prime_above(start: fmpz) -> fmpz:
    candidate = start + 1 if start % 2 == 0 else start + 2
    while not candidate.is_prime():
        candidate += 2
    return candidate
