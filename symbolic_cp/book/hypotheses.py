"""Is every hypothesis needed? Each is dropped, and what is left is refuted, proved, or neither.

* needed: a counterexample satisfies all other hypotheses and violates the claim; the kernel checks it.
* unnecessary: the kernel has a theorem without it: the proof does not use it (`by` is "certificate"), another
  statement of the book says as much, or that the others imply it (`by` is its id), or certificates were found, for the
  claim or for the hypothesis from the others (`by` is "search").
* undecided: neither was found.

A claim that is a conjunction of implications is taken part by part, each with its own premises as hypotheses.

Main names: parts, analyse, difference, Part, Finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symbolic_cp.book.campaigns import Drawn, Trial
from symbolic_cp.book.nearby import Hunt
from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import readable
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    ForAll,
    Formula,
    Implies,
    Variable,
    for_all,
    generic,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.kernel.replay import refute, replay
from symbolic_cp.kernel.terms import Nat, Rational, nat, rational
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.ground import disprove_at
from symbolic_cp.prover.search import Effort, NotProved, derive
from symbolic_cp.prover.show import opened, show
from symbolic_cp.prover.task import task

STATUSES = ("needed", "unnecessary", "undecided")
SEARCH = Effort(work=20_000, polish=0)
Item = Variable | Hypothesis


@dataclass(frozen=True, slots=True)
class Part:
    """A claim under what it is said for: variables and hypotheses in their order, and the proof without them.

    `number` is 0 for a claim that is not taken apart.
    """

    id: str
    number: int
    items: tuple[Item, ...]
    conclusion: Formula
    theorem: Theorem | None
    generators: tuple[Any, ...] = ()

    @property
    def hypotheses(self) -> list[Hypothesis]:
        """The hypotheses in their order."""
        return [one for one in self.items if isinstance(one, Hypothesis)]

    def goal(self, without: Hypothesis | None = None) -> Goal:
        """The claim as a goal, without one of its hypotheses."""
        variables = tuple(one for one in self.items if isinstance(one, Variable))
        hypotheses = tuple(one for one in self.hypotheses if one is not without)
        return Goal(self.id, variables, hypotheses, self.conclusion)

    def closed(self, theorem: Theorem, without: Hypothesis) -> Theorem:
        """A theorem about the conclusion, under all items but one. Raises KernelError if it rests on that one."""
        for one in reversed(self.items):
            if isinstance(one, Variable):
                theorem = for_all_intro(theorem, one)
            elif one is not without:
                theorem = implies_intro(theorem, one.formula)
        if theorem.hyps:
            raise KernelError("it rests on the hypothesis that is dropped")
        return theorem


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of dropping one hypothesis; `values` are those of a counterexample, by name."""

    part: int
    hypothesis: str
    formula: str
    status: str
    by: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields."""
        return {
            "part": self.part,
            "hypothesis": self.hypothesis,
            "formula": self.formula,
            "status": self.status,
            "by": self.by or None,
            "counterexample": dict(self.values) or None,
        }


# ------------------------------------------------------------------------------------------------------------ parts


def parts(step: Step) -> list[Part]:
    """The parts of a statement or step: one, or one for each implication of a conjunction."""
    goal = step.goal
    items: tuple[Item, ...] = (*goal.variables, *goal.hypotheses)
    core = step.proof
    for _ in items:
        core = core.premises[0] if core is not None else None
    pieces = list(_conjuncts(goal.claim, core))
    if not any(isinstance(one, Implies | ForAll) for one, _ in pieces):
        pieces = [(goal.claim, core)]
    taken = frozenset(variable.name for variable in goal.variables)
    found: list[Part] = []
    for number, (formula, theorem) in enumerate(pieces, start=1):
        more, conclusion, inner = _descended(formula, theorem, taken)
        place = number if len(pieces) > 1 else 0
        found.append(Part(step.id, place, (*items, *more), conclusion, inner, step.generators))
    return found


def _conjuncts(formula: Formula, theorem: Theorem | None) -> Iterator[tuple[Formula, Theorem | None]]:
    while isinstance(formula, And):
        made = theorem is not None and theorem.rule == "and_intro"
        first = (theorem.premises[0] if made else and_left(theorem)) if theorem is not None else None
        rest = (theorem.premises[1] if made else and_right(theorem)) if theorem is not None else None
        yield formula.left, first
        formula, theorem = formula.right, rest
    yield formula, theorem


def _descended(
    formula: Formula, theorem: Theorem | None, taken: frozenset[str]
) -> tuple[list[Item], Formula, Theorem | None]:
    """The quantifiers and premises of a formula, what they are about, and its proof as far as it goes along."""
    items: list[Item] = []
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, Implies):
            items.append(Hypothesis(_short(formula.left), formula.left))
            if theorem is not None and theorem.rule == "implies_intro":
                theorem = theorem.premises[0]
            elif theorem is not None:
                theorem = implies_elim(theorem, assume(formula.left))
            formula = formula.right
        else:
            variable, formula = opened(formula, taken)
            items.append(variable)
            taken |= {variable.name}
            theorem = None if theorem is None else for_all_elim(theorem, generic(variable))
    return items, formula, theorem


def _short(formula: Formula, width: int = 90) -> str:
    text = show(formula)
    return text if len(text) <= width else text[: width - 1] + "…"


# --------------------------------------------------------------------------------------------------------- analysis


def analyse(part: Part, others: Mapping[str, Sequence[Step]]) -> list[Finding]:
    """What comes of dropping each hypothesis. `others` are proved statements by what they conclude, as shown.

    Cost: some seconds a hypothesis where nothing is found at once.
    """
    hunt = Hunt(part.goal(), part.generators, is_counterexample)
    return [_dropped(part, one, others, hunt) for one in part.hypotheses]


def _dropped(part: Part, hypothesis: Hypothesis, others: Mapping[str, Sequence[Step]], hunt: Hunt) -> Finding:
    label, text = hypothesis.label or _short(hypothesis.formula), show(hypothesis.formula)
    by = proved_without(part, hypothesis, others)
    if by:
        return Finding(part.number, label, text, "unnecessary", by)
    values = hunt.without(part.goal(hypothesis), hypothesis.formula)
    if values is not None:
        shown = {name: readable(value) for name, value in values.items()}
        return Finding(part.number, label, text, "needed", "", shown)
    if _searched(part, hypothesis):
        return Finding(part.number, label, text, "unnecessary", "search")
    return Finding(part.number, label, text, "undecided")


def proved_without(part: Part, hypothesis: Hypothesis, others: Mapping[str, Sequence[Step]]) -> str:
    """By what the claim is proved without a hypothesis: "certificate", the id of another statement, or nothing."""
    if (
        part.theorem is not None
        and hypothesis.formula not in part.theorem.hyps
        and _closes(part, part.theorem, hypothesis)
    ):
        return "certificate"
    known = [one.formula for one in part.hypotheses if one is not hypothesis]
    for other in others.get(show(part.conclusion), ()):
        theorem = _applied(other, part, known) if other.id != part.id else None
        if theorem is not None and _closes(part, theorem, hypothesis):
            return other.id
    for other in others.get(show(hypothesis.formula), ()) if part.theorem is not None else ():
        theorem = _cut(part, hypothesis, _applied(other, part, known))
        if theorem is not None and _closes(part, theorem, hypothesis):
            return other.id
    return ""


def _cut(part: Part, hypothesis: Hypothesis, implied: Theorem | None) -> Theorem | None:
    """The claim with the hypothesis replaced by its proof from the others."""
    if implied is None or part.theorem is None or implied.conclusion != hypothesis.formula:
        return None
    return implies_elim(implies_intro(part.theorem, hypothesis.formula), implied)


def _closes(part: Part, theorem: Theorem, hypothesis: Hypothesis) -> bool:
    try:
        return part.closed(theorem, hypothesis).conclusion == _formula(part, hypothesis)
    except KernelError:
        return False


def _formula(part: Part, without: Hypothesis) -> Formula:
    """The claim without one of its hypotheses, as one closed formula."""
    formula = part.conclusion
    for one in reversed(part.items):
        if isinstance(one, Variable):
            formula = for_all(one, formula)
        elif one is not without:
            formula = Implies(one.formula, formula)
    return formula


def _applied(other: Step, part: Part, known: Sequence[Formula]) -> Theorem | None:
    """Another statement at the letters of the same names, its hypotheses being among those known."""
    letters = {one.name: one for one in part.items if isinstance(one, Variable)}
    sizes = _sizes(other, letters)
    current = other.proof
    if current is None:
        return None
    try:
        for variable in other.goal.variables:
            own = letters.get(variable.name)
            if variable.name not in sizes and own is None:
                return None
            term = sizes[variable.name] if variable.name in sizes else generic(own or variable)
            current = for_all_elim(current, term)
        for _ in other.goal.hypotheses:
            if not isinstance(current.conclusion, Implies) or current.conclusion.left not in known:
                return None
            current = implies_elim(current, assume(current.conclusion.left))
    except KernelError:  # a letter of another sort
        return None
    return current


def _sizes(other: Step, letters: Mapping[str, Variable]) -> dict[str, Nat]:
    """The dimensions of another statement, by the shapes of the letters of the same names."""
    found: dict[str, Nat] = {}
    for variable in other.goal.variables:
        own = letters.get(variable.name)
        if variable.sort.kind == "matrix" and own is not None and own.sort.kind == "matrix":
            for side, here in ((variable.sort.rows, own.sort.rows), (variable.sort.cols, own.sort.cols)):
                if len(side.atoms) == 1 and side == nat(side.atoms[0][0][0]):
                    found[side.atoms[0][0][0]] = here
    return found


def _searched(part: Part, without: Hypothesis) -> bool:
    """Whether certificates show the claim from the other hypotheses, or the dropped one, with which it is proved."""
    known = [one.formula for one in part.hypotheses if one is not without]
    premises = [piece for one in known for _, piece in _conjuncts(one, assume(one)) if piece is not None]
    premises = [one for one in premises if isinstance(one.conclusion, Atom)]
    theorem = _derived(part.conclusion, premises)
    if theorem is None and part.theorem is not None:
        theorem = _cut(part, without, _derived(without.formula, premises))
    return theorem is not None and _closes(part, theorem, without)


def _derived(claim: Formula, premises: Sequence[Theorem]) -> Theorem | None:
    """A conjunction of atoms from premises, one certificate each; None if one is not found."""
    if isinstance(claim, And):
        left = _derived(claim.left, premises)
        right = None if left is None else _derived(claim.right, premises)
        return None if left is None or right is None else and_intro(left, right)
    if not isinstance(claim, Atom):
        return None
    try:
        return derive(claim, *premises, effort=SEARCH)
    except (NotProved, KernelError):
        return None


# ---------------------------------------------------------------------------------------------------- counterexamples


def is_counterexample(trial: Trial, drawn: Drawn) -> bool:
    """Whether the kernel accepts an instance as a counterexample."""
    values = drawn.instance()
    return refutes(trial.goal, [values.get(one.name) for one in (*trial.task.variables, *trial.task.hidden)])


def refutes(goal: Goal, values: Sequence[Instance | None]) -> bool:
    """Whether the kernel accepts values as a counterexample: by evaluation, or by a proof of the negation.

    They are for the variables of the task of the goal, and then for what its hypotheses assert to exist.
    """
    parted = task(goal)
    count = len(parted.variables)
    given, hidden = (
        [one for one in values[:count] if one is not None],
        [one for one in values[count:] if one is not None],
    )
    if len(given) < count:
        return False
    statement = goal.formula()
    try:
        refute(statement, given)
    except KernelError:
        try:
            theorem = disprove_at(statement, given, hidden)
        except KernelError:
            return False
        return theorem is not None and replay(theorem).conclusion == negation(statement)
    return True


# ------------------------------------------------------------------------------------------------------ checked again


def difference(part: Part, kept: Mapping[str, Any], others: Mapping[str, Sequence[Step]]) -> str:
    """Why what was found once (`Finding.to_json`) does not hold any more; nothing if it does. Cost: no search."""
    texts = [hypothesis for hypothesis in part.hypotheses if show(hypothesis.formula) == kept["formula"]]
    if not texts:
        return f"has no hypothesis {kept['hypothesis']!r}"
    hypothesis = texts[0]
    if kept["status"] == "needed":
        goal = part.goal(hypothesis)
        parted = task(goal)
        values = [instance_of(kept["counterexample"].get(one.name), one) for one in (*parted.variables, *parted.hidden)]
        return "" if refutes(goal, values) else f"{kept['hypothesis']}: the counterexample is none"
    if kept["status"] == "unnecessary":
        by = "search" if kept["by"] == "search" and _searched(part, hypothesis) else ""
        found = by or proved_without(part, hypothesis, others)
        return (
            ""
            if found == kept["by"]
            else f"{kept['hypothesis']}: unnecessary by {kept['by']}, now by {found or 'nothing'}"
        )
    return ""


def instance_of(data: object, variable: Variable) -> Instance | None:
    """A value as `readable` writes it, of the sort of the variable; None if it is none."""
    if isinstance(data, dict):
        members = {tuple(map(int, index.split(","))): _entry(one, variable) for index, one in data.items()}
        return Table({index: one for index, one in members.items() if one is not None})
    return _entry(data, variable)


def _entry(data: object, variable: Variable) -> Rational | Matrix | None:
    if isinstance(data, list):
        rows = tuple(tuple(rational(Fraction(one)) for one in row) for row in data)
        return Matrix(len(rows), len(rows[0]) if rows else 0, rows)
    if isinstance(data, int | str):
        number = rational(Fraction(data))
        return None if variable.sort.kind == "matrix" else number
    return None
