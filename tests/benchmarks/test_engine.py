"""How fast, how large: the exact engine beside bare python-flint products and beside SymPy, as a table.

Run by name only: python -m pytest tests/benchmarks/test_engine.py. Every ratio is one of medians of CPU time, taken in
turn in one process. The table is written as JSON beside this file, with the targets and whether they were met; that is
printed and never asserted. Asserted is that every figure was measured, and that what was timed gave the right answer.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, fq_default_ctx, fq_default_poly_ctx, nmod_mat

# SymPy chooses its number types when it is first imported; by name it takes those of python-flint, its fastest.
os.environ.setdefault("SYMPY_GROUND_TYPES", "flint")

from symbolic_cp.exact.algebraic import GENERATOR, Field, FieldMatrix
from symbolic_cp.exact.inverses import LIFTED_FROM, integer_inverse
from symbolic_cp.exact.lifting import PRIME, lifted
from symbolic_cp.exact.linear import is_pinv, pinv
from symbolic_cp.exact.matrices import diagonal, eye, submatrix, vstack, zeros
from symbolic_cp.exact.rational_spectrum import MODULAR_FROM, ROOT_PRIMES
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_data, draw_full_rank, draw_integers
from symbolic_cp.landscape.shallow import critical_point
from symbolic_cp.landscape.symbolic import symbolic_point
from symbolic_cp.landscape.verify import verify
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import SumNetwork

TABLE = Path(__file__).resolve().parent / "table.json"
SECONDS = 0.4
"""What one figure may take; at least three runs, or one where a run takes longer than SLOW."""
SLOW = 2.0
ENOUGH = 2.0
"""A series of growing sizes ends with the first that takes so many seconds."""
Row = dict[str, Any]


def medians(*actions: Callable[[], Any]) -> list[float]:
    """The median CPU time of each action in milliseconds; the actions take turns."""
    times: list[list[float]] = [[] for _ in actions]
    start = time.process_time()
    while len(times[0]) < 200:
        for own, action in zip(times, actions, strict=True):
            before = time.process_time()
            action()
            own.append(1000 * (time.process_time() - before))
        used, runs = time.process_time() - start, len(times[0])
        if (runs >= 3 and used > SECONDS) or used > SLOW:
            break
    return [statistics.median(own) for own in times]


def row(what: str, n: int, value: float, unit: str, *, target: float | None = None, **more: object) -> Row:
    met = None if target is None else "met" if value <= target else "missed"
    return {"what": what, "n": n, "value": value, "unit": unit, "target": target, "verdict": met, **more}


def ratio(what: str, n: int, ours: float, theirs: float, target: float | None = None) -> Row:
    return row(what, n, ours / theirs, "times", target=target, ms=ours, beside_ms=theirs)


def growth(what: str, rows: Sequence[Row], last: int = 3) -> Row:
    """The exponent p of time = c n^p through the last measured sizes, by least squares of logarithms."""
    p, _ = fitted([(r["n"], r["ms"]) for r in rows if r["what"] == what][-last:])
    return row(f"{what}: growth", rows[-1]["n"], p, "exponent")


def fitted(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """(p, c) of time = c n^p."""
    line = statistics.linear_regression([math.log(n) for n, _ in points], [math.log(t) for _, t in points])
    return line.slope, math.exp(line.intercept)


@pytest.fixture
def keep(capsys: pytest.CaptureFixture[str]) -> Callable[[str, list[Row]], None]:
    """Prints a section of the table, writes it to the file, and asserts that all of it was measured."""

    def keep(section: str, rows: list[Row]) -> None:
        table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
        table["engine"] = {**table.get("engine", {}), section: rows}
        TABLE.write_text(json.dumps(table, indent=1))
        with capsys.disabled():
            head = f"{section:76}{'n':>5}{'value':>11} {'unit':10}{'target':>7}  {'':7}{'ms':>11}{'beside ms':>11}"
            sys.stdout.write("\n".join(["\n", head, *map(shown, rows), ""]))
        assert rows
        assert all(math.isfinite(r["value"]) for r in rows)

    return keep


def shown(r: Row) -> str:
    target = "" if r["target"] is None else f"{r['target']:g}"
    times = "".join(f"{r[key]:>11.4g}" if key in r else f"{'':11}" for key in ("ms", "beside_ms"))
    return f"{r['what']:76}{r['n']:>5}{r['value']:>11.4g} {r['unit']:10}{target:>7}  {r['verdict'] or '':7}{times}"


def reflections(rng: Random, n: int) -> fmpq_mat:
    """A dense rational orthogonal matrix of small height: the product of two reflections."""
    product = eye(n)
    for _ in range(2):
        v = fmpq_mat(n, 1, [rng.choice((-1, 1, 2)) for _ in range(n)])
        product = product * (eye(n) - v * v.transpose() * (fmpq(2) / (v.transpose() * v)[0, 0]))
    return product


def bidiagonals(rng: Random, n: int) -> fmpq_mat:
    """An integer matrix of determinant 1: unit lower times unit upper bidiagonal; so its inverse is small too."""
    low, high = eye(n), eye(n)
    for i in range(n - 1):
        low[i + 1, i], high[i, i + 1] = rng.choice((-1, 1)), rng.choice((-1, 1))
    return low * high


@dataclass(frozen=True)
class Instance:
    """Data with X invertible and singular values 1, ..., n of Y = U S Z^T, and a rational critical point of thm-1."""

    X: fmpq_mat
    Y: fmpq_mat
    weights: tuple[fmpq_mat, fmpq_mat]


def instance(n: int) -> Instance:
    """The point with B the first n/2 columns of U, C bidiagonal, and C L1 = [B^T; R B^T] Y X^-1 for a random R."""
    rng = Random(n)
    X, C, U = bidiagonals(rng, n), bidiagonals(rng, n), reflections(rng, n)
    Y = U * diagonal(range(1, n + 1)) * reflections(rng, n)
    k = n // 2
    B = submatrix(U, range(n), range(k))
    N = vstack(eye(k), draw_integers(rng, n - k, k)) * (B.transpose() * Y * X.inv())
    place = vstack(eye(k), zeros(n - k, k)).transpose()
    return Instance(X, Y, (C.inv() * N, B * place * C))


def gradient_products(network: LinearNetwork) -> Callable[[], object]:
    """The four products of python-flint that eq-23 and eq-24 need, the data's products and the error at hand."""
    (A1, A2), G, E = network.weights, network.gram.G, network.error
    return lambda: (A2 * A1 * G, A2.transpose() * E, E * A1.transpose())


