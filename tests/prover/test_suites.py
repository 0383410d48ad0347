"""The suites: every true statement is proved and replayed, certificates are short, and the same in every process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from symbolic_cp.prover.certificate import replay, write
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.problem import read_problems
from symbolic_cp.prover.refute import counterexample
from symbolic_cp.prover.size import size
from symbolic_cp.prover.tactics import prove_goal

ROOT = Path(__file__).resolve().parents[2]
ANALYSIS = ROOT / "tests" / "suite" / "analysis.json"
FRESH = ROOT / "tests" / "suite" / "fresh.json"  # written before the prover was tried on any of them
PUBLISHED = ROOT.parent / "shared" / "suite" / "matrix-identities.json"
SAMPLE = ("woodbury", "polar_pinv", "common_solution", "least_squares", "psd_trace_product", "rank_of_gram")


@cache
def entries(path: Path) -> dict[str, dict]:
    return {one["name"]: one for one in json.loads(path.read_text())["problems"]}


def goals(path: Path, expect: str) -> list[Goal]:
    if not path.exists():
        return []
    chosen = {name for name, one in entries(path).items() if one["expect"] == expect}
    return [goal for problem in read_problems(path) if problem.name in chosen for goal in problem.goals()]


@pytest.mark.parametrize("goal", [*goals(ANALYSIS, "proved"), *goals(FRESH, "proved")], ids=lambda goal: goal.name)
def test_analysis(goal):
    theorem = prove_goal(goal)
    assert replay(write(theorem, goal.name)).statement == goal.formula()


@pytest.mark.parametrize("goal", [*goals(ANALYSIS, "refuted"), *goals(FRESH, "refuted")], ids=lambda goal: goal.name)
def test_analysis_refuted(goal):
    assert counterexample(goal) is not None


@pytest.mark.parametrize("goal", goals(PUBLISHED, "proved"), ids=lambda goal: goal.name)
def test_published(goal):
    theorem = prove_goal(goal)
    assert replay(write(theorem, goal.name)).statement == goal.formula()
    name, _, number = goal.name.partition(".")
    published = entries(PUBLISHED)[name]["published_terms"]
    if published:
        assert size(theorem)[0] <= published[int(number or 1) - 1]


def fingerprint() -> str:
    """A hash of the certificates of a sample of statements."""
    found = hashlib.sha256()
    for problem in read_problems(ANALYSIS):
        if problem.name in SAMPLE:
            for goal in problem.goals():
                found.update(json.dumps(write(prove_goal(goal), goal.name)).encode())
    return found.hexdigest()


def test_the_same_certificates_under_every_hash_seed():
    found = set()
    for seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        code = f"import runpy; print(runpy.run_path({str(Path(__file__))!r})['fingerprint']())"
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout.strip())
    assert found == {fingerprint()}


def test_the_sample_is_there():
    assert set(SAMPLE) <= set(entries(ANALYSIS))


def test_no_statement_is_named_twice():
    names = [one["name"] for path in (ANALYSIS, FRESH) for one in json.loads(path.read_text())["problems"]]
    assert len(names) == len(set(names))
