"""What many exact critical points say about T4, T6, T8 and the paper's categories: recorded, and drawn again by tests.

Main functions: examine(network), record(), recorded(), table(). `python -m symbolic_cp.landscape.evidence` examines
`COUNT` points for every depth in `DEPTHS`, hidden widths up to `WIDTH`, and writes `evidence.json` beside this module.
Point number n of a depth is the same on every machine. Of each point is asked, exactly:

- T4: the class, against the inertia of the whole Hessian (a negative eigenvalue iff strict saddle) and the loss against
  the least one (equal iff global minimum);
- T6, wherever it applies, at the point and at another one on the same data that is not critical: W(t, s) X =
  W X - s x(t) y(t)^T X as polynomials, the degree and the leading coefficient of g, and the loss at (t, s);
- T8: a non-strict saddle is in the open class, and a point where (A_l, A_(l-1)) is no minimum given the rest is strict;
- prop-4, prop-5 as printed: the loss, and case 1 or 2 iff global minimum;
- the categories of def-deep-order as printed: what is in none of them has p_bar(k) > 0 where a value is missed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import prod
from pathlib import Path
from random import Random

from flint import fmpq

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import frobenius2, is_zero
from symbolic_cp.exact.numbers import show
from symbolic_cp.landscape.classify import classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.family import (
    chain_along,
    family_polynomials,
    family_vectors,
    family_weights,
    lower_point,
)
from symbolic_cp.landscape.generate import draw_integers
from symbolic_cp.landscape.layers import NONE, OPEN, category, layer_patterns
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.sample import SOURCES
from symbolic_cp.landscape.strata import GLOBAL, NON_STRICT, STRICT, best_pattern
from symbolic_cp.networks.hessian import hessian
from symbolic_cp.networks.linear import LinearNetwork

FILE = "evidence.json"
DEPTHS = (2, 3, 4, 5)
WIDTH = 4
COUNT = 4_000
BLOCK = 100
"""Points are recorded in blocks of so many, each with a digest of what was found."""


@dataclass(frozen=True)
class Finding:
    """What was found at one critical point; `faults` lists the theorems that it contradicts.

    `features` are those of the data: "X X^T singular", "Y X^T deficient" (rank below min(d0, dl)), "repeated values",
    "irrational values". `family` and `elsewhere` say whether T6 applied at the point, and at the other one.
    """

    kind: str
    category: str
    features: tuple[str, ...]
    family: bool
    elsewhere: bool
    faults: tuple[str, ...]
    line: str


def point(depth: int, number: int) -> LinearNetwork:
    """Critical point number 0, 1, 2, ... of a depth.

    >>> point(3, 5).widths
    (4, 2, 3, 4)
    """
    rng = Random(f"{depth}/{number}")
    return SOURCES[number % len(SOURCES)](rng, [rng.randint(1, WIDTH) for _ in range(depth - 1)], WIDTH)


def other_point(network: LinearNetwork, rng: Random) -> LinearNetwork:
    """A point on the same data whose product has a rank below all hidden widths if they are more than 1."""
    weights = [draw_integers(rng, A.nrows(), A.ncols(), height=1) for A in network.weights]
    k, room = rng.randrange(len(weights)), min(network.widths[1:-1]) - 1
    A = network.weights[k]
    weights[k] = draw_integers(rng, A.nrows(), room) * draw_integers(rng, room, A.ncols())
    return network.with_weights(weights)


def examine(network: LinearNetwork, other: LinearNetwork | None = None) -> Finding:
    """All that is asked of a critical point, and T6 at `other`. Cost: some 10 ms at widths up to 4."""
    data = DataSpectrum(network.X, network.Y)
    patterns = layer_patterns(network)
    name = category(patterns)
    signs = inertia(hessian(network))
    faults = []
    try:
        kind = classify(network, data).kind
    except Undecided as error:
        kind, faults = "undecided", [str(error)]
    least = StratumLoss(data, best_pattern(data, network.widths[1:-1])[: data.r])
    here = StratumLoss(data, patterns[0].pattern[: data.r])
    low, high = here.interval(64)
    expected = {
        "T4": (kind == STRICT) == (signs[2] > 0) and (kind == GLOBAL) == (here == least) == (name == GLOBAL),
        "T5": network.depth > 2 or kind != NON_STRICT,
        "T6": family_holds(network),
        "T6 elsewhere": None if other is None else family_holds(other),
        "T8": (kind != NON_STRICT or name == OPEN) and (kind == STRICT or patterns[-1].is_global()),
        "prop-4": low <= network.loss <= high,
        "prop-5": (kind == GLOBAL) == patterns[0].is_printed_minimum(),
        "def-deep-order.repair": name != NONE or any(at.is_non_optimal(junk=True) for at in patterns),
    }
    faults += [theorem for theorem, holds in expected.items() if holds is False]
    told = [network.widths, kind, name, signs, [at.pattern for at in patterns], show(network.loss)]
    return Finding(
        kind,
        name,
        _features(data),
        expected["T6"] is not None,
        expected["T6 elsewhere"] is not None,
        tuple(faults),
        " ".join(str(part).replace(" ", "") for part in told),
    )


def family_holds(network: LinearNetwork) -> bool | None:
    """Whether T6 holds at a point; None where it does not apply: E = 0, or rank W X is some hidden width.

    With A_k(t) below and above layer q, W(t, s) = T(t) (A_q - s y_q y_(q-1)^T) B(t): all coefficients of
    T(t) A_q B(t) X but the first must vanish.
    """
    if is_zero(network.error) or rank(network.product * network.gram.G) >= min(network.widths[1:-1]):
        return None
    q, y = family_vectors(network)
    along = [y[k] * y[k - 1].transpose() * int(k != q) for k in range(1, network.depth + 1)]
    whole = chain_along(network, along, 0, network.depth, network.X)
    g, c = family_polynomials(network, q, y)
    leading = prod((frobenius2(v) for v in y[1:-1]), start=fmpq(1)) * (y[-1].transpose() * network.error * y[0])[0, 0]
    identity = all(is_zero(term) for term in whole[1:])
    if not identity or g.degree() != network.depth - 1 or g.leading_coefficient() != leading:
        return False
    t, s = lower_point(g, c)
    moved = network.with_weights(family_weights(network, q, y, t, s))
    return bool(moved.loss - network.loss == -s * g(t) + s * s * c(t) / 2 < 0)


def _features(data: DataSpectrum) -> tuple[str, ...]:
    irrational = any(not isinstance(e.value, fmpq) for e in data.positive)
    found = {
        "X X^T singular": data.rank_X < data.X.nrows(),
        "Y X^T deficient": data.rank < min(data.X.nrows(), data.Y.nrows()),
        "repeated values": any(m > 1 for m in data.multiplicities),
        "irrational values": irrational,
    }
    return tuple(feature for feature, there in found.items() if there)


def findings(depth: int, numbers: Sequence[int]) -> Iterator[Finding]:
    """What is found at these points of a depth."""
    for number in numbers:
        network = point(depth, number)
        yield examine(network, other_point(network, Random(f"{depth}/{number}/other")))


def block(depth: int, index: int) -> tuple[str, Counter[tuple[str, str, str]], list[str]]:
    """One block of points: a digest of all that was found, counts of (class, category, what), and contradictions."""
    digest, counts, faults = hashlib.sha256(), Counter[tuple[str, str, str]](), []
    numbers = range(index * BLOCK, (index + 1) * BLOCK)
    for number, found in zip(numbers, findings(depth, numbers), strict=True):
        digest.update(f"{number} {found.line}\n".encode())
        whats = ["points", *found.features, *["T6"] * found.family, *["T6 elsewhere"] * found.elsewhere]
        counts.update((found.kind, found.category, what) for what in whats)
        faults += [f"depth {depth}, point {number}: {fault}" for fault in found.faults]
    return digest.hexdigest()[:16], counts, faults


def record() -> dict[str, object]:
    """Examine all points. Cost: some three minutes."""
    blocks: dict[str, list[str]] = {}
    cells: list[dict[str, object]] = []
    faults: list[str] = []
    for depth in DEPTHS:
        total = Counter[tuple[str, str, str]]()
        blocks[str(depth)] = []
        for index in range(COUNT // BLOCK):
            digest, counts, wrong = block(depth, index)
            blocks[str(depth)].append(digest)
            total += counts
            faults += wrong
            if sys.stderr.isatty():
                sys.stderr.write(f"\rdepth {depth}: {(index + 1) * BLOCK} of {COUNT} points ")
        for kind, name in sorted({key[:2] for key in total}):
            there = {what: n for (*key, what), n in sorted(total.items()) if key == [kind, name]}
            cells.append({"depth": depth, "class": kind, "category": name, **there})
    return {"width": WIDTH, "count": COUNT, "block": BLOCK, "disagreements": faults, "cells": cells, "blocks": blocks}


def recorded() -> dict[str, object]:
    """What was recorded by the last run of `record`; a test draws blocks of it again."""
    text = resources.files("symbolic_cp.landscape").joinpath(FILE).read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(text)
    return found


COLUMNS = (
    "points", "X X^T singular", "Y X^T deficient", "repeated values", "irrational values", "T6", "T6 elsewhere"
)  # fmt: skip


@dataclass(frozen=True)
class EvidenceTable:
    """Rows of a table of the evidence, for the book: depth, class and numbers, the sums last."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    disagreements: tuple[str, ...]


def table(document: Mapping[str, object] | None = None, *, by: str = "class") -> EvidenceTable:
    """The record as a table with a row for each depth and class (or, with by="category", category), and their sums.

    >>> table().headers[:3]
    ('depth', 'class', 'points')
    """
    found = recorded() if document is None else document
    cells, wrong = found["cells"], found["disagreements"]
    assert isinstance(cells, list)
    assert isinstance(wrong, list)
    sums: dict[tuple[str | int, str], list[int]] = {}
    for cell in cells:
        for depth in (cell["depth"], "all"):
            for name in (cell[by], "all"):
                row = sums.setdefault((depth, name), [0] * len(COLUMNS))
                for i, column in enumerate(COLUMNS):
                    row[i] += cell.get(column, 0)
    ordered = sorted(sums, key=lambda key: (key[0] == "all", str(key[0]), key[1] == "all", key[1]))
    rows = tuple((*key, *sums[key]) for key in ordered)
    return EvidenceTable(("depth", by, *COLUMNS), rows, tuple(wrong))


if __name__ == "__main__":
    made = record()
    Path(__file__).with_name(FILE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{COUNT * len(DEPTHS)} points, {len(table(made).disagreements)} disagreements\n")
