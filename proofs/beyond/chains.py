"""Chains of any depth: products, directions that live in one or two layers, and their derivatives.

Letters as in `networks`: R[k] and L[k] are the products below and above layer k, Xp is the pseudoinverse of the data X,
and E = R[l] - Y Xp X is the part of the residual that the network can reach.
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, both, difference, successor
from symbolic_cp.prover.expression import Expr, ident, null, number, of
from symbolic_cp.prover.show import function

from ..networks import Network, critical_network, forward, is_forward, is_jet, network, weights, width

i, j, k = nat("i"), nat("j"), nat("k")

# --------------------------------------------------------------------------------------------------- indices


def distinct(first: Nat, second: Nat) -> Formula:
    """first != second."""
    return negation(equal(scalar(first), scalar(second)))


def apart(s: Context, larger: Nat, smaller: Nat, *below: Known) -> tuple[Known, Known]:
    """smaller != larger and larger != smaller, from bounds that give larger >= smaller + 1."""

    def one(first: Nat, second: Nat) -> Known:
        t = s.inner()
        same = t.given(equal(scalar(first), scalar(second)))
        return t.close(t.linear(Falsum(), *below, same))

    return one(smaller, larger), one(larger, smaller)


def compare(
    s: Context,
    first: Nat,
    second: Nat,
    same: Callable[[Known], Known],
    less: Callable[[Known], Known],
    more: Callable[[Known], Known],
) -> Known:
    """The same conclusion where first = second, where first + 1 <= second, and where second + 1 <= first."""
    return s.by_sign(
        number(first) - number(second),
        lambda zero: same(s.have(equal(scalar(first), scalar(second)), zero)),
        lambda sign: more(successor(s.have(greater(first, second), sign), first, second)),
        lambda sign: less(successor(s.have(greater(second, first), sign), second, first)),
    )


def upward(
    s: Context,
    start: Nat,
    stop: Nat,
    inside: Known,
    claim: Callable[[Nat], Formula],
    base: Known,
    step: Callable[[Context, Nat, Known, Known, Known], Known],
    names: str = "e i",
) -> Known:
    """claim(stop), from claim(start), stop >= start, and claim(i) -> claim(i + 1) for start <= i < stop.

    `step(context, i, i >= start, stop >= i + 1, claim(i))`; `names` are fresh names for stop - start and for the index.
    """
    t = s.inner()
    room, index = names.split()
    (e,), rest = t.obtain(difference(inside, stop, start), room)

    def shifted(d: Nat) -> Formula:
        return claim(start + d)

    def one(c: Context, d: Nat, below: Known, so_far: Known) -> Known:
        low = c.linear(at_least(start + d, start))
        return step(c, start + d, low, c.linear(at_least(stop, start + d + 1), below, rest), so_far)

    at_e = t.induction(index, e, shifted, base, one)(e, t.linear(at_least(e, e)))
    return t.close(t.moved(claim, at_e, start + e, stop, rest))


# -------------------------------------------------------------------------------------------------- products


def letters(net: Network) -> dict[str, Nat | Variable | Expr]:
    """Values for the letters of a lemma about the weights and the data X (not Y)."""
    return {"l": net.depth, "d": Variable("d", NAT, 1), "A": net.A, "R": net.R, "L": net.L, "X": net.X}


@statement("chain-data", "S[k] = S[k] X+ X for every product S[k] of layers with the data", kind="lemma", hidden=True)
def chain_data(s: Script) -> None:
    l, _ = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    A, S = s.let(weights()), s.let(forward("S"))
    X = s.matrix("X", width(0), "m")
    is_S = s.given(is_forward(l, A, X, S), "S[k] is the product of the layers below k with X")
    Xp, of_X = s.pinv(X, "Xp")

    def claim(a: Nat) -> Formula:
        return of(S, a) @ Xp @ X == of(S, a)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        return t.have(claim(a + 1), so_far, is_S[1](a, below))

    done = s.induction("i", l, claim, s.have(claim(nat(0)), is_S[0], of_X[0]), step)
    s.conclude(done.formula, by=done)


@statement(
    "chain-residual", "at a critical point E R[l]' = 0 and E'R[l] = 0, for E = R[l] - Y X+ X", kind="lemma", hidden=True
)
def chain_residual(s: Script) -> None:
    """Also: L[k+1]' E R[k]' is the gradient of layer k, and W = W Xp X."""
    net, critical = critical_network(s)
    R, L, l, X, Y = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth, net.X, net.Y
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    W, E = R(l), R(l) - Y @ Xp @ X
    kept = s.cite("chain-data", l=l, d=Variable("d", NAT, 1), A=net.A, S=net.R, X=X, Xp=Xp)(net.is_R, of_X)
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)

    t = s.inner()
    (a,) = t.dims("i")
    below = t.given(at_least(l, a))
    same = t.close(t.have((W - Y) @ R(a).T == E @ R(a).T, kept(a, below), of_X))
    t = s.inner()
    (h,), last = t.obtain(difference(deep, l, nat(1)), "h")
    inside = t.linear(at_least(l, h + 1), last)
    h_l = t.linear(at_least(l, h), last)
    grad = t.have(L(h + 1).T @ E @ R(h).T == 0, critical(h, inside), same(h, h_l))
    unit = t.moved(
        lambda a: L(a) @ L(a).T == ident(width(l)),
        t.have(L(l) @ L(l).T == ident(width(l)), net.is_L[0]),
        l,
        h + 1,
        t.have(equal(scalar(h + 1), scalar(l)), last),
    )
    W_h = t.have(W == L(h + 1) @ of(net.A, h) @ R(h), product(h, h_l), net.is_L[1](h, inside))
    zero = t.have(L(h + 1).T @ E @ W.T == 0, W_h, grad)
    right = t.close(t.have(E @ W.T == 0, t.have(L(h + 1) @ L(h + 1).T @ E @ W.T == 0, zero), unit))
    first = s.have(L(1).T @ E @ X.T == 0, critical(nat(0), deep), same(nat(0), s.linear(at_least(l, 0))), net.is_R[0])
    L1X = s.have(
        W == L(1) @ of(net.A, nat(0)) @ X,
        product(nat(0), s.linear(at_least(l, 0))),
        net.is_L[1](nat(0), deep),
        net.is_R[0],
    )
    EX = s.have(E @ X.T @ Xp.T == E, kept(l, s.linear(at_least(l, l))), of_X)
    L1E = s.have(L(1).T @ E == 0, s.have(L(1).T @ E @ X.T @ Xp.T == 0, first), EX)
    left = s.have(E.T @ W == 0, L1X, L1E)
    done = both(right, left, s.have(E @ Xp @ X == E, kept(l, s.linear(at_least(l, l))), of_X), same)
    s.conclude(done.formula, by=done)


# ---------------------------------------------------------------------------------------------- directions


def only_at(bound: Nat, layer: Nat, D: Variable, B: Expr) -> Formula:
    """D[layer] = B, and D[i] = 0 for all other i <= bound."""
    others = implication(at_least(bound, i), distinct(i, layer), of(D, i) == 0)
    return conjunction(of(D, layer) == B, for_all(Variable("i", NAT), others))


@statement("one-layer", "there are directions that are B in layer j and 0 in all others", kind="lemma", hidden=True)
def one_layer(s: Script) -> None:
    """A layer of the direction 0 exchanged for B."""
    (l,) = s.dims("l")
    d = s.let(Variable("d", NAT, 1))
    s.dims("j")
    B = s.matrix("B", width(j + 1), width(j))
    inside = s.given(at_least(l, j), "j <= l")
    none = function("i", null(width(i + 1), width(i)).term)
    found = s.cite("replace", l=l, N=j, a=function("i", width(i + 1)), b=d, A=none, V=B)(inside)
    (D,), known = s.obtain(found, "D")
    claim = exists(weights("D"), only_at(l, j, weights("D"), B))
    s.conclude(claim, by=s.witness(claim, D, by=known))


@statement("jet-exists", "along every direction the output has its first two derivatives", kind="lemma", hidden=True)
def jet_exists(s: Script) -> None:
    l, m = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    A, R, D = s.let(weights()), s.let(forward()), s.let(weights("D"))
    states = [Variable(name, matrix_sort(width(k), m)) for name in ("F", "G")]
    F, G = map(of, states)
    following = [of(Variable(f"{name}_next", matrix_sort(width(k + 1), m))) for name in ("F", "G")]

    def values(a: Nat) -> tuple[Expr, Expr]:
        first = of(A, a) @ F + of(D, a) @ of(R, a)
        return first, of(A, a) @ G + of(D, a) @ F

    relation = conjunction(*(one == value for one, value in zip(following, values(k), strict=True)))
    true = s.have(number(0) == 0)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr, Expr], Known]:
        both_ = values(a)
        return both_, both(true, *(t.have(one == one) for one in both_))

    start = null(width(0), m)
    found = s.recursion("k", l, states, (start, start), number(0) == 0, relation, true, step)
    (F_, G_), known = s.obtain(found, "F G")
    claim = exists(forward("F"), forward("G"), is_jet(l, A, R, D, forward("F"), forward("G")))
    zero_F, zero_G, _, grows = known.parts()
    s.conclude(claim, by=s.witness(claim, F_, G_, by=both(zero_F, zero_G, grows)))


def carried(A: Variable, T: Variable, low: Nat, high: Nat, start: Expr) -> Formula:
    """T[low] = start and T[i+1] = A[i] T[i] for low <= i < high: T[i] carries `start` up the chain."""
    grows = implication(at_least(i, low), at_least(high, i + 1), of(T, i + 1) == of(A, i) @ of(T, i))
    return conjunction(of(T, low) == start, for_all(Variable("i", NAT), grows))


@statement(
    "two-layers",
    "directions B in layer k and C in layer j > k: F[l] = L[k+1] B R[k] + L[j+1] C R[j], G[l] = L[j+1] C T[j]",
    kind="lemma",
    hidden=True,
)
def two_layers(s: Script) -> None:
    """T[i] carries B R[k] up from layer k: F is 0, then T, then the sum; G is 0 up to layer j, and C T[j] above it."""
    net = network(s)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    s.dims("k j")
    above, inside = s.given(at_least(j, k + 1), "j > k"), s.given(at_least(l, j + 1), "j < l")
    B, C = s.matrix("B", width(k + 1), width(k)), s.matrix("C", width(j + 1), width(j))
    T_ = s.let(forward("T"))
    is_T = s.given(carried(net.A, T_, k + 1, j, B @ R(k)), "T[i] carries B R[k] up the chain")
    T = lambda a: of(T_, a)
    below_k = s.linear(at_least(l, k + 1), above, inside)

    d = Variable("d", NAT, 1)
    lower = s.cite("one-layer", l=l, d=d, j=k, B=B)(s.linear(at_least(l, k), below_k))
    (P_,), is_P = s.obtain(lower, "P")
    upper = s.cite("one-layer", l=l, d=d, j=j, B=C)(s.linear(at_least(l, j), inside))
    (Q_,), is_Q = s.obtain(upper, "Q")
    D_ = function("i", (of(P_, i) + of(Q_, i)).term)
    D = lambda a: of(P_, a) + of(Q_, a)
    (F_, G_), jet = s.obtain(s.cite("jet-exists", l=l, d=Variable("d", NAT, 1), A=net.A, R=net.R, D=D_), "F G")
    F, G = (lambda a: of(F_, a)), (lambda a: of(G_, a))
    zero_F, zero_G, grows = jet.parts()

    k_j, j_k = apart(s, j, k, above)
    at_k = s.have(D(k) == B, is_P[0], is_Q[1](k, s.linear(at_least(l, k), below_k), k_j))
    at_j = s.have(D(j) == C, is_Q[0], is_P[1](j, s.linear(at_least(l, j), inside), j_k))

    def elsewhere(t: Context, a: Nat, below: Known, not_k: Known, not_j: Known) -> Known:
        in_l = t.linear(at_least(l, a), below)
        return t.have(D(a) == 0, is_P[1](a, in_l, not_k), is_Q[1](a, in_l, not_j))

    # below layer k: nothing
    def nothing(a: Nat) -> Formula:
        return conjunction(F(a) == 0, G(a) == 0)

    def step_0(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = t.linear(at_least(l, a + 1), high, below_k)
        zero = elsewhere(t, a, below, apart(t, k, a, high)[0], apart(t, j, a, high, above)[0])
        return t.have(nothing(a + 1), grows(a, below), so_far, zero)

    zero_k = upward(s, nat(0), k, s.linear(at_least(k, 0)), nothing, both(zero_F, zero_G), step_0)
    # from k + 1 to j: F carries B R[k]
    moves = lambda a: conjunction(F(a) == T(a), G(a) == 0)
    first = s.have(moves(k + 1), grows(k, below_k), zero_k, at_k, is_T[0])

    def step_1(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = t.linear(at_least(l, a + 1), high, inside)
        zero = elsewhere(t, a, below, apart(t, a, k, low)[1], apart(t, j, a, high)[0])
        return t.have(moves(a + 1), grows(a, below), so_far, zero, is_T[1](a, low, high))

    moved = upward(s, k + 1, j, above, moves, first, step_1)
    constant = lambda a: L(a) @ T(a) == L(k + 1) @ B @ R(k)

    def step_2(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = t.linear(at_least(l, a + 1), high, inside)
        return t.have(constant(a + 1), so_far, is_T[1](a, low, high), net.is_L[1](a, below))

    carried_ = upward(s, k + 1, j, above, constant, s.have(constant(k + 1), is_T[0]), step_2)
    # layer j adds C, and above it nothing is added
    first_value, second_value = L(k + 1) @ B @ R(k) + L(j + 1) @ C @ R(j), L(j + 1) @ C @ T(j)
    both_values = lambda a: conjunction(L(a) @ F(a) == first_value, L(a) @ G(a) == second_value)
    at_top = s.have(both_values(j + 1), grows(j, inside), moved, at_j, carried_, net.is_L[1](j, inside))

    def step_3(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        not_k, not_j = apart(t, a, k, low, above)[1], apart(t, a, j, low)[1]
        zero = elsewhere(t, a, high, not_k, not_j)
        return t.have(both_values(a + 1), so_far, grows(a, high), net.is_L[1](a, high), zero)

    last = upward(s, j + 1, l, inside, both_values, at_top, step_3)
    ends = s.have(conjunction(F(l) == first_value, G(l) == second_value), last, net.is_L[0])
    t = s.inner()
    (a,) = t.dims("i")
    below, not_k, not_j = t.given(at_least(l, a + 1)), t.given(distinct(a, k)), t.given(distinct(a, j))
    others = t.close(elsewhere(t, a, below, not_k, not_j))
    s.conclude(
        two_layer_jet(net, weights("D"), k, j, B, C, first_value, second_value),
        by=s.witness(
            two_layer_jet(net, weights("D"), k, j, B, C, first_value, second_value),
            D_,
            F_,
            G_,
            by=both(jet, at_k, at_j, others, ends),
        ),
    )


def two_layer_jet(net, D: Variable, k: Nat, j: Nat, B: Expr, C: Expr, first: Expr, second: Expr) -> Formula:
    """There is a jet along D[k] = B, D[j] = C, 0 elsewhere, with F[l] = first and G[l] = second."""
    F, G, l = forward("F"), forward("G"), net.depth
    rest = implication(at_least(l, i + 1), distinct(i, k), distinct(i, j), of(D, i) == 0)
    body = conjunction(
        is_jet(l, net.A, net.R, D, F, G),
        of(D, k) == B,
        of(D, j) == C,
        for_all(Variable("i", NAT), rest),
        of(F, l) == first,
        of(G, l) == second,
    )
    return exists(D, F, G, body)
