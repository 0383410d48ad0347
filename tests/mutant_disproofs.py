"""Disproofs of mutants at an instance, where evaluation and linear algebra do not decide: by search, within bounds.

The hypotheses are proved at the instance and the claim is taken apart: what it asserts to exist is opened, what it says
of all is said of a few values, and then a contradiction is searched for. The result is a theorem, the negation of the
statement, so nothing here is trusted. Main name: disproved_at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mutant_proofs import FEW_TICKS, Adaption, Spent, apart, closed, counted, names, within

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    Or,
    Quantifier,
    Value,
    Variable,
    generic,
    instantiate,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
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
from symbolic_cp.kernel.terms import nat, scalar, zero
from symbolic_cp.prover import ground
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.show import fresh

TICKS = 50
MEMBERS = 4
"""A claim about all natural numbers is said of so many."""
Known = tuple[Theorem, ...]


def fail(why: str) -> NotProved:
    return NotProved(why, scalar(0))


@dataclass(frozen=True)
class Disproof:
    """The search at one instance; `values` are those of the letters, which are tried for what is quantified."""

    adaption: Adaption
    values: Sequence[Value]

    def prove(self, formula: Formula, known: Known) -> Theorem:
        """|- formula, from what is known. Raises NotProved."""
        found = None if formula.names else ground.prove(formula)
        if found is not None:
            return found
        if isinstance(formula, And):
            return and_intro(self.prove(formula.left, known), self.prove(formula.right, known))
        if isinstance(formula, Or):
            try:
                return or_left(self.prove(formula.left, known), formula.right)
            except NotProved:
                return or_right(self.prove(formula.right, known), formula.left)
        if isinstance(formula, Implies):
            return implies_intro(self._under(formula, known), formula.left)
        if isinstance(formula, ForAll):
            variable = self.free(formula, known)
            return for_all_intro(self.prove(instantiate(formula, generic(variable)), known), variable)
        return self._witnessed(formula, known) if isinstance(formula, Exists) else self.searched(formula, known)

    def _under(self, formula: Implies, known: Known) -> Theorem:
        """The right side from the left one, which may be absurd."""
        premise = assume(formula.left)
        if isinstance(formula.right, Falsum):
            return self.absurd(premise, known)
        try:
            return self.prove(formula.right, (*known, *apart(premise)))
        except NotProved:
            return falsum_elim(self.absurd(premise, known), formula.right)

    def _witnessed(self, formula: Exists, known: Known) -> Theorem:
        for value in self.candidates(formula):
            try:
                return exists_intro(self.prove(instantiate(formula, value), known), formula, value)
            except (NotProved, KernelError):
                continue
        raise fail("no witness")

    def absurd(self, theorem: Theorem, known: Known) -> Theorem:
        """Falsum from a theorem and what is known. Raises NotProved."""
        formula = theorem.conclusion
        if isinstance(formula, Falsum):
            return theorem
        against = None if formula.names else evaluated(negation(formula))
        if against is not None:
            return implies_elim(against, theorem)
        if isinstance(formula, Quantifier):
            return self._opened(theorem, formula, known)
        if isinstance(formula, And):
            return self._together(apart(theorem), known)
        if isinstance(formula, Or):
            left, right = (self.absurd(assume(one), known) for one in (formula.left, formula.right))
            return cases(theorem, left, right)
        if isinstance(formula, Implies):
            return self.absurd(implies_elim(theorem, self.prove(formula.left, known)), known)
        return self.searched(Falsum(), (*known, theorem))

    def _together(self, parts: Sequence[Theorem], known: Known) -> Theorem:
        """Falsum from the equations among theorems, from what all say of the first numbers, or from one of them."""
        plain = [one for one in parts if isinstance(one.conclusion, Atom)]
        several = [member for one in parts for member in self.members(one)]
        for some in (plain, several) if len(several) > len(plain) else (plain,):
            try:
                return self.searched(Falsum(), (*known, *some))
            except NotProved:
                continue
        for one in parts:
            if not isinstance(one.conclusion, Atom):
                try:
                    return self.absurd(one, known)
                except NotProved:
                    continue
        raise fail("nothing contradicts")

    def _opened(self, theorem: Theorem, formula: Quantifier, known: Known) -> Theorem:
        """Falsum from what is said of all, at some value; or of something."""
        if isinstance(formula, Exists):
            variable = self.free(formula, (theorem, *known))
            inner = self.absurd(assume(instantiate(formula, generic(variable))), known)
            return exists_elim(theorem, inner, variable.name)
        for value in self.candidates(formula):
            try:
                return self.absurd(for_all_elim(theorem, value), known)
            except (NotProved, KernelError):
                continue
        raise fail("no value contradicts")

    def searched(self, claim: Formula, known: Known) -> Theorem:
        """An (in)equation, or falsum. Raises NotProved."""
        return self.adaption.searched(claim, [*known])

    def members(self, theorem: Theorem) -> Iterator[Theorem]:
        """What is said of all natural numbers, of the first ones; other theorems as they are."""
        formula = theorem.conclusion
        if isinstance(formula, ForAll) and formula.sort.kind == "nat" and not formula.arity:
            for k in range(MEMBERS):
                yield from self.members(for_all_elim(theorem, nat(k)))
        elif isinstance(formula, Implies):
            guard = None if formula.left.names else evaluated(formula.left)
            if guard is not None:
                yield from self.members(implies_elim(theorem, guard))
        elif isinstance(formula, Atom):
            yield theorem

    def candidates(self, formula: Quantifier) -> Iterator[Value]:
        """Values of the sort of a quantified variable."""
        if formula.arity:
            return
        if formula.sort.kind == "nat":
            yield from map(nat, range(MEMBERS))
        elif formula.sort.kind == "scalar":
            yield from (scalar(1), scalar(0), scalar(-1))
        else:
            shape = formula.sort.rows, formula.sort.cols
            yield from (one for one in self.values if getattr(one, "shape", None) == shape)
            yield zero(*shape)

    def free(self, formula: Quantifier, known: Known) -> Variable:
        taken = formula.names.union(*(names(one) for one in known))
        return Variable(fresh(formula.hint, taken), formula.sort, formula.arity)


def evaluated(formula: Formula) -> Theorem | None:
    try:
        return evaluate(formula)
    except KernelError:  # false, or not for evaluation
        return None


class Thorough(Adaption):
    """Where a premise of the original claim does not follow from one of the mutant, the latter may be absurd."""

    def adapted(self, theorem: Theorem, given: frozenset[Formula], target: Formula, known: list[Theorem]) -> Theorem:
        try:
            return Adaption.adapted(self, theorem, given, target, known)
        except NotProved:
            return self._absurd(target, known)

    def transfer(self, theorem: Theorem, target: Formula, known: list[Theorem]) -> Theorem:
        try:
            return Adaption.transfer(self, theorem, target, known)
        except NotProved:
            return self._absurd(target, known)

    def _absurd(self, target: Formula, known: list[Theorem]) -> Theorem:
        if not isinstance(target, Implies):
            raise fail("no implication")
        absurd = Disproof(Adaption(self.effort), ()).absurd(assume(target.left), tuple(known))
        return implies_intro(falsum_elim(absurd, target.right), target.left)


def along(goal: Goal) -> Theorem | None:
    """A goal by going through its claim, with its own letters for what is quantified; None if that fails."""

    def proof(effort: Effort) -> Theorem:
        known = tuple(piece for one in goal.hypotheses for piece in apart(assume(one.formula)))
        letters = [generic(one) for one in goal.variables if one.sort.kind == "matrix" and not one.arity]
        return closed(Disproof(Adaption(effort), letters).prove(goal.claim, known), goal)

    return within(FEW_TICKS, proof)


def disproved_at(statement: Formula, values: Sequence[Any], witnesses: Sequence[Any] = ()) -> Theorem | None:
    """|- not statement, from values for its outer quantifiers (and for what its hypotheses assert to exist)."""
    current, terms, found = assume(statement), list[Value](), list(witnesses)
    try:
        for value in values:
            term = ground.value_for(current.conclusion, value)
            if term is None:
                return None
            terms.append(term)
            current = for_all_elim(current, term)
        search = Disproof(Adaption(counted(TICKS)), terms)
        while isinstance(current.conclusion, Implies) and not isinstance(current.conclusion.right, Falsum):
            left = current.conclusion.left
            current = implies_elim(current, ground.prove(left, found) or search.prove(left, ()))
        return implies_intro(search.absurd(current, ()), statement)
    except (NotProved, KernelError, Spent):
        return None
