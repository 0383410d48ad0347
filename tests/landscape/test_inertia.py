"""The inertia from the spectrum is that of the whole exact Hessian."""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq_mat

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import InputError
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_problem
from symbolic_cp.landscape.inertia import stratum_inertia
from symbolic_cp.landscape.shallow import critical_point
from symbolic_cp.landscape.strata import GLOBAL, classes_of, patterns
from symbolic_cp.networks.hessian import hessian
from symbolic_cp.networks.linear import LinearNetwork


@pytest.mark.parametrize("seed", range(60))
def test_it_is_that_of_the_hessian(seed):
    rng = Random(seed)
    data = draw_problem(rng)
    width = rng.randint(1, 4)
    looked = 0
    for pattern in patterns(data, [width]):
        found = stratum_inertia(data, width, pattern)
        assert (found.negative == 0) == (classes_of(data, [width], pattern) == (GLOBAL,))
        weights = critical_point(data, width, pattern).weights
        if all(isinstance(A, fmpq_mat) for A in weights):
            network = LinearNetwork(data.X, data.Y, weights)
            assert (found.positive, found.zero, found.negative) == inertia(hessian(network))
            looked += 1
    assert looked


def test_a_pattern_that_does_not_fit_is_refused():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    for pattern in ((1,), (1, 1, 1), (2, 0, 0), (1, 1, 0, 0)):
        with pytest.raises(InputError):
            stratum_inertia(data, 2, pattern)
