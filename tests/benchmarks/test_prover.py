"""How fast, how short: every statement of the suites, decided, with the figures of a run printed as a table.

"published" are statements of operator_gb with the lengths of its certificates; "fresh" were written before the prover
was tried on any of them. `find` is the search alone and `decide` all that `symbolic-cp prove` does; `check` replays
the proof in the kernel, `combine` its algebraic steps alone, `recheck` the certificate from bytes in recheck.py.

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

from symbolic_cp import recheck
from symbolic_cp.kernel.replay import in_order, replay
from symbolic_cp.prover.certificate import write
from symbolic_cp.prover.decide import decide
from symbolic_cp.prover.problem import Problem, read_problems
from symbolic_cp.prover.refute import counterexample
from symbolic_cp.prover.size import size
from symbolic_cp.prover.tactics import prove_goal

HERE = Path(__file__).resolve().parent
SUITES = {
    "published": HERE.parents[2] / "shared" / "suite" / "matrix-identities.json",
    "analysis": HERE.parent / "suite" / "analysis.json",
    "fresh": HERE.parent / "suite" / "fresh.json",
}
RUNS = 3
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
            verdict, terms, checking, algebra, second = "refuted" if found else "undecided", None, 0.0, 0.0, 0.0
        else:
            theorem, finding = timed(lambda goal=goal: prove_goal(goal))
            assert theorem.conclusion == goal.formula()
            _, checking = timed(lambda theorem=theorem: replay(theorem))
            algebra = sum(timed(lambda one=one: again(one))[1] for one in in_order(theorem) if one.rule == "combine")
            verdict, terms = "proved", size(theorem)[0]
            content = json.dumps(write(theorem, goal.name)).encode()
            accepted, second = timed(lambda content=content: recheck.check(content))
            assert accepted["ok"]
        known = published[number] if published else None
        whole = timed(lambda goal=goal: decide(goal))[1]
        rows.append({
            "name": goal.name, "verdict": verdict, "expect": expect, "terms": terms, "published": known,
            "find_ms": round(finding, 2), "check_ms": round(checking, 2), "combine_ms": round(algebra, 2),
            "recheck_ms": round(second, 2), "decide_ms": round(whole, 2),
        })
    return rows


def again(theorem: Any) -> Any:
    """One application of the algebraic rule, made anew."""
    from symbolic_cp.kernel.theory import combine

    claim, cofactors, products = theorem.parameters
    return combine(*theorem.premises, claim=claim, cofactors=cofactors, products=products)


def table_of(rows: list[Row]) -> str:
    """The rows as lines of text."""
    lines = [f"{'statement':34}{'verdict':>10}{'terms':>7}{'publ.':>7}{'find ms':>10}{'check ms':>10}{'combine':>9}"
             f"{'recheck':>9}{'decide':>9}"]
    for row in rows:
        counts = "".join(f"{'' if row[key] is None else row[key]:>7}" for key in ("terms", "published"))
        times = f"{row['find_ms']:>10}{row['check_ms']:>10}{row['combine_ms']:>9}"
        times += f"{row['recheck_ms']:>9}{row['decide_ms']:>9}"
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
    keys = "find_ms", "check_ms", "combine_ms", "recheck_ms", "decide_ms"
    total = {key: sum(row[key] for row in rows if row["verdict"] == "proved") for key in keys}
    summary = {
        "suite": suite, "statements": len(statements), "median_ms": round(statistics.median(statements), 2),
        "sum_ms": round(sum(statements), 1), "slowest_ms": round(max(statements), 1),
        "decide_sum_ms": round(total["decide_ms"], 1),
        **{f"{one}_share": round(total[f"{one}_ms"] / total["find_ms"], 3) for one in ("check", "combine", "recheck")},
        **{f"{one}_of_decide": round(total[f"{one}_ms"] / total["decide_ms"], 3) for one in ("check", "recheck")},
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
    assert total["combine_ms"] <= total["find_ms"] / 10
