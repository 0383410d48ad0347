"""Section 4, one hidden layer with ReLU: sigma by entries, the cells K_{I x J}, and the loss on them (eq-7 to eq-9).

Entries are taken in coordinates: a complete family of columns c[1], ..., c[n] (their c[k] c[k]' add up to I_n, as those
of the columns of the identity matrix do), and the entry (i, l) of M is tr(c[i]' M f[l]). N = sigma(M) says that every
entry of N is that of M where this is >= 0, and 0 where it is negative.

A cell needs a set I of hidden units and a set J of samples: selectors SI (d1 x p) with TI (d1 x q) for the others, and
SJ (m x j) with TJ (m x o). SI'A1 X SJ is the paper's (A1)_I X_J, A2 SI is (A2)_{:,I}, Y SJ is Y_J.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range, split
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, one
from symbolic_cp.prover.expression import Expr, ident, norm2, of, tr


@dataclass(frozen=True)
class Coordinates:
    """A complete family of columns: c[1], ..., c[size], with partial sums C[k] of c[k] c[k]'."""

    size: Nat
    columns: Variable
    partial: Variable

    def formula(self) -> Formula:
        """C[0] = 0, C[k+1] = C[k] + c[k+1] c[k+1]', C[size] = I."""
        k = nat("k")
        c, C = of(self.columns, k + 1), self.partial
        grows = of(C, k + 1) == of(C, k) + c @ c.T
        every = for_all(Variable("k", NAT), Implies(at_least(self.size, k + 1), grows))
        return conjunction(of(C, 0) == 0, every, of(C, self.size) == ident(self.size))

    def __getitem__(self, index: Nat | str) -> Expr:
        return of(self.columns, index)


def coordinates(s: Context, size: str, letter: str) -> tuple[Coordinates, Known]:
    """Letters for coordinates of a space whose dimension is introduced already."""
    c = s.family(letter, "k", matrix_sort(size, 1))
    C = s.family(letter.upper() + "s", "k", matrix_sort(size, size))
    made = Coordinates(nat(size), c, C)
    return made, s.given(made.formula(), f"{letter}[1], {letter}[2], ... are coordinates of the {size}-space")


def entries(rows: Coordinates, cols: Coordinates, body) -> Formula:
    """For all entries: body(i, l)."""
    return in_range("i", 1, rows.size, in_range("l", 1, cols.size, body(rows[nat("i")], cols[nat("l")])))


def is_nonnegative(M: Expr, rows: Coordinates, cols: Coordinates) -> Formula:
    """M >= 0 by entries."""
    return entries(rows, cols, lambda c, f: tr(c.T @ M @ f) >= 0)


def is_negative(M: Expr, rows: Coordinates, cols: Coordinates) -> Formula:
    """M < 0 by entries."""
    return entries(rows, cols, lambda c, f: tr(c.T @ M @ f) < 0)


def rectified(m: Expr, n: Expr) -> Formula:
    """n = sigma(m), of numbers."""
    return conjunction(Implies(m >= 0, n == m), Implies(m < 0, n == 0))


def is_sigma(M: Expr, N: Expr, rows: Coordinates, cols: Coordinates) -> Formula:
    """N = sigma(M) by entries."""
    return entries(rows, cols, lambda c, f: rectified(tr(c.T @ M @ f), tr(c.T @ N @ f)))


@statement("entries-equal", "matrices with equal entries are equal", kind="lemma", hidden=True)
def entries_equal(s: Script) -> None:
    n, m = s.dims("n m")
    c, complete_c = coordinates(s, "n", "c")
    f, complete_f = coordinates(s, "m", "f")
    M, N = s.matrices("M: n x m, N: n x m")
    same = s.given(entries(c, f, lambda c, f: tr(c.T @ M @ f) == tr(c.T @ N @ f)), "equal entries")
    t = s.inner()
    (i,) = t.dims("i")
    low, high = t.given(at_least(i, 1)), t.given(at_least(n, i))
    u = t.inner()
    (l,) = u.dims("j")
    here = same(i, low, high)(l, u.given(at_least(l, 1)), u.given(at_least(m, l)))
    left, right = one(c[i].T @ M @ f[l]), one(c[i].T @ N @ f[l])
    row = u.close(u.have(c[i].T @ M @ f[l] == c[i].T @ N @ f[l], here, left, right))
    complete = dict(A=c[i].T @ M, B=c[i].T @ N, c=f.columns, C=f.partial, r=m, w=nat(1))
    equal_rows = s.cite("complete-columns", **complete)(*complete_f.parts(), row)
    column = t.close(t.have(M.T @ c[i] == N.T @ c[i], equal_rows))
    # The index of complete-columns has another name; quantifiers are compared up to that.
    whole = s.cite("complete-columns", A=M.T, B=N.T, c=c.columns, C=c.partial, r=n, w=nat(1))
    s.conclude(M == N, by=[whole(*complete_c.parts(), column)])


