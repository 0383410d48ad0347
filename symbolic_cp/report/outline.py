"""A proof cut into lemmas: what a person would write down on the way, each with what it rests on.

Everything is a theorem of the proof itself. What has a name (steps, cited statements) is not opened; bookkeeping
(instances, conjunctions, closing off) is passed through; the rest, algebra above all, becomes a lemma. A certificate of
more than MOST terms is cut into sums, which the kernel checks as it checks any claim.

Main names: Outline, outline, named, core_of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symbolic_cp.book.explain import MOST
from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.kernel.formulas import Atom, Equal, Falsum, Formula
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly, scalar, trace
from symbolic_cp.kernel.theory import Cofactor, combine
from symbolic_cp.prover.show import show

SAID = {
    "cases": "case distinction", "chain": "induction", "gram": "tr(M'M) = 0 for M = 0 only",
    "trichotomy": "a number is 0, positive or negative", "excluded_middle": "it holds or it does not",
    "inverse": "a positive number has an inverse", "one_by_one": "a 1 x 1 matrix is its trace",
    "nat_nonnegative": "n >= 0", "nat_successor": "nothing is between n and n + 1",
    "nat_difference": "differences of natural numbers", "leibniz": "equal numbers in shapes",
    "evaluate": "evaluation",
}  # fmt: skip
"""What a rule is called as a reason; the other rules are bookkeeping."""
OPENING = ("cases", "chain", "gram", "leibniz")
"""The rules beside algebra that conclude something to be written down."""


@dataclass(frozen=True, slots=True)
class Lemma:
    """A theorem on the way, or the last one: its name, the assumptions it is under, and by what it holds.

    `assumed` are names of assumptions; `reasons` labels of hypotheses, names, and words for rules, each once.
    """

    name: str
    theorem: Theorem
    assumed: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Outline:
    """The lemmas of a proof, its conclusion last, and the assumptions that are made on the way, by name.

    `names` are of theorems, by identity; `labels` of formulas that are supposed.
    """

    step: Step
    names: dict[int, str]
    labels: dict[Formula, str]
    assumptions: dict[str, Formula] = field(default_factory=dict)
    lemmas: list[Lemma] = field(default_factory=list)

    @property
    def conclusion(self) -> Lemma:
        """The last lemma."""
        return self.lemmas[-1]

    def reasons(self, theorem: Theorem) -> tuple[str, ...]:
        """By what a theorem holds: its name if it has one, else what its proof comes to through bookkeeping."""
        return self._found([theorem])

    def _found(self, stack: list[Theorem]) -> tuple[str, ...]:
        found, seen = dict[str, None](), set[int]()
        while stack:
            one = stack.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            if id(one) in self.names:
                found[self.names[id(one)]] = None
            elif one.rule == "assume":
                found[self.labels.get(one.conclusion, "")] = None
            elif one.rule == "fact":
                found[f"fact {one.parameters[0]}"] = None
            else:
                found |= {SAID[one.rule]: None} if one.rule in SAID else {}
                stack.extend(reversed(one.premises))
        return tuple(filter(None, found))

    def name_of(self, theorem: Theorem) -> str | None:
        """The name under which exactly this theorem, or what it assumes, is written down."""
        return self.labels.get(theorem.conclusion) if theorem.rule == "assume" else self.names.get(id(theorem))

    def add(self, name: str, theorem: Theorem, *, stands_for: Theorem) -> None:
        """Write a lemma down; from now on it is a reason."""
        local = theorem.hyps - self._given
        assumed = [self.labels[one] for one in sorted(local, key=self._place)]
        self.assumptions |= {self.labels[one]: one for one in local}
        word = (SAID[theorem.rule],) if theorem.rule in SAID else ()
        supposed = {label for formula, label in self.labels.items() if formula not in self._given}
        reasons = dict.fromkeys([*word, *self._found(list(reversed(theorem.premises)))])
        self.lemmas.append(Lemma(name, theorem, tuple(assumed), tuple(one for one in reasons if one not in supposed)))
        self.names[id(stands_for)] = name
        self.names[id(theorem)] = name

    @property
    def _given(self) -> frozenset[Formula]:
        return frozenset(one.formula for one in self.step.goal.hypotheses)

    def _place(self, formula: Formula) -> int:
        return list(self.labels).index(formula)


def core_of(step: Step) -> Theorem | None:
    """The proof of a step without the quantifiers and hypotheses of its goal; None if there is none of that form."""
    theorem = step.proof
    for _ in range(len(step.goal.variables) + len(step.goal.hypotheses)):
        if theorem is None or theorem.rule not in ("for_all_intro", "implies_intro"):
            return None
        (theorem,) = theorem.premises
    return theorem


def named(record: Record, find: Callable[[str], Step | None]) -> dict[int, str]:
    """The theorems that have a name where a statement is written down: its steps, what they cite, steps beside it."""
    names: dict[int, str] = {}
    for one in reversed(flattened([record])):
        own = one.stands_in or one.id
        beside = [name for name in one.reasons if name.startswith(f"{own.partition('.')[0]}.")]
        for name in (*one.cites, *beside, own):
            step = find(name)
            if step is not None and step.proof is not None:
                names[id(step.proof)] = name
                core = core_of(step)
                if core is not None and core.rule != "assume":
                    names[id(core)] = name
    return names


def outline(step: Step, known: Mapping[int, str]) -> Outline | None:
    """The outline of the proof of a step, or None if it has none.

    `known` names theorems that are not opened. Cost: linear in the lines that are opened.
    """
    core = core_of(step)
    if core is None:
        return None
    names = {key: name for key, name in known.items() if key not in (id(core), id(step.proof))}
    order = list(_opened(core, names))
    labels = {one.formula: one.label or f"hypothesis {i}" for i, one in enumerate(step.goal.hypotheses, start=1)}
    supposed = [one.conclusion for one in order if one.rule == "assume"]
    supposed += sorted(frozenset[Formula]().union(*(one.hyps for one in order)) - set(supposed), key=show)
    for formula in supposed:
        labels.setdefault(formula, f"{step.id}:if-{len(labels) + 1 - len(step.goal.hypotheses)}")
    found = Outline(step, names, labels)
    for one in order:
        if one is core or _is_lemma(one):
            *sums, whole = _in_sums(one)
            for piece in sums:
                found.add(f"{step.id}:{len(found.lemmas) + 1}", piece, stands_for=piece)
            name = step.id if one is core else f"{step.id}:{len(found.lemmas) + 1}"
            found.add(name, whole, stands_for=one)
    made = {found.labels[formula]: formula for formula in labels if formula in found.assumptions.values()}
    found.assumptions = made
    return found


def terms_of(theorem: Theorem) -> int:
    """How many terms a certificate has; 0 for what is no certificate."""
    return len(theorem.parameters[1]) + len(theorem.parameters[2]) if theorem.rule == "combine" else 0


def _is_lemma(theorem: Theorem) -> bool:
    return theorem.rule in OPENING or terms_of(theorem) > 1


def _opened(core: Theorem, names: Mapping[int, str]) -> Iterator[Theorem]:
    """Every theorem beneath, premises first, each once; those with a name are not opened."""
    done = set(names)
    stack = [(core, False)]
    while stack:
        one, ready = stack.pop()
        if id(one) in done:
            continue
        if ready:
            done.add(id(one))
            yield one
        else:
            stack.append((one, True))
            stack.extend((premise, False) for premise in reversed(one.premises))


def _in_sums(theorem: Theorem) -> list[Theorem]:
    """The theorem, or if its certificate is long: sums of MOST terms of it, and it as the sum of these."""
    if terms_of(theorem) <= MOST:
        return [theorem]
    claim, cofactors, products = theorem.parameters
    goal = scalar(0) if isinstance(claim, Falsum) else claim.term
    groups = [cofactors[i : i + MOST] for i in range(0, len(cofactors), MOST)]
    sums = []
    for group in groups:
        total = Poly(goal.shape, {})
        for one in group:
            total += _value(one, theorem.premises, traced=goal.shape is None)
        sums.append(_combined(theorem.premises, Equal(total), group))
    used = sorted({index for one in products for index in one.indices})
    place = {index: len(sums) + i for i, index in enumerate(used)}
    moved = tuple(replace(one, indices=tuple(place[i] for i in one.indices)) for one in products)
    ones = tuple(Cofactor(scalar(1), i) for i in range(len(sums)))
    rest = (theorem.premises[index] for index in used)
    return [*sums, combine(*sums, *rest, claim=claim, cofactors=ones, products=moved)]


def _combined(premises: Sequence[Theorem], claim: Formula, cofactors: Sequence[Cofactor]) -> Theorem:
    """A combination of those premises alone that are used."""
    used = sorted({one.index for one in cofactors})
    place = {index: i for i, index in enumerate(used)}
    parts = tuple(Cofactor(one.coef, place[one.index], one.left, one.right, one.transposed) for one in cofactors)
    return combine(*(premises[index] for index in used), claim=claim, cofactors=parts, products=())


def _value(one: Cofactor, premises: Sequence[Theorem], *, traced: bool) -> Poly:
    """The term that a cofactor stands for; the kernel computes it again."""
    formula = premises[one.index].conclusion
    assert isinstance(formula, Atom)
    term = formula.term.T if one.transposed else formula.term
    if term.shape is None:
        return one.coef * term
    term = term if one.left is None else one.left @ term
    term = term if one.right is None else term @ one.right
    return one.coef * (trace(term) if traced else term)
