"""The rules about numbers and matrices: what each gives, and every way in which it must be refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate, evaluate_poly
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Equal,
    Falsum,
    Family,
    Implies,
    NonNegative,
    Or,
    Positive,
    Sort,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    family,
    for_all,
    free_names,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import (
    and_left,
    assume,
    cases,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.kernel.terms import identity, literal, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.kernel.theory import (
    Cofactor,
    Product,
    chain,
    combine,
    gram,
    inverse,
    leibniz,
    nat_difference,
    nat_nonnegative,
    nat_successor,
    one_by_one,
    trichotomy,
)

m, n, k, N = nat("m"), nat("n"), nat("k"), nat("N")
s, t = symbol("s"), symbol("t")
one = scalar(1)
A, B = matrix("A", m, n), matrix("B", n, m)
x = Variable("x", SCALAR)


def equation(claim, *premises, cofactors):
    return combine(*premises, claim=claim, cofactors=cofactors, products=())


def inequality(claim, *premises, products, cofactors=()):
    return combine(*premises, claim=claim, cofactors=cofactors, products=products)


# --------------------------------------------------------------------------------------------------------- combine


@given(st.lists(st.tuples(st.fractions(-3, 3, max_denominator=3), st.booleans()), min_size=1, max_size=4))
def test_a_combination_of_equations_is_an_equation(parts):
    """sum c (A h B or its transposed form) for h = A - B' is what the rule says it is."""
    h = equal(A, B.T)
    claim = zero(m, m)
    cofactors = []
    for coef, transposed in parts:
        left, right = (A @ A.T @ B.T, None) if transposed else (identity(m), A.T)
        middle = h.term.T if transposed else h.term
        claim = claim + coef * (left @ middle if right is None else left @ middle @ right)
        cofactors.append(Cofactor(scalar(coef), 0, left, right, transposed))
    theorem = equation(equal(claim, 0), assume(h), cofactors=tuple(cofactors))
    assert (theorem.hyps, theorem.conclusion) == ({h}, Equal(claim))
    with pytest.raises(KernelError, match="the certificate leaves"):
        equation(equal(claim + A @ B, 0), assume(h), cofactors=tuple(cofactors))


def test_a_matrix_equation_has_a_trace():
    h = assume(equal(A @ B, identity(m)))
    found = equation(equal(trace(B @ A), scalar(m)), h, cofactors=(Cofactor(one, 0),))
    assert found.conclusion.term == trace(B @ A) - m
    with pytest.raises(KernelError, match="the trace of a m x n matrix"):
        equation(equal(trace(B @ A), scalar(m)), h, cofactors=(Cofactor(one, 0, None, A),))


@pytest.mark.parametrize(
    ("cofactor", "message"),
    [
        (Cofactor(one, 1), "there is no premise 1"),
        (Cofactor(one, -1), "there is no premise -1"),
        (Cofactor(one, 0, B, B), "cannot add a m x n matrix and a n x m matrix"),
        (Cofactor(one, 0, A), "cannot multiply"),
        (Cofactor(A, 0), "the coefficient of a matrix equation is a scalar"),
        (Cofactor(one, 0, None, None, True), "cannot add"),
        (Cofactor(one, 0), "the certificate leaves A"),
    ],
)
def test_a_cofactor_that_does_not_fit_is_refused(cofactor, message):
    with pytest.raises(KernelError, match=message):
        equation(equal(2 * A, 0), assume(equal(A, 0)), cofactors=(cofactor,))


def test_a_scalar_equation_has_no_sides():
    with pytest.raises(KernelError, match="no left and right"):
        equation(equal(s * t, 0), assume(equal(s, 0)), cofactors=(Cofactor(one, 0, t),))
    assert equation(equal(s * A, 0), assume(equal(s, 0)), cofactors=(Cofactor(A, 0),)).conclusion == equal(s * A, 0)


def test_an_inequality_is_not_an_equation():
    for premise in (at_least(s, 0), greater(s, 0), Falsum(), And(equal(s, 0), equal(s, 0))):
        with pytest.raises(KernelError, match="not of the kind that is used"):
            equation(equal(s, 0), assume(premise), cofactors=(Cofactor(one, 0),))
    for premise in (equal(s, 0), negation(greater(s, 0))):
        with pytest.raises(KernelError, match="not of the kind that is used"):
            inequality(at_least(s, 0), assume(premise), products=(Product(1, (), (), (0,)),))


