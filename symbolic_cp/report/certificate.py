r"""A certificate as LaTeX: the claim as the sum that it is, what is zero in square brackets.

Main functions: indeed, is_certificate.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbolic_cp.kernel.formulas import Atom
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.kernel.theory import Cofactor, Product
from symbolic_cp.prover.tex import Printer, number

LONG = 6000
"""Identities of more characters, which would fill pages, are described; the certificate has them term by term."""


def is_certificate(theorem: Theorem) -> bool:
    """Whether it is a combination of equations and inequalities that states one of them."""
    return (
        theorem.rule == "combine"
        and isinstance(theorem.parameters[0], Atom)
        and all(isinstance(one.conclusion, Atom) for one in theorem.premises)
    )


def indeed(theorem: Theorem, write: Printer, zero: str) -> str:
    """The sum in small print; `zero` says by what the brackets are zero (or have their sign)."""
    claim, cofactors, products = theorem.parameters
    traced = claim.term.shape is None
    terms = [_cofactor(one, theorem.premises, write, traced=traced) for one in cofactors]
    terms += [_product(one, theorem.premises, write) for one in products]
    text = " ".join(terms).removeprefix("+").strip()
    said = f"{write.about(claim.term).poly(claim.term)} = {text}"
    what = "zero" + " or has its sign" * bool(products)
    by = f"{' by ' * bool(zero)}{zero}"
    if len(said) > LONG:
        count = f"{len(terms)} multiple{'s' * (len(terms) != 1)}"
        end = "the terms would fill pages, the certificate has them"
        return rf"{{\small It is a sum of {count} of what is {what}{by}; {end}.}}"
    because = f", where what is in square brackets is {what}{by}" if "[" in text else ""
    broken = said.replace(r"\,", r"\,\allowbreak ")
    return rf"{{\small Indeed, ${broken}${because}.}}"


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
