"""Sums over fields Q(lambda_i) as polynomials in lambda_i with integer matrices over one denominator, not reduced.

Main class: Unreduced. Products and sums of a long expression are formed without any greatest common divisor and
without reducing modulo the minimal polynomials; `value()` reduces once, at the end. With coefficients of thousands of
digits that is most of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Self

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, fmpz_poly

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.stripped import Stripped, strip
from symbolic_cp.networks.fieldsum import FieldSum

Part = tuple[Field, tuple[Stripped, ...]]


@dataclass(frozen=True)
class Unreduced:
    """rational + sum of coefficients[k] lambda_i^k over the parts, all m x n; the degrees may exceed the fields'.

    `+ - @` and `transpose` as for matrices. In a product, terms that mix two fields are shown to vanish by their
    coefficients, or left out if `mixed_vanish` (of either factor) says that they do; else Undecided is raised.

    >>> from symbolic_cp.exact.matrices import zeros
    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> v = Unreduced.of(FieldSum(zeros(1, 1), (FieldMatrix(root2, (zeros(1, 1), fmpq_mat([[1]]))),)))
    >>> (v @ v).value().rational, (v @ v).value().parts[0].entry(0, 0)
    ([0], 2)
    """

    rational: Stripped
    parts: tuple[Part, ...]
    mixed_vanish: bool = False

    @classmethod
    def of(cls, M: FieldSum | fmpq_mat, *, mixed_vanish: bool = False) -> Self:
        """The same matrix; the coefficients of each part over their common denominator."""
        if isinstance(M, fmpq_mat):
            return cls(strip(M), (), mixed_vanish)
        return cls(strip(M.rational), tuple((p.field, _common(p.coeffs)) for p in M.parts), mixed_vanish)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rational.numerator.nrows(), self.rational.numerator.ncols()

    def transpose(self) -> Unreduced:
        """The transpose."""
        parts = tuple((field, tuple(c.transpose() for c in coefficients)) for field, coefficients in self.parts)
        return Unreduced(self.rational.transpose(), parts, self.mixed_vanish)

    def __neg__(self) -> Unreduced:
        parts = tuple((field, tuple(-c for c in coefficients)) for field, coefficients in self.parts)
        return Unreduced(-self.rational, parts, self.mixed_vanish)

    def __add__(self, other: Unreduced) -> Unreduced:
        parts = list(self.parts)
        for field, coefficients in other.parts:
            _add_part(parts, field, coefficients)
        return Unreduced(self.rational + other.rational, tuple(parts), self.mixed_vanish or other.mixed_vanish)

    def __sub__(self, other: Unreduced) -> Unreduced:
        return self + (-other)

    def __matmul__(self, other: Unreduced) -> Unreduced:
        vanish = self.mixed_vanish or other.mixed_vanish
        parts: list[Part] = [(field, tuple(self.rational @ c for c in cs)) for field, cs in other.parts]
        for field, cs in self.parts:
            _add_part(parts, field, tuple(c @ other.rational for c in cs))
            for theirs, ds in other.parts:
                if field == theirs:
                    _add_part(parts, field, _convolved(cs, ds))
                elif not vanish and any(not (c @ d).is_zero() for c in cs for d in ds):
                    raise Undecided("a product of parts over two fields is not seen to vanish")
        return Unreduced(self.rational @ other.rational, tuple(parts), vanish)

    def value(self) -> FieldSum:
        """The sum with every part reduced modulo its minimal polynomial, entries in lowest terms."""
        return FieldSum(self.rational.value(), tuple(_reduced(field, cs) for field, cs in self.parts))

    def is_zero(self) -> bool:
        """Whether the matrix is zero, exactly; as `FieldSum.is_zero`."""
        return self.value().is_zero()


def _common(coefficients: Sequence[fmpq_mat]) -> tuple[Stripped, ...]:
    stripped = [strip(c) for c in coefficients]
    denominator = fmpz(1)
    for c in stripped:
        denominator = denominator * c.denominator // denominator.gcd(c.denominator)
    return tuple(Stripped(c.numerator * (denominator // c.denominator), denominator) for c in stripped)


def _add_part(parts: list[Part], field: Field, coefficients: tuple[Stripped, ...]) -> None:
    at = next((i for i, (own, _) in enumerate(parts) if own == field), None)
    if at is None:
        parts.append((field, coefficients))
        return
    pairs = zip_longest(parts[at][1], coefficients)
    parts[at] = field, tuple(b if a is None else a if b is None else a + b for a, b in pairs)


def _convolved(left: Sequence[Stripped], right: Sequence[Stripped]) -> tuple[Stripped, ...]:
    out: list[Stripped | None] = [None] * (len(left) + len(right) - 1)
    for i, c in enumerate(left):
        for j, d in enumerate(right):
            term, so_far = c @ d, out[i + j]
            out[i + j] = term if so_far is None else so_far + term
    return tuple(term for term in out if term is not None)


def _reduced(field: Field, coefficients: Sequence[Stripped]) -> FieldMatrix:
    """Every entry, a polynomial in lambda, modulo the minimal polynomial."""
    rows, cols = coefficients[0].numerator.nrows(), coefficients[0].numerator.ncols()
    tables, denominator = _integers(coefficients)
    residues = [fmpq_poly(fmpz_poly(list(entry))) % field.minpoly for entry in zip(*tables, strict=True)]
    return FieldMatrix.from_entries(field, rows, cols, [residue / denominator for residue in residues])


def _integers(coefficients: Sequence[Stripped]) -> tuple[list[list[fmpz]], fmpz]:
    """The entries of the coefficients over one denominator."""
    denominator = fmpz(1)
    for c in coefficients:
        denominator = denominator * c.denominator // denominator.gcd(c.denominator)
    return [(c.numerator * (denominator // c.denominator)).entries() for c in coefficients], denominator


def trace_of_product(M: Unreduced, N: Unreduced) -> tuple[Field | None, fmpq_poly]:
    """tr(M N^T) for matrices over Q or over one field, as a reduced element of it.

    Raises Undecided if there are several fields.
    """
    fields = [field for field, _ in (*M.parts, *N.parts)]
    if any(field != fields[0] for field in fields):
        raise Undecided("a trace over several fields is no element of one of them")
    left, right = _flat(M), _flat(N)
    out = fmpq_poly([0])
    for i, (c, d) in enumerate(left):
        for j, (e, f) in enumerate(right):
            out += fmpq_poly([0] * (i + j) + [fmpq((c * e.transpose())[0, 0], d * f)])
    return (fields[0], out % fields[0].minpoly) if fields else (None, out)


def _flat(M: Unreduced) -> list[tuple[fmpz_mat, fmpz]]:
    """The coefficients of 1, lambda, ... as rows of integers with their denominators."""
    coefficients = [M.rational]
    if M.parts:
        first, *rest = M.parts[0][1]
        coefficients = [M.rational + first, *rest]
    size = M.shape[0] * M.shape[1]
    return [(fmpz_mat(1, size, c.numerator.entries()), c.denominator) for c in coefficients]
