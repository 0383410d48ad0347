"""One layer of a deep network as a network with one hidden layer.

For layer k, the weights below it make the data X := R[k], the product above it is A2 := L[k+1], and A1 := A[k]. What
Theorem 1 says of (A1, A2) without eq-24 is the *form* of the layer: block structure of V, eq-4 (as eq-1) and eq-5 (as
eq-2). Formulas are written once, in the letters of Theorem 1, and moved to layer k by substitution.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range, penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Family,
    Formula,
    Implies,
    Value,
    Variable,
    at,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    matrix_sort,
    substitute,
)
from symbolic_cp.kernel.logic import and_left, and_right
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, both
from symbolic_cp.prover.expression import Expr, ident, number, of, tr

from .networks import Network, k, width
from .spectra import spectrum_of
from .structure import Structure, widths
from .thm_1 import eq1, small_ranks


def halves(known: Known) -> tuple[Known, Known]:
    """Both parts of a conjunction of two."""
    return Known(and_left(known.theorem)), Known(and_right(known.theorem))


def is_orthogonal(U: Expr) -> Formula:
    """U U' = U' U = I."""
    size, _ = U.term.shape
    return conjunction(U @ U.T == ident(size), U.T @ U == ident(size))


def layer_data(s: Context):
    """X, Y, A1, A2 with pseudoinverses of X and A2, and an orthogonal U; any shapes."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    Xp, of_X = s.pinv(X, "Xp")
    A2p, of_A2 = s.pinv(A2, "A2p")
    (U,) = s.matrices("U: d2 x d2")
    orth = s.given(is_orthogonal(U), "U is orthogonal")
    return X, Y, A1, A2, Xp, of_X, A2p, of_A2, U, orth


def form(X, Y, A1, A2, Xp, A2p, U, sp) -> Formula:
    """There are V of block structure with sum of ranks rank(A2), an invertible C, and L1, with eq-1 and eq-2."""
    t = Context()
    st = widths(t)
    C, D, L1 = t.matrices("C: d1 x d1, D: d1 x d1, L1: d1 x d0")
    body = conjunction(
        st.formula(sp.projectors, sp.partial, sp.r),
        conjunction(
            in_range("i", 1, sp.r, number(nat("p", "i")) <= tr(sp.E("i"))),
            number(st.pb) <= tr(ident("d2") - sp.Q(sp.r)),
            tr(st.V @ st.V.T) == tr(A2 @ A2p),
            C @ D == ident("d1"),
            D @ C == ident("d1"),
            A1 == eq1(U, st.V, C, D, L1, X, Xp, Y),
            A2 == U @ st.V @ C,
        ),
    )
    return exists(*(thing for _, thing, _ in t.entries), body)


