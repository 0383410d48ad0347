"""Random rational matrices of every kind that hypotheses ask for, with small entries.

Main names: ordinary (any matrix), KINDS (a sampler for each kind of structure), orthonormal_columns, number. All take
a random number generator and are deterministic in its state. Orthogonal matrices are rational: signed permutations,
Householder reflections I - 2vv'/v'v, and Cayley transforms (I - K)(I + K)^-1 of skew-symmetric K (Cayley 1846).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import TypeAlias

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.linear import pinv, projector, rank
from symbolic_cp.exact.matrices import diagonal, eye, submatrix, zeros

Matrix: TypeAlias = fmpq_mat


def integers(rng: Random, rows: int, cols: int, choices: tuple[int, ...] = (-1, 0, 1)) -> fmpq_mat:
    """A matrix of independent entries from the choices."""
    return fmpq_mat(rows, cols, [rng.choice(choices) for _ in range(rows * cols)])


def unit(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """A matrix with a single entry 1; zero if there are no entries."""
    E = zeros(rows, cols)
    if rows and cols:
        E[rng.randrange(rows), rng.randrange(cols)] = 1
    return E


def partial_permutation(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """At most one entry 1 or -1 in each row and column, as many as fit or fewer."""
    E = zeros(rows, cols)
    size = min(rows, cols)
    count = rng.randint(min(1, size), size)
    for i, j in zip(rng.sample(range(rows), count), rng.sample(range(cols), count), strict=True):
        E[i, j] = rng.choice((1, 1, 1, -1))
    return E


def low_rank(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """A product of a column and a row."""
    return integers(rng, rows, 1, (0, 1, 1, -1)) * integers(rng, 1, cols, (0, 1, 1, -1))


def symmetric(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """S = S'."""
    B = integers(rng, n, n, (0, 0, 1, -1))
    return rng.choice((B + B.transpose(), B * B.transpose(), diagonal([rng.choice((0, 1, 2, -1)) for _ in range(n)])))


