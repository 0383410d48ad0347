"""The exact landscape of a ReLU network with one hidden unit: every cell, every critical point, every local minimum.

Main names: relu_landscape, ReluLandscape. L(A2, A1) = 1/2 |A2 sigma(A1 X) - Y|^2 with A1 (1 x d0), A2 (d2 x 1), any
data over Q. All faces of the arrangement of the columns' hyperplanes are visited: chambers, where the paper's prop-7
applies, and what lies between them, where the loss need not be differentiable and may still have a local minimum.
Nothing is left out, so the least local minimum is the global one (the minimum is attained). With more hidden units the
rectangular cells of the paper are treated (`relu_rectangles`), and the number of the others is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, cmp_to_key

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import Field, FieldMatrix, compare
from symbolic_cp.exact.differences import difference
from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.landscape.relu_dead import dead_pieces
from symbolic_cp.landscape.relu_minima import FLAT, LOCAL_MAXIMUM, LOCAL_MINIMUM, Piece, active_pieces
from symbolic_cp.landscape.relu_rayleigh import UnitData
from symbolic_cp.landscape.witnesses import value_to_json
from symbolic_cp.networks.fieldsum import weight_to_json
from symbolic_cp.networks.relu_cells import Arrangement, face_bound
from symbolic_cp.networks.relu_reals import as_weight

LIMIT = 20_000
"""Networks with more cells than this are refused before anything starts, unless a larger limit is given."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cells:
    """How many cells K_{I x J} a network of this width has: full-dimensional, and lower-dimensional ones.

    `covered` are the rectangular ones (all rows of I share J, the others are silent everywhere), `others` the rest.
    With several units only the open rectangular cells are searched.
    """

    covered: int
    covered_thin: int
    others: int
    others_thin: int

    @classmethod
    def count(cls, arrangement: Arrangement, hidden: int) -> Cells:
        """The numbers, from the cells of one unit. With one unit all cells are rectangular."""
        full, thin = len(arrangement.chambers), len(arrangement.thin)
        silent = any(not face.cell for face in arrangement.chambers)
        if silent:  # the choice of I with the same J in every row of I; I x J empty is one cell
            copies = 2**hidden - 1
            covered, both = copies * (full - 1) + 1, copies * (full + thin - 1) + 1
        else:
            covered, both = full, full + thin
        others = full**hidden - covered
        return cls(covered, both - covered, others, (full + thin) ** hidden - both - others)

    @property
    def not_open(self) -> int:
        """How many cells are not among the open rectangular ones."""
        return self.covered_thin + self.others + self.others_thin


