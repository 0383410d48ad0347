"""Replay: what was not made by the rules is refused, whoever says that it was; so is a counterexample that is none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate
from symbolic_cp.kernel.facts import fact
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Equal,
    Exists,
    Falsum,
    ForAll,
    Implies,
    NonNegative,
    Positive,
    Variable,
    at,
    at_least,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.kernel.replay import apply_rule, in_order, refute, replay
from symbolic_cp.kernel.terms import Generator, Poly, identity, literal, matrix, nat, scalar, symbol, trace
from symbolic_cp.kernel.theory import Cofactor, Product, combine, nat_nonnegative, nat_successor
from symbolic_cp.prover import certificate

s, one = symbol("s"), scalar(1)
x = Variable("x", SCALAR)
POSITIVE = greater(s, 0)
m, n = nat("m"), nat("n")


def theorem():
    """|- s > 0 -> s^2 >= 0 & s > 0."""
    square = combine(claim=at_least(s * s, 0), cofactors=(), products=(Product(1, (s,)),))
    return implies_intro(and_intro(square, assume(POSITIVE)), POSITIVE)


def test_an_honest_theorem_is_made_anew():
    made = theorem()
    again = replay(made)
    assert again is not made
    assert (again.hyps, again.conclusion, again.facts) == (made.hyps, made.conclusion, made.facts)
    assert [one_.rule for one_ in in_order(again)] == ["combine", "assume", "and_intro", "implies_intro"]
    assert replay(fact("pinv")).facts == {"pinv"}


def test_what_is_shared_is_made_once():
    shared = theorem()
    for _ in range(60):  # 2^60 if each premise were followed anew
        shared = and_left(and_intro(shared, shared))
    assert replay(shared).conclusion == shared.conclusion


def test_a_long_proof_is_no_deep_recursion():
    long = assume(POSITIVE)
    for _ in range(5000):
        long = and_left(and_intro(long, long))
    assert replay(long).hyps == {POSITIVE}


ABSURD = Theorem(frozenset(), Falsum(), frozenset(), "assume", (), (Falsum(),))


@pytest.mark.parametrize(
    "forged",
    [
        ABSURD,
        replace(theorem(), conclusion=Falsum()),
        replace(theorem(), hyps=frozenset([Falsum()])),
        replace(theorem(), facts=frozenset(["pinv"])),
        replace(fact("pinv"), facts=frozenset()),
        replace(assume(POSITIVE), hyps=frozenset()),
        and_left(and_intro(ABSURD, theorem())),
        implies_intro(replace(assume(POSITIVE), hyps=frozenset()), Falsum()),
        replace(theorem(), parameters=(Falsum(),)),
        replace(evaluate(at_least(one, 0)), conclusion=at_least(scalar(-1), 0)),
        replace(evaluate(at_least(one, 0)), parameters=(at_least(scalar(-1), 0),)),
    ],
)
def test_a_forged_theorem_is_refused(forged):
    with pytest.raises(KernelError):
        replay(forged)


@pytest.mark.parametrize(
    ("label", "premises", "parameters", "message"),
    [
        ("oracle", (), (), "there is no rule 'oracle'"),
        ("__class__", (), (), "there is no rule"),
        ("assume", (), (), "assume takes 1 parameters"),
        ("assume", (), (POSITIVE, POSITIVE), "assume takes 1 parameters"),
        ("assume", (theorem(),), (POSITIVE,), "assume takes 0 premises, not 1"),
        ("and_intro", (theorem(),), (), "and_intro takes 2 premises, not 1"),
        ("fact", (), ("nothing",), "the ledger has no fact"),
        ("combine", (), (POSITIVE, ()), "combine takes 3 parameters"),
        ("evaluate", (), (Falsum(),), "the formula is false"),
    ],
)
def test_a_line_that_is_no_use_of_a_rule_is_refused(label, premises, parameters, message):
    with pytest.raises(KernelError, match=message):
        apply_rule(label, premises, parameters)


# -------------------------------------------------------------------------------------------------- counterexamples

A = Variable("A", matrix_sort(n, n))
SQUARE_ZERO = for_all(Variable("n", NAT), A, Implies(equal(at(A) @ at(A), 0), equal(at(A), 0)))
NILPOTENT = Matrix(2, 2, ((0, 1), (0, 0)))


def test_a_counterexample_is_checked():
    refute(SQUARE_ZERO, [2, NILPOTENT])
    for values, message in [
        ([2, Matrix(2, 2, ((1, 0), (0, 0)))], "the values violate a hypothesis"),
        ([2, Matrix(2, 2, ((0, 0), (0, 0)))], "the values satisfy the conclusion"),
        ([0, Matrix(0, 0, ())], "the values satisfy the conclusion"),
        ([3, NILPOTENT], "A is not a 3 x 3 matrix|is not a"),
        ([2], "no value is given for A"),
        ([2, NILPOTENT, 1], "more values than quantifiers"),
        ([-2, NILPOTENT], "the value of n is not of its sort"),
        ([Fraction(1, 2), NILPOTENT], "the value of n is not of its sort"),
        ([NILPOTENT, 2], "the value of n is not of its sort"),
        ([2, 5], "the value of A is not of its sort"),
        ([3, NILPOTENT], "the value of A is not a 3 x 3 matrix"),
        ([2, Table({(0,): NILPOTENT})], "A is not a family"),
    ]:
        with pytest.raises(KernelError, match=message):
            refute(SQUARE_ZERO, values)


def test_a_family_is_refuted_by_a_table():
    d = Variable("d", NAT, 1)
    statement = for_all(d, Variable("k", NAT), at_least(nat("d", "k"), nat("d", nat("k") + 1)))
    refute(statement, [Table({(3,): 0, (4,): 1}), 3])
    for wrong in (Table({(3,): 0, (4,): -1}), Table({(3,): 0, (4,): Fraction(3, 2)}), 7):
        with pytest.raises(KernelError, match="family|not of its sort"):
            refute(statement, [wrong, 3])


def test_failing_to_find_a_witness_refutes_nothing():
    with pytest.raises(KernelError, match="a quantifier over something else"):
        refute(for_all(x, exists(Variable("y", SCALAR), equal(symbol("y"), at(x)))), [1])
    with pytest.raises(KernelError, match="nothing bounds"):
        refute(for_all(x, exists(Variable("k", NAT), greater(nat("k"), at(x)))), [1])


# --------------------------------------------------------- falsum from objects that no constructor of formulas makes


def contradiction(equation, factor):
    """Falsum from c = 0 with factor * c = -1."""
    return combine(equation, claim=Falsum(), cofactors=(Cofactor(scalar(factor), 0),), products=(Product(1),))


def dangling():
    """A free variable named as a bound one escapes the condition of for_all_intro: {#0 = 0} |- all x. x = 0."""
    free = equal(symbol("#0"), 0)
    if_zero = contradiction(for_all_elim(for_all_intro(assume(free), x), one), -1)
    otherwise = for_all_elim(for_all_intro(assume(negation(free)), x), scalar(0))
    otherwise = implies_elim(otherwise, evaluate(equal(scalar(0), 0)))
    return cases(excluded_middle(free), if_zero, otherwise)


def a_number_for_a_natural_number(value):
    """n >= 0 for an n that is no natural number."""
    return combine(nat_nonnegative(value), claim=Falsum(), cofactors=(),
                   products=(Product(1, (), (), (0,)), Product(1)))


def three_halves():
    """A natural number term that is 3/2: there would be something between n and n + 1."""
    half = nat(Fraction(3, 2))
    larger = combine(claim=greater(half, nat(1)), cofactors=(), products=(Product(Fraction(1, 2)),))
    return combine(nat_successor(larger, half, nat(1)), claim=Falsum(), cofactors=(),
                   products=(Product(1, (), (), (0,)), Product(Fraction(1, 2))))


def shadow():
    """Two nested quantifiers of one height, which substitution reads otherwise than evaluation."""
    bound = Poly(None, {((Generator("nat", "#0"),), ()): 1})
    inner = Exists(0, NAT, 0, And(NonNegative(5 - bound), Equal(bound - 5)))
    found = for_all_elim(evaluate(ForAll(0, NAT, 0, Implies(NonNegative(2 - bound), inner))), nat(1))
    found = implies_elim(found, evaluate(NonNegative(one)))
    four = and_right(assume(And(NonNegative(scalar(4)), Equal(scalar(-4)))))
    return contradiction(exists_elim(found, four, "y"), Fraction(1, 4))


def crooked_identity():
    """An identity matrix that is m x n carries tr I_n = n over to m."""
    M = matrix("M", n, n)
    is_identity = equal(identity(n), M)
    left, right = Poly((m, n), {((), ()): 1}), Poly((n, m), {((), ()): 1})
    sizes = combine(assume(is_identity), claim=equal(scalar(m), scalar(n)), products=(),
                    cofactors=(Cofactor(one, 0, left, right), Cofactor(-one, 0)))
    sizes = implies_intro(sizes, is_identity)
    for variable in (Variable("M", matrix_sort(n, n)), Variable("n", NAT), Variable("m", NAT)):
        sizes = for_all_intro(sizes, variable)
    for value in (nat(1), nat(0), identity(0)):
        sizes = for_all_elim(sizes, value)
    return contradiction(implies_elim(sizes, evaluate(equal(identity(0), identity(0)))), -1)


FORGERIES = [
    dangling,
    lambda: a_number_for_a_natural_number(-1),
    lambda: a_number_for_a_natural_number(scalar(-1)),
    three_halves,
    shadow,
    crooked_identity,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_no_certificate_carries_falsum(forge):
    """Whatever Python objects are made of, a certificate is read by the constructors, and its reader refuses them."""
    try:
        data = certificate.write(forge(), "falsum")
    except (KernelError, AttributeError, TypeError):
        return  # the rules refuse it, or it cannot even be written down
    with pytest.raises(KernelError):
        certificate.replay(data)


@pytest.mark.parametrize("forge", [forge for forge in FORGERIES if forge is not crooked_identity])
def test_the_rules_refuse_what_no_constructor_makes(forge):
    with pytest.raises(KernelError):
        replay(forge())


def test_a_matrix_is_not_at_least_zero():
    M = matrix("M", n, n)
    with pytest.raises(KernelError):
        combine(claim=NonNegative(M @ M), cofactors=(), products=(Product(1, (M,)),))


@pytest.mark.xfail(strict=True, reason="the entries of a value are not checked; the reader of certificates checks them")
def test_a_rounded_number_refutes_nothing():
    """(1e-200)^2 is rounded to 0: every 1 x 1 matrix with A^2 = 0 is zero nevertheless."""
    with pytest.raises(KernelError):
        refute(SQUARE_ZERO, [1, Matrix(1, 1, ((1e-200,),))])


# ------------------------------------------------------------------------ other ways to falsum, which all fail today


def test_a_parameter_of_a_family_outside_one_is_a_constant_that_nothing_binds():
    loose = nat_nonnegative(nat("~0"))
    with pytest.raises(KernelError, match="not a name"):
        for_all_intro(loose, Variable("~0", NAT))
    with pytest.raises(KernelError, match="mentions a bound variable"):
        for_all_elim(for_all_intro(nat_nonnegative(n), Variable("n", NAT)), nat("~0"))
    with pytest.raises(KernelError, match="outside its quantifier"):
        for_all(Variable("s", SCALAR, 1), equal(symbol("s", nat("~0")), 0))


def test_a_matrix_and_a_scalar_of_one_name_stay_apart():
    both = and_intro(assume(equal(symbol("a"), 0)), assume(equal(matrix("a", 1, 1), identity(1))))
    for variable in (Variable("a", SCALAR), Variable("a", matrix_sort(1, 1))):
        closed = implies_intro(implies_intro(both, equal(symbol("a"), 0)), equal(matrix("a", 1, 1), identity(1)))
        with pytest.raises(KernelError, match="a occurs with another sort"):
            for_all_intro(closed, variable)
    with pytest.raises(KernelError, match="the certificate leaves"):
        combine(both.premises[0], both.premises[1], claim=Falsum(), products=(Product(1),),
                cofactors=(Cofactor(-one, 0), Cofactor(one, 1)))


def test_one_variable_bound_twice_is_the_inner_one():
    twice = for_all(x, x, greater(at(x), 0))
    assert for_all_elim(assume(twice), one).conclusion == for_all(x, greater(at(x), 0))


def test_literals_of_no_size_are_zero_and_nothing_more():
    for size in ((0, 0), (0, 2)):
        L = literal([], size)
        found = evaluate(equal(L, 0))
        assert combine(found, claim=equal(trace(L.T @ L), 0), cofactors=(Cofactor(one, 0, L.T),),
                       products=()).conclusion == equal(trace(L.T @ L), 0)
        with pytest.raises(KernelError, match="the certificate leaves"):
            combine(found, claim=Falsum(), cofactors=(Cofactor(one, 0, L.T),), products=(Product(1),))


def test_no_letter_is_mistaken_for_a_literal():
    assert matrix("", 2, 0) != literal([[], []], (2, 0))
    with pytest.raises(KernelError, match="not a name"):
        for_all_intro(nat_nonnegative(n), Variable("", NAT))
    with pytest.raises(KernelError, match="has no value"):
        evaluate(Positive(symbol("")))
