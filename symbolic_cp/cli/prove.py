"""symbolic-cp prove: the claims of a problem file, each proved with a certificate, refuted by an instance, or neither.

Exit code 0: all proved; 1: something is refuted; 3: something is undecided, and nothing refuted.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from symbolic_cp.cli.options import as_command, finite
from symbolic_cp.cli.output import console, emit, table, write_file
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.prover.decide import Decision
    from symbolic_cp.prover.goal import Goal
    from symbolic_cp.prover.problem import Problem

COLOURS = {"proved": "green", "refuted": "red", "undecided": "yellow"}
SUFFIX = ".cert.json"
SECONDS = click.FloatRange(min=0, min_open=True)


class _TimeUpError(Exception):
    """The seconds for this claim are over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision (None: out of time) with its claims as written, where its certificate is, and what it took."""

    goal: Goal
    claims: tuple[str, ...]
    decision: Decision | None
    certificate: str | None
    seconds: float
    limit: float | None

    @property
    def verdict(self) -> str:
        """proved, refuted or undecided."""
        return "undecided" if self.decision is None else self.decision.verdict

    @property
    def message(self) -> str:
        """What is left to say, on one line."""
        if self.decision is None:
            return f"stopped after {self.limit:g} seconds"
        return "; ".join(line.strip() for line in self.decision.message.splitlines())


@as_command(
    "prove",
    "prove lemma.json -o lemma.cert.json",
    'FILE is JSON: one problem or {"problems": [...]}; - is standard input. A problem has the fields atoms, symmetric, '
    "scalars, pinv, inverse, exists, given and claims; expressions have + - * ' I[n] 0[m, n] tr rank pinv, relations "
    "= != >= > psd. A proof is written as a certificate and "
    "replayed before it counts; a refutation is an exact instance. Dimensions are at least 1; a claim that fails for "
    "empty matrices only is proved for the others, and that is said. CERT is a file for one claim, a folder for "
    "several.",
)
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="CERT", help="Where certificates of proofs and counterexamples are written.")
@click.option("--seconds", type=SECONDS, callback=finite, help="Stop earlier: at most so long a claim.")
def command(*, file: str, output: str | None, seconds: float | None, as_json: bool) -> int:
    """Read the problems, decide each goal, show the answers."""
    from symbolic_cp.prover.problem import read_problems
    from symbolic_cp.prover.tokens import ExpressionError

    try:
        problems = read_problems(file)
    except ExpressionError as error:
        if not as_json and sys.stderr.isatty():
            click.echo(error.caret(), err=True)
        raise
    goals = [(problem, problem.goals()) for problem in problems]
    target = _Target(output, sum(len(some) for _, some in goals)) if output is not None else None
    answered: list[tuple[Problem, list[Answer]]] = []
    with _shown_progress(sum(len(some) for _, some in goals)) as progress:
        for problem, some in goals:
            answers = []
            for goal, claims in zip(some, _claims(problem), strict=True):
                progress.begin(goal.name)
                answers.append(_answer(goal, claims, seconds, progress, target))
            answered.append((problem, answers))
    document = {"problems": [_problem_as_json(problem, answers) for problem, answers in answered]}
    emit(document, as_json, lambda out: _show(out, answered))
    verdicts = {answer.verdict for _, answers in answered for answer in answers}
    return 1 if "refuted" in verdicts else 3 if "undecided" in verdicts else 0


def _claims(problem: Problem) -> list[tuple[str, ...]]:
    """The claims behind each goal: all behind the one goal that there are witnesses."""
    texts = [claim.label for claim in problem.claims]
    return [tuple(texts)] if problem.witnesses else [(text,) for text in texts]


def _answer(
    goal: Goal, claims: tuple[str, ...], seconds: float | None, progress: _Progress, target: _Target | None
) -> Answer:
    from symbolic_cp.prover.decide import decide

    start = monotonic()

    def tick() -> None:
        progress.tick()
        if seconds is not None and monotonic() - start > seconds:
            raise _TimeUpError

    try:
        decision: Decision | None = decide(goal, progress=tick)
    except _TimeUpError:
        decision = None
    path = target.write(goal.name, decision) if target is not None and decision is not None else None
    return Answer(goal, claims, decision, path, monotonic() - start, seconds)


class _Target:
    """Where certificates go: a file if there is one claim, else a folder with a file for each."""

    def __init__(self, path: str, count: int) -> None:
        self.path = Path(path)
        self.single = count == 1 and not self.path.is_dir()
        self.written: set[str] = set()
        if not self.single and self.path.suffix == ".json" and not self.path.is_dir():
            raise InputError(f"there are {count} claims, so -o names a folder for their certificates", file=path)

    def write(self, name: str, decision: Decision) -> str | None:
        """Write the certificate of a decision, if it has one; its path."""
        data = decision.certificate()
        if data is None:
            return None
        path = self.path if self.single else self.path / self._file(name)
        if not self.single:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"cannot be made a folder: {error.strerror}", file=str(self.path)) from None
        write_file(path, json.dumps(data, ensure_ascii=False) + "\n")
        return str(path)

    def _file(self, name: str) -> str:
        """A file name of its own that looks like the name of the goal."""
        base = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:80].strip("._") or "claim"
        free = next(one for one in (base, *(f"{base}-{i}" for i in range(2, 100_000))) if one not in self.written)
        self.written.add(free)
        return free + SUFFIX


# ------------------------------------------------------------------------------------------------------- progress


class _Progress:
    """Tells a terminal what is being worked on; silent elsewhere."""

    def begin(self, name: str) -> None:
        """The next goal."""

    def tick(self) -> None:
        """Some work has been done."""


@contextmanager
def _shown_progress(count: int) -> Iterator[_Progress]:
    """A bar over the goals on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield _Progress()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count)

        class Shown(_Progress):
            started = False

            def begin(self, name: str) -> None:
                bar.update(task, description=name[:40], advance=int(self.started))
                self.started = True

        yield Shown()


