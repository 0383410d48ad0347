"""The JSON Schema of certificates, held against real ones and against files that are none."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator
from paper_book import BOOK

from symbolic_cp import recheck
from symbolic_cp.kernel.logic import RULES
from symbolic_cp.prover.certificate import write, write_feasible, write_infeasible
from symbolic_cp.prover.systems import Constraint


@pytest.fixture(scope="module")
def schema():
    return json.loads(files("symbolic_cp.kernel").joinpath("certificate.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_corpus_has_this_form(validator, corpus):
    for name, data in corpus.items():
        assert [error.message for error in validator.iter_errors(data)] == [], name


def test_proofs_of_the_book_have_this_form(validator):
    book = BOOK
    for name in book.ids(hidden=True)[:5]:
        assert validator.is_valid(json.loads(json.dumps(write(book.theorem(name), name))))


def test_critical_points_have_this_form(validator):
    head = {"format": "symbolic-cp certificate", "version": 1, "kind": "critical-point", "name": "point"}
    field = {"minpoly": [-2, 0, 1], "interval": [1, "3/2"], "decimal": "1.414"}
    point = {**head, "X": [[1]], "Y": {"field": field, "entries": [[[0, "1/1"]]]}, "weights": [[["1/2"]], [["-2"]]]}
    assert validator.is_valid(point)
    assert not validator.is_valid(point | {"weights": []})
    assert not validator.is_valid(point | {"X": [["0.5"]]})


def test_systems_of_inequalities_have_this_form(validator):
    system = [Constraint([1, Fraction(1, 2)], ">=", 2), Constraint([-1, 0], ">", 3)]
    for data in (write_infeasible(["x", "y"], system, [1, 2, 3], "s"), write_feasible(["x", "y"], system, [1, 0], "s")):
        assert validator.is_valid(data)
        assert not validator.is_valid(data | {"constraints": [[[1, 1], "=", 0]]})
        assert not validator.is_valid(data | {"variables": ["#0", "y"]})


def test_it_knows_every_rule(schema):
    known = [form["prefixItems"][0]["const"] for form in schema["$defs"]["line"]["anyOf"]]
    assert sorted(known) == sorted(RULES)


def test_what_has_another_form_is_refused_by_the_checker(root, validator):
    """The schema is laxer than the checkers, never stricter: 1.0 is an integer for JSON Schema."""
    refused = 0
    for path in sorted((root / "tests/bad/certificates").glob("*.cert.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if not validator.is_valid(data):
            refused += 1
            assert not recheck.check(path.read_bytes())["ok"]
    assert refused > 30


def test_mutants_that_are_accepted_have_this_form(validator, corpus, mutants):
    for name in ("gram-matrix-zero", "sum-of-numbers", "layers-not-conformal"):
        for _, mutant in mutants.mutants(corpus[name], 60, name):
            if recheck.check(json.dumps(mutant).encode())["ok"]:
                assert validator.is_valid(mutant)
