"""The cells of a ReLU unit: central arrangements of hyperplanes over Q, their chambers, faces and flats.

Main names: Arrangement (columns of X), Flat, Face, count_bound. A unit a switches at the hyperplanes a x_j = 0.
Parallel columns share one. Chambers are found by deletion and restriction (Zaslavsky 1975): the k-th hyperplane cuts
exactly those chambers of the first k - 1 that the chambers inside that hyperplane name, so nothing is searched and
nothing is missed, and every chamber comes with a rational point. The cost is proportional to the number of chambers,
times the number of columns (their signs).

Notation of the paper (section 4): the cell K_J of one unit is {a : a x_j >= 0 for j in J, a x_j < 0 for the others}.
Most cells are chambers with part of their boundary. A cell without inner points lies in a flat whose columns are
*cyclic*: every direction out of the flat makes one of them negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from operator import mul

from flint import fmpq_mat

from symbolic_cp.exact.linear import pivots
from symbolic_cp.exact.matrices import is_zero, submatrix, zeros
from symbolic_cp.networks.relu_systems import Infeasible, primitive, solve

Vector = tuple[int, ...]


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    """The scalar product."""
    return sum(map(mul, a, b))


def count_bound(classes: int, dimension: int) -> int:
    """2 (C(n-1, 0) + ... + C(n-1, d-1)): chambers of n hyperplanes in dimension d, if they are in general position.

    At most so many otherwise (Zaslavsky 1975; Cover 1965).

    >>> count_bound(500, 2), count_bound(60, 3), count_bound(0, 2), count_bound(3, 0)
    (1000, 3542, 1, 1)
    """
    if not classes or not dimension:
        return 1
    return 2 * sum(comb(classes - 1, i) for i in range(dimension))


def face_bound(classes: int, dimension: int) -> int:
    """The number of faces of all dimensions in general position; at most so many otherwise.

    >>> face_bound(500, 2), face_bound(60, 3)
    (2001, 14163)
    """
    total = 1 if classes else 0
    for codimension in range(min(dimension, classes + 1)):
        flats = comb(classes, codimension)
        total += flats * count_bound(classes - codimension, dimension - codimension)
    return total


def orthogonal(v: Vector) -> list[Vector]:
    """A basis of the hyperplane of all vectors orthogonal to v, which is not zero."""
    pivot = next(i for i, x in enumerate(v) if x)
    basis = []
    for j, x in enumerate(v):
        if j != pivot:
            w = [0] * len(v)
            w[j], w[pivot] = v[pivot], -x
            basis.append(primitive(w))
    return basis


def combine(coefficients: Sequence[int], basis: Sequence[Vector], size: int) -> Vector:
    """The sum of coefficient times basis vector, of the given size."""
    total = [0] * size
    for c, b in zip(coefficients, basis, strict=True):
        if c:
            for i, x in enumerate(b):
                total[i] += c * x
    return tuple(total)


def parallel(vectors: Sequence[Vector]) -> dict[Vector, list[int]]:
    """The places of vectors that are not zero, by the line they span: its primitive vector with a positive leader."""
    classes: dict[Vector, list[int]] = {}
    for place, v in enumerate(vectors):
        if any(v):
            classes.setdefault(line_of(v), []).append(place)
    return classes


def line_of(v: Vector) -> Vector:
    """The primitive vector on the same line whose first entry that is not zero is positive."""
    v = primitive(v)
    return v if next(x for x in v if x) > 0 else tuple(-x for x in v)


def chambers(normals: Sequence[Vector], dimension: int) -> dict[int, Vector]:
    """A point inside each chamber of the hyperplanes with these normals, which are pairwise not parallel.

    The key holds a bit for each normal that is positive there. Cost: chambers times normals.

    >>> sorted(chambers([(1, 0), (0, 1), (1, 1)], 2))
    [0, 1, 2, 5, 6, 7]
    """
    cells: dict[int, Vector] = {0: (0,) * dimension}
    for k, v in enumerate(normals):
        cut: dict[int, Vector] = {}
        for p in _points_inside(orthogonal(v), normals[:k], dimension):
            cut[sum(1 << j for j in range(k) if dot(p, normals[j]) > 0)] = p
        after: dict[int, Vector] = {}
        for key, q in cells.items():
            side = dot(q, v)
            if key in cut:
                up, down = _beside(cut[key], v, normals[:k])
                after[key | 1 << k] = q if side > 0 else up
                after[key] = q if side < 0 else down
            else:
                after[key | 1 << k if side > 0 else key] = q
        cells = after
    return cells


def _points_inside(basis: Sequence[Vector], normals: Sequence[Vector], dimension: int) -> list[Vector]:
    """A point in each chamber of a subspace; the normals need not be different there, but none vanishes on a line."""
    if len(basis) == 1 and normals:
        return [basis[0], tuple(-x for x in basis[0])]
    inside = [tuple(dot(b, n) for b in basis) for n in normals]
    return [combine(q, basis, dimension) for q in chambers(list(parallel(inside)), len(basis)).values()]


def _beside(p: Vector, v: Vector, normals: Sequence[Vector]) -> tuple[Vector, Vector]:
    """p N + v and p N - v with N so large that no normal, none of which vanishes at p, changes its sign."""
    N = 1 + max((abs(dot(v, n)) // abs(dot(p, n)) for n in normals), default=0)
    up = [N * x + y for x, y in zip(p, v, strict=True)]
    down = [N * x - y for x, y in zip(p, v, strict=True)]
    return primitive(up), primitive(down)


@dataclass(frozen=True)
class Flat:
    """A linear subspace of units: all that vanish at the hyperplanes `classes`; the rows of `basis` span it."""

    basis: tuple[Vector, ...]
    classes: frozenset[int]

    @property
    def dimension(self) -> int:
        """Its dimension."""
        return len(self.basis)


@dataclass(frozen=True)
class Face:
    """Where every column has one sign (1, 0 or -1): its flat, a rational point and the signs."""

    flat: Flat
    point: Vector
    signs: tuple[int, ...]

    @property
    def positive(self) -> list[int]:
        """The columns that are active, from 0."""
        return [j for j, s in enumerate(self.signs) if s > 0]

    @property
    def cell(self) -> tuple[int, ...]:
        """J of the paper: the columns (from 0) with a x_j >= 0."""
        return tuple(j for j, s in enumerate(self.signs) if s >= 0)


class Arrangement:
    """The hyperplanes a x_j = 0 of the columns of X (d0 x m), in coordinates of dimension rank X.

    `rows` are rho = rank X independent rows of X; a unit with entries there alone is given by these entries, and every
    unit is one of these up to what X does not see. `columns` are integer multiples x_j t_j, t_j > 0, of what is left.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> A = Arrangement(matrix([[1, 0], [0, 1]]))
    >>> A.dimension, A.bound, [face.signs for face in A.chambers]
    (2, 4, [(1, 1), (1, -1), (-1, 1), (-1, -1)])
    """

    def __init__(self, X: fmpq_mat) -> None:
        self.X = X
        self.rows: list[int] = [] if is_zero(X) else pivots(X)[0]
        self.dimension = len(self.rows)
        table = submatrix(X, self.rows, range(X.ncols()))
        self.scales: list[tuple[int, Vector]] = []
        self.columns: list[Vector] = []
        for j in range(X.ncols()):
            N, _ = submatrix(table, range(self.dimension), [j]).numer_denom()
            self.columns.append(primitive([int(x) for x in N.entries()]) if self.rows else ())
        found = parallel(self.columns)
        self.normals: list[Vector] = list(found)
        self.members: list[list[int]] = list(found.values())
        self.zero = [j for j, u in enumerate(self.columns) if not any(u)]

    @property
    def bound(self) -> int:
        """As many chambers as there can be: exact in general position."""
        return count_bound(len(self.normals), self.dimension)

    def unit(self, point: Sequence[int]) -> fmpq_mat:
        """The unit (1 x d0) with these coordinates."""
        a = zeros(1, self.X.nrows())
        for i, x in zip(self.rows, point, strict=True):
            a[0, i] = x
        return a

    def signs(self, point: Sequence[int]) -> tuple[int, ...]:
        """The sign of every column at a point."""
        values = (dot(point, u) for u in self.columns)
        return tuple((v > 0) - (v < 0) for v in values)

    @cached_property
    def whole(self) -> Flat:
        """The flat of all units."""
        unit = [tuple(int(i == j) for j in range(self.dimension)) for i in range(self.dimension)]
        return Flat(tuple(unit), frozenset())

    @cached_property
    def chambers(self) -> tuple[Face, ...]:
        """The faces of full dimension, the one with most active columns first."""
        return tuple(self.faces(self.whole))

    def faces(self, flat: Flat) -> Iterator[Face]:
        """The faces of full dimension in a flat, in a fixed order."""
        others = [n for c, n in enumerate(self.normals) if c not in flat.classes]
        points = _points_inside(flat.basis, others, self.dimension)
        faces = (Face(flat, p, self.signs(p)) for p in map(primitive, points))
        yield from sorted(faces, key=lambda face: tuple(-s for s in face.signs))

    @cached_property
    def flats(self) -> tuple[Flat, ...]:
        """All flats: intersections of hyperplanes, the whole space first, then by dimension."""
        level, out = [self.whole], [self.whole]
        while level:
            found: dict[frozenset[int], Flat] = {}
            for flat in level:
                inside = [tuple(dot(b, n) for b in flat.basis) for n in self.normals]
                for line, places in parallel(inside).items():
                    classes = flat.classes.union(places)
                    if classes not in found:
                        basis = (combine(c, flat.basis, self.dimension) for c in orthogonal(line))
                        found[classes] = Flat(tuple(map(primitive, basis)), classes)
            level = list(found.values())
            out += level
        return tuple(out)

    def columns_of(self, flat: Flat) -> list[int]:
        """The columns, zero ones left out, that vanish on a flat."""
        return sorted(j for c in flat.classes for j in self.members[c])

    def fan(self, flat: Flat) -> Fan:
        """The directions out of a flat: see Fan. Cost: the faces of the arrangement of its columns alone."""
        if flat.classes not in self._fans:
            self._fans[flat.classes] = _fan(self, flat)
        return self._fans[flat.classes]

    @cached_property
    def _fans(self) -> dict[frozenset[int], Fan]:
        return {}

    def rays(self, flat: Flat) -> tuple[Vector, ...]:
        """Directions out of a flat, one on each one-dimensional face of the arrangement of its columns."""
        if flat.dimension:
            return self.fan(flat).rays
        lines = (line.basis[0] for line in self.flats if line.dimension == 1)
        return tuple(r for line in lines for r in (line, tuple(-x for x in line)))

    def is_cyclic(self, flat: Flat) -> bool:
        """Whether every direction out of the flat makes one of its columns negative: then it holds cells of its own.

        By Farkas multipliers: no unit has all these columns >= 0 and their sum > 0.
        """
        columns = [self.columns[j] for j in self.columns_of(flat)]
        if len(columns) <= self.dimension - flat.dimension:
            return False
        total = tuple(map(sum, zip(*columns, strict=True)))
        return isinstance(solve([total], columns, size=self.dimension), Infeasible)

    @cached_property
    def thin(self) -> tuple[Face, ...]:
        """A face of full dimension in its cell, for every cell K_J without inner points."""
        flats = (flat for flat in self.flats if flat.classes and self.is_cyclic(flat))
        return tuple(face for flat in flats for face in self.faces(flat))


@dataclass(frozen=True)
class Fan:
    """The arrangement of a flat's own hyperplanes, across the flat.

    `rays` are directions, one on each of its one-dimensional faces; `cones` are its chambers: which of the columns of
    the flat are active there, and which rays bound it.
    """

    rays: tuple[Vector, ...]
    cones: tuple[tuple[frozenset[int], tuple[int, ...]], ...]


def _fan(arrangement: Arrangement, flat: Flat) -> Fan:
    """Computed in the span of the normals, which is orthogonal to the flat."""
    classes = sorted(flat.classes)
    across: list[Vector] = []
    rest = list(arrangement.whole.basis)
    for c in classes:
        normal = arrangement.normals[c]
        inside = [dot(b, normal) for b in rest]
        if any(inside):
            across.append(normal)
            rest = [combine(w, rest, arrangement.dimension) for w in orthogonal(tuple(inside))]
    size = len(across)
    small = _Small([tuple(dot(b, arrangement.normals[c]) for b in across) for c in classes], size)
    rays = [primitive(combine(r, across, arrangement.dimension)) for r in small.rays()]
    cones = []
    columns = arrangement.columns_of(flat)
    for q in chambers(small.normals, size).values():
        p = combine(q, across, arrangement.dimension)
        signs = [(n, dot(p, n) > 0) for n in (arrangement.normals[c] for c in classes)]
        active = frozenset(j for j in columns if dot(p, arrangement.columns[j]) > 0)
        bounds = tuple(
            i for i, ray in enumerate(rays) if all((dot(ray, n) >= 0) if up else (dot(ray, n) <= 0) for n, up in signs)
        )
        cones.append((active, bounds))
    return Fan(tuple(rays), tuple(cones))


@dataclass(frozen=True)
class _Small:
    """Normals that span the space: its one-dimensional faces are the extreme rays of its chambers."""

    normals: list[Vector]
    dimension: int

    def rays(self) -> list[Vector]:
        lines: dict[Vector, None] = {}
        level = {frozenset[int](): [tuple(int(i == j) for j in range(self.dimension)) for i in range(self.dimension)]}
        for _ in range(self.dimension - 1):
            following: dict[frozenset[int], list[Vector]] = {}
            for classes, basis in level.items():
                inside = [tuple(dot(b, n) for b in basis) for n in self.normals]
                for line, places in parallel(inside).items():
                    smaller = classes.union(places)
                    if smaller not in following:
                        following[smaller] = [combine(c, basis, self.dimension) for c in orthogonal(line)]
            level = following
        for basis in level.values():
            lines[line_of(basis[0])] = None
        return [r for line in lines for r in (line, tuple(-x for x in line))]
