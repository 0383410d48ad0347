"""Finding certificates: `derive` is one call of the kernel rule `combine` whose cofactors were searched for.

Nothing here is trusted: whatever is found goes to the kernel, which expands it. The search is bounded by work, not by
time, so the same question gets the same answer everywhere.

Main functions: derive, linear, split. Main names: Effort, NotProved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from symbolic_cp.kernel.formulas import And, Equal, Falsum, Formula, NonNegative, Positive
from symbolic_cp.kernel.logic import Theorem, and_left, and_right
from symbolic_cp.kernel.terms import Letter, Poly, Shape, scalar, trace
from symbolic_cp.kernel.theory import Cofactor, Product, combine, one_by_one
from symbolic_cp.prover.alphabet import Alphabet, Matrix, letters_of
from symbolic_cp.prover.central import central
from symbolic_cp.prover.completion import Budget, Certificate, Completion, OutOfWork
from symbolic_cp.prover.inequalities import find_products, with_naturals
from symbolic_cp.prover.show import show, show_relation


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a search may do: `work` rewritings in all; `progress` is called now and then, for terminals."""

    work: int = 400_000
    progress: Callable[[], None] | None = None


DEFAULT = Effort()


class NotProved(Exception):
    """No certificate was found; `residual` is what the claim was reduced to."""

    def __init__(self, message: str, residual: Poly) -> None:
        super().__init__(message)
        self.residual = residual


def split(*premises: Theorem) -> list[Theorem]:
    """The premises, with conjunctions taken apart."""
    parts: list[Theorem] = []
    for premise in premises:
        if isinstance(premise.conclusion, And):
            parts += split(and_left(premise), and_right(premise))
        else:
            parts.append(premise)
    return parts


@dataclass(frozen=True, slots=True)
class _Found:
    """A certificate in terms of the equations (ids 2i, 2i + 1), in the alphabet of the completion that found it."""

    completion: Completion
    certificate: Certificate


def derive(
    claim: Formula,
    *premises: Theorem,
    products: Sequence[Product] = (),
    effort: Effort = DEFAULT,
    heavy: Sequence[Poly] = (),
) -> Theorem:
    """The claim from the premises, by `combine` with cofactors that are searched for.

    The claim is an equation (of matrices or scalars, traces included), an inequality or falsum. For an inequality the
    products are given; their indices count the premises after conjunctions have been taken apart. Only premises that
    are used enter the theorem. `heavy` lists letters that are to be eliminated first. Raises NotProved.

    >>> from symbolic_cp.kernel.formulas import equal
    >>> from symbolic_cp.kernel.logic import assume
    >>> from symbolic_cp.kernel.terms import matrix
    >>> A, B = matrix("A", "n", "n"), matrix("B", "n", "n")
    >>> derive(equal(B @ A @ A, A @ A @ B), assume(equal(A @ B, B @ A))).conclusion == equal(B @ A @ A, A @ A @ B)
    True
    """
    if not isinstance(claim, Equal | NonNegative | Positive | Falsum):
        raise NotProved(f"{show(claim)} is no equation or inequality", scalar(0))
    parts = split(*premises)
    goal = scalar(0) if isinstance(claim, Falsum) else claim.term
    equations = [part for part in parts if isinstance(part.conclusion, Equal)]
    terms = [_term(part) for part in equations]
    if not isinstance(claim, Equal) and not products:
        products = _products(claim, parts, effort, 3)
    target = goal
    for product in products:
        target -= value_of(product, parts)
    found = _search(target, terms, effort, heavy)
    return _theorem(claim, goal.shape, equations, found, parts, products)


def linear(claim: Formula, *premises: Theorem, effort: Effort = DEFAULT) -> Theorem:
    """The claim by linear arithmetic: index bounds such as 1 <= k + 1, and inequalities between scalars.

    Natural numbers are at least 0, and n > m gives n >= m + 1. Premises that are not quantifier-free (in)equations
    are left aside. Raises NotProved.

    >>> from symbolic_cp.kernel.formulas import at_least
    >>> from symbolic_cp.kernel.terms import nat
    >>> print(linear(at_least(nat("k") + 1, 1)).rule)
    combine
    """
    if not isinstance(claim, Equal | NonNegative | Positive | Falsum):
        raise NotProved(f"{show(claim)} is no equation or inequality", scalar(0))
    usable = [part for part in split(*premises) if isinstance(part.conclusion, Equal | NonNegative | Positive)]
    if isinstance(claim, Equal):
        return derive(claim, *usable, effort=effort)
    parts = with_naturals(usable, claim)
    return derive(claim, *parts, products=_products(claim, parts, effort, 1), effort=effort)