def skew(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """K = -K'."""
    B = integers(rng, n, n)
    return B - B.transpose()


def gram(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """A positive semidefinite matrix BB', often of rank 1, or a diagonal one."""
    if rng.randrange(4) == 0:
        return diagonal([rng.choice((0, 1, 1, 2)) for _ in range(n)])
    B = integers(rng, n, rng.choice((1, rng.randint(1, max(1, n)))))
    return B * B.transpose()


def scalar_matrix(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """A multiple of the identity."""
    return eye(n) * rng.choice((1, 1, 2, -1))


def orthogonal_projector(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """P = P' = PP, onto the span of a few random columns."""
    if rng.randrange(3) == 0:
        return diagonal([rng.randrange(2) for _ in range(n)])
    return projector(integers(rng, n, rng.randint(0, n), (0, 1, 1, -1)))


def idempotent(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """P = PP: W (ZW)^-1 Z for random W, Z with ZW invertible."""
    k = rng.randint(0, n)
    for _ in range(8):
        W, Z = integers(rng, n, k), integers(rng, k, n)
        if rank(Z * W) == k:
            return W * pinv(Z * W) * Z
    return orthogonal_projector(rng, n, n)


def involution(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """XX = I: 2P - I for an idempotent P, half of the time symmetric."""
    P = orthogonal_projector(rng, n, n) if rng.randrange(2) else idempotent(rng, n, n)
    return P * 2 - eye(n)


def orthogonal(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """QQ' = Q'Q = I, rational."""
    roll = rng.randrange(4)
    if roll < 2 or n == 0:
        Q, order = zeros(n, n), rng.sample(range(n), n)
        for i, j in enumerate(order):
            Q[i, j] = rng.choice((1, 1, -1))
        return Q
    if roll == 2:
        v = integers(rng, n, 1, (-1, 0, 1, 2))
        norm = (v.transpose() * v)[0, 0]
        return eye(n) - v * v.transpose() * (2 / norm) if norm else eye(n)
    K = skew(rng, n, n)
    return (eye(n) - K) * (eye(n) + K).inv()


def orthonormal_columns(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """U'U = I, if rows >= cols; else the best that there is, orthonormal rows."""
    if rows < cols:
        return orthonormal_columns(rng, cols, rows).transpose()
    return submatrix(orthogonal(rng, rows, rows), range(rows), range(cols))


def partial_isometry(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """VV'V = V."""
    k = rng.randint(0, min(rows, cols))
    return orthonormal_columns(rng, rows, k) * orthonormal_columns(rng, cols, k).transpose()


def nilpotent(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """XX = 0: a column times a row which is orthogonal to it."""
    for _ in range(8):
        f, g = integers(rng, n, 1), integers(rng, 1, n)
        if (g * f)[0, 0] == 0:
            return f * g
    return zeros(n, n)


def normal(rng: Random, n: int, cols: int) -> fmpq_mat:
    """XX' = X'X: symmetric, skew-symmetric, orthogonal, or one of these plus a multiple of the identity."""
    base = rng.choice((symmetric, skew, orthogonal))(rng, n, cols)
    return base + eye(n) * rng.choice((0, 0, 1))


def invertible(rng: Random, n: int, _cols: int) -> fmpq_mat:
    """A matrix with integer entries and determinant 1 or -1, or a diagonal one."""
    if rng.randrange(4) == 0:
        return diagonal([rng.choice((1, 2, -1)) for _ in range(n)])
    L, U = eye(n), eye(n)
    for i in range(n):
        for j in range(i):
            L[i, j], U[j, i] = rng.choice((0, 0, 1, -1)), rng.choice((0, 0, 1, -1))
    return L * U


def annihilated(rng: Random, n: int, coefs: Sequence[fmpq]) -> fmpq_mat | None:
    """A matrix X with p(X) = 0, p of these coefficients (of 1, x, x^2, ...): companion blocks, often conjugated.

    None if no blocks that were tried add up to n (x^2 + 1 has no real root, so n is even).
    """
    factors = [(factor, power) for factor, power in fmpq_poly(list(coefs)).factor()[1] if factor.degree() > 0]
    for _ in range(8):
        blocks: list[fmpq_mat] = []
        left = n
        while left:
            fitting = [(f, e) for f, power in factors for e in range(1, power + 1) if f.degree() * e <= left]
            if not fitting:
                break
            factor, power = rng.choice(fitting)
            blocks.append(companion(factor**power))
            left -= blocks[-1].nrows()
        if not left:
            T = invertible(rng, n, n) if rng.randrange(2) else eye(n)
            return T * block_diagonal(blocks) * T.inv() if n else zeros(0, 0)
    return None


def companion(p: fmpq_poly) -> fmpq_mat:
    """The companion matrix of a polynomial of degree 1 or more: its characteristic polynomial is p, made monic."""
    n = p.degree()
    C = zeros(n, n)
    for i in range(n):
        C[i, n - 1] = -p[i] / p[n]
        if i:
            C[i, i - 1] = 1
    return C


def block_diagonal(blocks: Sequence[Matrix]) -> fmpq_mat:
    """The square blocks along the diagonal."""
    total = sum(block.nrows() for block in blocks)
    D, at = zeros(total, total), 0
    for block in blocks:
        for i in range(block.nrows()):
            for j in range(block.nrows()):
                D[at + i, at + j] = block[i, j]
        at += block.nrows()
    return D


KINDS: Mapping[str, Callable[[Random, int, int], Matrix]] = {
    "symmetric": symmetric,
    "skew": skew,
    "psd": gram,
    "scalar": scalar_matrix,
    "projector": orthogonal_projector,
    "idempotent": idempotent,
    "involution": involution,
    "orthogonal": orthogonal,
    "nilpotent": nilpotent,
    "normal": normal,
    "invertible": invertible,
}
"""The kinds of square matrices."""

SAMPLERS: Mapping[str, Callable[[Random, int, int], Matrix]] = {
    **KINDS,
    "orthonormal_columns": orthonormal_columns,
    "partial_isometry": partial_isometry,
}
"""All kinds."""


def derived(rng: Random, rows: int, cols: int, known: Sequence[Matrix]) -> fmpq_mat | None:
    """A matrix of this shape that is made from one of those at hand: itself, transposed, M^+, MM^+, I - MM^+, MM'."""
    choices: list[Callable[[], Matrix]] = []
    for M in known:
        if (M.nrows(), M.ncols()) == (rows, cols):
            choices.append(partial(_same, M))
        if (M.ncols(), M.nrows()) == (rows, cols):
            choices += [M.transpose, partial(pinv, M)]
        for N in (M, M.transpose()):
            if N.nrows() == rows == cols:
                choices += [partial(projector, N), partial(_complement, N), partial(_square, N)]
    return rng.choice(choices)() if choices else None


def _same(M: fmpq_mat) -> fmpq_mat:
    return M


def _complement(M: fmpq_mat) -> fmpq_mat:
    return eye(M.nrows()) - projector(M)


def _square(M: fmpq_mat) -> fmpq_mat:
    return M * M.transpose()


def ordinary(rng: Random, rows: int, cols: int, known: Sequence[Matrix] = ()) -> fmpq_mat:
    """Any matrix: sparse, small, of low rank, of some kind, or made from those at hand."""
    roll = rng.randrange(20)
    if roll < 12:
        return integers(rng, rows, cols, _CHOICES[roll // 2])
    if roll == 12 and known:
        return derived(rng, rows, cols, known) or unit(rng, rows, cols)
    if roll < 16 and rows == cols:
        return rng.choice(list(KINDS.values()))(rng, rows, cols)
    return rng.choice((unit, partial_permutation, partial_permutation, low_rank, low_rank))(rng, rows, cols)


_CHOICES = ((0, 1), (0, 1), (-1, 0, 1), (-1, 0, 1), (-2, -1, 0, 1, 2), (0, 0, 1, 2))


def number(rng: Random, *, positive: bool = False) -> fmpq:
    """A small rational number."""
    plain = (1, 2, 3) if positive else (0, 1, 1, -1, 2, 3, -2)
    return fmpq(rng.choice(plain), rng.choice((1, 1, 1, 1, 2, 3)))
