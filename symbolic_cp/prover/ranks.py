"""Ranks, written as traces of projectors: rank A = tr(A a) with a the pseudoinverse of A.

Three lemmas, each proved from the kernel's rules when it is first asked for, and the rule that puts them to use: for
the pseudoinverses that are known, what the rank inequalities say.

Main functions: rank_through, rank_of_sum, frobenius, new_pinvs, rank_inequalities.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations_with_replacement, islice

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
from symbolic_cp.kernel.terms import Nat, Poly, Word, identity, matrix, nat, trace, zero
from symbolic_cp.kernel.theory import Product
from symbolic_cp.prover.forms import conjoined, flattened
from symbolic_cp.prover.lemmas import closed, specialised
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.rules import OutOfWork
from symbolic_cp.prover.search import NotProved, derive

MOST = 16
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
    """The matrices but zero whose pseudoinverse is a known letter, with that letter and its Penrose equations."""
    by_formula = {one.conclusion: one for one in now.equations()}
    found: Pinvs = {}
    for formula in by_formula:
        assert isinstance(formula, Equal)
        for letter, term in _inner_inverses(formula.term):
            if not term.terms:
                continue
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


def new_pinvs(now: Situation) -> list[Theorem]:
    """That B has a pseudoinverse, where those of A and A + B are known and B is one word."""
    if not isinstance(now.claim, NonNegative | Positive | Falsum):
        return []
    known = known_pinvs(now)
    found: dict[Poly, Theorem] = {}
    for whole in known:
        for first in known:
            rest = whole - first if whole.shape == first.shape and whole != first else None
            if rest is not None and rest not in known and list(rest.terms.values()) == [1]:
                found[rest] = specialised(fact("pinv"), *_sizes(rest), rest)
    return list(found.values())[:MOST]


def rank_inequalities(now: Situation) -> list[Theorem]:
    """What is known of the ranks of sums and products whose pseudoinverses are letters."""
    if not isinstance(now.claim, NonNegative | Positive | Falsum):
        return []
    known = known_pinvs(now)
    known |= _projectors(now, known)
    found = [*_sums(known), *_products({**known, **_vanishing_products(now, known)})]
    return [*found, *islice(_through(now, known), MOST)]


def _projectors(now: Situation, known: Pinvs) -> Pinvs:
    """Orthogonal projectors that are summands of matrices whose pseudoinverses are known; they are their own."""
    found: Pinvs = {}
    for whole in known:
        for (scalars, word), coef in whole.terms.items() if len(whole.terms) > 1 else ():
            own = Poly(whole.shape, {(scalars, word): 1})
            if coef == 1 and word and not scalars and whole.shape == own.T.shape and own not in known:
                equations = _penrose(now, own, own) if _vanishes(now, own @ own - own) else None
                if equations is not None:
                    found[own] = own, equations
    return found


def _penrose(now: Situation, term: Poly, inverse: Poly) -> Theorem | None:
    """That this is the pseudoinverse, if the equations reduce to zero."""
    proved = [_zero(now, one.term) for one in flattened(penrose(term, inverse)) if isinstance(one, Equal)]
    theorems = [one for one in proved if one is not None]
    return conjoined(theorems) if len(theorems) == len(proved) else None


def _vanishing_products(now: Situation, known: Pinvs) -> Pinvs:
    """Products AB = 0 of matrices whose pseudoinverses are known; the pseudoinverse of 0 is 0."""
    found: Pinvs = {}
    for A in known:
        for B in known:
            if _sizes(A)[1] == _sizes(B)[0] and len(A.terms) == len(B.terms) == 1:
                product, none = A @ B, zero(_sizes(B)[1], _sizes(A)[0])
                equations = _penrose(now, product, none) if product not in known and _vanishes(now, product) else None
                if equations is not None:
                    found[product] = none, equations
    return found


def _vanishes(now: Situation, term: Poly) -> bool:
    """Whether a matrix reduces to zero modulo the equations, so far as they are completed."""
    try:
        return not now.modulo.completion.reduce(now.modulo.alphabet.encode(term), {}, _sizes(term))
    except OutOfWork:
        return False


def _through(now: Situation, known: Pinvs) -> Iterator[Theorem]:
    """rank W <= rank U where W = X U Y, as words; or where the range of U or U' contains that of W or W'.

    U = I with as many rows as the claim mentions is one of them.
    """
    inside = _dimensions(now)
    for W, (w, of_W) in known.items():
        word = next(iter(W.terms))[1] if len(W.terms) == 1 and next(iter(W.terms.values())) == 1 else ()
        for i in range(1, len(word)):
            size = word[i].shape[0]
            if not size.atoms or size in inside:
                yield _bound(W @ w, identity(size), _word(word[:i]), _word(word[i:]) @ w, of_W)
        for U, (u, of_U) in known.items():
            if U == W:
                continue
            sides = _cut(word, U)
            if sides is not None:
                yield _bound(W @ w, U @ u, sides[0], U @ sides[1] @ w, of_W, of_U)
            elif _sizes(U)[0] == _sizes(W)[0] and (contained := _zero(now, U @ u @ W - W)):
                yield _bound(W @ w, U @ u, identity(_sizes(W)[0]), W @ w, of_W, of_U, contained)
            elif _sizes(U)[1] == _sizes(W)[1] and (contained := _zero(now, W @ u @ U - W)):
                yield _bound(w @ W, u @ U, w @ W, identity(_sizes(W)[1]), of_W, of_U, contained)


def _zero(now: Situation, term: Poly) -> Theorem | None:
    """That a matrix is zero, if it reduces to zero."""
    try:
        return derive(equal(term, 0), *now.equations(), effort=now.effort) if _vanishes(now, term) else None
    except NotProved:
        return None


def _bound(E: Poly, D: Poly, X: Poly, Y: Poly, *given: Theorem) -> Theorem:
    """tr E <= tr D for the orthogonal projectors E = X D Y and D."""
    formulas = [*projector(E), *projector(D), equal(E, X @ D @ Y)]
    return specialised(rank_through(), _sizes(E)[0], _sizes(D)[0], E, D, X, Y, *(derive(f, *given) for f in formulas))


def _cut(word: Word, U: Poly) -> tuple[Poly, Poly] | None:
    """X and Y if the word is X U Y, both not empty."""
    ((_, inner), coef), *others = U.terms.items()
    if others or coef != 1 or not inner:
        return None
    for i in range(1, len(word) - len(inner)):
        if word[i : i + len(inner)] == inner:
            return _word(word[:i]), _word(word[i + len(inner) :])
    return None


def _dimensions(now: Situation) -> set[Nat]:
    """The dimensions that the claim mentions as numbers."""
    claim = now.claim
    terms = claim.term.terms if isinstance(claim, NonNegative | Positive | Equal) else {}
    return {nat(one.name, *one.args) for scalars, _ in terms for one in scalars if one.kind == "nat"}


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
