"""Several theorems in one file for Coq: what is in it, in which order, and what becomes of refused ones."""

from __future__ import annotations

import threading

import pytest

from symbolic_cp.coq.export import export, export_fact
from symbolic_cp.coq.units import LARGEST, UNITS, in_units, part, unit_text
from symbolic_cp.kernel.facts import fact

LOADS = "From Coq Require Import BinInt.\nFrom SymbolicCP Require Import Terms.\n"
OTHER = "From Coq Require Import BinInt.\nFrom SymbolicCP Require Import Facts.\n"


def made(name, *cites, loads=LOADS):
    cited = f"From SymbolicCP.Book Require {' '.join(cites)}.\n" if cites else ""
    text = f"(* {name}. From A Require B. *)\n{loads}{cited}Set Implicit Arguments. Unset X.\nTheorem {name} : True.\n"
    return part(name, text, cites)


def run(parts, refuse=(), at_once=1):
    """The unit of each theorem, and the texts of the units in the order in which they were compiled."""
    texts, lock = {}, threading.Lock()

    def compiled(name, text):
        with lock:
            texts[name] = text
        return not any(f"Module {one}." in text for one in refuse)

    told = []
    found = in_units({one.module: one for one in parts}, compiled, at_once, told.append)
    assert told == sorted(told)
    assert told[-1] == len(found)
    return found, texts


def test_a_unit_is_the_text_of_its_files_without_what_they_load():
    text = unit_text([made("a"), made("b", "a", "z")], ["Unit_1", "Unit_2"])
    assert text == (
        f"{LOADS}From {UNITS} Require Import Unit_1 Unit_2.\n\n"
        "Module a.\n(* a. From A Require B. *)\nSet Implicit Arguments. Unset X.\nTheorem a : True.\n\nEnd a.\n\n"
        "Module b.\n(* b. From A Require B. *)\nSet Implicit Arguments. Unset X.\nTheorem b : True.\n\nEnd b.\n"
    )


def test_only_lines_that_load_are_left_out_of_exported_files():
    for name, text in (("fact-pinv", export_fact("pinv")), ("x", export(fact("split"), "x"))):
        found = part("m", text, ())
        assert len(found.loads.splitlines()) == 3
        left = [line for line in text.splitlines() if line not in found.text.splitlines()]
        assert [line for line in left if line not in found.loads.splitlines()] == (
            [] if name == "fact-pinv" else ["From SymbolicCP.Book Require fact_split."]
        )


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_each_is_compiled_once_and_after_what_it_cites(at_once):
    parts = [made(f"t{i}", *[f"t{j}" for j in {i // 2, i - 5} if 0 <= j < i]) for i in range(60)]
    found, texts = run(parts, at_once=at_once)
    assert set(found) == {one.module for one in parts}
    for one in parts:
        assert [name for name, text in texts.items() if f"Module {one.module}." in text] == [found[one.module]]
        for cited in one.cites:
            same = found[cited] == found[one.module]
            text = texts[found[one.module]]
            assert text.index(f"Module {cited}.") < text.index(f"Module {one.module}.") if same else True
            assert same or f" {found[cited]}" in text.partition("Module")[0]
    assert all(text.count("\nModule ") <= LARGEST for text in texts.values())
    assert len(texts) < len(parts) / 2


def test_what_loads_something_else_is_in_another_unit():
    found, texts = run([made("a"), made("b", loads=OTHER), made("c"), made("d", "b", loads=OTHER)])
    assert found["a"] == found["c"] != found["b"] == found["d"]
    assert len(texts) == 2


def test_refused_ones_and_what_cites_them_have_no_unit():
    beside = [made("b", loads=OTHER), made("g", loads=OTHER)]
    parts = [made("a"), *beside, made("c", "b"), made("d", "c"), made("e"), made("f", "missing")]
    found, texts = run(parts, refuse=["b"])
    assert set(found) == {"a", "e"}
    assert any("Module b." in text and "Module g." in text for text in texts.values())
    assert not any("Module c." in text or "Module f." in text for text in texts.values())
