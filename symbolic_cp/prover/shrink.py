"""Counterexamples made small: entries move towards 0, 1, -1 and small integers as long as they still refute.

Main names: shrink, cost. A move changes one root of the plan; where that breaks equations which are linear in another
root, this one is solved for again, with its free entries as they were. Moves come in a fixed order, so the result
does not depend on anything but the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.matrices import zeros
from symbolic_cp.kernel.formulas import Equal
from symbolic_cp.prover.draw import completed
from symbolic_cp.prover.numeric import Entry, places, solve, unpacked
from symbolic_cp.prover.plan import Plan

Cost = tuple[int, int, tuple[int, ...]]


def size(q: fmpq) -> int:
    """How far a number is from being simple: 0, 1, -1, 2, -2, ..., then fractions.

    >>> [size(fmpq(*pair)) for pair in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-2, 3))]
    [0, 1, 2, 3, 9, 20]
    """
    if q.q == 1:
        return int(2 * abs(q.p)) - int(q > 0)
    return int(2 * (abs(q.p) + q.q) * 2) - 3 * int(q > 0)


def cost(plan: Plan, point: Mapping[str, Entry]) -> Cost:
    """Points are compared by their roots' entries, then by all, then one by one from the end (zeros stand last)."""
    sizes = {name: [size(q) for q in _entries(point[name])] for name in plan.shapes if name in point}
    listed = tuple(one for name in plan.shapes for one in sizes.get(name, ()))
    return sum(sum(sizes[name]) for name in plan.roots), sum(listed), listed[::-1]


def _entries(entry: Entry) -> list[fmpq]:
    return list(entry.entries()) if isinstance(entry, fmpq_mat) else [entry]


def shrink(
    plan: Plan, point: dict[str, Entry], refutes: Callable[[dict[str, Entry]], bool], moves: int
) -> dict[str, Entry]:
    """The smallest point that so many moves lead to; every step satisfies the plan and `refutes`."""
    best, price = point, cost(plan, point)
    moved = True
    while moved:
        moved = False
        for name, entry in _moves(plan, best):
            if moves <= 0:
                return best
            moves -= 1
            found = _moved(plan, best, name, entry)
            if found is not None and cost(plan, found) < price and refutes(found):
                best, price, moved = found, cost(plan, found), True
                break
    return best


def _moves(plan: Plan, point: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    """Whole roots to zero; then single entries to something simpler; then sign and order of the entries of a root."""
    for name in plan.roots:
        entry = point[name]
        if any(_entries(entry)):
            yield name, zeros(entry.nrows(), entry.ncols()) if isinstance(entry, fmpq_mat) else fmpq(0)
    for name in plan.roots:
        entry = point[name]
        for place, q in enumerate(_entries(entry)):
            for simpler in _simpler(q):
                yield name, _with(entry, place, simpler)
    for name in plan.roots:
        entry = point[name]
        if any(q < 0 for q in _entries(entry)):
            yield name, -entry
        if isinstance(entry, fmpq_mat):
            entries = entry.entries()
            yield name, fmpq_mat(entry.nrows(), entry.ncols(), entries[::-1])
            for i in range(len(entries) - 1):
                if not entries[i] and entries[i + 1]:
                    swapped = [*entries[:i], entries[i + 1], entries[i], *entries[i + 2 :]]
                    yield name, fmpq_mat(entry.nrows(), entry.ncols(), swapped)


def _simpler(q: fmpq) -> list[fmpq]:
    """Candidates for an entry, the simplest first."""
    near = [fmpq(0), fmpq(1), fmpq(-1), fmpq(q.floor()), fmpq(q.ceil()), fmpq((q / 2).floor())]
    return sorted({one for one in near if size(one) < size(q)}, key=size)


def _with(entry: Entry, place: int, q: fmpq) -> Entry:
    if not isinstance(entry, fmpq_mat):
        return q
    entries = entry.entries()
    entries[place] = q
    return fmpq_mat(entry.nrows(), entry.ncols(), entries)


def _moved(plan: Plan, point: Mapping[str, Entry], name: str, entry: Entry) -> dict[str, Entry] | None:
    """The point with a root changed and, where need be, one other root solved for again."""
    roots = {one: point[one] for one in plan.roots} | {name: entry}
    found = completed(plan, roots)
    if found is not None:
        return found
    for other in plan.roots:
        if other != name and any(name in one.roots and other in one.linear for one in plan.requirements):
            solved = _resolved(plan, roots, other)
            found = completed(plan, solved) if solved is not None else None
            if found is not None:
                return found
    return None


def _resolved(plan: Plan, roots: Mapping[str, Entry], name: str) -> dict[str, Entry] | None:
    """The roots with this one solved for from the equations that are linear in it, its free entries as they were."""
    values = completed(replace(plan, requirements=()), roots)
    if values is None:
        return None
    terms = [one.condition.term for one in plan.requirements if name in one.linear and isinstance(one.condition, Equal)]
    where, shapes = places({name: plan.shapes[name]}), {name: plan.shapes[name]}
    solved = solve(terms, where, {key: one for key, one in values.items() if key != name})
    if solved is None:
        return None
    particular, basis = solved
    free = [_free_row(basis, j) for j in range(basis.ncols())]
    before = _entries(roots[name])
    mixed = particular + basis * fmpq_mat(len(free), 1, [before[i] for i in free])
    return {**roots, **unpacked(mixed, where, shapes)}


def _free_row(basis: fmpq_mat, j: int) -> int:
    """The row in which column j of a kernel basis has its 1 and the other columns have 0."""
    return next(
        i
        for i in range(basis.nrows())
        if basis[i, j] == 1 and not any(basis[i, k] for k in range(basis.ncols()) if k != j)
    )
