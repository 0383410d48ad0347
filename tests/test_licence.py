"""What the package needs may be used under its own licence: no required dependency is under the GPL."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def licence(name):
    """What the installed package says of its licence, a long text cut."""
    said = metadata(name)
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License")]
    return " | ".join([said.get("License-Expression") or "", (said.get("License") or "")[:200], *classifiers])


def is_gpl(said):
    """Under the GPL or the AGPL; the LGPL lets its users choose their own."""
    return re.search(r"(?<!L)GPL|GNU General Public|Affero", said) is not None


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_no_required_package_is_under_the_gpl(requirement):
    said = licence(re.match(r"[A-Za-z0-9_.-]+", requirement)[0])
    assert said.strip(" |")
    assert not is_gpl(said), said


def test_the_check_sees_what_is_under_the_gpl():
    """pplpy, which the tests alone ask."""
    assert is_gpl(licence("pplpy"))
    assert not any(requirement.startswith("pplpy") for requirement in PROJECT["dependencies"])
