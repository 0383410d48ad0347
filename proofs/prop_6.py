"""Proposition 6: the critical points of the ReLU network in a cell are those of a linear network on the samples J.

By eq-9 the loss on K_{I x J} is that of the linear network ((A1)_I, (A2)_I) on the data (X_J, Y_J), plus a constant;
its gradients are those of eq-23 and eq-24 for these letters, and Theorem 1 applies as it stands. What the proposition
adds is the outputs of the units I, eq-13: there the printed projector is the wrong one of the two. (Where an output on
J is 0, L_N need not be differentiable, and its critical points are others: relu-boundary.)
"""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.formulas import Falsum, Implies, conjunction, negation
from symbolic_cp.kernel.logic import implies_elim
from symbolic_cp.kernel.terms import literal
from symbolic_cp.prover.context import Context, Known, both
from symbolic_cp.prover.expression import Expr, ident

from .relu import cell_of
from .spectra import spectrum_of


def whole(s: Script, name: str) -> Known:
    """A finished statement as it stands, for all its variables; it is listed as a step."""
    s.include(name)
    return Known(s.cited(name), name)


@statement(
    "prop-6.1",
    "(A1)_I, (A2)_I is critical for eq-9 iff eq-10, eq-11 and eq-12 hold for some V of block structure, C and L1",
    kind="step",
    hidden=True,
)
def critical_in_cell(s: Script) -> None:
    """Theorem 1 with (A1)_I, (A2)_I, X_J, Y_J for A1, A2, X, Y."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    cell, units, samples, complete = cell_of(s)
    s.given(cell.holds(A1 @ X), "eq-8: (A1, A2) lies in K_{I x J}")
    XJ, YJ, B1, B2 = X @ cell.SJ, Y @ cell.SJ, cell.SI.T @ A1, A2 @ cell.SI
    Xp, of_X = s.pinv(XJ, "Xp")
    (U,) = s.matrices("U: d2 x d2")
    orth = s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U_J is orthogonal")
    a, of_B2 = s.pinv(B2, "A2p")
    sp = spectrum_of(s, U.T @ (YJ @ Xp @ XJ @ YJ.T) @ U)
    letters = dict(X=XJ, Y=YJ, Xp=Xp, U=U, A1=B1, A2=B2, A2p=a, **sp.named())
    named = {name: value for name, value in letters.items() if name != "S"}
    known = s.cite("thm-1", **named)(of_X, orth, of_B2, sp.known)
    s.conclude(known.formula, by=known)


def outputs(s: Context):
    """Letters of eq-10 with (A1)_I = A: X_J, Y_J, U_J, V, C and its inverse D, L1."""
    s.dims("d0 d1 d2 m p j")
    X, Y, SJ, A = s.matrices("X: d0 x m, Y: d2 x m, SJ: m x j, A: p x d0")
    s.given(SJ.T @ SJ == ident("j"), "SJ selects the samples J")
    XJ, YJ = X @ SJ, Y @ SJ
    Xp, of_X = s.pinv(XJ, "Xp")
    U, V, C, D, L1 = s.matrices("U: d2 x d2, V: d2 x p, C: p x p, D: p x p, L1: p x d0")
    s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U_J is orthogonal")
    iso = s.given(V @ V.T @ V == V, "V V' V = V")
    Sigma = YJ @ Xp @ XJ @ YJ.T
    s.given(V @ V.T @ U.T @ Sigma @ U == U.T @ Sigma @ U @ V @ V.T, "V V' commutes with Lambda_J")
    inv = s.given(conjunction(C @ D == ident("p"), D @ C == ident("p")), "D is the inverse of C")
    eq10 = s.given(A == D @ V.T @ U.T @ YJ @ Xp + L1 - D @ V.T @ V @ C @ L1 @ XJ @ Xp, "eq-10")
    solves = (ident("d2") - U @ V @ V.T @ U.T) @ YJ @ XJ.T @ L1.T @ C.T @ (ident("p") - V.T @ V) == 0
    s.given(solves, "eq-12")
    return A, XJ, YJ, Xp, of_X, U, V, C, D, L1, iso, inv, eq10


def eq13(A: Expr, XJ: Expr, YJ: Expr, Xp: Expr, U: Expr, V: Expr, C: Expr, D: Expr, L1: Expr, middle: Expr):
    """(A1)_I X_J = C^-1 V'U'Y_J X_J+ X_J + C^-1 (middle) C L1 X_J."""
    return A @ XJ == D @ V.T @ U.T @ YJ @ Xp @ XJ + D @ middle @ C @ L1 @ XJ


@statement(
    "prop-6.2", "eq-13: (A1)_I X_J = C^-1 V'U'Y_J X_J+ X_J + C^-1 (I - P_ker(V)) C L1 X_J", kind="step", hidden=True
)
def printed_outputs(s: Script) -> None:
    """As printed. P_ker(V) = I - V'V, so that I - P_ker(V) = V'V (thm-1.13)."""
    A, XJ, YJ, Xp, of_X, U, V, C, D, L1, iso, inv, eq10 = outputs(s)
    s.conclude(eq13(A, XJ, YJ, Xp, U, V, C, D, L1, V.T @ V), by=[eq10, of_X, inv, iso])


@statement(
    "prop-6.2.repair",
    "eq-13 with P_ker(V): (A1)_I X_J = C^-1 V'U'Y_J X_J+ X_J + C^-1 P_ker(V) C L1 X_J",
    kind="step",
    hidden=True,
)
def true_outputs(s: Script) -> None:
    A, XJ, YJ, Xp, of_X, U, V, C, D, L1, iso, inv, eq10 = outputs(s)
    s.conclude(eq13(A, XJ, YJ, Xp, U, V, C, D, L1, ident("p") - V.T @ V), by=[eq10, of_X, inv])


def refute_outputs(s: Script, claim) -> Known:
    """At 1 x 1 letters, all 1 but Y = V = 0: the printed eq-13 says A1 X = 0."""
    t = s.inner()
    second = t.given(claim)[1]
    one_, zero = Expr(literal([[1]])), Expr(literal([[0]]))
    values = dict(X=one_, Y=zero, SJ=one_, A=one_, Xp=one_, U=one_, V=zero, C=one_, D=one_, L1=one_)
    return t.close(by_evaluation(second.at(**values)))


def by_evaluation(known: Known) -> Known:
    """Falsum: every hypothesis evaluates to true, and the conclusion to false."""
    while isinstance(known.formula, Implies):
        if isinstance(known.formula.right, Falsum):
            break
        known = known(Known(evaluate(known.formula.left)))
    return Known(implies_elim(evaluate(negation(known.formula)), known.theorem))


def printed(s: Script, name: str):
    """The closed formula of a statement that is not proved; it is listed as a step."""
    s.include(name)
    found = s.found(name)
    assert found is not None  # include has raised otherwise
    return found.goal.formula()


@statement(
    "prop-6",
    "critical points of L_N in K_{I x J} are those of eq-10 to eq-12, with outputs as eq-13 says",
    equations={
        "eq-10": "prop-6.1",
        "eq-11": "prop-6.1",
        "eq-12": "prop-6.1",
        "eq-13": "prop-6.2",
        "eq-14": "prop-6.1",
    },
)
def proposition_6(s: Script) -> None:
    """The first part is Theorem 1 for X_J and Y_J. A cell holds a critical point iff the outputs of such a point,
    eq-13, are >= 0 on J and all others < 0 (eq-14); the printed eq-13 gives other outputs."""
    first = whole(s, "prop-6.1")
    claim = conjunction(first.formula, printed(s, "prop-6.2"))
    s.include("prop-6.2.repair")
    s.conclude_refuted(claim, by=refute_outputs(s, claim))


@statement(
    "prop-6.repair",
    "critical points of L_N in K_{I x J} are those of eq-10 to eq-12, with eq-13 for P_ker(V)",
    hidden=True,
)
def proposition_6_repaired(s: Script) -> None:
    first, second = whole(s, "prop-6.1"), whole(s, "prop-6.2.repair")
    s.conclude(conjunction(first.formula, second.formula), by=both(first, second))
