"""Evaluation without quantifiers: what the kernel decides number by number, as a proof by the other rules.

Main function: spelled_out. The Coq library evaluates formulas without quantifiers. A bounded quantifier is proved here
by cases k = 0, k = 1, ..., and k beyond the bound, where the guard is false. Nothing here is trusted: the result is a
theorem of the kernel with the same conclusion.
"""

from __future__ import annotations

from collections.abc import Callable

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate, evaluate_formula, evaluate_poly
from symbolic_cp.kernel.formulas import (
    NAT,
    And,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Quantifier,
    Variable,
    at_least,
    equal,
    instantiate,
    is_quantifier_free,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
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
from symbolic_cp.kernel.terms import Generator, Poly, Rational, nat, rational, scalar
from symbolic_cp.kernel.theory import Cofactor, Product, combine, leibniz, nat_nonnegative, nat_successor, trichotomy

INDEX = "k"


def spelled_out(formula: Formula) -> Theorem:
    """The theorem `evaluate(formula)`, in which quantifiers are not evaluated. Raises KernelError as that does.

    Cost: that of evaluating, and some ten steps for each number that a quantifier runs through.

    >>> from symbolic_cp.kernel.facts import in_range
    >>> k = scalar(nat("k")); small = in_range("k", 0, 3, at_least(scalar(9), k * k))
    >>> spelled_out(small).conclusion == small, len(spelled_out(small).hyps)
    (True, 0)
    """
    if is_quantifier_free(formula):
        return evaluate(formula)
    if isinstance(formula, And):
        return and_intro(spelled_out(formula.left), spelled_out(formula.right))
    if isinstance(formula, Or):
        if evaluate_formula(formula.left, {}):
            return or_left(spelled_out(formula.left), formula.right)
        return or_right(spelled_out(formula.right), formula.left)
    if isinstance(formula, Implies):
        if evaluate_formula(formula.left, {}):
            return implies_intro(spelled_out(formula.right), formula.left)
        return implies_intro(falsum_elim(_absurd(formula.left), formula.right), formula.left)
    if isinstance(formula, ForAll):
        guard = _Guard(formula)
        goal = instantiate(formula, nat(INDEX))
        return _each(goal, lambda k: spelled_out(instantiate(formula, nat(k))), guard, guard.implies())
    assert isinstance(formula, Exists)
    for k in range(_Guard(formula).length):
        instance = instantiate(formula, nat(k))
        if evaluate_formula(instance, {}):
            return exists_intro(spelled_out(instance), formula, nat(k))
    raise KernelError("evaluate: the formula is false")


def _absurd(formula: Formula) -> Theorem:
    """formula |- falsum, for a formula that is false."""
    given = assume(formula)
    if is_quantifier_free(formula):
        return implies_elim(evaluate(negation(formula)), given)
    if isinstance(formula, And):
        if evaluate_formula(formula.left, {}):
            return _contradicts(and_right(given), formula.right)
        return _contradicts(and_left(given), formula.left)
    if isinstance(formula, Or):
        return cases(given, _absurd(formula.left), _absurd(formula.right))
    if isinstance(formula, Implies):
        return _contradicts(implies_elim(given, spelled_out(formula.left)), formula.right)
    if isinstance(formula, ForAll):
        for k in range(_Guard(formula).length):
            instance = instantiate(formula, nat(k))
            if not evaluate_formula(instance, {}):
                return _contradicts(for_all_elim(given, nat(k)), instance)
        raise KernelError("evaluate: the formula is true")
    assert isinstance(formula, Exists)
    guard, body = _Guard(formula), instantiate(formula, nat(INDEX))

    def absurd(k: int) -> Theorem:
        instance = instantiate(formula, nat(k))
        return implies_intro(_absurd(instance), instance)

    never = for_all_elim(_each(negation(body), absurd, guard, guard.excludes(body)), nat(INDEX))
    return exists_elim(given, implies_elim(never, assume(body)), INDEX)


def _contradicts(premise: Theorem, formula: Formula) -> Theorem:
    """From a theorem whose conclusion is a false formula, falsum."""
    return implies_elim(implies_intro(_absurd(formula), formula), premise)


class _Guard:
    """The inequality slope * k + rest >= 0 (or > 0), slope < 0, without which the body of a quantifier says nothing.

    `before` is what stands before it in the body, `after` what comes then; at k = length and beyond it is false.
    """

    def __init__(self, formula: Quantifier) -> None:
        body = instantiate(formula, nat(INDEX))
        connective = Implies if isinstance(formula, ForAll) else And
        own = ((Generator("nat", INDEX),), ())
        self.before: list[Formula] = []
        while isinstance(body, connective):
            self.atom, self.after = body.left, body.right
            if isinstance(self.atom, NonNegative | Positive):
                term = self.atom.term
                self.slope: Rational = term.terms.get(own, 0)
                self.rest = Poly(None, {key: coef for key, coef in term.terms.items() if key != own})
                if self.slope < 0 and not self.rest.names:
                    self.value = rational(evaluate_poly(self.rest, {}))
                    self.length = max(0, int(self.value // -self.slope) + 1)
                    return
            self.before.append(body.left)
            body = body.right
        raise KernelError("evaluate: nothing bounds a quantified natural number")

    def contradiction(self) -> Theorem:
        """guard, k >= length |- falsum."""
        far = assume(at_least(nat(INDEX), nat(self.length)))
        number = evaluate(equal(self.rest, scalar(self.value)))
        left = -(self.value + self.slope * self.length)
        products = Product(1, (), (), (0,)), Product(-self.slope, (), (), (1,)), Product(left)
        cofactors = (Cofactor(scalar(-1), 2),)
        return combine(assume(self.atom), far, number, claim=Falsum(), cofactors=cofactors, products=products)

    def implies(self) -> Theorem:
        """k >= length |- the body of a universal quantifier."""
        theorem = falsum_elim(self.contradiction(), self.after)
        for formula in reversed([*self.before, self.atom]):
            theorem = implies_intro(theorem, formula)
        return theorem

    def excludes(self, body: Formula) -> Theorem:
        """k >= length |- not the body of an existential quantifier."""
        part = assume(body)
        for _ in self.before:
            part = and_right(part)
        falsum = implies_elim(implies_intro(self.contradiction(), self.atom), and_left(part))
        return implies_intro(falsum, body)


def _each(goal: Formula, at_number: Callable[[int], Theorem], guard: _Guard, beyond: Theorem) -> Theorem:
    """For all k: goal, from its proofs at the numbers below the length and from k >= length |- goal."""
    k = nat(INDEX)
    theorem = beyond
    for number in reversed(range(guard.length)):
        theorem = _one_earlier(goal, leibniz(at_number(number), INDEX, nat(number), goal), number, theorem)
    first = implies_elim(implies_intro(theorem, at_least(k, nat(0))), nat_nonnegative(k))
    return for_all_intro(first, Variable(INDEX, NAT))


def _one_earlier(goal: Formula, here: Theorem, number: int, later: Theorem) -> Theorem:
    """k >= number |- goal, from |- k = number -> goal and k >= number + 1 |- goal."""
    k = nat(INDEX)
    from_here = assume(at_least(k, nat(number)))
    signs = trichotomy(scalar(k) - number)
    assert isinstance(signs.conclusion, Or)
    assert isinstance(signs.conclusion.right, Or)
    above, below = assume(signs.conclusion.right.left), assume(signs.conclusion.right.right)
    next_one = nat_successor(above, k, nat(number))
    after = implies_elim(implies_intro(later, next_one.conclusion), next_one)
    products = (Product(1, (), (), (0,)), Product(1, (), (), (1,)))
    never = combine(from_here, below, claim=Falsum(), cofactors=(), products=products)
    others = cases(assume(signs.conclusion.right), after, falsum_elim(never, goal))
    return cases(signs, implies_elim(here, assume(signs.conclusion.left)), others)
