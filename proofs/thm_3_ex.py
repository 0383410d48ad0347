"""The example after Theorem 3: L_k = 0 for all k.

Read as printed, A_(l,k+2) is what eq-5 says, U_k V_k C_k, and eq-6 asks that these matrices fit together. For C_k and V_k
that are chosen freely they do not. What is left: the network that eq-4 gives layer by layer, with eq-5 for the last one
alone, is critical for any C_k and V_k.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import in_range, penrose
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

from .layers import Layers, is_orthogonal, layer_data
from .networks import Network, each_layer, k, network, width
from .order import impossible
from .spectra import spectrum_of
from .structure import widths
from .thm_3 import halves, n, up_to


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
