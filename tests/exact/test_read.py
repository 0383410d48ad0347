"""Instances and points as JSON: what is read, and where and why anything else is refused."""

from __future__ import annotations

import json

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import rows_as_json
from symbolic_cp.exact.read import algebraic, any_matrix, letters, matrix, read_instance, read_point
from symbolic_cp.exact.strict_json import parse

POINT = {"X": [[1, 0], [0, 1]], "Y": [[2, "1/3"]], "weights": [[[1, 2]], [["-1/2"]]]}


def file(tmp_path, document):
    path = tmp_path / "p.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(st.fractions(), min_size=n, max_size=n), min_size=1)))
def test_a_matrix_comes_back_as_it_was_written(rows):
    M = fmpq_mat(len(rows), len(rows[0]), [fmpq(q.numerator, q.denominator) for row in rows for q in row])
    assert matrix(parse(json.dumps(rows_as_json(M)))) == M


def test_a_point(tmp_path):
    point = read_point(file(tmp_path, POINT))
    assert point.activation == "linear"
    assert [rows_as_json(A) for A in point.weights] == [[[1, 2]], [["-1/2"]]]
    assert rows_as_json(point.Y) == [[2, "1/3"]]


def test_decimals_are_exact_and_asked_for(tmp_path):
    path = file(tmp_path, '{"X": [[0.1]], "Y": [[1e-1]]}')
    with pytest.raises(InputError, match=r"p.json:1:9: X\[1\]\[1\]: 0.1 is a float; write the exact number"):
        read_instance(path)
    data = read_instance(path, decimals=True)
    assert data.X[0, 0] == data.Y[0, 0] == fmpq(1, 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Y": [[1]]}, "Y: X is 2 x 2 and Y is 1 x 1; they need equally many columns, a column a sample"),
        ({"weights": []}, "weights: there are no layers; a network has at least two, A1 and A2"),
        ({"weights": [[[1, 2]]]}, "weights: there is one layer; a network has at least two, A1 and A2"),
        ({"weights": [[[1, 2]], [[1, 2]]]},
         "weights[2]: A2 is 1 x 2 and A1 is 1 x 2; A2 needs as many columns as A1 has rows"),
        ({"weights": [[[1]], [[1]]]}, "weights[1]: A1 is 1 x 1 and X is 2 x 2; A1 needs as many columns as X has rows"),
        ({"weights": [[[1, 2]], [[3], [4]]]}, "weights[2]: A2 is 2 x 1 and Y is 1 x 2; they need equally many rows"),
        ({"weights": {"A1": [[1]]}}, "weights: this is an object; a list […] is expected"),
        ({"activation": "tanh"}, 'activation: there is no activation "tanh"; there are "linear" and "relu"'),
        ({"activation": 1}, "activation: this is a number; a string is expected"),
        ({"weight": 1}, 'weight: unknown field "weight"; is "weights" meant?'),
        ({"X": [[1, 2], [3]]},
         "X[2]: this row has length 1 and the first row has length 2; the rows of a matrix are equally long"),
        ({"X": []}, "X: this matrix has no rows; a matrix is a list of rows, [[1, 2], [3, 4]]"),
        ({"X": [[]]}, "X[1]: this row is empty; a row has at least one number"),
        ({"X": [1, 2]}, "X[1]: this is a number; a row, a list of numbers, is expected: [[1, 2], [3, 4]]"),
        ({"X": [["1/0"]]}, "X[1][1]: the denominator of 1/0 is zero"),
        ({"X": [[None]]}, 'X[1][1]: this is null; an exact number is expected, such as 3, "3/4" or "0.75"'),
        ({"X": [[True]]}, 'X[1][1]: this is a truth value; an exact number is expected, such as 3, "3/4" or "0.75"'),
    ],
)
def test_messages(tmp_path, change, message):
    with pytest.raises(InputError) as caught:
        read_point(file(tmp_path, POINT | change))
    place, said = str(caught.value).split(": ", 1)
    assert said == message
    assert place.startswith(str(tmp_path / "p.json:1:"))


