"""The certificates and mutants of the tests of recheck.py, for Coq, too."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / "recheck" / "conftest.py"
spec = importlib.util.spec_from_file_location("recheck_conftest", PATH)
assert spec is not None
assert spec.loader is not None
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)
both, corpus, mutants = shared.both, shared.corpus, shared.mutants
