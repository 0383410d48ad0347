"""Instances of a goal: dimensions in a fixed order, smallest first, and points that satisfy the hypotheses.

Main names: Instances, Place, Generator. A caller who knows more than the formulas say (critical points, say) hands in
generators; what a generator leaves out is drawn as usual. Same goal, same generators, same instances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from random import Random

from flint import fmpq_mat

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.formulas import Variable
from symbolic_cp.kernel.terms import Rational
from symbolic_cp.prover.draw import draw
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.numeric import Entry, from_instance, to_instance
from symbolic_cp.prover.plan import Plan, plan
from symbolic_cp.prover.task import Condition, Nats, Task, concrete, member_name, task

Generator = Callable[[Random, Nats], Mapping[str, Instance] | None]
"""Values for some variables of a goal, given a source of random numbers and dimensions that it may heed or replace;
those of a family are a `Table`.

A generator that returns other dimensions is believed; those that it leaves out keep their values. None: no luck.
"""

MOST_PLACES = 400
MOST_TABLES = 16
MOST_ENTRIES = 400
"""Dimensions at which a point has more entries than this are left out."""


@dataclass(frozen=True)
class Place:
    """Chosen natural numbers, and what the goal says there."""

    nats: Nats
    plan: Plan
    claim: Condition


def order(nats: Nats) -> tuple[int, ...]:
    """Choices of natural numbers are compared by their sum, then one by one."""
    numbers = [number for value in nats.values() for number in _members(value)]
    return sum(numbers), *numbers


def _members(value: int | Table) -> list[int]:
    return [value] if isinstance(value, int) else [int(one) for one in value.entries.values() if isinstance(one, int)]


def _most(value: int | Table) -> int:
    return max(_members(value), default=0)


def lowered(nats: Nats) -> Iterator[Nats]:
    """The same natural numbers with one of them, or one member of a family, less by one."""
    for name, value in nats.items():
        if isinstance(value, int):
            if value > 0:
                yield {**nats, name: value - 1}
            continue
        for index, member in value.entries.items():
            if isinstance(member, int) and member > 0:
                yield {**nats, name: Table({**value.entries, index: member - 1})}


def _shape(entry: Entry) -> tuple[int, int] | None:
    return (entry.nrows(), entry.ncols()) if isinstance(entry, fmpq_mat) else None


class Instances:
    """The instances of one goal. `numbers` are the choices of natural numbers, smallest first.

    Raises Unsupported for a goal that instances do not decide.
    """

    def __init__(
        self, goal: Goal, generators: Sequence[Generator] = (), seed: int = 0, *, least_dimension: int = 1
    ) -> None:
        self.task: Task = task(goal, least_dimension)
        self.generators = generators
        self.rng = Random(seed)
        self._places: dict[str, Place | None] = {}
        self._numerical = self.task.numerical()
        self.numbers: list[Nats] = []
        for widest in (2, 4):
            self.numbers = self.numbers or sorted(filter(self._allowed, self._numbers(widest)), key=order)
        least = self.task.nats
        self._small = [one for one in self.numbers if all(_most(one[name]) <= least[name] + 1 for name in one)]
        self._somewhere_before: Nats = {}

    # ------------------------------------------------------------------------------------------------ dimensions

    def _allowed(self, nats: Nats) -> bool:
        """Whether the hypotheses that speak of natural numbers alone allow these."""
        try:
            return all(concrete(one, nats) is not False for one in self._numerical)
        except KernelError:  # a family is asked for an index that was not chosen
            return False

    def _numbers(self, widest: int) -> Iterator[Nats]:
        variables = [one for one in self.task.variables if one.sort.kind == "nat"]
        plain = [one.name for one in variables if not one.arity]
        ranges = [range(self.task.nats[name], self.task.nats[name] + widest + 1) for name in plain]
        if (widest + 1) ** len(plain) <= MOST_PLACES:
            choices: list[tuple[int, ...]] = sorted(product(*ranges), key=lambda choice: (sum(choice), choice))
        else:
            drawn = {tuple(self.rng.choice(one) for one in ranges) for _ in range(MOST_PLACES // 2)}
            drawn |= {tuple(self.rng.choice(one[:2]) for one in ranges) for _ in range(MOST_PLACES // 2)}
            drawn |= {tuple(one[i] for one in ranges) for i in range(widest + 1)}
            drawn |= {tuple(one[int(i == j)] for j, one in enumerate(ranges)) for i in range(len(ranges))}
            choices = sorted(drawn, key=lambda choice: (sum(choice), choice))
        families = [one for one in variables if one.arity]
        for choice in choices:
            numbers: dict[str, int | Table] = dict(zip(plain, choice, strict=True))
            tables = [self._tables(one, 2 + max(choice, default=0)) for one in families]
            for chosen in islice(product(*tables), MOST_TABLES):
                yield {**numbers, **dict(zip((one.name for one in families), chosen, strict=True))}

    def _tables(self, variable: Variable, length: int) -> list[Table]:
        """Values of a family of natural numbers: all choices of the least and one more, or some if they are many."""
        least = self.task.nats[variable.name]
        indices = list(product(range(length), repeat=variable.arity))
        if 2 ** len(indices) <= MOST_TABLES:
            choices = list(product((0, 1), repeat=len(indices)))
        else:
            choices = [(0,) * len(indices), (1,) * len(indices)]
            choices += [tuple(self.rng.randrange(3) for _ in indices) for _ in range(4)]
        return [Table({k: least + more for k, more in zip(indices, choice, strict=True)}) for choice in choices]

    def at(self, nats: Nats) -> Place | None:
        """The goal at these natural numbers; None if its hypotheses forbid them."""
        key = repr(sorted(nats.items(), key=lambda item: item[0]))
        if key not in self._places:
            self._places[key] = self._place(nats)
        return self._places[key]

    def _place(self, nats: Nats) -> Place | None:
        try:
            given, claim, unknowns = self.task.at(nats)
        except KernelError:  # a family is asked for an index that was not chosen
            return None
        entries = sum(shape[0] * shape[1] for shape in unknowns.values() if shape)
        if given is False or entries > MOST_ENTRIES:
            return None
        return Place(nats, plan(given, unknowns), claim)

    # ---------------------------------------------------------------------------------------------------- points

    def attempt(self, number: int) -> tuple[Place, dict[str, Entry]] | None:
        """Attempt number 0, 1, ...: somewhere, a point that satisfies the hypotheses; None for a dead end.

        Generators and free draws take turns; sizes are mixed, those around 2 come most often. Every second turn of a
        generator it is free to choose: where families of natural numbers depend on each other, few choices are known.
        """
        place = self.at(self._somewhere(number)) if self.numbers else None
        turns = len(self.generators) + 1
        if self.generators and (place is None or (number % turns < turns - 1 and number // turns % 2)):
            return self.handed_in(number)
        return None if place is None else self.attempt_at(place, number)

    def handed_in(self, number: int, wanted: Nats | None = None) -> tuple[Place, dict[str, Entry]] | None:
        """A point of one of the generators: of the size that is wanted, if it heeds that, else of any size."""
        return self._generated(self.generators[number % len(self.generators)], wanted or {})

    def attempt_at(self, place: Place, number: int) -> tuple[Place, dict[str, Entry]] | None:
        """The same at one place, which generators may leave."""
        turn = number % (len(self.generators) + 1)
        if turn < len(self.generators):
            return self._generated(self.generators[turn], place.nats)
        point = draw(place.plan, self.rng)
        return None if point is None else (place, point)

    def _somewhere(self, number: int) -> Nats:
        """The choice for an attempt; it changes with every fourth, as a place is not for nothing."""
        if number % 4 == 0 or not self._somewhere_before:
            turn = number // 4 % 3
            if turn == 0 and self._small:
                self._somewhere_before = self._small[-1]
            else:
                self._somewhere_before = self.rng.choice(self._small if turn == 1 and self._small else self.numbers)
        return self._somewhere_before

    def _generated(self, generator: Generator, wanted: Nats) -> tuple[Place, dict[str, Entry]] | None:
        """A point with the values that a generator hands in; it heeds the natural numbers that are wanted, or not."""
        handed = generator(self.rng, wanted)
        if handed is None:
            return None
        kinds = {one.name: one.sort.kind for one in (*self.task.variables, *self.task.hidden)}
        nats: dict[str, int | Table] = dict(wanted)
        fixed: dict[str, Entry] = {}
        for name, value in handed.items():
            if kinds.get(name) == "nat":
                if isinstance(value, int | Table):
                    nats[name] = value
            elif isinstance(value, Table):
                for index, entry in value.entries.items():
                    fixed[member_name(name, index)] = from_instance(entry)
            else:
                fixed[name] = from_instance(value)
        moved = self.at(nats)
        if moved is None:
            return None
        asked = moved.plan.shapes
        known = {name: entry for name, entry in fixed.items() if name in asked and _shape(entry) == asked[name]}
        point = draw(moved.plan, self.rng, known)
        return None if point is None else (moved, point)

    def values(self, place: Place, point: Mapping[str, Entry]) -> list[Instance]:
        """The values of the outer quantifiers, in their order."""
        members: dict[str, dict[tuple[int, ...], Rational | Matrix]] = {}
        for name, entry in point.items():
            if "[" in name:
                base, _, rest = name[:-1].partition("[")
                members.setdefault(base, {})[tuple(map(int, rest.split(",")))] = to_instance(entry)
        found: list[Instance] = []
        for variable in self.task.variables:
            if variable.sort.kind == "nat":
                found.append(place.nats[variable.name])
            elif variable.arity:
                found.append(Table(dict(sorted(members.get(variable.name, {}).items()))))
            else:
                found.append(to_instance(point[variable.name]))
        return found