def test_an_equation_has_no_products():
    with pytest.raises(KernelError, match="a weight is positive, in inequalities"):
        inequality(equal(s * s, 0), products=(Product(1, (s,)),))


@pytest.mark.parametrize("weight", [0, -1, Fraction(-1, 2)])
def test_a_weight_is_positive(weight):
    with pytest.raises(KernelError, match="a weight is positive"):
        inequality(at_least(weight * s * s, 0), products=(Product(weight, (s,)),))


@pytest.mark.parametrize("weight", [True, 0.5])
def test_a_weight_is_an_exact_number(weight):
    with pytest.raises(KernelError, match="is not an exact number"):
        inequality(at_least(s * s, 0), products=(Product(weight, (s,)),))


@pytest.mark.parametrize(
    ("claim", "premises", "product"),
    [
        (greater(s * s, 0), (), Product(1, (s,))),
        (greater(trace(A.T @ A), 0), (), Product(1, (), (A,))),
        (greater(s, 0), (at_least(s, 0),), Product(1, (), (), (0,))),
        (greater(s * t, 0), (greater(s, 0), at_least(t, 0)), Product(1, (), (), (0, 1))),
        (greater(s * t * t, 0), (greater(s, 0),), Product(1, (t,), (), (0,))),
        (greater(s * trace(A.T @ A), 0), (greater(s, 0),), Product(1, (), (A,), (0,))),
        (greater(scalar(n), 0), (at_least(n, 0),), Product(1, (), (), (0,))),
    ],
)
def test_what_may_be_zero_is_not_strict(claim, premises, product):
    """s^2, tr(M'M) and a premise >= 0 give >= and never >."""
    given_ = [assume(premise) for premise in premises]
    with pytest.raises(KernelError, match="no product is strictly positive"):
        inequality(claim, *given_, products=(product,))
    assert inequality(at_least(claim.term, 0), *given_, products=(product,)).conclusion == NonNegative(claim.term)


def test_falsum_needs_a_strict_product():
    zero_ = assume(equal(s, 0))
    with pytest.raises(KernelError, match="no product is strictly positive"):
        combine(zero_, claim=Falsum(), cofactors=(), products=())
    with pytest.raises(KernelError, match="no product is strictly positive"):
        combine(assume(at_least(scalar(0), 0)), claim=Falsum(), cofactors=(), products=(Product(1, (), (), (0,)),))
    with pytest.raises(KernelError, match="the certificate leaves -1"):
        combine(claim=Falsum(), cofactors=(), products=(Product(1),))
    contradiction = assume(equal(scalar(1), 0))
    found = combine(contradiction, claim=Falsum(), cofactors=(Cofactor(scalar(-1), 0),), products=(Product(1),))
    assert found.conclusion == Falsum()


def test_products_of_strict_inequalities_are_strict():
    found = inequality(greater(s * t, 0), assume(greater(s, 0)), assume(greater(t, 0)), products=(
        Product(1, (), (), (0, 1)),))
    assert found.conclusion == Positive(s * t)
    assert inequality(greater(scalar(2), 1), products=(Product(1),)).hyps == frozenset()


@pytest.mark.parametrize("claim", [And(Falsum(), Falsum()), Implies(Falsum(), Falsum()), for_all(x, Falsum())])
def test_only_an_equation_or_inequality_is_claimed(claim):
    with pytest.raises(KernelError, match="the claim is no"):
        combine(claim=claim, cofactors=(), products=())


def test_a_sum_of_a_matrix_and_a_number_is_refused():
    with pytest.raises(KernelError, match="cannot add"):
        inequality(at_least(scalar(0), 0), products=(Product(1, (matrix("M", n, n),)),))
    with pytest.raises(KernelError, match="cannot add"):
        equation(equal(A, 0), assume(equal(s, 0)), cofactors=(Cofactor(one, 0),))


# ----------------------------------------------------------------------------------- gram, order, inverses, 1 x 1


