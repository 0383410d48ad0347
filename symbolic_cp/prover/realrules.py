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
    at,
    at_least,
    equal,
    for_all,
    free_names,
)
from symbolic_cp.kernel.logic import Theorem, for_all_elim
from symbolic_cp.kernel.terms import Poly, Word, identity, nat, trace
from symbolic_cp.kernel.theory import inverse
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


def psd_values(now: Situation) -> list[Theorem]:
    """tr(M'SM) >= 0 for every known psd S, and M among the parts of the words under traces."""
    found: list[Theorem] = []
    modulo = now.modulo
    source = Source(now.scalar_values(), ())
    for one in now.known:
        S = quadratic_form(one.conclusion)
        if S is None or S.shape is None:
            continue
        size = S.shape[0]
        arguments = [identity(size)]
        for shape, parts in classes(modulo.alphabet, source, 1).items():
            if shape[0] == size:
                plain = [modulo.alphabet.matrix(word) for scalars, word in parts if word and not scalars]
                arguments += plain[:MOST]
                few = [*([identity(size)] if shape[1] == size else []), *plain[:4]]
                arguments += [first - second for i, first in enumerate(few) for second in few[:i]]
        for M in [M for M in arguments if _meets(now, S, M)][:FEW]:
            assert M.shape is not None
            if M.shape[1] == nat(1):
                found.append(for_all_elim(one, M))
            else:
                found.append(lemmas.specialised(lemmas.psd_at_matrices(), size, M.shape[1], S, one, M))
    return found


def _meets(now: Situation, S: Poly, M: Poly) -> bool:
    """Whether tr(M'SM) has a monomial of the claim, both in normal form."""
    modulo, claim = now.modulo, now.claim
    if not isinstance(claim, NonNegative | Positive | Equal) or claim.term.shape is not None:
        return isinstance(claim, Falsum)
    try:
        wanted, value = (monomials(modulo.encoded(term)) for term in (claim.term, trace(M.T @ S @ M)))
    except OutOfWork:
        return False
    return any(one in wanted for one in value)


def quadratic_form(formula: Formula) -> Poly | None:
    """S if the formula says that tr(x'Sx) >= 0 for all columns x."""
    if not isinstance(formula, ForAll) or formula.sort.kind != "matrix" or formula.sort.cols != nat(1):
        return None
    variable, body = opened(formula)
    if not isinstance(body, NonNegative) or formula.arity:
        return None
    S = Poly((formula.sort.rows, formula.sort.rows), {})
    for (scalars, _), coef in body.term.terms.items():
        traces = [one for one in scalars if one.kind == "trace"]
        inner = _between(traces[0].word, variable.name) if len(traces) == 1 else None
        if inner is None:
            return None
        rest = tuple(one for one in scalars if one.kind != "trace")
        S = S + Poly(S.shape, {(rest, inner): coef})
    x = at(variable)
    return S if for_all(variable, at_least(trace(x.T @ S @ x), 0)) == formula else None


def _between(word: Word, name: str) -> Word | None:
    """W, if the word is x' W x up to rotation, x of that name."""
    for i, one in enumerate(word):
        turned = word[i:] + word[:i]
        if one.name == name and one.transposed and turned[-1].name == name and not turned[-1].transposed:
            return turned[1:-1]
    return None


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
    """That there is an inverse, for every known s > 0 and s != 0."""
    found: list[Theorem] = []
    for one in now.known:
        formula = one.conclusion
        if isinstance(formula, Positive) and free_names(formula.term):
            found.append(inverse(one))
        elif isinstance(formula, Implies) and isinstance(formula.right, Falsum) and isinstance(formula.left, Equal):
            term = formula.left.term
            if term.shape is None:
                found.append(lemmas.specialised(lemmas.nonzero_inverse(), term, one))
    return found[:MOST]
