"""The plane of units of a ReLU network with one hidden unit, drawn: its cells, coloured by the local minimum in each.

Main names: draw, check_format, check_rank. Needs matplotlib, which the package itself does not (the extra `plot`). A
unit matters by its direction alone (A1 and A2 scale against each other), so the cells are sectors of a disc. A sector
has the colour of the loss of the local minimum on it, dead sectors included; where none is, it is white. Local minima
on rays between sectors are marked as lines, the global minimum by a star.
"""

from __future__ import annotations

from bisect import bisect
from math import atan2, cos, degrees, pi, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import GENERATOR, Field
from symbolic_cp.exact.algebraic import decimal as root_decimal
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank

if TYPE_CHECKING:
    from symbolic_cp.landscape.relu import ReluLandscape
    from symbolic_cp.landscape.relu_minima import Piece
    from symbolic_cp.networks.relu_cells import Face

ENDINGS = (".pdf", ".png", ".svg")

MOST_NAMED = 12
"""Sectors are named by their signs if there are at most so many."""


def check_format(file: str) -> None:
    """Raise InputError unless the plot can be drawn: a known ending, and matplotlib at hand."""
    if Path(file).suffix.lower() not in ENDINGS:
        raise InputError(f"plots are written as {', '.join(ENDINGS)}", file=file)
    try:
        import matplotlib  # noqa: F401, ICN001 - only whether it is there
    except ImportError:
        message = "drawing needs matplotlib, which is not installed: pip install 'symbolic-cp[plot]'"
        raise InputError(message, field="--plot") from None


def check_rank(X: fmpq_mat) -> None:
    """Raise InputError unless the units of the data X form a plane."""
    if rank(X) != 2:
        raise InputError(f"the plane of units is drawn for X of rank 2; this X has rank {rank(X)}", field="--plot")


def draw(found: ReluLandscape, file: str) -> None:
    """Draw the landscape into a file. Raises InputError if X has not rank 2, or the file cannot be written."""
    check_format(file)
    check_rank(found.data.X)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 6))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    losses = [as_float(piece.loss) for piece in found.local_minima]
    low, high = min(losses), max(losses)
    colours = ScalarMappable(Normalize(low, high if high > low else low + 1), "viridis")
    _sectors(axes, found, colours)
    _marks(axes, found, colours)
    axes.set_aspect("equal")
    axes.set_xlim(-1.3, 1.3)
    axes.set_ylim(-1.3, 1.3)
    rows = [i + 1 for i in found.data.arrangement.rows]
    axes.set_xlabel(f"A1, entry {rows[0]}")
    axes.set_ylabel(f"A1, entry {rows[1]}")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(f"{found.cells.covered:,} cells of one ReLU unit, by the local minimum in each", fontsize=10)
    figure.colorbar(colours, ax=axes, label="loss of the local minimum (white: none)")
    try:
        figure.savefig(file, dpi=160, bbox_inches="tight")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=file) from None


def as_float(loss: fmpq | Field) -> float:
    """A loss as a float, for colours and labels only."""
    if isinstance(loss, fmpq):
        return int(loss.p) / int(loss.q)
    return float(root_decimal(loss, GENERATOR, 17))


def _sectors(axes: Any, found: ReluLandscape, colours: Any) -> None:  # noqa: ANN401 - matplotlib's
    from matplotlib.patches import Wedge

    inside: dict[tuple[int, ...], Piece] = {p.face.signs: p for p in found.local_minima if not p.face.flat.classes}
    chambers = found.data.arrangement.chambers
    lines = (flat.basis[0] for flat in found.data.arrangement.flats if flat.dimension == 1)
    turns = sorted(atan2(sign * y, sign * x) for x, y in lines for sign in (1, -1))
    for face in chambers:
        start, end = _ends(turns, face)
        piece = inside.get(face.signs)
        fill = "white" if piece is None else colours.to_rgba(as_float(piece.loss))
        thick = 0.6 if len(chambers) <= 4 * MOST_NAMED else 0.1
        axes.add_patch(Wedge((0, 0), 1, degrees(start), degrees(end), facecolor=fill, edgecolor="0.3", linewidth=thick))
        if len(chambers) <= MOST_NAMED:
            middle = (start + end) / 2
            label = "".join("0+-"[s] for s in face.signs)
            if piece is not None:
                label += f"\n{_text(piece.loss)}"
            axes.text(1.15 * cos(middle), 1.15 * sin(middle), label, ha="center", va="center", fontsize=9)


def _ends(turns: list[float], face: Face) -> tuple[float, float]:
    """The angles at which a sector starts and ends, among those of all rays in order."""
    angle = atan2(face.point[1], face.point[0])
    after = bisect(turns, angle)
    start = turns[after - 1] if after else turns[-1] - 2 * pi
    return start, turns[after] if after < len(turns) else turns[0] + 2 * pi


def _marks(axes: Any, found: ReluLandscape, colours: Any) -> None:  # noqa: ANN401 - matplotlib's
    """Lines for local minima on rays, a star for the global minimum."""
    for piece in found.local_minima:
        if piece.face.flat.dimension == 0:
            continue
        x, y = (float(part) for part in _direction(piece))
        if piece.face.flat.dimension == 1:
            axes.plot([0, x], [0, y], color=colours.to_rgba(as_float(piece.loss)), linewidth=3, solid_capstyle="butt")
            axes.plot([0, x], [0, y], color="black", linewidth=0.8, linestyle=":")
        if found.is_global(piece):
            axes.plot([0.7 * x], [0.7 * y], marker="*", color="white", markeredgecolor="black", markersize=15)


def _direction(piece: Piece) -> tuple[float, float]:
    values = []
    for j in range(2):
        total = 0.0
        root = 0.0 if piece.field is None else float(root_decimal(piece.field, GENERATOR, 17))
        for k, part in enumerate(piece.unit):
            total += int(part[0, j].p) / int(part[0, j].q) * root**k
        values.append(total)
    length = (values[0] ** 2 + values[1] ** 2) ** 0.5
    return values[0] / length, values[1] / length


def _text(loss: fmpq | Field) -> str:
    return loss.str() if isinstance(loss, fmpq) and len(loss.str()) < 12 else f"{as_float(loss):.4g}"
