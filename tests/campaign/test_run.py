"""Campaigns: the same result on whatever executor, resumed, and killed five times."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from random import Random

import pytest

from symbolic_cp.campaign.executors import processes
from symbolic_cp.campaign.run import campaign
from symbolic_cp.campaign.store import Store
from symbolic_cp.campaign.trials import trials_of
from symbolic_cp.exact.errors import Undecided

psutil = pytest.importorskip("psutil")
COUNT = 300


@pytest.fixture(scope="module")
def trials(folder):
    return trials_of("false", 11, folder)


@pytest.fixture(scope="module")
def alone(trials):
    return campaign(trials, COUNT)


def same(one, other):
    return (one.counts, one.failures) == (other.counts, other.failures)


def test_alone(alone):
    assert sum(alone.counts.values()) == COUNT == alone.fresh
    assert 0 < alone.counts["violated"] < COUNT
    assert alone.checked == COUNT
    assert len(alone.failures) == 5
    assert all(one.shrunk["n"] == 2 for one in alone.failures)
    assert alone.to_json()["per_second"] > 0


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_gives_the_same(trials, alone, kind):
    from multiprocessing import get_context

    options = {"mp_context": get_context("spawn")} if kind is ProcessPoolExecutor else {}
    with kind(2, **options) as executor:
        assert same(campaign(trials, COUNT, executor=executor, workers=2), alone)


def test_our_processes_give_the_same(trials, alone, folder):
    seen = []
    with processes(2) as (executor, workers):
        found = campaign(
            trials, COUNT, executor=executor, workers=workers, progress=lambda *now: seen.append(now), book=str(folder)
        )
    assert same(found, alone)
    assert sum(seen[-1][0].values()) == seen[-1][1] == COUNT
    assert all(rate > 0 for _, _, rate in seen)


def test_a_campaign_goes_on_and_grows(trials, alone, tmp_path):
    with Store(tmp_path / "store.db") as store:
        assert campaign(trials, 100, store).fresh == 100
        first = store.ranges()
    with Store(tmp_path / "store.db") as store:
        assert campaign(trials, 100, store).fresh == 0
        assert store.ranges() == first
        grown = campaign(trials, COUNT, store)
        assert grown.fresh == COUNT - 100
        assert same(grown, alone)
        assert same(campaign(trials, 100, store), grown)  # what is kept is kept


class Dies(ThreadPoolExecutor):
    """An executor whose third call finds its worker dead."""

    calls = 0

    def submit(self, function, /, *arguments, **named):
        self.calls += 1
        if self.calls == 3:
            return super().submit(self.broken)
        return super().submit(function, *arguments, **named)

    @staticmethod
    def broken():
        raise BrokenProcessPool


def test_a_dead_worker_ends_the_campaign_and_loses_nothing(trials, alone):
    with Store() as store:
        with Dies(1) as executor, pytest.raises(Undecided, match="a worker process was killed"):
            campaign(trials, COUNT, store, executor=executor)
        assert 0 < sum(store.tally()[0].values()) < COUNT
        assert same(campaign(trials, COUNT, store), alone)


def test_an_instance_that_breaks_the_checker_is_kept_as_such(trials, monkeypatch):
    def check(*_):
        raise ArithmeticError("an impossible thing")

    monkeypatch.setattr("symbolic_cp.book.campaigns.Trial.check", check)
    found = campaign(trials, 5)
    assert found.counts["error"] == 5
    assert found.checked == 0
    assert found.errors[0].message == "ArithmeticError: an impossible thing"


def test_killed_five_times_nothing_is_lost_and_nothing_done_twice(folder, tmp_path):
    """SIGKILL at random moments while it writes; the last run finishes; the store is what one run would have made."""
    count, file, rng = 8_000, tmp_path / "store.db", Random(5)
    command = [sys.executable, "-m", "symbolic_cp", "campaign", "--statement", "false", "--count", str(count)]
    command += ["--seed", "11", "--jobs", "2", "--store", str(file), "--book", str(folder)]
    kept: list[tuple[int, int]] = []
    for _ in range(5):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        log = file.with_name("store.db-wal")
        until(lambda log=log: log.exists() and log.stat().st_size > 40_000)
        time.sleep(rng.random() / 10)
        workers = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL  # it was killed, and had not come to its end
        assert not psutil.wait_procs(workers, timeout=10)[1]  # and left nobody behind
        with Store(file) as store:
            before, kept = kept, store.ranges()
            assert set(before) < set(kept)  # nothing that was kept is lost, and something new is there
            assert disjoint(kept)
    done = sum(length for _, length in kept)
    last = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert last.returncode == 1  # some instances fail
    assert f'"this_run": {count - done},' in last.stdout  # only what was missing
    with Store(file) as store:
        ranges = store.ranges()
        assert set(kept) < set(ranges)
        assert disjoint(ranges)
        assert sum(length for _, length in ranges) == count
        counts, odd = store.tally()[0], [(one.number, one.verdict, one.values) for one in store.odd()]
    batch = trials_of("false", 11, folder).batch(0, count)
    assert odd == [(one.number, one.verdict, one.values) for one in batch.odd]
    assert counts["holds"] == count - len(odd)


def disjoint(ranges):
    return all(first + length <= later for (first, length), (later, _) in pairwise(ranges))


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
