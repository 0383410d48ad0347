"""A reader who trusts nothing: checks what `symbolic-cp verify --json` says of a point, by multiplying matrices.

Fractions and lists of rows only, nothing of the package. Every class is checked from its witness alone: a gradient
entry; a direction by its second derivative; a family by its polynomial identity and by the losses at (t, s) and
(t, -s), with the Hessian as L D L^T, D > 0; a lower bound by T10. The Hessian's entries come from the values of the
loss along coordinate directions, from which polynomials are interpolated exactly: no formula for them is taken over.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations


def read(rows):
    return [[Fraction(x) for x in row] for row in rows]


def times(A, B):
    columns = list(zip(*B, strict=True))
    return [[sum((x * y for x, y in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in A]


def turned(A):
    return [list(row) for row in zip(*A, strict=True)]


def plus(A, B, factor=1):
    return [[x + factor * y for x, y in zip(r, s, strict=True)] for r, s in zip(A, B, strict=True)]


def scaled(A, factor):
    return [[factor * x for x in row] for row in A]


def norm2(A):
    return sum((x * x for row in A for x in row), Fraction(0))


def product(weights, X):
    for A in weights:
        X = times(A, X)
    return X


def loss(point, weights=None):
    return norm2(plus(product(weights or point["weights"], point["X"]), point["Y"], -1)) / 2


def rank(A):
    A, found = [list(row) for row in A], 0
    for j in range(len(A[0]) if A else 0):
        pivot = next((i for i in range(found, len(A)) if A[i][j]), None)
        if pivot is None:
            continue
        A[found], A[pivot] = A[pivot], A[found]
        for i in range(found + 1, len(A)):
            factor = A[i][j] / A[found][j]
            A[i] = [x - factor * y for x, y in zip(A[i], A[found], strict=True)]
        found += 1
    return found


def gradients(point):
    X, Y, weights = point["X"], point["Y"], point["weights"]
    E = times(plus(product(weights, X), Y, -1), turned(X))
    found = []
    for k in range(len(weights)):
        G = E
        for A in reversed(weights[k + 1 :]):
            G = times(turned(A), G)
        below = [[Fraction(int(i == j)) for j in range(len(X))] for i in range(len(X))]
        found.append(times(G, turned(product(weights[:k], below))))
    return found


def moved(point, D, t):
    return [plus(A, one, t) for A, one in zip(point["weights"], D, strict=True)]


def second(point, D):
    """The second derivative along D: the coefficient of t^2 of a polynomial of degree 2l, from its values, times 2."""
    n = 2 * len(point["weights"])
    nodes = [Fraction(i) for i in range(n + 1)]
    values = [loss(point, moved(point, D, t)) for t in nodes]
    table = list(values)
    for order in range(1, n + 1):  # Newton's divided differences
        for i in range(n, order - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - order])
    coefficients = [Fraction(0)]
    for i in range(n, -1, -1):
        shifted = [Fraction(0), *coefficients]
        coefficients = [a - nodes[i] * b for a, b in zip(shifted, [*coefficients, Fraction(0)], strict=True)]
        coefficients[0] += table[i]
    return 2 * coefficients[2]


def coordinates(point):
    """Unit directions in the order of the Hessian: layer after layer, column by column."""
    for k, A in enumerate(point["weights"]):
        for j in range(len(A[0])):
            for i in range(len(A)):
                D = [scaled(one, 0) for one in point["weights"]]
                D[k][i][j] = Fraction(1)
                yield D


def sum_of_squares(L, D, n):
    """L D L^T, n x n, after looking at the signs of D."""
    assert all(d > 0 for d in D)
    assert len(L) == n
    return [[sum((d * x * y for d, x, y in zip(D, r, s, strict=True)), Fraction(0)) for s in L] for r in L]


def check(document, answer):
    """Raise AssertionError unless the answer's class follows from its witness."""
    point = {name: read(document[name]) for name in "XY"}
    point["weights"] = [read(A) for A in document["weights"]]
    kind, witness = answer["class"], answer["witness"]
    if kind == "not-critical":
        i, j = witness["entry"]
        assert gradients(point)[witness["layer"] - 1][i - 1][j - 1] == Fraction(witness["value"]) != 0
        return
    assert not any(norm2(G) for G in gradients(point))
    assert loss(point) == Fraction(answer["loss"])
    {"strict-saddle": strict, "non-strict-saddle": non_strict, "global-minimum": least}[kind](point, witness)