def test_gram_is_about_its_own_matrix():
    premise = NonNegative(-trace(A.T @ A))
    assert gram(assume(premise), A).conclusion == equal(A, 0)
    assert gram(assume(premise), A.T).conclusion == equal(A.T, 0)  # tr(A'A) = tr(AA')
    for wrong in (at_least(trace(A.T @ A), 0), equal(trace(A.T @ A), 0), NonNegative(-trace(B.T @ B))):
        with pytest.raises(KernelError, match="the premise is not"):
            gram(assume(wrong), A)
    square = matrix("M", n, n)
    with pytest.raises(KernelError, match="the premise is not"):
        gram(assume(NonNegative(-trace(square @ square))), square)
    with pytest.raises(KernelError, match="M is a matrix"):
        gram(assume(NonNegative(-s * s)), s)


def test_a_matrix_has_no_sign():
    assert trichotomy(s).conclusion == Or(Equal(s), Or(Positive(s), Positive(-s)))
    with pytest.raises(KernelError, match="has no sign"):
        trichotomy(matrix("M", 1, 1))


def test_only_a_positive_number_has_an_inverse():
    for premise in (at_least(s, 0), equal(s, 0), negation(equal(s, 0))):
        with pytest.raises(KernelError, match="the premise is not s > 0"):
            inverse(assume(premise))


def test_the_inverse_is_not_captured():
    found = inverse(assume(greater(t, 0))).conclusion
    assert found == exists(Variable("u", SCALAR), equal(t * symbol("u"), one))
    assert free_names(found) == {"t"}


@pytest.mark.parametrize("shape", [(n, n), (1, n), (n, 1), (0, 0), (2, 2), (nat("d", 1), nat("d", 1))])
def test_one_by_one_is_one_by_one(shape):
    with pytest.raises(KernelError, match="not 1 x 1"):
        one_by_one(matrix("M", *shape))
    with pytest.raises(KernelError, match="not 1 x 1"):
        one_by_one(s)


# -------------------------------------------------------------------------------------------------------- naturals


def test_successor_is_for_natural_numbers_that_are_named():
    assert nat_successor(assume(greater(n, m)), n, m).conclusion == at_least(n, m + 1)
    for premise in (at_least(n, m), greater(m, n), greater(scalar(2) * n, m), greater(s, m)):
        with pytest.raises(KernelError, match="the premise is not n > m"):
            nat_successor(assume(premise), n, m)


def test_difference_is_a_natural_number_of_its_own():
    found = nat_difference(assume(at_least(n, nat("v"))), n, nat("v")).conclusion
    assert found == exists(Variable("w", NAT), equal(scalar(n), scalar(nat("v") + nat("w"))))
    for premise in (greater(n, m), at_least(m, n), equal(scalar(n), scalar(m))):
        with pytest.raises(KernelError, match="the premise is not n >= m"):
            nat_difference(assume(premise), n, m)


# ------------------------------------------------------------------------------------------------------ dimension 0


def test_in_dimension_zero_the_identity_is_zero():
    """tr I_0 = 0, so gram gives I_0 = 0. Nothing may rest on n >= 1."""
    zero_trace = evaluate(NonNegative(-trace(identity(0))))
    assert gram(zero_trace, identity(0)).conclusion == equal(identity(0), 0)


def test_the_identity_is_zero_just_where_its_dimension_is():
    vanishes = equal(identity(n), 0)
    found = equation(equal(scalar(n), 0), assume(vanishes), cofactors=(Cofactor(one, 0),))
    assert (found.hyps, found.conclusion) == ({vanishes}, equal(scalar(n), 0))
    back = equation(NonNegative(-scalar(n)).term and equal(-scalar(n), 0), assume(equal(scalar(n), 0)),
                    cofactors=(Cofactor(-one, 0),))
    assert back.conclusion == equal(-scalar(n), 0)
    from_zero = inequality(NonNegative(-scalar(n)), assume(equal(scalar(n), 0)), cofactors=(Cofactor(-one, 0),),
                           products=())
    assert gram(from_zero, identity(n)).conclusion == vanishes
    with pytest.raises(KernelError, match="the premise is not"):
        gram(nat_nonnegative(n), identity(n))
    with pytest.raises(KernelError, match="the formula is false"):
        evaluate(equal(identity(1), 0))


# --------------------------------------------------------------------------------------------------------- leibniz