@dataclass(frozen=True)
class ReluLandscape:
    """All pieces of critical points and local minima of a network with one hidden unit, by face; and the cells."""

    data: UnitData
    cells: Cells
    pieces: tuple[Piece, ...] = field(repr=False)

    @cached_property
    def local_minima(self) -> tuple[Piece, ...]:
        """The local minima, the lowest loss first. Flat pieces count: no neighbour is lower."""
        order = cmp_to_key(compare)
        minima = [piece for piece in self.pieces if piece.kind in {LOCAL_MINIMUM, FLAT}]
        return tuple(sorted(minima, key=lambda piece: order(piece.loss)))

    @cached_property
    def local_maxima(self) -> tuple[Piece, ...]:
        """The local maxima: flat pieces, and units at the boundary of firing that only lower the loss by firing."""
        return tuple(piece for piece in self.pieces if piece.kind in {LOCAL_MAXIMUM, FLAT})

    @property
    def critical(self) -> tuple[Piece, ...]:
        """The pieces at which the loss is differentiable with gradient zero."""
        return tuple(piece for piece in self.pieces if piece.differentiable)

    @property
    def global_minimum(self) -> fmpq | Field:
        """The least loss of the network."""
        return self.local_minima[0].loss

    @property
    def worst(self) -> fmpq | Field:
        """The largest loss of a local minimum."""
        return self.local_minima[-1].loss

    def is_global(self, piece: Piece) -> bool:
        """Whether the piece attains the global minimum, exactly."""
        return compare(piece.loss, self.global_minimum) == 0

    @cached_property
    def gap(self) -> fmpq | Field | tuple[fmpq, fmpq]:
        """The worst local minimum minus the global one, exactly; an interval if its degree would exceed 64."""
        return difference(self.worst, self.global_minimum)

    def weights(self, piece: Piece) -> tuple[fmpq_mat | FieldMatrix, fmpq_mat | FieldMatrix]:
        """(A1, A2) of a piece."""
        rows, d0 = self.data.arrangement.rows, self.data.X.nrows()
        place = fmpq_mat(len(rows), d0, [int(i == j) for i in rows for j in range(d0)])
        A1 = as_weight(piece.field, [tuple(part * place for part in piece.unit)])
        top = [tuple(fmpq_mat(1, 1, [part[0, i]]) for part in piece.top) for i in range(self.data.Y.nrows())]
        return A1, as_weight(piece.field, top)

    def _repr_html_(self) -> str:
        """The local minima as a table for a notebook."""
        from symbolic_cp.landscape.display import html_table, value

        rows = []
        for piece in self.local_minima:
            signs = "".join("0+-"[sign] for sign in piece.face.signs)
            rows.append([value(piece.loss), "yes" if self.is_global(piece) else "no", signs, piece.kind])
        caption = f"{len(rows)} local minima of one unit in {self.cells.covered:,} cells"
        return html_table(["loss", "global", "cell: signs of A1 X", "class"], rows, caption)

    def to_json(self) -> dict[str, object]:
        """The form of the interfaces, with critical points, local maxima and the gap beside it."""
        minima = [self._minimum(piece) for piece in self.local_minima]
        return {
            "hidden": 1,
            "cells": self.cells.covered,
            "cells_lower_dimensional": self.cells.covered_thin,
            "cells_not_covered": 0,
            "general_position": self.data.arrangement.bound,
            "global_minimum": value_to_json(self.global_minimum),
            "worst_local_minimum": value_to_json(self.worst),
            "gap": value_to_json(self.gap),
            "local_minima": minima,
            "local_maxima": [self._piece(piece) for piece in self.local_maxima],
            "critical_points": [self._piece(piece) for piece in self.critical],
        }

    def _minimum(self, piece: Piece) -> dict[str, object]:
        return {**self._piece(piece), "global": self.is_global(piece)}

    def _piece(self, piece: Piece) -> dict[str, object]:
        out: dict[str, object] = {
            "weights": [weight_to_json(A) for A in self.weights(piece)],
            "loss": value_to_json(piece.loss),
            "cell": [j + 1 for j in piece.face.cell],
            "signs": shown(piece.face.signs),
            "class": piece.kind,
            "flat": piece.free > 0,
            "free": piece.free,
            "differentiable": piece.differentiable,
        }
        if piece.slopes:
            rows = self.data.arrangement
            out["slopes"] = [
                {"direction": [int(x) for x in rows.unit(ray).entries()], "slope": value_to_json(slope.number())}
                for ray, slope in piece.slopes
            ]
        return out


def shown(signs: Sequence[int]) -> str:
    """Signs as text, a character a column.

    >>> shown((1, 0, -1))
    '+0-'
    """
    return "".join("0+-"[s] for s in signs)


def relu_landscape(X: object, Y: object, *, limit: int = LIMIT, progress: Progress | None = None) -> ReluLandscape:
    """The landscape of one hidden unit on the data X (d0 x m), Y (d2 x m), anything `exact.matrices.matrix` reads.

    Cost: proportional to the number of faces, at most 2^d0 times that of cells; each takes a characteristic polynomial
    of size rank X and the signs of m columns. Raises InputError, and TooLarge with the number of cells before anything
    starts.

    >>> found = relu_landscape([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> found.cells.covered, found.global_minimum, found.worst
    (4, 1/2, 5/2)
    """
    data = unit_data(X, Y)
    arrangement = data.arrangement
    check_size(arrangement, limit)
    total, pieces, done = face_bound(len(arrangement.normals), arrangement.dimension), list[Piece](), 0
    for flat in arrangement.flats:
        for face in arrangement.faces(flat):
            pieces += active_pieces(data, face) if face.positive else dead_pieces(data, face)
            done += 1
            if progress is not None:
                progress(done, total)
    return ReluLandscape(data, Cells.count(arrangement, 1), tuple(pieces))


def unit_data(X: object, Y: object) -> UnitData:
    """The data, read. Raises InputError."""
    X_, Y_ = matrix(X, field="X"), matrix(Y, field="Y")
    if X_.ncols() != Y_.ncols():
        raise InputError(
            f"X has {X_.ncols()} columns and Y has {Y_.ncols()}: they must have equally many, one a sample", field="Y"
        )
    for name, M in (("X", X_), ("Y", Y_)):
        if not M.nrows():
            raise InputError(f"{name} has no rows: a network has at least one input and one output", field=name)
    return UnitData(X_, Y_)


def check_size(arrangement: Arrangement, limit: int) -> None:
    """Raise TooLarge, with the number, if there may be more cells than the limit."""
    if arrangement.bound > limit:
        raise TooLarge(
            f"these data cut the units into {arrangement.bound:,} cells ({len(arrangement.normals)} hyperplanes in "
            f"dimension {arrangement.dimension}; fewer only if they are not in general position); at most {limit:,} "
            "are visited, --limit allows more"
        )