def _products(
    claim: NonNegative | Positive | Falsum, parts: Sequence[Theorem], effort: Effort, degree: int
) -> tuple[Product, ...]:
    """Products for an inequality, found on normal forms modulo the equations. Raises NotProved."""
    atoms = [part.conclusion for part in parts if isinstance(part.conclusion, Equal | NonNegative | Positive)]
    equations = [formula.term for formula in atoms if isinstance(formula, Equal)]
    goal = scalar(0) if isinstance(claim, Falsum) else claim.term
    normal = _normaliser([goal, *(formula.term for formula in atoms)], equations, effort)
    found = find_products(claim, parts, normal, degree)
    if found is None:
        residual = normal(goal)
        rest = claim if isinstance(claim, Falsum) else type(claim)(residual)
        raise NotProved(
            f"not derived: {show(claim)}\n  modulo the {len(equations)} equations: {show(rest)}\n"
            f"  no combination of the {len(atoms) - len(equations)} inequalities gives it",
            residual,
        )
    return found


def _normaliser(values: Sequence[Poly], equations: Sequence[Poly], effort: Effort) -> Callable[[Poly], Poly]:
    """The normal form of scalars by a completion of the equations, as far as a part of the work goes."""
    alphabet = Alphabet(letters_of([*values, *equations]))
    budget = Budget(effort.work // 8, effort.progress)
    completion = Completion(alphabet, equations, budget)
    try:
        completion.start()
        while completion.step():
            pass
    except OutOfWork:
        budget.left = effort.work

    def normal(value: Poly) -> Poly:
        return alphabet.coefficient(completion.reduce_scalar(alphabet.encode(value).get("", 0), {}))

    return normal


def value_of(product: Product, parts: Sequence[Theorem]) -> Poly:
    """What a product of squares, Gram traces and inequalities stands for."""
    value = scalar(product.weight)
    for factor in product.squares:
        value = value * factor * factor
    for factor in product.grams:
        value = value * trace(factor.T @ factor)
    for index in product.indices:
        value = value * _term(parts[index])
    return value


def _term(part: Theorem) -> Poly:
    formula = part.conclusion
    if isinstance(formula, Equal | NonNegative | Positive):
        return formula.term
    raise NotProved(f"a product uses {show(formula)}, which is no (in)equation", scalar(0))


def _definitions(terms: Sequence[Poly]) -> list[Letter]:
    """The letters A of equations A = expression without A."""
    found: list[Letter] = []
    for term in terms:
        words = [[one.flipped() if one.transposed else one for one in word] for _, word in term.terms]
        for (scalars, word), plain in zip(term.terms, words, strict=True):
            alone = len(word) == 1 and not scalars and max(map(len, words)) > 1
            if alone and sum(plain[0] in other for other in words) == 1 and plain[0] not in found:
                found.append(plain[0])
    return found


def _search(target: Poly, terms: Sequence[Poly], effort: Effort, heavy: Sequence[Poly]) -> _Found:
    """A certificate for target = 0 from terms = 0. Raises NotProved."""
    letters = letters_of([target, *terms])
    chosen = set(letters_of(heavy))
    plans = [frozenset(chosen)]
    definitions = frozenset(_definitions(terms)) | chosen
    if definitions != chosen:
        plans.append(definitions)
    best: tuple[int, Poly, int] | None = None
    for number, plan in enumerate(plans):
        budget = Budget(effort.work // len(plans), effort.progress)
        alphabet = Alphabet(letters, plan)
        found, residual, rules = _attempt(alphabet, target, terms, budget)
        if found is not None:
            return found
        rank = (sum(map(len, residual)), number)
        if best is None or rank[0] < best[0]:
            best = rank[0], alphabet.decode(residual, target.shape), rules
    assert best is not None
    _, residue, rules = best
    raise NotProved(
        f"not derived: {show_relation(target, '=')}\n  left over: {show_relation(residue, '=')}\n"
        f"  from {len(terms)} equations, with {rules} rules known",
        residue,
    )


def _attempt(
    alphabet: Alphabet, target: Poly, terms: Sequence[Poly], budget: Budget
) -> tuple[_Found | None, Matrix, int]:
    """Complete until the target is reduced to zero: what was found, what is left, how many rules there are."""
    rest = alphabet.encode(target)
    certificate: Certificate = {}
    is_scalar = target.shape is None
    completion = Completion(alphabet, terms, budget)
    try:
        completion.start()
        known = -1
        while True:
            if len(completion.rules) != known:
                known = len(completion.rules)
                if is_scalar:
                    value = completion.reduce_scalar(rest.get("", 0), certificate)
                    rest = {"": value} if value else {}
                else:
                    rest = completion.reduce(rest, certificate, target.shape)
            if not rest:
                break
            if not completion.step():
                break
    except OutOfWork:
        pass
    if rest:
        return None, rest, len(completion.rules)
    negated = {term: -coef for term, coef in certificate.items()}
    return _Found(completion, negated), rest, len(completion.rules)


class _Premises:
    """The premises that a certificate uses, in the order of their first use."""

    def __init__(self) -> None:
        self.used: list[Theorem] = []
        self._places: dict[tuple[str, int | str], int] = {}

    def place(self, kind: str, number: int | str, make: Callable[[], Theorem]) -> int:
        """The index of a premise, which is made where it is new."""
        key = kind, number
        if key not in self._places:
            theorem = make()
            self._places[key] = len(self.used)
            self.used.append(theorem)
        return self._places[key]


def _theorem(
    claim: Formula,
    shape: Shape,
    equations: Sequence[Theorem],
    found: _Found,
    parts: Sequence[Theorem],
    products: Sequence[Product],
) -> Theorem:
    """The kernel's theorem for a certificate; premises that are not used are left out."""
    completion, alphabet, premises = found.completion, found.completion.alphabet, _Premises()
    flat = completion.expand(found.certificate, scalar=shape is None)
    moved = tuple(
        Product(
            product.weight,
            product.squares,
            product.grams,
            tuple(premises.place("part", i, partial(parts.__getitem__, i)) for i in product.indices),
        )
        for product in products
    )
    cofactors: list[Cofactor] = []
    beside: dict[int, Matrix] = {}
    for (left, index, right), coef in sorted(flat.items(), key=lambda item: item[0][1]):
        if completion.is_scalar(index):
            beside.setdefault(index, {})[left] = coef
            continue
        if index < 0:
            part = completion.ones[-index - 1]
            turned = min(part, alphabet.flip(part))
            number = premises.place("one", turned, partial(_one, alphabet, turned))
            transposed = part != turned
        else:
            number = premises.place("equation", index // 2, partial(equations.__getitem__, index // 2))
            transposed = bool(index & 1)
        sides = (alphabet.matrix(left) if left else None), (alphabet.matrix(right) if right else None)
        cofactors.append(Cofactor(alphabet.coefficient(coef), number, sides[0], sides[1], transposed))
    for index, matrix in beside.items():
        if index < completion.first:
            number = premises.place("equation", index // 2, partial(equations.__getitem__, index // 2))
        else:
            number = premises.place("rule", index, partial(_lemma, completion, index, equations))
        cofactors.append(Cofactor(alphabet.decode(matrix, shape), number))
    return combine(*premises.used, claim=claim, cofactors=tuple(cofactors), products=moved)


def _one(alphabet: Alphabet, word: str) -> Theorem:
    return one_by_one(alphabet.matrix(word))


def _lemma(completion: Completion, index: int, equations: Sequence[Theorem]) -> Theorem:
    """A scalar rule as a theorem of its own, for use in a matrix claim."""
    rule = completion.rules[index - completion.first]
    term = completion.alphabet.coefficient(rule.rest.get("", 0) + central({rule.scalars: 1}))
    return _theorem(Equal(term), None, equations, _Found(completion, rule.certificate), (), ())
