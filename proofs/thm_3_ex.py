"""The example after Theorem 3: L_k = 0 for all k.

Read as printed, A_(l,k+2) is what eq-5 says, U_k V_k C_k, and eq-6 asks that these matrices fit together. For C_k and
V_k that are chosen freely they do not. What is left: the network that eq-4 gives layer by layer, with eq-5 for the last
one alone, is critical for any C_k and V_k.
"""

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Family,
    Formula,
    Implies,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    instantiate,
    matrix_sort,
    negation,
    substitute,
)
from symbolic_cp.kernel.logic import implies_elim
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import (
    Context,
    Known,
    anything,
    both,
    difference,
    nonnegative,
    successor,
    value_for,
)
from symbolic_cp.prover.expression import Expr, ident, null, number, of

from .layers import Layers, halves, is_orthogonal, layer_data, layers
from .networks import Network, k, network, width
from .order import impossible
from .spectra import spectrum_of
from .structure import widths
from .thm_3 import n, output_at, up_to


@statement("projected-rows", "R1 = D V'U'Z has Y R1+ R1 = U V V'U' Z", kind="lemma", hidden=True)
def projected_rows(s: Script) -> None:
    """Z = Y R+ R, and U V V'U' commutes with Z Z'. The rows of R1 are those of U V V'U' Z."""
    s.dims("d0 d1 d2 m")
    R, Y = s.matrices("R: d0 x m, Y: d2 x m")
    r, of_R = s.pinv(R, "r")
    U, V, C, D = s.matrices("U: d2 x d2, V: d2 x d1, C: d1 x d1, D: d1 x d1")
    (R1,) = s.matrices("R1: d1 x m")
    r1, of_R1 = s.pinv(R1, "r1")
    orth = s.given(is_orthogonal(U), "U is orthogonal")
    iso = s.given(V @ V.T @ V == V, "V V' V = V")
    Lam = U.T @ Y @ r @ R @ Y.T @ U
    com = s.given(V @ V.T @ Lam == Lam @ V @ V.T, "V V' commutes with U'Sigma U")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    made = s.given(R1 == D @ V.T @ U.T @ Y @ r @ R, "R1 = D V'U' Y R+ R")
    T, Z = U @ V @ V.T @ U.T, Y @ r @ R
    moved = s.have(T @ Z @ Z.T == Z @ Z.T @ T, com, orth, of_R)
    stays = s.have(T @ Z == U @ V @ C @ R1, made, inv)
    full = s.have(T @ Z @ r1 @ R1 == T @ Z, stays, of_R1)
    cut = s.have((ident("d2") - T) @ Z @ R1.T == 0, made, moved, iso, orth, of_R)
    gone = s.have((ident("d2") - T) @ Z @ r1 @ R1 == 0, cut, of_R1)
    inside = s.have(r @ R @ r1 @ R1 == r1 @ R1, s.have(R1 @ r @ R == R1, made, of_R), of_R1, of_R)
    s.conclude(Y @ r1 @ R1 == T @ Z, by=[inside, full, gone])


@statement("later-rows", "R[k+i] R[k]+ R[k] = R[k+i]", kind="lemma", hidden=True)
def later_rows(s: Script) -> None:
    net = network(s)
    l = net.depth
    (i,) = s.dims("i")
    r = s.matrix("r", "m", width(i))
    of_R = s.given(penrose(at(net.R, i), r.term), "r is the pseudoinverse of R[i]")

    def claim(j: Nat) -> Formula:
        return Implies(at_least(l, i + j), of(net.R, i + j) @ r @ of(net.R, i) == of(net.R, i + j))

    def step(t, j, below, so_far):
        c = t.inner()
        inside = c.given(at_least(l, i + j + 1))
        before = so_far(c.linear(at_least(l, i + j), inside))
        return c.close(c.have(claim(j + 1).right, before, net.is_R[1](i + j, inside)))

    start = s.inner()
    start.given(at_least(l, i))
    base = start.close(start.have(of(net.R, i) @ r @ of(net.R, i) == of(net.R, i), of_R))
    every = s.induction("j", l, claim, base, step)
    t = s.inner()
    (j,) = t.dims("j")
    inside = t.given(at_least(l, i + j))
    rest = t.linear(at_least(l, j), inside, nonnegative(i))
    done = t.close(every(j, rest, inside))
    s.conclude(done.formula, by=done)


