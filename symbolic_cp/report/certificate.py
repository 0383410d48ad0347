r"""A certificate as LaTeX: the claim as the sum that it is.

A short one stands in a line, what is zero in square brackets. A long one is written with names: what is zero or has a
sign becomes T_1, T_2, ..., each shown once (or as the two sides of an equation that has a number), and so do long
factors; then the claim is the sum of a few products of these. Nothing is left out.

Main functions: indeed, in_quantities, is_certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from symbolic_cp.kernel.formulas import Atom, Equal, Positive
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.kernel.theory import Cofactor, Product
from symbolic_cp.prover.tex import Line, Printer, number
from symbolic_cp.report.layout import display

LONG = 3000
"""Identities of more characters are written with named quantities."""
FACTOR = 240
"""So are factors of more characters in them."""


def is_certificate(theorem: Theorem) -> bool:
    """Whether it is a combination of equations and inequalities that states one of them."""
    return (
        theorem.rule == "combine"
        and isinstance(theorem.parameters[0], Atom)
        and all(isinstance(one.conclusion, Atom) for one in theorem.premises)
    )


def indeed(theorem: Theorem, write: Printer, zero: str) -> str | None:
    """The sum in small print, None if it is long; `zero` says by what the brackets are zero (or have their sign)."""
    claim, cofactors, products = theorem.parameters
    traced = claim.term.shape is None
    terms = [_cofactor(one, theorem.premises, write, traced=traced) for one in cofactors]
    terms += [_product(one, theorem.premises, write) for one in products]
    text = " ".join(terms).removeprefix("+").strip()
    said = f"{write.about(claim.term).poly(claim.term)} = {text}"
    if len(said) > LONG:
        return None
    what = "zero" + " or has its sign" * bool(products)
    by = f"{' by ' * bool(zero)}{zero}"
    because = f", where what is in square brackets is {what}{by}" if "[" in text else ""
    broken = said.replace(r"\,", r"\,\allowbreak ")
    return rf"{{\small Indeed, ${broken}${because}.}}"


def in_quantities(
    theorem: Theorem,
    label: str,
    write: Printer,
    equation: Callable[[Theorem], str],
    because: Callable[[Theorem], str],
    page: float,
) -> list[str]:
    r"""A long certificate with named quantities, as blocks.

    `label` is that of the equation which it proves; `equation` gives the \eqref of a premise that is shown, or "", and
    `because` by what a premise holds. `page` is the width of the text in em. Cost: linear in what is printed.
    """
    names = _Quantities(write, equation, because, page)
    whole = display([Line("", f"{_quantity(0)} = {names.sum(theorem)}")], "", "", page)
    head = rf"{{\small Indeed, let ${_quantity(0)}$ be the {_sides(theorem)} of \eqref{{{label}}}. It is}}"
    return [head, *whole, r"{\small where}", *names.blocks]


def _quantity(index: int) -> str:
    return rf"\mathcal{{T}}_{{{index}}}"


def _sides(theorem: Theorem) -> str:
    """Which side of a relation, as `Printer.relation` writes it, less which is its term."""
    formula = theorem.conclusion
    assert isinstance(formula, Atom)
    turned = isinstance(formula, Equal) and all(coef < 0 for coef in formula.term.terms.values())
    return "right side less the left side" if turned else "left side less the right side"


@dataclass(slots=True)
class _Quantities:
    """Names for terms of premises and for long factors, and the blocks that introduce them."""

    write: Printer
    equation: Callable[[Theorem], str]
    because: Callable[[Theorem], str]
    page: float
    blocks: list[str] = field(default_factory=list)
    known: dict[int | str, str] = field(default_factory=dict)
    kept: list[Theorem] = field(default_factory=list)

    def sum(self, theorem: Theorem) -> str:
        """The claim of a certificate as a sum of products of quantities."""
        claim, cofactors, products = theorem.parameters
        traced = claim.term.shape is None
        terms = [self._cofactor(one, theorem.premises, traced=traced) for one in cofactors]
        terms += [self._product(one, theorem.premises) for one in products]
        return " ".join(terms).removeprefix("+").strip() or "0"

    def _cofactor(self, one: Cofactor, premises: Sequence[Theorem], *, traced: bool) -> str:
        formula = premises[one.index].conclusion
        assert isinstance(formula, Atom)
        middle = self.premise(premises[one.index]) + r"^{\top}" * one.transposed
        body = r"\,".join(filter(None, [self.factor(one.left), middle, self.factor(one.right)]))
        if traced and formula.term.shape is not None:
            body = rf"\operatorname{{Tr}}({body})"
        text = self.write.poly(one.coef)
        return rf"+ {self.named(text)}\,{body}" if len(text) > FACTOR else _signed(one.coef, body, self.write)

    def _product(self, one: Product, premises: Sequence[Theorem]) -> str:
        factors = [f"{self.factor(square, always=True)}^{{2}}" for square in one.squares]
        factors += [rf"\lVert {self.factor(gram, inside=True)} \rVert^{{2}}" for gram in one.grams]
        factors += [self.premise(premises[index]) for index in one.indices]
        weight = [] if one.weight == 1 and factors else [number(one.weight)]
        return "+ " + r"\,".join([*weight, *factors])

    def premise(self, theorem: Theorem) -> str:
        """The quantity of a premise, introduced where it is met first."""
        if id(theorem) not in self.known:
            self.kept.append(theorem)  # so that its identity stays its own
            formula = theorem.conclusion
            assert isinstance(formula, Atom)
            sign = "positive" if isinstance(formula, Positive) else "not negative"
            what = "zero" if isinstance(formula, Equal) else sign
            text = self.write.about(formula.term).poly(formula.term)
            shown, because = self.equation(theorem), self.because(theorem)
            name = self._fresh(id(theorem))
            if shown:
                self.blocks.append(rf"{{\small ${name}$, the {_sides(theorem)} of {shown}, is {what};}}")
            elif len(text) > LONG and is_certificate(theorem):
                self._show(name, self.sum(theorem), f"is {what}")
            else:
                self._show(name, text, f"is {what}{' by ' * bool(because)}{because}")
        return self.known[id(theorem)]

    def factor(self, term: Poly | None, *, always: bool = False, inside: bool = False) -> str:
        """A factor: by name if it is long; in parentheses if it is a sum, or `always`, but not `inside` others."""
        if term is None:
            return ""
        text = self.write.poly(term)
        if len(text) > FACTOR:
            return self.named(text)
        sums = always or len(term.terms) > 1 or text.startswith("-")
        return f"({text})" if sums and not inside else text

    def named(self, text: str) -> str:
        """The quantity that a long factor is."""
        if text not in self.known:
            self._show(self._fresh(text), text, "")
        return self.known[text]

    def _show(self, name: str, text: str, said: str) -> None:
        self.blocks += [rf"{{\small ${name}$ {said}:}}"] if said else []
        self.blocks += display([Line("", f"{name} = {text}")], "", "", self.page)

    def _fresh(self, key: int | str) -> str:
        self.known[key] = name = _quantity(len(self.known) + 1)
        return name


def _cofactor(one: Cofactor, premises: Sequence[Theorem], write: Printer, *, traced: bool) -> str:
    formula = premises[one.index].conclusion
    assert isinstance(formula, Atom)
    middle = f"[{write.about(formula.term).poly(formula.term)}]" + r"^{\top}" * one.transposed
    factors = [_factor(one.left, write), middle, _factor(one.right, write)]
    body = "".join(filter(None, factors))
    if traced and formula.term.shape is not None:
        body = rf"\operatorname{{Tr}}({body})"
    return _signed(one.coef, body, write)


def _factor(term: Poly | None, write: Printer) -> str:
    if term is None:
        return ""
    text = write.poly(term)
    return f"({text})" if len(term.terms) > 1 or text.startswith("-") else text


def _signed(coef: Poly, body: str, write: Printer) -> str:
    if coef.shape is None and set(coef.terms) <= {((), ())}:
        value = coef.terms.get(((), ()), 0)
        size = value if value >= 0 else -value
        return f"{'-' if value < 0 else '+'} {'' if size == 1 else number(size)}{body}"
    return f"+ {_factor(coef, write)}{body}"


def _product(one: Product, premises: Sequence[Theorem], write: Printer) -> str:
    factors = [f"({write.poly(factor)})^{{2}}" for factor in one.squares]
    factors += [rf"\lVert {write.poly(factor)} \rVert^{{2}}" for factor in one.grams]
    for index in one.indices:
        formula = premises[index].conclusion
        assert isinstance(formula, Atom)
        factors.append(f"[{write.poly(formula.term)}]")
    weight = "" if one.weight == 1 and factors else number(one.weight)
    return "+ " + weight + "".join(factors)
