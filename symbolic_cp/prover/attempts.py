"""Several attempts at one question: completions in different orders, and the shortest certificate kept.

The first attempts are there to find a proof at all: they are carried further in turn, and every second one eliminates
definitions. Once there is a certificate, others are looked for with the equations that it uses,
in other orders, and each is shortened.

Main names: Question, Failure, Effort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symbolic_cp.kernel.terms import Letter, Poly
from symbolic_cp.prover.alphabet import Alphabet, Order, letters_of
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import TooLong, equations_used, expand
from symbolic_cp.prover.rules import Budget, Certificate, OutOfWork
from symbolic_cp.prover.shorten import Found, shortened, size

ROUNDS = (500, 1_500, 6_000, 24_000, 96_000, 384_000, 1_536_000)
LATER = 3  # the round from which on a second order is tried where there are no definitions
SHORT = 3  # certificates of so few terms are not worked on
STAGE = 50  # rules with more terms become lemmas in a certificate that is too long to be written out
LONG = 50  # as many terms more are worth as much work again


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a search may do, in rewritings of a word (some 10 microseconds each).

    `work` is for finding a certificate, `polish` for shortening it; `progress` is called now and then, for terminals.
    """

    work: int = 300_000
    polish: int = 3_000
    progress: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed search leaves: the rest of the claim, how many rules were known, and whether there are no more."""

    residual: Poly
    rules: int
    complete: bool


def definitions(terms: Sequence[Poly]) -> list[Letter]:
    """The letters A of equations A = expression without A."""
    found: list[Letter] = []
    for term in terms:
        words = [[one.flipped() if one.transposed else one for one in word] for _, word in term.terms]
        for (scalars, word), plain in zip(term.terms, words, strict=True):
            alone = len(word) == 1 and not scalars and max(map(len, words)) > 1
            if alone and sum(plain[0] in other for other in words) == 1 and plain[0] not in found:
                found.append(plain[0])
    return found


def _used(completion: Completion, certificate: Certificate) -> frozenset[int]:
    """The numbers of the equations that a certificate uses."""
    return frozenset(index // 2 for _, index, _ in certificate if 0 <= index < completion.first)


class Attempt:
    """One completion at work on a question; it can be carried further and further."""

    def __init__(self, question: Question, order: Order, only: frozenset[int] | None) -> None:
        self.question, self.order, self.complete = question, order, False
        self._scalar = question.shape is None
        budget = Budget(0, question.effort.progress)
        self._completion = Completion(
            question.alphabet, order, question.terms, budget, traces=self._scalar, turned=self._scalar
        )
        self._completion.start(only)
        self.rest, self._certificate = dict(question.target), Certificate()
        self._known, self._work, self.begun = 0, 0, False

    def run(self, budget: Budget, share: int) -> Found | None:
        """Complete until the target is reduced to zero, with a share of the budget; None if it is not."""
        part = budget.part(share)
        granted = part.left
        self._completion.budget = part
        try:
            while self.rest:
                if len(self._completion.rules) != self._known:
                    self._reduce()
                elif not self.begun:
                    self._completion.step()
                    self._reduce()
                elif not self._completion.step():
                    self.complete = not self._scalar and not self._completion.truncated
                    break
        except OutOfWork:
            pass
        budget.charge(granted, part)
        self._work += granted - max(part.left, 0)
        if self.rest:
            return None
        negated = {term: -coef for term, coef in self._certificate.items()}
        try:
            expanded, staged = expand(self._completion, negated, scalar=self._scalar), False
        except TooLong:
            expanded, staged = expand(self._completion, negated, scalar=self._scalar, limit=STAGE), True
        used = equations_used(self._completion, negated) if staged else _used(self._completion, expanded)
        return Found(self._completion, expanded, self._work, staged, used)

    def _reduce(self) -> None:
        """Reduce what is left of the target by the rules known now."""
        self._known, self.begun = len(self._completion.rules), True
        gained = dict(self._certificate)
        if self._scalar:
            value = self._completion.scalars.reduce(self.rest.get("", 0), gained)
            self.rest = {"": value} if value else {}
        else:
            self.rest = self._completion.reduce(self.rest, gained, self.question.shape)
            self._completion.scalars.learn(self.rest)
        self._certificate = gained

    def failure(self) -> Failure:
        """What is left."""
        residual = self.question.alphabet.decode(self.rest, self.question.shape)
        return Failure(residual, len(self._completion.rules), self.complete)


def _best(attempts: Sequence[Attempt]) -> Failure:
    """The failure that leaves least."""
    begun = [one for one in attempts if one.begun] or attempts
    return min(begun, key=lambda one: len(one.rest)).failure()


class Question:
    """Is target = 0 a combination of terms = 0?"""

    def __init__(self, target: Poly, terms: Sequence[Poly], effort: Effort, heavy: Sequence[Poly] = ()) -> None:
        """`heavy` lists letters that every order eliminates first."""
        self.shape, self.terms, self.effort = target.shape, terms, effort
        self.alphabet = Alphabet(letters_of([target, *terms]))
        self.target = self.alphabet.encode(target)
        self.orders = self._orders(letters_of(heavy))

    def _orders(self, heavy: Sequence[Letter]) -> list[Order]:
        alphabet = self.alphabet
        every = "".join(alphabet.letters)

        def both(letters: Sequence[Letter]) -> str:
            known = [alphabet.characters[one] for one in letters if one in alphabet.characters]
            return "".join(one + alphabet.flip(one) for one in known)

        first = both(heavy)
        more = both([one for one in definitions(self.terms) if one not in heavy])
        self.eliminates = bool(more)
        eliminating = [Order(alphabet, first + more)] if more else []
        rankings = every[::-1], every[::2] + every[1::2], every[1::2] + every[::2]
        return [Order(alphabet, first), *eliminating, *(Order(alphabet, first, ranking) for ranking in rankings)]

    def answer(self) -> Found | Failure:
        """A certificate, the shortest that was found; or what is left of the claim."""
        budget = Budget(self.effort.work, self.effort.progress)
        attempts = [Attempt(self, order, None) for order in self.orders[:2]]
        for number, allowance in enumerate(ROUNDS):
            for attempt in attempts if self.eliminates or number >= LATER else attempts[:1]:
                found = attempt.run(budget, allowance)
                if found is not None:
                    return self._polished(found, attempt.order)
                if attempt.complete or budget.left <= 0:
                    return attempt.failure() if attempt.complete else _best(attempts)
        return _best(attempts)

    def _again(self, order: Order, budget: Budget, share: int, only: frozenset[int]) -> Found | None:
        """A certificate from a few of the equations."""
        return Attempt(self, order, only).run(budget, share)

    def _polished(self, found: Found, order: Order) -> Found:
        """The shortest of this certificate and those that other orders and fewer equations give, all shortened."""
        scale = 1 + size(found.certificate) // LONG
        budget = Budget(self.effort.polish * scale, self.effort.progress)
        pool = self._pool(self._short([found], budget, (False,)), order, budget)
        best = self._short(pool, budget, (False, True))
        if best.staged:
            return best
        for i in range(1, len(pool)):
            if size(best.certificate) > SHORT and size(pool[i].certificate) <= 2 * size(best.certificate):
                best = self._shorter(best, self._short(pool[i:], budget, (True,)))
        cost = min(one.work for one in pool[1:] or pool)
        dropped: frozenset[int] = frozenset()
        while size(best.certificate) > SHORT and budget.left > 0:
            candidate = min(best.used - dropped, default=None)
            if candidate is None:
                break
            dropped |= {candidate}
            again = self._again(order, budget, cost, best.used - {candidate})
            if again is not None and not again.staged:
                best = self._shorter(best, self._short([again], budget, (False, True)))
        return best

    def _pool(self, first: Found, order: Order, budget: Budget) -> list[Found]:
        """A certificate and those that the other orders give from its equations, the shortest first.

        Each is shortened along its own words; what is much longer than the shortest is left out.
        """
        if size(first.certificate) <= SHORT and not first.staged:
            return [first]
        only = first.used
        attempts = [self._again(other, budget, budget.left, only) for other in self.orders if other is not order]
        others = [one for one in attempts if one is not None]
        whole = [one for one in others if not one.staged]
        least = min((size(one.certificate) for one in (first, *whole) if not one.staged), default=0)
        near = [self._short([one], budget, (False,)) for one in whole if size(one.certificate) <= 2 * least]
        return sorted([first, *near], key=lambda one: (one.staged, size(one.certificate)))

    def _shorter(self, best: Found, again: Found) -> Found:
        """The one with fewer terms."""
        return again if not again.staged and size(again.certificate) < size(best.certificate) else best

    def _short(self, pool: Sequence[Found], budget: Budget, widths: Sequence[bool]) -> Found:
        """The first certificate of a pool, shortened; not one in stages."""
        if pool[0].staged:
            return pool[0]
        pool = [one for one in pool if not one.staged]
        part = budget.part(budget.left)
        granted = part.left
        found = shortened(pool, self.target, part, widths, scalar=self.shape is None)
        budget.charge(granted, part)
        return found
