"""Proposition 8 and the example on which it rests: local minima that are not global, and local maxima.

One unit on X = I_2, Y = diag(2, 1). With e1, e2 the columns of I_2, N = sigma(A1 X) says for each of the two entries
what `rectified` says. L_N is taken at every N that is sigma(A1 X): there is just one (eq-7).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate, evaluate_poly
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Implies,
    Variable,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import literal
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from .prop_6 import whole
from .relu import rectified


def lit(rows) -> Expr:
    """A literal matrix."""
    return Expr(literal(rows))


X, Y = lit([[1, 0], [0, 1]]), lit([[2, 0], [0, 1]])
E1, E2 = lit([[1], [0]]), lit([[0], [1]])


def entry(A: Expr, e: Expr) -> Expr:
    """An entry of a row."""
    return tr(A @ e)


def is_sigma(A1: Expr, N: Expr):
    """N = sigma(A1 X), on both samples."""
    return conjunction(*(rectified(entry(A1 @ X, e), entry(N, e)) for e in (E1, E2)))


def loss(A2: Expr, N: Expr) -> Expr:
    """1/2 |A2 N - Y|^2."""
    return norm2(A2 @ N - Y) / 2


def nearby(A1: Expr, A2: Expr, body):
    """There is a distance within which body(B2, N) holds at all weights (B1, B2), N = sigma(B1 X)."""
    delta = Variable("delta", SCALAR)
    B1, B2, N = (Variable(name, matrix_sort(*shape)) for name, shape in (("B1", (1, 2)), ("B2", (2, 1)), ("N", (1, 2))))
    near = norm2(of(B1) - A1) + norm2(of(B2) - A2) < of(delta)
    every = for_all(B1, B2, N, implication(near, is_sigma(of(B1), of(N)), body(of(B2), of(N))))
    return exists(delta, conjunction(of(delta) > 0, every))


def is_local_minimum(A1: Expr, A2: Expr, value):
    """No point nearby has a loss below the value."""
    return nearby(A1, A2, lambda B2, N: loss(B2, N) >= value)


def is_local_maximum(A1: Expr, A2: Expr, value):
    """No point nearby has a loss above the value."""
    return nearby(A1, A2, lambda B2, N: loss(B2, N) <= value)


def has_loss(A1: Expr, A2: Expr, value):
    """L_N at the point."""
    N = Variable("N", matrix_sort(1, 2))
    return for_all(N, Implies(is_sigma(A1, of(N)), loss(A2, of(N)) == value))


def evaluated(*formulas) -> Known:
    """Formulas about literal matrices, by evaluation."""
    return both(*(Known(evaluate(formula)) for formula in formulas))


FRAME = (
    E1.T @ E1 == ident(1),
    E2.T @ E2 == ident(1),
    E1.T @ E2 == 0,
    E1 @ E1.T + E2 @ E2.T == ident(2),
    X == ident(2),
    Y == 2 * E1 @ E1.T + E2 @ E2.T,
)


@statement("ex-1.loss", "L_N by entries: 1/2 (s^2 + t^2)(n1^2 + n2^2) - 2 s n1 - t n2 + 5/2", kind="lemma", hidden=True)
def loss_by_entries(s: Script) -> None:
    B2, N = s.matrices("B2: 2 x 1, N: 1 x 2")
    frame = evaluated(*FRAME)
    n1, n2, b1, b2 = entry(N, E1), entry(N, E2), tr(E1.T @ B2), tr(E2.T @ B2)
    row = s.have(N == n1 * E1.T + n2 * E2.T, frame[3], one(N @ E1), one(N @ E2))
    column = s.have(B2 == b1 * E1 + b2 * E2, frame[3], one(E1.T @ B2), one(E2.T @ B2))
    first = s.have(norm2(N) == n1 * n1 + n2 * n2, row, frame[0], frame[1], frame[2], heavy=[N])
    second = s.have(norm2(B2) == b1 * b1 + b2 * b2, column, frame[0], frame[1], frame[2], heavy=[B2])
    product = s.have(tr(B2 @ N @ N.T @ B2.T) == norm2(B2) * norm2(N), one(N @ N.T))
    mixed = s.have(tr(B2 @ N @ Y.T) == 2 * b1 * n1 + b2 * n2, frame[5], one(N @ E1), one(N @ E2))
    size = evaluated(norm2(Y) == 5)
    claim = loss(B2, N) == (b1 * b1 + b2 * b2) * (n1 * n1 + n2 * n2) / 2 - 2 * b1 * n1 - b2 * n2 + number(5) / 2
    s.conclude(claim, by=[product, first, second, mixed, size])


@statement(
    "ex-1.near", "|A1 - (a, b)|^2 = (p - a)^2 + (q - b)^2 for a unit with the entries p, q", kind="lemma", hidden=True
)
def distance_by_entries(s: Script) -> None:
    (B1,) = s.matrices("B1: 1 x 2")
    a, b = s.scalar("a"), s.scalar("b")
    frame = evaluated(*FRAME)
    p, q = entry(B1, E1), entry(B1, E2)
    row = s.have(B1 == p * E1.T + q * E2.T, frame[3], one(B1 @ E1), one(B1 @ E2))
    away = B1 - a * E1.T - b * E2.T
    short = s.have(away == (p - a) * E1.T + (q - b) * E2.T, row)
    s.conclude(norm2(away) == (p - a) ** 2 + (q - b) ** 2, by=[short, frame[0], frame[1], frame[2]])


@dataclass(frozen=True)
class Place:
    """A unit A1 = (a, b), no entry of which is between -1 and 1, and A2."""

    a: int
    b: int
    A2: Expr

    @property
    def A1(self) -> Expr:
        return lit([[self.a, self.b]])


def keeps_sign(t: Context, p: Expr, a: int, near: Known, q: Expr, b: int, gap: Expr) -> Known:
    """p > 0 for a >= 1, p < 0 for a <= -1, as (p - a)^2 + (q - b)^2 + |gap|^2 < 1."""
    value = p if a > 0 else -1 * p
    rest = [Term(times=(near,)), Term(squares=(q - b,)), Term(grams=(gap,))]
    more = [Term(a * a - 1)] if a * a > 1 else []
    return t.by_sign(
        value,
        lambda zero: anything(t.have(Falsum(), zero, sum=[*rest, *more]), value > 0),
        lambda up: up,
        lambda down: anything(
            t.have(Falsum(), sum=[*rest, *more, Term(squares=(p,)), Term(2 * abs(a), times=(down,))]), value > 0
        ),
    )


def halves(sigma: Known) -> list[tuple[Known, Known]]:
    """For each sample: what sigma does to an entry >= 0, and to one < 0."""
    return [(sigma[0][0], sigma[0][1]), (sigma[1], sigma[2])]


def everywhere_near(s: Script, place: Place, goal, conclude) -> Known:
    """goal, which is `nearby`; conclude(context, entries of N and of B2, loss by entries, N, ...) proves its body."""
    t = s.inner()
    B1, B2, N = t.matrices("B1: 1 x 2, B2: 2 x 1, N: 1 x 2")
    close = t.given(norm2(B1 - place.A1) + norm2(B2 - place.A2) < 1)
    sigma = halves(t.given(is_sigma(B1, N)))
    p, q = entry(B1, E1), entry(B1, E2)
    frame = evaluated(X == ident(2), place.A1 == place.a * E1.T + place.b * E2.T)
    apart = s.cite("ex-1.near", B1=B1, a=number(place.a), b=number(place.b))
    gap = B2 - place.A2
    here = t.have(norm2(B1 - place.A1) == (p - place.a) ** 2 + (q - place.b) ** 2, apart, frame[1])
    near = t.have((p - place.a) ** 2 + (q - place.b) ** 2 + norm2(gap) < 1, here, sum=[Term(times=(close,))])
    values = []
    for index, (x, a, y, b, e) in enumerate(((p, place.a, q, place.b, E1), (q, place.b, p, place.a, E2))):
        known = keeps_sign(t, x, a, near, y, b, gap)
        seen = entry(B1 @ X, e)
        if a > 0:
            fires = t.have(seen >= 0, frame[0], sum=[Term(times=(known,))])
            values.append(t.have(entry(N, e) == x, sigma[index][0](fires), frame[0]))
        else:
            silent = t.have(seen < 0, frame[0], sum=[Term(times=(known,))])
            values.append(sigma[index][1](silent))
    by_entries = s.cite("ex-1.loss", B2=B2, N=N)
    body = conclude(t, p, q, tr(E1.T @ B2), tr(E2.T @ B2), by_entries, values, B2, N)
    return s.witness(goal, number(1), by=both(s.have(number(1) > 0, sum=[Term()]), t.close(body)))


def loss_at(s: Script, place: Place, value) -> Known:
    """has_loss, by evaluation of what sigma does to the point."""
    t = s.inner()
    (N,) = t.matrices("N: 1 x 2")
    sigma = halves(t.given(is_sigma(place.A1, N)))
    values = []
    for index, (a, e) in enumerate(((place.a, E1), (place.b, E2))):
        seen = entry(place.A1 @ X, e)
        known = sigma[index][0 if a > 0 else 1](evaluated(seen >= 0 if a > 0 else seen < 0))
        values.append(t.have(entry(N, e) == max(a, 0), known, evaluated(seen == a)))
    s1, s2 = tr(E1.T @ place.A2), tr(E2.T @ place.A2)
    first, second = evaluated(s1 == value_of(s1)), evaluated(s2 == value_of(s2))
    by_entries = s.cite("ex-1.loss", B2=place.A2, N=N)
    return t.close(t.have(loss(place.A2, N) == value, by_entries, *values, first, second))


def value_of(number_: Expr) -> int:
    """The integer that a literal trace is."""
    return int(evaluate_poly(number_.term, {}))


HALF = number(1) / 2
FIRST = Place(2, -1, lit([[1], [0]]))
SECOND = Place(-1, 1, lit([[0], [1]]))
SILENT = Place(-1, -1, lit([[0], [0]]))


def form(place: Place, e: Expr, U, v, l1, Sigma):
    """Sigma_J of the sample e, U'Sigma_J U with decreasing singular values, and eq-15 with c = 1."""
    XJ, YJ, Xp = X @ e, Y @ e, e.T
    Lam = U.T @ Sigma @ U
    largest = tr(E1.T @ Lam @ E1)
    return (
        penrose(XJ.term, Xp.term),
        YJ @ Xp @ XJ @ YJ.T == Sigma,
        U @ U.T == ident(2),
        Lam == largest * E1 @ E1.T,
        v == E1,
        place.A1 == v.T @ U.T @ YJ @ Xp + l1 - l1 @ XJ @ Xp,
        place.A2 == U @ v,
    )


