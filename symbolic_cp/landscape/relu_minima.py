"""Local minima and critical points of a ReLU network with one hidden unit, face by face, decided exactly.

Main names: Piece, active_pieces (units that fire for some column), copositive. Let a lie on a face of the arrangement
with active columns P and silent ones Z at the boundary, a x_j = 0, and let A2 be at its best, which is necessary. The
reduced loss 1/2 |Y|^2 - phi/2 has a local minimum at a iff the loss has one at (A2, a). In each cone across the flat,
where the columns S of Z become active, |h|^2 (phi(a + d) - s) is the quadratic form q = N - s G of P + S, and q(a + d)
= 2 a q d + d q d. On a polyhedral cone that is at most 0 near d = 0 iff a q d <= 0 there and d q d <= 0 wherever a q d
= 0 (Majthay 1971; Contesse 1980; in the book relu-minimum, and relu-differentiable for the gradient). So three things
are decided:

* on the flat, s is the largest critical value (`relu_rayleigh`);
* every ray of the fan has slope -a q ray >= 0: |h|^2 times the one-sided derivative of the loss. The loss is
  differentiable with gradient zero iff all slopes vanish (`networks.relu` says so by columns);
* where slopes vanish, -q is copositive on the flat plus the cone of those rays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb, lcm

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.landscape.relu_rayleigh import Stratum, UnitData, inner, output, strata
from symbolic_cp.networks.relu_cells import Face, Vector
from symbolic_cp.networks.relu_reals import Real, Row, rational, real, signs, times
from symbolic_cp.networks.relu_systems import Solution, solve, solve_over_field

MOST_SYSTEMS = 1_000_000
"""Copositivity is decided by at most so many linear systems; more raise Undecided."""

LOCAL_MINIMUM, SADDLE, LOCAL_MAXIMUM, FLAT = "local-minimum", "saddle", "local-maximum", "flat"


@dataclass(frozen=True)
class Piece:
    """Units on a face with one loss and one class: a polyhedral cone of dimension 1 + `free`, and a point of it.

    `slopes` are one-sided derivatives of the loss in the directions of the rays of the fan, for the first weights;
    `kind` is the class of the point of the network with A2 as given (`top`: A2^T as a row).
    """

    face: Face
    field: Field | None
    unit: Row
    top: Row
    loss: fmpq | Field
    kind: str
    differentiable: bool
    free: int
    slopes: tuple[tuple[Vector, Real], ...] = ()


def active_pieces(data: UnitData, face: Face, *, critical: bool = True) -> Iterator[Piece]:
    """The local minima and, if wanted, all critical units (with zero gradient) on a face with active columns."""
    active = face.positive
    boundary = bool(face.flat.classes)
    found = strata(data, face.flat, active, top=not critical)
    for place, stratum in enumerate(found):
        local = Local(data, face, stratum)
        if place == 0:
            yield from local.best(critical)
        elif critical:
            yield from local.saddles(boundary)


class Local:
    """A stratum on a face: which of its units lie on the face, and what the rays of the fan say."""

    def __init__(self, data: UnitData, face: Face, stratum: Stratum) -> None:
        self.data, self.face, self.stratum = data, face, stratum
        self.field, self.active = stratum.field, face.positive

    @cached_property
    def rays(self) -> tuple[Vector, ...]:
        """The rays across the flat of the face."""
        return self.data.arrangement.rays(self.face.flat) if self.face.flat.classes else ()

    @cached_property
    def slopes(self) -> list[list[Real]]:
        """|h|^2 times the one-sided slope along each ray, for every unit of the basis."""
        G, H = self.data.forms(self.active)
        out = []
        for ray in self.rays:
            S = [j for j in self.data.arrangement.columns_of(self.face.flat) if self._at(ray, j) > 0]
            direction = fmpq_mat(len(ray), 1, ray)
            _, H_S = self.data.forms(S)
            first, second = G * direction, H.transpose() * ((H + H_S) * direction)
            out.append([self._slope(b, first, second) for b in self.stratum.basis])
        return out

    def _slope(self, unit: Row, first: fmpq_mat, second: fmpq_mat) -> Real:
        return self.stratum.value * real(self.field, times(unit, first), 0) - real(self.field, times(unit, second), 0)

    def _at(self, ray: Vector, j: int) -> int:
        return sum(a * b for a, b in zip(ray, self.data.arrangement.columns[j], strict=True))

    @cached_property
    def sides(self) -> list[list[Real]]:
        """The columns that do not vanish on the face, times their sign, at every unit of the basis."""
        columns = self.data.arrangement.columns
        places = [j for j, s in enumerate(self.face.signs) if s]
        M = fmpq_mat(self.data.arrangement.dimension, len(places), [
            self.face.signs[j] * columns[j][i] for i in range(self.data.arrangement.dimension) for j in places
        ])
        values = [times(b, M) for b in self.stratum.basis]
        return [[real(self.field, v, k) for v in values] for k in range(len(places))]

    def find(self, zero: Sequence[int], positive: Sequence[int]) -> tuple[Row, int] | None:
        """A unit on the face with these slopes (places of rays) zero and those positive, and its free dimensions."""
        basis = self.stratum.basis
        if len(basis) == 1:
            return self._single(zero, positive)
        rows = [self.slopes[i] for i in zero]
        if any(not x.is_zero() for row in rows for x in row):
            spanned = tuple(self._combined(c) for c in null_space(rows, len(basis)))
            part = Local(self.data, self.face, Stratum(self.stratum.value, spanned))
            return part.find((), positive) if spanned else None
        wanted = [*self.sides, *(self.slopes[i] for i in positive)]
        if any(all(x.is_zero() for x in row) for row in wanted):
            return None
        coefficients = self._solve(wanted)
        return None if coefficients is None else (self._combined(coefficients), len(basis) - 1)

    def _single(self, zero: Sequence[int], positive: Sequence[int]) -> tuple[Row, int] | None:
        (unit,) = self.stratum.basis
        found = self._oriented(unit)
        if found is None:
            return None
        turn, unit = found
        fits = all(self.slopes[i][0].is_zero() for i in zero)
        return (unit, 0) if fits and all((self.slopes[i][0] * turn).sign() > 0 for i in positive) else None

    def _oriented(self, unit: Row) -> tuple[int, Row] | None:
        """(1, unit) or (-1, -unit), whichever lies on the face, if either does."""
        columns = self.data.arrangement.columns
        size = self.data.arrangement.dimension
        M = fmpq_mat(size, len(columns), [u[i] for i in range(size) for u in columns])
        seen = tuple(signs(self.field, times(unit, M)))
        if seen == self.face.signs:
            return 1, unit
        if tuple(-s for s in seen) == self.face.signs:
            return -1, tuple(-part for part in unit)
        return None

    def _solve(self, wanted: Sequence[Sequence[Real]]) -> tuple[Real, ...] | None:
        size = len(self.stratum.basis)
        if all(x.field is None or x.element.degree() < 1 for row in wanted for x in row):
            answer = solve(list({_integers(row): None for row in wanted}), size=size)
        else:
            answer = solve_over_field(wanted, size=size)
        return answer.point if isinstance(answer, Solution) else None

    def _combined(self, coefficients: Sequence[Real]) -> Row:
        total = [rational(0)] * self.data.arrangement.dimension
        for c, row in zip(coefficients, self.stratum.basis, strict=True):
            total = [x + c * real(self.field, row, i) for i, x in enumerate(total)]
        return as_row(total)

    def best(self, critical: bool) -> Iterator[Piece]:
        """Units of the largest value on the flat: local minima, and saddles where the loss is differentiable."""
        every = range(len(self.rays))
        if not self.rays:
            found = self.find((), ())
            if found is not None:
                yield self._piece(*found, LOCAL_MINIMUM, ())
            return
        if len(self.stratum.basis) == 1:
            yield from self._one(critical)
            return
        always = [i for i in every if all(x.is_zero() for x in self.slopes[i])]
        others = [i for i in every if i not in always]
        for zero, found in self.choices(always, others):
            if self.descends(zero):
                if critical and len(zero) == len(self.rays):
                    yield self._piece(*found, SADDLE, zero)
            else:
                yield self._piece(*found, LOCAL_MINIMUM, zero)

    def choices(self, always: Sequence[int], others: Sequence[int]) -> list[tuple[list[int], tuple[Row, int]]]:
        """Which rays can have slope zero while the others' slopes are positive, with a unit; few zeros first.

        Rays are decided one after the other, and what the first ones exclude is not tried further. Cost: linear
        systems, as many as the cone of units with slopes >= 0 has faces, times rays: few, as its dimension is small.
        """
        level: list[list[int]] = [[]]
        for place in range(len(others)):
            seen = others[: place + 1]
            longer = [[*more, *extra] for more in level for extra in ([], [others[place]])]
            level = [more for more in longer if self.find([*always, *more], [i for i in seen if i not in more])]
        out = []
        for more in sorted(level, key=lambda more: (len(more), more)):
            zero = sorted([*always, *more])
            found = self.find(zero, [i for i in others if i not in more])
            if found is not None:
                out.append((zero, found))
        return out

    def _one(self, critical: bool) -> Iterator[Piece]:
        found = self._oriented(self.stratum.basis[0])
        if found is None:
            return
        turn, unit = found
        seen = [(row[0] * turn).sign() for row in self.slopes]
        if min(seen) < 0:
            return
        zero = [i for i, s in enumerate(seen) if not s]
        if not self.descends(zero):
            yield self._piece(unit, 0, LOCAL_MINIMUM, zero)
        elif critical and len(zero) == len(seen):
            yield self._piece(unit, 0, SADDLE, zero)

    def saddles(self, boundary: bool) -> Iterator[Piece]:
        """Critical units of a smaller value: no local minima, since they are none on the flat."""
        zero = range(len(self.rays)) if boundary else ()
        found = self.find(zero, ())
        if found is not None:
            yield self._piece(*found, SADDLE, list(zero))

    def _piece(self, unit: Row, free: int, kind: str, zero: Sequence[int]) -> Piece:
        top, squared = output(self.data, self.field, unit, self.active)
        weights = divided(self.field, top, squared)
        differentiable = len(zero) == len(self.rays)
        slopes = () if differentiable else self._slopes_at(unit, squared)
        loss = self.stratum.loss(self.data)
        return Piece(self.face, self.field, unit, weights, loss, kind, differentiable, free, slopes)

    def _slopes_at(self, unit: Row, squared: Real) -> tuple[tuple[Vector, Real], ...]:
        at = Local(self.data, self.face, Stratum(self.stratum.value, (unit,)))
        return tuple((ray, row[0] / squared) for ray, row in zip(self.rays, at.slopes, strict=True))

    def descends(self, zero: Sequence[int]) -> bool:
        """Whether the loss falls to second order in a direction of slope zero (the rays `zero`), off the flat."""
        if not zero:
            return False
        for S, bounds in self.data.arrangement.fan(self.face.flat).cones:
            rays = [i for i in zero if i in bounds]
            if rays and not self._is_convex([self.rays[i] for i in rays], S):
                return True
        return False

    def _is_convex(self, rays: Sequence[Vector], S: frozenset[int]) -> bool:
        """Whether s G - N is copositive on the flat plus the cone of these rays, where the columns S are active."""
        G, H = self.data.forms([*self.active, *sorted(S)])
        N = H.transpose() * H
        flat = [(fmpq_mat(1, len(b), b),) for b in self.face.flat.basis]
        out = [(fmpq_mat(1, len(r), r),) for r in rays]
        critical = self.stratum.basis

        def form(a: Row, b: Row) -> Real:
            s = self.stratum.value
            return s * inner(self.field, times(a, G), b) - inner(self.field, times(a, N), b)

        if any(not form(n, ray).is_zero() for n in critical for ray in out):
            return False
        rows = _independent([[form(a, b) for b in flat] for a in flat], len(flat) - len(critical))
        W = [flat[i] for i in rows]
        A = [[form(a, b) for b in W] for a in W]
        S_ = [[form(a, b) for b in out] for a in out]
        if W:
            mixed = [[form(w, ray) for ray in out] for w in W]
            solved = [solve_square(A, [row[k] for row in mixed]) for k in range(len(out))]
            for i in range(len(out)):
                for k in range(len(out)):
                    column = solved[k]
                    assert column is not None  # A is positive definite
                    for w in range(len(W)):
                        S_[i][k] = S_[i][k] - mixed[w][i] * column[w]
        return copositive(S_)


def _integers(row: Sequence[Real]) -> tuple[int, ...]:
    """A positive multiple of a rational row, in integers."""
    values = [x.element[0] for x in row]
    common = lcm(*(int(q.q) for q in values))
    return tuple(int(q * common) for q in values)


def divided(field: Field | None, row: Row, by: Real) -> Row:
    """The row divided by a number of its field."""
    return as_row([real(field, row, j) / by for j in range(row[0].ncols())])


def as_row(entries: Sequence[Real]) -> Row:
    """The row with these entries, all over one field."""
    length = max(1, *(x.element.degree() + 1 for x in entries))
    return tuple(fmpq_mat(1, len(entries), [x.element[k] for x in entries]) for k in range(length))


def null_space(rows: Sequence[Sequence[Real]], size: int) -> list[list[Real]]:
    """A basis of the x with row x = 0 for all rows."""
    reduced: dict[int, list[Real]] = {}
    for row in rows:
        rest = list(row)
        for pivot, known in reduced.items():
            factor = rest[pivot]
            rest = [x - factor * y for x, y in zip(rest, known, strict=True)]
        lead = next((j for j, x in enumerate(rest) if not x.is_zero()), None)
        if lead is not None:
            head = rest[lead]
            rest = [x / head for x in rest]
            for pivot, known in reduced.items():
                factor = known[lead]
                reduced[pivot] = [x - factor * y for x, y in zip(known, rest, strict=True)]
            reduced[lead] = rest
    basis = []
    for j in range(size):
        if j not in reduced:
            x = [rational(int(i == j)) for i in range(size)]
            for pivot, row in reduced.items():
                x[pivot] = -row[j]
            basis.append(x)
    return basis


def _independent(M: list[list[Real]], rank: int) -> list[int]:
    """Rows of a positive semidefinite matrix that are a basis of its row space (then that block is definite)."""
    rows: list[int] = []
    reduced: list[tuple[int, list[Real]]] = []
    for i, row in enumerate(M):
        rest = list(row)
        for pivot, known in reduced:
            factor = rest[pivot]
            rest = [x - factor * y for x, y in zip(rest, known, strict=True)]
        lead = next((j for j, x in enumerate(rest) if not x.is_zero()), None)
        if lead is not None:
            reduced.append((lead, [x / rest[lead] for x in rest]))
            rows.append(i)
    if len(rows) != rank:
        raise ArithmeticError("a critical value is not the largest; please report these data")
    return rows


def solve_square(A: Sequence[Sequence[Real]], b: Sequence[Real]) -> list[Real] | None:
    """The solution of A x = b, or None if A is singular."""
    rows = [[*row, right] for row, right in zip(A, b, strict=True)]
    size = len(rows)
    for k in range(size):
        pivot = next((i for i in range(k, size) if not rows[i][k].is_zero()), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head = rows[k][k]
        rows[k] = [x / head for x in rows[k]]
        for i in range(size):
            if i != k and not rows[i][k].is_zero():
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


def copositive(M: Sequence[Sequence[Real]]) -> bool:
    """Whether x M x >= 0 for all x >= 0, M symmetric.

    If not, the minimum over the simplex with least support I has M_I x = mu 1 with mu < 0, x > 0 and M_I regular. So
    all regular M_I y = 1 with y < 0 are sought; their size is at most the rank of M. Cost: n^rank linear systems.
    Raises Undecided if these are more than a million.

    >>> one, two = rational(1), rational(2)
    >>> copositive([[one, two], [two, one]]), copositive([[one, -two], [-two, one]])
    (True, False)
    """
    n = len(M)
    largest = n - len(null_space(M, n))
    systems = sum(comb(n, size) for size in range(1, largest + 1))
    if systems > MOST_SYSTEMS:
        raise Undecided(
            f"a local minimum between {n} rays: copositivity of a matrix of rank {largest} would take {systems:,} "
            f"linear systems; at most {MOST_SYSTEMS:,} are solved"
        )
    for size in range(1, largest + 1):
        for places in combinations(range(n), size):
            y = solve_square([[M[i][k] for k in places] for i in places], [rational(1)] * size)
            if y is not None and all(x.sign() < 0 for x in y):
                return False
    return True
