"""Derive: one combination, whose cofactors are found; and linear arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import Falsum, Variable, at_least, conjunction, equal, for_all, greater, matrix_sort
from symbolic_cp.kernel.logic import assume
from symbolic_cp.kernel.replay import in_order, replay
from symbolic_cp.kernel.terms import identity, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.kernel.theory import Product
from symbolic_cp.prover import attempts, expansion, search
from symbolic_cp.prover.search import Effort, NotProved, derive, linear, split

A, B, C, S = (matrix(name, "n", "n") for name in "ABCS")
u, v, w = (matrix(name, "n", 1) for name in "uvw")
s, t = symbol("s"), symbol("t")
k, r, m = nat("k"), nat("r"), nat("m")
SYMMETRIC = assume(equal(S.T, S))


def derived(claim, *premises, **options):
    """The theorem, after a replay; a combination of what it was given."""
    theorem = derive(claim, *premises, **options)
    assert theorem.rule == "combine"
    assert theorem.conclusion == claim
    assert replay(theorem).hyps == theorem.hyps <= frozenset().union(*(premise.hyps for premise in premises))
    return theorem


def test_only_used_premises_enter():
    used, unused = assume(equal(A @ B, C)), assume(equal(B @ A, 0))
    theorem = derived(equal(A @ B @ S, C @ S), unused, used)
    assert [premise.conclusion for premise in theorem.premises] == [used.conclusion]


def test_conjunctions_are_taken_apart():
    both = assume(conjunction(equal(A, B), equal(B, C), at_least(s, 0)))
    assert len(split(both)) == 3
    derived(equal(A, C), both)
    derived(at_least(s + 1, 0), both)


def test_transposes_of_premises_are_known():
    theorem = derived(equal(A.T @ S, B.T @ S), assume(equal(A, B)))
    assert theorem.parameters[1][0].transposed


def test_scalars_are_central_coefficients():
    derived(equal(s * (A @ B) * t, B), assume(equal(A @ B, B)), assume(equal(s * t, scalar(1))))


def test_a_relation_with_a_scalar_head_is_used_whole():
    premises = SYMMETRIC, assume(equal(S @ A, s * A)), assume(equal(S @ B, t * B))
    derived(equal((s - t) * (A.T @ B), 0), *premises)
    derived(equal(A.T @ B, 0), *premises, assume(equal(symbol("y") * (s - t), scalar(1))))


def test_traces_up_to_rotation_and_transposition():
    derived(equal(trace(A @ B @ C), trace(C @ A @ B)))
    derived(equal(trace(S @ A), trace(A.T @ S)), SYMMETRIC)
    derived(equal(trace(C @ A @ B), trace(C)), assume(equal(B @ C @ A, C)))


def test_a_trace_may_take_two_ways_around():
    a = matrix("a", "n", "n")
    derived(equal(trace(A @ a), trace(A)), assume(penrose(A, a)), assume(equal(A @ A, A)))


def test_skew_and_symmetric():
    derived(equal(trace(S @ A), scalar(0)), SYMMETRIC, assume(equal(A.T, -A)))


def test_scalar_equations_are_reduced_by_matrix_rules_first():
    theorem = derived(equal(trace(A) * B, s * B), assume(equal(trace(A @ A), s)), assume(equal(A @ A, A)))
    assert any(premise.rule == "combine" for premise in theorem.premises)


def test_one_by_one_matrices():
    derived(equal(u @ v.T @ A @ w @ u.T, trace(w @ v.T @ A) * (u @ u.T)))
    derived(equal(trace(u @ v.T @ w @ w.T), trace(u @ w.T) * trace(v @ w.T)))
    isometry, unit = assume(equal(A.T @ A, identity("n"))), assume(equal(u.T @ u, identity(1)))
    derived(equal(u.T @ A.T @ A @ u, identity(1)), isometry, unit)


def test_definitions_are_eliminated():
    W = matrix("W", "n", "n")
    defined = assume(equal(W, A @ B - C))
    derived(equal(W.T @ W, (A @ B - C).T @ (A @ B - C)), defined)
    derived(equal(trace(W @ W.T), trace((A @ B - C) @ (A @ B - C).T)), defined, heavy=[W])


def test_an_identity_that_vanishes():
    derived(equal(A @ B, 0), assume(equal(s * identity("n"), 0)), assume(equal(s, scalar(1))))
    derived(equal(matrix("M", "n", 0) @ matrix("N", 0, "k"), zero("n", "k")), assume(equal(identity(0), 0)))


def test_products_given_by_the_caller():
    claim = at_least(trace(A.T @ A) + s, 0)
    products = [Product(1, (), (A,)), Product(1, (), (), (1,))]
    theorem = derived(claim, SYMMETRIC, assume(at_least(s, 0)), products=products)
    assert [product.indices for product in theorem.parameters[2]] == [(), (0,)]


PROJECTOR = assume(conjunction(equal(S.T, S), equal(S @ S, S)))
SQUARES = [
    (at_least(trace(S), 0), [PROJECTOR]),
    (at_least(scalar(nat("n")), trace(S)), [PROJECTOR]),
    (at_least(trace(A.T @ A), trace(A.T @ S @ A)), [PROJECTOR]),
    (at_least(trace(A.T @ A) + trace(B.T @ B), 2 * trace(A.T @ B)), []),
    (at_least(trace(A.T @ A) + scalar(Fraction(1, 4)) * trace(B.T @ B), trace(A.T @ B)), []),
    (at_least(s * s + t * t, 2 * s * t), []),
    (at_least(s * trace(A.T @ A) + 1, 0), [assume(at_least(s, 0))]),
    (greater(trace(A.T @ A) + 1, 0), []),
    (at_least(s * t, 0), [assume(at_least(s, 0)), assume(at_least(t, 0))]),
    (Falsum(), [PROJECTOR, assume(equal(trace(S), scalar(-1)))]),
    (Falsum(), [assume(greater(s, t)), assume(at_least(t, s))]),
]


@pytest.mark.parametrize("number", range(len(SQUARES)))
def test_squares_and_products_are_found(number):
    claim, premises = SQUARES[number]
    derived(claim, *premises)


@pytest.mark.parametrize(
    ("claim", "premises"),
    [
        (equal(A @ B, B @ A), []),
        (equal(A, B), [equal(A @ C, B @ C)]),
        (equal(trace(A @ B @ C), trace(A @ C @ B)), []),
        (at_least(trace(A @ A), 0), []),
        (greater(trace(A.T @ A), 0), []),
        (greater(s * s, 0), []),
        (at_least(trace(S @ A), trace(A)), [equal(S.T, S), equal(S @ S, S)]),
        (Falsum(), [equal(A, B)]),
        (equal(A, 0), [equal(s * A, 0)]),
    ],
)
def test_what_does_not_follow(claim, premises):
    with pytest.raises(NotProved):
        derive(claim, *map(assume, premises), effort=Effort(work=3_000))


def test_the_message_shows_both_sides_what_is_left_and_how_much_was_known():
    with pytest.raises(NotProved) as caught:
        derive(equal(A @ B @ S, C), assume(equal(A @ B, B)))
    assert str(caught.value) == (
        "not derived: A*B*S = C\n  left over: B*S = C\n  from 1 equations, with 2 rules known, and there are no more"
    )
    assert caught.value.residual == B @ S - C


def test_what_is_no_equation_is_refused():
    x = Variable("x", matrix_sort("n", 1))
    with pytest.raises(NotProved, match="is no equation or inequality"):
        derive(for_all(x, equal(A, B)))


@pytest.mark.parametrize("shape", ["matrix", "scalar"])
def test_long_derivations_come_in_stages(shape, monkeypatch):
    monkeypatch.setattr(expansion, "MOST_TERMS", 3)
    monkeypatch.setattr(search, "STAGE", 3)
    monkeypatch.setattr(attempts, "STAGE", 3)
    a, b = matrix("a", "n", "n"), matrix("b", "n", "n")
    claim = equal(a, b) if shape == "matrix" else equal(trace(a @ C), trace(b @ C))
    theorem = derived(claim, assume(penrose(A, a)), assume(penrose(A, b)))
    lines = [one for one in in_order(theorem) if one.rule == "combine"]
    assert len(lines) > 3
    assert max(len(one.parameters[1]) for one in lines) <= 15


LINEAR = [
    (at_least(k + 1, 1), []),
    (at_least(r, k), [at_least(r, k + 1)]),
    (at_least(r, k + 1), [greater(r, k)]),
    (greater(r, k), [at_least(r, k + 1)]),
    (at_least(r, k + 2), [greater(r, m), greater(m, k)]),
    (Falsum(), [greater(r, k), greater(k + 1, r)]),
    (at_least(r, k + 1), [equal(scalar(r), scalar(k + m)), greater(m, 0)]),
    (equal(scalar(r), scalar(k)), [equal(scalar(r), scalar(m)), equal(scalar(m), scalar(k))]),
    (at_least(s, t), [at_least(2 * s, t + t)]),
]


@pytest.mark.parametrize("number", range(len(LINEAR)))
def test_linear_arithmetic(number):
    claim, premises = LINEAR[number]
    theorem = linear(claim, *map(assume, premises), assume(for_all(Variable("x", matrix_sort("n", 1)), equal(A, B))))
    assert replay(theorem).conclusion == claim
    assert theorem.hyps <= set(premises)


def test_linear_arithmetic_refuses_what_does_not_follow():
    with pytest.raises(NotProved, match="no combination"):
        linear(at_least(r, k + 2), assume(greater(r, k)))
    with pytest.raises(NotProved, match="no combination"):
        linear(at_least(k, 1))
