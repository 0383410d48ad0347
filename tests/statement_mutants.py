"""Mutants of statements: one change each, and what becomes of it: refuted, proved or undecided.

`mutants(goal)` gives (kind of change, changed goal); `judged` says what is true of one. A mutant that is proved is
tried on exact instances besides, and one that is refuted has a counterexample that both checkers accept. Run as a
program it judges mutants of every statement of the book and lists those that are undecided:

    python tests/statement_mutants.py [--each 20] [--steps] [ID...]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from symbolic_cp import recheck
from symbolic_cp.book.audit import own_steps
from symbolic_cp.book.book import Book, home
from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.script import Step
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Equal,
    ForAll,
    Formula,
    NonNegative,
    Positive,
    Quantifier,
    exists,
    for_all,
    generic,
)
from symbolic_cp.kernel.logic import Theorem, assume, for_all_elim, for_all_intro, implies_elim, implies_intro
from symbolic_cp.kernel.terms import Generator, Letter, Poly, identity, letter, nat, scalar, symbol, trace
from symbolic_cp.prover.certificate import replay, write
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.instances import Instances
from symbolic_cp.prover.numeric import holds
from symbolic_cp.prover.refute import Sampling, refutation
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.show import opened, show
from symbolic_cp.prover.tactics import prove_goal
from symbolic_cp.prover.task import Unsupported

SAMPLING = Sampling(attempts=120, smaller=0, moves=0)
EFFORT = Effort(work=30_000, polish=0)
INSTANCES = 200
MOST_ATTEMPTS = 50 * INSTANCES
Variant = tuple[str, Any]


# ------------------------------------------------------------------------------------------------------- the changes


def factor(one: Generator) -> Poly:
    """A generator as a scalar."""
    if one.kind == "trace":
        return trace(word(one.word))
    return symbol(one.name, *one.args) if one.kind == "scalar" else scalar(nat(one.name, *one.args))


def word(letters: tuple[Letter, ...]) -> Poly:
    product = letter(letters[0])
    for one in letters[1:]:
        product = product @ letter(one)
    return product


def monomial(shape: Any, scalars: tuple[Generator, ...], letters: tuple[Letter, ...], coef: Any) -> Poly:
    total = scalar(coef)
    for one in scalars:
        total = total * factor(one)
    return total * word(letters) if letters else total * identity(shape[0]) if shape else total


def terms(term: Poly) -> Iterator[Variant]:
    """The term with one change: a sign, a constant, a transposition, an index. Those whose shapes fit."""
    for (scalars, letters), coef in term.sorted_terms():
        part = monomial(term.shape, scalars, letters, coef)
        yield "sign", term - 2 * part
        yield "constant", term + part
        changes = [(kind, scalars, changed) for kind, changed in words(letters)]
        for at, one in enumerate(scalars):
            inner = words(one.word) if one.kind == "trace" else indices(one)
            for kind, new in inner:
                made = Generator("trace", word=new) if one.kind == "trace" else new
                changes.append((kind, (*scalars[:at], made, *scalars[at + 1 :]), letters))
        for kind, factors, changed in changes:
            try:
                yield kind, term - part + monomial(term.shape, factors, changed, coef)
            except KernelError:
                continue
    if term.shape is None:
        yield "constant", term + 1
        yield "constant", term - 1


def words(letters: tuple[Letter, ...]) -> Iterator[Variant]:
    for at, one in enumerate(letters):
        if one.transposed:
            yield "transpose", (*letters[:at], one.flipped(), *letters[at + 1 :])
        if one.args and one.entries is None:
            moved = Letter(one.name, (*one.args[:-1], one.args[-1] + 1), one.rows, one.cols, one.transposed)
            yield "index", (*letters[:at], moved, *letters[at + 1 :])


def indices(one: Generator) -> Iterator[Variant]:
    if one.args:
        yield "index", Generator(one.kind, one.name, (*one.args[:-1], one.args[-1] + 1))


def formulas(formula: Formula) -> Iterator[Variant]:
    """The formula with one change somewhere."""
    if isinstance(formula, Atom):
        if not isinstance(formula, Equal):
            yield "strictness", (Positive if isinstance(formula, NonNegative) else NonNegative)(formula.term)
        for kind, term in terms(formula.term):
            yield kind, type(formula)(term)
    elif isinstance(formula, Connective):
        for kind, left in formulas(formula.left):
            yield kind, type(formula)(left, formula.right)
        for kind, right in formulas(formula.right):
            yield kind, type(formula)(formula.left, right)
    elif isinstance(formula, Quantifier):
        variable, body = opened(formula)
        for kind, changed in formulas(body):
            try:
                yield kind, (for_all if isinstance(formula, ForAll) else exists)(variable, changed)
            except KernelError:  # an index that fits no family
                continue


def mutants(goal: Goal) -> Iterator[tuple[str, Goal]]:
    """All mutants of a goal that are well formed and say something else."""
    for i, given in enumerate(goal.hypotheses):
        before, after = goal.hypotheses[:i], goal.hypotheses[i + 1 :]
        yield "hypothesis dropped", replace(goal, hypotheses=(*before, *after))
        changes = [*formulas(given.formula)]
        if isinstance(given.formula, And):
            changes += [("hypothesis dropped", part) for part in (given.formula.left, given.formula.right)]
        for kind, formula in changes:
            yield kind, replace(goal, hypotheses=(*before, replace(given, formula=formula), *after))
    for kind, formula in formulas(goal.claim):
        yield kind, replace(goal, claim=formula)


def drawn(goal: Goal, count: int) -> list[tuple[str, Goal]]:
    """So many mutants, kinds in turn, always the same."""
    statement = goal.formula()
    kinds: dict[str, list[Goal]] = {}
    for kind, mutant in mutants(goal):
        try:
            if mutant.formula() != statement:
                kinds.setdefault(kind, []).append(mutant)
        except KernelError:
            continue
    rng = random.Random(f"{goal.name} {count}")
    for made in kinds.values():
        rng.shuffle(made)
    found: list[tuple[str, Goal]] = []
    while len(found) < count and any(kinds.values()):
        found += [(kind, made.pop()) for kind, made in kinds.items() if made]
    return found[:count]


# ----------------------------------------------------------------------------------------------------- the judgement


@dataclass(frozen=True)
class Judged:
    """What became of a mutant; `violated` is a number of an instance that a proved mutant fails at (a disaster)."""

    statement: str
    kind: str
    goal: Goal
    verdict: str
    instances: int = 0
    violated: int | None = None


def judged(kind: str, goal: Goal, original: Theorem, before: Goal, generators: Any = ()) -> Judged:
    """Refute the mutant or prove it, within limits; what is found is checked by the kernel and by recheck.py."""
    name = before.name
    found = refutation(goal, generators=generators, effort=SAMPLING)
    if found is not None:
        data = json.loads(json.dumps(found.certificate()))
        replay(data)
        assert recheck.check(json.dumps(data).encode())["ok"]
        return Judged(name, kind, goal, "refuted")
    try:
        theorem = proved(goal, original, before)
        data = json.loads(json.dumps(write(theorem, "mutant")))
        assert replay(data).statement == goal.formula()
        assert recheck.check(json.dumps(data).encode())["ok"]
    except (NotProved, KernelError):
        return Judged(name, kind, goal, "undecided")
    seen, violated = survived(goal, generators)
    return Judged(name, kind, goal, "proved", seen, violated)


def proved(goal: Goal, original: Theorem, before: Goal) -> Theorem:
    """The mutant from the original statement where its hypotheses follow, or by search. Raises NotProved."""
    given = {one.formula: assume(one.formula) for one in goal.hypotheses}
    try:
        theorem = specialised(original, before)
        for one in before.hypotheses:
            if one.formula not in given:
                given[one.formula] = under(replace(goal, claim=one.formula), given)
            theorem = implies_elim(theorem, given[one.formula])
        if before.claim != goal.claim:
            known = replace(goal, hypotheses=(*goal.hypotheses, Hypothesis("the original claim", before.claim)))
            theorem = implies_elim(specialised(prove_goal(known, EFFORT), known, skip=1), theorem)
        for one in reversed(goal.hypotheses):
            theorem = implies_intro(theorem, one.formula)
        for variable in reversed(goal.variables):
            theorem = for_all_intro(theorem, variable)
        return theorem
    except (NotProved, KernelError):
        return prove_goal(goal, EFFORT)


def specialised(theorem: Theorem, goal: Goal, skip: int | None = None) -> Theorem:
    """A closed theorem about the variables themselves; with skip, its hypotheses assumed but for the last so many."""
    for variable in goal.variables:
        theorem = for_all_elim(theorem, generic(variable))
    for one in goal.hypotheses[:-skip] if skip else ():
        theorem = implies_elim(theorem, assume(one.formula))
    return theorem


def under(goal: Goal, given: dict[Formula, Theorem]) -> Theorem:
    """The claim of a goal that search proves, under its hypotheses."""
    theorem = specialised(prove_goal(goal, EFFORT), goal)
    for one in goal.hypotheses:
        theorem = implies_elim(theorem, given[one.formula])
    return theorem


def survived(goal: Goal, generators: Any) -> tuple[int, int | None]:
    """How many exact instances satisfy the hypotheses, and the first at which the claim fails.

    A claim with quantifiers over matrices is evaluated as campaigns do, as far as that can be.
    """
    seen = 0
    try:
        instances = Instances(goal, generators, seed=1)
        for number in range(MOST_ATTEMPTS):
            found = instances.attempt(number)
            if found is None:
                continue
            seen += 1
            if holds(found[0].claim, found[1]) is False:
                return seen, number
            if seen == INSTANCES:
                break
    except Unsupported:
        return tried(goal, generators)
    return seen, None


def tried(goal: Goal, generators: Any) -> tuple[int, int | None]:
    """The same by the trials of campaigns."""
    trial, seen = Trial.for_goal(goal, generators), 0
    for number in range(2 * INSTANCES):
        verdict = trial.check(number).verdict
        if verdict == "violated":
            return seen + 1, number
        seen += verdict in ("holds", "tried")
        if seen == INSTANCES:
            break
    return seen, None


def statements(book: Book, steps: bool = False) -> Iterator[Step]:
    """The proved statements of a book, with its steps, if asked."""
    for name in book.ids():
        script = book.script(name)
        for step in own_steps(book, script):
            if step.proof is not None and (steps or step is script.conclusion):
                yield step


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge mutants of the statements of the book.")
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--each", type=int, default=20, help="mutants of each statement")
    parser.add_argument("--steps", action="store_true", help="steps, too")
    options = parser.parse_args()
    found: Counter[str] = Counter()
    for step in statements(Book(home()), options.steps or bool(options.ids)):
        if options.ids and step.id not in options.ids:
            continue
        for kind, mutant in drawn(step.goal, options.each):
            assert step.proof is not None
            one = judged(kind, mutant, step.proof, step.goal, step.generators)
            found[one.verdict] += 1
            assert one.violated is None, show(mutant.formula())
            if one.verdict != "refuted":
                said = f"{one.verdict}: {step.id}, {kind}: {show(mutant.formula())}"
                sys.stdout.write(said + (f" [{one.instances} instances]\n" if one.verdict == "proved" else "\n"))
    sys.stdout.write(", ".join(f"{count} {verdict}" for verdict, count in sorted(found.items())) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