@statement("eq-7", "sigma(M) is determined by M: L_N = 1/2 |A2 sigma(A1 X) - Y|^2 is well defined", kind="equation")
def eq_7(s: Script) -> None:
    """Two matrices that are both sigma(M) have equal entries; that there is one is eq-7.1."""
    s.include("eq-7.1")
    s.include("eq-7.2")
    n, m = s.dims("n m")
    c, complete_c = coordinates(s, "n", "c")
    f, complete_f = coordinates(s, "m", "f")
    M, N, R = s.matrices("M: n x m, N: n x m, R: n x m")
    first, second = s.given(is_sigma(M, N, c, f), "N = sigma(M)"), s.given(is_sigma(M, R, c, f), "R = sigma(M)")
    goal = lambda c, f: tr(c.T @ N @ f) == tr(c.T @ R @ f)

    def entry(t, i, l, a, b) -> Known:
        here, there = first(i, *a)(l, *b), second(i, *a)(l, *b)
        value, claim = tr(c[i].T @ M @ f[l]), goal(c[i], f[l])
        return by_half(
            t,
            value,
            lambda up: t.have(claim, here[0](up), there[0](up)),
            lambda down: t.have(claim, here[1](down), there[1](down)),
        )

    same = each_entry(s, c, f, entry)
    s.conclude(N == R, by=equal_by(s, c, f, M=N, N=R)(complete_c, complete_f, same))


def by_half(t: Context, value: Expr, up, down) -> Known:
    """The same conclusion whether the number is >= 0 or < 0."""
    return t.by_sign(
        value,
        lambda z: up(t.have(value >= 0, z, sum=[])),
        lambda p: up(t.have(value >= 0, sum=[Term(times=(p,))])),
        lambda n: down(t.have(value < 0, sum=[Term(times=(n,))])),
    )


def each_entry(s: Context, rows: Coordinates, cols: Coordinates, entry) -> Known:
    """For all entries, by entry(context, i, l, range of i, range of l)."""
    t = s.inner()
    (i,) = t.dims("i")
    a = t.given(at_least(i, 1)), t.given(at_least(rows.size, i))
    u = t.inner()
    (l,) = u.dims("l")
    b = u.given(at_least(l, 1)), u.given(at_least(cols.size, l))
    return t.close(u.close(entry(u, i, l, a, b)))


def equal_by(s: Script, c: Coordinates, f: Coordinates, **named: Expr) -> Known:
    """The lemma on equal entries, in these coordinates."""
    families = dict(c=c.columns, Cs=c.partial, f=f.columns, Fs=f.partial)
    return s.cite("entries-equal", n=c.size, m=f.size, **families, **named)


@statement("sigma-nonnegative", "sigma(M) = M for M >= 0", kind="lemma", hidden=True)
def sigma_nonnegative(s: Script) -> None:
    n, m = s.dims("n m")
    c, complete_c = coordinates(s, "n", "c")
    f, complete_f = coordinates(s, "m", "f")
    M, N = s.matrices("M: n x m, N: n x m")
    large = s.given(is_nonnegative(M, c, f), "M >= 0")
    sigma = s.given(is_sigma(M, N, c, f), "N = sigma(M)")
    same = each_entry(s, c, f, lambda t, i, l, a, b: sigma(i, *a)(l, *b)[0](large(i, *a)(l, *b)))
    s.conclude(N == M, by=equal_by(s, c, f, M=N, N=M)(complete_c, complete_f, same))


@statement("sigma-negative", "sigma(M) = 0 for M < 0", kind="lemma", hidden=True)
def sigma_negative(s: Script) -> None:
    n, m = s.dims("n m")
    c, complete_c = coordinates(s, "n", "c")
    f, complete_f = coordinates(s, "m", "f")
    M, N = s.matrices("M: n x m, N: n x m")
    small = s.given(is_negative(M, c, f), "M < 0")
    sigma = s.given(is_sigma(M, N, c, f), "N = sigma(M)")

    def entry(t, i, l, a, b) -> Known:
        zero = sigma(i, *a)(l, *b)[1](small(i, *a)(l, *b))
        return t.have(tr(c[i].T @ N @ f[l]) == tr(c[i].T @ (N - N) @ f[l]), zero)

    same = each_entry(s, c, f, entry)
    s.conclude(N == 0, by=[equal_by(s, c, f, M=N, N=N - N)(complete_c, complete_f, same)])


