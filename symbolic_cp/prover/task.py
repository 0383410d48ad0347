"""A goal seen from its instances: dimensions are chosen, and what remains are conditions on numbers and matrices.

`task` takes the outer quantifiers and implications of a goal apart. `Task.at` puts numbers for the natural numbers:
bounded quantifiers unfold, members of families become letters of their own (`E[2]`), shapes become numbers. What
evaluation cannot decide is brought into a form that linear algebra decides: `Psd` for `all x. tr(x'Mx) >= 0`, an
equation of coefficients for an equation that is linear in what it quantifies, `Some` for an existence claim.

Main names: task, Task, Condition. Raises Unsupported for formulas with any other quantifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import matmul

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Table, evaluate_nat
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Equal,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Positive,
    Quantifier,
    Variable,
    free_names,
)
from symbolic_cp.kernel.terms import Generator, Letter, Monomial, Poly, Rational, Word, cyclic, identity, letter, nat
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.show import opened

Nats = Mapping[str, int | Table]
MOST_MEMBERS = 64
"""A bounded quantifier with more members than this is not unfolded."""


class Unsupported(Exception):
    """The formula has a quantifier that instances do not decide."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Psd:
    """A symmetric n x n matrix is positive semidefinite (as a form: its symmetric part counts)."""

    term: Poly


@dataclass(frozen=True, slots=True)
class Some:
    """There are values for the unknowns with which the part holds."""

    unknowns: tuple[str, ...]
    part: Condition


Condition = bool | Atom | All | Any | Not | Psd | Some
Shape = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Task:
    """For all `variables`: `hypotheses` imply `claim`, where the claim starts with neither.

    `hidden` are variables that a hypothesis asserts to exist, `nats` the natural numbers among `variables`, each with
    the least value that it is given: 1 for dimensions, else 0.
    """

    variables: tuple[Variable, ...]
    hidden: tuple[Variable, ...]
    hypotheses: tuple[Formula, ...]
    claim: Formula
    nats: Mapping[str, int]

    def numerical(self) -> list[Formula]:
        """The hypotheses that speak of natural numbers alone."""
        return [one for one in self.hypotheses if free_names(one) <= set(self.nats) and not _quantified_sorts(one)]

    def at(self, nats: Nats) -> tuple[Condition, Condition, dict[str, Shape]]:
        """Hypotheses, claim and unknowns (with their shapes) at these natural numbers. Raises Unsupported."""
        given = _all(concrete(formula, nats) for formula in self.hypotheses)
        claim = concrete(self.claim, nats)
        unknowns: dict[str, Shape] = {}
        for variable in (*self.variables, *self.hidden):
            if variable.sort.kind != "nat" and not variable.arity:
                sort = variable.sort
                matrix = sort.kind == "matrix"
                unknowns[variable.name] = (
                    (evaluate_nat(sort.rows, nats), evaluate_nat(sort.cols, nats)) if matrix else None
                )
        for condition in (given, claim):
            unknowns |= shapes(condition)
        return given, claim, unknowns


def task(goal: Goal, least_dimension: int = 1) -> Task:
    """Take a goal apart into variables, hypotheses and what they are said to imply."""
    variables, hidden = list(goal.variables), list[Variable]()
    hypotheses = [hypothesis.formula for hypothesis in goal.hypotheses]
    claim = goal.claim
    names = {variable.name for variable in variables}.union(*map(free_names, [claim, *hypotheses]))
    while isinstance(claim, ForAll | Implies):
        if isinstance(claim, Implies):
            hypotheses.append(claim.left)
            claim = claim.right
        else:
            variable, claim = opened(claim, frozenset(names))
            names.add(variable.name)
            variables.append(variable)
    flat: list[Formula] = []
    while hypotheses:
        formula = hypotheses.pop(0)
        if isinstance(formula, And):
            hypotheses[:0] = [formula.left, formula.right]
        elif isinstance(formula, Exists) and formula.sort.kind != "nat":
            variable, body = opened(formula, frozenset(names))
            names.add(variable.name)
            hidden.append(variable)
            hypotheses.insert(0, body)
        else:
            flat.append(formula)
    dimensions = _dimensions(variables, hidden, [*flat, claim])
    nats = {one.name: least_dimension * (one.name in dimensions) for one in variables if one.sort.kind == "nat"}
    return Task(tuple(variables), tuple(hidden), tuple(flat), claim, nats)


