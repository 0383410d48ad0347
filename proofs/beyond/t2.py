"""T2: an inner product of layers of higher rank than the output, where the residual is seen: negative curvature."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import at_least
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, both, from_fact
from symbolic_cp.prover.expression import Expr, ident, norm2, of, tr
from symbolic_cp.prover.show import function

from ..networks import curvature, network
from ..ranks import projects
from .between import layers_between
from .chains import letters

i, j, k = nat("i"), nat("j"), nat("k")


@statement("T2", "rank A_j-1...A_k+1 > rank W and E_jk != 0 for some layers j > k: Q takes a negative value")
def t2(s: Script) -> None:
    """At every point, critical or not. By Frobenius one of the two products next to M = M[j,k+1] has a smaller rank.

    If it is M R[k+1]: z'M R[k+1] = 0 and z'M w = 1, and D[j] = x a z', D[k] = -w b' have curvature
    |L[k+1] w b'R[k]|^2 - 2x, where a'E_jk b = 1. The other case is the mirror image.
    """
    net = network(s)
    M_, is_M = layers_between(s, net)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    s.dims("k j")
    above, inside = s.given(at_least(j, k + 1), "j > k"), s.given(at_least(l, j + 1), "j < l")
    M, W = of(M_, j, k + 1), net.output
    Mp, of_M = s.pinv(M, "Mp")
    Wp, of_W = s.pinv(W, "Wp")
    slack = s.given(tr(M @ Mp) > tr(W @ Wp), "rank M[j,k+1] > rank W")
    E_jk = L(j + 1).T @ (W - net.Y) @ R(k).T
    seen = s.given(E_jk != 0, "E_jk != 0")

    j_l = s.linear(at_least(l, j), inside)
    between_ = s.cite("chain-between", **letters(net), M=M_, k=k + 1, j=j)
    low, high = between_(net.is_R, net.is_L, is_M, above, j_l).parts()
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    through = s.have(L(j) @ M @ R(k + 1) == W, product(k + 1, s.linear(at_least(l, k + 1), above, inside)), high)
    (lm,), of_LM = s.obtain(from_fact("pinv").at(A=L(j) @ M), "lm")
    (mr,), of_MR = s.obtain(from_fact("pinv").at(A=M @ R(k + 1)), "mr")
    same_W = s.have(penrose((L(j) @ M @ R(k + 1)).term, Wp.term), of_W, through)
    frobenius = s.cite("frobenius", A=L(j), B=M, C=R(k + 1), b=Mp, ab=lm, bc=mr, abc=Wp)(of_M, of_LM, of_MR, same_W)
    slack_ = s.step(
        "T2.1",
        tr(M @ R(k + 1) @ mr) + tr(L(j) @ M @ lm) < 2 * tr(M @ Mp),
        proof=s.have(
            tr(M @ R(k + 1) @ mr) + tr(L(j) @ M @ lm) < 2 * tr(M @ Mp),
            through,
            sum=[Term(times=(frobenius,)), Term(times=(slack,))],
        ),
        title="Frobenius: M R[k+1] or L[j] M has a smaller rank than M",
    )
    (a, b), unit = s.obtain(s.cite("nonzero", M=E_jk)(seen), "a b")
    seen_is = s.have(tr((W - net.Y).T @ L(j + 1) @ a @ b.T @ R(k)) == 1, s.have(tr(a.T @ E_jk @ b) == 1, unit))
    down = net.strictly_down()

    def along(t: Context, B: Expr, C: Expr, x: Expr, moved: Expr, *reasons: Known) -> Known:
        """Q = K - 2x with K = |moved|^2 and x = K + 1, along D[k] = B and D[j] = C."""
        T = function("i", (of(M_, i, k + 1) @ B @ R(k)).term)
        c = t.inner()
        (h,) = c.dims("i")
        h_low, h_high = c.given(at_least(h, k + 1)), c.given(at_least(j, h + 1))
        grows = is_M[1](h, c.linear(at_least(l, h + 1), h_high, inside), k + 1, h_low)
        carries = c.close(c.have(of(M_, h + 1, k + 1) @ B @ R(k) == of(net.A, h) @ of(M_, h, k + 1) @ B @ R(k), grows))
        eye = is_M[0](k + 1, s.linear(at_least(l, k + 1), above, inside))
        starts = t.have(of(M_, k + 1, k + 1) @ B @ R(k) == B @ R(k), eye)
        two = s.cite("two-layers", **letters(net), k=k, j=j, B=B, C=C, T=T)
        found = two(net.is_R, net.is_L, above, inside, both(starts, carries))
        (D, F, G), at = t.obtain(found, "D F G")
        jet, *_, first, second = at.parts()
        move = t.have(of(F, l) == moved, first, *reasons)
        bend = t.have(of(G, l) == -x * (L(j + 1) @ a @ b.T @ R(k)), second, *reasons)
        value = curvature(W, net.Y, of(F, l), of(G, l))
        square = t.have(norm2(of(F, l)) == norm2(moved), move)
        exact = t.have(value == norm2(moved) - 2 * x, square, bend, seen_is)
        negative = t.have(value < 0, exact, sum=[Term(grams=(moved,)), Term(2)])
        return t.close(t.witness(down, D, F, G, by=both(jet, negative)))

    def below(smaller: Known) -> Known:  # rank M R[k+1] < rank M
        t = s.inner()
        P = M @ Mp - M @ R(k + 1) @ mr
        positive = t.have(tr(P) > 0, sum=[Term(times=(smaller,))])
        (z,), at_z = t.obtain(s.cite("unit", F=P)(projects(t, P, of_M, of_MR), positive), "z")
        inside_P = t.have(z.T @ P == z.T, at_z[1], of_M, of_MR)
        killed = t.have(z.T @ M @ R(k + 1) == 0, t.have(P @ M @ R(k + 1) == 0, of_M, of_MR), inside_P)
        one_ = t.have(z.T @ M @ Mp @ z == ident(1), at_z, killed)
        w = Mp @ z
        moved = L(k + 1) @ w @ b.T @ R(k)
        x = norm2(moved) + 1
        zR = t.have(z.T @ R(j) == 0, killed, low)
        return t.close(along(t, -(w @ b.T), x * (a @ z.T), x, -moved, zR, one_))

    def over(smaller: Known) -> Known:  # rank L[j] M < rank M
        t = s.inner()
        P = Mp @ M - lm @ L(j) @ M
        positive = t.have(tr(P) > 0, sum=[Term(times=(smaller,))])
        (z,), at_z = t.obtain(s.cite("unit", F=P)(projects(t, P, of_M, of_LM), positive), "z")
        killed = t.have(L(j) @ M @ z == 0, t.have(L(j) @ M @ P == 0, of_M, of_LM), at_z[1])
        one_ = t.have(z.T @ Mp @ M @ z == ident(1), at_z, killed)
        w = z.T @ Mp
        moved = L(j + 1) @ a @ w @ R(j)
        x = norm2(moved) + 1
        Lz = t.have(L(k + 1) @ z == 0, killed, high)
        return t.close(along(t, x * (z @ b.T), -(a @ w), x, -moved, Lz, one_))

    gap = tr(M @ Mp) - tr(M @ R(k + 1) @ mr)
    result = s.by_sign(
        gap,
        lambda zero: over(s.have(tr(L(j) @ M @ lm) < tr(M @ Mp), zero, sum=[Term(times=(slack_,))])),
        lambda more: below(s.have(tr(M @ R(k + 1) @ mr) < tr(M @ Mp), sum=[Term(times=(more,))])),
        lambda less: over(s.have(tr(L(j) @ M @ lm) < tr(M @ Mp), sum=[Term(times=(slack_,)), Term(times=(less,))])),
    )
    s.conclude(down, by=result)
