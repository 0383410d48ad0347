"""Chapter 6. Evaluation: formulas about given numbers are decided by computing.

Values are exact: an int for a natural number, an int or Fraction for a scalar, a `Matrix` for a matrix, and for a
family a `Table` from index tuples to values. Connectives are evaluated as they stand. A quantifier is evaluated only
if it runs over a natural number that a guard bounds: `all k. N - k >= 0 -> ...` or `exists k. N - k >= 0 & ...`.
Anything else is refused: evaluation never guesses. Ranges within ranges are bounded together: one formula is looked
at so many times, its parts counted, and then refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import matmul, mul

from symbolic_cp.kernel.errors import KernelError, expect, require
from symbolic_cp.kernel.formulas import (
    And, Equal, Falsum, ForAll, Formula, Implies, NonNegative, Or, Positive, Quantifier, Sort, free_names,
)
from symbolic_cp.kernel.logic import Theorem, concluded, rule
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational, Word, rational

LONGEST_RANGE = 10_000
MOST_PARTS = 500_000


@dataclass(frozen=True, slots=True)
class Matrix:
    """An exact matrix; `rows` and `cols` are kept because a matrix may have none of either."""

    rows: int
    cols: int
    entries: tuple[tuple[Rational, ...], ...]

    def __matmul__(self, other: Matrix) -> Matrix:
        require(self.cols == other.rows, "evaluate: the shapes of a product do not fit")
        columns = [[row[j] for row in other.entries] for j in range(other.cols)]
        dot = [tuple(sum(map(mul, row, column)) for column in columns) for row in self.entries]
        return Matrix(self.rows, other.cols, tuple(dot))

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return Matrix(self.cols, self.rows, tuple(tuple(row[j] for row in self.entries) for j in range(self.cols)))

    def trace(self) -> Rational:
        """The sum of the diagonal."""
        return sum((row[i] for i, row in enumerate(self.entries)), 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A family: its values by index. An index that is not listed may not be used."""

    entries: Mapping[tuple[int, ...], Rational | Matrix]


Instance = Rational | Matrix | Table
Values = Mapping[str, Instance]


def _lookup(name: str, args: tuple[Nat, ...], values: Values) -> Rational | Matrix:
    require(name in values, f"evaluate: {name} has no value")
    value = values[name]
    if isinstance(value, Table):
        indices = tuple(evaluate_nat(arg, values) for arg in args)
        require(indices in value.entries, f"evaluate: {name} has no value at {list(indices)}")
        return value.entries[indices]
    require(not args, f"evaluate: {name} is not a family")
    return value


def evaluate_nat(term: Nat, values: Values) -> int:
    """The natural number that a term is."""
    total = term.const
    for (name, args), coef in term.atoms:
        value = _lookup(name, args, values)
        number = expect(value, int, f"evaluate: {name} is not a natural number")
        require(number >= 0, f"evaluate: {name} is negative")
        total += coef * number
    return total


def _evaluate_letter(one: Letter, values: Values) -> Matrix:
    rows, cols = evaluate_nat(one.rows, values), evaluate_nat(one.cols, values)
    value = Matrix(rows, cols, one.entries) if one.entries is not None else _lookup(one.name, one.args, values)
    found = expect(value, Matrix, f"evaluate: {one.name} is not a matrix")
    require((found.rows, found.cols) == (rows, cols), f"evaluate: {one.name} is not a {rows} x {cols} matrix")
    return found.T if one.transposed else found


def _evaluate_word(word: Word, values: Values) -> Matrix:
    return reduce(matmul, (_evaluate_letter(one, values) for one in word))


def _evaluate_generator(generator: Generator, values: Values) -> Rational:
    if generator.kind == "trace":
        return _evaluate_word(generator.word, values).trace()
    value = _lookup(generator.name, generator.args, values)
    return rational(value)


def evaluate_poly(term: Poly, values: Values) -> Rational | Matrix:
    """The number or matrix that a term is. Raises KernelError where a name has no value of its sort."""
    number: Rational = 0
    shape = tuple(evaluate_nat(dimension, values) for dimension in term.shape or ())
    sums: list[list[Rational]] = [[0] * shape[1] for _ in range(shape[0])] if shape else []
    for (scalars, word), factor in term.terms.items():
        coef = factor
        for generator in scalars:
            coef = coef * _evaluate_generator(generator, values)
        if not shape:
            number += coef
        elif word:
            value = _evaluate_word(word, values)
            require((value.rows, value.cols) == shape, "evaluate: the shapes of a sum do not fit")
            for target, row in zip(sums, value.entries, strict=True):
                for j, entry in enumerate(row):
                    target[j] += coef * entry
        else:
            for i in range(shape[0]):
                sums[i][i] += coef
    return Matrix(shape[0], shape[1], tuple(map(tuple, sums))) if shape else rational(number)


