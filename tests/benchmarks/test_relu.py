"""The cost of a ReLU landscape against its number of cells, and the two sizes that must take less than a minute.

Run by name only: python -m pytest -s tests/benchmarks/test_relu.py. CPU time is printed; asserted is that it grows no
faster than cells times samples (with a wide margin), and that every landscape has a global minimum and all cells.
"""

from __future__ import annotations

import time
from math import comb
from random import Random

import pytest
from flint import fmpq_mat

from symbolic_cp.landscape.relu import relu_landscape

SIZES = {2: (60, 125, 250, 500), 3: (15, 30, 60)}


def drawn(d0, m, d2=2):
    draw = Random(1)
    X = fmpq_mat(d0, m, [draw.randint(-9999, 9999) for _ in range(d0 * m)])
    return X, fmpq_mat(d2, m, [draw.randint(-9, 9) for _ in range(d2 * m)])


@pytest.mark.parametrize("d0", [2, 3])
def test_the_cost_is_proportional_to_the_number_of_cells(d0):
    costs = []
    for m in SIZES[d0]:
        start = time.process_time()
        found = relu_landscape(*drawn(d0, m))
        seconds = time.process_time() - start
        cells = 2 * sum(comb(m - 1, k) for k in range(d0))
        assert found.cells.covered == cells
        assert found.is_global(found.local_minima[0])
        costs.append(seconds / (cells * (1 + m / 50)))
        print(f"d0 = {d0}, m = {m}: {cells} cells, {seconds:.1f} s, {1000 * seconds / cells:.2f} ms a cell")  # noqa: T201
    assert seconds < 60
    assert max(costs) < 8 * min(costs)
