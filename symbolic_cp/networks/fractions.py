"""Matrices of rational functions over Q in finitely many symbols: polynomial numerators over one denominator.

Main classes: SymbolRing (which SymPy symbols there are; reads and writes SymPy), FractionMatrix (arithmetic; `is_zero`
decides exactly whether every entry vanishes identically, by expanding numerators with python-flint's fmpq_mpoly).
An identity shown here holds at all values of the symbols for which no denominator that was read is zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, TypeAlias

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.exact.numbers import rational

if TYPE_CHECKING:
    import sympy

MAX_TERMS = 2_000_000
"""Products of polynomials that could have more terms than this are refused before they are formed."""

MAX_EXPONENT = 1_000
"""Powers of symbols beyond this are refused."""

MAX_INVERSE = 8
"""Square matrices of symbols with more rows than this are not inverted: an entry would have 9! terms."""

_MAX_NESTING = 200

Fraction: TypeAlias = tuple[fmpq_mpoly, fmpq_mpoly]
"""A numerator and a denominator that is not the zero polynomial."""


class SymbolRing:
    """The rational functions over Q in the symbols that occur in some SymPy matrices (or expressions).

    Symbols are SymPy's commutative `Symbol`s and entries `C[0, 1]` of `MatrixSymbol`s, which `as_explicit()` leaves.

    >>> import sympy
    >>> a, b = sympy.symbols("a b")
    >>> ring = SymbolRing([sympy.Matrix([[a, b]])])
    >>> ring.matrix(sympy.Matrix([[a / (a + b) + b / (a + b) - 1]])).is_zero()
    True
    """

    def __init__(self, sources: Iterable[object] = ()) -> None:
        found: set[sympy.Expr] = set()
        for source in sources:
            found |= _atoms(source)
        self.atoms: tuple[sympy.Expr, ...] = tuple(sorted(found, key=lambda atom: (str(atom), atom.sort_key())))
        names = tuple(f"x{i}" for i in range(len(self.atoms)))
        self.context: fmpq_mpoly_ctx = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self._generator: dict[sympy.Expr, fmpq_mpoly] = dict(zip(self.atoms, self.context.gens(), strict=True))
        self.one: fmpq_mpoly = self.context.constant(1)
        self.zero: fmpq_mpoly = self.context.constant(0)

    def matrix(self, M: object, *, field: str | None = None) -> FractionMatrix:
        """The matrix of rational functions that M denotes: a SymPy matrix, or whatever `exact.matrix` reads.

        Raises InputError with the place of an entry that is no rational function of this ring's symbols.
        """
        import sympy

        if isinstance(M, fmpq_mat | Sequence) or not isinstance(M, sympy.Basic | sympy.MatrixBase):
            return self.constant(matrix(M, field=field))
        if not isinstance(M, sympy.MatrixBase):
            raise InputError(
                f"{type(M).__name__} is not a SymPy matrix with explicit entries; write M.as_explicit()", field=field
            )
        place = field or ""
        rows, cols = int(M.rows), int(M.cols)
        fractions = [
            self.fraction(M[i, j], field=f"{place}[{i + 1}][{j + 1}]") for i in range(rows) for j in range(cols)
        ]
        return self.over_one_denominator(rows, cols, fractions)

    def constant(self, M: fmpq_mat) -> FractionMatrix:
        """A rational matrix as a matrix of constants."""
        numerators = tuple(self.context.constant(q) for q in M.entries())
        return FractionMatrix(self, M.nrows(), M.ncols(), numerators, self.one)

    def over_one_denominator(self, rows: int, cols: int, fractions: Sequence[Fraction]) -> FractionMatrix:
        """The matrix with these entries, row by row, over the least common denominator."""
        common = self.one
        for _, q in fractions:
            common = common if _divides(q, common) else common * (q / common.gcd(q))
        return FractionMatrix(self, rows, cols, tuple(p * (common / q) for p, q in fractions), common)

    def fraction(self, expression: object, *, field: str | None = None) -> Fraction:
        """Numerator and denominator of a SymPy expression built by + - * / and integer powers.

        Raises InputError (other functions, floats, radicals, other symbols, a denominator that is zero
        identically), TooLarge (more than 2,000,000 terms, or powers beyond 1,000).
        """
        import sympy

        if not isinstance(expression, sympy.Expr):
            return self.context.constant(rational(expression, field=field)), self.one
        return _Reader(self, field).read(expression, 0)

    def expression(self, p: fmpq_mpoly, q: fmpq_mpoly | None = None) -> sympy.Expr:
        """The polynomial p, or the fraction p/q in lowest terms, as a SymPy expression."""
        if q is None or q.is_constant():
            return self._sum(p if q is None else p / q)
        common = p.gcd(q)
        return self._sum(p / common) / self._sum(q / common)

    def _sum(self, p: fmpq_mpoly) -> sympy.Expr:
        import sympy

        terms = []
        for exponents, coefficient in p.terms():
            powers = [atom**e for atom, e in zip(self.atoms, map(int, exponents), strict=True) if e]
            terms.append(sympy.Mul(sympy.Rational(int(coefficient.p), int(coefficient.q)), *powers))
        return sympy.Add(*terms)


def _atoms(source: object) -> set[sympy.Expr]:
    import sympy
    from sympy.matrices.expressions.matexpr import MatrixElement

    if not isinstance(source, sympy.Basic | sympy.MatrixBase):
        return set()
    return set(source.atoms(sympy.Symbol, MatrixElement))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns a SymPy expression into numerator and denominator, without evaluating anything."""

    ring: SymbolRing
    field: str | None

    def read(self, e: sympy.Expr, depth: int) -> Fraction:
        import sympy

        if depth > _MAX_NESTING:
            raise TooLarge(f"an expression nested deeper than {_MAX_NESTING}", field=self.field)
        ring = self.ring
        if isinstance(e, sympy.Rational):
            return ring.context.constant(rational(e, field=self.field)), ring.one
        if e in ring._generator:  # noqa: SLF001  # the reader is the ring's own
            if e.is_commutative is False:
                raise InputError(f"the symbol {e} does not commute; entries are numbers", field=self.field)
            return ring._generator[e], ring.one  # noqa: SLF001  # as above
        if isinstance(e, sympy.Add):
            total = (ring.zero, ring.one)
            for part in e.args:
                total = self._plus(total, self.read(part, depth + 1))
            return total
        if isinstance(e, sympy.Mul):
            p, q = ring.one, ring.one
            for part in e.args:
                a, b = self.read(part, depth + 1)
                p, q = self._times(p, a), self._times(q, b)
            return p, q
        if isinstance(e, sympy.Pow) and isinstance(e.exp, sympy.Integer):
            return self._power(self.read(e.base, depth + 1), int(e.exp))
        raise InputError(
            f"{str(e)[:60]} is not built from rationals and known symbols by + - * / and integer powers",
            field=self.field,
        )

    def _times(self, p: fmpq_mpoly, q: fmpq_mpoly) -> fmpq_mpoly:
        if len(p) * len(q) > MAX_TERMS:
            raise TooLarge(f"an expression of more than {MAX_TERMS:,} terms", field=self.field)
        return p * q

    def _plus(self, one: Fraction, two: Fraction) -> Fraction:
        (p, q), (r, s) = one, two
        if q == s:
            return p + r, q
        return self._times(p, s) + self._times(r, q), self._times(q, s)

    def _power(self, base: Fraction, n: int) -> Fraction:
        p, q = base if n >= 0 else base[::-1]
        if not q:
            raise InputError("a denominator that is zero identically", field=self.field)
        n = abs(n)
        terms = max(comb(len(part) + min(n, MAX_EXPONENT) - 1, len(part) - 1) if part else 0 for part in (p, q))
        degree = max((n * int(part.total_degree()) for part in (p, q) if part), default=0)
        if n > MAX_EXPONENT or degree > MAX_EXPONENT or terms > MAX_TERMS:
            raise TooLarge(
                f"a power {n} of an expression; at most degree {MAX_EXPONENT:,} and {MAX_TERMS:,} terms are expanded",
                field=self.field,
            )
        return p**n, q**n


