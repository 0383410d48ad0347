"""What positive semidefinite matrices add, made known: new theorems from known ones, for `tactics` to try.

Where a form is not positive at M, SM = 0; tr(ST) >= 0; and a sum G of Gram matrices and psd matrices has the ranges of
all of them in its own, so that G G+ M = M.

Main functions: psd_nulls, psd_products, ranges_of_sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from symbolic_cp.kernel.formulas import Equal, Falsum, NonNegative, Positive, at_least, equal
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly, Rational, identity, rational, scalar, trace
from symbolic_cp.kernel.theory import Cofactor, Product, combine, gram
from symbolic_cp.prover import lemmas, psd
from symbolic_cp.prover.central import monomials
from symbolic_cp.prover.inequalities import find_products
from symbolic_cp.prover.psdforms import GLANCE, Form, arguments, forms, grams_of
from symbolic_cp.prover.ranks import known_pinvs
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.rules import OutOfWork
from symbolic_cp.prover.search import NotProved, derive

FEW = 6


def psd_nulls(now: Situation) -> list[Theorem]:
    """SM = 0 where tr(M'SM) <= 0 follows, for known psd S."""
    found: list[Theorem] = []
    for form in forms(now):
        for M in arguments(now, form.size)[: 2 * FEW]:
            assert M.shape is not None
            try:
                product = now.modulo.alphabet.encode(form.S @ M)
                if not now.modulo.completion.reduce(product, {}, (form.size, M.shape[1])):
                    continue
                small = _small(now, at_least(0, trace(M.T @ form.S @ M)))
            except (NotProved, OutOfWork):
                continue
            if small is None:
                continue
            given = form.symmetric, form.values, small
            found.append(lemmas.specialised(psd.psd_null(), form.size, M.shape[1], form.S, M, *given))
    return found


def _small(now: Situation, claim: NonNegative) -> Theorem | None:
    """The inequality from what is known and a few Gram traces, at a glance."""
    parts = [one for one in now.known if isinstance(one.conclusion, Equal | NonNegative | Positive)]
    products = find_products(claim, parts, now.modulo, 2, stages=2)
    return None if products is None else derive(claim, *parts, products=products, effort=now.effort)


def psd_products(now: Situation) -> list[Theorem]:
    """tr(ST) >= 0 and tr(S) tr(T) >= tr(ST), and the Cauchy-Schwarz inequality of forms.

    S and T are known to be psd, or Gram matrices under traces that the claim multiplies.
    """
    if not isinstance(now.claim, NonNegative | Positive | Falsum):
        return []
    known = forms(now)
    found: list[Theorem] = []
    for S, T in combinations(known, 2):
        if S.size == T.size:
            parts = S.size, S.S, T.S, S.symmetric, S.values, T.symmetric, T.values
            found.append(lemmas.specialised(psd.psd_product(), *parts))
    multiplied = _multiplied(now)
    if multiplied:
        both = [*known, *grams_of(now, multiplied)]
        for i, S in enumerate(both):
            for T in both[i:]:
                if S.size == T.size:
                    parts = S.size, S.S, T.S, S.symmetric, S.values, T.symmetric, T.values
                    found.append(lemmas.specialised(psd.psd_product_bound(), *parts))
        found += [one for form in known for one in _cauchy_schwarz(now, form)]
    return found


def _cauchy_schwarz(now: Situation, form: Form) -> list[Theorem]:
    """tr(M'SN)^2 <= tr(M'SM) tr(N'SN) where the right side has a monomial of the claim."""
    assert isinstance(now.claim, NonNegative | Positive)
    found: list[Theorem] = []
    try:
        wanted = monomials(now.modulo.encoded(now.claim.term))
        values = [(M, now.modulo.encoded(trace(M.T @ form.S @ M))) for M in arguments(now, form.size)]
        for (M, first), (N, second) in combinations(values, 2):
            right = now.modulo.normal(first * second) if M.shape == N.shape else 0
            if M.shape is not None and any(one in wanted for one in monomials(right)):
                parts = form.size, M.shape[1], form.S, M, N, form.symmetric, form.values
                found.append(lemmas.specialised(psd.psd_cauchy_schwarz(), *parts))
    except OutOfWork:
        pass
    return found[:FEW]


def _multiplied(now: Situation) -> list[str]:
    """The words under traces that the claim multiplies by another trace."""
    claim, alphabet = now.claim, now.modulo.alphabet
    if not isinstance(claim, NonNegative | Positive):
        return []
    goal = monomials(alphabet.encode(claim.term).get("", 0))
    pairs = [m for m in goal if sum(one in alphabet.traces for one in m) > 1]
    return list(dict.fromkeys(alphabet.traces[one] for m in pairs for one in m if one in alphabet.traces))


@dataclass(frozen=True, slots=True)
class _Summand:
    """weight * S with weight > 0: S psd by a form, or S = M M', perhaps because of the equation `given`."""

    weight: Rational
    form: Form | None
    M: Poly
    given: Theorem | None = None


def ranges_of_sums(now: Situation) -> list[Theorem]:
    """M'(I - g G) = 0 and S (I - g G) = 0 for the parts of a sum G = M M' + ... + S + ..., g its pseudoinverse, S psd.

    With N = I - g G: GN = 0, so that the form of every part is 0 at N.
    """
    found: list[Theorem] = []
    known = forms(now)
    for G, (g, penrose) in known_pinvs(now).items():
        if G.shape is None or G.shape[0] != G.shape[1] or len(G.terms) < 2:
            continue
        parts = _summands(now, G, known)
        if parts is not None:
            N = identity(G.shape[0]) - g @ G
            none = derive(equal(G @ N, 0), penrose)
            found += [_in_range(parts, i, N, none) for i in range(len(parts))]
    return found


def _in_range(parts: Sequence[_Summand], number: int, N: Poly, none: Theorem) -> Theorem:
    """M'N = 0 (or SN = 0) for one of the parts, because all forms are 0 at N: `none` says GN = 0.

    tr(N'GN) is the sum of them all.
    """
    own = parts[number]
    premises, products = [none], list[Product]()
    cofactors = [Cofactor(scalar(-Fraction(1) / own.weight), 0, N.T)]
    for part in parts:
        share = Fraction(part.weight) / own.weight
        if part.given is not None:
            cofactors.append(Cofactor(scalar(-share), len(premises), N.T, N))
            premises.append(part.given)
        if part is own:
            continue
        if part.form is None:
            products.append(Product(rational(share), (), (part.M.T @ N,)))
        else:
            products.append(Product(rational(share), (), (), (len(premises),)))
            premises.append(part.form.value(N))
    factor = own.M.T @ N
    norm = trace(factor.T @ factor if own.form is None else N.T @ own.form.S @ N)
    small = combine(*premises, claim=at_least(0, norm), cofactors=tuple(cofactors), products=tuple(products))
    if own.form is None:
        return gram(small, factor)
    of_part = own.form.S, N, own.form.symmetric, own.form.values, small
    return lemmas.specialised(psd.psd_null(), own.form.size, own.form.size, *of_part)


def _summands(now: Situation, G: Poly, known: Sequence[Form]) -> list[_Summand] | None:
    """Psd matrices, and matrices M M', that add up to G with positive numbers; None if it is not seen to be so."""
    alphabet = now.modulo.alphabet
    parts: list[_Summand] = []
    by_term = {form.S: form for form in known}
    for (scalars, word), coef in G.terms.items():
        own = Poly(G.shape, {((), word): 1})
        inner = alphabet.word(word)
        half = inner[: len(inner) // 2]
        if scalars or coef <= 0:
            return None
        if half + alphabet.flip(half) == inner:
            parts.append(_Summand(coef, None, alphabet.matrix(half) if half else own))
        elif own in by_term:
            parts.append(_Summand(coef, by_term[own], own))
        else:
            try:
                given = derive(equal(own @ own.T, own), *now.equations(), effort=GLANCE)
                parts.append(_Summand(coef, None, own, given))
            except NotProved:
                return None
    return parts
