"""Exact data sets and critical points drawn from a seed, of every class, singular data included.

Main functions: draw_data (spectrum as wished), draw_integer_data (spectrum as it comes, mostly irrational),
draw_problem (one or the other), draw_point (a critical point by thm-1, any depth), draw_chain (one by the normal form
T9). Each takes a `random.Random`; the same state gives the same result on every machine.

T9: up to invertible changes of basis in the hidden layers the chain A_l, ..., A_1 splits into intervals of layers:
[0, l] captured triples of M = U diag(s) Z^T, [0, b] carrying a right vector t, [a, l] carrying a left vector c, and
inner ones [a, b]. The point is critical iff, with E = W - M, c^T E t = 0 whenever b >= a - 1, c^T E = 0 for a = 1
and E t = 0 for b = l - 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.limits import check_shape
from symbolic_cp.exact.linear import kernel, pinv, rank
from symbolic_cp.exact.matrices import eye, hstack, submatrix, vstack, zeros
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.shallow import CriticalPoint
from symbolic_cp.landscape.strata import Pattern, patterns


def draw_number(rng: Random, height: int = 3) -> fmpq:
    """A rational number with numerator in -height..height and denominator 1 (mostly), 2 or 3."""
    return fmpq(rng.randint(-height, height), rng.choice((1, 1, 1, 2, 3)))


def draw_matrix(rng: Random, rows: int, cols: int, height: int = 3) -> fmpq_mat:
    """A rows x cols matrix of such numbers."""
    check_shape(rows, cols)
    return fmpq_mat(rows, cols, [draw_number(rng, height) for _ in range(rows * cols)])


def draw_integers(rng: Random, rows: int, cols: int, height: int = 2) -> fmpq_mat:
    """A rows x cols matrix of integers in -height..height."""
    check_shape(rows, cols)
    return fmpq_mat(rows, cols, [rng.randint(-height, height) for _ in range(rows * cols)])


def draw_full_rank(rng: Random, rows: int, cols: int) -> fmpq_mat:
    """An integer matrix of rank min(rows, cols)."""
    while True:
        M = draw_integers(rng, rows, cols)
        if rank(M) == min(rows, cols):
            return M


def draw_orthogonal(rng: Random, n: int) -> fmpq_mat:
    """A rational orthogonal n x n matrix: a Cayley transform (I - K)(I + K)^-1, columns in random order and sign."""
    K = draw_integers(rng, n, n, height=1)
    K = K - K.transpose()
    Q = (eye(n) - K) * (eye(n) + K).inv() if n else eye(0)
    order = rng.sample(range(n), n)
    signs = [rng.choice((-1, 1)) for _ in range(n)]
    return fmpq_mat(n, n, [Q[i, order[j]] * signs[j] for i in range(n) for j in range(n)])


@dataclass(frozen=True, slots=True)
class DrawnData:
    """X = P S with S S^T = I (S is rho x m) and Y S^T = M = U diag(s) Z^T, U (d2 x d2) and Z (rho x rho) orthogonal.

    Sigma = Y X^+ X Y^T = M M^T has the eigenvalues s_i^2, and 0 for the rest.
    """

    X: fmpq_mat
    Y: fmpq_mat
    P: fmpq_mat
    S: fmpq_mat
    U: fmpq_mat
    Z: fmpq_mat
    s: tuple[fmpq, ...]


def draw_data(
    rng: Random, d0: int, m: int, d2: int, *, rank_X: int | None = None, values: Sequence[fmpq | int] | None = None
) -> DrawnData:
    """Data with X (d0 x m) of rank `rank_X` and singular values `values` of M, at most min(rank_X, d2) of them.

    By default the rank is anything up to min(d0, m), and the values are drawn with repetitions and zeros.
    Raises InputError for a rank or a number of values that the shapes do not allow.
    """
    rho = rng.randint(min(1, d0, m), min(d0, m)) if rank_X is None else rank_X
    if not 0 <= rho <= min(d0, m):
        raise InputError(f"X is {d0} x {m} and cannot have rank {rho}")
    size = min(rho, d2)
    if values is None:
        some = [fmpq(rng.randint(0, 5), rng.choice((1, 1, 2))) for _ in range(size)]
        values = [rng.choice(some) for _ in range(size)]
    if len(values) > size:
        raise InputError(f"{len(values)} singular values, but M is {d2} x {rho} and has {size}")
    s = tuple(fmpq(v) for v in values) + (fmpq(0),) * (size - len(values))
    U, Z = draw_orthogonal(rng, d2), draw_orthogonal(rng, rho)
    M = sum(
        (submatrix(U, range(d2), [i]) * submatrix(Z, range(rho), [i]).transpose() * s[i] for i in range(size)),
        start=zeros(d2, rho),
    )
    S = submatrix(draw_orthogonal(rng, m), range(rho), range(m))
    P = draw_full_rank(rng, d0, rho)
    Y = M * S + draw_integers(rng, d2, m) * (eye(m) - S.transpose() * S)
    return DrawnData(P * S, Y, P, S, U, Z, s)


def draw_integer_data(rng: Random, d0: int, m: int, d2: int) -> tuple[fmpq_mat, fmpq_mat]:
    """Data X (d0 x m), Y (d2 x m) of small integers; one time in three X has a smaller rank than it could have."""
    X, Y = draw_integers(rng, d0, m), draw_integers(rng, d2, m)
    if d0 > 1 and rng.randrange(3) == 0:
        X = draw_integers(rng, d0, d0 - 1, height=1) * draw_integers(rng, d0 - 1, m)
    return X, Y


def draw_problem(rng: Random, size: int = 4) -> DataSpectrum:
    """Data with d0, m, d2 from 1 to `size`: half of them by `draw_data`, half by `draw_integer_data`."""
    d0, m, d2 = (max(rng.randint(1, size), rng.randint(1, size)) for _ in range(3))
    if rng.randrange(2):
        data = draw_data(rng, d0, m, d2)
        return DataSpectrum(data.X, data.Y)
    return DataSpectrum(*draw_integer_data(rng, d0, m, d2))


def draw_pattern(rng: Random, data: DataSpectrum, hidden: Sequence[int], *, rational: bool) -> Pattern:
    """An admissible pattern; with `rational` one that takes conjugate eigenvalues alike, so its points are rational."""
    found = [
        pattern
        for pattern in patterns(data, hidden)
        if not rational or all(len({pattern[i] for i in group}) == 1 for group in data.conjugates)
    ]
    return rng.choice(found)


def draw_point(
    rng: Random, data: DataSpectrum, hidden: Sequence[int], *, rational: bool = True, pattern: Pattern | None = None
) -> CriticalPoint:
    """A critical point by thm-1 (`deep_point`), everything that may be chosen drawn.

    That is the pattern, changes of basis C that are not orthogonal, L1 (not zero, two times in three), subspaces of
    the eigenspaces, and the rank of the middle layers. With `rational` (the default) its weights are rational.
    """
    chosen = draw_pattern(rng, data, hidden, rational=rational) if pattern is None else pattern
    return deep_point(
        data,
        hidden,
        chosen,
        middle_rank=rng.randint(sum(chosen), min(hidden)),
        bases=[draw_full_rank(rng, d, d) for d in hidden],
        free=draw_matrix(rng, hidden[0], data.X.nrows()) if rng.randrange(3) else None,
        mixing=draw_mixing(rng, data, chosen),
    )


def draw_mixing(rng: Random, data: DataSpectrum, pattern: Pattern) -> dict[int, fmpq_mat]:
    """Subspaces of the eigenspaces of rational eigenvalues (0 included), as `mixing` of the constructors."""
    sizes = [*data.multiplicities, data.m_bar]
    rotated = [
        i for i, m in enumerate(sizes) if i == data.r or (m > 1 and isinstance(data.positive[i].value, fmpq))
    ]
    return {i: draw_full_rank(rng, sizes[i], pattern[i]) for i in rotated}


@dataclass(frozen=True, slots=True)
class Interval:
    """The layers start..end of one basis vector of the chain, with the vector it carries at 0 or at l, if any."""

    start: int
    end: int
    captured: int | None = None


@dataclass(frozen=True, slots=True)
class DrawnPoint:
    """A critical point: data and weights A1, ..., Al."""

    X: fmpq_mat
    Y: fmpq_mat
    weights: tuple[fmpq_mat, ...]


def draw_chain(
    rng: Random, data: DrawnData, hidden: Sequence[int], captured: Sequence[int] | None = None
) -> DrawnPoint:
    """A critical point with hidden widths d_1, ..., d_(l-1) that captures the singular triples `captured` of M.

    `captured` lists indices from 0 of values of `data.s` that are not zero, at most min(hidden) of them; by default
    it is drawn. Which other intervals there are, and their vectors, is drawn. Raises InputError for others.
    """
    positive = [i for i, s in enumerate(data.s) if s > 0]
    room = min([*hidden, len(positive)])
    if captured is None:
        captured = sorted(rng.sample(positive, rng.randint(0, room)))
    if len(set(captured)) != len(captured) or not set(captured) <= set(positive) or len(captured) > room:
        raise InputError(f"the triples {list(captured)} cannot be captured; there are {positive}, room for {room}")
    depth = len(hidden) + 1
    intervals = [Interval(0, depth, i) for i in captured] + _draw_intervals(rng, [d - len(captured) for d in hidden])
    rho, d2 = data.Z.nrows(), data.U.nrows()
    E = -sum(
        (_outer(data.U, data.Z, i) * s for i, s in enumerate(data.s) if i not in captured), start=zeros(d2, rho)
    )
    vectors = _draw_vectors(rng, intervals, depth, data, E)
    layers = [_layer(k, depth, intervals, vectors, (d2, rho)) for k in range(1, depth + 1)]
    bases = [eye(rho), *(draw_full_rank(rng, d, d) for d in hidden), eye(d2)]
    weights = [bases[k] * A * bases[k - 1].inv() for k, A in enumerate(layers, start=1)]
    Pp = pinv(data.P)
    outside = draw_integers(rng, hidden[0], data.P.nrows()) * (eye(data.P.nrows()) - data.P * Pp)
    return DrawnPoint(data.X, data.Y, (weights[0] * Pp + outside, *weights[1:]))


def _outer(U: fmpq_mat, Z: fmpq_mat, i: int) -> fmpq_mat:
    return submatrix(U, range(U.nrows()), [i]) * submatrix(Z, range(Z.nrows()), [i]).transpose()


def _draw_intervals(rng: Random, room: Sequence[int]) -> list[Interval]:
    """Intervals that cover hidden layer k exactly room[k-1] times, none of them from 0 to l."""
    depth = len(room) + 1
    open_at = [0] * rng.randint(0, max(room, default=0))
    found: list[Interval] = []
    for k, size in enumerate(room, start=1):
        kept = sorted(rng.sample(range(len(open_at)), min(size, len(open_at), rng.randint(0, size))))
        found += [Interval(start, k - 1) for i, start in enumerate(open_at) if i not in kept]
        open_at = [open_at[i] for i in kept] + [k] * (size - len(kept))
    for start in open_at:
        found.append(Interval(start, depth - 1 if start == 0 else rng.choice((depth - 1, depth))))
    return [interval for interval in found if interval.end > 0]


def _draw_vectors(
    rng: Random, intervals: Sequence[Interval], depth: int, data: DrawnData, E: fmpq_mat
) -> list[tuple[fmpq_mat | None, fmpq_mat | None]]:
    """For each interval its right vector (if it starts at 0) and its left vector (if it ends at l)."""
    rho, d2 = data.Z.nrows(), data.U.nrows()
    left: list[fmpq_mat | None] = []
    for interval in intervals:
        if interval.captured is not None:
            i = interval.captured
            left.append(submatrix(data.U, range(d2), [i]) * data.s[i])
        elif interval.end == depth:
            allowed = kernel(E.transpose()) if interval.start == 1 else data.U
            left.append(allowed * _sparse(rng, allowed.ncols()))
        else:
            left.append(None)
    out: list[tuple[fmpq_mat | None, fmpq_mat | None]] = []
    for interval, c in zip(intervals, left, strict=True):
        if interval.captured is not None:
            t: fmpq_mat | None = submatrix(data.Z, range(rho), [interval.captured])
        elif interval.start == 0:
            conditions = [
                other_c.transpose() * E
                for other, other_c in zip(intervals, left, strict=True)
                if other_c is not None and other.captured is None and interval.end >= other.start - 1
            ]
            conditions += [E] if interval.end == depth - 1 else []
            allowed = kernel(vstack(zeros(1, rho), *conditions))
            t = allowed * draw_integers(rng, allowed.ncols(), 1, height=1)
        else:
            t = None
        out.append((t, c))
    return out


def _sparse(rng: Random, n: int) -> fmpq_mat:
    return fmpq_mat(n, 1, [rng.randint(-1, 1) * rng.randint(0, 1) for _ in range(n)])


def _layer(
    k: int,
    depth: int,
    intervals: Sequence[Interval],
    vectors: Sequence[tuple[fmpq_mat | None, fmpq_mat | None]],
    ends: tuple[int, int],
) -> fmpq_mat:
    """A_k in the bases given by the intervals: each basis vector goes to its continuation, or to zero."""
    d2, rho = ends
    here = [i for i, interval in enumerate(intervals) if interval.start <= k <= interval.end]
    before = [i for i, interval in enumerate(intervals) if interval.start <= k - 1 <= interval.end]
    if k == 1:
        rows = [vectors[i][0] for i in here]
        return vstack(zeros(0, rho), *(zeros(1, rho) if t is None else t.transpose() for t in rows))
    if k == depth:
        columns = [vectors[i][1] for i in before]
        return hstack(zeros(d2, 0), *(zeros(d2, 1) if c is None else c for c in columns))
    return fmpq_mat(len(here), len(before), [int(i == j) for i in here for j in before])
