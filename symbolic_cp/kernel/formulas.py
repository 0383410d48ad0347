"""Chapter 2. Variables, formulas and substitution.

A `Variable` has a name, a sort (nat, scalar, matrix of a shape) and an arity: with arity 1 or more it is a family,
`A[k] : matrix(d[k+1], d[k])`, whose shape may mention its parameters, written `~0`, `~1`, ... A `Family` is a term
with such parameters: what may be put for a family variable.

A formula is an equation or inequality with zero on the right (`Equal`, `NonNegative`, `Positive`), falsum, or built by
and, or, implies, for all, exists. Not-phi is phi -> falsum.

**Binding.** A quantifier binds `#h`, where h is the number of quantifiers nested below it. So the name of a bound
variable is determined by the formula: formulas that differ in the names of bound variables are the *same* formula, no
conversion rule is needed, and substitution never captures, because terms that are substituted mention no `#`. The
name that the author wrote is kept as a hint for printing and takes no part in equality.

**Well-formedness.** `for_all` and `exists` are the only ways to bind. They refuse a body in which the variable occurs
with another sort, or in which the shape of a free variable mentions it (a dimension is bound before the matrices
that have it): one name, one sort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import matmul

from symbolic_cp.kernel.errors import KernelError, expect, require
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, identity, letter, matrix, nat, scalar, symbol, trace

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Sort:
    """`kind` is "nat", "scalar" or "matrix"; a matrix has rows and cols, which may mention parameters `~i`."""

    kind: str
    rows: Nat = field(default_factory=Nat)
    cols: Nat = field(default_factory=Nat)


NAT = Sort("nat")
SCALAR = Sort("scalar")


def matrix_sort(rows: Nat | int | str, cols: Nat | int | str) -> Sort:
    """The sort of rows x cols matrices."""
    return Sort("matrix", nat(rows), nat(cols))


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable (arity 0) or family of variables.

    >>> A = family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k"))); print(at(A, 0).shape)
    (d[1], d[0])
    """

    name: str
    sort: Sort
    arity: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """A term with parameters `~0 ... ~(arity-1)`: what a family variable stands for."""

    arity: int
    body: Nat | Poly


Value = Nat | Poly | Family
Substitution = Mapping[str, Value]


def family(name: str, params: str, sort: Sort) -> Variable:
    """The family `name[params] : sort`, where the shape in `sort` may mention the (space-separated) parameters."""
    names = params.split()
    sub = {one: nat(f"~{i}") for i, one in enumerate(names)}
    return Variable(name, Sort(sort.kind, substitute_nat(sort.rows, sub), substitute_nat(sort.cols, sub)), len(names))


def at(variable: Variable, *indices: Nat | int | str) -> Poly:
    """The member of a scalar or matrix family at the indices (none for a plain variable), as a term."""
    return expect(member(variable, *indices), Poly, f"{variable.name} is a natural number: use member()")


def member(variable: Variable, *indices: Nat | int | str) -> Nat | Poly:
    """As `at`, for any sort."""
    args = tuple(nat(i) for i in indices)
    require(len(args) == variable.arity, f"{variable.name} takes {variable.arity} indices, not {len(args)}")
    if variable.sort.kind == "nat":
        return nat(variable.name, *args)
    if variable.sort.kind == "scalar":
        return symbol(variable.name, *args)
    sub: dict[str, Value] = {f"~{i}": arg for i, arg in enumerate(args)}
    rows, cols = substitute_nat(variable.sort.rows, sub), substitute_nat(variable.sort.cols, sub)
    return matrix(variable.name, rows, cols, *args)


def generic(variable: Variable) -> Value:
    """The variable itself as a value to substitute: a term, or the family `~0.. -> name[~0..]`."""
    body = member(variable, *(f"~{i}" for i in range(variable.arity)))
    return Family(variable.arity, body) if variable.arity else body


# ---------------------------------------------------------------------------------------------------- substitution


def _applied(name: str, value: Value, args: tuple[Nat, ...]) -> Nat | Poly:
    if isinstance(value, Family):
        require(value.arity == len(args), f"{name} takes {value.arity} indices, not {len(args)}")
        sub: dict[str, Value] = {f"~{i}": arg for i, arg in enumerate(args)}
        return substitute_nat(value.body, sub) if isinstance(value.body, Nat) else substitute_poly(value.body, sub)
    require(not args, f"{name} is not a family")
    return value