def block_structure() -> Formula:
    """V is of block structure, in the letters of one layer."""
    t = Context()
    X, Y, _, _, Xp, _, _, _, U, _ = layer_data(t)
    sp = spectrum_of(t, U.T @ (Y @ Xp @ X @ Y.T) @ U)
    c = Context()
    st = widths(c)
    letters = [thing for _, thing, _ in c.entries][:-1]
    return exists(*letters, st.formula(sp.projectors, sp.partial, sp.r))


@dataclass(frozen=True)
class Chosen:
    """The network of the example: V[k] and an invertible C[k] for every layer, and all L_k = 0."""

    net: Network
    letters: Layers
    V: Variable
    C: Variable
    D: Variable
    known: tuple[Known, ...]

    def named(self) -> dict[str, object]:
        few = self.net.named(without="l") | self.letters.named() | {"n": n, "Lp": self.letters.Lp}
        return few | {one.name: one for one in (self.V, self.C, self.D)}

    def UV(self, index: Nat) -> Expr:
        return of(self.letters.U, index) @ of(self.V, index)

    def T(self, index: Nat) -> Expr:
        """U V V'U', the projector onto Col(U V)."""
        return self.UV(index) @ self.UV(index).T


def chosen(s: Context) -> Chosen:
    """Introduce it: A[k] = C[k]^-1 V[k]'U[k]' Y R[k]+ for k <= n, and A[n+1] = U[n] V[n] C[n]."""
    net = network(s, "n", 2)
    letters, pinvs, diagonal = layers(s, net)
    V = s.family("V", "k", matrix_sort(width(net.depth), width(k + 1)))
    C = s.family("C", "k", matrix_sort(width(k + 1), width(k + 1)))
    D = s.family("D", "k", matrix_sort(width(k + 1), width(k + 1)))
    structure = substitute(block_structure(), {**letters.at(k), "V": at(V, k)})
    size = ident(width(k + 1))
    inverse = conjunction(of(C, k) @ of(D, k) == size, of(D, k) @ of(C, k) == size)
    by_eq4 = of(net.A, k) == of(D, k) @ of(V, k).T @ of(letters.U, k).T @ net.Y @ of(letters.Rp, k)
    known = (
        net.is_R,
        net.is_L,
        pinvs,
        diagonal,
        s.given(up_to(n, structure), "V[k] is of block structure"),
        s.given(up_to(n, inverse), "D[k] is the inverse of C[k]"),
        s.given(up_to(n, by_eq4), "eq-4 with L_k = 0"),
        s.given(of(net.A, n + 1) == of(letters.U, n) @ of(V, n) @ of(C, n), "eq-5 for the last layer"),
    )
    return Chosen(net, letters, V, C, D, known)


def three_ways(t: Context, i: Nat, below: Known, goal, first: Known, second: Known, rest) -> Known:
    """goal(i) for i <= n + 1, from goal(n + 1), goal(n), and rest(t, i, i + 1 <= n)."""

    def same(value: Nat, known: Known, eq: Known) -> Known:
        return t.moved(goal, known, value, i, t.have(equal(scalar(i), scalar(value)), eq))

    def less(more: Known) -> Known:
        within = t.linear(at_least(n, i), successor(t.have(greater(n + 1, i), more), n + 1, i))
        return t.by_sign(
            number(n) - number(i),
            lambda eq: same(n, second, eq),
            lambda more: rest(t, i, successor(t.have(greater(n, i), more), n, i)),
            lambda no: anything(impossible(t, within, no), goal(i)),
        )

    return t.by_sign(
        number(n + 1) - number(i),
        lambda eq: same(n + 1, first, eq),
        less,
        lambda no: anything(impossible(t, t.linear(at_least(n + 1, i), below), no), goal(i)),
    )