def reflexive(rows):
    M = Variable("M", matrix_sort(rows, rows))
    formula = for_all(M, Implies(equal(at(M), 0), equal(at(M), 0)))
    return formula, for_all_intro(implies_intro(assume(equal(at(M), 0)), equal(at(M), 0)), M)


def test_equals_are_exchanged_in_the_shapes_of_bound_matrices():
    formula, _ = reflexive(n)
    _, premise = reflexive(m + 1)
    found = leibniz(premise, "n", m + 1, formula)
    assert found.conclusion == Implies(equal(scalar(n), scalar(m + 1)), formula)
    assert found.hyps == frozenset()


@pytest.mark.parametrize(
    ("hypothesis", "name", "term", "formula", "message"),
    [
        (at_least(n, n), "n", n + 1, at_least(n, n), "n occurs in the term"),
        (at_least(n, n), "n", nat("d", n), at_least(n, n), "n occurs in the term"),
        (at_least(n, m), "n", m, at_least(n, m), "n is free in a hypothesis"),
        (equal(matrix("C", m, m), 0), "n", m, equal(matrix("C", n, n), 0), "the shape of C mentions n"),
        (equal(trace(matrix("C", m, m)), 0), "n", m, equal(trace(matrix("C", n, n)), 0), "the shape of C mentions n"),
        (at_least(m, 0), "n", m, at_least(n, 1), "the premise is not"),
        (at_least(t, 0), "s", m, at_least(s, 0), "s occurs with another sort"),
        (equal(scalar(m), 0), "#0", m, equal(scalar(nat("#0")), 0), "not a name"),
    ],
)
def test_leibniz_refuses(hypothesis, name, term, formula, message):
    with pytest.raises(KernelError, match=message):
        leibniz(assume(hypothesis), name, term, formula)


# ----------------------------------------------------------------------------------------------------------- chain


def step_of(states, nexts, invariant, goal, proof, bound=N, index="k"):
    """all k. k + 1 <= N -> all x. phi -> exists x'. goal, from a proof of exists x'. goal with phi as hypothesis."""
    assert proof.conclusion == exists(*nexts, goal)
    found = implies_intro(proof, invariant)
    for state in reversed(states):
        found = for_all_intro(found, state)
    return for_all_intro(implies_intro(found, at_least(bound, nat(index) + 1)), Variable(index, NAT))


def doubling():
    """x_0 = 1 and x_{k+1} = 2 x_k, with the invariant x > 0."""
    from symbolic_cp.kernel.logic import and_intro, exists_intro

    invariant, relation = greater(at(x), 0), equal(symbol("x_next"), 2 * at(x))
    positive = inequality(greater(2 * at(x), 0), assume(invariant), products=(Product(2, (), (), (0,)),))
    defined = equation(equal(2 * at(x), 2 * at(x)), cofactors=())
    after = Variable("x_next", SCALAR)
    goal = exists(after, And(greater(at(after), 0), relation))
    proof = exists_intro(and_intro(positive, defined), goal, 2 * at(x))
    base = inequality(greater(one, 0), products=(Product(1),))
    step = step_of([x], [after], invariant, And(greater(at(after), 0), relation), proof)
    return base, step, invariant, relation


def test_recursion():
    base, step, invariant, relation = doubling()
    found = chain(base, step, "k", N, (x,), invariant, relation, (one,)).conclusion
    X = Variable("x", SCALAR, 1)
    counter = Variable("k", NAT)
    assert found == exists(X, conjunction(
        equal(at(X, 0), one),
        for_all(counter, Implies(at_least(N, k), greater(at(X, k), 0))),
        for_all(counter, Implies(at_least(N, k + 1), equal(at(X, k + 1), 2 * at(X, k)))),
    ))


