"""Formulas of the kernel as statements in Coq that a person reads: typed matrices, traces, families as functions.

Main function: statement. The text is what `library/Reading.v` makes of the same formula; Coq compares the two, so a
text that says something else is refused. Variables keep the author's names where Coq allows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from symbolic_cp.coq.notions import named, notions
from symbolic_cp.coq.order import generators, monomials
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
    Quantifier,
    Sort,
)
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational

# Words of Coq and of the libraries that are loaded, and R, the field.
RESERVED = frozenset({
    "R", "nat", "exists", "exists2", "forall", "fun", "let", "in", "if", "then", "else", "match", "end", "with", "as",
    "at", "return", "where", "using", "for", "of", "is", "do", "Type", "Prop", "Set", "SProp", "fix", "cofix", "IF",
    "by", "true", "false", "Definition", "Lemma", "Theorem", "Section", "nosimpl", "number", "literal", "True", "False",
    "not",
}) | set(notions())
LARGEST_UNARY = 100
MOST_INDICES = 2
WIDTH = 110


class Unreadable(Exception):
    """A formula that has no text; the message is the reason."""


class Writer:
    """The text of one formula: `names` says how the free variables are written, `spelled_out` to name no notion."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.spelled_out = False

    def fresh(self, hint: str) -> str:
        """A name for Coq near `hint`, not used in this scope."""
        base = hint if re.match(r"[A-Za-z][A-Za-z0-9_]*\Z", hint) and not hint.endswith("_") else f"v{hint.strip('_')}"
        base = f"{base}_" if base in RESERVED else base
        taken, name, count = set(self.names.values()), base, 0
        while name in taken:
            count += 1
            name = f"{base}{count}"
        return name

    # ------------------------------------------------------------------------------------------------------- terms

    def nat(self, term: Nat) -> str:
        """A natural number; an atom of syntax (a name, a number, a successor, or in brackets)."""
        return self.sum_of_nats(term.const, [(name, args, coef) for (name, args), coef in term.atoms])

    def sum_of_nats(self, const: int, atoms: list[tuple[str, tuple[Nat, ...], int]]) -> str:
        """`const + sum coef * name[args]`, in this order."""
        parts = []
        for name, args, coef in atoms:
            one = self.applied(self.names[name], args)
            parts.append(one if coef == 1 else f"{coef} * {_bracketed(one)}")
        if not parts:
            return str(const)
        total = _right(parts)
        if len(parts) > 1 or "*" in total:
            total = f"({total})%N"
        elif " " in total:
            total = f"({total})"
        return total if not const else f"{total}.+{const}" if const <= 4 else f"({const} + {total})%N"

    def applied(self, name: str, args: tuple[Nat, ...]) -> str:
        """A member of a family, or the variable itself."""
        return " ".join([name, *(self.nat(arg) if arg.atoms else f"{arg.const}%N" for arg in args)])

    def letter(self, one: Letter) -> str:
        """A letter, as an atom of syntax."""
        if one.entries is not None:
            rows = _list(_list(map(_rational_data, row)) for row in one.entries)
            text = f"literal R {self.nat(one.rows)} {self.nat(one.cols)} {rows}"
        else:
            text = self.applied(self.names[one.name], one.args)
        if one.transposed:
            return f"{_bracketed(text)}^T"
        return text

    def word(self, word: tuple[Letter, ...]) -> str:
        """A product."""
        return " *m ".join(map(self.letter, word)) if word else "1%:M"

    def generator(self, one: Generator) -> str:
        """A scalar, a natural number as a scalar, or a trace."""
        if one.kind == "trace":
            return f"\\tr {_bracketed(self.word(one.word))}"
        text = self.applied(self.names[one.name], one.args)
        return f"{_bracketed(text)}%:R" if one.kind == "nat" else text

    def coefficient(self, size: Rational, scalars: tuple[Generator, ...]) -> tuple[str, bool]:
        """A positive coefficient; the flag says whether it is an atom of syntax."""
        if not scalars:
            return _rational(size)
        factors = [self.generator(one) for one in generators(scalars)]
        product = " * ".join(_bracketed(one) if one.startswith("\\tr") and len(factors) > 1 else one for one in factors)
        if size == 1:
            return product, len(factors) == 1
        number, _ = _rational(size)
        if len(factors) > 1 or product.startswith("\\tr"):
            product = f"({product})"
        return f"{number} * {product}", False

    def part(self, term: Poly, sign: int) -> str:
        """The terms of one sign, with positive coefficients."""
        texts = []
        for (scalars, word), coef in monomials(term):
            if coef * sign <= 0:
                continue
            size = coef if coef > 0 else -coef
            if term.shape is None:
                texts.append(self.coefficient(size, scalars)[0])
            elif size == 1 and not scalars:
                texts.append(self.word(word))
            else:
                text, atom = self.coefficient(size, scalars)
                body = f"({self.word(word)})" if len(word) > 1 else self.word(word)
                texts.append(f"{text if atom else f'({text})'} *: {body}")
        return " + ".join(texts) or "0"

    def atom(self, formula: Atom) -> tuple[str, str, str]:
        """The two sides of an atom, and its relation; matrices get their shape where Coq cannot guess it."""
        term = formula.term
        if term.shape is None and _is_natural(term):
            return self.natural(formula)
        positive, negative = self.part(term, 1), self.part(term, -1)
        if isinstance(formula, Equal):
            left, right = (negative, "0") if positive == "0" else (positive, negative)
            sort = "R" if term.shape is None else f"'M[R]_({self.nat(term.shape[0])}, {self.nat(term.shape[1])})"
            certain = _is_certain(term, -1 if positive == "0" else 1)
            return (left if certain else f"({left} : {sort})"), "=", right
        sign = "<=" if isinstance(formula, NonNegative) else "<"
        return (negative if _is_certain(term, -1) else f"({negative} : R)"), sign, positive

    def natural(self, formula: Atom) -> tuple[str, str, str]:
        """An atom that compares natural numbers."""
        sides: dict[int, tuple[int, list[tuple[str, tuple[Nat, ...], int]]]] = {1: (0, []), -1: (0, [])}
        for (scalars, _), coef in monomials(formula.term):
            sign = 1 if coef > 0 else -1
            const, atoms = sides[sign]
            size = abs(int(coef))
            more = [(one.name, one.args, size) for one in scalars]
            sides[sign] = (const if scalars else const + size, [*atoms, *more])
        positive, negative = (_bare(self.sum_of_nats(*sides[sign])) for sign in (1, -1))
        if isinstance(formula, Equal):
            left, right = (negative, "0") if positive == "0" else (positive, negative)
            return f"({left}", "=", f"{right})%N"
        const, atoms = sides[-1]
        if isinstance(formula, NonNegative) and const:
            return f"({_bare(self.sum_of_nats(const - 1, atoms))}", "<", f"{positive})%N"
        return f"({negative}", "<=" if isinstance(formula, NonNegative) else "<", f"{positive})%N"

    # ---------------------------------------------------------------------------------------------------- formulas

    def formula(self, formula: Formula, indent: int = 0) -> str:
        """A formula, over several lines where it is long."""
        pad = " " * indent
        notion = self._notion(formula)
        if notion is not None:
            return notion
        if isinstance(formula, Atom):
            return " ".join(self.atom(formula))
        if isinstance(formula, Falsum):
            return "False"
        if isinstance(formula, Quantifier):
            return self._quantifier(formula, indent)
        assert isinstance(formula, Connective)
        if isinstance(formula, Implies):
            if isinstance(formula.right, Falsum):
                if isinstance(formula.left, Equal):
                    left, _, right = self.atom(formula.left)
                    return f"{left} <> {right}"
                return f"~ {self._inner(formula.left, indent + 2)}"
            return f"{self._inner(formula.left, indent)} ->\n{pad}{self.formula(formula.right, indent)}"
        sign = " /\\" if isinstance(formula, And) else " \\/"
        assert isinstance(formula, And | Or)
        parts = self._parts(formula, indent)
        flat = f"{sign} ".join(parts)
        return flat if len(flat) + indent <= WIDTH and "\n" not in flat else f"{sign}\n{pad}".join(parts)

    def _notion(self, formula: Formula) -> str | None:
        """The formula by the name of a notion of the library, if it has one."""
        if self.spelled_out or not isinstance(formula, And | Equal):
            return None
        self.spelled_out = True
        text = named(self.formula(formula))
        self.spelled_out = False
        return text

    def _parts(self, formula: And | Or, indent: int) -> list[str]:
        """The parts of a conjunction or disjunction; the last ones together may be a notion."""
        parts = [self._inner(formula.left, indent)]
        rest = formula.right
        while isinstance(rest, type(formula)) and self._notion(rest) is None:
            parts.append(self._inner(rest.left, indent))
            rest = rest.right
        return [*parts, self._inner(rest, indent)]

    def _inner(self, formula: Formula, indent: int) -> str:
        plain = isinstance(formula, Atom | Falsum) or _is_unequal(formula) or self._notion(formula) is not None
        return self.formula(formula, indent) if plain else f"({self.formula(formula, indent + 1)})"

    def _quantifier(self, formula: Quantifier, indent: int) -> str:
        kind, word = type(formula), "forall" if isinstance(formula, ForAll) else "exists"
        groups: list[tuple[list[str], str]] = []
        body: Formula = formula
        outer = dict(self.names)
        while isinstance(body, kind):
            name, sort, body = self._open(body)
            if groups and groups[-1][1] == sort:
                groups[-1][0].append(name)
            else:
                groups.append(([name], sort))
        bound = [f"({' '.join(names)} : {sort})" for names, sort in groups]
        inner = self.formula(body, indent + 2)
        self.names = outer
        short = f"{word} {' '.join(bound)}, {inner}"
        if len(short) + indent <= WIDTH and "\n" not in inner:
            return short
        lines = [word]
        for one in bound:
            if len(lines[-1]) + len(one) + indent + 2 > WIDTH:
                lines.append(" " * (indent + len(word)))
            lines[-1] += f" {one}"
        return "\n".join(lines) + f",\n{' ' * (indent + 2)}{inner}"

    def _open(self, formula: Quantifier) -> tuple[str, str, Formula]:
        """The Coq name of the bound variable, its type, and the body, in which that name is now known."""
        if formula.arity > MOST_INDICES:
            raise Unreadable(f"a family with more than {MOST_INDICES} indices")
        name = self.fresh(formula.hint)
        sort = self.sort(formula.sort, formula.arity, name)
        self.names[f"#{formula.height}"] = name
        return name, sort, formula.body

    def sort(self, sort: Sort, arity: int, name: str) -> str:
        """The type of a variable of that name."""
        if sort.kind != "matrix":
            return "nat -> " * arity + ("nat" if sort.kind == "nat" else "R")
        outer = dict(self.names)
        self.names["#"] = name
        params = []
        for i, hint in zip(range(arity), ("jk" if arity > 1 else "k"), strict=False):
            self.names[f"~{i}"] = self.fresh(hint)
            params.append(self.names[f"~{i}"])
        shape = f"'M[R]_({self.nat(sort.rows)}, {self.nat(sort.cols)})"
        self.names = outer
        return f"forall {' '.join(params)} : nat, {shape}" if params else shape


def statement(formula: Formula, indent: int = 2) -> str:
    """The text of a closed formula, over a field R.

    Raises Unreadable if a family has more indices than the library reads.

    >>> from symbolic_cp.kernel.formulas import NAT, Variable, at, equal, for_all, matrix_sort
    >>> A = Variable("A", matrix_sort("n", "n"))
    >>> print(statement(for_all(Variable("n", NAT), A, equal(at(A).T, at(A)))))
    forall (n : nat) (A : 'M[R]_(n, n)), A^T = A
    """
    return Writer().formula(formula, indent)


def _right(parts: list[str]) -> str:
    """A sum that is nested to the right."""
    rest = _right(parts[1:]) if len(parts) > 1 else ""
    return f"{parts[0]} + {f'({rest})' if len(parts) > 2 else rest}" if rest else parts[0]


def _bare(text: str) -> str:
    """A sum of natural numbers without the brackets around it."""
    whole = text.startswith("(") and text.endswith(")%N") and text.count("(") == 1
    return text[1:-3] if whole else text


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text


def _is_unequal(formula: Formula) -> bool:
    return isinstance(formula, Implies) and isinstance(formula.right, Falsum) and isinstance(formula.left, Equal)


def _is_certain(term: Poly, sign: int) -> bool:
    """Whether the first term of that sign names a scalar or a matrix of R."""
    for (scalars, word), coef in monomials(term):
        if coef * sign > 0:
            return bool(word) or (term.shape is None and any(one.kind != "nat" for one in generators(scalars)[:1]))
    return False


def _is_natural(term: Poly) -> bool:
    """Whether every term is an integer times at most one natural number."""
    return all(
        isinstance(coef, int) and len(scalars) <= 1 and all(one.kind == "nat" for one in scalars)
        for (scalars, _), coef in term.terms.items()
    )


def _rational(size: Rational) -> tuple[str, bool]:
    top, bottom = (int(size), 1) if isinstance(size, int) else (size.numerator, size.denominator)
    if bottom == 1:
        return _integer(top), True
    return f"{_integer(top)} / {_integer(bottom)}", False


def _integer(value: int) -> str:
    return "1" if value == 1 else f"{value}%:R" if value <= LARGEST_UNARY else f"(number R {value})"


def _list(items: Iterable[str]) -> str:
    items = list(items)
    return f"[:: {'; '.join(items)}]" if items else "[::]"


def _rational_data(value: Rational) -> str:
    top, bottom = (int(value), 1) if isinstance(value, int) else (value.numerator, value.denominator)
    return f"Frac ({top}) {bottom}"


