"""The critical point of thm-1 where the positive eigenvalues of Sigma are rational and simple: eigenvectors alone.

Main functions: lies_on_lines, weights_on_lines. The eigenspaces are lines then, spanned by integer vectors v that are
orthogonal to each other. So B^+ has the rows v^T / |v|^2 of the captured ones, and (1 - B B^+) Sigma^+ is the sum of
v v^T / (sigma |v|^2) over the others: everything in the formulas of `shallow.py` is a matrix of numbers times V, the
matrix of all eigenvectors as rows. Only V Y X^+ is shortened on the way, if it is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from symbolic_cp.exact.stripped import Stripped, reduced, strip
from symbolic_cp.exact.units import KEPT
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.strata import Pattern


def lies_on_lines(data: DataSpectrum, pattern: Pattern, mixing: Mapping[int, object]) -> bool:
    """Whether every positive eigenvalue is rational and simple, and a pattern without mixing takes no kernel vector."""
    return len(data.lines) == data.r and not pattern[-1] and not mixing


def weights_on_lines(
    data: DataSpectrum, pattern: Pattern, C: Stripped, inverse_C: Stripped, F: fmpq_mat
) -> tuple[fmpq_mat, fmpq_mat]:
    """A1 and A2 of thm-1 for an invertible C and the free matrix F, where `lies_on_lines`.

    With p captured vectors, N the lower rows of C F (zeros above), T = V Y X^+ and the diagonal matrix D of
    1 / (sigma |v|^2) for the others: A1 = C^-1 [B^+ Y X^+; 0] + C^-1 (N - N X X^T T^T D T), A2 = [B, 0] C; and
    the upper rows of C F times 1 - X X^+ are added. Cost: some eight products.
    """
    vectors, width, p = data.eigenrows, C.numerator.nrows(), sum(pattern)
    V = vectors.rows
    squares = V * V.transpose()
    basis, dual, fall = fmpq_mat(V.nrows(), width), fmpq_mat(width, V.nrows()), fmpq_mat(V.nrows(), V.nrows())
    place = 0
    for i, row in data.lines.items():
        square, unit = squares[row, row], vectors.units[row]
        if pattern[i]:
            basis[row, place], dual[place, row] = fmpq(1, unit), fmpq(unit, square)
            place += 1
        else:
            fall[row, row] = -1 / (cast("fmpq", data.positive[i].value) * square)
    YXp = data.stripped_YXp
    T = Stripped(*reduced(V * YXp.numerator, YXp.denominator))
    A2 = Stripped(V.transpose(), fmpz(1)) @ (strip(basis) @ C)
    lines = strip(dual)
    rest = None
    if F:
        moved = C @ strip(F)
        rest = Stripped(_from(p, width) * moved.numerator, moved.denominator)
        lines += (rest @ (data.gram.stripped_G @ T.transpose())) @ strip(fall)
        if data.rank_X < data.X.nrows():
            upper = moved - rest
            rest += upper - upper @ strip(data.GGp)
    inner = lines @ T if rest is None else lines @ T + rest
    return (inverse_C @ inner).value(), A2.value()


@lru_cache(KEPT)
def _from(p: int, width: int) -> fmpz_mat:
    """The identity without its first p ones."""
    kept = fmpz_mat(width, width)
    for i in range(p, width):
        kept[i, i] = 1
    return kept
