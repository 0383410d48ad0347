"""What a proof of existence constructs, at given exact values.

The logic decides nothing but formulas without quantifiers, so every proof that something exists is a construction,
and can be carried out where exact values are given for its variables. What it yields is *evidence* for a formula
(realizability: Kleene, On the interpretation of intuitionistic number theory, 1945):

* for an equation, an inequality or falsum: nothing (None);
* for "phi and psi": a pair; for "phi or psi": whether the first holds, and evidence for that one;
* for "phi -> psi": a function of evidence; for "for all x. phi": a function of values;
* for "there is x. phi": a value, and evidence for what is said about it.

Values are those of the kernel's evaluation; a family is a `Table` whose members are worked out when they are asked
for. Everything is delayed until somebody asks: a spectrum that a proof mentions only to show an equation is never
computed. Facts of the ledger are carried out by exact linear algebra, as far as rational numbers go.

Nothing is believed because of this: it finds witnesses, and evaluation decides what holds of them.

Main names: Construction, Evidence, supposed, NotConstructed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from math import isqrt
from typing import Any, cast

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.linear import pinv
from symbolic_cp.exact.matrices import is_zero
from symbolic_cp.exact.spectrum import eigenprojector, spectrum
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, evaluate_formula, evaluate_nat, evaluate_poly
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Exists,
    Falsum,
    Family,
    ForAll,
    Formula,
    Implies,
    Or,
    Value,
    Variable,
    generic,
    instantiate,
)
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Nat, Poly
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.numeric import from_instance, to_instance

Evidence = Any
"""None, a pair of `Delayed`, a pair of a truth value and a `Delayed`, or a function of a `Delayed`."""
Here = Mapping[str, "Delayed"]
DEEPEST = 6_000
"""Proofs are followed so deep, as their lemmas are nested: twice what the book needs, and a third of what the stack of
the process bears. A deeper one breaks off with RecursionError."""
LARGEST_CHOICE = 1_000
"""A natural number that a hypothesis says to exist is looked for so far."""
HEIGHT, MOST_VECTORS = 6, 4_000
"""Unit vectors in a space are looked for among combinations of columns with such coefficients."""


class NotConstructed(Exception):
    """A construction leads out of the rational numbers, or needs something that a hypothesis only says to exist."""


BROKEN_OFF = (NotConstructed, KernelError, RecursionError)
"""How a construction may end without a witness."""


class Delayed:
    """Something that is worked out once, when it is asked for by a call."""

    __slots__ = ("_made", "_way")

    def __init__(self, way: Callable[[], Any]) -> None:
        self._way: Callable[[], Any] | None = way
        self._made: Any = None

    def __call__(self) -> Any:  # noqa: D102, ANN401 - what it is
        if self._way is not None:
            self._made = self._way()
            self._way = None
        return self._made


def ready(value: object) -> Delayed:
    """Something that is there already."""
    made = Delayed(lambda: value)
    made()
    return made


def part(pair: Delayed, side: int) -> Delayed:
    """One of two things that are delayed themselves."""
    return Delayed(lambda: pair()[side]())  # noqa: PLW0108 - not before it is asked for


NOTHING = ready(None)


class Members(Mapping[tuple[int, ...], Any]):
    """The members of a family, worked out when they are asked for; `listed` has those up to an index."""

    def __init__(self, arity: int, member: Callable[[tuple[int, ...]], Any]) -> None:
        self.arity, self._member, self._made = arity, member, dict[tuple[int, ...], Any]()

    def __getitem__(self, index: tuple[int, ...]) -> Any:  # noqa: ANN401 - a number or a matrix
        if index not in self._made:
            self._made[index] = self._member(index)
        return self._made[index]

    def __contains__(self, index: object) -> bool:
        return True  # where there is no such member, asking for it says why

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def listed(value: Instance, last: int) -> Instance:
    """A family as a table of its members with indices up to `last`, as far as there are any."""
    if not isinstance(value, Table) or not isinstance(value.entries, Members):
        return value
    found: dict[tuple[int, ...], Any] = {}
    for index in product(range(last + 1), repeat=value.entries.arity):
        try:
            found[index] = value.entries[index]
        except BROKEN_OFF:
            continue
    return Table(found)


def obstacle(formula: Exists, evidence: Delayed, last: int) -> str:
    """Why a witness for an existence claim, or a member of one up to an index, is not there; empty if all are."""
    with deep():
        claim: Formula = formula
        while isinstance(claim, Exists):
            try:
                witness, evidence = evidence()
                value = witness()
                members = value.entries if isinstance(value, Table) else {}
                for index in product(range(last + 1), repeat=members.arity if isinstance(members, Members) else 0):
                    with suppress(KernelError, KeyError):
                        members[index]
            except NotConstructed as error:
                return str(error)
            except (KernelError, RecursionError):
                return ""
            claim = claim.body
    return ""


@contextmanager
def deep() -> Iterator[None]:
    """Room for following proofs whose lemmas are nested."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _needed(names: frozenset[str], here: Here) -> dict[str, Instance]:
    return {name: here[name]() for name in names if name in here}


