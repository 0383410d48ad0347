"""T1 to T4 at exact points: their hypotheses hold there, and what they claim is what the exact Hessian says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat
from paper_book import BOOK

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate_formula
from symbolic_cp.kernel.formulas import Exists, Variable, generic, instantiate
from symbolic_cp.networks.hessian import flatten, hessian
from symbolic_cp.networks.linear import LinearNetwork


def exact(rows):
    return Matrix(len(rows), len(rows[0]), tuple(tuple(map(Fraction, row)) for row in rows))


def eye(size):
    return exact([[int(a == b) for b in range(size)] for a in range(size)])


def table(matrices):
    return Table({(k,): one for k, one in enumerate(matrices)})


def point(X, Y, weights):
    """Values for the letters l, m, d, A, R, L, M, X, Y of a network with data X, Y."""
    A = [exact(one) for one in weights]
    X, Y = exact(X), exact(Y)
    widths = [X.rows, *(one.rows for one in A)]
    R, L = [X], [eye(widths[-1])]
    for one in A:
        R.append(one @ R[-1])
    for one in reversed(A):
        L.insert(0, L[0] @ one)
    between = {}
    for k, size in enumerate(widths):
        between[k, k] = eye(size)
        for j in range(k, len(A)):
            between[j + 1, k] = A[j] @ between[j, k]
    return {
        "l": len(A), "m": X.cols, "d": table(widths), "A": table(A), "R": table(R), "L": table(L), "M": Table(between),
        "X": X, "Y": Y,
    }


def direction(values, layers):
    """D, F, G for a direction given by its layers."""
    A, R = values["A"].entries, values["R"].entries
    D = [exact(one) for one in layers]
    zero = exact([[0] * values["m"] for _ in range(values["X"].rows)])
    F, G = [zero], [zero]
    for k, one in enumerate(D):
        F.append(added(A[k,] @ F[-1], one @ R[k,]))
        G.append(added(A[k,] @ G[-1], one @ F[-2]))
    return {"D": table(D), "F": table(F), "G": table(G)}


def added(one, other):
    return exact([[a + b for a, b in rows] for rows in map(zip, one.entries, other.entries)])


def curvature(X, Y, weights, layers):
    """D' H D with the Hessian of the exact engine."""
    network = LinearNetwork(X, Y, weights)
    v = flatten([
        fmpq_mat(len(one), len(one[0]), [fmpq(int(q.numerator), int(q.denominator)) for row in one for q in row])
        for one in layers
    ])
    return Fraction(str((v.transpose() * hessian(network) * v)[0, 0]))


def body_of(claim, names):
    """The body of "there are", about free letters of these names."""
    for name in names.split():
        assert isinstance(claim, Exists)
        claim = instantiate(claim, generic(Variable(name, claim.sort, claim.arity)))
    return claim


def hold(goal, values):
    return [one.label for one in goal.hypotheses if not evaluate_formula(one.formula, values)] == []


EXCHANGE = (  # X, Y, weights: the value 1 is captured and the value t discarded, in the second and first coordinate
    ([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[0, 1]], [[0], [1]]], 2),
    ([[1, 0], [0, 1]], [[3, 0], [0, 1]], [[[0, 1]], [[1]], [[0], [1]]], 3),
    ([[1, 0], [0, 1]], [[5, 0], [0, 1]], [[[0, 1], [0, 0]], [[1, 0], [0, 0]], [[2, 1]], [[0], ["1/2"]]], 5),
)


@pytest.mark.parametrize(("X", "Y", "weights", "t"), EXCHANGE)
def test_the_exchange_of_t1_has_its_curvature(X, Y, weights, t):
    goal = BOOK.find("T1").goal
    first, second = exact([[1], [0]]), exact([[0], [1]])
    values = point(X, Y, weights) | {"Xp": eye(2), "p": second, "q": second, "s": 1, "u": first, "v": first, "t": t}
    assert hold(goal, values)

    # the direction by its formula: D_1 = A_1 q v'/s, D_l = u p'A_l/s
    l, L, R = values["l"], values["L"].entries, values["R"].entries
    layers = [[[0] * len(one[0]) for _ in one] for one in weights]
    layers[0] = (R[1,] @ second @ first.T).entries
    layers[-1] = (first @ second.T @ L[l - 1,]).entries
    assert curvature(X, Y, weights, layers) == 2 - 2 * t
    there = values | direction(values, layers) | {"j": l - 1}
    assert evaluate_formula(body_of(goal.claim, "j D F G"), there)