def _dimensions(variables: list[Variable], hidden: list[Variable], formulas: list[Formula]) -> set[str]:
    """The natural numbers that stand in a shape."""
    terms = [side for one in (*variables, *hidden) for side in (one.sort.rows, one.sort.cols)]
    for formula in formulas:
        terms += [side for one in quantifiers(formula) for side in (one.sort.rows, one.sort.cols)]
    return {name for term in terms for (name, _), _ in term.atoms}


def _quantified_sorts(formula: Formula) -> bool:
    return any(one.sort.kind != "nat" for one in quantifiers(formula))


def quantifiers(formula: Formula) -> Iterator[Quantifier]:
    """All quantifiers in a formula, outer ones first."""
    if isinstance(formula, Connective):
        yield from quantifiers(formula.left)
        yield from quantifiers(formula.right)
    elif isinstance(formula, Quantifier):
        yield formula
        yield from quantifiers(formula.body)


# ------------------------------------------------------------------------------------- formulas at given dimensions


def member_name(name: str, indices: tuple[int, ...]) -> str:
    """The letter that stands for a member of a family; for no indices the name itself.

    >>> member_name("E", (2,)), member_name("A", ())
    ('E[2]', 'A')
    """
    return f"{name}[{','.join(map(str, indices))}]" if indices else name


def concrete(formula: Formula, nats: Nats) -> Condition:
    """The condition that a formula is at these natural numbers. Raises Unsupported."""
    if isinstance(formula, Atom):
        return _atom(type(formula), concrete_poly(formula.term, nats))
    if isinstance(formula, Falsum):
        return False
    if isinstance(formula, Connective):
        left = concrete(formula.left, nats)
        if isinstance(formula, Implies):
            left = _not(left)
        elif isinstance(formula, And):
            return left if left is False else _all([left, concrete(formula.right, nats)])
        return left if left is True else _any([left, concrete(formula.right, nats)])
    if formula.sort.kind == "nat":
        members = _members(formula, nats)
        return _all(members) if isinstance(formula, ForAll) else _any(members)
    return _some(formula, nats) if isinstance(formula, Exists) else _for_all(formula, nats)


def _atom(kind: type[Atom], term: Poly) -> Condition:
    if any(scalars or word for scalars, word in term.terms) or (term.shape and term.terms):
        return kind(term)
    value = term.terms.get(((), ()), 0)
    return value > 0 if issubclass(kind, Positive) else value == 0 or (value > 0 and issubclass(kind, NonNegative))


def _not(condition: Condition) -> Condition:
    return not condition if isinstance(condition, bool) else Not(condition)


def _all(conditions: Iterator[Condition] | list[Condition]) -> Condition:
    found: list[Condition] = []
    for one in conditions:
        if one is False:
            return False
        found += one.parts if isinstance(one, All) else [one] if one is not True else []
    return True if not found else found[0] if len(found) == 1 else All(tuple(found))


def _any(conditions: Iterator[Condition] | list[Condition]) -> Condition:
    found: list[Condition] = []
    for one in conditions:
        if one is True:
            return True
        found += one.parts if isinstance(one, Any) else [one] if one is not False else []
    return False if not found else found[0] if len(found) == 1 else Any(tuple(found))


def _members(formula: Quantifier, nats: Nats) -> Iterator[Condition]:
    """The body at every natural number that its guards allow."""
    if formula.arity:
        raise Unsupported("a quantified family")
    if not any(_guards(formula)):
        raise Unsupported("a quantified natural number without a bound")
    outside = isinstance(formula, ForAll)  # what the body is where a guard fails
    for k in range(MOST_MEMBERS):
        one = concrete(formula.body, {**nats, f"#{formula.height}": k})
        if isinstance(one, bool) and one is outside and is_past(formula, nats, k):
            return
        yield one
    raise Unsupported("a quantified natural number without a small bound")


