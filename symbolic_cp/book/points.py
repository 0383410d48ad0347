"""Exact critical points of a network with one hidden layer, by Theorem 1, with every letter that goes with them.

The data are drawn with a rational spectrum (`draw_data`): X of any rank, singular values repeated and zero. The point
has any admissible pattern, pb > 0 included, an invertible C that need not be orthogonal, and L1 that solves eq-3 and
need not be zero. What a statement makes of it is decided by evaluating its hypotheses, never here.

Main names: theorem_1_points (a generator for campaigns), cases (what is special about an instance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import columns, eye, hstack, is_zero, submatrix, trace, zeros
from symbolic_cp.exact.spectrum import spectrum
from symbolic_cp.kernel.evaluation import Instance, Table
from symbolic_cp.landscape.generate import draw_data, draw_full_rank, draw_matrix, draw_orthogonal
from symbolic_cp.prover.numeric import Entry, from_instance, to_instance

LARGEST = 4
"""The largest dimension of a drawn instance."""

CASES = (
    "rank(X) < min(d0, m)",
    "repeated singular value",
    "zero singular value",
    "d1 < d2",
    "d1 > d2",
    "rank(A2) < d1, C not orthogonal",
    "L1 != 0",
    "pb > 0",
)
"""What instances should include."""

EPSILONS: Sequence[tuple[fmpq, fmpq]] = (
    (fmpq(3, 4), fmpq(4, 5)),
    (fmpq(4, 3), fmpq(3, 5)),
    (fmpq(5, 12), fmpq(12, 13)),
    (fmpq(-3, 4), fmpq(4, 5)),
)
"""eps and c with c^2 (1 + eps^2) = 1."""

Group: TypeAlias = list[int]


@dataclass(frozen=True, slots=True)
class Block:
    """An eigenspace of Lambda: its value, W (captured) and N (missed), orthonormal columns in Lambda's coordinates."""

    value: fmpq
    W: fmpq_mat
    N: fmpq_mat


def theorem_1_points(rng: Random, dims: Mapping[str, int]) -> dict[str, Instance]:
    """A critical point of a network with one hidden layer, and letters for what belongs to it.

    X, Y, A1, A2; Xp, A2p; U (eigenvectors of Sigma, largest value first), the structure p, W, T, Vs, pb, Wb, Tb of V,
    count[k] = p_1 + ... + p_k, and w, R (what V leaves of R^d1); C, D, L1 with A2 = U V C; P = A2 A2+; kappa =
    min(d1, d2); u with su (missed) and v with sv (captured), f, g, h, z (unused by A2); N = U, K = V, eu, ev, si, sj,
    eps, c, e = c eps for the perturbations.
    Dimensions are those that are wanted where they are 1 to 4, else drawn. Cost: some 0.5 ms.
    """
    d0, d1, d2, m = (_size(rng, dims.get(name)) for name in ("d0", "d1", "d2", "m"))
    data = draw_data(rng, d0, m, d2)
    order = sorted(range(d2), key=lambda i: -data.s[i] if i < len(data.s) else fmpq(0))
    values = [data.s[i] * data.s[i] if i < len(data.s) else fmpq(0) for i in order]
    U = submatrix(data.U, range(d2), order)
    blocks = _blocks(rng, values, d1)
    taken = sum(block.W.ncols() for block in blocks)
    frame = eye(d1) if rng.randrange(2) else draw_orthogonal(rng, d1)
    V, structure = _structure(blocks, frame)
    C = draw_full_rank(rng, d1, d1) if rng.randrange(4) else eye(d1)
    D, Xp, X, Y = C.inv(), pinv(data.X), data.X, data.Y
    P = U * V * V.transpose() * U.transpose()
    L1 = _free(rng, X, Y, P, V, C)
    A2 = U * V * C
    A1 = D * V.transpose() * U.transpose() * Y * Xp + L1 - D * V.transpose() * V * C * L1 * X * Xp
    R = submatrix(frame, range(d1), range(taken, d1))
    matrices = {"X": X, "Y": Y, "A1": A1, "A2": A2, "Xp": Xp, "A2p": pinv(A2), "U": U, "V": V, "C": C, "D": D}
    matrices |= {"L1": L1, "P": P, "R": R, "N": U, "K": V, "b": pinv(U.transpose() * A2)}
    found: dict[str, Instance] = {name: to_instance(M) for name, M in matrices.items()}
    found["S"] = to_instance(U.transpose() * Y * Xp * X * Y.transpose() * U)
    found |= {"d0": d0, "d1": d1, "d2": d2, "m": m, "kappa": min(d1, d2), "w": R.ncols()}
    found |= structure | _directions(rng, blocks, U, R, C, D)
    return found | _optimal_prefix(blocks)


