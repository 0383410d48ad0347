"""Settings for all tests: how many cases Hypothesis draws, --accept, and where the checkout is."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from symbolic_cp.cli.frame import SELDOM

gc.set_threshold(*SELDOM)  # as the command line does

# CI draws the same cases every time; `HYPOTHESIS_PROFILE=nightly` draws many and new ones.
settings.register_profile("dev", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=300, derandomize=True)
settings.register_profile(
    "nightly", deadline=None, max_examples=10_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def pytest_addoption(parser):
    said = "write what is printed now into tests/bad/*.err and README.md, and read the difference"
    parser.addoption("--accept", action="store_true", help=said)


@pytest.fixture(scope="session")
def accept(request) -> bool:
    """Whether new messages and new output are accepted instead of compared."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent
