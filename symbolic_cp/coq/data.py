"""Terms, formulas and values of the kernel as data of the Coq library (`library/Terms.v` and those after it).

Main class: Data, which writes each term once, as a definition, and refers to it by name. Nothing here is trusted: what
is written wrongly is refused by the checker, or proves another formula than the one that the statement says.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symbolic_cp.coq.order import generators, monomials
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Equal,
    Family,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Quantifier,
    Value,
    Variable,
)
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational

KINDS = {"nat": "KN", "scalar": "KS", "matrix": "KM"}


def boolean(value: bool) -> str:
    """`true` or `false`."""
    return "true" if value else "false"


def listed(items: Iterable[str]) -> str:
    """A list in Coq."""
    return f"[:: {'; '.join(items)}]" if (items := list(items)) else "[::]"


def fraction(value: Rational) -> str:
    """A rational number in Coq."""
    value = Fraction(value)
    return f"(Frac ({value.numerator}) {value.denominator})"


class Data:
    """The definitions of one file. Methods return the name, or the text, under which a thing is known in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[tuple[str, object], str] = {}
        self._names: dict[str, int] = {}

    def _define(self, kind: str, prefix: str, key: object, text: str) -> str:
        if (kind, key) not in self._known:
            name = f"{prefix}{len(self.lines)}"
            self.lines.append(f"Definition {name} : {kind} := {text}.")
            self._known[kind, key] = name
        return self._known[kind, key]

    def name(self, name: str) -> str:
        """A name: free ones are numbered as they come, `#h` is bound, `~i` a parameter."""
        if name.startswith("#"):
            return f"(Bd {int(name[1:]) + 1})"
        if name.startswith("~"):
            return f"(Pm {int(name[1:]) + 1})"
        return f"(Fr {self._names.setdefault(name, len(self._names) + 1)})"

    def indices(self, args: tuple[Nat, ...]) -> str:
        """A list of indices."""
        text = "GNil"
        for arg in reversed(args):
            text = f"(GCons {self.nat(arg)} {text})"
        return text

    def nat(self, term: Nat) -> str:
        """A natural number term."""
        if ("ntm", term) in self._known:
            return self._known["ntm", term]
        text = "NNil"
        for (name, args), coef in reversed(term.atoms):
            text = f"(NCons {coef} {self.name(name)} {self.indices(args)} {text})"
        return self._define("ntm", "n", term, f"Nt {term.const} {text}")

    def letter(self, one: Letter) -> str:
        """A letter."""
        if ("letter", one) in self._known:
            return self._known["letter", one]
        if one.entries is None:
            base = f"(BV {self.name(one.name)} {self.indices(one.args)})"
        else:
            base = f"(BL {listed(listed(map(fraction, row)) for row in one.entries)})"
        shape = f"{self.nat(one.rows)} {self.nat(one.cols)}"
        return self._define("letter", "l", one, f"Letter {base} {shape} {boolean(one.transposed)}")

    def word(self, word: tuple[Letter, ...]) -> str:
        """A product of letters."""
        return listed(map(self.letter, word))

    def generator(self, one: Generator) -> str:
        """What scalars are made of."""
        if ("gen", one) in self._known:
            return self._known["gen", one]
        if one.kind == "trace":
            text = f"GT {self.word(one.word)}"
        else:
            text = f"{'GS' if one.kind == 'scalar' else 'GN'} {self.name(one.name)} {self.indices(one.args)}"
        return self._define("gen", "g", one, text)

    def poly(self, term: Poly) -> str:
        """A scalar or matrix polynomial, without its shape."""
        kind = "spoly" if term.shape is None else "mpoly"
        if (kind, term) in self._known:
            return self._known[kind, term]
        parts = []
        for (scalars, word), coef in monomials(term):
            key = listed(map(self.generator, generators(scalars)))
            if term.shape is not None:
                key = f"({key}, {self.word(word)})"
            parts.append(f"({fraction(coef)}, {key})")
        return self._define(kind, kind[0], term, listed(parts))

    def shaped(self, term: Poly) -> str:
        """A matrix polynomial with its shape."""
        assert term.shape is not None
        return f"({self.nat(term.shape[0])}, {self.nat(term.shape[1])}, {self.poly(term)})"

    def formula(self, formula: Formula) -> str:
        """A formula."""
        if ("formula", formula) in self._known:
            return self._known["formula", formula]
        return self._define("formula", "f", formula, self._formula(formula))

    def _formula(self, formula: Formula) -> str:
        if isinstance(formula, Atom):
            term = formula.term
            if isinstance(formula, Equal) and term.shape is not None:
                return f"EqM {self.nat(term.shape[0])} {self.nat(term.shape[1])} {self.poly(term)}"
            sign = "EqS" if isinstance(formula, Equal) else "Gt" if isinstance(formula, Positive) else "Ge"
            assert isinstance(formula, Equal | Positive | NonNegative)
            return f"{sign} {self.poly(term)}"
        if isinstance(formula, Connective):
            sign = "And" if isinstance(formula, And) else "Or" if isinstance(formula, Or) else "Imp"
            assert isinstance(formula, And | Or | Implies)
            return f"{sign} {self.formula(formula.left)} {self.formula(formula.right)}"
        if isinstance(formula, Quantifier):
            sign = "All" if isinstance(formula, ForAll) else "Ex"
            kind = f"({KINDS[formula.sort.kind]}, {boolean(formula.arity > 0)})"
            return f"{sign} {kind} {formula.height + 1} {self.formula(formula.body)}"
        return "Falsum"

    def value(self, value: Value) -> str:
        """What is put for a variable."""
        many = isinstance(value, Family)
        body = value.body if isinstance(value, Family) else value
        if isinstance(body, Nat):
            return f"(VN {boolean(many)} {self.nat(body)})"
        if body.shape is None:
            return f"(VS {boolean(many)} {self.poly(body)})"
        return f"(VM {boolean(many)} {self.nat(body.shape[0])} {self.nat(body.shape[1])} {self.poly(body)})"

    def quantified(self, variable: Variable) -> str:
        """The kind of a variable, and whether it is a family."""
        return f"({KINDS[variable.sort.kind]}, {boolean(variable.arity > 0)})"
