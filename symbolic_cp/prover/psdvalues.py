"""Values of positive semidefinite forms, tr(M'SM) >= 0, made known where they may add up to the claim.

Which M? Parts of the words under traces in sight; if the claim is about a column x, words that end with x too; and
sums and differences of two. A linear program says which of the many are used.

Main function: psd_values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from symbolic_cp.kernel.formulas import Equal, Falsum, NonNegative, Positive, at_least
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Nat, trace
from symbolic_cp.kernel.theory import Product, combine
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Coefficient, monomials
from symbolic_cp.prover.grams import Source, classes
from symbolic_cp.prover.psdforms import Form, arguments, forms, meeting
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.rules import OutOfWork
from symbolic_cp.prover.simplex import nonnegative_combination

MOST_WORDS = 150
LONGEST = 4
MOST_PAIRED = 14
FEW = 6


@dataclass(frozen=True, slots=True)
class _Value:
    """A nonnegative number tr(M'SM), or tr(M'M) where there is no form; its normal form."""

    form: Form | None
    M: Matrix
    shape: tuple[Nat, Nat]
    value: Coefficient


def psd_values(now: Situation) -> list[Theorem]:
    """tr(M'SM) >= 0 for known psd S, and tr(M'M) >= 0, where they make the claim an inequality that adds up.

    If none do, tr(M'SM) >= 0 for a few M that have a part of the claim.
    """
    known = forms(now)
    if isinstance(now.claim, Equal) and now.claim.term.shape is not None:
        return [form.value(M) for form in known for M in arguments(now, form.size)[:FEW]]
    if not isinstance(now.claim, NonNegative | Positive | Equal | Falsum):
        return []
    try:
        found = _Values(now, known).used()
    except OutOfWork:
        found = []
    if found:
        return found
    return [form.value(M) for form in known for M in meeting(now, form)[:FEW]]


class _Values:
    """The numbers that may be summed up to the claim."""

    def __init__(self, now: Situation, known: Sequence[Form]) -> None:
        self.now, self.known = now, known
        self.alphabet, self.completion = now.modulo.alphabet, now.modulo.completion
        claim = now.claim
        raw = self.alphabet.encode(claim.term).get("", 0) if isinstance(claim, NonNegative | Positive | Equal) else 0
        self.goal = now.modulo.normal(raw)
        self.inner = [(form, self.alphabet.encode(form.S)) for form in known]

    def used(self) -> list[Theorem]:
        """The values in a combination that is the claim; none if there is no combination."""
        given = [one for one in self.now.known if isinstance(one.conclusion, NonNegative | Positive)]
        beside = [self.now.modulo.encoded(one.conclusion.term) for one in given]  # type: ignore[union-attr]
        values = [*self.of_words(), *self.of_parts()]
        if not values:
            return []
        mixed = [(one, number) for one in values for number in beside[:FEW]] if len(beside) <= FEW else []
        columns = [1, *beside, *(one.value for one in values)]
        columns += [self.now.modulo.normal(one.value * number) for one, number in mixed]
        vectors, tick = [monomials(column) for column in columns], self.now.modulo.tick
        weights = nonnegative_combination(vectors, monomials(self.goal), tick=tick)
        if weights is None:
            return []
        owners = [None] * (1 + len(beside)) + values + [one for one, _ in mixed]
        taken = [one for one, weight in zip(owners, weights, strict=True) if weight and one is not None]
        return [self.theorem(one) for i, one in enumerate(taken) if one not in taken[:i]]

    def theorem(self, one: _Value) -> Theorem:
        """That the number is not negative."""
        M = self.alphabet.decode(one.M, one.shape)
        if one.form is not None:
            return one.form.value(M)
        return combine(claim=at_least(trace(M.T @ M), 0), cofactors=(), products=(Product(1, (), (M,)),))

    # ------------------------------------------------------------------------------------------------ candidates

    def product(self, S: Matrix | None, first: str, second: str, cols: Nat) -> Coefficient:
        """tr(first' S second) in normal form."""
        total: Coefficient = 0
        for word, coef in (S or {"": 1}).items():
            total = total + coef * self.alphabet.trace(self.alphabet.flip(first) + word + second, cols)
        return self.now.modulo.normal(total)

    def of_parts(self) -> list[_Value]:
        """Values of the forms at parts of the words under traces, and at sums and differences of two."""
        found: list[_Value] = []
        source = Source([self.goal, *self.now.scalar_values()], ())
        for shape, parts in classes(self.alphabet, source, 1).items():
            words = [""] if shape[0] == shape[1] else []
            words += [word for scalars, word in parts if word and not scalars]
            words += [one for one in self.alphabet.letters if self.fits(one, shape)]
            for form, S in self.inner:
                if form.size == shape[0]:
                    found += self.paired(form, S, list(dict.fromkeys(words))[:MOST_PAIRED], shape)
        return found

    def fits(self, one: str, shape: tuple[Nat, Nat]) -> bool:
        """Whether a letter is irreducible and has that shape."""
        return (self.alphabet.rows[one], self.alphabet.cols[one]) == shape and self.completion.find(one) is None

    def of_words(self) -> list[_Value]:
        """Values at words that end with the column that the claim is about, where they meet one another or the claim.

        Of the forms, and of the identity.
        """
        found: list[_Value] = []
        for column in self.columns():
            words = self.words(column)
            singles: list[tuple[Form | None, Matrix | None, str, Coefficient]] = []
            for form, S in [*self.inner, (None, None)]:
                fitting = [word for word in words if form is None or self.alphabet.rows[word[0]] == form.size]
                singles += [(form, S, word, self.product(S, word, word, Nat(1))) for word in fitting]
            wanted = set(monomials(self.goal))
            while True:
                seen = Counter(monomial for *_, value in singles for monomial in monomials(value))
                kept = [one for one in singles if all(m in wanted or seen[m] > 1 for m in monomials(one[3]))]
                if len(kept) == len(singles):
                    break
                singles = kept
            groups: dict[tuple[int, Nat], list[str]] = {}
            singles.sort(key=lambda one: sum(m not in wanted for m in monomials(one[3])))  # the best guesses first
            for form, _, word, _ in singles:
                groups.setdefault((id(form), self.alphabet.rows[word[0]]), []).append(word)
            for form, S in [*self.inner, (None, None)]:
                for (owner, rows), members in groups.items():
                    if owner == id(form):
                        found += self.paired(form, S, members[:MOST_PAIRED], (rows, Nat(1)))
        return found

    def columns(self) -> list[str]:
        """Letters x with one column such that the claim is a sum of tr(x' W x)."""
        def square(monomial: str, one: str) -> bool:
            words = [self.alphabet.traces[factor] for factor in monomial if factor in self.alphabet.traces]
            both = one, self.alphabet.flip(one)
            return len(words) == 1 and sum(map(words[0].count, both)) == 2

        plain = [one for one, letter in self.alphabet.letters.items() if not letter.transposed]
        letters = [one for one in plain if self.alphabet.cols[one] == Nat(1)]
        return [one for one in letters if self.goal and all(square(m, one) for m in monomials(self.goal))][:1]

    def words(self, column: str) -> list[str]:
        """Irreducible words that end with the column, the shortest first."""
        alphabet, layer, found = self.alphabet, [column], [column]
        others = [one for one in alphabet.letters if one not in (column, alphabet.flip(column))]
        for _ in range(LONGEST):
            longer = [one + word for word in layer for one in others if alphabet.cols[one] == alphabet.rows[word[0]]]
            layer = [word for word in longer if self.completion.find(word) is None]
            found += layer
            if len(found) >= MOST_WORDS:
                break
        return found[:MOST_WORDS]

    def paired(self, form: Form | None, S: Matrix | None, words: list[str], shape: tuple[Nat, Nat]) -> list[_Value]:
        """The values at words, and at sums and differences of two."""
        own = [self.product(S, word, word, shape[1]) for word in words]
        found = [_Value(form, {word: 1}, shape, value) for word, value in zip(words, own, strict=True)]
        for i, j in combinations(range(len(words)), 2):
            both = self.product(S, words[i], words[j], shape[1])
            for sign in (-1, 1):
                value = own[i] + own[j] + 2 * sign * both
                found.append(_Value(form, {words[i]: 1, words[j]: sign}, shape, value))
        return [one for one in found if one.value]