def _size(rng: Random, wanted: int | None) -> int:
    return wanted if wanted is not None and 1 <= wanted <= LARGEST else rng.choice((1, 2, 2, 3, 3, LARGEST))


def _blocks(rng: Random, values: Sequence[fmpq], room: int) -> list[Block]:
    """The eigenspaces, the zero one last, with a pattern drawn: any one, or one in optimal order."""
    distinct = sorted(set(values) | {fmpq(0)}, reverse=True)
    groups: list[Group] = [[i for i, value in enumerate(values) if value == one] for one in distinct]
    places = list(range(len(values)))
    if rng.randrange(3):
        rng.shuffle(places)
    chosen = set(places[: rng.randint(0, min(room, len(values)))])
    found: list[Block] = []
    for value, group in zip(distinct, groups, strict=True):
        basis = zeros(len(values), len(group))
        turned = draw_orthogonal(rng, len(group))
        for row, i in enumerate(group):
            for col in range(len(group)):
                basis[i, col] = turned[row, col]
        count = len(chosen.intersection(group))
        every = range(len(values))
        W, N = submatrix(basis, every, range(count)), submatrix(basis, every, range(count, len(group)))
        found.append(Block(value, W, N))
    return found


def _structure(blocks: Sequence[Block], frame: fmpq_mat) -> tuple[fmpq_mat, dict[str, Instance]]:
    """V = sum W_i T_i' + Wb Tb', where the T_i are columns of an orthogonal frame, and the letters for its blocks."""
    d2, d1 = blocks[0].W.nrows(), frame.nrows()
    sizes: dict[tuple[int, ...], Instance] = {}
    W: dict[tuple[int, ...], Instance] = {}
    T: dict[tuple[int, ...], Instance] = {}
    partial: dict[tuple[int, ...], Instance] = {(0,): to_instance(zeros(d2, d1))}
    V, at = zeros(d2, d1), 0
    for index, block in enumerate(blocks, start=1):
        width = block.W.ncols()
        one = submatrix(frame, range(d1), range(at, at + width))
        V, at = V + block.W * one.transpose(), at + width
        sizes[index,], W[index,], T[index,] = width, to_instance(block.W), to_instance(one)
        partial[index,] = to_instance(V)
    last = (len(blocks),)
    pb, Wb, Tb = sizes.pop(last), W.pop(last), T.pop(last)
    partial.pop(last)
    families = {"p": sizes, "W": W, "T": T, "Vs": partial}
    counts: dict[tuple[int, ...], Instance] = {(0,): 0}
    for index in range(1, len(blocks)):
        counts[index,] = sum(block.W.ncols() for block in blocks[:index])
    families["count"] = counts
    return V, {name: _table(family) for name, family in families.items()} | {"pb": pb, "Wb": Wb, "Tb": Tb}


def _table(family: Mapping[tuple[int, ...], Instance]) -> Table:
    return Table({index: one for index, one in family.items() if not isinstance(one, Table)})


def _free(rng: Random, X: fmpq_mat, Y: fmpq_mat, P: fmpq_mat, V: fmpq_mat, C: fmpq_mat) -> fmpq_mat:
    """L1 with eq-3: (I - V'V) C L1 X Y' (I - P) = 0; zero one time in four."""
    d1, d0 = C.nrows(), X.nrows()
    if not rng.randrange(4):
        return zeros(d1, d0)
    L = draw_matrix(rng, d1, d0, height=2)
    left = (eye(d1) - V.transpose() * V) * C
    right = X * Y.transpose() * (eye(P.nrows()) - P)
    return L - pinv(left) * left * L * right * pinv(right)


