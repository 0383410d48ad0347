"""What hypotheses say about how to choose matrices: which are free, which follow, which are of a kind.

A letter is *computed* if its hypotheses are the Penrose equations of an expression, the two equations of an inverse,
or an equation with the letter alone on one side. The others are *roots*: they are chosen, one after the other, and an
equation is met when its last root is chosen. What equations say about a single root gives it a kind (an orthogonal
projector, say). All of it is read off the formulas, whatever the letters are called.

Main names: plan, Plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import matmul

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import And, Atom, Equal, Formula, Value, free_names, substitute_poly
from symbolic_cp.kernel.terms import Generator, Poly, Rational, Word, identity, letter, matrix
from symbolic_cp.prover.numeric import degree
from symbolic_cp.prover.task import All, Condition, Psd, Shape, letters

MOST_TERMS = 200
"""A definition is not put into an equation that grows beyond this many terms."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A letter that follows from others: `kind` is "pinv", "inverse" or "equal", and `term` what it is taken of."""

    name: str
    kind: str
    term: Poly


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition, the roots that decide it, and the roots in which it is a linear equation."""

    condition: Condition
    roots: frozenset[str]
    linear: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Unknowns with their shapes; roots with their kinds; computed letters, each after those it needs; the rest.

    `polynomials` has the coefficients (of 1, X, XX, ...) of a polynomial that a root of the kind "annihilated" meets.
    """

    shapes: Mapping[str, Shape]
    roots: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]
    computed: tuple[Computed, ...]
    requirements: tuple[Requirement, ...]
    needs: Mapping[str, frozenset[str]]
    polynomials: Mapping[str, tuple[Rational, ...]]


def plan(given: Condition, unknowns: Mapping[str, Shape]) -> Plan:
    """How instances of a condition can be chosen; other letters than the unknowns are known by then.

    Cost: a few passes over its equations.
    """
    shapes = dict(unknowns)
    parts = list(given.parts) if isinstance(given, All) else [given] if given is not True else []
    equations = [one.term for one in parts if isinstance(one, Equal)]
    others = [one for one in parts if not isinstance(one, Equal)]
    forms, shapes = _forms(others, equations, shapes)
    finder = _Finder(list(shapes), equations)
    backwards = list(unknowns)[::-1]
    for name in sorted(backwards, key=finder.gives):  # the pseudoinverse of a product, say, follows from the product
        if shapes[name] is not None:
            finder.find_pinv(name) or finder.find_inverse(name, shapes[name])
    finder.find_equal()
    computed, equations = _inlined(finder.ordered(), [one.term for one in finder.equations])
    roots = tuple(name for name in shapes if name not in finder.computed)
    needs = {name: frozenset([name]) for name in roots}
    for one in computed:
        needs[one.name] = frozenset[str]().union(*(needs[other] for other in free_names(one.term) if other in needs))
    conditions: list[Condition] = [*map(Equal, equations), *others]
    requirements = tuple(_requirement(one, needs) for one in conditions)
    alone: dict[str, list[Poly]] = {name: [] for name in roots}  # equations that mention no other letter
    for equation in equations:
        if len(names := free_names(equation)) == 1 and (name := next(iter(names))) in alone:
            alone[name].append(equation)
    kinds = {name: tuple(_kinds(name, shapes[name], alone[name], computed, forms)) for name in roots}
    polynomials = {name: found for name in roots if (found := _polynomial(name, alone[name]))}
    return Plan(shapes, roots, kinds, tuple(computed), requirements, needs, polynomials)


def _forms(
    others: list[Condition], equations: list[Poly], shapes: dict[str, Shape]
) -> tuple[set[str], dict[str, Shape]]:
    """Letters that are positive semidefinite; where an expression is, a new letter for it comes first.

    Its equation is added, so that a letter of the expression may be computed from it.
    """
    forms: set[str] = set()
    added: dict[str, Shape] = {}
    for condition in others:
        if not isinstance(condition, Psd) or condition.term.shape is None:
            continue
        (words, *more) = [word for _, word in condition.term.terms] or [()]
        if not more and len(words) == 1:
            forms.add(words[0].name)
            continue
        name, (rows, cols) = f"%{len(added)}", condition.term.shape
        added[name] = rows.const, cols.const
        forms.add(name)
        equations.append(condition.term - matrix(name, rows, cols))
    return forms, {**added, **shapes}


def _requirement(condition: Condition, needs: Mapping[str, frozenset[str]]) -> Requirement:
    names = [name for name in letters(condition) if name in needs]
    roots = frozenset[str]().union(*(needs[name] for name in names))
    linear: frozenset[str] = frozenset()
    if isinstance(condition, Equal):
        behind = frozenset[str]().union(*(needs[name] for name in names if needs[name] != {name}))
        linear = frozenset(name for name in roots - behind if degree(condition.term, (name,)) == 1)
    return Requirement(condition, roots, linear)


# ------------------------------------------------------------------------------------------------- computed letters


