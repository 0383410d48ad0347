"""Proposition 7: the critical points of a ReLU network with one hidden unit in a cell, and their losses.

One unit A1 (1 x d0) fires for the samples J, which SJ (m x j) selects; TJ (m x o) selects the others. w = U_J v is a
unit eigenvector of Sigma_J: for a diagonal Lambda_J, Lambda_J v = s v says that v is supported on the entries of one
singular value. What eq-8 says of sigma(A1 X) =: N is N SJ = A1 X_J and N TJ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import in_range, split
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Family,
    ForAll,
    Implies,
    Or,
    Variable,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import implies_elim
from symbolic_cp.kernel.terms import literal, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one, outer_variables
from symbolic_cp.prover.expression import Expr, ident, norm2, of, tr

from .prop_6 import printed, whole
from .relu import Coordinates, coordinates
from .thm_1 import gradients


@dataclass(frozen=True)
class Unit:
    """The data X_J, Y_J of a cell, the columns that are left, U_J and Sigma_J, with what is known of them."""

    X: Expr
    Y: Expr
    SJ: Expr
    TJ: Expr
    Xp: Expr
    U: Expr
    f: Coordinates
    g: Coordinates
    samples: Known
    of_X: Known
    orth: Known

    @property
    def XJ(self) -> Expr:
        return self.X @ self.SJ

    @property
    def YJ(self) -> Expr:
        return self.Y @ self.SJ

    @property
    def Sigma(self) -> Expr:
        return self.YJ @ self.Xp @ self.XJ @ self.YJ.T

    def holds(self, A1: Expr):
        """A1 lies in the cell: A1 X_J >= 0 and A1 X_{J^c} < 0, by entries."""
        fires = in_range("l", 1, self.f.size, tr(A1 @ self.XJ @ self.f[nat("l")]) >= 0)
        silent = in_range("l", 1, self.g.size, tr(A1 @ self.X @ self.TJ @ self.g[nat("l")]) < 0)
        return conjunction(fires, silent)

    def eq15(self, A1: Expr, A2: Expr, v: Expr, c: Expr, ci: Expr, l1: Expr):
        """eq-15, for ci = 1/c."""
        row = ci * v.T @ self.U.T @ self.YJ @ self.Xp
        return conjunction(A1 == row + l1 - l1 @ self.XJ @ self.Xp, A2 == c * self.U @ v)

    def eq16(self, A1: Expr, v: Expr, ci: Expr):
        """The outputs on J."""
        return A1 @ self.XJ == ci * v.T @ self.U.T @ self.YJ @ self.Xp @ self.XJ

    def eq17(self, A1: Expr, v: Expr, ci: Expr, l1: Expr):
        """The values on the other samples."""
        others = self.X @ self.TJ
        row = ci * v.T @ self.U.T @ self.YJ @ self.Xp @ others
        return A1 @ others == row + l1 @ others - l1 @ self.XJ @ self.Xp @ others

    def eigenvector(self, v: Expr, value: Expr):
        """v is a unit vector on the entries of one singular value."""
        return conjunction(v.T @ v == ident(1), self.U.T @ self.Sigma @ self.U @ v == value * v)


def unit_setting(s: Context) -> Unit:
    """Letters for the data of a cell of one unit."""
    s.dims("d0 d2 m j o")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    SJ, TJ = s.matrices("SJ: m x j, TJ: m x o")
    samples = s.given(split(nat("m"), nat("j"), nat("o"), SJ.term, TJ.term), "SJ selects the samples J, TJ the others")
    f, _ = coordinates(s, "j", "f")
    g, _ = coordinates(s, "o", "g")
    Xp, of_X = s.pinv(X @ SJ, "Xp")
    (U,) = s.matrices("U: d2 x d2")
    orth = s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U_J is orthogonal")
    return Unit(X, Y, SJ, TJ, Xp, U, f, g, samples, of_X, orth)


def parameters(unit: Unit, A1: Expr, A2: Expr):
    """There are v, c, l1 and a singular value with eq-15, eq-16 and eq-17."""
    v, l1 = Variable("v", matrix_sort("d2", 1)), Variable("l1", matrix_sort(1, "d0"))
    c, ci, value = (Variable(name, SCALAR) for name in ("c", "ci", "sigma"))
    V, L, C, D = of(v), of(l1), of(c), of(ci)
    body = conjunction(
        unit.eigenvector(V, of(value)),
        C * D == 1,
        unit.eq15(A1, A2, V, C, D, L),
        unit.eq16(A1, V, D),
        unit.eq17(A1, V, D, L),
    )
    return exists(v, c, ci, value, l1, body)


def critical_unit(s: Context):
    """A critical point of eq-9's loss in the cell."""
    unit = unit_setting(s)
    A1, A2 = s.matrices("A1: 1 x d0, A2: d2 x 1")
    inside = s.given(unit.holds(A1), "eq-8: A1 lies in the cell")
    eq23, eq24 = (s.given(formula) for formula in gradients(unit.XJ, unit.YJ, A1, A2))
    return unit, A1, A2, inside, eq23, eq24


