"""Which outputs a deep network can have: what every output satisfies, and a network for a wanted one.

The rank of an output is at most every width, and so its loss is at least that of a projection of that rank; for every
orthogonal projector F whose rank is at most the hidden widths there is a network with output F Y X+ X.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    from_fact,
    nonnegative,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .families import same
from .networks import deep_loss, forward, is_forward, k, network, weights, width
from .ranks import is_projector

n = nat("n")


def outputs(s: Context, name: str = "l", plus: int = 0):
    """A network with its data, without the backward products."""
    l = s.dims(f"{name} m")[0] + plus
    s.let(Variable("d", NAT, 1))
    A, R = s.let(weights()), s.let(forward())
    X, Y = s.matrix("X", width(0), "m"), s.matrix("Y", width(l), "m")
    return l, A, R, X, Y, s.given(is_forward(l, A, X, R), "R[k] is the product of the layers below k with X")


@statement("factors-through", "the output R[l] is N R[j] for some N, for every j <= l", kind="lemma", hidden=True)
def factors_through(s: Script) -> None:
    l, A, R, X, Y, is_R = outputs(s)
    (j,) = s.dims("j")
    within = s.given(at_least(l, j), "j <= l")

    def claim(i: Nat) -> Formula:
        N = Variable("N", matrix_sort(width(j + i), width(j)))
        return Implies(at_least(l, j + i), exists(N, of(R, j + i) == of(N) @ of(R, j)))

    start = s.inner()
    start.given(at_least(l, j))
    base = start.close(start.witness(claim(nat(0)).right, ident(width(j)), by=start.have(of(R, j) == of(R, j))))

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        inside = c.given(at_least(l, j + i + 1))
        (N,), known = c.obtain(so_far(c.linear(at_least(l, j + i), inside)), "N")
        grown = c.have(of(R, j + i + 1) == of(A, j + i) @ N @ of(R, j), is_R[1](j + i, inside), known)
        return c.close(c.witness(claim(i + 1).right, of(A, j + i) @ N, by=grown))

    every = s.induction("i", l, claim, base, step)
    (i,), sum_ = s.obtain(difference(within, l, j), "i")
    reached = every(i, s.linear(at_least(l, i), sum_, nonnegative(j)), s.linear(at_least(l, j + i), sum_))

    def goal(last: Nat) -> Formula:
        N = Variable("N", matrix_sort(width(last), width(j)))
        return exists(N, of(R, last) == of(N) @ of(R, j))

    s.conclude(goal(l), by=s.moved(goal, reached, j + i, l, sum_))


@statement("output-rank", "the rank of the output is at most every width", kind="lemma", hidden=True)
def output_rank(s: Script) -> None:
    l, A, R, X, Y, is_R = outputs(s)
    (j,) = s.dims("j")
    within = s.given(at_least(l, j), "j <= l")
    W = of(R, l)
    w, of_W = s.pinv(W, "w")
    named = dict(l=l, d=Variable("d", NAT, 1), A=A, R=R, X=X)
    (N,), through = s.obtain(s.cite("factors-through", **named, j=j)(is_R, within), "N")
    (q,), of_N = s.obtain(from_fact("pinv").at(A=N), "q")
    H = W @ w
    proj = lambda P, *by: both(s.have(P.T == P, *by), s.have(P @ P == P, *by))
    inside = s.have(N @ q @ H == H, through, of_N)
    below = s.cite("projector-below", D=N @ q, E=H)(proj(N @ q, of_N), proj(H, of_W), inside)
    cols = s.have(tr(N @ q) <= number(width(j)), of_N, sum=[Term(grams=(ident(width(j)) - q @ N,))])
    s.conclude(tr(H) <= number(width(j)), by=s.linear(tr(H) <= number(width(j)), below, cols))


@statement(
    "output-bound",
    "a loss is at least 1/2 Tr(YY') - 1/2 Tr(F Sigma), F the projector of the output",
    kind="lemma",
    hidden=True,
)
def output_bound(s: Script) -> None:
    """The gap is 1/2 |W - F Y X+ X|^2, as in T10."""
    l, A, R, X, Y, is_R = outputs(s)
    W = of(R, l)
    Xp, of_X = s.pinv(X, "Xp")
    w, of_W = s.pinv(W, "w")
    F, Sigma = W @ w, Y @ Xp @ X @ Y.T
    named = dict(l=l, d=Variable("d", NAT, 1), A=A, R=R, X=X)
    zero = s.linear(at_least(l, 0), nonnegative(l))
    (N,), through = s.obtain(s.cite("factors-through", **named, j=nat(0))(is_R, zero), "N")
    rows = s.have(W @ Xp @ X == W, through, is_R[0], of_X)
    gap = s.have(
        deep_loss(W, Y) == tr(Y @ Y.T) / 2 - tr(F @ Sigma) / 2 + norm2(W - F @ Y @ Xp @ X) / 2, rows, of_W, of_X
    )
    claim = deep_loss(W, Y) >= tr(Y @ Y.T) / 2 - tr(F @ Sigma) / 2
    s.conclude(claim, by=s.have(claim, gap, sum=[Term(Fraction(1, 2), grams=(W - F @ Y @ Xp @ X,))]))


def room(l: Nat, rank: Expr) -> Formula:
    """Every hidden width d[1], ..., d[l-1] is at least the rank."""
    wide = number(width(k)) >= rank
    return for_all(Variable("k", NAT), implication(at_least(k, 1), at_least(l, k + 1), wide))


def selectors(s: Script, l: Nat, w: Nat, wide: Known) -> tuple[Variable, Known]:
    """J[k] : d[k] x w with J[k]'J[k] = I for the hidden layers k."""
    state = Variable("J", matrix_sort(width(k), w))

    def isometric(i: Nat, J: Expr) -> Formula:
        return Implies(conjunction(at_least(i, 1), at_least(l, i + 1)), J.T @ J == ident(w))

    t = s.inner()
    (i,) = t.dims("i")
    goal = exists(Variable("J", matrix_sort(width(i), w)), isometric(i, of(Variable("J", matrix_sort(width(i), w)))))
    hidden = isometric(i, null(width(i), w)).left

    def selected(yes: Known) -> Known:
        c = t.inner()
        (v,), total = c.obtain(difference(wide(i, yes[0], yes[1]), width(i), w), "v")
        (J, K), JK = c.obtain(from_fact("split").at(n=width(i), a=w, b=v)(total), "J K")
        one = c.inner()
        one.given(hidden)
        return c.close(c.witness(goal, J, by=one.close(JK[0])))

    def nothing(no: Known) -> Known:
        c = t.inner()
        falsum = no(c.given(hidden))
        J = null(width(i), w)
        return t.witness(goal, J, by=c.close(anything(falsum, J.T @ J == ident(w))))

    each = t.close(t.decide(hidden, selected, nothing))
    (start,), at_0 = s.obtain(each(nat(0)), "J0")

    def step(t: Context, i: Nat, below: Known, so_far: Known):
        (following,), known = t.obtain(each(i + 1), "J1")
        return (following,), known

    made = s.recursion("k", l, [state], (start,), isometric(k, of(state)), None, at_0, step)
    (J,), known = s.obtain(made, "J")
    return J, known[1]


