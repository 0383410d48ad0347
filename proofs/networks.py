"""Deep linear networks: the letters of Section 3, and what its statements say of them.

A network of depth l (a natural number, at least 2 where that matters) has widths d[0], ..., d[l] and weights A[k] of
shape d[k+1] x d[k] for k = 0, ..., l-1: A[k] is the paper's A_{k+1}, because an index is a natural number and has no
predecessor to name. With the data X (d[0] x m) and Y (d[l] x m),

    R[0] = X,  R[k+1] = A[k] R[k]        R[k] is the paper's A_{(k,1)} X, and R[l] the output of the network
    L[l] = I,  L[k] = L[k+1] A[k]        L[k] is the paper's A_{(l,k+1)}, and L[0] the product of all weights
    M[k,k] = I,  M[j+1,k] = A[j] M[j,k]  M[j,k] is the paper's A_{(j,k+1)}, for k <= j

The gradient with respect to A[k] is L[k+1]'(R[l] - Y)R[k]'. Directions D[k] have the shape of A[k]; the first two
derivatives of the output along A + tD are F[l] and 2 G[l], where

    F[0] = 0,  F[k+1] = A[k] F[k] + D[k] R[k]
    G[0] = 0,  G[k+1] = A[k] G[k] + D[k] F[k]

so that the Hessian form is |F[l]|^2 + 2 <R[l] - Y, G[l]>: no double sum is needed, at any depth.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, both, difference, nonnegative
from symbolic_cp.prover.expression import Expr, ident, norm2, null, of, tr

k, j = nat("k"), nat("j")


def width(index: Nat | int | str) -> Nat:
    """d[index]."""
    return nat("d", nat(index))


def each_layer(depth: Nat, body: Formula, index: str = "k") -> Formula:
    """For all layers 0, ..., depth - 1: body."""
    return for_all(Variable(index, NAT), Implies(at_least(depth, nat(index) + 1), body))


# Families of the right shapes; the names may be changed where two networks meet.


def weights(name: str = "A") -> Variable:
    """A[k] : d[k+1] x d[k]."""
    return family(name, "k", matrix_sort(width(k + 1), width(k)))


def forward(name: str = "R", columns: Nat | str = "m") -> Variable:
    """R[k] : d[k] x m."""
    return family(name, "k", matrix_sort(width(k), columns))


def backward(depth: Nat, name: str = "L") -> Variable:
    """L[k] : d[l] x d[k]."""
    return family(name, "k", matrix_sort(width(depth), width(k)))


def between(name: str = "M") -> Variable:
    """M[j,k] : d[j] x d[k]."""
    return family(name, "j k", matrix_sort(width(j), width(k)))


# What defines them.


def is_forward(depth: Nat, A: Variable, X: Expr, R: Variable) -> Formula:
    """R[0] = X and R[k+1] = A[k] R[k]."""
    return conjunction(of(R, 0) == X, each_layer(depth, of(R, k + 1) == of(A, k) @ of(R, k)))


def is_backward(depth: Nat, A: Variable, L: Variable) -> Formula:
    """L[l] = I and L[k] = L[k+1] A[k]."""
    return conjunction(of(L, depth) == ident(width(depth)), each_layer(depth, of(L, k) == of(L, k + 1) @ of(A, k)))


def is_between(depth: Nat, A: Variable, M: Variable) -> Formula:
    """M[k,k] = I and M[j+1,k] = A[j] M[j,k]."""
    K = Variable("k", NAT)
    start = for_all(K, Implies(at_least(depth, k), of(M, k, k) == ident(width(k))))
    grows = of(M, j + 1, k) == of(A, j) @ of(M, j, k)
    return conjunction(start, each_layer(depth, for_all(K, Implies(at_least(j, k), grows)), "j"))


def is_jet(depth: Nat, A: Variable, R: Variable, D: Variable, F: Variable, G: Variable) -> Formula:
    """F[0] = G[0] = 0, F[k+1] = A[k] F[k] + D[k] R[k], G[k+1] = A[k] G[k] + D[k] F[k]."""
    first = of(F, k + 1) == of(A, k) @ of(F, k) + of(D, k) @ of(R, k)
    second = of(G, k + 1) == of(A, k) @ of(G, k) + of(D, k) @ of(F, k)
    return conjunction(of(F, 0) == 0, of(G, 0) == 0, each_layer(depth, conjunction(first, second)))


def deep_loss(output: Expr, Y: Expr) -> Expr:
    """1/2 |output - Y|^2."""
    return norm2(output - Y) / 2


def curvature(output: Expr, Y: Expr, F: Expr, G: Expr) -> Expr:
    """The Hessian form from the first two derivatives F and 2 G of the output: |F|^2 + 2 <output - Y, G>."""
    return norm2(F) + 2 * tr((output - Y).T @ G)


@dataclass(frozen=True)
class Network:
    """The letters of a network and what is known of them."""

    depth: Nat
    A: Variable
    R: Variable
    L: Variable
    X: Expr
    Y: Expr
    is_R: Known
    is_L: Known

    @property
    def output(self) -> Expr:
        """R[l]."""
        return of(self.R, self.depth)

    @property
    def loss(self) -> Expr:
        """The loss at the point."""
        return deep_loss(self.output, self.Y)

    def named(self, without: str = "") -> dict[str, Nat | Variable | Expr]:
        """Values for the letters of a lemma about a network, but for those that it does not mention."""
        d = Variable("d", NAT, 1)
        letters = {"l": self.depth, "d": d, "A": self.A, "R": self.R, "L": self.L, "X": self.X, "Y": self.Y}
        return {name: value for name, value in letters.items() if name not in without.split()}

    def gradient(self, index: Nat) -> Expr:
        """The gradient with respect to A[index]."""
        return of(self.L, index + 1).T @ (self.output - self.Y) @ of(self.R, index).T

    def critical(self) -> Formula:
        """All gradients vanish."""
        return each_layer(self.depth, self.gradient(k) == 0)

    # ------------------------------------------------------------------------------------- the landscape around it

    def near(self, B: Variable, delta: Expr) -> Formula:
        """|B[k] - A[k]|^2 < delta in every layer."""
        return each_layer(self.depth, norm2(of(B, k) - of(self.A, k)) < delta)

    def nearby(self, higher: bool) -> Formula:
        """At every distance there is a network of higher (lower) loss."""
        delta = Variable("delta", SCALAR)
        return for_all(delta, Implies(of(delta) > 0, self.at_distance(of(delta), higher)))

    def at_distance(self, delta: Expr, higher: bool) -> Formula:
        """Within that distance there is a network of higher (lower) loss."""
        B, S = weights("B"), forward("S")
        there = deep_loss(of(S, self.depth), self.Y)
        better = there > self.loss if higher else there < self.loss
        return exists(B, S, conjunction(is_forward(self.depth, B, self.X, S), self.near(B, delta), better))

    def local_minimum(self) -> Formula:
        """Within some distance no loss is lower."""
        delta, B, S = Variable("delta", SCALAR), weights("B"), forward("S")
        there = deep_loss(of(S, self.depth), self.Y)
        inside = implication(is_forward(self.depth, B, self.X, S), self.near(B, of(delta)), self.loss <= there)
        return exists(delta, conjunction(of(delta) > 0, for_all(B, S, inside)))

    def local_maximum(self) -> Formula:
        """Within some distance no loss is higher."""
        delta, B, S = Variable("delta", SCALAR), weights("B"), forward("S")
        there = deep_loss(of(S, self.depth), self.Y)
        inside = implication(is_forward(self.depth, B, self.X, S), self.near(B, of(delta)), there <= self.loss)
        return exists(delta, conjunction(of(delta) > 0, for_all(B, S, inside)))

    def global_minimum(self) -> Formula:
        """No network of these widths has a lower loss."""
        B, S = weights("B"), forward("S")
        there = deep_loss(of(S, self.depth), self.Y)
        return for_all(B, S, Implies(is_forward(self.depth, B, self.X, S), self.loss <= there))

    def strictly_down(self) -> Formula:
        """A direction of negative curvature."""
        D, F, G = weights("D"), forward("F"), forward("G")
        value = curvature(self.output, self.Y, of(F, self.depth), of(G, self.depth))
        return exists(D, F, G, conjunction(is_jet(self.depth, self.A, self.R, D, F, G), value < 0))

    def semidefinite(self) -> Formula:
        """The Hessian form is nonnegative."""
        D, F, G = weights("D"), forward("F"), forward("G")
        value = curvature(self.output, self.Y, of(F, self.depth), of(G, self.depth))
        return for_all(D, F, G, Implies(is_jet(self.depth, self.A, self.R, D, F, G), value >= 0))


def network(s: Context, depth: str = "l", plus: int = 0) -> Network:
    """Introduce a network of any depth l, its data, and the products R and L. With `plus`, l is the letter + plus."""
    l = s.dims(f"{depth} m")[0] + plus
    s.let(Variable("d", NAT, 1))
    A, R = s.let(weights()), s.let(forward())
    L = s.let(backward(l))
    X, Y = s.matrix("X", width(0), "m"), s.matrix("Y", width(l), "m")
    is_R = s.given(is_forward(l, A, X, R), "R[k] is the product of the layers below k with X")
    is_L = s.given(is_backward(l, A, L), "L[k] is the product of the layers from k on")
    return Network(l, A, R, L, X, Y, is_R, is_L)


def critical_network(s: Context, depth: str = "l", plus: int = 0) -> tuple[Network, Known]:
    """A network at which all gradients vanish."""
    net = network(s, depth, plus)
    return net, s.given(net.critical(), "all gradients vanish")


@statement("chain-product", "L[k] R[k] is the output R[l], for every k", kind="lemma", hidden=True)
def chain_product(s: Script) -> None:
    net = network(s)
    l = net.depth

    def claim(i):
        return of(net.L, i) @ of(net.R, i) == of(net.L, 0) @ of(net.R, 0)

    def step(t, i, below, so_far):
        return t.have(claim(i + 1), so_far, net.is_L[1](i, below), net.is_R[1](i, below))

    every = s.induction("k", l, claim, s.have(claim(nat(0))), step)
    top = s.have(net.output == of(net.L, 0) @ of(net.R, 0), every(l, s.linear(at_least(l, l))), net.is_L[0])
    t = s.inner()
    (i,) = t.dims("k")
    below = t.given(at_least(l, i))
    each = t.close(t.have(of(net.L, i) @ of(net.R, i) == net.output, every(i, below), top))
    s.conclude(each.formula, by=each)


@statement("forward-exists", "every network has its products R[k]", kind="lemma", hidden=True)
def forward_exists(s: Script) -> None:
    l, _ = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    A = s.let(weights())
    X = s.matrix("X", width(0), "m")
    state, following = Variable("R", matrix_sort(width(k), "m")), Variable("R_next", matrix_sort(width(k + 1), "m"))
    trivial = null(1, 1) == 0

    def step(t, i, below, so_far):
        value = of(A, i) @ of(state)
        return (value,), both(t.have(trivial), t.have(value == value))

    relation = of(following) == of(A, k) @ of(state)
    made = s.recursion("k", l, [state], (X,), trivial, relation, s.have(trivial), step)
    (R,), known = s.obtain(made, "R")
    start, _, grows = known.parts()
    claim = exists(forward(), is_forward(l, A, X, forward()))
    s.conclude(claim, by=s.witness(claim, R, by=both(start, grows)))


@statement("backward-factors", "L[i] is L[j] N for some N, for i <= j <= l", kind="lemma", hidden=True)
def backward_factors(s: Script) -> None:
    net = network(s)
    l = net.depth
    i, j_ = s.dims("i j")
    low, high = s.given(at_least(j_, i), "i <= j"), s.given(at_least(l, j_), "j <= l")

    def through(last: Nat) -> Formula:
        N = Variable("N", matrix_sort(width(last), width(i)))
        return exists(N, of(net.L, i) == of(net.L, last) @ of(N))

    def claim(e: Nat) -> Formula:
        return Implies(at_least(l, i + e), through(i + e))

    start = s.inner()
    start.given(at_least(l, i))
    base = start.close(start.witness(through(i), ident(width(i)), by=start.have(of(net.L, i) == of(net.L, i))))

    def step(t: Context, e: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        inside = c.given(at_least(l, i + e + 1))
        (N,), known = c.obtain(so_far(c.linear(at_least(l, i + e), inside)), "N")
        next_ = of(net.A, i + e) @ N
        grown = c.have(of(net.L, i) == of(net.L, i + e + 1) @ next_, known, net.is_L[1](i + e, inside))
        return c.close(c.witness(through(i + e + 1), next_, by=grown))

    every = s.induction("e", l, claim, base, step)
    (e,), sum_ = s.obtain(difference(low, j_, i), "e")
    inside = s.linear(at_least(l, i + e), sum_, high)
    reached = every(e, s.linear(at_least(l, e), inside, nonnegative(i)), inside)
    s.conclude(through(j_), by=s.moved(through, reached, i + e, j_, sum_))
