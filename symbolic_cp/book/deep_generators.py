"""Exact points of deep linear networks with rational spectra, for the refuter.

Data are diagonal, hidden layers are coordinate maps followed by unimodular changes of basis, so that every Sigma_k is
diagonal and everything has short numbers. What the points are used for is decided by evaluating hypotheses and claims,
never here.

Generators: deep_critical_points (critical points), theorem_3_points (eq-4, eq-5 and the structure of thm-3 hold, the
gradient of the last layer may not vanish), example_points (thm-3.ex: all L_k = 0, any V_k, C_k), networks (any point);
sampled_points (critical points on data that are not diagonal, from thm-3's recursion and T9's normal form).
`at_layer` turns the letters of one layer into plain ones, `renamed` gives letters other names.

Letters of all, as in `proofs/networks.py` (A[k] is the paper's A_(k+1), l the depth, d[k] the widths): l, m, d, X, Y,
A, R (R[k] = A_(k,1) X), L (L[k] = A_(l,k+1)), M (M[j,k] = A_(j,k+1)), and Xp, Rp, Lp: the pseudoinverses of X, R[k]
and L[k]; for k = 0, ..., l-1 Sigma[k] = Y Rp[k] R[k] Y' with its spectrum r[k], s[k,i], E[k,i], Q[k,i], and
P[k] = L[k+1] Lp[k+1], the projector on the columns of the paper's A_(l,k+2). For scripts with another depth: h = l - 1,
n = l - 2. Wp = w = R[l]^+, Zp = (Y Xp X)^+, a = Lp[1]; kap[k] = min(d[k+1], ..., d[l]); kappa is kap[0], or
min(d[l-1], d[l]) (thm-4), or the smallest of kap[0], rank X and rank Y Xp X (T4): drawn.
Those of the first three also have thm-3's U[k] = I, V[k], C[k], D[k] = C[k]^-1 and K[k] (the paper's L_(k+1)) for
k = 0, ..., l-2; and k < l, a layer, with eigenvectors u (value su) that P[k] misses and v (value sv) that it contains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.generators import family_of, filled, instance, number, unimodular
from symbolic_cp.exact.linear import kernel, pinv, rank
from symbolic_cp.exact.matrices import eye, zeros
from symbolic_cp.exact.spectrum import spectrum
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.terms import Rational
from symbolic_cp.landscape.sample import draw_network

Wanted = Mapping[str, "int | Table"]
Letters = dict[str, Instance]
DeepGenerator = Callable[[Random, Wanted], Letters]
Family = dict[tuple[int, ...], "Rational | Matrix"]

LARGEST = 4
"""Dimensions and depths up to this are heeded where they are wanted."""


@dataclass
class _Drawn:
    """Diagonal data, widths, and what has been chosen: weights and the matrices of thm-3, layer by layer."""

    widths: tuple[int, ...]
    X: fmpq_mat
    Y: fmpq_mat
    wanted: Table | None
    weights: list[fmpq_mat] = field(default_factory=list)
    V: list[fmpq_mat] = field(default_factory=list)
    C: list[fmpq_mat] = field(default_factory=list)
    K: list[fmpq_mat] = field(default_factory=list)

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @property
    def nonzero(self) -> set[int]:
        """The coordinates of the singular triples of the data with a nonzero value."""
        return {i for i in range(min(self.Y.nrows(), self.Y.ncols())) if self.X_has(i) and self.Y[i, i]}

    def X_has(self, i: int) -> bool:
        """Whether the i-th sample is seen."""
        return i < self.X.nrows() and bool(self.X[i, i])


def deep_critical_points(rng: Random, dims: Wanted) -> Letters:
    """Critical points of every class by the recursion of thm-3, with any V_k, C_k and L_k."""
    return _structured(rng, dims, _recursion(rng, _data(rng, dims), critical=True))


def theorem_3_points(rng: Random, dims: Wanted) -> Letters:
    """Points with eq-4, eq-5 and the V_k of thm-3, where the last gradient may fail to vanish."""
    return _structured(rng, dims, _recursion(rng, _data(rng, dims), critical=False))


def example_points(rng: Random, dims: Wanted) -> Letters:
    """thm-3.ex: A_(k+1) by eq-4 with L_(k+1) = 0, any V_k and C_k, and A_l = U V C of k = l-2; eq-5 may fail below."""
    drawn = _data(rng, dims)
    R = drawn.X
    for k in range(drawn.depth - 1):
        rows, width = drawn.Y.nrows(), drawn.widths[k + 1]
        columns = rng.sample(range(rows), rng.randint(0, min(rows, width)))
        V, C = _selection(rows, width, columns), unimodular(rng, width)
        drawn.weights.append(C.inv() * V.transpose() * drawn.Y * pinv(R))
        drawn.V.append(V)
        drawn.C.append(C)
        drawn.K.append(zeros(width, drawn.widths[k]))
        R = drawn.weights[-1] * R
    drawn.weights.append(drawn.V[-1] * drawn.C[-1])
    return _structured(rng, dims, drawn)


def networks(rng: Random, dims: Wanted) -> Letters:
    """Any point of any network: weights of small integers."""
    drawn = _data(rng, dims)
    for k in range(drawn.depth):
        drawn.weights.append(_small(rng, drawn.widths[k + 1], drawn.widths[k]))
    return _products(rng, drawn)


def sampled_points(rng: Random, dims: Wanted) -> Letters:
    """Critical points on data of any kind, from all sources of `landscape.sample`; depth and hidden widths are heeded.

    There are r, s, E, Q only where all eigenvalues are rational.
    """
    wished = _data(rng, dims)
    network = draw_network(rng, wished.widths[1:-1], size=3)
    drawn = _Drawn(network.widths, network.X, network.Y, None, weights=list(network.weights))
    return _products(rng, drawn)


@dataclass(frozen=True)
class at_layer:  # noqa: N801 - used as a function, and sent to other processes
    """The same points with Sigma, P, r, s, E, Q, U, V, C, D, K, Rp, Lp of one layer under these names, as no families.

    By default the layer is the value of k.
    """

    generator: DeepGenerator
    layer: int | None = None

    def __call__(self, rng: Random, dims: Wanted) -> Letters:
        """The letters, those of the layer plain."""
        found = self.generator(rng, dims)
        chosen = found.get("k", 0) if self.layer is None else self.layer
        assert isinstance(chosen, int)
        for name in ("Sigma", "P", "r", "U", "V", "C", "D", "K", "Rp", "Lp"):
            family = found.get(name)
            if isinstance(family, Table) and (chosen,) in family.entries:
                found[name] = family.entries[chosen,]
        for name in "sEQ":
            family = found.get(name)
            if isinstance(family, Table):
                found[name] = Table({(i,): one for (k, i), one in family.entries.items() if k == chosen})
        return found


class renamed:  # noqa: N801 - used as a function, and sent to other processes
    """The same points with letters under other names: with L="S" what was L[k] is S[k], and there is no L."""

    def __init__(self, generator: DeepGenerator, **names: str) -> None:
        self.generator, self.names = generator, names

    def __call__(self, rng: Random, dims: Wanted) -> Letters:
        """The letters under their new names."""
        wanted = {old: dims[new] for old, new in self.names.items() if new in dims}
        found = self.generator(rng, {**dims, **wanted})
        kept = {name: value for name, value in found.items() if name not in self.names}
        return kept | {new: found[old] for old, new in self.names.items() if old in found}


# ----------------------------------------------------------------------------------------------------- what is drawn


def _data(rng: Random, dims: Wanted) -> _Drawn:
    """Diagonal X and Y; depth and widths as wanted where they are small, else drawn."""
    table = dims.get("d")
    depth = _wanted(dims.get("l"), 2) or rng.choice([2, 2, 3, 3, 3, 4])
    wished = [_wanted(table.entries.get((k,)), 1) if isinstance(table, Table) else None for k in range(depth + 1)]
    heeded = table if isinstance(table, Table) and None not in wished else None
    widths = tuple(width or rng.choice([1, 2, 2, 3]) for width in wished)
    m = _wanted(dims.get("m"), 1) or rng.choice([1, 2, 2, 3])
    most = min(widths[0], m)
    seen = rng.choice([rng.randint(0, most), most, most])
    size = min(m, widths[-1])
    values = sorted(rng.choices([0, 1, 1, 2, 3], k=size) if rng.randrange(2) else range(1, size + 1), reverse=True)
    X = filled(widths[0], m, {(i, i): 1 for i in range(seen)})
    return _Drawn(widths, X, filled(widths[-1], m, {(i, i): value for i, value in enumerate(values)}), heeded)


def _wanted(value: object, least: int) -> int | None:
    return value if isinstance(value, int) and least <= value <= LARGEST else None


def _recursion(rng: Random, drawn: _Drawn, *, critical: bool) -> _Drawn:
    """thm-3's recursion: V_k takes more and more coordinates, the rows of R_k see fewer and fewer.

    The coordinates that V_0 takes and that X sees are captured. V_(k+1) may take more of them where R_(k+1) sees
    nothing; below its rows for V_k, C_k L_(k+1) holds any coordinates that R_k sees (only captured ones in the end, if
    the point is to be critical). The rows of C_k L_(k+1) that eq-5 determines make A_(l,k+1) come out right. One time
    in three there is nothing in a layer but what is captured: non-strict saddles are of this kind.
    """
    bare = rng.randrange(3) == 0
    depth, height = drawn.depth, drawn.Y.nrows()
    m = drawn.X.ncols()
    R, above = drawn.X, zeros(height, drawn.widths[0])
    sees = [i for i in range(m) if drawn.X_has(i)]
    most = min(*drawn.widths[1:-1], height)
    count = min(rng.randint(0, most), rng.randint(0, most))
    order = [range(height), range(height - 1, -1, -1), rng.sample(range(height), height)][rng.randrange(3)]
    taken = list(order[:count])
    captured = drawn.nonzero & set(taken)
    for k in range(depth - 1):
        width, below = drawn.widths[k + 1], drawn.widths[k]
        if k and not bare:
            free = [i for i in range(height) if i not in taken and not (i in sees and i in drawn.nonzero)]
            room = min(min(drawn.widths[k + 1 : -1]) - len(taken), len(free))
            taken = taken + rng.sample(free, rng.randint(0, room) if room > 0 else 0)
        V, C = _selection(height, width, taken), unimodular(rng, width)
        Rp = pinv(R)
        away = eye(below) - R * Rp
        allowed = [i for i in sees if not (critical and k == depth - 2) or i in captured or i not in drawn.nonzero]
        extra = [None if bare else rng.choice([None, None, *allowed]) for _ in range(width - len(taken))]
        chosen = filled(width, m, {(len(taken) + row, i): 1 for row, i in enumerate(extra) if i is not None})
        loose = zeros(width, below) if bare else _small(rng, width, below)
        if k:
            loose = filled(width, width, {(i, i): 1 for i in range(len(taken), width)}) * loose + V.transpose() * above
        K = C.inv() * (chosen * Rp + loose * away)
        A = C.inv() * V.transpose() * drawn.Y * Rp + K - C.inv() * V.transpose() * V * C * K * R * Rp
        above, R = V * C, A * R
        sees = sorted({i for i in extra if i is not None} | {i for i in sees if i in captured})
        drawn.weights.append(A)
        drawn.V.append(V)
        drawn.C.append(C)
        drawn.K.append(K)
    drawn.weights.append(above)
    return drawn


def _small(rng: Random, rows: int, cols: int) -> fmpq_mat:
    return fmpq_mat(rows, cols, [rng.choice([-1, 0, 0, 1, 1, 2]) for _ in range(rows * cols)])


def _selection(rows: int, width: int, columns: Sequence[int]) -> fmpq_mat:
    """V = [e_i for i in columns, 0]."""
    return filled(rows, width, {(row, column): 1 for column, row in enumerate(columns)})


# ------------------------------------------------------------------------------------------------------ as instances


def _products(rng: Random, drawn: _Drawn) -> Letters:
    """The letters of every point: products of weights, pseudoinverses, the spectra of all Sigma_k."""
    depth, widths, weights = drawn.depth, drawn.widths, drawn.weights
    R, L = [drawn.X], [eye(widths[-1])]
    for A in weights:
        R.append(A * R[-1])
    for A in reversed(weights):
        L.append(L[-1] * A)
    L.reverse()
    M: Family = {}
    for k in range(depth + 1):
        product = eye(widths[k])
        M[k, k] = instance(product)
        for j in range(k, depth):
            product = weights[j] * product
            M[j + 1, k] = instance(product)
    Rp, Lp = [pinv(one) for one in R], [pinv(one) for one in L]
    Sigma = [drawn.Y * Rp[k] * R[k] * drawn.Y.transpose() for k in range(depth)]
    kap = [min(widths[k + 1 :]) for k in range(depth)]
    Z = drawn.Y * Rp[0] * R[0]
    found: Letters = {
        "l": depth,
        "h": depth - 1,
        "n": depth - 2,
        "m": drawn.X.ncols(),
        "d": drawn.wanted or Table({(k,): width for k, width in enumerate(widths)}),
        "kap": Table({(k,): least for k, least in enumerate(kap)}),
        "kappa": rng.choice([kap[0], min(widths[-2:]), min(kap[0], rank(drawn.X), rank(Z))]),
        "X": instance(drawn.X),
        "Y": instance(drawn.Y),
        "Xp": instance(Rp[0]),
        "M": Table(M),
        "Wp": instance(Rp[-1]),
        "w": instance(Rp[-1]),
        "Zp": instance(pinv(Z)),
        "a": instance(Lp[1]),
    }
    families = {"A": weights, "R": R, "L": L, "Rp": Rp, "Lp": Lp, "Sigma": Sigma}
    families["P"] = [L[k + 1] * Lp[k + 1] for k in range(depth)]
    found |= {name: family_of(members) for name, members in families.items()}
    return found | _spectra(Sigma)


def _spectra(Sigma: Sequence[fmpq_mat]) -> Letters:
    """r[k], s[k,i], E[k,i], Q[k,i]; nothing if some eigenvalue is not rational."""
    r: Family = {}
    s: Family = {}
    E: Family = {}
    Q: Family = {}
    for k, one in enumerate(Sigma):
        values = [found.value for found in spectrum(one) if found.value != 0]
        total = zeros(one.nrows(), one.nrows())
        r[k,], Q[k, 0] = len(values), instance(total)
        for i, value in enumerate(values, start=1):
            if not isinstance(value, fmpq):
                return {}
            basis = kernel(one - eye(one.nrows()) * value)
            projector = basis * pinv(basis)
            total += projector
            s[k, i], E[k, i], Q[k, i] = number(value), instance(projector), instance(total)
    return {"r": Table(r), "s": Table(s), "E": Table(E), "Q": Table(Q)}


def _structured(rng: Random, dims: Wanted, drawn: _Drawn) -> Letters:
    """The letters of a point made with V_k, C_k, L_(k+1), and a layer k, as wanted, with eigenvectors u and v."""
    found = _products(rng, drawn)
    count = drawn.depth - 1
    families = {"V": drawn.V, "C": drawn.C, "K": drawn.K, "D": [C.inv() for C in drawn.C]}
    families["U"] = [eye(drawn.Y.nrows())] * count
    found |= {name: family_of(members) for name, members in families.items()}
    wanted = dims.get("k")
    k = wanted if isinstance(wanted, int) and wanted < drawn.depth else rng.randrange(drawn.depth)
    Sigma, P = found["Sigma"], found["P"]
    assert isinstance(Sigma, Table)
    assert isinstance(P, Table)
    one, projector = Sigma.entries[k,], P.entries[k,]
    assert isinstance(one, Matrix)
    assert isinstance(projector, Matrix)
    found["k"] = k
    for name, value, contained in (("u", "su", 0), ("v", "sv", 1)):
        places = [i for i in range(one.rows) if projector.entries[i][i] == contained]
        if places:
            i = rng.choice(places)
            found[name] = instance(filled(one.rows, 1, {(i, 0): 1}))
            found[value] = one.entries[i][i]
    return found