@statement(
    "realise",
    "there is a network with output F Y X+ X, for a projector F of rank at most the hidden widths",
    kind="lemma",
    hidden=True,
)
def realise(s: Script) -> None:
    """F = V V' with V'V = I, and B = V'Y X+ is carried through the layers by J[k]: A[0] = J[1] B, A[k] = J[k+1] J[k]',
    where J[l] = V."""
    l = s.dims("n m")[0] + 2
    d = s.let(Variable("d", NAT, 1))
    X, Y = s.matrix("X", width(0), "m"), s.matrix("Y", width(l), "m")
    Xp, of_X = s.pinv(X, "Xp")
    F = s.matrix("F", width(l), width(l))
    proj = s.given(is_projector(F), "F is an orthogonal projector")
    spacious = s.given(room(l, tr(F)), "the hidden widths are at least the rank of F")
    (w, V), VV = s.obtain(from_fact("basis").at(P=F)(*proj.parts()), "w V")
    rank = s.have(number(w) == tr(F), s.have(number(w) == tr(V.T @ V), VV[0]), s.have(tr(V @ V.T) == tr(F), VV[1]))
    t = s.inner()
    (i,) = t.dims("k")
    low, high = t.given(at_least(i, 1)), t.given(at_least(l, i + 1))
    wide = t.close(t.have(at_least(width(i), w), rank, sum=[Term(times=(spacious(i, low, high),))]))
    J0, isometric = selectors(s, l, w, wide)

    constant = Family(1, w)
    (J,), changed = s.obtain(s.cite("replace", l=l, N=l, a=d, b=constant, A=J0, V=V)(s.linear(at_least(l, l))), "Jl")
    top, kept = changed.parts()
    start = V.T @ Y @ Xp
    first = of(J, 1) @ start
    i = nat("~0")
    through = Family(1, (of(J, i + 1) @ of(J, i).T).term)
    rows = Family(1, width(i + 1))
    (A,), layers = s.obtain(
        s.cite("replace", l=l, N=nat(0), a=rows, b=d, A=through, V=first)(s.linear(at_least(l, 0), nonnegative(l))), "A"
    )
    bottom, others = layers.parts()
    (R,), is_R = s.obtain(s.cite("forward-exists", l=l, d=d, A=A, X=X), "R")

    def claim(i: Nat) -> Formula:
        return Implies(at_least(l, i + 1), of(R, i + 1) == of(J, i + 1) @ start @ X)

    base = s.inner()
    one = base.given(at_least(l, 1))
    beginning = base.close(base.have(of(R, 1) == first @ X, is_R[1](nat(0), one), is_R[0], bottom))

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        inside = c.given(at_least(l, i + 2))
        within = c.linear(at_least(l, i + 1), inside)
        before = so_far(within)
        low = c.linear(at_least(i + 1, 1), nonnegative(i))
        not_0 = c.inner()
        eq = not_0.given(same(i + 1, nat(0)))
        no0 = not_0.close(not_0.have(Falsum(), eq, sum=[Term(times=(low,)), Term()]))
        not_l = c.inner()
        eq = not_l.given(same(i + 1, l))
        nol = not_l.close(not_l.have(Falsum(), eq, sum=[Term(times=(inside,)), Term()]))
        grown = c.have(of(R, i + 2) == of(A, i + 1) @ of(R, i + 1), is_R[1](i + 1, inside))
        layer = others(i + 1, within, no0)
        J_ = kept(i + 1, within, nol)
        unit = c.have(of(J, i + 1).T @ of(J, i + 1) == ident(w), isometric(i + 1, within, both(low, inside)), J_)
        return c.close(c.have(claim(i + 1).right, grown, layer, before, unit))

    every = s.induction("k", l, claim, beginning, step)
    last = every(n + 1, s.linear(at_least(l, n + 1)), s.linear(at_least(l, n + 2)))
    output = s.have(of(R, l) == F @ Y @ Xp @ X, last, top, VV[1])
    made = conjunction(is_forward(l, weights(), X, forward()), of(forward(), l) == F @ Y @ Xp @ X)
    goal = exists(weights(), forward(), made)
    s.conclude(goal, by=s.witness(goal, A, R, by=both(is_R, output)))


@statement("backward-rank", "the rank of L[i] is at most d[j], for i <= j <= l", kind="lemma", hidden=True)
def backward_rank(s: Script) -> None:
    net = network(s)
    i, j = s.dims("i j")
    L = of(net.L, i)
    a, of_L = s.pinv(L, "a")
    low, high = s.given(at_least(j, i), "i <= j"), s.given(at_least(net.depth, j), "j <= l")
    (N,), through = s.obtain(
        s.cite("backward-factors", **net.named(without="Y"), i=i, j=j)(net.is_R, net.is_L, low, high), "N"
    )
    (q,), of_Q = s.obtain(from_fact("pinv").at(A=of(net.L, j)), "q")
    G, H = of(net.L, j) @ q, L @ a
    proj = lambda P, *by: both(s.have(P.T == P, *by), s.have(P @ P == P, *by))
    below = s.cite("projector-below", D=G, E=H)(proj(G, of_Q), proj(H, of_L), s.have(G @ H == H, through, of_Q))
    cols = s.have(tr(G) <= number(width(j)), of_Q, sum=[Term(grams=(ident(width(j)) - q @ of(net.L, j),))])
    s.conclude(tr(H) <= number(width(j)), by=s.linear(tr(H) <= number(width(j)), below, cols))
