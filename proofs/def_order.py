"""The two categories of critical points that are no global minima, and the remark on non-strict saddles."""

from fractions import Fraction

from symbolic_cp.book.generators import critical_points
from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import literal, nat
from symbolic_cp.prover.context import Known, Term, anything, both, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .order import case_1, case_2, full_upto, improvable
from .prop_1 import loss
from .prop_2 import dichotomy_at, setting, smallest_width
from .thm_2 import hessian


def some_index(name: str, low, high, body):
    """There is a natural number with low <= name <= high and body."""
    return exists(Variable(name, NAT), conjunction(at_least(nat(name), low), at_least(high, nat(name)), body))


def non_optimal(sp, P, beyond: bool = False):
    """Some i < j <= r with p_i < m_i and p_j > 0; with `beyond`, j = r + 1 stands for the singular value zero."""
    i = nat("i")
    later = some_index("j", i + 1, sp.r, tr(P @ sp.E("j")) > 0)
    if beyond:
        later = Or(later, tr(P @ (ident(sp.size) - sp.Q(sp.r))) > 0)
    return some_index("i", 1, sp.r, conjunction(tr(P @ sp.E(i)) < tr(sp.E(i)), later))


def optimal_order(sp, P, kappa):
    """rank(A2) < kappa, and P captures the largest values: p_i = m_i for i <= k, p_(k+1) is the rest <= m_(k+1)."""
    k = nat("k")
    rest = tr(P) - tr(sp.Q(k))
    pattern = conjunction(
        at_least(sp.r, k + 1), full_upto(sp, P, k), tr(P @ sp.E(k + 1)) == rest, rest <= tr(sp.E(k + 1))
    )
    return conjunction(tr(P) < kappa, exists(Variable("k", NAT), pattern))


@statement(
    "def-order",
    "critical points that are no global minima divide into non-optimal and optimal order",
    kind="definition",
)
def printed_order(s: Script) -> None:
    """As printed, with the optimal patterns of prop-2 for "global minimum"."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    s.generators = (critical_points,)
    not_best = s.given(negation(Or(case_1(sp, P, kappa), case_2(sp, P, kappa))), "neither case 1 nor case 2 of prop-2")
    s.conclude(
        Or(non_optimal(sp, P), optimal_order(sp, P, kappa)), by=[eq23, eq24, of_X, of_A2, sp.known, least, not_best]
    )


@statement(
    "thm-2.1",
    "printed: a critical point that is no global minimum is of one of the two categories of def-order",
    kind="step",
    hidden=True,
)
def as_theorem_2_has_it(s: Script) -> None:
    """What the printed proof of thm-2 takes from def-order, to apply prop-3 in either category."""
    printed_order(s)


@statement(
    "thm-2.1.repair",
    "with singular value zero as the last one: something is captured beyond a missed value, or rank is to spare",
    kind="step",
    hidden=True,
)
def what_theorem_2_needs(s: Script) -> None:
    """The division of def-order.repair, in each case of which a lower point is near."""
    repaired_order(s)


@statement(
    "def-order.repair",
    "some s_i is not captured whole, and P captures something beyond it or has rank to spare",
    kind="statement",
    hidden=True,
)
def repaired_order(s: Script) -> None:
    """The division that does hold: in the first category singular value zero counts as the last one (pb > 0 as well as
    p_j > 0 for some j > i); in the second rank(A2) < min(d1, d2)."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    not_best = s.given(negation(Or(case_1(sp, P, kappa), case_2(sp, P, kappa))), "neither case 1 nor case 2 of prop-2")
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a)
    two = dichotomy_at(s, s, letters, P, Sigma, sp, sym, proj, com, of_A2, kappa, least)
    claim = improvable(sp, P, kappa)
    best = lambda pattern: anything(not_best(pattern), claim)
    s.conclude(
        claim,
        by=s.either(
            two,
            lambda x: best(left_or(x, two.formula.right.left)),
            lambda rest: s.either(rest, lambda x: best(or_right_of(two.formula.left, x)), lambda x: x),
        ),
    )


