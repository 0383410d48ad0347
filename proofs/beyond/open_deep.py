"""The class of critical points that the paper leaves open: none of them is a local minimum.

The paper settles critical points of deep-non-optimal and deep-optimal order (thm-4), and asks about the others. T7
answers for all critical points at once.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, both
from symbolic_cp.prover.expression import number, of, tr

from ..def_order import optimal_order
from ..layers import Layers, at_layer
from ..networks import Network, deep_loss, forward, is_forward, k, network, weights
from ..thm_4 import one_layer, sigma_spectra
from .chains import upward
from .t7 import saddle

n = nat("n")


def best_above(net: Network, index: Nat) -> Formula:
    """The layers above `index` are a global minimum with the layers 0, ..., index fixed."""
    B, S = weights("B"), forward("S")
    fixed = for_all(Variable("k", NAT), Implies(at_least(index, k), of(B, k) == of(net.A, k)))
    there = deep_loss(of(S, net.depth), net.Y)
    return for_all(B, S, implication(is_forward(net.depth, B, net.X, S), fixed, net.loss <= there))


def in_order(letters: Layers, index: Nat) -> Formula:
    """V_k is of optimal order for k = index: A_(l,k+2) captures the largest values and has rank to spare."""
    *_, sp, P = one_layer(Context())
    order = conjunction(optimal_order(sp, P, number("d1")), tr(P) < number("d2"))
    return at_layer(order, letters, index)


def left_open(letters: Layers) -> Formula:
    """For some q <= l - 1, A_l ... A_q are a global minimum given the layers below, and A_(l,q) is in optimal order.

    q = i + 2: with q = 1 nothing is fixed, and the point is a global minimum.
    """
    i = nat("i")
    found = conjunction(at_least(n, i + 1), best_above(letters.net, i), in_order(letters, i))
    return exists(Variable("i", NAT), found)


def settled(net: Network) -> Formula:
    """No local minimum: at every distance there are networks of lower and of higher loss."""
    return conjunction(negation(net.local_minimum()), saddle(net))


@statement(
    "blind-above",
    "where R[i+1] = 0 the layers above i are a global minimum given the others",
    kind="lemma",
    hidden=True,
)
def blind_above(s: Script) -> None:
    """So the class is not empty: with A = 0, l >= 3 and Y X+ X != 0 the point is critical and in optimal order."""
    net = network(s, "n", 2)
    l = net.depth
    (i,) = s.dims("i")
    inside = s.given(at_least(n, i + 1), "i + 2 < l")
    zero = s.given(of(net.R, i + 1) == 0, "R[i+1] = 0")
    within = s.linear(at_least(l, i + 1), inside)
    t = s.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    is_S = t.given(is_forward(l, B, net.X, S))
    fixed = t.given(for_all(Variable("k", NAT), Implies(at_least(i, k), of(B, k) == of(net.A, k))))
    equal = lambda a: of(S, a) == of(net.R, a)

    def same_below(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = c.linear(at_least(l, a + 1), high, within)
        layer = fixed(a, c.linear(at_least(i, a), high))
        return c.have(equal(a + 1), so_far, is_S[1](a, below), net.is_R[1](a, below), layer)

    start = t.have(equal(nat(0)), is_S[0], net.is_R[0])
    known = upward(t, nat(0), i + 1, t.linear(at_least(i + 1, 0)), equal, start, same_below, "e j")
    nothing = lambda a: conjunction(of(S, a) == 0, of(net.R, a) == 0)

    def zero_above(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        return c.have(nothing(a + 1), so_far, is_S[1](a, high), net.is_R[1](a, high))

    both_zero = upward(t, i + 1, l, within, nothing, t.have(nothing(i + 1), known, zero), zero_above, "e j")
    there = deep_loss(of(S, l), net.Y)
    value = t.have(there == net.loss, both_zero)
    s.conclude(best_above(net, i), by=t.close(t.have(net.loss <= there, value, sum=[Term(squares=(number(0),))])))


@statement("open-deep.1", "no critical point but the global minima is a local minimum", kind="step", hidden=True)
def no_other(s: Script) -> None:
    net = network(s, "n", 2)
    critical = s.given(net.critical(), "all gradients vanish")
    not_best = s.given(negation(net.global_minimum()), "not a global minimum")
    both_ways = s.cite("T7", **net.named(without="l"), h=n + 1)(net.is_R, net.is_L)
    t = s.inner()
    local = t.given(net.local_minimum())
    none = t.close(not_best(both_ways[0](local)))
    s.conclude(settled(net), by=both(none, both_ways[1](critical, not_best)))


@statement("open-deep", "the critical points that the paper leaves open: none is a local minimum, all are saddles")
def open_deep(s: Script) -> None:
    """The hypothesis that makes the class is not needed (open-deep.1); it says which points are meant."""
    net = network(s, "n", 2)
    letters, _, _ = sigma_spectra(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    not_best = s.given(negation(net.global_minimum()), "not a global minimum")
    s.given(left_open(letters), "of the class that the paper leaves open")
    s.include("open-deep.1")
    known = s.cite("open-deep.1", **net.named(without="l"), n=n)(net.is_R, net.is_L, critical, not_best)
    s.conclude(settled(net), by=known)