@dataclass(frozen=True, slots=True)
class _Equation:
    """A term that is zero, its letters, and the term with either sign, as it is and transposed."""

    term: Poly
    names: frozenset[str]
    variants: tuple[Poly, Poly, Poly, Poly]

    @classmethod
    def of(cls, term: Poly) -> _Equation:
        turned = term.T
        return cls(term, free_names(term), (term, -term, turned, -turned))

    @property
    def sides(self) -> tuple[Poly, Poly]:
        """The term and its transpose."""
        return self.variants[0], self.variants[2]


class _Finder:
    """Equations that have not been used yet, and the letters that have been found to be computed."""

    def __init__(self, names: list[str], equations: list[Poly]) -> None:
        self.names = names
        self.equations = [_Equation.of(one) for one in equations]
        self.computed: dict[str, Computed] = {}

    def below(self, names: Iterable[str]) -> set[str]:
        """These letters and all from which they are computed."""
        found: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += free_names(self.computed[name].term) if name in self.computed else ()
        return found

    def gives(self, name: str) -> bool:
        """Whether an equation says what the letter is, in terms of others."""
        return any(name in one.names and _alone(one.term, name) is not None for one in self.equations)

    def find_pinv(self, name: str) -> bool:
        """Whether the letter is the Moore-Penrose inverse of something that does not rest on it; notes it."""
        for equation in self.equations:
            for term in equation.sides if name in equation.names else ():
                inner = _between(term, name)
                if inner is not None and name not in self.below(free_names(inner)):
                    own = matrix(name, *_reversed(inner))
                    if self.consume([one.term for one in _atoms(penrose(inner, own))]):
                        self.computed[name] = Computed(name, "pinv", inner)
                        return True
        return False

    def find_inverse(self, name: str, shape: Shape) -> bool:
        """Whether the letter is the two-sided inverse of something that does not rest on it; notes it."""
        if shape is None or shape[0] != shape[1]:
            return False
        for equation in self.equations:
            for term in equation.sides if name in equation.names else ():
                inner = _behind(term, name)
                if inner is not None and name not in self.below(free_names(inner)):
                    own, unit = matrix(name, *_reversed(inner)), identity(shape[0])
                    if self.consume([own @ inner - unit, inner @ own - unit]):
                        self.computed[name] = Computed(name, "inverse", inner)
                        return True
        return False

    def consume(self, terms: list[Poly]) -> bool:
        """Remove the equations that say that the terms are zero, if all of them are there."""
        places = {one: i for i, equation in enumerate(self.equations) for one in equation.variants}
        if not all(term in places or not term.terms for term in terms):
            return False
        used = {places[term] for term in terms if term.terms}
        self.equations = [equation for i, equation in enumerate(self.equations) if i not in used]
        return True

    def find_equal(self) -> None:
        """Note the letters that an equation gives, the last letter of an equation first."""
        kept: list[_Equation] = []
        for equation in self.equations:
            found = None
            for name in reversed(self.names):
                new = name in equation.names and name not in self.computed
                rest = _alone(equation.term, name) if new else None
                if rest is not None and name not in self.below(free_names(rest)):
                    found = Computed(name, "equal", rest)
                    break
            if found is None:
                kept.append(equation)
            else:
                self.computed[found.name] = found
        self.equations = kept

    def ordered(self) -> list[Computed]:
        """The computed letters, each after those it needs."""
        done: dict[str, Computed] = {}

        def visit(name: str) -> None:
            if name in self.computed and name not in done:
                for other in sorted(free_names(self.computed[name].term)):
                    visit(other)
                done[name] = self.computed[name]

        for name in self.names:
            visit(name)
        return list(done.values())


def _reversed(term: Poly) -> tuple[int, int]:
    assert term.shape is not None
    return term.shape[1].const, term.shape[0].const


def _atoms(formula: Formula) -> Iterator[Atom]:
    if isinstance(formula, And):
        yield from _atoms(formula.left)
        yield from _atoms(formula.right)
    elif isinstance(formula, Atom):
        yield formula


def _product(scalars: tuple[Generator, ...], word: Word, coef: Poly) -> Poly:
    return coef * Poly(None, {(scalars, ()): 1}) * reduce(matmul, map(letter, word))


def _divided(term: Poly, number: Rational) -> Poly:
    return term * Poly(None, {((), ()): Fraction(1) / number})


def _between(term: Poly, name: str) -> Poly | None:
    """E if the term is c(pEp - p) for the letter p, which E does not mention."""
    own = [coef for (scalars, word), coef in term.terms.items() if len(word) == 1 and word[0].name == name]
    total = None
    for (scalars, word), coef in term.terms.items():
        ends = len(word) > 0 and all(one.name == name and not one.transposed for one in (word[0], word[-1]))
        if len(own) != 1 or not ends or _mentions(scalars, word[1:-1], name) or (len(word) == 1 and scalars):
            return None
        if len(word) == 2:
            return None
        if len(word) > 2:
            piece = _product(scalars, word[1:-1], Poly(None, {((), ()): -coef}))
            total = piece if total is None else total + piece
    return None if total is None else _divided(total, own[0])


