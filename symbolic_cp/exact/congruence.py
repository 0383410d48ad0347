"""Rational symmetric matrices up to congruence: signs, LDL^T, directions of negative curvature.

Main functions: congruence, inertia, ldlt, squares, negative_direction. By Sylvester's law of inertia the signs of D in
Z^T S Z = D with Z invertible are those of S. Z is found by symmetric elimination without fractions (Bareiss,
Sylvester's Identity and Multistep Integer-Preserving Gaussian Elimination, 1968) with pivots on the diagonal,
and 2 x 2 pivots [[0, b], [b, 0]] where the whole remaining diagonal is zero. The equation is checked on
integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import is_symmetric, zeros


@dataclass(frozen=True)
class Congruence:
    """Z^T S Z = D for a symmetric n x n matrix S, checked; its certificate of inertia.

    `Z` is an invertible integer matrix whose rows, taken in the order `pivots`, form an upper triangular
    matrix; `D` is diagonal but for 2 x 2 blocks [[0, b], [b, 0]], which start at the columns `pairs`.
    """

    Z: fmpz_mat
    D: fmpq_mat
    pivots: tuple[int, ...]
    pairs: tuple[int, ...]


def congruence(S: fmpq_mat) -> Congruence:
    """An integer matrix Z, invertible, with Z^T S Z = D diagonal up to 2 x 2 blocks with zero diagonal.

    S is symmetric, n x n, singular or not. Checked: the equation, exactly, and that Z is a permuted
    triangular matrix without zeros on its diagonal. Cost: n rank-one updates of an n x 2n integer matrix and
    two products. Raises InputError if S is not symmetric.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> congruence(matrix([[2, 1], [1, 0]])).D
    [2,  0]
    [0, -2]
    """
    n = S.nrows()
    if not is_symmetric(S):
        raise InputError(
            f"only a symmetric matrix has an inertia; this {n} x {S.ncols()} matrix is not symmetric"
        )
    numerator, denominator = S.numer_denom()
    rows, pivots, pairs = _eliminate(numerator)
    Zt = fmpz_mat(n, n, [entry for row in rows for entry in row])
    D = Zt * numerator * Zt.transpose()
    _check(Zt, D, pivots, pairs)
    return Congruence(Zt.transpose(), fmpq_mat(D) / denominator, tuple(pivots), tuple(pairs))


def _eliminate(N: fmpz_mat) -> tuple[list[list[fmpz]], list[int], list[int]]:
    """The rows of Z^T, the order in which the rows of N served as pivots, and where pairs of rows did.

    W starts as [N, 1]; each step subtracts multiples of the pivot row(s), so that the left half stays
    symmetric where it is not yet eliminated. All entries are minors of [N, 1], so the divisions are exact.
    """
    n = N.nrows()
    W = fmpz_mat(n, 2 * n, [entry for i, row in enumerate(N.table()) for entry in [*row, *_unit(n, i)]])
    previous = fmpz(1)
    rest, pivots, pairs = list(range(n)), list[int](), list[int]()
    rows: list[list[fmpz]] = []
    while rest:
        single = next((i for i in rest if W[i, i]), None)
        pair = None if single is not None else next(((i, j) for i in rest for j in rest if W[i, j]), None)
        if single is not None:
            chosen = [single]
            p = W[single, single]
            W_next = (W * p - _column(W, single) * _row(W, single)) / previous
            following = p
        elif pair is not None:
            i, j = chosen = list(pair)
            b = W[i, j]
            pairs.append(len(pivots))
            crossed = _column(W, i) * _row(W, j) + _column(W, j) * _row(W, i)
            W_next = (crossed * b - W * b**2) / previous**2
            following = -(b**2) // previous
        else:
            chosen, W_next, following = list(rest), W, previous
        for i in chosen:
            rows.append([W[i, n + j] for j in range(n)])
            pivots.append(i)
            rest.remove(i)
        W, previous = W_next, following
    return rows, pivots, pairs


def _unit(n: int, i: int) -> list[fmpz]:
    return [fmpz(i == j) for j in range(n)]


def _column(W: fmpz_mat, j: int) -> fmpz_mat:
    return fmpz_mat(W.nrows(), 1, [W[i, j] for i in range(W.nrows())])


def _row(W: fmpz_mat, i: int) -> fmpz_mat:
    return fmpz_mat(1, W.ncols(), [W[i, j] for j in range(W.ncols())])


def _check(Zt: fmpz_mat, D: fmpz_mat, pivots: list[int], pairs: list[int]) -> None:
    n = Zt.nrows()
    blocks = D * 1
    for k in range(n):
        blocks[k, k] = 0
    for k in pairs:
        blocks[k, k + 1] = blocks[k + 1, k] = 0
    triangular = all(Zt[k, pivots[k]] != 0 for k in range(n)) and all(
        Zt[k, pivots[later]] == 0 for k in range(n) for later in range(k + 1, n)
    )
    if sorted(pivots) != list(range(n)) or not triangular or not blocks.is_zero():
        raise ArithmeticError("a computed congruence does not hold; please report this matrix")


def inertia(S: fmpq_mat) -> tuple[int, int, int]:
    """How many eigenvalues of a symmetric n x n matrix are positive, zero and negative, exactly.

    Read off a checked congruence (`congruence`, whose cost it has). Raises InputError if S is not symmetric.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> inertia(matrix([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    (1, 1, 1)
    """
    found = congruence(S)
    diagonal = [found.D[k, k] for k in range(S.nrows())]
    positive = sum(d > 0 for d in diagonal) + len(found.pairs)
    negative = sum(d < 0 for d in diagonal) + len(found.pairs)
    return positive, S.nrows() - positive - negative, negative


def negative_direction(S: fmpq_mat) -> fmpq_mat | None:
    """A column v of integers without common factor with v^T S v < 0; None if S is positive semidefinite.

    S is symmetric, n x n. The sign is computed again from S and v. Costs as `congruence`; raises InputError.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> negative_direction(matrix([[1, 2], [2, 1]]))
    [-2]
    [ 1]
    """
    found = congruence(S)
    n = S.nrows()
    columns = found.Z.transpose().table()
    v = next((columns[k] for k in range(n) if found.D[k, k] < 0), None)
    if v is None and found.pairs:
        k = found.pairs[0]
        sign = 1 if found.D[k, k + 1] > 0 else -1
        v = [z - sign * w for z, w in zip(columns[k], columns[k + 1], strict=True)]
    if v is None:
        return None
    content = gcd(*map(int, v))
    direction = fmpq_mat(n, 1, [z // content for z in v])
    if not (direction.transpose() * S * direction)[0, 0] < 0:
        raise ArithmeticError("a computed direction has no negative curvature; please report this matrix")
    return direction


def ldlt(S: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat, list[int]]:
    """L, D and an order of the rows with S[order, order] = L D L^T.

    L is unit lower triangular, D diagonal up to 2 x 2 blocks with zero diagonal, all n x n. The equation
    follows from the checked Z^T S Z = D': its rows Z^T S = D' Z^-1 are, up to scaling, the columns of L that
    D needs (the others are taken as unit vectors). Cost: `congruence` and one product. Raises InputError.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> L, D, order = ldlt(matrix([[4, 2], [2, 1]]))
    >>> L, D, order
    ([  1, 0]
    [1/2, 1], [4, 0]
    [0, 0], [0, 1])
    """
    found = congruence(S)
    n, order = S.nrows(), list(found.pivots)
    Z = found.Z
    U = (Z.transpose() * S.numer_denom()[0]).table()
    partner = {k: k + 1 for k in found.pairs} | {k + 1: k for k in found.pairs}
    L, D = zeros(n, n), zeros(n, n)
    for k in range(n):
        other = partner.get(k, k)
        scale = Z[order[k], k] * Z[order[other], other]
        D[k, other] = found.D[k, other] / scale
        pivot = U[other][order[k]]
        for i in range(k, n):
            L[i, k] = fmpq(U[other][order[i]], pivot) if pivot else int(i == k)
    return L, D, order


def squares(S: fmpq_mat) -> tuple[fmpq_mat, tuple[fmpq, ...]] | None:
    """V (n x rank) and positive d_1, ..., d_rank with S = V diag(d) V^T; None if S is not positive semidefinite.

    The certificate of semidefiniteness that is checked by multiplying: the columns of L in LDL^T that count. S is
    symmetric, n x n; the equation is checked. Cost: `rank` rank-one updates of an n x n integer matrix, and a product.
    Raises InputError if S is not symmetric.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> squares(matrix([[4, 2], [2, 1]]))
    ([  1]
    [1/2], (4,))
    >>> squares(matrix([[0, 1], [1, 0]])) is None
    True
    """
    n = S.nrows()
    if not is_symmetric(S):
        raise InputError(f"only a symmetric matrix is a sum of squares; this {n} x {S.ncols()} matrix is not symmetric")
    W, denominator = S.numer_denom()
    previous, columns, weights = fmpz(1), list[fmpz_mat](), list[fmpq]()
    while (pivot := next((i for i in range(n) if W[i, i]), None)) is not None:
        p, column = W[pivot, pivot], _column(W, pivot)
        if p < 0:
            return None
        columns.append(column)
        weights.append(fmpq(1, previous * p * denominator))
        W, previous = (W * p - column * column.transpose()) / previous, p
    if not W.is_zero():
        return None
    return _sum_of_squares(S, columns, weights)


def _sum_of_squares(S: fmpq_mat, columns: list[fmpz_mat], weights: list[fmpq]) -> tuple[fmpq_mat, tuple[fmpq, ...]]:
    """The columns scaled to 1 at their pivots, and the weights that go with it; the sum is checked."""
    n, pivots = S.nrows(), [next(entry for entry in column.entries() if entry) for column in columns]
    pairs = list(zip(columns, pivots, strict=True))
    V = fmpq_mat(n, len(columns), [fmpq(column[i, 0], p) for i in range(n) for column, p in pairs])
    d = tuple(weight * p**2 for weight, p in zip(weights, pivots, strict=True))
    scaled = fmpq_mat(n, len(d), [V[i, j] * d[j] for i in range(n) for j in range(len(d))])
    if scaled * V.transpose() != S:
        raise ArithmeticError("a computed sum of squares does not hold; please report this matrix")
    return V, d
