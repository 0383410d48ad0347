"""Candidates for the nonnegative summands of an inequality: traces tr(M'M), and squares of scalars.

tr(PQ) >= 0 for orthogonal projectors holds because tr(PQ) = tr((PQ)'(PQ)), and tr(P) >= tr(PQ) because their
difference is tr((P - QP)'(P - QP)). Which M? Parts of the words under the traces in sight, and sums and differences
of two such parts. All nonnegative combinations of these are those with a diagonally dominant Gram matrix, and a
linear program finds one. Source: A. A. Ahmadi and A. Majumdar, DSOS and SDSOS optimization, 2019.

`sum_of_squares` looks for any positive semidefinite Gram matrix, but only at one of those that fit.

Main functions: gram_candidates, sum_of_squares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.kernel.terms import Nat, rational
from symbolic_cp.kernel.theory import Product
from symbolic_cp.prover.alphabet import Alphabet, Matrix
from symbolic_cp.prover.central import Coefficient, Number, central, merged, monomials
from symbolic_cp.prover.simplex import Place

MOST_IN_CLASS = 14
Normal = Callable[[Coefficient], Coefficient]
Part = tuple[str, str]  # central monomial, word
Size = tuple[Nat, Nat]


@dataclass(frozen=True, slots=True)
class Source:
    """Where parts of words are taken from: scalars, and the equations between matrices."""

    values: Sequence[Coefficient]
    matrices: Sequence[Matrix]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nonnegative scalar: tr(M'M) for `matrix` with that shape, or the square of `root`; `value` in normal form."""

    value: Coefficient
    matrix: Matrix | None
    shape: Size | None
    root: Coefficient = 0


def gram_candidates(alphabet: Alphabet, source: Source, normal: Normal, breadth: int) -> list[Candidate]:
    """Squares and Gram traces built from the parts of a source, the simplest first; some may be zero."""
    found: list[Candidate] = []
    for shape, chosen in classes(alphabet, source, breadth).items():
        found += _pairs(alphabet, shape, chosen, normal)
    return [*found, *_squares(source.values, normal)]


def classes(alphabet: Alphabet, source: Source, breadth: int) -> dict[Size, list[Part]]:
    """Parts by shape, the shortest of each.

    Breadth 0: halves of the words under traces; 1: all their parts; 2: parts of the words of equations too.
    """
    found: dict[Size, dict[Part, None]] = {}
    for monomial in _monomials(source.values):
        for shape, part in _parts_of(alphabet, monomial, breadth):
            found.setdefault(shape, {})[part] = None
    for word in dict.fromkeys(word for matrix in source.matrices for word in matrix) if breadth == 2 else ():
        around = len(word) > 1 and alphabet.rows[word[0]] == alphabet.cols[word[-1]]
        for turned in dict.fromkeys(word[i:] + word[:i] for i in range(len(word) if around else 1)):
            for start in range(len(turned)):
                for end in range(start + 1, len(turned) + 1):
                    shape = alphabet.rows[turned[start]], alphabet.cols[turned[end - 1]]
                    found.setdefault(shape, {})["", turned[start:end]] = None
                    if shape[0] == shape[1]:
                        found[shape]["", ""] = None
    return {shape: sorted(members, key=_complexity)[:MOST_IN_CLASS] for shape, members in found.items()}


def _complexity(part: Part) -> tuple[int, str, str]:
    scalars, word = part
    return len(word) + len(scalars), word, scalars


def _monomials(values: Iterable[Coefficient]) -> list[str]:
    return list(dict.fromkeys(monomial for value in values for monomial in monomials(value)))