def _divides(q: fmpq_mpoly, p: fmpq_mpoly) -> bool:
    return p == q or not p % q


@dataclass(frozen=True, slots=True, eq=False)
class FractionMatrix:
    """A rows x cols matrix of rational functions: numerators row by row, over one denominator.

    `+ - @` and `T` as for matrices, `scaled` by a rational. Products cancel the denominators that divide everything.
    Two matrices that are combined must come from one ring.
    """

    ring: SymbolRing
    rows: int
    cols: int
    numerators: tuple[fmpq_mpoly, ...]
    denominator: fmpq_mpoly

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rows, self.cols

    def is_zero(self) -> bool:
        """Whether every entry is zero identically; exact."""
        return not any(self.numerators)

    @property
    def T(self) -> FractionMatrix:
        """The transpose."""
        turned = tuple(p for j in range(self.cols) for p in self.numerators[j :: self.cols])
        return FractionMatrix(self.ring, self.cols, self.rows, turned, self.denominator)

    def scaled(self, q: fmpq | int) -> FractionMatrix:
        """The matrix times a rational number."""
        factor = fmpq(q)
        return self._with(tuple(p * factor for p in self.numerators), self.denominator)

    def __neg__(self) -> FractionMatrix:
        return self.scaled(-1)

    def __add__(self, other: FractionMatrix) -> FractionMatrix:
        if self.shape != other.shape:
            raise InputError(f"a {self.rows} x {self.cols} and a {other.rows} x {other.cols} matrix have no sum")
        q, s = self.denominator, other.denominator
        pairs = zip(self.numerators, other.numerators, strict=True)
        if q == s:
            return self._with(tuple(p + r for p, r in pairs), q)
        common = q.gcd(s)
        left, right = s / common, q / common
        return self._with(tuple(p * left + r * right for p, r in pairs), q * left)

    def __sub__(self, other: FractionMatrix) -> FractionMatrix:
        return self + (-other)

    def __matmul__(self, other: FractionMatrix) -> FractionMatrix:
        if self.cols != other.rows:
            raise InputError(f"a {self.rows} x {self.cols} and a {other.rows} x {other.cols} matrix have no product")
        zero, n = self.ring.zero, self.cols
        columns = [other.numerators[j :: other.cols] for j in range(other.cols)]
        out = []
        for i in range(self.rows):
            row = [(k, p) for k, p in enumerate(self.numerators[i * n : (i + 1) * n]) if p]
            out += [sum((p * column[k] for k, p in row if column[k]), start=zero) for column in columns]
        return FractionMatrix(self.ring, self.rows, other.cols, tuple(out), self.ring.one)._over(
            self.denominator, other.denominator
        )

    def _with(self, numerators: tuple[fmpq_mpoly, ...], denominator: fmpq_mpoly) -> FractionMatrix:
        return FractionMatrix(self.ring, self.rows, self.cols, numerators, denominator)

    def _over(self, *denominators: fmpq_mpoly) -> FractionMatrix:
        """The polynomial matrix at hand divided by these; those that divide every numerator cancel."""
        numerators, rest = self.numerators, self.ring.one
        for q in denominators:
            if q.is_constant():
                numerators = tuple(p / q for p in numerators) if q != self.ring.one else numerators
                continue
            divided = _all_divided(numerators, q)
            if divided is None:
                rest *= q
            else:
                numerators = divided
        return self._with(numerators, rest)

    def inverse(self) -> FractionMatrix:
        """The inverse adj(M)/det(M), by cofactors; 2^n n products. Raises InputError unless square, with det != 0."""
        n = self.rows
        if self.rows != self.cols:
            raise InputError(f"only a square matrix has an inverse, not a {self.rows} x {self.cols} matrix")
        if n > MAX_INVERSE:
            raise TooLarge(f"a {n} x {n} matrix of symbols; up to {MAX_INVERSE} rows are inverted")
        minors = _Minors(self)
        everything = tuple(range(n))
        determinant = minors.minor(everything, everything)
        if not determinant:
            raise InputError("the determinant of this matrix is zero identically, so it has no inverse")
        adjugate = []
        for i in everything:
            for j in everything:
                minor = minors.minor(everything[:j] + everything[j + 1 :], everything[:i] + everything[i + 1 :])
                adjugate.append((minor if (i + j) % 2 == 0 else -minor) * self.denominator)
        return FractionMatrix(self.ring, n, n, tuple(adjugate), determinant)

    def block(self, rows: Sequence[int], cols: Sequence[int]) -> FractionMatrix:
        """The matrix of these rows and columns (from 0)."""
        entries = tuple(self.numerators[i * self.cols + j] for i in rows for j in cols)
        return FractionMatrix(self.ring, len(rows), len(cols), entries, self.denominator)

    def stacked(self, below: FractionMatrix) -> FractionMatrix:
        """The matrix at hand above another with equally many columns."""
        common = self.denominator.gcd(below.denominator)
        upper, lower = below.denominator / common, self.denominator / common
        entries = (*(p * upper for p in self.numerators), *(p * lower for p in below.numerators))
        return FractionMatrix(self.ring, self.rows + below.rows, self.cols, entries, self.denominator * upper)

    def trace(self) -> Fraction:
        """The trace of a square matrix, as numerator and denominator; InputError for another shape."""
        if self.rows != self.cols:
            raise InputError(f"only a square matrix has a trace, not a {self.rows} x {self.cols} matrix")
        return sum(self.numerators[:: self.cols + 1], start=self.ring.zero), self.denominator

    def to_sympy(self) -> sympy.Matrix:
        """The matrix as a SymPy Matrix, every entry in lowest terms."""
        import sympy

        entries = [self.ring.expression(p, self.denominator) for p in self.numerators]
        return sympy.Matrix(self.rows, self.cols, entries)


class _Minors:
    """The minors of the numerators, each computed once, by expansion along the first row."""

    def __init__(self, M: FractionMatrix) -> None:
        self._M = M
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...]], fmpq_mpoly] = {}

    def minor(self, rows: tuple[int, ...], cols: tuple[int, ...]) -> fmpq_mpoly:
        if not rows:
            return self._M.ring.one
        if (rows, cols) not in self._known:
            total = self._M.ring.zero
            for k, j in enumerate(cols):
                entry = self._M.numerators[rows[0] * self._M.cols + j]
                if entry:
                    term = entry * self.minor(rows[1:], cols[:k] + cols[k + 1 :])
                    total = total + term if k % 2 == 0 else total - term
            self._known[rows, cols] = total
        return self._known[rows, cols]


def _all_divided(numerators: tuple[fmpq_mpoly, ...], q: fmpq_mpoly) -> tuple[fmpq_mpoly, ...] | None:
    """Every numerator divided by q, or None if one is no multiple of q."""
    out = []
    for p in numerators:
        quotient, remainder = divmod(p, q)
        if remainder:
            return None
        out.append(quotient)
    return tuple(out)
