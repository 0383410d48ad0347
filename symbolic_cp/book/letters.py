"""An instance of a statement, read from a file: exact values for its letters, each of its own sort and shape.

A file is a JSON object with a value under each name: a natural number, an exact number, a matrix as its rows, a family
as an object from index to value, {"1": ..., "2": ...} or {"1,2": ...}. `weights`: [A1, A2, ...] stands for A1, A2, ...,
as in a file with a point. Dimensions follow from the shapes.

Main names: Letters, read_given. Errors: InputError with file, line, column and field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.read import matrix
from symbolic_cp.exact.source import quoted
from symbolic_cp.exact.strict_json import Node, Number, read
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Table, evaluate_nat
from symbolic_cp.kernel.formulas import Value, Variable, substitute_nat
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.numeric import Entry, to_instance
from symbolic_cp.prover.task import member_name

Nats = dict[str, int | Table]
LARGEST = 10_000
"""Natural numbers, which are dimensions and indices, are at most this."""
INDICES = re.compile(r"(0|[1-9][0-9]{0,5})(,(0|[1-9][0-9]{0,5}))*")


@dataclass(slots=True)
class Letters:
    """Values by name: natural numbers (`nats`), numbers and matrices (`point`; members of families as `E[2]`).

    `nodes` says where in the file a name stands, `computed` which letters were not given.
    """

    nats: Nats = field(default_factory=dict)
    point: dict[str, Entry] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    computed: list[str] = field(default_factory=list)
    file: str | None = None

    def knows(self, variable: Variable) -> bool:
        """Whether the variable was given or computed; a family may have no members."""
        return variable.name in self.nats or variable.name in self.nodes or variable.name in self.computed

    def members(self, variable: Variable) -> Iterable[tuple[tuple[int, ...], Entry]]:
        """The known values of a scalar or matrix variable by index; () is the index of one that is no family."""
        if not variable.arity:
            if variable.name in self.point:
                yield (), self.point[variable.name]
            return
        for name, entry in self.point.items():
            head, _, rest = name.partition("[")
            if head == variable.name:
                yield tuple(map(int, rest[:-1].split(","))), entry


def read_given(
    path: str | Path | Node, variables: Collection[Variable], others: Collection[str] = (), *, decimals: bool = False
) -> Letters:
    """The values that a file (or JSON that was read) gives; names in `others` may stand there too and are left aside.

    Raises InputError.
    """
    top = path if isinstance(path, Node) else read(path)
    nodes = _named(top)
    known = {one.name: one for one in variables}
    letters = Letters(nodes=nodes, file=top.source.file)
    for name, node in nodes.items():
        if name in known:
            _read(letters, known[name], node, decimals)
        elif name not in others:
            has = f"its letters are {', '.join(known)}" if known else "it has none: its steps have their own"
            raise node.error(f"the statement has no letter {quoted(name)}; {has}")
    infer_dimensions(letters, variables)
    for variable in variables:
        _check_shapes(letters, variable)
    return letters


def _named(node: Node) -> dict[str, Node]:
    nodes = dict(node.object())
    activation = nodes.pop("activation", None)
    if activation is not None and activation.string() != "linear":
        raise activation.error("only linear networks are checked here")
    weights = nodes.pop("weights", None)
    for k, one in enumerate(weights.items() if weights is not None else (), start=1):
        if f"A{k}" in nodes:
            raise one.error(f"A{k} stands in the file already")
        nodes[f"A{k}"] = one
    return nodes


def _read(letters: Letters, variable: Variable, node: Node, decimals: bool) -> None:
    if not variable.arity:
        if variable.sort.kind == "nat":
            letters.nats[variable.name] = node.natural(LARGEST)
        else:
            letters.point[variable.name] = _entry(variable, node, decimals)
        return
    table: dict[tuple[int, ...], int] = {}
    for key, one in node.object().items():
        index = tuple(map(int, key.split(","))) if INDICES.fullmatch(key) else ()
        if len(index) != variable.arity:
            example = ",".join("12"[: variable.arity])
            raise one.error(f"{quoted(key)} is no index of the family {variable.name}; indices are written {example!r}")
        if variable.sort.kind == "nat":
            table[index] = one.natural(LARGEST)
        else:
            letters.point[member_name(variable.name, index)] = _entry(variable, one, decimals)
    if variable.sort.kind == "nat":
        letters.nats[variable.name] = Table(dict(table))


def _entry(variable: Variable, node: Node, decimals: bool) -> Entry:
    if variable.sort.kind == "scalar":
        return node.rational(decimals=decimals)
    if isinstance(node.value, dict):
        said = "this is an object; instances are checked over Q, and a matrix is a list of rows, [[1, 2], [3, 4]]"
        raise node.error(said)
    if isinstance(node.value, Number | str):
        raise node.error(f"{variable.name} is a matrix; [[{node.value[:20]}]] is a 1 x 1 matrix")
    return matrix(node, decimals=decimals)


# -------------------------------------------------------------------------------------------------------- dimensions


def infer_dimensions(letters: Letters, variables: Collection[Variable]) -> bool:
    """Give values to dimensions that the shapes of known matrices determine; whether there were any."""
    found = False
    while any(_infer(letters, variable) for variable in variables if variable.sort.kind == "matrix"):
        found = True
    return found


def _infer(letters: Letters, variable: Variable) -> bool:
    found = False
    for index, entry in letters.members(variable):
        assert isinstance(entry, fmpq_mat)
        for side, size in zip(_sides(variable, index), (entry.nrows(), entry.ncols()), strict=True):
            found = _solve(letters.nats, side, size) or found
    return found


def _sides(variable: Variable, index: tuple[int, ...]) -> tuple[Nat, Nat]:
    """Rows and columns of a member of a family."""
    values: Mapping[str, Value] = {f"~{i}": nat(k) for i, k in enumerate(index)}
    return substitute_nat(variable.sort.rows, values), substitute_nat(variable.sort.cols, values)


def _solve(nats: Nats, side: Nat, size: int) -> bool:
    """Give a value to the one atom of a dimension that has none; whether there was one."""
    unknown = [(atom, coef) for atom, coef in side.atoms if _value(nats, Nat(0, {atom: 1})) is None]
    if len(unknown) != 1:
        return False
    ((name, args), coef) = unknown[0]
    rest = _value(nats, Nat(side.const, {atom: other for atom, other in side.atoms if atom != (name, args)}))
    index = [_value(nats, arg) for arg in args]
    if rest is None or None in index or size < rest or (size - rest) % coef:
        return False
    value = (size - rest) // coef
    if not args:
        nats[name] = value
        return True
    table = nats.get(name)
    entries = dict(table.entries) if isinstance(table, Table) else {}
    nats[name] = Table({**entries, tuple(k for k in index if k is not None): value})
    return True


def _value(nats: Nats, term: Nat) -> int | None:
    try:
        return evaluate_nat(term, nats)
    except KernelError:
        return None


def _check_shapes(letters: Letters, variable: Variable) -> None:
    """Raise InputError if a matrix does not have the shape that the statement gives it."""
    if variable.sort.kind != "matrix":
        return
    for index, entry in letters.members(variable):
        assert isinstance(entry, fmpq_mat)
        sides = _sides(variable, index)
        wanted = [_value(letters.nats, side) for side in sides]
        if None in wanted or wanted != [entry.nrows(), entry.ncols()]:
            name = member_name(variable.name, index)
            sizes = " x ".join("?" if size is None else str(size) for size in wanted)
            said = f"{name} is {entry.nrows()} x {entry.ncols()}, but {sides[0]} x {sides[1]} = {sizes} is expected"
            values = ", ".join(f"{name} = {value}" for name, value in letters.nats.items() if isinstance(value, int))
            error = f"{said}, as {values} by other letters" if values else said
            node = letters.nodes.get(variable.name)
            raise InputError(error, file=letters.file) if node is None else node.error(error)


def as_json(entry: Entry) -> object:
    """A number or matrix as files have it."""
    from symbolic_cp.book.verdict import readable

    return readable(to_instance(entry))
