"""Errors carry their place."""

from __future__ import annotations

import pytest

from symbolic_cp.exact.errors import InputError, TooLarge, Undecided


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, "wrong"),
        ({"file": "a.json"}, "a.json: wrong"),
        ({"file": "a.json", "line": 3}, "a.json:3: wrong"),
        ({"file": "a.json", "line": 3, "column": 7}, "a.json:3:7: wrong"),
        ({"field": "X[1][2]"}, "X[1][2]: wrong"),
        ({"file": "a.json", "line": 3, "column": 7, "field": "X[1][2]"}, "a.json:3:7: X[1][2]: wrong"),
    ],
)
def test_located_shows_what_is_known(place, text):
    error = InputError("wrong", **place)
    assert error.located() == str(error) == text
    assert error.message == "wrong"


def test_at_fills_gaps_and_keeps_class_and_what_is_known():
    error = TooLarge("wrong", field="X").at(file="a.json", line=1, field="Y")
    assert isinstance(error, TooLarge)
    assert error.located() == "a.json:1: X: wrong"


def test_the_undecided_is_no_input_error():
    assert not issubclass(Undecided, ValueError)
    assert issubclass(TooLarge, InputError)
    assert issubclass(InputError, ValueError)
