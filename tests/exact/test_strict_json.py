"""The JSON reader agrees with the standard library's on what both accept, and says where on what it refuses."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.source import Source, read_source
from symbolic_cp.exact.strict_json import MAX_DEPTH, Node, Number, parse

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {name: plain(item) for name, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return int(node.value) if isinstance(node.value, Number) else node.value


@given(documents, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_reads_what_the_standard_library_writes(document, ascii_only, indent):
    assert plain(parse(json.dumps(document, ensure_ascii=ascii_only, indent=indent))) == document


@given(st.text(st.sampled_from('[]{}:,"\\ \n-+.0123456789eEtrufalsn\'/#ab\x00'), max_size=30))
def test_accepts_nothing_that_the_standard_library_refuses(text):
    try:
        parse(text)
    except InputError as error:
        assert error.file == "input"
        assert error.line is not None
        assert error.column is not None
    else:
        json.loads(text)


@given(documents, st.data())
def test_every_node_knows_its_place(document, data):
    text = json.dumps(document, indent=1)
    source = Source("f", text)
    node = parse(text)
    while isinstance(node.value, dict | list) and node.value:
        node = data.draw(st.sampled_from(list(node.value.values()) if isinstance(node.value, dict) else node.value))
    line, column = source.place(node.offset)
    rest = text.split("\n")[line - 1][column - 1 :]
    assert rest.rstrip(",") == json.dumps(plain(node))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "input:1:1: this is no JSON: a JSON value is expected here, not the end of the file"),
        ("hello", 'input:1:1: this is no JSON: a JSON value is expected here, not "h"'),
        ("{'a': 1}", ("input:1:2: this is no JSON: a field name in double quotes is expected here, not \"'\" "
         "(JSON wants double quotes)")),
        ('{"a": 1 "b": 2}', 'input:1:9: this is no JSON: "," or "}" is expected here, not "\\""'),
        ('{"a" 1}', 'input:1:6: this is no JSON: ":" is expected here, not "1"'),
        ('{"a": 1,\n "a": 2}', 'input:2:2: the field "a" is there twice'),
        ('{"x": {"a": 1, "a": 2}}', 'input:1:16: x: the field "a" is there twice'),
        ("[1,\n2,\n]", "input:2:2: no comma may stand before the closing ]"),
        ("[NaN]", "input:1:2: NaN is no number; only exact numbers are read"),
        ("[-Infinity]", "input:1:2: -Infinity is no number; only exact numbers are read"),
        ("[1/2]", 'input:1:2: [1]: this is no number of JSON; a fraction is written as a string, "3/4"'),
        ("[01]", 'input:1:2: [1]: this is no number of JSON; a fraction is written as a string, "3/4"'),
        ("[1] 2", 'input:1:5: "2" stands after the end of the JSON value'),
        ('["a\nb"]', ("input:1:2: this string does not end on its line, or holds a control character "
         "or an unknown escape")),
        ('"\\ud800"', "input:1:1: half of a surrogate pair stands alone in this string"),
        ("[1] // done", 'input:1:5: "/" stands after the end of the JSON value'),
        ("[truely]", 'input:1:2: this is no JSON: a JSON value is expected here, not "t"'),
    ],
)
def test_messages(text, message):
    with pytest.raises(InputError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_nesting_is_limited():
    parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(TooLarge, match="input:1:201: nested deeper than 200 levels"):
        parse("[" * 100_000)


@pytest.mark.parametrize("text", ["[" + "7" * 10_000_000 + "]", '["' + "7" * 10_000_000 + '"]'])
def test_a_huge_number_is_refused_before_it_is_converted(text):
    start = time.perf_counter()
    with pytest.raises(TooLarge, match="at most 100,000"):
        parse(text).items()[0].rational()
    assert time.perf_counter() - start < 5


def test_the_longest_number_is_read():
    assert str(parse("[" + "7" * 100_000 + "]").items()[0].rational().p) == "7" * 100_000


def test_members_say_what_is_missing_or_meant():
    message = 'input:1:21: weihgts: unknown field "weihgts"; is "weights" meant?'
    with pytest.raises(InputError, match=re.escape(message)):
        parse('{"X": 1, "weihgts": 2}').members(["X", "weights"])
    with pytest.raises(InputError, match='input:1:1: the field "Y" is missing'):
        parse('{"X": 1}').members(["X", "Y"])


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="cannot be read: no such file or directory"):
        read_source(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read: is a directory"):
        read_source(tmp_path)
    with pytest.raises(InputError, match="cannot be read: embedded null byte"):
        read_source("a\0b")
    bad = tmp_path / "latin.json"
    bad.write_bytes(b'{"a":\n "\xe9"}')
    with pytest.raises(InputError, match="latin.json:2:3: byte 0xe9 is not UTF-8"):
        read_source(bad)