@statement("thm-3.ex.repair", "the network made by eq-4 with L_k = 0, and eq-5 for A_l, is critical", hidden=True)
def made_critical(s: Script) -> None:
    """With Z[k] = Y R[k]+ R[k] and T[k] = U V V'U': Z[k+1] = T[k] Z[k], the output W is Z[n+1], T[k] W = W, and so
    W'Z[k] = W'W for all k."""
    ex = chosen(s)
    net, letters = ex.net, ex.letters
    _, _, pinvs, diagonal, structure, inverse, by_eq4, eq5 = ex.known
    l, W, Y = net.depth, net.output, net.Y
    named = net.named(without="Y")
    product = s.cite("chain-product", **named)(net.is_R, net.is_L)
    R, Rp, A, L = (lambda i, one=one: of(one, i) for one in (net.R, letters.Rp, net.A, net.L))
    Z = lambda i: Y @ Rp(i) @ R(i)

    def of_R(t: Context, i: Nat, *by: Known) -> Known:
        """The Penrose equations of R[i], i <= l."""
        return halves(pinvs(i, t.linear(at_least(l, i), *by)))[0]

    def isometry(t: Context, i: Nat, within: Known) -> Known:
        """V V' V = V, and V V' commutes with U'Sigma U."""
        orth, spectrum = halves(diagonal(i, t.linear(at_least(l, i + 2), within)))
        (p, w, T, Vs, pb, Wb, Tb), shape = t.obtain(structure(i, within), "p W T Vs pb Wb Tb")
        Lam = of(letters.U, i).T @ letters.Sigma(i) @ of(letters.U, i)
        sym = t.have(Lam.T == Lam, of_R(t, i, within))
        values = letters.at(i)
        spectral = {name: values[name] for name in ("r", "s", "E", "Q", "d1", "d2")}
        blocks = dict(p=p, W=w, T=T, Vs=Vs, pb=pb, Wb=Wb, Tb=Tb, V=of(ex.V, i))
        return s.cite("thm-1.structure", S=Lam, **spectral, **blocks)(spectrum, sym, shape)

    t = s.inner()
    (i,) = t.dims("k")
    within = t.given(at_least(n, i))
    iso, com = halves(isometry(t, i, within))
    orth, _ = halves(diagonal(i, t.linear(at_least(l, i + 2), within)))
    grown = net.is_R[1](i, t.linear(at_least(l, i + 1), within))
    made = t.have(R(i + 1) == of(ex.D, i) @ ex.UV(i).T @ Y @ Rp(i) @ R(i), grown, by_eq4(i, within))
    letters_i = dict(R=R(i), r=Rp(i), Y=Y, U=of(letters.U, i), V=of(ex.V, i), C=of(ex.C, i), D=of(ex.D, i))
    next_Z = s.cite("projected-rows", **letters_i, R1=R(i + 1), r1=Rp(i + 1))(
        of_R(t, i, within), of_R(t, i + 1, within), orth, iso, com, inverse(i, within), made
    )
    after = t.close(both(iso, orth, made, next_Z))

    # the output is Z[n+1]
    at_n = s.linear(at_least(n, n))
    iso_n, orth_n, made_n, next_n = _four(after(n, at_n))
    top = net.is_R[1](n + 1, s.linear(at_least(l, n + 2)))
    output = s.have(W == Z(n + 1), top, eq5, made_n, next_n, inverse(n, at_n))

    # W = Z[k] R[n+1]+ R[n+1], and T[k] W = W
    rows = lambda t, i, within: s.cite("later-rows", **net.named(without="Y"), i=i, r=Rp(i))(
        net.is_R, net.is_L, of_R(t, i, within)
    )

    def inside(t: Context, i: Nat, within: Known) -> Known:
        """R[n+1] R[i]+ R[i] = R[n+1], i <= n + 1."""
        c = t.inner()
        (j,), sum_ = c.obtain(difference(within, n + 1, i), "j")
        claim = lambda last: of(net.R, last) @ Rp(i) @ R(i) == of(net.R, last)
        there = rows(c, i, within)(j, c.linear(at_least(l, i + j), sum_))
        return c.close(c.moved(claim, there, i + j, n + 1, sum_))

    def claim(i: Nat) -> Formula:
        return Implies(at_least(n + 1, i), W.T @ Z(i) == W.T @ Z(0))

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        low = c.given(at_least(n + 1, i + 1))
        within = c.linear(at_least(n, i), low)
        iso, orth, _, following = _four(after(i, within))
        top_rows = of_R(c, n + 1)
        here = c.have(
            W == Z(i) @ Rp(n + 1) @ R(n + 1),
            output,
            inside(c, i, c.linear(at_least(n + 1, i), low)),
            top_rows,
            of_R(c, i, within),
        )
        there = c.have(
            W == Z(i + 1) @ Rp(n + 1) @ R(n + 1), output, inside(c, i + 1, low), top_rows, of_R(c, i + 1, low)
        )
        kept = c.have(ex.T(i) @ W == W, c.have(ex.T(i) @ W == Z(i + 1) @ Rp(n + 1) @ R(n + 1), here, following), there)
        before = so_far(c.linear(at_least(n + 1, i), low))
        same = c.have(W.T @ Z(i) == W.T @ ex.T(i) @ Z(i), c.have(W.T == W.T @ ex.T(i), kept))
        return c.close(c.have(claim(i + 1).right, before, same, following))

    start = s.inner()
    start.given(at_least(n + 1, 0))
    base = start.close(start.have(claim(nat(0)).right))
    every = s.induction("k", n + 1, claim, base, step)
    last = every(n + 1, s.linear(at_least(n + 1, n + 1)), s.linear(at_least(n + 1, n + 1)))

    def before_last(t: Context, i: Nat, within: Known) -> Known:
        """The gradient of A[i] vanishes, for i + 1 <= n: L[i+1] = W R[i+1]+."""
        low = t.linear(at_least(n + 1, i), within)
        equal_ = t.have(W.T @ (W - Z(i)) == 0, every(i, low, low), last, output)
        up = t.linear(at_least(n, i + 1), within)
        next_A = by_eq4(i + 1, up)
        ofR1 = of_R(t, i + 1, within)
        full = t.have(
            L(i + 1) == L(i + 1) @ R(i + 1) @ Rp(i + 1),
            net.is_L[1](i + 1, t.linear(at_least(l, i + 2), within)),
            next_A,
            ofR1,
        )
        whole = t.have(L(i + 1) == W @ Rp(i + 1), full, product(i + 1, t.linear(at_least(l, i + 1), within)))
        ofR = of_R(t, i, within)
        through = output_at(t, net, product, i, t.linear(at_least(l, i + 1), within))
        cut = t.have(W @ Rp(i) @ R(i) == W, through, ofR)
        goal = net.gradient(i) == 0
        return t.have(goal, whole, t.have(W.T @ (W - Y) @ R(i).T == 0, equal_, cut, ofR))

    # the last two layers
    last_L = net.is_L[1](n + 1, s.linear(at_least(l, n + 2)))
    one = s.have(L(n + 1) == ex.UV(n) @ of(ex.C, n), last_L, net.is_L[0], eq5)
    ofRn = of_R(s, n)
    ofRm = of_R(s, n + 1)
    flat = s.have(ex.UV(n).T @ (W - Z(n)) == 0, output, next_n, iso_n, orth_n)
    through_n = output_at(s, net, product, n, s.linear(at_least(l, n + 1)))
    cut_n = s.have(W @ Rp(n) @ R(n) == W, through_n, ofRn)
    second = s.have(net.gradient(n) == 0, one, s.have(ex.UV(n).T @ (W - Y) @ R(n).T == 0, flat, cut_n, ofRn))
    first = s.have(net.gradient(n + 1) == 0, s.have((W - Y) @ R(n + 1).T == 0, output, ofRm), net.is_L[0])

    t = s.inner()
    (i,) = t.dims("k")
    below = t.given(at_least(l, i + 1))
    goal = lambda i: net.gradient(i) == 0
    by_place = three_ways(t, i, below, goal, first, second, before_last)
    s.conclude(net.critical(), by=t.close(by_place))