def _mentions(scalars: tuple[Generator, ...], word: Word, name: str) -> bool:
    inside = [one for generator in scalars for one in generator.word]
    return name in [one.name for one in scalars] or name in [one.name for one in (*word, *inside)]


def _behind(term: Poly, name: str) -> Poly | None:
    """E if the term is c(KE - I) for the letter K, which E does not mention."""
    unit = term.terms.get(((), ()))
    if unit is None or term.shape is None or len(term.terms) < 2:
        return None
    total = None
    for (scalars, word), coef in term.terms.items():
        if not word and not scalars:
            continue
        if len(word) < 2 or word[0].name != name or word[0].transposed or _mentions(scalars, word[1:], name):
            return None
        piece = _product(scalars, word[1:], Poly(None, {((), ()): -coef}))
        total = piece if total is None else total + piece
    return None if total is None else _divided(total, unit)


def _alone(term: Poly, name: str) -> Poly | None:
    """R if the term is c(X - R) for the letter (or scalar) X, which R does not mention."""
    if degree(term, (name,)) != 1:
        return None
    own = [(key, coef) for key, coef in term.terms.items() if _mentions(*key, name)]
    (scalars, word), coef = own[0]
    if len(own) != 1 or len(scalars) + len(word) != 1 or (scalars and (scalars[0].kind == "trace" or term.shape)):
        return None
    rest = Poly(term.shape, {key: other for key, other in term.terms.items() if key != (scalars, word)})
    found = _divided(rest, -coef)
    return found.T if word and word[0].transposed else found


def _inlined(computed: list[Computed], equations: list[Poly]) -> tuple[list[Computed], list[Poly]]:
    """The same with equal for equal put in, where that does not make them long."""
    values: dict[str, Value] = {}
    result: list[Computed] = []
    for one in computed:
        term = _short(one.term, values)
        result.append(Computed(one.name, one.kind, term))
        if one.kind == "equal":
            values[one.name] = term
    inlined = [_short(equation, values) for equation in equations]
    return result, [equation for equation in inlined if equation.terms]


def _short(term: Poly, values: Mapping[str, Value]) -> Poly:
    here = {name: values[name] for name in free_names(term) if name in values}
    if not here:
        return term
    longest = max(len(value.terms) for value in here.values() if isinstance(value, Poly))
    if len(term.terms) * max(longest, 1) ** degree(term, here) > 20 * MOST_TERMS:
        return term
    put = substitute_poly(term, here)
    return put if len(put.terms) <= MOST_TERMS else term


# ----------------------------------------------------------------------------------------------------------- kinds


def _kinds(
    name: str, shape: Shape, equations: list[Poly], computed: Iterable[Computed], forms: set[str]
) -> Iterator[str]:
    """The kinds that are worth trying for a root, the narrowest first; the equations mention no other letter."""
    if shape is None:
        return
    own = {variant for equation in equations for variant in _Equation.of(equation).variants}
    X, rows, cols = matrix(name, *shape), identity(shape[0]), identity(shape[1])
    if name in forms:
        yield "psd"
    if X.T @ X - cols in own or X @ X.T - rows in own:
        yield "orthogonal" if shape[0] == shape[1] else "orthonormal_columns"
    if X @ X.T @ X - X in own:
        yield "partial_isometry"
    if shape[0] == shape[1]:
        special = list(_square_kinds(X, own))
        yield from special
        if not special and _polynomial(name, equations):
            yield "annihilated"
        if any(one.kind == "inverse" and name in free_names(one.term) for one in computed):
            yield "invertible"


def _square_kinds(X: Poly, own: set[Poly]) -> Iterator[str]:
    assert X.shape is not None
    symmetric = X - X.T in own
    if X @ X.T - X in own or X.T @ X - X in own or (symmetric and X @ X - X in own):
        yield "projector"
    elif X @ X - X in own:
        yield "idempotent"
    if X @ X - identity(X.shape[0]) in own:
        yield "involution"
    if X @ X in own:
        yield "nilpotent"
    if X @ X.T - X.T @ X in own:
        yield "normal"
    if X + X.T in own:
        yield "skew"
    if symmetric:
        yield "symmetric"


def _polynomial(name: str, equations: list[Poly]) -> tuple[Rational, ...] | None:
    """The coefficients of an equation p(X) = 0 of degree 2 or more in a square letter; they mention no other."""
    for equation in equations:
        if degree(equation, (name,)) < 2:
            continue
        plain = all(not scalars and not any(one.transposed for one in word) for scalars, word in equation.terms)
        if plain and equation.shape is not None and equation.shape[0] == equation.shape[1]:
            coefs = {len(word): coef for (_, word), coef in equation.terms.items()}
            return tuple(coefs.get(power, 0) for power in range(max(coefs) + 1))
    return None
