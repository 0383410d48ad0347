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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from symbolic_cp.kernel.errors import KernelError, expect, require
from symbolic_cp.kernel.terms import (
    Generator, Letter, Nat, Poly, Rational, Terms, collect, letter, matrix, multiplied, nat, scalar, symbol, trace,
)

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Sort:
    """`kind` is "nat", "scalar" or "matrix"; a matrix has rows and cols, which may mention parameters `~i`."""

    kind: str
    rows: Nat = field(default_factory=Nat)
    cols: Nat = field(default_factory=Nat)


ZERO = Nat()
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
Images = dict[Letter | Generator, Poly]
"""What letters and generators become under a substitution: each is worked out once."""


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
    total = Nat(term.const) if term.const else ZERO
    for (name, args), coef in term.atoms:
        new = tuple([substitute_nat(arg, sub) for arg in args])
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


def _image(one: Letter | Generator, sub: Substitution, done: Images) -> Poly:
    if isinstance(one, Letter):
        return substitute_letter(one, sub)
    if one.kind == "trace":
        size = substitute_nat(one.word[0].shape[0], sub)
        return trace(Poly((size, size), _product(1, one.word, sub, done)))
    if one.kind == "nat":
        return scalar(substitute_nat(nat(one.name, *one.args), sub))
    args = tuple(substitute_nat(arg, sub) for arg in one.args)
    if one.name not in sub:
        return symbol(one.name, *args)
    found = expect(_applied(one.name, sub[one.name], args), Poly, f"what is put for {one.name} is not a scalar")
    require(found.shape is None, f"what is put for {one.name} is not a scalar")
    return found


def _product(coef: Rational, factors: Iterable[Letter | Generator], sub: Substitution, done: Images) -> Terms:
    """coef times what the factors become; their images fit as they did."""
    total: Terms = {((), ()): coef}
    for one in factors:
        if one not in done:
            done[one] = _image(one, sub, done)
        total = multiplied(total, done[one].terms)
    return total


def substitute_poly(term: Poly, sub: Substitution, done: Images | None = None) -> Poly:
    """`term` with every name replaced as `sub` says, all at once, in normal form.

    `done` has what letters and generators have become under the same `sub`. The images fit as the letters did.
    """
    if sub.keys().isdisjoint(term.names):
        return term
    shape = term.shape and (substitute_nat(term.shape[0], sub), substitute_nat(term.shape[1], sub))
    images: Images = {} if done is None else done
    total: Terms = {}
    for (scalars, word), coef in term.terms.items():
        collect(total, _product(coef, (*scalars, *word), sub, images))
    return Poly(shape, total)


# -------------------------------------------------------------------------------------------------------- formulas


@dataclass(frozen=True, slots=True)
class Form:
    """What every formula keeps: the names that occur free in it, and how deep its quantifiers are nested."""

    names: frozenset[str] = field(init=False, compare=False, repr=False)
    depth: int = field(init=False, compare=False, repr=False)

    def _seal(self, names: frozenset[str], depth: int) -> None:
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "depth", depth)


@dataclass(frozen=True, slots=True)
class Atom(Form):
    """A term compared with zero."""

    term: Poly

    def __post_init__(self) -> None:
        self._seal(self.term.names, 0)


class Equal(Atom):
    """term = 0, for a scalar or a matrix."""


class NonNegative(Atom):
    """term >= 0, for a scalar."""


class Positive(Atom):
    """term > 0, for a scalar."""


@dataclass(frozen=True, slots=True)
class Falsum(Form):
    """The false formula."""

    def __post_init__(self) -> None:
        self._seal(frozenset(), 0)


@dataclass(frozen=True, slots=True)
class Connective(Form):
    """Two formulas joined."""

    left: Formula
    right: Formula

    def __post_init__(self) -> None:
        self._seal(self.left.names | self.right.names, max(self.left.depth, self.right.depth))


class And(Connective):
    """left and right."""


class Or(Connective):
    """left or right."""


class Implies(Connective):
    """left implies right."""


@dataclass(frozen=True, slots=True)
class Quantifier(Form):
    """A body about a variable `#height` of the sort and arity. Made by `for_all` and `exists` only."""

    height: int
    sort: Sort
    arity: int
    body: Formula
    hint: str = field(compare=False, default="x")

    def __post_init__(self) -> None:
        require(self.height == self.body.depth, "a quantifier binds the number of quantifiers nested below it")
        sort = {name for name in self.sort.rows.names | self.sort.cols.names if name[0] != "~"}
        self._seal((self.body.names - {f"#{self.height}"}).union(sort), self.height + 1)


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


def _bind(variable: Variable, body: Formula) -> tuple[int, Formula]:
    """The height of a new quantifier, and the body with its bound variable for the variable.

    Refuses an occurrence of the variable with another sort (then it cannot be put for itself), and a free matrix
    whose shape mentions it: every letter in which its name occurs is among the `images`.
    """
    name, height, images = variable.name, body.depth, Images()
    require(bool(IDENTIFIER.match(name)), f"{name!r} is not a name for a variable")
    require(not any(free[0] in "#~" for free in free_names(body)), "a bound variable stands outside its quantifier")
    try:
        bound = substitute(body, {name: generic(Variable(f"#{height}", variable.sort, variable.arity))}, images)
    except KernelError:
        raise KernelError(f"{name} occurs with another sort than it is bound with") from None
    for one in images:
        if isinstance(one, Letter) and one.name != name and not one.name.startswith("#"):
            require(name not in own_shape_names(one), f"the shape of {one.name} mentions {name}: bind {one.name} first")
    return height, bound


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


def substitute(formula: Formula, sub: Substitution, done: Images | None = None) -> Formula:
    """`formula` with every name replaced as `sub` says; bound variables are untouched, and nothing is captured."""
    if sub.keys().isdisjoint(formula.names):
        return formula
    done = {} if done is None else done
    if isinstance(formula, Atom):
        return type(formula)(substitute_poly(formula.term, sub, done))
    if isinstance(formula, Connective):
        return type(formula)(substitute(formula.left, sub, done), substitute(formula.right, sub, done))
    if isinstance(formula, Quantifier):
        sort = formula.sort
        new = Sort(sort.kind, substitute_nat(sort.rows, sub), substitute_nat(sort.cols, sub))
        return type(formula)(formula.height, new, formula.arity, substitute(formula.body, sub, done), formula.hint)
    return formula


# ----------------------------------------------------------------------------------------------------------- names


def free_names(thing: Nat | Letter | Generator | Poly | Family | Formula) -> frozenset[str]:
    """The names that occur free, those in shapes included; in a formula, all but those that its quantifiers bind."""
    return thing.body.names if isinstance(thing, Family) else thing.names


def own_shape_names(one: Letter) -> frozenset[str]:
    """The names in the shape of a letter that do not come from its indices: in `A[k] : d[k+1] x d[k]` only d."""
    return (one.rows.names | one.cols.names).difference(*(index.names for index in one.args))


def is_quantifier_free(formula: Formula) -> bool:
    """Whether no quantifier occurs."""
    return formula.depth == 0
