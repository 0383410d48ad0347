"""Witnesses: expressions in given letters for matrices that a claim asserts to exist.

Everything is tried in normal form modulo the hypotheses, so that thousands of candidates cost little. Where a claim
reads U L V = W, g(U) W g(V) comes first, with g(U) a product of known pseudoinverses and inverses; then come single
words; then, for the claims that are linear in the unknowns, combinations of words; then sums and differences of two.

Main name: Witnesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import chain

from symbolic_cp.kernel.terms import Letter, Nat, Poly, Shape, letter
from symbolic_cp.prover.alphabet import Alphabet, Matrix, Order, letters_of
from symbolic_cp.prover.central import Central, Coefficient, Number, central, monomials
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import matrix_inputs
from symbolic_cp.prover.grams import solution
from symbolic_cp.prover.rules import Budget, OutOfWork, add_word

LONGEST = 6
MOST_WORDS = 300
FEW = 3
SHARE = 4_000


def put(matrix: Matrix, replaced: dict[str, Matrix]) -> Matrix:
    """The matrix with matrices for letters, all at once (not inside traces)."""
    total: Matrix = {}
    for word, coef in matrix.items():
        product: Matrix = {"": coef}
        for one in word:
            factor = replaced.get(one, {one: 1})
            longer: Matrix = {}
            for left, first in product.items():
                for right, second in factor.items():
                    add_word(longer, left + right, first * second)
            product = longer
        for other, value in product.items():
            add_word(total, other, value)
    return total


class Witnesses:
    """The unknowns of an existential claim, the equations that they have to satisfy, and those that are known."""

    def __init__(
        self, unknowns: Sequence[Letter], claims: Sequence[Poly], known: Sequence[Poly], budget: Budget
    ) -> None:
        """The terms of `claims` have to vanish, those of `known` do. Cost: a share of the budget."""
        self.alphabet = Alphabet(letters_of([*claims, *known, *map(letter, unknowns)]))
        self.unknowns = [self.alphabet.characters[one] for one in unknowns]
        self.shapes = [one.shape for one in unknowns]
        self.flipped = [self.alphabet.flip(one) for one in self.unknowns]
        self._open = "".join([*self.unknowns, *self.flipped])
        self.claims = [(self.alphabet.encode(term), term.shape) for term in claims]
        self.budget = budget
        part = budget.part(SHARE)
        granted = part.left
        self.completion = Completion(self.alphabet, Order(self.alphabet), known, part)
        try:
            self.completion.start()
            while self.completion.step():
                pass
        except OutOfWork:
            pass
        budget.charge(granted, part)
        self.completion.budget = budget
        self.inverses = self._inverses()
        self.words = [self._words(shape) for shape in self.shapes]

    # ----------------------------------------------------------------------------------------------- pieces

    def _inverses(self) -> dict[str, str]:
        """Words U and g with U g U = U or U g = I among the known equations."""
        found: dict[str, str] = {}
        for _, matrix in matrix_inputs(self.completion):
            if len(matrix) != 2 or sum(coef for coef in matrix.values() if not isinstance(coef, Central)) != 0:
                continue
            short, long = sorted(matrix, key=len)
            middle = long[len(short) : len(long) - len(short)]
            if short and middle and long == short + middle + short:
                found.setdefault(short, middle)
            elif not short:
                for k in range(1, len(long)):
                    found.setdefault(long[:k], long[k:])
                    found.setdefault(long[k:], long[:k])
        for word, inverse in list(found.items()):
            found.setdefault(self.alphabet.flip(word), self.alphabet.flip(inverse))
        return found

    def inverse(self, word: str) -> str | None:
        """A product of known inverses, in reverse order, for a word; the empty word for itself."""
        if not word:
            return ""
        for k in range(len(word), 0, -1):
            first = self.inverses.get(word[:k])
            rest = self.inverse(word[k:]) if first is not None else None
            if first is not None and rest is not None:
                return rest + first
        return None

    def _words(self, shape: tuple[Nat, Nat]) -> list[str]:
        """Irreducible words with that shape, shortest first: of the letters as they occur, then of their transposes."""
        inputs = [*(matrix for matrix, _ in self.claims), *self.completion.inputs]
        written = {one for matrix in inputs for word in matrix for one in word}
        given = [one for one in self.alphabet.letters if one not in self._open]
        found = [""] if shape[0] == shape[1] else []
        found += self._grown(shape, [one for one in given if one in written])
        found += self._grown(shape, given)
        return list(dict.fromkeys(found))[:MOST_WORDS]

    def _grown(self, shape: tuple[Nat, Nat], given: Sequence[str]) -> list[str]:
        """Irreducible words of some letters, shortest first."""
        alphabet, found = self.alphabet, list[str]()
        layer = [one for one in given if alphabet.rows[one] == shape[0]]
        for _ in range(LONGEST):
            layer = [word for word in layer if self.completion.find(word) is None][: 10 * MOST_WORDS]
            found += [word for word in layer if alphabet.cols[word[-1]] == shape[1]]
            if len(found) >= MOST_WORDS:
                break
            layer = [word + one for word in layer for one in given if alphabet.cols[word[-1]] == alphabet.rows[one]]
        return found[: MOST_WORDS // 2]

    def holds(self, values: Sequence[Matrix]) -> bool:
        """Whether all claims that mention only the first unknowns, those that have values, reduce to zero."""
        count = len(values)
        later = self.unknowns[count:] + self.flipped[count:]
        replaced = self._replaced(values)
        for matrix, shape in self.claims:
            if not self._in_traces(matrix) and not any(one in word for word in matrix for one in later):
                value = self._normal(put(matrix, replaced), shape)
                if value and not self._has_no_norm(value, shape):
                    return False
        return True

    def _has_no_norm(self, value: Matrix, shape: Shape) -> bool:
        """Whether tr(M'M) reduces to zero for a matrix M of a few words: then M is zero all the same."""
        if shape is None or len(value) > FEW:
            return False
        total: Coefficient = 0
        for first, left in value.items():
            for second, right in value.items():
                total = total + left * right * self.alphabet.trace(self.alphabet.flip(first) + second, shape[1])
        return not self.completion.scalars.reduce(total, {})

    def _normal(self, value: Matrix, shape: Shape) -> Matrix:
        if shape is not None:
            return self.completion.reduce(value, {}, shape)
        coef = self.completion.scalars.reduce(value.get("", 0), {})
        return {"": coef} if coef else {}

    def _in_traces(self, matrix: Matrix) -> bool:
        """Whether an unknown occurs under a trace."""
        traces = self.alphabet.traces
        for coef in matrix.values():
            for monomial in monomials(coef):
                if any(one in self._open for trace in monomial for one in traces.get(trace, "")):
                    return True
        return False

    def _replaced(self, values: Sequence[Matrix]) -> dict[str, Matrix]:
        replaced = dict(zip(self.unknowns, values, strict=False))
        replaced.update(zip(self.flipped, map(self.alphabet.flip_all, values), strict=False))
        return replaced

    # -------------------------------------------------------------------------------------------- candidates

    def assignments(self) -> Iterator[list[Poly]]:
        """Values for all unknowns that satisfy every equation without unknown traces, best guesses first.

        Raises OutOfWork when the budget is spent.
        """
        seen: list[list[Matrix]] = []
        for values in chain(self._one_by_one([], self._simple), self._linear(), self._one_by_one([], self._pairs)):
            if values not in seen and self.holds(values):
                seen.append(values)
                yield [self.alphabet.decode(one, shape) for one, shape in zip(values, self.shapes, strict=True)]

    def _one_by_one(
        self, before: list[Matrix], choices: Callable[[int], Iterator[Matrix]]
    ) -> Iterator[list[Matrix]]:
        """Values one after the other, each such that the claims about those so far hold."""
        place = len(before)
        if place == len(self.unknowns):
            yield before
            return
        for value in choices(place):
            if self.holds([*before, value]):
                yield from self._one_by_one([*before, value], choices)

    def _simple(self, place: int) -> Iterator[Matrix]:
        """Solutions of U L V = W, then words, then zero."""
        yield from self._solved(place)
        for word in self.words[place]:
            yield {word: 1}
        yield {}

    def _pairs(self, place: int) -> Iterator[Matrix]:
        """Sums and differences of two words."""
        few = self.words[place][:24]
        for i, first in enumerate(few):
            for second in few[:i]:
                yield {second: 1, first: -1}
                yield {second: 1, first: 1}
                yield {second: -1, first: 1}

    def _solved(self, place: int) -> Iterator[Matrix]:
        """g(U) W g(V) for every claim U L V = W in one unknown."""
        for turned in (False, True):
            unknown = self.flipped[place] if turned else self.unknowns[place]
            for matrix, _ in self.claims:
                inside = [word for word in matrix if any(one in self._open for one in word)]
                if len(inside) != 1 or inside[0].count(unknown) != 1:
                    continue
                reciprocal = self._reciprocal(matrix[inside[0]])
                if reciprocal is None:
                    continue
                left, right = inside[0].split(unknown)
                first, second = self.inverse(left), self.inverse(right)
                if any(one in self._open for one in left + right) or first is None or second is None:
                    continue
                value: Matrix = {}
                for word, coef in matrix.items():
                    if word != inside[0]:
                        add_word(value, first + word + second, -coef * reciprocal)
                yield self.alphabet.flip_all(value) if turned else value

    def _reciprocal(self, value: Coefficient) -> Coefficient | None:
        """1 / value for a number; for a polynomial, a scalar k for which k * value reduces to 1, if there is one."""
        if not isinstance(value, Central):
            return Fraction(1) / value
        for one in self.alphabet.generators:
            product = self.completion.scalars.reduce(value * central({one: 1}), {})
            if product in (1, -1):
                return central({one: 1}) * product
        return None

    def _linear(self) -> Iterator[list[Matrix]]:
        """Combinations of words that solve the claims which are linear in the unknowns."""
        linear = [
            (matrix, shape)
            for matrix, shape in self.claims
            if not self._in_traces(matrix)
            and all(sum(map(word.count, self._open)) <= 1 for word in matrix)
            and any(one in self._open for word in matrix for one in word)
        ]
        if not linear:
            return
        columns: list[dict[tuple[int, str, str], Number]] = []
        names: list[tuple[int, str]] = []
        constant = self._image(linear, [{} for _ in self.unknowns])
        for place, words in enumerate(self.words):
            for word in words:
                values: list[Matrix] = [{} for _ in self.unknowns]
                values[place] = {word: 1}
                image = self._image(linear, values)
                columns.append({key: image.get(key, 0) - constant.get(key, 0) for key in (*image, *constant)})
                names.append((place, word))
        weights = solution(columns, {key: -value for key, value in constant.items()})
        if weights is not None:
            result: list[Matrix] = [{} for _ in self.unknowns]
            for (place, word), weight in zip(names, weights, strict=True):
                if weight:
                    add_word(result[place], word, weight)
            yield result

    def _image(
        self, claims: Sequence[tuple[Matrix, Shape]], values: Sequence[Matrix]
    ) -> dict[tuple[int, str, str], Number]:
        """The normal forms of claims at values, as one vector."""
        vector: dict[tuple[int, str, str], Number] = {}
        replaced = self._replaced(values)
        for number, (matrix, shape) in enumerate(claims):
            for word, coef in self._normal(put(matrix, replaced), shape).items():
                for monomial, value in monomials(coef).items():
                    vector[number, word, monomial] = value
        return vector