def test_the_premises_of_a_chain_are_for_its_own_start_bound_and_relation():
    base, step, invariant, relation = doubling()
    for arguments, message in [
        (("k", N, (x,), invariant, relation, (scalar(2),)), "not the invariant at 0"),
        (("k", N, (x,), invariant, relation, (s,)), "not the invariant at 0"),
        (("k", N + 1, (x,), invariant, relation, (one,)), "not the step of this chain"),
        (("k", N, (x,), invariant, None, (one,)), "not the step of this chain"),
        (("k", N, (x,), invariant, Falsum(), (one,)), "not the step of this chain"),
        (("k", N, (x,), invariant, relation, ()), "every state needs a start value"),
        (("k", N, (x,), invariant, relation, (identity(1),)), "x is a scalar"),
        (("k", N, (x,), invariant, relation, (nat(1),)), "x is a scalar"),
        (("x", N, (x,), invariant, relation, (one,)), "two names are the same"),
        (("x_next", N, (x,), invariant, relation, (one,)), "two names are the same"),
        (("k", N, (x, x), invariant, relation, (one, one)), "two names are the same"),
        (("k", N, (x, Variable("x_next", SCALAR)), invariant, relation, (one, one)), "two names are the same"),
    ]:
        with pytest.raises(KernelError, match=message):
            chain(base, step, *arguments)


@pytest.mark.parametrize(
    ("index", "bound", "start", "hypothesis"),
    [
        ("k", N, symbol("x"), None),  # an early version accepted a start value named like the state
        ("k", N, symbol("x_next"), None),
        ("k", N, scalar(k), None),
        ("k", k, one, None),
        ("k", nat("d", k), one, None),
        ("k", nat("x"), one, None),
        ("k", N, one, greater(symbol("x"), 0)),
        ("k", N, one, greater(scalar(k), 0)),
        ("k", N, one, greater(symbol("x_next"), 0)),
        ("k", N, one, equal(matrix("C", k, 1), 0)),
    ],
)
def test_names_of_a_chain_do_not_occur_outside(index, bound, start, hypothesis):
    base, step, invariant, relation = doubling()
    if hypothesis is not None:
        base = implies_elim(implies_intro(base, hypothesis), assume(hypothesis))
    with pytest.raises(KernelError, match="occurs outside"):
        chain(base, step, index, bound, (x,), invariant, relation, (start,))


def test_an_invariant_does_not_mention_the_next_state():
    base, step, _, relation = doubling()
    with pytest.raises(KernelError, match="the invariant mentions a next state"):
        chain(base, step, "k", N, (x,), greater(symbol("x_next"), 0), relation, (one,))


@pytest.mark.parametrize(
    "states",
    [
        (Variable("M", matrix_sort("p", 1)), Variable("p", NAT)),  # a later state
        (Variable("M", matrix_sort("p_next", 1)), Variable("p", NAT)),
        (Variable("M", matrix_sort("M", 1)), Variable("p", NAT)),
        (Variable("p", SCALAR), Variable("M", matrix_sort("p", 1))),
        (Variable("p", NAT), Variable("M", matrix_sort(1, 1), 1)),
        (Variable("p", NAT), Variable("M", matrix_sort("M_next", 1))),
    ],
)
def test_the_sort_of_a_state_mentions_earlier_numbers_only(states):
    values = [nat(1) if state.sort.kind == "nat" else one if state.sort.kind == "scalar" else identity(1)
              for state in states]
    truth = evaluate(equal(scalar(0), 0))
    with pytest.raises(KernelError, match="chain: the sort of"):
        chain(truth, truth, "k", N, states, truth.conclusion, None, tuple(values))


def test_a_state_whose_shape_is_a_state():
    """p_{k+1} = p_k + 1 with a p x 1 matrix beside it: no equation is said about M[0]; p[0] = 2 is."""
    from symbolic_cp.kernel.logic import and_intro, exists_intro

    p, M = Variable("p", NAT), Variable("M", matrix_sort("p", 1))
    p1, M1 = Variable("p_next", NAT), Variable("M_next", matrix_sort("p_next", 1))
    invariant = equal(trace(at(M).T @ at(M)), 0)
    relation = equal(scalar(nat("p_next")), scalar(nat("p") + 1))
    goal = And(equal(trace(at(M1).T @ at(M1)), 0), relation)
    larger = nat("p") + 1
    here = and_intro(evaluate(equal(scalar(0), 0)), equation(equal(scalar(larger), scalar(larger)), cofactors=()))
    inner = for_all_elim(for_all_intro(implies_intro(assume(x_is := exists(M1, goal)), x_is), Variable("p_next", NAT)),
                         larger).conclusion.left
    proof = exists_intro(exists_intro(here, inner, zero(larger, 1)), exists(p1, M1, goal), larger)
    step = step_of([p, M], [p1, M1], invariant, goal, proof)
    found = chain(evaluate(equal(scalar(0), 0)), step, "k", N, (p, M), invariant, relation,
                  (nat(2), zero(2, 1))).conclusion
    P, C = Variable("p", NAT, 1), family("M", "i", matrix_sort(nat("p", "i"), 1))
    counter = Variable("k", NAT)
    assert found == exists(P, C, conjunction(
        equal(scalar(nat("p", 0)), scalar(2)),
        for_all(counter, Implies(at_least(N, k), equal(trace(at(C, k).T @ at(C, k)), 0))),
        for_all(counter, Implies(at_least(N, k + 1), equal(scalar(nat("p", k + 1)), scalar(nat("p", k) + 1)))),
    ))
    with pytest.raises(KernelError, match="M is a 2 x 1 matrix"):
        chain(evaluate(equal(scalar(0), 0)), step, "k", N, (p, M), invariant, relation, (nat(2), zero(3, 1)))


