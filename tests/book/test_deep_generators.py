"""Generators of deep points: what they promise, held against the formulas, and which printed statements they refute."""

from __future__ import annotations

import pickle
from collections import Counter
from fractions import Fraction
from importlib import import_module
from random import Random

import pytest
from flint import fmpq_mat

from symbolic_cp.book.book import _package as package
from symbolic_cp.book.book import home
from symbolic_cp.book.deep_generators import (
    at_layer,
    deep_critical_points,
    example_points,
    networks,
    renamed,
    sampled_points,
    theorem_3_points,
)
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import eye, zeros
from symbolic_cp.kernel.evaluation import Table
from symbolic_cp.kernel.formulas import NAT, Implies, Variable, at_least, conjunction, family, for_all, matrix_sort
from symbolic_cp.kernel.terms import nat
from symbolic_cp.landscape.classify import classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.layers import category, layer_patterns
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.prover.expression import ident, of
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.numeric import from_instance
from symbolic_cp.prover.refute import refutation

ALL = [deep_critical_points, theorem_3_points, example_points, networks, sampled_points]
STRUCTURED = ALL[:3]


def members(found, name):
    return {index: from_instance(one) for index, one in found[name].entries.items()}


def network(found):
    A = members(found, "A")
    return LinearNetwork(from_instance(found["X"]), from_instance(found["Y"]), [A[k,] for k in range(found["l"])])


@pytest.mark.parametrize("generator", ALL)
def test_letters_are_what_they_are_called(generator):
    for seed in range(80):
        found = generator(Random(seed), {})
        net, l = network(found), found["l"]
        assert l >= 2
        assert net.widths == tuple(found["d"].entries[k,] for k in range(l + 1))
        R, L, M = members(found, "R"), members(found, "L"), members(found, "M")
        Rp, Lp, Sigma, P = (members(found, name) for name in ("Rp", "Lp", "Sigma", "P"))
        for k in range(l + 1):
            assert R[k,] == net.below[k] * net.X
            assert L[k,] == net.above[k]
            assert Rp[k,] == pinv(R[k,])
            assert Lp[k,] == pinv(L[k,])
            assert M[k, k] == eye(net.widths[k])
            for j in range(k, l):
                assert M[j + 1, k] == net.weights[j] * M[j, k]
        for k in range(l):
            assert Sigma[k,] == net.Y * pinv(R[k,]) * R[k,] * net.Y.transpose()
            assert P[k,] == L[k + 1,] * pinv(L[k + 1,])


@pytest.mark.parametrize("generator", ALL)
def test_spectra_are_those_of_all_layers(generator):
    seen = 0
    for seed in range(80):
        found = generator(Random(seed), {})
        if "r" not in found:
            assert generator in {networks, sampled_points}
            continue
        seen += 1
        for k in range(found["l"]):
            Sigma = from_instance(found["Sigma"].entries[k,])
            r = found["r"].entries[k,]
            s = [found["s"].entries[k, i] for i in range(1, r + 1)]
            assert s == sorted(set(s), reverse=True)
            assert all(value > 0 for value in s)
            E = [from_instance(found["E"].entries[k, i]) for i in range(1, r + 1)]
            Q = from_instance(found["Q"].entries[k, r])
            n = Sigma.nrows()
            total = zeros(n, n)
            for value, one in zip(s, E, strict=True):
                assert one * one == one == one.transpose()
                assert Sigma * one == one * Fraction(value).numerator / Fraction(value).denominator
                total += one
            assert total == Q
            assert Sigma * Q == Sigma
    assert seen >= 5


