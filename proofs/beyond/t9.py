"""The flags of a network, and when it is critical.

The columns of R[k]' span the right vectors that reach layer k, and those of L[k+1] the left vectors that layer k
reaches: with growing k the first space shrinks and the second grows. The point is critical iff the residual
E = R[l] - Y X+ X joins no vector of the one with a vector of the other in any layer: C[k]'E T[k] = 0, whatever
matrices C[k] and T[k] span the two spaces.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import NAT, Formula, Implies, Variable, at_least, conjunction, family, matrix_sort
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import both
from symbolic_cp.prover.expression import Expr, of

from ..networks import each_layer, k, network, width
from .chains import letters


def columns(name: str, rows: Nat | str, count: str) -> Variable:
    """name[k] : rows x count[k]."""
    return family(name, "k", matrix_sort(rows, nat(count, k)))


def spanning(whole: Expr, part: Expr, onto: Expr, into: Expr) -> Formula:
    """whole = part onto and part = whole into: the two have the same column space."""
    return conjunction(whole == part @ onto, part == whole @ into)


@statement("T9.2", "critical iff C[k]'E T[k] = 0 for all k, where C[k] spans Col L[k+1], T[k] spans Row R[k]")
def t9_flags(s: Script) -> None:
    """At every depth and for all data: the columns of C[k] and T[k] need not be independent."""
    net = network(s)
    l, X, Y = net.depth, net.X, net.Y
    s.let(Variable("c", NAT, 1)), s.let(Variable("t", NAT, 1))
    C, T = s.let(columns("C", width(l), "c")), s.let(columns("T", "m", "t"))
    U = s.let(family("U", "k", matrix_sort(nat("c", k), width(k + 1))))
    V = s.let(columns("V", width(k + 1), "c"))
    G = s.let(family("G", "k", matrix_sort(nat("t", k), width(k))))
    H = s.let(columns("H", width(k), "t"))
    left = spanning(of(net.L, k + 1), of(C, k), of(U, k), of(V, k))
    right = spanning(of(net.R, k).T, of(T, k), of(G, k), of(H, k))
    of_C = s.given(each_layer(l, left), "C[k] spans the columns of L[k+1]")
    of_T = s.given(each_layer(l, right), "T[k] spans the rows of R[k]")
    Xp, of_X = s.pinv(X, "Xp")
    E = net.output - Y @ Xp @ X
    kept = s.cite("chain-data", **{a: b for a, b in letters(net).items() if a in "l d A X"}, S=net.R, Xp=Xp)
    rows = kept(net.is_R, of_X)

    def seen(layer: Nat) -> Expr:
        return of(net.L, layer + 1).T @ E @ of(net.R, layer).T

    def flat(layer: Nat) -> Expr:
        return of(C, layer).T @ E @ of(T, layer)

    t = s.inner()
    (i,) = t.dims("k")
    inside = t.given(at_least(l, i + 1))
    same = t.close(t.have(net.gradient(i) == seen(i), rows(i, t.linear(at_least(l, i), inside)), of_X))
    gradient = s.step(
        "T9.2.1",
        each_layer(l, net.gradient(k) == seen(k)),
        proof=same,
        title="the gradient of layer k is L[k+1]'E R[k]'",
    )

    t = s.inner()
    critical = t.given(net.critical())
    u = t.inner()
    (i,) = u.dims("k")
    inside = u.given(at_least(l, i + 1))
    zero = u.have(seen(i) == 0, critical(i, inside), gradient(i, inside))
    there = u.have(flat(i) == 0, zero, of_C(i, inside)[1], of_T(i, inside)[1])
    down = t.close(u.close(there))

    t = s.inner()
    flags = t.given(each_layer(l, flat(k) == 0))
    u = t.inner()
    (i,) = u.dims("k")
    inside = u.given(at_least(l, i + 1))
    zero = u.have(seen(i) == 0, flags(i, inside), of_C(i, inside)[0], of_T(i, inside)[0])
    back = t.close(u.close(u.have(net.gradient(i) == 0, zero, gradient(i, inside))))

    orthogonal = each_layer(l, flat(k) == 0)
    goal = conjunction(Implies(net.critical(), orthogonal), Implies(orthogonal, net.critical()))
    s.conclude(goal, by=both(down, back))
