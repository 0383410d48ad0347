"""Statements for people who write Python: from a problem file or dictionary, or from SymPy expressions, and back.

Whatever a statement is made from, it is kept as a problem (see `problem`), whose reader checks names and shapes.
Expressions of SymPy are walked, never printed and parsed by SymPy; nothing is evaluated as code. SymPy simplifies
while expressions are built: `S.I*S` is the identity before anybody else sees it.

Main names: Statement, prove, Answer, dims.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.formulas import Equal, Falsum, Formula, Implies, NonNegative, Positive
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Nat, Poly, Word, nat
from symbolic_cp.prover.decide import Decision, decide
from symbolic_cp.prover.notation import goal_latex, printer_of
from symbolic_cp.prover.problem import Problem, problems, read_problems
from symbolic_cp.prover.show import show
from symbolic_cp.prover.sympy_text import Writer

if TYPE_CHECKING:
    import sympy

Document = Mapping[str, Any]


def dims(names: str) -> tuple[sympy.Symbol, ...]:
    """Dimensions for SymPy's MatrixSymbol: integers that are not negative.

    >>> m, n = dims("m n"); (m.name, n.is_integer, n.is_nonnegative)
    ('m', True, True)
    """
    from sympy import Symbol

    if not isinstance(names, str):
        raise InputError(f'dims takes names in one text, dims("m n"), not {names!r:.60}')
    return tuple(Symbol(name, integer=True, nonnegative=True) for name in names.replace(",", " ").split())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a claim: `verdict` is proved, refuted or undecided; `text` is all of it for people.

    `counterexample` has the values of the letters by name (numbers, and matrices as lists of rows), or is None.
    """

    name: str
    claim: str
    verdict: str
    text: str
    counterexample: dict[str, Any] | None
    decision: Decision

    @property
    def theorem(self) -> Theorem | None:
        """The theorem of a claim that is proved."""
        return self.decision.theorem

    def certificate(self) -> dict[str, Any] | None:
        """The certificate of a proof or counterexample as data for `json.dump`; None if undecided."""
        return self.decision.certificate()

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """The formula, the verdict and the counterexample, as formulas where a notebook shows them."""
        from html import escape

        goal = self.decision.goal
        shown = [f"<div>{escape(goal_latex(goal))}</div>", f"<p><b>{escape(self.verdict)}</b></p>"]
        values = self.decision.satisfied if self.verdict == "refuted" else None
        if values is not None:
            write = printer_of(goal)
            lines = [line for name, value in values.items() for line in write.value(name, value)]
            text = r",\quad ".join(f"{line.left} {line.right}" for line in lines)
            shown.append(f"<div>{escape(f'$${text}$$')}</div>")
        elif self.verdict == "undecided":
            shown.append(f"<pre>{escape(self.text)}</pre>")
        return "".join(shown)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about matrices of any size, with its claims; made by `of` or `from_sympy`.

    >>> one = Statement.of({"atoms": {"A": ["m", "n"]}, "given": ["A'*A = 0"], "claims": ["A = 0"]})
    >>> print(one)
    for all m : nat, n : nat, A : m x n. A'*A = 0 -> A = 0
    >>> [answer.verdict for answer in one.prove()]
    ['proved']
    """

    problem: Problem

    @staticmethod
    def of(document: Document) -> Statement:
        """The statement of a problem, as a dictionary with the fields of a problem file. Raises InputError."""
        try:
            text = json.dumps(document)
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"a problem holds text, whole numbers, lists and dictionaries only: {error}") from None
        found = problems(parse(text, "problem"))
        if len(found) != 1:
            raise InputError(f"a statement is one problem; these are {len(found)} (prove takes them all)")
        return Statement(found[0])

    @staticmethod
    def from_sympy(
        claims: Sequence[object],
        given: Sequence[object] = (),
        *,
        pinv: Mapping[Any, object] | None = None,
        inverse: Mapping[Any, object] | None = None,
        name: str = "statement",
    ) -> Statement:
        """The claims under what is given: `Eq`, `Ne` of matrices or scalars, and `>=`, `>` of scalars.

        Expressions are made of MatrixSymbol, Symbol, rationals, sums, products, transposes, natural powers, Trace,
        Identity and ZeroMatrix. `pinv` maps a MatrixSymbol to the expression whose Moore-Penrose inverse it is,
        `inverse` to that whose two-sided inverse it is; `A.I` becomes such a letter. A Symbol is a real number, or a
        natural one where it is a dimension; what SymPy assumes beyond that has to be given. Raises InputError.

        >>> from sympy import Eq, MatrixSymbol
        >>> m, n = dims("m n"); A, P = MatrixSymbol("A", m, n), MatrixSymbol("P", n, m)
        >>> print(Statement.from_sympy([Eq(A.T*A*P, A.T)], pinv={P: A}).prove()[0].verdict)
        proved
        """
        writer = Writer()
        definitions = [one for defined in (pinv or {}, inverse or {}) for pair in defined.items() for one in pair]
        for one in [*claims, *given, *definitions]:
            writer.note(one)
        defined = {
            "pinv": {writer.letter(one): writer.expression(value) for one, value in (pinv or {}).items()},
            "inverse": {writer.letter(one): writer.expression(value) for one, value in (inverse or {}).items()},
        }
        document: dict[str, Any] = {
            "name": name,
            "given": [writer.relation(one, f"given[{i}]") for i, one in enumerate(given)],
            "claims": [writer.relation(one, f"claims[{i}]") for i, one in enumerate(claims)],
        }
        defined["inverse"] |= writer.inverses
        named = {*defined["pinv"], *defined["inverse"]}
        document |= {kind: letters for kind, letters in defined.items() if letters}
        document["atoms"] = {letter: shape for letter, shape in writer.shapes.items() if letter not in named}
        document["scalars"] = sorted(writer.scalars - writer.dimensions)
        return Statement.of(document)

    def to_sympy(self) -> dict[str, Any]:
        """The same for SymPy: the arguments `claims`, `given`, `pinv`, `inverse`, `name` of `from_sympy`.

        Raises InputError for what SymPy has no expression for: psd(...) and matrices that are claimed to exist.
        """
        if self.problem.witnesses:
            raise InputError("a claim that matrices exist has no SymPy expression")
        kinds: dict[str, dict[Any, Any]] = {"pinv": {}, "inverse": {}}
        for one in self.problem.definitions:
            kinds[one.kind][to_sympy(one.letter)] = to_sympy(one.term)
        return {
            "claims": [relation_to_sympy(one.formula) for one in self.problem.claims],
            "given": [relation_to_sympy(one.formula) for one in self.problem.hypotheses],
            **kinds,
            "name": self.problem.name,
        }

    def prove(self) -> list[Answer]:
        """Prove or refute each claim (claims with `exists`: all as one). Cost: bounded by work, see `decide`."""
        goals = self.problem.goals()
        texts = [one.label for one in self.problem.claims]
        claims = [", ".join(texts)] if self.problem.witnesses else texts
        return [answer(decide(goal), claim) for goal, claim in zip(goals, claims, strict=True)]

    def __str__(self) -> str:
        return "\n".join(show(goal.formula()) for goal in self.problem.goals())

    def _repr_latex_(self) -> str:
        return "\n".join(map(goal_latex, self.problem.goals()))


def prove(problem: Statement | Document | str | Path) -> list[Answer]:
    """Prove or refute the claims of a statement, of a problem as a dictionary, or of the problems in a file.

    Every proof is replayed from its certificate, every counterexample checked exactly. Raises InputError.

    >>> found = prove({"atoms": {"A": ["n", "n"], "B": ["n", "n"]}, "claims": ["A*B = B*A", "tr(A*B) = tr(B*A)"]})
    >>> [answer.verdict for answer in found]
    ['refuted', 'proved']
    """
    if isinstance(problem, Statement):
        return problem.prove()
    if isinstance(problem, str | Path):
        return [one for each in read_problems(problem) for one in Statement(each).prove()]
    if not isinstance(problem, Mapping):
        raise InputError(f"a problem is a dictionary, a Statement or the path of a file, not {problem!r:.60}")
    if isinstance(problem.get("problems"), list):
        return [one for each in problem["problems"] for one in Statement.of(each).prove()]
    return Statement.of(problem).prove()


def answer(decision: Decision, claim: str) -> Answer:
    """A decision as people read it."""
    found = decision.satisfied if decision.verdict == "refuted" else None
    values = None if found is None else {name: _plain(value) for name, value in found.items()}
    lines = [f"{decision.goal.name}: {claim}: {decision.verdict}"]
    lines += [f"  {name} = {value}" for name, value in (values or {}).items()]
    lines += [f"  {line.strip()}" for line in decision.message.splitlines()]
    return Answer(decision.goal.name, claim, decision.verdict, "\n".join(lines), values, decision)


def _plain(value: object) -> Any:  # noqa: ANN401 - numbers, rows of numbers, and families of either
    from symbolic_cp.kernel.evaluation import Matrix, Table
    from symbolic_cp.prover.certificate import number

    if isinstance(value, Matrix):
        return [[number(entry) for entry in row] for row in value.entries]
    if isinstance(value, Table):
        return {",".join(map(str, index)): _plain(one) for index, one in value.entries.items()}
    assert isinstance(value, int) or hasattr(value, "numerator")
    return number(value)  # type: ignore[arg-type]  # an int or a Fraction


# -------------------------------------------------------------------------------------------------------- to SymPy


def to_sympy(term: Poly) -> Any:  # noqa: ANN401 - SymPy ships no types
    """A scalar or matrix as a SymPy expression. Raises InputError for a family."""
    from sympy import Add, Identity, MatAdd, MatMul, Mul, Rational, Symbol, Trace, ZeroMatrix

    summands = []
    for (scalars, word), coef in term.sorted_terms():
        factors = [Rational(coef.numerator, coef.denominator)]
        for one in scalars:
            if one.args:
                raise InputError(f"{one!r} is a member of a family, and SymPy has none")
            traced = one.kind == "trace"
            factors.append(Trace(_word(one.word)) if traced else Symbol(one.name, real=True) if one.kind == "scalar"
                           else _dimension(nat(one.name)))
        if term.shape is None:
            summands.append(Mul(*factors))
        else:
            matrix = _word(word) if word else Identity(_dimension(term.shape[0]))
            summands.append(MatMul(Mul(*factors), matrix).doit(deep=False))
    if term.shape is None:
        return Add(*summands)
    return MatAdd(*summands).doit(deep=False) if summands else ZeroMatrix(*map(_dimension, term.shape))


def _word(word: Word) -> Any:  # noqa: ANN401 - SymPy ships no types
    from sympy import MatMul, MatrixSymbol

    letters = []
    for one in word:
        if one.args or one.entries is not None:
            raise InputError(f"{one!r} is no single letter, and SymPy has no symbol for it")
        symbol = MatrixSymbol(one.name, _dimension(one.rows), _dimension(one.cols))
        letters.append(symbol.T if one.transposed else symbol)
    return letters[0] if len(letters) == 1 else MatMul(*letters)


def _dimension(value: Nat) -> Any:  # noqa: ANN401 - SymPy ships no types
    from sympy import Integer

    total = Integer(value.const)
    for (name, args), coef in value.atoms:
        if args:
            raise InputError(f"{value!r} is a member of a family, and SymPy has none")
        total += coef * dims(name)[0]
    return total


def relation_to_sympy(formula: Formula) -> Any:  # noqa: ANN401 - SymPy ships no types
    """An equation, disequality or inequality as a SymPy relation. Raises InputError for other formulas."""
    from sympy import Eq, Ge, Gt, Ne

    negated = isinstance(formula, Implies) and isinstance(formula.right, Falsum)
    inside = formula.left if isinstance(formula, Implies) and negated else formula
    if not isinstance(inside, Equal if negated else Equal | NonNegative | Positive):
        raise InputError(f"{show(formula)} has no SymPy expression")
    term = inside.term
    left = Poly(term.shape, {one: coef for one, coef in term.terms.items() if coef > 0})
    kinds = {Equal: Eq, NonNegative: Ge, Positive: Gt}
    kind = Ne if negated else kinds[type(inside)]
    return kind(to_sympy(left), to_sympy(left - term), evaluate=False)
