r"""The notation of a goal: its printer, with the shorthands of the paper, and the line that says what they stand for.

Where a hypothesis makes `Mp` the pseudoinverse of `M`, the product M M^\dagger is P_{\mathrm{col}(M)}; and
Y X^\dagger X Y^\top is \Sigma, unless something else is called so. The paper writes out X X^\dagger, and so do we.

Main names: printer_of, naming, meanings, goal_latex.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import And, Connective, Formula, Quantifier, at
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.tex import Line, Printer, Shorthand, spine
from symbolic_cp.prover.view import repeated

WRITTEN_OUT = frozenset({"X"})
"""Matrices whose projector the paper writes as a product."""
SIGMA = (("Y", False), ("Xp", False), ("X", False), ("Y", True))


def printer_of(goal: Goal, taken: frozenset[str] = frozenset()) -> Printer:
    """The printer for a goal: pseudoinverses are those that its hypotheses state by the four equations of Penrose.

    `taken` are names that no shorthand may look like, beside those of the goal.
    """
    parts = [spine(one.formula, And) for one in goal.hypotheses]
    runs = {tuple(group[i : i + 4]) for group in parts for i in range(len(group) - 3)}
    plain = [one for one in goal.variables if one.sort.kind == "matrix" and one.arity == 0]
    pairs = [
        (inverse.name, base.name) for base in plain for inverse in plain
        if base != inverse and (base.sort.rows, base.sort.cols) == (inverse.sort.cols, inverse.sort.rows)
        and tuple(spine(penrose(at(base), at(inverse)), And)) in runs
    ]  # fmt: skip
    times = Counter(name for pair in pairs for name in pair)
    found = {inverse: base for inverse, base in pairs if times[inverse] == times[base] == 1}
    bound = [(one.name, one.arity) for one in goal.variables] + _bound(goal.claim)
    bound += [pair for one in goal.hypotheses for pair in _bound(one.formula)]
    write = Printer(found, frozenset(name for name, arity in bound if arity))
    projectors = [
        Shorthand(((base, False), (inverse, False)), rf"P_{{\mathrm{{col}}({write.name(base)})}}")
        for inverse, base in found.items()
        if base not in WRITTEN_OUT
    ]
    sigma = [Shorthand(SIGMA, r"\Sigma")] if found.get("Xp") == "X" and "Sigma" not in {*dict(bound), *taken} else []
    return Printer(write.inverses, write.families, (*sigma, *projectors))


def _bound(formula: Formula) -> list[tuple[str, int]]:
    """The names that a formula binds, each with the number of its indices."""
    if isinstance(formula, Quantifier):
        return [(formula.hint, formula.arity), *_bound(formula.body)]
    return _bound(formula.left) + _bound(formula.right) if isinstance(formula, Connective) else []


def naming(write: Printer, goal: Goal) -> tuple[Printer, list[tuple[str, Formula, Printer]]]:
    """The printer that writes by a name what occurs more than once in a claim; the names, what they stand for, and how
    that is written.
    """
    names = repeated([goal.claim], [one.name for one in goal.variables])

    def without(formula: Formula) -> Printer:
        return replace(write, names={one: name for one, name in names.items() if one != formula})

    return replace(write, names=names), [(name, one, without(one)) for one, name in names.items()]


def meanings(write: Printer) -> Mapping[str, str]:
    r"""What each shorthand stands for.

    >>> meanings(Printer({"Ap": "A"}, shorthands=(Shorthand((("A", False), ("Ap", False)), r"P"),)))
    {'P': 'A\\,A^{\\dagger}'}
    """
    return {
        one.text: r"\,".join(write.name(name, transposed=transposed) for name, transposed in one.word)
        for one in write.shorthands
    }


def goal_latex(goal: Goal) -> str:
    r"""A goal as one display for a notebook: for all, if, then.

    >>> from symbolic_cp.kernel.formulas import NAT, Variable, equal, matrix_sort
    >>> A = Variable("A", matrix_sort("n", "n"))
    >>> print(goal_latex(Goal("g", (Variable("n", NAT), A), (), equal(at(A), at(A).T))))
    $$\begin{aligned}
    \forall\;& n \in \mathbb{N},\; A \in \mathbb{R}^{n \times n} \\
    \text{then}\;& A = A^{\top}
    \end{aligned}$$
    """
    write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
    rows = []
    if goal.variables:
        rows.append(r"\forall\;& " + r",\; ".join(map(write.variable, goal.variables)))
    for i, one in enumerate(goal.hypotheses):
        rows += _under(r"\text{and}" if i else r"\text{if}", write.lines(one.formula, avoid))
    rows += _under(r"\text{then}" if rows else "", write.lines(goal.claim, avoid))
    short = [f"{name} = {meaning}" for name, meaning in meanings(write).items() if name in " ".join(rows)]
    rows += [r"\text{where}\;& " + r",\; ".join(short)] if short else []
    body = " \\\\\n".join(rows)
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


def _under(word: str, lines: Sequence[Line]) -> list[str]:
    return [rf"{'' if i else word}\;& {f'{line.left} {line.right}'.strip()}" for i, line in enumerate(lines)]
