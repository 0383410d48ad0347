"""Letters for T1 and T2, and campaigns on statements about deep networks."""

from __future__ import annotations

import pickle
from random import Random

import pytest
from paper_book import BOOK

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.deep_saddles import DEEP, deep_generators_for, exchange_points, flag_points, slack_points
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import eye, is_zero
from symbolic_cp.landscape.classify import classify
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.prover.numeric import from_instance


def network(found):
    weights = [from_instance(found["A"].entries[k,]) for k in range(found["l"])]
    return LinearNetwork(from_instance(found["X"]), from_instance(found["Y"]), weights)


def test_singular_triples_of_exchange_points():
    seen = 0
    for seed in range(60):
        found = exchange_points(Random(seed), {})
        if found is None:
            continue
        seen += 1
        net = network(found)
        p, q, u, v = (from_instance(found[name]) for name in "pquv")
        W, s, t = net.product * net.X, found["s"], found["t"]
        rest = net.Y * pinv(net.X) * net.X - W
        assert (W * q, W.transpose() * p) == (p * s, q * s)
        assert (rest * v, rest.transpose() * u) == (u * t, v * t)
        assert all(x.transpose() * x == eye(1) for x in (p, q, u, v))
        assert t > s > 0
        assert classify(net).kind == "strict-saddle"
    assert seen >= 40


def test_layers_of_slack_points():
    seen = 0
    for seed in range(60):
        found = slack_points(Random(seed), {})
        if found is None:
            continue
        seen += 1
        net, j, k = network(found), found["j"], found["k"]
        E = net.above[j + 1].transpose() * net.error * net.below[k].transpose()
        assert not is_zero(E)
        middle = net.chain(j, k + 2)  # A[j-1] ... A[k+1], the paper's A_(j,k+2)
        assert rank(middle) > rank(net.product * net.X)
        assert from_instance(found["Mp"]) == pinv(middle)
        assert classify(net).kind == "strict-saddle"
    assert seen >= 40


def test_flags_of_any_network():
    seen = set()
    for seed in range(40):
        found = flag_points(Random(seed), {})
        net = network(found)
        seen.add(net.is_critical())
        for k in range(net.depth):
            one = {name: from_instance(found[name].entries[k,]) for name in "CUVTGHLR" if (k,) in found[name].entries}
            L, R = from_instance(found["L"].entries[k + 1,]), one["R"]
            assert (one["C"] * one["U"], L * one["V"]) == (L, one["C"])
            assert (one["T"] * one["G"], R.transpose() * one["H"]) == (R.transpose(), one["T"])
            assert (found["c"].entries[k,], found["t"].entries[k,]) == (one["C"].ncols(), one["T"].ncols())
    assert seen == {True, False}


def test_a_campaign_starts_with_what_gives_most_letters():
    T1 = {"l": 0, "d": 1, "A": 1, "p": 0, "q": 0, "u": 0, "v": 0, "s": 0, "t": 0}
    assert deep_generators_for(T1)[0] is exchange_points
    assert deep_generators_for({"l": 0, "A": 1, "M": 2, "k": 0, "j": 0, "Mp": 0, "Wp": 0})[0] is slack_points
    assert len(deep_generators_for({"l": 0, "A": 1, "R": 1})) >= 6
    assert pickle.loads(pickle.dumps(DEEP))[0] is DEEP[0]  # noqa: S301 - how executors send them


@pytest.mark.parametrize("name", ["prop-4", "def-deep-order.repair", "T9.2"])
def test_true_statements_hold_on_instances_of_deep_networks(name):
    trial = Trial.of(BOOK, name)
    answers = [trial.check(number) for number in range(12)]
    assert {one.verdict for one in answers} == {"holds"}
    depths = {depth_of(trial, number) for number in range(12)}
    assert len(depths) >= 2


@pytest.mark.parametrize(("name", "count"), [("T1", 5), ("T2", 5), ("prop-5", 4)])
def test_the_direction_of_the_proof_is_a_witness(name, count):
    """The claims say that something exists; instances decide them, because it is handed in and evaluated."""
    trial = Trial.of(BOOK, name)
    answers = [trial.check(number).verdict for number in range(count)]
    assert set(answers) <= {"holds", "tried"}
    assert "holds" in answers


@pytest.mark.parametrize("name", ["T3", "T8"])
def test_claims_about_all_directions_or_points_nearby_are_tried(name):
    """T3 has matrices among its hypotheses whose shapes are those of the layers between two others."""
    trial = Trial.of(BOOK, name)
    answers = [trial.check(number).verdict for number in range(3)]
    assert set(answers) <= {"holds", "tried"}


def depth_of(trial, number):
    drawn = trial.draw(Random(f"{trial.goal.name} 0 {number}"))
    return drawn.nats.get("l", drawn.nats.get("n"))


def test_false_statements_are_violated():
    trial = Trial.of(BOOK, "def-deep-order")
    answers = [trial.check(number).verdict for number in range(40)]
    assert set(answers) == {"holds", "violated"}
