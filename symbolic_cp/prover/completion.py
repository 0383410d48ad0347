"""Completion with cofactors: equations between matrices become rewriting rules that remember where they come from.

An equation is oriented from its largest word to the rest. Two rules whose heads overlap give a new equation, and so
does the transpose of every rule; new equations are reduced and become rules, until the budget is spent or nothing
new appears (the noncommutative Buchberger algorithm; F. Mora 1986, G. Bergman 1978). Scalars, dimensions and traces
are coefficients that commute with everything. A rule is *firm* if the coefficient of its head is a number, so that
it may be divided by; otherwise, as in (s - t) M = 0, it is *loose* and rewrites only multiples of its head monomial.
Equations between scalars are rules for coefficients.

Certificates. Equation number h of the input has the ids 2h (as it is) and 2h + 1 (transposed); rules have ids from
2n on. A certificate maps (left, id, right) to a coefficient, and stands for the sum of coef * left * rule * right.
In a scalar certificate the terms of matrix rules stand for coef * tr(left * rule * right). A negative id is an
equation M = tr(M) I for a 1 x 1 word M. Certificates refer to earlier rules; `expand` writes them out at the end.

Main names: Completion, Certificate, Budget.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.kernel.terms import Nat, Poly, Shape
from symbolic_cp.prover.alphabet import Alphabet, Matrix, Order
from symbolic_cp.prover.central import (
    Central,
    Coefficient,
    Number,
    central,
    count,
    least_common_multiple,
    merged,
    monomials,
    quotient,
)

Term = tuple[str, int, str]
Certificate = dict[Term, Coefficient]
Equation = tuple[Matrix, Certificate, Shape]
Step = tuple[Coefficient, Certificate]


class OutOfWork(Exception):
    """The budget of work is spent."""


@dataclass(slots=True)
class Budget:
    """How much may still be done; a unit is about one rewriting of a word. `tick` is called now and then."""

    left: int
    tick: Callable[[], None] | None = None

    def part(self, share: int) -> Budget:
        """A budget of its own, of at most that share; `charge` it afterwards."""
        return Budget(max(min(share, self.left), 0), self.tick)

    def charge(self, granted: int, part: Budget) -> None:
        """Take what was used of a part from the budget."""
        self.left -= granted - max(part.left, 0)

    def spend(self, amount: int = 1) -> None:
        """Take from the budget. Raises OutOfWork when nothing is left."""
        self.left -= amount
        if self.left < 0:
            raise OutOfWork
        if self.tick is not None and not self.left & 1023:
            self.tick()


@dataclass(frozen=True, slots=True)
class Rule:
    """scalars * word + rest = 0, with its certificate; `word` is None in a rule for coefficients."""

    word: str | None
    scalars: str
    rest: Matrix
    certificate: Certificate
    shape: Shape


def accumulate(total: Certificate, term: Term, coef: Coefficient) -> None:
    """Add one term to a certificate."""
    value = total.get(term, 0) + coef
    if value:
        total[term] = value
    else:
        total.pop(term, None)


def add_word(total: Matrix, word: str, coef: Coefficient) -> None:
    """Add one word to a matrix."""
    value = total.get(word, 0) + coef
    if value:
        total[word] = value
    else:
        total.pop(word, None)


def _divided(value: Coefficient, number: Number) -> Coefficient:
    if number == 1:
        return value
    if isinstance(value, Central):
        return value * (1 / Fraction(number))
    quotient_ = Fraction(value) / number
    return quotient_.numerator if quotient_.denominator == 1 else quotient_


def _factor(whole: str, part: str) -> Coefficient:
    return central({quotient(whole, part) or "": 1})


class Completion:
    """The rules known so far, and the overlaps that wait."""

    def __init__(
        self, alphabet: Alphabet, order: Order, equations: Sequence[Poly], budget: Budget, longest: int = 60
    ) -> None:
        """Every equation is `term = 0`, matrix or scalar; no overlap longer than `longest` is looked at."""
        self.alphabet, self.order, self.budget, self.longest = alphabet, order, budget, longest
        self.inputs = [alphabet.encode(term) for term in equations]
        self.scalar_input = [term.shape is None for term in equations]
        self.first = 2 * len(equations)
        self.rules: list[Rule] = []
        self.firm: dict[str, int] = {}
        self.loose: list[int] = []
        self.scalar: list[int] = []
        self.ones: list[str] = []
        self.known_ones: dict[str, int] = {}
        self._lengths: list[int] = []
        self._by_prefix: dict[str, dict[str, int]] = {}
        self._by_suffix: dict[str, dict[str, int]] = {}
        self._queue: list[tuple[int, int, int, int, int]] = []
        self._count = 0
        self.bare: list[int] = []
        self._traced: dict[str, Step | None] = {}
        self._signs = [self._sign(index) for index in range(len(equations))]
        self._equations = equations

    def start(self, only: frozenset[int] | None = None) -> None:
        """Take the equations (or only those numbers) as rules: matrices, the shortest first, then scalars.

        Raises OutOfWork.
        """
        chosen = [i for i in range(len(self.inputs)) if only is None or i in only]
        matrices = [i for i in chosen if not self.scalar_input[i]]
        for i in sorted(matrices, key=lambda i: (max(map(len, self.inputs[i]), default=0), i)):
            self.add(self.inputs[i], {("", 2 * i, ""): 1}, self._equations[i].shape)
        for i in chosen:
            if self.scalar_input[i]:
                self.add_scalar(self.inputs[i].get("", 0), {("", 2 * i, ""): 1})

    def matrix_inputs(self) -> list[tuple[int, Matrix]]:
        """The matrix equations with their ids, transposes included where they say something else."""
        plain = [(2 * i, matrix) for i, matrix in enumerate(self.inputs) if not self.scalar_input[i]]
        turned = [(i + 1, self.alphabet.flip_all(matrix)) for i, matrix in plain if not self._signs[i // 2]]
        return [*plain, *turned]

    def input_of(self, index: int) -> Matrix:
        """The equation with an id: an input, a transposed input, a 1 x 1 equation or a scalar rule."""
        if index < 0:
            part = self.ones[-index - 1]
            return {part: 1, "": -self.alphabet.trace(part)}
        if index < self.first:
            matrix = self.inputs[index // 2]
            return self.alphabet.flip_all(matrix) if index & 1 else matrix
        rule = self.rules[index - self.first]
        return {"": rule.rest.get("", 0) + central({rule.scalars: 1})}

    def value(self, term: Term, *, scalar: bool) -> Matrix:
        """What a term of an expanded certificate stands for: a matrix, or a scalar as coefficient of the empty word."""
        left, index, right = term
        parts = self.input_of(index)
        if not scalar or self.is_scalar(index):
            return {left + word + right: coef for word, coef in parts.items()}
        total: Coefficient = 0
        for word, coef in parts.items():
            total = total + coef * self.alphabet.trace(left + word + right, self._size_of(index))
        return {"": total} if total else {}

    def _size_of(self, index: int) -> Nat:
        """The number of rows of an input equation, or 1 for a 1 x 1 equation."""
        if index < 0:
            return Nat(1)
        shape = self._equations[index // 2].shape
        assert shape is not None
        return shape[index & 1]

    def _sign(self, index: int) -> int:
        """1 or -1 if the transpose of an equation is plus or minus itself, else 0."""
        if self.scalar_input[index]:
            return 1
        matrix = self.inputs[index]
        flipped = self.alphabet.flip_all(matrix)
        if flipped == matrix:
            return 1
        return -1 if flipped == {word: -coef for word, coef in matrix.items()} else 0

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

    def reduce(self, matrix: Matrix, certificate: Certificate, shape: Shape) -> Matrix:
        """The normal form; the certificate gains what was added: result = matrix + (gain)."""
        rules, first = self.rules, self.first
        result: Matrix = {}
        matrix = dict(matrix)
        while matrix:
            word = max(matrix, key=len)
            coef = matrix.pop(word)
            if isinstance(coef, Central) and self.scalar:
                coef = self._reduce_central(coef, word, certificate)
                if not coef:
                    continue
            found = self.find(word)
            if found is not None:
                self.budget.spend()
                position, head, index = found
                left, right = word[:position], word[position + len(head) :]
                for other, factor in rules[index - first].rest.items():
                    add_word(matrix, left + other + right, -coef * factor)
                accumulate(certificate, (left, index, right), -coef)
                continue
            if self.alphabet.starts and self._cut(word, coef, matrix, certificate):
                continue
            loose = self.loose if word else [i for i in self.bare if self.rules[i - first].shape == shape]
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
        if part not in self.known_ones:
            self.ones.append(part)
            self.known_ones[part] = -len(self.ones)
        return self.known_ones[part]

    def _reduce_central(self, coef: Coefficient, word: str, certificate: Certificate) -> Coefficient:
        """A coefficient reduced by the scalar rules, largest monomial first."""
        key = self.order.central_key
        done: dict[str, Number] = {}
        rest = dict(monomials(coef))
        while rest:
            monomial = max(rest, key=key)
            number = rest.pop(monomial)
            for index in self.scalar:
                rule = self.rules[index - self.first]
                factor = quotient(monomial, rule.scalars)
                if factor is None:
                    continue
                self.budget.spend()
                scale = central({factor: number})
                for other, value in monomials(scale * rule.rest.get("", 0)).items():
                    total = rest.get(other, 0) - value
                    if total:
                        rest[other] = total
                    else:
                        rest.pop(other, None)
                accumulate(certificate, (word, index, ""), -scale)
                break
            else:
                done[monomial] = number
        return central(done)

    def _reduce_loose(
        self, word: str, coef: Coefficient, rules: Sequence[int], matrix: Matrix, certificate: Certificate
    ) -> Coefficient:
        """A coefficient reduced by those of the given rules whose head occurs in the word."""
        key = self.order.central_key
        done: dict[str, Number] = {}
        rest = dict(monomials(coef))
        while rest:
            monomial = max(rest, key=key)
            number = rest.pop(monomial)
            for index in rules:
                rule = self.rules[index - self.first]
                assert rule.word is not None
                position = word.find(rule.word)
                factor = quotient(monomial, rule.scalars) if position >= 0 else None
                if factor is None:
                    continue
                self.budget.spend()
                scale = central({factor: number})
                left, right = word[:position], word[position + len(rule.word) :]
                for other, value in rule.rest.items():
                    if other != rule.word:
                        add_word(matrix, left + other + right, -scale * value)
                        continue
                    for part, amount in monomials(scale * value).items():
                        total = rest.get(part, 0) - amount
                        if total:
                            rest[part] = total
                        else:
                            rest.pop(part, None)
                accumulate(certificate, (left, index, right), -scale)
                break
            else:
                done[monomial] = number
        return central(done)

    # ---------------------------------------------------------------------------------------------- scalars

    def reduce_scalar(self, value: Coefficient, certificate: Certificate) -> Coefficient:
        """A scalar reduced by scalar rules, and its traces by matrix rules in every rotation."""
        key = self.order.central_key
        done: dict[str, Number] = {}
        rest: Coefficient = value
        while rest:
            monomial = max(monomials(rest), key=key)
            number = monomials(rest)[monomial]
            step = self._scalar_step(monomial)
            head = central({monomial: number})
            rest = rest - head
            if step is None:
                done[monomial] = number
                continue
            self.budget.spend()
            factor, change, gain = step
            scale = central({factor: number})
            rest = rest + scale * change
            for term, coef in gain.items():
                accumulate(certificate, term, -scale * coef)
        return central(done)

    def _scalar_step(self, monomial: str) -> tuple[str, Coefficient, Certificate] | None:
        """One rewriting: monomial = factor * (change + gain)."""
        for index in self.scalar:
            rule = self.rules[index - self.first]
            factor = quotient(monomial, rule.scalars)
            if factor is not None:
                return factor, -rule.rest.get("", 0), {("", index, ""): 1}
        for one in dict.fromkeys(monomial):
            if one in self.alphabet.traces:
                found = self._trace_step(one)
                if found is not None:
                    return monomial.replace(one, "", 1), *found
                for index in self.loose:
                    scalars = self.rules[index - self.first].scalars
                    factor = quotient(monomial.replace(one, "", 1), scalars)
                    step = None if factor is None else next(self._turns(one, scalars, {index}), None)
                    if factor is not None and step is not None:
                        return factor, *step
        return None

    def _trace_step(self, trace: str) -> Step | None:
        """tr(word) = change + gain, with smaller traces in change."""
        if trace not in self._traced:
            self._traced[trace] = next(self._turns(trace, "", None), None)
        return self._traced[trace]

    def _turns(self, trace: str, scalars: str, loose: set[int] | None) -> Iterator[Step]:
        """Every way to rewrite scalars * tr(word) by one firm rule (or the loose ones given) into something smaller."""
        alphabet = self.alphabet
        word = alphabet.traces[trace]
        bound = self.order.central_key(merged(trace, scalars))
        for v in dict.fromkeys((word, alphabet.flip(word))):
            for i in range(len(v)):
                turned = v[i:] + v[:i]
                split = None if loose else self._trace_cut(turned)
                if split is not None:
                    yield split
                for index in self._heads(turned) if loose is None else loose:
                    rule = self.rules[index - self.first]
                    head = rule.word or ""
                    if not turned.startswith(head):
                        continue
                    rest, size = turned[len(head) :], alphabet.rows[turned[0]]
                    change: Coefficient = 0
                    for other, coef in rule.rest.items():
                        change = change - coef * alphabet.trace(other + rest, size)
                    if all(self.order.central_key(monomial) < bound for monomial in monomials(change)):
                        yield change, {("", index, rest): 1}

    def _heads(self, word: str) -> list[int]:
        """The firm rules whose head is the beginning of the word."""
        return [self.firm[word[:k]] for k in self._lengths if k <= len(word) and word[:k] in self.firm]

    def _trace_cut(self, word: str) -> Step | None:
        """tr(M N) = tr(M) tr(N) for 1 x 1 matrices M and N."""
        alphabet = self.alphabet
        if not alphabet.starts or word[0] not in alphabet.starts:
            return None
        for k in range(1, len(word)):
            if word[k] in alphabet.starts:
                part, rest = word[:k], word[k:]
                return alphabet.trace(part) * alphabet.trace(rest), {("", self.one(part), rest): 1}
        return None

    def add_scalar(self, value: Coefficient, certificate: Certificate) -> None:
        """Take a scalar equation value = 0 as a rule."""
        todo = [(value, certificate)]
        while todo:
            value, certificate = todo.pop()
            certificate = dict(certificate)
            value = self.reduce_scalar(value, certificate)
            if not value:
                continue
            lead = max(monomials(value), key=self.order.central_key)
            number = monomials(value)[lead]
            if number != 1:
                value = _divided(value, number)
                certificate = {term: _divided(coef, number) for term, coef in certificate.items()}
            rest = value - central({lead: 1})
            index = self._new_rule(Rule(None, lead, {"": rest} if rest else {}, certificate, None))
            for other in [o for o in self.scalar if quotient(self.rules[o - self.first].scalars, lead) is not None]:
                self.scalar.remove(other)
                old = self.rules[other - self.first]
                todo.append((old.rest.get("", 0) + central({old.scalars: 1}), {("", other, ""): 1}))
            self.scalar.append(index)
            for other in (*self.scalar, *self.loose):
                if other != index and set(lead) & set(self.rules[other - self.first].scalars):
                    self._push(len(lead) + len(self.rules[other - self.first].scalars), index, other, -1)

    # ------------------------------------------------------------------------------------------------ rules

    def _new_rule(self, rule: Rule) -> int:
        self.rules.append(rule)
        self._traced.clear()
        return self.first + len(self.rules) - 1

    def _push(self, size: int, first: int, second: int, overlap: int) -> None:
        if size <= self.longest:
            self._count += 1
            heapq.heappush(self._queue, (size, self._count, first, second, overlap))

    def add(self, matrix: Matrix, certificate: Certificate, shape: Shape) -> None:
        """Take an equation matrix = 0 as a rule, then its transpose, and reduce older rules by it."""
        todo: list[Equation] = [(matrix, certificate, shape)]
        while todo:
            matrix, certificate, shape = todo.pop()
            gained: Certificate = dict(certificate)
            matrix = self.reduce(matrix, gained, shape)
            if not matrix:
                continue
            assert shape is not None
            word = max(matrix, key=self.order.key)
            scalars, number = "", matrix[word]
            if isinstance(number, Central):
                scalars = max(number.terms, key=self.order.central_key)
                number = number.terms[scalars]
            if number != 1:
                matrix = {w: _divided(coef, number) for w, coef in matrix.items()}
                gained = {term: _divided(coef, number) for term, coef in gained.items()}
            rest = dict(matrix)
            add_word(rest, word, -central({scalars: 1}))
            index = self._new_rule(Rule(word, scalars, rest, gained, shape))
            if not word:
                self.bare.append(index)
                if shape == (Nat(1), Nat(1)):
                    self.add_scalar(matrix[""], {("", index, ""): 1})
                todo += self._beside(matrix[""], index, shape[0])
                continue
            if scalars:
                self.loose.append(index)
                self._loose_overlaps(index)
            else:
                todo += self._enter(word, index)
            todo.append((self.alphabet.flip_all(matrix), {("'", index, ""): 1}, (shape[1], shape[0])))

    def _beside(self, coef: Coefficient, index: int, size: Nat) -> list[Equation]:
        """What coef * I = 0 says of every letter with that many rows."""
        cols = self.alphabet.cols
        fitting = [one for one, rows in self.alphabet.rows.items() if rows == size]
        return [({one: coef}, {("", index, one): 1}, (size, cols[one])) for one in fitting]

    def _enter(self, word: str, index: int) -> list[Equation]:
        """Make a firm rule active; the rules that it reduces are returned as equations."""
        hit = [head for head in self.firm if word in head]
        again = [self._as_equation(self._retire(head)) for head in hit]
        for loose in [i for i in self.loose if word in (self.rules[i - self.first].word or "")]:
            self.loose.remove(loose)
            again.append(self._as_equation(loose))
        self.firm[word] = index
        self._lengths = sorted({len(head) for head in self.firm})
        for k in range(1, len(word)):
            self._by_prefix.setdefault(word[:k], {})[word] = index
            self._by_suffix.setdefault(word[-k:], {})[word] = index
        self._overlaps_with_firm(word, index)
        for loose in self.loose:
            weak = self.rules[loose - self.first].word or ""
            self._overlaps(word, index, weak, loose)
            self._overlaps(weak, loose, word, index)
        return again

    def _retire(self, word: str) -> int:
        """Take a firm rule out of use."""
        for k in range(1, len(word)):
            del self._by_prefix[word[:k]][word]
            del self._by_suffix[word[-k:]][word]
        return self.firm.pop(word)

    def _overlaps_with_firm(self, word: str, index: int) -> None:
        """Queue the overlaps of a rule with the firm rules, on both sides."""
        for k in range(1, len(word)):
            for head, other in self._by_prefix.get(word[-k:], {}).items():
                self._push(len(word) + len(head) - k, index, other, k)
            for head, other in self._by_suffix.get(word[:k], {}).items():
                if other != index:
                    self._push(len(word) + len(head) - k, other, index, k)

    def _as_equation(self, index: int) -> Equation:
        rule = self.rules[index - self.first]
        matrix = dict(rule.rest)
        add_word(matrix, rule.word or "", central({rule.scalars: 1}))
        return matrix, {("", index, ""): 1}, rule.shape

    def _overlaps(self, first: str, i: int, second: str, j: int) -> None:
        """Queue every way in which the end of `first` is the beginning of `second`."""
        for k in range(1, min(len(first), len(second))):
            if first.endswith(second[:k]):
                self._push(len(first) + len(second) - k, i, j, k)

    def _loose_overlaps(self, index: int) -> None:
        rule = self.rules[index - self.first]
        assert rule.word is not None
        self._overlaps_with_firm(rule.word, index)
        for scalar in self.scalar:
            if set(rule.scalars) & set(self.rules[scalar - self.first].scalars):
                self._push(len(rule.word), scalar, index, -1)

    def _is_active(self, index: int) -> bool:
        rule = self.rules[index - self.first]
        if rule.word is None:
            return index in self.scalar
        return self.firm.get(rule.word) == index or index in self.loose

    def step(self) -> bool:
        """Work on the shortest overlap; False if none is left."""
        while self._queue:
            _, _, i, j, k = heapq.heappop(self._queue)
            if self._is_active(i) and self._is_active(j):
                self.budget.spend()
                if k < 0:
                    self._scalar_pair(i, j)
                else:
                    self._pair(i, j, k)
                return True
        return False

    def _pair(self, i: int, j: int, k: int) -> None:
        first, second = self.rules[i - self.first], self.rules[j - self.first]
        assert first.word is not None
        assert second.word is not None
        right, left = second.word[k:], first.word[:-k]
        common = least_common_multiple(first.scalars, second.scalars)
        scale = _factor(common, first.scalars), _factor(common, second.scalars)
        matrix: Matrix = {}
        for word, coef in first.rest.items():
            add_word(matrix, word + right, coef * scale[0])
        for word, coef in second.rest.items():
            add_word(matrix, left + word, -coef * scale[1])
        assert first.shape is not None
        assert second.shape is not None
        shape = first.shape[0], second.shape[1]
        self.add(matrix, {("", i, right): scale[0], (left, j, ""): -scale[1]}, shape)

    def _scalar_pair(self, i: int, j: int) -> None:
        """The overlap of a scalar rule i with a scalar or a loose rule j."""
        first, second = self.rules[i - self.first], self.rules[j - self.first]
        common = least_common_multiple(first.scalars, second.scalars)
        scale = _factor(common, first.scalars), _factor(common, second.scalars)
        left = scale[0] * first.rest.get("", 0)
        if second.word is None:
            right = scale[1] * second.rest.get("", 0)
            self.add_scalar(left - right, {("", i, ""): scale[0], ("", j, ""): -scale[1]})
            return
        matrix = {word: -coef * scale[1] for word, coef in second.rest.items()}
        add_word(matrix, second.word, left)
        self.add(matrix, {(second.word, i, ""): scale[0], ("", j, ""): -scale[1]}, second.shape)

    # ----------------------------------------------------------------------------------------- certificates

    def expand(self, certificate: Certificate, *, scalar: bool) -> Certificate:
        """The certificate in terms of the input equations (ids below 2n), 1 x 1 equations (negative ids) and,
        in a matrix certificate, scalar rules that rest on traces of matrix equations (left as they are).
        """
        memo: dict[int, Certificate] = {}
        needed: set[int] = set()
        todo = [index for _, index, _ in certificate]
        while todo:
            index = todo.pop()
            if index >= self.first and index not in needed:
                needed.add(index)
                todo += [other for _, other, _ in self.rules[index - self.first].certificate]
        for index in sorted(needed):
            rule = self.rules[index - self.first]
            memo[index] = self._expanded(rule.certificate, memo, scalar=rule.word is None)
        return self._expanded(certificate, memo, scalar=scalar)

    def _expanded(self, certificate: Certificate, memo: dict[int, Certificate], *, scalar: bool) -> Certificate:
        total: Certificate = {}
        for (left, index, right), coef in certificate.items():
            if index < self.first:
                self._input_term(total, left, index, right, coef)
            elif left == "'":
                for (a, i, b), value in memo[index].items():
                    self._flipped_term(total, a, i, b, coef * value)
            elif self.rules[index - self.first].word is None:
                self._scalar_terms(total, (left, index), coef, memo[index], scalar=scalar)
            else:
                shape = self.rules[index - self.first].shape
                size = shape[0] if scalar and shape else None
                for (a, i, b), value in memo[index].items():
                    self._placed(total, (left + a, i, b + right), coef * value, size)
        return total

    def _placed(self, total: Certificate, term: Term, coef: Coefficient, size: Nat | None) -> None:
        """A term of a matrix rule. Under a trace (of an identity of that size, where no word is left) the word beside a
        scalar equation becomes part of the coefficient.
        """
        left, index, right = term
        if not self.is_scalar(index):
            self._input_term(total, left, index, right, coef)
        elif size is None:
            accumulate(total, (left + right, index, ""), coef)
        else:
            accumulate(total, ("", index, ""), coef * self.alphabet.trace(left + right, size))

    def is_scalar(self, index: int) -> bool:
        """Whether an id is that of a scalar equation or rule."""
        if index < 0:
            return False
        if index < self.first:
            return self.scalar_input[index // 2]
        return self.rules[index - self.first].word is None

    def _input_term(self, total: Certificate, left: str, index: int, right: str, coef: Coefficient) -> None:
        if 0 <= index < self.first and index & 1 and self._signs[index // 2]:
            coef, index = coef * self._signs[index // 2], index - 1
        accumulate(total, (left, index, right), coef)

    def _flipped_term(self, total: Certificate, left: str, index: int, right: str, coef: Coefficient) -> None:
        flip = self.alphabet.flip
        if self.is_scalar(index):
            accumulate(total, (flip(left), index, ""), coef)
        elif index < 0:
            accumulate(total, (flip(right), self.one(flip(self.ones[-index - 1])), flip(left)), coef)
        else:
            self._input_term(total, flip(right), index ^ 1, flip(left), coef)

    def _scalar_terms(
        self, total: Certificate, term: tuple[str, int], coef: Coefficient, rule: Certificate, *, scalar: bool
    ) -> None:
        """The terms of a scalar rule times a word; a rule that uses traces stays whole outside a trace."""
        word, index = term
        if scalar or all(self.is_scalar(i) for _, i, _ in rule):
            for (a, i, b), value in rule.items():
                accumulate(total, (a if scalar else word, i, b), coef * value)
        else:
            accumulate(total, (word, index, ""), coef)

    def size(self, certificate: Certificate) -> int:
        """The number of terms, monomials of coefficients counted."""
        return sum(map(count, certificate.values()))
