"""The lock: what it records, what it notices, how it is written and read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.book.audit import audit
from symbolic_cp.book.book import Book
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.lock import Locked, differences, locks, read_lock, sorting, text, write_lock
from symbolic_cp.book.verdict import Record
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.formulas import (
    NAT,
    And,
    Falsum,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import literal, nat, symbol


@pytest.fixture
def checked(make):
    """Audit scripts given as text; their records."""

    def _checked(**scripts):
        report = audit(Book(make(**scripts)), twice=False)
        return [*report.records, *report.lemmas]

    return _checked


def said(old, new):
    return [str(one) for one in differences(locks(old), new)]


def test_nothing_changed(checked, texts):
    assert said(checked(wrong=texts.repaired), checked(wrong=texts.repaired)) == []


def test_names_of_bound_variables_and_spaces_change_nothing(checked, texts):
    other = texts.proved.replace('A, B = s.matrices("A: n x n, B: n x n")', 'A, B = s.matrices("P: k x k, Q: k x k")')
    other = other.replace('s.dims("n")', 's.dims("k")')
    assert said(checked(commute=texts.proved), checked(commute=other)) == []


def test_a_changed_statement_is_noticed(checked, texts):
    before = checked(commute=texts.proved)
    after = checked(commute=texts.proved.replace("A @ A @ B == B @ A @ A", "A @ B @ B == B @ B @ A"))
    found = differences(locks(before), after)
    assert [(one.id, one.what) for one in found] == [("commute.1", "statement"), ("eq-7", "statement")]
    assert "A*B = B*A -> A*B*B = B*B*A" in str(found[0])


def test_a_weaker_statement_is_noticed(checked, texts):
    """One hypothesis more, and the claim is another one, though it prints almost alike and is proved as before."""
    weaker = texts.proved.replace("    first = s.step", "    s.given(A @ A == 0)\n    first = s.step")
    found = differences(locks(checked(commute=texts.proved)), checked(commute=weaker))
    assert [(one.id, one.what) for one in found] == [("commute", "statement"), ("eq-8", "statement")]


def test_a_changed_verdict_is_noticed(checked, texts):
    broken = texts.proved.replace("by=[same]", "by=[]", 1)
    found = said(checked(commute=texts.proved), checked(commute=broken))
    assert "commute.1: the verdict was proved and is open" in found
    assert "commute: the verdict was proved and is open" in found


ROOT = """
from symbolic_cp.kernel.logic import and_right

@statement("root", "Something")
def root(s):
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    plain = s.have(A == A)
    (B,), known = s.obtain(from_fact("pinv").at(A=A), "B")
    s.conclude(A == A, by=plain)
"""


def test_a_new_fact_beneath_is_noticed(checked):
    """The same statement, by a detour."""
    detour = ROOT.replace("by=plain", "by=Known(and_right(both(known, plain).theorem))")
    assert said(checked(root=ROOT), checked(root=detour)) == ["root: the list of facts was none and is pinv"]


def test_ids_that_come_and_go_are_noticed(checked, texts):
    one, both = checked(commute=texts.proved), checked(commute=texts.proved, wrong=texts.repaired)
    new = ["wrong", "wrong.1", "wrong.1.repair", "wrong.2", "wrong.3"]
    assert sorted(said(one, both)) == [f"{name} is new" for name in new]
    assert sorted(said(both, one)) == [f"{name} is gone" for name in new]
    assert differences(locks(both), one, whole=False) == []


def test_one_record_a_line_sorted_naturally(checked, texts, tmp_path):
    records = checked(commute=texts.proved, wrong=texts.repaired)
    write_lock(tmp_path, locks(records))
    lines = (tmp_path / "book.lock").read_text().splitlines()
    names = [json.loads("{" + line.rstrip(",") + "}") for line in lines[1:-1]]
    assert [name for (name,) in names] == sorted(locks(records), key=sorting)
    assert read_lock(tmp_path) == locks(records)
    assert read_lock(tmp_path / "elsewhere") is None


FINGERPRINTS = st.text("0123456789abcdef", min_size=64, max_size=64)
ENTRIES = st.builds(
    Locked,
    st.sampled_from(["proved", "refuted", "repaired", "instances", "open", None]),
    st.none() | FINGERPRINTS,
    st.lists(st.sampled_from(["pinv", "split"])).map(tuple),
)


@given(st.dictionaries(st.text(min_size=1).filter(str.isprintable), ENTRIES))
def test_a_lock_is_read_as_it_was_written(tmp_path_factory, locked):
    folder = tmp_path_factory.mktemp("lock")
    write_lock(folder, locked)
    assert read_lock(folder) == locked


def entry(record):
    return f'{{"version": 1, "records": {{"a": {record}}}}}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "this is no JSON"),
        ("[]", "an object"),
        ('{"version": 1}', 'the field "records" is missing'),
        ('{"version": 2, "records": {}}', "locks of version 1 are read"),
        (entry('{"verdict": "true", "statement": null, "facts": []}'), "there is no verdict"),
        (entry('{"verdict": null, "statement": "ab", "facts": []}'), "64 hexadecimal digits"),
        (entry('{"verdict": null, "statement": null}'), 'the field "facts" is missing'),
    ],
)
def test_a_lock_that_is_none(tmp_path, content, message):
    (tmp_path / "book.lock").write_text(content)
    with pytest.raises(InputError, match=message) as raised:
        read_lock(tmp_path)
    assert raised.value.file == str(tmp_path / "book.lock")


def test_text_ends_with_a_newline_even_without_records():
    assert text({}) == '{"version": 1, "records": {}}\n'


# -------------------------------------------------------------------------------------------------------- fingerprints

A = at(Variable("A", matrix_sort("n", "n")))
ATOMS = [
    equal(A, 0), equal(A, A.T), equal(A @ A, A), at_least(symbol("s"), 0), greater(symbol("s"), 0), Falsum(),
    equal(A, literal([[1]])) if A.shape == literal([[1]]).shape else equal(symbol("s"), 1), at_least(nat("n"), 1),
    equal(symbol("s"), symbol("s") * symbol("s")), equal(2 * symbol("s"), symbol("t")),
]


def compound(inner):
    def bound(kind, name, body):
        return kind(Variable(name, NAT), body)

    return (
        st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Implies, inner, inner)
        | st.builds(bound, st.sampled_from([for_all, exists]), st.sampled_from(["i", "j"]), inner)
    )


FORMULAS = st.recursive(st.sampled_from(ATOMS), compound, max_leaves=6)


@given(FORMULAS, FORMULAS)
def test_fingerprints_agree_exactly_when_the_kernel_says_equal(first, second):
    assert (fingerprint(first) == fingerprint(second)) == (first == second)


def test_a_record_without_a_statement_has_no_fingerprint():
    assert Record("def-x", "", "definition", None, None).fingerprint is None
