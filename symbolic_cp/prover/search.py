"""Finding certificates: `derive` is one call of the kernel rule `combine` whose cofactors were searched for.

Nothing here is trusted: whatever is found goes to the kernel, which expands it. The search is bounded by work, not by
time, so the same question gets the same answer everywhere.

Main functions: derive, linear, split. Main names: Effort, NotProved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

from symbolic_cp.kernel.formulas import And, Equal, Falsum, Formula, NonNegative, Positive
from symbolic_cp.kernel.logic import Theorem, and_left, and_right
from symbolic_cp.kernel.terms import Poly, Shape, scalar, trace
from symbolic_cp.kernel.theory import Cofactor, Product, combine, one_by_one
from symbolic_cp.prover.alphabet import Alphabet, Matrix
from symbolic_cp.prover.attempts import STAGE, Effort, Question, definitions
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import TURNED, expand, is_scalar
from symbolic_cp.prover.inequalities import Modulo, find_products, with_naturals
from symbolic_cp.prover.rules import Budget, OutOfWork
from symbolic_cp.prover.shorten import Found
from symbolic_cp.prover.show import show, show_relation

__all__ = ["DEFAULT", "Effort", "NotProved", "derive", "linear", "split", "value_of"]

DEFAULT = Effort()
SHARES = (500, 4_000, 32_000)  # how far the equations of an inequality are completed, in turn


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
    for summand in products:
        target -= value_of(summand, parts)
    found = _search(target, terms, effort, heavy)
    return _theorem(claim, goal.shape, equations, found, parts, products, {})


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
    values = [goal, *(formula.term for formula in atoms)]
    budget = Budget(effort.work, effort.progress)
    heavy = definitions(equations)
    ways = [Modulo(values, equations, budget, letters) for letters in ([], heavy)[: 1 + bool(heavy)]]
    found, residual = None, goal
    try:
        for share, modulo in product(SHARES, ways):
            if modulo.complete:
                continue
            modulo.extend(share)
            found = find_products(claim, parts, modulo, degree)
            if found is not None:
                break
        residual = ways[0].decoded(ways[0].encoded(goal))
    except OutOfWork:
        pass
    if found is None:
        rest = claim if isinstance(claim, Falsum) else type(claim)(residual)
        raise NotProved(
            f"not derived: {show(claim)}\n  modulo the {len(equations)} equations: {show(rest)}\n"
            f"  no combination of the {len(atoms) - len(equations)} inequalities gives it",
            residual,
        )
    return found


def value_of(summand: Product, parts: Sequence[Theorem]) -> Poly:
    """What a product of squares, Gram traces and inequalities stands for."""
    value = scalar(summand.weight)
    for factor in summand.squares:
        value = value * factor * factor
    for factor in summand.grams:
        value = value * trace(factor.T @ factor)
    for index in summand.indices:
        value = value * _term(parts[index])
    return value


def _term(part: Theorem) -> Poly:
    formula = part.conclusion
    if isinstance(formula, Equal | NonNegative | Positive):
        return formula.term
    raise NotProved(f"a product uses {show(formula)}, which is no (in)equation", scalar(0))


def _search(target: Poly, terms: Sequence[Poly], effort: Effort, heavy: Sequence[Poly]) -> Found:
    """A certificate for target = 0 from terms = 0. Raises NotProved."""
    found = Question(target, terms, effort, heavy).answer()
    if isinstance(found, Found):
        return found
    raise NotProved(
        f"not derived: {show_relation(target, '=')}\n  left over: {show_relation(found.residual, '=')}\n"
        f"  from {len(terms)} equations, with {found.rules} rules known"
        + (", and there are no more" if found.complete else ""),
        found.residual,
    )


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
    found: Found,
    parts: Sequence[Theorem],
    products: Sequence[Product],
    lemmas: dict[int, Theorem],
) -> Theorem:
    """The kernel's theorem for a certificate; premises that are not used are left out."""
    completion, alphabet, premises = found.completion, found.completion.alphabet, _Premises()
    moved = tuple(
        Product(
            summand.weight,
            summand.squares,
            summand.grams,
            tuple(premises.place("part", i, partial(parts.__getitem__, i)) for i in summand.indices),
        )
        for summand in products
    )
    cofactors: list[Cofactor] = []
    beside: dict[int, Matrix] = {}
    for (left, index, right), coef in sorted(found.certificate.items(), key=lambda item: item[0][1]):
        if is_scalar(completion, index):
            beside.setdefault(index, {})[left] = coef
            continue
        if index < 0:
            part = completion.ones[-index - 1]
            turned = min(part, alphabet.flip(part))
            number = premises.place("one", turned, partial(_one, alphabet, turned))
            transposed = part != turned
        elif index >= completion.first:
            rule = index % TURNED
            number = premises.place("rule", rule, partial(_lemma, completion, rule, equations, lemmas))
            transposed = index >= TURNED
        else:
            number = premises.place("equation", index // 2, partial(equations.__getitem__, index // 2))
            transposed = bool(index & 1)
        sides = (alphabet.matrix(left) if left else None), (alphabet.matrix(right) if right else None)
        cofactors.append(Cofactor(alphabet.coefficient(coef), number, sides[0], sides[1], transposed))
    for index, matrix in beside.items():
        if index < completion.first:
            number = premises.place("equation", index // 2, partial(equations.__getitem__, index // 2))
        else:
            number = premises.place("rule", index, partial(_lemma, completion, index, equations, lemmas))
        cofactors.append(Cofactor(alphabet.decode(matrix, shape), number))
    return combine(*premises.used, claim=claim, cofactors=tuple(cofactors), products=moved)


def _one(alphabet: Alphabet, word: str) -> Theorem:
    return one_by_one(alphabet.matrix(word))


def _lemma(
    completion: Completion, index: int, equations: Sequence[Theorem], lemmas: dict[int, Theorem]
) -> Theorem:
    """A rule as a theorem of its own: traces for use in a matrix claim, or a step of a long derivation."""
    if index not in lemmas:
        rule = completion.rule(index)
        term = completion.alphabet.decode(rule.equation(), rule.shape)
        certificate = expand(completion, rule.certificate, scalar=rule.word is None, limit=STAGE)
        found = Found(completion, certificate)
        lemmas[index] = _theorem(Equal(term), rule.shape, equations, found, (), (), lemmas)
    return lemmas[index]
