"""The record of examined points: blocks of it drawn again, and that a wrong theorem would have been seen."""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random

import pytest
from flint import fmpq_mat

from symbolic_cp.landscape import evidence
from symbolic_cp.landscape.evidence import BLOCK, COLUMNS, COUNT, DEPTHS, block, examine, other_point, point, recorded

RECORD = recorded()
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
BLOCKS = COUNT // BLOCK
nightly = pytest.mark.skipif(not NIGHTLY, reason="minutes: nightly")


def cells(**wanted):
    return [cell for cell in RECORD["cells"] if all(cell[name] == value for name, value in wanted.items())]


def total(what="points", **wanted):
    return sum(cell.get(what, 0) for cell in cells(**wanted))


def test_the_record_is_that_of_this_program():
    assert (RECORD["width"], RECORD["count"], RECORD["block"]) == (evidence.WIDTH, COUNT, BLOCK)
    assert {int(depth): len(found) for depth, found in RECORD["blocks"].items()} == dict.fromkeys(DEPTHS, BLOCKS)


def test_no_disagreement_on_thousands_of_points_of_every_class():
    assert RECORD["disagreements"] == []
    assert total() == COUNT * len(DEPTHS) >= 5_000
    for depth in DEPTHS:
        assert total(depth=depth) == COUNT
        for kind in ("global-minimum", "strict-saddle", *["non-strict-saddle"] * (depth > 2)):
            for what in COLUMNS[:5]:
                assert total(what, depth=depth, **{"class": kind}) >= 10, (depth, kind, what)
        assert total("T6", depth=depth) >= COUNT // 4
        assert total("T6 elsewhere", depth=depth) >= COUNT // 4
    assert not cells(depth=2, **{"class": "non-strict-saddle"})
    names = {"deep-non-optimal", "deep-optimal", "open", "none"}
    assert {cell["category"] for cell in cells()} == {*names, "global-minimum"}
    assert all(total(category=name) >= 100 for name in names)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("turn", range(BLOCKS if NIGHTLY else 1))
def test_blocks_drawn_again(depth, turn):
    index = (7 * depth + turn) % BLOCKS
    digest, counts, faults = block(depth, index)
    assert faults == []
    assert digest == RECORD["blocks"][str(depth)][index], "run python -m symbolic_cp.landscape.evidence, and see why"
    assert sum(n for (*_, what), n in counts.items() if what == "points") == BLOCK


def rows_of(network):
    return tuple(str(M.table()) for M in (network.X, network.Y, *network.weights))


@nightly
def test_no_two_points_are_the_same():
    points = {rows_of(point(depth, number)) for depth in DEPTHS for number in range(COUNT)}
    assert len(points) == COUNT * len(DEPTHS)


@nightly
def test_counts_are_those_of_the_blocks():
    for depth in DEPTHS:
        sums = sum((block(depth, index)[1] for index in range(BLOCKS)), start=evidence.Counter())
        for (kind, name, what), n in sums.items():
            assert total(what, depth=depth, category=name, **{"class": kind}) == n


def test_the_table_has_the_sums():
    found = evidence.table()
    assert found.headers == ("depth", "class", *COLUMNS)
    assert found.rows[-1][:3] == ("all", "all", COUNT * len(DEPTHS))
    rows = {row[:2]: row[2:] for row in found.rows}
    for (depth, kind), numbers in rows.items():
        wanted = {} if depth == "all" else {"depth": depth}
        wanted |= {} if kind == "all" else {"class": kind}
        assert numbers == tuple(total(what, **wanted) for what in COLUMNS)
    assert {row[1] for row in evidence.table(by="category").rows} >= {"none", "open"}


def turned(v):
    return fmpq_mat(v.nrows(), 1, [int(entry == 0) for entry in v.entries()])


POINTS = [(depth, number) for depth in (3, 4) for number in range(30)]


def faults():
    return {fault for depth, number in POINTS for fault in examine(point(depth, number)).faults}


def test_wrong_classes_would_be_seen(monkeypatch):
    assert faults() == set()
    original = evidence.classify

    def swapped(network, data):
        found = original(network, data)
        other = {"strict-saddle": "non-strict-saddle", "non-strict-saddle": "strict-saddle"}
        return replace(found, kind=other.get(found.kind, found.kind))

    monkeypatch.setattr(evidence, "classify", swapped)
    assert faults() >= {"T4", "T8"}


def test_wrong_minima_would_be_seen(monkeypatch):
    monkeypatch.setattr(evidence, "best_pattern", lambda data, _: (0,) * (data.r + 1))
    assert faults() >= {"T4"}


def test_a_wrong_family_would_be_seen(monkeypatch):
    original = evidence.family_vectors

    def other(network):
        q, y = original(network)
        return q, (*y[:1], *(turned(v) if k != q else v for k, v in enumerate(y[1:-1], start=1)), *y[-1:])

    monkeypatch.setattr(evidence, "family_vectors", other)
    assert "T6" in faults()


def test_other_points_are_not_critical_and_have_a_small_rank():
    applied = 0
    for depth, number in POINTS:
        network = point(depth, number)
        other = other_point(network, Random(number))
        assert other.widths == network.widths
        applied += bool(evidence.family_holds(other)) and not other.is_critical()
    assert applied >= 20
