"""Chapter 5. The ledger of facts: the linear algebra that the rules cannot reach.

Four statements about real matrices, each true, each with a reference, each proved in Coq. They enter a proof by the
rule `fact` and stay visible in `Theorem.facts` of everything above.

The definitions that they use, `penrose` and `spectrum`, are plain formulas, for use in any statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbolic_cp.kernel.errors import require
from symbolic_cp.kernel.formulas import (
    NAT, SCALAR, Formula, Implies, Variable, at, at_least, conjunction, equal, exists, family, for_all, greater,
    implication, matrix_sort,
)
from symbolic_cp.kernel.logic import Theorem, concluded, rule
from symbolic_cp.kernel.terms import Nat, Poly, identity, nat, scalar, trace


def penrose(matrix: Poly, inverse: Poly) -> Formula:
    """The four equations that say that `inverse` (n x m) is the Moore-Penrose inverse of `matrix` (m x n).

    Source: R. Penrose, A generalized inverse for matrices, 1955; eq-22 in the paper.
    """
    left, right = matrix @ inverse, inverse @ matrix
    return conjunction(
        equal(left @ matrix, matrix), equal(right @ inverse, inverse), equal(left.T, left), equal(right.T, right)
    )


def in_range(index: str, low: Nat | int | str, high: Nat | int | str, body: Formula) -> Formula:
    """For all natural numbers `index` with low <= index <= high: body."""
    guards = at_least(nat(index), nat(low)), at_least(nat(high), nat(index))
    return for_all(Variable(index, NAT), implication(*guards, body))


def spectrum(
    matrix: Poly,
    count: Nat,
    values: Variable,
    projectors: Variable,
    partial: Variable,
    index: str = "i",
    other: str = "j",
) -> Formula:
    """matrix = sum of s_i E_i, i = 1..count, with s_1 > s_2 > ... and orthogonal projectors E_i != 0 that add up to I.

    `values` is the family s, `projectors` E, and `partial` Q with Q_k = E_1 + ... + E_k. `index` and `other` name the
    bound indices.
    """
    assert matrix.shape is not None
    i, j = nat(index), nat(other)
    E, s, Q = at(projectors, i), at(values, i), partial
    one = conjunction(equal(E.T, E), equal(E @ E, E), equal(matrix @ E, s * E), greater(trace(E), 0))
    ordered = in_range(other, i + 1, count, greater(s, at(values, j)))
    grows = equal(at(Q, i + 1), at(Q, i) + at(projectors, i + 1))
    return conjunction(
        in_range(index, 1, count, one),
        in_range(index, 1, count, ordered),
        equal(at(Q, 0), 0),
        for_all(Variable(index, NAT), Implies(at_least(count, i + 1), grows)),
        equal(at(Q, count), identity(matrix.shape[0])),
    )


def split(whole: Nat, first: Nat, second: Nat, left: Poly, right: Poly) -> Formula:
    """`left` (whole x first) and `right` (whole x second) have orthonormal columns which together are a basis."""
    return conjunction(
        equal(left.T @ left, identity(first)),
        equal(right.T @ right, identity(second)),
        equal(left.T @ right, 0),
        equal(left @ left.T + right @ right.T, identity(whole)),
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """An entry of the ledger: what it is for, where a proof can be read, and the formula."""

    purpose: str
    reference: str
    formula: Callable[[], Formula]


def _pinv() -> Formula:
    m, n = nat("m"), nat("n")
    A, B = Variable("A", matrix_sort(m, n)), Variable("B", matrix_sort(n, m))
    return for_all(Variable("m", NAT), Variable("n", NAT), A, exists(B, penrose(at(A), at(B))))


def _split() -> Formula:
    n, a, b = nat("n"), nat("a"), nat("b")
    J, K = Variable("J", matrix_sort(n, a)), Variable("K", matrix_sort(n, b))
    body = Implies(equal(scalar(n), scalar(a + b)), exists(J, K, split(n, a, b, at(J), at(K))))
    return for_all(Variable("n", NAT), Variable("a", NAT), Variable("b", NAT), body)


def _basis() -> Formula:
    n, k = nat("n"), nat("k")
    P, W = Variable("P", matrix_sort(n, n)), Variable("W", matrix_sort(n, k))
    columns = conjunction(equal(at(W).T @ at(W), identity(k)), equal(at(W) @ at(W).T, at(P)))
    found = exists(Variable("k", NAT), W, columns)
    body = implication(equal(at(P).T, at(P)), equal(at(P) @ at(P), at(P)), found)
    return for_all(Variable("n", NAT), P, body)


def _spectral() -> Formula:
    n = nat("n")
    S = Variable("S", matrix_sort(n, n))
    s, E, Q = family("s", "k", SCALAR), family("E", "k", matrix_sort(n, n)), family("Q", "k", matrix_sort(n, n))
    found = exists(Variable("r", NAT), s, E, Q, spectrum(at(S), nat("r"), s, E, Q))
    return for_all(Variable("n", NAT), S, Implies(equal(at(S).T, at(S)), found))


FACTS: dict[str, Fact] = {
    "pinv": Fact("every matrix has a Moore-Penrose inverse", "Penrose 1955, Theorem 1", _pinv),
    "split": Fact(
        "an n-space splits into an a-space and a b-space, n = a + b", "columns of the identity matrix", _split
    ),
    "basis": Fact("an orthogonal projector has an orthonormal basis", "Horn and Johnson, Matrix Analysis, 4.1", _basis),
    "spectral": Fact(
        "the spectral theorem for symmetric matrices", "Horn and Johnson, Matrix Analysis, 4.1.5", _spectral
    ),
}


@rule(0, "name")
def fact(name: str) -> Theorem:
    """Use a fact of the ledger.

    ::

        -------     phi the statement of that fact
        |- phi

    Fails if the ledger has no such fact. The theorem, and all above it, lists the fact.

    In Coq: a theorem about a real closed field, proved in the library (`fact_pinv`, `fact_split`, ...) and cited
    by name.

    >>> sorted(fact("pinv").facts)
    ['pinv']
    """
    require(name in FACTS, f"fact: the ledger has no fact {name!r}")
    return concluded("fact", (), (name,), FACTS[name].formula(), facts=frozenset([name]))