def is_past(formula: Quantifier, nats: Nats, k: int) -> bool:
    """Whether a guard that falls with k fails at k: no further member counts."""
    for guard in _guards(formula):
        try:
            if concrete(guard, {**nats, f"#{formula.height}": k}) is False:
                return True
        except KernelError:
            pass  # a guard about something that is not chosen here bounds nothing
    return False


def _guards(formula: Quantifier) -> Iterator[Atom]:
    """The inequalities before the body that fall with the quantified number."""
    body, connective = formula.body, Implies if isinstance(formula, ForAll) else And
    own = ((Generator("nat", f"#{formula.height}"),), ())
    while isinstance(body, connective) or (isinstance(body, Quantifier) and _continues(body, formula)):
        if isinstance(body, Quantifier):  # the next of a chain: its guards may bound this one
            body = body.body
            continue
        if isinstance(body.left, Atom) and not isinstance(body.left, Equal) and body.left.term.terms.get(own, 0) < 0:
            yield body.left
        body = body.right


def _continues(inner: Quantifier, outer: Quantifier) -> bool:
    """Whether both quantify natural numbers, in the same way."""
    return type(inner) is type(outer) and inner.sort.kind == "nat" and not inner.arity


def concrete_poly(term: Poly, nats: Nats) -> Poly:
    """The term with numbers for its natural numbers and letters for members of families. Raises KernelError."""
    shape = term.shape and (nat(evaluate_nat(term.shape[0], nats)), nat(evaluate_nat(term.shape[1], nats)))
    total: dict[Monomial, Rational] = {}
    for (scalars, word), coef in term.terms.items():
        factor = coef
        kept: list[Generator] = []
        for generator in scalars:
            if generator.kind == "nat":
                factor *= evaluate_nat(nat(generator.name, *generator.args), nats)
            else:
                kept.append(_generator(generator, nats))
        key = tuple(sorted(kept, key=lambda one: one.key)), tuple(_letter(one, nats) for one in word)
        total[key] = total.get(key, 0) + factor
    return Poly(shape, total)


def _letter(one: Letter, nats: Nats) -> Letter:
    rows, cols = nat(evaluate_nat(one.rows, nats)), nat(evaluate_nat(one.cols, nats))
    name = member_name(one.name, tuple(evaluate_nat(arg, nats) for arg in one.args))
    return Letter(name, (), rows, cols, one.transposed, one.entries)


def _generator(generator: Generator, nats: Nats) -> Generator:
    if generator.kind == "trace":
        return Generator("trace", word=cyclic(tuple(_letter(one, nats) for one in generator.word)))
    return Generator("scalar", member_name(generator.name, tuple(evaluate_nat(arg, nats) for arg in generator.args)))


# ----------------------------------------------------------------------------------------- quantifiers over matrices


def _for_all(formula: Quantifier, nats: Nats) -> Condition:
    """A universal quantifier over a scalar or matrix, if coefficients decide it."""
    if formula.arity:
        raise Unsupported("a quantified family")
    name = f"#{formula.height}"
    body = concrete(formula.body, nats)
    return _all([_coefficients(one, name) for one in (body.parts if isinstance(body, All) else [body])])


def _coefficients(condition: Condition, name: str) -> Condition:
    if isinstance(condition, bool) or all(other != name for other, _ in _letters(condition)):
        return condition
    if isinstance(condition, Equal) and condition.term.shape is None:
        rest, slope = linear_part(condition.term, name)
        return _all([_atom(Equal, rest), _atom(Equal, slope)])
    if isinstance(condition, NonNegative):
        return Psd(quadratic_part(condition.term, name))
    raise Unsupported("a quantifier over matrices")


