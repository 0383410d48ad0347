"""Claims for all values of some letters, decided exactly where they are of degree at most two in these letters.

A polynomial of degree two is known from its values at 0, e_i, -e_i and e_i + e_j. It vanishes everywhere iff it does
at these points. It is nowhere negative iff the symmetric matrix of its homogeneous form is positive semidefinite, and
it is positive everywhere iff, besides, its least value is positive; both are decided over Q by congruence. Equations
of degree one that are supposed are solved first, and their solutions put in. An existence claim is the negation.

Main names: for_all_holds, exists_holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.exact.linear import pinv, solve_affine
from symbolic_cp.exact.matrices import eye, zeros
from symbolic_cp.kernel.formulas import Atom, Equal, NonNegative, Positive
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.prover.numeric import Entry, Places, degree, places, system, unpacked, value
from symbolic_cp.prover.task import All, Any, Condition, Not, Shape, letters

MOST_ENTRIES = 40
"""Claims about letters with more entries in all are not decided."""
Shapes = Mapping[str, Shape]


def for_all_holds(condition: Condition, unknowns: Shapes, point: Mapping[str, Entry]) -> bool | None:
    """Whether a condition holds for all values of the unknowns, at a point with the other letters; None: not decided.

    The condition is a conjunction of equations and inequalities, perhaps under others. Cost: n^2 / 2 evaluations for n
    entries of the unknowns.
    """
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, All):
        answers = [for_all_holds(one, unknowns, point) for one in condition.parts]
        return False if False in answers else None if None in answers else True
    parts = condition.parts if isinstance(condition, Any) else (condition,)
    claims = [one for one in parts if not isinstance(one, Not)]
    guards = [one.part for one in parts if isinstance(one, Not)]
    if len(claims) > 1:
        return None
    return _implied(guards, claims[0] if claims else False, unknowns, point)


def exists_holds(condition: Condition, unknowns: Shapes, point: Mapping[str, Entry]) -> bool | None:
    """Whether a condition holds for some values of the unknowns; None: not decided. Cost: as for all."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    equations: list[Condition] = [Not(one) for one in parts if isinstance(one, Equal)]
    others = [one for one in parts if not isinstance(one, Equal)]
    if len(others) > 1 or not all(isinstance(one, Positive | NonNegative) for one in others):
        return None
    turned = [
        Positive(-one.term) if isinstance(one, NonNegative) else NonNegative(-one.term)
        for one in others
        if isinstance(one, Atom)
    ]
    found = for_all_holds(Any((*equations, *turned)), unknowns, point)
    return None if found is None else not found


def _implied(guards: list[Condition], claim: Condition, unknowns: Shapes, point: Mapping[str, Entry]) -> bool | None:
    """Whether the claim holds wherever the guards do. Guards that are not linear equations only help."""
    supposed = [one for guard in guards for one in (guard.parts if isinstance(guard, All) else (guard,))]
    linear = [one.term for one in supposed if isinstance(one, Equal) and degree(one.term, unknowns) <= 1]
    where = places(unknowns)
    size = sum(rows * cols for _, rows, cols in where.values())
    if size > MOST_ENTRIES or not _are_known(supposed, claim, unknowns, point):
        return None
    solved = solve_affine(*_negated(system(linear, where, point))) if linear else (zeros(size, 1), eye(size))
    if solved is None:
        return True
    answers = [
        False if one is False else _everywhere(one, _Space(where, unknowns, point, *solved))
        for one in (claim.parts if isinstance(claim, All) else (claim,))
        if one is not True
    ]
    if False in answers and len(linear) == len(supposed):
        return False
    return None if None in answers or False in answers else True


def _negated(pair: tuple[fmpq_mat, fmpq_mat]) -> tuple[fmpq_mat, fmpq_mat]:
    return pair[0], -pair[1]


def _are_known(guards: list[Condition], claim: Condition, unknowns: Shapes, point: Mapping[str, Entry]) -> bool:
    """Whether every other letter has a value."""
    named = frozenset[str]().union(*(letters(one) for one in (*guards, claim) if not isinstance(one, bool)))
    return all(name in point or name in unknowns for name in named)


@dataclass(frozen=True, slots=True)
class _Space:
    """All values x + N t of the unknowns that are allowed."""

    where: Places
    unknowns: Shapes
    point: Mapping[str, Entry]
    x: fmpq_mat
    N: fmpq_mat

    def at(self, term: Poly, t: fmpq_mat) -> list[fmpq]:
        """The entries of a term at one of them."""
        found = value(term, {**self.point, **unpacked(self.x + self.N * t, self.where, self.unknowns)})
        return found.entries() if isinstance(found, fmpq_mat) else [found]

    def unit(self, *indices: int, sign: int = 1) -> fmpq_mat:
        """The sum of unit vectors."""
        t = zeros(self.N.ncols(), 1)
        for i in indices:
            t[i, 0] += sign
        return t


def _everywhere(claim: Condition, space: _Space) -> bool | None:
    """Whether an equation or inequality of degree at most two holds everywhere in the space."""
    if not isinstance(claim, Atom) or degree(claim.term, space.unknowns) > 2:
        return None
    size = range(space.N.ncols())
    if isinstance(claim, Equal):
        points = [space.unit()]
        points += [space.unit(i, sign=sign) for i in size for sign in (1, -1)]
        points += [space.unit(i, j) for i, j in combinations(size, 2)]
        return not any(entry for t in points for entry in space.at(claim.term, t))
    M, b, c = _form(claim.term, space)
    whole = zeros(len(size) + 1, len(size) + 1)
    for i in size:
        whole[i, len(size)] = whole[len(size), i] = b[i, 0] / 2
        for j in size:
            whole[i, j] = M[i, j]
    whole[len(size), len(size)] = c
    if negative_direction(whole) is not None:
        return False
    least = c - (b.transpose() * pinv(M) * b)[0, 0] / 4 if size else c
    return isinstance(claim, NonNegative) or least > 0


def _form(term: Poly, space: _Space) -> tuple[fmpq_mat, fmpq_mat, fmpq]:
    """M = M', b and c with value t'Mt + b't + c at t."""
    size = space.N.ncols()
    (c,) = space.at(term, space.unit())
    up = [space.at(term, space.unit(i))[0] for i in range(size)]
    down = [space.at(term, space.unit(i, sign=-1))[0] for i in range(size)]
    M, b = zeros(size, size), zeros(size, 1)
    for i in range(size):
        M[i, i], b[i, 0] = (up[i] + down[i]) / 2 - c, (up[i] - down[i]) / 2
    for i, j in combinations(range(size), 2):
        (mixed,) = space.at(term, space.unit(i, j))
        M[i, j] = M[j, i] = (mixed - up[i] - up[j] + c) / 2
    return M, b, c