def test_the_slack_of_t2_is_negative_curvature():
    """Weights 0, 1, 0: M[2,1] has rank 1, the output has rank 0, and E_20 = -1."""
    weights, values = [[[0]], [[1]], [[0]]], point([[1]], [[1]], [[[0]], [[1]], [[0]]])
    goal = BOOK.find("T2").goal
    values |= {"k": 0, "j": 2, "Mp": exact([[1]]), "Wp": exact([[0]])}
    assert hold(goal, values)
    layers = [[[1]], [[0]], [[1]]]
    assert curvature([[1]], [[1]], weights, layers) == -2
    assert evaluate_formula(body_of(goal.claim, "D F G"), values | direction(values, layers))


LEVEL = (  # every pair of layers is tight or blind
    ([[1]], [[1]], [[[0]], [[0]], [[0]]]),
    ([[1, 0], [0, 1]], [[3, 0], [0, 2]], [[[1, 0]], [[3]], [[1], [0]]]),
)


@pytest.mark.parametrize(("X", "Y", "weights"), LEVEL)
def test_the_identity_behind_t3(X, Y, weights):
    values = point(X, Y, weights)
    W = values["R"].entries[values["l"],]
    inverse = exact([[0 if q == 0 else 1 / q for q in row] for row in W.T.entries])  # W is diagonal here
    values |= {"Xp": eye(len(X)), "Wp": inverse}
    goal = BOOK.find("T3.2").goal
    for seed in range(5):
        layers = [
            [[(7 * seed + 5 * k + 3 * a + 2 * b) % 11 - 5 for b in range(len(one[0]))] for a in range(len(one))]
            for k, one in enumerate(weights)
        ]
        there = values | direction(values, layers)
        assert hold(goal, there)
        assert evaluate_formula(goal.claim, there)
        assert curvature(X, Y, weights, layers) >= 0


def test_the_ranks_of_t4_add_up():
    """rank(R[k] Y'L[j+1]) = rank W + rank E_jk at the last point, for its layers j and k."""
    X, Y, weights = LEVEL[1]
    values, goal = point(X, Y, weights), BOOK.find("T4.1").goal
    values["Wp"] = exact([["1/3", 0], [0, 0]])
    R, L = values["R"].entries, values["L"].entries
    seen = set()
    for j in range(3):
        for k in range(3):
            block = R[k,] @ values["Y"].T @ L[j + 1,]
            error = exact([[a - b for a, b in rows] for rows in map(zip, R[3,].entries, values["Y"].entries)])
            E_jk = L[j + 1,].T @ error @ R[k,].T
            inverses = {"Np": pinv(block), "Ep": pinv(E_jk)}
            assert hold(goal, values | {"j": j, "k": k} | inverses)
            assert evaluate_formula(goal.claim, values | {"j": j, "k": k} | inverses)
            seen.add((E_jk @ inverses["Ep"]).trace())
    assert seen == {0, 1}


def pinv(one):
    """The pseudoinverse of a matrix with at most one nonzero entry in every row and column."""
    return exact([[0 if q == 0 else 1 / q for q in row] for row in one.T.entries])


def test_the_block_is_the_cyclic_one():
    """Layers diag(0, 1), 0, diag(0, 1), Y = diag(1, 0): no negative curvature, and not a global minimum.

    For the pair (1, 0) the ranks of L[2], of M[1,1] = I and of R[0] = I all exceed that of the output, 0; what is 0 is
    the rank of R[0] Y'L[2]. So three ranks of single products would not do in T4.
    """
    half, zero, one, target = [[0, 0], [0, 1]], [[0, 0], [0, 0]], [[1, 0], [0, 1]], [[1, 0], [0, 0]]
    values = point(one, target, [half, zero, half])
    R, L, M = (values[name].entries for name in "RLM")
    assert [(N @ pinv(N)).trace() for N in (L[2,], M[1, 1], R[0,], R[3,])] == [1, 2, 2, 0]
    assert (R[0,] @ values["Y"].T @ L[2,]).entries == exact(zero).entries
    network = LinearNetwork(one, target, [half, zero, half])
    assert network.is_critical()
    assert inertia(hessian(network))[2] == 0
    assert network.loss > LinearNetwork(one, target, [target, target, target]).loss
