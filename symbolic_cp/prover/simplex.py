"""Linear programs over the rationals, small and exact: which nonnegative combination of vectors is a given vector?

The simplex method with Bland's rule on a sparse tableau, so it ends and never rounds. Before it starts, vectors are
dropped that cannot take part: where the target is zero and no vector has the other sign. Cost: the entries of the
tableau for each pivot.

Main function: nonnegative_combination. Source: V. Chvatal, Linear Programming, 1983, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)
Number = int | Fraction
Row = dict[int, Number]
RIGHT = -1  # the column of the right side
ENTRIES = 5_000  # as many entries changed are worth a tick


def nonnegative_combination(
    vectors: Sequence[Mapping[Place, Number]],
    target: Mapping[Place, Number],
    reward: Sequence[int] | None = None,
    tick: Callable[[], None] | None = None,
) -> list[Fraction] | None:
    """Numbers x >= 0 with sum x_j vectors[j] = target, or None if there are none.

    Places that a vector does not mention are zero. With a `reward`, x makes sum reward_j x_j as large as possible; if
    that has no bound, x makes it larger than at some vertex. `tick` is called now and then; what it raises ends it.

    >>> nonnegative_combination([{"a": 1}, {"a": -1, "b": 2}], {"a": 1, "b": 4})
    [Fraction(3, 1), Fraction(2, 1)]
    """
    columns = _useful(vectors, target)
    places = list(dict.fromkeys([*target, *(place for j in columns for place in vectors[j])]))
    number = {place: i for i, place in enumerate(places)}
    count = len(vectors)
    rows: list[Row] = [{} for _ in places]
    for j in columns:
        for place, value in vectors[j].items():
            if value:
                rows[number[place]][j] = value
    for i, place in enumerate(places):
        right = target.get(place, Fraction(0))
        if right < 0:
            rows[i] = {j: -value for j, value in rows[i].items()}
        if right:
            rows[i][RIGHT] = -right if right < 0 else right
        rows[i][count + i] = 1
    tableau = _Tableau(rows, [count + i for i in range(len(places))], tick)
    tableau.maximise({count + i: -1 for i in range(len(places))}, columns)
    if any(RIGHT in row for row, j in zip(tableau.rows, tableau.basis, strict=True) if j >= count):
        return None
    tableau = tableau.without_artificial(count)
    ray = None
    if reward is not None:
        ray = tableau.maximise({j: reward[j] for j in columns if reward[j]}, columns)
    result = [Fraction(0)] * count
    for row, j in zip(tableau.rows, tableau.basis, strict=True):
        result[j] = Fraction(row.get(RIGHT, 0) - (row.get(ray, 0) if ray is not None else 0))
    if ray is not None:
        result[ray] = Fraction(1)
    return result


def _useful(vectors: Sequence[Mapping[Place, Number]], target: Mapping[Place, Number]) -> list[int]:
    """The vectors that may have a positive coefficient."""
    kept = dict.fromkeys(j for j, vector in enumerate(vectors) if any(vector.values()))
    by_place: dict[Place, list[int]] = {}
    signs: dict[Place, list[int]] = {}
    for j in kept:
        for place, value in vectors[j].items():
            if value:
                by_place.setdefault(place, []).append(j)
                signs.setdefault(place, [0, 0])[value < 0] += 1
    waiting = list(by_place)
    while waiting:
        place = waiting.pop()
        if target.get(place, 0) or all(signs[place]):
            continue
        for j in by_place[place]:
            if j in kept:
                del kept[j]
                for other, value in vectors[j].items():
                    if value:
                        signs[other][value < 0] -= 1
                        waiting.append(other)
    return list(kept)


class _Tableau:
    """Sparse rows, the variable of each that is in the basis, and for each column the rows that have it."""

    def __init__(self, rows: list[Row], basis: list[int], tick: Callable[[], None] | None) -> None:
        self.rows, self.basis, self.tick = rows, basis, tick
        self.changed = 0
        self.holders: dict[int, set[int]] = {}
        for i, row in enumerate(rows):
            for j in row:
                self.holders.setdefault(j, set()).add(i)

    def maximise(self, reward: Mapping[int, int], columns: Sequence[int]) -> int | None:
        """Pivot until the reward is largest; or return a column along which it grows without bound."""
        gains: Row = dict(reward)
        for row, j in zip(self.rows, self.basis, strict=True):
            if gains.get(j):
                _subtract(gains, row, gains[j])
        while True:
            entering = next((j for j in columns if j in gains and gains[j] > 0), None)
            if entering is None:
                return None
            ratios = [
                (Fraction(row.get(RIGHT, 0)) / row[entering], self.basis[i], i)
                for i in self.holders.get(entering, ())
                if (row := self.rows[i])[entering] > 0
            ]
            if not ratios:
                return entering
            place = min(ratios)[2]
            self.pivot(place, entering)
            _subtract(gains, self.rows[place], gains[entering])

    def pivot(self, place: int, column: int) -> None:
        """Bring a variable into the basis, in that row."""
        scale = self.rows[place][column]
        if scale != 1:
            self.rows[place] = {j: whole(Fraction(value) / scale) for j, value in self.rows[place].items()}
        for i in self.holders[column] - {place}:
            row = self.rows[i]
            self.changed += len(self.rows[place])
            if self.changed >= ENTRIES and self.tick is not None:
                self.changed = 0
                self.tick()
            for j in _subtract(row, self.rows[place], row[column]):
                if j in row:
                    self.holders.setdefault(j, set()).add(i)
                else:
                    self.holders[j].discard(i)
        self.basis[place] = column

    def without_artificial(self, count: int) -> _Tableau:
        """The tableau without the artificial variables, all of which are zero; rows that say nothing are dropped."""
        for place in range(len(self.rows)):
            if self.basis[place] >= count:
                column = min((j for j in self.rows[place] if 0 <= j < count), default=None)
                if column is not None:
                    self.pivot(place, column)
        kept = [i for i, j in enumerate(self.basis) if j < count]
        rows = [{j: value for j, value in self.rows[i].items() if j < count} for i in kept]
        return _Tableau(rows, [self.basis[i] for i in kept], self.tick)


def _subtract(row: Row, other: Row, factor: Number) -> list[int]:
    """row -= factor * other; the columns that the row has gained or lost."""
    changed: list[int] = []
    for j, value in other.items():
        if j not in row:
            row[j] = -factor * value
            changed.append(j)
        elif new := row[j] - factor * value:
            row[j] = new
        else:
            del row[j]
            changed.append(j)
    return changed


def whole(value: Fraction) -> Number:
    """The number, as an int where it is one."""
    return value.numerator if value.denominator == 1 else value
