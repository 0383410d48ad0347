"""The categories of critical points of L_D that are no global minima: def-deep-order and the class that is left open.

kap[k] is min(d[k+1], ..., d[l]). "(A_l, ..., A_(k+1)) is a global minimizer with the layers below fixed" is written as
what it means for a critical point by Proposition 5: the pattern of V_k is of case 1 or case 2, with kap[k].
"""

from collections.abc import Mapping
from random import Random

from symbolic_cp.book.deep_generators import deep_critical_points
from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import Instance, Table
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    negation,
    substitute,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, left_or, nonnegative, or_right_of
from symbolic_cp.prover.expression import number, of, tr

from .def_order import optimal_order
from .layers import Layers, halves
from .networks import k, network, width
from .order import case_1, case_2, commuting, impossible
from .thm_4 import beyond_at, captures_beyond, deep_non_optimal, one_layer, sigma_spectra

n, j = nat("n"), nat("j")


def optimal_pattern(sp, P, kappa) -> Formula:
    """Case 1 or case 2 of Propositions 2 and 5."""
    return Or(case_1(sp, P, kappa), case_2(sp, P, kappa))


@statement(
    "layer-category",
    "P is of optimal pattern, or captures something beyond a missed value, or is of optimal order only",
    kind="lemma",
    hidden=True,
)
def layer_category(s: Script) -> None:
    """An improvable P that captures nothing beyond has the optimal pattern for its own rank."""
    S, sp, sym, P, proj, com = commuting(s)
    (kappa,) = s.dims("kappa")
    some = s.given(at_least(kappa, 1), "kappa >= 1")
    rank = s.given(tr(P) <= number(kappa), "rank P <= kappa")
    beyond, order = captures_beyond(sp, P), optimal_order(sp, P, number(kappa))
    pattern = optimal_pattern(sp, P, number(kappa))
    last = conjunction(order, negation(pattern))
    goal_ = Or(beyond, last)
    goal = Or(pattern, goal_)
    positive = s.have(number(kappa) > 0, sum=[Term(times=(some,)), Term()])
    three = s.cite("dichotomy", **sp.named(), P=P, kappa=number(kappa))(sp.known, sym, proj, com, positive, rank)
    fine = lambda known: left_or(known, goal_)
    found = lambda known: or_right_of(pattern, left_or(known, last))

    def improved(better: Known) -> Known:
        t = s.inner()
        (i,), at_i = t.obtain(better, "i")
        low, high, less, more = at_i.parts()
        captures = lambda c, known: found(c.witness(beyond, i, by=both(low, high, less, known)))
        pattern_of = order.right

        def spare(room: Known) -> Known:
            c = t.inner()
            best = c.given(pattern)
            full_rank = lambda case: c.have(Falsum(), case.parts()[1], sum=[Term(times=(room,))])
            all_full = lambda case: c.have(Falsum(), case.parts()[1](i, low, high), sum=[Term(times=(less,))])
            no_pattern = c.close(c.either(best, full_rank, all_full))
            ordered = lambda known: or_right_of(pattern, or_right_of(beyond, both(known, no_pattern)))

            def nothing(zero: Known) -> Known:
                none = s.cite("projector-zero", F=P)(proj, t.have(tr(P) <= 0, zero, sum=[Term(squares=(number(0),))]))
                one = t.linear(at_least(sp.r, 1), low, high)
                first = sp.at(t, nat(1), t.linear(at_least(nat(1), 1), low), one)[3]
                empty = t.inner()
                (x,) = empty.dims("i")
                x1, x2 = empty.given(at_least(x, 1)), empty.given(at_least(nat(0), x))
                full = empty.close(
                    anything(
                        empty.have(Falsum(), sum=[Term(times=(x1,)), Term(times=(x2,)), Term()]),
                        tr(P @ sp.E(x)) == tr(sp.E(x)),
                    )
                )
                exact = t.have(tr(P @ sp.E(1)) == tr(P) - tr(sp.Q(0)), none, sp.starts)
                fits = t.have(tr(P) - tr(sp.Q(0)) <= tr(sp.E(1)), none, sp.starts, sum=[Term(times=(first,))])
                return ordered(both(room, t.witness(pattern_of, nat(0), by=both(one, full, exact, fits))))

            def own_rank(some_rank: Known) -> Known:
                own = t.have(tr(P) <= tr(P), sum=[Term(squares=(number(0),))])
                mine = s.cite("dichotomy", **sp.named(), P=P, kappa=tr(P))(sp.known, sym, proj, com, some_rank, own)

                def as_order(case: Known) -> Known:
                    return ordered(both(room, case.parts()[2]))

                def all_captured(case: Known) -> Known:
                    here = case.parts()[1](i, low, high)
                    return anything(t.have(Falsum(), here, sum=[Term(times=(less,))]), goal)

                def again(known: Known) -> Known:
                    c = t.inner()
                    (x,), at_x = c.obtain(known, "x")
                    x1, x2, x_less, x_more = at_x.parts()
                    reach = lambda more: found(c.witness(beyond, x, by=both(x1, x2, x_less, more)))
                    none = lambda no: anything(c.have(Falsum(), sum=[Term(times=(no,))]), goal)
                    return c.close(c.either(x_more, reach, none))

                return t.either(mine, as_order, lambda rest: t.either(rest, all_captured, again))

            bound = t.have(tr(P) >= 0, proj, sum=[Term(grams=(P,))])
            return t.by_sign(tr(P), nothing, own_rank, lambda no: anything(impossible(t, bound, no), goal))

        return t.close(t.either(more, lambda known: captures(t, known), spare))

    s.conclude(
        goal,
        by=s.either(
            three,
            lambda x: fine(left_or(x, pattern.right)),
            lambda rest: s.either(rest, lambda x: fine(or_right_of(pattern.left, x)), improved),
        ),
    )