@statement(
    "prop-7.1",
    "any nonzero critical point in K_{{1} x J} is of the form eq-15, with eq-16, eq-17",
    kind="step",
    hidden=True,
)
def printed_necessity(s: Script) -> None:
    """As printed: at A2 = 0, A1 != 0 with Y_J (A1 X_J)' = 0 there are no c != 0 and unit vector v with A2 = c U v."""
    t = s.inner()
    unit, A1, A2, *_ = critical_unit(t)
    t.given(Or(A1 != 0, A2 != 0), "(A1, A2) is not zero")
    claim = closed_formula(t, parameters(unit, A1, A2))
    s.conclude_refuted(claim, by=refute_necessity(s, claim))


def closed_formula(t: Context, claim):
    """For all variables of the context: its hypotheses imply the claim."""
    formula = claim
    for kind, thing, _ in reversed(t.entries):
        formula = for_all(thing, formula) if kind == "variable" else implication(thing, formula)
    return formula


def refute_necessity(s: Script, claim) -> Known:
    """X = (1, -1), Y = (0, 1), J = {1}: A1 = 1, A2 = 0 fires for a sample whose target is 0."""
    t = s.inner()
    every = t.given(claim)
    lit = lambda rows: Expr(literal(rows))
    one_, zero = lit([[1]]), lit([[0]])
    k = nat("~0")
    family_one = Family(1, ident(1).term)
    sums = Family(1, (scalar(k) * ident(1).term))
    values = dict(
        d0=1, d2=1, m=2, j=1, o=1,
        X=lit([[1, -1]]), Y=lit([[0, 1]]), SJ=lit([[1], [0]]), TJ=lit([[0], [1]]),
        f=family_one, Fs=sums, g=family_one, Gs=sums, Xp=one_, U=one_, A1=one_, A2=zero,
    )  # fmt: skip
    known = every
    while isinstance(known.formula, ForAll | Implies):
        if isinstance(known.formula, Implies):
            known = known(Known(evaluate(known.formula.left)))
        else:
            known = known.at(**{one_.name: values[one_.name] for one_ in outer_variables(known.formula)})
    (v, c, ci, value, l1), found = t.obtain(known, "v c ci sigma l1")
    unit_v, inverse, eq15 = found[0], found[1], found[2]
    literals = Known(evaluate(conjunction(one_ == ident(1), zero == 0)))
    scaled = t.have(c * v == 0, eq15[1], literals)
    null_v = t.have(v == 0, inverse, t.have(c * tr(v) == 0, scaled), one(v))
    wrong = t.have(ident(1) == 0, unit_v[0], null_v)
    return t.close(Known(implies_elim(evaluate(negation(wrong.formula)), wrong.theorem)))


