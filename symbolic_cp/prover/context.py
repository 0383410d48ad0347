"""Proofs in natural order: introduce, suppose, derive, obtain, conclude.

A `Context` remembers what has been introduced (variables, hypotheses, things that were obtained), and `close` takes it
back in reverse, so that what remains is a theorem about all values. Every step is a kernel theorem, wrapped as `Known`.

Main names: Context, Known, Term (a summand of an inequality's certificate).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.facts import fact, penrose, spectrum
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Exists,
    Falsum,
    Family,
    ForAll,
    Formula,
    Or,
    Sort,
    Value,
    Variable,
    at_least,
    exists,
    family,
    for_all,
    free_names,
    generic,
    instantiate,
    member,
    substitute,
    substitute_nat,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
    or_left,
    or_right,
)
from symbolic_cp.kernel.terms import Nat, Poly, Rational, nat, scalar, symbol, trace
from symbolic_cp.kernel.theory import (
    Product,
    chain,
    gram,
    inverse,
    leibniz,
    nat_difference,
    nat_nonnegative,
    nat_successor,
    one_by_one,
    trichotomy,
)
from symbolic_cp.prover.calculation import calculate
from symbolic_cp.prover.expression import Expr, of, term
from symbolic_cp.prover.search import DEFAULT, Effort, derive, linear
from symbolic_cp.prover.show import show
from symbolic_cp.prover.tex import Printer

Scalar = Expr | Poly | Nat | int


@dataclass(frozen=True, slots=True)
class Known:
    """A theorem in use: `known(x, y, other)` specialises and applies it, `known[i]` is part i of a conjunction."""

    theorem: Theorem
    label: str = ""

    @property
    def formula(self) -> Formula:
        """What it concludes."""
        return self.theorem.conclusion

    def _repr_latex_(self) -> str:
        return f"${Printer().formula(self.formula)}$"

    def parts(self) -> list[Known]:
        """The parts of a conjunction, nested to the right."""
        rest, found = self.theorem, list[Known]()
        while isinstance(rest.conclusion, And):
            found.append(Known(and_left(rest), self.label))
            rest = and_right(rest)
        return [*found, Known(rest, self.label)]

    def __getitem__(self, index: int) -> Known:
        return self.parts()[index]

    def __call__(self, *arguments: Known | Variable | Family | Expr | Poly | Nat | int | str) -> Known:
        """Specialise on terms and families, apply to known premises, in order. Raises KernelError on a misfit."""
        theorem = self.theorem
        for argument in arguments:
            if isinstance(argument, Known):
                theorem = implies_elim(theorem, argument.theorem)
            else:
                theorem = for_all_elim(theorem, value_for(theorem.conclusion, argument))
        return Known(theorem, self.label)


    def at(self, **named: Variable | Family | Expr | Poly | Nat | int | str) -> Known:
        """Specialise the outer quantifiers by the names that the statement gives its variables.

        Dimensions that the shapes of the values determine may be left out. Raises KernelError, which lists the names.
        """
        variables = outer_variables(self.formula)
        unknown = set(named) - {variable.name for variable in variables}
        if unknown:
            names = ", ".join(variable.name for variable in variables)
            raise KernelError(f"{self.label or 'the theorem'} has no variable {min(unknown)}; it has {names}")
        chosen = [one for one in variables if one.name in named]
        values = {one.name: value_for(for_all(one, Falsum()), named[one.name]) for one in chosen}
        for variable in variables:
            if variable.name in values:
                _read_shape(variable, values)
        known = self
        for variable in variables:
            if variable.name not in values:
                raise KernelError(f"{self.label or 'the theorem'}: no value is given for {variable.name}")
            known = Known(for_all_elim(known.theorem, values[variable.name]), self.label)
        return known


def outer_variables(formula: Formula) -> list[Variable]:
    """The variables of the outer universal quantifiers, under the names that the author gave them."""
    variables, names = list[Variable](), dict[str, Value]()
    while isinstance(formula, ForAll):
        sort = Sort(formula.sort.kind, _put(formula.sort.rows, names), _put(formula.sort.cols, names))
        variables.append(Variable(formula.hint, sort, formula.arity))
        names[f"#{formula.height}"] = generic(variables[-1])
        formula = formula.body
    return variables


def _read_shape(variable: Variable, values: dict[str, Value]) -> None:
    """Dimensions that are single letters in the sort of a variable, read off the shape of its value."""
    value = values[variable.name]
    body = value.body if isinstance(value, Family) else value
    if not isinstance(body, Poly) or body.shape is None:
        return
    for wanted, found in zip((variable.sort.rows, variable.sort.cols), body.shape, strict=True):
        if not wanted.const and len(wanted.atoms) == 1:
            ((name, args), coef) = wanted.atoms[0]
            if coef == 1 and not args and name[0] != "~":
                values.setdefault(name, found)


def value_for(formula: Formula, argument: Variable | Family | Expr | Poly | Nat | int | str) -> Value:
    """The argument as a value for the variable that the formula quantifies: numbers and names by its sort."""
    if isinstance(argument, Variable):
        return generic(argument)
    if isinstance(argument, Expr):
        return argument.term
    wants_nat = isinstance(formula, ForAll | Exists) and formula.sort.kind == "nat"
    if isinstance(argument, Nat):
        return argument if wants_nat else scalar(argument)
    if isinstance(argument, int):
        return nat(argument) if wants_nat else scalar(argument)
    if isinstance(argument, str):
        return nat(argument) if wants_nat else symbol(argument)
    return argument


@dataclass(frozen=True, slots=True)
class Term:
    """A summand of an inequality's certificate: weight * squares^2 * tr(gram'gram) * inequalities, weight > 0."""

    weight: Rational = 1
    squares: tuple[Scalar, ...] = ()
    grams: tuple[Expr, ...] = ()
    times: tuple[Known, ...] = ()


@dataclass(slots=True)
class Context:
    """Variables, hypotheses and obtained things of a proof in progress; a context inside another has its own list."""

    effort: Effort = DEFAULT
    entries: list[tuple[str, Variable | Formula | Theorem, str]] = field(default_factory=list)

    # ---------------------------------------------------------------------------------------------- introducing

    def let(self, variable: Variable) -> Variable:
        """A variable or family that stands for any value of its sort."""
        self.entries.append(("variable", variable, ""))
        return variable

    def dims(self, names: str) -> list[Nat]:
        """Natural numbers: dimensions or indices."""
        return [nat(self.let(Variable(name, NAT)).name) for name in names.split()]

    def scalar(self, name: str) -> Expr:
        """A real number."""
        return of(self.let(Variable(name, SCALAR)))

    def matrix(self, name: str, rows: Nat | int | str, cols: Nat | int | str) -> Expr:
        """A real matrix of that shape."""
        return of(self.let(Variable(name, Sort("matrix", nat(rows), nat(cols)))))

    def matrices(self, text: str) -> list[Expr]:
        """Several matrices: "X: d0 x m, Y: d2 x m"; dimensions are names or numbers, or names plus numbers."""
        return [self.matrix(name, rows, cols) for name, rows, cols in map(declared, text.split(","))]

    def family(self, name: str, params: str, sort: Sort) -> Variable:
        """A family of variables; `sort` may mention the parameters."""
        return self.let(family(name, params, sort))

    def given(self, formula: Formula, label: str = "") -> Known:
        """Suppose a formula."""
        self.entries.append(("hypothesis", formula, label))
        return Known(assume(formula), label)

    def pinv(self, matrix: Expr, name: str) -> tuple[Expr, Known]:
        """A letter for the Moore-Penrose inverse of a matrix, and its four equations as a hypothesis."""
        rows, cols = _shape(matrix)
        letter = self.matrix(name, cols, rows)
        return letter, self.given(penrose(matrix.term, letter.term), f"Penrose equations of {matrix!r}")

    def spectrum(self, matrix: Expr, count: str, values: str, projectors: str, partial: str) -> Spectrum:
        """Letters for the distinct eigenvalues and eigenprojectors of a symmetric matrix, with what defines them."""
        rows, _ = _shape(matrix)
        size = nat(self.let(Variable(count, NAT)).name)
        s = self.family(values, "k", SCALAR)
        E = self.family(projectors, "k", Sort("matrix", rows, rows))
        Q = self.family(partial, "k", Sort("matrix", rows, rows))
        known = self.given(spectrum(matrix.term, size, s, E, Q), f"spectrum of {matrix!r}")
        return Spectrum(rows, matrix, size, s, E, Q, known)

    def obtain(self, existence: Known, names: str) -> tuple[list[Nat | Expr | Variable], Known]:
        """Open "there are": the things under fresh names, and what is known of them."""
        theorem, found = existence.theorem, list[Nat | Expr | Variable]()
        for name in names.split():
            formula = theorem.conclusion
            if not isinstance(formula, Exists):
                raise KernelError(f"obtain {name}: {show(formula)} does not say that something exists")
            variable = Variable(name, formula.sort, formula.arity)
            self.entries.append(("obtained", theorem, name))
            theorem = assume(instantiate(formula, generic(variable)))
            found.append(usable(variable))
        return found, Known(theorem, existence.label)

    def inner(self) -> Context:
        """A context inside this one, for a case, an induction step or a formula about all values."""
        return Context(self.effort)

    def close(self, known: Known, keep: int = 0) -> Known:
        """Take back everything introduced (after the first `keep` entries): the theorem about all values."""
        theorem = known.theorem
        while len(self.entries) > keep:
            theorem = discharged(theorem, *self.entries.pop())
        return Known(theorem, known.label)

    # --------------------------------------------------------------------------------------------------- deriving

    def have(
        self,
        claim: Formula,
        *premises: Known,
        sum: Sequence[Term] = (),  # noqa: A002 - "claim = sum of ..." is what the certificate says
        heavy: Sequence[Expr] = (),
        label: str = "",
    ) -> Known:
        """The claim by one certificate (each part of a conjunction by its own). Raises NotProved.

        `sum` lists the summands of an inequality's certificate; `heavy` letters are eliminated first.
        """
        for premise in premises:
            if premise.formula == claim:
                return Known(premise.theorem, label or premise.label)
        if isinstance(claim, And):
            return both(self.have(claim.left, *premises, heavy=heavy), self.have(claim.right, *premises, heavy=heavy))
        parts = [part.theorem for premise in premises for part in premise.parts()]
        for summand in sum:
            for one in summand.times:
                if not any(one.theorem is part for part in parts):
                    parts.append(one.theorem)
        position = {id(part): index for index, part in enumerate(parts)}
        products = [
            Product(
                summand.weight,
                tuple(map(term, summand.squares)),
                tuple(map(term, summand.grams)),
                tuple(position[id(one.theorem)] for one in summand.times),
            )
            for summand in sum
        ]
        letters = [term(letter) for letter in heavy]
        return Known(derive(claim, *parts, products=products, effort=self.effort, heavy=letters), label)

    def calc(self, *sides: Expr | Nat | int, by: Sequence[Known | Sequence[Known]] = ()) -> Known:
        """a = b = c = ...: each line by its own certificate; what comes out is that the first side is the last.

        Every line may use all of `by`; where an entry is a list, there is one entry a line. Raises LineFailed, which
        names the line, its sides, what is left over, and an equation near it that is true.

        >>> c = Context(); m, n = c.dims("m n"); (A,) = c.matrices("A: m x n"); P, pinv = c.pinv(A, "P")
        >>> show(c.calc(A @ P @ A @ P, A @ P, (A @ P).T, by=[pinv]).formula)
        "A*P*A*P = P'*A'"
        """
        return calculate(lambda claim, known: self.have(claim, *known), [term(side) for side in sides], by)

    def linear(self, claim: Formula, *premises: Known) -> Known:
        """Linear arithmetic: the claim as a positive combination of the premises. Raises NotProved."""
        return Known(linear(claim, *(part.theorem for premise in premises for part in premise.parts())))

    def zero(self, factor: Expr, *premises: Known, sum: Sequence[Term] = ()) -> Known:  # noqa: A002 - as in `have`
        """factor = 0, because -tr(factor' factor) >= 0 follows. Raises NotProved."""
        matrix = term(factor)
        bound = self.have(at_least(0, trace(matrix.T @ matrix)), *premises, sum=sum)
        return Known(gram(bound.theorem, matrix))

    def witness(self, goal: Formula, *values: Variable | Family | Expr | Poly | Nat | int | str, by: Known) -> Known:
        """The existential goal, by witnesses for its variables and a proof of the rest at them. Raises KernelError."""
        goals, given = [goal], list[Value]()
        for value in values:
            last = goals[-1]
            if not isinstance(last, Exists):
                raise KernelError(f"witness: {show(last)} does not say that something exists")
            given.append(value_for(last, value))
            goals.append(instantiate(last, given[-1]))
        theorem = by.theorem
        for formula, chosen in zip(reversed(goals[:-1]), reversed(given), strict=True):
            theorem = exists_intro(theorem, formula, chosen)
        return Known(theorem, by.label)

    # ------------------------------------------------------------------------------------------------ distinguishing

    def either(self, disjunction: Known, first: Callable[[Known], Known], second: Callable[[Known], Known]) -> Known:
        """The same conclusion in both cases of a disjunction."""
        formula = disjunction.formula
        if not isinstance(formula, Or):
            raise KernelError(f"either: {show(formula)} is no disjunction")
        left, right = first(Known(assume(formula.left))), second(Known(assume(formula.right)))
        return Known(cases(disjunction.theorem, left.theorem, right.theorem))

    def decide(self, formula: Formula, yes: Callable[[Known], Known], no: Callable[[Known], Known]) -> Known:
        """The same conclusion whether a quantifier-free formula holds or not."""
        return self.either(Known(excluded_middle(formula)), yes, no)

    def by_sign(
        self,
        number: Scalar,
        zero: Callable[[Known], Known],
        positive: Callable[[Known], Known],
        negative: Callable[[Known], Known],
    ) -> Known:
        """The same conclusion for a number that is zero, positive or negative (then -number > 0 is known)."""
        three = Known(trichotomy(term(number)))
        return self.either(three, zero, lambda rest: self.either(rest, positive, negative))

    def contradiction(self, goal: Formula, refute: Callable[[Known], Known]) -> Known:
        """A quantifier-free goal, because its negation leads to falsum."""
        return self.decide(goal, lambda yes: yes, lambda no: anything(refute(no), goal))

    # ------------------------------------------------------------------------------------------------------ families

    def moved(self, claim: Callable[[Nat], Formula], known: Known, value: Nat, target: Nat, equation: Known) -> Known:
        """claim(target), from claim(value) and target = value: equal numbers are exchanged in indices and shapes.

        Matrices in the claim whose shape is the number must be bound in it.
        """
        inside = self.inner()
        taken = free_names(claim(value)) | free_names(value) | free_names(target)
        name = next(f"n{count}" for count in range(len(taken) + 1) if f"n{count}" not in taken)
        (n,) = inside.dims(name)
        return inside.close(exchange(name, value, claim(n), known))(target, equation)

    def induction(
        self,
        index: str,
        bound: Nat,
        claim: Callable[[Nat], Formula],
        base: Known,
        step: Callable[[Context, Nat, Known, Known], Known],
    ) -> Known:
        """For all index <= bound: claim; `step(context, k, k + 1 <= bound, claim(k))` proves claim(k + 1)."""
        inside = self.inner()
        (k,) = inside.dims(index)
        below = inside.given(at_least(bound, k + 1))
        hypothesis = inside.given(claim(k))
        done = inside.close(step(inside, k, below, hypothesis))
        return Known(chain(base.theorem, done.theorem, index, bound, (), claim(k), None, ()))

    def recursion(
        self,
        index: str,
        bound: Nat,
        states: Sequence[Variable],
        start: Sequence[Expr | Nat | int],
        invariant: Formula,
        relation: Formula | None,
        base: Known,
        step: Callable[[Context, Nat, Known, Known], tuple[Sequence[Expr | Nat | int], Known]],
    ) -> Known:
        """Families along 0..bound: there are F with F[0] = start, invariant(k, F[k]), relation(k, F[k], F[k+1]).

        `step(context, k, k + 1 <= bound, invariant)` gives the next states and a proof of
        invariant(k + 1, next) and relation(k, states, next), in this order. In `relation` the next state of x is
        written x_next.
        """
        inside = self.inner()
        (k,) = inside.dims(index)
        below = inside.given(at_least(bound, k + 1))
        for state in states:
            inside.let(state)
        hypothesis = inside.given(invariant)
        following, proof = step(inside, k, below, hypothesis)
        goal = _next_goal(index, states, invariant, relation)
        done = inside.close(inside.witness(goal, *following, by=proof))
        values = tuple(
            value_for(exists(state, Falsum()), value) for state, value in zip(states, start, strict=True)
        )
        made = chain(base.theorem, done.theorem, index, bound, tuple(states), invariant, relation, values)
        return Known(made)


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The distinct eigenvalues s[1] > ... > s[r] of a symmetric matrix, projectors E[i], Q[k] = E[1] + ... + E[k].

    The parts of `known` are: for all i, E[i] is a nonzero eigenprojector; the s[i] decrease; Q[0] = 0; Q grows by
    E; Q[r] = I.
    """

    size: Nat
    matrix: Expr
    count: Nat
    values: Variable
    projectors: Variable
    partial: Variable
    known: Known

    def E(self, index: Nat | int | str) -> Expr:
        """The projector onto the eigenspace of s[index]."""
        return of(self.projectors, index)

    def s(self, index: Nat | int | str) -> Expr:
        """The eigenvalue number index, from 1."""
        return of(self.values, index)

    def Q(self, index: Nat | int | str) -> Expr:
        """E[1] + ... + E[index]."""
        return of(self.partial, index)

    def named(self) -> dict[str, Nat | Variable]:
        """Values for the letters r, s, E, Q of a lemma about a spectrum."""
        return {"r": self.count, "s": self.values, "E": self.projectors, "Q": self.partial}


def _next_goal(index: str, states: Sequence[Variable], invariant: Formula, relation: Formula | None) -> Formula:
    """exists x_next. invariant(k + 1, x_next) and relation, as `chain` asks for it."""
    moved: dict[str, Value] = {index: nat(index) + 1}
    upcoming = []
    for state in states:
        sort = Sort(state.sort.kind, _put(state.sort.rows, moved), _put(state.sort.cols, moved))
        following = Variable(f"{state.name}_next", sort)
        upcoming.append(following)
        moved[state.name] = generic(following)
    goal = substitute(invariant, moved)
    return exists(*upcoming, goal if relation is None else And(goal, relation))


def _put(dimension: Nat, moved: dict[str, Value]) -> Nat:
    return substitute_nat(dimension, moved)


def declared(text: str) -> tuple[str, Nat, Nat]:
    """Name, rows and columns of a declaration like "X: d0 x m". Raises KernelError on anything else."""
    name, colon, shape = text.partition(":")
    sides = shape.split(" x ")
    if not colon or len(sides) != 2:
        raise KernelError(f"{text.strip()!r} is not of the form 'A: m x n'")
    rows, cols = (dimension(side) for side in sides)
    return name.strip(), rows, cols


def dimension(text: str) -> Nat:
    """A dimension as it is written: "n", "3", "n + 1", "d[k+1]" with one index level."""
    total = nat(0)
    for part in _summands(text):
        name, bracket, rest = part.partition("[")
        if bracket:
            total += nat(name, dimension(rest.removesuffix("]")))
        else:
            total += nat(int(part)) if part.isdigit() else nat(part)
    return total


def _summands(text: str) -> list[str]:
    parts, depth = [""], 0
    for sign in text.replace(" ", ""):
        depth += (sign == "[") - (sign == "]")
        if sign == "+" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def usable(variable: Variable) -> Nat | Expr | Variable:
    """A variable as it is used in expressions: a Nat, an Expr, or a family as it is."""
    if variable.arity:
        return variable
    value = member(variable)
    return value if isinstance(value, Nat) else Expr(value)


def _shape(matrix: Expr) -> tuple[Nat, Nat]:
    if matrix.term.shape is None:
        raise KernelError(f"{matrix!r} is a scalar, and a matrix is expected")
    return matrix.term.shape


def discharged(theorem: Theorem, kind: str, thing: Variable | Formula | Theorem, name: str) -> Theorem:
    """Take back one entry of a context. An entry about which the theorem says nothing is left out where it may be."""
    if kind == "variable":
        assert isinstance(thing, Variable)
        return for_all_intro(theorem, thing)
    if kind == "hypothesis":
        assert not isinstance(thing, Variable | Theorem)
        return implies_intro(theorem, thing)
    assert isinstance(thing, Theorem)
    formula = thing.conclusion
    assert isinstance(formula, Exists)
    used = instantiate(formula, generic(Variable(name, formula.sort, formula.arity)))
    mentioned = any(name in free_names(hyp) for hyp in (theorem.conclusion, *theorem.hyps))
    return exists_elim(thing, theorem, name) if mentioned or used in theorem.hyps else theorem


def both(first: Known, *others: Known) -> Known:
    """The conjunction, nested to the right."""
    if not others:
        return first
    return Known(and_intro(first.theorem, both(*others).theorem), first.label)


def anything(falsum: Known, goal: Formula) -> Known:
    """Any formula, from falsum."""
    return Known(falsum_elim(falsum.theorem, goal), falsum.label)


def left_or(known: Known, other: Formula) -> Known:
    """known or other."""
    return Known(or_left(known.theorem, other), known.label)


def or_right_of(other: Formula, known: Known) -> Known:
    """other or known."""
    return Known(or_right(known.theorem, other), known.label)


def using(premise: Known, known: Known) -> Known:
    """`known`, with its hypothesis replaced by a proof of it."""
    return Known(implies_elim(implies_intro(known.theorem, premise.formula), premise.theorem), known.label)


def from_fact(name: str) -> Known:
    """A fact of the ledger. Raises KernelError if there is none of that name."""
    return Known(fact(name), f"fact {name}")


def reciprocal(known: Known) -> Known:
    """There is t with st = 1, from s > 0."""
    return Known(inverse(known.theorem), known.label)


def one(matrix: Expr) -> Known:
    """A 1 x 1 matrix is its trace times I[1]."""
    return Known(one_by_one(matrix.term))


def nonnegative(number: Nat) -> Known:
    """A natural number is at least 0."""
    return Known(nat_nonnegative(number))


def successor(known: Known, larger: Nat, smaller: Nat) -> Known:
    """larger >= smaller + 1, from larger > smaller."""
    return Known(nat_successor(known.theorem, larger, smaller))


def difference(known: Known, larger: Nat, smaller: Nat) -> Known:
    """There is v with larger = smaller + v, from larger >= smaller."""
    return Known(nat_difference(known.theorem, larger, smaller))


def exchange(name: str, value: Nat, formula: Formula, known: Known) -> Known:
    """name = value -> formula, from the formula at the value."""
    return Known(leibniz(known.theorem, name, value, formula))
