"""The layer q and the vectors y[k] of the family: kernels of R[k] above q, and of L[k] up to q."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    implication,
    matrix_sort,
    negation,
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
    left_or,
    nonnegative,
    or_right_of,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, null, number, of, tr
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import Network, forward, k, network, width
from ..ranks import is_projector, projects
from .chains import apart, compare, letters, upward
from .family import kernels, onto, vectors


def narrow(net: Network, rank: Expr) -> Formula:
    """rank < d[k] for every hidden layer k = 1, ..., l - 1."""
    bound = implication(at_least(k, 1), at_least(net.depth, k + 1), rank < number(width(k)))
    return for_all(Variable("k", NAT), bound)


def negative(s: Context, a: Nat, sign: Known, goal: Formula) -> Known:
    """Anything, from -a > 0."""
    least = nonnegative(a)
    return anything(s.have(Falsum(), sign, least, sum=[Term(times=(sign,)), Term(times=(least,))]), goal)


# ------------------------------------------------------------------------------------------------- the choice of q, y


@statement("kernel-vector", "an orthogonal projector P != I has a unit vector y with Py = 0", kind="lemma", hidden=True)
def kernel_vector(s: Script) -> None:
    (n,) = s.dims("n")
    (P,) = s.matrices("P: n x n")
    proj = s.given(is_projector(P), "P is an orthogonal projector")
    proper = s.given(P != ident(n), "P != I")
    F = ident(n) - P
    F_proj = projects(s, F, proj)

    def whole(bound: Known) -> Known:
        none = s.cite("projector-zero", F=F)(F_proj, bound)
        return anything(proper(s.have(P == ident(n), none)), tr(F) > 0)

    positive = s.by_sign(
        tr(F),
        lambda zero: whole(s.have(tr(F) <= 0, zero, sum=[Term(squares=(number(0),))])),
        lambda yes: yes,
        lambda no: whole(s.have(tr(F) <= 0, sum=[Term(times=(no,))])),
    )
    (y,), at_y = s.obtain(s.cite("unit", F=F)(F_proj, positive), "y")
    Y = Variable("y", matrix_sort(n, 1))
    goal = exists(Y, conjunction(of(Y).T @ of(Y) == ident(1), P @ of(Y) == 0))
    s.conclude(goal, by=s.witness(goal, y, by=both(at_y[0], s.have(P @ y == 0, at_y[1], proj))))


@statement("last-onto", "there is a largest q <= n with q = 0 or R[q] P[q] = I", kind="lemma", hidden=True)
def last_onto(s: Script) -> None:
    n, _ = s.dims("n m")
    s.let(Variable("d", NAT, 1))
    R_, P_ = s.let(forward()), s.let(family("P", "k", matrix_sort("m", width(k))))
    full = lambda a: of(R_, a) @ of(P_, a) == ident(width(a))
    q, j = nat("q"), nat("j")

    def after(first: Nat, last: Nat) -> Formula:
        """No R[j] with first < j <= last is onto."""
        return for_all(Variable("j", NAT), implication(at_least(j, first + 1), at_least(last, j), negation(full(j))))

    def is_last(a: Nat, b: Nat) -> Formula:
        return conjunction(at_least(b, a), Or(same(a, nat(0)), full(a)), after(a, b))

    def claim(b: Nat) -> Formula:
        return exists(Variable("q", NAT), is_last(q, b))

    def nothing_after(t: Context, a: Nat) -> Known:
        u = t.inner()
        (b,) = u.dims("j")
        low, high = u.given(at_least(b, a + 1)), u.given(at_least(a, b))
        return u.close(anything(u.linear(Falsum(), low, high), negation(full(b))))

    def here(t: Context, a: Nat, known: Known) -> Known:
        return t.witness(claim(a), a, by=both(t.linear(at_least(a, a)), known, nothing_after(t, a)))

    zero = left_or(s.have(same(nat(0), nat(0))), full(nat(0)))

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        def still(no: Known) -> Known:
            u = t.inner()
            (first,), known = u.obtain(so_far, "q")
            v = u.inner()
            (b,) = v.dims("j")
            low, high = v.given(at_least(b, first + 1)), v.given(at_least(a + 1, b))
            none = compare(
                v,
                b,
                a + 1,
                lambda equal: v.moved(lambda x: negation(full(x)), no, a + 1, b, equal),
                lambda less: known[2](b, low, v.linear(at_least(a, b), less)),
                lambda more: anything(v.linear(Falsum(), more, high), negation(full(b))),
            )
            inside = u.linear(at_least(a + 1, first), known[0])
            return u.close(u.witness(claim(a + 1), first, by=both(inside, known[1], v.close(none))))

        return t.decide(full(a + 1), lambda yes: here(t, a + 1, or_right_of(same(a + 1, nat(0)), yes)), still)

    every = s.induction("i", n, claim, here(s, nat(0), zero), step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


@statement("T6.4", "q and the vectors y[k] exist where rank R[l] is below the hidden widths", kind="step", hidden=True)
def choice(s: Script) -> None:
    """q is the largest layer with q = 0 or R[q] onto. Above it R[k] is not onto, so that some unit vector has
    y'R[k] = 0. Up to it rank L[k] <= rank L[q] = rank R[l] < d[k], so that some unit vector has L[k] y = 0."""
    net = network(s)
    l = net.depth
    deep = s.given(at_least(l, 1), "l >= 1")
    w, of_W = s.pinv(net.output, "w")
    rank = s.given(narrow(net, tr(net.output @ w)), "rank R[l] < every hidden width")
    u, v = s.matrix("u", width(l), 1), s.matrix("v", width(0), 1)
    R, L = (lambda a: of(net.R, a)), (lambda a: of(net.L, a))
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    (h,), last = s.obtain(difference(deep, l, nat(1)), "h")

    # pseudoinverses of all R[k]
    state = Variable("P", matrix_sort("m", width(k)))
    (P0,), of_P0 = s.obtain(from_fact("pinv").at(A=R(0)), "P0")

    def pinv_of(t: Context, a: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        (p,), known = t.obtain(from_fact("pinv").at(A=R(a + 1)), "p")
        return (p,), known

    made = s.recursion("k", l, [state], (P0,), penrose(R(k).term, of(state).term), None, of_P0, pinv_of)
    (P_,), are_P = s.obtain(made, "P")
    P = lambda a: of(P_, a)
    (q,), is_q = s.obtain(s.cite("last-onto", n=h, d=Variable("d", NAT, 1), R=net.R, P=P_), "q")
    low_q, full, after = is_q.parts()
    inside = s.linear(at_least(l, q + 1), low_q, last)

    def fits(a: Nat, y: Expr) -> Formula:
        unit = y.T @ y == ident(1)
        above = implication(at_least(a, q + 1), at_least(l, a + 1), conjunction(unit, y.T @ R(a) == 0))
        return conjunction(above, implication(at_least(a, 1), at_least(q, a), conjunction(unit, L(a) @ y == 0)))

    t = s.inner()
    (a,) = t.dims("i")
    y_ = Variable("y", matrix_sort(width(a), 1))
    goal = exists(y_, fits(a, of(y_)))

    def vacuous(c: Context, part: Implies, *reasons: Known) -> Known:
        """A part of `fits`, whose bounds on the index contradict the reasons."""
        e = c.inner()
        bounds = e.given(part.left), e.given(part.right.left)
        return e.close(anything(e.linear(Falsum(), *bounds, *reasons), part.right.right))

    def fulfilled(c: Context, part: Implies, known: Known) -> Known:
        """A part of `fits`, whose conclusion is known."""
        e = c.inner()
        e.given(part.left), e.given(part.right.left)
        return e.close(known)

    def top_vector(high: Known, low: Known) -> Known:
        c = t.inner()
        a_l = c.linear(at_least(l, a), low)
        inverse = are_P[1](a, a_l)
        F = R(a) @ P(a)
        proper = after(a, high, c.linear(at_least(h, a), low, last))
        (y,), at_y = c.obtain(s.cite("kernel-vector", P=F)(projects(c, F, inverse), proper), "y")
        killed = c.have(y.T @ R(a) == 0, at_y[1], inverse)
        above, below = parts(fits(a, y))
        found = fulfilled(c, above, both(at_y[0], killed))
        return c.close(c.witness(goal, y, by=both(found, vacuous(c, below, high))))

    def bottom_vector(low: Known, high: Known) -> Known:
        c = t.inner()
        (b,), of_L = c.obtain(from_fact("pinv").at(A=L(a)), "b")
        F = b @ L(a)
        N_ = lambda j: Variable("N", matrix_sort(width(j), width(a)))
        factor = lambda j: exists(N_(j), L(a) == L(j) @ of(N_(j)))
        eye = ident(width(a))
        start = c.witness(factor(a), eye, by=c.have(L(a) == L(a) @ eye))

        def step(e: Context, j: Nat, low_: Known, high_: Known, so_far: Known) -> Known:
            (N,), known = e.obtain(so_far, "N")
            layer = net.is_L[1](j, e.linear(at_least(l, j + 1), high_, inside))
            return e.witness(
                factor(j + 1), of(net.A, j) @ N, by=e.have(L(a) == L(j + 1) @ of(net.A, j) @ N, known, layer)
            )

        (N,), through = c.obtain(upward(c, a, q, high, factor, start, step, "r j"), "N")

        def not_onto(zero: Known) -> Known:
            return anything(c.linear(Falsum(), low, high, zero), F != ident(width(a)))

        def thin(right: Known) -> Known:
            e = c.inner()
            whole = e.given(F == ident(width(a)))
            q_l = e.linear(at_least(l, q), inside)
            W_is = e.have(net.output @ P(q) == L(q), product(q, q_l), right)
            same_ = e.have(L(a) == net.output @ (P(q) @ N), W_is, through)
            moved_ = e.have(penrose((net.output @ (P(q) @ N)).term, b.term), of_L, same_)
            below = s.cite("rank-left", A=net.output, B=P(q) @ N, a=w, c=b)(of_W, moved_)
            total = e.have(
                tr(net.output @ (P(q) @ N) @ b) == number(width(a)),
                e.have(tr(L(a) @ b) == number(width(a)), whole),
                same_,
            )
            bound = rank(a, low, e.linear(at_least(l, a + 1), high, inside))
            return e.close(e.have(Falsum(), total, sum=[Term(times=(below,)), Term(times=(bound,))]))

        proper = c.either(full, not_onto, thin)
        F_proj = both(c.have(F.T == F, of_L), c.have(F @ F == F, of_L))
        (y,), at_y = c.obtain(s.cite("kernel-vector", P=F)(F_proj, proper), "y")
        killed = c.have(L(a) @ y == 0, c.have(L(a) @ b @ L(a) @ y == 0, at_y[1]), of_L)
        above, below = parts(fits(a, y))
        found = fulfilled(c, below, both(at_y[0], killed))
        return c.close(c.witness(goal, y, by=both(vacuous(c, above, high), found)))

    nothing = null(width(a), 1)

    def free(*reasons: Known) -> Known:
        return t.witness(goal, nothing, by=both(*(vacuous(t, part, *reasons) for part in parts(fits(a, nothing)))))

    def low_or_zero(more: Known) -> Known:  # a <= q
        return t.by_sign(
            number(a),
            lambda zero: free(more, t.have(at_least(nat(0), a), zero, sum=[Term(squares=(number(0),))])),
            lambda sign: bottom_vector(successor(sign, a, nat(0)), more),
            lambda sign: negative(t, a, sign, goal),
        )

    def high_or_top(more: Known) -> Known:  # a >= q + 1
        return compare(
            t,
            a,
            l,
            lambda equal: free(more, t.have(at_least(a, l), equal, sum=[Term(squares=(number(0),))])),
            lambda less: top_vector(more, less),
            lambda beyond: free(more, t.linear(at_least(a, l), beyond)),
        )

    each = t.close(
        compare(
            t,
            a,
            q,
            lambda equal: low_or_zero(t.have(at_least(q, a), equal, sum=[Term(squares=(number(0),))])),
            lambda less: low_or_zero(t.linear(at_least(q, a), less)),
            high_or_top,
        )
    )

    state = Variable("y", matrix_sort(width(k), 1))
    at_0 = both(*(vacuous(s, part, low_q) for part in parts(fits(nat(0), v))))
    made = s.recursion(
        "k", l, [state], (v,), fits(k, of(state)), None, at_0, lambda c, a, below, so_far: c.obtain(each(a + 1), "y1")
    )
    (z_,), at_z = s.obtain(made, "z")
    constant = function("k", nat(1))
    (y_,), at_y = s.obtain(
        s.cite("replace", l=l, N=l, a=Variable("d", NAT, 1), b=constant, A=z_, V=u)(s.linear(at_least(l, l))), "y"
    )
    y = lambda a: of(y_, a)

    def kept(c: Context, a: Nat, below: Known) -> Known:
        """y[a] = z[a] for a < l."""
        return at_y[1](a, c.linear(at_least(l, a), below), apart(c, l, a, below)[0])

    c = s.inner()
    (a,) = c.dims("k")
    low, high = c.given(at_least(a, q + 1)), c.given(at_least(l, a + 1))
    fit = at_z[1](a, c.linear(at_least(l, a), high))[0](low, high)
    same_ = kept(c, a, high)
    above = c.close(c.have(y(a).T @ R(a) == 0, fit[1], same_))
    c = s.inner()
    (a,) = c.dims("k")
    high = c.given(at_least(q, a + 1))
    inside_ = c.linear(at_least(l, a + 2), high, inside)
    fit = at_z[1](a + 1, c.linear(at_least(l, a + 1), inside_))[1](c.linear(at_least(a + 1, 1)), high)
    below = c.close(c.have(L(a + 1) @ y(a + 1) == 0, fit[1], kept(c, a + 1, inside_)))
    c = s.inner()
    (a,) = c.dims("k")
    low, high = c.given(at_least(a, 1)), c.given(at_least(l, a + 1))
    fit = at_z[1](a, c.linear(at_least(l, a), high))
    unit_of = lambda known: c.have(y(a).T @ y(a) == ident(1), known[0], kept(c, a, high))
    units = c.close(
        compare(
            c,
            a,
            q,
            lambda equal: unit_of(fit[1](low, c.have(at_least(q, a), equal, sum=[Term(squares=(number(0),))]))),
            lambda less: unit_of(fit[1](low, c.linear(at_least(q, a), less))),
            lambda more: unit_of(fit[0](more, high)),
        )
    )
    at_v = s.have(y(0) == v, at_z[0], kept(s, nat(0), deep))
    goal = chosen(net, u, v)
    found = both(inside, full, both(above, below), at_v, at_y[0], units)
    s.conclude(goal, by=s.witness(goal, q, P(q), y_, by=found))


def parts(formula: Formula) -> tuple[Implies, Implies]:
    """Both sides of a conjunction of implications."""
    return formula.left, formula.right


def chosen(net: Network, u: Expr, v: Expr) -> Formula:
    """There are q < l, a right inverse rho of R[q] (or q = 0), and y with y[0] = v, y[l] = u, |y[k]| = 1 else."""
    q, rho, y = nat("q"), Variable("rho", matrix_sort("m", width(nat("q")))), vectors()
    unit = implication(at_least(k, 1), at_least(net.depth, k + 1), of(y, k).T @ of(y, k) == ident(1))
    return exists(
        Variable("q", NAT),
        rho,
        y,
        conjunction(
            at_least(net.depth, q + 1),
            onto(net, q, of(rho)),
            kernels(net, y, q),
            of(y, 0) == v,
            of(y, net.depth) == u,
            for_all(Variable("k", NAT), unit),
        ),
    )
