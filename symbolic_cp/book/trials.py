"""Formulas at an instance, quantifiers over matrices included: decided, or tried with finitely many values.

What evaluation or linear algebra decides is decided exactly, claims of degree at most two in what they quantify
included (`quadratics`), and claims about what can have but one value (a pseudoinverse, say). For the rest a universal
claim is tried with values (one that fails decides it), an existence claim too (one that fits decides it). An answer
says which it was, and how many values were tried: "holds as far as tried" is never passed off as more.

Main names: Answer, Examiner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice, product
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.check import is_linear
from symbolic_cp.book.deep_moves import suggested
from symbolic_cp.book.moves import directions, lowest, moves
from symbolic_cp.book.quadratics import exists_holds, for_all_holds
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Table, evaluate_nat
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    Or,
    Quantifier,
    Variable,
    instantiate,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.constructions import BROKEN_OFF, Delayed, deep, listed, part, ready, supposed
from symbolic_cp.prover.draw import determined, draw
from symbolic_cp.prover.numeric import Entry, from_instance, gathered, holds, insolvable, shape_of, to_instance
from symbolic_cp.prover.plan import Plan, plan
from symbolic_cp.prover.show import opened
from symbolic_cp.prover.task import (
    MOST_MEMBERS,
    Condition,
    Shape,
    Some,
    Unsupported,
    concrete,
    is_past,
    member_name,
    shapes,
)
from symbolic_cp.prover.zoo import number, ordinary

Decide = Callable[[Condition, Mapping[str, Shape], Mapping[str, Entry]], bool | None]
Nats = Mapping[str, int | Table]
Point = Mapping[str, Entry]
Key = tuple[tuple[str, object], ...]
Values = Mapping[str, Instance | Entry]
MOST_KEPT = 4_000

DISTANCES = (fmpq(1), fmpq(1, 100), fmpq(1, 10000))
"""What a distance delta is tried with."""
MOST_AXES = 256
"""So many choices of unit vectors are tried for the columns that a universal quantifier speaks of."""
SAMPLES = 6
"""So many random values are tried for a universal quantifier."""
CONSTRUCTED = 4
"""So many values, where for each of them something is constructed by a proof."""
DRAWS = 4
"""So often the unknowns of an existence claim are drawn."""
MOST_CANDIDATES = 250
MOST_WORK, SHAPING, DRAWING = 20_000, 100, 10
"""An examination ends after so many units of work, some seconds: a formula at values is one unit, a formula whose
shapes depend on a quantified number, and values that are drawn, are more."""
LARGEST_NAT = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a formula holds; `exact` unless that is only as far as it was tried, with so many values.

    `holds` is None where nothing is known.
    """

    holds: bool | None
    exact: bool = True
    tried: int = 0

    @property
    def true(self) -> bool:
        """Decided, and true."""
        return self.holds is True and self.exact

    @property
    def false(self) -> bool:
        """Decided, and false."""
        return self.holds is False and self.exact

    def negated(self) -> Answer:
        """The answer for the negation."""
        return Answer(None if self.holds is None else not self.holds, self.exact, self.tried)


UNKNOWN = Answer(None, exact=False)


def both(answers: Sequence[Answer]) -> Answer:
    """The answer for a conjunction.

    >>> both([Answer(True), Answer(True, False, 3)])
    Answer(holds=True, exact=False, tried=3)
    """
    tried = sum(one.tried for one in answers)
    if any(one.false for one in answers):
        return Answer(holds=False, exact=True, tried=tried)
    if any(one.holds is False for one in answers):
        return Answer(holds=False, exact=False, tried=tried)
    if any(one.holds is None for one in answers):
        return Answer(None, exact=False, tried=tried)
    return Answer(holds=True, exact=all(one.exact for one in answers), tried=tried)