# ------------------------------------------------------------------------------------------ what is supposed to hold


def supposed(formula: Formula, here: Here) -> Evidence:
    """Evidence for a formula that holds at these values. Raises NotConstructed where evaluation does not find it."""
    if isinstance(formula, Atom | Falsum):
        return None
    if isinstance(formula, And):
        return Delayed(lambda: supposed(formula.left, here)), Delayed(lambda: supposed(formula.right, here))
    if isinstance(formula, Implies):
        return lambda _: supposed(formula.right, here)
    if isinstance(formula, ForAll):
        return lambda value: supposed(formula.body, {**here, f"#{formula.height}": value})
    if isinstance(formula, Or):
        first = _holds(formula.left, here)
        return first, Delayed(lambda: supposed(formula.left if first else formula.right, here))
    assert isinstance(formula, Exists)
    value = _member(formula, here)
    return value, Delayed(lambda: supposed(formula.body, {**here, f"#{formula.height}": value}))


def _member(formula: Exists, here: Here) -> Delayed:
    """What a hypothesis says to exist: a natural number by trying, else what the instance has under its name."""
    if formula.sort.kind == "nat" and not formula.arity:
        for k in range(LARGEST_CHOICE):
            if _holds(formula.body, {**here, f"#{formula.height}": ready(k)}):
                return ready(k)
    if formula.hint not in here:
        raise NotConstructed(f"a hypothesis only says that there is some {formula.hint}")
    return here[formula.hint]


def _holds(formula: Formula, here: Here) -> bool:
    try:
        return evaluate_formula(formula, _needed(formula.names, here))
    except KernelError as error:
        raise NotConstructed(str(error)) from None


# -------------------------------------------------------------------------------------------------- following a proof


