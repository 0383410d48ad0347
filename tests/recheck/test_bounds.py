"""Hostile certificates end with a sentence, in bounded time and memory; whatever is in a file, no traceback."""

from __future__ import annotations

import copy
import json
import os
import random
import resource
import subprocess
import sys
from typing import Any

import pytest

from symbolic_cp import recheck

SECONDS, BYTES = 120, 3 * 10**9
HEAVY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
HEAD = {"format": "symbolic-cp certificate", "version": 1, "kind": "proof", "name": "bomb"}


def proof(**tables: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {table: [] for table in recheck.TABLES} | {"statement": 0, "facts": [], "theorems": []}
    return {**HEAD, **empty, "lines": [], **tables}


N = [0, [[1, "n", []]]]
SUM = [["scalar", f"x{i}", []] for i in range(3000)]
GUARD = {"nats": [], "generators": [["nat", "k", []]], "terms": [[None, [[10_000, [], []], [-1, [0], []]]]]}
A = ["A", "matrix", 0, 0, 0]
ROUNDS = [[["for_all_intro", [2 * i], [A]], ["for_all_elim", [2 * i + 1], [["term", 1]]]] for i in range(40)]


def ranges() -> list[Any]:
    formulas: list[Any] = [[">=", 0]]
    for _ in range(6):
        formulas += [["implies", 0, len(formulas) - 1], ["all", ["k", "nat", 0], len(formulas)]]
    return formulas


BOMBS = {
    "the square of a long sum": lambda: proof(
        generators=SUM, terms=[[None, [[1, [i], []] for i in range(3000)]], [None, [[1, [], []]]]],
        formulas=[[">=", 1]], lines=[["combine", [], [0, [], [[1, [0, 0, 0], [], []]]]]]),
    "a matrix put into itself": lambda: proof(
        nats=[N], letters=[["A", [], 0, 0], ["B", [], 0, 0]], generators=[["trace", [-1, 1]]], formulas=[[">=", 0]],
        terms=[[None, [[1, [0], []]]], [[0, 0], [[1, [], [1]], [1, [], [2]], [1, [], [1, 2]]]],
               [[0, 0], [[1, [], [1]]]]],
        lines=[["combine", [], [0, [], [[1, [], [2], []]]]], *(line for pair in ROUNDS for line in pair)]),
    "a formula that doubles 200 times": lambda: proof(
        formulas=[["false"], *(["and", i, i] for i in range(200)), ["implies", 200, 200]], statement=201,
        lines=[["assume", [], [200]], ["implies_intro", [0], [200]]]),
    "a deep formula": lambda: proof(
        formulas=[["false"], *(["and", 0, i] for i in range(100_000)), ["implies", 100_000, 100_000]],
        statement=100_001, lines=[["assume", [], [100_000]], ["implies_intro", [0], [100_000]]]),
    "a deep index": lambda: proof(
        nats=[N, *([0, [[1, "d", [i]]]] for i in range(50_000))], generators=[["nat", "d", [50_000]]],
        terms=[[None, [[1, [0], []]]]], formulas=[[">=", 0]],
        lines=[["nat_nonnegative", [], [50_000]], ["for_all_intro", [0], [["d", "nat", 1]]]]),
    "ranges within ranges": lambda: proof(**GUARD, formulas=ranges(), statement=12, lines=[["evaluate", [], [12]]]),
    "a zero of a million rows": lambda: proof(
        nats=[[1_000_000, []]], terms=[[[0, 0], []]], formulas=[["=", 0]], lines=[["evaluate", [], [0]]]),
    "a long trace": lambda: proof(nats=[N], letters=[["A", [], 0, 0]], generators=[["trace", [1] * 200_000]]),
    "a number of ten million digits": lambda: '{"version": ' + "7" * 10_000_000 + "}",
    "a text of ten million digits": lambda: json.dumps(proof(terms=[[None, [["7" * 10_000_000 + "/3", [], []]]]])),
    "a million lists": lambda: "[" * 1_000_000,
    "lists side by side": lambda: '{"nats": [' + "[]," * 6_000_000 + "[]]}",
    "a file that is too large": lambda: " " * 21_000_000,
    "roots of a polynomial of degree 99": lambda: json.dumps({
        **HEAD, "kind": "critical-point", "X": [[1]], "Y": [[1]], "weights": [{"entries": [[[0, 1]]], "field": {
            "minpoly": [int("3" * 900) + i for i in range(100)], "interval": [0, "1/" + "7" * 900]}}]}),
}  # fmt: skip
SLOW = {"the square of a long sum", "a matrix put into itself", "ranges within ranges",
        "roots of a polynomial of degree 99"}  # fmt: skip
nightly = pytest.mark.skipif(not HEAVY, reason="half a minute each: nightly")


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


@pytest.mark.parametrize("name", [pytest.param(x, marks=[nightly] * (x in SLOW)) for x in BOMBS])
def test_bombs_end_with_a_sentence(root, tmp_path, name):
    made = BOMBS[name]()
    file = tmp_path / "bomb.cert.json"
    file.write_text(made if isinstance(made, str) else json.dumps(made))
    checker = [sys.executable, "-I", root / "symbolic_cp/recheck.py", file]
    done = subprocess.run(checker, capture_output=True, text=True, timeout=SECONDS, preexec_fn=limited, check=False)
    assert done.returncode in (1, 2, 3), done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith(f"{file}: not accepted. ")
    assert done.stdout.count("\n") == 1
    assert len(done.stdout) < 5000


KERNEL = """
import json, sys
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.prover.certificate import replay
try:
    replay(json.load(open(sys.argv[1])))
except KernelError as error:
    print(error)
"""
# Ranges within ranges are no malformed certificate: the kernel goes through all of them, and it takes for ever.
FOR_THE_KERNEL = [name for name in BOMBS if name not in {*SLOW, "a long trace"} and isinstance(BOMBS[name](), dict)]


@pytest.mark.parametrize("name", FOR_THE_KERNEL)
def test_the_kernel_refuses_bombs_too(tmp_path, name):
    file = tmp_path / "bomb.cert.json"
    file.write_text(json.dumps(BOMBS[name]()))
    command = [sys.executable, "-c", KERNEL, file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, preexec_fn=limited, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert 0 < len(done.stdout) < 500


def test_small_budgets_end_too(corpus):
    """However little may be spent, what comes out is the truth or that it is not known."""
    for work in (0, 50, 1000, 5000):
        store = recheck.Store(work)
        with pytest.raises(recheck.TooMuch):
            recheck.ledger(store)
    assert all(recheck.check(json.dumps(data).encode())["ok"] for data in corpus.values())


JUNK: list[Any] = [
    None, True, False, 0, -1, 1, 2, 7, 10**6, 10**30, "", "x", "~0", "#", "1/2", "1/0", "-3/4", [], [[]], {}, [0],
    [1, 2], {"table": []}, ["nat", 0], ["term", 0], ["family", 1, ["term", 0]], ["family", 1], ["nat", 0, 1, 2],
    ["trace", [1], 2], ["scalar", "x", [], 1, 2], ["scalar"], ["=", 0, 1], "=", "all", "\u00e9", "\x00",
    {"rows": 1, "cols": 1, "entries": [[1]]},
    {"rows": 1}, {"field": 1, "entries": [[1]]}, 1.5, "for_all_intro", "__class__", "store",
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


@pytest.mark.parametrize("seed", range(40 if HEAVY else 4))
def test_nothing_in_a_file_breaks_the_checker(corpus, seed):
    point = {**HEAD, "kind": "critical-point", "X": [[1, 0], [0, 1]], "Y": [[1, 0], [0, "1/2"]], "weights": [
        {"field": {"minpoly": [-2, 0, 1], "interval": [1, 2]}, "entries": [[[0, 1], [0]]]}, [[1], [0]]]}  # fmt: skip
    rng = random.Random(seed)
    for _ in range(250):
        data = copy.deepcopy(rng.choice([*corpus.values(), point]))
        for _ in range(rng.choice([1, 1, 2])):
            *path, last = rng.choice(places(data)[1:])
            inside = data
            for key in path:
                inside = inside[key]
            what = rng.random()
            if what < 0.2:
                del inside[last]
            elif what < 0.35 and isinstance(inside, list):
                inside.insert(last, rng.choice(JUNK))
            else:
                inside[last] = copy.deepcopy(rng.choice(JUNK))
        report = recheck.check(json.dumps(data).encode())
        assert report["code"] in (0, 1, 2, 3)
        assert report["ok"] == (report["code"] == 0)
        assert "\n" not in report["message"]
