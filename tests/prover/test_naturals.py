"""What the search knows of natural numbers: they are at least 0, and integers."""

from __future__ import annotations

import pytest

from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Equal,
    Falsum,
    NonNegative,
    Variable,
    at_least,
    greater,
)
from symbolic_cp.kernel.terms import nat, scalar, symbol
from symbolic_cp.prover.certificate import replay, write
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.tactics import prove_goal

i, j = nat("i"), nat("j")
VARIABLES = (Variable("i", NAT), Variable("j", NAT), Variable("s", SCALAR))


def goal(claim, *hypotheses):
    return Goal("about-naturals", VARIABLES, tuple(Hypothesis("", one) for one in hypotheses), claim)


@pytest.mark.parametrize(
    "true",
    [
        goal(at_least(j, 0)),
        goal(greater(j + 1, 0)),
        goal(NonNegative(symbol("s")), NonNegative(symbol("s") - scalar(j))),
        goal(at_least(j, i + 1), greater(j, i)),
        goal(Falsum(), at_least(0, j + 1)),
        goal(Falsum(), Equal(scalar(j) + 1)),
        goal(Falsum(), greater(j, i), greater(i + 1, j)),
    ],
)
def test_true_statements_are_proved(true):
    assert replay(write(prove_goal(true), "naturals")).statement == true.formula()


@pytest.mark.parametrize("false", [goal(greater(j, 0)), goal(at_least(j, i)), goal(Falsum(), greater(j, i))])
def test_false_statements_are_not(false):
    with pytest.raises(NotProved):
        prove_goal(false, Effort(work=20_000))
