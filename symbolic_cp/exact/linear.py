"""Linear algebra over Q: rank, pivots, Moore-Penrose inverse, linear systems, projectors.

Main functions: rank, pivots, pinv, penrose_residuals, is_pinv, solve_affine, kernel, projector; from
congruence.py also inertia, ldlt, negative_direction. Each result is checked exactly before it is returned.
Pivot rows I and columns J are found modulo a word-size prime; with C = M[:,J] and R = M[I,:] the
pseudoinverse is M^+ = R^T (C^T M R^T)^-1 C^T (MacDuffee; Ben-Israel and Greville, Generalized Inverses,
section 1.6), so one linear system of size rank(M) is solved.
"""

from __future__ import annotations

from flint import fmpq_mat, fmpz_mat, nmod_mat

from symbolic_cp.exact.congruence import inertia, ldlt, negative_direction
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.matrices import is_zero, submatrix, zeros

__all__ = [
    "inertia",
    "is_pinv",
    "kernel",
    "ldlt",
    "negative_direction",
    "penrose_residuals",
    "pinv",
    "pivots",
    "projector",
    "rank",
    "solve_affine",
]

_PRIMES = (2**61 - 1, 2**62 - 57, 2**60 - 93, 2**59 - 55)
"""Word-size primes. An unlucky one (it divides the minor in question) fails a check; then comes the next."""

_UNLUCKY = "all primes at hand are unlucky for this matrix: each divides one of its minors"


def rank(M: fmpq_mat) -> int:
    """The rank of a matrix, exactly; 0 for matrices without entries.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> rank(matrix([[1, 2], [2, 4]]))
    1
    """
    return len(pivots(M)[0])


def pivots(M: fmpq_mat) -> tuple[list[int], list[int]]:
    """Rows I and columns J of an m x n matrix, as many as its rank, with M[I,J] invertible.

    The columns J are the first that are independent of those before them modulo a prime, the rows I likewise.
    That M[I,J] is invertible modulo the prime proves rank >= |I|; that M = M[:,J] M[I,J]^-1 M[I,:] over Q
    proves rank <= |I|. Cost: two eliminations modulo a prime, one solve of size rank(M) unless of full rank.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> pivots(matrix([[0, 0, 0], [0, 2, 4], [0, 1, 2]]))
    ([1], [1])
    """
    numerator = M.numer_denom()[0]
    for prime in _PRIMES:
        rows, cols = _pivots_modulo(numerator, prime)
        if len(rows) == min(M.nrows(), M.ncols()) or _spans(M, rows, cols):
            return rows, cols
    raise Undecided(_UNLUCKY)


def _pivots_modulo(numerator: fmpz_mat, prime: int) -> tuple[list[int], list[int]]:
    residues = nmod_mat(numerator, prime)
    return _leading_columns(residues.transpose()), _leading_columns(residues)


def _leading_columns(residues: nmod_mat) -> list[int]:
    reduced, rank_modulo = residues.rref()
    leading: list[int] = []
    column = 0
    for row in range(rank_modulo):
        while not reduced[row, column]:
            column += 1
        leading.append(column)
        column += 1
    return leading


def _spans(M: fmpq_mat, rows: list[int], cols: list[int]) -> bool:
    """Whether M = M[:,cols] M[rows,cols]^-1 M[rows,:], with an invertible middle."""
    C = submatrix(M, range(M.nrows()), cols)
    R = submatrix(M, rows, range(M.ncols()))
    W = submatrix(M, rows, cols)
    if M.nrows() >= M.ncols():
        return C * W.solve(R) == M
    return W.transpose().solve(C.transpose()).transpose() * R == M


def pinv(M: fmpq_mat) -> fmpq_mat:
    """The Moore-Penrose inverse, n x m, of any m x n matrix: any rank, no rows or no columns included.

    The result satisfies the four Penrose equations; they are checked exactly (`is_pinv`). Cost: one linear
    system of size rank(M) with min(m, n) right-hand sides, and the check, a few products of M with M^+.
    Raises Undecided if every prime tried divides a minor.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> print(pinv(matrix([[1, 2], [2, 4]])))
    [1/25, 2/25]
    [2/25, 4/25]
    """
    numerator = M.numer_denom()[0]
    for prime in _PRIMES:
        B = _pinv_from_pivots(M, *_pivots_modulo(numerator, prime))
        if B is not None and is_pinv(M, B):
            return B
    raise Undecided(_UNLUCKY)


def _pinv_from_pivots(M: fmpq_mat, rows: list[int], cols: list[int]) -> fmpq_mat | None:
    """R^T (C^T M R^T)^-1 C^T, where square invertible factors cancel; right if the rank is |rows|."""
    m, n, r = M.nrows(), M.ncols(), len(rows)
    if r == 0:
        return zeros(n, m)
    if r == m == n:
        return M.inv()
    Mt = M.transpose()
    if r == n:
        return (Mt * M).solve(Mt)
    if r == m:
        return (M * Mt).solve(M).transpose()
    Ct = submatrix(Mt, cols, range(m))
    R = submatrix(M, rows, range(n))
    K = Ct * M * R.transpose()
    try:
        if m <= n:
            return R.transpose() * K.solve(Ct)
        return K.transpose().solve(R).transpose() * Ct
    except ZeroDivisionError:  # K is singular: the rank is larger than it is modulo this prime
        return None