def substitute_nat(term: Nat, sub: Substitution) -> Nat:
    """`term` with every name replaced as `sub` says, all at once."""
    if sub.keys().isdisjoint(term.names):
        return term
    total = Nat(term.const)
    for (name, args), coef in term.atoms:
        new = tuple(substitute_nat(arg, sub) for arg in args)
        value = _applied(name, sub[name], new) if name in sub else nat(name, *new)
        total += expect(value, Nat, f"{name} is a natural number here, and something else is put for it").scaled(coef)
    return total


def substitute_letter(one: Letter, sub: Substitution) -> Poly:
    """The matrix that a letter becomes. Raises KernelError if its shape is not that of the letter."""
    if sub.keys().isdisjoint(one.names):
        return letter(one)
    args = tuple(substitute_nat(arg, sub) for arg in one.args)
    rows, cols = substitute_nat(one.rows, sub), substitute_nat(one.cols, sub)
    if one.name not in sub:
        return letter(Letter(one.name, args, rows, cols, one.transposed, one.entries))
    value = _applied(one.name, sub[one.name], args)
    found = expect(value, Poly, f"what is put for {one.name} is not a matrix")
    if found.shape != (rows, cols): raise KernelError(f"what is put for {one.name} is not a {rows} x {cols} matrix")
    return found.T if one.transposed else found


def _substitute_word(word: tuple[Letter, ...], sub: Substitution) -> Poly:
    return reduce(matmul, (substitute_letter(one, sub) for one in word))


def _substitute_generator(generator: Generator, sub: Substitution) -> Poly:
    if generator.kind == "trace":
        return trace(_substitute_word(generator.word, sub))
    if generator.kind == "nat":
        return scalar(substitute_nat(nat(generator.name, *generator.args), sub))
    args = tuple(substitute_nat(arg, sub) for arg in generator.args)
    if generator.name not in sub:
        return symbol(generator.name, *args)
    value = _applied(generator.name, sub[generator.name], args)
    found = expect(value, Poly, f"what is put for {generator.name} is not a scalar")
    require(found.shape is None, f"what is put for {generator.name} is not a scalar")
    return found


def substitute_poly(term: Poly, sub: Substitution) -> Poly:
    """`term` with every name replaced as `sub` says, all at once, in normal form."""
    if sub.keys().isdisjoint(term.names):
        return term
    shape = term.shape and (substitute_nat(term.shape[0], sub), substitute_nat(term.shape[1], sub))
    result = Poly(shape, {})
    for (scalars, word), coef in term.terms.items():
        product = Poly(None, {((), ()): coef})
        for generator in scalars:
            product = product * _substitute_generator(generator, sub)
        if word:
            product = product * _substitute_word(word, sub)
        elif shape:
            product = product * identity(shape[0])
        result = result + product
    return result


# -------------------------------------------------------------------------------------------------------- formulas


@dataclass(frozen=True, slots=True)
class Atom:
    """A term compared with zero."""

    term: Poly


class Equal(Atom):
    """term = 0, for a scalar or a matrix."""


class NonNegative(Atom):
    """term >= 0, for a scalar."""


class Positive(Atom):
    """term > 0, for a scalar."""


@dataclass(frozen=True, slots=True)
class Falsum:
    """The false formula."""


@dataclass(frozen=True, slots=True)
class Connective:
    """Two formulas joined."""

    left: Formula
    right: Formula


class And(Connective):
    """left and right."""


class Or(Connective):
    """left or right."""