def _four(known: Known) -> tuple[Known, Known, Known, Known]:
    iso, rest = halves(known)
    orth, rest = halves(rest)
    made, following = halves(rest)
    return iso, orth, made, following


@statement(
    "thm-3.ex",
    "L_k = 0 satisfies eq-6, and makes a critical point for any C_k and V_k of block structure",
    kind="example",
)
def example(s: Script) -> None:
    """As printed. The first part of eq-6 fails for l = 3, all matrices 1 x 1, X = 1, Y = 0, V_k = C_k = 1: eq-4 makes
    A_1 = A_2 = 0, eq-5 says A_3 = 1 and A_(3,2) = 1, and A_3 A_2 = 0. What holds is thm-3.ex.repair."""
    with s.aside():
        ex = chosen(s)
        product = lambda i: ex.UV(i) @ of(ex.C, i)
        fits = product(k) == product(k + 1) @ of(ex.net.A, k + 1)
        consistent = for_all(Variable("k", NAT), Implies(at_least(n, k + 1), fits))
        claim = s.goal_of("thm-3.ex", conjunction(consistent, ex.net.critical()), None).formula()
    t = s.inner()
    printed = t.given(claim)
    one, x = ident(1), number(nat("~0"))
    table = lambda value: Family(1, (value * one).term)  # a family of 1 x 1 matrices, by its polynomial in the index
    R, L = (1 - x) * (2 - x) * (3 - x) / 6, x * (x - 1) / 2 - x * (x - 1) * (x - 2) / 3
    constant, double = table(number(1)), Family(2, one.term)
    values = dict(
        n=nat(1),
        m=nat(1),
        d=Family(1, nat(1)),
        A=table(x * (x - 1) / 2),
        R=table(R),
        L=table(L),
        X=one,
        Y=null(1, 1),
        Rp=table(R),
        Lp=table(L),
        U=constant,
        r=Family(1, nat(0)),
        s=Family(2, scalar(1)),
        E=double,
        Q=Family(2, null(1, 1).term),
        V=constant,
        C=constant,
        D=constant,
    )
    no = Family(1, null(1, 0).term)
    witnesses = [Family(1, nat(0)), no, no, Family(1, null(1, 1).term), nat(1), one, one]
    known = printed.at(**values)
    while isinstance(known.formula, Implies):
        known = known(holds(t, known.formula.left, witnesses))
    consistent, _ = halves(known)
    wrong = consistent(nat(0), Known(evaluate(at_least(scalar(1), 1))))
    s.conclude_refuted(claim, by=t.close(Known(implies_elim(evaluate(negation(wrong.formula)), wrong.theorem))))


def holds(t: Context, formula: Formula, witnesses: list) -> Known:
    """A closed formula: by evaluation, or for all k <= N: there are ..., by the same witnesses for every k."""
    try:
        return Known(evaluate(formula))
    except KernelError:
        c = t.inner()
        (i,) = c.dims("k")
        inside = instantiate(formula, i)
        c.given(inside.left)
        body = inside.right
        for value in witnesses:
            body = instantiate(body, value_for(body, value))
        return c.close(c.witness(inside.right, *witnesses, by=Known(evaluate(body))))