def is_pinv(M: fmpq_mat, B: fmpq_mat) -> bool:
    """Whether B is the Moore-Penrose inverse of M, by the four Penrose equations, exactly.

    Computed on integers, denominators stripped, and without products that follow from others: if M B = 1,
    then M B M = M, B M B = B and M B is symmetric. For a matrix M much longer than high, B M B = B with B M
    symmetric is checked in the equivalent form B = M^T (B^T B), which avoids the large square matrix B M.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> is_pinv(matrix([[2, 0]]), matrix([["1/2"], [0]])), is_pinv(matrix([[2, 0]]), matrix([["1/2"], [1]]))
    (True, False)
    """
    if (M.nrows(), M.ncols()) != (B.ncols(), B.nrows()):
        return False
    if M.nrows() > M.ncols():
        return is_pinv(M.transpose(), B.transpose())
    N, d = M.numer_denom()
    P, e = B.numer_denom()
    NP, unit = N * P, d * e
    inverse = NP.is_scalar() and (NP.is_empty() or NP[0, 0] == unit)
    if not inverse and (not _symmetric(NP) or N * unit != NP * N):
        return False
    if inverse and N.is_square():
        return True
    if N.ncols() > 2 * N.nrows():
        return N.transpose() * (P.transpose() * P) == P * unit
    PN = P * N
    return _symmetric(PN) and (inverse or P * unit == P * NP)


def _symmetric(S: fmpz_mat) -> bool:
    return S.transpose() == S


def penrose_residuals(A: fmpq_mat, B: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat, fmpq_mat]:
    """A B A - A, B A B - B, (A B)^T - A B and (B A)^T - B A: all zero exactly if B = A^+.

    A is m x n, B must be n x m. Raises InputError.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> A = matrix([[1], [1]])
    >>> [is_zero(residual) for residual in penrose_residuals(A, matrix([[1, 0]]))]
    [True, True, False, True]
    """
    if (A.nrows(), A.ncols()) != (B.ncols(), B.nrows()):
        raise InputError(
            f"the pseudoinverse of a {A.nrows()} x {A.ncols()} matrix is {A.ncols()} x {A.nrows()}, "
            f"not {B.nrows()} x {B.ncols()}"
        )
    AB, BA = A * B, B * A
    return AB * A - A, B * AB - B, AB.transpose() - AB, BA.transpose() - BA


def projector(M: fmpq_mat) -> fmpq_mat:
    """The orthogonal projector M M^+ onto the column space of an m x n matrix, m x m. Costs as pinv.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> print(projector(matrix([[1], [1]])))
    [1/2, 1/2]
    [1/2, 1/2]
    """
    return M * pinv(M)


def kernel(M: fmpq_mat) -> fmpq_mat:
    """A basis of ker M for an m x n matrix, as the columns of an n x (n - rank) matrix.

    Checked: M times it is zero, its columns are independent, and their number is n - rank(M).

    >>> from symbolic_cp.exact.matrices import matrix
    >>> print(kernel(matrix([[1, 2], [2, 4]])))
    [-2]
    [ 1]
    """
    n = M.ncols()
    rows, cols = pivots(M)
    free = sorted(set(range(n)) - set(cols))
    K = zeros(n, len(free))
    if cols and free:
        solved = submatrix(M, rows, cols).solve(submatrix(M, rows, free))
        for k, i in enumerate(cols):
            for j in range(len(free)):
                K[i, j] = -solved[k, j]
    for j, i in enumerate(free):
        K[i, j] = 1
    if not is_zero(M * K):
        raise ArithmeticError("a computed kernel is not annihilated; please report this matrix")
    return K


def solve_affine(A: fmpq_mat, b: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat] | None:
    """All solutions x of A x = b: a particular one and a basis of ker A; None where there is none.

    A is m x n and b is m x k; the particular solution is n x k, the basis n x (n - rank). Checked: A x = b.
    None is right too: x solves the pivot rows, which span all rows. Raises InputError if the heights differ.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> solve_affine(matrix([[1, 1]]), matrix([[3]]))
    ([3]
    [0], [-1]
    [ 1])
    """
    if A.nrows() != b.nrows():
        raise InputError(f"A x = b needs equally many rows, but A has {A.nrows()} and b has {b.nrows()}")
    rows, cols = pivots(A)
    x = zeros(A.ncols(), b.ncols())
    if cols and b.ncols():
        solved = submatrix(A, rows, cols).solve(submatrix(b, rows, range(b.ncols())))
        for k, i in enumerate(cols):
            for j in range(b.ncols()):
                x[i, j] = solved[k, j]
    return (x, kernel(A)) if A * x == b else None
