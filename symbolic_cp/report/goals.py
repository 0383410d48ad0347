"""The goal behind a record.

Main function: goal_of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from symbolic_cp.book.verdict import Record
from symbolic_cp.kernel.formulas import Formula
from symbolic_cp.prover.goal import Goal


def goal_of(record: Record, goals: Callable[[str], Goal | None]) -> Goal:
    """The goal behind a record; the closed formula itself if the two are not the same."""
    assert record.formal is not None
    goal = goals(record.stands_in or record.id)
    return goal if goal is not None and _closed(goal) == record.formal else Goal(record.id, (), (), record.formal)


@lru_cache(maxsize=4096)
def _closed(goal: Goal) -> Formula:
    """The closed formula, made once: pages ask for it many times, and it takes long where there are many variables."""
    return goal.formula()
