"""Terms at a point: every letter has an exact value, and an unknown letter may be solved for.

A point maps names to `fmpq` (scalars) and `fmpq_mat` (matrices); terms and conditions are those of `task`, without
natural numbers. Everything here only finds instances; the kernel decides about them.

Main names: value, holds, affine, solve, insolvable, to_instance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.exact.linear import kernel, solve_affine
from symbolic_cp.exact.matrices import eye, is_zero, zeros
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.formulas import Atom, Equal, Positive
from symbolic_cp.kernel.terms import Generator, Letter, Poly, Rational, Word
from symbolic_cp.prover.task import All, Any, Condition, Not, Psd, Some

Number: TypeAlias = fmpq
Entry: TypeAlias = fmpq | fmpq_mat
Point = Mapping[str, Entry]


def rational(number: Rational) -> fmpq:
    """A number of the kernel as a number of FLINT."""
    return fmpq(number.numerator, number.denominator)


def to_instance(entry: fmpq | fmpq_mat) -> Rational | Matrix:
    """A value of a point as a value of the kernel."""
    if isinstance(entry, fmpq_mat):
        rows = tuple(tuple(_plain(q) for q in row) for row in entry.table()) if entry.ncols() else ((),) * entry.nrows()
        return Matrix(entry.nrows(), entry.ncols(), rows)
    return _plain(entry)


def _plain(q: fmpq) -> Rational:
    return int(q.p) if q.q == 1 else Fraction(int(q.p), int(q.q))


def gathered(point: Point) -> dict[str, Instance]:
    """A point as values of the kernel by name; members of families together, by index."""
    found: dict[str, Instance] = {}
    members: dict[str, dict[tuple[int, ...], Rational | Matrix]] = {}
    for name, entry in point.items():
        base, bracket, rest = name.partition("[")
        if bracket:
            members.setdefault(base, {})[tuple(map(int, rest[:-1].split(",")))] = to_instance(entry)
        else:
            found[name] = to_instance(entry)
    return found | {name: Table(dict(sorted(table.items()))) for name, table in members.items()}


def from_instance(instance: Rational | Matrix) -> Entry:
    """A value of the kernel as a value of a point."""
    if isinstance(instance, Matrix):
        return fmpq_mat(instance.rows, instance.cols, [rational(q) for row in instance.entries for q in row])
    return rational(instance)


def shape_of(entry: Entry) -> tuple[int, int] | None:
    """Rows and columns of a matrix, None for a number."""
    return (entry.nrows(), entry.ncols()) if isinstance(entry, fmpq_mat) else None


def _letter(one: Letter, point: Point) -> fmpq_mat:
    if one.entries is not None:
        found = fmpq_mat(one.rows.const, one.cols.const, [rational(q) for row in one.entries for q in row])
    else:
        entry = point[one.name]
        assert isinstance(entry, fmpq_mat)
        found = entry
    return found.transpose() if one.transposed else found


def _word(word: Word, point: Point) -> fmpq_mat:
    product = _letter(word[0], point)
    for one in word[1:]:
        product = product * _letter(one, point)
    return product


def _generator(generator: Generator, point: Point) -> fmpq:
    if generator.kind == "trace":
        product = _word(generator.word, point)
        return sum((product[i, i] for i in range(product.nrows())), fmpq(0))
    entry = point[generator.name]
    assert isinstance(entry, fmpq)
    return entry


def value(term: Poly, point: Point) -> Entry:
    """The number or matrix that a term is at a point."""
    number = fmpq(0)
    total = zeros(term.shape[0].const, term.shape[1].const) if term.shape else None
    for (scalars, word), coef in term.terms.items():
        factor = rational(coef)
        for generator in scalars:
            factor = factor * _generator(generator, point)
        if total is None:
            number = number + factor
        elif word:
            total = total + _word(word, point) * factor
        else:
            total = total + eye(total.nrows()) * factor
    return number if total is None else total


def holds(condition: Condition, point: Point) -> bool | None:
    """Whether a condition holds at a point; None if that is not decided (an existence claim that is not linear)."""
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, Atom):
        entry = value(condition.term, point)
        if isinstance(entry, fmpq_mat):
            return is_zero(entry)
        return entry == 0 if isinstance(condition, Equal) else entry > 0 or (
            entry == 0 and not isinstance(condition, Positive)
        )
    if isinstance(condition, Not):
        inner = holds(condition.part, point)
        return None if inner is None else not inner
    if isinstance(condition, Psd):
        form = value(condition.term, point)
        assert isinstance(form, fmpq_mat)
        return negative_direction(form + form.transpose()) is None
    if isinstance(condition, Some):
        return False if insolvable(condition, point) is not None else None
    decisive = isinstance(condition, Any)
    answers = [holds(part, point) for part in condition.parts]
    return decisive if decisive in answers else None if None in answers else not decisive


# ------------------------------------------------------------------------------------------------- linear equations

Places = Mapping[str, tuple[int, int, int]]
"""Where an unknown stands in the vector of all unknowns: offset, rows, columns (a scalar is 1 x 1)."""


def places(shapes: Mapping[str, tuple[int, int] | None]) -> Places:
    """The unknowns one behind the other, each row by row."""
    found: dict[str, tuple[int, int, int]] = {}
    offset = 0
    for name, shape in shapes.items():
        rows, cols = shape or (1, 1)
        found[name] = offset, rows, cols
        offset += rows * cols
    return found


def degree(term: Poly, names: Sequence[str] | Mapping[str, object]) -> int:
    """How often letters of these names occur in one monomial, at most."""

    def count(scalars: tuple[Generator, ...], word: Word) -> int:
        inside = [generator.name for generator in scalars]
        letters = [one.name for one in (*word, *(one for generator in scalars for one in generator.word))]
        return sum(name in names for name in inside + letters)

    return max((count(*monomial) for monomial in term.terms), default=0)


def affine(term: Poly, where: Places, point: Point) -> tuple[fmpq_mat, fmpq_mat]:
    """M and b with vec(term) = M x + b, x the unknowns of `where`; the term is of degree at most 1 in them."""
    height, width = (term.shape[0].const, term.shape[1].const) if term.shape else (1, 1)
    columns = sum(rows * cols for _, rows, cols in where.values())
    M, b = zeros(height * width, columns), zeros(height * width, 1)
    for (scalars, word), coef in term.terms.items():
        factor, inner = rational(coef), None
        for generator in scalars:
            if degree(Poly(None, {((generator,), ()): 1}), where):
                inner = generator
            else:
                factor = factor * _generator(generator, point)
        i = next((i for i, one in enumerate(word) if one.name in where), None)
        if i is not None:
            left = _word(word[:i], point) if i else eye(height)
            right = _word(word[i + 1 :], point) if i + 1 < len(word) else eye(width)
            _add_product(M, left * factor, word[i], right, where)
            continue
        rest = _word(word, point) if word else eye(height)
        if inner is None:
            for row in range(height):
                for col in range(width):
                    b[row * width + col, 0] += rest[row, col] * factor
        else:
            _add_scaled(M, inner, rest * factor, where, point)
    return M, b


def _add_product(M: fmpq_mat, left: fmpq_mat, one: Letter, right: fmpq_mat, where: Places) -> None:
    """Add left X right (or left X' right), entry by entry."""
    offset, rows, cols = where[one.name]
    width = right.ncols()
    for k in range(rows):
        for j in range(cols):
            inner, outer = (j, k) if one.transposed else (k, j)
            at = offset + k * cols + j
            for row in range(left.nrows()):
                if left[row, inner]:
                    for col in range(width):
                        M[row * width + col, at] += left[row, inner] * right[outer, col]


def _add_scaled(M: fmpq_mat, generator: Generator, rest: fmpq_mat, where: Places, point: Point) -> None:
    """Add (generator) * rest, where the generator is an unknown scalar or a trace with an unknown matrix."""
    slopes: list[tuple[int, fmpq]] = []
    if generator.kind == "trace":
        i = next(i for i, one in enumerate(generator.word) if one.name in where)
        one = generator.word[i]
        around = generator.word[i + 1 :] + generator.word[:i]
        offset, rows, cols = where[one.name]
        W = _word(around, point) if around else eye(rows)
        slopes = [
            (offset + k * cols + j, W[k, j] if one.transposed else W[j, k]) for k in range(rows) for j in range(cols)
        ]
    else:
        slopes = [(where[generator.name][0], fmpq(1))]
    width = rest.ncols()
    for at, slope in slopes:
        for row in range(rest.nrows()):
            for col in range(width):
                M[row * width + col, at] += slope * rest[row, col]


def system(terms: Sequence[Poly], where: Places, point: Point) -> tuple[fmpq_mat, fmpq_mat]:
    """M and b with M x + b = 0 exactly if all terms are zero."""
    pairs = [affine(term, where, point) for term in terms]
    columns = sum(rows * cols for _, rows, cols in where.values())
    entries = [q for M, _ in pairs for q in M.entries()]
    heights = sum(M.nrows() for M, _ in pairs)
    return fmpq_mat(heights, columns, entries), fmpq_mat(heights, 1, [q for _, b in pairs for q in b.entries()])


def solve(terms: Sequence[Poly], where: Places, point: Point) -> tuple[fmpq_mat, fmpq_mat] | None:
    """A solution of terms = 0, as a column of all unknowns, and a basis of the homogeneous solutions; or None."""
    M, b = system(terms, where, point)
    return solve_affine(M, -b)


def unpacked(x: fmpq_mat, where: Places, shapes: Mapping[str, tuple[int, int] | None]) -> dict[str, Entry]:
    """The values of the unknowns in a column of all of them."""
    entries = x.entries()
    return {
        name: entries[offset] if shapes[name] is None else fmpq_mat(rows, cols, entries[offset : offset + rows * cols])
        for name, (offset, rows, cols) in where.items()
    }


def equations(condition: Condition) -> list[Poly]:
    """The equations among the parts of a conjunction."""
    found = condition.parts if isinstance(condition, All) else [condition]
    return [one.term for one in found if isinstance(one, Equal)]


def insolvable(claim: Some, point: Point) -> tuple[list[Poly], fmpq_mat] | None:
    """Linear equations of an existence claim and multipliers y with y'M = 0 and y'b = 1: then it is false.

    None if the equations that are linear in the unknowns have a solution.
    """
    shapes = _shapes(claim)
    linear = [term for term in equations(claim.part) if degree(term, claim.unknowns) <= 1]
    if not linear:
        return None
    M, b = system(linear, places(shapes), point)
    left = kernel(M.transpose())
    weights = left.transpose() * b
    for j in range(left.ncols()):
        if weights[j, 0]:
            return linear, fmpq_mat(left.nrows(), 1, [left[i, j] / weights[j, 0] for i in range(left.nrows())])
    return None


def _shapes(claim: Some) -> dict[str, tuple[int, int] | None]:
    """The unknowns that occur, with their shapes."""
    found: dict[str, tuple[int, int] | None] = {}
    for term in equations(claim.part):
        for scalars, word in term.terms:
            for generator in scalars:
                found |= {generator.name: None} if generator.name in claim.unknowns else {}
            for one in (*word, *(one for generator in scalars for one in generator.word)):
                if one.name in claim.unknowns:
                    found[one.name] = one.rows.const, one.cols.const
    return {name: found[name] for name in claim.unknowns if name in found}
