"""eq-21 and eq-22: the Moore-Penrose inverse."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import conjunction


@statement("eq-21", "(M'M)+ M' = M' (MM')+ = M+", kind="equation")
def eq_21(s: Script) -> None:
    s.dims("m n")
    (M,) = s.matrices("M: m x n")
    p, of_M = s.pinv(M, "p")
    g, of_gram = s.pinv(M.T @ M, "g")
    h, of_other = s.pinv(M @ M.T, "h")
    first = s.step("eq-21.1", g @ M.T == p, by=[of_M, of_gram], title="(M'M)+ M' = M+")
    second = s.step("eq-21.2", M.T @ h == p, by=[of_M, of_other], title="M' (MM')+ = M+")
    s.conclude(conjunction(g @ M.T == M.T @ h, M.T @ h == p), by=[first, second])


@statement("eq-22", "M M+ M = M and M+ M M+ = M+", kind="equation")
def eq_22(s: Script) -> None:
    s.dims("m n")
    (M,) = s.matrices("M: m x n")
    p, of_M = s.pinv(M, "p")
    s.conclude(conjunction(M @ p @ M == M, p @ M @ p == p), by=[of_M])
