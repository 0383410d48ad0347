"""Linear algebra over Q: rank, pivots, Moore-Penrose inverse, linear systems, projectors.

Main functions: rank, pivots, pinv, penrose_residuals, is_pinv, solve_affine, kernel, projector; from
congruence.py also inertia, ldlt, negative_direction. Each result is checked exactly before it is returned.
Pivot rows I and columns J are found modulo a word-size prime; with C = M[:,J] and R = M[I,:] the
pseudoinverse is M^+ = R^T (C^T M R^T)^-1 C^T (MacDuffee; Ben-Israel and Greville, Generalized Inverses,
section 1.6), so one linear system of size rank(M) is solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, nmod_mat

from symbolic_cp.exact.congruence import inertia, ldlt, negative_direction
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.inverses import integer_inverse, inverse_candidate, is_scalar
from symbolic_cp.exact.lifting import PRIME, lifted_kernel
from symbolic_cp.exact.limits import check_modulus
from symbolic_cp.exact.matrices import diagonal, submatrix, zeros
from symbolic_cp.exact.stripped import Stripped, reduced, strip
from symbolic_cp.exact.units import unit_row

__all__ = [
    "inertia",
    "is_pinv",
    "kernel",
    "ldlt",
    "negative_direction",
    "particular_solution",
    "penrose_residuals",
    "pinv",
    "pivots",
    "projector",
    "rank",
    "solve_affine",
]

_PRIMES = (2**61 - 1, 2**62 - 57, 2**60 - 93, 2**59 - 55)
"""Word-size primes. An unlucky one (it divides the minor in question) fails a check; then comes the next."""


def _primes() -> Iterator[int]:
    """Those at hand, then smaller ones without end: only finitely many can be unlucky."""
    yield from _PRIMES
    candidate = fmpz(_PRIMES[-1])
    while True:
        candidate -= 2
        if candidate.is_prime():
            yield int(candidate)


def rank(M: fmpq_mat) -> int:
    """The rank of a matrix, exactly; 0 for matrices without entries.

    Cost: an elimination modulo a prime, which proves full rank; FLINT's elimination over the integers
    otherwise.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> rank(matrix([[1, 2], [2, 4]]))
    1
    """
    N = M.numer_denom()[0]
    return integer_rank(N, min(N.nrows(), N.ncols()))


def integer_rank(N: fmpz_mat, at_most: int) -> int:
    """The rank of an integer matrix of which it is known that it is at most so much. As `rank`."""
    modulo = rank_at_least(N)
    return modulo if modulo == at_most else _rank_over_integers(N)


def rank_at_least(N: fmpz_mat) -> int:
    """The rank modulo a prime: at most the rank, and nearly always equal. Cost: one elimination."""
    return int(nmod_mat(N, _PRIMES[0]).rank())


def _rank_over_integers(N: fmpz_mat) -> int:
    """FLINT's rank; of the Gram matrix N N^T, which is the same, if N is long."""
    if N.nrows() > N.ncols():
        return _rank_over_integers(N.transpose())
    return (N * N.transpose()).rank() if N.ncols() > 2 * N.nrows() else N.rank()


def pivots(M: fmpq_mat) -> tuple[list[int], list[int]]:
    """Rows I and columns J of an m x n matrix, as many as its rank, with M[I,J] invertible.

    The columns J are the first that are independent of those before them modulo a prime, the rows I likewise;
    so M[I,J] is invertible, and |I| is checked to be the rank over Q. Cost: two eliminations modulo a prime,
    and one over the integers unless of full rank.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> pivots(matrix([[0, 0, 0], [0, 2, 4], [0, 1, 2]]))
    ([1], [1])
    """
    N = M.numer_denom()[0]
    for prime in _primes():
        rows, cols = _pivots_modulo(N, prime)
        if len(rows) == min(N.nrows(), N.ncols()) or len(rows) == _rank_over_integers(N):
            return rows, cols
    raise AssertionError  # a minor that is not zero has finitely many prime factors


def _pivots_modulo(N: fmpz_mat, prime: int) -> tuple[list[int], list[int]]:
    check_modulus(prime)
    residues = nmod_mat(N, prime)
    return _pivots_of(N, residues, *residues.rref())


def _pivots_of(N: fmpz_mat, residues: nmod_mat, echelon: nmod_mat, rank: int) -> tuple[list[int], list[int]]:
    """Rows and columns of N as in `pivots`, modulo the prime of its residues with this echelon form."""
    cols = _leading_columns(echelon, rank)
    if rank == N.nrows():
        return list(range(rank)), cols
    if N.is_square() and N == N.transpose():  # then rows are independent where columns are
        return cols, cols
    return _leading_columns(*residues.transpose().rref()), cols


def _leading_columns(echelon: nmod_mat, rank: int) -> list[int]:
    leading: list[int] = []
    column = 0
    for row in range(rank):
        while not echelon[row, column]:
            column += 1
        leading.append(column)
        column += 1
    return leading


