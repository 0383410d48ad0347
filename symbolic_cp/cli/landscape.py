"""symbolic-cp landscape: the exact spectrum of a data set, all critical strata of a linear network, and the minimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.options import DataSource, anyway_option, as_command, data_options, numbers
from symbolic_cp.cli.output import emit, foretell, table

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.exact.spectrum import Eigenvalue
    from symbolic_cp.landscape.strata import Landscape, Stratum
    from symbolic_cp.networks.data import Data

FIRST, LAST = 30, 5
"""So many strata, of the lowest and of the highest loss, are shown without --all."""

COLOURS = {"global-minimum": "green"}
"""The colours of classes on a terminal."""


@as_command(
    "landscape",
    "landscape examples/data/iris.csv --target species --hidden 2",
    "DATA is a CSV file (a row is a sample), a .npy or .npz file, or JSON with X and Y. A pattern p_1,…,p_r,p̄ says how "
    "many eigenvectors of each eigenvalue of Sigma = Y X^+ X Y^T (p̄: of 0) the layers above the first capture.",
)
@data_options
@click.option("--hidden", required=True, metavar="D1[,D2…]", callback=numbers(1), help="Widths of the hidden layers.")
@click.option("--all", "everything", is_flag=True, help=f"Show all strata, not the first {FIRST} and the last {LAST}.")
@click.option("--plot", metavar="FILE", help="Draw the strata by rank and loss as PNG, PDF or SVG.")
@click.option("--plot-inertia", metavar="FILE", help="Draw the Hessian's inertia over the strata (one hidden layer).")
@anyway_option
def command(
    *,
    source: DataSource,
    hidden: tuple[int, ...],
    everything: bool,
    plot: str | None,
    plot_inertia: str | None,
    anyway: bool,
    as_json: bool,
) -> None:
    """Read the data, say what it costs, compute the landscape, show it."""
    from symbolic_cp.landscape.cost import strata_cost
    from symbolic_cp.landscape.strata import MAX_STRATA, count_strata, landscape

    for drawn in filter(None, (plot, plot_inertia)):
        from symbolic_cp.report.relu_plot import check_format

        check_format(drawn)
    data, spectrum = source.read_spectrum(anyway=anyway)
    count = count_strata(spectrum, hidden)
    if count <= MAX_STRATA:
        foretell(f"listing {count:,} critical strata", strata_cost(count), anyway=anyway)
    found = landscape(spectrum, hidden)
    if plot is not None:
        from symbolic_cp.report.plot import draw_strata

        draw_strata(found, plot)
    if plot_inertia is not None:
        from symbolic_cp.report.plot import draw_inertia

        draw_inertia(found, plot_inertia)
    emit(found.to_json(), as_json, lambda out: _show(out, source.file, data, found, everything))


def _show(out: Console, file: str, data: Data, found: Landscape, everything: bool) -> None:
    from symbolic_cp.landscape.display import pattern_text, value

    widths = ", ".join(map(str, found.hidden))
    shapes = f"X is {data.X.nrows()} x {data.samples}, Y is {data.Y.nrows()} x {data.samples}"
    out.print(f"{file}: {shapes}; hidden width{'s' * (len(found.hidden) > 1)} {widths}", "", sep="\n")
    _show_spectrum(out, found.data.eigenvalues)
    _show_strata(out, found.strata, everything)
    captured = f"at pattern {pattern_text(found.strata[0].pattern)}"
    out.print(f"Global minimum: loss {value(found.global_minimum)}, {captured}")
    if len(found.minima) > 1:
        _show_minima(out, found)


def _show_spectrum(out: Console, eigenvalues: Sequence[Eigenvalue]) -> None:
    """The eigenvalues of Sigma; each irrational one as a root of a polynomial with integer coefficients."""
    from flint import fmpq, fmpq_poly

    from symbolic_cp.exact.algebraic import GENERATOR
    from symbolic_cp.exact.algebraic import decimal as root_decimal
    from symbolic_cp.exact.numbers import decimal as rational_decimal
    from symbolic_cp.exact.numbers import show
    from symbolic_cp.exact.polynomials import primitive, show_polynomial
    from symbolic_cp.landscape.display import LONG_NUMBER, LONG_POLYNOMIAL

    names: dict[str, str] = {}
    rows = []
    for i, e in enumerate(eigenvalues, start=1):
        if isinstance(e.value, fmpq):
            shown, meaning = rational_decimal(e.value, 10), show(e.value)
            meaning = meaning if len(meaning) <= LONG_NUMBER else "rational"
        else:
            polynomial = show_polynomial(fmpq_poly(primitive(e.minpoly)))
            name = names.setdefault(polynomial, f"f{len(names) + 1}")
            shown = root_decimal(e.value, GENERATOR, 10)
            meaning = f"root of {name}, degree {e.minpoly.degree()}"
        rows.append([f"σ{i}" if e.value != 0 else "0", shown, meaning, str(e.multiplicity)])
    out.print("Spectrum of Sigma = Y X^+ X Y^T")
    out.print(table(out, ["", "decimal", "exactly", "multiplicity"], rows, right=[3]))
    for polynomial, name in names.items():
        long = f"an irreducible polynomial of {len(polynomial):,} characters; --json prints it"
        out.print(f"{name} = {polynomial if len(polynomial) <= LONG_POLYNOMIAL else long}")
    out.print()


def _show_strata(out: Console, strata: Sequence[Stratum], everything: bool) -> None:
    """The strata by loss, the lowest first; the middle of a long list is left out."""
    from symbolic_cp.landscape.display import STRATA, stratum_row

    count = len(strata)
    cut = not everything and count > FIRST + LAST
    rows = [stratum_row(item) for item in (strata[:FIRST] if cut else strata)]
    if cut:
        rows.append([f"… {count - FIRST - LAST:,} more", "", "", "", "", ""])
        rows += [stratum_row(item) for item in strata[-LAST:]]
    out.print(f"Critical strata: {count:,}, by loss")
    grid = table(out, STRATA, rows, right=[1])
    for row, texts in zip(grid.rows, rows, strict=True):
        row.style = COLOURS.get(texts[4])
    out.print(grid)
    out.print()


def _show_minima(out: Console, found: Landscape) -> None:
    """The global minimum for every width of the narrowest hidden layer, up to the rank: more gains nothing."""
    from symbolic_cp.landscape.display import stratum_row

    out.print("", "Global minimum by the width of the narrowest hidden layer", sep="\n")
    rows = [[str(width), *stratum_row(item)[2:4]] for width, item in enumerate(found.minima, start=1)]
    rows[-1][0] += " or more"
    out.print(table(out, ["width", "loss", "exactly"], rows))
