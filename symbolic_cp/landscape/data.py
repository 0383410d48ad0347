"""What the landscape of a data set depends on: Sigma = Y X^+ X Y^T, its spectrum, and the products around it.

Main class: DataSpectrum(X, Y). Notation of the paper (section 2): the distinct positive eigenvalues of Sigma are
sigma_1 > ... > sigma_r with multiplicities m_1, ..., m_r, and m_bar is the multiplicity of 0. Everything is computed
from G = X X^T and H = Y X^T: X X^+ = G G^+, Y X^+ = H G^+, Sigma = H G^+ H^T, so the number of samples does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from flint import fmpq, fmpq_mat, fmpz

from symbolic_cp.exact.algebraic import Field, refine
from symbolic_cp.exact.eigenvectors import Eigenrows, rational_eigenvectors
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.limits import check_bits
from symbolic_cp.exact.linear import integer_rank, pinv, stripped_pinv
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.exact.once import cached_property
from symbolic_cp.exact.spectrum import Eigenvalue, diagonalised
from symbolic_cp.exact.stripped import Stripped
from symbolic_cp.networks.linear import Gram, gram

if TYPE_CHECKING:
    from symbolic_cp.landscape.strata import Landscape


class DataSpectrum:
    """Data X (d0 x m), Y (d2 x m) with the exact spectrum of Sigma = Y X^+ X Y^T; what is asked for is computed once.

    X and Y are anything `exact.matrices.matrix` reads; any rank, any shape. Raises InputError if their columns do not
    match.

    >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> [str(e.value) for e in data.positive], data.multiplicities, data.m_bar
    (['4', '1'], (1, 1), 0)
    """

    def __init__(self, X: object, Y: object) -> None:
        self.X: fmpq_mat = matrix(X, field="X")
        self.Y: fmpq_mat = matrix(Y, field="Y")
        if self.X.ncols() != self.Y.ncols():
            raise InputError(
                f"X has {self.X.ncols()} columns and Y has {self.Y.ncols()}: they must have equally many, one a sample",
                field="Y",
            )

    def landscape(self, hidden: Sequence[int]) -> Landscape:
        """All critical strata of a linear network with these hidden widths; see `landscape.strata.landscape`.

        >>> len(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]]).landscape([1]).strata)
        3
        """
        from symbolic_cp.landscape.strata import landscape

        return landscape(self, hidden)

    @cached_property
    def gram(self) -> Gram:
        """G = X X^T, H = Y X^T and tr(Y Y^T)."""
        return gram(self.X, self.Y)

    @cached_property
    def stripped_G_pinv(self) -> Stripped:
        """(X X^T)^+ over a common denominator, not in lowest terms."""
        return stripped_pinv(self.gram.stripped_G)

    @cached_property
    def G_pinv(self) -> fmpq_mat:
        """(X X^T)^+, d0 x d0."""
        return self.stripped_G_pinv.value()

    @cached_property
    def GGp(self) -> fmpq_mat:
        """The projector X X^+ = G G^+ onto the columns of X, d0 x d0."""
        return self.gram.G * self.G_pinv

    @cached_property
    def stripped_YXp(self) -> Stripped:
        """Y X^+ over a common denominator, not in lowest terms."""
        return self.gram.stripped_H @ self.stripped_G_pinv

    @cached_property
    def YXp(self) -> fmpq_mat:
        """The least-squares map Y X^+ = H G^+, d2 x d0."""
        return self.stripped_YXp.value()

    @cached_property
    def sigma(self) -> fmpq_mat:
        """Sigma = Y X^+ X Y^T = H G^+ H^T, d2 x d2."""
        return (self.stripped_YXp @ self.gram.stripped_H.transpose()).value()

    @cached_property
    def sigma_pinv(self) -> fmpq_mat:
        """Sigma^+, d2 x d2."""
        return pinv(self.sigma)

    @cached_property
    def rank_X(self) -> int:
        """rho, the rank of X."""
        G = self.gram.stripped_G.numerator
        return integer_rank(G, G.nrows())

    @cached_property
    def _diagonalised(self) -> tuple[list[Eigenvalue], Eigenrows | None]:
        return diagonalised(self.sigma)

    @cached_property
    def eigenvalues(self) -> tuple[Eigenvalue, ...]:
        """The distinct eigenvalues of Sigma in decreasing order; 0, if it is one, last."""
        return tuple(self._diagonalised[0])

    @cached_property
    def positive(self) -> tuple[Eigenvalue, ...]:
        """The distinct positive eigenvalues sigma_1 > ... > sigma_r."""
        found = self.eigenvalues
        return found[:-1] if found and found[-1].value == 0 else found

    @cached_property
    def r(self) -> int:
        """The number r of distinct positive eigenvalues."""
        return len(self.positive)

    @cached_property
    def multiplicities(self) -> tuple[int, ...]:
        """(m_1, ..., m_r)."""
        return tuple([e.multiplicity for e in self.positive])

    @property
    def rank(self) -> int:
        """The rank of Sigma, which is that of Y X^T and m_1 + ... + m_r."""
        return sum(self.multiplicities)

    @property
    def m_bar(self) -> int:
        """The multiplicity of the eigenvalue 0."""
        return self.sigma.nrows() - self.rank

    @cached_property
    def rational(self) -> tuple[int, ...]:
        """The positions of the rational positive eigenvalues."""
        return tuple([i for i, e in enumerate(self.positive) if isinstance(e.value, fmpq)])

    @cached_property
    def eigenrows(self) -> Eigenrows:
        """Eigenvectors of Sigma for all rational positive eigenvalues; their positions are those in `rational`.

        If all eigenvalues are rational, those for 0 may follow.
        """
        if self._diagonalised[1] is not None:
            return self._diagonalised[1]
        values = [self.positive[i].value for i in self.rational]
        return rational_eigenvectors(self.sigma, cast("list[fmpq]", values))

    @cached_property
    def lines(self) -> Mapping[int, int]:
        """The row of `eigenrows` that spans the eigenspace of each simple rational positive eigenvalue, by position."""
        positions = self.rational
        simple = [self.positive[i].multiplicity == 1 for i in positions]
        return {positions[k]: row for row, k in enumerate(self.eigenrows.of) if k < len(positions) and simple[k]}

    @cached_property
    def conjugates(self) -> tuple[tuple[int, ...], ...]:
        """The positions of positive eigenvalues, grouped: those with one minimal polynomial are conjugate over Q."""
        groups: dict[str | int, list[int]] = {}
        for i, e in enumerate(self.positive):
            groups.setdefault(i if isinstance(e.value, fmpq) else str(e.minpoly), []).append(i)
        return tuple(map(tuple, groups.values()))

    def enclosure(self, index: int, bits: int) -> tuple[fmpq, fmpq]:
        """Rational bounds of sigma_index (position from 0), at most 2^-bits apart; equal if it is rational."""
        check_bits(bits)
        if not 0 <= index < self.r:
            raise InputError(f"there is no eigenvalue at position {index}; positions are 0 to {self.r - 1}")
        value = self.positive[index].value
        if isinstance(value, fmpq):
            return value, value
        known, field = self._refined.get(index, (0, value))
        if known < bits:
            field = refine(field, fmpq(1, fmpz(1) << bits))
            self._refined[index] = bits, field
        return field.interval

    @cached_property
    def _refined(self) -> dict[int, tuple[int, Field]]:
        return {}

    def check_pattern(self, pattern: object, room: int | None = None) -> tuple[int, ...]:
        """The pattern (p_1, ..., p_r, p_bar) as a tuple, admissible: 0 <= p_i <= m_i, p_bar <= m_bar, sum <= room.

        Raises InputError that says which entry does not fit.
        """
        r = self.r
        if not isinstance(pattern, tuple | list) or {*map(type, pattern)} - {int}:
            raise InputError(f"a pattern is a list of {r + 1} integers, p_1 to p_{r} and p_bar", field="pattern")
        if len(pattern) != r + 1:
            raise InputError(
                f"a pattern of {len(pattern)} numbers, but Sigma has {r} distinct positive eigenvalues: "
                f"it needs {r + 1}, one for each and p_bar for the eigenvalue 0",
                field="pattern",
            )
        for i, (p, m) in enumerate(zip(pattern, (*self.multiplicities, self.m_bar), strict=True), start=1):
            if not 0 <= p <= m:
                name, bound = (f"p_{i}", f"m_{i}") if i <= r else ("p_bar", "m_bar")
                raise InputError(f"{name} = {p} does not fit: it must lie between 0 and {bound} = {m}", field="pattern")
        if room is not None and sum(pattern) > room:
            raise InputError(
                f"the pattern has sum {sum(pattern)}, but the rank of A2 is at most {room} at these widths",
                field="pattern",
            )
        return tuple(pattern)
