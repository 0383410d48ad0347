"""Lemma 1: what every critical point of a network with one hidden layer satisfies.

Section 2 of the paper. X is d0 x m, Y is d2 x m, A1 is d1 x d0, A2 is d2 x d1, of any rank.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import Variable, at_least, conjunction, exists, matrix_sort
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import both
from symbolic_cp.prover.expression import ident, of
from symbolic_cp.prover.kronecker import blocks, is_kron, is_vec


def critical_point(s: Script):
    """Data, weights, and the two gradients that vanish there (eq-23, eq-24)."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    eq23 = s.given(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, "eq-23")
    eq24 = s.given((A2 @ A1 @ X - Y) @ X.T @ A1.T == 0, "eq-24")
    return X, Y, A1, A2, eq23, eq24


@statement(
    "lem-1",
    "Every critical point satisfies eq-25 and eq-26",
    equations={"eq-25": "lem-1.5", "eq-26": "lem-1.9", "eq-27": "lem-1.6"},
)
def lemma_1(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24 = critical_point(s)
    Xp, of_X = s.pinv(X, "Xp")
    A2p, of_A2 = s.pinv(A2, "A2p")
    P = A2 @ A2p  # the projector onto Col(A2)
    Sigma = Y @ Xp @ X @ Y.T

    normal = s.step("lem-1.1", A2.T @ A2 @ A1 @ X @ X.T == A2.T @ Y @ X.T, by=[eq23], title="normal equations")

    with s.aside():
        through_vec(s, X, Y, A1, A2, normal, (Xp, of_X), (A2p, of_A2))

    # The conclusion needs no vec: L1 = A1 itself will do.
    L1 = Variable("L1", matrix_sort("d1", "d0"))
    solved = A1 == A2p @ Y @ Xp + of(L1) - A2p @ A2 @ of(L1) @ X @ Xp
    itself = s.have(A1 == A2p @ Y @ Xp + A1 - A2p @ A2 @ A1 @ X @ Xp, eq23, of_A2, of_X)
    eq25 = s.witness(exists(L1, solved), A1, by=itself)

    eq27 = s.step("lem-1.6", A2 @ A1 @ X == P @ Y @ Xp @ X, by=[eq23, of_A2, of_X], title="eq-27")
    flat = s.step(
        "lem-1.7", A2 @ A1 @ X @ X.T @ A1.T @ A2.T == Y @ X.T @ A1.T @ A2.T, by=[eq24], title="eq-24 times A2'"
    )
    PSP = s.step("lem-1.8", P @ Sigma @ P == Sigma @ P, by=[eq27, flat, of_A2, of_X], title="P Sigma P = Sigma P")
    comm = s.step("lem-1.9", Sigma @ P == P @ Sigma, by=[PSP, of_A2, of_X], title="the left side is symmetric")
    s.conclude(conjunction(eq25.formula, P @ Sigma @ P == Sigma @ P, Sigma @ P == P @ Sigma), by=[eq25, PSP, comm])


def through_vec(s: Script, X, Y, A1, A2, normal, of_X, of_A2) -> None:
    """lem-1.2 to lem-1.5: the normal equations solved as one linear system for vec A1.

    U is the space of vec A1 (d0 columns of length d1), V that of vec Y (m columns of length d2).
    """
    (Xp, of_X), (A2p, of_A2) = of_X, of_A2
    G, H = X @ X.T, A2.T @ A2
    g, of_G = s.pinv(G, "g")
    h, of_H = s.pinv(H, "h")
    U, V = blocks(s, "N", nat("d0"), nat("d1"), "u"), blocks(s, "NY", nat("m"), nat("d2"), "v")
    a, y, l = s.matrices("a: N x 1, y: NY x 1, l: N x 1")
    K1, K2, k0, K3, K4 = s.matrices("K1: N x N, K2: N x NY, k0: N x N, K3: N x NY, K4: N x N")
    (L1,) = s.matrices("L1: d1 x d0")
    k1, of_K1 = s.pinv(K1, "k1")
    vec_A1, vec_Y = s.given(is_vec(a, A1, U), "a = vec A1"), s.given(is_vec(y, Y, V), "y = vec Y")
    vec_L1 = s.given(is_vec(l, L1, U), "l = vec L1")
    is_K1 = s.given(is_kron(K1, G, H, U, U), "K1 = XX' (x) A2'A2")
    is_K2 = s.given(is_kron(K2, X, A2.T, U, V), "K2 = X (x) A2'")
    is_k0 = s.given(is_kron(k0, g, h, U, U), "k0 = (XX')+ (x) (A2'A2)+")
    is_K3 = s.given(is_kron(K3, g @ X, h @ A2.T, U, V), "K3 = (XX')+X (x) (A2'A2)+A2'")
    is_K4 = s.given(is_kron(K4, g @ G, h @ H, U, U), "K4 = (XX')+XX' (x) (A2'A2)+A2'A2")

    def multiplied(K, left, M, right, x, known, vec, cols):
        """eq-18: K x = vec(left M right) for K = right' (x) left and x = vec M."""
        spaces = {**cols.named("v"), **U.named("w")}
        return s.cite("eq-18", **spaces, U=left, M=M, V=right, K=K, x=x)(cols.known, U.known, known, vec)

    def same_vec(x, z, M, L, first, second, equal):
        """x = z, because x = vec M, z = vec L and M = L."""
        moved = s.cite("vec-equal", **U.named("r"), x=x, M=M, L=L)(U.known, first, equal)
        return s.cite("vec-unique", **U.named("r"), x=x, y=z, M=L)(U.known, moved, second)

    def product():
        left = multiplied(K1, H, A1, G, a, is_K1, vec_A1, U)
        right = multiplied(K2, A2.T, Y, X.T, y, is_K2, vec_Y, V)
        return same_vec(K1 @ a, K2 @ y, H @ A1 @ G, A2.T @ Y @ X.T, left, right, normal)

    system = s.step("lem-1.2", K1 @ a == K2 @ y, proof=product, title="vectorised")

    free, any_l = Variable("z", matrix_sort("N", 1)), Variable("w", matrix_sort("N", 1))
    solution = k1 @ K2 @ y + (ident("N") - k1 @ K1) @ of(free)
    every = s.inner()
    w = of(every.let(any_l))
    solves = every.close(every.have(K1 @ (k1 @ K2 @ y + (ident("N") - k1 @ K1) @ w) == K2 @ y, system, of_K1))
    found = s.witness(exists(free, a == solution), a, by=s.have(a == k1 @ K2 @ y + (ident("N") - k1 @ K1) @ a, system))
    s.step("lem-1.3", conjunction(found.formula, solves.formula), proof=both(found, solves), title="general solution")

    general = s.given(a == k1 @ K2 @ y + (ident("N") - k1 @ K1) @ l, "lem-1.3")

    def kronecker():
        inverse = s.cite("eq-19", **U.named("r"), **U.named("s"), U=G, V=H, K=K1, k=k0, u=g, v=h)(
            U.known, U.known, of_G, of_H, is_K1, is_k0
        )
        k1_is_k0 = s.cite("pinv-unique", A=K1, B=k1, C=k0)(of_K1, inverse)
        times2 = s.cite("eq-20", **U.named("r"), **U.named("s"), **V.named("t"), M=g, W=h, U=X, V=A2.T, K1=k0, K2=K2)
        times1 = s.cite("eq-20", **U.named("r"), **U.named("s"), **U.named("t"), M=g, W=h, U=G, V=H, K1=k0, K2=K1)
        to_K3 = s.cite("kron-unique", **U.named("r"), **V.named("s"), U=g @ X, V=h @ A2.T, K=k0 @ K2, L=K3)
        to_K4 = s.cite("kron-unique", **U.named("r"), **U.named("s"), U=g @ G, V=h @ H, K=k0 @ K1, L=K4)
        third = to_K3(U.known, V.known, times2(U.known, U.known, V.known, is_k0, is_K2), is_K3)
        fourth = to_K4(U.known, U.known, times1(U.known, U.known, U.known, is_k0, is_K1), is_K4)
        return s.have(a == K3 @ y + (ident("N") - K4) @ l, general, k1_is_k0, third, fourth)

    kron = s.step("lem-1.4", a == K3 @ y + (ident("N") - K4) @ l, proof=kronecker, title="eq-19, eq-20")

    def reshaped():
        left = s.have(h @ A2.T == A2p, of_H, of_A2)
        right = s.have(X.T @ g == Xp, of_G, of_X)
        first = multiplied(K3, h @ A2.T, Y, (g @ X).T, y, is_K3, vec_Y, V)
        second = multiplied(K4, h @ H, L1, (g @ G).T, l, is_K4, vec_L1, U)
        sums = [
            s.have(h @ A2.T @ Y @ (g @ X).T == A2p @ Y @ Xp, left, right, of_G),
            s.have(h @ H @ L1 @ (g @ G).T == A2p @ A2 @ L1 @ X @ Xp, left, right, of_G),
        ]
        inside = s.inner()
        (j,) = inside.dims("j")
        low, high = inside.given(at_least(j, 1)), inside.given(at_least(nat("d0"), j))
        value = A2p @ Y @ Xp + L1 - A2p @ A2 @ L1 @ X @ Xp
        at_j = [known(j, low, high) for known in (first, second, vec_L1)]
        column = inside.have(U.c(j).T @ a == value @ U.f(j), kron, *at_j, *sums)
        return s.cite("vec-determines", **U.named("r"), x=a, M=A1, L=value)(U.known, vec_A1, inside.close(column))

    s.step("lem-1.5", A1 == A2p @ Y @ Xp + L1 - A2p @ A2 @ L1 @ X @ Xp, proof=reshaped, title="eq-18, eq-21, reshaped")