REMEMBERED = "_gradient_zero"
"""The one thing that a network keeps of the answer (asserted); gone, it decides anew."""


def decided_anew(network: LinearNetwork) -> bool:
    vars(network).pop(REMEMBERED, None)
    return network.is_critical()


def test_gradient_check(keep: Callable[[str, list[Row]], None]) -> None:
    rows = []
    for n in (4, 8, 16, 32, 64, 128):
        point = instance(n)
        network = LinearNetwork(point.X, point.Y, point.weights)
        assert network.gram
        before = {*vars(network)}
        assert network.is_critical()
        assert {*vars(network)} - before == {REMEMBERED}
        products = gradient_products(LinearNetwork(point.X, point.Y, point.weights))
        ours, bare = medians(partial(decided_anew, network), products)
        assert {*vars(network)} - before == {REMEMBERED}
        rows.append(ratio("gradient check / bare products", n, ours, bare, 1.3 if n == 4 else 1.1))
    keep("gradient", [*rows, growth("gradient check / bare products", rows)])


def test_pseudoinverse(keep: Callable[[str, list[Row]], None]) -> None:
    rows = []
    kinds = {"full rank": lambda n: (n, n), "rank 3n/4": lambda n: (3 * n // 4, n), "n x 3n": lambda n: (n, 3 * n)}
    for kind, shape in kinds.items():
        for n in (8, 16, 32, 64, 128):
            rng, (inner, cols) = Random(n), shape(n)
            M = draw_integers(rng, n, cols, 9)
            if inner < n:
                M = draw_integers(rng, n, inner, 3) * draw_integers(rng, inner, n, 3)
            B = pinv(M)
            assert is_pinv(M, B)
            ours, chain = medians(lambda M=M: pinv(M), lambda M=M, B=B: M * B * M)
            rows.append(ratio(f"pseudoinverse, {kind} / M M^+ M", n, ours, chain, 8))
        rows.append(growth(rows[-1]["what"], rows))
    keep("pseudoinverse", rows)


def chosen(n: int, rows: Sequence[int]) -> fmpz_mat:
    selection = fmpz_mat(len(rows), n)
    for i, j in enumerate(rows):
        selection[i, j] = 1
    return selection


def bare_roots(N: fmpz_mat) -> list[int]:
    """The eigenvalues of a symmetric integer matrix, the largest first, where all are integers and simple."""
    n, square = N.nrows(), N * N
    norm = int(sum([square[i, i] for i in range(n)], start=fmpz(0)).isqrt())
    prime = next(p for p in ROOT_PRIMES if p > 2 * norm)
    found = fq_default_poly_ctx(fq_default_ctx(prime))(nmod_mat(N, prime).charpoly()).roots()
    return sorted([int(root) if int(root) <= norm else int(root) - prime for root, _ in found], reverse=True)


def bare_components(shifts: Sequence[Any], vector: Any) -> list[Any]:
    """For each shift what the product of the others makes of the vector; integers are shortened on the way."""
    middle, found = len(shifts) // 2, []
    low, high = shifts[:middle], shifts[middle:]
    for own, others in ((low, high), (high, low)):
        part = vector
        for shift in others:
            part = shift * part
        if len(own) == 1:
            found.append(part)
        elif isinstance(part, fmpz_mat):
            found += bare_components(own, (fmpq_mat(part) / part[0, 0]).numer_denom()[0])
        else:
            found += bare_components(own, part)
    return found


def bare_eigenvectors(N: fmpz_mat, values: Sequence[int]) -> tuple[fmpz_mat, list[int]]:
    """Eigenvectors as rows, and the entries that are 1 in the reduced ones; modulo a prime where n is large."""
    n, unit = N.nrows(), chosen(N.nrows(), range(N.nrows()))
    start = fmpz_mat(n, 1, [1 + 37 * i * i % 101 for i in range(n)])
    if n >= MODULAR_FROM:
        residue, one = nmod_mat(N, PRIME), nmod_mat(unit, PRIME)
        parts = bare_components([residue - one * value for value in values], nmod_mat(start, PRIME))
        lines = [lifted([int(entry) for entry in part.entries()], int(part[n - 1, 0])) for part in parts]
        return fmpz_mat(n, n, [entry for vector, _ in lines for entry in vector]), [unit for _, unit in lines]
    columns, units = fmpz_mat(n, n), []
    for i, part in enumerate(bare_components([N - unit * value for value in values], start)):
        vector, one = (fmpq_mat(part) / part[n - 1, 0]).numer_denom()
        place = fmpz_mat(1, n)
        place[0, i] = 1
        columns += vector * place
        units.append(one)
    return columns.transpose(), units


def bare_stratum(X: fmpq_mat, Y: fmpq_mat, C: fmpq_mat, F: fmpq_mat, pattern: Sequence[int]) -> tuple[Any, ...]:  # noqa: PLR0915 - one straight line
    """Everything for one stratum as one straight line of FLINT calls, for this kind of instance and nothing else.

    X, C invertible, Sigma with n simple rational positive eigenvalues, two layers of width n, an exchange as witness;
    nothing is remembered, no input is looked at. What FLINT itself costs where it is called from Python.
    """
    n = X.nrows()
    (x, dx), (y, dy) = X.numer_denom(), Y.numer_denom()
    xt = x.transpose()
    g, h = x * xt, y * xt
    P, dP = bare_inverse(g)
    yx, e = h * P, dP * dy  # Y X^+ = yx dx / e
    N, d = (fmpq_mat(yx * h.transpose()) / (e * dy)).numer_denom()
    values = bare_roots(N)
    V, units = bare_eigenvectors(N, values)
    D, Vt = fmpz_mat(n, n), V.transpose()
    for i, value in enumerate(values):
        D[i, i] = value
    assert V * N == D * V

    squares, mine = V * Vt, [i for i in range(n) if pattern[i]]
    p, others = len(mine), [i for i in range(n) if not pattern[i]]
    place, dual, fall, lower = fmpq_mat(n, n), fmpq_mat(n, n), fmpq_mat(n, n), fmpz_mat(n, n)
    for k, i in enumerate(mine):
        place[i, k], dual[k, i] = fmpq(1, units[i]), fmpq(units[i], squares[i, i])
    for i in others:
        fall[i, i] = fmpq(-d, values[i] * squares[i, i])
    for k in range(p, n):
        lower[k, k] = 1
    (c, dc), (free, df), (back, dback) = C.numer_denom(), F.numer_denom(), bare_inverse(C.numer_denom()[0])
    (S, dS), (R, dR), (Q, dQ) = place.numer_denom(), dual.numer_denom(), fall.numer_denom()
    T, dT = (fmpq_mat(V * yx) * dx / e).numer_denom()
    A2 = fmpq_mat(Vt * (S * c)) / (dS * dc)
    low, dlow = lower * c * free, dc * df
    seen, dseen = low * (g * T.transpose()) * Q, dlow * dx**2 * dT * dQ
    common = dR.gcd(dseen)
    weights, dw = R * (dseen // common) + seen * (dR // common), dR // common * dseen
    A1 = fmpq_mat(back * (weights * T * dlow + low * (dw * dT)) * dc) / (dback * dw * dT * dlow)

    (a1, d1), (a2, d2) = A1.numer_denom(), A2.numer_denom()
    a1t, a2t = a1.transpose(), a2.transpose()
    w, dw = (fmpq_mat(a2 * a1) / (d1 * d2)).numer_denom()
    wg, wt = w * g, w.transpose()
    error, de = wg * dy - h * (dw * dx), dw * dx**2 * dy
    assert not a2t * error
    assert not error * a1t
    taken, *ranks = (nmod_mat(M, PRIME).rank() for M in (error, a1, a2, w))
    assert all(rank + taken == n for rank in ranks)
    seen = V * wg
    assert not chosen(n, others) * seen
    assert all(seen[i, 0] or any(seen[i, j] for j in range(n)) for i in mine)
    i, j = mine[-1], others[0]
    v, u = (chosen(n, [i]) * V).transpose(), (chosen(n, [j]) * V).transpose()
    b, db = (fmpq_mat(a1 * (g * (wt * v))) / (d1 * dw * dx**2)).numer_denom()
    f, df = (fmpq_mat(P * (error.transpose() * u) * (-d * dx**2)) / (values[i] * de * dP)).numer_denom()
    down, ut, ft = a2t * v, u.transpose(), f.transpose()
    last, first = fmpq_mat(u * down.transpose()) / d2, fmpq_mat(b * ft) / (db * df)
    r, s, gf, dr, ds = a1t * down, a2 * b, g * f, d1 * d2, d2 * db
    curvature = (
        fmpq((ut * u)[0, 0] * (r.transpose() * (g * r))[0, 0], (dr * dx) ** 2)
        + fmpq(2 * (ut * s)[0, 0] * (r.transpose() * gf)[0, 0], ds * dr * df * dx**2)
        + fmpq((s.transpose() * s)[0, 0] * (ft * gf)[0, 0], (ds * df * dx) ** 2)
        + fmpq(2 * (down.transpose() * b)[0, 0] * (ut * (error * f))[0, 0], d2 * db * de * df)
    )
    products = y * y.transpose(), error * wt, h * wt
    traces = [sum([M[k, k] for k in range(n)], start=fmpz(0)) for M in products]
    loss = (traces[0] / fmpq(dy**2) + traces[1] / fmpq(de * dw) - traces[2] / fmpq(dw * dx * dy)) / 2
    return A1, A2, last, first, curvature, loss, ranks


def bare_inverse(A: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """(P, e) with A P = e 1, which is checked; lifted where n is large."""
    if A.nrows() >= LIFTED_FROM:
        return integer_inverse(A)
    P, e = fmpq_mat(A).inv().numer_denom()
    assert A * P == chosen(A.nrows(), range(A.nrows())) * e
    return P, e


def test_stratum(keep: Callable[[str, list[Row]], None]) -> None:
    """The stratum that misses the largest eigenvalue and has the n/2 that follow: all from the data."""
    rows = []
    for n in (8, 16, 32, 64):
        point, rng = instance(n), Random(n)
        C, F = draw_full_rank(rng, n, n), draw_integers(rng, n, n)
        pattern = [int(1 <= i <= n // 2) for i in range(n + 1)]

        def everything(point=point, n=n, pattern=pattern, C=C, F=F):
            data = DataSpectrum(point.X, point.Y)
            found = critical_point(data, n, pattern, C=C, free=F)
            return found, verify(data.X, data.Y, found.weights, data=data)

        found, report = everything()
        assert report.kind == "strict-saddle"
        assert report.pattern == tuple(pattern)
        chain = gradient_products(LinearNetwork(point.X, point.Y, found.weights))
        straight = partial(bare_stratum, point.X, point.Y, C, F, pattern)
        A1, A2, last, first, curvature, loss, _ = straight()
        assert (A1, A2) == found.weights
        assert (first, last, curvature) == (*report.witness.direction, report.witness.curvature)
        assert loss == report.loss
        ours, bare, line = medians(everything, chain, straight)
        rows.append(ratio("everything for one stratum / gradient's products", n, ours, bare, 15))
        rows.append(ratio("the same as one straight line of FLINT calls / gradient's products", n, line, bare))
    keep("stratum", [*rows, growth("everything for one stratum / gradient's products", rows)])


def irreducible(d: int) -> DataSpectrum:
    """Data with integers whose Sigma, d x d, has an irreducible characteristic polynomial."""
    for seed in range(1000):
        rng = Random(seed)
        data = DataSpectrum(draw_full_rank(rng, d, d + 2), draw_integers(rng, d, d + 2))
        if data.positive and data.positive[0].degree == d:
            return data
    raise AssertionError(f"no data of degree {d} in a thousand draws")


def schoolbook(data: DataSpectrum, A1: FieldMatrix, A2: FieldMatrix) -> bool:
    """eq-23 and eq-24 multiplied out over Q(lambda), every product reduced."""
    E = A2 @ A1 @ data.gram.G - data.gram.H
    return (A2.transpose() @ E).is_zero() and (E @ A1.transpose()).is_zero()


def structural(data: DataSpectrum, A1: FieldMatrix, A2: FieldMatrix) -> bool:
    """Whether Sigma b = lambda b for b = A2, and (b^T b) A1 = b^T Y X^+; for width 1 eq-23 and eq-24 follow.

    For A2^T E = (b^T b) A1 G - b^T H = b^T (H G^+ G - H) = 0, and with beta = b^T b both A2 A1 G A1^T and H A1^T are
    Sigma b / beta, as A1 G A1^T = b^T Sigma b / beta^2 = lambda / beta.
    """
    b = A2.transpose()
    return A2.scale(GENERATOR) == data.sigma @ A2 and ((b @ A2) @ A1 - b @ data.YXp).is_zero()


def eigenvector_certificate(data: DataSpectrum, w: fmpq_mat) -> bool:
    """f(Sigma) w = 0 and w != 0 over Q, from which the point is made: d products of a matrix and a column."""
    f = data.positive[0].minpoly
    value = zeros(w.nrows(), 1)
    for k in range(int(f.degree()), -1, -1):
        value = data.sigma * value + w * f[k]
    return not value and bool(w)


def test_over_fields(keep: Callable[[str, list[Row]], None]) -> None:
    rows = []
    for d in range(2, 11):
        data = irreducible(d)
        point = critical_point(data, 1, [1, *[0] * data.r])
        A1, A2 = point.weights
        assert isinstance(A1, FieldMatrix)
        assert isinstance(data.positive[0].value, Field)
        w = A2.coeffs[-1]
        checks = [
            lambda data=data, A1=A1, A2=A2: structural(data, A1, A2),
            lambda data=data, w=w: eigenvector_certificate(data, w),
            lambda data=data, A1=A1, A2=A2: all(SumNetwork(data.X, data.Y, [A1, A2]).gradient_zero()),
            lambda data=data, A1=A1, A2=A2: schoolbook(data, A1, A2),
        ]
        assert all(check() for check in checks)
        weights, vector, engine, book = medians(*checks)
        rows += [
            ratio("structural certificate, f(Sigma) w = 0 over Q / schoolbook", d, vector, book, 0.1),
            ratio("weights without certificate: their structure / schoolbook", d, weights, book),
            ratio("weights without certificate: gradient_zero / schoolbook", d, engine, book),
        ]
    rows.sort(key=lambda r: r["what"])
    keep("over Q(lambda), n = degree", rows)


def test_symbols_and_expansions(keep: Callable[[str, list[Row]], None]) -> None:
    drawn = draw_data(Random(5), 5, 7, 5, rank_X=5, values=[1, 2, 3, 4, 5])
    data = DataSpectrum(drawn.X, drawn.Y)
    pattern = (0, 1, 1, 1, 0, 0) if data.r == 5 else (1,) * (data.r + 1)
    point = symbolic_point(data, 5, pattern)
    assert point.gradient_zero() == (True, True)
    shown, made = medians(lambda: replace(point).gradient_zero(), lambda: symbolic_point(data, 5, pattern))
    rows = [
        row("C and L1 symbolic: zero identically", 5, shown, "ms", target=10),
        row("C and L1 symbolic: the point itself, SymPy's symbols read", 5, made, "ms"),
    ]
    n, rng = 32, Random(32)
    critical = instance(n)
    integer = [draw_integers(rng, n, n) for _ in range(4)]
    cases = {
        "expansion of the loss, integers, 2 layers": (integer[:2], integer[2:]),
        "expansion of the loss, integers, 3 layers": (integer[:3], [integer[3]] * 3),
        "expansion of the loss, critical point, 2 layers": (critical.weights, integer[:2]),
    }
    for what, (weights, D) in cases.items():
        network = LinearNetwork(critical.X, critical.Y, weights)
        at = fmpq(1, 3)
        assert network.loss_along(D)(at) == network.moved(D, at).loss
        rows.append(row(what, n, medians(lambda network=network, D=D: network.loss_along(D))[0], "ms", target=20))
    keep("symbols, epsilon", rows)


def series(
    what: str, sizes: Sequence[int], make: Callable[[int], tuple[Callable[[], bool], Callable[[], object]]]
) -> list[Row]:
    """SymPy's time beside ours for growing sizes until one takes ENOUGH seconds, and where it would pass a minute."""
    rows: list[Row] = []
    for n in sizes:
        theirs, ours = make(n)
        slow, fast = medians(theirs, ours)
        rows.append({**row(what, n, slow / fast, "times ours"), "ms": slow, "beside_ms": fast})
        if slow > 1000 * ENOUGH:
            break
    p, c = fitted([(r["n"], r["ms"]) for r in rows][-3:])
    minute = (60_000 / c) ** (1 / p)
    said = f"{what}: a minute, extrapolated"
    return [*rows, row(f"{what}: growth", rows[-1]["n"], p, "exponent"), row(said, rows[-1]["n"], minute, "n")]


def test_beside_sympy(keep: Callable[[str, list[Row]], None]) -> None:
    import sympy
    from sympy.external.gmpy import GROUND_TYPES

    from symbolic_cp.exact.matrices import to_sympy

    def sparse(M):  # as SymPy converts a Matrix
        return to_sympy(M).to_DM(sympy.QQ)

    def dense(M):  # with flint types this is a fmpq_mat inside
        return sparse(M).to_dense()

    def gradient(convert):
        def make(n):
            point = instance(n)
            network = LinearNetwork(point.X, point.Y, point.weights)
            A1, A2, G, H = (convert(M) for M in (*network.weights, network.gram.G, network.gram.H))

            def theirs():
                E = A2 * A1 * G - H
                gradients = A2.transpose() * E, E * A1.transpose()
                assert all(D.is_zero_matrix for D in gradients)

            return theirs, partial(decided_anew, network)

        return make

    def pseudoinverse(convert):
        def make(n):
            M = draw_full_rank(Random(n), n, n + 1)
            theirs = convert(M)
            if isinstance(theirs, sympy.MatrixBase):
                return theirs.pinv, lambda: pinv(M)
            turned = theirs.transpose()
            return lambda: turned * (theirs * turned).inv(), lambda: pinv(M)

        return make

    sizes = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
    rows = series("SymPy Matrix, gradient check", sizes, gradient(to_sympy))
    rows += series("SymPy Matrix.pinv, n x (n + 1)", sizes, pseudoinverse(to_sympy))
    for convert in (sparse, dense):
        what = f"DomainMatrix ({GROUND_TYPES} types, {convert.__name__})"
        rows += series(f"{what}, gradient check", sizes, gradient(convert))
        rows += series(f"{what}, M^T (M M^T)^-1", sizes, pseudoinverse(convert))
    keep("beside SymPy", rows)


MEMORY = """
import sys
from pathlib import Path
from random import Random
from symbolic_cp.exact.linear import pinv
from symbolic_cp.landscape.generate import draw_integers

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

n = int(sys.argv[1])
M = draw_integers(Random(n), n, 3 * n // 4, 3) * draw_integers(Random(n + 1), 3 * n // 4, n, 3)
before = peak()
B = pinv(M)
print(before, peak(), sum(len(str(q)) for q in B.entries()))
"""


def test_memory(keep: Callable[[str, list[Row]], None]) -> None:
    """What a pseudoinverse of rank 3n/4 adds to the peak of a fresh process.

    FLINT's memory is not Python's, so tracemalloc does not see it; and ru_maxrss would be inherited from this process.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process's memory is read from /proc, which this system does not have")
    rows = []
    for n in (32, 64, 128):
        done = subprocess.run([sys.executable, "-c", MEMORY, str(n)], capture_output=True, text=True, check=True)
        before, after, digits = map(int, done.stdout.split())
        assert after >= before
        rows += [
            row("peak of a fresh process that makes a pseudoinverse", n, after / 1024, "MiB"),
            row("pseudoinverse: of that", n, (after - before) / 1024, "MiB"),
            row("pseudoinverse: digits of the result", n, digits / 1e6, "million"),
        ]
    keep("memory", rows)
