"""Attempts to derive falsum, or something false, by side doors of the rules. Every one is refused."""

from __future__ import annotations

import pytest

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate, evaluate_formula
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    equal,
    exists,
    family,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import (
    and_intro,
    assume,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.kernel.terms import identity, literal, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.kernel.theory import Cofactor, Product, chain, combine, gram, leibniz, nat_nonnegative, one_by_one

k, n, m, N = nat("k"), nat("n"), nat("m"), nat("N")
K, ONE = Variable("k", NAT), scalar(1)
three = at_least(nat(3), k)


# ------------------------------------------------------------------------------------------------------ evaluation


@pytest.mark.parametrize(
    "formula",
    [
        for_all(K, And(three, at_least(k, 0))),  # false at k = 4, where the guard is no hypothesis
        exists(K, Implies(three, Falsum())),  # true at k = 4
        for_all(K, Or(three, at_least(k, 9))),  # false at k = 5
        for_all(K, Implies(negation(three), Falsum())),  # a guard within a negation
        for_all(K, Implies(at_least(k, 3), equal(scalar(k), 3))),  # a guard that bounds from below
        for_all(K, Implies(at_least(scalar(3), scalar(k) * k), Falsum())),  # a guard that is not linear
        for_all(K, Implies(And(three, three), Falsum())),  # a conjunction of guards is no guard
    ],
)
def test_a_bound_counts_only_where_it_is_one(formula):
    for claim in (formula, negation(formula)):
        with pytest.raises(KernelError, match="nothing bounds"):
            evaluate(claim)


def test_an_empty_range_makes_nothing_but_what_is_vacuous():
    nothing = Variable("k", NAT)
    below = at_least(scalar(-1), k)
    assert evaluate_formula(for_all(nothing, Implies(below, Falsum())), {})
    with pytest.raises(KernelError, match="is false"):
        evaluate(exists(nothing, And(below, at_least(k, 0))))


# ------------------------------------------------------------------------------------------- shapes and families


def test_members_of_a_family_have_the_shape_of_its_sort():
    """A[n] of shape n x 1 and A[0] of shape 1 x 1 are no members of one family: 1 = 0 would follow for shapes."""
    A = family("A", "k", matrix_sort("k", 1))
    crooked = and_intro(assume(equal(matrix("A", "n", 1, "n"), 0)), assume(equal(matrix("A", 1, 1, 0), identity(1))))
    closed = implies_intro(implies_intro(crooked, crooked.premises[0].conclusion), crooked.premises[1].conclusion)
    bound = for_all_intro(closed, Variable("n", NAT))
    with pytest.raises(KernelError, match="A occurs with another sort"):
        for_all_intro(bound, A)
    with pytest.raises(KernelError, match="A occurs with another sort"):
        for_all_intro(bound, family("A", "k", matrix_sort(1, 1)))


def test_equal_numbers_do_not_reshape_a_free_matrix():
    """From M = 0 for the 1 x 1 part of M, M = 0 for n = 1 is to be had only with M bound."""
    M = matrix("M", "n", "n")
    small = assume(equal(matrix("M", 1, 1), 0))
    with pytest.raises(KernelError, match="the shape of M mentions n: bind M first"):
        leibniz(small, "n", nat(1), equal(M, 0))
    member = matrix("A", nat("d", "n"), 1, "n")
    found = leibniz(implies_intro(assume(equal(matrix("A", nat("d", 2), 1, 2), 0)),
                                  equal(matrix("A", nat("d", 2), 1, 2), 0)), "n", nat(2),
                    Implies(equal(member, 0), equal(member, 0)))
    assert not found.hyps  # an index may be exchanged: the shape goes with it
    with pytest.raises(KernelError, match="the premise is not"):
        leibniz(assume(equal(matrix("A", nat("d", 3), 1, 2), 0)), "n", nat(2), equal(member, 0))


def test_a_square_matrix_of_unknown_size_is_not_its_trace():
    M = matrix("M", n, n)
    for term in (M, matrix("A", 1, n), identity(2)):
        with pytest.raises(KernelError, match="not 1 x 1"):
            one_by_one(term)


def test_empty_matrices_prove_that_they_are_empty_and_no_more():
    """I = 0 has the consequence n = 0; with n >= 1 falsum follows, without it none."""
    given = assume(equal(identity(n), 0))
    size = combine(given, claim=equal(scalar(n), 0), cofactors=(Cofactor(ONE, 0),), products=())
    assert size.conclusion == equal(scalar(n), 0)
    with pytest.raises(KernelError, match="the certificate leaves"):
        combine(given, nat_nonnegative(n), claim=Falsum(), cofactors=(Cofactor(-ONE, 0),),
                products=(Product(1, (), (), (1,)), Product(1)))
    empty = matrix("M", 0, "n")
    with pytest.raises(KernelError, match="the premise is not"):
        gram(assume(at_least(0, scalar(n))), empty)


def test_transposes_of_members_are_not_exchanged_for_other_members():
    A0, A1 = matrix("A", n, n, 0), matrix("A", n, n, 1)
    assert trace(A0 @ A1.T) == trace(A1 @ A0.T)
    assert trace(A0 @ A1) == trace(A1.T @ A0.T)
    for other in (trace(A0.T @ A1.T @ A0), trace(A0 @ A1.T @ A0)):
        with pytest.raises(KernelError, match="the certificate leaves"):
            combine(claim=equal(trace(A0 @ A1 @ A0), other), cofactors=(), products=())


# ------------------------------------------------------------------------------------------------------------ chain


def step_of(invariant, *states, bound=N):
    """A step that holds because falsum is assumed in its hypothesis: good for its form only."""
    theorem = implies_intro(assume(Falsum()), invariant)
    for state in reversed(states):
        theorem = for_all_intro(theorem, state)
    return for_all_intro(implies_intro(theorem, at_least(bound, k + 1)), K)


def test_an_induction_needs_its_step():
    zero_only = equal(scalar(k), 0)
    base = evaluate(equal(scalar(0), 0))
    for step in (base, step_of(zero_only)):
        with pytest.raises(KernelError, match="chain"):
            chain(base, step, "k", N, (), zero_only, None, ())


def test_an_induction_of_length_zero_says_nothing_of_one():
    """With N = 0 the step holds of anything; what comes out is guarded by 0 >= k."""
    zero_only = equal(scalar(k), 0)
    impossible = combine(assume(at_least(nat(0), k + 1)), nat_nonnegative(k), claim=Falsum(), cofactors=(),
                         products=(Product(1, (), (), (0,)), Product(1, (), (), (1,)), Product(1)))
    after = implies_intro(falsum_elim(impossible, equal(scalar(k + 1), 0)), zero_only)
    step = for_all_intro(implies_intro(after, at_least(nat(0), k + 1)), K)
    found = chain(evaluate(equal(scalar(0), 0)), step, "k", nat(0), (), zero_only, None, ())
    at_one = for_all_elim(found, nat(1)).conclusion
    assert at_one == Implies(at_least(nat(0), nat(1)), equal(ONE, 0))
    with pytest.raises(KernelError, match="is false"):
        evaluate(at_one.left)


def test_a_state_is_not_mixed_up_with_a_family_of_its_name():
    """The invariant speaks of a free family x and the state is called x."""
    x = Variable("x", SCALAR)
    invariant = equal(symbol("x", 3), 0)
    with pytest.raises(KernelError):
        chain(assume(invariant), step_of(invariant, x), "k", N, (x,), invariant, None, (scalar(0),))
    mixed = And(invariant, equal(symbol("x"), 0))
    with pytest.raises(KernelError):
        chain(assume(mixed), assume(Falsum()), "k", N, (x,), mixed, None, (scalar(0),))


def test_a_shape_that_a_parameter_gives_is_no_sort_of_a_state():
    """A state of shape ~0 x 1 would become a family whose shape is its index."""
    W = Variable("W", matrix_sort(nat("~0"), 1))
    true = evaluate(equal(scalar(0), 0))
    with pytest.raises(KernelError, match="mentions a bound variable"):
        chain(true, true, "k", N, (W,), true.conclusion, None, (zero(nat("~0"), 1),))
    with pytest.raises(KernelError, match="is a ~0 x 1 matrix"):
        chain(true, true, "k", N, (W,), true.conclusion, None, (zero(0, 1),))


# ------------------------------------------------------------------------------------------------------ quantifiers


def test_a_chosen_matrix_keeps_its_shape_in_the_hypotheses():
    """There are n and M : n x 1 with M'M = 1; the name of M may not escape through the name of its size."""
    M = Variable("M", matrix_sort("n", 1))
    found = exists(Variable("n", NAT), M, equal(at(M).T @ at(M), identity(1)))
    inner = exists_elim_twice(assume(found), equal(scalar(n), 5))
    with pytest.raises(KernelError, match="is not fresh"):
        inner()


def exists_elim_twice(existence, conclusion):
    some = exists(Variable("M", matrix_sort("n", 1)), equal(matrix("M", "n", 1).T @ matrix("M", "n", 1), identity(1)))
    used = exists_elim(assume(some), assume(conclusion), "M")
    return lambda: exists_elim(existence, used, "n")


def test_a_witness_for_all_indices_at_once_is_a_family():
    """For all k there is x with x = k; no single x is equal to every k."""
    x = Variable("x", SCALAR)
    each = for_all_intro(exists_intro(combine(claim=equal(scalar(k), scalar(k)), cofactors=(), products=()),
                                      exists(x, equal(at(x), scalar(k))), scalar(k)), K)
    one = for_all_elim(each, nat("k"))
    chosen = assume(equal(symbol("x"), scalar(k)))
    with pytest.raises(KernelError, match="k is free in a hypothesis"):
        for_all_intro(chosen, K)
    with pytest.raises(KernelError, match="x is not fresh"):
        exists_elim(one, chosen, "x")


@pytest.mark.parametrize("name", ["#0", "~0", "", "a b", "x'", "A\n", "\u0410", "x\u0301", "\uff21", "1x"])
def test_no_other_name_binds(name):
    with pytest.raises(KernelError, match="not a name"):
        for_all(Variable(name, SCALAR), greater(symbol("s"), 0))


def test_literals_are_told_apart_by_entries_and_shape():
    J = literal([[0, 1], [1, 0]])
    with pytest.raises(KernelError, match="is false"):
        evaluate(equal(J, literal([[0, 1], [1, 1]])))
    assert evaluate(equal(J.T, J)).conclusion == equal(J.T, J)
    assert J.T != J
    with pytest.raises(KernelError, match="certificate leaves"):
        combine(claim=equal(J.T, J), cofactors=(), products=())


def test_what_follows_from_falsum_keeps_it_as_hypothesis():
    anything = implies_elim(assume(Implies(Falsum(), equal(ONE, 0))), assume(Falsum()))
    assert anything.hyps == {Falsum(), Implies(Falsum(), equal(ONE, 0))}
    assert implies_intro(anything, equal(scalar(m), 0)).hyps == anything.hyps
