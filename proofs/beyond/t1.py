"""T1: exchanging a captured singular value for a larger discarded one has negative curvature, along an explicit D."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    implication,
)
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import Term, both, difference, reciprocal
from symbolic_cp.prover.expression import Expr, ident, of, tr
from symbolic_cp.prover.show import function

from ..networks import Network, critical_network, curvature, forward, is_jet, weights, width
from .chains import distinct, letters
from .triples import reached, triple

i, j = nat("i"), nat("j")


def exchange(net: Network, Xp: Expr, p: Expr, q: Expr, s: Expr, u: Expr, v: Expr, t: Expr) -> Formula:
    """There is a direction D, 0 but in the first and the last layer, and its curvature is 2 - 2 t/s < 0.

    In the first layer s D = R[1] q v'X+, in the last one (j = l - 1) s D = u p'A[j]: L[j+1] is I, and L[j] is A[j].
    """
    D, F, G, l = weights("D"), forward("F"), forward("G"), net.depth
    value = curvature(net.output, net.Y, of(F, l), of(G, l))
    others = implication(at_least(l, i + 1), distinct(i, nat(0)), distinct(i, j), of(D, i) == 0)
    body = conjunction(
        equal(scalar(l), scalar(j + 1)),
        is_jet(l, net.A, net.R, D, F, G),
        s * of(D, 0) == of(net.R, 1) @ q @ v.T @ Xp,
        s * of(D, j) == of(net.L, j + 1).T @ u @ p.T @ of(net.L, j),
        for_all(Variable("i", NAT), others),
        s * value == 2 * s - 2 * t,
        value < 0,
    )
    return exists(Variable("j", NAT), D, F, G, body)


@statement("T1", "a discarded singular value t > s > 0 above a captured one: Q(D) = 2 - 2 t/s < 0 along an exchange")
def t1(s: Script) -> None:
    """D is 0 but in the first and the last layer; the output moves by p v' + u q', and u v'/s to second order."""
    net, critical = critical_network(s)
    R, L, l, X, Y = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth, net.X, net.Y
    deep = s.given(at_least(l, 2), "l >= 2")
    Xp, of_X = s.pinv(X, "Xp")
    W, E = net.output, reached(net, Xp)
    p, q = s.matrix("p", width(l), 1), s.matrix("q", "m", 1)
    small = s.scalar("s")
    captured = s.given(triple(W, p, q, small), "(p, q, s) is a captured triple")
    u, v = s.matrix("u", width(l), 1), s.matrix("v", "m", 1)
    large = s.scalar("t")
    discarded = s.given(triple(-E, u, v, large), "(u, v, t) is a discarded triple")
    positive, larger = s.given(small > 0, "s > 0"), s.given(large > small, "t > s")

    known = s.cite("chain-residual", **letters(net), Y=Y, Xp=Xp)
    right, left, inside, _ = known(net.is_R, net.is_L, critical, s.linear(at_least(l, 1), deep), of_X).parts()
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    (h,), last = s.obtain(difference(deep, l, nat(2)), "e")
    top = h + 1
    high = s.linear(at_least(l, top + 1), last)
    unit = s.moved(
        lambda a: L(a) @ L(a).T == ident(width(l)),
        s.have(L(l) @ L(l).T == ident(width(l)), net.is_L[0]),
        l,
        top + 1,
        s.have(equal(scalar(top + 1), scalar(l)), last),
    )
    (y,), of_y = s.obtain(s.cite("positive-inverse", a=small)(positive), "y")
    y_positive, inverse = of_y.parts()
    # v lies in the rows of the data, and the two triples are orthogonal
    t0 = s.have(large > 0, sum=[Term(times=(larger,)), Term(times=(positive,))])
    (z,), of_t = s.obtain(reciprocal(t0), "z")
    v_is = s.have(v == -z * (E.T @ u), s.have(large * v == -(E.T @ u), discarded[1]), of_t)
    u_is = s.have(u == -z * (E @ v), s.have(large * u == -(E @ v), discarded[0]), of_t)
    p_is = s.have(p == y * (W @ q), s.have(small * p == W @ q, captured[0]), inverse)
    vX = s.have(v.T @ Xp @ X == v.T, v_is, inside)
    uW = s.have(u.T @ W == 0, s.have(z * (v.T @ E.T @ W) == 0, left), u_is)
    up = s.step(
        "T1.1",
        u.T @ p == 0,
        proof=s.have(u.T @ p == 0, uW, p_is),
        title="captured and discarded triples are orthogonal",
    )

    B, C = y * (R(1) @ q @ v.T @ Xp), y * (L(top + 1).T @ u @ p.T @ L(top))
    T = function("i", (y * (R(i) @ q @ v.T)).term)
    carries = s.inner()
    (a,) = carries.dims("i")
    carries.given(at_least(a, 1))
    below = carries.given(at_least(top, a + 1))
    moves = carries.have(
        y * (R(a + 1) @ q @ v.T) == of(net.A, a) @ (y * (R(a) @ q @ v.T)),
        net.is_R[1](a, carries.linear(at_least(l, a + 1), below, high)),
    )
    starts = s.have(y * (R(1) @ q @ v.T) == B @ R(0), net.is_R[0], vX)
    is_T = both(starts, carries.close(moves))
    two = s.cite("two-layers", **letters(net), k=nat(0), j=top, B=B, C=C, T=T)
    found = two(net.is_R, net.is_L, s.linear(at_least(top, 1)), high, is_T)
    (D, F, G), at = s.obtain(found, "D F G")
    jet, at_0, at_top, others, first, second = at.parts()
    W0, Wj = product(nat(1), s.linear(at_least(l, 1), deep)), product(top, s.linear(at_least(l, top), high))
    move = s.step(
        "T1.2",
        of(F, l) == p @ v.T + u @ q.T,
        proof=s.have(
            of(F, l) == p @ v.T + u @ q.T, first, unit, W0, Wj, net.is_R[0], vX, captured[0], captured[1], inverse
        ),
        title="the output moves by p v' + u q'",
    )
    bend = s.have(of(G, l) == y * (u @ v.T), second, unit, Wj, captured[0], captured[2], inverse)
    along = s.have(tr((W - Y).T @ (u @ v.T)) == -large, discarded, vX, of_X)
    value = curvature(W, Y, of(F, l), of(G, l))
    exact = s.step(
        "T1.3",
        small * value == 2 * small - 2 * large,
        proof=s.have(
            small * value == 2 * small - 2 * large,
            s.have(value == 2 - 2 * y * large, move, bend, along, up, captured, discarded),
            inverse,
        ),
        title="the curvature",
    )
    negative = s.have(value < 0, exact, inverse, sum=[Term(2, times=(larger, y_positive))])
    at_first = s.have(small * of(D, 0) == R(1) @ q @ v.T @ Xp, at_0, inverse)
    at_last = s.have(small * of(D, top) == L(top + 1).T @ u @ p.T @ L(top), at_top, inverse)
    claim = exchange(net, Xp, p, q, small, u, v, large)
    depth_is = s.have(equal(scalar(l), scalar(top + 1)), last)
    done = both(depth_is, jet, at_first, at_last, others, exact, negative)
    s.conclude(claim, by=s.witness(claim, top, D, F, G, by=done))


