"""symbolic-cp relu: cells, critical points and local minima of a ReLU network with one hidden layer, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.options import DataSource, as_command, data_options
from symbolic_cp.cli.output import console, emit, table, write_file
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from flint import fmpq, fmpq_mat
    from rich.console import Console

    from symbolic_cp.exact.algebraic import Field, FieldMatrix
    from symbolic_cp.landscape.relu import Cells, ReluLandscape
    from symbolic_cp.landscape.relu_minima import Piece
    from symbolic_cp.landscape.relu_rayleigh import UnitData
    from symbolic_cp.landscape.relu_rectangles import Rectangles
    from symbolic_cp.networks.relu_cells import Arrangement

FIRST = 30
"""So many local minima, the lowest, are shown without --all."""

LONG_SIGNS, FEW = 40, 4
"""Longer rows of signs and weights are cut; so many slopes are shown."""


@as_command(
    "relu",
    "relu data.json --hidden 1 --plot landscape.png",
    "DATA is a CSV file (a row is a sample), a .npy or .npz file, or JSON with X and Y; there is no bias: add a row of "
    "ones to X for one. With one hidden unit the answer is complete: every cell, every critical point, every local "
    "minimum, those where the loss has a kink included. With more, the cells in which all firing units share the "
    "samples are searched inside; the number of the others is given. A cell is written by the signs of A1 X.",
)
@data_options
@click.option("--hidden", required=True, metavar="D1", type=click.IntRange(1, 1000), help="The number of hidden units.")
@click.option("--limit", type=click.IntRange(1), help="The most cells of one unit that are visited (20,000).")
@click.option("--plot", metavar="FILE", help="Draw the plane of units (X of rank 2, one unit) as PNG, PDF or SVG.")
@click.option("--certificates", metavar="DIR", help="Write that these are all cells, as certificates for recheck.")
@click.option("--all", "everything", is_flag=True, help=f"Show all local minima, not the lowest {FIRST}.")
def command(
    *,
    source: DataSource,
    hidden: int,
    limit: int | None,
    plot: str | None,
    certificates: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Read the data, compute the landscape, show and draw it."""
    from symbolic_cp.landscape.relu import LIMIT, relu_landscape
    from symbolic_cp.landscape.relu_rectangles import rectangles

    data = source.read()
    most = LIMIT if limit is None else limit
    if plot is not None:
        _check_plot(plot, hidden, data.X)
    with _progress() as progress:
        if hidden == 1:
            one = relu_landscape(data.X, data.Y, limit=most, progress=progress)
            if plot is not None:
                from symbolic_cp.report.relu_plot import draw

                draw(one, plot)
            emit(one.to_json(), as_json, lambda out: _show_unit(out, source.file, one, everything))
        else:
            several = rectangles(data.X, data.Y, hidden, limit=most, progress=progress)
            emit(several.to_json(), as_json, lambda out: _show_rectangles(out, source.file, several, everything))
        if certificates is not None:
            _certify((one if hidden == 1 else several).data.arrangement, certificates)


def _certify(arrangement: Arrangement, folder: str) -> None:
    """One file for every cell, and for every shortest pattern of signs that begins none."""
    import json
    from pathlib import Path

    from symbolic_cp.exact.source import reason
    from symbolic_cp.networks.relu_certificates import all_certificates

    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {reason(error)}", file=folder) from None
    for file, certificate in all_certificates(arrangement):
        write_file(Path(folder) / file, json.dumps(certificate) + "\n")


