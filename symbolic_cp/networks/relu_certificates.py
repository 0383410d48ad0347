"""Certificates about the cells of a ReLU unit, for recheck.py: each is there, and there are no others.

Main names: pattern_certificate, all_certificates. A pattern gives every column x_j a sign: + for a x_j >= 0, - for
a x_j < 0. It is feasible, with a rational unit a, or not, with Farkas multipliers. A list of cells is complete if every
beginning of a cell's pattern, continued by the other sign, either begins another cell or is infeasible: by induction on
the columns every unit then lies in a cell of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq_mat

from symbolic_cp.exact.errors import TooLarge
from symbolic_cp.exact.matrices import submatrix
from symbolic_cp.exact.numbers import show
from symbolic_cp.networks.relu_cells import Arrangement
from symbolic_cp.networks.relu_systems import Solution, solve

MOST = 20_000
"""At most so many certificates are made for one data set."""


def pattern_certificate(X: fmpq_mat, pattern: str, name: str) -> dict[str, object]:
    """The certificate that a pattern of the first columns of X (`+` and `-`) has a unit, or that it has none.

    Cost: one linear program with as many variables as X has rows.

    >>> from symbolic_cp.exact.matrices import matrix
    >>> [pattern_certificate(matrix([[1, 2]]), pattern, "one")["kind"] for pattern in ("+-", "++")]
    ['infeasible', 'feasible']
    """
    columns, scales = [], []
    for j, sign in enumerate(pattern):
        N, d = submatrix(X, range(X.nrows()), [j]).numer_denom()
        columns.append(tuple(int(x) if sign == "+" else -int(x) for x in N.entries()))
        scales.append(int(d))
    strict = [j for j, sign in enumerate(pattern) if sign == "-"]
    weak = [j for j, sign in enumerate(pattern) if sign == "+"]
    answer = solve([columns[j] for j in strict], [columns[j] for j in weak], size=X.nrows())
    constraints = [
        [[show(X[i, j] if sign == "+" else -X[i, j]) for i in range(X.nrows())], ">=" if sign == "+" else ">", 0]
        for j, sign in enumerate(pattern)
    ]
    head = {"format": "symbolic-cp certificate", "version": 1, "name": name}
    system = {"variables": [f"a{i + 1}" for i in range(X.nrows())], "constraints": constraints}
    if isinstance(answer, Solution):
        return {**head, "kind": "feasible", **system, "point": list(answer.integers)}
    multipliers: list[int | str] = [0] * (len(pattern) + 1)
    for place, mu in answer.multipliers.items():
        j = [*strict, *weak][place]
        multipliers[j] = show(mu.element[0] * scales[j])
    return {**head, "kind": "infeasible", **system, "multipliers": multipliers}


def excluded(patterns: Sequence[str]) -> Iterator[str]:
    """The shortest patterns that begin none of these, in order: together with them they cover every sign vector."""
    begins = {pattern[:k] for pattern in patterns for k in range(len(pattern) + 1)}
    for begin in sorted(begins, key=lambda text: (len(text), text)):
        if len(begin) < len(patterns[0]):
            for sign in "+-":
                if begin + sign not in begins:
                    yield begin + sign


def all_certificates(arrangement: Arrangement) -> Iterator[tuple[str, dict[str, object]]]:
    """(file name, certificate) for every cell, and for every shortest pattern that begins none.

    Raises TooLarge beyond 20,000 certificates, before the first.
    """
    faces = [*arrangement.chambers, *arrangement.thin]
    patterns = ["".join("+" if s >= 0 else "-" for s in face.signs) for face in faces]
    others = list(excluded(patterns))
    count = len(patterns) + len(others)
    if count > MOST:
        raise TooLarge(f"{count:,} certificates would show that these are all cells; at most {MOST:,} are written")
    for number, pattern in enumerate(patterns, start=1):
        name = f"cell-{number}"
        yield f"{name}.cert.json", pattern_certificate(arrangement.X, pattern, name)
    for number, pattern in enumerate(others, start=1):
        name = f"no-cell-{number}"
        yield f"{name}.cert.json", pattern_certificate(arrangement.X, pattern, name)
