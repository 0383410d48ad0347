"""Products, sums and the test for zero on integer matrices over one denominator: no fraction in between.

Main names: Stripped, strip. A chain of products of rational matrices costs mostly the greatest common
divisors that bring every entry of every intermediate product to lowest terms. To decide whether an expression
is zero none of them is needed: only numerators are computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, fmpz_poly

from symbolic_cp.exact.errors import InputError


@dataclass(slots=True, eq=False)
class Stripped:
    """The rational matrix numerator / denominator, denominator > 0, not in lowest terms; never changed once made.

    >>> A = strip(fmpq_mat([[1, 2], [3, 4]]) / 6)
    >>> (A @ A - A.transpose() @ A).is_zero(), (A @ A - A @ A).is_zero()
    (False, True)
    """

    numerator: fmpz_mat
    denominator: fmpz

    def __matmul__(self, other: Stripped) -> Stripped:
        try:
            return Stripped(self.numerator * other.numerator, self.denominator * other.denominator)
        except ValueError:
            message = f"a {self.shape} matrix cannot be multiplied by a {other.shape} matrix"
            raise InputError(message) from None

    def __add__(self, other: Stripped) -> Stripped:
        mine, theirs, denominator = self._over_one(other)
        try:
            return Stripped(mine + theirs, denominator)
        except ValueError:
            raise InputError(f"{self.shape} and {other.shape} matrices cannot be added") from None

    def __sub__(self, other: Stripped) -> Stripped:
        mine, theirs, denominator = self._over_one(other)
        try:
            return Stripped(mine - theirs, denominator)
        except ValueError:
            raise InputError(f"{self.shape} and {other.shape} matrices cannot be subtracted") from None

    def _over_one(self, other: Stripped) -> tuple[fmpz_mat, fmpz_mat, fmpz]:
        """Both numerators over the least common denominator."""
        d, e = self.denominator, other.denominator
        if d == e:
            return self.numerator, other.numerator, d
        common = d.gcd(e)
        factor = e // common
        return self.numerator * factor, other.numerator * (d // common), d * factor

    def __neg__(self) -> Stripped:
        return Stripped(-self.numerator, self.denominator)

    @property
    def shape(self) -> str:
        """The shape in words: "2 x 3"."""
        return f"{self.numerator.nrows()} x {self.numerator.ncols()}"

    def transpose(self) -> Stripped:
        """The transpose."""
        return Stripped(self.numerator.transpose(), self.denominator)

    def is_zero(self) -> bool:
        """Whether every entry is zero, exactly."""
        return self.numerator.is_zero()

    def inner(self, other: Stripped) -> fmpq:
        """The sum of the products of corresponding entries, tr(A^T B). Raises InputError if the shapes differ."""
        M, N = self.numerator, other.numerator
        rows, cols = M.nrows(), M.ncols()
        if rows != N.nrows() or cols != N.ncols():
            raise InputError(f"{self.shape} and {other.shape} matrices have no inner product")
        if rows == 1 or cols == 1:
            total = (M.transpose() * N if cols == 1 else M * N.transpose())[0, 0]
        elif min(rows, cols) > WIDE:
            total = sum(map(mul, M.entries(), N.entries()), start=fmpz(0))
        else:
            total = _trace(M * N.transpose() if rows < cols else M.transpose() * N)
        return fmpq(total, self.denominator * other.denominator)

    def value(self) -> fmpq_mat:
        """The rational matrix, every entry in lowest terms."""
        return fmpq_mat(self.numerator) / self.denominator

    def lowest(self) -> Stripped:
        """The same matrix without a factor common to the denominator and all entries."""
        return strip(self.value())


WIDE = 100
"""From this number of rows and columns on an inner product is summed entry by entry; below, a product is faster."""

WORTH_REDUCING = 16
"""Below this number of rows looking for a common factor costs more than it saves in later products."""


def reduced(numerator: fmpz_mat, denominator: fmpz) -> tuple[fmpz_mat, fmpz]:
    """The same fraction; if it is large, without the factor common to the denominator and all entries."""
    if numerator.nrows() < WORTH_REDUCING:
        return numerator, denominator
    common = fmpz_poly([denominator, *numerator.entries()]).content()
    return numerator / common, denominator // common


def _trace(N: fmpz_mat) -> fmpz:
    return sum([N[i, i] for i in range(N.nrows())], start=fmpz(0))


def strip(M: fmpq_mat) -> Stripped:
    """The same matrix over the common denominator of its entries; one pass over them."""
    return Stripped(*M.numer_denom())
