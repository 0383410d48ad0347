"""Baldi and Hornik, Neural networks and principal component analysis, 1989: the critical points of E(A, B)."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import conjunction
from symbolic_cp.prover.expression import ident


@statement("critical", "At a critical point AB = P Syx Sxx^-1, and P commutes with Syx Sxx^-1 Sxy")
def critical(s: Script) -> None:
    """E = ||Y - ABX||^2; Sxx = XX' is invertible, A may have any rank; P is the projector onto the range of A."""
    n, *_ = s.dims("n p q t")
    X, Y, A, B = s.matrices("X: n x t, Y: q x t, A: q x p, B: p x n")
    Sxx, Syx = X @ X.T, Y @ X.T

    in_B = s.given(A.T @ A @ B @ Sxx == A.T @ Syx, "dE/dB = 0")
    in_A = s.given(A @ B @ Sxx @ B.T == Syx @ B.T, "dE/dA = 0")
    (K,) = s.matrices("K: n x n")
    inverse = s.given(conjunction(Sxx @ K == ident(n), K @ Sxx == ident(n)), "K is the inverse of Sxx")
    a, pinv = s.pinv(A, "a")
    P, S = A @ a, Syx @ K @ Syx.T

    product = s.step("critical.1", A @ B == P @ Syx @ K, by=[in_B, inverse, pinv], title="AB = P Syx Sxx^-1")
    gram = s.step("critical.2", A @ B @ Sxx @ B.T @ A.T == Syx @ B.T @ A.T, by=[in_A])
    K_symmetric = s.step("critical.3", K.T == K, by=[inverse])
    sandwich = s.step("critical.4", P @ S @ P == S @ P, by=[product, gram, K_symmetric, inverse, pinv])
    commute = s.step("critical.5", P @ S == S @ P, by=[sandwich, K_symmetric, pinv], title="P S = S P")
    s.conclude(conjunction(A @ B == P @ Syx @ K, P @ S == S @ P), by=[product, commute])
