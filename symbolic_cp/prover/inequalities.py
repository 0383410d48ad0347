"""Inequalities: the products that `combine` needs are found by linear programming.

A claim t >= 0 follows if t is, modulo the equations, a nonnegative combination of the number 1, of the inequalities
among the premises and their products, and of squares and Gram traces. `find_products` looks for one; `with_naturals`
adds what is known of natural numbers: they are at least 0, and n > m gives n >= m + 1.

Main names: find_products, with_naturals, Modulo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import comb

from symbolic_cp.kernel.formulas import Equal, Falsum, Formula, NonNegative, Positive
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational, rational
from symbolic_cp.kernel.theory import Product, nat_nonnegative, nat_successor
from symbolic_cp.prover.alphabet import Alphabet, Order, letters_of
from symbolic_cp.prover.central import Coefficient, monomials
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.grams import Source, gram_candidates, sum_of_squares
from symbolic_cp.prover.rules import Budget, OutOfWork
from symbolic_cp.prover.simplex import nonnegative_combination

MOST_CANDIDATES = 100
MOST_MIXED = 1_000
Summand = tuple[Product, Coefficient, bool]  # what it is, its value in normal form, whether it is strict


class Modulo:
    """Scalars modulo equations: normal forms by a completion, which `extend` carries further."""

    def __init__(
        self, values: Sequence[Poly], equations: Sequence[Poly], budget: Budget, heavy: Sequence[Letter] = ()
    ) -> None:
        """`values` and `equations` are all the terms in which letters occur; `heavy` letters are eliminated."""
        alphabet = self.alphabet = Alphabet(letters_of([*values, *equations]))
        first = "".join(alphabet.characters[one] + alphabet.characters[one.flipped()] for one in heavy)
        self.completion = Completion(alphabet, Order(alphabet, first), equations, budget, traces=True)
        self.scalars = [alphabet.encode(term).get("", 0) for term in equations if term.shape is None]
        self.matrices = [alphabet.encode(term) for term in equations if term.shape is not None]
        self._budget, self._started, self.complete = budget, False, False
        self.tick = budget.tick

    def extend(self, share: int) -> None:
        """Complete further, with at most that share of the budget."""
        part = self._budget.part(share)
        granted = part.left
        self.completion.budget = part
        try:
            if not self._started:
                self._started = True
                self.completion.start()
            while self.completion.step():
                pass
            self.complete = not self.completion.truncated
        except OutOfWork:
            pass
        self._budget.charge(granted, part)
        self.completion.budget = self._budget

    def normal(self, value: Coefficient) -> Coefficient:
        """The normal form so far. Raises OutOfWork when the budget is spent."""
        return self.completion.scalars.reduce(value, {})

    def encoded(self, value: Poly) -> Coefficient:
        """A scalar in inner form, reduced."""
        return self.normal(self.alphabet.encode(value).get("", 0))

    def decoded(self, value: Coefficient) -> Poly:
        """The kernel's form."""
        return self.alphabet.coefficient(value)


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
    return [*parts, *about_naturals(parts, claim)]


def about_naturals(parts: Sequence[Theorem], claim: Formula) -> list[Theorem]:
    """n >= 0 for every natural number in sight, and n >= m + 1 for every premise n > m."""
    terms = [part.conclusion.term for part in parts if isinstance(part.conclusion, Equal | NonNegative | Positive)]
    if isinstance(claim, Equal | NonNegative | Positive):
        terms.append(claim.term)
    more: list[Theorem] = []
    for part in parts:
        sides = as_naturals(part.conclusion.term) if isinstance(part.conclusion, Positive) else None
        if sides is not None:
            more.append(nat_successor(part, *sides))
    return [*(nat_nonnegative(atom) for atom in natural_atoms([t for t in terms if t.shape is None])), *more]


