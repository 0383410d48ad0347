"""Systems of linear inequalities, decided exactly, with a certificate for either answer.

Main name: solve. A homogeneous system r_j t > 0 (strict) and r_j t >= 0 (weak) has a solution t, or there are Farkas
multipliers: mu_j >= 0 with sum mu_j r_j = 0 and mu_j > 0 for some strict j (Motzkin's theorem). Over Q z3's linear
rational arithmetic decides, both the system and its alternative. Over Q(lambda), which no library has, the simplex
method with Bland's rule below does. Every answer is checked before it is returned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd, lcm
from threading import local
from typing import Any

from flint import fmpq, fmpz

from symbolic_cp.exact.errors import Undecided
from symbolic_cp.networks.relu_reals import Real, rational

Rows = Sequence[Sequence[int]]

_thread = local()

AT_ONCE = 10
"""So many violated inequalities are added to a linear program at once."""


def primitive(v: Sequence[int]) -> tuple[int, ...]:
    """The shortest integer vector in the same direction; zero stays zero."""
    common = gcd(*v) or 1
    return tuple(x // common for x in v)


@dataclass(frozen=True)
class Solution:
    """A point t at which every inequality holds; over Q it is an integer vector."""

    point: tuple[Real, ...]

    @property
    def integers(self) -> tuple[int, ...]:
        """The point as integers, for systems over Q."""
        return tuple(int(x.element[0]) for x in self.point)


@dataclass(frozen=True)
class Infeasible:
    """Farkas multipliers by the place of the inequality, strict ones first; those left out are zero."""

    multipliers: Mapping[int, Real]


def solve(strict: Rows, weak: Rows = (), *, size: int) -> Solution | Infeasible:
    """A solution in Q^size of r t > 0 for r in strict and r t >= 0 for r in weak, or Farkas multipliers.

    Rows are integers. Inequalities that a vertex of the others violates are added, the worst first, until none is left
    or those added have no solution. Cost: questions to z3 with a few rows more than are binding. Raises Undecided if z3
    gives up, which it does not on linear systems of any size met so far.

    >>> solve([(1, 0), (-1, 1)], size=2)
    Solution(...)
    >>> sorted(solve([(1, 0)], [(-1, 1), (0, -1)], size=2).multipliers)
    [0, 1, 2]
    """
    rows = [*((row, 1) for row in strict), *((row, 0) for row in weak)]
    places: list[int] = []
    program = _Program(size)
    while True:
        found = program.point()
        if found is None:
            return _infeasible(rows, places, size)
        scale, point = found
        values = [(_dot(row, point) - least * scale, j) for j, (row, least) in enumerate(rows)]
        missed = sorted(pair for pair in values if pair[0] < 0)
        if not missed:
            return Solution(tuple(map(rational, primitive(point))))
        for _, j in missed[:AT_ONCE]:
            places.append(j)
            program.add(rows[j][0], ">=", rows[j][1])


class _Program:
    """Linear relations row t >= right (or =, as said) for t in Q^size, asked of z3.

    They are handed over as SMT-LIB text, which costs a fraction of building terms one by one. Each thread keeps a
    context of its own: z3's default one must not be shared, and a new one costs more than a small question.
    """

    def __init__(self, size: int) -> None:
        import z3

        if not hasattr(_thread, "context"):
            _thread.context = z3.Context()
        self._z3, self._names = z3, [f"t{i}" for i in range(size)]
        self._variables = [z3.Real(name, _thread.context) for name in self._names]
        self._text = "".join(f"(declare-const {name} Real)" for name in self._names)

    def add(self, row: Sequence[int], relation: str, right: int) -> None:
        """One relation more."""
        parts = (f"(* {_decimal(x)} {name})" for x, name in zip(row, self._names, strict=True) if x)
        self._text += f"(assert ({relation} (+ 0.0 {' '.join(parts)}) {_decimal(right)}))"

    def point(self) -> tuple[int, list[int]] | None:
        """A point, as integers over a common denominator; None if there is none."""
        solver = self._z3.SimpleSolver(_thread.context)  # a second text for one solver: versions of z3 differ in that
        solver.from_string(self._text)
        answer = solver.check()
        if answer == self._z3.unsat:
            return None
        if answer != self._z3.sat:
            raise Undecided(f"z3 does not decide a linear system: {solver.reason_unknown()}")
        model = solver.model()
        values = [_rational(model[t]) for t in self._variables]
        scale = lcm(*(int(q.q) for q in values))
        return scale, [int(q * scale) for q in values]


def _decimal(x: int) -> str:
    """An integer as a real number of SMT-LIB; Python itself refuses to print long ones."""
    digits = fmpz(abs(int(x))).str()
    return f"(- {digits}.0)" if x < 0 else f"{digits}.0"


def _rational(value: Any) -> fmpq:  # noqa: ANN401 - z3 ships no types
    if value is None:  # a variable that no relation mentions
        return fmpq(0)
    return fmpq(fmpz(value.numerator().as_string()), fmpz(value.denominator().as_string()))


def _infeasible(rows: Sequence[tuple[Sequence[int], int]], places: Sequence[int], size: int) -> Infeasible:
    """Farkas multipliers on the rows at these places, which have no solution: a point of the alternative system."""
    count = len(places)
    program = _Program(count)
    for i in range(size):
        program.add([int(rows[j][0][i]) for j in places], "=", 0)
    for k in range(count):
        program.add([int(j == k) for j in range(count)], ">=", 0)
    program.add([rows[j][1] for j in places], "=", 1)
    found = program.point()
    multipliers = primitive(found[1]) if found else ()
    _require(len(multipliers) == count and min(multipliers) >= 0)
    pairs = [(mu, j) for mu, j in zip(multipliers, places, strict=True) if mu]
    _require(any(rows[j][1] for _, j in pairs))
    _require(all(sum(mu * int(rows[j][0][i]) for mu, j in pairs) == 0 for i in range(size)))
    return Infeasible({j: rational(mu) for mu, j in sorted(pairs, key=lambda pair: pair[1])})


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(int(x) * int(y) for x, y in zip(a, b, strict=True))


def _require(condition: bool) -> None:
    if not condition:
        raise ArithmeticError("a linear program was answered wrongly; please report these data")


def solve_over_field(strict: Sequence[Sequence[Real]], *, size: int) -> Solution | Infeasible:
    """As solve, for strict inequalities over Q(lambda).

    The alternative sum mu_j r_j = 0, sum mu_j = 1, mu >= 0 goes through phase one of the simplex method. Where it has
    no solution, the prices of the last tableau solve the system. Cost: dense tableaux of exact numbers, for the few
    systems that are not rational.
    """
    zero, one = rational(0), rational(1)
    count, height = len(strict), size + 1
    table = [[row[i] for row in strict] for i in range(size)] + [[one] * count]
    bound = [*([zero] * size), one]
    inverse = [[one if i == j else zero for j in range(height)] for i in range(height)]
    basis = [count + i for i in range(height)]  # artificial variables
    while True:
        prices = [
            sum((inverse[i][k] for i in range(height) if basis[i] >= count), start=zero) for k in range(height)
        ]
        gains = (sum((p * table[k][j] for k, p in enumerate(prices)), start=zero) for j in range(count))
        entering = next((j for j, gain in enumerate(gains) if gain.sign() > 0), None)
        if entering is None:
            break
        column = [sum((inverse[i][k] * table[k][entering] for k in range(height)), start=zero) for i in range(height)]
        _pivot(basis, inverse, bound, column, entering)
    if any(basis[i] >= count and bound[i].sign() for i in range(height)):
        point = tuple(-p for p in prices[:size])
        values = [sum((p * r for p, r in zip(point, row, strict=True)), start=zero) for row in strict]
        _require(all(value.sign() > 0 for value in values))
        return Solution(point)
    multipliers = {basis[i]: bound[i] for i in range(height) if basis[i] < count and bound[i].sign()}
    sums = [sum((mu * strict[j][i] for j, mu in multipliers.items()), start=zero) for i in range(size)]
    _require(all(total.is_zero() for total in sums) and all(mu.sign() > 0 for mu in multipliers.values()))
    _require(bool(multipliers))
    return Infeasible(multipliers)


def _pivot(
    basis: list[int], inverse: list[list[Real]], bound: list[Real], column: list[Real], entering: int
) -> None:
    """One step of the simplex method, by Bland's rule: of the rows that bound the step most, the least variable."""
    row = -1
    for i, entry in enumerate(column):
        if entry.sign() <= 0:
            continue
        if row < 0:
            row = i
            continue
        order = (bound[i] * column[row] - bound[row] * entry).sign()
        if order < 0 or (order == 0 and basis[i] < basis[row]):
            row = i
    _require(row >= 0)
    pivot = column[row]
    inverse[row] = [x / pivot for x in inverse[row]]
    bound[row] = bound[row] / pivot
    for i, entry in enumerate(column):
        if i != row and not entry.is_zero():
            inverse[i] = [x - entry * y for x, y in zip(inverse[i], inverse[row], strict=True)]
            bound[i] = bound[i] - entry * bound[row]
    basis[row] = entering
