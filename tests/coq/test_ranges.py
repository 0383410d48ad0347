"""Bounded quantifiers without evaluation of quantifiers: the same statements, by rules that Coq has."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbolic_cp.coq.ranges import spelled_out
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    is_quantifier_free,
    negation,
)
from symbolic_cp.kernel.replay import in_order, replay
from symbolic_cp.kernel.terms import literal, nat, scalar, trace

k, j = scalar(nat("k")), scalar(nat("j"))
K, J = Variable("k", NAT), Variable("j", NAT)
TURN = literal([[0, 1], [-1, 0]])
two = trace(TURN.T @ TURN)
TRUE = {
    "all up to a bound": in_range("k", 0, 3, at_least(scalar(9), k * k)),
    "all from a start": in_range("k", 2, 3, at_least(k * k, 4)),
    "none at all": in_range("k", 5, 3, Falsum()),
    "below nothing": for_all(K, Implies(greater(scalar(0), k), Falsum())),
    "one of several": in_range("k", 0, 2, Or(equal(k, 0), Or(equal(k, 1), equal(k, 2)))),
    "there is one": exists(K, conjunction(at_least(nat(5), nat("k")), equal(k * k, 4))),
    "a guard in second place": exists(K, conjunction(equal(k * k, 4), at_least(two * 3, 2 * k), at_least(k, 0))),
    "one for each": in_range("k", 0, 3, exists(J, conjunction(at_least(nat(10), nat("j")), equal(j, k * k)))),
    "not for all": negation(in_range("k", 0, 3, at_least(scalar(8), k * k))),
    "there is none": negation(exists(K, conjunction(greater(two, scalar(Fraction(3, 2)) * k), equal(k * k, 9)))),
    "a false hypothesis": Implies(exists(K, conjunction(at_least(nat(2), nat("k")), equal(k, 7))), Falsum()),
    "a false hypothesis within": in_range("k", 1, 3, Implies(in_range("j", 0, nat("k"), greater(k, j)), equal(k, 17))),
}


@pytest.mark.parametrize("name", TRUE)
def test_the_same_is_proved_without_evaluating_quantifiers(name):
    theorem = replay(spelled_out(TRUE[name]))
    assert theorem.conclusion == evaluate(TRUE[name]).conclusion
    assert not theorem.hyps
    assert all(is_quantifier_free(one.conclusion) for one in in_order(theorem) if one.rule == "evaluate")


@pytest.mark.parametrize("name", [name for name, formula in TRUE.items() if not is_quantifier_free(formula)])
def test_what_is_false_is_not_proved(name):
    formula = negation(TRUE[name])
    with pytest.raises(KernelError):
        spelled_out(formula)
