"""What real matrices have beyond a ring, made known: new theorems from known ones, for `tactics` to try.

Each function takes a `Situation` and returns theorems that are worth adding. None of them decides anything; the
lemmas that they cite are proved in `lemmas`.

Main functions: square_inverses, vanishing_matrices, psd_values, cauchy_schwarz_values, scalar_inverses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from symbolic_cp.kernel.formulas import (
    Equal,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Positive,
    equal,
    free_names,
)
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import identity
from symbolic_cp.prover import lemmas
from symbolic_cp.prover.central import Coefficient, Number, central, monomials
from symbolic_cp.prover.grams import Source, classes, gram_candidates
from symbolic_cp.prover.inequalities import Modulo
from symbolic_cp.prover.rules import Budget, OutOfWork
from symbolic_cp.prover.search import Effort, NotProved, derive
from symbolic_cp.prover.show import opened

MOST = 12
FEW = 6


@dataclass(frozen=True, slots=True)
class Situation:
    """A claim (equation, inequality or falsum), what is known, and the equations completed for a while."""

    claim: Formula
    known: Sequence[Theorem]
    modulo: Modulo
    effort: Effort

    @staticmethod
    def of(claim: Formula, known: Sequence[Theorem], effort: Effort) -> Situation:
        """The situation for a claim."""
        atoms = [one.conclusion for one in known if isinstance(one.conclusion, Equal | NonNegative | Positive)]
        terms = [formula.term for formula in atoms]
        equations = [formula.term for formula in atoms if isinstance(formula, Equal)]
        inside = [part.term for one in known for part in _atoms(one.conclusion)]
        goal = [claim.term] if isinstance(claim, Equal | NonNegative | Positive) else []
        modulo = Modulo([*goal, *terms, *inside], equations, Budget(effort.work, effort.progress))
        modulo.extend(effort.work // 4)
        return Situation(claim, known, modulo, effort)

    def equations(self) -> list[Theorem]:
        """The known equations."""
        return [one for one in self.known if isinstance(one.conclusion, Equal)]

    def scalar_values(self) -> list[Coefficient]:
        """The claim and the known (in)equations between scalars, in inner form."""
        formulas = [self.claim, *(one.conclusion for one in self.known)]
        found = [f.term for f in formulas if isinstance(f, Equal | NonNegative | Positive)]
        return [self.modulo.alphabet.encode(term).get("", 0) for term in found if term.shape is None]


def _atoms(formula: Formula) -> Iterator[Equal | NonNegative | Positive]:
    """The (in)equations inside a formula, quantifiers opened."""
    if isinstance(formula, Equal | NonNegative | Positive):
        yield formula
    elif isinstance(formula, ForAll):
        yield from _atoms(opened(formula)[1])
    elif isinstance(formula, Implies):
        yield from _atoms(formula.left)
        yield from _atoms(formula.right)


def square_inverses(now: Situation) -> list[Theorem]:
    """YX = I for every known XY = I with square X and Y."""
    found: list[Theorem] = []
    completion, alphabet = now.modulo.completion, now.modulo.alphabet
    unital = [completion.rule(index).equation() for index in completion.firm.values()]
    unital = [matrix for matrix in (*completion.inputs, *unital) if len(matrix) == 2 and "" in matrix]
    words = [word for matrix in unital for word in matrix if word and matrix[""] == -matrix[word]]
    for word in dict.fromkeys(words):
        size = alphabet.rows[word[0]]
        for k in range(1, len(word)):
            turned = {word[k:] + word[:k]: 1}
            if alphabet.cols[word[k - 1]] != size or completion.reduce(dict(turned), {}, (size, size)) == {"": 1}:
                continue
            first, second = alphabet.matrix(word[:k]), alphabet.matrix(word[k:])
            try:
                given = derive(equal(first @ second, identity(size)), *now.equations(), effort=now.effort)
            except NotProved:
                continue
            found.append(lemmas.specialised(lemmas.square_inverse(), size, first, second, given))
    return found[:MOST]


def vanishing_matrices(now: Situation) -> list[Theorem]:
    """M = 0 where tr(M'M) reduces to zero and M does not."""
    modulo, found = now.modulo, list[Theorem]()
    source = Source(now.scalar_values(), modulo.matrices)
    try:
        for candidate in gram_candidates(modulo.alphabet, source, modulo.normal, 2):
            if candidate.value or candidate.matrix is None:
                continue
            if modulo.completion.reduce(candidate.matrix, {}, candidate.shape):
                matrix = modulo.alphabet.decode(candidate.matrix, candidate.shape)
                found.append(lemmas.vanishing(matrix, *now.equations()))
                if len(found) == MOST:
                    break
    except (OutOfWork, NotProved):
        pass
    return found


def cauchy_schwarz_values(now: Situation) -> list[Theorem]:
    """tr(M'N)^2 <= tr(M'M) tr(N'N) for parts M, N of the words under traces, if the claim has products of traces."""
    if not isinstance(now.claim, NonNegative | Positive):
        return []
    alphabet = now.modulo.alphabet
    goal = alphabet.encode(now.claim.term).get("", 0)
    products = [m for m in monomials(goal) if sum(one in alphabet.traces for one in m) > 1]
    singles: dict[str, Number] = {one: 1 for monomial in products for one in monomial if one in alphabet.traces}
    found: list[Theorem] = []
    for shape, parts in classes(alphabet, Source([central(singles)], ()), 1).items():
        words = [word for scalars, word in parts if word and not scalars][:4]
        matrices = [*([identity(shape[0])] if shape[0] == shape[1] else []), *map(alphabet.matrix, words)]
        pairs = combinations(matrices, 2)
        found += [lemmas.specialised(lemmas.cauchy_schwarz(), *shape, first, second) for first, second in pairs]
    return found[: 2 * MOST]


def scalar_inverses(now: Situation) -> list[Theorem]:
    """That there is an inverse, for every known s > 0 and s != 0, positive in the first case."""
    found: list[Theorem] = []
    for one in now.known:
        formula = one.conclusion
        if isinstance(formula, Positive) and free_names(formula.term):
            found.append(lemmas.specialised(lemmas.positive_inverse(), formula.term, one))
        elif isinstance(formula, Implies) and isinstance(formula.right, Falsum) and isinstance(formula.left, Equal):
            term = formula.left.term
            if term.shape is None:
                found.append(lemmas.specialised(lemmas.nonzero_inverse(), term, one))
    return found[:MOST]
