"""Mutations of statements: one change of a sign, a constant, an index, a transposition, a strictness, a hypothesis.

`drawn(goal, count)` gives so many mutants, always the same ones; what was changed is said by `Mutant`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

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
)
from symbolic_cp.kernel.terms import Generator, Letter, Poly, identity, letter, nat, scalar, symbol, trace
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.show import opened, show

Variant = tuple[str, Any]
Changed = tuple[str, Callable[[], Formula]]
"""A kind of change, and what makes the changed formula: there are a thousand of a long statement, and few are drawn."""


@dataclass(frozen=True)
class Mutant:
    """A goal with one change: in the claim (`place` is -1) or in a hypothesis, which may be dropped."""

    kind: str
    goal: Goal
    place: int
    before: Formula
    after: Formula | None

    def changed(self) -> tuple[str, str]:
        """The smallest formulas that differ, as they are shown."""
        return ("", "") if self.after is None else _differing(self.before, self.after)


def _differing(before: Formula, after: Formula) -> tuple[str, str]:
    if type(before) is type(after) and isinstance(before, Connective) and isinstance(after, Connective):
        if before.left == after.left:
            return _differing(before.right, after.right)
        if before.right == after.right:
            return _differing(before.left, after.left)
    if type(before) is type(after) and isinstance(before, Quantifier) and isinstance(after, Quantifier):
        taken = before.names | after.names
        (one, inner), (other, outer) = opened(before, taken), opened(after, taken)
        if one == other:
            return _differing(inner, outer)
    return show(before), show(after)


# ---------------------------------------------------------------------------------------------------------- of terms


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


# ------------------------------------------------------------------------------------------------------- of formulas


def formulas(formula: Formula) -> Iterator[Changed]:
    """The formula with one change somewhere. What makes it raises KernelError where an index fits no family."""
    if isinstance(formula, Atom):
        if not isinstance(formula, Equal):
            other = Positive if isinstance(formula, NonNegative) else NonNegative
            yield "strictness", lambda: other(formula.term)
        for kind, term in terms(formula.term):
            yield kind, lambda term=term: type(formula)(term)
    elif isinstance(formula, Connective):
        for kind, left in formulas(formula.left):
            yield kind, lambda left=left: type(formula)(left(), formula.right)
        for kind, right in formulas(formula.right):
            yield kind, lambda right=right: type(formula)(formula.left, right())
    elif isinstance(formula, Quantifier):
        variable, body = opened(formula)
        bind = for_all if isinstance(formula, ForAll) else exists
        for kind, changed in formulas(body):
            yield kind, lambda changed=changed: bind(variable, changed())


def mutants(goal: Goal) -> Iterator[tuple[str, Callable[[], Mutant]]]:
    """All mutants of a goal, and what makes each."""

    def made(kind: str, place: int, change: Callable[[], Formula] | None) -> Mutant:
        after = None if change is None else change()
        if place < 0:
            return Mutant(kind, replace(goal, claim=after), place, goal.claim, after)
        given = goal.hypotheses[place]
        kept = () if after is None else (replace(given, formula=after),)
        hypotheses = (*goal.hypotheses[:place], *kept, *goal.hypotheses[place + 1 :])
        return Mutant(kind, replace(goal, hypotheses=hypotheses), place, given.formula, after)

    for place, given in enumerate(goal.hypotheses):
        yield "hypothesis dropped", lambda place=place: made("hypothesis dropped", place, None)
        changes: list[Changed] = [*formulas(given.formula)]
        if isinstance(given.formula, And):
            parts = given.formula.left, given.formula.right
            changes += [("hypothesis dropped", lambda part=part: part) for part in parts]
        for kind, change in changes:
            yield kind, lambda kind=kind, place=place, change=change: made(kind, place, change)
    for kind, change in formulas(goal.claim):
        yield kind, lambda kind=kind, change=change: made(kind, -1, change)


def drawn(goal: Goal, count: int) -> list[Mutant]:
    """So many mutants that are well formed and say something else: kinds in turn, always the same ones."""
    kinds: dict[str, list[Callable[[], Mutant]]] = {}
    for kind, make in mutants(goal):
        kinds.setdefault(kind, []).append(make)
    rng = random.Random(f"{goal.name} mutants")
    for waiting in kinds.values():
        rng.shuffle(waiting)
    said, found = {goal.formula()}, list[Mutant]()
    while any(kinds.values()):
        for waiting in kinds.values():
            if len(found) == count:
                return found
            while waiting:
                mutant = _made(waiting.pop())
                statement = None if mutant is None else _statement(mutant.goal)
                if mutant is not None and statement is not None and statement not in said:
                    said.add(statement)
                    found.append(mutant)
                    break
    return found


def _made(make: Callable[[], Mutant]) -> Mutant | None:
    try:
        return make()
    except KernelError:  # an index that fits no family
        return None


def _statement(goal: Goal) -> Formula | None:
    try:
        return goal.formula()
    except KernelError:  # a letter of another shape
        return None
