"""Ranks, written as traces of projectors: rank A = tr(A a) with a the pseudoinverse of A.

Three lemmas, each proved from the kernel's rules when it is first asked for, and the rule that puts them to use: for
the pseudoinverses that are known, what the rank inequalities say.

Main functions: rank_through, rank_of_sum, frobenius, rank_inequalities.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations_with_replacement

from symbolic_cp.kernel.facts import fact, penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Equal,
    Falsum,
    Formula,
    NonNegative,
    Positive,
    Variable,
    at_least,
    equal,
    matrix_sort,
)
from symbolic_cp.kernel.logic import Theorem, assume, exists_elim
from symbolic_cp.kernel.terms import Nat, Poly, Word, identity, matrix, nat, trace
from symbolic_cp.kernel.theory import Product
from symbolic_cp.prover.forms import conjoined, flattened
from symbolic_cp.prover.lemmas import closed, specialised
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.search import derive

MOST = 8
Pinvs = dict[Poly, tuple[Poly, Theorem]]


def projector(term: Poly) -> tuple[Formula, Formula]:
    """That a square matrix is an orthogonal projector."""
    return equal(term.T, term), equal(term @ term, term)


def naturals(names: str) -> tuple[Variable, ...]:
    """Variables for dimensions."""
    return tuple(Variable(name, NAT) for name in names.split())


def _letters(**shapes: tuple[Nat, Nat]) -> tuple[tuple[Poly, ...], tuple[Variable, ...]]:
    """Matrix letters with these names and shapes, as terms and as variables."""
    terms = tuple(matrix(name, *shape) for name, shape in shapes.items())
    return terms, tuple(Variable(name, matrix_sort(*shape)) for name, shape in shapes.items())


@cache
def rank_through() -> Theorem:
    """Orthogonal projectors with E = X D Y satisfy tr E <= tr D.

    With x the pseudoinverse of N = E X D: E = N x, so that tr E = tr(x N), and D - x N is an orthogonal projector.
    """
    m, n = nat("m"), nat("n")
    (E, D, X, Y), variables = _letters(E=(m, m), D=(n, n), X=(m, n), Y=(n, m))
    formulas = [*projector(E), *projector(D), equal(E, X @ D @ Y)]
    given = [assume(formula) for formula in formulas]
    N, x = E @ X @ D, matrix("x", n, m)
    known = assume(penrose(N, x))
    full = derive(equal(E, N @ x), *given, known)
    inside = derive(equal(x @ N @ D, x @ N), *given)
    rest = [derive(formula, known) for formula in projector(x @ N)]
    products = [Product(1, (), (D - x @ N,))]
    claim = derive(at_least(trace(D), trace(E)), full, inside, *rest, *given[2:4], products=products)
    claim = exists_elim(specialised(fact("pinv"), m, n, N), claim, "x")
    return closed(claim, *naturals("m n"), *variables, *formulas)


@cache
def rank_of_sum() -> Theorem:
    """rank(A + B) <= rank A + rank B.

    Q = A a + M g, with M = (I - A a) B and g its pseudoinverse, is an orthogonal projector with Q (A + B) = A + B; and
    M g = (I - A a) (B b) (B g), so that tr(M g) <= tr(B b).
    """
    m, n = nat("m"), nat("n")
    (A, B, a, b, c), variables = _letters(A=(m, n), B=(m, n), a=(n, m), b=(n, m), c=(n, m))
    formulas = [penrose(A, a), penrose(B, b), penrose(A + B, c)]
    of_a, of_b, of_sum = (assume(formula) for formula in formulas)
    rest, g = identity(m) - A @ a, matrix("g", n, m)
    M = rest @ B
    of_m = assume(penrose(M, g))
    E, D, C = M @ g, B @ b, (A + B) @ c
    projectors = [derive(formula, of_m, of_b) for formula in (*projector(E), *projector(D))]
    through = derive(equal(E, rest @ D @ (B @ g)), of_b)
    smaller = specialised(rank_through(), m, m, E, D, rest, B @ g, *projectors, through)
    apart = derive(equal((A @ a) @ E, 0), of_a)
    fixed = derive(equal(E @ M, M), of_m)
    unmoved = derive(equal(E @ (A @ a), 0), apart, projectors[0], *[derive(one, of_a) for one in projector(A @ a)])
    Q = A @ a + E
    whole = [derive(one, of_a, apart, unmoved, *projectors[:2]) for one in projector(Q)]
    contained = derive(equal(Q @ (A + B), A + B), of_a, fixed, derive(equal(E @ A, 0), unmoved, of_a))
    least = derive(
        at_least(trace(Q), trace(C)),
        *whole,
        derive(equal(Q @ C, C), contained),
        *[derive(one, of_sum) for one in projector(C)],
        products=[Product(1, (), (Q - C,))],
    )
    products = [Product(1, (), (), (0,)), Product(1, (), (), (1,))]
    claim = derive(at_least(trace(A @ a) + trace(D), trace(C)), least, smaller, products=products)
    claim = exists_elim(specialised(fact("pinv"), m, n, M), claim, "g")
    return closed(claim, *naturals("m n"), *variables, *formulas)


@cache
def frobenius() -> Theorem:
    """rank(AB) + rank(BC) <= rank B + rank(ABC).

    With projectors written as [M], H = [AB] - [ABC] and G = [B] - [BC] are projectors, and H = (H A) G (B (AB)+).
    """
    p, q, s, t = (nat(name) for name in "pqst")
    shapes = {"A": (p, q), "B": (q, s), "C": (s, t), "b": (s, q), "ab": (s, p), "bc": (t, q), "abc": (t, p)}
    (A, B, C, b, ab, bc, abc), variables = _letters(**shapes)
    formulas = [penrose(B, b), penrose(A @ B, ab), penrose(B @ C, bc), penrose(A @ B @ C, abc)]
    of_b, of_ab, of_bc, of_abc = (assume(formula) for formula in formulas)
    H, G = A @ B @ ab - A @ B @ C @ abc, B @ b - B @ C @ bc
    projectors = [derive(one, of_ab, of_abc) for one in projector(H)]
    projectors += [derive(one, of_b, of_bc) for one in projector(G)]
    killed = derive(equal(H @ A @ B @ C, 0), of_ab, of_abc)
    parts = derive(equal(B @ C @ bc @ B + G @ B, B), of_b)
    through = derive(equal(H @ A @ G @ B, H @ A @ B), killed, parts)
    full = derive(equal(H @ A @ B @ ab, H), of_ab, of_abc)
    same = derive(equal(H, H @ A @ G @ (B @ ab)), through, full)
    smaller = specialised(rank_through(), p, q, H, G, H @ A, B @ ab, *projectors, same)
    target = at_least(trace(B @ b) + trace(A @ B @ C @ abc), trace(A @ B @ ab) + trace(B @ C @ bc))
    claim = derive(target, smaller, products=[Product(1, (), (), (0,))])
    return closed(claim, *naturals("p q s t"), *variables, *formulas)


def known_pinvs(now: Situation) -> Pinvs:
    """The matrices whose pseudoinverse is a known letter, with that letter and its Penrose equations."""
    by_formula = {one.conclusion: one for one in now.equations()}
    found: Pinvs = {}
    for formula in by_formula:
        assert isinstance(formula, Equal)
        for letter, term in _inner_inverses(formula.term):
            equations = [by_formula.get(part) for part in flattened(penrose(term, letter))]
            theorems = [one for one in equations if one is not None]
            if len(theorems) == len(equations):
                found.setdefault(term, (letter, conjoined(theorems)))
    return found


def _inner_inverses(equation: Poly) -> Iterator[tuple[Poly, Poly]]:
    """A letter x and a matrix M if the equation reads x M x = x, up to sign."""
    singles = [(word, coef) for (scalars, word), coef in equation.terms.items() if len(word) == 1 and not scalars]
    for word, coef in singles:
        rest = {key: value for key, value in equation.terms.items() if key[1] != word}
        if word[0].transposed or not all(len(key[1]) > 2 and key[1][:1] == key[1][-1:] == word for key in rest):
            continue
        shape = word[0].shape[1], word[0].shape[0]
        middle = Poly(shape, {(scalars, long[1:-1]): -value * coef for (scalars, long), value in rest.items()})
        yield Poly(word[0].shape, {((), word): 1}), middle


def rank_inequalities(now: Situation) -> list[Theorem]:
    """What is known of the ranks of sums and products whose pseudoinverses are letters."""
    if not isinstance(now.claim, NonNegative | Positive | Falsum):
        return []
    known = known_pinvs(now)
    return [*_sums(known), *_products(known)][:MOST]


def _sums(known: Pinvs) -> Iterator[Theorem]:
    for whole, (c, of_whole) in known.items():
        for first, (a, of_first) in known.items():
            if first.shape != whole.shape or whole - first not in known:
                continue
            b, of_second = known[whole - first]
            yield specialised(
                rank_of_sum(), *_sizes(whole), first, whole - first, a, b, c, of_first, of_second, of_whole
            )


def _products(known: Pinvs) -> Iterator[Theorem]:
    for whole, (abc, of_whole) in known.items():
        ((_, word), coef), *others = whole.terms.items()
        if others or coef != 1:
            continue
        for i, j in combinations_with_replacement(range(1, len(word)), 2):
            A, B, C = _word(word[:i]), _word(word[i:j]), _word(word[j:])
            if i == j:
                size = word[i].shape[0]
                B = identity(size)
                known = {**known, B: (B, conjoined([derive(one) for one in flattened(penrose(B, B))]))}
            if not (B in known and A @ B in known and B @ C in known):
                continue
            (b, of_b), (ab, of_ab), (bc, of_bc) = known[B], known[A @ B], known[B @ C]
            sizes = (*_sizes(A), *_sizes(C))
            yield specialised(frobenius(), *sizes, A, B, C, b, ab, bc, abc, of_b, of_ab, of_bc, of_whole)


def _word(word: Word) -> Poly:
    """A word as a matrix; of the empty word, nothing that is looked at."""
    return Poly((word[0].shape[0], word[-1].shape[1]), {((), word): 1}) if word else identity(0)


def _sizes(term: Poly) -> tuple[Nat, Nat]:
    assert term.shape is not None
    return term.shape