@pytest.mark.parametrize("generator", STRUCTURED)
def test_eq_4_and_the_structure_of_theorem_3(generator):
    consistent: Counter[bool] = Counter()
    for seed in range(150):
        found = generator(Random(seed), {})
        net = network(found)
        V, C, D, K, U = (members(found, name) for name in "VCDKU")
        Rp = members(found, "Rp")
        for k in range(net.depth - 1):
            v, c = V[k,], C[k,]
            assert c * D[k,] == eye(net.widths[k + 1])
            assert v * v.transpose() * v == v
            assert U[k,] == eye(net.Y.nrows())
            Sigma = from_instance(found["Sigma"].entries[k,])
            assert v * v.transpose() * Sigma == Sigma * v * v.transpose()
            R = net.below[k] * net.X
            back = D[k,] * v.transpose()
            assert net.weights[k] == back * net.Y * Rp[k,] + K[k,] - back * v * c * K[k,] * R * Rp[k,]
            consistent[net.above[k + 1] == v * c] += 1
        assert net.weights[-1] == V[net.depth - 2,] * C[net.depth - 2,]
    assert consistent[True] > 50
    assert (consistent[False] > 0) == (generator is example_points)  # eq-5 below the last layer, for any V_k


def test_critical_points_are_critical_and_of_every_class():
    classes, categories, free = Counter(), Counter(), 0
    for seed in range(400):
        found = deep_critical_points(Random(seed), {})
        net = network(found)
        assert net.is_critical()
        classes[classify(net).kind] += 1
        categories[category(layer_patterns(net))] += 1
        free += any(found["K"].entries[k,].entries != zero(found, k) for k in range(net.depth - 1))
    assert set(classes) == {"global-minimum", "strict-saddle", "non-strict-saddle"}
    assert set(categories) == {"global-minimum", "deep-non-optimal", "deep-optimal", "open", "none"}
    assert min(*classes.values(), *categories.values()) >= 10
    assert free >= 200


def zero(found, k):
    return ((0,) * found["d"].entries[k,],) * found["d"].entries[k + 1,]


def test_theorem_3_as_printed_is_sufficient_but_for_one_hidden_layer():
    """eq-6 for k = 2, ..., l-1, on points with eq-4 and eq-5: it decides for l >= 3, and says nothing for l = 2."""
    seen: Counter[tuple[bool, bool, bool]] = Counter()
    for seed in range(500):
        net = network(theorem_3_points(Random(seed), {}))
        n = net.Y.nrows()
        inside = all(
            (eye(n) - net.above[k] * pinv(net.above[k])) * net.gram.H * net.below[net.depth - 1].transpose()
            == zeros(n, net.widths[-2])
            for k in range(2, net.depth)
        )
        seen[net.depth == 2, inside, net.is_critical()] += 1
    assert set(seen) == {(True, True, True), (True, True, False), (False, True, True), (False, False, False)}


def test_the_example_of_theorem_3_is_critical_for_all_choices():
    for seed in range(300):
        assert network(example_points(Random(seed), {})).is_critical()


def test_the_example_of_theorem_3_need_not_satisfy_eq_5():
    """Ranks as thm-3 asks for them, and still A_(3,2) is not V_0 C_0."""
    net = LinearNetwork([[1]], [[1]], [[[1], [0]], [[1, 0]], [[1]]])
    V, C = fmpq_mat([[1, 0]]), fmpq_mat([[1, 1], [0, 1]])
    assert net.weights[0] == C.inv() * V.transpose()
    assert rank(V * C) == rank(net.above[1])
    assert V * C != net.above[1]
    assert net.is_critical()