def least_widths(l: Nat) -> Formula:
    """kap[k] = min(d[k+1], ..., d[l]) >= 1 for all layers k."""
    kap, at = nat("kap", k), at_least(j, k)
    below = for_all(Variable("j", NAT), implication(at, at_least(l, j + 1), at_least(width(j + 1), kap)))
    one = conjunction(at, at_least(l, j + 1), number(kap) == number(width(j + 1)))
    body = conjunction(at_least(kap, 1), below, exists(Variable("j", NAT), one))
    return for_all(Variable("k", NAT), Implies(at_least(l, k + 1), body))


def of_layer(build, letters: Layers, index: Nat) -> Formula:
    """A formula in sp, P and kappa, at layer `index` with kap[index]."""
    *_, sp, P = one_layer(Context())
    return substitute(build(sp, P, number("kappa")), {**letters.at(index), "kappa": nat("kap", index)})


def some_layer(last: Nat, body) -> Formula:
    """There is k <= last with body(k)."""
    return exists(Variable("k", NAT), conjunction(at_least(last, k), body(k)))


def last_two_optimal(letters: Layers) -> Formula:
    """(A_l, A_(l-1)) is no global minimizer with the rest fixed, and V_(l-2) is of optimal order."""
    return conjunction(negation(of_layer(optimal_pattern, letters, n)), of_layer(optimal_order, letters, n))


def left_open(letters: Layers) -> Formula:
    """Some q <= l - 1: (A_l, ..., A_q) is a global minimizer with A_(q-1,1) fixed, and A_(l,q) of optimal order.

    With q = k + 2: V_(k+1) is of case 1 or 2, and V_k of optimal order; A_(l,1) has no V.
    """
    both_ = lambda i: conjunction(of_layer(optimal_pattern, letters, i + 1), of_layer(optimal_order, letters, i))
    return exists(Variable("k", NAT), conjunction(at_least(n, k + 1), both_(k)))


def categories(letters: Layers, beyond) -> Formula:
    """Deep-non-optimal in the given sense for some k, or deep-optimal, or of the class that is left open."""
    return Or(some_layer(n, lambda i: beyond(letters, i)), Or(last_two_optimal(letters), left_open(letters)))


def deep_points(rng: Random, dims: Mapping[str, int]) -> dict[str, Instance]:
    """Exact critical points of deep networks, with n = l - 2 and kap[k] = min(d[k+1], ..., d[l])."""
    depth = dims.get("n")
    found = deep_critical_points(rng, dims if depth is None else {**dims, "l": depth + 2})
    l, d = found["l"], found["d"]
    assert isinstance(l, int)
    assert isinstance(d, Table)
    least = {(i,): min(d.entries[(other,)] for other in range(i + 1, l + 1)) for i in range(l)}
    return found | {"n": l - 2, "kap": Table(least)}


def setting(s: Script):
    """A critical point that is no global minimum, with the spectra of all Sigma_k and the least widths."""
    net = network(s, "n", 2)
    letters, pinvs, spectra = sigma_spectra(s, net)
    s.family("kap", "k", NAT)
    critical = s.given(net.critical(), "all gradients vanish")
    least = s.given(least_widths(net.depth), "kap[k] = min(d[k+1], ..., d[l]) >= 1")
    not_best = s.given(negation(of_layer(optimal_pattern, letters, nat(0))), "neither case 1 nor case 2 of prop-5")
    return net, letters, pinvs, spectra, critical, least, not_best


