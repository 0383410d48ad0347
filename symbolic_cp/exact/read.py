"""What users write as JSON, read strictly: matrices, named letters, instances and points.

Main functions: read_instance, read_point, read_letters (from a file), matrix, letters, instance (from a node of it).
The forms are those of the interfaces: a matrix is a list of rows that are not empty, a number is an integer, "p/q"
or a decimal string, floats only with `decimals`. Unknown fields are refused. Nothing is evaluated.
Errors: InputError with file, line, column and field; TooLarge beyond the limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.matrices import MAX_ENTRIES
from symbolic_cp.exact.source import quoted
from symbolic_cp.exact.strict_json import Node, read

Matrix: TypeAlias = fmpq_mat
Value: TypeAlias = fmpq | fmpq_mat

ACTIVATIONS = ("linear", "relu")
"""What stands between the layers of a network."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def matrix(node: Node, *, decimals: bool = False) -> fmpq_mat:
    """The rational matrix that a node holds: a list of equally long rows, none of them empty.

    >>> from symbolic_cp.exact.strict_json import parse
    >>> print(matrix(parse('[[1, "1/2"], ["0.1", -3]]')))
    [   1, 1/2]
    [1/10,  -3]
    """
    rows = node.items()
    if not rows:
        raise node.error("this matrix has no rows; a matrix is a list of rows, [[1, 2], [3, 4]]")
    entries: list[fmpq] = []
    width = 0
    for row in rows:
        if not isinstance(row.value, list):
            raise row.error(f"this is {row.kind}; a row, a list of numbers, is expected: [[1, 2], [3, 4]]")
        if not row.value:
            raise row.error("this row is empty; a row has at least one number")
        width = width or len(row.value)
        if len(row.value) != width:
            lengths = f"this row has length {len(row.value)} and the first row has length {width}"
            raise row.error(f"{lengths}; the rows of a matrix are equally long")
        entries += [entry.rational(decimals=decimals) for entry in row.value]
        if len(entries) > MAX_ENTRIES:
            message = f"this matrix has more than {MAX_ENTRIES:,} entries, the most that are held"
            raise node.source.too_large(message, node.offset, field=node.field)
    return fmpq_mat(len(rows), width, entries)


def letters(node: Node, *, decimals: bool = False) -> dict[str, Value]:
    """The named numbers and matrices of an object, such as {"X": [[1]], "s": "1/2"}.

    >>> from symbolic_cp.exact.strict_json import parse
    >>> letters(parse('{"s": "1/2"}'))
    {'s': 1/2}
    """
    return {name: _letter(name, item, decimals) for name, item in node.object().items()}


def _letter(name: str, node: Node, decimals: bool) -> Value:
    if not _NAME.fullmatch(name):
        raise node.error(f"{quoted(name)} is no name of a letter; letters, digits and _ are, not starting with a digit")
    if isinstance(node.value, str):
        return node.rational(decimals=decimals)
    return matrix(node, decimals=decimals)


def read_letters(path: str | Path, *, decimals: bool = False) -> dict[str, Value]:
    """The named numbers and matrices in a JSON file."""
    return letters(read(path), decimals=decimals)


@dataclass(frozen=True, slots=True)
class Instance:
    """Data: X, a d0 x m matrix, and Y, a d2 x m matrix; a column is a sample."""

    X: fmpq_mat
    Y: fmpq_mat


def instance(node: Node, *, decimals: bool = False) -> Instance:
    """The data {"X": matrix, "Y": matrix} that a node holds; X and Y must have equally many columns."""
    return Instance(*_data(node.members(["X", "Y"]), decimals))


def read_instance(path: str | Path, *, decimals: bool = False) -> Instance:
    """The data {"X": matrix, "Y": matrix} in a JSON file."""
    return instance(read(path), decimals=decimals)


def _data(members: Mapping[str, Node], decimals: bool) -> tuple[fmpq_mat, fmpq_mat]:
    X, Y = matrix(members["X"], decimals=decimals), matrix(members["Y"], decimals=decimals)
    if X.ncols() != Y.ncols():
        raise members["Y"].error(
            f"X is {_shape(X)} and Y is {_shape(Y)}; they need equally many columns, a column a sample"
        )
    return X, Y


def _shape(M: fmpq_mat) -> str:
    return f"{M.nrows()} x {M.ncols()}"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a network with its data: weights A1, ..., Al, first layer first."""

    X: fmpq_mat
    Y: fmpq_mat
    weights: tuple[Matrix, ...]
    activation: str


def read_point(path: str | Path, *, decimals: bool = False) -> Point:
    """The point {"X", "Y", "weights": [A1, ..., Al], "activation"} in a JSON file; shapes must fit together."""
    members = read(path).members(["X", "Y", "weights"], ["activation"])
    X, Y = _data(members, decimals)
    nodes = members["weights"].items()
    if not nodes:
        raise members["weights"].error("there are no weights; a network has at least the layer A1")
    weights = tuple(matrix(node, decimals=decimals) for node in nodes)
    _check_chain(X, Y, weights, nodes)
    return Point(X, Y, weights, _activation(members.get("activation")))


def _check_chain(X: fmpq_mat, Y: fmpq_mat, weights: tuple[Matrix, ...], nodes: list[Node]) -> None:
    below, name = X, "X"
    for k, (A, node) in enumerate(zip(weights, nodes, strict=True), start=1):
        if A.ncols() != below.nrows():
            raise node.error(
                f"A{k} is {_shape(A)} and {name} is {_shape(below)}; A{k} needs as many columns as {name} has rows"
            )
        below, name = A, f"A{k}"
    if below.nrows() != Y.nrows():
        raise nodes[-1].error(f"{name} is {_shape(below)} and Y is {_shape(Y)}; they need equally many rows")


def _activation(node: Node | None) -> str:
    name = ACTIVATIONS[0] if node is None else node.string()
    if node is not None and name not in ACTIVATIONS:
        raise node.error(f"there is no activation {quoted(name)}; there are {' and '.join(map(quoted, ACTIVATIONS))}")
    return name
