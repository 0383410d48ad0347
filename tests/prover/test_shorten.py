"""Shorter certificates: never longer, always certificates, and as short as paths can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import equal
from symbolic_cp.kernel.logic import assume
from symbolic_cp.kernel.terms import matrix, scalar, symbol, trace
from symbolic_cp.prover.search import Effort, derive, split
from symbolic_cp.prover.shorten import ZERO, Edge, edges_of
from symbolic_cp.prover.size import size

A, B, C, D = (matrix(name, "n", "n") for name in "ABCD")
a, b = matrix("a", "n", "n"), matrix("b", "n", "n")
ROUGH = Effort(polish=0)

CLAIMS = {
    "uniqueness": (equal(a, b), [penrose(A, a), penrose(A, b)], 12),
    "a chain": (equal(A, D), [equal(A, B), equal(B, C), equal(C, D), equal(A @ A, A)], 3),
    "a zero": (equal(A @ B @ C, 0), [equal(A @ B, D), equal(D @ C, 0)], 2),
    "signs": (equal(A @ B, A), [equal(A @ C, -A), equal(B, -C)], 2),
    "fractions": (equal(A, B), [equal(scalar(2) * A, C), equal(scalar(2) * B, C)], 2),
    "traces": (equal(trace(A @ a), trace(A @ b)), [penrose(A, a), penrose(A, b)], 2),
    "scalars": (equal(symbol("s") * a, symbol("s") * b), [penrose(A, a), penrose(A, b)], 12),
}


@pytest.mark.parametrize("name", list(CLAIMS))
def test_shortest(name):
    claim, premises, terms = CLAIMS[name]
    known = split(*map(assume, premises))
    short, long = derive(claim, *known), derive(claim, *known, effort=ROUGH)
    assert size(short)[0] == terms
    assert size(long)[0] >= terms


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=9)


@given(STEPS, st.integers(0, 3), st.integers(0, 3))
def test_a_chain_of_letters_is_a_shortest_path(steps, start, end):
    letters = [A, B, C, D]
    distance = {start: 0}
    layer = [start]
    while layer:
        found = [y for x in layer for p, q in steps for y in ((q,) if p == x else (p,) if q == x else ())]
        layer = [y for y in dict.fromkeys(found) if y not in distance]
        distance.update(dict.fromkeys(layer, max(distance.values()) + 1))
    if end in distance:
        known = [assume(equal(letters[p], letters[q])) for p, q in steps]
        assert size(derive(equal(letters[start], letters[end]), *known))[0] == distance[end]


def test_edges():
    there, back = edges_of({"AB": 2, "C": -2}, 0)
    assert (there.start, there.end, there.sign) == ("AB", "C", 1)
    assert (back.start, back.end, back.sign) == ("C", "AB", 1)
    assert [(edge.sign, edge.factor) for edge in edges_of({"AB": 1, "C": 1}, 4)] == [(-1, 1), (-1, 1)]
    assert edges_of({"AB": 3}, 0) == [Edge("AB", ZERO, 1, 0, edges_of({"AB": 3}, 0)[0].factor)]
    assert edges_of({"AB": 1, "C": 2}, 0) == []
    assert edges_of({"AB": 1, "C": 1, "D": 1}, 0) == []