@dataclass(slots=True)
class Shared:
    """What all scopes of one construction share: values of terms, by the values of their names, and the outermost.

    `chosen` keeps what `exists_elim` supposes of what it names, by the identity of the theorem.
    """

    chosen: dict[int, Formula]
    values: dict[tuple[object, ...], Delayed] = field(default_factory=dict)
    outermost: Scope | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The values of free variables and the evidence for hypotheses, where a part of a proof is followed."""

    shared: Shared
    values: Here = field(default_factory=dict)
    given: Mapping[Formula, Delayed] = field(default_factory=dict)
    made: dict[int, Delayed] = field(default_factory=dict)

    def with_value(self, name: str, value: Delayed) -> Scope:
        """The scope within a quantifier, or where something that exists has a name."""
        return Scope(self.shared, {**self.values, name: value}, self.given)

    def with_given(self, formula: Formula, evidence: Delayed) -> Scope:
        """The scope under a hypothesis."""
        return Scope(self.shared, self.values, {**self.given, formula: evidence})

    def value(self, term: Value) -> Delayed:
        """What a term is here."""
        names = term.body.names if isinstance(term, Family) else term.names
        key = term, *[id(self.values[name]) for name in names if name in self.values]
        if key not in self.shared.values:
            self.shared.values[key] = Delayed(lambda: self._value(term))
        return self.shared.values[key]

    def _value(self, term: Value) -> Any:  # noqa: ANN401 - a number, a matrix or a table
        if isinstance(term, Family):
            needed = _needed(term.body.names, self.values)

            def member(index: tuple[int, ...]) -> Any:  # noqa: ANN401 - a number or a matrix
                return _evaluated(term.body, {**needed, **{f"~{i}": k for i, k in enumerate(index)}})

            return Table(Members(term.arity, member))
        return _evaluated(term, _needed(term.names, self.values))

    def evidence(self, theorem: Theorem) -> Delayed:
        """Evidence for a theorem here; for a closed one it is the same everywhere."""
        made = self.made.get(id(theorem))
        if made is None:
            outermost = self.shared.outermost
            if outermost is not None and outermost is not self and theorem.is_closed:
                made = outermost.evidence(theorem)
            else:
                made = Delayed(lambda: RULES[theorem.rule](theorem, self))
            self.made[id(theorem)] = made
        return made


def _evaluated(term: Nat | Poly, values: Mapping[str, Instance]) -> Any:  # noqa: ANN401 - a number or a matrix
    return evaluate_nat(term, values) if isinstance(term, Nat) else evaluate_poly(term, values)


@dataclass(frozen=True, slots=True)
class Construction:
    """The proof of a closed theorem, to be carried out at many instances."""

    theorem: Theorem
    _chosen: dict[int, Formula] = field(default_factory=dict, repr=False)

    def evidence(
        self, goal: Goal, values: Mapping[str, Instance], more: Sequence[Variable] | None = None
    ) -> Delayed:
        """Evidence for the claim of a goal, of which this is the theorem, at values by name.

        With `more`, the variables that the claim quantifies first, for what follows these and what it supposes.
        Cost: nothing yet; when it is used, the part of the proof that constructs. Using it raises NotConstructed,
        KernelError where a family has no such member, RecursionError (`BROKEN_OFF`); use it within `deep()`.
        """
        here: dict[str, Delayed] = {name: ready(value) for name, value in values.items()}
        for variable in (*goal.variables, *(more or ())):
            if variable.arity:
                here[variable.name] = ready(_everywhere(variable, values.get(variable.name), here))
        return Delayed(lambda: self._beneath(goal, here, more))

    def _beneath(self, goal: Goal, here: Here, more: Sequence[Variable] | None) -> Evidence:
        shared = Shared(self._chosen)
        shared.outermost = Scope(shared)
        found = shared.outermost.evidence(self.theorem)()
        for variable in goal.variables:
            found = found(_at(here, variable))
        for one in goal.hypotheses:
            found = found(Delayed(lambda one=one: supposed(one.formula, here)))  # type: ignore[misc]
        claim, left = goal.claim, [*(more or ())]
        while isinstance(claim, ForAll | Implies) and more is not None:
            if isinstance(claim, Implies):
                found = found(Delayed(lambda given=claim.left: supposed(given, here)))  # type: ignore[misc]
                claim = claim.right
            else:
                variable = left.pop(0)
                found, claim = found(_at(here, variable)), instantiate(claim, generic(variable))
        return found


def _at(here: Here, variable: Variable) -> Delayed:
    if variable.name not in here:
        raise NotConstructed(f"{variable.name} has no value")
    return here[variable.name]


def _everywhere(variable: Variable, value: Instance | None, here: Here) -> Table:
    """A family with zeros where the instance does not say what its members are, as nothing depends on them."""
    known = value.entries if isinstance(value, Table) else {}
    sort = variable.sort

    def member(index: tuple[int, ...]) -> int | Fraction | Matrix:
        if index in known:
            return known[index]
        if sort.kind != "matrix":
            return 0
        values = {**_needed(sort.rows.names | sort.cols.names, here), **{f"~{i}": k for i, k in enumerate(index)}}
        rows, cols = evaluate_nat(sort.rows, values), evaluate_nat(sort.cols, values)
        return Matrix(rows, cols, ((0,) * cols,) * rows)

    return Table(Members(variable.arity, member))


def _function(way: Callable[[Delayed], Evidence]) -> Evidence:
    """A function that is carried out once for each argument."""
    made: dict[int, tuple[Delayed, Evidence]] = {}

    def applied(argument: Delayed) -> Evidence:
        if id(argument) not in made:
            made[id(argument)] = argument, way(argument)
        return made[id(argument)][1]

    return applied


def _cases(theorem: Theorem, scope: Scope) -> Evidence:
    either, first, second = theorem.premises
    formula = either.conclusion
    assert isinstance(formula, Or)
    holds, evidence = scope.evidence(either)()
    case, branch = (formula.left, first) if holds else (formula.right, second)
    return scope.with_given(case, evidence).evidence(branch)()


def _exists_elim(theorem: Theorem, scope: Scope) -> Evidence:
    existence, premise = theorem.premises
    (name,) = theorem.parameters
    formula, pair = existence.conclusion, scope.evidence(existence)
    assert isinstance(formula, Exists)
    known = scope.shared.chosen
    if id(theorem) not in known:
        known[id(theorem)] = instantiate(formula, generic(Variable(name, formula.sort, formula.arity)))
    chosen = known[id(theorem)]
    inside = scope.with_value(name, part(pair, 0)).with_given(chosen, part(pair, 1))
    return inside.evidence(premise)()


def _implies_intro(theorem: Theorem, scope: Scope) -> Evidence:
    (formula,), (premise,) = theorem.parameters, theorem.premises
    return _function(lambda evidence: scope.with_given(formula, evidence).evidence(premise)())


def _implies_elim(theorem: Theorem, scope: Scope) -> Evidence:
    implication, premise = theorem.premises
    return scope.evidence(implication)()(scope.evidence(premise))


def _for_all_intro(theorem: Theorem, scope: Scope) -> Evidence:
    (variable,), (premise,) = theorem.parameters, theorem.premises
    return _function(lambda value: scope.with_value(variable.name, value).evidence(premise)())


def _chain(theorem: Theorem, scope: Scope) -> Evidence:
    """The states one after the other, each from the one before."""
    base, step = theorem.premises
    _, _, states, _, relation, start = theorem.parameters
    stages: list[tuple[list[Delayed], Delayed, Delayed]] = []
    stages.append(([scope.value(value) for value in start], scope.evidence(base), NOTHING))

    def stage(k: int) -> tuple[list[Delayed], Delayed, Delayed]:
        while len(stages) <= k:
            values, invariant, _ = stages[-1]
            stages.append(following(len(stages) - 1, values, invariant))
        return stages[k]

    def following(
        k: int, values: list[Delayed], invariant: Delayed
    ) -> tuple[list[Delayed], Delayed, Delayed]:
        def found() -> list[Delayed]:
            evidence = scope.evidence(step)()(ready(k))(NOTHING)
            for value in values:
                evidence = evidence(value)
            rest = Delayed(lambda: evidence(invariant))
            pairs = []
            for _ in states:
                value, rest = rest()
                pairs.append(value)
            return [*pairs, rest]

        made = Delayed(found)
        last = part(made, -1)
        upcoming = [part(made, i) for i in range(len(states))]
        if relation is None:
            return upcoming, last, NOTHING
        return upcoming, part(last, 0), part(last, 1)

    def table(i: int) -> Instance:
        return Table(Members(1, lambda index: stage(index[0])[0][i]()))

    body = theorem.conclusion
    for _ in states:
        assert isinstance(body, Exists)
        body = body.body
    parts: list[Delayed] = [ready(lambda k: lambda _: stage(k())[1]())]
    if relation is not None:
        parts.append(ready(lambda k: lambda _: stage(k() + 1)[2]()))
    equations = _conjuncts(body) - len(parts)
    whole = _joined([*[NOTHING] * equations, *parts])
    for i in reversed(range(len(states))):
        whole = ready((Delayed(lambda i=i: table(i)), whole))  # type: ignore[misc]
    return whole()


def _conjuncts(formula: Formula) -> int:
    return 1 + _conjuncts(formula.right) if isinstance(formula, And) else 1


def _joined(parts: list[Delayed]) -> Delayed:
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        whole = ready((part, whole))
    return whole


def _trichotomy(theorem: Theorem, scope: Scope) -> Evidence:
    number = _number(scope.value(theorem.parameters[0])())
    return number == 0, NOTHING if number == 0 else ready((number > 0, NOTHING))


def _excluded_middle(theorem: Theorem, scope: Scope) -> Evidence:
    (formula,) = theorem.parameters
    holds = evaluate_formula(formula, _needed(formula.names, scope.values))
    return holds, Delayed(lambda: supposed(formula, scope.values)) if holds else NOTHING


def _inverse(theorem: Theorem, scope: Scope) -> Evidence:
    (premise,) = theorem.premises
    assert isinstance(premise.conclusion, Atom)
    term = premise.conclusion.term
    return Delayed(lambda: to_instance(1 / fmpq(*_ratio(scope.value(term)())))), NOTHING


def _nat_difference(theorem: Theorem, scope: Scope) -> Evidence:
    larger, smaller = theorem.parameters
    return Delayed(lambda: _number(scope.value(larger)()) - _number(scope.value(smaller)())), NOTHING


def _number(value: Instance) -> Any:  # noqa: ANN401 - an int or a Fraction
    assert not isinstance(value, Matrix | Table)
    return value


def _ratio(value: Instance) -> tuple[int, int]:
    return _number(value).numerator, _number(value).denominator


def _absurd(theorem: Theorem, _: Scope) -> Evidence:
    raise NotConstructed(f"{theorem.rule}: the values contradict a hypothesis")


def _nothing(_: Theorem, __: Scope) -> Evidence:
    return None


def _through(theorem: Theorem, scope: Scope) -> Evidence:
    return scope.evidence(theorem.premises[0])()


RULES: dict[str, Callable[[Theorem, Scope], Evidence]] = {
    "assume": lambda theorem, scope: scope.given[theorem.parameters[0]](),
    "and_intro": lambda theorem, scope: (scope.evidence(theorem.premises[0]), scope.evidence(theorem.premises[1])),
    "and_left": lambda theorem, scope: scope.evidence(theorem.premises[0])()[0](),
    "and_right": lambda theorem, scope: scope.evidence(theorem.premises[0])()[1](),
    "or_left": lambda theorem, scope: (True, scope.evidence(theorem.premises[0])),
    "or_right": lambda theorem, scope: (False, scope.evidence(theorem.premises[0])),
    "cases": _cases,
    "implies_intro": _implies_intro,
    "implies_elim": _implies_elim,
    "for_all_intro": _for_all_intro,
    "for_all_elim": lambda theorem, scope: scope.evidence(theorem.premises[0])()(scope.value(theorem.parameters[0])),
    "exists_intro": lambda theorem, scope: (scope.value(theorem.parameters[1]), scope.evidence(theorem.premises[0])),
    "exists_elim": _exists_elim,
    "falsum_elim": _absurd,
    "excluded_middle": _excluded_middle,
    "trichotomy": _trichotomy,
    "inverse": _inverse,
    "nat_difference": _nat_difference,
    "leibniz": lambda theorem, scope: lambda _: _through(theorem, scope),
    "chain": _chain,
    "evaluate": lambda theorem, _: supposed(theorem.conclusion, {}),
    "fact": lambda theorem, _: LEDGER[theorem.parameters[0]],
    **dict.fromkeys(("combine", "gram", "one_by_one", "nat_nonnegative", "nat_successor"), _nothing),
}


# ---------------------------------------------------------------------------------------------- facts of the ledger


def _pinv(_rows: Delayed) -> Evidence:
    return lambda _cols: lambda A: (Delayed(lambda: to_instance(pinv(_matrix(A())))), NOTHING)


def _split(whole: Delayed) -> Evidence:
    def columns(first: int, last: int) -> Instance:
        n = _number(whole())
        return to_instance(fmpq_mat(n, last - first, [int(i == j) for i in range(n) for j in range(first, last)]))

    def found(a: Delayed) -> Evidence:
        left = Delayed(lambda: columns(0, _number(a())))
        right = Delayed(lambda: columns(_number(a()), _number(whole())))
        return lambda _b: lambda _: (left, ready((right, NOTHING)))

    return found


def _basis(_n: Delayed) -> Evidence:
    def found(P: Delayed) -> Evidence:
        columns = Delayed(lambda: orthonormal_basis(_matrix(P())))
        count = Delayed(lambda: columns().ncols())
        return lambda _: lambda _: (count, ready((Delayed(lambda: to_instance(columns())), NOTHING)))

    return found


def _spectral(_n: Delayed) -> Evidence:
    def found(S: Delayed) -> Evidence:
        made = Delayed(lambda: _rational_spectrum(_matrix(S())))
        families = [Delayed(lambda i=i: _table(made()[i], i == 2)) for i in range(3)]  # type: ignore[misc]
        evidence = NOTHING
        for one in reversed([Delayed(lambda: len(made()[0])), *families]):
            evidence = ready((one, evidence))
        return lambda _: evidence()

    return found


def _table(members: list[Any], from_zero: bool) -> Instance:
    first = 0 if from_zero else 1
    return Table({(i + first,): to_instance(one) for i, one in enumerate(members)})


def _rational_spectrum(S: fmpq_mat) -> tuple[list[fmpq], list[fmpq_mat], list[fmpq_mat]]:
    values, projectors, sums = list[fmpq](), list[fmpq_mat](), [S * 0]
    for one in spectrum(S):
        projector = eigenprojector(S, one)
        if not isinstance(one.value, fmpq) or not isinstance(projector, fmpq_mat):
            raise NotConstructed("an eigenvalue is irrational")
        values.append(one.value)
        projectors.append(projector)
        sums.append(sums[-1] + projector)
    return values, projectors, sums


def orthonormal_basis(P: fmpq_mat) -> fmpq_mat:
    """Rational orthonormal columns (n x k) that span the range of an orthogonal projector P (n x n).

    Raises NotConstructed if none is found: often there is none over Q, surely none where the Gram determinant of a
    rational basis is no square. If there is one, any rational unit vector can be its first (Witt's cancellation
    theorem), so vectors are taken one by one, from small combinations of columns.
    """
    n, columns = P.nrows(), list[fmpq_mat]()
    reduced, rank = P.rref()
    rows = fmpq_mat(rank, n, reduced.entries()[: rank * n])
    if _root((rows * rows.transpose()).det()) is None:
        raise NotConstructed("there is no rational orthonormal basis")
    while not is_zero(P):
        unit = next(filter(None, islice(_combinations(P), MOST_VECTORS)), None)
        if unit is None:
            raise NotConstructed("no rational orthonormal basis was found")
        columns.append(unit)
        P = P - unit * unit.transpose()
    return fmpq_mat(n, len(columns), [column[i, 0] for i in range(n) for column in columns])


def _root(square: fmpq) -> fmpq | None:
    """The root of a rational square."""
    p, q = isqrt(int(square.p)), isqrt(int(square.q))
    return fmpq(p, q) if p * p == square.p and q * q == square.q else None


def _combinations(P: fmpq_mat) -> Iterator[fmpq_mat | None]:
    """Unit vectors P x / |P x| for integer vectors x of small height, None where the length is irrational."""
    n = P.nrows()
    for height in range(1, HEIGHT + 1):
        for entries in product(range(-height, height + 1), repeat=n):
            if max(map(abs, entries)) == height:
                image = P * fmpq_mat(n, 1, entries)
                root = _root((image.transpose() * image)[0, 0])
                yield image * (1 / root) if root else None


def _matrix(value: Instance) -> fmpq_mat:
    assert isinstance(value, Matrix)
    return cast("fmpq_mat", from_instance(value))


LEDGER: dict[str, Evidence] = {"pinv": _pinv, "split": _split, "basis": _basis, "spectral": _spectral}
