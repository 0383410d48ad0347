"""Chapter 3. Theorems and the rules of logic.

A `Theorem` is a sequent, hypotheses |- conclusion, together with the rule, premises and parameters that gave it and
the facts beneath it. Only the functions in this chapter and the next are meant to make theorems. Python cannot
enforce that, so nothing ever relies on the object: what counts is replay (chapter 7), which writes a theorem down
as lines and recomputes every conclusion from them.

The rules are natural deduction for classical logic on decidable atoms: excluded middle is for formulas without
quantifiers only. Each docstring gives the rule as an inference figure and says when it fails; failure is KernelError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from symbolic_cp.kernel.errors import expect, require
from symbolic_cp.kernel.formulas import (
    And, Exists, Falsum, ForAll, Formula, Implies, Or, Value, Variable, exists, for_all, free_names, generic,
    instantiate, is_quantifier_free, negation,
)


@dataclass(frozen=True, slots=True, eq=False)
class Theorem:
    """hyps |- conclusion, from `rule(*premises, *parameters)`; `facts` are the assumptions of the ledger beneath it."""

    hyps: frozenset[Formula]
    conclusion: Formula
    facts: frozenset[str]
    rule: str
    premises: tuple[Theorem, ...]
    parameters: tuple[Any, ...]

    @property
    def is_closed(self) -> bool:
        """Without hypotheses and free variables: true for all values of everything."""
        return not self.hyps and not free_names(self.conclusion)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the table from which proofs are replayed.

    `premises` is how many it takes (None: any number), `parameters` of which kinds its parameters are.
    """

    apply: Callable[..., Theorem]
    premises: int | None
    parameters: tuple[str, ...]


RULES: dict[str, Rule] = {}
Made = TypeVar("Made", bound=Callable[..., Theorem])


def rule(premises: int | None, *parameters: str) -> Callable[[Made], Made]:
    """Enter a function in the table of rules."""

    def enter(function: Made) -> Made:
        RULES[function.__name__] = Rule(function, premises, parameters)
        return function

    return enter


def concluded(
    name: str,
    premises: tuple[Theorem, ...],
    parameters: tuple[Any, ...],
    conclusion: Formula,
    hyps: frozenset[Formula] | None = None,
    facts: frozenset[str] = frozenset(),
) -> Theorem:
    """The theorem that rule `name` concludes; hypotheses default to the union of those of the premises."""
    joined = frozenset[Formula]().union(*(premise.hyps for premise in premises))
    beneath = facts.union(*(premise.facts for premise in premises))
    return Theorem(joined if hyps is None else hyps, conclusion, beneath, name, premises, parameters)


@rule(0, "formula")
def assume(formula: Formula) -> Theorem:
    """Take a formula as hypothesis.

    ::

        -----------
         phi |- phi

    Never fails.

    In Coq: a hypothesis of the sequent, as a variable `h : phi` of a section is.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> len(assume(greater(symbol("s"), 0)).hyps)
    1
    """
    return concluded("assume", (), (formula,), formula, frozenset([formula]))


@rule(2)
def and_intro(left: Theorem, right: Theorem) -> Theorem:
    """Conjunction.

    ::

        G |- phi    D |- psi
        --------------------
          G, D |- phi & psi

    Never fails.

    In Coq: `conj`, the pair of the two proofs.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = assume(greater(symbol("s"), 0)); both = and_intro(s, assume(Falsum()))
    >>> both.conclusion == And(s.conclusion, Falsum()), len(both.hyps)
    (True, 2)
    """
    return concluded("and_intro", (left, right), (), And(left.conclusion, right.conclusion))


@rule(1)
def and_left(premise: Theorem) -> Theorem:
    """The left part.

    ::

        G |- phi & psi
        --------------
           G |- phi

    Fails if the conclusion is no conjunction.

    In Coq: `proj1`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); and_left(assume(And(s, Falsum()))).conclusion == s
    True
    """
    formula = expect(premise.conclusion, And, "and_left: the premise is no conjunction")
    return concluded("and_left", (premise,), (), formula.left)


@rule(1)
def and_right(premise: Theorem) -> Theorem:
    """The right part.

    ::

        G |- phi & psi
        --------------
           G |- psi

    Fails if the conclusion is no conjunction.

    In Coq: `proj2`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); and_right(assume(And(Falsum(), s))).conclusion == s
    True
    """
    formula = expect(premise.conclusion, And, "and_right: the premise is no conjunction")
    return concluded("and_right", (premise,), (), formula.right)