def strict(point, witness):
    D = [read(one) for one in witness["direction"]]
    assert second(point, D) == Fraction(witness["curvature"]) < 0


def non_strict(point, witness):
    family(point, witness)
    units = list(coordinates(point))
    L, D = read(witness["hessian"]["L"]), [Fraction(d) for d in witness["hessian"]["D"]]
    H = sum_of_squares(L, D, len(units))
    for i, one in enumerate(units):
        assert second(point, one) == H[i][i]
    for i, j in list(combinations(range(len(units)), 2))[:: 1 + len(units) ** 2 // 120]:
        both = [plus(a, b) for a, b in zip(units[i], units[j], strict=True)]
        assert second(point, both) == H[i][i] + H[j][j] + 2 * H[i][j]


def family(point, witness):
    """The polynomial at more (t, s) than it has coefficients in t and s: they are those of L(t, s) - L."""
    q, y = witness["q"], [[Fraction(x) for x in v] for v in witness["vectors"]]
    polynomial = [[Fraction(a) for a in row] for row in witness["polynomial"]]
    depth = len(point["weights"])
    outer = [[[a * b for b in y[k]] for a in y[k + 1]] for k in range(depth)]

    def change(t, s):
        weights = [plus(A, outer[k], -s if k + 1 == q else t) for k, A in enumerate(point["weights"])]
        return loss(point, weights) - loss(point)

    def value(t, s):
        return sum(a * s**i * t**j for i, row in enumerate(polynomial) for j, a in enumerate(row))

    for t in range(2 * depth - 1):
        for s in range(3):
            assert change(Fraction(t), Fraction(s)) == value(Fraction(t), Fraction(s))
    t, s = Fraction(witness["t"]), Fraction(witness["s"])
    assert change(t, s) == Fraction(witness["change"]) < 0
    assert change(t, -s) == Fraction(witness["rise"]) > 0
    assert 0 < abs(s) <= t <= 1
    # g is not zero, so there are such points at every distance: t -> 0 with g(t) != 0, and then s -> 0.
    assert any(polynomial[1])


def least(point, witness):
    """T10: L >= 1/2 |Y|^2 - 1/2 (sum of the rank_limit largest eigenvalues of Sigma) = 1/2 |Y|^2 - 1/2 tr K."""
    X, Y = point["X"], point["Y"]
    G, H = times(X, turned(X)), times(Y, turned(X))
    F = read(witness["least_squares"])
    assert times(F, G) == H
    Sigma = times(F, turned(H))
    W = product(point["weights"], [[Fraction(int(i == j)) for j in range(len(X))] for i in range(len(X))])
    K = times(times(W, G), turned(W))
    Delta = plus(Sigma, K, -1)
    assert not norm2(times(K, Delta))
    assert loss(point) == (norm2(Y) - sum(K[i][i] for i in range(len(K)))) / 2 == Fraction(witness["bound"])
    assert witness["captured"] == rank(K)
    if not norm2(Delta):
        return
    assert witness["rank_limit"] == rank(K) == min(*(len(A) for A in point["weights"][:-1]), rank(H))
    s, n = Fraction(witness["threshold"]), len(K)
    above, below = witness["separation"]["captured"], witness["separation"]["discarded"]
    assert s > 0
    assert sum_of_squares(read(above["L"]), list(map(Fraction, above["D"])), n) == plus(times(K, K), K, -s)
    identity = [[Fraction(int(i == j)) * s for j in range(n)] for i in range(n)]
    assert sum_of_squares(read(below["L"]), list(map(Fraction, below["D"])), n) == plus(identity, Delta, -1)