@statement(
    "prop-7.1.repair",
    "any critical point in K_{{1} x J} with A2 != 0 is of the form eq-15, with eq-16, eq-17",
    kind="step",
    hidden=True,
)
def necessity(s: Script) -> None:
    unit, A1, A2, inside, eq23, eq24 = critical_unit(s)
    other = s.given(A2 != 0, "A2 is not zero")
    a, of_A2 = s.pinv(A2, "A2p")
    P, Sigma, XJ, YJ, Xp, U = A2 @ a, unit.Sigma, unit.XJ, unit.YJ, unit.Xp, unit.U
    proj = s.cite("projector", A=A2, B=a)(of_A2)
    positive = s.by_sign(
        tr(P),
        lambda z: nothing(s, proj, of_A2, other, tr(P) > 0, P, A2, s.have(tr(P) <= 0, z, sum=[])),
        lambda p: p,
        lambda n: nothing(s, proj, of_A2, other, tr(P) > 0, P, A2, s.have(tr(P) <= 0, sum=[Term(times=(n,))])),
    )
    (u,), known = s.obtain(s.cite("unit", F=P)(proj, positive), "u")
    length, range_ = known.parts()
    c, ci = tr(u.T @ A2), tr(a @ u)
    first = s.have(u == ci * A2, range_, one(a @ u))
    inverse = s.have(c * ci == 1, s.have(tr(u.T @ A2 @ a @ u) == 1, range_, length), one(u.T @ A2), one(a @ u))
    second = s.have(A2 == c * u, first, inverse)
    turned = s.have(c * u @ a == c * a.T @ u.T, proj, second, heavy=[A2])
    mirrored = s.have(c * a.T == u, turned, length, inverse, one(a @ u))
    same = s.have(P == u @ u.T, second, mirrored, heavy=[A2])
    commutes = s.cite("lem-1", X=XJ, Y=YJ, A1=A1, A2=A2, Xp=Xp, A2p=a)(eq23, eq24, unit.of_X, of_A2)[2]
    value = tr(u.T @ Sigma @ u)
    both_sides = s.have(Sigma @ u @ u.T == u @ u.T @ Sigma, commutes, same)
    eigen = s.have(Sigma @ u == value * u, both_sides, length)
    v = U.T @ u
    Uv = s.have(U @ v == u, unit.orth)
    normal = s.have(A2.T @ A2 @ A1 @ XJ @ Xp == A2.T @ YJ @ Xp, eq23, unit.of_X)
    size = s.have(norm2(A2) == c * c, second, length, heavy=[A2])
    right = s.have(A2.T @ YJ @ Xp == c * u.T @ YJ @ Xp, second)
    left = s.have(norm2(A2) * A1 @ XJ @ Xp == c * c * A1 @ XJ @ Xp, size)
    scaled = s.have(c * c * A1 @ XJ @ Xp == c * u.T @ YJ @ Xp, normal, left, right)
    twice = s.have(ci * ci * c * c * A1 @ XJ @ Xp == ci * ci * c * u.T @ YJ @ Xp, scaled)
    row = s.have(A1 @ XJ @ Xp == ci * u.T @ YJ @ Xp, twice, inverse)
    turned = s.have(conjunction(v.T @ v == ident(1), U.T @ Sigma @ U @ v == value * v), length, eigen, Uv, unit.orth)
    claim = parameters(unit, A1, A2)
    eq15 = s.have(unit.eq15(A1, A2, v, c, ci, A1), row, second, Uv, unit.orth)
    eq16 = s.have(unit.eq16(A1, v, ci), row, Uv, unit.of_X)
    eq17 = s.have(unit.eq17(A1, v, ci, A1), row, Uv)
    s.conclude(claim, by=s.witness(claim, v, c, ci, value, A1, by=both(turned, inverse, eq15, eq16, eq17)))


def nothing(s: Script, proj, of_A2, other, goal, P, A2, small) -> Known:
    """tr P <= 0 contradicts A2 != 0."""
    zero = s.cite("projector-zero", F=P)(proj, small)
    return anything(other(s.have(A2 == 0, zero, of_A2)), goal)


def of_form(s: Context):
    """A point of the form eq-15."""
    unit = unit_setting(s)
    A1, A2, v, l1 = s.matrices("A1: 1 x d0, A2: d2 x 1, v: d2 x 1, l1: 1 x d0")
    c, ci, value = s.scalar("c"), s.scalar("ci"), s.scalar("sigma")
    eigen = s.given(unit.eigenvector(v, value), "v is a unit vector on the entries of one singular value")
    inverse = s.given(c * ci == 1, "ci = 1/c")
    eq15 = s.given(unit.eq15(A1, A2, v, c, ci, l1), "eq-15")
    return unit, A1, A2, v, l1, c, ci, value, eigen, inverse, eq15


