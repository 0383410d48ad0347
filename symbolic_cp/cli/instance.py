"""Instances for people and as data: values of letters as matrices side by side, or as JSON.

Main names: instance_as_json, instance_as_text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbolic_cp.kernel.evaluation import Instance, Matrix

TALL = "⎡⎢⎣", "⎤⎥⎦"
"""Left and right brackets of several lines: top, middle, bottom."""


def instance_as_json(values: Mapping[str, Instance]) -> dict[str, object]:
    """The values by name: numbers as p or "p/q", matrices as rows, families as objects from index to value.

    >>> from symbolic_cp.kernel.evaluation import Matrix, Table
    >>> instance_as_json({"n": 1, "A": Matrix(1, 1, ((2,),)), "s": Table({(0,): 3})})
    {'n': 1, 'A': [[2]], 's': {'0': 3}}
    """
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Instance) -> object:
    from symbolic_cp.kernel.evaluation import Matrix, Table
    from symbolic_cp.prover.certificate import number

    if isinstance(value, Table):
        return {",".join(map(str, index)): _as_json(one) for index, one in value.entries.items()}
    if isinstance(value, Matrix):
        return [[number(entry) for entry in row] for row in value.entries]
    return number(value)


def instance_as_text(values: Mapping[str, Instance], width: int, *, pretty: bool) -> list[str]:
    """Lines of at most `width` characters where that can be: numbers first, then matrices side by side.

    `pretty` draws tall brackets, else they are ASCII.

    >>> from symbolic_cp.kernel.evaluation import Matrix
    >>> for line in instance_as_text({"n": 2, "A": Matrix(2, 1, ((1,), (-2,)))}, 80, pretty=False): print(line)
    n = 2
    A = [ 1]
        [-2]
    """
    numbers: list[str] = []
    blocks: list[list[str]] = []
    for name, value in _members(values, pretty=pretty):
        if isinstance(value, list):
            blocks.append(_named(name, value))
        else:
            numbers.append(f"{name} = {value}")
    return _wrapped(numbers, width) + _side_by_side(blocks, width)


def _members(values: Mapping[str, Instance], *, pretty: bool) -> list[tuple[str, list[str] | str]]:
    """Names and texts; members of families one by one."""
    from symbolic_cp.kernel.evaluation import Matrix, Table

    found: list[tuple[str, list[str] | str]] = []
    for name, value in values.items():
        if isinstance(value, Table):
            inner = {f"{name}[{','.join(map(str, index))}]": one for index, one in value.entries.items()}
            found += _members(inner, pretty=pretty)
        else:
            found.append((name, matrix_lines(value, pretty=pretty) if isinstance(value, Matrix) else str(value)))
    return found


def matrix_lines(value: Matrix, *, pretty: bool) -> list[str]:
    """The rows of a matrix in brackets, aligned; the shape of one without entries."""
    if not value.rows or not value.cols:
        return [f"[{value.rows} x {value.cols}]"]
    texts = [[str(entry) for entry in row] for row in value.entries]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(map(str.rjust, row, widths)) for row in texts]
    if not pretty or len(lines) == 1:
        return [f"[{line}]" for line in lines]
    marks = [0, *[1] * (len(lines) - 2), 2]
    return [TALL[0][mark] + line + TALL[1][mark] for mark, line in zip(marks, lines, strict=True)]


def _named(name: str, lines: list[str]) -> list[str]:
    middle = (len(lines) - 1) // 2
    return [(f"{name} = " if i == middle else " " * (len(name) + 3)) + line for i, line in enumerate(lines)]


def _wrapped(words: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 2 + len(word) <= width:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines


def _side_by_side(blocks: list[list[str]], width: int) -> list[str]:
    lines: list[str] = []
    row: list[list[str]] = []
    for block in [*blocks, None]:
        used = sum(len(one[0]) + 4 for one in row)
        if row and (block is None or used + len(block[0]) > width):
            height = max(map(len, row))
            padded = [[*one, *[" " * len(one[0])] * (height - len(one))] for one in row]
            lines += ["    ".join(parts).rstrip() for parts in zip(*padded, strict=True)]
            row = []
        if block is not None:
            row.append(block)
    return lines
