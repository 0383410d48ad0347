"""Real algebraic numbers: exact signs and order, against mpmath's intervals and against SymPy."""

from __future__ import annotations

import json

import mpmath
import pytest
from flint import fmpq, fmpq_poly
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import iv

from symbolic_cp.exact.algebraic import (
    GENERATOR,
    Field,
    compare,
    decimal,
    enclosure,
    inverse,
    readable,
    reduced,
    refine,
    sign,
)
from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.numbers import rational
from symbolic_cp.exact.polynomials import isolate

ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
MINUS_ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(-2), fmpq(-1)))
COSINE = Field(fmpq_poly([1, -2, -1, 1]), (fmpq(9, 5), fmpq(2)))  # 2 cos(pi/7)


@st.composite
def fields(draw):
    f = fmpq_poly(draw(st.lists(st.integers(-20, 20), min_size=3, max_size=6)))
    assume(f.degree() >= 2)
    factors = [g for g, _ in f.factor(monic=True)[1] if g.degree() >= 2]
    roots = [Field(g, interval) for g in factors for interval in isolate(g)]
    assume(roots)
    return draw(st.sampled_from(roots))


ELEMENTS = st.lists(st.builds(fmpq, st.integers(-50, 50), st.integers(1, 9)), max_size=6).map(fmpq_poly)


def outward(q):
    return iv.mpf(int(q.p)) / iv.mpf(int(q.q))


def by_intervals(field, element):
    """The element in mpmath's interval arithmetic, over a very narrow interval for lambda."""
    low, high = refine(field, fmpq(1, 2**300)).interval
    t = iv.mpf([outward(low).a, outward(high).b])
    value = iv.mpf(0)
    for coefficient in reversed(element.coeffs()):
        value = value * t + outward(coefficient)
    return value


@given(fields(), ELEMENTS)
def test_signs_agree_with_mpmath_intervals(field, element):
    with mpmath.workprec(400):
        iv.prec = 400
        value = by_intervals(field, element)
        found = sign(field, element)
        if not reduced(field, element):
            assert found == 0
            assert 0 in value
        else:
            assert found == (1 if value > 0 else -1)
            assert 0 not in value


@given(fields(), ELEMENTS, ELEMENTS)
def test_signs_multiply(field, a, b):
    assert sign(field, a * b) == sign(field, a) * sign(field, b)
    assert sign(field, -a) == -sign(field, a)


@given(fields(), ELEMENTS)
def test_inverses_multiply_to_one(field, element):
    if reduced(field, element):
        assert reduced(field, inverse(field, element) * element) == 1
    else:
        with pytest.raises(ZeroDivisionError):
            inverse(field, element)


@given(fields(), ELEMENTS, st.integers(0, 100))
def test_enclosures_are_narrow_and_right(field, element, bits):
    width = fmpq(1, 2**bits)
    low, high = enclosure(field, element, width)
    assert 0 <= high - low <= width
    assert sign(field, element - low) >= 0 >= sign(field, element - high)


@given(fields(), fields())
def test_order_agrees_with_decimals(a, b):
    with mpmath.workdps(80):
        values = [mpmath.mpf(decimal(field, GENERATOR, 70)) for field in (a, b)]
        expected = int(values[0] > values[1]) - int(values[0] < values[1])
    assert compare(a, b) == -compare(b, a) == expected
    assert (a == b) == (expected == 0)
    if a == b:
        assert hash(a) == hash(b)


@given(fields(), st.builds(fmpq, st.integers(-99, 99), st.integers(1, 20)))
def test_order_against_rationals(field, q):
    assert compare(field, q) == -compare(q, field) == sign(field, GENERATOR - q) != 0


def test_order_of_rationals():
    assert [compare(fmpq(1), fmpq(k)) for k in (0, 1, 2)] == [1, 0, -1]


def test_the_same_root_in_different_intervals_is_the_same_field():
    other = Field(ROOT2.minpoly, (fmpq(7, 5), fmpq(10)))
    assert ROOT2 == other
    assert compare(ROOT2, other) == 0
    assert refine(ROOT2, fmpq(1, 10**30)) == other
    assert ROOT2 != MINUS_ROOT2
    assert ROOT2 != "root 2"


def test_numbers_that_agree_in_twenty_digits_are_told_apart():
    """sqrt(2) and the fraction, and the square root, that share twenty and more digits with it."""
    near = refine(ROOT2, fmpq(1, 10**25)).interval[0]
    assert compare(ROOT2, near) == 1
    square = near * near
    neighbour = Field(fmpq_poly([-square - fmpq(1, 10**40), 0, 1]), (fmpq(1), fmpq(2)))
    assert compare(neighbour, ROOT2) == -1


