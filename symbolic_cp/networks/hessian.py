"""The Hessian of a linear network's loss as one rational symmetric matrix.

Main functions: hessian(network), flatten(D), unflatten(v, network). Coordinates: the entries of A_1, ..., A_l, one
layer after the other, each column by column (vec). Entry blocks from the Hessian form of `linear.py`:
H_kk = (R_k X X^T R_k^T) x (L_k^T L_k), and for j > k the block of (D_j, D_k) is
(R_j X X^T R_k^T) x (L_j^T L_k) plus E_jk[a,b] mid_jk[c,e] at (D_j[a,c], D_k[e,b]), with E_jk = L_j^T E R_k^T.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.networks.linear import LinearNetwork

MAX_SIZE = 2_000
"""Hessians with more rows than this are refused: their LDL^T would take hours."""


def size(network: LinearNetwork) -> int:
    """The number N of weights, the size of the Hessian."""
    return sum(A.nrows() * A.ncols() for A in network.weights)


def flatten(D: Sequence[fmpq_mat]) -> fmpq_mat:
    """The direction [D_1, ..., D_l] as one column of height N.

    >>> flatten([fmpq_mat(1, 2, [1, 2]), fmpq_mat(2, 1, [3, 4])]).entries()
    [1, 2, 3, 4]
    """
    entries = [q for Dk in D for q in Dk.transpose().entries()]
    return fmpq_mat(len(entries), 1, entries)


def unflatten(v: fmpq_mat, network: LinearNetwork) -> tuple[fmpq_mat, ...]:
    """The direction whose entries are those of the N x 1 column v; InputError for another shape."""
    if (v.nrows(), v.ncols()) != (size(network), 1):
        raise InputError(f"a {v.nrows()} x {v.ncols()} matrix; a direction is a column of height {size(network)}")
    entries, out, start = v.entries(), [], 0
    for A in network.weights:
        rows, cols = A.nrows(), A.ncols()
        out.append(fmpq_mat(cols, rows, entries[start : start + rows * cols]).transpose())
        start += rows * cols
    return tuple(out)


def hessian(network: LinearNetwork) -> fmpq_mat:
    """The N x N Hessian at the point, N = sum of d_k d_(k-1); flatten(D)^T H flatten(D) = hessian_form(D).

    Cost: N^2 entries, each one or two rational products. Raises TooLarge beyond N = 2,000.
    """
    N = size(network)
    if N > MAX_SIZE:
        raise TooLarge(f"a Hessian of {N:,} rows; at most {MAX_SIZE:,} are computed")
    starts = [0]
    for A in network.weights:
        starts.append(starts[-1] + A.nrows() * A.ncols())
    rows = [[fmpq(0)] * N for _ in range(N)]
    for j in range(1, network.depth + 1):
        for k in range(1, j + 1):
            for r, line in enumerate(_block(network, j, k)):
                for c, q in enumerate(line):
                    rows[starts[j - 1] + r][starts[k - 1] + c] = q
                    rows[starts[k - 1] + c][starts[j - 1] + r] = q
    return fmpq_mat(N, N, [q for line in rows for q in line])


def _block(network: LinearNetwork, j: int, k: int) -> list[list[fmpq]]:
    """The block of the pair (D_j, D_k), j >= k; rows and columns run over the matrices' columns."""
    Lj, Lk = network.above[j], network.above[k]
    Rj, Rk = network.below[j - 1], network.below[k - 1]
    left = (Lj.transpose() * Lk).table()
    right = (Rj * network.gram.G * Rk.transpose()).table()
    dj, cj = network.weights[j - 1].nrows(), network.weights[j - 1].ncols()
    dk, ck = network.weights[k - 1].nrows(), network.weights[k - 1].ncols()
    places = [(e, b) for b in range(ck) for e in range(dk)]
    if j == k:
        return [[right[c][b] * left[a][e] for e, b in places] for c in range(cj) for a in range(dj)]
    E = (Lj.transpose() * network.error * Rk.transpose()).table()
    mid = network.chain(j - 1, k + 1).table()
    return [
        [right[c][b] * left[a][e] + E[a][b] * mid[c][e] for e, b in places] for c in range(cj) for a in range(dj)
    ]