@statement(
    "def-deep-order",
    "critical points that are no global minima are deep-non-optimal, deep-optimal, or of the class left open",
    kind="definition",
)
def printed(s: Script) -> None:
    """As the text implies. Points that capture the singular value zero are missed, as in def-order."""
    net, letters, pinvs, spectra, critical, least, not_best = setting(s)
    s.generators = (deep_points,)
    by = [net.is_R, net.is_L, pinvs, spectra, critical, least, not_best]
    s.conclude(categories(letters, deep_non_optimal), by=by)


@statement(
    "def-deep-order.repair",
    "the three categories are all, when the singular value zero counts in the first",
    kind="statement",
    hidden=True,
)
def repaired(s: Script) -> None:
    """The last k at which V_k is not of case 1 or 2 decides. There V_k captures something beyond a missed value, or is
    of optimal order; and then either k is the last, or (A_l, ..., A_(k+2)) is a global minimizer given the rest."""
    net, letters, pinvs, spectra, critical, least, not_best = setting(s)
    l = net.depth
    claim = categories(letters, beyond_at)
    first, second, third = claim.left, claim.right.left, claim.right.right
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    commutes = s.cite("thm-3.equations", **few)(net.is_R, net.is_L, pinvs, critical)[4]

    t = s.inner()
    (i,) = t.dims("i")
    within = t.given(at_least(n, i))
    below = t.linear(at_least(l, i + 1), within)
    of_R, _ = halves(pinvs(i, t.linear(at_least(l, i), within)))
    _, of_L = halves(pinvs(i + 1, below))
    P, Sigma = letters.P(i + 1), letters.Sigma(i)
    sym, com = t.have(Sigma.T == Sigma, of_R), t.have(P @ Sigma == Sigma @ P, commutes(i, below)[1])
    proj = both(t.have(P.T == P, of_L), t.have(P @ P == P, of_L))
    some, _, attained = least(i, below).parts()
    c = t.inner()
    (x,), at_x = c.obtain(attained, "j")
    x_low, x_high, is_least = at_x.parts()
    up = c.linear(at_least(x + 1, i + 1), x_low)
    small = s.cite("backward-rank", **net.named(without="Y"), i=i + 1, j=x + 1, a=of(letters.Lp, i + 1))(
        net.is_R, net.is_L, of_L, up, x_high
    )
    rank = c.close(c.have(tr(P) <= number(nat("kap", i)), is_least, sum=[Term(times=(small,))]))
    values = letters.at(i)
    spectral = {name: values[name] for name in ("r", "s", "E", "Q")}
    spectrum = spectra(i, t.linear(at_least(l, i + 2), within))
    category = t.close(
        s.cite("layer-category", S=Sigma, P=P, kappa=nat("kap", i), **spectral)(spectrum, sym, proj, com, some, rank)
    )

    # at layer i, unless the claim holds: beyond, or of optimal order and not of optimal pattern
    pattern = lambda i: of_layer(optimal_pattern, letters, i)
    order = lambda i: conjunction(of_layer(optimal_order, letters, i), negation(pattern(i)))
    bad = lambda i: Or(beyond_at(letters, i), order(i))
    state = lambda i: Or(bad(i), claim)
    captured = lambda t, i, within, known: left_or(t.witness(first, i, by=both(within, known)), claim.right)

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        within = t.linear(at_least(n, i), below)
        done = lambda known: or_right_of(bad(i + 1), known)

        def ordered(known: Known) -> Known:
            opened = lambda best: t.witness(third, i, by=both(below, best, halves(known)[0]))
            return t.either(
                category(i + 1, below),
                lambda best: done(or_right_of(first, or_right_of(second, opened(best)))),
                lambda rest: left_or(rest, claim),
            )

        return t.either(
            so_far,
            lambda wrong: t.either(wrong, lambda known: done(captured(t, i, within, known)), ordered),
            done,
        )

    start = s.either(
        category(nat(0), s.linear(at_least(n, 0), nonnegative(n))),
        lambda best: anything(not_best(best), state(nat(0))),
        lambda rest: left_or(rest, claim),
    )
    end = s.linear(at_least(n, n))
    at_n = s.induction("i", n, state, start, step)(n, end)

    def last_layer(known: Known) -> Known:
        optimal, no_pattern = halves(known)
        return or_right_of(first, left_or(both(no_pattern, optimal), third))

    result = s.either(
        at_n,
        lambda wrong: s.either(wrong, lambda known: captured(s, n, end, known), last_layer),
        lambda known: known,
    )
    s.conclude(claim, by=result)
