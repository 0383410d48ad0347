"""What a completion works with: rules, certificates, overlaps that wait, and the budget of work.

A certificate maps (left, id, right) to a coefficient, and stands for the sum of coef * left * rule * right. Equation
number h of the input has the ids 2h (as it is) and 2h + 1 (transposed); rules have ids from 2n on. Under a trace, that
is in the certificate of a scalar, the terms of matrix rules stand for coef * tr(left * rule * right). A negative id is
an equation M = tr(M) I for a 1 x 1 word M.

Main names: Rule, Certificate, Term, Budget, OutOfWork.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.kernel.terms import Shape
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Central, Coefficient, Number, central

Term = tuple[str, int, str]
Certificate = dict[Term, Coefficient]
Equation = tuple[Matrix, Certificate, Shape]
FLIPPED = "'"  # as left side: the transpose of the rule; no word, letters start above it


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
        if self.tick is not None:
            self.tick()

    def spend(self, amount: int = 1) -> None:
        """Take from the budget. Raises OutOfWork when nothing is left."""
        before = self.left
        self.left -= amount
        if self.left < 0:
            raise OutOfWork
        if self.tick is not None and before >> 9 != self.left >> 9:
            self.tick()


@dataclass(frozen=True, slots=True)
class Rule:
    """scalars * word + rest = 0, with its certificate; `word` is None in a rule for coefficients."""

    word: str | None
    scalars: str
    rest: Matrix
    certificate: Certificate
    shape: Shape

    def equation(self) -> Matrix:
        """scalars * word + rest; a rule for coefficients as coefficient of the empty word."""
        matrix = dict(self.rest)
        add_word(matrix, self.word or "", central({self.scalars: 1}))
        return matrix


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


def divided(value: Coefficient, number: Number) -> Coefficient:
    """A coefficient divided by a number. Whole numbers are ints: Python adds and compares them many times faster.

    >>> divided(Fraction(3, 2), Fraction(-1, 2))
    -3
    """
    if number == 1:
        return value
    if isinstance(value, Central):
        return Central({monomial: _ratio(one, number) for monomial, one in value.terms.items()})
    return _ratio(value, number)


def _ratio(value: Number, number: Number) -> Number:
    quotient = Fraction(value) / number
    return quotient.numerator if quotient.denominator == 1 else quotient
