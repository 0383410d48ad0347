"""The data sets are what their script writes, and the script writes decimals as they were printed."""

from __future__ import annotations

import importlib.util
import sys

import pytest


@pytest.fixture
def script(root, monkeypatch, tmp_path):
    """examples/data/write.py as a module that writes into a temporary folder."""
    pytest.importorskip("sklearn", reason="scikit-learn writes the data sets and is no dependency")
    spec = importlib.util.spec_from_file_location("write", root / "examples/data/write.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "write", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    return module


def test_the_script_writes_the_files_that_are_there(script, root, tmp_path):
    script.main()
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in (root / "examples/data").glob("*.csv")}


def test_decimals_are_plain(script):
    assert [script.plain(x) for x in (5.0, 0.1, 6e-05, 1.5e-07, -2.5)] == ["5", "0.1", "0.00006", "0.00000015", "-2.5"]