def either(answers: Sequence[Answer]) -> Answer:
    """The answer for a disjunction."""
    return both([one.negated() for one in answers]).negated()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A quantified variable as the terms name it, and the name that a reader sees."""

    key: str
    hint: str
    variable: Variable

    @property
    def kind(self) -> str:
        """nat, scalar or matrix."""
        return self.variable.sort.kind

    def shape(self, nats: Nats) -> Shape:
        """Rows and columns of a matrix that is no member of a family."""
        sort = self.variable.sort
        return (evaluate_nat(sort.rows, nats), evaluate_nat(sort.cols, nats)) if self.kind == "matrix" else None


@dataclass(frozen=True, slots=True)
class Chain:
    """Variables of consecutive quantifiers, what is said about them, and the atoms that it supposes or demands."""

    unknowns: list[Unknown]
    body: Formula
    given: Formula | None


@dataclass(slots=True)
class Kept:
    """What is worked out once for all instances of a statement.

    By the identity of a formula, which is kept so that the identity stays its own: quantifiers that were opened; what
    the formula is at natural numbers (None: nothing that evaluation decides); and how values for it are drawn.
    """

    chains: dict[int, tuple[Formula, Chain]] = field(default_factory=dict)
    conditions: dict[tuple[int, Key], tuple[Formula, Condition | None]] = field(default_factory=dict)
    plans: dict[tuple[int, Key, Key], Plan | None] = field(default_factory=dict)

    def condition(self, formula: Formula, nats: Nats) -> Condition | None:
        """What the formula is at these natural numbers; None if it is not for evaluation."""
        key = id(formula), _key(nats)
        if key not in self.conditions:
            if len(self.conditions) >= MOST_KEPT:
                self.conditions.clear()
                self.plans.clear()
            condition: Condition | None = None
            with suppress(Unsupported, KernelError, KeyError):
                condition = concrete(formula, nats)
            self.conditions[key] = formula, condition
        return self.conditions[key][1]

    def plan(self, formula: Formula, nats: Nats, here: Mapping[str, Shape]) -> Plan | None:
        """How values for the letters of a formula are drawn; None if some of them are not here, or of other shapes."""
        condition = self.condition(formula, nats)
        key = id(formula), _key(nats), tuple(here.items())
        if key not in self.plans:
            asked = {} if condition is None else shapes(condition)
            known = condition is not None and all(here.get(name, ()) == shape for name, shape in asked.items())
            self.plans[key] = plan(condition, here) if condition is not None and known else None
        return self.plans[key]


@dataclass(slots=True)
class Examiner:
    """Answers for formulas at one instance.

    `nats` and `point` are its values (members of families as `E[2]`); `origin` has values by name that may serve as
    witnesses: those from which the instance was made. `kept` is for other instances of the same statement; a quantifier
    is tried with at most `most` values. `work` counts what was done: beyond `effort` nothing more is known, so that
    every examination ends. A quantified formula that occurs more than once is answered once (`answers`). Deterministic
    in the state of `rng`.
    """

    nats: Nats
    point: Point
    rng: Random
    origin: Mapping[str, Instance] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    most: int = MOST_CANDIDATES
    effort: int = MOST_WORK
    work: int = 0
    answers: dict[Formula, Answer] = field(default_factory=dict)

    def answer(self, formula: Formula, evidence: Delayed | None = None) -> Answer:
        """Whether the formula holds; what `evidence` constructs are the first witnesses that are tried."""
        with deep():
            return self._answer(formula, self.nats, self.point, evidence)

    def _answer(self, formula: Formula, nats: Nats, point: Point, evidence: Delayed | None = None) -> Answer:
        self.work += 1
        if self.work > self.effort:
            return UNKNOWN
        whole = evidence is None and nats is self.nats and point is self.point  # no bound variable has a value yet
        if not whole or not isinstance(formula, Quantifier):
            return self._worked_out(formula, nats, point, evidence)
        if formula not in self.answers:
            self.answers[formula] = self._worked_out(formula, nats, point, None)
        return self.answers[formula]

    def _worked_out(self, formula: Formula, nats: Nats, point: Point, evidence: Delayed | None) -> Answer:
        if evidence is not None and isinstance(formula, Exists):  # before all choices are gone through
            found = self._constructed(formula, nats, point, evidence)
            if found.holds:
                return found
        if evidence is None or isinstance(formula, Exists) or not asserts(formula):
            known = self._decided(formula, nats, point)
            if known is not None:
                return Answer(known)
        return self._taken_apart(formula, nats, point, evidence)

    def _taken_apart(self, formula: Formula, nats: Nats, point: Point, evidence: Delayed | None) -> Answer:
        if isinstance(formula, Implies):
            left = self._answer(formula.left, nats, point)
            if left.false:
                return Answer(holds=True, exact=True, tried=left.tried)
            given = Delayed(lambda: supposed(formula.left, _here(nats, point)))
            right = evidence and Delayed(lambda: evidence()(given))
            return either([left.negated(), self._answer(formula.right, nats, point, right)])
        if isinstance(formula, And | Or):
            parts = [self._answer(one, nats, point, its) for one, its in _sides(formula, evidence)]
            return both(parts) if isinstance(formula, And) else either(parts)
        if isinstance(formula, ForAll):
            every = self._every_nat if _is_nat(formula) else self._every
            return every(formula, nats, point, evidence)
        return self._some(formula, nats, point) if isinstance(formula, Exists) else UNKNOWN

    # ------------------------------------------------------------------------------------------------ for all

    def _every_nat(self, formula: ForAll, nats: Nats, point: Point, evidence: Delayed | None) -> Answer:
        """Every natural number that the guards allow; as far as tried, where they bound nothing."""
        found: list[Answer] = []
        shaping = _in_a_shape(formula.body, f"#{formula.height}")
        for k in range(MOST_MEMBERS):
            inside = {**nats, f"#{formula.height}": k}
            self.work += SHAPING * shaping
            body = instantiate(formula, nat(k)) if shaping else formula.body
            found.append(self._answer(body, inside, point, _applied(evidence, [k])))
            if found[-1].false or is_past(formula, nats, k):
                return both(found)
            if self.work > self.effort:
                return both([*found, UNKNOWN])
        return both([*found, Answer(holds=True, exact=False, tried=MOST_MEMBERS)])

    def _every(self, formula: ForAll, nats: Nats, point: Point, evidence: Delayed | None) -> Answer:
        """Values for all variables of a chain of quantifiers, and what is said about them with each."""
        try:
            chain = self._opened(formula, ForAll)
        except KernelError:  # a family of matrices whose shapes are bound outside of it
            return UNKNOWN
        unknowns, body = chain.unknowns, chain.body
        known = self._quadratic(for_all_holds, unknowns, body, nats, point)
        if known is not None:
            return Answer(known)
        inside = self._determined(chain, nats, point)
        if inside is not None:
            its = _applied(evidence, [inside[one.key] for one in unknowns])
            return self._answer(body, nats, inside, its)
        found: list[Answer] = []
        most = self.most if evidence is None or not asserts(body) else min(self.most, CONSTRUCTED)
        for values in islice(self._samples(chain, nats, point), most):
            placed = _placed(unknowns, values, nats, point)
            if placed is not None and not placed[2]:
                its = _applied(evidence, [values[one.hint] for one in unknowns])
                found.append(self._answer(body, placed[0], placed[1], its))
                if found[-1].false:
                    return Answer(holds=False, exact=True, tried=len(found))
        tried = len(found) + sum(one.tried for one in found)
        return Answer(both(found).holds if found else None, exact=False, tried=tried)

    def _samples(self, chain: Chain, nats: Nats, point: Point) -> Iterator[Values]:
        unknowns = chain.unknowns
        yield from self._suggested(unknowns, point)
        if any(one.variable.arity for one in unknowns):
            return
        try:
            sizes = [one.shape(nats) for one in unknowns]
        except KernelError:  # a dimension that has no value at this index
            return
        yield from self._axes(chain, sizes, nats, point)
        for _ in range(SAMPLES):
            matrices = [entry for entry in point.values() if isinstance(entry, fmpq_mat)]
            values: dict[str, Entry] = {}
            for one, shape in zip(unknowns, sizes, strict=True):
                values[one.hint] = number(self.rng) if shape is None else ordinary(self.rng, *shape, matrices)
            yield values

    def _axes(self, chain: Chain, sizes: Sequence[Shape], nats: Nats, point: Point) -> Iterator[Values]:
        """Unit vectors of the axes for all columns, with scalars that fit what is supposed: singular values, say."""
        shapes = {one.key: shape for one, shape in zip(chain.unknowns, sizes, strict=True)}
        columns = [(name, shape[0]) for name, shape in shapes.items() if shape is not None]
        if chain.given is None or not columns or any(shape is not None and shape[1] != 1 for shape in sizes):
            return
        here = {name: shape_of(entry) for name, entry in point.items()}
        way = self.kept.plan(chain.given, nats, here | shapes)
        if way is None:
            return
        for places in islice(product(*(range(rows) for _, rows in columns)), MOST_AXES):
            self.work += 1
            axes = {name: _axis(rows, place) for (name, rows), place in zip(columns, places, strict=True)}
            drawn = draw(way, self.rng, {**point, **axes})
            if drawn is not None:
                yield {one.hint: drawn[one.key] for one in chain.unknowns}

    # ---------------------------------------------------------------------------------------------- there are

    def _some(self, formula: Exists, nats: Nats, point: Point) -> Answer:
        """Values for all variables of a chain of quantifiers with which the rest holds."""
        try:
            chain = self._opened(formula, Exists)
        except KernelError:  # as above
            return UNKNOWN
        unknowns, body = chain.unknowns, chain.body
        known = self._quadratic(exists_holds, unknowns, body, nats, point)
        if known is not None:
            return Answer(known)
        inside = self._determined(chain, nats, point)
        if inside is not None:
            return self._answer(body, nats, inside)
        best, tried, conclusive = UNKNOWN, 0, True
        for values in islice(self._candidates(unknowns, point), self.most):
            for chosen in _with_nats(unknowns, values):
                one = self._with(unknowns, body, chosen, nats, point)
                if one is None:
                    continue
                tried += 1
                if one.true:
                    return Answer(holds=True, exact=True, tried=tried)
                best = one if one.holds else best
                conclusive = conclusive and one.false
        if best.holds:
            return Answer(holds=True, exact=False, tried=tried)
        if _is_nat(formula):
            found = self._some_nat(formula, nats, point)
            if found.holds is not None:
                return found
        return Answer(holds=False if tried and conclusive else None, exact=False, tried=tried)

    def _some_nat(self, formula: Exists, nats: Nats, point: Point) -> Answer:
        """One of all natural numbers that the guards allow; unknown where they bound nothing."""
        found: list[Answer] = []
        for k in range(MOST_MEMBERS):
            found.append(self._answer(instantiate(formula, nat(k)), nats, point))
            if found[-1].true or is_past(formula, nats, k):
                return either(found)
            if self.work > self.effort:
                break
        return UNKNOWN

    def _constructed(self, formula: Exists, nats: Nats, point: Point, evidence: Delayed) -> Answer:
        """The answer with the witnesses that the evidence has; unknown where it has none."""
        values, rest = dict[str, Instance](), evidence
        try:
            chain = self._opened(formula, Exists)
            for one in chain.unknowns:
                witness, rest = rest()
                numbers = [value for value in (*nats.values(), *values.values()) if isinstance(value, int)]
                values[one.hint] = listed(witness(), 1 + max(numbers, default=0))
        except BROKEN_OFF:
            return UNKNOWN
        placed = _placed(chain.unknowns, values, nats, point)
        return UNKNOWN if placed is None or placed[2] else self._answer(chain.body, placed[0], placed[1], rest)

    def _candidates(self, unknowns: Sequence[Unknown], point: Point) -> Iterator[Values]:
        if self.origin:
            yield dict(self.origin)
            yield from _members(unknowns, self.origin)
        yield from self._suggested(unknowns, point)
        for _ in range(DRAWS):
            yield {}

    def _with(
        self, unknowns: Sequence[Unknown], body: Formula, values: Values, nats: Nats, point: Point
    ) -> Answer | None:
        """The answer with these values; what they leave out is drawn. None if that leads nowhere."""
        placed = _placed(unknowns, values, nats, point)
        if placed is None:
            return None
        inside, fixed, left = placed
        if not left:
            return self._answer(body, inside, fixed)
        here: dict[str, Shape] = {name: shape_of(entry) for name, entry in fixed.items()}
        way = self.kept.plan(body, inside, here | {one.key: one.shape(inside) for one in left})
        if way is None:
            return None  # a member of a family that the instance does not have, or has in another shape
        self.work += DRAWING
        drawn = draw(way, self.rng, fixed)
        return None if drawn is None else self._answer(body, inside, drawn)

    def _quadratic(
        self, decide: Decide, unknowns: Sequence[Unknown], body: Formula, nats: Nats, point: Point
    ) -> bool | None:
        """What linear algebra decides about matrices and scalars that occur at most twice in a product."""
        if any(one.kind == "nat" or one.variable.arity for one in unknowns):
            return None
        condition = self.kept.condition(body, nats)
        if condition is None:
            return None
        try:
            return decide(condition, {one.key: one.shape(nats) for one in unknowns}, point)
        except (Unsupported, KernelError):
            return None

    def _determined(self, chain: Chain, nats: Nats, point: Point) -> dict[str, Entry] | None:
        """The point with the only values of the unknowns that count, where there is no choice: a pseudoinverse, say.

        For all others something fails that a universal claim supposes, or an existence claim demands.
        """
        if chain.given is None or any(one.kind == "nat" or one.variable.arity for one in chain.unknowns):
            return None
        try:
            here: dict[str, Shape] = {name: shape_of(entry) for name, entry in point.items()}
            way = self.kept.plan(chain.given, nats, here | {one.key: one.shape(nats) for one in chain.unknowns})
        except KernelError:  # a dimension that has no value at this index
            return None
        return None if way is None else determined(way, point, [one.key for one in chain.unknowns])

    def _decided(self, formula: Formula, nats: Nats, point: Point) -> bool | None:
        """What evaluation and linear algebra decide."""
        if isinstance(formula, Falsum):
            return False
        condition = self.kept.condition(formula, nats)
        if condition is None:
            return None
        try:
            found = holds(condition, point)
        except KeyError:
            return None
        if found is None and isinstance(condition, Some) and is_linear(condition):
            return insolvable(condition, point) is None
        return found

    def _opened(self, formula: Quantifier, kind: type[Quantifier]) -> Chain:
        """Consecutive quantifiers, with names of their own for the variables. Raises KernelError."""
        if id(formula) not in self.kept.chains:
            if len(self.kept.chains) >= MOST_KEPT:  # formulas at a number are made anew for every instance
                self.kept.chains.clear()
            taken = frozenset({*self.nats, *(name.partition("[")[0] for name in self.point)})
            self.kept.chains[id(formula)] = formula, _chain(formula, kind, taken)
        return self.kept.chains[id(formula)][1]

    def _suggested(self, unknowns: Sequence[Unknown], point: Point) -> Iterator[Values]:
        """Distances; for a network, points near it and directions."""
        names = [one.hint for one in unknowns]
        yield from suggested(names, point, self.rng)
        network = [point.get(name) for name in ("X", "Y", "A1", "A2")]
        if len(names) == 1 and unknowns[0].kind == "scalar":
            yield from ({names[0]: distance} for distance in DISTANCES)
        if any(one is None for one in network) or not all(isinstance(one, fmpq_mat) for one in network):
            return
        X, Y, A1, A2 = (one for one in network if isinstance(one, fmpq_mat))
        shapes = [(A1.nrows(), A1.ncols()), (A2.nrows(), A2.ncols())]
        if Y.ncols() != X.ncols() or shapes[0][1] != X.nrows() or shapes[1] != (Y.nrows(), A1.nrows()):
            return
        if names[:2] == ["B1", "B2"]:
            B1, B2 = lowest(X, Y, A1.nrows())
            yield {"B1": B1, "B2": B2}
            yield from ({"B1": B1, "B2": B2} for B1, B2 in moves(X, Y, A1, A2, self.rng))
        elif names[:2] == ["D1", "D2"]:
            yield from ({"D1": D1, "D2": D2} for D1, D2 in directions(X, Y, A1, A2, self.rng))


# ------------------------------------------------------------------------------------------------------- helpers


def _axis(rows: int, place: int) -> fmpq_mat:
    return fmpq_mat(rows, 1, [int(i == place) for i in range(rows)])


def _key(nats: Nats) -> Key:
    """Natural numbers as a key."""
    listed = sorted(nats.items(), key=lambda pair: pair[0])
    return tuple((name, one if isinstance(one, int) else tuple(one.entries.items())) for name, one in listed)


def _here(nats: Nats, point: Point) -> dict[str, Delayed]:
    """The values here, as constructions take them."""
    found: dict[str, Delayed] = {name: ready(value) for name, value in nats.items()}
    return found | {name: ready(value) for name, value in gathered(point).items()}


def _sides(
    formula: And | Or, evidence: Delayed | None
) -> list[tuple[Formula, Delayed | None]]:
    """The two parts, each with its evidence."""
    if evidence is None:
        return [(formula.left, None), (formula.right, None)]
    if isinstance(formula, And):
        return [(formula.left, part(evidence, 0)), (formula.right, part(evidence, 1))]
    try:
        first, its = evidence()
    except BROKEN_OFF:
        return [(formula.left, None), (formula.right, None)]
    return [(formula.left, its if first else None), (formula.right, None if first else its)]


def _applied(evidence: Delayed | None, values: Sequence[Instance | Entry]) -> Delayed | None:
    """The evidence for a universal formula at these values."""
    if evidence is None:
        return None
    applied = evidence
    for value in values:
        one = to_instance(value) if isinstance(value, fmpq | fmpq_mat) else value
        applied = Delayed(lambda before=applied, one=one: before()(ready(one)))  # type: ignore[misc]
    return applied


def _in_a_shape(formula: Formula, name: str) -> bool:
    """Whether a quantified matrix has a shape that mentions the index."""
    if isinstance(formula, Quantifier):
        sort = formula.sort
        return name in sort.rows.names | sort.cols.names or _in_a_shape(formula.body, name)
    return isinstance(formula, Connective) and (_in_a_shape(formula.left, name) or _in_a_shape(formula.right, name))


def asserts(formula: Formula) -> bool:
    """Whether a formula says that something exists, other than by what it supposes."""
    if isinstance(formula, Implies):
        return asserts(formula.right)
    if isinstance(formula, Connective):
        return asserts(formula.left) or asserts(formula.right)
    return isinstance(formula, Exists) or (isinstance(formula, ForAll) and asserts(formula.body))


def _is_nat(formula: Quantifier) -> bool:
    return formula.sort.kind == "nat" and not formula.arity


def _chain(formula: Formula, kind: type[Quantifier], taken: frozenset[str]) -> Chain:
    """The variables of consecutive quantifiers, and what is said about them."""
    found: list[Unknown] = []
    while isinstance(formula, Quantifier) and isinstance(formula, kind) and (kind is Exists or not _is_nat(formula)):
        hint = formula.hint
        variable, formula = opened(formula, taken)
        taken |= {variable.name}
        found.append(Unknown(variable.name, hint, variable))
    given: Formula | None = None
    for atom in _demanded(formula) if kind is Exists else _supposed(formula):
        given = atom if given is None else And(given, atom)
    return Chain(found, formula, given)


def _supposed(formula: Formula) -> Iterator[Atom]:
    """The atoms that implications suppose, one after the other."""
    while isinstance(formula, Implies):
        yield from _demanded(formula.left)
        formula = formula.right


def _demanded(formula: Formula) -> Iterator[Atom]:
    """The atoms of a conjunction."""
    if isinstance(formula, And):
        yield from _demanded(formula.left)
        yield from _demanded(formula.right)
    elif isinstance(formula, Atom):
        yield formula


def _members(unknowns: Sequence[Unknown], origin: Mapping[str, Instance]) -> Iterator[Values]:
    """Members of families of the same name, for an unknown that is no family."""
    for one in unknowns:
        family = origin.get(one.hint)
        if not one.variable.arity and isinstance(family, Table) and one.kind == "matrix":
            for member in family.entries.values():
                yield {**{name: value for name, value in origin.items() if name != one.hint}, one.hint: member}


def _with_nats(unknowns: Sequence[Unknown], values: Values) -> Iterator[Values]:
    """The values, with every choice of small natural numbers for those they leave out, if these are one or two."""
    left = [one.hint for one in unknowns if one.kind == "nat" and not _fits_nat(one, values.get(one.hint))]
    if len(left) > 2 or any(one.variable.arity for one in unknowns if one.hint in left):
        return
    for numbers in product(range(LARGEST_NAT + 1), repeat=len(left)):
        yield {**values, **dict(zip(left, numbers, strict=True))}


def _fits_nat(one: Unknown, value: Instance | Entry | None) -> bool:
    return isinstance(value, Table) if one.variable.arity else isinstance(value, int)


def _placed(
    unknowns: Sequence[Unknown], values: Values, nats: Nats, point: Point
) -> tuple[dict[str, int | Table], dict[str, Entry], list[Unknown]] | None:
    """Natural numbers and point with the values put in, and the unknowns that have none; None if a family has none."""
    inside, fixed, left = dict(nats), dict(point), list[Unknown]()
    for one in unknowns:
        value = values.get(one.hint)
        if one.kind == "nat":
            if not isinstance(value, int | Table):
                return None
            inside[one.key] = value
        elif one.variable.arity:
            if not isinstance(value, Table):
                return None
            fixed |= {member_name(one.key, index): from_instance(entry) for index, entry in value.entries.items()}
        else:
            try:
                entry = _entry(value, one.shape(inside))
            except KernelError:
                return None
            if entry is None:
                left.append(one)
            else:
                fixed[one.key] = entry
    return inside, fixed, left


def _entry(value: Instance | Entry | None, shape: Shape) -> Entry | None:
    """The value, if it is a number or a matrix of this shape."""
    if value is None or isinstance(value, Table):
        return None
    entry = value if isinstance(value, fmpq | fmpq_mat) else from_instance(value)
    return entry if shape_of(entry) == shape else None


def _shape(entry: Entry) -> Shape:
    return (entry.nrows(), entry.ncols()) if isinstance(entry, fmpq_mat) else None