def _parts_of(alphabet: Alphabet, monomial: str, breadth: int) -> Iterator[tuple[Size, Part]]:
    """Parts of the word under the one trace of a monomial, with half of the scalars beside it."""
    traces = [one for one in monomial if one in alphabet.traces]
    if len(traces) != 1:
        return
    word = alphabet.traces[traces[0]]
    scalars = monomial.replace(traces[0], "", 1)
    halves = dict.fromkeys((scalars[: (len(scalars) + 1) // 2], scalars[::2], scalars[1::2], ""))
    for turned in (word, alphabet.flip(word)):
        circle = turned + turned
        for start in range(len(turned)):
            for length in range(1, (len(turned) if breadth else (len(turned) + 1) // 2) + 1):
                part = circle[start : start + length]
                shape = alphabet.rows[part[0]], alphabet.cols[part[-1]]
                for half in halves:
                    yield shape, (half, part)
                    if shape[0] == shape[1]:
                        yield shape, (half, "")


def _inner(alphabet: Alphabet, shape: Size, first: Part, second: Part) -> Coefficient:
    """tr(M'N) for two parts of the same shape."""
    scalars = central({merged(first[0], second[0]): 1})
    return scalars * alphabet.trace(alphabet.flip(first[1]) + second[1], shape[1])


def _matrix(parts: Iterable[tuple[Part, Number]]) -> Matrix:
    """A combination of parts."""
    total: Matrix = {}
    for (scalars, word), factor in parts:
        total[word] = total.get(word, 0) + central({scalars: factor})
    return total


def _pairs(alphabet: Alphabet, shape: Size, parts: list[Part], normal: Normal) -> list[Candidate]:
    """tr(M'M) for every part M and every sum and difference of two."""
    squares = [normal(_inner(alphabet, shape, part, part)) for part in parts]
    single = [Candidate(value, _matrix([(part, 1)]), shape) for value, part in zip(squares, parts, strict=True)]
    double: list[Candidate] = []
    for i, first in enumerate(parts):
        for j, second in enumerate(parts[:i]):
            mixed = normal(_inner(alphabet, shape, first, second))
            for sign in (-1, 1):
                matrix = _matrix([(first, 1), (second, sign)])
                double.append(Candidate(squares[i] + squares[j] + 2 * sign * mixed, matrix, shape))
    return [*single, *double]


def _squares(values: Sequence[Coefficient], normal: Normal) -> list[Candidate]:
    """Squares of scalars, and of sums and differences of two, where a monomial has an even part."""
    composite = [monomial for monomial in _monomials(values) if len(monomial) > 1]
    roots = dict.fromkeys(half for monomial in composite for half in (monomial[::2], monomial[1::2]))
    chosen = sorted(roots, key=lambda one: (len(one), one))[:MOST_IN_CLASS]
    terms: list[Coefficient] = [1, *(central({one: 1}) for one in chosen)] if chosen else []
    bases = terms[1:]
    for i, first in enumerate(terms):
        bases += [first + sign * second for second in terms[:i] for sign in (-1, 1)]
    return [Candidate(normal(root * root), None, None, root) for root in bases]


def sum_of_squares(
    alphabet: Alphabet, source: Source, goal: Coefficient, normal: Normal
) -> tuple[Product, ...] | None:
    """Gram traces whose sum is the goal, by a Gram matrix that elimination finds; or None.

    For each shape, the goal is written as sum G_ij tr(M_i'M_j) with as few entries as elimination needs, and G is
    taken apart as L D L'. If some D_i is negative there may still be another G; it is not looked for.
    """
    for shape, parts in classes(alphabet, source, 1).items():
        pairs = [(i, j) for i in range(len(parts)) for j in range(i + 1)]
        columns = [normal(_inner(alphabet, shape, parts[i], parts[j])) for i, j in pairs]
        weights = solution([monomials(column) for column in columns], monomials(goal))
        if weights is None:
            continue
        table = [[Fraction(0)] * len(parts) for _ in parts]
        for (i, j), weight in zip(pairs, weights, strict=True):
            table[i][j] = table[j][i] = weight if i == j else weight / 2
        squares = _square_terms(table)
        if squares is not None:
            return tuple(
                Product(
                    rational(weight),
                    (),
                    (alphabet.decode(_matrix((parts[i], rational(x)) for i, x in enumerate(row) if x), shape),),
                )
                for weight, row in squares
            )
    return None


def solution(
    columns: Sequence[Mapping[Place, Number]], target: Mapping[Place, Number]
) -> list[Fraction] | None:
    """Numbers x with sum x_j columns[j] = target, zero where they are free; or None."""
    reduced: list[tuple[Place, dict[Place, Number], dict[int, Fraction]]] = []

    def eliminate(vector: dict[Place, Number], origin: dict[int, Fraction]) -> None:
        for place, pivot, source in reduced:
            factor = vector.get(place, 0)
            if factor:
                for key, value in pivot.items():
                    vector[key] = vector.get(key, 0) - factor * value
                for number, amount in source.items():
                    origin[number] = origin.get(number, Fraction(0)) - factor * amount

    for j, column in enumerate(columns):
        vector, origin = dict(column), {j: Fraction(1)}
        eliminate(vector, origin)
        place = next((key for key, value in vector.items() if value), None)
        if place is not None:
            scale = Fraction(vector[place])
            pivot: dict[Place, Number] = {key: value / scale for key, value in vector.items() if value}
            reduced.append((place, pivot, {k: amount / scale for k, amount in origin.items()}))
    rest, used = dict(target), dict[int, Fraction]()
    eliminate(rest, used)
    if any(rest.values()):
        return None
    return [-used.get(j, Fraction(0)) for j in range(len(columns))]


def _square_terms(table: list[list[Fraction]]) -> list[tuple[Fraction, list[Fraction]]] | None:
    """Weights d > 0 and rows r with table = sum of d r'r, or None if the table is not positive semidefinite."""
    squares: list[tuple[Fraction, list[Fraction]]] = []
    table = [list(row) for row in table]
    while True:
        place = next((i for i in range(len(table)) if table[i][i]), None)
        if place is None:
            return None if any(map(any, table)) else squares
        weight = table[place][place]
        if weight < 0:
            return None
        row = [value / weight for value in table[place]]
        squares.append((weight, row))
        for i, line in enumerate(table):
            table[i] = [value - weight * row[i] * row[j] for j, value in enumerate(line)]