@statement("prop-7.2", "what has the form eq-15 is critical for eq-9, with eq-16, eq-17", kind="step", hidden=True)
def sufficiency(s: Script) -> None:
    """It lies in the cell iff eq-16 >= 0 and eq-17 < 0: these are A1 X on J and on the others."""
    unit, A1, A2, v, l1, c, ci, value, eigen, inverse, eq15 = of_form(s)
    XJ, YJ, Xp, U = unit.XJ, unit.YJ, unit.Xp, unit.U
    w = U @ v
    length = s.have(w.T @ w == ident(1), eigen, unit.orth)
    turned = s.have(unit.Sigma @ w == value * w, eigen, unit.orth)
    XX = s.have(Xp @ XJ @ XJ.T == XJ.T, unit.of_X)
    normal = s.have(A1 @ XJ @ XJ.T == ci * w.T @ YJ @ XJ.T, eq15, XX, unit.of_X)
    top = s.have(A2 == c * w, eq15[1])
    size = s.have(norm2(A2) == c * c, top, length, heavy=[A2])
    first = s.have(A2.T @ (A2 @ A1 @ XJ - YJ) @ XJ.T == 0, top, size, normal, inverse)
    out = s.have(YJ @ XJ.T @ A1.T == ci * unit.Sigma @ w + YJ @ XJ.T @ l1.T - YJ @ XJ.T @ Xp.T @ XJ.T @ l1.T, eq15, XX,
                 unit.of_X)  # fmt: skip
    flat = s.have(YJ @ XJ.T @ A1.T == ci * value * w, out, turned, XX, unit.of_X)
    left = s.have(A1 @ XJ @ XJ.T @ A1.T == ci * ci * value * ident(1), normal, flat, length)
    second = s.have((A2 @ A1 @ XJ - YJ) @ XJ.T @ A1.T == 0, top, left, flat, inverse)
    eq16 = s.have(unit.eq16(A1, v, ci), eq15, unit.of_X)
    eq17 = s.have(unit.eq17(A1, v, ci, l1), eq15)
    known = both(first, second, eq16, eq17)
    s.conclude(known.formula, by=known)


def on_cell(s: Context, unit: Unit, A1: Expr, name: str):
    """N = sigma(A1 X) in the cell, by eq-8."""
    N = s.matrix(name, 1, "m")
    fires = s.given(conjunction(N @ unit.SJ == A1 @ unit.XJ, N @ unit.TJ == 0), f"eq-8: {name} = sigma(A1 X)")
    return N, fires


def value_of_loss(s: Script, unit: Unit, A1, A2, v, c, ci, value, eigen, inverse, eq15, N, fires) -> Known:
    """L_N = 1/2 tr(YY') - value/2."""
    XJ, YJ, Xp, w = unit.XJ, unit.YJ, unit.Xp, unit.U @ v
    length = s.have(w.T @ w == ident(1), eigen, unit.orth)
    quotient = s.have(tr(w.T @ unit.Sigma @ w) == value, s.have(unit.Sigma @ w == value * w, eigen, unit.orth), length)
    size = s.have(norm2(A2) == c * c, s.have(A2 == c * w, eq15[1]), length, heavy=[A2])
    outputs = s.have(A1 @ XJ == ci * w.T @ YJ @ Xp @ XJ, eq15[0], unit.of_X)
    masked = s.have(N == A1 @ XJ @ unit.SJ.T, fires, unit.samples)
    row = s.have(N == ci * w.T @ YJ @ Xp @ XJ @ unit.SJ.T, masked, outputs)
    gram = s.have(norm2(w.T @ YJ @ Xp @ XJ) == value, quotient, unit.of_X)
    length_N = s.have(norm2(N) == ci * ci * value, row, unit.samples[0], gram, heavy=[N])
    mixed = s.have(tr(w @ w.T @ YJ @ Xp @ XJ @ YJ.T) == value, quotient)
    first = s.have(tr(A2 @ N @ N.T @ A2.T) == value, size, length_N, inverse)
    second = s.have(tr(A2 @ N @ unit.Y.T) == value, row, s.have(A2 == c * w, eq15[1]), inverse, mixed, heavy=[N, A2])
    return s.have(norm2(A2 @ N - unit.Y) / 2 == tr(unit.Y @ unit.Y.T) / 2 - value / 2, first, second)


@statement("prop-7.3", "with v on the i-th singular value, L_N = 1/2 Tr(YY') - 1/2 s_i(J)", kind="step", hidden=True)
def loss_in_cell(s: Script) -> None:
    unit, A1, A2, v, l1, c, ci, value, eigen, inverse, eq15 = of_form(s)
    N, fires = on_cell(s, unit, A1, "N")
    known = value_of_loss(s, unit, A1, A2, v, c, ci, value, eigen, inverse, eq15, N, fires)
    s.conclude(known.formula, by=known)