@dataclass(frozen=True)
class Cell:
    """Letters for a cell K_{I x J}: selectors, and coordinates of the four spaces."""

    SI: Expr
    TI: Expr
    SJ: Expr
    TJ: Expr
    a: Coordinates
    b: Coordinates
    f: Coordinates
    g: Coordinates

    def blocks(self, M: Expr):
        """The blocks (I, J), (I, others), (others, J), (others, others) with their coordinates."""
        return [
            (S.T @ M @ T, rows, cols)
            for S, rows in ((self.SI, self.a), (self.TI, self.b))
            for T, cols in ((self.SJ, self.f), (self.TJ, self.g))
        ]

    def holds(self, M: Expr) -> Formula:
        """The entries of M = A1 X in I x J are >= 0, all others < 0 (eq-8)."""
        (first, *others) = self.blocks(M)
        return conjunction(is_nonnegative(*first), *(is_negative(*block) for block in others))

    def sigma(self, M: Expr, N: Expr) -> Formula:
        """N = sigma(M), block by block."""
        pairs = zip(self.blocks(M), self.blocks(N), strict=True)
        return conjunction(*(is_sigma(block, image, rows, cols) for (block, rows, cols), (image, _, _) in pairs))


def cell_of(s: Context) -> tuple[Cell, Known, Known, list[Known]]:
    """Letters for a cell: selectors of units (p of d1) and samples (j of m), with what is known of them."""
    p, q, j, o = s.dims("p q j o")
    SI, TI = s.matrices("SI: d1 x p, TI: d1 x q")
    units = s.given(split(nat("d1"), p, q, SI.term, TI.term), "SI selects the units I, TI the others")
    SJ, TJ = s.matrices("SJ: m x j, TJ: m x o")
    samples = s.given(split(nat("m"), j, o, SJ.term, TJ.term), "SJ selects the samples J, TJ the others")
    made = [coordinates(s, size, letter) for size, letter in (("p", "a"), ("q", "b"), ("j", "f"), ("o", "g"))]
    return Cell(SI, TI, SJ, TJ, *(one_ for one_, _ in made)), units, samples, [known for _, known in made]


def network_in_cell(s: Script):
    """Data, weights, a cell that holds A1, and N = sigma(A1 X)."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2, N = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1, N: d1 x m")
    cell, units, samples, complete = cell_of(s)
    inside = s.given(cell.holds(A1 @ X), "eq-8: (A1, A2) lies in K_{I x J}")
    sigma = s.given(cell.sigma(A1 @ X, N), "N = sigma(A1 X)")
    return X, Y, A1, A2, N, cell, units, samples, complete, inside, sigma


@statement("eq-8", "on K_{I x J}, sigma(A1 X) is A1 X on I x J and zero elsewhere", kind="equation")
def eq_8(s: Script) -> None:
    X, Y, A1, A2, N, cell, units, samples, complete, inside, sigma = network_in_cell(s)
    (a, b, f, g), SI, SJ, M = complete, cell.SI, cell.SJ, A1 @ X
    four = cell.blocks(M)
    known = []
    for place, ((block, rows, cols), (image, _, _)) in enumerate(zip(four, cell.blocks(N), strict=True)):
        name = "sigma-negative" if place else "sigma-nonnegative"
        families = dict(c=rows.columns, Cs=rows.partial, f=cols.columns, Fs=cols.partial)
        lemma = s.cite(name, n=rows.size, m=cols.size, **families, M=block, N=image)
        both_complete = (a, b)[place // 2], (f, g)[place % 2]
        known.append(lemma(*both_complete, inside.parts()[place] if place < 3 else inside[3], sigma[place]))
    s.conclude(N == SI @ SI.T @ M @ SJ @ SJ.T, by=[*known, units, samples])


@statement("eq-9", "on K_{I x J}, L_N = 1/2 |(A2)_I (A1)_I X_J - Y_J|^2 + 1/2 |Y_{J^c}|^2", kind="equation")
def eq_9(s: Script) -> None:
    X, Y, A1, A2, N, cell, units, samples, complete, inside, sigma = network_in_cell(s)
    SI, SJ, TJ = cell.SI, cell.SJ, cell.TJ
    letters = dict(X=X, A1=A1, N=N, SI=SI, TI=cell.TI, SJ=SJ, TJ=TJ)
    families = {
        name: value
        for letter, one_ in (("a", cell.a), ("b", cell.b), ("f", cell.f), ("g", cell.g))
        for name, value in ((letter, one_.columns), (letter.upper() + "s", one_.partial))
    }
    masked = s.cite("eq-8", **letters, **families)(units, samples, *complete, inside, sigma)
    loss = norm2(A2 @ N - Y) / 2
    inner = norm2(A2 @ SI @ (SI.T @ A1) @ (X @ SJ) - Y @ SJ) / 2 + norm2(Y @ TJ) / 2
    s.conclude(loss == inner, by=[masked, samples, units])