def pinv(M: fmpq_mat) -> fmpq_mat:
    """The Moore-Penrose inverse, n x m, of any m x n matrix: any rank, no rows or no columns included.

    The four Penrose equations are checked exactly, as in `is_pinv`. Where M has full rank they follow from
    one that is checked: if M M^T H = 1, then H is symmetric, so B = M^T H has M B = 1 and B M = M^T H M is
    symmetric. Elsewhere B M B = B follows from M B M = M, as B is a product through rank(M) dimensions.
    Cost: the inverse of one integer matrix of size rank(M), and some products of M with M^+.
    Raises Undecided if every prime tried divides a minor.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> print(pinv(matrix([[1, 2], [2, 4]])))
    [1/25, 2/25]
    [2/25, 4/25]
    """
    return stripped_pinv(strip(M)).value()


def stripped_pinv(M: Stripped) -> Stripped:
    """M^+ over one denominator, not in lowest terms; as `pinv`."""
    N, d = M.numerator, M.denominator
    if N.nrows() > N.ncols():
        return stripped_pinv(M.transpose()).transpose()
    return _scaled(*_integer_pinv(N), d)


def stripped_inverse(M: Stripped) -> Stripped:
    """M^-1 over one denominator, not in lowest terms; checked. Raises ZeroDivisionError if M is singular."""
    return _scaled(*integer_inverse(M.numerator), M.denominator)


def _scaled(P: fmpz_mat, e: fmpz, d: fmpz) -> Stripped:
    """P d / e."""
    if e < 0:
        return Stripped(P * -d, -e)
    return Stripped(P if d == 1 else P * d, e)


