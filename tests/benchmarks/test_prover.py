"""How fast, how short: every statement of the two suites, decided, with the figures of a run printed as a table.

Run by name only: python -m pytest tests/benchmarks/test_prover.py. Times are CPU milliseconds, medians of RUNS runs.
The table is written as JSON beside this file.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symbolic_cp.kernel.replay import in_order, replay
from symbolic_cp.prover.problem import Problem, read_problems
from symbolic_cp.prover.refute import counterexample
from symbolic_cp.prover.size import size
from symbolic_cp.prover.tactics import prove_goal

HERE = Path(__file__).resolve().parent
SUITES = {
    "published": HERE.parents[2] / "shared" / "suite" / "matrix-identities.json",
    "analysis": HERE.parent / "suite" / "analysis.json",
}
RUNS = 5
Row = dict[str, Any]


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """The result, and the median of its CPU time in milliseconds."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        result = action()
        times.append(1000 * (time.process_time() - start))
    return result, statistics.median(times)


def rows_of(problem: Problem, expect: str, published: list[int] | None) -> list[Row]:
    """One row a claim: proved or refuted as expected, with terms and times."""
    rows: list[Row] = []
    for number, goal in enumerate(problem.goals()):
        if expect == "refuted":
            found, finding = timed(lambda goal=goal: counterexample(goal))
            verdict, terms, checking, algebra = "refuted" if found else "undecided", None, 0.0, 0.0
        else:
            theorem, finding = timed(lambda goal=goal: prove_goal(goal))
            assert theorem.conclusion == goal.formula()
            _, checking = timed(lambda theorem=theorem: replay(theorem))
            algebra = sum(timed(lambda one=one: again(one))[1] for one in in_order(theorem) if one.rule == "combine")
            verdict, terms = "proved", size(theorem)[0]
        known = published[number] if published else None
        rows.append({
            "name": goal.name, "verdict": verdict, "expect": expect, "terms": terms, "published": known,
            "find_ms": round(finding, 2), "check_ms": round(checking, 2), "combine_ms": round(algebra, 2),
        })
    return rows


def again(theorem: Any) -> Any:
    """One application of the algebraic rule, made anew."""
    from symbolic_cp.kernel.theory import combine

    claim, cofactors, products = theorem.parameters
    return combine(*theorem.premises, claim=claim, cofactors=cofactors, products=products)


def table_of(rows: list[Row]) -> str:
    """The rows as lines of text."""
    lines = [f"{'statement':34}{'verdict':>10}{'terms':>7}{'publ.':>7}{'find ms':>10}{'check ms':>10}{'combine':>9}"]
    for row in rows:
        counts = "".join(f"{'' if row[key] is None else row[key]:>7}" for key in ("terms", "published"))
        times = f"{row['find_ms']:>10}{row['check_ms']:>10}{row['combine_ms']:>9}"
        lines.append(f"{row['name']:34}{row['verdict']:>10}{counts}{times}")
    return "\n".join(lines)


@pytest.mark.parametrize("suite", list(SUITES))
def test_suite(suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = SUITES[suite]
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    raw = {entry["name"]: entry for entry in json.loads(path.read_text())["problems"]}
    rows: list[Row] = []
    statements: list[float] = []
    for problem in read_problems(path):
        mine = rows_of(problem, raw[problem.name]["expect"], raw[problem.name].get("published_terms"))
        statements.append(sum(row["find_ms"] for row in mine))
        rows += mine
    measured = [row for row in rows if row["published"]]
    longer = [row["name"] for row in measured if row["terms"] > row["published"]]
    summary = {
        "suite": suite, "statements": len(statements), "median_ms": round(statistics.median(statements), 2),
        "sum_ms": round(sum(statements), 1), "slowest_ms": round(max(statements), 1),
        "check_share": round(sum(row["check_ms"] for row in rows) / sum(row["find_ms"] for row in rows), 3),
        "combine_share": round(sum(row["combine_ms"] for row in rows) / sum(row["find_ms"] for row in rows), 3),
        "with_published": len(measured), "longer_than_published": longer,
    }
    table = HERE / "table.json"
    kept = json.loads(table.read_text()) if table.exists() else {}
    table.write_text(json.dumps({**kept, suite: {"summary": summary, "rows": rows}}, indent=1))
    with capsys.disabled():
        sys.stdout.write(f"\n{table_of(rows)}\n{json.dumps(summary, indent=1)}\n")
    assert all(row["verdict"] == row["expect"] for row in rows)
    assert len(longer) <= len(measured) / 10
    assert all(row["terms"] <= 2 * row["published"] for row in measured)
    assert max(statements) < 10_000
    assert statistics.median(statements) < 20
    assert suite != "published" or sum(statements) < 5_000
