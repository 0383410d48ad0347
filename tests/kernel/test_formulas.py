"""Binding and substitution: alpha-equivalence is equality, and nothing is ever captured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate_formula
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Family,
    ForAll,
    Implies,
    NonNegative,
    Or,
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
    generic,
    greater,
    instantiate,
    is_quantifier_free,
    matrix_sort,
    member,
    negation,
    substitute,
    substitute_poly,
)
from symbolic_cp.kernel.terms import identity, matrix, nat, scalar, symbol, trace, zero

NAMES = "ijk"
n = nat("n")
A, B = matrix("A", n, n), matrix("B", n, n)

# A formula about natural numbers as nested tuples, which is made into one of the kernel by `built`, and of which
# `truth`, written with Python's own binding, says independently whether it holds.
terms = st.tuples(st.integers(0, 3), *(st.integers(0, 2) for _ in NAMES))
atoms = st.tuples(st.sampled_from(["=", ">=", ">"]), terms, terms)


def _compound(inner):
    joined = st.tuples(st.sampled_from(["and", "or", "implies"]), inner, inner)
    bound = st.tuples(st.sampled_from(["all", "exists"]), st.sampled_from(NAMES), terms, inner)
    return joined | bound


trees = st.recursive(atoms, _compound, max_leaves=6)
numbers = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


def built_term(tree, hide=""):
    const, *coefs = tree
    return sum((nat(name).scaled(coef) for name, coef in zip(NAMES, coefs, strict=True) if name != hide), nat(const))


def built(tree):
    kind, *rest = tree
    if kind in ("=", ">=", ">"):
        left, right = (scalar(built_term(part)) for part in rest)
        return {"=": equal, ">=": at_least, ">": greater}[kind](left * left, right)
    if kind in ("all", "exists"):
        name, bound, body = rest
        guard = at_least(built_term(bound, hide=name), nat(name))
        inner = built(body)
        if kind == "all":
            return for_all(Variable(name, NAT), Implies(guard, inner))
        return exists(Variable(name, NAT), And(guard, inner))
    return {"and": And, "or": Or, "implies": Implies}[kind](*map(built, rest))


def number(tree, env, hide=""):
    const, *coefs = tree
    return const + sum(coef * env[name] for name, coef in zip(NAMES, coefs, strict=True) if name != hide)


def truth(tree, env):
    kind, *rest = tree
    if kind in ("=", ">=", ">"):
        left, right = (number(part, env) for part in rest)
        return {"=": left**2 == right, ">=": left**2 >= right, ">": left**2 > right}[kind]
    if kind in ("all", "exists"):
        name, bound, body = rest
        members = [truth(body, {**env, name: value}) for value in range(number(bound, env, hide=name) + 1)]
        return all(members) if kind == "all" else any(members)
    left, right = (truth(part, env) for part in rest)
    return {"and": left and right, "or": left or right, "implies": not left or right}[kind]


@given(trees, numbers)
def test_binding_means_what_it_says(tree, env):
    assert evaluate_formula(built(tree), env) == truth(tree, env)


@given(trees, numbers, st.sampled_from(NAMES), terms)
def test_substitution_means_what_it_says(tree, env, name, replacement):
    """phi[x := t] holds where phi does when x has the value of t; a capture would break it."""
    after = substitute(built(tree), {name: built_term(replacement)})
    assert evaluate_formula(after, env) == truth(tree, {**env, name: number(replacement, env)})


@given(trees, terms, terms)
def test_substitution_is_simultaneous_and_composes(tree, first, second):
    formula = built(tree)
    s, t = built_term(first), built_term(second)
    both = substitute(formula, {"i": s, "j": t})
    apart = substitute(formula, {"i": nat("p"), "j": nat("q")})
    assert substitute(apart, {"p": s, "q": t}) == both
    assert substitute(formula, {"i": nat("i"), "j": nat("j")}) == formula
    assert substitute(formula, {}) == formula


@given(trees, st.sampled_from(NAMES), st.sampled_from([for_all, exists]))
def test_formulas_that_differ_in_bound_names_are_equal(tree, name, quantifier):
    formula = built(tree)
    renamed = substitute(formula, {name: nat("z")})
    one, other = quantifier(Variable(name, NAT), formula), quantifier(Variable("z", NAT), renamed)
    assert one == other
    assert hash(one) == hash(other)
    assert name not in free_names(one)


@given(trees, st.sampled_from(NAMES), terms)
def test_instantiation_undoes_binding(tree, name, replacement):
    formula, value = built(tree), built_term(replacement)
    assert instantiate(for_all(Variable(name, NAT), formula), value) == substitute(formula, {name: value})


def test_nothing_is_captured():
    x, y = Variable("x", SCALAR), Variable("y", SCALAR)
    greatest = exists(y, greater(at(y), at(x)))
    after = substitute(greatest, {"x": at(y)})
    assert after != exists(y, greater(at(y), at(y)))
    assert after == exists(Variable("z", SCALAR), greater(symbol("z"), at(y)))
    assert free_names(after) == {"y"}
    assert instantiate(for_all(x, greatest), at(y)) == after


def test_a_value_cannot_mention_a_bound_variable():
    some = for_all(Variable("x", SCALAR), greater(symbol("x"), 0))
    for value in (symbol("#0"), symbol("~0"), scalar(nat("#1")), symbol("s", "~0")):
        with pytest.raises(KernelError, match="mentions a bound variable"):
            instantiate(some, value)


@pytest.mark.parametrize("name", ["#0", "~0", "", "A'", "a b", "1x", "x\n", "é", "x-y"])
def test_a_variable_has_an_identifier_as_name(name):
    with pytest.raises(KernelError, match="not a name for a variable"):
        for_all(Variable(name, SCALAR), Falsum())


# ------------------------------------------------------------------------------------------------ one name, one sort


@pytest.mark.parametrize(
    ("variable", "body"),
    [
        (Variable("x", SCALAR), equal(scalar(nat("x")), 0)),
        (Variable("x", NAT), equal(symbol("x"), 0)),
        (Variable("x", SCALAR), equal(matrix("x", n, n), 0)),
        (Variable("x", matrix_sort(n, n)), equal(symbol("x"), 0)),
        (Variable("x", SCALAR), equal(trace(matrix("x", n, n)), 0)),
        (Variable("x", matrix_sort(n, n)), equal(matrix("x", "m", n), 0)),
        (Variable("x", matrix_sort(n, 1)), equal(matrix("x", 1, n), 0)),
        (Variable("x", matrix_sort(2, 2)), And(equal(matrix("x", 2, 2), 0), equal(matrix("x", 3, 3), 0))),
        (Variable("x", SCALAR), equal(symbol("x", 1), 0)),
        (Variable("x", SCALAR, 1), equal(symbol("x"), 0)),
        (Variable("x", SCALAR, 1), equal(symbol("x", 1, 2), 0)),
        (Variable("x", NAT), equal(symbol("s", nat("x", 1)), 0)),
        (Variable("x", SCALAR), equal(symbol("s", nat("x")), 0)),
        (Variable("x", SCALAR), for_all(Variable("C", matrix_sort(nat("x"), 1)), equal(matrix("C", nat("x"), 1), 0))),
        (family("x", "k", matrix_sort(nat("d", "k"), 1)), equal(matrix("x", nat("d", 2), 1, 1), 0)),
    ],
)
def test_one_name_one_sort(variable, body):
    with pytest.raises(KernelError, match="x occurs with another sort than it is bound with"):
        for_all(variable, body)
    with pytest.raises(KernelError, match="x occurs with another sort than it is bound with"):
        exists(variable, body)


def test_a_dimension_is_bound_after_the_matrices_that_have_it():
    with pytest.raises(KernelError, match="the shape of A mentions n: bind A first"):
        for_all(Variable("n", NAT), equal(A, 0))
    with pytest.raises(KernelError, match="bind A first"):
        exists(Variable("n", NAT), equal(trace(A), 0))
    whole = for_all(Variable("n", NAT), Variable("A", matrix_sort(n, n)), equal(A, 0))
    assert free_names(whole) == frozenset()
    inner = instantiate(whole, nat(2))
    assert inner == for_all(Variable("A", matrix_sort(2, 2)), equal(matrix("A", 2, 2), 0))


def test_the_shape_of_a_family_member_may_mention_its_index():
    d = family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k")))
    every = for_all(Variable("k", NAT), equal(at(d, "k"), 0))
    assert instantiate(every, nat(3)) == equal(at(d, 3), 0)
    with pytest.raises(KernelError, match="bind A first"):
        for_all(Variable("d", NAT, 1), every)
    for_all(Variable("d", NAT, 1), d, every)


# -------------------------------------------------------------------------------------------------------- families


def test_a_family_is_put_for_a_family():
    A_, d = family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k"))), Variable("d", NAT, 1)
    product = at(A_, nat("k") + 1) @ at(A_, "k")
    statement = for_all(d, A_, Variable("k", NAT), equal(product, 0))
    square = instantiate(statement, Family(1, n))
    assert square == for_all(Variable("A", matrix_sort(n, n), 1), Variable("k", NAT), equal(
        matrix("A", n, n, nat("k") + 1) @ matrix("A", n, n, "k"), 0))
    assert instantiate(square, Family(1, scalar(nat("~0")) * identity(n))) == for_all(
        Variable("k", NAT), equal(scalar(nat("k") + 1) * nat("k") * identity(n), 0))


def test_families_of_two_indices_keep_them_apart():
    x = Variable("x", SCALAR, 2)
    swapped = substitute_poly(at(x, "i", nat("j") + 1), {"x": Family(2, symbol("y", "~1", "~0"))})
    assert swapped == symbol("y", nat("j") + 1, "i")
    nested = substitute_poly(symbol("x", nat("p", "i"), "i"), {"x": Family(2, symbol("y", nat("p", "~1"), "~0"))})
    assert nested == symbol("y", nat("p", "i"), nat("p", "i"))
    some = for_all(x, equal(at(x, 1, 2), 0))
    with pytest.raises(KernelError, match="family with 2 indices"):
        instantiate(some, Family(1, symbol("y", "~0")))
    with pytest.raises(KernelError, match="mentions a bound variable"):
        instantiate(some, Family(2, symbol("y", "~2")))


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (Variable("x", NAT), scalar(1), "is a natural number"),
        (Variable("x", SCALAR), nat(1), "is a scalar"),
        (Variable("x", SCALAR), A, "is a scalar"),
        (Variable("x", matrix_sort(n, n)), symbol("s"), "is a n x n matrix"),
        (Variable("x", matrix_sort(n, n)), matrix("A", n, "m"), "is a n x n matrix"),
        (Variable("x", matrix_sort(n, 1)), matrix("A", 1, n), "is a n x 1 matrix"),
        (Variable("x", SCALAR), Family(1, symbol("y", "~0")), "is a scalar"),
        (Variable("x", SCALAR, 1), symbol("s"), "is a family with 1 indices"),
        (Variable("x", NAT, 1), Family(1, scalar(nat("~0"))), "is a natural number"),
        (Variable("x", matrix_sort(nat("~0"), 1), 1), Family(1, matrix("A", 1, 1)), "matrix, not"),
    ],
)
def test_a_value_is_of_the_sort_of_its_variable(variable, value, message):
    with pytest.raises(KernelError, match=message):
        instantiate(for_all(variable, Falsum()), value)


def test_a_family_takes_as_many_indices_as_it_has():
    with pytest.raises(KernelError, match="x takes 1 indices, not 2"):
        member(Variable("x", NAT, 1), 1, 2)
    with pytest.raises(KernelError, match="x is a natural number: use member"):
        at(Variable("x", NAT))
    with pytest.raises(KernelError, match="x is not a family"):
        substitute_poly(symbol("x", 1), {"x": symbol("y")})
    with pytest.raises(KernelError, match="x takes 2 indices, not 1"):
        substitute_poly(symbol("x", 1), {"x": Family(2, symbol("y"))})
    assert generic(Variable("x", SCALAR, 2)) == Family(2, symbol("x", "~0", "~1"))


def test_a_matrix_is_replaced_by_one_of_its_shape():
    with pytest.raises(KernelError, match="what is put for A is not a n x n matrix"):
        substitute_poly(A, {"A": identity("m")})
    with pytest.raises(KernelError, match="what is put for A is not a matrix"):
        substitute_poly(A, {"A": nat(1)})
    with pytest.raises(KernelError, match="what is put for s is not a scalar"):
        substitute_poly(symbol("s"), {"s": A})
    with pytest.raises(KernelError, match="n is a natural number here"):
        substitute_poly(A, {"n": scalar(2)})
    # letters of one name and several shapes are never all replaced by one matrix
    with pytest.raises(KernelError, match="is not a 3 x 3 matrix"):
        substitute(And(equal(matrix("A", 2, 2), 0), equal(matrix("A", 3, 3), 0)), {"A": identity(2)})


def test_substitution_works_inside_shapes_traces_and_transposes():
    sub = {"n": nat("m") + 1, "A": matrix("C", nat("m") + 1, nat("m") + 1), "B": identity(nat("m") + 1)}
    C = sub["A"]
    assert substitute_poly(A @ B.T + 2 * A.T, sub) == C + 2 * C.T
    assert substitute_poly(trace(A @ B @ A.T), sub) == trace(C @ C.T)
    assert substitute_poly(trace(B), sub) == scalar(nat("m")) + 1
    assert substitute_poly(identity(n), {"n": nat(0)}) == identity(0)
    assert substitute_poly(trace(matrix("A", n, n)), {"A": identity(n)}) == scalar(n)


# ------------------------------------------------------------------------------------------------------------ small


def test_sorts_and_connectives_keep_formulas_apart():
    s = symbol("s")
    assert len({equal(s, 0), at_least(s, 0), greater(s, 0), negation(equal(s, 0)), Falsum()}) == 5
    assert And(Falsum(), equal(s, 0)) != Or(Falsum(), equal(s, 0)) != Implies(Falsum(), equal(s, 0))
    assert for_all(Variable("s", SCALAR), equal(s, 0)) != exists(Variable("s", SCALAR), equal(s, 0))
    assert for_all(Variable("s", SCALAR), Falsum()) != for_all(Variable("s", NAT), Falsum())
    assert Sort("scalar") != Sort("nat")


def test_an_inequality_is_about_scalars():
    for make in (at_least, greater):
        with pytest.raises(KernelError, match="compares scalars"):
            make(A, B)
    with pytest.raises(KernelError, match="a conjunction of nothing"):
        conjunction()


def test_only_a_zero_takes_the_shape_of_the_left_side():
    assert equal(A, 0) == equal(A, A - A)
    with pytest.raises(KernelError, match="cannot add"):
        equal(A, 1)
    with pytest.raises(KernelError, match="cannot add"):
        equal(A, scalar(0))


def test_a_dimension_of_a_free_matrix_is_not_bound_wherever_the_matrix_stands():
    dimension = Variable("n", NAT)
    inside = for_all(Variable("B", matrix_sort(n, n)), equal(trace(A @ B), 0))
    for body in (And(Falsum(), equal(trace(A @ B), 0)), inside, equal(trace(A @ A.T) * scalar(n), 0), equal(A.T, 0)):
        with pytest.raises(KernelError, match="the shape of [AB] mentions n: bind [AB] first"):
            for_all(dimension, body)
    closed = for_all(Variable("A", matrix_sort(n, n)), Variable("B", matrix_sort(n, n)), equal(trace(A @ B), 0))
    for body in (closed, equal(scalar(n), 0), equal(identity(n), 0), equal(zero(n, n), 0)):
        assert "n" not in free_names(for_all(dimension, body))


def test_what_a_formula_keeps_is_what_its_parts_say():
    body = equal(A @ B, 0)
    formula = Implies(for_all(Variable("A", matrix_sort(n, n)), body), Or(body, Falsum()))
    assert formula.names == free_names(A) | free_names(B)
    assert (formula.depth, body.depth, Falsum().depth) == (1, 0, 0)
    assert (formula.left.names, Falsum().names) == ({"B", "n"}, frozenset())
    assert substitute(formula, {"x": scalar(1)}) is formula
    moved = substitute(formula, {"n": n + 1})
    assert (moved.names, moved.depth) == (formula.names, 1)


def test_quantifiers_are_seen():
    inside = Implies(Falsum(), exists(Variable("s", SCALAR), Falsum()))
    assert is_quantifier_free(Implies(Falsum(), equal(A, 0)))
    assert not is_quantifier_free(Or(Falsum(), inside))


def test_a_quantifier_nested_in_another_has_a_name_of_its_own():
    x, y = Variable("x", SCALAR), Variable("y", SCALAR)
    nested = for_all(x, exists(y, NonNegative(at(x) + at(y))))
    assert isinstance(nested, ForAll)
    assert (nested.height, nested.body.height) == (1, 0)
    shadowed = for_all(x, exists(x, equal(at(x), 0)))
    assert instantiate(shadowed, symbol("t")) == exists(x, equal(at(x), 0))