# --------------------------------------------------------------------------------------------------------- output


def _problem_as_json(problem: Problem, answers: list[Answer]) -> dict[str, Any]:
    return {"name": problem.name, "claims": [_as_json(claim, one) for one in answers for claim in one.claims]}


def _as_json(claim: str, answer: Answer) -> dict[str, Any]:
    from symbolic_cp.cli.instance import instance_as_json
    from symbolic_cp.prover.show import show
    from symbolic_cp.prover.size import size

    decision = answer.decision
    terms, steps = size(decision.theorem) if decision and decision.theorem else (None, None)
    refuted = decision is not None and decision.refutation is not None
    return {
        "claim": claim,
        "verdict": answer.verdict,
        "terms": terms,
        "steps": steps,
        "seconds": round(answer.seconds, 3),
        "counterexample": instance_as_json(decision.satisfied or {}) if refuted and decision else None,
        "message": answer.message or None,
        "facts": sorted(decision.theorem.facts) if decision and decision.theorem else None,
        "statement": show((decision.goal if decision else answer.goal).formula()),
        "certificate": answer.certificate,
    }


def _show(out: Console, answered: list[tuple[Problem, list[Answer]]]) -> None:
    from symbolic_cp.prover.size import size

    rows, styles = [], []
    for problem, answers in answered:
        for answer in answers:
            theorem = answer.decision.theorem if answer.decision else None
            counts = [str(count) for count in size(theorem)] if theorem else ["", ""]
            facts = ", ".join(sorted(theorem.facts)) if theorem else ""
            for claim in answer.claims:
                rows.append([problem.name, claim, answer.verdict, *counts, facts, f"{answer.seconds:.2f} s"])
                styles.append(COLOURS[answer.verdict])
    columns = ["problem", "claim", "verdict", "terms", "steps", "facts", "time"]
    grid = table(out, columns, rows, right=[3, 4, 6])
    for row, style in zip(grid.rows, styles, strict=True):
        row.style = style if out.is_terminal and style != COLOURS["proved"] else None
    out.print(grid)
    for problem, answers in answered:
        for answer in answers:
            _show_answer(out, problem, answer)
    counts = [f"{sum(row[2] == verdict for row in rows)} {verdict}" for verdict in COLOURS]
    out.print("", ", ".join(counts), sep="\n")
    written = [answer.certificate for _, answers in answered for answer in answers if answer.certificate]
    if written:
        where = written[0] if len(written) == 1 else f"{Path(written[0]).parent}, {len(written)} files"
        out.print(f"certificate{'s' * (len(written) > 1)}: {where}")


def _show_answer(out: Console, problem: Problem, answer: Answer) -> None:
    """What a verdict leaves to say: the counterexample, what is left over, where the certificate is."""
    decision = answer.decision
    said = ", ".join(answer.claims)
    if decision is not None and decision.refutation is not None:
        from symbolic_cp.cli.instance import instance_as_text

        out.print("", f"{problem.name}: {said} is false:", sep="\n")
        width = min(out.width, 120) - 4
        lines = instance_as_text(decision.satisfied or {}, width, pretty=out.is_terminal)
        lines += _violation(decision, pretty=out.is_terminal)
        out.print(*(f"    {line}" for line in lines), sep="\n")
    elif answer.message:
        out.print("", f"{problem.name}: {said}: {answer.message}", sep="\n")


def _violation(decision: Decision, *, pretty: bool) -> list[str]:
    """How the claim fails: what should be zero (or not negative), and what it is."""
    from symbolic_cp.cli.instance import matrix_lines
    from symbolic_cp.kernel.evaluation import Matrix, evaluate_poly
    from symbolic_cp.kernel.formulas import Atom, Equal, NonNegative

    refutation = decision.refutation
    assert refutation is not None
    if refutation.theorem is not None:
        return ["that the claim fails there is proved by the kernel"]
    claim = decision.goal.claim
    if not isinstance(claim, Atom):
        return []
    value = evaluate_poly(claim.term, decision.satisfied or {})
    wanted = "not 0" if isinstance(claim, Equal) else "not >= 0" if isinstance(claim, NonNegative) else "not > 0"
    lines = matrix_lines(value, pretty=pretty) if isinstance(value, Matrix) else [str(value)]
    head = f"{claim.term!r} = "
    indented = [head + lines[0], *(" " * len(head) + line for line in lines[1:])]
    return [*indented[:-1], f"{indented[-1]}, {wanted}"]
