"""Inequalities: the products that `combine` needs are found by linear programming.

`linear` does the arithmetic of indices and scalars: a claim such as 1 <= k + 1 from what is known, from natural
numbers being at least 0, and from n > m giving n >= m + 1. `find_products` is what `derive` uses when it is given no
products: it takes the premises modulo the equations, their products two by two, and the number 1.

Main functions: linear, find_products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from math import comb

from symbolic_cp.kernel.formulas import Equal, Falsum, Formula, NonNegative, Positive
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Generator, Nat, Poly, Rational, rational, scalar
from symbolic_cp.kernel.theory import Product, nat_nonnegative, nat_successor
from symbolic_cp.prover.simplex import nonnegative_combination

MOST_CANDIDATES = 100


def natural_atoms(terms: Sequence[Poly]) -> list[Nat]:
    """The natural number variables (family members) that occur as scalars, in the order of their structure."""
    found: set[Generator] = set()
    for term in terms:
        for scalars, _ in term.terms:
            found.update(generator for generator in scalars if generator.kind == "nat")
    ordered = sorted(found, key=lambda generator: generator.key)
    return [Nat(0, {(generator.name, generator.args): 1}) for generator in ordered]


def as_naturals(term: Poly) -> tuple[Nat, Nat] | None:
    """Natural numbers n, m with term = n - m, or None if the term is not such a difference."""
    sides = [Nat(), Nat()]
    for (scalars, _), coef in term.terms.items():
        if not isinstance(coef, int) or len(scalars) > 1 or any(one.kind != "nat" for one in scalars):
            return None
        atom = Nat(0, {(scalars[0].name, scalars[0].args): 1}) if scalars else Nat(1)
        sides[coef < 0] += atom.scaled(abs(coef))
    return sides[0], sides[1]


def with_naturals(parts: Sequence[Theorem], claim: Formula) -> list[Theorem]:
    """The premises, then n >= 0 for every natural number in sight, then n >= m + 1 for every premise n > m."""
    terms = [part.conclusion.term for part in parts if isinstance(part.conclusion, Equal | NonNegative | Positive)]
    if isinstance(claim, Equal | NonNegative | Positive):
        terms.append(claim.term)
    more: list[Theorem] = []
    for part in parts:
        sides = as_naturals(part.conclusion.term) if isinstance(part.conclusion, Positive) else None
        if sides is not None:
            more.append(nat_successor(part, *sides))
    return [*parts, *(nat_nonnegative(atom) for atom in natural_atoms([t for t in terms if t.shape is None])), *more]


def find_products(
    claim: NonNegative | Positive | Falsum,
    parts: Sequence[Theorem],
    normal: Callable[[Poly], Poly],
    degree: int,
) -> tuple[Product, ...] | None:
    """Products whose sum is the claim's term, or None.

    `normal` gives the normal form of a scalar modulo the equations. Products of up to `degree` premises are tried,
    where there are not too many.
    """
    goal = scalar(0) if isinstance(claim, Falsum) else normal(claim.term)
    inequalities: list[tuple[int, Poly, bool]] = []
    for index, part in enumerate(parts):
        formula = part.conclusion
        if isinstance(formula, NonNegative | Positive):
            inequalities.append((index, normal(formula.term), isinstance(formula, Positive)))
    candidates: list[tuple[Product, Poly, bool]] = [(Product(1), scalar(1), True)]
    for size in range(1, degree + 1):
        if size > 1 and comb(len(inequalities) + size, size) > MOST_CANDIDATES:
            break
        for chosen in combinations_with_replacement(inequalities, size):
            value = scalar(1)
            for _, term, _ in chosen:
                value = normal(value * term)
            indices = tuple(index for index, _, _ in chosen)
            candidates.append((Product(1, (), (), indices), value, all(strict for _, _, strict in chosen)))
        weights = _weights(claim, goal, candidates)
        if weights is not None:
            return tuple(
                Product(weight, (), (), product.indices)
                for weight, (product, _, _) in zip(weights, candidates, strict=True)
                if weight
            )
    return None


def _weights(
    claim: NonNegative | Positive | Falsum, goal: Poly, candidates: Sequence[tuple[Product, Poly, bool]]
) -> list[Rational] | None:
    vectors = [value.terms for _, value, _ in candidates]
    strict = [int(flag) for _, _, flag in candidates]
    if isinstance(claim, Falsum):  # some strict product counts with weight 1
        for j, flag in enumerate(strict):
            rest = nonnegative_combination(vectors, (-candidates[j][1]).terms) if flag else None
            if rest is not None:
                rest[j] += 1
                return [rational(weight) for weight in rest]
        return None
    found = nonnegative_combination(vectors, goal.terms, strict if isinstance(claim, Positive) else None)
    if found is None:
        return None
    if isinstance(claim, Positive) and not any(x for x, flag in zip(found, strict, strict=True) if flag):
        return None
    return [rational(weight) for weight in found]
