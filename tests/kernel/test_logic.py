"""Natural deduction: each rule concludes what its figure says, and is refused where its conditions fail."""

from __future__ import annotations

import pytest

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Family,
    Implies,
    Or,
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
    RULES,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
    or_left,
    or_right,
)
from symbolic_cp.kernel.terms import identity, matrix, nat, symbol

n = nat("n")
x, y = Variable("x", SCALAR), Variable("y", SCALAR)
A = Variable("A", matrix_sort(n, n))
P, Q, R = (greater(symbol(name), 0) for name in "pqr")


def sequent(theorem):
    return theorem.hyps, theorem.conclusion


def test_connectives():
    both = and_intro(assume(P), assume(Q))
    assert sequent(both) == ({P, Q}, And(P, Q))
    assert sequent(and_left(both)) == ({P, Q}, P)
    assert sequent(and_right(both)) == ({P, Q}, Q)
    assert sequent(or_left(assume(P), Q)) == ({P}, Or(P, Q))
    assert sequent(or_right(assume(P), Q)) == ({P}, Or(Q, P))
    assert sequent(implies_elim(assume(Implies(P, Q)), assume(P))) == ({Implies(P, Q), P}, Q)
    assert sequent(falsum_elim(assume(Falsum()), R)) == ({Falsum()}, R)


def test_a_hypothesis_need_not_occur_to_be_discharged():
    assert sequent(implies_intro(assume(P), Q)) == ({P}, Implies(Q, P))
    assert sequent(implies_intro(assume(P), P)) == (frozenset(), Implies(P, P))


def test_each_case_discharges_its_own_hypothesis_only():
    either = assume(Or(P, Q))
    left = implies_elim(assume(Implies(P, R)), assume(P))
    right = and_left(and_intro(assume(R), and_intro(assume(P), assume(Q))))
    assert sequent(cases(either, left, right)) == ({Or(P, Q), Implies(P, R), R, P}, R)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: and_left(assume(Or(P, Q))), "no conjunction"),
        (lambda: and_right(assume(P)), "no conjunction"),
        (lambda: cases(assume(And(P, Q)), assume(R), assume(R)), "no disjunction"),
        (lambda: cases(assume(Or(P, Q)), assume(P), assume(Q)), "different conclusions"),
        (lambda: implies_elim(assume(P), assume(P)), "no implication"),
        (lambda: implies_elim(assume(Implies(P, Q)), assume(Q)), "not what the first asks for"),
        (lambda: implies_elim(assume(for_all(x, Implies(P, Q))), assume(P)), "no implication"),
        (lambda: for_all_elim(assume(exists(x, P)), symbol("s")), "not universal"),
        (lambda: for_all_elim(assume(P), symbol("s")), "not universal"),
        (lambda: exists_intro(assume(P), for_all(x, P), symbol("s")), "not existential"),
        (lambda: exists_elim(assume(for_all(x, P)), assume(P), "z"), "not existential"),
        (lambda: falsum_elim(assume(P), Q), "does not conclude falsum"),
        (lambda: falsum_elim(assume(negation(P)), Q), "does not conclude falsum"),
    ],
)
def test_a_premise_of_another_form_is_refused(use, message):
    with pytest.raises(KernelError, match=message):
        use()


# --------------------------------------------------------------------------------------------------------- for all


def test_what_is_true_of_a_hypothesis_is_not_true_of_everything():
    with pytest.raises(KernelError, match="x is free in a hypothesis"):
        for_all_intro(assume(greater(at(x), 0)), x)


def test_the_name_may_not_be_a_dimension_or_an_index_in_a_hypothesis():
    with pytest.raises(KernelError, match="n is free in a hypothesis"):
        for_all_intro(assume(equal(at(A), 0)), Variable("n", NAT))
    with pytest.raises(KernelError, match="k is free in a hypothesis"):
        for_all_intro(assume(greater(symbol("s", "k"), 0)), Variable("k", NAT))


def test_a_dimension_is_generalised_after_its_matrices():
    reflexive = implies_intro(assume(equal(at(A), 0)), equal(at(A), 0))
    with pytest.raises(KernelError, match="bind A first"):
        for_all_intro(reflexive, Variable("n", NAT))
    closed = for_all_intro(for_all_intro(reflexive, A), Variable("n", NAT))
    assert closed.is_closed
    assert not reflexive.is_closed
    with pytest.raises(KernelError, match="x occurs with another sort"):
        for_all_intro(implies_intro(assume(greater(at(x), 0)), greater(at(x), 0)), Variable("x", NAT))


def test_letters_of_one_name_and_two_shapes_are_not_generalised_together():
    two, three = equal(matrix("A", 2, 2), 0), equal(matrix("A", 3, 3), 0)
    both = implies_intro(and_intro(assume(two), assume(three)), two)
    both = implies_intro(both, three)
    for size in (2, 3):
        with pytest.raises(KernelError, match="A occurs with another sort"):
            for_all_intro(both, Variable("A", matrix_sort(size, size)))


def test_specialising():
    every = assume(for_all(A, equal(at(A), 0)))
    assert for_all_elim(every, identity(n)).conclusion == equal(identity(n), 0)
    for wrong in (identity("m"), identity(1), symbol("s"), nat(0), Family(1, identity(n))):
        with pytest.raises(KernelError, match="n x n matrix"):
            for_all_elim(every, wrong)


def test_specialising_does_not_capture():
    every = assume(for_all(x, exists(y, greater(at(y), at(x)))))
    assert for_all_elim(every, at(y)).conclusion == exists(x, greater(at(x), at(y)))


