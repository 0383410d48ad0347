"""Products of the layers between two others: M[j,k] = A[j-1] ... A[k], with M[k,k] = I."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Family,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, ident, null, of
from symbolic_cp.prover.show import function

from ..networks import Network, between, is_between, network, weights, width
from .chains import compare, upward

j, k = nat("j"), nat("k")


def layers_between(s: Context, net: Network) -> tuple[Variable, Known]:
    """The products M[j,k] of the layers k, ..., j - 1."""
    M = s.let(between())
    return M, s.given(is_between(net.depth, net.A, M), "M[j,k] is the product of the layers from k to j - 1")


@statement("chain-between", "M[j,k] R[k] = R[j] and L[j] M[j,k] = L[k] for k <= j <= l", kind="lemma", hidden=True)
def chain_between(s: Script) -> None:
    net = network(s)
    M_, is_M = layers_between(s, net)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    M = lambda a: of(M_, a, k)
    s.dims("k j")
    above, inside = s.given(at_least(j, k), "j >= k"), s.given(at_least(l, j), "j <= l")

    def claim(a: Nat) -> Formula:
        return conjunction(M(a) @ R(k) == R(a), L(a) @ M(a) == L(k))

    def step(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = t.linear(at_least(l, a + 1), high, inside)
        return t.have(claim(a + 1), so_far, is_M[1](a, below, k, low), net.is_R[1](a, below), net.is_L[1](a, below))

    first = s.have(claim(k), is_M[0](k, s.linear(at_least(l, k), above, inside)))
    done = upward(s, k, j, above, claim, first, step)
    s.conclude(claim(j), by=done)


def layers_and_products(s: Context) -> tuple[Nat, Variable, Variable, Known]:
    """Any layers A[0], ..., A[l-1] and the products M[j,k] between them."""
    (l,) = s.dims("l")
    s.let(Variable("d", NAT, 1))
    A, M = s.let(weights()), s.let(between())
    return l, A, M, s.given(is_between(l, A, M), "M[j,k] is the product of the layers from k to j - 1")


@statement("between-right", "M[j,k+1] A[k] = M[j,k] for k < j <= l", kind="lemma", hidden=True)
def between_right(s: Script) -> None:
    l, A_, M_, is_M = layers_and_products(s)
    A, M = (lambda a: of(A_, a)), (lambda a, b: of(M_, a, b))
    s.dims("k j")
    above, inside = s.given(at_least(j, k + 1), "j > k"), s.given(at_least(l, j), "j <= l")

    def claim(a: Nat) -> Formula:
        return M(a, k + 1) @ A(k) == M(a, k)

    def step(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = t.linear(at_least(l, a + 1), high, inside)
        wide = is_M[1](a, below, k, t.linear(at_least(a, k), low))
        return t.have(claim(a + 1), so_far, is_M[1](a, below, k + 1, low), wide)

    k_l = s.linear(at_least(l, k + 1), above, inside)
    grows = is_M[1](k, k_l, k, s.linear(at_least(k, k)))
    first = s.have(claim(k + 1), is_M[0](k + 1, k_l), is_M[0](k, s.linear(at_least(l, k), k_l)), grows)
    s.conclude(claim(j), by=upward(s, k + 1, j, above, claim, first, step))


@statement("between-composes", "M[j,k] M[k,i] = M[j,i] for i <= k <= j <= l", kind="lemma", hidden=True)
def between_composes(s: Script) -> None:
    l, A_, M_, is_M = layers_and_products(s)
    M = lambda a, b: of(M_, a, b)
    i, _, _ = s.dims("i k j")
    low, above, inside = s.given(at_least(k, i), "k >= i"), s.given(at_least(j, k), "j >= k"), s.given(at_least(l, j))

    def claim(a: Nat) -> Formula:
        return M(j, a) @ M(a, i) == M(j, i)

    def step(t: Context, a: Nat, from_i: Known, to_k: Known, so_far: Known) -> Known:
        to_j = t.linear(at_least(j, a + 1), to_k, above)
        right = s.cite("between-right", l=l, d=Variable("d", NAT, 1), A=A_, M=M_, k=a, j=j)(is_M, to_j, inside)
        return t.have(claim(a + 1), so_far, is_M[1](a, t.linear(at_least(l, a + 1), to_j, inside), i, from_i), right)

    first = s.have(claim(i), is_M[0](i, s.linear(at_least(l, i), low, above, inside)))
    s.conclude(claim(k), by=upward(s, i, k, low, claim, first, step, "e h"))


@statement("last-reached", "what is not zero in layer a has a last layer b where it is not", kind="lemma", hidden=True)
def last_reached(s: Script) -> None:
    """There is b >= a with M[b,a] Z != 0, and M[b+1,a] Z = 0 if b < l."""
    l, _, M_, _ = layers_and_products(s)
    a, w = s.dims("a w")
    inside = s.given(at_least(l, a), "a <= l")
    Z = s.matrix("Z", width(a), w)
    alive_a = s.given(of(M_, a, a) @ Z != 0, "M[a,a] Z != 0")
    T = lambda x: of(M_, x, a) @ Z

    def ends(x: Nat) -> Formula:
        last = Implies(at_least(l, x + 1), T(x + 1) == 0)
        return conjunction(at_least(x, a), at_least(l, x), T(x) != 0, last)

    found = exists(Variable("b", NAT), ends(nat("b")))

    def reached(x: Nat) -> Formula:
        return Or(T(x) != 0, found)

    def step(t: Context, x: Nat, low: Known, high: Known, so_far: Known) -> Known:
        def stops(alive: Known, zero: Known) -> Known:
            u = t.inner()
            u.given(at_least(l, x + 1))
            last, here = u.close(zero), t.linear(at_least(l, x), high)
            return or_right_of(T(x + 1) != 0, t.witness(found, x, by=both(low, here, alive, last)))

        def onward(alive: Known) -> Known:
            return t.decide(T(x + 1) == 0, lambda zero: stops(alive, zero), lambda no: left_or(no, found))

        return t.either(so_far, onward, lambda yes: or_right_of(T(x + 1) != 0, yes))

    top = upward(s, a, l, inside, reached, left_or(alive_a, found), step)

    def at_top(alive: Known) -> Known:
        u = s.inner()
        beyond = u.given(at_least(l, l + 1))
        last = u.close(anything(u.linear(Falsum(), beyond), T(l + 1) == 0))
        return s.witness(found, l, by=both(inside, s.linear(at_least(l, l)), alive, last))

    s.conclude(found, by=s.either(top, at_top, lambda yes: yes))


@statement("between-exists", "the products of the layers between two others exist", kind="lemma", hidden=True)
def between_exists(s: Script) -> None:
    """By induction on the depth. A new row j = n + 1 is A[n] M[n,k] for k <= n, and I for k = n + 1:

        M'[j,k] = (1 - c[j]) M[j,k] + c[j] ((1 - c[k]) U[j] M[n,k] + V[j] W[k])

    where c is 1 at n + 1 and 0 below, U[n+1] = A[n], V[n+1] = W[n+1] = I, and W[k] = 0 below.
    """
    (l,) = s.dims("l")
    s.let(Variable("d", NAT, 1))
    A = s.let(weights())

    def claim(n: Nat) -> Formula:
        return exists(between(), is_between(n, A, between()))

    def through(t: Context, n: Nat, rows: Family, cols: Family, member: Expr, name: str) -> tuple[Variable, Known]:
        """A family of the shapes rows[k] x cols[k] with that member at n."""
        (G,), known = t.obtain(s.cite("through", N=n, a=rows, b=cols, B=member), name)
        assert isinstance(G, Variable)
        return G, known

    here = Family(1, width(nat("~0")))
    to = lambda n: Family(1, width(n))

    def start() -> Known:
        t = s.inner()
        V, is_V = through(t, nat(0), here, to(nat(0)), ident(width(0)), "V")
        W, is_W = through(t, nat(0), to(nat(0)), here, ident(width(0)), "W")
        M = function("j k", (of(V, j) @ of(W, k)).term)
        eye = lambda x: of(V, x) @ of(W, x) == ident(width(x))
        c = t.inner()
        (a,) = c.dims("k")
        low = c.given(at_least(nat(0), a))
        at_0 = t.have(eye(nat(0)), is_V, is_W)
        wrong = lambda known: anything(c.linear(Falsum(), low, known), eye(a))
        eyes = c.close(compare(c, a, nat(0), lambda same: c.moved(eye, at_0, nat(0), a, same), wrong, wrong))
        c = t.inner()
        (b,) = c.dims("j")
        low = c.given(at_least(nat(0), b + 1))
        (a,) = c.dims("k")
        c.given(at_least(b, a))
        grows = of(V, b + 1) @ of(W, a) == of(A, b) @ of(V, b) @ of(W, a)
        none = c.close(anything(c.linear(Falsum(), low), grows))
        return t.close(t.witness(claim(nat(0)), M, by=both(eyes, none)))

    def step(t: Context, n: Nat, below: Known, so_far: Known) -> Known:
        (M_,), is_M = t.obtain(so_far, "M")
        (c_,), is_c = t.obtain(s.cite("indicator", l=n + 1, N=n + 1), "c")
        U, is_U = through(t, n + 1, here, to(n), of(A, n), "U")
        V, is_V = through(t, n + 1, here, to(n + 1), ident(width(n + 1)), "V")
        none = function("k", null(width(n + 1), width(k)).term)
        only = s.cite("replace", l=n + 1, N=n + 1, a=to(n + 1), b=here, A=none, V=ident(width(n + 1)))
        (W,), is_W = t.obtain(only(t.linear(at_least(n + 1, n + 1))), "W")
        M, c = (lambda a, b: of(M_, a, b)), (lambda a: of(c_, a))

        def value(b: Nat, a: Nat) -> Expr:
            new = (1 - c(a)) * (of(U, b) @ M(n, a)) + of(V, b) @ of(W, a)
            return (1 - c(b)) * M(b, a) + c(b) * new

        def old(u: Context, b: Nat, high: Known) -> tuple[Known, Known]:
            """c[b] = 0 and W[b] = 0 for b <= n."""
            in_n = u.linear(at_least(n + 1, b), high)
            v = u.inner()
            same = v.given(equal(scalar(b), scalar(n + 1)))
            other = v.close(v.have(Falsum(), same, sum=[Term(times=(high,)), Term()]))
            return is_c(b, in_n)[1](other), is_W[1](b, in_n, other)

        top = t.linear(at_least(n + 1, n + 1))
        c_1 = is_c(n + 1, top)[0](t.have(equal(scalar(n + 1), scalar(n + 1))))
        eye = lambda x: value(x, x) == ident(width(x))
        new_eye = t.have(eye(n + 1), c_1, is_V, is_W[0])
        u = t.inner()
        (a,) = u.dims("k")
        high = u.given(at_least(n + 1, a))

        def old_eye(less: Known) -> Known:
            in_n = u.linear(at_least(n, a), less)
            return u.have(eye(a), old(u, a, in_n)[0], is_M[0](a, in_n))

        eyes = u.close(
            compare(
                u,
                a,
                n + 1,
                lambda same: u.moved(eye, new_eye, n + 1, a, same),
                old_eye,
                lambda more: anything(u.linear(Falsum(), high, more), eye(a)),
            )
        )
        u = t.inner()
        (b,) = u.dims("j")
        high = u.given(at_least(n + 1, b + 1))
        (a,) = u.dims("k")
        low = u.given(at_least(b, a))
        in_n = u.linear(at_least(n, b), high)
        a_n = u.linear(at_least(n, a), low, in_n)
        zero_a, zero_b = old(u, a, a_n), old(u, b, in_n)
        grows = lambda x: value(x + 1, a) == of(A, x) @ value(x, a)
        at_n = u.have(grows(n), c_1, is_U, zero_a[0], zero_a[1], old(u, n, u.linear(at_least(n, n)))[0])

        def inside(less: Known) -> Known:
            next_ = old(u, b + 1, u.linear(at_least(n, b + 1), less))[0]
            return u.have(grows(b), next_, zero_b[0], is_M[1](b, u.linear(at_least(n, b + 1), less), a, low))

        done = compare(
            u,
            b,
            n,
            lambda same: u.moved(grows, at_n, n, b, same),
            inside,
            lambda more: anything(u.linear(Falsum(), in_n, more), grows(b)),
        )
        return t.witness(claim(n + 1), function("j k", value(j, k).term), by=both(eyes, u.close(done)))

    every = s.induction("n", l, claim, start(), step)
    s.conclude(claim(l), by=every(l, s.linear(at_least(l, l))))