@statement(
    "prop-7.4", "with v on the largest singular value no point of the cell has a smaller loss", kind="step", hidden=True
)
def least_in_cell(s: Script) -> None:
    """The other point has B1, B2 and R = sigma(B1 X) in the same cell."""
    unit, A1, A2, v, l1, c, ci, value, eigen, inverse, eq15 = of_form(s)
    N, fires = on_cell(s, unit, A1, "N")
    z = Variable("z", matrix_sort("d2", 1))
    bound = for_all(z, tr(of(z).T @ unit.Sigma @ of(z)) <= value * norm2(of(z)))
    largest = s.given(bound, "no singular value is larger")
    B1, B2 = s.matrices("B1: 1 x d0, B2: d2 x 1")
    R, other = on_cell(s, unit, B1, "R")
    mine = value_of_loss(s, unit, A1, A2, v, c, ci, value, eigen, inverse, eq15, N, fires)
    XJ, YJ, Xp, Y = unit.XJ, unit.YJ, unit.Xp, unit.Y
    h, g = B1 @ XJ, B2.T @ YJ @ Xp @ XJ
    b = norm2(B2)
    there = s.have(R == h @ unit.SJ.T, other, unit.samples)
    square = s.have(norm2(R) == norm2(h), there, unit.samples[0], heavy=[R])
    projected = s.have(tr(B2 @ h @ YJ.T) == tr(g @ h.T), unit.of_X)
    mixed = s.have(tr(B2 @ R @ Y.T) == tr(g @ h.T), projected, there, heavy=[R])
    loss = norm2(B2 @ R - Y) / 2
    theirs = s.have(loss == tr(Y @ Y.T) / 2 + b * norm2(h) / 2 - tr(g @ h.T), square, mixed)
    small = s.have(norm2(g) <= value * b, largest(B2), unit.of_X, sum=[Term(times=(largest(B2),))])
    claim = b * norm2(h) - 2 * tr(g @ h.T) + value >= 0

    least = s.by_sign(
        b,
        lambda zero: at_zero(s, claim, zero, B2, g, h, value, unit, v, eigen),
        lambda p: at_positive(s, claim, p, b, g, h, value, small),
        lambda n: anything(s.have(Falsum(), sum=[Term(times=(n,)), Term(grams=(B2,))]), claim),
    )
    final = norm2(A2 @ N - Y) / 2 <= loss
    s.conclude(final, by=lambda: s.have(final, mine, theirs, sum=[Term(Fraction(1, 2), times=(least,))]))


def at_zero(s, claim, zero, B2, g, h, value, unit, v, eigen) -> Known:
    """B2 = 0, and the value is |w'Y_J X_J+ X_J|^2."""
    nothing_ = s.zero(B2, zero)
    w = unit.U @ v
    row = w.T @ unit.YJ @ unit.Xp @ unit.XJ
    length = s.have(w.T @ w == ident(1), eigen, unit.orth)
    square = s.have(value == norm2(row), s.have(w.T @ unit.Sigma @ w == value * ident(1), eigen, unit.orth), unit.of_X)
    return s.have(claim, nothing_, square, length, sum=[Term(grams=(row,))])


def at_positive(s, claim, positive, b, g, h, value, small) -> Known:
    """With t |B2|^2 = 1 the claim is t | |B2|^2 h - g |^2 + t (value |B2|^2 - |g|^2) >= 0."""
    t = s.inner()
    (inverse,), unity = t.obtain(s.cite("positive-inverse", a=b)(positive), "t")
    return t.close(
        t.have(
            claim,
            unity[1],
            sum=[Term(grams=(b * h - g,), times=(unity[0],)), Term(times=(unity[0], small))],
        )
    )


@statement(
    "prop-7",
    "one unit: nonzero critical points in a cell are those of eq-15; their losses, and the least",
    equations={"eq-15": "prop-7.1", "eq-16": "prop-7.2", "eq-17": "prop-7.2"},
)
def proposition_7(s: Script) -> None:
    """False for the first part alone."""
    claim = conjunction(printed(s, "prop-7.1"), *(whole(s, f"prop-7.{i}").formula for i in (2, 3, 4)))
    s.include("prop-7.1.repair")
    t = s.inner()
    every = t.given(claim)
    s.conclude_refuted(claim, by=t.close(refute_necessity(s, every[0].formula)(every[0])))


@statement("prop-7.repair", "prop-7 for critical points with A2 != 0", hidden=True)
def proposition_7_repaired(s: Script) -> None:
    known = both(whole(s, "prop-7.1.repair"), *(whole(s, f"prop-7.{i}") for i in (2, 3, 4)))
    s.conclude(known.formula, by=known)