@statement("layer-equations", "eq-32 to eq-36 for one layer", kind="lemma", hidden=True)
def layer_equations(s: Script) -> None:
    """W is the output A2 A1 X; of the last layer's equation (W - Y)R' = 0 only W W' = Y W' is used."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2, W = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1, W: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    a, of_A2 = s.pinv(A2, "A2p")
    through = s.given(W == A2 @ A1 @ X, "W is the output")
    gradient = s.given(A2.T @ (W - Y) @ X.T == 0, "the gradient vanishes")
    last = s.given(W @ W.T == Y @ W.T, "eq-35")
    P, Sigma = A2 @ a, Y @ Xp @ X @ Y.T
    normal = s.have(A2.T @ A2 @ A1 @ X @ X.T == A2.T @ Y @ X.T, gradient, through)
    solved = s.have(A1 == a @ Y @ Xp + A1 - a @ A2 @ A1 @ X @ Xp, normal, of_A2, of_X)
    output = s.have(W == P @ Y @ Xp @ X, s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, normal, of_A2, of_X), through)
    projected = s.have(P @ Sigma @ P == Sigma @ P, output, last, of_A2, of_X, heavy=[W])
    commutes = s.have(Sigma @ P == P @ Sigma, projected, of_A2, of_X)
    parts = normal, solved, output, projected, commutes
    s.conclude(conjunction(*(one.formula for one in parts)), by=both(*parts))


@statement("layer-form", "the form of a layer, from its gradient and P Sigma = Sigma P", kind="lemma", hidden=True)
def layer_form(s: Script) -> None:
    X, Y, A1, A2, Xp, of_X, a, of_A2, U, orth = layer_data(s)
    P, Sigma = A2 @ a, Y @ Xp @ X @ Y.T
    Lam = U.T @ Sigma @ U
    sp = spectrum_of(s, Lam)
    eq23 = s.given(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, "the gradient vanishes")
    commutes = s.given(Sigma @ P == P @ Sigma, "P Sigma = Sigma P")
    sym = s.have(Lam.T == Lam, of_X)
    Q = U.T @ A2 @ a @ U
    proj = s.have(conjunction(Q.T == Q, Q @ Q == Q), of_A2, orth)
    com = s.have(Q @ Lam == Lam @ Q, commutes, orth)
    room = s.have(tr(Q) <= number("d1"), of_A2, orth, sum=[Term(grams=(ident("d1") - a @ A2,))])
    found = s.cite("thm-1.blocks", **sp.named(), d1=nat("d1"), P=Q)(sp.known, sym, proj, com, room)
    letters, known = s.obtain(found, "p W T Vs pb Wb Tb V w R")
    st = Structure(*letters[:8])
    V, R = st.V, letters[9]
    shape, VV, *iso = known.parts()
    (C, D), CD = s.obtain(s.cite("thm-1.invertible", U=U, A=A2, V=V, R=R, a=a)(orth, of_A2, VV, both(*iso)), "C D")
    isometry = s.cite("thm-1.structure", **sp.named(), **st.named())(sp.known, sym, shape)
    eq4 = s.cite("thm-1.8.repair", X=X, Y=Y, Xp=Xp, U=U, V=V, C=C, D=D, A1=A1, A2=A2)(
        of_X, orth, *isometry.parts(), both(CD[0], CD[1]), CD[2], eq23
    )
    bounds, last = small_ranks(s, st, sp, sym, shape)
    rank = s.have(tr(V @ V.T) == tr(P), s.have(tr(V @ V.T) == tr(Q), VV), s.have(tr(Q) == tr(P), orth))
    claim = form(X, Y, A1, A2, Xp, a, U, sp)
    whole = both(shape, both(bounds, last, rank, CD[0], CD[1], eq4, CD[2]))
    s.conclude(claim, by=s.witness(claim, *letters[:8], C, D, A1, by=whole))


@statement("layer-form-gradient", "a layer of that form has vanishing gradient", kind="lemma", hidden=True)
def layer_form_gradient(s: Script) -> None:
    X, Y, A1, A2, Xp, of_X, a, of_A2, U, orth = layer_data(s)
    Lam = U.T @ (Y @ Xp @ X @ Y.T) @ U
    sp = spectrum_of(s, Lam)
    formed = s.given(form(X, Y, A1, A2, Xp, a, U, sp), "the form of a layer")
    sym = s.have(Lam.T == Lam, of_X)
    letters, known = s.obtain(formed, "p W T Vs pb Wb Tb V C D L1")
    st = Structure(*letters[:8])
    V, C, D, L1 = letters[7:]
    shape, _, _, _, CD, DC, eq4, eq5 = known.parts()
    iso = s.cite("thm-1.structure", **sp.named(), **st.named())(sp.known, sym, shape)[0]
    product = s.have(U @ V @ C @ eq1(U, V, C, D, L1, X, Xp, Y) @ X == U @ V @ V.T @ U.T @ Y @ Xp @ X, CD, iso, of_X)
    XX = s.have(Xp @ X @ X.T == X.T, of_X)
    zero = s.have(C.T @ V.T @ U.T @ (U @ V @ V.T @ U.T @ Y @ Xp @ X - Y) @ X.T == 0, iso, orth, XX)
    output = s.have(A2 @ A1 @ X == U @ V @ V.T @ U.T @ Y @ Xp @ X, product, eq4, eq5, heavy=[A1, A2])
    s.conclude(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, by=s.have(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, output, zero, eq5))


@dataclass(frozen=True)
class Layers:
    """Families with the pseudoinverses, the orthogonal U[k] and the spectrum of U[k]'Sigma_k U[k], for every layer."""

    net: Network
    Rp: Variable
    Lp: Variable
    U: Variable
    r: Variable
    values: Variable
    projectors: Variable
    partial: Variable

    def variables(self) -> tuple[Variable, ...]:
        return self.Rp, self.Lp, self.U, self.r, self.values, self.projectors, self.partial

    def named(self) -> dict[str, object]:
        """Values for these letters in a lemma that has them."""
        return {one.name: one for one in self.variables()}

    def at(self, index: Nat) -> dict[str, Value]:
        """What the letters of one layer stand for at layer `index`."""
        net, i = self.net, nat("~0")
        return {
            "d0": width(index),
            "d1": width(index + 1),
            "d2": width(net.depth),
            "m": nat("m"),
            "X": at(net.R, index),
            "Y": net.Y.term,
            "A1": at(net.A, index),
            "A2": at(net.L, index + 1),
            "Xp": at(self.Rp, index),
            "A2p": at(self.Lp, index + 1),
            "U": at(self.U, index),
            "r": nat("r", index),
            "s": Family(1, at(self.values, index, i)),
            "E": Family(1, at(self.projectors, index, i)),
            "Q": Family(1, at(self.partial, index, i)),
        }

    def P(self, index: Nat) -> Expr:
        """The projector onto Col(L[index])."""
        return of(self.net.L, index) @ of(self.Lp, index)

    def Sigma(self, index: Nat) -> Expr:
        """Y R[k]+ R[k] Y'."""
        return self.net.Y @ of(self.Rp, index) @ of(self.net.R, index) @ self.net.Y.T


