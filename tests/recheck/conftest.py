"""What the tests of the second checker share: certificates, their mutants, and both checkers asked at once."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from symbolic_cp import recheck
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.prover.certificate import Checked, replay, write_counterexample

HERE = Path(__file__).resolve().parent


def loaded(path: Path) -> ModuleType:
    """A helper beside the tests, which are no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Both:
    """The two checkers, asked about one certificate."""

    def kernel(self, data: Any) -> Checked | None:
        """What the kernel establishes, or None."""
        try:
            return replay(json.loads(json.dumps(data)))
        except KernelError:
            return None

    def recheck(self, data: Any) -> dict[str, Any]:
        """What recheck.py says."""
        return recheck.check(json.dumps(data).encode())

    def statement(self, data: Any, store: recheck.Store) -> int:
        """The statement of a certificate, as a node of a store of recheck.py."""
        return recheck.Reader(store, data).tables["formulas"][data["statement"]]

    def say_the_same(self, data: Any) -> Checked | None:
        """Assert that both accept, and the same statement on the same facts, or both refuse; what is established."""
        checked, report = self.kernel(data), self.recheck(data)
        assert report["code"] in (0, 1, 2), report["message"]
        assert report["ok"] == (checked is not None), report["message"]
        if checked is not None:
            store = recheck.Store()
            written = json.loads(json.dumps(write_counterexample(checked.statement, [], "statement")))
            if "nats" in data:
                assert self.statement(data, store) == self.statement(written, store)
            else:
                assert report["statement"] == recheck.show(store, self.statement(written, store))
            assert report.get("facts", []) == sorted(checked.facts)
        return checked


@pytest.fixture(scope="session")
def both() -> Both:
    return Both()


@pytest.fixture(scope="session")
def corpus() -> dict[str, dict[str, Any]]:
    """Certificates that use every rule, by name."""
    module = loaded(HERE / "corpus.py")
    return json.loads(json.dumps({**module.proofs(), **module.counterexamples()}))


@pytest.fixture(scope="session")
def mutants() -> ModuleType:
    return loaded(HERE.parent / "mutants.py")