class Implies(Connective):
    """left implies right."""


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A body about a variable `#height` of the sort and arity. Made by `for_all` and `exists` only."""

    height: int
    sort: Sort
    arity: int
    body: Formula
    hint: str = field(compare=False, default="x")

    def __post_init__(self) -> None:
        require(self.height == _height(self.body), "a quantifier binds the number of quantifiers nested below it")


class ForAll(Quantifier):
    """For all values of the variable: body."""


class Exists(Quantifier):
    """For some value of the variable: body."""


Formula = Atom | Falsum | Connective | Quantifier


def equal(left: Poly, right: Poly | Nat | int) -> Equal:
    """left = right; a bare 0 on the right takes the shape of the left side."""
    if left.shape is not None and isinstance(right, int) and right == 0:
        return Equal(left)
    return Equal(left - right)


def at_least(left: Poly | Nat | int, right: Poly | Nat | int) -> NonNegative:
    """left >= right, scalars. Raises KernelError on matrices."""
    return NonNegative(_scalar_difference(left, right))


def greater(left: Poly | Nat | int, right: Poly | Nat | int) -> Positive:
    """left > right, scalars. Raises KernelError on matrices."""
    return Positive(_scalar_difference(left, right))


def _scalar_difference(left: Poly | Nat | int, right: Poly | Nat | int) -> Poly:
    difference = scalar(left) - scalar(right)
    require(difference.shape is None, "an inequality compares scalars, not matrices")
    return difference


def negation(formula: Formula) -> Implies:
    """formula -> falsum."""
    return Implies(formula, Falsum())


def conjunction(*formulas: Formula) -> Formula:
    """The conjunction, nested to the right. Raises KernelError if there is none."""
    require(bool(formulas), "a conjunction of nothing")
    return formulas[0] if len(formulas) == 1 else And(formulas[0], conjunction(*formulas[1:]))


def implication(*formulas: Formula) -> Formula:
    """f1 -> (f2 -> ... -> fn)."""
    return formulas[0] if len(formulas) == 1 else Implies(formulas[0], implication(*formulas[1:]))


def _height(formula: Formula) -> int:
    if isinstance(formula, Connective):
        return max(_height(formula.left), _height(formula.right))
    return formula.height + 1 if isinstance(formula, Quantifier) else 0


def _bind(variable: Variable, body: Formula) -> tuple[int, Formula]:
    require(bool(IDENTIFIER.match(variable.name)), f"{variable.name!r} is not a name for a variable")
    for part in occurrences(body, variable.name):
        _check_occurrence(variable, part)
    require(not any(name[0] in "#~" for name in free_names(body)), "a bound variable stands outside its quantifier")
    height = _height(body)
    bound = Variable(f"#{height}", variable.sort, variable.arity)
    return height, substitute(body, {variable.name: generic(bound)})


def for_all(*args: Variable | Formula) -> Formula:
    """for all v1, v2, ...: body (the last argument). Raises KernelError if a body is not well formed."""
    return _quantified(ForAll, args)


def exists(*args: Variable | Formula) -> Formula:
    """there are v1, v2, ...: body (the last argument). Raises KernelError if a body is not well formed."""
    return _quantified(Exists, args)


def _quantified(kind: type[ForAll | Exists], args: tuple[Variable | Formula, ...]) -> Formula:
    *variables, last = args
    assert not isinstance(last, Variable)
    body: Formula = last
    for one in reversed(variables):
        variable = expect(one, Variable, "a quantifier binds variables")
        height, bound = _bind(variable, body)
        body = kind(height, variable.sort, variable.arity, bound, variable.name)
    return body


def instantiate(formula: Quantifier, value: Value) -> Formula:
    """The body with `value` for the bound variable. Raises KernelError if the value is not of its sort."""
    check_fits(formula.sort, formula.arity, value, formula.hint)
    return substitute(formula.body, {f"#{formula.height}": value})


def check_fits(sort: Sort, arity: int, value: Value, name: str) -> None:
    """Raise KernelError unless `value` may be put for a variable of that sort and arity."""
    if arity:
        found = expect(value, Family, f"{name} is a family with {arity} indices")
        require(found.arity == arity, f"{name} is a family with {arity} indices")
        body: Value = found.body
    else:
        body = value
    if sort.kind == "nat":
        expect(body, Nat, f"{name} is a natural number")
    else:
        shape = (sort.rows, sort.cols) if sort.kind == "matrix" else None
        fits = isinstance(body, Poly) and body.shape == shape
        require(fits, f"{name} is {'a scalar' if shape is None else f'a {shape[0]} x {shape[1]} matrix'}, not {body}")
    foreign = {free for free in free_names(body) if free.startswith(("#", "~"))}
    require(foreign <= {f"~{i}" for i in range(arity)}, f"what is put for {name} mentions a bound variable")


def substitute(formula: Formula, sub: Substitution) -> Formula:
    """`formula` with every name replaced as `sub` says; bound variables are untouched, and nothing is captured."""
    if isinstance(formula, Atom):
        return type(formula)(substitute_poly(formula.term, sub))
    if isinstance(formula, Connective):
        return type(formula)(substitute(formula.left, sub), substitute(formula.right, sub))
    if isinstance(formula, Quantifier):
        sort = formula.sort
        new = Sort(sort.kind, substitute_nat(sort.rows, sub), substitute_nat(sort.cols, sub))
        return type(formula)(formula.height, new, formula.arity, substitute(formula.body, sub), formula.hint)
    return formula


# ------------------------------------------------------------------------------------------- names and occurrences


def occurrences(thing: Nat | Letter | Generator | Poly | Formula, name: str) -> Iterator[Letter | Generator]:
    """The variables that mention a name, themselves or in an index or shape; a dimension as a "nat" generator."""
    inner: Iterable[Nat | Letter | Generator | Poly | Formula] = ()
    if isinstance(thing, Connective):
        inner = thing.left, thing.right
    elif isinstance(thing, Quantifier):
        inner = thing.sort.rows, thing.sort.cols, thing.body
    elif isinstance(thing, Atom):
        inner = (thing.term,)
    elif not isinstance(thing, Falsum) and name in thing.names:
        if isinstance(thing, Nat):
            inner = (Generator("nat", *atom) for atom, _ in thing.atoms)
        elif isinstance(thing, Poly):
            inner = [*(thing.shape or ()), *(one for key in thing.terms for group in key for one in group)]
        else:
            yield thing
            inner = (*thing.args, *((thing.rows, thing.cols) if isinstance(thing, Letter) else thing.word))
    for part in inner:
        yield from occurrences(part, name)


def _check_occurrence(variable: Variable, part: Letter | Generator) -> None:
    """Refuse an occurrence of the variable with another sort, and a free variable whose shape mentions it."""
    name, sort = variable.name, variable.sort
    if part.name == name:
        same = len(part.args) == variable.arity and sort.kind == ("matrix" if isinstance(part, Letter) else part.kind)
        if same and isinstance(part, Letter):
            same = at(variable, *part.args).shape == (part.rows, part.cols)
        require(same, f"{name} occurs with another sort than it is bound with")
    elif isinstance(part, Letter) and not part.name.startswith("#"):
        require(name not in own_shape_names(part), f"the shape of {part.name} mentions {name}: bind {part.name} first")


def free_names(thing: Nat | Letter | Generator | Poly | Family | Formula) -> frozenset[str]:
    """The names that occur free, those in shapes included; in a formula, all but those that its quantifiers bind."""
    if isinstance(thing, Connective):
        return free_names(thing.left) | free_names(thing.right)
    if isinstance(thing, Quantifier):
        sort = (name for name in thing.sort.rows.names | thing.sort.cols.names if name[0] != "~")
        return (free_names(thing.body) - {f"#{thing.height}"}).union(sort)
    if isinstance(thing, Family | Falsum):
        return thing.body.names if isinstance(thing, Family) else frozenset()
    return thing.term.names if isinstance(thing, Atom) else thing.names


def own_shape_names(one: Letter) -> frozenset[str]:
    """The names in the shape of a letter that do not come from its indices: in `A[k] : d[k+1] x d[k]` only d."""
    return (one.rows.names | one.cols.names).difference(*(index.names for index in one.args))


def is_free_dimension(name: str, formula: Formula) -> bool:
    """Whether the name occurs in the shape of a free matrix variable, other than through its indices."""
    letters = (part for part in occurrences(formula, name) if isinstance(part, Letter) and part.name[:1] != "#")
    return any(name in own_shape_names(one) for one in letters)


def is_quantifier_free(formula: Formula) -> bool:
    """Whether no quantifier occurs."""
    if isinstance(formula, Connective):
        return is_quantifier_free(formula.left) and is_quantifier_free(formula.right)
    return not isinstance(formula, Quantifier)
