"""Theorem 3: all critical points of a deep linear network, at every depth l = n + 2.

Layer k of the network (A[k] is the paper's A_{k+1}) is a network with one hidden layer: see layers.py. eq-6 is said of
L[k], the paper's A_(l,k+1), so the paper's k = 2, ..., l-1 is k = 1, ..., n here.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    instantiate,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import implies_elim
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, nonnegative, successor, value_for
from symbolic_cp.prover.expression import ident, null, number, of

from .layers import Layers, at_layer, form_of_layer, halves, inverses, layers
from .networks import Network, each_layer, k, network, width
from .order import impossible

n = nat("n")


def up_to(last: Nat, body: Formula) -> Formula:
    """For all k <= last: body."""
    return for_all(Variable("k", NAT), Implies(at_least(last, k), body))


def eq_32(net: Network) -> Formula:
    L, A, R = of(net.L, k + 1), of(net.A, k), of(net.R, k)
    return each_layer(net.depth, L.T @ L @ A @ R @ R.T == L.T @ net.Y @ R.T)


def eq_33(net: Network, Rp, Lp) -> Formula:
    """With some matrix N[k] for the paper's L_{k+1}."""
    L, l, A, R, r = of(net.L, k + 1), of(Lp, k + 1), of(net.A, k), of(net.R, k), of(Rp, k)
    N = Variable("N", matrix_sort(width(k + 1), width(k)))
    return each_layer(net.depth, exists(N, A == l @ net.Y @ r + of(N) - l @ L @ of(N) @ R @ r))


def eq_34(net: Network, Rp, Lp) -> Formula:
    P = of(net.L, k + 1) @ of(Lp, k + 1)
    return each_layer(net.depth, net.output == P @ net.Y @ of(Rp, k) @ of(net.R, k))


def eq_35(net: Network) -> Formula:
    return net.output @ net.output.T == net.Y @ net.output.T


def eq_36(letters: Layers) -> Formula:
    """With the symmetry that makes both commute."""
    P, Sigma = letters.P(k + 1), letters.Sigma(k)
    return each_layer(letters.net.depth, conjunction(P @ Sigma @ P == Sigma @ P, Sigma @ P == P @ Sigma))


def eq_6(letters: Layers, first: int) -> Formula:
    """For k = first, ..., n: L[k] = L[k+1] A[k] and (I - P_Col(L[k+1])) Y R[n+1]' = 0."""
    net = letters.net
    chain = of(net.L, k) == of(net.L, k + 1) @ of(net.A, k)
    rest = (ident(width(net.depth)) - letters.P(k + 1)) @ net.Y @ of(net.R, n + 1).T == 0
    return in_range("k", first, n, conjunction(chain, rest))


def forms(letters: Layers) -> Formula:
    """eq-4 and eq-5 with V of block structure, for k = 0, ..., n."""
    return up_to(n, at_layer(form_of_layer(), letters, k))