@statement("ex-1.1", "J = {1}, c = 1, v = (1, 0)', l1 = (1, -1): local minimum, L_N = 1/2", kind="step", hidden=True)
def example_1(s: Script) -> None:
    numbers = form(FIRST, E1, ident(2), lit([[1], [0]]), lit([[1, -1]]), lit([[4, 0], [0, 0]]))
    goal = is_local_minimum(FIRST.A1, FIRST.A2, HALF)

    def conclude(t, p, q, b1, b2, known, values, B2, N) -> Known:
        return t.have(
            loss(B2, N) >= HALF, known, *values, sum=[Term(Fraction(1, 2), squares=(b1 * p - 2,)), Term(
                Fraction(1, 2), squares=(b2 * p,))],
        )  # fmt: skip

    minimum = everywhere_near(s, FIRST, goal, conclude)
    value = loss_at(s, FIRST, HALF)
    known = both(evaluated(*numbers), value, minimum)
    s.conclude(known.formula, by=known)


@statement("ex-1.2", "J' = {2}, c = 1, v = (1, 0)', l1 = (-1, 0): local minimum, L_N = 2", kind="step", hidden=True)
def example_2(s: Script) -> None:
    """Singular values decrease along Lambda_J' = diag(1, 0), so that U_J' exchanges the coordinates."""
    U = lit([[0, 1], [1, 0]])
    numbers = form(SECOND, E2, U, lit([[1], [0]]), lit([[-1, 0]]), lit([[0, 0], [0, 1]]))
    goal = is_local_minimum(SECOND.A1, SECOND.A2, 2)

    def conclude(t, p, q, b1, b2, known, values, B2, N) -> Known:
        return t.have(
            loss(B2, N) >= 2, known, *values, sum=[Term(Fraction(1, 2), squares=(b2 * q - 1,)), Term(
                Fraction(1, 2), squares=(b1 * q,))],
        )  # fmt: skip

    minimum = everywhere_near(s, SECOND, goal, conclude)
    known = both(evaluated(*numbers), loss_at(s, SECOND, 2), minimum)
    s.conclude(known.formula, by=known)


