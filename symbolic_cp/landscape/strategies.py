"""Hypothesis strategies: exact data sets and critical points of linear networks, of a wished class where one is wished.

Main functions: data_sets, critical_points, for tests such as `@given(critical_points(kind="strict-saddle"))`.
Hypothesis chooses depth and widths, which shrink; the rest follows from a seed. Needs the package `hypothesis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.landscape.classify import classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.sample import draw_network, draw_spectrum
from symbolic_cp.landscape.strata import GLOBAL, NON_STRICT, STRICT
from symbolic_cp.networks.linear import LinearNetwork

SEEDS = st.integers(min_value=0, max_value=2**32)
MAX_DRAWS = 2_000
"""So many points are drawn before a class is given up that occurs once in ten points."""


def data_sets(size: int = 4) -> st.SearchStrategy[DataSpectrum]:
    """Data with d0, m, dl from 1 to `size`: of any rank, with repeated, zero and irrational values."""
    return SEEDS.map(lambda seed: draw_spectrum(Random(seed), size))


def critical_points(
    *, depths: Sequence[int] = (2, 3, 4), width: int = 4, size: int = 4, kind: str | None = None
) -> st.SearchStrategy[LinearNetwork]:
    """Critical points with these depths, hidden widths up to `width`, and d0, m, dl up to `size`; rational weights.

    kind: "global-minimum", "strict-saddle" or "non-strict-saddle"; by default all classes occur. Raises InputError for
    another kind, and for "non-strict-saddle" if no depth is above 2 (T5).

    >>> critical_points(kind="non-strict-saddle", depths=(2,))
    Traceback (most recent call last):
    symbolic_cp.exact.errors.InputError: depths: saddles of networks with one hidden layer are strict
    """
    if kind not in {None, GLOBAL, STRICT, NON_STRICT}:
        raise InputError(f"{kind!r} is no class; there are {GLOBAL}, {STRICT} and {NON_STRICT}", field="kind")
    if not depths or min(depths) < 2:
        raise InputError("a network has at least two layers", field="depths")
    allowed = [depth for depth in depths if depth > 2 or kind != NON_STRICT]
    if not allowed:
        raise InputError("saddles of networks with one hidden layer are strict", field="depths")
    hidden = st.sampled_from(sorted(allowed)).flatmap(
        lambda depth: st.lists(st.integers(1, width), min_size=depth - 1, max_size=depth - 1)
    )
    return st.builds(lambda widths, seed: _first(widths, seed, size, kind), hidden, SEEDS)


def _first(hidden: Sequence[int], seed: int, size: int, kind: str | None) -> LinearNetwork:
    """The first point of this class that follows from the seed."""
    rng = Random(seed)
    for _ in range(MAX_DRAWS):
        network = draw_network(rng, hidden, size)
        if kind is None or classify(network).kind == kind:
            return network
    raise InputError(f"no {kind} was found with hidden widths {list(hidden)}")