@pytest.mark.parametrize(
    ("coefficients", "ends"),
    [
        ([-2, 0, 1], (2, 1)),
        ([-2, 0, 1], (1, 1)),
        ([-2, 0, 1], (3, 4)),
        ([-2, 0, 1], (-2, 2)),
        ([-2, 0, 2], (1, 2)),
        ([-2, 1], (1, 3)),
        ([], (0, 1)),
    ],
)
def test_fields_without_an_isolated_root_are_refused(coefficients, ends):
    with pytest.raises(InputError):
        Field(fmpq_poly(coefficients), (fmpq(ends[0]), fmpq(ends[1])))


@given(fields())
def test_json_and_back(field):
    data = json.loads(json.dumps(field.to_json()))
    assert Field.from_json(data) == field
    shown = rational(data["decimal"])
    error, allowed = GENERATOR - shown, abs(shown) / 10**16
    assert sign(field, error - allowed) == sign(field, -error - allowed) == -1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (5, 'lambda: an algebraic number is written {"minpoly": [...], "interval": [a, b]}'),
        (
            {"minpoly": [1, 1]},
            'lambda: an algebraic number is written {"minpoly": [...], "interval": [a, b]}',
        ),
        (
            {"minpoly": [-2, 0, 1], "interval": [1, 2], "value": 1},
            'lambda: an algebraic number is written {"minpoly": [...], "interval": [a, b]}',
        ),
        ({"minpoly": 5, "interval": [1, 2]}, "lambda.minpoly: a list of numbers belongs here"),
        (
            {"minpoly": [-2, 0, 1], "interval": [1]},
            "lambda.interval: an interval is written [a, b], with two numbers",
        ),
        (
            {"minpoly": [-2, 0, 1], "interval": ["1/0", 2]},
            "lambda.interval[1]: the denominator of 1/0 is zero",
        ),
        (
            {"minpoly": [-2, 0, 1], "interval": [-2, 2]},
            "lambda.interval: [-2, 2] does not hold exactly one root of x^2 - 2; its real roots lie in: "
            "[-14143/10000, -7071/5000], [7071/5000, 14143/10000]",
        ),
        (
            {"minpoly": [1, 0, 1], "interval": [-2, 2]},
            "lambda.interval: [-2, 2] does not hold exactly one root of x^2 + 1; its real roots lie in: none",
        ),
    ],
)
def test_wrong_numbers_are_refused_with_the_place(data, message):
    with pytest.raises(InputError) as caught:
        Field.from_json(data, field="lambda")
    assert caught.value.located() == message


@pytest.mark.parametrize("minpoly", [[-4, 0, 1], [-2, 1], [4, 0, -4, 0, 1], [3], [], [0], [0, 0, 1]])
def test_reducible_polynomials_are_refused(minpoly):
    with pytest.raises(InputError, match="not irreducible"):
        Field.from_json({"minpoly": minpoly, "interval": [0, 3]})


def test_huge_degrees_are_refused_before_they_are_factored():
    with pytest.raises(TooLarge, match="degree above 128"):
        Field.from_json({"minpoly": [1] * 130, "interval": [0, 1]})


@pytest.mark.parametrize("width", [0, -1])
def test_intervals_are_not_refined_to_nothing(width):
    with pytest.raises(InputError, match="a positive one is needed"):
        refine(ROOT2, fmpq(width))


def test_numbers_for_people():
    assert str(COSINE) == "1.8019 (root of x^3 - x^2 - 2*x + 1)"
    assert readable(COSINE, GENERATOR**2 - 2) == (
        "1.247 (a^2 - 2 for the root a = 1.8019 of x^3 - x^2 - 2*x + 1)"
    )
    assert readable(COSINE, fmpq_poly([fmpq(1, 2)])) == "1/2 (0.5)"
    assert readable(COSINE, fmpq_poly([])) == "0"


@given(fields(), ELEMENTS, st.integers(1, 40))
def test_decimals_are_correctly_rounded(field, element, digits):
    with mpmath.workdps(120):
        iv.dps = 120
        exact = by_intervals(field, element).mid
        shown = mpmath.mpf(decimal(field, element, digits))
        assert (
            abs(shown - exact) <= abs(exact) * mpmath.mpf(10) ** (1 - digits) * 0.5001 + mpmath.mpf(10) ** -80
        )