def test_letters_have_names():
    assert letters(parse('{"s": "1/2", "A_1": [[3]]}')) == {"s": fmpq(1, 2), "A_1": fmpq_mat([[3]])}
    with pytest.raises(InputError, match='"2x" is no name of a letter'):
        letters(parse('{"2x": 1}'))


@pytest.mark.parametrize(
    "text", ["__import__('os').system('true')", "2**3", "1_000", "0x10", "1/2/3", "", "ⅷ", "1e99999999"]
)
def test_text_that_is_no_number_is_never_evaluated(text):
    with pytest.raises(InputError):
        matrix(parse(json.dumps([[text]])))


ROOT2 = {"minpoly": [-2, 0, 1], "interval": [1, "3/2"], "decimal": "1.414"}


def test_matrices_over_fields():
    M = any_matrix(parse(json.dumps({"field": ROOT2, "entries": [[[1], [0, "1/2"]], [[], [3, 4]]]})))
    assert M.field == algebraic(parse(json.dumps(ROOT2)))
    assert [str(M.entry(i, j)) for i in (0, 1) for j in (0, 1)] == ["1", "1/2*x", "0", "4*x + 3"]


def test_sums_over_several_fields(tmp_path):
    root3 = ROOT2 | {"minpoly": [-3, 0, 1], "interval": [1, 2]}
    A1 = {"sum": [[[1, 2]], *({"field": f, "entries": [[[0, 1], [0]]]} for f in (ROOT2, root3))]}
    point = read_point(file(tmp_path, POINT | {"weights": [A1, [["-1/2"]]]}))
    assert (point.weights[0].nrows(), point.weights[0].ncols(), len(point.weights[0].parts)) == (1, 2, 2)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"field": ROOT2 | {"minpoly": [-4, 0, 1]}, "entries": [[[1]]]},
         "field.minpoly: this polynomial is not irreducible of degree 2 or more over the rational numbers"),
        ({"field": ROOT2 | {"interval": [-2, 2]}, "entries": [[[1]]]},
         "field.interval: [-2, 2] does not hold exactly one root of x^2 - 2"),
        ({"field": ROOT2 | {"interval": [1]}, "entries": [[[1]]]}, "field.interval: an interval is written [a, b]"),
        ({"field": ROOT2 | {"minpoly": [-2, 0, 1.0]}, "entries": [[[1]]]}, "field.minpoly[3]: 1.0 is a float"),
        ({"field": ROOT2 | {"root": 1}, "entries": [[[1]]]}, 'field.root: unknown field "root"'),
        ({"field": ROOT2, "entries": [[[1, 2, 3]]]},
         "entries[1][1]: 3 coefficients, but lambda has degree 2; at most 2 are needed"),
        ({"field": ROOT2, "entries": [[1]]}, "entries[1][1]: this is a number; a list […] is expected"),
        ({"field": ROOT2, "entries": [[[1]], []]}, "entries[2]: this row is empty"),
        ({"field": ROOT2}, 'the field "entries" is missing'),
        ({"sum": []}, "this sum is empty; it starts with a matrix over Q"),
        ({"sum": [[[1]], {"field": ROOT2, "entries": [[[1], [2]]]}]},
         "sum[2]: this term is 1 x 2 and the first is 1 x 1; they must be alike"),
        ({"sum": [[[1]], *[{"field": ROOT2, "entries": [[[0, 1]]]}] * 2]}, "sum[3]: two terms are over the same field"),
    ],
)
def test_messages_over_fields(document, message):
    with pytest.raises(InputError) as caught:
        any_matrix(parse(json.dumps(document)))
    error = caught.value
    assert f"{error.field}: {error.message}".removeprefix("None: ").startswith(message)
    assert error.line == 1
    assert error.column is not None
