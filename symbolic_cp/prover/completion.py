"""Completion with cofactors: equations between matrices become rewriting rules that remember where they come from.

An equation is oriented from its largest word to the rest. Two rules whose heads overlap give a new equation, and so
does the transpose of every rule; new equations are reduced and become rules, until the budget is spent or nothing
new appears (the noncommutative Buchberger algorithm; F. Mora 1986, G. Bergman 1978). Scalars, dimensions and traces
are coefficients that commute with everything (`scalars`). A rule is *firm* if the coefficient of its head is a number,
so that it may be divided by; otherwise, as in (s - t) M = 0, it is *loose* and rewrites only multiples of its head
monomial.

Main name: Completion.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from symbolic_cp.kernel.terms import Nat, Poly, Shape
from symbolic_cp.prover.alphabet import Alphabet, Matrix, Order
from symbolic_cp.prover.central import (
    Central,
    Coefficient,
    Falling,
    Number,
    central,
    least_common_multiple,
    quotient,
)
from symbolic_cp.prover.rules import (
    FLIPPED,
    Budget,
    Certificate,
    Equation,
    OutOfWork,
    Rule,
    accumulate,
    add_word,
    divided,
)
from symbolic_cp.prover.scalars import Scalars, factor

LONGEST = 24  # no overlap is looked at that is longer than this and twice the longest word of the equations

ONE = -1  # in place of the second number of an overlap: it is one with a 1 x 1 word


class Completion:
    """The rules known so far, and the overlaps that wait."""

    def __init__(
        self, alphabet: Alphabet, order: Order, equations: Sequence[Poly], budget: Budget, *, traces: bool = False,
        turned: bool = False,
    ) -> None:
        """Every equation is `term = 0`, matrix or scalar. With `traces`, consequences for traces are looked for too.

        With `turned` also those of `Scalars.turned_traces`, which would make inequalities look at far more traces.
        """
        self.alphabet, self.order, self.budget, self.traces, self.turned = alphabet, order, budget, traces, turned
        self.equations = equations
        self.inputs = [alphabet.encode(term) for term in equations]
        self.scalar_input = [term.shape is None for term in equations]
        self.signs = [self._sign(index) for index in range(len(equations))]
        self.first = 2 * len(equations)
        self.rules: list[Rule] = []
        self.firm: dict[str, int] = {}
        self.loose: list[int] = []
        self.bare: list[int] = []
        self.ones: list[str] = []
        self.scalars = Scalars(self)
        self._known_ones: dict[str, int] = {}
        self._lengths: list[int] = []
        self._by_prefix: dict[str, dict[str, int]] = {}
        self._by_suffix: dict[str, dict[str, int]] = {}
        self._waiting: list[Equation] = []
        self._rounds: list[str] = []
        self.truncated = False
        self._longest = LONGEST + 2 * max((len(word) for matrix in self.inputs for word in matrix), default=0)
        self._queue: list[tuple[int, int, int, int, tuple[int, int]]] = []
        self._count = 0

    def _sign(self, index: int) -> int:
        """1 or -1 if the transpose of an equation is plus or minus itself, else 0."""
        if self.scalar_input[index]:
            return 1
        matrix = self.inputs[index]
        flipped = self.alphabet.flip_all(matrix)
        if flipped == matrix:
            return 1
        return -1 if flipped == {word: -coef for word, coef in matrix.items()} else 0

    def rule(self, index: int) -> Rule:
        """The rule with that id."""
        return self.rules[index - self.first]

    def start(self, only: frozenset[int] | None = None) -> None:
        """Let the equations (or only those numbers) wait to become rules: matrices, the shortest first, and scalars."""
        self._rounds = [turn for word in self.alphabet.traces.values() for turn in self._circles(word)]
        chosen = [i for i in range(len(self.inputs)) if only is None or i in only]
        matrices = [i for i in chosen if not self.scalar_input[i]]
        matrices.sort(key=lambda i: (max(map(len, self.inputs[i]), default=0), i))
        for i in reversed([*matrices, *(i for i in chosen if self.scalar_input[i])]):
            self._waiting.append((self.inputs[i], {("", 2 * i, ""): 1}, self.equations[i].shape))

    def _circles(self, word: str) -> list[str]:
        """The 1 x 1 words whose trace is that of the word."""
        turns = dict.fromkeys(v[i:] + v[:i] for v in (word, self.alphabet.flip(word)) for i in range(len(word)))
        return [turn for turn in turns if turn[0] in self.alphabet.starts]

    # -------------------------------------------------------------------------------------------- rewriting

    def find(self, word: str) -> tuple[int, str, int] | None:
        """Where a firm rule applies: position, head, id."""
        firm, lengths, end = self.firm, self._lengths, len(word)
        for position in range(end):
            for length in lengths:
                if position + length > end:
                    break
                part = word[position : position + length]
                if part in firm:
                    return position, part, firm[part]
        return None

    def heads(self, word: str) -> list[int]:
        """The firm rules whose head is the beginning of the word."""
        return [self.firm[word[:k]] for k in self._lengths if k <= len(word) and word[:k] in self.firm]

    def reduce(self, matrix: Matrix, certificate: Certificate, shape: Shape) -> Matrix:
        """The normal form; the certificate gains what was added: result = matrix + (gain). Raises OutOfWork."""
        rules, first, active = self.rules, self.first, self.scalars.active
        result: Matrix = {}
        matrix = dict(matrix)
        while matrix:
            word = max(matrix, key=len)
            coef = matrix.pop(word)
            if isinstance(coef, Central) and active:
                coef = self.scalars.reduce_coefficient(coef, word, certificate)
                if not coef:
                    continue
            found = self.find(word)
            if found is not None:
                position, head, index = found
                left, right = word[:position], word[position + len(head) :]
                rest = rules[index - first].rest
                self.budget.spend(1 + (len(word) + 4 * len(rest)) // 16)
                for other, value in rest.items():
                    add_word(matrix, left + other + right, -coef * value)
                accumulate(certificate, (left, index, right), -coef)
                continue
            if self.alphabet.starts and self._cut(word, coef, matrix, certificate):
                continue
            loose = self.loose if word else [i for i in self.bare if self.rule(i).shape == shape]
            if loose:
                coef = self._reduce_loose(word, coef, loose, matrix, certificate)
                if not coef:
                    continue
            add_word(result, word, coef)
        return result

    def _cut(self, word: str, coef: Coefficient, matrix: Matrix, certificate: Certificate) -> bool:
        """Replace a 1 x 1 part of the word by its trace, if it has one: a M b = tr(M) a b."""
        alphabet = self.alphabet
        cuts = [position for position, one in enumerate(word) if one in alphabet.starts]
        if word and alphabet.cols[word[-1]] == Nat(1):
            cuts.append(len(word))
        if len(cuts) < 2:
            return False
        left, part, right = word[: cuts[0]], word[cuts[0] : cuts[1]], word[cuts[1] :]
        add_word(matrix, left + right, coef * alphabet.trace(part))
        accumulate(certificate, (left, self.one(part), right), -coef)
        return True

    def one(self, part: str) -> int:
        """The id of the equation part = tr(part) I for a 1 x 1 word."""
        if part not in self._known_ones:
            self.ones.append(part)
            self._known_ones[part] = -len(self.ones)
        return self._known_ones[part]

    def _reduce_loose(
        self, word: str, coef: Coefficient, rules: Sequence[int], matrix: Matrix, certificate: Certificate
    ) -> Coefficient:
        """A coefficient reduced by those of the given rules whose head occurs in the word."""
        done: dict[str, Number] = {}
        known = [(index, self.rule(index)) for index in rules]
        here = [(index, rule, head, word.find(head)) for index, rule in known if (head := rule.word or "") in word]
        rest = Falling(coef, self.order.central_key)
        while (largest := rest.take()) is not None:
            monomial, number = largest
            for index, rule, head, position in here:
                beside = quotient(monomial, rule.scalars)
                if beside is None:
                    continue
                self.budget.spend()
                scale = central({beside: number})
                left, right = word[:position], word[position + len(head) :]
                for other, value in rule.rest.items():
                    if other == head:
                        rest.add(-scale * value)
                    else:
                        add_word(matrix, left + other + right, -scale * value)
                accumulate(certificate, (left, index, right), -scale)
                break
            else:
                done[monomial] = number
        return central(done)

    # ------------------------------------------------------------------------------------------------ rules

    def enter(self, rule: Rule) -> int:
        """Give a rule its id."""
        self.rules.append(rule)
        self.scalars.forget()
        return self.first + len(self.rules) - 1

    def add(self, matrix: Matrix, certificate: Certificate, shape: Shape) -> None:
        """Take an equation matrix = 0 as a rule, then its transpose, and reduce older rules by it.

        Raises OutOfWork; then what was not done yet waits for the next `step`.
        """
        self._waiting.append((matrix, certificate, shape))
        self._work_off()

    def _work_off(self) -> None:
        """Make the equations that wait rules, the latest first."""
        todo = self._waiting
        while todo:
            matrix, certificate, shape = equation = todo.pop()
            gained: Certificate = dict(certificate)
            try:
                if shape is None:
                    self.scalars.waiting.append((matrix.get("", 0), certificate))
                    self.scalars.work_off()
                    continue
                matrix = self.reduce(matrix, gained, shape)
            except OutOfWork:
                todo.append(equation)
                raise
            if not matrix:
                continue
            word = max(matrix, key=self.order.key)
            scalars, number = "", matrix[word]
            if isinstance(number, Central):
                scalars = max(number.terms, key=self.order.central_key)
                number = number.terms[scalars]
            if number != 1:
                matrix = {w: divided(coef, number) for w, coef in matrix.items()}
                gained = {term: divided(coef, number) for term, coef in gained.items()}
            rest = dict(matrix)
            add_word(rest, word, -central({scalars: 1}))
            index = self.enter(Rule(word, scalars, rest, gained, shape))
            if not word:
                todo += self._enter_bare(matrix[""], index, shape)
                continue
            todo += self._enter_loose(word, index) if scalars else self._enter_firm(word, index)
            todo.append((self.alphabet.flip_all(matrix), {(FLIPPED, index, ""): 1}, (shape[1], shape[0])))

    def _enter_bare(self, coef: Coefficient, index: int, shape: tuple[Nat, Nat]) -> list[Equation]:
        """coef * I = 0: an equation between scalars, and what it says of every letter with that many rows."""
        self.bare.append(index)
        if self.traces or shape == (Nat(1), Nat(1)):
            self.scalars.add(coef * self.alphabet.size(shape[0]), {("", index, ""): 1})
        cols = self.alphabet.cols
        fitting = [one for one, rows in self.alphabet.rows.items() if rows == shape[0]]
        return [({one: coef}, {("", index, one): 1}, (shape[0], cols[one])) for one in fitting]

    def _enter_loose(self, word: str, index: int) -> list[Equation]:
        """Make a loose rule active."""
        self.loose.append(index)
        self._overlaps_with_firm(word, index)
        scalars = set(self.rule(index).scalars)
        for other in self.scalars.active:
            if scalars & set(self.rule(other).scalars):
                self.push(len(word), other, index, (0, 0))
        if self.traces:
            self.scalars.loose_trace(index)
        return []

    def _enter_firm(self, word: str, index: int) -> list[Equation]:
        """Make a firm rule active; the rules that it reduces are returned as equations."""
        hit = [head for head in self.firm if word in head]
        again = [self._as_equation(self._retire(head)) for head in hit]
        for loose in [i for i in self.loose if word in (self.rule(i).word or "")]:
            self.loose.remove(loose)
            again.append(self._as_equation(loose))
        self.firm[word] = index
        self._lengths = sorted({len(head) for head in self.firm})
        for k in range(1, len(word)):
            self._by_prefix.setdefault(word[:k], {})[word] = index
            self._by_suffix.setdefault(word[-k:], {})[word] = index
        self._overlaps_with_firm(word, index)
        for loose in self.loose:
            weak = self.rule(loose).word or ""
            self._overlaps(word, index, weak, loose)
            self._overlaps(weak, loose, word, index)
        self._overlaps_with_ones(word, index)
        if self.turned:
            self.scalars.turned_traces(index)
        return again

    def _overlaps_with_ones(self, word: str, index: int) -> None:
        """Queue the words p x y such that p x is a head and x y is 1 x 1, a word under a trace of the equations."""
        for number, circle in enumerate(self._rounds):
            for k in range(1, min(len(word) + 1, len(circle))):
                if word.endswith(circle[:k]):
                    self.push(len(word) + len(circle) - k, index, number, (k, ONE))

    def _pair_with_one(self, index: int, number: int, k: int) -> None:
        """What a head p x says of p x y = p tr(x y)."""
        rule, circle = self.rule(index), self._rounds[number]
        assert rule.word is not None
        assert rule.shape is not None
        left, right = rule.word[:-k], circle[k:]
        matrix = {other + right: coef for other, coef in rule.rest.items()}
        add_word(matrix, left, self.alphabet.trace(circle))
        certificate: Certificate = {("", index, right): 1, (left, self.one(circle), ""): -1}
        self.add(matrix, certificate, (rule.shape[0], Nat(1)))

    def _retire(self, word: str) -> int:
        """Take a firm rule out of use."""
        for k in range(1, len(word)):
            del self._by_prefix[word[:k]][word]
            del self._by_suffix[word[-k:]][word]
        return self.firm.pop(word)

    def _as_equation(self, index: int) -> Equation:
        rule = self.rule(index)
        return rule.equation(), {("", index, ""): 1}, rule.shape

    # --------------------------------------------------------------------------------------------- overlaps

    def push(self, size: int, first: int, second: int, overlap: tuple[int, int]) -> None:
        """Let an overlap of two rules wait: (k, 0) letters, (0, 0) of scalars, (k, l) around a circle.

        (k, ONE) is an overlap of k letters with the 1 x 1 word of that number.
        """
        if size > self._longest:
            self.truncated = True
            return
        self._count += 1
        heapq.heappush(self._queue, (size, self._count, first, second, overlap))

    def _overlaps_with_firm(self, word: str, index: int) -> None:
        """Queue the overlaps of a rule with the firm rules, on both sides."""
        for k in range(1, len(word)):
            for head, other in self._by_prefix.get(word[-k:], {}).items():
                self.push(len(word) + len(head) - k, index, other, (k, 0))
                if self.traces and not self.rule(index).scalars:
                    self._cyclic_overlaps(word, index, head, other, k)
            for head, other in self._by_suffix.get(word[:k], {}).items():
                if other != index:
                    self.push(len(word) + len(head) - k, other, index, (k, 0))

    def _cyclic_overlaps(self, word: str, index: int, head: str, other: int, end: int) -> None:
        """Queue the circles that two heads make: the last letters of `word` begin `head`, and its first ones end it."""
        for begin in range(1, min(len(word), len(head)) - end + 1):
            if head.endswith(word[:begin]):
                self.push(len(word) + len(head) - end - begin, index, other, (end, begin))

    def _overlaps(self, first: str, i: int, second: str, j: int) -> None:
        """Queue every way in which the end of `first` is the beginning of `second`."""
        for k in range(1, min(len(first), len(second))):
            if first.endswith(second[:k]):
                self.push(len(first) + len(second) - k, i, j, (k, 0))

    def _is_active(self, index: int) -> bool:
        rule = self.rule(index)
        if rule.word is None:
            return index in self.scalars.active
        return self.firm.get(rule.word) == index or index in self.loose

    def step(self) -> bool:
        """Work on what waits, then on the shortest overlap; False if none is left. Raises OutOfWork."""
        if self._waiting or self.scalars.waiting:
            self.scalars.work_off()
            self._work_off()
            return True
        while self._queue:
            _, _, i, j, (end, begin) = self._queue[0]
            active = self._is_active(i) and (begin == ONE or self._is_active(j))
            if active:
                second = 0 if begin == ONE else len(self.rule(j).rest)
                self.budget.spend(1 + (len(self.rule(i).rest) + second) // 4)
            heapq.heappop(self._queue)
            if active:
                if begin == ONE:
                    self._pair_with_one(i, j, end)
                elif begin:
                    self.scalars.cyclic_overlap(i, j, end, begin)
                elif end:
                    self._pair(i, j, end)
                else:
                    self.scalars.pair(i, j)
                return True
        return False

    def _pair(self, i: int, j: int, k: int) -> None:
        first, second = self.rule(i), self.rule(j)
        assert first.word is not None
        assert second.word is not None
        assert first.shape is not None
        assert second.shape is not None
        right, left = second.word[k:], first.word[:-k]
        common = least_common_multiple(first.scalars, second.scalars)
        scale = factor(common, first.scalars), factor(common, second.scalars)
        matrix: Matrix = {}
        for word, coef in first.rest.items():
            add_word(matrix, word + right, coef * scale[0])
        for word, coef in second.rest.items():
            add_word(matrix, left + word, -coef * scale[1])
        shape = first.shape[0], second.shape[1]
        self.add(matrix, {("", i, right): scale[0], (left, j, ""): -scale[1]}, shape)
