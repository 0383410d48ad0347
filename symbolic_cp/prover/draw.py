"""Instances of a plan: roots are drawn one after the other, equations met as soon as they can be.

When a root is chosen, the equations that its choice decides are known to be linear in it or not. Linear ones are
solved exactly, and a random solution is taken; for others, matrices of the right kind are tried. Different orders of
the roots make a system that is linear in each letter alone (gradients of a linear network, say) a sequence of linear
systems. Then the computed letters follow.

Main names: draw, determined, released, completed. Deterministic in the state of the random number generator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random

from flint import fmpq_mat

from symbolic_cp.exact.linear import pinv
from symbolic_cp.exact.matrices import zeros
from symbolic_cp.kernel.formulas import Equal, NonNegative, Positive
from symbolic_cp.kernel.terms import symbol
from symbolic_cp.prover.numeric import Entry, holds, places, rational, solve, unpacked, value
from symbolic_cp.prover.plan import Plan, Requirement
from symbolic_cp.prover.task import letters
from symbolic_cp.prover.zoo import SAMPLERS, annihilated, number, ordinary

TRIES = 10
"""So many candidates are tried for one root before the attempt is given up."""


def draw(plan: Plan, rng: Random, fixed: Mapping[str, Entry] | None = None) -> dict[str, Entry] | None:
    """A point that satisfies the plan and takes the values in `fixed`; None if this attempt met a dead end."""
    given = dict(fixed or {})
    known = {name for name in plan.roots if name in given}
    waiting = [one for one in plan.requirements if not one.roots <= known]
    point = _computed(plan, given, known)
    if point is None or not all(holds(one.condition, point) for one in plan.requirements if one.roots <= known):
        return None
    for name in _order(plan, rng, known):
        known.add(name)
        due = [one for one in waiting if one.roots <= known]
        waiting = [one for one in waiting if not one.roots <= known]
        chosen = _chosen(plan, name, due, point, known, rng)
        if chosen is None:
            return None
        point = chosen
    return point


def determined(plan: Plan, point: Mapping[str, Entry], names: Iterable[str]) -> dict[str, Entry] | None:
    """The point with the one value that each of these letters has if the plan's conditions hold.

    None where conditions leave a choice, or where something has no inverse. At other values the conditions fail; at
    these they may fail, too.
    """
    roots = set(plan.roots)
    if roots & set(names) or not roots <= set(point):
        return None
    return _computed(plan, dict(point), roots)


def released(plan: Plan, rng: Random, fixed: Mapping[str, Entry]) -> dict[str, Entry]:
    """The values without some of those that violate a condition: then the others can be kept, and these be drawn."""
    kept = dict(fixed)
    while kept:
        known = {name for name in plan.roots if name in kept}
        point = _computed(plan, dict(kept), known)
        due = [one.condition for one in plan.requirements if one.roots <= known]
        failing = [one for one in due if point is None or not holds(one, point)]
        clashes = [names for one in failing if (names := sorted(letters(one) & set(kept)))]
        if not clashes:
            break
        del kept[rng.choice(min(clashes, key=len))]
    return kept


def completed(plan: Plan, roots: Mapping[str, Entry]) -> dict[str, Entry] | None:
    """The point with these roots; None if it violates a condition of the plan."""
    point = _computed(plan, dict(roots), set(plan.roots))
    return point if point is not None and all(holds(one.condition, point) for one in plan.requirements) else None


def _order(plan: Plan, rng: Random, known: set[str]) -> list[str]:
    names = [name for name in plan.roots if name not in known]
    roll = rng.randrange(4)
    if roll == 3:
        rng.shuffle(names)
    return names[::-1] if roll == 2 else names


def _chosen(
    plan: Plan, name: str, due: list[Requirement], point: dict[str, Entry], known: set[str], rng: Random
) -> dict[str, Entry] | None:
    """The point with a value for the root that meets what is due now, and with what can be computed from it."""
    for candidate in _candidates(plan, name, due, point, rng):
        found = _computed(plan, {**point, name: candidate}, known)
        if found is not None and all(holds(one.condition, found) for one in due):
            return found
    return None


def _candidates(
    plan: Plan, name: str, due: list[Requirement], point: dict[str, Entry], rng: Random
) -> Iterator[Entry]:
    """Values to try for a root: of its kind, solutions of its linear equations, or anything."""
    shape, kinds = plan.shapes[name], plan.kinds[name]
    equations = [one.condition.term for one in due if name in one.linear and isinstance(one.condition, Equal)]
    solved = None
    if equations:
        solved = solve(equations, places({name: shape}), point)
        if solved is None:
            return
    only_linear = len(equations) == len(due)
    for attempt in range(TRIES):
        if solved is not None and (only_linear or not kinds or attempt % 2) and (attempt or rng.randrange(4)):
            particular, basis = solved
            mixed = particular + basis * _small(rng, basis.ncols())
            yield unpacked(mixed, places({name: shape}), {name: shape})[name]
        elif shape is None:
            yield number(rng, positive=_is_positive(plan, name))
        else:
            kind = rng.choice(kinds) if kinds and rng.randrange(8) else None
            found = _of_kind(plan, name, kind, shape, rng)
            yield ordinary(rng, *shape, _matrices(point)) if found is None else found


def _of_kind(plan: Plan, name: str, kind: str | None, shape: tuple[int, int], rng: Random) -> fmpq_mat | None:
    """A matrix of the kind, if one is asked for and there is one."""
    if kind == "annihilated":
        return annihilated(rng, shape[0], [rational(coef) for coef in plan.polynomials[name]])
    return SAMPLERS[kind](rng, *shape) if kind is not None else None


def _matrices(point: Mapping[str, Entry]) -> list[fmpq_mat]:
    return [one for one in point.values() if isinstance(one, fmpq_mat)]


def _small(rng: Random, height: int) -> fmpq_mat:
    choices = rng.choice(((0, 0, 1), (0, 1, -1), (0, 1, 2, -1, -2)))
    return fmpq_mat(height, 1, [rng.choice(choices) for _ in range(height)]) if height else zeros(0, 1)


def _is_positive(plan: Plan, name: str) -> bool:
    own = symbol(name)
    return any(
        isinstance(one.condition, Positive | NonNegative) and one.condition.term == own for one in plan.requirements
    )


def _computed(plan: Plan, point: dict[str, Entry], known: set[str]) -> dict[str, Entry] | None:
    """The point with all letters that can be computed by now; None if something has no inverse."""
    for one in plan.computed:
        if one.name in point or not plan.needs[one.name] <= known:
            continue
        found = value(one.term, point)
        if one.kind != "equal":
            assert isinstance(found, fmpq_mat)
            if one.kind == "inverse" and found.nrows() and not found.det():
                return None
            found = found.inv() if one.kind == "inverse" and found.nrows() else pinv(found)
        point = {**point, one.name: found}
    return point