def _right_inverse(N: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """(P, e) with N^+ = P / e for N of full row rank: N^-1 or N^T (N N^T)^-1, from a checked inverse."""
    if N.is_square():
        return integer_inverse(N)
    Nt = N.transpose()
    H, e = integer_inverse(N * Nt)
    return Nt * H, e


def _integer_pinv(N: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """(P, e) with N^+ = P / e for N that is not higher than wide."""
    for prime in _primes():
        residues = nmod_mat(N, prime)
        echelon, modulo = residues.rref()
        if modulo == N.nrows():
            return _right_inverse(N)
        found = _from_pivots(N, *_pivots_of(N, residues, echelon, modulo))
        if found is not None:
            return found
    raise AssertionError  # a minor that is not zero has finitely many prime factors


def _from_pivots(N: fmpz_mat, rows: list[int], cols: list[int]) -> tuple[fmpz_mat, fmpz] | None:
    """(P, e) with N^+ = P / e = R^T (C^T N R^T)^-1 C^T, checked; None if the rank of N is not |rows|."""
    Ct, R = take_rows(N.transpose(), cols), take_rows(N, rows)
    Rt = R.transpose()
    try:
        H, e = inverse_candidate(Ct * N * Rt)
    except ZeroDivisionError:  # the rank is larger than it is modulo this prime
        return None
    Z = H * Ct
    P = Rt * Z
    gram = Z.transpose() * (R * Rt) * Z if _is_long(N) else None
    return (P, e) if _penrose_hold(N, fmpz(1), P, e, gram, same_rank=True) else None


def _is_long(N: fmpz_mat) -> bool:
    return N.ncols() > 4 * N.nrows()


def take_rows(N: fmpz_mat, chosen: Sequence[int]) -> fmpz_mat:
    """The chosen rows, by a product with a matrix of zeros and ones: faster than entry by entry in Python."""
    if len(chosen) == 1:
        return unit_row(N.nrows(), chosen[0]) * N
    selection = fmpz_mat(len(chosen), N.nrows())
    for i, row in enumerate(chosen):
        selection[i, row] = 1
    return selection * N


def zero_rows(N: fmpz_mat) -> set[int]:
    """The rows that are zero. Those that begin with 0 are looked at together first, which is faster than one by one.

    >>> zero_rows(fmpz_mat([[0, 0], [0, 1], [2, 0], [0, 0]]))
    {0, 3}
    """
    begin = [i for i in range(N.nrows()) if N.ncols() == 0 or not N[i, 0]]
    if take_rows(N, begin).is_zero():
        return set(begin)
    return {i for i in begin if not any(N[i, j] for j in range(N.ncols()))}


def is_pinv(M: fmpq_mat, B: fmpq_mat) -> bool:
    """Whether B is the Moore-Penrose inverse of M, by the four Penrose equations, exactly.

    Computed on integers, denominators stripped, and without products that follow from others: if M B = 1,
    then M B M = M, B M B = B and M B is symmetric. For a matrix M much longer than high, B M B = B with B M
    symmetric is checked in the equivalent form B = M^T (B^T B), which avoids the large square matrix B M.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> M = matrix([[2, 0]])
    >>> is_pinv(M, matrix([["1/2"], [0]])), is_pinv(M, matrix([["1/2"], [1]]))
    (True, False)
    """
    if (M.nrows(), M.ncols()) != (B.ncols(), B.nrows()):
        return False
    return _penrose_hold(*M.numer_denom(), *B.numer_denom())


def _penrose_hold(
    N: fmpz_mat, d: fmpz, P: fmpz_mat, e: fmpz, gram: fmpz_mat | None = None, same_rank: bool = False
) -> bool:
    """The Penrose equations for M = N / d and B = P / e; P^T P may be handed in where it is at hand.

    With `same_rank`, where rank(B) <= rank(M) is known from the way in which B is made, B M B = B is not
    computed: it follows from M B M = M, since B M is idempotent then and maps onto Col(B).
    """
    if N.nrows() > N.ncols():
        return _penrose_hold(N.transpose(), d, P.transpose(), e)
    Q, unit = reduced(N * P, d * e)
    is_inverse = is_scalar(Q, unit)
    if not is_inverse and (not _symmetric(Q) or N * unit != Q * N):
        return False
    if is_inverse and N.is_square():
        return True
    if _is_long(N):
        gram, scale = reduced(P.transpose() * P if gram is None else gram, e * e)
        return N.transpose() * gram * e == P * (d * scale)
    follows = is_inverse or same_rank
    return _symmetric(P * N) and (follows or P * unit == P * Q)


def _symmetric(S: fmpz_mat) -> bool:
    return S.transpose() == S


def penrose_residuals(A: fmpq_mat, B: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat, fmpq_mat]:
    """A B A - A, B A B - B, (A B)^T - A B and (B A)^T - B A: all zero exactly if B = A^+.

    A is m x n, B must be n x m. Raises InputError.

    >>> from symbolic_cp.exact.matrices import is_zero, matrix
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

    Checked: M times it is zero; its columns are independent, being unit vectors in the rows that are no
    pivots modulo a prime. There are n - r of them for the rank r modulo that prime, so the rank of M is at most r,
    and it is never less. Cost: an elimination modulo a prime and one product if the numbers are small; else two
    eliminations, one solve of size r and one product. Raises Undecided if every prime tried divides a minor.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> print(kernel(matrix([[1, 2], [2, 4]])))
    [-2]
    [ 1]
    """
    N, _ = M.numer_denom()
    found = _lifted_kernel(N)
    if found is not None:
        return found
    for prime in _primes():
        K = _kernel_modulo(N, prime)
        if (N * K.numer_denom()[0]).is_zero():
            return K
    raise AssertionError  # a minor that is not zero has finitely many prime factors


def _lifted_kernel(N: fmpz_mat) -> fmpq_mat | None:
    """The kernel modulo PRIME lifted to small rational numbers, checked; None where that fails."""
    found = lifted_kernel(nmod_mat(N, PRIME))
    if found is None:
        return None
    K = fmpz_mat(len(found), N.ncols(), [entry for vector, _ in found for entry in vector]).transpose()
    if not (N * K).is_zero():
        return None
    if len(found) == 1:
        return fmpq_mat(K) / found[0][1]
    return fmpq_mat(K) * diagonal([fmpq(1, unit) for _, unit in found])


def _kernel_modulo(N: fmpz_mat, prime: int) -> fmpq_mat:
    """The kernel if the rank is that modulo the prime: what the pivot rows alone annihilate."""
    n = N.ncols()
    rows, cols = _pivots_modulo(N, prime)
    free = sorted(set(range(n)) - set(cols))
    K = zeros(n, len(free))
    if cols and free:
        Rt = take_rows(N, rows).transpose()
        solved = take_rows(Rt, cols).transpose().solve(take_rows(Rt, free).transpose()).entries()
        for k, i in enumerate(cols):
            for j in range(len(free)):
                K[i, j] = -solved[k * len(free) + j]
    for j, i in enumerate(free):
        K[i, j] = 1
    return K


def solve_affine(A: fmpq_mat, b: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat] | None:
    """All solutions x of A x = b: a particular one and a basis of ker A; None where there is none.

    A is m x n and b is m x k; the particular solution is n x k, the basis n x (n - rank). Checked: A x = b.
    None is right too: x solves the pivot rows, which span all rows. Raises InputError if the heights differ.
    Costs as kernel.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> solve_affine(matrix([[1, 1]]), matrix([[3]]))
    ([3]
    [0], [-1]
    [ 1])
    """
    if A.nrows() != b.nrows():
        raise InputError(f"A x = b needs equally many rows, but A has {A.nrows()} and b has {b.nrows()}")
    x = particular_solution(A, b)
    return None if x is None else (x, kernel(A))


def particular_solution(A: fmpq_mat, b: fmpq_mat) -> fmpq_mat | None:
    """One solution of A x = b (shapes as in solve_affine), checked; None where there is none."""
    rows, cols = pivots(A)
    x = zeros(A.ncols(), b.ncols())
    if cols and b.ncols():
        solved = submatrix(A, rows, cols).solve(submatrix(b, rows, range(b.ncols())))
        for k, i in enumerate(cols):
            for j in range(b.ncols()):
                x[i, j] = solved[k, j]
    return x if A * x == b else None
