"""Identity matrices and their rows, made once: to set their entries in Python takes longer than a product with them.

Main functions: identity, unit_row. What they return is shared: it must not be changed.
"""

from __future__ import annotations

from functools import lru_cache

from flint import fmpz_mat

KEPT = 64
"""So many of the last ones are kept."""


@lru_cache(KEPT)
def identity(n: int) -> fmpz_mat:
    """The n x n identity."""
    made = fmpz_mat(n, n)
    for i in range(n):
        made[i, i] = 1
    return made


@lru_cache(KEPT)
def unit_row(n: int, i: int) -> fmpz_mat:
    """Row i of the n x n identity: from the left it takes row i of a matrix with n rows.

    >>> unit_row(3, 1)
    [0, 1, 0]
    """
    made = fmpz_mat(1, n)
    made[0, i] = 1
    return made
