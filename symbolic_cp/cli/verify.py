"""symbolic-cp verify: gradient, loss and class of a point, exactly, with a witness that anyone can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.options import as_command, decimals_option
from symbolic_cp.cli.output import emit
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.landscape.relu_verify import ReluReport
    from symbolic_cp.landscape.verify import PointReport


@as_command(
    "verify",
    "verify point.json",
    'POINT is a JSON file {"X": matrix, "Y": matrix, "weights": [A1, A2, …], "activation": "linear" or "relu"}; - is '
    "standard input. The exit code is 1 if the point is not critical.",
)
@click.argument("point", metavar="POINT")
@click.option("--plot", metavar="FILE", help="Draw the loss along the way down from a saddle as PNG, PDF or SVG.")
@decimals_option
def command(*, point: str, plot: str | None, decimals: bool, as_json: bool) -> int:
    """Read the point, classify it, show the answer."""
    from symbolic_cp.exact.read import read_point
    from symbolic_cp.landscape.verify import verify

    if plot is not None:
        from symbolic_cp.report.relu_plot import check_format

        check_format(plot)
    read = read_point(point, decimals=decimals)
    try:
        if read.activation == "relu":
            from symbolic_cp.landscape.relu_verify import verify_relu

            if plot is not None:
                raise InputError("ways down are drawn for linear networks; see relu --plot", field="--plot")
            found = verify_relu(read.X, read.Y, read.weights)
            emit(found.to_json(), as_json, lambda out: _show_relu(out, found))
            return 0 if found.critical else 1
        report = verify(read.X, read.Y, read.weights)
    except InputError as error:
        raise error.at(file=point) from None
    if plot is not None:
        from symbolic_cp.report.plot import draw_witness

        draw_witness(read.Y, read.X, read.weights, report.witness, plot)
    emit(report.to_json(), as_json, lambda out: _show(out, report))
    return 0 if report.critical else 1


def _show(out: Console, report: PointReport) -> None:
    from symbolic_cp.cli.display import labelled
    from symbolic_cp.landscape.display import rank_text, value, witness_text

    zero = [f"A{k}" for k, is_zero in enumerate(report.gradient_zero, start=1) if is_zero]
    partly = f"no; only the gradient for {', '.join(zero)} is zero" if zero else "no"
    labelled(out, {
        "critical": "yes, all gradients are exactly zero" if report.critical else partly,
        "loss": value(report.loss),
        "class": report.kind,
        "order": report.order,
        "pattern": None if report.pattern is None else ",".join(map(str, report.pattern)),
        "ranks": ", ".join(rank_text(i, j, rank) for (i, j), rank in sorted(report.ranks.items())),
        "witness": witness_text(report.witness),
    })


def _show_relu(out: Console, report: ReluReport) -> None:
    from symbolic_cp.cli.display import labelled
    from symbolic_cp.landscape.display import named_matrix, value, witness_text

    kinks = [
        f"{value(slope.number())} where unit {i + 1} moves by\n{named_matrix('d', direction)}"
        for i, direction, slope in report.network.kinks()
    ]
    zero = [f"A{k}" for k, is_zero in enumerate(report.network.gradient_zero(), start=1) if is_zero]
    partly = f"no; only the gradient for {', '.join(zero)} is zero" if zero else "no"
    labelled(out, {
        "critical": "yes, the loss is differentiable and all gradients are exactly zero" if report.critical else partly,
        "loss": value(report.loss),
        "class": report.kind + (f", {report.extremum}" if kinks and report.extremum else ""),
        "signs of A1 X": "\n".join("".join("0+-"[s] for s in row) for row in report.network.signs),
        "one-sided slopes": "\n".join(kinks) or None,
        "witness": None if report.witness is None else witness_text(report.witness),
    })
