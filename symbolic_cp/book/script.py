"""Proof scripts: a statement is a function that takes a `Script` and proves.

::

    @statement("lem-1", "Critical points satisfy eq-25 and eq-26")
    def lemma_1(s):
        d0, d1, d2, m = s.dims("d0 d1 d2 m")
        ...
        eq27 = s.step("lem-1.6", A2 @ A1 @ X == A2 @ A2p @ Y @ Xp @ X, by=[eq23, pinv_A2, pinv_X], equation="eq-27")
        return s.conclude(..., by=...)

A step is a claim with its reasons. It is a statement of its own: for all variables, the hypotheses on which its
reasons rest imply the claim. A step that cannot be proved does not stop the script: later steps may use it, and
everything that rests on it is reported as not reached.

Main names: statement, Script, Step.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import Exists, Family, Formula, Variable, free_names, generic, instantiate
from symbolic_cp.kernel.logic import Theorem, assume
from symbolic_cp.kernel.terms import Nat
from symbolic_cp.prover.context import Context, Known, Term, discharged
from symbolic_cp.prover.expression import Expr
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.show import show

Generator = Callable[[int], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Meta:
    """What a script says about a statement: its id, a title, its kind, and equations of the paper it stands for."""

    id: str
    title: str
    kind: str
    equations: dict[str, str]
    hidden: bool


Made = TypeVar("Made", bound=Callable[..., object])


def statement(
    id: str,  # noqa: A002 - the word that every page uses
    title: str = "",
    *,
    kind: str = "statement",
    equations: dict[str, str] | None = None,
    hidden: bool = False,
) -> Callable[[Made], Made]:
    """Mark a function as the proof script of a statement. `equations` maps eq-ids to the steps that state them.

    `hidden` statements are lemmas of the library: checked and cited, but not listed as statements of the paper.
    """

    def mark(function: Made) -> Made:
        function.statement = Meta(id, title, kind, equations or {}, hidden)  # type: ignore[attr-defined]  # read by Book
        return function

    return mark


@dataclass(slots=True)
class Step:
    """A claim of a script with what came of it; verdicts are computed from this elsewhere.

    A claim that is proved stands under the hypotheses that its proof uses. One that is not stands under all that the
    script has supposed so far, because that is what it would take to refute it; `by_reasons` has it under those
    beneath its reasons alone. `place` is the file and line of the script.
    """

    id: str
    title: str
    kind: str
    goal: Goal
    reasons: tuple[str, ...]
    proof: Theorem | None = None
    failure: str = ""
    residual: str = ""
    rests_on_failure: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    refutation: Theorem | None = None
    generators: tuple[Callable[..., object], ...] = ()
    seconds: float = 0.0
    by_reasons: Goal | None = None
    place: tuple[str, int] = ("", 0)


class NotReached(KernelError):
    """Something is cited that is not proved; `name` is its id."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(f"{name} is not proved" + f": {why}" * bool(why))
        self.name = name


def nothing_to_cite(name: str) -> Theorem:
    """For a script outside a book. Raises KernelError."""
    raise KernelError(f"there is no statement {name!r} to cite")


def nothing_found(name: str) -> Step | None:
    """For a script outside a book. Raises KernelError."""
    raise KernelError(f"there is no statement {name!r} to include")


