"""The answers of `verify`, taken as JSON, checked by someone with fractions and matrix products only."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random
from runpy import run_path

import pytest

from symbolic_cp.exact.matrices import rows_as_json
from symbolic_cp.landscape.generate import draw_integers
from symbolic_cp.landscape.sample import SOURCES
from symbolic_cp.landscape.verify import verify
from symbolic_cp.networks.linear import LinearNetwork

check = run_path(str(Path(__file__).with_name("by_hand.py")))["check"]


def answer(network):
    document = {"X": rows_as_json(network.X), "Y": rows_as_json(network.Y)}
    document["weights"] = [rows_as_json(A) for A in network.weights]
    said = verify(network.X, network.Y, network.weights).to_json()
    return json.loads(json.dumps(document)), json.loads(json.dumps(said))


@pytest.mark.parametrize("source", SOURCES)
def test_every_class_can_be_checked_by_multiplying_matrices(source):
    seen: Counter[str] = Counter()
    for seed in range(80):
        rng = Random(seed)
        network = source(rng, [rng.randint(1, 3) for _ in range(1 + seed % 3)], 3)
        document, said = answer(network)
        check(document, said)
        seen[said["class"]] += 1
    assert set(seen) == {"global-minimum", "strict-saddle", "non-strict-saddle"}
    assert min(seen.values()) >= 2


def test_points_that_are_not_critical():
    for seed in range(20):
        rng = Random(seed)
        widths = [rng.randint(1, 3) for _ in range(rng.randint(3, 5))]
        X, Y = draw_integers(rng, widths[0], 3), draw_integers(rng, widths[-1], 3)
        weights = [draw_integers(rng, high, low) for low, high in pairwise(widths)]
        check(*answer(LinearNetwork(X, Y, weights)))


CLAIMS = [
    ("strict-saddle", ["witness", "curvature"], "-1/7"),
    ("strict-saddle", ["loss"], "1/7"),
    ("non-strict-saddle", ["witness", "change"], "-1/7"),
    ("non-strict-saddle", ["witness", "polynomial"], [[], ["1"], ["1"]]),
    ("non-strict-saddle", ["witness", "hessian", "D"], ["-1"]),
    ("global-minimum", ["witness", "threshold"], "1/1000"),
    ("global-minimum", ["witness", "rank_limit"], 7),
    ("global-minimum", ["witness", "bound"], "1/7"),
]


@pytest.mark.parametrize(("kind", "path", "wrong"), CLAIMS)
def test_the_reader_refuses_what_is_wrong(kind, path, wrong):
    document, said = next(found for found in map(drawn, range(400)) if suits(found[1], kind))
    check(document, said)
    place = said
    for name in path[:-1]:
        place = place[name]
    assert place[path[-1]] != wrong
    place[path[-1]] = wrong
    with pytest.raises((AssertionError, ValueError)):
        check(document, said)


def drawn(seed):
    rng = Random(seed)
    return answer(SOURCES[seed % 3](rng, [rng.randint(1, 2) for _ in range(rng.randint(1, 2))], 3))


def suits(said, kind):
    """Of this class, with a Hessian that is not zero, or with something left to discard."""
    witness = said["witness"]
    if kind == "non-strict-saddle":
        return said["class"] == kind and bool(witness["hessian"]["D"])
    return said["class"] == kind and (kind != "global-minimum" or bool((witness["separation"] or {}).get("captured")))
