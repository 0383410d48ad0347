r"""Formulas as LaTeX, printed from the object that was checked, with the symbols of the paper.

`A1` is A_1, `Sigma` is \Sigma, a family member `A[k]` is A_k, and `Xp` is X^\dagger where a hypothesis says that it is
the pseudoinverse. Different names print differently: one that would look like another is written out. What is printed
needs amsmath and amssymb.

Main names: Printer, Shorthand, escaped; `prover.notation` makes the printer of a goal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Equal,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Quantifier,
    Variable,
    conjunction,
    free_names,
    substitute_nat,
)
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational, nat, transpose
from symbolic_cp.prover.view import Inverse, equivalence, inverse_of, stripped

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
"""The names that are Greek letters, apart by spaces."""
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''",
}  # fmt: skip
SUBSCRIPTED = re.compile(r"([A-Za-z]+?)([0-9]+)\Z")
PARAMETERS = "ijklpq"
LONG_WORD = 18
"""Longer words, which are formulas, may be broken behind signs."""


def escaped(text: str) -> str:
    r"""Text for LaTeX, on one line.

    >>> print(escaped("50% of A_1"))
    50\% of A\_1
    """
    return " ".join(
        "".join(SPECIAL.get(one, one) + r"\allowbreak{}" * (one in "*+),]" and len(word) > LONG_WORD) for one in word)
        for word in text.split()
    )


def number(value: Rational) -> str:
    r"""An exact number.

    >>> from fractions import Fraction; print(number(Fraction(-1, 2)))
    -\tfrac{1}{2}
    """
    sign, size = ("-" if value < 0 else ""), Fraction(-value if value < 0 else value)
    return sign + (str(size) if size.denominator == 1 else rf"\tfrac{{{size.numerator}}}{{{size.denominator}}}")


def pmatrix(rows: int, cols: int, entries: Sequence[Sequence[Rational]]) -> str:
    """A matrix of numbers; one without entries is 0 with its shape."""
    if rows == 0 or cols == 0:
        return rf"0_{{{rows} \times {cols}}}"
    body = r" \\ ".join(" & ".join(map(number, row)) for row in entries)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a display: what stands before and behind the point of alignment; rows by themselves are indented."""

    left: str
    right: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Shorthand:
    """What a product of letters (names, and whether transposed) is written as."""

    word: tuple[tuple[str, bool], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Printer:
    """`inverses`: of what a name is the pseudoinverse. `A1` is written out where `A` is one of `families`.

    `shorthands` stand for products; a relation about a matrix and its pseudoinverse alone is written without them,
    because it is what defines them. A formula that has one of `names` is written by it. With `equations` every
    pseudoinverse is written by its four equations.
    """

    inverses: Mapping[str, str] = field(default_factory=dict)
    families: frozenset[str] = frozenset()
    shorthands: tuple[Shorthand, ...] = ()
    names: Mapping[Formula, str] = field(default_factory=dict)
    equations: bool = False

    def name(self, name: str, args: Sequence[Nat] = (), *, transposed: bool = False) -> str:
        r"""A variable or family member.

        >>> print(Printer().name("Sigma"), Printer({"A1p": "A1"}).name("A1p", transposed=True))
        \Sigma A_{1}^{\dagger\top}
        """
        base = self.inverses.get(name, name)
        powers = r"\dagger" * (name in self.inverses) + r"\top" * transposed
        found = SUBSCRIPTED.match(base)
        stem, digits = (found[1], found[2]) if found and not args else (base, "")
        known = (len(stem) == 1 and stem.isalpha() and stem != "I") or stem in GREEK.split()
        if not known or (digits and stem in self.families):
            text, digits = rf"\mathit{{{escaped(base)}}}", ""
        else:
            text = rf"\{stem}" if len(stem) > 1 else stem
        below = ",".join(map(self.nat, args)) or digits
        return text + (f"_{{{below}}}" if below else "") + (f"^{{{powers}}}" if powers else "")

    def nat(self, term: Nat) -> str:
        """A natural number, as in indices and shapes."""
        parts = [("" if coef == 1 else f"{coef}") + self.name(name, args) for (name, args), coef in term.atoms]
        return "+".join(parts + ([str(term.const)] if term.const or not parts else []))

    def letter(self, one: Letter) -> str:
        """A matrix variable, family member or matrix of numbers, perhaps transposed."""
        if one.entries is None:
            return self.name(one.name, one.args, transposed=one.transposed)
        text = pmatrix(one.rows.const, one.cols.const, one.entries)
        if one.transposed:
            return rf"({text})^{{\top}}" if text.startswith("0") else rf"{text}^{{\top}}"
        return text

    def _scalars(self, scalars: Sequence[Generator]) -> list[str]:
        """A product of scalars, equal ones as a power."""
        found = []
        for one, group in groupby(scalars):
            count = len(list(group))
            trace = one.kind == "trace"
            text = rf"\operatorname{{Tr}}({self._turned(one.word)})" if trace else self.name(one.name, one.args)
            power = f"^{{{count}}}" if count > 1 else ""
            found.append(f"({text}){power}" if trace and power else text + power)
        return found

    def factors(self, word: Sequence[Letter]) -> list[str]:
        """The factors of a product of matrices, with the shorthands that fit, the first one first."""
        letters = [(one.name, one.transposed) if not one.args and one.entries is None else None for one in word]
        found, i = [], 0
        while i < len(word):
            fits = (one for one in self.shorthands if tuple(letters[i : i + len(one.word)]) == one.word)
            short = next(fits, None)
            found.append(self.letter(word[i]) if short is None else short.text)
            i += 1 if short is None else len(short.word)
        return found

    def word(self, word: Sequence[Letter]) -> str:
        """A product of matrices."""
        return r"\,".join(self.factors(word))

    def _turned(self, word: Sequence[Letter]) -> str:
        """The word in a trace, which may be turned and transposed: as it is shortest with shorthands."""
        turns = [one[i:] + one[:i] for one in (tuple(word), transpose(tuple(word))) for i in range(len(word))]
        return min(map(self.word, turns), key=lambda text: text.count(r"\,")) if self.shorthands else self.word(word)

    def about(self, term: Poly) -> Printer:
        """The printer for a relation: one about a matrix and its pseudoinverse alone is written out."""
        words = [word for _, word in term.terms] + [one.word for scalars, _ in term.terms for one in scalars]
        names = {one.name for word in words for one in word}
        alone = len({self.inverses.get(name, name) for name in names}) == 1 and not names.isdisjoint(self.inverses)
        return replace(self, shorthands=()) if alone else self

    def poly(self, term: Poly) -> str:
        r"""A scalar or a matrix, in the order in which terms are written everywhere.

        >>> from symbolic_cp.kernel.terms import identity, matrix
        >>> A = matrix("A", "n", "n"); print(Printer().poly(A @ A.T - 2 * identity("n")))
        A\,A^{\top} - 2\,I_{n}
        """
        text = ""
        for (scalars, word), coef in term.sorted_terms():
            factors = self._scalars(scalars) + self.factors(word)
            if not word and term.shape is not None:
                factors.append(f"I_{{{self.nat(term.shape[0])}}}")
            size: Rational = coef if coef > 0 else -coef
            body = r"\,".join(([number(size)] if size != 1 or not factors else []) + factors)
            text += (" - " if coef < 0 else " + ") + body if text else ("-" if coef < 0 else "") + body
        return text or "0"

    def relation(self, term: Poly, sign: str) -> Line:
        """`term sign 0`, with the negative terms on the other side."""
        left = Poly(term.shape, {key: coef for key, coef in term.terms.items() if coef > 0})
        right = left - term
        if sign in ("=", r"\neq") and not left.terms:
            left, right = right, left
        write = self.about(term)
        return Line(write.poly(left), f"{sign} {write.poly(right)}")

    def lines(self, formula: Formula, avoid: frozenset[str] = frozenset()) -> list[Line]:
        """A formula, one relation a line; read without the breaks it is the formula."""
        if formula in self.names:
            return [Line("", rf"\text{{{self.names[formula]}}}")]
        if isinstance(formula, Atom):
            return [self.relation(formula.term, _sign(formula))]
        if isinstance(formula, Falsum):
            return [Line("", r"\bot")]
        if isinstance(formula, Quantifier):
            return self._quantified(formula, avoid)
        assert isinstance(formula, Connective)
        return self._implied(formula, avoid) if isinstance(formula, Implies) else self._connected(formula, avoid)

    def _implied(self, formula: Implies, avoid: frozenset[str]) -> list[Line]:
        if isinstance(formula.right, Falsum):
            return self._negated(formula.left, avoid)
        before = _behind(self._enclosed(formula.left, avoid), r" \implies")
        if isinstance(formula.left, NonNegative | Positive):
            before = [Line("", f"{before[0].left} {before[0].right}")]
        return _headed([*before, *self.lines(formula.right, avoid)])

    def _connected(self, formula: Connective, avoid: frozenset[str]) -> list[Line]:
        """A conjunction or disjunction, an equivalence, or the equations of a pseudoinverse."""
        inverse = self.inverse(formula)
        if inverse is not None:
            term = self.poly(inverse.term)
            ((scalars, word), coef), *others = inverse.term.terms.items()
            single = not others and not scalars and len(word) == coef == 1 and "^" not in term
            return [Line(self.poly(inverse.letter), f"= {term if single else f'({term})'}^{{\\dagger}}")]
        both = equivalence(formula)
        if both is not None:
            return [*_behind(self._enclosed(both[0], avoid), r" \iff"), *self._enclosed(both[1], avoid)]
        sign = r" \land" if isinstance(formula, And) else r" \lor"
        *parts, last = self.joined(formula)
        before = [line for part in parts for line in _behind(self._enclosed(part, avoid), sign)]
        return before + self._enclosed(last, avoid)

    def _quantified(self, formula: Quantifier, avoid: frozenset[str]) -> list[Line]:
        variables, body = stripped(formula, avoid)
        sign = r"\forall" if isinstance(formula, ForAll) else r"\exists"
        head = Line("", rf"{sign}\, {', '.join(map(self.variable, variables))}:\;")
        return _headed([head, *self.lines(body, avoid | {one.name for one in variables})])

    def _negated(self, formula: Formula, avoid: frozenset[str]) -> list[Line]:
        if isinstance(formula, Equal):
            return [self.relation(formula.term, r"\neq")]
        lines = self.lines(formula, avoid)
        first, *rest = lines if formula in self.names else _bracketed(lines)
        return [_before(r"\lnot", first), *rest]

    def _enclosed(self, formula: Formula, avoid: frozenset[str]) -> list[Line]:
        lines = self.lines(formula, avoid)
        return lines if self.is_closed(formula) else _bracketed(lines)

    def inverse(self, formula: Formula) -> Inverse | None:
        """What is the pseudoinverse of what by four equations, unless they define what is written with a dagger."""
        found = inverse_of(spine(formula)) if isinstance(formula, And) and not self.equations else None
        return None if found is None or found.name in self.inverses else found

    def joined(self, formula: Formula) -> list[Formula]:
        """The parts of a conjunction or disjunction, however bracketed; an equivalence or pseudoinverse is one."""
        found: list[Formula] = []
        todo = [formula]
        while todo:
            part = todo.pop()
            inside = isinstance(part, type(formula)) and (part is formula or part not in self.names)
            if inside and equivalence(part) is None:
                assert isinstance(part, And | Or)
                todo += [part.right, part.left]
                continue
            found.append(part)
            if isinstance(formula, And):
                for size, is_one in ((2, equivalence), (4, self.inverse)):
                    last = conjunction(*found[-size:])
                    if len(found) >= size and is_one(last) is not None:
                        found[-size:] = [last]
        return found

    def is_closed(self, formula: Formula) -> bool:
        """Whether it needs no parentheses beside others: relations, what has a name, and such negations."""
        if isinstance(formula, Implies) and isinstance(formula.right, Falsum):
            return isinstance(formula.left, Equal) or formula.left in self.names
        return isinstance(formula, Atom | Falsum) or formula in self.names or self.inverse(formula) is not None

    def formula(self, formula: Formula, avoid: frozenset[str] = frozenset()) -> str:
        """A formula on one line."""
        return " ".join(f"{line.left} {line.right}".strip() for line in self.lines(formula, avoid))

    def variable(self, variable: Variable) -> str:
        r"""A variable and where it is from.

        >>> from symbolic_cp.kernel.formulas import matrix_sort
        >>> print(Printer().variable(Variable("A1", matrix_sort("m", "n"))))
        A_{1} \in \mathbb{R}^{m \times n}
        """
        sort = variable.sort
        taken = free_names(sort.rows) | free_names(sort.cols) | {variable.name}
        names = [one for one in [*PARAMETERS, *(f"i{k}" for k in range(1, 9 + variable.arity))] if one not in taken]
        args = [nat(name) for name in names[: variable.arity]]
        sub = {f"~{i}": arg for i, arg in enumerate(args)}
        home = r"\mathbb{N}" if sort.kind == "nat" else r"\mathbb{R}"
        if sort.kind == "matrix":
            shape = [self.nat(substitute_nat(side, sub)) for side in (sort.rows, sort.cols)]
            home += rf"^{{{shape[0]} \times {shape[1]}}}"
        free = rf"\ ({', '.join(map(self.nat, args))} \in \mathbb{{N}})" if args else ""
        return rf"{self.name(variable.name, args)} \in {home}{free}"

    def value(self, name: str, value: Instance) -> list[Line]:
        """What a variable is in a counterexample; a family has a line for each member."""
        if isinstance(value, Table):
            members = sorted(value.entries.items())
            return [Line(self.name(name, [Nat(i) for i in index]), f"= {_constant(one)}") for index, one in members]
        return [Line(self.name(name), f"= {_constant(value)}")]


def _constant(value: Rational | Matrix) -> str:
    return pmatrix(value.rows, value.cols, value.entries) if isinstance(value, Matrix) else number(value)


def _sign(formula: Atom) -> str:
    return "=" if isinstance(formula, Equal) else r"\ge" if isinstance(formula, NonNegative) else ">"


def _before(text: str, line: Line) -> Line:
    return Line(text + line.left, line.right) if line.left else Line("", text + line.right)


def _behind(lines: Sequence[Line], text: str) -> list[Line]:
    *first, last = lines
    return [*first, Line(last.left, last.right + text)]


def _headed(lines: Sequence[Line]) -> list[Line]:
    """Quantifiers and conditions that follow each other stand on one line."""
    first, second, *rest = lines
    follows = not second.left and second.right.endswith((r"\implies", r":\;"))
    return [Line("", f"{first.right} {second.right}"), *rest] if follows and not first.left else list(lines)


def _bracketed(lines: Sequence[Line]) -> list[Line]:
    first, *rest = lines
    return _behind([_before("(", first), *rest], ")")


def spine(formula: Formula, kind: type[And | Or] | None = None) -> list[Formula]:
    """The parts of a conjunction (or disjunction) nested to the right."""
    if isinstance(formula, kind or (And, Or)):
        assert isinstance(formula, And | Or)
        return [formula.left, *spine(formula.right, type(formula))]
    return [formula]
