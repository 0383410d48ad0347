"""Hypotheses of mutants that are absurd, by more than a search among them as they stand.

* At numbers that they name. Things that are said to exist get names; then every hypothesis about all natural numbers is
  looked at where its guards hold by linear arithmetic: at 0, at each named number, and shortly after it.
* In a case that the proof of the original statement excludes, because something is absurd there: a width of 0, say. If
  the hypotheses of the mutant say that this is the case, they are absurd.

Main names: absurd_at_numbers, in_excluded_case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from mutant_proofs import FEW_TICKS, MOST_KNOWN, TICKS, apart, closed, in_pieces, opened_up, supplied, within

from symbolic_cp.kernel.formulas import (
    Atom,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    Variable,
    free_names,
    generic,
    instantiate,
)
from symbolic_cp.kernel.logic import Theorem, assume, exists_elim, falsum_elim, for_all_elim, implies_elim
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.certificate import in_order
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.search import linear
from symbolic_cp.prover.show import opened
from symbolic_cp.prover.tactics import prove_goal

AFTER = 3
"""A number is looked at, and as many less one that follow it."""
Numbers = tuple[Nat, ...]
Groups = dict[object, list[Theorem]]


@dataclass
class Opened:
    """What hypotheses say, taken apart, with names for what exists; `existing` are these, the first ones first."""

    goal: Goal
    existing: list[tuple[Theorem, Variable]] = field(default_factory=list)
    atoms: list[Theorem] = field(default_factory=list)
    general: list[Theorem] = field(default_factory=list)
    guards: dict[Formula, Theorem | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken = self.goal.formula().names
        waiting = [piece for one in self.goal.hypotheses for piece in apart(assume(one.formula))]
        while waiting:
            one = waiting.pop(0)
            formula = one.conclusion
            if isinstance(formula, Exists):
                variable, _ = opened(formula, taken)
                taken |= {variable.name}
                self.existing.append((one, variable))
                waiting += apart(assume(instantiate(formula, generic(variable))))
            elif isinstance(formula, Atom):
                self.atoms.append(one)
            else:
                self.general.append(one)

    def places(self) -> list[Nat]:
        """The numbers at which general hypotheses are looked at."""
        bounds = frozenset[str]().union(*(_bounds(one.conclusion) for one in self.general))
        given = [one for one in self.goal.variables if one.name in bounds]
        variables = [*(variable for _, variable in reversed(self.existing)), *given]
        named = [nat(one.name) for one in variables if one.sort.kind == "nat" and not one.arity]
        return [*(one + more for one in named for more in range(AFTER)), nat(0)]

    def at(self, theorem: Theorem, places: Sequence[Nat], chosen: Numbers = ()) -> Iterator[tuple[Numbers, Theorem]]:
        """What a general hypothesis says at the places whose guards hold, with the numbers that were chosen."""
        formula = theorem.conclusion
        if isinstance(formula, ForAll) and formula.sort.kind == "nat" and not formula.arity:
            for place in places:
                yield from self.at(for_all_elim(theorem, place), places, (*chosen, place))
        elif isinstance(formula, Implies) and isinstance(formula.left, Atom):
            guard = self.guard(formula.left)
            if guard is not None:
                yield from self.at(implies_elim(theorem, guard), places, chosen)
        elif isinstance(formula, Atom):
            yield chosen, theorem

    def guard(self, formula: Atom) -> Theorem | None:
        """A guard, if it follows from what is known of numbers."""
        if formula not in self.guards:
            self.guards[formula] = within(FEW_TICKS, lambda effort: linear(formula, *self.atoms, effort=effort))
        return self.guards[formula]

    def absurd(self, known: Sequence[Theorem]) -> Theorem | None:
        """The goal, if these facts and the atoms contradict each other, as far as a short search finds it."""
        proofs = {one.conclusion: one for one in (*self.atoms, *known)}
        facts = [*proofs][-MOST_KNOWN:]
        wider = Goal("", (), tuple(Hypothesis("", one) for one in facts), Falsum())
        theorem = within(FEW_TICKS, lambda effort: prove_goal(wider, effort))
        if theorem is None:
            return None
        for fact in facts:
            theorem = implies_elim(theorem, proofs[fact])
        for existence, variable in reversed(self.existing):
            theorem = exists_elim(existence, theorem, variable.name)
        return closed(falsum_elim(theorem, self.goal.claim), self.goal)


def _bounds(formula: Formula) -> frozenset[str]:
    """The names in the guards of a general hypothesis."""
    if isinstance(formula, ForAll):
        return _bounds(formula.body)
    return _bounds(formula.right) | free_names(formula.left) if isinstance(formula, Implies) else frozenset()


def absurd_at_numbers(goal: Goal) -> Theorem | None:
    """The goal, because its hypotheses are absurd at numbers that they name; None if that is not found.

    Each hypothesis is looked at in one place at a time, then all of them at one number, then each in all places.
    """
    known = Opened(goal)
    places = known.places()
    alone, together, anywhere = Groups(), Groups(), Groups()
    for one in known.general:
        for chosen, said in known.at(one, places):
            alone.setdefault((one.hyps, chosen), []).append(said)
            together.setdefault(chosen[:1], []).append(said)
            anywhere.setdefault(one.hyps, []).append(said)
    for said in chain(*(groups.values() for groups in (alone, together, anywhere))):
        theorem = known.absurd(said)
        if theorem is not None:
            return theorem
    return None


def in_excluded_case(goal: Goal, original: Goal, proof: Theorem) -> Theorem | None:
    """The goal, because its hypotheses say that a case is given that the original proof excludes; None if not found."""
    known = {piece.conclusion: piece for one in goal.hypotheses for piece in apart(assume(one.formula))}
    given, names = frozenset(one.formula for one in original.hypotheses), frozenset(one.name for one in goal.variables)
    tried = set[Formula]()
    for one in in_order(opened_up(proof, original)):
        cases = [*(one.hyps - given - known.keys())] if isinstance(one.conclusion, Falsum) else []
        if len(cases) != 1 or not isinstance(cases[0], Atom) or not cases[0].names <= names or cases[0] in tried:
            continue
        tried.add(cases[0])
        absurd = in_pieces(one, given)
        case = replace(goal, claim=cases[0])
        theorem = within(TICKS, lambda effort, case=case: prove_goal(case, effort))
        if theorem is not None and absurd.hyps <= {*known, *cases}:
            absurd = supplied(supplied(absurd, {cases[0]: opened_up(theorem, case)}), known)
            return closed(falsum_elim(absurd, goal.claim), goal)
    return None
