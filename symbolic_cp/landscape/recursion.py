"""thm-3 as a constructor: exact critical points of any depth, for any V_0, ..., V_(l-2), C_k and L_k.

Main function: recursive_point(data, hidden, pattern, ...). Layer after layer, with R_k = A_(k,1) X and
Sigma_k = Y R_k^+ R_k Y^T: A_(l,k+2) = [B_k, 0] C_k, where the columns of B_k span a Sigma_k-invariant subspace
(scalings go into C_k, so there are no square roots), and eq-4 gives

    A_(k+1) = C_k^-1 [B_k^+ Y R_k^+ + T_k (I - R_k R_k^+); N_k],    C_k L_(k+1) = [T_k; N_k].

Which choices fit together: B_0 is any invariant subspace of Sigma_0; B_k is B_(k-1) and any columns c with
R_k Y^T c = 0 (they count in p_bar(k)); for k > 0 the rows T_k are those of B_k^+ A_(l,k+1), so that
A_(l,k+1) = A_(l,k+2) A_(k+1); N_k is any matrix for k < l-2, and for k = l-2 solves
N R_k Y^T (I - B_k B_k^+) = 0, which is eq-6 (and eq-3 for l = 2). Every rational critical point arises in this way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import kernel, pinv, rank
from symbolic_cp.exact.matrices import eye, hstack, matrix, submatrix, vstack, zeros
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import check_bases
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.shallow import CriticalPoint, basis
from symbolic_cp.landscape.strata import check_hidden
from symbolic_cp.networks.linear import shape


def recursive_point(
    data: DataSpectrum,
    hidden: Sequence[int],
    pattern: Sequence[int],
    *,
    junk: Sequence[object] = (),
    bases: Sequence[object] | None = None,
    free: Sequence[object] | None = None,
    mixing: Mapping[int, object] | None = None,
) -> CriticalPoint:
    """The critical point of thm-3 with hidden widths (d_1, ..., d_(l-1)) and this pattern of V_0.

    junk: for k = 1, ..., l-2 a matrix of d_l rows, whose columns are brought into the kernel of R_k Y^T and added to
    those of B_k where they are new (default: none). bases: the invertible C_0, ..., C_(l-2) (default: identities).
    free: for each of the first l-1 layers any matrix of its shape (default: zeros); L_(k+1) is that matrix with the
    rows that are not free set as they must be. mixing: as for `shallow.critical_point`.

    Weights are rational. Cost: for each layer two pseudoinverses and some ten products. Raises InputError for what
    does not fit: a pattern that takes conjugate eigenvalues differently, more columns than a layer is wide.

    >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> point = recursive_point(data, (2, 1), (0, 1, 0), free=[[[0, 0], [1, 1]], [[0, 1]]])
    >>> [A.tolist() for A in point.weights]
    [[[0, 1], [1, 1]], [[1, 0]], [[0], [1]]]
    """
    widths = check_hidden(hidden)
    checked = data.check_pattern(list(pattern), min(*widths, data.sigma.nrows()))
    blocks = basis(data, checked, mixing or {})
    if len(blocks) > 1:
        raise InputError("conjugate eigenvalues are not taken alike: the point is not rational", field="pattern")
    C = [eye(d) for d in widths] if bases is None else check_bases(bases, widths)
    F = _free(free, (data.X.nrows(), *widths))
    B = blocks[0].columns[0]
    below, above = eye(data.X.nrows()), zeros(data.sigma.nrows(), data.X.nrows())
    weights = []
    for k, width in enumerate(widths):
        G, H = below * data.gram.G * below.transpose(), data.gram.H * below.transpose()
        if 0 < k <= len(junk):
            B = _extended(B, H, junk[k - 1], min(widths[k:]), k)
        A = _layer(B, C[k], C[k] * F[k], (G, H), above if k else None, last=k == len(widths) - 1)
        weights.append(A)
        below, above = A * below, hstack(B, zeros(B.nrows(), width - B.ncols())) * C[k]
    return CriticalPoint(data, (*weights, above), checked, StratumLoss(data, checked[: data.r]))


def _layer(
    B: fmpq_mat, C: fmpq_mat, CF: fmpq_mat, products: tuple[fmpq_mat, fmpq_mat], above: fmpq_mat | None, *, last: bool
) -> fmpq_mat:
    """A_(k+1) of the module's formula, from B_k, C_k, C_k F_k, (R_k R_k^T, Y R_k^T), and A_(l,k+1) if it is fixed."""
    G, H = products
    Gp, Bp, p = pinv(G), pinv(B), B.ncols()
    T, N = submatrix(CF, range(p), range(CF.ncols())), submatrix(CF, range(p, CF.nrows()), range(CF.ncols()))
    if above is not None:
        T = Bp * above
    if last:
        outside = eye(B.nrows()) - B * Bp
        N -= N * H.transpose() * outside * pinv(H * Gp * H.transpose()) * H * Gp
    return C.inv() * vstack(Bp * H * Gp + T * (eye(G.nrows()) - G * Gp), N)


def _extended(B: fmpq_mat, H: fmpq_mat, wished: object, room: int, k: int) -> fmpq_mat:
    """B with columns from the kernel of H^T, the projections of those wished, as far as they are independent."""
    J = matrix(wished, field=f"junk[{k}]")
    if J.nrows() != B.nrows():
        raise InputError(f"a {shape(J)} matrix; its columns must have {B.nrows()} entries", field=f"junk[{k}]")
    K = kernel(H.transpose())
    J = K * pinv(K) * J
    for j in range(J.ncols()):
        longer = hstack(B, submatrix(J, range(J.nrows()), [j]))
        if rank(longer) > B.ncols():
            B = longer
    if B.ncols() > room:
        raise InputError(f"{B.ncols()} columns, but the layers from here on have room for {room}", field=f"junk[{k}]")
    return B


def _free(free: Sequence[object] | None, widths: Sequence[int]) -> list[fmpq_mat]:
    shapes = [(high, low) for low, high in pairwise(widths)]
    if free is None:
        return [zeros(*wanted) for wanted in shapes]
    found = [matrix(F, field=f"free[{k}]") for k, F in enumerate(free, start=1)]
    if len(found) != len(shapes):
        raise InputError(f"{len(found)} free matrices for {len(shapes)} layers", field="free")
    for k, (F, (rows, cols)) in enumerate(zip(found, shapes, strict=True), start=1):
        if (F.nrows(), F.ncols()) != (rows, cols):
            raise InputError(f"a {shape(F)} matrix; it must be {rows} x {cols}, as A{k}", field=f"free[{k}]")
    return found
