"""Proofs of mutants of statements, from the proof of the original one, or by search within bounds.

* The proof of a statement is rebuilt from the pieces of its hypotheses: `for all i. a and b` falls into `for all i. a`
  and `for all i. b`. Those that it does not use may be anything.
* A piece that was changed, or a changed claim, may follow from what is there in its place: `transfer` goes through
  both formulas side by side and leaves the (in)equations that differ to search.

All work is counted, in ticks of the search (some 500 rewritings of a word), never in seconds.
Main names: adapted, searched, contradictory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Equal,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Quantifier,
    Value,
    Variable,
    at,
    for_all,
    generic,
    instantiate,
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
from symbolic_cp.kernel.replay import apply_rule
from symbolic_cp.kernel.terms import scalar
from symbolic_cp.prover.certificate import in_order
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.inequalities import as_naturals
from symbolic_cp.prover.search import Effort, NotProved, linear
from symbolic_cp.prover.show import fresh, opened, show
from symbolic_cp.prover.tactics import prove_goal

WORK = 16_000
"""Work of one search for a certificate, in rewritings of a word."""
TICKS = 150
"""Work of all searches for one proof, in ticks: some 10 milliseconds each."""
FEW_TICKS = 15
"""The same for what is tried last."""
MOST_KNOWN = 40


class Spent(Exception):
    """The work that a mutant is worth is done."""


def counted(ticks: int) -> Effort:
    """The effort of searches that together may tick so often. They raise Spent."""
    left = [ticks]

    def tick() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Spent

    return Effort(work=WORK, polish=0, progress=tick)


def within(ticks: int, search: Callable[[Effort], Theorem]) -> Theorem | None:
    """What a search finds with so many ticks."""
    try:
        return search(counted(ticks))
    except (NotProved, KernelError, Spent):
        return None


# ------------------------------------------------------------------------------------- from pieces of the hypotheses


@dataclass(frozen=True)
class Chain:
    """What follows from a hypothesis by taking it apart: `steps` are "left", "right", a value or a theorem."""

    hypothesis: Formula
    conclusion: Formula
    steps: tuple[str | Value | Theorem, ...] = ()

    def then(self, step: str | Value | Theorem) -> Chain:
        formula = self.conclusion
        if isinstance(step, str):
            formula = formula.left if step == "left" else formula.right
        else:
            formula = formula.right if isinstance(step, Theorem) else instantiate(formula, step)
        return Chain(self.hypothesis, formula, (*self.steps, step))

    def whole(self) -> Theorem:
        """The conclusion as a theorem, from the pieces of the hypothesis."""
        formula = self.conclusion
        if isinstance(formula, And):
            return and_intro(self.then("left").whole(), self.then("right").whole())
        if isinstance(formula, Implies):
            return implies_intro(self.then(assume(formula.left)).whole(), formula.left)
        if isinstance(formula, ForAll):
            theorems = [step for step in self.steps if isinstance(step, Theorem)]
            taken = self.hypothesis.names.union(*(names(one) for one in theorems))
            variable, _ = opened(formula, taken)
            return for_all_intro(self.then(generic(variable)).whole(), variable)
        found = assume(_along(self.hypothesis, self.steps))
        for step in self.steps:
            if isinstance(step, Theorem):
                found = implies_elim(found, step)
            elif not isinstance(step, str):
                found = for_all_elim(found, step)
        return found


def _along(formula: Formula, steps: Sequence[str | Value | Theorem]) -> Formula:
    """The piece of a formula to which the steps lead."""
    if not steps:
        return formula
    if isinstance(steps[0], str):
        return _along(formula.left if steps[0] == "left" else formula.right, steps[1:])
    if isinstance(steps[0], Theorem):
        return Implies(formula.left, _along(formula.right, steps[1:]))
    variable, body = opened(formula)
    return for_all(variable, _along(body, steps[1:]))


def names(theorem: Theorem) -> frozenset[str]:
    return theorem.conclusion.names.union(*(one.names for one in theorem.hyps))


def pieces(formula: Formula) -> list[Formula]:
    """The formulas without conjunctions that say together what it says."""
    if isinstance(formula, And):
        return [*pieces(formula.left), *pieces(formula.right)]
    if isinstance(formula, Implies):
        return [Implies(formula.left, one) for one in pieces(formula.right)]
    if isinstance(formula, ForAll):
        variable, body = opened(formula)
        return [for_all(variable, one) for one in pieces(body)]
    return [formula]


def apart(theorem: Theorem) -> list[Theorem]:
    """The pieces of what a theorem says, each as a theorem."""
    formula = theorem.conclusion
    if isinstance(formula, And):
        return [*apart(and_left(theorem)), *apart(and_right(theorem))]
    if isinstance(formula, Implies):
        found = apart(implies_elim(theorem, assume(formula.left)))
        return [implies_intro(one, formula.left) for one in found] if len(found) > 1 else [theorem]
    if isinstance(formula, ForAll):
        variable, _ = opened(formula, names(theorem))
        found = apart(for_all_elim(theorem, generic(variable)))
        return [for_all_intro(one, variable) for one in found] if len(found) > 1 else [theorem]
    return [theorem]


def in_pieces(theorem: Theorem, given: frozenset[Formula]) -> Theorem:
    """The theorem made anew, from those pieces of the given hypotheses that it uses."""
    done: dict[int, Theorem | Chain] = {}
    for one in _resting(theorem, given):
        if one.rule == "assume" and one.conclusion in given:
            done[id(one)] = Chain(one.conclusion, one.conclusion)
            continue
        premises = [done.get(id(premise), premise) for premise in one.premises]
        first = premises[0] if premises else None
        if isinstance(first, Chain) and one.rule in {"and_left", "and_right", "for_all_elim", "implies_elim"}:
            others = [_whole(premise) for premise in premises[1:]]
            step = one.rule.removeprefix("and_") if one.rule[:4] == "and_" else [*others, *one.parameters][0]
            done[id(one)] = first.then(step)
            continue
        proofs = [_whole(premise) for premise in premises]
        for formula in one.parameters if one.rule == "implies_intro" else ():
            proofs = [_restored(proof, formula) for proof in proofs] if formula in given else proofs
        done[id(one)] = apply_rule(one.rule, proofs, one.parameters)
    return _whole(done.get(id(theorem), theorem))


def _whole(found: Theorem | Chain) -> Theorem:
    return found.whole() if isinstance(found, Chain) else found


def _resting(theorem: Theorem, given: frozenset[Formula]) -> Iterator[Theorem]:
    """Every theorem beneath that rests on one of the hypotheses, premises first, each once."""
    done: set[int] = set()
    stack = [(theorem, False)]
    while stack:
        one, ready = stack.pop()
        if ready and id(one) not in done:
            done.add(id(one))
            yield one
        elif id(one) not in done and one.hyps & given:
            stack.append((one, True))
            stack.extend((premise, False) for premise in reversed(one.premises))


def _restored(theorem: Theorem, hypothesis: Formula) -> Theorem:
    """A theorem from a hypothesis instead of its pieces."""
    return supplied(theorem, {one.conclusion: one for one in apart(assume(hypothesis))})


def supplied(theorem: Theorem, known: dict[Formula, Theorem]) -> Theorem:
    """A theorem with proofs for some of its hypotheses."""
    for formula in sorted(theorem.hyps & known.keys(), key=show):
        if known[formula].rule != "assume":
            theorem = implies_elim(implies_intro(theorem, formula), known[formula])
    return theorem


# ---------------------------------------------------------------------------------------------- from one to the other


@dataclass(frozen=True)
class Adaption:
    """The proof of a statement turned into one of a mutant; without an effort nothing is searched."""

    effort: Effort | None = None

    def adapted(self, theorem: Theorem, given: frozenset[Formula], target: Formula, known: list[Theorem]) -> Theorem:
        """The target from what is known, along a theorem from given formulas. Raises NotProved."""
        formula = theorem.conclusion
        made = theorem.rule, type(formula) is type(target)
        if made == ("and_intro", True):
            left = self.adapted(theorem.premises[0], given, target.left, known)
            return and_intro(left, self.adapted(theorem.premises[1], given, target.right, known))
        if made == ("implies_intro", True):
            more = [*known, *apart(assume(target.left))]
            inner = self.adapted(theorem.premises[0], given | {formula.left}, target.right, more)
            return implies_intro(inner, target.left)
        if made == ("for_all_intro", True) and (formula.sort, formula.arity) == (target.sort, target.arity):
            (variable,) = theorem.parameters
            inner = self.adapted(theorem.premises[0], given, instantiate(target, generic(variable)), known)
            return for_all_intro(inner, variable)
        theorem = self.supplied(in_pieces(theorem, given), known)
        return self.transfer(theorem, target, known)

    def supplied(self, theorem: Theorem, known: list[Theorem]) -> Theorem:
        """The theorem with its hypotheses proved from what is known."""
        have = {one.conclusion: one for one in known}
        for formula in sorted(theorem.hyps, key=show):
            if formula not in have:
                have[formula] = self.followed(formula, known)
        return supplied(theorem, have)

    def followed(self, target: Formula, known: list[Theorem]) -> Theorem:
        """A hypothesis of the original statement from those of the mutant: those of its form come first."""
        alike = [one for one in known if _skeleton(one.conclusion) == _skeleton(target)]
        for one in alike:
            if _near(one.conclusion, target):
                try:
                    return self.transfer(one, target, known)
                except NotProved:
                    continue
        return self.searched(target, known)

    def transfer(self, theorem: Theorem, target: Formula, known: list[Theorem]) -> Theorem:
        """The target from a theorem that says something of the same form. Raises NotProved."""
        formula = theorem.conclusion
        if formula == target:
            return theorem
        if isinstance(formula, And) and not isinstance(target, And):
            try:
                return self.transfer(and_left(theorem), target, known)
            except NotProved:
                return self.transfer(and_right(theorem), target, known)
        if type(formula) is not type(target) or isinstance(formula, Atom | Falsum):
            return self.searched(target, [theorem, *known])
        if isinstance(formula, And):
            left = self.transfer(and_left(theorem), target.left, known)
            return and_intro(left, self.transfer(and_right(theorem), target.right, known))
        if isinstance(formula, Implies):
            premise = assume(target.left)
            more = [*known, *apart(premise)]
            inner = implies_elim(theorem, self.transfer(premise, formula.left, more))
            return implies_intro(self.transfer(inner, target.right, more), target.left)
        if isinstance(formula, Or):
            left = self.transfer(assume(formula.left), target.left, known)
            right = self.transfer(assume(formula.right), target.right, known)
            return cases(theorem, or_left(left, target.right), or_right(right, target.left))
        return self._under_quantifier(theorem, target, known)

    def _under_quantifier(self, theorem: Theorem, target: Quantifier, known: list[Theorem]) -> Theorem:
        formula = theorem.conclusion
        if (formula.sort, formula.arity) != (target.sort, target.arity):
            raise NotProved("another sort", scalar(0))
        taken = names(theorem).union(target.names, *(names(one) for one in known))
        variable = Variable(fresh(target.hint, taken), target.sort, target.arity)
        value = generic(variable)
        if isinstance(formula, ForAll):
            inner = self.transfer(for_all_elim(theorem, value), instantiate(target, value), known)
            return for_all_intro(inner, variable)
        one = assume(instantiate(formula, value))
        inner = self.transfer(one, instantiate(target, value), [*known, *apart(one)])
        return exists_elim(theorem, exists_intro(inner, target, value), variable.name)

    def searched(self, target: Formula, known: list[Theorem]) -> Theorem:
        """The target from what is known by search; or what is known is absurd. Raises NotProved."""
        plain = [one for one in known if isinstance(one.conclusion, Atom)]
        if self.effort is None:
            raise NotProved("nothing is searched", scalar(0))
        if isinstance(target, NonNegative | Positive):
            try:
                return linear(target, *plain, effort=replace(self.effort, work=2_000))
            except (NotProved, KernelError):
                if as_naturals(target.term) is not None:  # there is no other way
                    raise
        facts = list(dict.fromkeys(one.conclusion for one in known))[:MOST_KNOWN]
        first = {one.conclusion: one for one in reversed(known)}
        goal = Goal("", (), tuple(Hypothesis("", one) for one in facts), target)
        theorem = prove_goal(goal, self.effort)
        for one in facts:
            theorem = implies_elim(theorem, first[one])
        return theorem


def _skeleton(formula: Formula) -> tuple[object, ...]:
    """The connectives and quantifiers of a formula without its (in)equations."""
    if isinstance(formula, Atom):
        return ()
    if isinstance(formula, Quantifier):
        return type(formula), formula.sort, formula.arity, _skeleton(formula.body)
    if isinstance(formula, Falsum):
        return (Falsum,)
    return type(formula), _skeleton(formula.left), _skeleton(formula.right)


def _near(one: Formula, other: Formula) -> bool:
    """Whether at most one of the (in)equations of two formulas differs."""
    return sum(a != b for a, b in zip(_atoms(one), _atoms(other), strict=True)) <= 1


def _atoms(formula: Formula) -> list[Formula]:
    if isinstance(formula, Quantifier):
        return _atoms(formula.body)
    if isinstance(formula, Atom | Falsum):
        return [formula]
    return [*_atoms(formula.left), *_atoms(formula.right)]


def opened_up(theorem: Theorem, goal: Goal) -> Theorem:
    """What a closed theorem says of the variables of its goal, under its hypotheses: its proof within."""
    for one in (*goal.variables, *goal.hypotheses):
        wanted = ("implies_intro", one.formula) if isinstance(one, Hypothesis) else ("for_all_intro", one)
        if (theorem.rule, *theorem.parameters) == wanted:
            theorem = theorem.premises[0]
        elif isinstance(one, Hypothesis):
            theorem = implies_elim(theorem, assume(one.formula))
        else:
            theorem = for_all_elim(theorem, generic(one))
    return theorem


def closed(theorem: Theorem, goal: Goal) -> Theorem:
    """What holds of the variables of a goal under its hypotheses, as the closed theorem."""
    for one in (*reversed(goal.hypotheses), *reversed(goal.variables)):
        theorem = implies_intro(theorem, one.formula) if isinstance(one, Hypothesis) else for_all_intro(theorem, one)
    return theorem


def adapted(
    goal: Goal, original: Goal, proof: Theorem, *, search: bool, way: type[Adaption] = Adaption, ticks: int = TICKS
) -> Theorem | None:
    """The mutant from the proof of the original statement; None if that does not give it."""
    known = [piece for one in goal.hypotheses for piece in apart(assume(one.formula))]
    given = frozenset(one.formula for one in original.hypotheses)

    def along(effort: Effort) -> Theorem:
        adaption = way(effort if search else None)
        return closed(adaption.adapted(opened_up(proof, original), given, goal.claim, known), goal)

    return within(ticks, along)


def searched(goal: Goal) -> Theorem | None:
    """The mutant by search; None if it is not found."""
    return within(FEW_TICKS, lambda effort: prove_goal(goal, effort))


def contradictory(goal: Goal, original: Goal, proof: Theorem, ticks: int = TICKS) -> Theorem | None:
    """The mutant, because its hypotheses contradict each other; None if that is not found.

    What the proof of the original statement derives from hypotheses that are still there is used, and so are matrices
    that the hypotheses force to be zero.
    """
    pieces_ = {piece.conclusion: piece for one in goal.hypotheses for piece in apart(assume(one.formula))}
    derived = [*islice(_derived(original, proof, pieces_), MOST_KNOWN), *_zeros(goal)]
    known = {one.conclusion: supplied(one, pieces_) for one in derived}

    def absurd(effort: Effort) -> Theorem:
        more = tuple(Hypothesis("", one) for one in known)
        wider = replace(goal, hypotheses=(*goal.hypotheses, *more), claim=Falsum())
        theorem = supplied(opened_up(prove_goal(wider, effort), wider), known)
        return closed(falsum_elim(theorem, goal.claim), goal)

    return within(ticks, absurd)


def _derived(original: Goal, proof: Theorem, known: dict[Formula, Theorem]) -> Iterator[Theorem]:
    """(In)equations on the way of a proof that rest on nothing but what is known."""
    given, found = frozenset(one.formula for one in original.hypotheses), set(known)
    usable = given | found
    for one in in_order(opened_up(proof, original)):
        if isinstance(one.conclusion, Atom) and one.conclusion not in found and one.hyps and one.hyps <= usable:
            made = in_pieces(one, given)
            if made.hyps <= set(known):
                found.add(one.conclusion)
                yield made


def _zeros(goal: Goal) -> Iterator[Theorem]:
    """The matrices of a goal that its hypotheses force to be zero, as far as a short search finds it."""
    for one in goal.variables:
        if one.sort.kind == "matrix" and not one.arity:
            zero = replace(goal, claim=Equal(at(one)))
            theorem = within(FEW_TICKS, lambda effort, zero=zero: prove_goal(zero, effort))  # type: ignore[misc]
            if theorem is not None:
                yield opened_up(theorem, zero)
