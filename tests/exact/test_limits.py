"""No size, number of digits, precision, order or modulus reaches FLINT unchecked: it would end this process.

Functions that take such numbers are called with absurd ones. They answer, or raise an error with a message; that this
test comes to its end is what it shows. HYPOTHESIS_PROFILE=nightly draws 10,000 cases of each kind, CI 300.
"""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_mat
from hypothesis import example, given
from hypothesis import strategies as st

from symbolic_cp.exact import fields, matrices, numbers, series
from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.field_matrices import FieldMatrix
from symbolic_cp.exact.fields import GENERATOR, Field
from symbolic_cp.exact.inverses import integer_inverse
from symbolic_cp.exact.limits import check_modulus
from symbolic_cp.exact.linear import _pivots_modulo, pinv, rank, solve_affine
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_integers, draw_matrix
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.shallow import critical_point
from symbolic_cp.landscape.strata import count_strata, landscape
from symbolic_cp.networks.fieldsum import as_sum, enclose
from symbolic_cp.networks.linear import LinearNetwork

ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
IRRATIONAL = FieldMatrix(ROOT2, (fmpq_mat([[1]]), fmpq_mat([[2]])))
DATA = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])
NETWORK = LinearNetwork([[1, 0], [0, 1]], [[2, 1], [1, 1]], [[[1, 2]], [[3], [4]]])
ONE = [fmpq_mat([[1]]), fmpq_mat([[1]])]
LARGE = 10**7

CALLS = {
    "zeros": matrices.zeros,
    "eye": lambda a, _: matrices.eye(a),
    "submatrix": lambda a, b: matrices.submatrix(fmpq_mat([[1, 2]]), [a], [b]),
    "drawn": lambda a, b: draw_matrix(Random(1), a, b),
    "drawn integers": lambda a, b: draw_integers(Random(1), a, b),
    "entries": lambda a, b: FieldMatrix.from_entries(ROOT2, a, b, [GENERATOR]),
    "decimal": lambda a, _: numbers.decimal(fmpq(1, 3), a),
    "readable": lambda a, _: numbers.readable(fmpq(1, 3), a),
    "decimal of a root": lambda a, _: fields.decimal(ROOT2, GENERATOR, a % LARGE if a > 2000 else a),
    "width": lambda a, b: fields.enclosure(ROOT2, GENERATOR, fmpq(a % LARGE, b % LARGE + 1)),
    "refine": lambda a, b: fields.refine(ROOT2, fmpq(a, abs(b) + 1)),
    "entry": IRRATIONAL.entry,
    "order": lambda a, _: series.mul(ONE, ONE, order=a),
    "power": lambda a, b: numbers.rational(f"{a % 1000}e{b}"),
    "fraction": lambda a, b: numbers.rational(f"{a}/{b}"),
    "modulus": lambda a, _: _pivots_modulo(fmpz_mat([[1, 2], [2, 4]]), a),
    "balls": lambda a, _: enclose(as_sum(IRRATIONAL), a if a < 2**14 or a > 2**26 else a % 2**14),
    "eigenvalue": lambda a, b: DATA.enclosure(a, b if b < 2**14 or b > 2**26 else b % 2**14),
    "loss": lambda a, _: StratumLoss(DATA, (1, 0)).interval(a if a < 2**14 or a > 2**26 else a % 2**14),
    "pattern": lambda a, b: DATA.check_pattern([a, b, 0], 2),
    "pattern in a layer": lambda a, b: DATA.check_pattern([1, 0, 0], a) and DATA.check_pattern([1, 1, b]),
    "point": lambda a, b: critical_point(DATA, min(a, 50) if a < LARGE else a, (b, 0, 0)),
    "landscape": lambda a, b: landscape(DATA, [a, b]),
    "strata": lambda a, b: count_strata(DATA, [a, b]),
    "chain": NETWORK.chain,
    "expansion": lambda a, _: NETWORK.product_along([[[1, 1]], [[1], [1]]], order=a),
    "step": lambda a, b: NETWORK.moved([[[1, 1]], [[1], [1]]], fmpq(a, abs(b) + 1)).loss,
}