def test_the_refuter_finds_the_smallest_counterexample_to_theorem_3():
    """eq-4 and eq-5 with orthonormal blocks do not make the last gradient vanish: all widths 1, X = Y = 1, A2 = 0."""
    letters = import_module(f"{package(home())}.networks")
    l, k = nat("l"), nat("k")
    d = letters.width
    A, R, L = letters.weights(), letters.forward(), letters.backward(l)
    X, Y = Variable("X", matrix_sort(d(0), "m")), Variable("Y", matrix_sort(d(l), "m"))
    V = family("V", "k", matrix_sort(d(l), d(k + 1)))
    C, D = (family(name, "k", matrix_sort(d(k + 1), d(k + 1))) for name in "CD")
    K, Rp = family("K", "k", matrix_sort(d(k + 1), d(k))), family("Rp", "k", matrix_sort("m", d(k)))
    v, c, back, r, rp = of(V, k), of(C, k), of(D, k) @ of(V, k).T, of(R, k), of(Rp, k)
    formula = back @ of(Y) @ rp + of(K, k) - back @ v @ c @ of(K, k) @ r @ rp
    layers = conjunction(
        *(r @ rp @ r == r, rp @ r @ rp == rp, (r @ rp).T == r @ rp, (rp @ r).T == rp @ r),
        *(c @ of(D, k) == ident(d(k + 1)), of(D, k) @ c == ident(d(k + 1)), v @ v.T @ v == v),
        *(of(A, k) == formula, of(L, k + 1) == v @ c),
    )
    below = for_all(Variable("k", NAT), Implies(at_least(l, k + 2), layers))
    given = [at_least(l, 2), letters.is_forward(l, A, of(X), R), letters.is_backward(l, A, L), below]
    names = (Variable("l", NAT), Variable("m", NAT), Variable("d", NAT, 1), A, R, L, X, Y, Rp, V, C, D, K)
    net = letters.Network(l, A, R, L, of(X), of(Y), None, None)
    goal = Goal("thm-3", names, tuple(Hypothesis(str(i), one) for i, one in enumerate(given)), net.critical())
    found = refutation(goal, generators=(theorem_3_points,))
    values = dict(zip(found.names, found.values, strict=True))
    assert (values["l"], values["m"], values["d"].entries) == (2, 1, {(0,): 1, (1,): 1, (2,): 1})
    assert not network(values).is_critical()


def test_directions_of_one_layer():
    seen = 0
    for seed in range(100):
        found = at_layer(deep_critical_points)(Random(seed), {})
        Sigma, P = from_instance(found["Sigma"]), from_instance(found["P"])
        for name, value, contained in (("u", "su", 0), ("v", "sv", 1)):
            if name in found:
                x = from_instance(found[name])
                assert Sigma * x == x * found[value]
                assert P * x == x * contained
                seen += 1
        assert found["r"] == len(found["s"].entries)
    assert seen >= 60


def test_layer_0_in_plain_letters():
    found = at_layer(deep_critical_points, 0)(Random(3), {})
    data = DataSpectrum(from_instance(found["X"]), from_instance(found["Y"]))
    assert from_instance(found["Sigma"]) == data.sigma
    assert [found["s"].entries[i,] for i in range(1, found["r"] + 1)] == [e.value for e in data.positive]


@pytest.mark.parametrize("generator", ALL)
def test_wishes_are_heeded(generator):
    d = Table({(0,): 1, (1,): 2, (2,): 1, (3,): 2, (4,): 1})
    found = generator(Random(0), {"l": 3, "m": 2, "d": d})
    assert (found["l"], network(found).widths[1:-1]) == (3, (2, 1))
    if generator is not sampled_points:
        assert (found["m"], found["d"]) == (2, d)
    assert generator(Random(0), {"l": 9, "d": Table({(0,): 1})})["l"] <= 4


def test_sampled_points_are_critical_on_data_of_any_kind():
    diagonal = 0
    for seed in range(60):
        net = network(sampled_points(Random(seed), {}))
        assert net.is_critical()
        diagonal += not any(net.X[i, j] for i in range(net.X.nrows()) for j in range(net.X.ncols()) if i != j)
    assert diagonal <= 20  # of size 1, or zero


@pytest.mark.parametrize("generator", [at_layer(deep_critical_points, 0), renamed(networks, L="S"), sampled_points])
def test_generators_travel_to_other_processes(generator):
    there = pickle.loads(pickle.dumps(generator))  # noqa: S301 - how executors send them
    assert there(Random(4), {}) == generator(Random(4), {})


def test_other_names():
    plain, other = networks(Random(1), {"l": 2}), renamed(networks, L="S", l="depth")(Random(1), {"depth": 2})
    assert other["S"] == plain["L"]
    assert other["depth"] == 2
    assert "L" not in other