@statement("thm-3.equations", "a critical point satisfies eq-32 to eq-36 and eq-6", kind="lemma", hidden=True)
def equations(s: Script) -> None:
    net = network(s, "n", 2)
    l, W, Y = net.depth, net.output, net.Y
    letters, pinvs = inverses(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    product = s.cite("chain-product", **net.named(without="Y"))(net.is_R, net.is_L)
    last = s.linear(at_least(l, n + 2))
    flat = s.have((W - Y) @ of(net.R, n + 1).T == 0, critical(n + 1, last), net.is_L[0])
    thirty_five = s.have(eq_35(net), flat, net.is_R[1](n + 1, last))

    def every(claim: Formula, part) -> Known:
        """For all layers, what `part` takes from the equations of one layer."""
        t = s.inner()
        (i,) = t.dims("k")
        below = t.given(at_least(l, i + 1))
        of_R, _ = halves(pinvs(i, t.linear(at_least(l, i), below)))
        _, of_L = halves(pinvs(i + 1, below))
        through = output_at(t, net, product, i, below)
        values = letters.at(i)
        named = {x: values[x] for x in ("d0", "d1", "d2", "m", "X", "Y", "A1", "A2", "Xp", "A2p")}
        found = s.cite("layer-equations", **named, W=W)(of_R, of_L, through, critical(i, below), thirty_five)
        return s.have(claim, t.close(part(t, i, found)))

    def solved(t: Context, i: Nat, found: Known) -> Known:
        N = Variable("N", matrix_sort(width(i + 1), width(i)))
        L, l_, A, R, r = of(net.L, i + 1), of(letters.Lp, i + 1), of(net.A, i), of(net.R, i), of(letters.Rp, i)
        return t.witness(exists(N, A == l_ @ Y @ r + of(N) - l_ @ L @ of(N) @ R @ r), A, by=found[1])

    parts = [
        every(eq_32(net), lambda t, i, found: found[0]),
        every(eq_33(net, letters.Rp, letters.Lp), solved),
        every(eq_34(net, letters.Rp, letters.Lp), lambda t, i, found: found[2]),
        thirty_five,
        every(eq_36(letters), lambda t, i, found: both(found[3], found[4])),
    ]
    t = s.inner()
    (i,) = t.dims("k")
    t.given(at_least(i, 0))
    high = t.given(at_least(n, i))
    below = t.linear(at_least(l, i + 1), high)
    through = t.have(W == of(net.L, i + 1) @ of(net.R, i + 1), product(i + 1, below))
    _, of_L = halves(pinvs(i + 1, below))
    inside = t.have(letters.P(i + 1) @ W == W, through, of_L)
    rest = t.have((ident(width(l)) - letters.P(i + 1)) @ Y @ of(net.R, n + 1).T == 0, inside, flat)
    parts.append(t.close(both(net.is_L[1](i, below), rest)))
    s.conclude(conjunction(*(one.formula for one in parts)), by=both(*parts))


def output_at(t: Context, net: Network, product: Known, i: Nat, below: Known) -> Known:
    """R[l] = L[i+1] A[i] R[i]."""
    rest = t.have(net.output == of(net.L, i + 1) @ of(net.R, i + 1), product(i + 1, below))
    return t.have(net.output == of(net.L, i + 1) @ of(net.A, i) @ of(net.R, i), rest, net.is_R[1](i, below))


@statement("thm-3.necessary", "the layers of a critical point have the form eq-4, eq-5", kind="lemma", hidden=True)
def necessary(s: Script) -> None:
    net = network(s, "n", 2)
    l, Y = net.depth, net.Y
    letters, pinvs, diagonal = layers(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    product = s.cite("chain-product", **net.named(without="Y"))(net.is_R, net.is_L)
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    commutes = s.cite("thm-3.equations", **few)(net.is_R, net.is_L, pinvs, critical)[4]
    t = s.inner()
    (i,) = t.dims("k")
    within = t.given(at_least(n, i))
    below = t.linear(at_least(l, i + 1), within)
    of_R, _ = halves(pinvs(i, t.linear(at_least(l, i), below)))
    _, of_L = halves(pinvs(i + 1, below))
    orth, spectrum = halves(diagonal(i, t.linear(at_least(l, i + 2), within)))
    L, A, R = of(net.L, i + 1), of(net.A, i), of(net.R, i)
    gradient = t.have(L.T @ (L @ A @ R - Y) @ R.T == 0, critical(i, below), output_at(t, net, product, i, below))
    formed = s.cite("layer-form", **letters.at(i))(of_R, of_L, orth, spectrum, gradient, commutes(i, below)[1])
    s.conclude(forms(letters), by=t.close(formed))


@statement("thm-3.sufficient", "eq-4, eq-5 and the last of eq-6 make a critical point", kind="lemma", hidden=True)
def sufficient(s: Script) -> None:
    net = network(s, "n", 2)
    l, W, Y = net.depth, net.output, net.Y
    letters, pinvs, diagonal = layers(s, net)
    formed = s.given(forms(letters), "eq-4 and eq-5")
    last = s.given((ident(width(l)) - letters.P(n + 1)) @ Y @ of(net.R, n + 1).T == 0, "eq-6 for L[n+1]")
    product = s.cite("chain-product", **net.named(without="Y"))(net.is_R, net.is_L)

    def below_top(t: Context, i: Nat, within: Known) -> Known:
        """The gradient of A[i] vanishes, for i <= n."""
        below = t.linear(at_least(l, i + 1), within)
        of_R, _ = halves(pinvs(i, t.linear(at_least(l, i), within)))
        _, of_L = halves(pinvs(i + 1, below))
        orth, spectrum = halves(diagonal(i, t.linear(at_least(l, i + 2), within)))
        found = s.cite("layer-form-gradient", **letters.at(i))(of_R, of_L, orth, spectrum, formed(i, within))
        L, A, R = of(net.L, i + 1), of(net.A, i), of(net.R, i)
        through = t.have(
            W == L @ A @ R, t.have(W == L @ of(net.R, i + 1), product(i + 1, below)), net.is_R[1](i, below)
        )
        return t.have(net.gradient(i) == 0, found, through)

    # the last layer: W = P Y R[n]+ R[n] with P the projector onto Col(L[n+1]), and R[n+1] = A[n] R[n]
    in_n = s.linear(at_least(n, n))
    of_R, _ = halves(pinvs(n, s.linear(at_least(l, n))))
    _, of_L = halves(pinvs(n + 1, s.linear(at_least(l, n + 1))))
    P, R, Rp = letters.P(n + 1), of(net.R, n), of(letters.Rp, n)
    grown = net.is_R[1](n, s.linear(at_least(l, n + 1)))
    through = s.have(
        W == of(net.L, n + 1) @ of(net.A, n) @ R,
        s.have(W == of(net.L, n + 1) @ of(net.R, n + 1), product(n + 1, s.linear(at_least(l, n + 1)))),
        grown,
    )
    output = s.have(W == P @ Y @ Rp @ R, below_top(s, n, in_n), through, of_R, of_L, heavy=[W])
    flat = s.have(W @ of(net.R, n + 1).T == P @ Y @ of(net.R, n + 1).T, output, grown, of_R)
    top = s.have(net.gradient(n + 1) == 0, s.have((W - Y) @ of(net.R, n + 1).T == 0, flat, last), net.is_L[0])

    t = s.inner()
    (i,) = t.dims("k")
    below = t.given(at_least(l, i + 1))
    goal = lambda i: net.gradient(i) == 0
    by_layer = t.by_sign(
        number(n + 1) - number(i),
        lambda eq: t.moved(goal, top, n + 1, i, t.have(equal(scalar(i), scalar(n + 1)), eq)),
        lambda more: below_top(t, i, t.linear(at_least(n, i), successor(t.have(greater(n + 1, i), more), n + 1, i))),
        lambda no: anything(impossible(t, t.linear(at_least(n + 1, i), below), no), goal(i)),
    )
    s.conclude(net.critical(), by=t.close(by_layer))


def characterised(letters: Layers, first: int) -> Formula:
    """Critical if and only if eq-4, eq-5 and eq-6, the last from k = first on."""
    critical, equations = letters.net.critical(), conjunction(forms(letters), eq_6(letters, first))
    return conjunction(Implies(critical, equations), Implies(equations, critical))


@statement(
    "thm-3.repair",
    "(A_1, ..., A_l) is critical iff eq-4, eq-5, and eq-6 for k = 1, ..., l-1; as printed where l >= 3",
    hidden=True,
)
def repaired(s: Script) -> None:
    net = network(s, "n", 2)
    letters, pinvs, diagonal = layers(s, net)
    known = net.is_R, net.is_L, pinvs, diagonal
    few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
    named = few | letters.named()

    def equivalent(t: Context, first: int, reaches: Known) -> Known:
        there, back = t.inner(), t.inner()
        critical = there.given(net.critical())
        sixth = s.cite("thm-3.equations", **few)(*known[:3], critical)[5]
        one = there.inner()
        (i,) = one.dims("k")
        one.given(at_least(i, first))
        inside = one.given(at_least(n, i))
        from_first = one.close(sixth(i, one.linear(at_least(i, nat(0)), nonnegative(i)), inside))
        forward = there.close(both(s.cite("thm-3.necessary", **named)(*known, critical), from_first))
        formed, six = halves(back.given(conjunction(forms(letters), eq_6(letters, first))))
        _, rest = halves(six(n, reaches, back.linear(at_least(n, n))))
        backward = back.close(s.cite("thm-3.sufficient", **named)(*known, formed, rest))
        return both(forward, backward)

    all_depths = equivalent(s, 0, nonnegative(n))
    t = s.inner()
    deep = t.given(at_least(n, 1))
    printed = t.close(equivalent(t, 1, deep))
    s.conclude(conjunction(characterised(letters, 0), printed.formula), by=both(all_depths, printed))


@statement(
    "thm-3",
    "(A_1, ..., A_l) is critical iff eq-4, eq-5, and eq-6 for k = 2, ..., l-1",
    equations={
        "eq-32": "thm-3.1",
        "eq-33": "thm-3.2",
        "eq-34": "thm-3.3",
        "eq-35": "thm-3.4",
        "eq-36": "thm-3.5",
        "eq-5": "thm-3.6",
        "eq-4": "thm-3.7",
        "eq-6": "thm-3.8",
    },
)
def theorem_3(s: Script) -> None:
    """As printed. For l = 2 no k is left for eq-6, and nothing is said of the gradient of the last layer."""
    with s.aside():
        net = network(s, "n", 2)
        letters, pinvs, diagonal = layers(s, net)
        claim = s.goal_of("thm-3", characterised(letters, 1), None).formula()
        critical = s.given(net.critical(), "all gradients vanish")
        few = net.named(without="l") | {"n": n, "Rp": letters.Rp, "Lp": letters.Lp}
        parts = s.cite("thm-3.equations", **few)(net.is_R, net.is_L, pinvs, critical).parts()
        formed = s.cite("thm-3.necessary", **(few | letters.named()))(net.is_R, net.is_L, pinvs, diagonal, critical)
        for place, part, title in (
            (1, parts[0], "eq-32: the normal equations of every layer"),
            (2, parts[1], "eq-33: their general solution"),
            (3, parts[2], "eq-34: the output is a projection of Y"),
            (4, parts[3], "eq-35"),
            (5, parts[4], "eq-36: P commutes with Sigma_k"),
            (6, formed, "eq-5 with V_k of block structure and C_k invertible, as in thm-1"),
            (7, formed, "eq-5 put into eq-33: eq-4, with the same V_k and C_k"),
            (8, parts[5], "eq-6"),
        ):
            s.step(f"thm-3.{place}", part.formula, proof=part, title=title)
    s.conclude_refuted(claim, by=no_last_gradient(s, claim, letters))


def no_last_gradient(s: Script, claim: Formula, letters: Layers) -> Known:
    """l = 2, all matrices 1 x 1, X = Y = 1, A_1 = 1, A_2 = 0: V_0 = 0, C_0 = 1 and L_1 = 1 give eq-4 and eq-5."""
    t = s.inner()
    printed = t.given(claim)
    i, one = nat("~0"), ident(1)
    table = lambda value: Family(1, (value * one).term)  # a family of 1 x 1 matrices, by its polynomial in the index
    x = number(i)
    R, L = 1 - x * (x - 1) / 2, x * (x - 1) / 2
    values = {
        "n": nat(0),
        "m": nat(1),
        "d": Family(1, nat(1)),
        "A": table(1 - x),
        "R": table(R),
        "L": table(L),
        "X": one,
        "Y": one,
        "Rp": table(R),
        "Lp": table(L),
        "U": table(number(1)),
        "r": Family(1, nat(1)),
        "s": Family(2, scalar(1)),
        "E": Family(2, one.term),
        "Q": Family(2, (number(nat("~1")) * one).term),
    }
    known = printed.at(**values)
    while isinstance(known.formula, Implies):
        known = known(Known(evaluate(known.formula.left)))
    _, sufficient_ = halves(known)
    formed, six = sufficient_.formula.left.left, sufficient_.formula.left.right
    inside = t.inner()
    (j,) = inside.dims("k")
    low = inside.given(at_least(nat(0), j))
    no = null(1, 0)
    empty = Family(1, no.term)
    witnesses = [Family(1, nat(0)), empty, empty, Family(1, null(1, 1).term), nat(0), no, no, null(1, 1), one, one, one]
    goal = instantiate(formed, nat(0)).right
    body = goal
    for value in witnesses:
        body = instantiate(body, value_for(body, value))
    first = inside.witness(goal, *witnesses, by=Known(evaluate(body)))
    is_0 = equal(scalar(j), 0)
    above = lambda more: inside.have(Falsum(), low, more, sum=[Term(times=(low,)), Term(times=(more,))])
    zero = inside.by_sign(
        number(j),
        lambda eq: inside.have(is_0, eq),
        lambda more: anything(above(more), is_0),
        lambda less: anything(impossible(inside, nonnegative(j), less), is_0),
    )
    every = inside.close(inside.moved(lambda k_: instantiate(formed, k_).right, first, nat(0), j, zero))
    critical = sufficient_(both(every, Known(evaluate(six))))
    top = critical(nat(1), Known(evaluate(at_least(nat(2), nat(2)))))
    return t.close(Known(implies_elim(evaluate(negation(top.formula)), top.theorem)))