def scalar_network(x):
    """x, y = 0, a1 = 0, a2 = 1, all 1 x 1."""
    return of(x), null(1, 1), null(1, 1), ident(1)


def always(D1, D2, X, Y, A1, A2):
    """The Hessian at the point is [x^2, 0; 0, 0]: Q(D) = x^2 D1^2, which has no negative value."""
    return for_all(
        D1, D2, conjunction(hessian(X, Y, A1, A2, of(D1), of(D2)) == norm2(of(D1) @ X), norm2(of(D1) @ X) >= 0)
    )


@statement("rem-strict", "a1 = 0, a2 = 1 is a saddle of 1/2 (a2 a1 x - y)^2 with y = 0, and not a strict one")
def remark_strict(s: Script) -> None:
    """A saddle has points of lower loss at every distance; here the loss is 0 already."""
    x, D1, D2 = (Variable(name, matrix_sort(1, 1)) for name in ("x", "D1", "D2"))
    X, Y, A1, A2 = scalar_network(x)
    claim = for_all(x, Implies(X != 0, conjunction(lower_everywhere(X, Y, A1, A2), always(D1, D2, X, Y, A1, A2))))
    t = s.inner()
    printed = t.given(claim)
    one_ = Expr(literal([[1]]))
    t2 = t.inner()
    down = printed(one_, anything_but_zero(t2, one_))[0]
    (B1, B2), found = t2.obtain(down(number(1), t2.have(number(1) > 0, sum=[Term()])), "B1 B2")
    here = t2.have(loss(one_, Y, A1, A2) == 0)
    false = t2.have(
        Falsum(), here, sum=[Term(times=(found[1],)), Term(Fraction(1, 2), grams=((B2 @ B1 @ one_ - Y).T,))]
    )
    s.conclude_refuted(claim, t.close(t2.close(false)))


def anything_but_zero(t, matrix):
    """matrix != 0, for a literal matrix, by evaluation."""
    return Known(evaluate(matrix != 0))


def lower_everywhere(X, Y, A1, A2):
    """At every distance there is a 1 x 1 pair of lower loss."""
    delta = Variable("delta", SCALAR)
    B1, B2 = (Variable(name, matrix_sort(1, 1)) for name in ("B1", "B2"))
    near = norm2(of(B1) - A1) + norm2(of(B2) - A2) < of(delta)
    return for_all(
        delta,
        Implies(of(delta) > 0, exists(B1, B2, conjunction(near, loss(X, Y, of(B1), of(B2)) < loss(X, Y, A1, A2)))),
    )


@statement(
    "rem-strict.repair",
    "there the Hessian is [x^2, 0; 0, 0], and the point is a global minimum",
    kind="statement",
    hidden=True,
)
def remark_repaired(s: Script) -> None:
    """Saddles of networks with one hidden layer are strict for all data: T5."""
    x, D1, D2 = (Variable(name, matrix_sort(1, 1)) for name in ("x", "D1", "D2"))
    s.let(x)
    X, Y, A1, A2 = scalar_network(x)
    t = s.inner()
    t.let(D1), t.let(D2)
    flat = t.close(
        both(
            t.have(hessian(X, Y, A1, A2, of(D1), of(D2)) == norm2(of(D1) @ X)),
            t.have(norm2(of(D1) @ X) >= 0, sum=[Term(grams=(of(D1) @ X,))]),
        )
    )
    t = s.inner()
    B1, B2 = t.matrices("B1: 1 x 1, B2: 1 x 1")
    least = t.close(
        t.have(loss(X, Y, A1, A2) <= loss(X, Y, B1, B2), sum=[Term(Fraction(1, 2), grams=((B2 @ B1 @ X - Y).T,))])
    )
    s.conclude(conjunction(flat.formula, least.formula), by=both(flat, least))
