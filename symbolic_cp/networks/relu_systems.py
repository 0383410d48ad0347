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
    while True:
        found = _vertex([rows[j] for j in places], size)
        if found is None:
            return _infeasible(rows, places, size)
        scale, point = found
        values = [(_dot(row, point) - least * scale, j) for j, (row, least) in enumerate(rows)]
        missed = sorted(pair for pair in values if pair[0] < 0)
        if not missed:
            return Solution(tuple(map(rational, primitive(point))))
        places += [j for _, j in missed[:AT_ONCE]]


def _vertex(rows: Sequence[tuple[Sequence[int], int]], size: int) -> tuple[int, list[int]] | None:
    """A point of row t >= least for all rows, as integers over a common denominator; None if there is no point."""
    return _point([(row, ">=", least) for row, least in rows], size)


def _point(relations: Sequence[tuple[Sequence[int], str, int]], size: int) -> tuple[int, list[int]] | None:
    """A rational point with row t >= right (or =, as said) for all relations, by z3; None if there is none.

    Each thread keeps a context of its own: z3's default one must not be shared, and a new one costs more than a small
    question.
    """
    import z3

    if not hasattr(_thread, "context"):
        _thread.context = z3.Context()
    context = _thread.context
    variables = [z3.Real(f"t{i}", context) for i in range(size)]
    solver = z3.SolverFor("QF_LRA", context)
    for row, relation, right in relations:
        parts = [z3.RealVal(_decimal(x), context) * t for x, t in zip(row, variables, strict=True) if x]
        total = z3.Sum(parts) if parts else z3.RealVal(0, context)
        bound = z3.RealVal(_decimal(right), context)
        solver.add(total == bound if relation == "=" else total >= bound)
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        raise Undecided(f"z3 does not decide a linear system: {solver.reason_unknown()}")
    model = solver.model()
    values = [_rational(model[t]) for t in variables]
    scale = lcm(*(int(q.q) for q in values))
    return scale, [int(q * scale) for q in values]


def _decimal(x: int) -> str:
    """An integer in decimal; Python's own way refuses long ones."""
    return str(fmpz(int(x)).str())


def _rational(value: Any) -> fmpq:  # noqa: ANN401 - z3 ships no types
    if value is None:  # a variable that no relation mentions
        return fmpq(0)
    return fmpq(fmpz(value.numerator().as_string()), fmpz(value.denominator().as_string()))


def _infeasible(rows: Sequence[tuple[Sequence[int], int]], places: Sequence[int], size: int) -> Infeasible:
    """Farkas multipliers on the rows at these places, which have no solution: a point of the alternative system."""
    count = len(places)
    unit = [tuple(int(j == k) for j in range(count)) for k in range(count)]
    balance = [(tuple(int(rows[j][0][i]) for j in places), "=", 0) for i in range(size)]
    relations = [*balance, *((row, ">=", 0) for row in unit), (tuple(rows[j][1] for j in places), "=", 1)]
    found = _point(relations, count)
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
