"""Linear programs over the rationals, small and exact: which nonnegative combination of vectors is a given vector?

The simplex method with Bland's rule on a tableau of Fractions, so it ends and never rounds. For the dozens of
unknowns of an index bound or an inequality between traces; cost: the size of the tableau for each pivot.

Main function: nonnegative_combination. Source: V. Chvatal, Linear Programming, 1983, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)
Row = list[Fraction]


def nonnegative_combination(
    vectors: Sequence[Mapping[Place, int | Fraction]],
    target: Mapping[Place, int | Fraction],
    reward: Sequence[int] | None = None,
) -> list[Fraction] | None:
    """Numbers x >= 0 with sum x_j vectors[j] = target, or None if there are none.

    Places that a vector does not mention are zero. With a `reward`, x makes sum reward_j x_j as large as possible; if
    that has no bound, x makes it larger than zero.

    >>> nonnegative_combination([{"a": 1}, {"a": -1, "b": 2}], {"a": 1, "b": 4})
    [Fraction(3, 1), Fraction(2, 1)]
    """
    places = list(dict.fromkeys(place for vector in (*vectors, target) for place in vector))
    count, height = len(vectors), len(places)
    rows: list[Row] = []
    for number, place in enumerate(places):
        right = Fraction(target.get(place, 0))
        sign = -1 if right < 0 else 1
        unit = [Fraction(number == other) for other in range(height)]
        rows.append([sign * Fraction(vector.get(place, 0)) for vector in vectors] + unit + [sign * right])
    basis = [count + number for number in range(height)]
    _maximise(rows, basis, [Fraction(0)] * count + [Fraction(-1)] * height)
    if any(row[-1] for row, j in zip(rows, basis, strict=True) if j >= count):
        return None
    rows, basis = _without_artificial(rows, basis, count)
    ray = None if reward is None else _maximise(rows, basis, [Fraction(one) for one in reward])
    result = [Fraction(0)] * count
    for row, j in zip(rows, basis, strict=True):
        result[j] = row[-1] if ray is None else row[-1] - row[ray]
    if ray is not None:
        result[ray] = Fraction(1)
    return result


def _maximise(rows: list[Row], basis: list[int], reward: list[Fraction]) -> int | None:
    """Pivot until the reward is largest; or return a column along which it grows without bound."""
    while True:
        entering = next((j for j in range(len(reward)) if _gain(rows, basis, reward, j) > 0), None)
        if entering is None:
            return None
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows) if row[entering] > 0]
        if not ratios:
            return entering
        _pivot(rows, basis, min(ratios)[2], entering)


def _gain(rows: list[Row], basis: list[int], reward: list[Fraction], column: int) -> Fraction:
    """How the reward grows with a variable outside the basis."""
    spent = sum((reward[j] * row[column] for row, j in zip(rows, basis, strict=True) if reward[j]), Fraction(0))
    return reward[column] - spent


def _pivot(rows: list[Row], basis: list[int], place: int, column: int) -> None:
    """Bring a variable into the basis, in that row."""
    scale = rows[place][column]
    pivot = rows[place] = [value / scale for value in rows[place]]
    for i, row in enumerate(rows):
        if i != place and row[column]:
            factor = row[column]
            rows[i] = [value - factor * other for value, other in zip(row, pivot, strict=True)]
    basis[place] = column


def _without_artificial(rows: list[Row], basis: list[int], count: int) -> tuple[list[Row], list[int]]:
    """The tableau without the artificial variables, all of which are zero; rows that say nothing are dropped."""
    for place in range(len(rows)):
        if basis[place] >= count:
            column = next((j for j in range(count) if rows[place][j]), None)
            if column is not None:
                _pivot(rows, basis, place, column)
    kept = [i for i, j in enumerate(basis) if j < count]
    return [rows[i][:count] + rows[i][-1:] for i in kept], [basis[i] for i in kept]
