"""Scalars in a completion: rules for coefficients, and traces rewritten by the rules for matrices.

A trace may be rewritten wherever a rule applies to one of its rotations or to the transpose, provided that it becomes
smaller; failing that, a rotation is brought to normal form as a matrix, which may give tr(SK) = -tr(SK). A word read
around a circle can be rewritten in two ways by rules that overlap at both ends; the difference is an equation between
scalars (`cyclic_overlap`). Scalar equations are completed among themselves as in Buchberger's algorithm.

Main name: Scalars.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import (
    Coefficient,
    Falling,
    Number,
    central,
    least_common_multiple,
    merged,
    monomials,
    quotient,
)
from symbolic_cp.prover.rules import Certificate, OutOfWork, Rule, accumulate, add_word, divided

if TYPE_CHECKING:
    from symbolic_cp.prover.completion import Completion

Step = tuple[Coefficient, Certificate]


def factor(whole: str, part: str) -> Coefficient:
    """whole / part as a coefficient."""
    return central({quotient(whole, part) or "": 1})


class Scalars:
    """The rules for coefficients of one completion, and the traces that its rules for matrices rewrite."""

    def __init__(self, completion: Completion) -> None:
        self.completion, self.alphabet, self.order = completion, completion.alphabet, completion.order
        self.active: list[int] = []
        self.waiting: list[tuple[Coefficient, Certificate]] = []
        self._known_steps: dict[str, Step | None] = {}
        self._loose_steps: dict[tuple[str, int], Step | None] = {}

    def forget(self) -> None:
        """There is a new rule: what was found about traces may be out of date."""
        self._known_steps.clear()
        self._loose_steps.clear()

    # -------------------------------------------------------------------------------------------- coefficients

    def reduce_coefficient(self, coef: Coefficient, word: str, certificate: Certificate) -> Coefficient:
        """The coefficient of a word reduced by the scalar rules, largest monomial first."""
        done: dict[str, Number] = {}
        rest = Falling(coef, self.order.central_key)
        while (largest := rest.take()) is not None:
            monomial, number = largest
            found = self._divisor(monomial)
            if found is None:
                done[monomial] = number
                continue
            index, quotient_ = found
            self.completion.budget.spend()
            scale = central({quotient_: number})
            rest.add(-scale * self.completion.rule(index).rest.get("", 0))
            accumulate(certificate, (word, index, ""), -scale)
        return central(done)

    def _divisor(self, monomial: str) -> tuple[int, str] | None:
        """A scalar rule whose head divides the monomial, and the quotient."""
        for index in self.active:
            found = quotient(monomial, self.completion.rule(index).scalars)
            if found is not None:
                return index, found
        return None

    # ------------------------------------------------------------------------------------------------- scalars

    def reduce(self, value: Coefficient, certificate: Certificate) -> Coefficient:
        """A scalar reduced by scalar rules, and its traces by matrix rules; result = value + (gain)."""
        done: dict[str, Number] = {}
        rest = Falling(value, self.order.central_key)
        while (largest := rest.take()) is not None:
            monomial, number = largest
            step = self._step(monomial)
            if step is None:
                done[monomial] = number
                continue
            self.completion.budget.spend()
            beside, change, gain = step
            scale = central({beside: number})
            rest.add(scale * change)
            for term, coef in gain.items():
                accumulate(certificate, term, -scale * coef)
        return central(done)

    def _step(self, monomial: str) -> tuple[str, Coefficient, Certificate] | None:
        """One rewriting: monomial = beside * (change + gain)."""
        found = self._divisor(monomial)
        if found is not None:
            index, beside = found
            return beside, -self.completion.rule(index).rest.get("", 0), {("", index, ""): 1}
        for one in dict.fromkeys(monomial):
            if one in self.alphabet.traces:
                others = monomial.replace(one, "", 1)
                step = self._trace_step(one)
                if step is not None:
                    return others, *step
                for index in self.completion.loose:
                    if self._loose_steps.get((one, index), True) is None:
                        continue
                    scalars = self.completion.rule(index).scalars
                    rest = quotient(others, scalars)
                    loose = None if rest is None else self._loose_step(one, scalars, index)
                    if rest is not None and loose is not None:
                        return rest, *loose
        return None

    def _loose_step(self, trace: str, scalars: str, index: int) -> Step | None:
        """scalars * tr(word) = change + gain by that loose rule, of which these are the scalars."""
        if (trace, index) not in self._loose_steps:
            self._loose_steps[trace, index] = next(self._turns(trace, scalars, [index]), None)
        return self._loose_steps[trace, index]

    def _trace_step(self, trace: str) -> Step | None:
        """tr(word) = change + gain, with smaller traces in change."""
        if trace not in self._known_steps:
            found = next(self._turns(trace, "", None), None)
            self._known_steps[trace] = found or self._normal_turn(trace)
        return self._known_steps[trace]

    def _turns(self, trace: str, scalars: str, loose: list[int] | None) -> Iterator[Step]:
        """Every way to rewrite scalars * tr(word) by one firm rule (or the loose ones given) into something smaller."""
        alphabet, completion = self.alphabet, self.completion
        word = alphabet.traces[trace]
        bound = self.order.central_key(merged(trace, scalars))
        for v in dict.fromkeys((word, alphabet.flip(word))):
            for i in range(len(v)):
                turned = v[i:] + v[:i]
                split = None if loose else self._cut(turned)
                if split is not None:
                    yield split
                for index in completion.heads(turned) if loose is None else loose:
                    rule = completion.rule(index)
                    head = rule.word or ""
                    if not turned.startswith(head):
                        continue
                    rest, size = turned[len(head) :], alphabet.rows[turned[0]]
                    change: Coefficient = 0
                    for other, coef in rule.rest.items():
                        change = change - coef * alphabet.trace(other + rest, size)
                    if all(self.order.central_key(monomial) < bound for monomial in monomials(change)):
                        yield change, {("", index, rest): 1}

    def _cut(self, word: str) -> Step | None:
        """tr(M N) = tr(M) tr(N) for 1 x 1 matrices M and N."""
        alphabet = self.alphabet
        if not alphabet.starts or word[0] not in alphabet.starts:
            return None
        for k in range(1, len(word)):
            if word[k] in alphabet.starts:
                part, rest = word[:k], word[k:]
                return alphabet.trace(part) * alphabet.trace(rest), {("", self.completion.one(part), rest): 1}
        return None

    def _normal_turn(self, trace: str) -> Step | None:
        """tr(word) from the normal form of a rotation or of the transpose: c tr(word) + smaller traces, c != 1."""
        alphabet = self.alphabet
        word = alphabet.traces[trace]
        bound = self.order.central_key(trace)
        for v in dict.fromkeys((word, alphabet.flip(word))):
            for i in range(len(v)):
                turned = v[i:] + v[:i]
                size = alphabet.rows[turned[0]]
                gained: Certificate = {}
                normal = self.completion.reduce({turned: 1}, gained, (size, size))
                if not gained:
                    continue
                value: Coefficient = 0
                for other, coef in normal.items():
                    value = value + coef * alphabet.trace(other, size)
                own = monomials(value).get(trace, 0)
                change = value - central({trace: own})
                if own != 1 and all(self.order.central_key(monomial) < bound for monomial in monomials(change)):
                    scale = 1 - Fraction(own)
                    gain = {term: divided(-coef, scale) for term, coef in gained.items()}
                    return divided(change, scale), gain
        return None

    # --------------------------------------------------------------------------------------------------- rules

    def add(self, value: Coefficient, certificate: Certificate) -> None:
        """Take a scalar equation value = 0 as a rule. Raises OutOfWork; then what was not done yet waits."""
        self.waiting.append((value, certificate))
        self.work_off()

    def work_off(self) -> None:
        """Make the equations that wait rules, the latest first."""
        completion, todo = self.completion, self.waiting
        while todo:
            value, certificate = todo.pop()
            gained = dict(certificate)
            try:
                value = self.reduce(value, gained)
            except OutOfWork:
                todo.append((value, certificate))
                raise
            certificate = gained
            if not value:
                continue
            lead = max(monomials(value), key=self.order.central_key)
            number = monomials(value)[lead]
            value = divided(value, number)
            certificate = {term: divided(coef, number) for term, coef in certificate.items()}
            rest = value - central({lead: 1})
            index = completion.enter(Rule(None, lead, {"": rest} if rest else {}, certificate, None))
            for other in [o for o in self.active if quotient(completion.rule(o).scalars, lead) is not None]:
                self.active.remove(other)
                todo.append((completion.rule(other).equation()[""], {("", other, ""): 1}))
            self.active.append(index)
            for other in (*self.active, *completion.loose):
                scalars = completion.rule(other).scalars
                if other != index and set(lead) & set(scalars):
                    completion.push(len(lead) + len(scalars), index, other, (0, 0))

    def learn(self, matrix: Matrix) -> None:
        """Make rules of what is known about the traces in the coefficients of a matrix."""
        for coef in matrix.values():
            for monomial in monomials(coef):
                for one in monomial:
                    step = self._trace_step(one) if one in self.alphabet.traces else None
                    if step is not None:
                        change, gain = step
                        self.add(central({one: 1}) - change, gain)

    def pair(self, i: int, j: int) -> None:
        """The overlap of a scalar rule i with a scalar or a loose rule j."""
        completion = self.completion
        first, second = completion.rule(i), completion.rule(j)
        common = least_common_multiple(first.scalars, second.scalars)
        scale = factor(common, first.scalars), factor(common, second.scalars)
        left = scale[0] * first.rest.get("", 0)
        if second.word is None:
            right = scale[1] * second.rest.get("", 0)
            self.add(left - right, {("", i, ""): scale[0], ("", j, ""): -scale[1]})
            return
        matrix = {word: -coef * scale[1] for word, coef in second.rest.items()}
        add_word(matrix, second.word, left)
        completion.add(matrix, {(second.word, i, ""): scale[0], ("", j, ""): -scale[1]}, second.shape)

    def cyclic_overlap(self, i: int, j: int, end: int, begin: int) -> None:
        """tr(a m b n), where a m b and b n a are heads: its two rewritings are equal."""
        first, second = self.completion.rule(i), self.completion.rule(j)
        assert first.word is not None
        assert second.word is not None
        after = second.word[end : len(second.word) - begin]
        before = first.word[begin : len(first.word) - end]
        value = self._traced(i, after) - self._traced(j, before)
        self.add(value, {("", i, after): 1, ("", j, before): -1})

    def loose_trace(self, index: int) -> None:
        """The scalar equation tr(head' * rule) = 0 of a loose rule."""
        rule = self.completion.rule(index)
        beside = self.alphabet.flip(rule.word or "")
        self.add(self._traced(index, beside, whole=True), {("", index, beside): 1})

    def turned_traces(self, index: int) -> None:
        """Of a firm rule u v -> v u + ...: tr((u v - v u) x) = 0 for x made of at most two of u, v: what is left is 0.

        To rewrite tr(u v x) gives it back, so that no overlap finds this.
        """
        rule = self.completion.rule(index)
        assert rule.word is not None
        if rule.scalars:
            return
        word = rule.word
        turns = [k for k in range(1, len(word)) if word[k:] + word[:k] in rule.rest and word[k:] + word[:k] != word]
        for k in turns[:1]:
            u, v = word[:k], word[k:]
            for beside in ("", u, v, u + v, v + u, u + u, v + v):
                self.add(self._traced(index, beside, whole=True), {("", index, beside): 1})

    def _traced(self, index: int, beside: str, *, whole: bool = False) -> Coefficient:
        """tr(rest * beside), or with the head too."""
        rule = self.completion.rule(index)
        assert rule.shape is not None
        total: Coefficient = 0
        for word, coef in (rule.equation() if whole else rule.rest).items():
            total = total + coef * self.alphabet.trace(word + beside, rule.shape[0])
        return total