# ---------------------------------------------------------------------------------------------------------- exists


def test_a_witness_is_of_the_sort_and_shape():
    goal = exists(A, equal(at(A), 0))
    premise = assume(equal(identity("m"), 0))
    for wrong in (identity("m"), matrix("A", n, 1), symbol("s"), nat(2)):
        with pytest.raises(KernelError, match="A is a n x n matrix"):
            exists_intro(premise, goal, wrong)
    with pytest.raises(KernelError, match="the premise is not the goal at the witness"):
        exists_intro(premise, goal, identity(n))


def test_a_witness_for_some_occurrences_only():
    s = symbol("s")
    assert exists_intro(assume(equal(s, s)), exists(x, equal(at(x), s)), s).conclusion == exists(y, equal(at(y), s))


@pytest.mark.parametrize(
    ("existence", "premise", "name"),
    [
        # in the conclusion: exists x. x > y would give y > y
        (exists(x, greater(at(x), 0)), assume(greater(symbol("c"), 0)), "c"),
        # in another hypothesis
        (exists(x, greater(at(x), 0)), and_left(and_intro(assume(P), assume(equal(symbol("c"), 0)))), "c"),
        # in the existential formula
        (exists(x, greater(at(x), symbol("c"))), assume(P), "c"),
        # in an index, in a shape
        (exists(x, greater(at(x), 0)), and_left(and_intro(assume(P), assume(equal(symbol("s", nat("c")), 0)))), "c"),
        (exists(x, greater(at(x), 0)), and_left(and_intro(assume(P), assume(equal(matrix("B", nat("c"), 1), 0)))), "c"),
    ],
)
def test_the_name_of_what_exists_is_fresh(existence, premise, name):
    with pytest.raises(KernelError):
        exists_elim(assume(existence), premise, name)
    exists_elim(assume(existence), assume(Q), "fresh")


def test_the_name_of_what_exists_is_fresh_in_the_hypotheses_of_the_existence():
    some = implies_elim(assume(Implies(greater(symbol("c"), 0), exists(x, P))), assume(greater(symbol("c"), 0)))
    with pytest.raises(KernelError, match="c is not fresh"):
        exists_elim(some, assume(Q), "c")


@pytest.mark.parametrize("name", ["#0", "~0", "", "c'"])
def test_the_name_of_what_exists_is_a_name(name):
    with pytest.raises(KernelError):
        exists_elim(assume(exists(x, greater(at(x), 0))), assume(P), name)


def test_something_that_exists_is_used():
    """exists x > 0 and (all x. x > 0 -> p > 0) give p > 0."""
    every = for_all(x, Implies(greater(at(x), 0), P))
    used = implies_elim(for_all_elim(assume(every), symbol("c")), assume(greater(symbol("c"), 0)))
    found = exists_elim(assume(exists(x, greater(at(x), 0))), used, "c")
    assert sequent(found) == ({every, exists(x, greater(at(x), 0))}, P)


def test_exists_for_all_does_not_follow_from_for_all_exists():
    """The classical wrong exchange: the name for y would stay in the hypothesis about x, or the other way about."""
    below = for_all(x, exists(y, greater(at(y), at(x))))
    at_c = for_all_elim(assume(below), symbol("c"))
    chosen = assume(greater(symbol("d"), symbol("c")))
    with pytest.raises(KernelError, match="c is free in a hypothesis"):
        for_all_intro(chosen, Variable("c", SCALAR))
    with pytest.raises(KernelError, match="d is not fresh"):
        exists_elim(at_c, chosen, "d")


# -------------------------------------------------------------------------------------------------- excluded middle


def test_excluded_middle_is_for_formulas_without_quantifiers():
    assert excluded_middle(Or(P, Falsum())).conclusion == Or(Or(P, Falsum()), negation(Or(P, Falsum())))
    for formula in (for_all(x, P), exists(x, P), And(P, Implies(Q, exists(x, P))), negation(for_all(x, P))):
        with pytest.raises(KernelError, match="the formula has a quantifier"):
            excluded_middle(formula)


def test_facts_beneath_are_seen_above():
    from symbolic_cp.kernel.facts import fact

    used = implies_intro(and_left(and_intro(assume(P), fact("split"))), P)
    assert used.facts == {"split"}
    assert and_intro(used, fact("pinv")).facts == {"split", "pinv"}


def test_the_rules_are_these():
    """A new rule needs tests here, in theory or in facts, a figure in its docstring, and a lemma in Coq."""
    assert set(RULES) == {
        "assume", "and_intro", "and_left", "and_right", "or_left", "or_right", "cases", "implies_intro",
        "implies_elim", "for_all_intro", "for_all_elim", "exists_intro", "exists_elim", "falsum_elim",
        "excluded_middle", "combine", "gram", "trichotomy", "inverse", "one_by_one", "nat_nonnegative",
        "nat_successor", "nat_difference", "leibniz", "chain", "fact", "evaluate",
    }  # fmt: skip


def test_every_rule_is_documented_in_four_parts():
    from symbolic_cp.kernel.theory import combine

    for name, rule in RULES.items():
        text = (combine if name == "combine" else rule.apply).__doc__
        for part in ("--", "In Coq:", ">>> "):
            assert part in text, name
        assert "ails if" in text or "Never fails" in text, name


def test_a_theorem_at_a_number():
    every = for_all_intro(implies_intro(assume(at_least(n, 2)), at_least(n, 2)), Variable("n", NAT))
    assert for_all_elim(every, nat(0)).conclusion == Implies(at_least(nat(0), 2), at_least(nat(0), 2))
