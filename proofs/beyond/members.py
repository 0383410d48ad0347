"""The members of the family exist: the vectors x(t), z(t), the product of the |y[k]|^2, the network at (t, s)."""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
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
    negation,
    substitute_poly,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
)
from symbolic_cp.prover.expression import Expr, norm2, null, number, of
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import forward, is_forward, k, network, weights, width
from .chains import apart, compare, upward
from .family import bottom, in_family, lengths, moved, top, vectors

HALF = Fraction(1, 2)


def recursively(t: Context, l: Nat, state: Variable, start: Expr, following: Expr, name: str) -> tuple[Variable, Known]:
    """A family with name[0] = start and name[k+1] = following, an expression in the state and k; and that."""
    after = Variable(f"{state.name}_next", SCALAR)
    if following.term.shape is not None:
        after = Variable(f"{state.name}_next", matrix_sort(*following.term.shape))
    trivial = number(0) == 0

    def step(c: Context, a: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        value = at_index(following, a)
        return (value,), both(c.have(trivial), c.have(value == value))

    made = t.recursion("k", l, [state], (start,), trivial, of(after) == following, t.have(trivial), step)
    (found,), known = t.obtain(made, name)
    return found, both(known[0], known[2])


def at_index(value: Expr, index: Nat) -> Expr:
    """An expression in k, at k = index."""
    return Expr(substitute_poly(value.term, {"k": index}))


@statement("bounded", "finitely many numbers are at most some K >= 0", kind="lemma", hidden=True)
def bounded(s: Script) -> None:
    (n,) = s.dims("n")
    f = s.family("f", "k", SCALAR)
    free = Variable("K", SCALAR)

    def all_below(a: Nat, K: Expr) -> Formula:
        return for_all(Variable("k", NAT), Implies(at_least(a, k), of(f, k) <= K))

    def claim(a: Nat) -> Formula:
        return exists(free, conjunction(of(free) >= 0, all_below(a, of(free))))

    def enough(t: Context, a: Nat, K: Expr, nonneg: Known, here: Known, before: Known) -> Known:
        """K >= f[a], and K >= f[b] for b < a."""
        u = t.inner()
        (b,) = u.dims("k")
        high = u.given(at_least(a, b))
        each = compare(
            u,
            b,
            a,
            lambda equal: u.moved(lambda x: of(f, x) <= K, here, a, b, equal),
            lambda less: before(b, less),
            lambda more: anything(u.linear(Falsum(), more, high), of(f, b) <= K),
        )
        return t.witness(claim(a), K, by=both(nonneg, u.close(each)))

    def larger(t: Context, a: Nat, K: Expr, nonneg: Known, before: Known) -> Known:
        """K + f[a]^2 + 1 is at least f[a], and at least K."""
        more = K + of(f, a) * of(f, a) + 1
        above = t.have(more >= 0, sum=[Term(times=(nonneg,)), Term(squares=(of(f, a),)), Term()])
        half = of(f, a) - number(HALF)
        here = t.have(of(f, a) <= more, sum=[Term(times=(nonneg,)), Term(squares=(half,)), Term(Fraction(3, 4))])
        u = t.inner()
        (b,) = u.dims("k")
        low = u.given(at_least(a, b + 1))
        each = u.have(of(f, b) <= more, sum=[Term(times=(before(b, low),)), Term(squares=(of(f, a),)), Term()])
        return enough(t, a, more, above, here, u.close(each))

    u = s.inner()
    (b,) = u.dims("k")
    none = u.close(anything(u.linear(Falsum(), u.given(at_least(nat(0), b + 1))), of(f, b) <= 0))
    zero = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    base = larger(s, nat(0), number(0), zero, none)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        (K,), known = t.obtain(so_far, "K")
        u = t.inner()
        (b,) = u.dims("k")
        low = u.given(at_least(a + 1, b + 1))
        before = u.close(known[1](b, u.linear(at_least(a, b), low)))
        return larger(t, a + 1, K, known[0], before)

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


@statement("hidden-lengths", "p[l] = |y[1]|^2 ... |y[l-1]|^2 exists, and is positive", kind="lemma", hidden=True)
def hidden_lengths(s: Script) -> None:
    """p[k+1] = p[k] |y[k]|^2, but 1 for k = 0."""
    (l,) = s.dims("l")
    s.let(Variable("d", NAT, 1))
    y = s.let(vectors())
    deep = s.given(at_least(l, 1), "l >= 1")
    positive = s.given(hidden_nonzero(l, y), "y[k] != 0 in the hidden layers")
    (o,), one_at = s.obtain(s.cite("indicator", l=l, N=nat(0)), "o")
    state = Variable("p", SCALAR)
    following = (1 - of(o, k)) * of(state) * norm2(of(y, k)) + of(o, k)
    p, is_p = recursively(s, l, state, number(0), following, "p")
    zero = s.linear(at_least(l, 0))
    first = s.have(of(p, 1) == 1, is_p[1](nat(0), deep), one_at(nat(0), zero)[0](s.have(same(nat(0), nat(0)))))
    t = s.inner()
    (a,) = t.dims("k")
    low, high = t.given(at_least(a, 1)), t.given(at_least(l, a + 1))
    not_0 = one_at(a, t.linear(at_least(l, a), high))[1](apart(t, a, nat(0), low)[1])
    longer = t.close(t.have(of(p, a + 1) == of(p, a) * norm2(of(y, a)), is_p[1](a, high), not_0))

    def step(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        return c.have(of(p, a + 1) > 0, longer(a, low, high), sum=[Term(times=(so_far, positive(a, low, high)))])

    start = s.have(of(p, 1) > 0, first, sum=[Term()])
    above = upward(s, nat(1), l, deep, lambda a: of(p, a) > 0, start, step)
    free = family("p", "k", SCALAR)
    goal = exists(free, conjunction(lengths(y, l, free), of(free, l) > 0))
    s.conclude(goal, by=s.witness(goal, p, by=both(both(first, longer), above)))


def hidden_nonzero(l: Nat, y: Variable) -> Formula:
    """|y[k]|^2 > 0 in the hidden layers."""
    inside = implication(at_least(k, 1), at_least(l, k + 1), norm2(of(y, k)) > 0)
    return for_all(Variable("k", NAT), inside)


@statement("family-arms", "x(t) and z(t) exist for every t", kind="lemma", hidden=True)
def family_arms(s: Script) -> None:
    """x[k] is 0 up to layer q, y[q+1] after it, and grows from there."""
    l, q = s.dims("l q")
    s.dims("m")
    d = s.let(Variable("d", NAT, 1))
    A, y = s.let(weights()), s.let(vectors())
    X = s.matrix("X", width(0), "m")
    inside = s.given(at_least(l, q + 1), "q < l")
    t = s.scalar("t")
    layers = function("k", moved(A, y, t, k).term)
    (G,), of_G = s.obtain(s.cite("forward-exists", l=l, d=d, A=layers, X=X), "G")
    c = s.inner()
    (a,) = c.dims("k")
    high = c.given(at_least(q, a + 1))
    is_G = both(of_G[0], c.close(of_G[1](a, c.linear(at_least(l, a + 1), high, inside))))
    (o,), one_at = s.obtain(s.cite("indicator", l=l, N=q), "o")
    state = Variable("x", matrix_sort(width(k), 1))
    following = (1 - of(o, k)) * (moved(A, y, t, k) @ of(state)) + of(o, k) * of(y, k + 1)
    x, of_x = recursively(s, l, state, null(width(0), 1), following, "x")
    at_q = one_at(q, s.linear(at_least(l, q), inside))[0](s.have(same(q, q)))
    first = s.have(of(x, q + 1) == of(y, q + 1), of_x[1](q, inside), at_q)
    c = s.inner()
    (a,) = c.dims("k")
    low, high = c.given(at_least(a, q + 1)), c.given(at_least(l, a + 1))
    not_q = one_at(a, c.linear(at_least(l, a), high))[1](apart(c, a, q, low)[1])
    is_x = both(first, c.close(c.have(of(x, a + 1) == moved(A, y, t, a) @ of(x, a), of_x[1](a, high), not_q)))
    free_G, free_x = forward("G"), vectors("x")
    goal = exists(free_G, free_x, conjunction(bottom(A, y, t, q, X, free_G), top(A, y, t, q, l, free_x)))
    s.conclude(goal, by=s.witness(goal, G, x, by=both(is_G, is_x)))


@statement("family-member", "the network at (t, s) exists, and is near if t and s are small", kind="lemma", hidden=True)
def family_member(s: Script) -> None:
    """t^2 K < delta and s^2 K < delta, where |y[k+1] y[k]'|^2 <= K."""
    net = network(s)
    l, A, X = net.depth, net.A, net.X
    (q,) = s.dims("q")
    y = s.let(vectors())
    t, step, K, delta = (s.scalar(name) for name in ("t", "s", "K", "delta"))
    rank_one = lambda a: of(y, a + 1) @ of(y, a).T
    inside = s.given(at_least(l, q + 1), "q < l")
    size = s.given(
        for_all(Variable("k", NAT), Implies(at_least(l, k), norm2(rank_one(k)) <= K)), "|y[k+1] y[k]'|^2 <= K"
    )
    small_t, small_s = s.given(t * t * K < delta, "t^2 K < delta"), s.given(step * step * K < delta, "s^2 K < delta")
    (o,), one_at = s.obtain(s.cite("indicator", l=l, N=q), "o")
    layer = lambda a: of(A, a) + (t - (t + step) * of(o, a)) * rank_one(a)
    B = function("k", layer(k).term)
    (S,), is_S = s.obtain(s.cite("forward-exists", l=l, d=Variable("d", NAT, 1), A=B, X=X), "S")
    c = s.inner()
    (a,) = c.dims("k")
    below, other = c.given(at_least(l, a + 1)), c.given(negation(same(a, q)))
    not_q = one_at(a, c.linear(at_least(l, a), below))[1](other)
    others = c.close(c.have(layer(a) == moved(A, y, t, a), not_q))
    at_q = one_at(q, s.linear(at_least(l, q), inside))[0](s.have(same(q, q)))
    is_B = both(others, s.have(layer(q) == moved(A, y, -step, q), at_q))
    c = s.inner()
    (a,) = c.dims("k")
    below = c.given(at_least(l, a + 1))
    a_l = c.linear(at_least(l, a), below)

    def close_at(number_: Expr, bound: Known, indicated: Known) -> Known:
        move = layer(a) - of(A, a)
        exact = c.have(move == number_ * rank_one(a), indicated)
        square = c.have(norm2(move) == number_ * number_ * norm2(rank_one(a)), exact)
        parts = [Term(times=(bound,)), Term(squares=(number_,), times=(size(a, a_l),))]
        return c.have(norm2(move) < delta, square, sum=parts)

    is_q = lambda equal: close_at(-step, small_s, one_at(a, a_l)[0](equal))
    beside = lambda other: close_at(t, small_t, one_at(a, a_l)[1](other))
    near = c.close(c.decide(same(a, q), is_q, beside))
    free_B, free_S = weights("B"), forward("S")
    found = in_family(net, y, t, step, q, free_B), is_forward(l, free_B, X, free_S), net.near(free_B, delta)
    goal = exists(free_B, free_S, conjunction(*found))
    s.conclude(goal, by=s.witness(goal, B, S, by=both(is_B, is_S, near)))