@statement("ex-1.3", "J'' = {}: L_N is the constant 5/2", kind="step", hidden=True)
def example_3(s: Script) -> None:
    """In the whole cone, and near A1 = (-1, -1), A2 = 0, which is a local minimum and a local maximum so."""
    value = number(5) / 2
    t = s.inner()
    A1, A2, N = t.matrices("A1: 1 x 2, A2: 2 x 1, N: 1 x 2")
    off = t.given(conjunction(*(entry(A1 @ X, e) < 0 for e in (E1, E2))))
    sigma = halves(t.given(is_sigma(A1, N)))
    zero = [sigma[i][1](off[i]) for i in (0, 1)]
    cone = t.close(t.have(loss(A2, N) == value, s.cite("ex-1.loss", B2=A2, N=N), *zero))
    equal_ = nearby(SILENT.A1, SILENT.A2, lambda B2, N: loss(B2, N) == value)

    def conclude(t, p, q, b1, b2, known, values, B2, N) -> Known:
        return t.have(loss(B2, N) == value, known, *values)

    known = both(cone, everywhere_near(s, SILENT, equal_, conclude))
    s.conclude(known.formula, by=known)


@statement("ex-1", "X = I, Y = diag(2, 1): local minima with L_N = 1/2 and 2; a cone with L_N = 5/2", kind="example")
def example(s: Script) -> None:
    known = both(*(whole(s, f"ex-1.{i}") for i in (1, 2, 3)))
    s.conclude(known.formula, by=known)


@statement("prop-8", "L_N has local minima that are not global, and local maxima")
def proposition_8(s: Script) -> None:
    """The local minimum of J' has the loss 2, and that of J 1/2; at A1 = (-1, -1), A2 = 0 no point nearby is higher."""
    second, first = whole(s, "ex-1.2"), whole(s, "ex-1.1")
    value = number(5) / 2
    goal = is_local_maximum(SILENT.A1, SILENT.A2, value)

    def conclude(t, p, q, b1, b2, known, values, B2, N) -> Known:
        return t.have(loss(B2, N) <= value, t.have(loss(B2, N) == value, known, *values), sum=[])

    maximum = everywhere_near(s, SILENT, goal, conclude)
    bad, low = second.parts()[-2:], first.parts()[-2]
    less = s.have(HALF < 2, sum=[Term(Fraction(3, 2))])
    known = both(bad[0], bad[1], low, less, loss_at(s, SILENT, value), maximum)
    s.conclude(known.formula, by=known)
