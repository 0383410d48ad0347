"""Several attempts at one question: completions in different orders, and the shortest certificate kept.

The first attempts are there to find a proof at all: the budget grows from one to the next, and definitions are
eliminated in every second one. Once there is a certificate, others are looked for with the equations that it uses,
in other orders, and each is shortened.

Main names: Question, Failure, Effort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symbolic_cp.kernel.terms import Letter, Poly
from symbolic_cp.prover.alphabet import Alphabet, Matrix, Order, letters_of
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import expand
from symbolic_cp.prover.rules import Budget, Certificate, OutOfWork
from symbolic_cp.prover.shorten import Found, shortened, size

ROUNDS = (500, 2_000, 8_000, 32_000, 128_000, 512_000, 2_048_000)
SHORT = 3  # certificates of so few terms are not worked on


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a search may do, in rewritings of a word (some 10 microseconds each).

    `work` is for finding a certificate, `polish` for shortening it; `progress` is called now and then, for terminals.
    """

    work: int = 300_000
    polish: int = 4_000
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


def _used(found: Found) -> frozenset[int]:
    """The numbers of the equations that a certificate uses."""
    return frozenset(index // 2 for _, index, _ in found.certificate if 0 <= index < found.completion.first)


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
        eliminating = [Order(alphabet, first + more)] if more else []
        rankings = every[::-1], every[::2] + every[1::2], every[1::2] + every[::2]
        return [Order(alphabet, first), *eliminating, *(Order(alphabet, first, ranking) for ranking in rankings)]

    def answer(self) -> Found | Failure:
        """A certificate, the shortest that was found; or what is left of the claim."""
        budget = Budget(self.effort.work, self.effort.progress)
        best: Failure | None = None
        for allowance in ROUNDS:
            for order in self.orders[:2]:
                found = self._attempt(order, budget, allowance, None)
                if isinstance(found, Found):
                    return self._polished(found, order)
                if best is None or len(found.residual.terms) < len(best.residual.terms):
                    best = found
                if found.complete or budget.left <= 0:
                    return best
        assert best is not None
        return best

    def _attempt(self, order: Order, budget: Budget, share: int, only: frozenset[int] | None) -> Found | Failure:
        """Complete in one order until the target is reduced to zero."""
        part = budget.part(share)
        granted = part.left
        completion = Completion(self.alphabet, order, self.terms, part, traces=self.shape is None)
        rest, certificate, known, complete = dict(self.target), Certificate(), -1, False
        try:
            completion.start(only)
            while rest:
                if len(completion.rules) != known:
                    known = len(completion.rules)
                    rest = self._reduced(completion, rest, certificate)
                elif not completion.step():
                    complete = self.shape is not None
                    break
        except OutOfWork:
            pass
        budget.charge(granted, part)
        if rest:
            return Failure(self.alphabet.decode(rest, self.shape), len(completion.rules), complete)
        negated = {term: -coef for term, coef in certificate.items()}
        expanded = expand(completion, negated, scalar=self.shape is None)
        return Found(completion, expanded, granted - part.left)

    def _reduced(self, completion: Completion, rest: Matrix, certificate: Certificate) -> Matrix:
        if self.shape is not None:
            return completion.reduce(rest, certificate, self.shape)
        value = completion.scalars.reduce(rest.get("", 0), certificate)
        return {"": value} if value else {}

    def _polished(self, found: Found, order: Order) -> Found:
        """The shortest of this certificate and those that other orders and fewer equations give, all shortened."""
        budget = Budget(self.effort.polish, self.effort.progress)
        pool = [self._short([found], budget, (False,))]
        only = _used(pool[0])
        for other in self.orders if size(pool[0].certificate) > SHORT else ():
            again = found if other is order else self._attempt(other, budget, budget.left, only)
            pool += [again] if isinstance(again, Found) else []
        pool.sort(key=lambda one: size(one.certificate))
        best = self._short(pool, budget)
        for i in range(1, len(pool)):
            if size(best.certificate) > SHORT and budget.left > 0:
                best = self._shorter(best, self._short(pool[i:], budget))
        cost = min(one.work for one in pool[1:] or pool)
        dropped: frozenset[int] = frozenset()
        while size(best.certificate) > SHORT and budget.left > 0:
            candidate = min(_used(best) - dropped, default=None)
            if candidate is None:
                break
            dropped |= {candidate}
            again = self._attempt(order, budget, cost, _used(best) - {candidate})
            if isinstance(again, Found):
                best = self._shorter(best, self._short([again], budget))
        return best

    def _shorter(self, best: Found, again: Found) -> Found:
        """The one with fewer terms."""
        return again if size(again.certificate) < size(best.certificate) else best

    def _short(self, pool: Sequence[Found], budget: Budget, widths: Sequence[bool] = (False, True)) -> Found:
        """The first certificate of a pool, shortened."""
        part = budget.part(budget.left)
        granted = part.left
        found = shortened(pool, self.target, part, widths, scalar=self.shape is None)
        budget.charge(granted, part)
        return found
