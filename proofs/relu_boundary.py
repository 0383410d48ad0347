"""The boundary of a cell of one ReLU unit where one line of inputs switches; `beyond/boundary` has the general case.

At (A1, A2) the unit fires for the samples P with data XP, YP; for the samples Z with targets YZ it is at the boundary,
A1 x_j = 0, and their inputs lie on one line: X_Z = n (tp - tm)', where tp and tm are the positive and negative parts of
the factors; all others are silent nearby. With s = D1 n, the outputs on Z at A1 + t D1, t > 0, are t sigma(s (tp -
tm)'): t s tp' where s >= 0, and -t s tm' where s < 0. R = A2 A1 XP - YP are the residuals, and c = -A2'YZ.
"""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import Implies, Variable, conjunction, for_all, matrix_sort
from symbolic_cp.kernel.terms import literal
from symbolic_cp.prover.context import Context, Known, Term, both, one, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, null, of, tr

from .prop_6 import by_evaluation
from .prop_7 import closed_formula


def letters(s: Context):
    """The data of the firing samples and of those at the boundary, and the weights."""
    s.dims("d0 d2 p z")
    XP, YP, YZ = s.matrices("XP: d0 x p, YP: d2 x p, YZ: d2 x z")
    n, tp, tm, A1, A2 = s.matrices("n: d0 x 1, tp: z x 1, tm: z x 1, A1: 1 x d0, A2: d2 x 1")
    return XP, YP, YZ, n, tp, tm, A1, A2


def derivative(XP, YP, YZ, n, tp, tm, A1, A2, D1, D2):
    """The one-sided derivative in the direction (D1, D2) is zero."""
    R, s = A2 @ A1 @ XP - YP, tr(D1 @ n)
    on_P = tr(R.T @ (D2 @ A1 @ XP + A2 @ D1 @ XP))
    up, down = tr(A2.T @ YZ @ tp), tr(A2.T @ YZ @ tm)
    return conjunction(Implies(s >= 0, on_P - s * up == 0), Implies(s < 0, on_P + s * down == 0))


def conditions(XP, YP, YZ, n, tp, tm, A1, A2):
    """(a) sum of c_j |x_j| = 0 on the line; (b) the mean of both sides; (c) the gradient for A2."""
    R = A2 @ A1 @ XP - YP
    a = tr(A2.T @ YZ @ (tp + tm)) == 0
    b = A2.T @ R @ XP.T - tr(A2.T @ YZ @ (tp - tm)) * n.T / 2 == 0
    return a, b, R @ XP.T @ A1.T == 0


@statement(
    "relu-boundary.3",
    "where one line of inputs switches, (a) is the one equation sum c_j |x_j| = 0",
    kind="step",
    hidden=True,
)
def boundary(s: Script) -> None:
    """The criterion for differentiable critical points on the boundary of a cell, where one line of inputs switches."""
    XP, YP, YZ, n, tp, tm, A1, A2 = known_letters = letters(s)
    line = s.given(norm2(n) > 0, "n is not zero")
    d1, d2 = Variable("D1", matrix_sort(1, "d0")), Variable("D2", matrix_sort("d2", 1))
    every = for_all(d1, d2, derivative(*known_letters, of(d1), of(d2)))
    three = conjunction(*conditions(*known_letters))
    there, back = s.inner(), s.inner()
    necessary = there.close(forward(there, there.given(every), line, known_letters))
    sufficient = back.close(backward(back, back.given(three), known_letters, d1, d2))
    s.conclude(conjunction(necessary.formula, sufficient.formula), by=both(necessary, sufficient))


def forward(t: Context, every: Known, line: Known, known_letters) -> Known:
    XP, YP, YZ, n, tp, tm, A1, A2 = known_letters
    R = A2 @ A1 @ XP - YP
    G = R @ XP.T @ A1.T
    still = null(1, "d0")
    flat = every(still, G)[0](t.have(tr(still @ n) >= 0, sum=[]))
    c = t.zero(G, flat)
    up = every(n.T, null("d2", 1))[0](t.have(tr(n.T @ n) >= 0, sum=[Term(grams=(n,))]))
    down = every(-n.T, null("d2", 1))[1](t.have(tr(-n.T @ n) < 0, sum=[Term(times=(line,))]))
    both_ = tr(A2.T @ YZ @ (tp + tm))
    product = t.have(norm2(n) * both_ == 0, up, down)
    a = cancelled(t, both_, product, line)
    W = A2.T @ R @ XP.T - tr(A2.T @ YZ @ (tp - tm)) * n.T / 2
    s = tr(W @ n)
    zero = null("d2", 1)
    square = t.by_sign(
        s,
        lambda z: t.have(norm2(W) == 0, every(W, zero)[0](t.have(s >= 0, z, sum=[])), a, one(W @ n)),
        lambda p: t.have(norm2(W) == 0, every(W, zero)[0](t.have(s >= 0, sum=[Term(times=(p,))])), a, one(W @ n)),
        lambda m: t.have(norm2(W) == 0, every(W, zero)[1](t.have(s < 0, sum=[Term(times=(m,))])), a, one(W @ n)),
    )
    b = t.zero(W, square)
    return both(a, b, c)


