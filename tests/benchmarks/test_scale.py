"""Real data, and many instances on two processes, as a table.

python -m pytest tests/benchmarks/test_scale.py. Processes are timed in turn, one and two, and beside them processes
that only count: on a machine that is busy otherwise two of those are not twice as fast as one, and this says by how
much. What a busy machine does not change is how much of the time the two have something to do. A campaign is some
seconds long, so that the one batch on which both wait at the end does not count for more than it does in use.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symbolic_cp.campaign.executors import processes
from symbolic_cp.campaign.run import campaign
from symbolic_cp.campaign.store import Store
from symbolic_cp.campaign.trials import trials_of

TABLE = Path(__file__).resolve().parent / "table.json"
DATA = Path(__file__).resolve().parents[2] / "examples" / "data"
TURNS = 7
SETS = {"iris": "species", "wine": "target", "breast_cancer": "target", "diabetes": "target", "digits": "target"}


@pytest.fixture
def keep(capsys):
    """Print rows (what, value, unit, target), write them to the table, and assert that they were measured."""

    def keep(section, rows):
        table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
        listed = [dict(zip(("what", "value", "unit", "target"), one, strict=True)) for one in rows]
        for one in listed:
            one["verdict"] = None if one["target"] is None else "met" if one["value"] <= one["target"] else "missed"
        table["scale"] = {**table.get("scale", {}), section: listed}
        TABLE.write_text(json.dumps(table, indent=1))
        with capsys.disabled():
            lines = [f"{one['what']:76}{one['value']:>11.4g} {one['unit']:12}{one['verdict'] or ''}" for one in listed]
            sys.stdout.write("\n".join(["\n", section, *lines, ""]))
        assert all(one["value"] > 0 for one in listed)

    return keep


def spent(*words):
    """CPU seconds of a fresh process, imports included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "symbolic_cp", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_real_data(keep, tmp_path):
    rows = []
    for name, target in SETS.items():
        words = [str(DATA / f"{name}.csv"), "--target", target]
        times = [spent("landscape", *words, "--hidden", "10") for _ in range(3)]
        rows.append((f"landscape {name}, a fresh process", statistics.median(times), "CPU seconds", 3.0))
    point = str(tmp_path / "point.json")
    words = [str(DATA / "digits.csv"), "--target", "target", "--hidden", "1"]
    pattern = "1" + ",0" * 10
    made = spent("point", *words, "--pattern", pattern, "-o", point)
    rows.append(("point digits, degree 10", made, "CPU seconds", None))
    rows.append(("verify of that", spent("verify", point), "CPU seconds", None))
    keep("real data", rows)


def count(k):
    """Bare work."""
    total = 0
    for i in range(k):
        total += i * i
    return total


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def test_two_processes(keep):
    trials, size, bare = trials_of("lem-1.6", 1), 1600, [3_000_000] * 4
    times = {name: [] for name in ("one", "two", "bare one", "bare two")}
    busy = []
    with processes(1) as (one, _), processes(2) as (two, _):
        for executor, workers in ((one, 1), (two, 2)):
            campaign(trials, 40, executor=executor, workers=workers)  # imports, and the first look at the statement
        for _ in range(TURNS):
            for executor, workers, name in ((one, 1, "one"), (two, 2, "two")):
                with Store() as store:
                    run = campaign(trials, size, store, executor=executor, workers=workers)
                    share = store.seconds() / (workers * run.seconds)
                times[name].append(run.seconds)
                busy += [share] * (workers == 2)
                times[f"bare {name}"].append(timed(lambda executor=executor: list(executor.map(count, bare))))
    ours, theirs = (
        statistics.median(b / a for a, b in zip(times[f"{kind}one"], times[f"{kind}two"], strict=True))
        for kind in ("", "bare ")
    )
    keep("campaign, two processes", [
        ("two processes / one, median of pairs", ours, "times", 1 / 1.8),
        ("the same of processes that only count", theirs, "times", None),
        ("two processes / what this machine has to give", ours / theirs, "times", None),
        ("all the time / the time that two processes are at work", 1 / statistics.median(busy), "times", 1 / 0.9),
        ("load of the machine meanwhile", max(os.getloadavg()[0], 0.01), "", None),
    ])


def test_instances(keep):
    rows = []
    for name in ("eq-22", "lem-1.6", "lem-1", "thm-1"):
        trials = trials_of(name, 1)
        trials.batch(0, 20)
        start = time.process_time()
        trials.batch(100, 100)
        rows.append((f"one instance of {name}", 10 * (time.process_time() - start), "CPU ms", None))
    keep("instances", rows)