absurd = st.one_of(
    st.integers(-3, 5),
    st.integers(-100, 100),
    st.integers(-(2**70), 2**70),
    st.sampled_from([s * (2**k + d) for s in (1, -1) for k in (15, 26, 31, 32, 53, 62, 63, 64) for d in (-1, 0, 1)]),
    st.sampled_from([10**k for k in (4, 6, 7, 9, 12, 30, 1000)]),
)


def tried(name, a, b):
    """Call it; what it raises says something."""
    try:
        CALLS[name](a, b)
    except (InputError, IndexError) as error:
        assert str(error)


@given(st.sampled_from(sorted(CALLS)), absurd, absurd)
@example("zeros", -1, -1)
@example("entries", -1, -1)
@example("eye", -1, 0)
@example("eye", 10**12, 0)
@example("modulus", 4, 0)
@example("balls", 10**12, 0)
@example("eigenvalue", 0, 10**12)
@example("decimal", 10**12, 0)
@example("power", 1, 10**12)
@example("point", 10**9, 1)
def test_absurd_numbers_are_answered(name, a, b):
    tried(name, a, b)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_function_is_called_with_the_worst(name):
    for a in (0, -1, -(2**63), 2**63, 2**64, 10**30):
        for b in (0, 1, -1, 2**63, 10**30):
            tried(name, a, b)


shapes = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(shapes, shapes, st.randoms(use_true_random=False))
def test_shapes_that_do_not_fit_are_refused(first, second, rng):
    """Products and systems of any two shapes: an answer of the right shape, or a message."""
    A, B = draw_integers(rng, *first), draw_integers(rng, *second)
    assert (pinv(A).nrows(), pinv(A).ncols()) == first[::-1]
    assert rank(A) <= min(first)
    for action in (
        lambda: matrices.hstack(A, B),
        lambda: matrices.vstack(A, B),
        lambda: solve_affine(A, B),
        lambda: LinearNetwork(A, B, [A, B]).loss,
        lambda: LinearNetwork(A, B, [A, B]).is_critical(),
        lambda: DataSpectrum(A, B).positive,
        lambda: FieldMatrix(ROOT2, (A, B)),
        lambda: FieldMatrix(ROOT2, (A,)) @ FieldMatrix(ROOT2, (B,)),
        lambda: matrices.trace(A),
        lambda: series.mul([A], [B]),
        lambda: series.add([A], [B]),
    ):
        try:
            action()
        except InputError as error:
            assert str(error)


@pytest.mark.parametrize("modulus", [0, 1, -7, 4, 6, 2**61 - 2, 2**63, 2**63 + 29, 10**30 + 57])
def test_moduli_that_are_no_primes_or_too_large(modulus):
    with pytest.raises(InputError, match="modulo a prime below 2\\^63"):
        check_modulus(modulus)


@pytest.mark.parametrize("prime", [2, 3, 2**61 - 1])
def test_primes_are_fine(prime):
    check_modulus(prime)
    assert _pivots_modulo(fmpz_mat([[1, 0], [0, 1]]), prime) == ([0, 1], [0, 1])


def test_what_the_messages_say():
    with pytest.raises(InputError, match="a matrix cannot be -1 x 2; sizes are not negative"):
        matrices.zeros(-1, 2)
    with pytest.raises(TooLarge, match="a 100000 x 100000 matrix; at most 10,000,000 entries are held"):
        matrices.zeros(10**5, 10**5)
    with pytest.raises(TooLarge, match="a precision of 1,000,000,000,000 bits; at most"):
        DATA.enclosure(0, 10**12)
    with pytest.raises(InputError, match="there is no eigenvalue at position 5; positions are 0 to 1"):
        DATA.enclosure(5, 10)
    with pytest.raises(TooLarge, match="1,000,000,000 digits; at most 100,000 are printed"):
        numbers.decimal(fmpq(1, 3), 10**9)


def test_singular_matrices_have_no_inverse():
    with pytest.raises(ZeroDivisionError, match="singular"):
        integer_inverse(fmpz_mat([[1, 2], [2, 4]]))