@statement("T1.down", "at such a point some direction has negative curvature", kind="lemma", hidden=True)
def t1_down(s: Script) -> None:
    net, critical = critical_network(s)
    l, X, Y = net.depth, net.X, net.Y
    deep = s.given(at_least(l, 2), "l >= 2")
    Xp, of_X = s.pinv(X, "Xp")
    W, E = net.output, reached(net, Xp)
    p, q, u, v = s.matrix("p", width(l), 1), s.matrix("q", "m", 1), s.matrix("u", width(l), 1), s.matrix("v", "m", 1)
    small, large = s.scalar("s"), s.scalar("t")
    captured = s.given(triple(W, p, q, small), "(p, q, s) is a captured triple")
    discarded = s.given(triple(-E, u, v, large), "(u, v, t) is a discarded triple")
    order = s.given(small > 0, "s > 0"), s.given(large > small, "t > s")
    found = s.cite("T1", **letters(net), Y=Y, Xp=Xp, p=p, q=q, s=small, u=u, v=v, t=large)
    known = found(net.is_R, net.is_L, critical, deep, of_X, captured, discarded, *order)
    (_, D, F, G), at = s.obtain(known, "h D F G")
    s.conclude(net.strictly_down(), by=s.witness(net.strictly_down(), D, F, G, by=both(at[1], at[6])))