def test_induction_says_nothing_beyond_its_bound():
    """At N = 0 only the start is known: the step may have been vacuous."""
    invariant = equal(scalar(k), 0)
    absurd = combine(assume(at_least(nat(0), k + 1)), nat_nonnegative(k), claim=Falsum(), cofactors=(),
                     products=(Product(1, (), (), (0,)), Product(1, (), (), (1,)), Product(1)))
    from symbolic_cp.kernel.logic import falsum_elim

    later = implies_intro(falsum_elim(absurd, equal(scalar(k + 1), 0)), invariant)
    step = for_all_intro(implies_intro(later, at_least(nat(0), k + 1)), Variable("k", NAT))
    start = evaluate(equal(scalar(0), 0))
    found = chain(start, step, "k", nat(0), (), invariant, None, ()).conclusion
    assert found == for_all(Variable("k", NAT), Implies(at_least(nat(0), k), invariant))
    with pytest.raises(KernelError, match="not the step"):
        chain(start, step, "k", nat(1), (), invariant, None, ())


def test_a_family_over_no_index_has_no_member():
    """1 <= i <= r is vacuous for r = 0, and nothing gives an i: evaluation says so."""
    i, r = nat("i"), nat("r")
    within = And(at_least(r, i), at_least(i, 1))
    some = exists(Variable("i", NAT), within)
    every = for_all(Variable("i", NAT), Implies(at_least(r, i), Implies(at_least(i, 1), Falsum())))
    from symbolic_cp.kernel.formulas import substitute

    assert evaluate(substitute(every, {"r": nat(0)})).hyps == frozenset()
    with pytest.raises(KernelError, match="the formula is false"):
        evaluate(substitute(some, {"r": nat(0)}))
    evaluate(substitute(some, {"r": nat(1)}))


# --------------------------------------------------------------------------------- small theories that must not break


@given(st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=1, max_size=3))
def test_what_combine_proves_of_literals_is_so(rows):
    """An inequality from a Gram product holds of the numbers."""
    M = literal(rows)
    found = inequality(at_least(trace(M.T @ M), 0), products=(Product(1, (), (M,)),)).conclusion
    assert evaluate_poly(found.term, {}) == sum(entry**2 for row in rows for entry in row)
    evaluate(found)


def test_order_is_decided():
    """s^2 > 0 for s != 0, by the three cases."""
    claim = greater(s * s, 0)
    nonzero = negation(equal(s, 0))
    from symbolic_cp.kernel.logic import falsum_elim

    positive = inequality(claim, assume(greater(s, 0)), products=(Product(1, (), (), (0, 0)),))
    negative = inequality(claim, assume(Positive(-s)), products=(Product(1, (), (), (0, 0)),))
    at_zero = falsum_elim(implies_elim(assume(nonzero), assume(equal(s, 0))), claim)
    found = cases(trichotomy(s), at_zero, cases(assume(Or(greater(s, 0), Positive(-s))), positive, negative))
    assert (found.hyps, found.conclusion) == ({nonzero}, claim)


def test_premises_may_be_many_and_unused():
    many = [assume(equal(symbol("s", i), 0)) for i in range(5)]
    assert len(equation(equal(s, s), *many, cofactors=()).hyps) == 5
    assert and_left(assume(And(equal(s, 0), Falsum()))).conclusion == equal(s, 0)
    assert Family(1, s).arity == 1
    assert Sort("nat") == NAT
