"""symbolic-cp point: an exact critical point with a given pattern (thm-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from symbolic_cp.cli.options import DataSource, anyway_option, as_command, data_options, numbers
from symbolic_cp.cli.output import write_file
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from symbolic_cp.exact.strict_json import Node


@as_command(
    "point",
    "point examples/data/iris.csv --target species --hidden 2 --pattern 1,0,1,0 -o saddle.json",
    "The pattern p_1,…,p_r,p̄ is that of symbolic-cp landscape. The freedom of thm-1 is chosen with --parameters: "
    "invertible matrices C1, C2, … of the hidden layers' widths (default: identities), and any L1, which is projected "
    'onto the solutions of eq-3 (default: 0): {"C1": matrix, "L1": matrix}.',
)
@data_options
@click.option("--hidden", required=True, metavar="D1[,D2…]", callback=numbers(1), help="Widths of the hidden layers.")
@click.option("--pattern", required=True, metavar="P1,…,PR,P̄", callback=numbers(0), help="The pattern.")
@click.option("--middle-rank", type=click.IntRange(0), help="Rank of the layers between the first and the last.")
@click.option("--parameters", metavar="FILE", help="JSON with C1, C2, … and L1.")
@click.option("-o", "--output", metavar="POINT", help="The file to write; else the point goes to standard output.")
@anyway_option
def command(
    *,
    source: DataSource,
    hidden: tuple[int, ...],
    pattern: tuple[int, ...],
    middle_rank: int | None,
    parameters: str | None,
    output: str | None,
    anyway: bool,
    as_json: bool,
) -> None:
    """Read the data, construct the point, write it."""
    from symbolic_cp.exact.linear import rank
    from symbolic_cp.exact.matrices import eye
    from symbolic_cp.exact.read import matrix
    from symbolic_cp.exact.strict_json import read
    from symbolic_cp.landscape.deep import deep_point
    from symbolic_cp.landscape.display import value

    _, spectrum = source.read_spectrum(anyway=anyway)
    letters = [f"C{k}" for k in range(1, len(hidden) + 1)]
    nodes = {} if parameters is None else read(parameters).members([], [*letters, "L1"])
    given = {name: matrix(node, decimals=source.decimals) for name, node in nodes.items()}
    bases = [given[name] if name in given else eye(d) for name, d in zip(letters, hidden, strict=True)]
    for name, C in zip(letters, bases, strict=True):
        if name in given and C.nrows() == C.ncols() and rank(C) < C.nrows():
            raise nodes[name].error(f"{name} is singular (rank {rank(C)} of {C.nrows()}); an invertible one is needed")
    try:
        made = deep_point(
            spectrum, hidden, pattern, middle_rank=middle_rank, bases=bases, free=given.get("L1")
        )
    except InputError as error:
        raise _placed(error, nodes) from None
    text = json.dumps(made.to_json())
    if output is not None:
        write_file(output, text + "\n")
    if as_json or output is None:
        click.echo(text)
    else:
        shown = ",".join(map(str, pattern))
        click.echo(f"{output}: a critical point with pattern {shown}, loss {value(made.loss)}")


def _placed(error: InputError, nodes: Mapping[str, Node]) -> InputError:
    """The constructor's complaint at its place: the letter in the parameter file, or the option."""
    field = error.field or ""
    letter = "L1" if field == "free" else field.replace("bases[", "C").rstrip("]")
    if letter in nodes:
        return nodes[letter].error(error.message)
    options = {"pattern": "--pattern", "hidden": "--hidden", "middle_rank": "--middle-rank"}
    return InputError(error.message, field=options[field]) if field in options else error
