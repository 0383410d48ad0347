"""What long tasks cost is said before they start, and too long ones are not begun by mistake."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from symbolic_cp.cli import main
from symbolic_cp.cli.output import foretell
from symbolic_cp.exact.errors import TooLarge
from symbolic_cp.landscape.cost import Cost, spectrum_cost, strata_cost
from symbolic_cp.landscape.data import DataSpectrum


def drawn(features, samples, targets, largest=256):
    rng = np.random.default_rng(1)
    X, Y = rng.integers(0, largest, (features, samples)), rng.integers(0, 2, (targets, samples))
    return DataSpectrum(X.tolist(), Y.tolist())


def test_costs_grow_with_sizes_and_digits():
    small, wide, long, deep = (
        spectrum_cost(drawn(*sizes).gram) for sizes in ((10, 20, 3), (20, 40, 3), (10, 20, 3, 2**30), (10, 20, 30))
    )
    assert small.seconds < wide.seconds < 100 * small.seconds
    assert small.seconds < long.seconds
    assert small.seconds < deep.seconds
    assert strata_cost(1000).seconds < strata_cost(2000).seconds


def test_a_spectrum_takes_what_was_said_within_a_factor_of_thirty():
    data = drawn(64, 128, 5)
    said = spectrum_cost(data.gram).seconds
    start = time.process_time()
    assert data.positive
    assert said / 30 < time.process_time() - start < 30 * said


def test_nothing_costs_nothing():
    assert spectrum_cost(DataSpectrum([[0]], [[0]]).gram).seconds < 1


@pytest.mark.parametrize(
    ("seconds", "size", "text"),
    [
        (0, 0, "about 1 seconds and 1 MB of memory"),
        (50, 2**20, "about 50 seconds and 1 MB of memory"),
        (90, 2**30, "about 1.5 minutes and 1 GB of memory"),
        (86_400 * 3, 2**33, "about 3 days and 8 GB of memory"),
        (31_557_600 * 12_345, 2**45, "about 12,345 years and 32,768 GB of memory"),
    ],
)
def test_costs_in_words(seconds, size, text):
    assert str(Cost(seconds, size)) == text


def test_long_tasks_are_announced_and_longer_ones_refused(capsys):
    foretell("it", Cost(5, 1), anyway=False)
    assert capsys.readouterr() == ("", "")
    foretell("it", Cost(100, 1), anyway=False)
    assert capsys.readouterr() == ("", "it takes about 1.7 minutes and 1 MB of memory\n")
    with pytest.raises(TooLarge, match=r"it would take about 2.8 hours .*; --anyway begins nevertheless"):
        foretell("it", Cost(10_000, 1), anyway=False)
    foretell("it", Cost(10_000, 1), anyway=True)
    assert "2.8 hours" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["landscape"], ["point", "--pattern", "1,0"]])
def test_the_commands_say_so_at_once(command, tmp_path, capsys):
    rng = np.random.default_rng(1)
    X = rng.integers(0, 256, (900, 1000))
    np.savez(tmp_path / "large.npz", X=X, Y=np.ones((1, 1000), int))
    start = time.process_time()
    name, *more = command
    assert main([name, str(tmp_path / "large.npz"), "--hidden", "1", *more, "--json"]) == 2
    said = json.loads(capsys.readouterr().out)["error"]["message"]
    assert said.startswith("the spectrum of these data would take about ")
    assert said.endswith("; --anyway begins nevertheless")
    assert time.process_time() - start < 30
