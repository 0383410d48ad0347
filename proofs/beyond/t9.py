"""The flags of a network, and when it is critical.

The columns of R[k]' span the right vectors that reach layer k, and those of L[k+1] the left vectors that layer k
reaches: with growing k the first space shrinks and the second grows. The point is critical iff the residual
E = R[l] - Y X+ X joins no vector of the one with a vector of the other in any layer: C[k]'E T[k] = 0, whatever
matrices C[k] and T[k] span the two spaces. Both the output and this do not depend on the bases of the hidden layers.
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    family,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, both, difference, from_fact, nonnegative
from symbolic_cp.prover.expression import Expr, ident, of
from symbolic_cp.prover.show import function

from ..networks import (
    Network,
    backward,
    each_layer,
    forward,
    is_backward,
    is_forward,
    k,
    network,
    weights,
    width,
)
from ..ranks import projects
from .chains import letters
from .splitting import Splitting, splitting_exists


def columns(name: str, rows: Nat | str, count: str) -> Variable:
    """name[k] : rows x count[k]."""
    return family(name, "k", matrix_sort(rows, nat(count, k)))


def spanning(whole: Expr, part: Expr, onto: Expr, into: Expr) -> Formula:
    """whole = part onto and part = whole into: the two have the same column space."""
    return conjunction(whole == part @ onto, part == whole @ into)


def left_flag(net: Network, C: Variable, U: Variable, V: Variable) -> Formula:
    """C[k] spans the columns of L[k+1]."""
    return each_layer(net.depth, spanning(of(net.L, k + 1), of(C, k), of(U, k), of(V, k)))


def right_flag(net: Network, T: Variable, G: Variable, H: Variable) -> Formula:
    """T[k] spans the rows of R[k]."""
    return each_layer(net.depth, spanning(of(net.R, k).T, of(T, k), of(G, k), of(H, k)))


def left_letters(l: Nat) -> list[Variable]:
    """C[k] : d[l] x c[k], U[k] : c[k] x d[k+1], V[k] : d[k+1] x c[k]."""
    U = family("U", "k", matrix_sort(nat("c", k), width(k + 1)))
    return [columns("C", width(l), "c"), U, columns("V", width(k + 1), "c")]


def right_letters() -> list[Variable]:
    """T[k] : m x t[k], G[k] : t[k] x d[k], H[k] : d[k] x t[k]."""
    G = family("G", "k", matrix_sort(nat("t", k), width(k)))
    return [columns("T", "m", "t"), G, columns("H", width(k), "t")]


@statement("T9.2", "critical iff C[k]'E T[k] = 0 for all k, where C[k] spans Col L[k+1], T[k] spans Row R[k]")
def t9_flags(s: Script) -> None:
    """At every depth and for all data: the columns of C[k] and T[k] need not be independent."""
    net = network(s)
    l, X, Y = net.depth, net.X, net.Y
    s.let(Variable("c", NAT, 1)), s.let(Variable("t", NAT, 1))
    C, U, V = map(s.let, left_letters(l))
    T, G, H = map(s.let, right_letters())
    of_C = s.given(left_flag(net, C, U, V), "C[k] spans the columns of L[k+1]")
    of_T = s.given(right_flag(net, T, G, H), "T[k] spans the rows of R[k]")
    Xp, of_X = s.pinv(X, "Xp")
    E = net.output - Y @ Xp @ X
    kept = s.cite("chain-data", **{a: b for a, b in letters(net).items() if a in "l d A X"}, S=net.R, Xp=Xp)
    rows = kept(net.is_R, of_X)

    def seen(layer: Nat) -> Expr:
        return of(net.L, layer + 1).T @ E @ of(net.R, layer).T

    def flat(layer: Nat) -> Expr:
        return of(C, layer).T @ E @ of(T, layer)

    t = s.inner()
    (i,) = t.dims("k")
    inside = t.given(at_least(l, i + 1))
    same = t.close(t.have(net.gradient(i) == seen(i), rows(i, t.linear(at_least(l, i), inside)), of_X))
    gradient = s.step(
        "T9.2.1",
        each_layer(l, net.gradient(k) == seen(k)),
        proof=same,
        title="the gradient of layer k is L[k+1]'E R[k]'",
    )

    t = s.inner()
    critical = t.given(net.critical())
    u = t.inner()
    (i,) = u.dims("k")
    inside = u.given(at_least(l, i + 1))
    zero = u.have(seen(i) == 0, critical(i, inside), gradient(i, inside))
    there = u.have(flat(i) == 0, zero, of_C(i, inside)[1], of_T(i, inside)[1])
    down = t.close(u.close(there))

    t = s.inner()
    flags = t.given(each_layer(l, flat(k) == 0))
    u = t.inner()
    (i,) = u.dims("k")
    inside = u.given(at_least(l, i + 1))
    zero = u.have(seen(i) == 0, flags(i, inside), of_C(i, inside)[0], of_T(i, inside)[0])
    back = t.close(u.close(u.have(net.gradient(i) == 0, zero, gradient(i, inside))))

    orthogonal = each_layer(l, flat(k) == 0)
    goal = conjunction(Implies(net.critical(), orthogonal), Implies(orthogonal, net.critical()))
    s.conclude(goal, by=both(down, back))


def basis(t: Context, A: Expr, tag: str) -> tuple[list[Nat | Expr], Known]:
    """Orthonormal columns W with A = W (W'A) and W = A (A+ W), from the projector A A+."""
    (p,), of_A = t.obtain(from_fact("pinv").at(A=A), f"p{tag}")
    P = A @ p
    (w, W), known = t.obtain(from_fact("basis").at(P=P)(*projects(t, P, of_A).parts()), f"w{tag} W{tag}")
    found = conjunction(W.T @ W == ident(w), spanning(A, W, W.T @ A, p @ W))
    return [w, W, W.T @ A, p @ W], t.have(found, known, of_A)


def bases(
    s: Context, bound: Nat, names: str, rows: Nat | str, through: Nat, whole: Callable[[Nat], Expr]
) -> tuple[list[Variable], Known]:
    """Bases of the columns of whole(0), ..., whole(bound): their sizes, the bases, the factors onto and into them."""
    size, part, onto, into = names.split()
    n = nat(size)
    shapes = [matrix_sort(rows, n), matrix_sort(n, through), matrix_sort(through, n)]
    states = [Variable(size, NAT), *(Variable(*one) for one in zip((part, onto, into), shapes, strict=True))]
    Q, F, B = (of(one) for one in states[1:])
    invariant = conjunction(Q.T @ Q == ident(n), spanning(whole(k), Q, F, B))
    start, at_0 = basis(s, whole(nat(0)), f"_{size}")

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> tuple[list[Nat | Expr], Known]:
        return basis(t, whole(i + 1), "_next")

    found, known = s.obtain(s.recursion("k", bound, states, start, invariant, None, at_0, step), names)
    return found, known.parts()[-1]


@statement("T9.3", "such C[k] and T[k] exist with orthonormal columns; Col C[k] grows with k, Col T[k] shrinks")
def t9_flags_exist(s: Script) -> None:
    """So the conditions C[k]'E T[k] = 0 are about two flags of subspaces, and every critical point has them."""
    net = network(s)
    l = net.depth
    (c, C, U, V), of_C = bases(s, l, "c C U V", width(l), width(k + 1), lambda i: of(net.L, i + 1))
    (size, T, G, H), of_T = bases(s, l, "t T G H", "m", width(k), lambda i: of(net.R, i).T)

    def each(claim: Callable[[Nat], Formula], prove: Callable[[Context, Nat, Known], Known]) -> Known:
        """For all layers k: claim."""
        t = s.inner()
        (i,) = t.dims("k")
        inside = t.given(at_least(l, i + 1))
        return t.close(t.have(claim(i), prove(t, i, inside)))

    def part(known: Known, *which: int) -> Callable[[Context, Nat, Known], Known]:
        """Parts of what is known for all k <= l."""
        return lambda t, i, inside: both(*(known(i, t.linear(at_least(l, i), inside))[one] for one in which))

    def unit(Q: Variable, n: str) -> Callable[[Nat], Formula]:
        return lambda i: of(Q, i).T @ of(Q, i) == ident(nat(n, i))

    def within(small: Expr, large: Expr) -> Formula:
        return large @ large.T @ small == small

    def grown(t: Context, i: Nat, inside: Known) -> Known:
        u = t.inner()
        high = u.given(at_least(l, i + 2))
        low, up = of_C(i, u.linear(at_least(l, i), inside)), of_C(i + 1, u.linear(at_least(l, i + 1), inside))
        factor = of(U, i + 1) @ of(net.A, i + 1) @ of(V, i)
        through = u.have(of(C, i) == of(C, i + 1) @ factor, low[2], up[1], net.is_L[1](i + 1, high))
        return u.close(u.have(within(of(C, i), of(C, i + 1)), through, up[0]))

    def shrunk(t: Context, i: Nat, inside: Known) -> Known:
        low, up = of_T(i, t.linear(at_least(l, i), inside)), of_T(i + 1, inside)
        factor = of(G, i) @ of(net.A, i).T @ of(H, i + 1)
        through = t.have(of(T, i + 1) == of(T, i) @ factor, up[2], low[1], net.is_R[1](i, inside))
        return t.have(within(of(T, i + 1), of(T, i)), through, low[0])

    nested_C = lambda i: Implies(at_least(l, i + 2), within(of(C, i), of(C, i + 1)))
    nested_T = lambda i: within(of(T, i + 1), of(T, i))
    known = both(
        each(unit(C, "c"), part(of_C, 0)),
        each(unit(T, "t"), part(of_T, 0)),
        each(lambda i: spanning(of(net.L, i + 1), of(C, i), of(U, i), of(V, i)), part(of_C, 1, 2)),
        each(lambda i: spanning(of(net.R, i).T, of(T, i), of(G, i), of(H, i)), part(of_T, 1, 2)),
        each(nested_C, grown),
        each(nested_T, shrunk),
    )
    sizes = [Variable(name, NAT, 1) for name in "ct"]
    body = conjunction(
        each_layer(l, unit(C, "c")(k)),
        each_layer(l, unit(T, "t")(k)),
        left_flag(net, C, U, V),
        right_flag(net, T, G, H),
        each_layer(l, nested_C(k)),
        each_layer(l, nested_T(k)),
    )
    goal = exists(*sizes, C, U, V, T, G, H, body)
    s.conclude(goal, by=s.witness(goal, c, size, C, U, V, T, G, H, by=known))


def rebased(net: Network, B: Variable, Bi: Variable, N: Variable) -> Formula:
    """B[k] and Bi[k] are inverse to each other, B[0] = I and B[l] = I, and N[k] = Bi[k+1] A[k] B[k]."""
    l = net.depth
    inverse = conjunction(of(B, k) @ of(Bi, k) == ident(width(k)), of(Bi, k) @ of(B, k) == ident(width(k)))
    ends = of(B, 0) == ident(width(0)), of(B, l) == ident(width(l))
    layers = each_layer(l, of(N, k) == of(Bi, k + 1) @ of(net.A, k) @ of(B, k))
    return conjunction(for_all(Variable("k", NAT), Implies(at_least(l, k), inverse)), *ends, layers)


def downward(
    s: Context,
    last: Nat,
    claim: Callable[[Nat], Formula],
    base: Known,
    step: Callable[[Context, Nat, Known, Known], Known],
) -> Known:
    """For all k <= last: claim(k), from claim(last).

    `step(context, k, last >= k + 1, claim(k + 1))` proves claim(k).
    """

    def away(e: Nat) -> Formula:
        """claim(k) where last = k + e."""
        return for_all(Variable("k", NAT), Implies(equal(scalar(last), scalar(k + e)), claim(k)))

    t = s.inner()
    (i,) = t.dims("k")
    same = t.given(equal(scalar(last), scalar(i)))
    first = t.close(t.moved(claim, base, last, i, t.have(equal(scalar(i), scalar(last)), same)))

    def one(t: Context, e: Nat, below: Known, so_far: Known) -> Known:
        u = t.inner()
        (i,) = u.dims("k")
        same = u.given(equal(scalar(last), scalar(i + e + 1)))
        inside = u.linear(at_least(last, i + 1), same, nonnegative(e))
        return u.close(step(u, i, inside, so_far(i + 1, same)))

    every = s.induction("gap", last, away, first, one)
    t = s.inner()
    (i,) = t.dims("k")
    inside = t.given(at_least(last, i))
    (e,), rest = t.obtain(difference(inside, last, i), "gap")
    return t.close(every(e, t.linear(at_least(last, e), rest, nonnegative(i)), i, rest))


@statement("T9.4", "a change of basis in the hidden layers: the same output, and critical iff it was")
def t9_basis(s: Script) -> None:
    """S[k] = Bi[k] R[k] and P[k] = L[k] B[k] are the products of the new layers."""
    net = network(s)
    l = net.depth
    B, Bi = (s.let(family(name, "k", matrix_sort(width(k), width(k)))) for name in ("B", "Bi"))
    N, S, P = s.let(weights("N")), s.let(forward("S")), s.let(backward(l, "P"))
    inverse, first, last, is_N = s.given(rebased(net, B, Bi, N), "N is A in other bases of the hidden layers").parts()
    is_S = s.given(is_forward(l, N, net.X, S), "S[k] is the product of the new layers below k with X")
    is_P = s.given(is_backward(l, N, P), "P[k] is the product of the new layers from k on")

    def low(i: Nat) -> Formula:
        return of(B, i) @ of(S, i) == of(net.R, i)

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        pair = inverse(i + 1, below)
        return t.have(low(i + 1), so_far, pair, is_N(i, below), is_S[1](i, below), net.is_R[1](i, below))

    forth = s.induction("k", l, low, s.have(low(nat(0)), first, is_S[0], net.is_R[0]), step)
    output = s.have(of(S, l) == net.output, forth(l, s.linear(at_least(l, l))), last)

    def high(i: Nat) -> Formula:
        return of(P, i) == of(net.L, i) @ of(B, i)

    def down(t: Context, i: Nat, inside: Known, above: Known) -> Known:
        pair = inverse(i + 1, inside)
        return t.have(high(i), above, pair, is_N(i, inside), is_P[1](i, inside), net.is_L[1](i, inside))

    back = downward(s, l, high, s.have(high(l), is_P[0], net.is_L[0], last), down)

    def gradient(i: Nat) -> Expr:
        return of(P, i + 1).T @ (of(S, l) - net.Y) @ of(S, i).T

    def layerwise(claim: Callable[[Nat], Formula], was: Formula, to_new: bool) -> Known:
        """For all layers k: claim, from the other gradients."""
        t = s.inner()
        zeros = t.given(was)
        u = t.inner()
        (i,) = u.dims("k")
        inside = u.given(at_least(l, i + 1))
        P_is = back(i + 1, inside)
        below = u.linear(at_least(l, i), inside)
        left = u.have(of(net.L, i + 1) == of(P, i + 1) @ of(Bi, i + 1), P_is, inverse(i + 1, inside)[0])
        right = u.have(of(S, i) == of(Bi, i) @ of(net.R, i), forth(i, below), inverse(i, below)[1])
        reasons = (P_is, right) if to_new else (left, forth(i, below))
        return t.close(u.close(u.have(claim(i), zeros(i, inside), *reasons, output)))

    gradient_zero = lambda i: gradient(i) == 0
    was_zero = lambda i: net.gradient(i) == 0
    new, old = each_layer(l, gradient_zero(k)), net.critical()
    known = both(output, layerwise(gradient_zero, old, True), layerwise(was_zero, new, False))
    goal = conjunction(of(S, l) == net.output, Implies(old, new), Implies(new, old))
    s.conclude(goal, by=known)


@statement("T9", "up to bases of the layers: N intervals; critical iff E joins no left with a right vector of a layer")
def t9(s: Script) -> None:
    """At every depth, for all data.

    Column n of B[l] J[l]' is the left vector in which interval n ends, and of X'Bi[0]'J[0]' the right vector from which
    it comes; zero where it does not reach that end. J[k+1]'(J[l] B[l]'E X'Bi[0]'J[0]')J[k] = 0 says: E joins no left
    vector of an interval that is alive in layer k + 1 with a right vector of one that is alive in layer k.
    """
    net = network(s)
    l, X, Y = net.depth, net.X, net.Y
    Xp, of_X = s.pinv(X, "Xp")
    E = net.output - Y @ Xp @ X
    found = s.cite("chain-splits", l=l, d=Variable("d", NAT, 1), A=net.A)
    (count, e, J_, B_, Bi_), known = s.obtain(found, "N e J B Bi")
    split, convex = known.parts()
    _, bases, layers, _ = split.parts()
    J, B, Bi = (lambda x: of(J_, x)), (lambda x: of(B_, x)), (lambda x: of(Bi_, x))
    top = s.linear(at_least(l, l))

    def into(x: Nat) -> Formula:
        """R[k] = B[k] J[k]'J[0] Bi[0] X."""
        return of(net.R, x) == B(x) @ J(x).T @ J(nat(0)) @ Bi(nat(0)) @ X

    def up(t: Context, x: Nat, below: Known, so_far: Known) -> Known:
        x_l = t.linear(at_least(l, x), below)
        joined = convex(nat(0), x, x + 1, t.linear(at_least(x, 0)), t.linear(at_least(x + 1, x)), below)
        return t.have(into(x + 1), net.is_R[1](x, below), layers(x, below), so_far, bases(x, x_l), joined)

    zero = s.linear(at_least(l, 0))
    low = s.induction("k", l, into, s.have(into(nat(0)), net.is_R[0], bases(nat(0), zero)), up)

    def out(x: Nat) -> Formula:
        """L[k] = B[l] J[l]'J[k] Bi[k]."""
        return of(net.L, x) == B(l) @ J(l).T @ J(x) @ Bi(x)

    def down(t: Context, x: Nat, below: Known, so_far: Known) -> Known:
        joined = convex(x, x + 1, l, t.linear(at_least(x + 1, x)), below, top)
        reasons = net.is_L[1](x, below), layers(x, below), so_far, bases(x + 1, below), joined
        return t.have(out(x), *reasons)

    high = downward(s, l, out, s.have(out(l), net.is_L[0], bases(l, top)), down)

    # the flags
    C = function("k", (B(l) @ J(l).T @ J(k + 1)).term)
    T = function("k", (X.T @ Bi(nat(0)).T @ J(nat(0)).T @ J(k)).term)
    U, V, G, H = (function("k", one.term) for one in (Bi(k + 1), B(k + 1), B(k).T, Bi(k).T))
    sizes = {"c": function("k", width(k + 1)), "t": function("k", width(k))}
    named = net.named() | {"Xp": Xp, "C": C, "U": U, "V": V, "T": T, "G": G, "H": H, **sizes}
    C_i = lambda x: B(l) @ J(l).T @ J(x + 1)
    T_i = lambda x: X.T @ Bi(nat(0)).T @ J(nat(0)).T @ J(x)

    def left(t: Context, x: Nat, inside: Known) -> Known:
        claim = spanning(of(net.L, x + 1), C_i(x), Bi(x + 1), B(x + 1))
        return t.have(claim, high(x + 1, inside), bases(x + 1, inside))

    def right(t: Context, x: Nat, inside: Known) -> Known:
        claim = spanning(of(net.R, x).T, T_i(x), B(x).T, Bi(x).T)
        below = t.linear(at_least(l, x), inside)
        return t.have(claim, low(x, below), bases(x, below))

    def every_layer(prove: Callable[[Context, Nat, Known], Known]) -> Known:
        t = s.inner()
        (x,) = t.dims("k")
        return t.close(prove(t, x, t.given(at_least(l, x + 1))))

    flags = every_layer(left), every_layer(right)
    joined = s.cite("T9.2", **named)(net.is_R, net.is_L, *flags, of_X)

    def met(one: Splitting) -> Formula:
        """Critical iff E joins no left vector with a right vector of a layer."""
        J, B, Bi = (lambda x: of(one.J, x)), (lambda x: of(one.B, x)), (lambda x: of(one.Bi, x))
        ends = J(l) @ B(l).T @ E @ X.T @ Bi(nat(0)).T @ J(nat(0)).T
        apart = each_layer(l, J(k + 1).T @ ends @ J(k) == 0)
        return conjunction(Implies(net.critical(), apart), Implies(apart, net.critical()))

    goal = splitting_exists(l, net.A, met)
    s.conclude(goal, by=s.witness(goal, count, e, J_, B_, Bi_, by=both(split, joined)))