@dataclass(slots=True)
class Script(Context):
    """A context whose steps are recorded."""

    id: str = ""
    title: str = ""
    kind: str = "statement"
    cited: Callable[[str], Theorem] = nothing_to_cite
    found: Callable[[str], Step | None] = nothing_found
    steps: list[Step] = field(default_factory=list)
    conclusion: Step | None = None
    generators: tuple[Callable[..., object], ...] = ()
    failure: str = ""
    rests_on_failure: tuple[str, ...] = ()
    place: tuple[str, int] = ("", 0)
    _broken: dict[Formula, str] = field(default_factory=dict)
    _cites: list[str] = field(default_factory=list)
    _missed: list[str] = field(default_factory=list)

    def cite(self, name: str, **named: Variable | Family | Expr | Nat | int | str) -> Known:
        """A finished statement of the book, specialised by the names of its variables (see `Known.at`).

        Raises KernelError if there is no such statement or it is not proved.
        """
        self._cites.append(name)
        try:
            theorem = self.cited(name)
        except NotReached as error:
            self._missed.append(error.name)
            raise
        return Known(theorem, name).at(**named)

    def step(
        self,
        id: str,  # noqa: A002 - the word that every page uses
        claim: Formula,
        by: Sequence[Known] = (),
        *,
        sum: Sequence[Term] = (),  # noqa: A002 - "claim = sum of ..." is what the certificate says
        heavy: Sequence[Expr] = (),
        proof: Known | Callable[[], Known] | None = None,
        title: str = "",
        kind: str = "step",
    ) -> Known:
        """A step of the paper: the claim, by one certificate from its reasons, or by a `proof` made of more.

        Never raises for a claim that is not proved: the failure is recorded, and later steps may use the claim.
        """
        begin = time.perf_counter()
        missed = len(self._missed)
        known, failure, residual = self._attempt(claim, by, sum, heavy, proof)
        used = frozenset[Formula]().union(*(one.theorem.hyps for one in by), known.theorem.hyps if known else ())
        beneath = self._failed_beneath(used) if known else (*self._failed_beneath(used), *self._missed[missed:])
        goal = self.goal_of(id, claim, used if known and not beneath else None)
        reasons = tuple(one.label or show(one.formula) for one in by)
        one = Step(id, title, kind, goal, reasons, failure=failure, residual=residual, generators=self.generators)
        one.place = _caller()
        one.rests_on_failure = beneath
        one.cites = tuple(dict.fromkeys(self._cites))
        if known and not one.rests_on_failure:
            one.proof = self._closed(known.theorem, goal)
        elif by:
            one.by_reasons = self.goal_of(id, claim, used)
        self.steps.append(one)
        one.seconds = time.perf_counter() - begin
        if known:
            return Known(known.theorem, id)
        self._broken[claim] = id
        return Known(assume(claim), id)

    def _attempt(
        self,
        claim: Formula,
        by: Sequence[Known],
        sum_: Sequence[Term],
        heavy: Sequence[Expr],
        proof: Known | Callable[[], Known] | None,
    ) -> tuple[Known | None, str, str]:
        try:
            if proof is None:
                return self.have(claim, *by, sum=sum_, heavy=heavy), "", ""
            known = proof if isinstance(proof, Known) else proof()
            if known.formula != claim:
                return None, f"the proof concludes {show(known.formula)}", ""
            return known, "", ""
        except NotProved as error:
            return None, str(error), repr(error.residual)
        except KernelError as error:
            return None, str(error), ""

    def include(self, name: str) -> None:
        """List a statement that stands in a script of its own as a step of this one, whatever came of it."""
        found = self.found(name)
        if found is None:
            raise KernelError(f"{name} concludes nothing")
        self.steps.append(found)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Letters and hypotheses for the steps inside only: they are no part of the statement."""
        keep = len(self.entries)
        yield
        del self.entries[keep:]

    def conclude(self, claim: Formula, by: Known | Sequence[Known] | Callable[[], Known]) -> Known:
        """The statement itself: for all variables of the script, its hypotheses imply the claim.

        `by` proves the claim (as it stands, or its reasons). What was obtained on the way is closed off.
        """
        begin = time.perf_counter()
        missed = len(self._missed)
        if isinstance(by, Known) or callable(by):
            known, failure, residual = self._attempt(claim, (), (), (), by)
        else:
            known, failure, residual = self._attempt(claim, by, (), (), None)
        given = (thing for kind, thing, _ in self.entries if kind == "hypothesis")
        goal = self.goal_of(
            self.id, claim, frozenset(thing for thing in given if not isinstance(thing, Variable | Theorem))
        )
        one = Step(self.id, self.title, self.kind, goal, (), failure=failure, residual=residual)
        one.generators = self.generators
        one.cites = tuple(dict.fromkeys(self._cites))
        one.place = _caller()
        reasons = () if isinstance(by, Known) or callable(by) else by
        used = frozenset[Formula]().union(*(each.theorem.hyps for each in reasons), known.theorem.hyps if known else ())
        beneath = self._failed_beneath(used)
        one.rests_on_failure = beneath if known else (*beneath, *self._missed[missed:])
        if known and not one.rests_on_failure:
            one.proof = self._closed_all(known.theorem, goal)
        self.conclusion = one
        one.seconds = time.perf_counter() - begin
        return known or Known(assume(claim), self.id)

    def refuted(self, id: str, claim: Formula, by: Known, *, title: str = "", kind: str = "step") -> None:  # noqa: A002
        """A printed claim (closed) of which a proof shows the negation: for claims that evaluation cannot decide."""
        goal = Goal(id, (), (), claim)
        self.steps.append(Step(id, title, kind, goal, (by.label,), refutation=by.theorem, place=_caller()))

    def conclude_refuted(self, claim: Formula, by: Known) -> None:
        """The statement itself is false: a proof of the negation of the (closed) claim."""
        goal = Goal(self.id, (), (), claim)
        self.conclusion = Step(
            self.id,
            self.title,
            self.kind,
            goal,
            (by.label,),
            refutation=by.theorem,
            cites=tuple(dict.fromkeys(self._cites)),
            place=_caller(),
        )

    # -------------------------------------------------------------------------------------------------- closing

    def _failed_beneath(self, hyps: frozenset[Formula]) -> tuple[str, ...]:
        return tuple(sorted({self._broken[hyp] for hyp in hyps if hyp in self._broken}))

    def goal_of(self, name: str, claim: Formula, used: frozenset[Formula] | None) -> Goal:
        """The claim under those hypotheses of the script that are used (None: all), about the variables that occur."""
        hypotheses, variables = list[Hypothesis](), list[Variable]()
        for kind, thing, label in self.entries:
            if kind == "variable":
                assert isinstance(thing, Variable)
                variables.append(thing)
            elif kind == "hypothesis" and not isinstance(thing, Variable | Theorem):
                if used is None or thing in used:
                    hypotheses.append(Hypothesis(label, thing))
            elif isinstance(thing, Theorem):
                variable, body = _opened(thing, label)
                variables.append(variable)
                if not isinstance(body, Exists) if used is None else body in used:
                    hypotheses.append(Hypothesis(f"{label} as obtained", body))
        needed = free_names(claim).union(*(free_names(one.formula) for one in hypotheses))
        kept: list[Variable] = []
        for variable in reversed(variables):
            if variable.name in needed:
                kept.append(variable)
                needed |= free_names(variable.sort.rows) | free_names(variable.sort.cols)
        return Goal(name, tuple(reversed(kept)), tuple(hypotheses), claim)

    def _closed(self, theorem: Theorem, goal: Goal) -> Theorem:
        for hypothesis in reversed(goal.hypotheses):
            theorem = discharged(theorem, "hypothesis", hypothesis.formula, "")
        for variable in reversed(goal.variables):
            theorem = discharged(theorem, "variable", variable, "")
        return theorem

    def _closed_all(self, theorem: Theorem, goal: Goal) -> Theorem:
        """Close off what was obtained, then discharge the hypotheses and generalise in the order of the goal."""
        for kind, thing, name in reversed(self.entries):
            if kind == "obtained":
                theorem = discharged(theorem, kind, thing, name)
        return self._closed(theorem, goal)


def _opened(theorem: Theorem, name: str) -> tuple[Variable, Formula]:
    formula = theorem.conclusion
    assert isinstance(formula, Exists)
    variable = Variable(name, formula.sort, formula.arity)
    return variable, instantiate(formula, generic(variable))


def run(
    function: Callable[[Script], object],
    meta: Meta,
    cited: Callable[[str], Theorem],
    effort: Effort,
    found: Callable[[str], Step | None] = nothing_found,
) -> Script:
    """Run the script of a statement. A script that breaks off is recorded as such, with what was reached."""
    script = Script(effort=effort, id=meta.id, title=meta.title, kind=meta.kind, cited=cited, found=found)
    try:
        function(script)
    except (KernelError, NotProved) as error:
        script.failure, script.place = f"the script breaks off: {error}", origin(error)
        script.rests_on_failure = (error.name,) if isinstance(error, NotReached) else ()
    except Exception as error:  # noqa: BLE001 - a script is its author's program: what it raises belongs in the record
        script.failure, script.place = f"the script breaks off: {type(error).__name__}: {error}", origin(error)
    if script.failure:
        script.conclusion = None
    return script


def _caller() -> tuple[str, int]:
    """File and line of the script that called a method of `Script`."""
    frame = sys._getframe(2)  # noqa: SLF001 - the documented way to a caller's place; only shown to people
    return frame.f_code.co_filename, frame.f_lineno


def origin(error: BaseException) -> tuple[str, int]:
    """The last place outside this package that an exception came through."""
    package, found = str(Path(__file__).parent.parent), ("", 0)
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if not file.startswith(package) or file.startswith(str(Path(package) / "proofs")):
            found = file, line
    return found
