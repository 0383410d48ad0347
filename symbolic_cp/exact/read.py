"""What users write as JSON, read strictly: matrices, named letters, instances and points.

Main functions: read_instance, read_point, read_letters (from a file), matrix, any_matrix, algebraic, letters, instance
(from a node of it). The forms are those of the interfaces: a matrix is a list of rows that are not empty, a number is
an integer, "p/q" or a decimal string, floats only with `decimals`; an algebraic number is {"minpoly", "interval"}, a
matrix over Q(lambda) {"field", "entries"}, and {"sum": [...]} adds a rational matrix and matrices over several such
fields. Unknown fields are refused. Nothing is evaluated.
Errors: InputError with file, line, column and field; TooLarge beyond the limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.limits import MAX_ENTRIES
from symbolic_cp.exact.source import quoted
from symbolic_cp.exact.strict_json import Node, read


@dataclass(frozen=True, slots=True)
class MatrixSum:
    """rational + parts[0] + parts[1] + ...: matrices of one shape, the parts over different fields Q(lambda_i)."""

    rational: fmpq_mat
    parts: tuple[FieldMatrix, ...]

    def nrows(self) -> int:
        """The number of rows."""
        return self.rational.nrows()

    def ncols(self) -> int:
        """The number of columns."""
        return self.rational.ncols()


Matrix: TypeAlias = fmpq_mat | FieldMatrix | MatrixSum
Value: TypeAlias = fmpq | Field | Matrix

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
    rows = _rows(node)
    entries = [entry.rational(decimals=decimals) for row in rows for entry in row]
    return fmpq_mat(len(rows), len(rows[0]), entries)


def _rows(node: Node) -> list[list[Node]]:
    """The entries of a matrix in rows: equally long, none empty, at least one, not too many."""
    rows: list[list[Node]] = []
    if not node.items():
        raise node.error("this matrix has no rows; a matrix is a list of rows, [[1, 2], [3, 4]]")
    for row in node.items():
        if not isinstance(row.value, list):
            raise row.error(f"this is {row.kind}; a row, a list of numbers, is expected: [[1, 2], [3, 4]]")
        if not row.value:
            raise row.error("this row is empty; a row has at least one number")
        rows.append(row.value)
        if len(row.value) != len(rows[0]):
            lengths = f"this row has length {len(row.value)} and the first row has length {len(rows[0])}"
            raise row.error(f"{lengths}; the rows of a matrix are equally long")
        if len(rows) * len(rows[0]) > MAX_ENTRIES:
            message = f"this matrix has more than {MAX_ENTRIES:,} entries, the most that are held"
            raise node.source.too_large(message, node.offset, field=node.field)
    return rows


def algebraic(node: Node) -> Field:
    """The real algebraic number {"minpoly": [c0, c1, ...], "interval": ["a", "b"]}; "decimal" is for people only.

    >>> from symbolic_cp.exact.strict_json import parse
    >>> algebraic(parse('{"minpoly": [-2, 0, 1], "interval": [1, 2]}')).degree
    2
    """
    members = node.members(["minpoly", "interval"], ["decimal"])
    numbers = {name: [item.rational() for item in members[name].items()] for name in ("minpoly", "interval")}
    try:
        return Field.from_json(numbers, field="")
    except InputError as error:
        raise members.get((error.field or "").strip("."), node).error(error.message) from None


def field_matrix(node: Node) -> FieldMatrix:
    """The matrix {"field": algebraic number, "entries": rows}, an entry a list of coefficients of 1, lambda, ..."""
    members = node.members(["field", "entries"])
    field = algebraic(members["field"])
    rows = _rows(members["entries"])
    shape = len(rows), len(rows[0])
    if shape[0] * shape[1] * field.degree > MAX_ENTRIES:
        message = f"this matrix has more than {MAX_ENTRIES:,} coefficients, the most that are held"
        raise node.source.too_large(message, node.offset, field=node.field)
    coefficients: list[list[fmpq]] = [[] for _ in range(field.degree)]
    for entry in (entry for row in rows for entry in row):
        items = entry.items()
        if len(items) > field.degree:
            said = f"{len(items)} coefficients, but lambda has degree {field.degree}"
            raise entry.error(f"{said}; at most {field.degree} are needed")
        for k, into in enumerate(coefficients):
            into.append(items[k].rational() if k < len(items) else fmpq(0))
    return FieldMatrix(field, tuple(fmpq_mat(*shape, entries) for entries in coefficients))


def any_matrix(node: Node, *, decimals: bool = False) -> Matrix:
    """A matrix over Q, over one Q(lambda), or a sum {"sum": [over Q, over Q(lambda_1), ...]}."""
    if not isinstance(node.value, dict):
        return matrix(node, decimals=decimals)
    if "sum" not in node.value:
        return field_matrix(node)
    terms = node.members(["sum"])["sum"].items()
    if not terms:
        raise node.error("this sum is empty; it starts with a matrix over Q")
    rational = matrix(terms[0], decimals=decimals)
    parts: dict[Field, FieldMatrix] = {}
    for term in terms[1:]:
        part = field_matrix(term)
        if (part.nrows(), part.ncols()) != (rational.nrows(), rational.ncols()):
            raise term.error(f"this term is {_shape(part)} and the first is {_shape(rational)}; they must be alike")
        if part.field in parts:
            raise term.error("two terms are over the same field; add them")
        parts[part.field] = part
    return MatrixSum(rational, tuple(parts.values()))


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
    if isinstance(node.value, dict) and "minpoly" in node.value:
        return algebraic(node)
    return any_matrix(node, decimals=decimals)


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


def _shape(M: Matrix) -> str:
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
    if len(nodes) < 2:
        layers = "are no layers" if not nodes else "is one layer"
        raise members["weights"].error(f"there {layers}; a network has at least two, A1 and A2")
    weights = tuple(any_matrix(node, decimals=decimals) for node in nodes)
    _check_chain(X, Y, weights, nodes)
    return Point(X, Y, weights, _activation(members.get("activation")))


def _check_chain(X: fmpq_mat, Y: fmpq_mat, weights: tuple[Matrix, ...], nodes: list[Node]) -> None:
    below: Matrix = X
    name = "X"
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