@rule(1, "formula")
def or_left(premise: Theorem, right: Formula) -> Theorem:
    """Weaken to a disjunction.

    ::

           G |- phi
        --------------
        G |- phi | psi

    Never fails.

    In Coq: `or_introl`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); or_left(assume(s), Falsum()).conclusion == Or(s, Falsum())
    True
    """
    return concluded("or_left", (premise,), (right,), Or(premise.conclusion, right))


@rule(1, "formula")
def or_right(premise: Theorem, left: Formula) -> Theorem:
    """Weaken to a disjunction.

    ::

           G |- psi
        --------------
        G |- phi | psi

    Never fails.

    In Coq: `or_intror`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); or_right(assume(s), Falsum()).conclusion == Or(Falsum(), s)
    True
    """
    return concluded("or_right", (premise,), (left,), Or(left, premise.conclusion))


@rule(3)
def cases(disjunction: Theorem, first: Theorem, second: Theorem) -> Theorem:
    """Case distinction.

    ::

        G |- phi | psi    D, phi |- chi    E, psi |- chi
        -------------------------------------------------
                        G, D, E |- chi

    Fails if the first premise is no disjunction or the two cases conclude differently.

    In Coq: `case`, the elimination of the disjunction; a hypothesis that is discharged is bound by a `fun`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); either = assume(Or(s, Falsum()))
    >>> found = cases(either, assume(s), falsum_elim(assume(Falsum()), s))
    >>> found.conclusion == s, found.hyps == either.hyps
    (True, True)
    """
    formula = expect(disjunction.conclusion, Or, "cases: the first premise is no disjunction")
    require(first.conclusion == second.conclusion, "cases: the two cases have different conclusions")
    hyps = disjunction.hyps | (first.hyps - {formula.left}) | (second.hyps - {formula.right})
    return concluded("cases", (disjunction, first, second), (), first.conclusion, hyps)


@rule(1, "formula")
def implies_intro(premise: Theorem, hypothesis: Formula) -> Theorem:
    """Discharge a hypothesis.

    ::

         G, phi |- psi
        ---------------
        G |- phi -> psi

    Never fails; the hypothesis need not occur.

    In Coq: `fun h : phi => ...`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); itself = implies_intro(assume(s), s)
    >>> itself.conclusion == Implies(s, s), len(itself.hyps)
    (True, 0)
    """
    hyps = premise.hyps - {hypothesis}
    return concluded("implies_intro", (premise,), (hypothesis,), Implies(hypothesis, premise.conclusion), hyps)


@rule(2)
def implies_elim(implication: Theorem, premise: Theorem) -> Theorem:
    """Modus ponens.

    ::

        G |- phi -> psi    D |- phi
        ---------------------------
               G, D |- psi

    Fails if the first premise is no implication, or the second is not its antecedent.

    In Coq: one proof applied to the other.

    >>> implies_elim(assume(negation(Falsum())), assume(Falsum())).conclusion
    Falsum()
    """
    formula = expect(implication.conclusion, Implies, "implies_elim: the first premise is no implication")
    require(formula.left == premise.conclusion, "implies_elim: the second premise is not what the first asks for")
    return concluded("implies_elim", (implication, premise), (), formula.right)


@rule(1, "variable")
def for_all_intro(premise: Theorem, variable: Variable) -> Theorem:
    """Generalise.

    ::

            G |- phi
        ----------------     x not free in G
        G |- all x. phi

    Fails if x is free in a hypothesis, occurs with another sort, or is a dimension of a variable that is still free.

    In Coq: `fun x => ...`: the sequent holds in every environment, so in those that differ at x.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import SCALAR, greater
    >>> s, x = greater(symbol("x"), 0), Variable("x", SCALAR)
    >>> for_all_intro(implies_intro(assume(s), s), x).conclusion == for_all(x, Implies(s, s))
    True
    """
    clear = all(variable.name not in free_names(hyp) for hyp in premise.hyps)
    require(clear, f"for_all_intro: {variable.name} is free in a hypothesis")
    return concluded("for_all_intro", (premise,), (variable,), for_all(variable, premise.conclusion))


