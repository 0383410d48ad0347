"""Systems of linear inequalities: Farkas' multipliers and points, in both checkers and against a solver."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.replay import replay as replay_theorem
from symbolic_cp.prover.certificate import replay, write, write_feasible, write_infeasible
from symbolic_cp.prover.simplex import nonnegative_combination
from symbolic_cp.prover.systems import Constraint, farkas

NAMES = ["x", "y"]
# x + y >= 2, x < 1/2, y <= 1: no solution, with multipliers 1, 1, 1 and 1/2 for 1 > 0.
SYSTEM = [Constraint([1, 1], ">=", 2), Constraint([-1, 0], ">", Fraction(-1, 2)), Constraint([0, -1], ">=", -1)]
MULTIPLIERS = [1, 1, 1, Fraction(1, 2)]


def test_it_says_what_has_no_solution(both):
    data = write_infeasible(NAMES, SYSTEM, MULTIPLIERS, "cell")
    assert both.say_the_same(data) is not None
    assert both.recheck(data)["message"] == (
        "Proved, for all real numbers x, y: if x + y >= 2, 1/2 > x, 1 >= y then (falsum). Rests on no facts."
    )


def test_it_says_where_a_solution_is(both):
    system = [SYSTEM[0]._replace(bound=1), *SYSTEM[1:]]
    data = write_feasible(NAMES, system, [Fraction(1, 3), Fraction(2, 3)], "cell")
    assert both.say_the_same(data) is not None
    assert both.recheck(data)["message"].endswith('then (falsum). The hypotheses hold and the conclusion fails at '
                                                  'x = "1/3", y = "2/3".')


def test_strictness_alone(both):
    """x >= 1, x < 1 has no solution; x >= 1, x <= 1 has one, and multipliers show nothing."""
    strict = [Constraint([1], ">=", 1), Constraint([-1], ">", -1)]
    assert both.say_the_same(write_infeasible(["x"], strict, [1, 1, 0], "strict")) is not None
    weak = [strict[0], Constraint([-1], ">=", -1)]
    assert both.say_the_same(write_infeasible(["x"], weak, [1, 1, 0], "weak")) is None
    assert both.say_the_same(write_feasible(["x"], weak, [1], "weak")) is not None
    assert both.say_the_same(write_feasible(["x"], strict, [1], "strict")) is None


def test_no_variables_and_no_constraints(both):
    assert both.say_the_same(write_infeasible([], [Constraint([], ">", 0)], [1, 0], "none")) is not None
    assert both.say_the_same(write_feasible([], [], [], "none")) is not None
    assert both.say_the_same(write_infeasible(["x"], [], [1], "none")) is None


@pytest.mark.parametrize(
    ("multipliers", "message"),
    [
        ([1, 1, 1, 1], "step 3 ('combine'): the claim and the combination differ by 0 - (1/2)"),
        ([1, 1, 1, 0], "step 3 ('combine'): the claim and the combination differ by 1/2"),
        ([1, 2, 1, 0], "step 3 ('combine'): the claim and the combination differ by x"),
        ([0, 0, 0, 0], "step 3 ('combine'): no product is strictly positive"),
        ([-1, -1, -1, Fraction(-1, 2)], "step 3 ('combine'): the weight of a product is not positive"),
        ([1, 1, 1], "there are 3 multipliers for 3 constraints and 1 > 0"),
        ([1, 1, 1, 0, 0], "there are 5 multipliers for 3 constraints and 1 > 0"),
    ],
)
def test_wrong_multipliers(both, multipliers, message):
    data = write_infeasible(NAMES, SYSTEM, multipliers, "cell")
    assert both.say_the_same(data) is None
    assert both.recheck(data)["message"] == message


def test_the_theorem_is_one_of_the_kernel(both):
    theorem = replay_theorem(farkas(NAMES, SYSTEM, MULTIPLIERS))
    proof = json.loads(json.dumps(write(theorem, "cell")))
    assert replay(proof).statement == replay(write_infeasible(NAMES, SYSTEM, MULTIPLIERS, "cell")).statement
    assert both.say_the_same(proof) is not None


def test_other_relations_and_lengths_are_refused():
    for wrong in (Constraint([1], "=", 0), Constraint([1, 2], ">=", 0), Constraint([], ">=", 0)):
        with pytest.raises(KernelError, match="a constraint "):
            farkas(["x"], [wrong], [1, 1])


small = st.integers(-3, 3)
constraints = st.lists(st.builds(Constraint, st.tuples(small, small), st.sampled_from([">=", ">"]), small), max_size=5)


@given(constraints)
def test_every_system_is_decided_by_one_or_the_other(both, system):
    """A linear program finds multipliers (the places are the variables, and the bounds with 1 > 0 as slack)."""
    strict = [{"x": a[0], "y": a[1], "b": b, "s": relation == ">"} for a, relation, b in system]
    one = {"b": -1, "s": 1}  # 1 > 0 is 0 x > -1
    found = nonnegative_combination([*strict, one], {"s": 1})
    point = None if found is not None else interior(system)
    if found is not None:
        assert both.say_the_same(write_infeasible(NAMES, system, found, "drawn")) is not None
        for x in (-3, 0, Fraction(1, 2), 2):
            assert both.say_the_same(write_feasible(NAMES, system, [x, x], "drawn")) is None
    elif point is not None:
        assert both.say_the_same(write_feasible(NAMES, system, point, "drawn")) is not None


@given(constraints, st.lists(st.integers(-2, 3), max_size=7), st.data())
def test_changed_systems_are_judged_alike(both, system, numbers, data):
    """Whatever the numbers are, and if one of them is replaced by what is none."""
    junk = data.draw(st.sampled_from([None, True, 1.5, "x", "1/0", [], "1/2", -1, 10**30]))
    for write_it in (write_infeasible, write_feasible):
        drawn = json.loads(json.dumps(write_it(NAMES, system, numbers, "drawn")))
        both.say_the_same(drawn)
        entries = [drawn["multipliers" if "multipliers" in drawn else "point"], drawn["variables"]]
        entries += [part for row in drawn["constraints"] for part in (row, row[0])]
        place = data.draw(st.sampled_from([entry for entry in entries if entry]))
        place[data.draw(st.integers(0, len(place) - 1))] = junk
        both.say_the_same(drawn)


def interior(system):
    """A point of a grid at which the system holds, if there is one."""
    grid = [Fraction(i, 2) for i in range(-12, 13)]
    for x in grid:
        for y in grid:
            values = [a[0] * x + a[1] * y - b for a, _, b in system]
            if all(v > 0 or (v == 0 and c.relation == ">=") for v, c in zip(values, system, strict=True)):
                return [x, y]
    return None