def find_products(
    claim: NonNegative | Positive | Falsum,
    parts: Sequence[Theorem],
    modulo: Modulo,
    degree: int,
    stages: int | None = None,
) -> tuple[Product, ...] | None:
    """Products whose sum is the claim's term modulo the equations, or None.

    Premises are tried first, then Gram traces and squares with them, then products of these with premises and of up to
    `degree` premises, where there are not too many; then Gram traces of more matrices. With degree 1 only premises are
    tried; `stages` says how many of these attempts are made. Raises OutOfWork.
    """
    raw = 0 if isinstance(claim, Falsum) else modulo.alphabet.encode(claim.term).get("", 0)
    goal = modulo.normal(raw)
    given: list[Summand] = []
    for index, part in enumerate(parts):
        formula = part.conclusion
        if isinstance(formula, NonNegative | Positive):
            given.append((Product(1, (), (), (index,)), modulo.encoded(formula.term), isinstance(formula, Positive)))
    source = Source([goal, raw, *(value for _, value, _ in given), *modulo.scalars], modulo.matrices)
    for summands in islice(_stages(modulo, source, given, degree), stages):
        weights = _weights(claim, goal, summands, modulo.tick)
        if weights is not None:
            return tuple(
                Product(weight, product.squares, product.grams, product.indices)
                for weight, (product, _, _) in zip(weights, summands, strict=True)
                if weight
            )
    if degree > 1 and stages is None and isinstance(claim, NonNegative):
        return sum_of_squares(modulo.alphabet, source, goal, modulo.normal)
    return None


def _stages(modulo: Modulo, source: Source, given: Sequence[Summand], degree: int) -> Iterator[list[Summand]]:
    """What may be summed up: lists that grow."""
    plain: list[Summand] = [(Product(1), 1, True), *given]
    yield plain
    if degree == 1:
        return
    grams = _grams(modulo, source, 0)
    yield [*plain, *grams]
    mixed: list[Summand] = []
    if given and len(given) * len(grams) <= MOST_MIXED:
        mixed = [_times(modulo, gram, one) for one in given for gram in grams]
        yield [*plain, *grams, *mixed]
    powers, longer = list[Summand](), list(given)
    for size in range(2, degree + 1):
        if not given or comb(len(given) + size, size) > MOST_CANDIDATES:
            break
        pairs = [(power, one) for power in longer for one in given if power[0].indices[-1] <= one[0].indices[0]]
        longer = [_times(modulo, *pair) for pair in pairs]
        powers += longer
        yield [*plain, *grams, *mixed, *powers]
    both = [one for one in powers if len(one[0].indices) == len(set(one[0].indices)) == 2]
    if both and len(both) * len(grams) <= MOST_MIXED:
        mixed += [_times(modulo, gram, one) for one in both for gram in grams]
        yield [*plain, *grams, *mixed, *powers]
    for breadth in (1, 2):
        more = _grams(modulo, source, breadth)
        if len(given) * len(more) <= MOST_MIXED:
            mixed += [_times(modulo, gram, one) for one in given for gram in more]
        yield [*plain, *more, *mixed, *powers]


def _grams(modulo: Modulo, source: Source, breadth: int) -> list[Summand]:
    """Gram traces and squares as summands."""
    alphabet, found = modulo.alphabet, list[Summand]()
    for candidate in gram_candidates(alphabet, source, modulo.normal, breadth):
        if not candidate.value:
            continue
        if candidate.matrix is None:
            product = Product(1, (alphabet.coefficient(candidate.root),))
        else:
            product = Product(1, (), (alphabet.decode(candidate.matrix, candidate.shape),))
        found.append((product, candidate.value, False))
    return found


def _times(modulo: Modulo, first: Summand, second: Summand) -> Summand:
    """The product of two summands with weight 1."""
    one, other = first[0], second[0]
    product = Product(1, one.squares + other.squares, one.grams + other.grams, one.indices + other.indices)
    return product, modulo.normal(first[1] * second[1]), first[2] and second[2]


def _weights(
    claim: NonNegative | Positive | Falsum,
    goal: Coefficient,
    summands: Sequence[Summand],
    tick: Callable[[], None] | None,
) -> list[Rational] | None:
    vectors = [monomials(value) for _, value, _ in summands]
    strict = [int(flag) for _, _, flag in summands]
    if isinstance(claim, Falsum):  # some strict product counts with weight 1
        for j, flag in enumerate(strict):
            rest = nonnegative_combination(vectors, monomials(-summands[j][1]), None, tick) if flag else None
            if rest is not None:
                rest[j] += 1
                return [rational(weight) for weight in rest]
        return None
    reward = strict if isinstance(claim, Positive) else None
    found = nonnegative_combination(vectors, monomials(goal), reward, tick)
    if found is None:
        return None
    if isinstance(claim, Positive) and not any(x for x, flag in zip(found, strict, strict=True) if flag):
        return None
    return [rational(weight) for weight in found]
