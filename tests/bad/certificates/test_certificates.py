"""Certificates that must be refused, each with the exact message of recheck.py.

NAME.cert.json is the file, NAME.err what is said about it, with the exit code before it. A message that changed is
read and then accepted with `python -m pytest tests/bad --accept`. The kernel refuses them too.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symbolic_cp import recheck
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.prover.certificate import replay

HERE = Path(__file__).resolve().parent
CASES = sorted(path.name.removesuffix(".cert.json") for path in HERE.glob("*.cert.json"))


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_this_message(accept, name):
    report = recheck.check((HERE / f"{name}.cert.json").read_bytes())
    said = f"{report['code']} {report['message']}\n"
    expected = HERE / f"{name}.err"
    if accept:
        expected.write_text(said, encoding="utf-8")
    assert not report["ok"]
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_refuses_it_too(name):
    try:
        data = json.loads((HERE / f"{name}.cert.json").read_text(encoding="utf-8"))
    except ValueError:
        return  # read by the package's strict JSON reader, which has its own cases
    with pytest.raises(KernelError):
        replay(data)


def test_every_message_has_its_file():
    assert sorted(path.stem for path in HERE.glob("*.err")) == CASES