def cancelled(t: Context, value: Expr, product: Known, positive: Known) -> Known:
    """value = 0, from |n|^2 value = 0 and |n|^2 > 0."""
    u = t.inner()
    (inverse,), unity = u.obtain(reciprocal(positive), "inverse")
    scaled = u.have(value == 0, product, unity)
    return u.close(scaled)


def backward(t: Context, three: Known, known_letters, d1: Variable, d2: Variable) -> Known:
    u = t.inner()
    u.let(d1), u.let(d2)
    D1, D2 = of(d1), of(d2)
    XP, YP, YZ, n, tp, tm, A1, A2 = known_letters
    R = A2 @ A1 @ XP - YP
    a, b, c = three.parts()
    first = u.have(tr(R.T @ D2 @ A1 @ XP) == 0, c)
    s = tr(D1 @ n)
    second = u.have(tr(R.T @ A2 @ D1 @ XP) == tr(A2.T @ YZ @ (tp - tm)) * s / 2, b)
    claim = derivative(*known_letters, D1, D2)
    parts = []
    for goal in (claim.left, claim.right):
        v = u.inner()
        v.given(goal.left)
        parts.append(v.close(v.have(goal.right, first, second, a)))
    return u.close(both(*parts))


def at_the_edge():
    """Letters of a point of K_J with J = P and Z: outputs on P are > 0 (e, f: the two samples), on Z they are 0."""
    t = Context()
    XP, YP, YZ, A1, A2, n = t.matrices("XP: 2 x 2, YP: 1 x 2, YZ: 1 x 1, A1: 1 x 2, A2: 1 x 1, n: 2 x 1")
    first, second = Expr(literal([[1], [0]])), Expr(literal([[0], [1]]))
    t.given(conjunction(tr(A1 @ XP @ first) > 0, tr(A1 @ XP @ second) > 0), "P fires")
    t.given(A1 @ n == 0, "Z is at the boundary")
    R = A2 @ A1 @ XP - YP
    for gradient in (A2.T @ R @ XP.T - A2.T @ YZ @ n.T == 0, R @ XP.T @ A1.T == 0):
        t.given(gradient, "a gradient of eq-9 with J = P and Z is zero")
    return t, (XP, YP, YZ, n, ident(1), null(1, 1), A1, A2)


@statement(
    "relu-boundary.2",
    "on the boundary of a cell too, what is critical for eq-9 is critical for L_N",
    kind="step",
    hidden=True,
)
def edge(s: Script) -> None:
    """The reading of prop-6 that takes the >= of eq-8 for granted; two samples fire, one is at the boundary."""
    t, known_letters = at_the_edge()
    claim = closed_formula(t, conjunction(*conditions(*known_letters)))
    lit = lambda rows: Expr(literal(rows))
    values = dict(
        XP=lit([[1, 1], [1, 0]]), YP=lit([[0, 2]]), YZ=lit([[1]]), A1=lit([[1, 0]]), A2=lit([[1]]), n=lit([[0], [1]])
    )  # fmt: skip
    u = s.inner()
    s.conclude_refuted(claim, by=u.close(by_evaluation(u.given(claim).at(**values))))


@statement(
    "relu-boundary.2.repair",
    "on the boundary, what is critical for eq-9 is critical for L_N if sum c_j |x_j| = 0 there",
    kind="step",
    hidden=True,
)
def edge_repaired(s: Script) -> None:
    """Where all samples at the boundary are counted to J, as eq-8 does, and tm = 0: then (a) gives (b)."""
    XP, YP, YZ, n, tp, tm, A1, A2 = known_letters = letters(s)
    R = A2 @ A1 @ XP - YP
    none = s.given(tm == 0, "the samples at the boundary lie on one side")
    first = s.given(A2.T @ R @ XP.T - tr(A2.T @ YZ @ tp) * n.T == 0, "a gradient of eq-9 is zero")
    second = s.given(R @ XP.T @ A1.T == 0, "a gradient of eq-9 is zero")
    a, b, c = conditions(*known_letters)
    s.conclude(Implies(a, conjunction(b, c)), by=lambda: implied(s, a, b, c, first, second, none))


def implied(s: Script, a, b, c, first: Known, second: Known, none: Known) -> Known:
    """(b) and (c), from (a)."""
    t = s.inner()
    bend = t.given(a)
    return t.close(both(t.have(b, first, bend, none), t.have(c, second)))
