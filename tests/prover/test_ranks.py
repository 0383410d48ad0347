"""Ranks through pseudoinverses: what the suites do not touch."""

from __future__ import annotations

import pytest

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import NAT, Variable, at, at_least, equal, matrix_sort
from symbolic_cp.kernel.terms import nat, trace, zero
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.tactics import prove_goal

m, n = Variable("m", NAT), Variable("n", NAT)
A = Variable("A", matrix_sort("m", "n"))
P, R = (Variable(name, matrix_sort("n", "m")) for name in "PR")
a, p, r = at(A), at(P), at(R)


def test_the_pseudoinverse_of_zero():
    """A letter for it is zero, and nothing that is said of ranks stumbles over it."""
    hypotheses = (
        Hypothesis("R = pinv(0)", penrose(zero(nat("m"), nat("n")), r)),
        Hypothesis("P = pinv(A)", penrose(a, p)),
    )
    goal = Goal("none", (m, n, A, P, R), hypotheses, equal(r, zero(nat("n"), nat("m"))))
    proved = prove_goal(goal)
    assert proved.conclusion == goal.formula()
    assert not proved.hyps
    with pytest.raises(NotProved):
        prove_goal(Goal("one", (m, n, A, P, R), hypotheses, at_least(trace(a @ p), 1)), Effort(work=20_000))
