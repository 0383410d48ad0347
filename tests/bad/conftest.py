"""The option that accepts new messages: python -m pytest tests/bad --accept"""

from __future__ import annotations


def pytest_addoption(parser):
    parser.addoption("--accept", action="store_true", help="write the messages that are given into the .err files")