def inverses(s: Context, net: Network) -> tuple[Layers, Known]:
    """Introduce the pseudoinverses of R[k] and L[k], known for all k <= l; the other letters are not introduced."""
    l = net.depth
    square = matrix_sort(width(l), width(l))
    made = Layers(
        net,
        s.family("Rp", "k", matrix_sort("m", width(k))),
        s.family("Lp", "k", matrix_sort(width(k), width(l))),
        family("U", "k", square),
        family("r", "k", NAT),
        family("s", "k i", SCALAR),
        family("E", "k i", square),
        family("Q", "k i", square),
    )
    both_ = conjunction(penrose(at(net.R, k), at(made.Rp, k)), penrose(at(net.L, k), at(made.Lp, k)))
    known = for_all(Variable("k", NAT), Implies(at_least(l, k), both_))
    return made, s.given(known, "Rp[k] = R[k]+ and Lp[k] = L[k]+")


def layers(s: Context, net: Network) -> tuple[Layers, Known, Known]:
    """Introduce all letters; U[k] and the spectrum are known for k <= l - 2."""
    made, pinvs = inverses(s, net)
    for one in (made.U, made.r, made.values, made.projectors, made.partial):
        s.let(one)
    each = Implies(at_least(net.depth, k + 2), at_layer(diagonal_form(), made, k))
    known = for_all(Variable("k", NAT), each)
    return made, pinvs, s.given(known, "U[k] is orthogonal, and the spectrum of U[k]'Sigma_k U[k]")


def at_layer(formula: Formula, letters: Layers, index: Nat) -> Formula:
    """A formula in the letters of one layer, at layer `index`."""
    return substitute(formula, letters.at(index))


def diagonal_form() -> Formula:
    """U is orthogonal, and r, s, E, Q are the spectrum of U'Sigma U, in the letters of one layer."""
    t = Context()
    X, Y, _, _, Xp, _, _, _, U, _ = layer_data(t)
    sp = spectrum_of(t, U.T @ (Y @ Xp @ X @ Y.T) @ U)
    return conjunction(is_orthogonal(U), sp.known.formula)


def form_of_layer() -> Formula:
    """The form of a layer, in the letters of one layer."""
    t = Context()
    X, Y, A1, A2, Xp, _, A2p, _, U, _ = layer_data(t)
    sp = spectrum_of(t, U.T @ (Y @ Xp @ X @ Y.T) @ U)
    return form(X, Y, A1, A2, Xp, A2p, U, sp)
