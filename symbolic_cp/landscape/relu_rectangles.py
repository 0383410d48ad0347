"""ReLU networks with several hidden units in the rectangular cells K_{I x J} of the paper (prop-6), exactly.

Main names: rectangles, Rectangles. In such a cell p = |I| units fire for exactly the samples J and the others for none,
so the network is linear there, with data (X_J, Y_J). By thm-1 with C, a critical point with the pattern (p_1, ..., p_r,
p_bar) has the rows of (A1)_I in a subspace: with k = p_1 + ... + p_bar the rank of (A2)_I, in the sum of the spaces A_i
of critical units (`relu_rayleigh`) with p_i > 0, plus ker X_J^T if k = p, plus all units with Y_J X_J^T a^T = 0 if k <
p. Every open cone that meets the subspace has room for the rows, and C is what turns the basis into them: so a pattern
occurs in the cell iff the subspace meets the cone of units that fire for exactly J, a linear system. By T5 the local
minima in the open cell are the points that capture the p largest singular values (all of them, if fewer). Cells whose
units fire for different samples are not covered; their number is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import comb

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import kernel
from symbolic_cp.exact.matrices import submatrix, vstack, zeros
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.relu import LIMIT, Cells, check_size, shown, unit_data
from symbolic_cp.landscape.relu_minima import FLAT, LOCAL_MINIMUM, SADDLE, Local, as_row, null_space, solve_square
from symbolic_cp.landscape.relu_rayleigh import Stratum, UnitData, inner, strata
from symbolic_cp.landscape.witnesses import value_to_json
from symbolic_cp.networks.fieldsum import weight_to_json
from symbolic_cp.networks.relu_cells import Face
from symbolic_cp.networks.relu_reals import Real, Row, as_weight, rational, real, signs, times

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Corner:
    """Critical points with one pattern in the cells K_{I x J} with |I| = units; `copies` counts these I.

    `counts` are (p_1, ..., p_r); `exists` is None where several fields Q(lambda) would have to be mixed.
    """

    face: Face
    units: int
    copies: int
    counts: tuple[int, ...]
    loss: StratumLoss
    constant: fmpq
    exists: bool | None
    minimum: bool
    weights: tuple[fmpq_mat | FieldMatrix, fmpq_mat | FieldMatrix] | None = None

    @property
    def is_zero(self) -> bool:
        """Whether the loss is zero."""
        return self.constant == 0 and self.loss.rational() == 0

    def to_json(self) -> dict[str, object]:
        """Its JSON form; the loss is that of the samples J plus what the others cost."""
        return {
            "cell": [j + 1 for j in self.face.cell],
            "signs": shown(self.face.signs),
            "units": self.units,
            "copies": self.copies,
            "pattern": list(self.counts),
            "loss": value_to_json(self.total()),
            "exists": self.exists,
            "class": FLAT if not self.units else LOCAL_MINIMUM if self.minimum else SADDLE,
        }

    def total(self) -> fmpq | Field | tuple[fmpq, fmpq]:
        """The loss: a number, or its bounds if it lies in no single field."""
        found = self.loss.number()
        if isinstance(found, StratumLoss):
            low, high = found.interval()
            return low + self.constant, high + self.constant
        return found + self.constant if isinstance(found, fmpq) else _moved(found, self.constant)


def _moved(value: Field, by: fmpq) -> Field:
    return Real(value, fmpq_poly([by, 1])).number()  # type: ignore[return-value]  # irrational plus rational


@dataclass(frozen=True)
class Rectangles:
    """The critical patterns of a network with `hidden` units in its rectangular cells."""

    data: UnitData
    hidden: int
    cells: Cells
    corners: tuple[Corner, ...] = field(repr=False)

    @property
    def local_minima(self) -> tuple[Corner, ...]:
        """Those known to be local minima, in the order of the cells."""
        return tuple(corner for corner in self.corners if corner.minimum and corner.exists)

    @property
    def undecided(self) -> int:
        """The number of patterns whose existence is not decided."""
        return sum(corner.exists is None for corner in self.corners)

    def to_json(self) -> dict[str, object]:
        """The form of the interfaces; `global` is true where the loss is zero, else not known (null)."""
        return {
            "hidden": self.hidden,
            "cells": self.cells.covered,
            "cells_lower_dimensional": self.cells.covered_thin,
            "cells_not_covered": self.cells.not_open,
            "boundaries_covered": False,
            "patterns_not_decided": self.undecided,
            "local_minima": [
                {
                    **corner.to_json(),
                    "weights": None if corner.weights is None else [weight_to_json(A) for A in corner.weights],
                    "global": True if corner.is_zero else None,
                    "flat": True,
                }
                for corner in self.local_minima
            ],
            "critical_points": [corner.to_json() for corner in self.corners if corner.exists is not False],
        }


def rectangles(
    X: object, Y: object, hidden: int, *, limit: int = LIMIT, progress: Progress | None = None
) -> Rectangles:
    """The rectangular cells of full dimension and their critical patterns, for 2 or more hidden units.

    Cost: for each cell of one unit a characteristic polynomial, and a linear system for each pattern with irrational or
    several values. Raises InputError, TooLarge as relu_landscape.
    """
    data = unit_data(X, Y)
    check_size(data.arrangement, limit)
    cells = Cells.count(data.arrangement, hidden)
    silent = any(not face.cell for face in data.arrangement.chambers)
    corners, total = list[Corner](), len(data.arrangement.chambers)
    if silent:
        corners.append(_silence(data, hidden))
    for done, face in enumerate(data.arrangement.chambers, start=1):
        if face.positive:
            cell = Cell(data, face)
            for units in range(1 if silent else hidden, hidden + 1):
                corners += cell.corners(units, hidden)
        if progress is not None:
            progress(done, total)
    return Rectangles(data, hidden, cells, tuple(corners))


def _silence(data: UnitData, hidden: int) -> Corner:
    """The cell in which no unit fires: the loss is constant there."""
    face = next(face for face in data.arrangement.chambers if not face.cell)
    spectrum = DataSpectrum(data.inputs, data.Y)
    A1 = vstack(*[data.arrangement.unit(face.point)] * hidden)
    weights = A1, zeros(data.Y.nrows(), hidden)
    nothing = (0,) * spectrum.r
    return Corner(face, 0, 1, nothing, StratumLoss(spectrum, nothing), fmpq(0), True, True, weights)


class Cell:
    """The units that fire for exactly the columns of a chamber."""

    def __init__(self, data: UnitData, face: Face) -> None:
        self.data, self.face = data, face
        J = face.positive
        rest = [j for j in range(data.X.ncols()) if j not in J]
        self.spectrum = DataSpectrum(*(submatrix(M, range(M.nrows()), J) for M in (data.inputs, data.Y)))
        self.constant = sum((q * q for q in submatrix(data.Y, range(data.Y.nrows()), rest).entries()), fmpq(0)) / 2
        self.G, self.H = data.forms(J)
        self.null = _rows(kernel(self.G))
        found = strata(data, face.flat, J)
        self.values = [s for s in found if s.value.sign()]

    def corners(self, units: int, hidden: int) -> Iterator[Corner]:
        """Every pattern of rank at most `units`."""
        ranks = self.spectrum.multiplicities
        best = self._greedy(units)
        for counts in product(*(range(min(m, units) + 1) for m in ranks)):
            if sum(counts) > units:
                continue
            minimum = counts == best
            exists, unit = self._occurs(counts, full=sum(counts) == units)
            weights = self._weights(counts, units, hidden, unit) if minimum and unit is not None else None
            loss = StratumLoss(self.spectrum, counts)
            yield Corner(
                self.face, units, comb(hidden, units), counts, loss, self.constant, exists, minimum, weights
            )

    def _greedy(self, units: int) -> tuple[int, ...]:
        counts, left = [], units
        for m in self.spectrum.multiplicities:
            counts.append(min(m, left))
            left -= counts[-1]
        return tuple(counts)

    def _occurs(self, counts: Sequence[int], *, full: bool) -> tuple[bool | None, Row | None]:
        """Whether the subspace of the module's text meets the cone of the cell, and where."""
        try:
            basis = self.span([i for i, p in enumerate(counts) if p])
        except Undecided:
            return None, None
        basis = [*basis, *(self.null if full else _rows(kernel(self.H)))]
        if not basis:
            return False, None
        zero = Real(self._field, fmpq_poly([0]))
        found = Local(self.data, self.face, Stratum(zero, tuple(basis))).find((), ())
        return found is not None, None if found is None else found[0]

    _field: Field | None = None

    def span(self, chosen: Sequence[int]) -> list[Row]:
        """A basis of the critical units of these values, up to ker X_J^T, over Q or one field. Raises Undecided."""
        out: list[Row] = []
        self._field = None
        for group in self.spectrum.conjugates:
            inside = [i for i in group if i in chosen]
            if not inside:
                continue
            vectors = [self._own(i) for i in inside]
            if len(inside) == len(group):
                out += [(part,) for v in vectors[0] for part in v] if len(group) > 1 else vectors[0]
            elif self._field is not None:
                raise Undecided("critical units over two different fields")
            elif len(inside) == 1:
                self._field = self.values[inside[0]].field
                out += vectors[0]
            elif len(inside) == len(group) - 1:
                missing = next(i for i in group if i not in chosen)
                self._field = self.values[missing].field
                out += self._without(missing)
            else:
                raise Undecided("critical units over two different fields")
        return out

    def _own(self, index: int) -> list[Row]:
        """The basis of a value without the part of ker X_J^T, which stands last."""
        basis = self.values[index].basis
        return list(basis[: len(basis) - len(self.null)])

    def _without(self, missing: int) -> list[Row]:
        """The units of all values conjugate to the missing one but itself: those orthogonal to its units under G."""
        out = self._own(missing)
        rows: list[Row] = [(part,) for v in out for part in v]
        over = self.values[missing].field
        conditions = [[inner(over, times(v, self.G), row) for row in rows] for v in out]
        return [_combined(over, c, rows) for c in null_space(conditions, len(rows))]

    def _weights(
        self, counts: Sequence[int], units: int, hidden: int, unit: Row
    ) -> tuple[fmpq_mat | FieldMatrix, fmpq_mat | FieldMatrix] | None:
        """A local minimum of this pattern: rows around `unit`, A2 by least squares; the other units are silent."""
        chosen = [i for i, p in enumerate(counts) if p]
        if any(p not in (0, self.spectrum.multiplicities[i]) for i, p in enumerate(counts)):
            return None
        directions = self.span(chosen)
        over = self._field
        rows = self._around(over, unit, directions)
        if sum(counts) == units:
            rows = [rows[i] for i in self._independent(over, rows)]
        rows = [*rows, *[unit] * (units - len(rows))]
        tops = self._tops(over, rows)
        silent = next((f for f in self.data.arrangement.chambers if not f.cell), None)
        rest: list[Row] = [] if silent is None else [(fmpq_mat(1, len(silent.point), silent.point),)]
        A1 = [*rows, *rest * (hidden - units)]
        place = fmpq_mat(
            len(self.data.arrangement.rows),
            self.data.X.nrows(),
            [int(i == j) for i in self.data.arrangement.rows for j in range(self.data.X.nrows())],
        )
        d2 = self.data.Y.nrows()
        A2 = [as_row([*(real(over, top, k) for top in tops), *[rational(0)] * (hidden - units)]) for k in range(d2)]
        return as_weight(over, [times(row, place) for row in A1]), as_weight(over, A2)

    def _around(self, over: Field | None, unit: Row, directions: Sequence[Row]) -> list[Row]:
        """unit and unit + e d for every direction d, with e so small that all fire for the cell's columns."""
        columns = self.data.arrangement.columns
        size = self.data.arrangement.dimension
        M = fmpq_mat(size, len(columns), [u[i] for i in range(size) for u in columns])
        e = fmpq(1)
        while True:
            rows = [unit, *(_combined(over, [rational(1), rational(e)], [unit, d]) for d in directions)]
            if all(tuple(signs(over, times(row, M))) == self.face.signs for row in rows):
                return rows
            e /= 2

    def _independent(self, over: Field | None, rows: Sequence[Row]) -> list[int]:
        """The places of rows whose outputs are independent, as many as possible, the first ones first."""
        chosen: list[int] = []
        for i in range(len(rows)):
            block = [*chosen, i]
            A = [[inner(over, times(rows[a], self.G), rows[b]) for b in block] for a in block]
            if solve_square(A, [rational(0)] * len(block)) is not None:
                chosen = block
        return chosen

    def _tops(self, over: Field | None, rows: Sequence[Row]) -> list[Row]:
        """The columns of A2 = H A1^T (A1 G A1^T)^-1 as rows, on independent rows of A1; zero for the others."""
        chosen = self._independent(over, rows)
        A = [[inner(over, times(rows[a], self.G), rows[b]) for b in chosen] for a in chosen]
        d2 = self.data.Y.nrows()
        out = [[rational(0)] * d2 for _ in rows]
        outputs = [times(rows[a], self.H.transpose()) for a in chosen]
        for k in range(d2):
            x = solve_square(A, [real(over, row, k) for row in outputs])
            assert x is not None  # the block is positive definite
            for a, value in zip(chosen, x, strict=True):
                out[a][k] = value
        return [as_row(row) for row in out]


def _combined(over: Field | None, coefficients: Sequence[Real], rows: Sequence[Row]) -> Row:
    total = [rational(0)] * rows[0][0].ncols()
    for c, row in zip(coefficients, rows, strict=True):
        total = [x + c * real(over, row, i) for i, x in enumerate(total)]
    return as_row(total)


def _rows(M: fmpq_mat) -> list[Row]:
    """The columns, as rows."""
    return [(fmpq_mat(1, M.nrows(), [M[i, j] for i in range(M.nrows())]),) for j in range(M.ncols())]
