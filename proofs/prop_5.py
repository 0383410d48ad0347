"""The steps of Proposition 5 as printed: deep networks compared with a network of one hidden layer and free A_(l,2).

Where an inner layer is narrower than d_l and d_1, the products A_(l,2) are not all d_l x d_1 matrices, and the two
problems have different minima: widths (2, 2, 1, 2) and X = Y = I. The right comparison is a hidden layer of width
min(d_1, ..., d_l).
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
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
    for_all,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, difference, from_fact, nonnegative
from symbolic_cp.prover.expression import ident, norm2, number, of, tr

from .families import same
from .layers import halves
from .networks import backward, deep_loss, forward, is_backward, is_forward, k, weights, width
from .outputs import room
from .ranks import is_projector

HALF = Fraction(1, 2)
D = Variable("d", NAT, 1)


def computed(formula: Formula) -> Known:
    """A formula about numbers that holds by evaluation."""
    return Known(evaluate(formula))


def narrow_data(a: Nat, b: Nat, c: Nat) -> Formula:
    """There are X (a x 2), Y (c x 2), B1, B2 with X, Y orthogonal and Y = B2 B1 X, through b."""
    X, Y, B1, B2 = (
        Variable(name, matrix_sort(*shape))
        for name, shape in (("X", (a, 2)), ("Y", (c, 2)), ("B1", (b, a)), ("B2", (c, b)))
    )
    x, y = of(X), of(Y)
    return exists(
        X,
        Y,
        B1,
        B2,
        conjunction(x.T @ x == ident(2), x @ x.T == ident(a), y.T @ y == ident(2), y == of(B2) @ of(B1) @ x),
    )


@statement("narrow", "widths (2, 2, 1, 2), with X = Y = I and two matrices between them", kind="lemma", hidden=True)
def narrow(s: Script) -> None:
    state = Variable("d", NAT)

    def is_width(i: Nat, value: Nat) -> Formula:
        return conjunction(
            Implies(same(i, nat(2)), same(value, nat(1))), Implies(negation(same(i, nat(2))), same(value, nat(2)))
        )

    t = s.inner()
    (i,) = t.dims("i")
    goal = exists(state, is_width(i, nat("d")))

    def chosen(value: int, decided: Known) -> Known:
        first, second = t.inner(), t.inner()
        yes, no = first.given(same(i, nat(2))), second.given(negation(same(i, nat(2))))
        wanted = same(nat(value), nat(1)), same(nat(value), nat(2))
        if value == 1:
            parts = first.have(wanted[0]), anything(no(decided), wanted[1])
        else:
            parts = anything(decided(yes), wanted[0]), second.have(wanted[1])
        return t.witness(goal, nat(value), by=both(first.close(parts[0]), second.close(parts[1])))

    each = t.close(t.decide(same(i, nat(2)), lambda yes: chosen(1, yes), lambda no: chosen(2, no)))
    (start,), at_0 = s.obtain(each(nat(0)), "d0")

    def step(t: Context, i: Nat, below: Known, so_far: Known):
        (following,), known = t.obtain(each(i + 1), "d1")
        return (following,), known

    made = s.recursion("k", nat(3), [state], (start,), is_width(k, nat("d")), None, at_0, step)
    (d,), known = s.obtain(made, "d")
    at = lambda i: known[1](nat(i), computed(at_least(nat(3), nat(i))))
    wide = lambda i: at(i)[1](computed(negation(same(nat(i), nat(2)))))
    identity = ident(2)
    square = s.have(identity.T @ identity == identity)
    data = s.witness(
        narrow_data(nat(2), nat(2), nat(2)),
        identity,
        identity,
        identity,
        identity,
        by=both(square, square, square, square),
    )
    data = s.moved(lambda x: narrow_data(x, nat(2), nat(2)), data, nat(2), width(0), wide(0))
    data = s.moved(lambda x: narrow_data(width(0), x, nat(2)), data, nat(2), width(1), wide(1))
    data = s.moved(lambda x: narrow_data(width(0), width(1), x), data, nat(2), width(3), wide(3))
    one = at(2)[0](s.have(same(nat(2), nat(2))))
    claim = exists(D, conjunction(same(width(2), nat(1)), narrow_data(width(0), width(1), width(3))))
    s.conclude(claim, by=s.witness(claim, d, by=both(one, data)))


@statement(
    "prop-5.1",
    "A_(l,2) ranges over all B_2: every d_l x d_1 matrix is a product A_l ... A_2",
    kind="lemma",
    hidden=True,
)
def every_matrix(s: Script) -> None:
    """As the printed proof needs it. Through a layer of width 1 no matrix of rank 2 is reached."""
    l = nat("n") + 2
    B, A, L = Variable("B", matrix_sort(width(l), width(1))), weights(), backward(l)
    claim = for_all(Variable("n", NAT), D, B, exists(A, L, conjunction(is_backward(l, A, L), of(L, 1) == of(B))))
    s.conclude_refuted(claim, by=refute_every_matrix(s, claim))


def refute_every_matrix(s: Script, claim: Formula) -> Known:
    t = s.inner()
    printed = t.given(claim)
    (d,), known = t.obtain(s.cite("narrow"), "d")
    thin, data = halves(known)
    (X, Y, B1, B2), facts = t.obtain(data, "X Y B1 B2")
    (A, L), made = t.obtain(printed(nat(1), d, B2), "A L")
    is_L, hit = halves(made)
    (R,), is_R = t.obtain(s.cite("forward-exists", l=nat(3), d=d, A=A, X=X), "R")
    (a,), of_L = t.obtain(from_fact("pinv").at(A=of(L, 1)), "a")
    small = s.cite("backward-rank", l=nat(3), d=d, A=A, R=R, L=L, X=X, i=nat(1), j=nat(2), a=a)(
        is_R, is_L, of_L, computed(at_least(nat(2), nat(1))), computed(at_least(nat(3), nat(2)))
    )
    P, YY = of(L, 1) @ a, Y @ Y.T
    through = t.have(P @ YY == YY, t.have(P @ Y == Y, facts[3], hit, of_L))
    proj = both(t.have(P.T == P, of_L), t.have(P @ P == P, of_L))
    full = both(t.have(YY.T == YY), t.have(YY @ YY == YY, facts[2]))
    large = s.cite("projector-below", D=P, E=YY)(proj, full, through)
    two = t.have(tr(Y.T @ Y) == 2, facts[2])
    return t.close(t.have(Falsum(), two, thin, sum=[Term(times=(small,)), Term(times=(large,)), Term()]))


@statement("prop-5.2", "L_D and L (with free B_2 for A_(l,2)) have the same infimum", kind="step", hidden=True)
def same_infimum(s: Script) -> None:
    """As the printed proof needs it. With an inner layer of width 1, L_D >= 1/2 and L = 0 is reached."""
    l, m = nat("n") + 2, nat("m")
    X, Y = Variable("X", matrix_sort(width(0), m)), Variable("Y", matrix_sort(width(l), m))
    A, R, v = weights(), forward(), Variable("v", SCALAR)
    B1, B2 = Variable("B1", matrix_sort(width(1), width(0))), Variable("B2", matrix_sort(width(l), width(1)))
    deep = for_all(A, R, Implies(is_forward(l, A, of(X), R), deep_loss(of(R, l), of(Y)) >= of(v)))
    shallow = for_all(B1, B2, deep_loss(of(B2) @ of(B1) @ of(X), of(Y)) >= of(v))
    claim = for_all(Variable("n", NAT), Variable("m", NAT), D, X, Y, v, Implies(deep, shallow))
    s.conclude_refuted(claim, by=refute_same_infimum(s, claim))


def refute_same_infimum(s: Script, claim: Formula) -> Known:
    t = s.inner()
    printed = t.given(claim)
    (d,), known = t.obtain(s.cite("narrow"), "d")
    thin, data = halves(known)
    (X, Y, B1, B2), facts = t.obtain(data, "X Y B1 B2")
    c = t.inner()
    A, R = c.let(weights()), c.let(forward("R", 2))
    is_R = c.given(is_forward(nat(3), A, X, R))
    W = of(R, 3)
    (w,), of_W = c.obtain(from_fact("pinv").at(A=W), "w")
    named = dict(l=nat(3), m=nat(2), d=d, A=A, R=R, X=X)
    of_X = both(
        *(
            c.have(one, facts[0], facts[1])
            for one in (X @ X.T @ X == X, X.T @ X @ X.T == X.T, (X @ X.T).T == X @ X.T, (X.T @ X).T == X.T @ X)
        )
    )
    F, YY = W @ w, Y @ Y.T
    small = s.cite("output-rank", **named, j=nat(2), w=w)(is_R, computed(at_least(nat(3), nat(2))), of_W)
    bound = s.cite("output-bound", **named, Y=Y, Xp=X.T, w=w)(is_R, of_X, of_W)
    sigma = c.have(tr(F @ Y @ X.T @ X @ Y.T) == tr(F @ YY), facts[0])
    most = c.have(tr(F @ YY) <= tr(F), of_W, facts[2], sum=[Term(grams=(F - YY @ F,))])
    two = c.have(tr(Y.T @ Y) == 2, facts[2])
    least = c.have(
        deep_loss(W, Y) >= HALF * number(1),
        sigma,
        two,
        thin,
        sum=[Term(times=(bound,)), Term(HALF, times=(most,)), Term(HALF, times=(small,))],
    )
    deep = c.close(least)
    shallow = printed(nat(1), nat(2), d, X, Y, HALF * number(1), deep)(B1, B2)
    zero = t.have(deep_loss(B2 @ B1 @ X, Y) == 0, facts[3])
    return t.close(t.have(Falsum(), zero, sum=[Term(times=(shallow,)), Term(HALF)]))


@statement(
    "prop-5.1.repair",
    "outputs have rank at most every width, and every projection of Y of that rank is an output",
    kind="statement",
    hidden=True,
)
def projections(s: Script) -> None:
    """What Proposition 5 needs of the products."""
    l, X, Y, Xp, of_X = deep_data(s)
    t = s.inner()
    A, R = t.let(weights()), t.let(forward())
    is_R = t.given(is_forward(l, A, X, R))
    w, of_W = t.pinv(of(R, l), "w")
    (j,) = t.dims("j")
    within = t.given(at_least(l, j), "j <= l")
    ranks = t.close(s.cite("output-rank", l=l, d=D, A=A, R=R, X=X, j=j, w=w)(is_R, within, of_W))
    t = s.inner()
    F = t.matrix("F", width(l), width(l))
    proj = t.given(is_projector(F), "F is an orthogonal projector")
    wide = t.given(room(l, tr(F)), "the hidden widths are at least the rank of F")
    made = t.close(s.cite("realise", d=D, n=nat("n"), X=X, Y=Y, Xp=Xp, F=F)(of_X, proj, wide))
    s.conclude(conjunction(ranks.formula, made.formula), by=both(ranks, made))


def deep_data(s: Script):
    """Widths and data of a network of depth n + 2."""
    l = s.dims("n m")[0] + 2
    s.let(D)
    X, Y = s.matrix("X", width(0), "m"), s.matrix("Y", width(l), "m")
    Xp, of_X = s.pinv(X, "Xp")
    return l, X, Y, Xp, of_X


@statement(
    "prop-5.2.repair",
    "L_D has the infimum of a network with one hidden layer of width kappa = min(d_1, ..., d_l)",
    kind="statement",
    hidden=True,
)
def same_as_kappa(s: Script) -> None:
    """Every output of the deep network is one of that network, and for each of its points L_D has a loss as low."""
    l, X, Y, Xp, of_X = deep_data(s)
    (kappa,) = s.dims("kappa")
    below, attained = s.given(minimal_width(l, kappa), "kappa = min(d[1], ..., d[l])").parts()
    B1, B2 = Variable("B1", matrix_sort(kappa, width(0))), Variable("B2", matrix_sort(width(l), kappa))

    # W = N X has rank w <= kappa, W W+ = V V': B1 = J V'N, B2 = V J' with a selector J
    t = s.inner()
    A, R = t.let(weights()), t.let(forward())
    is_R = t.given(is_forward(l, A, X, R))
    W = of(R, l)
    named = dict(l=l, d=D, A=A, R=R, X=X)
    reaches = exists(B1, B2, of(B2) @ of(B1) @ X == W)
    c = t.inner()
    (N,), through = c.obtain(
        s.cite("factors-through", **named, j=nat(0))(is_R, c.linear(at_least(l, 0), nonnegative(l))), "N"
    )
    (i,), at_i = c.obtain(attained, "i")
    (w,), of_W = c.obtain(from_fact("pinv").at(A=W), "w")
    small = s.cite("output-rank", **named, j=i + 1, w=w)(is_R, at_i[0], of_W)
    F = W @ w
    (size, V), VV = c.obtain(from_fact("basis").at(P=F)(c.have(F.T == F, of_W), c.have(F @ F == F, of_W)), "size V")
    rank = c.have(
        number(size) == tr(F), c.have(number(size) == tr(V.T @ V), VV[0]), c.have(tr(V @ V.T) == tr(F), VV[1])
    )
    fits = c.have(at_least(kappa, size), rank, at_i[1], sum=[Term(times=(small,))])
    (v,), total = c.obtain(difference(fits, kappa, size), "v")
    (J, K), JK = c.obtain(from_fact("split").at(n=kappa, a=size, b=v)(total), "J K")
    hit = c.have(V @ J.T @ (J @ V.T @ N) @ X == W, JK[0], VV[1], through, is_R[0], of_W)
    outward = t.close(c.close(c.witness(reaches, J @ V.T @ N, V @ J.T, by=hit)))

    # for (B1, B2) take F = B2 B2+
    t = s.inner()
    b1, b2 = of(t.let(B1)), of(t.let(B2))
    c = t.inner()
    (q,), of_B = c.obtain(from_fact("pinv").at(A=b2), "q")
    F = b2 @ q
    proj = both(c.have(F.T == F, of_B), c.have(F @ F == F, of_B))
    small = c.have(tr(F) <= number(kappa), of_B, sum=[Term(grams=(ident(kappa) - q @ b2,))])
    inside = c.inner()
    (j,) = inside.dims("k")
    low, high = inside.given(at_least(j, 1)), inside.given(at_least(l, j + 1))
    (e,), sum_ = inside.obtain(difference(low, j, nat(1)), "e")
    above = below(e, inside.linear(at_least(l, e + 1), sum_, high))
    at_j = inside.moved(lambda x: at_least(width(x), kappa), above, e + 1, j, sum_)
    wide = inside.close(inside.have(number(width(j)) >= tr(F), sum=[Term(times=(at_j,)), Term(times=(small,))]))
    (A, R), made = c.obtain(s.cite("realise", d=D, n=nat("n"), X=X, Y=Y, Xp=Xp, F=F)(of_X, proj, wide), "A R")
    is_R, hit = halves(made)
    value = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=of(R, l), Q=F)(of_X, hit, proj)
    W = b2 @ b1 @ X
    gap = c.have(
        deep_loss(W, Y) == tr(Y @ Y.T) / 2 - tr(F @ Y @ Xp @ X @ Y.T) / 2 + norm2(W - F @ Y @ Xp @ X) / 2, of_X, of_B
    )
    lower = c.have(deep_loss(of(R, l), Y) <= deep_loss(W, Y), value, gap, sum=[Term(HALF, grams=(W - F @ Y @ Xp @ X,))])
    low_enough = conjunction(is_forward(l, weights(), X, forward()), deep_loss(of(forward(), l), Y) <= deep_loss(W, Y))
    goal = exists(weights(), forward(), low_enough)
    inward = t.close(c.close(c.witness(goal, A, R, by=both(is_R, lower))))
    s.conclude(conjunction(outward.formula, inward.formula), by=both(outward, inward))


def minimal_width(l: Nat, kappa: Nat) -> Formula:
    """kappa <= d[1], ..., d[l], and kappa is one of them."""
    below = for_all(Variable("k", NAT), Implies(at_least(l, k + 1), at_least(width(k + 1), kappa)))
    attained = exists(Variable("k", NAT), conjunction(at_least(l, k + 1), number(kappa) == number(width(k + 1))))
    return conjunction(below, attained)