@rule(1, "value")
def for_all_elim(premise: Theorem, value: Value) -> Theorem:
    """Specialise.

    ::

        G |- all x. phi
        ---------------     t of the sort of x
        G |- phi[x := t]

    Fails if the premise is not universal or t is of another sort or shape.

    In Coq: the proof applied to the value of t; the lemma of substitution says that this proves phi[x := t].

    >>> from symbolic_cp.kernel.terms import nat, scalar
    >>> from symbolic_cp.kernel.formulas import NAT, equal, member
    >>> n = Variable("n", NAT); square = lambda t: equal(scalar(t) * t, scalar(t))
    >>> for_all_elim(assume(for_all(n, square(nat("n")))), nat("d", 3) + 1).conclusion == square(nat("d", 3) + 1)
    True
    """
    formula = expect(premise.conclusion, ForAll, "for_all_elim: the premise is not universal")
    return concluded("for_all_elim", (premise,), (value,), instantiate(formula, value))


@rule(1, "formula", "value")
def exists_intro(premise: Theorem, goal: Formula, witness: Value) -> Theorem:
    """Give a witness.

    ::

        G |- phi[x := t]
        ------------------
        G |- exists x. phi

    `goal` is the conclusion. Fails if it is not existential, t is of another sort, or the premise is not its instance.

    In Coq: `ex_intro` with the value of t.

    >>> from symbolic_cp.kernel.terms import scalar, symbol
    >>> from symbolic_cp.kernel.formulas import SCALAR, equal
    >>> square = lambda t: equal(t * t, t); goal = exists(Variable("t", SCALAR), square(symbol("t")))
    >>> exists_intro(assume(square(scalar(1) - symbol("s"))), goal, 1 - symbol("s")).conclusion == goal
    True
    """
    instance = instantiate(expect(goal, Exists, "exists_intro: the goal is not existential"), witness)
    require(instance == premise.conclusion, "exists_intro: the premise is not the goal at the witness")
    return concluded("exists_intro", (premise,), (goal, witness), goal)


@rule(2, "name")
def exists_elim(existence: Theorem, premise: Theorem, name: str) -> Theorem:
    """Use something that exists, under a fresh name.

    ::

        G |- exists x. phi    D, phi[x := name] |- psi
        -----------------------------------------------     name not free in G, D, exists x. phi, psi
                       G, D |- psi

    Fails if the first premise is not existential or the name is not fresh.

    In Coq: `case` on the proof of `exists x, phi`, which is a proposition: nothing is chosen.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import SCALAR, greater
    >>> x, y = (Variable(name, SCALAR) for name in "xy"); some = exists(x, greater(symbol("x"), 0))
    >>> again = exists_intro(assume(greater(symbol("y"), 0)), some, symbol("y"))
    >>> used = exists_elim(assume(some), again, "y"); used.hyps == {some} and used.conclusion == some
    True
    """
    formula = expect(existence.conclusion, Exists, "exists_elim: the first premise is not existential")
    variable = Variable(name, formula.sort, formula.arity)
    chosen = instantiate(formula, generic(variable))
    require(exists(variable, chosen) == formula, f"exists_elim: {name} is not fresh")
    hyps = existence.hyps | (premise.hyps - {chosen})
    fresh = all(name not in free_names(other) for other in (premise.conclusion, *hyps))
    require(fresh, f"exists_elim: {name} is not fresh")
    return concluded("exists_elim", (existence, premise), (name,), premise.conclusion, hyps)


@rule(1, "formula")
def falsum_elim(premise: Theorem, formula: Formula) -> Theorem:
    """From falsum, anything.

    ::

        G |- falsum
        -----------
         G |- phi

    Fails if the premise does not conclude falsum.

    In Coq: `False_ind`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); falsum_elim(assume(Falsum()), s).conclusion == s
    True
    """
    require(premise.conclusion == Falsum(), "falsum_elim: the premise does not conclude falsum")
    return concluded("falsum_elim", (premise,), (formula,), formula)


@rule(0, "formula")
def excluded_middle(formula: Formula) -> Theorem:
    """Decide a formula without quantifiers (equations and inequalities of real numbers are decidable).

    ::

        ----------------------
        |- phi | (phi -> falsum)

    Fails if phi has a quantifier.

    In Coq: a case distinction on a boolean, since `==` and `<` of a real closed field are; no axiom is used.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.formulas import greater
    >>> s = greater(symbol("s"), 0); excluded_middle(s).conclusion == Or(s, negation(s))
    True
    """
    require(is_quantifier_free(formula), "excluded_middle: the formula has a quantifier")
    return concluded("excluded_middle", (), (formula,), Or(formula, negation(formula)))
