"""The fast inner form of terms: a word is a string with one character a letter, a matrix a dictionary of words.

The kernel's terms are exact and readable; the search handles millions of words, and strings are what Python finds,
cuts and hashes fastest. An `Alphabet` translates both ways. An `Order` decides which words are large: first those
with more heavy letters (definitions, which are to be eliminated), then the longer ones, then letter by letter.

Main names: Alphabet, Order, Matrix (the inner form of a matrix).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational, Word, cyclic, rational
from symbolic_cp.prover.central import Central, Coefficient, Number, central, monomials

Matrix = dict[str, Coefficient]
WordKey = tuple[int, int, str]
CentralKey = tuple[tuple[WordKey, ...], int, str]
FIRST = 0x41
MOST_LETTERS = 20_000


def letters_of(terms: Iterable[Poly]) -> list[Letter]:
    """The letters that occur, untransposed, traces included, in the order of their structure."""
    found: set[Letter] = set()
    for term in terms:
        for scalars, word in term.terms:
            found.update(word)
            for generator in scalars:
                found.update(generator.word)
    plain = {one.flipped() if one.transposed else one for one in found}
    return sorted(plain, key=lambda one: one.key)


class Alphabet:
    """Letters and characters; `letters` lists the untransposed letters, smallest first."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        if len(letters) > MOST_LETTERS:
            raise ValueError(f"more than {MOST_LETTERS} letters")
        self.letters: dict[str, Letter] = {}
        self.characters: dict[Letter, str] = {}
        self.rows: dict[str, Nat] = {}
        self.cols: dict[str, Nat] = {}
        self._flip: dict[int, str] = {}
        for index, plain in enumerate(letters):
            first, second = chr(FIRST + 2 * index), chr(FIRST + 2 * index + 1)
            for character, one in ((first, plain), (second, plain.flipped())):
                self.letters[character] = one
                self.characters[one] = character
                self.rows[character], self.cols[character] = one.shape
            self._flip[ord(first)], self._flip[ord(second)] = second, first
        one_ = Nat(1)
        self.starts = "".join(c for c in self.letters if self.rows[c] == one_)
        self.generators: dict[str, Generator] = {}
        self.traces: dict[str, str] = {}
        self._central: dict[Generator, str] = {}
        self._trace: dict[str, str] = {}
        self._turns: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------------- words

    def flip(self, word: str) -> str:
        """The transpose of a word."""
        return word[::-1].translate(self._flip)

    def flip_all(self, matrix: Matrix) -> Matrix:
        """The transpose of a matrix."""
        return {word[::-1].translate(self._flip): coef for word, coef in matrix.items()}

    def least_turn(self, word: str) -> str:
        """The least of the rotations of a word and of its transpose."""
        found = self._turns.get(word)
        if found is None:
            both = (word, self.flip(word))
            found = self._turns[word] = min([v[i:] + v[:i] for v in both for i in range(len(word))])
        return found

    # ---------------------------------------------------------------------------------------------- scalars

    def trace(self, word: str, size: Nat | None = None) -> Coefficient:
        """The trace of a word; of the empty word, the size."""
        if not word:
            assert size is not None
            return self.size(size)
        found = self._trace.get(word)
        if found is None:
            turned = self.least_turn(word)
            if turned not in self._trace:
                self._trace[turned] = self._new()
                self.traces[self._trace[turned]] = turned
            found = self._trace[word] = self._trace[turned]
        return Central({found: 1})

    def size(self, size: Nat) -> Coefficient:
        """A dimension as a coefficient."""
        total: dict[str, Number] = {"": size.const}
        for (name, args), factor in size.atoms:
            total[self._generator(Generator("nat", name, args))] = factor
        return central(total)

    def _new(self) -> str:
        return chr(FIRST + len(self.generators) + len(self.traces))

    def _generator(self, generator: Generator) -> str:
        if generator not in self._central:
            character = self._new()
            self._central[generator] = character
            self.generators[character] = generator
        return self._central[generator]

    # ----------------------------------------------------------------------------------------- translation

    def word(self, word: Word) -> str:
        """A word as a string."""
        return "".join([self.characters[one] for one in word])

    def _monomial(self, scalars: tuple[Generator, ...]) -> str:
        found: list[str] = []
        for generator in scalars:
            if generator.kind == "trace":
                value = self.trace(self.word(generator.word))
                found.extend(monomials(value))
            else:
                found.append(self._generator(generator))
        return "".join(sorted(found))

    def encode(self, term: Poly) -> Matrix:
        """A matrix in inner form; a scalar is a coefficient of the empty word."""
        parts: dict[str, dict[str, Number]] = {}
        for (scalars, word), number in term.sorted_terms():
            part = parts.setdefault(self.word(word), {})
            monomial = self._monomial(scalars)
            part[monomial] = part.get(monomial, 0) + number
        return {word: coef for word, part in parts.items() if (coef := central(part))}

    def decode_word(self, word: str) -> Word:
        """A string as a word."""
        return tuple([self.letters[character] for character in word])

    def matrix(self, word: str) -> Poly:
        """A string that is not empty as a matrix of one term."""
        letters = self.decode_word(word)
        return Poly((letters[0].shape[0], letters[-1].shape[1]), {((), letters): 1})

    def _decode_monomial(self, monomial: str) -> tuple[Generator, ...]:
        found = [
            Generator("trace", word=cyclic(self.decode_word(self.traces[one])))
            if one in self.traces
            else self.generators[one]
            for one in monomial
        ]
        return tuple(sorted(found, key=lambda generator: generator.key))

    def coefficient(self, value: Coefficient) -> Poly:
        """A coefficient as a scalar."""
        return Poly(None, {(scalars, ()): number for scalars, number in self._decoded(value)})

    def _decoded(self, value: Coefficient) -> Iterator[tuple[tuple[Generator, ...], Rational]]:
        for monomial, number in monomials(value).items():
            yield self._decode_monomial(monomial), rational(number)

    def decode(self, value: Matrix, shape: tuple[Nat, Nat] | None) -> Poly:
        """A matrix (or, where shape is None, a scalar) in the kernel's form."""
        terms = {
            (scalars, self.decode_word(word)): number
            for word, coef in value.items()
            for scalars, number in self._decoded(coef)
        }
        return Poly(shape, terms)


class Order:
    """Which words are larger: more heavy letters, then more letters, then letter by letter.

    `ranking` lists all characters, the smallest first; without it they stand in the order of the alphabet.
    """

    def __init__(self, alphabet: Alphabet, heavy: str = "", ranking: str = "") -> None:
        self.traces, self.heavy = alphabet.traces, heavy
        self._table = {ord(one): chr(FIRST + rank) for rank, one in enumerate(ranking)}
        self._keys: dict[str, CentralKey] = {}

    def key(self, word: str) -> WordKey:
        """Larger for larger words; compatible with products."""
        if not self.heavy and not self._table:
            return 0, len(word), word
        return sum(map(word.count, self.heavy)), len(word), word.translate(self._table)

    def central_key(self, monomial: str) -> CentralKey:
        """Larger for larger central monomials: the traces decide, by their words, and then the degree."""
        found = self._keys.get(monomial)
        if found is None:
            traces = [self.key(self.traces[one]) for one in monomial if one in self.traces]
            others = "".join(one for one in reversed(monomial) if one not in self.traces)
            found = self._keys[monomial] = (tuple(sorted(traces, reverse=True)), len(others), others)
        return found
