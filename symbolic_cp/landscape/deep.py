"""Exact critical points of any depth with a wished pattern of A_(l,2), from thm-1 by layers that pass the rest on.

Main function: deep_point(data, hidden, pattern, ...). With the (A1, A2) of thm-1 for width d_1, A2 = [B, 0] C_1, the
layers A_k = C_k^-1 J_k C_(k-1) (J_k has ones at the first q places of its diagonal, q between p and the smallest
hidden width) and A_l = [B, 0] C_(l-1) have A_(l,2) = [B, 0] C_1; all gradients vanish because B^T E = 0 and E A1^T = 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import eye, matrix
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.shallow import CriticalPoint, critical_point
from symbolic_cp.landscape.strata import check_hidden
from symbolic_cp.networks.fieldsum import as_sum, simplest
from symbolic_cp.networks.linear import shape


def deep_point(
    data: DataSpectrum,
    hidden: Sequence[int],
    pattern: Sequence[int],
    *,
    middle_rank: int | None = None,
    bases: Sequence[object] | None = None,
    free: object = None,
    mixing: Mapping[int, object] | None = None,
) -> CriticalPoint:
    """A critical point with these hidden widths (d_1, ..., d_(l-1)) whose A_(l,2) has this pattern.

    middle_rank: the rank q of A_(l-1,2), at least the sum p of the pattern (default p). With q = p and p_bar = 0 a
    point of optimal order that is no global minimum is a non-strict saddle if l > 2; with q > p it is strict (T4).
    bases: invertible matrices C_1, ..., C_(l-1) (default identities). free, mixing: as for `critical_point`.
    Costs what `critical_point` costs. Raises InputError for what does not fit.

    >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> [A.tolist() for A in deep_point(data, (2, 1), (1, 0, 0)).weights]
    [[[2, 0], [0, 0]], [[1, 0]], [[1], [0]]]
    """
    widths = check_hidden(hidden)
    room = min(*widths, data.sigma.nrows())
    checked = data.check_pattern(list(pattern), room)
    C = [eye(d) for d in widths] if bases is None else check_bases(bases, widths)
    p, limit = sum(checked), min(widths)
    q = p if middle_rank is None else middle_rank
    if not p <= q <= limit:
        raise InputError(f"the rank {q} of the middle layers must lie between {p} and {limit}", field="middle_rank")
    point = critical_point(data, widths[0], checked, C=C[0], free=free, mixing=mixing)
    above = C[0].inv()
    middle = []
    for k in range(1, len(widths)):
        middle.append(C[k].inv() * _keep(q, widths[k], widths[k - 1]) * C[k - 1])
        above = above * _keep(p, widths[k - 1], widths[k])
    last = simplest(as_sum(point.weights[1]).map(lambda c: c * above * C[-1]))
    return CriticalPoint(data, (point.weights[0], *middle, last), checked, point.loss)


def _keep(p: int, rows: int, cols: int) -> fmpq_mat:
    return fmpq_mat(rows, cols, [int(i == j < p) for i in range(rows) for j in range(cols)])


def check_bases(bases: Sequence[object], widths: Sequence[int]) -> list[fmpq_mat]:
    """Invertible matrices of these sizes, or InputError."""
    found = [matrix(C, field=f"bases[{k}]") for k, C in enumerate(bases, start=1)]
    if len(found) != len(widths):
        raise InputError(f"{len(found)} bases for {len(widths)} hidden layers", field="bases")
    for k, (C, d) in enumerate(zip(found, widths, strict=True), start=1):
        if (C.nrows(), C.ncols()) != (d, d) or rank(C) < d:
            raise InputError(f"C_{k} is {shape(C)}; it must be an invertible {d} x {d} matrix", field=f"bases[{k}]")
    return found
