"""Positive semidefinite matrices among what is known, and matrices at which their forms are worth looking at.

Main names: Form, forms, gram_form, grams_of, arguments, meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import matmul

from symbolic_cp.kernel.formulas import (
    Equal,
    Falsum,
    ForAll,
    Formula,
    NonNegative,
    Positive,
    Variable,
    at,
    at_least,
    equal,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.logic import Theorem, for_all_elim, for_all_intro
from symbolic_cp.kernel.terms import Nat, Poly, Word, identity, letter, matrix, nat, trace
from symbolic_cp.kernel.theory import Product, combine
from symbolic_cp.prover import lemmas
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import central, monomials
from symbolic_cp.prover.grams import Source, classes
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.rules import OutOfWork
from symbolic_cp.prover.search import Effort, NotProved, derive
from symbolic_cp.prover.show import opened

GLANCE = Effort(work=500, polish=0)


@dataclass(frozen=True, slots=True)
class Form:
    """A symmetric S, the theorem that it is, and the theorem that tr(x'Sx) >= 0 for all columns x."""

    S: Poly
    symmetric: Theorem
    values: Theorem

    @property
    def size(self) -> Nat:
        """The number of rows."""
        assert self.S.shape is not None
        return self.S.shape[0]

    def value(self, M: Poly) -> Theorem:
        """tr(M'SM) >= 0."""
        assert M.shape is not None
        if M.shape[1] == nat(1):
            return for_all_elim(self.values, M)
        return lemmas.specialised(lemmas.psd_at_matrices(), self.size, M.shape[1], self.S, self.values, M)


def forms(now: Situation) -> list[Form]:
    """The psd matrices that are known."""
    found: list[Form] = []
    for one in now.known:
        S = quadratic_form(one.conclusion)
        if S is None or S.shape is None:
            continue
        try:
            found.append(Form(S, derive(equal(S.T, S), *now.equations(), effort=GLANCE), one))
        except NotProved:
            continue
    return [*found, *_defined_as_grams(now)]


def _defined_as_grams(now: Situation) -> Iterator[Form]:
    """S where an equation says S = M'M."""
    for one in now.equations():
        term = one.conclusion.term  # type: ignore[union-attr]
        words = sorted((word for scalars, word in term.terms if not scalars), key=len)
        if len(term.terms) != 2 or len(words) != 2 or len(words[0]) != 1 or len(words[1]) % 2:
            continue
        S, M = (reduce(matmul, map(letter, word)) for word in (words[0], words[1][len(words[1]) // 2 :]))
        if S.shape == (M.T @ M).shape and S - M.T @ M in (term, -term):
            x = _column(M)
            claim = at_least(trace(x.T @ S @ x), 0)
            value = derive(claim, one, products=[Product(1, (), (M @ x,))])
            yield Form(S, derive(equal(S.T, S), one), for_all_intro(value, _variable(x)))


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


def gram_form(M: Poly) -> Form:
    """M'M as a psd matrix."""
    assert M.shape is not None
    S, x = M.T @ M, _column(M)
    value = combine(claim=at_least(trace(x.T @ S @ x), 0), cofactors=(), products=(Product(1, (), (M @ x,)),))
    return Form(S, combine(claim=equal(S.T, S), cofactors=(), products=()), for_all_intro(value, _variable(x)))


def _column(M: Poly) -> Poly:
    """A letter x with a name of its own such that M x is a column."""
    assert M.shape is not None
    name = next(name for name in ("x", *(f"x{i}" for i in range(len(M.names) + 1))) if name not in M.names)
    return matrix(name, M.shape[1], 1)


def _variable(x: Poly) -> Variable:
    ((_, (one,)),) = x.terms
    return Variable(one.name, matrix_sort(one.rows, one.cols))


def grams_of(now: Situation, words: Sequence[str]) -> Iterator[Form]:
    """M'M for every M such that a word is M'M up to rotation."""
    alphabet = now.modulo.alphabet
    for word in words:
        turns = dict.fromkeys(v[i:] + v[:i] for v in (word, alphabet.flip(word)) for i in range(len(word)))
        for turn in turns:
            half = turn[len(turn) // 2 :]
            if alphabet.flip(half) + half == turn:
                yield gram_form(alphabet.matrix(half))


def arguments(now: Situation, size: Nat) -> list[Poly]:
    """Matrices with so many rows: the claim, I, and parts of the words of the claim and of traces."""
    alphabet = now.modulo.alphabet
    claim = now.claim.term if isinstance(now.claim, Equal | NonNegative | Positive) else None
    found: list[Poly] = []
    if claim is not None and claim.shape is not None:
        found += [one for one in (claim, claim.T) if one.shape is not None and one.shape[0] == size]
        encoded: list[Matrix] = [alphabet.encode(claim)]
    else:
        encoded = []
    found.append(identity(size))
    for one in encoded:
        for word in (*one, *map(alphabet.flip, one)):
            found += [alphabet.matrix(word[i:]) for i in range(len(word)) if alphabet.rows[word[i]] == size]
    traces = [one for value in now.scalar_values() for m in monomials(value) for one in m if one in alphabet.traces]
    for shape, parts in classes(alphabet, Source([central({one: 1}) for one in traces], ()), 1).items():
        if shape[0] == size:
            found += [alphabet.matrix(word) for scalars, word in parts if word and not scalars]
    return list(dict.fromkeys(found))


def meeting(now: Situation, form: Form) -> list[Poly]:
    """Matrices at which the value of a form has a monomial of the claim, both in normal form."""
    found = arguments(now, form.size)
    found += [first - second for first, second in combinations(found[:5], 2) if first.shape == second.shape]
    return [M for M in found if _meets(now, form.S, M)]


def _meets(now: Situation, S: Poly, M: Poly) -> bool:
    modulo, claim = now.modulo, now.claim
    if not isinstance(claim, NonNegative | Positive | Equal):
        return isinstance(claim, Falsum)
    try:
        wanted, value = (monomials(modulo.encoded(term)) for term in (claim.term, trace(M.T @ S @ M)))
    except OutOfWork:
        return False
    return any(one in wanted for one in value)