def _check_plot(file: str, hidden: int, X: fmpq_mat) -> None:
    """Refuse a plot that cannot be drawn before anything is computed."""
    from symbolic_cp.report.relu_plot import check_format, check_rank

    if hidden != 1:
        raise click.UsageError("--plot draws networks with one hidden unit")
    check_format(file)
    check_rank(X)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal; nothing when piped."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=out, transient=True) as bar:
        task = bar.add_task("faces", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _head(out: Console, file: str, data: UnitData, hidden: int, cells: Cells) -> None:
    X, Y = data.X, data.Y
    units = "one hidden unit" if hidden == 1 else f"{hidden} hidden units"
    out.print(f"{file}: X is {X.nrows()} x {X.ncols()}, Y is {Y.nrows()} x {Y.ncols()}; {units}")
    thin = f", and {cells.covered_thin:,} of lower dimension" if cells.covered_thin and hidden == 1 else ""
    out.print(f"Cells: {cells.covered:,}{thin}")
    if hidden > 1:
        _not_covered(out, cells)


def _not_covered(out: Console, cells: Cells) -> None:
    """What is not searched with several units: nothing is dropped in silence."""
    thin = cells.covered_thin
    left = [
        f"{count:,} {'cell' if count == 1 else 'cells'} {what}"
        for count, what in (
            (cells.others + cells.others_thin, "in which units fire for different samples"),
            (thin, "of lower dimension in which they fire for the same"),
        )
        if count
    ]
    left.append("points where a sample is at the boundary of a unit")
    out.print("Not covered: " + "; ".join(left))


def _show_unit(out: Console, file: str, found: ReluLandscape, everything: bool) -> None:
    from symbolic_cp.landscape.display import value

    _head(out, file, found.data, 1, found.cells)
    counts = Counter(piece.kind for piece in found.critical)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    out.print(f"Critical points (families with gradient zero): {kinds or 'none'}")
    out.print(f"Local maxima: {len(found.local_maxima):,}", "", sep="\n")
    out.print(f"Local minima: {len(found.local_minima):,}, by loss")
    rows = [
        [
            _loss(piece.loss),
            "global" if found.is_global(piece) else "",
            _short(piece.face.signs),
            "flat" if piece.kind == "flat" else f"{piece.free} free" if piece.free else "",
            "" if piece.differentiable else _slopes(piece),
            *(_weight(A) for A in found.weights(piece)),
        ]
        for piece in found.local_minima[: None if everything else FIRST]
    ]
    out.print(table(out, ["loss", "", "signs of A1 X", "flat", "slopes at the kink", "A1", "A2"], rows))
    _more(out, len(found.local_minima) - len(rows))
    ends = f"Global minimum: {value(found.global_minimum)}; worst local minimum: {value(found.worst)}"
    out.print(f"{ends}; the gap is {value(found.gap)}")


def _show_rectangles(out: Console, file: str, found: Rectangles, everything: bool) -> None:

    _head(out, file, found.data, found.hidden, found.cells)
    present = sum(corner.exists is True for corner in found.corners)
    out.print(f"Critical patterns that occur in these cells: {present:,}")
    if found.undecided:
        out.print(f"Not decided: {found.undecided:,} patterns over several fields")
    minima = found.local_minima
    out.print("", f"Local minima in the open cells: {len(minima):,}", sep="\n")
    rows = [
        [
            _loss(corner.total()),
            "global" if corner.is_zero else "",
            _short(corner.face.signs),
            f"{corner.units} of {found.hidden}",
            ",".join(map(str, corner.counts)),
        ]
        for corner in minima[: None if everything else FIRST]
    ]
    out.print(table(out, ["loss", "", "signs of each firing row of A1 X", "firing", "pattern"], rows))
    _more(out, len(minima) - len(rows))


def _loss(loss: fmpq | Field | tuple[fmpq, fmpq]) -> str:
    """A loss in a table: the exact number if it is short, else a decimal and what it is."""
    from symbolic_cp.exact.algebraic import GENERATOR, Field
    from symbolic_cp.exact.fields import decimal
    from symbolic_cp.landscape.display import DIGITS, value

    text = value(loss)
    if len(text) <= LONG_SIGNS or not isinstance(loss, Field):
        return text
    return f"{decimal(loss, GENERATOR, DIGITS)} (of degree {loss.degree})"


def _more(out: Console, count: int) -> None:
    if count > 0:
        out.print(f"… {count:,} more; --all shows them, --json holds everything")


def _short(signs: Sequence[int]) -> str:
    """Signs as text; of many samples the first ones and how many fire."""
    from symbolic_cp.landscape.relu import shown

    text = shown(signs)
    return text if len(text) <= LONG_SIGNS else f"{text[:LONG_SIGNS]}… ({text.count('+'):,} of {len(text):,} fire)"


def _slopes(piece: Piece) -> str:
    """The one-sided slopes, as decimals; the first few."""
    from symbolic_cp.exact.fields import decimal
    from symbolic_cp.exact.numbers import decimal as rational_decimal

    texts = [
        rational_decimal(slope.element[0], 4) if slope.field is None else decimal(slope.field, slope.element, 4)
        for _, slope in piece.slopes[:FEW]
    ]
    return ", ".join(texts) + (", …" if len(piece.slopes) > FEW else "")


def _weight(A: fmpq_mat | FieldMatrix) -> str:
    """A row or column in one line if it is short and rational."""
    from symbolic_cp.exact.algebraic import FieldMatrix
    from symbolic_cp.exact.numbers import show

    if isinstance(A, FieldMatrix):
        return f"over Q(x), degree {A.field.degree}"
    text = ", ".join(map(show, A.entries()))
    return f"({text})" if len(text) <= LONG_SIGNS else "see --json"