def linear_part(term: Poly, name: str) -> tuple[Poly, Poly]:
    """A scalar term as rest + tr(slope X), X the letter (or scalar) of that name. Raises Unsupported otherwise."""
    rest, slope = Poly(None, {}), None
    for (scalars, word), coef in term.terms.items():
        inside = [one for one in scalars if one.name == name or any(a.name == name for a in one.word)]
        head = Poly(None, {(tuple(one for one in scalars if one not in inside), ()): coef})
        if not inside:
            rest = rest + Poly(None, {(scalars, word): coef})
            continue
        if len(inside) > 1 or sum(a.name == name for a in inside[0].word) > 1:
            raise Unsupported("a quantifier over matrices")
        piece = head * (_around(inside[0].word, name) if inside[0].kind == "trace" else 1)
        slope = piece if slope is None else slope + piece
    if slope is None:
        raise Unsupported("a quantifier over a letter that does not occur")
    return rest, slope


def _around(word: Word, name: str) -> Poly:
    """W with tr(word) = tr(W X), X the letter of that name, which occurs once."""
    i = next(i for i, one in enumerate(word) if one.name == name)
    shape = word[i].shape
    rest = reduce(matmul, map(letter, word[i + 1 :] + word[:i]), identity(shape[1]))
    return rest.T if word[i].transposed else rest


def quadratic_part(term: Poly, name: str) -> Poly:
    """M with term = tr(x' M x), x the letter of that name. Raises Unsupported if the term is not of this form."""
    total = None
    for (scalars, word), coef in term.terms.items():
        inside = [one for one in scalars if any(a.name == name for a in one.word)]
        places = [i for i, a in enumerate(inside[0].word) if a.name == name] if len(inside) == 1 else []
        if len(places) != 2 or word:
            raise Unsupported("a quantifier over matrices")
        turned = inside[0].word[places[0] :] + inside[0].word[: places[0]]
        if not turned[0].transposed:  # x ... x' ...: start at the other one
            turned = inside[0].word[places[1] :] + inside[0].word[: places[1]]
        second = next(i for i, a in enumerate(turned) if a.name == name and i > 0)
        if not turned[0].transposed or turned[second].transposed or second != len(turned) - 1:
            raise Unsupported("a quantifier over matrices")
        head = Poly(None, {(tuple(one for one in scalars if one not in inside), ()): coef})
        middle = reduce(matmul, map(letter, turned[1:second]), identity(turned[0].shape[1]))
        total = head * middle if total is None else total + head * middle
    if total is None:
        raise Unsupported("a quantifier over matrices")
    return total


def _some(formula: Exists, nats: Nats) -> Condition:
    """An existence claim over scalars and matrices."""
    body: Formula = formula
    unknowns: list[str] = []
    while isinstance(body, Exists) and body.sort.kind != "nat":
        if body.arity:
            raise Unsupported("a quantified family")
        unknowns.append(f"#{body.height}")
        body = body.body
    inside = concrete(body, nats)
    return inside if isinstance(inside, bool) else Some(tuple(unknowns), inside)


def _letters(condition: Condition) -> Iterator[tuple[str, Shape]]:
    """Every letter and scalar of a condition with its shape."""
    if isinstance(condition, Atom | Psd):
        for scalars, word in condition.term.terms:
            for one in (*word, *(one for generator in scalars for one in generator.word)):
                if one.entries is None:
                    yield one.name, (one.rows.const, one.cols.const)
            yield from ((generator.name, None) for generator in scalars if generator.kind != "trace")
    elif isinstance(condition, All | Any):
        for part in condition.parts:
            yield from _letters(part)
    elif isinstance(condition, Not | Some):
        yield from _letters(condition.part)


def letters(condition: Condition) -> frozenset[str]:
    """The names of the letters and scalars of a condition, without those that it quantifies."""
    return frozenset(name for name, _ in _letters(condition) if name[0] != "#")


def shapes(condition: Condition) -> dict[str, Shape]:
    """The letters and scalars of a condition with their shapes, without those that it quantifies."""
    return {name: shape for name, shape in _letters(condition) if name[0] != "#"}
