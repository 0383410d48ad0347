"""Numbers worth distinguishing: whether c is zero or not, where the equations speak of c times a matrix.

Main function: numbers_to_split.
"""

from __future__ import annotations

from symbolic_cp.kernel.formulas import Equal
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Central, Coefficient, central, monomials
from symbolic_cp.prover.realrules import Situation

MOST = 4


def numbers_to_split(now: Situation) -> list[Poly]:
    """Scalars c, none of them a number: the claim c = 0; those of known equations c M = N and c d = 0."""
    alphabet, completion = now.modulo.alphabet, now.modulo.completion
    found: list[Coefficient] = []
    if isinstance(now.claim, Equal) and now.claim.term.shape is None:
        found.append(alphabet.encode(now.claim.term).get("", 0))
    for index in (*completion.loose, *completion.bare):
        equation = completion.rule(index).equation()
        found += _factors(_content(equation) or equation[completion.rule(index).word or ""])
    for index in completion.scalars.active:
        value = completion.rule(index).equation().get("", 0)
        if len(monomials(value)) == 1:
            found += _factors(value)
    chosen = [one for one in found if isinstance(one, Central)]
    chosen = [one for i, one in enumerate(chosen) if one not in chosen[:i] and -one not in chosen[:i]]
    chosen.sort(key=lambda one: (len(one.terms), max(map(len, one.terms))))
    return [alphabet.coefficient(one) for one in chosen[:MOST]]


def _content(matrix: Matrix) -> Coefficient:
    """c if the matrix is c times one with numbers as coefficients; else 0."""
    first, *others = matrix.values()
    if not isinstance(first, Central):
        return 0
    lead, number = next(iter(first.terms.items()))
    for other in others:
        scale = monomials(other).get(lead, 0)
        if not scale or other * number - first * scale:
            return 0
    return first


def _factors(value: Coefficient) -> list[Coefficient]:
    """The scalars in a monomial, each once; anything else as it is."""
    terms = list(monomials(value))
    return [central({one: 1}) for one in dict.fromkeys(terms[0])] if len(terms) == 1 else [value]