def evaluate_formula(formula: Formula, values: Values, left: Iterator[int] | None = None) -> bool:
    """Whether the formula holds for these values. `left` runs out when too much has been looked at.

    Raises KernelError if a name has no value, a family is used outside its table, or a quantifier is not over a
    natural number with a bound, or ranges within ranges are too many. Cost: the matrix products that are written,
    once per index of the ranges.

    >>> from symbolic_cp.kernel.terms import literal
    >>> from symbolic_cp.kernel.formulas import equal
    >>> A = literal([[0, 1], [0, 0]]); evaluate_formula(equal(A @ A, 0), {})
    True
    """
    left = iter(range(MOST_PARTS)) if left is None else left
    require(next(left, None) is not None, f"evaluate: more than {MOST_PARTS} formulas, counted anew in every range")
    if isinstance(formula, Equal):
        value = evaluate_poly(formula.term, values)
        return not any(map(any, value.entries)) if isinstance(value, Matrix) else value == 0
    if isinstance(formula, NonNegative | Positive):
        number = rational(evaluate_poly(formula.term, values))
        return number > 0 or (isinstance(formula, NonNegative) and number == 0)
    if isinstance(formula, And):
        return evaluate_formula(formula.left, values, left) and evaluate_formula(formula.right, values, left)
    if isinstance(formula, Or):
        return evaluate_formula(formula.left, values, left) or evaluate_formula(formula.right, values, left)
    if isinstance(formula, Implies):
        return not evaluate_formula(formula.left, values, left) or evaluate_formula(formula.right, values, left)
    if isinstance(formula, Falsum):
        return False
    some = expect(formula, Quantifier, "evaluate: this is no formula")
    members = (evaluate_formula(some.body, {**values, f"#{some.height}": k}, left) for k in _range(some, values))
    return all(members) if isinstance(formula, ForAll) else any(members)


def _range(formula: Quantifier, values: Values) -> range:
    """The natural numbers at which a guarded body has to be looked at."""
    require(
        formula.sort == Sort("nat") and not formula.arity,
        "evaluate: a quantifier over something else than natural numbers",
    )
    bound = f"#{formula.height}"
    for guard in _guards(formula):
        slope, rest = _linear(guard.term, bound, values)
        if slope < 0:
            last = rest // -slope
            require(last <= LONGEST_RANGE, f"evaluate: a range of more than {LONGEST_RANGE} numbers")
            return range(int(last) + 1)
    raise KernelError("evaluate: nothing bounds a quantified natural number")


def _guards(formula: Quantifier) -> Iterator[NonNegative | Positive]:
    """The inequalities without which the body is true (for all) or false (exists)."""
    body = formula.body
    connective = Implies if isinstance(formula, ForAll) else And
    while isinstance(body, connective):
        if isinstance(body.left, NonNegative | Positive):
            yield body.left
        body = body.right


def _linear(term: Poly, bound: str, values: Values) -> tuple[Rational, Rational]:
    """The term as slope * bound + rest; slope 0 if it is not of this form or cannot be evaluated yet."""
    own = Generator("nat", bound)
    slope: Rational = term.terms.get(((own,), ()), 0)
    others = Poly(None, {key: coef for key, coef in term.terms.items() if key != ((own,), ())})
    if term.shape is not None or not free_names(others) <= set(values):
        return 0, 0
    return slope, rational(evaluate_poly(others, values))


@rule(0, "formula")
def evaluate(formula: Formula) -> Theorem:
    """A formula about literal matrices and numbers that holds.

    ::

        -------     phi closed, and true by computing
        |- phi

    Fails if phi is false, mentions a variable, or has a quantifier without a bound.

    In Coq: the proof is a computation with rational numbers, `by vm_compute`.

    >>> from symbolic_cp.kernel.terms import literal, scalar
    >>> from symbolic_cp.kernel.formulas import at_least, equal
    >>> A = literal([[1, 2]]); evaluate(equal(A @ A.T, literal([[5]]))).hyps
    frozenset()
    >>> evaluate(at_least(scalar(1), 2))
    Traceback (most recent call last):
    symbolic_cp.kernel.errors.KernelError: evaluate: the formula is false
    """
    require(evaluate_formula(formula, {}), "evaluate: the formula is false")
    return concluded("evaluate", (), (formula,), formula)