def _directions(
    rng: Random, blocks: Sequence[Block], U: fmpq_mat, R: fmpq_mat, C: fmpq_mat, D: fmpq_mat
) -> dict[str, Instance]:
    """Unit vectors: missed and captured eigenvectors, and a column that V does not use; eps and c."""
    missed = [(block.value, one) for block in blocks for one in columns(block.N)]
    captured = [(block.value, one) for block in blocks for one in columns(block.W)]
    found: dict[str, Entry] = {}
    if missed:
        value, one = missed[0] if rng.randrange(3) else rng.choice(missed)
        found |= {"u": U * one, "su": value, "eu": one, "si": value}
    if captured:
        value, one = captured[-1] if rng.randrange(3) else rng.choice(captured)
        found |= {"v": U * one, "sv": value, "ev": one, "sj": value}
    if R.ncols():
        one = submatrix(R, range(R.nrows()), [rng.randrange(R.ncols())])
        found |= {"f": D * one, "g": C.transpose() * one, "h": one, "z": D * one}
    eps, c = rng.choice(EPSILONS)
    return {name: to_instance(entry) for name, entry in (found | {"eps": eps, "c": c, "e": c * eps}).items()}


def _optimal_prefix(blocks: Sequence[Block]) -> dict[str, Instance]:
    """k: the last block of which something is captured, counted from 0, if blocks with a positive value are."""
    some = [i for i, block in enumerate(blocks[:-1]) if block.W.ncols()]
    return {"k": some[-1]} if some else {}


def cases(values: Mapping[str, Instance]) -> frozenset[str]:
    """Those of CASES that an instance is of; computed from its matrices, as far as it has them.

    `values` are by name: X (d0 x m) and Y (d2 x m), A2 (d2 x d1), C, L1, whichever there are.
    """
    at = {name: entry for name in ("X", "Y", "A1", "A2", "C", "L1") if (entry := _matrix(values.get(name))) is not None}
    found: set[str] = set()
    X, Y, A2 = at.get("X"), at.get("Y"), at.get("A2")
    if X is not None and rank(X) < min(X.nrows(), X.ncols()):
        found.add(CASES[0])
    if X is not None and Y is not None and X.ncols() == Y.ncols():
        found |= _spectral_cases(Y * pinv(X) * X * Y.transpose(), A2)
    if A2 is not None:
        found |= {CASES[3]} if A2.ncols() < A2.nrows() else {CASES[4]} if A2.ncols() > A2.nrows() else set()
        C = at.get("C")
        if C is not None and C.nrows() == A2.ncols() > rank(A2) and not is_zero(C * C.transpose() - eye(C.nrows())):
            found.add(CASES[5])
    if "L1" in at and not is_zero(at["L1"]):
        found.add(CASES[6])
    return frozenset(found)


def _spectral_cases(Sigma: fmpq_mat, A2: fmpq_mat | None) -> set[str]:
    found: set[str] = set()
    eigenvalues = spectrum(Sigma)
    if any(one.multiplicity > 1 and one.value != 0 for one in eigenvalues):
        found.add(CASES[1])
    if any(one.value == 0 for one in eigenvalues):
        found.add(CASES[2])
    if A2 is not None and A2.nrows() == Sigma.nrows():
        P = A2 * pinv(A2)
        commutes = is_zero(P * Sigma - Sigma * P)
        if commutes and trace(P) > rank(P * Sigma):
            found.add(CASES[7])
    return found


def _matrix(value: Instance | None) -> fmpq_mat | None:
    if value is None or isinstance(value, Table):
        return None
    entry = from_instance(value)
    return entry if isinstance(entry, fmpq_mat) else None


def missed_directions(X: fmpq_mat, Y: fmpq_mat, A2: fmpq_mat) -> list[tuple[fmpq, fmpq_mat]]:
    """Rational eigenvectors u of Sigma with P u = 0, each with its eigenvalue, largest first."""
    return _eigenvectors(X, Y, eye(A2.nrows()) - A2 * pinv(A2))


def captured_directions(X: fmpq_mat, Y: fmpq_mat, A2: fmpq_mat) -> list[tuple[fmpq, fmpq_mat]]:
    """Rational eigenvectors v of Sigma with P v = v, each with its eigenvalue, largest first."""
    return _eigenvectors(X, Y, A2 * pinv(A2))


def _eigenvectors(X: fmpq_mat, Y: fmpq_mat, P: fmpq_mat) -> list[tuple[fmpq, fmpq_mat]]:
    from symbolic_cp.exact.spectrum import eigenprojector

    Sigma = Y * pinv(X) * X * Y.transpose()
    found: list[tuple[fmpq, fmpq_mat]] = []
    for one in spectrum(Sigma):
        if isinstance(one.value, fmpq):
            E = eigenprojector(Sigma, one)
            assert isinstance(E, fmpq_mat)
            found += [(one.value, column) for column in columns(hstack(P * E)) if not is_zero(column)]
    return found
