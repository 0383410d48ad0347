"""From residues modulo a word-size prime to rational numbers: vectors with a common denominator.

Main functions: lifted, lifted_kernel. Rational reconstruction after von zur Gathen and Gerhard, Modern Computer
Algebra, section 5.10. What is found is a guess, since the true numbers may be larger: whoever asks must check it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import nmod_mat

PRIME = 2**61 - 1
BOUND = 2**30
"""Numerators and denominators up to this size are determined by the residue: 2 BOUND^2 <= PRIME + 1."""


def lifted(vector: Sequence[int], unit: int = 1) -> tuple[list[int], int] | None:
    """(a, b) with b > 0 and a / b = vector / unit modulo PRIME, all at most BOUND in size; None if there are none.

    >>> half, third = pow(2, -1, PRIME), pow(3, -1, PRIME)
    >>> lifted([half, third, 5])
    ([3, 2, 30], 6)
    """
    factor, denominator = pow(unit, -1, PRIME), 1
    found: list[int] = []
    for residue in vector:
        value = residue * factor % PRIME
        if value > BOUND:
            if value >= PRIME - BOUND:
                value -= PRIME
            else:
                value, more = _fraction(value)
                denominator *= more
                if denominator > BOUND:
                    return None
                factor = factor * more % PRIME
                found = [entry * more for entry in found]
        found.append(value)
    return found, denominator


def lifted_kernel(residue: nmod_mat) -> list[tuple[list[int], int]] | None:
    """The kernel of a matrix modulo PRIME as rational vectors (a, b), each a / b; None if they are not small.

    They are independent: each a / b is 1 in a place where the others are 0.
    """
    padded, nullity = residue.nullspace()  # n x n, with columns of zeros
    rows = range(padded.nrows())
    found: list[tuple[list[int], int]] = []
    for j in range(nullity):
        one = lifted([int(padded[i, j]) for i in rows])
        if one is None:
            return None
        found.append(one)
    return found


def _fraction(residue: int) -> tuple[int, int]:
    """(a, b) with a = b residue modulo PRIME and |a| <= BOUND, b > 0; by the extended Euclidean algorithm."""
    a, b, s, t = PRIME, residue, 0, 1
    while b > BOUND:
        q = a // b
        a, b, s, t = b, a - q * b, t, s - q * t
    return (b, t) if t > 0 else (-b, -t)
