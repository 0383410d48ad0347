"""A failing instance of a campaign once more: drawn from its seed and number, and checked as `symbolic-cp check` does.

Main names: replay, Replay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from symbolic_cp.book.check import Outcome, check
from symbolic_cp.campaign.store import Heading, Kept, Store
from symbolic_cp.campaign.trials import trials_of
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.strict_json import parse
from symbolic_cp.prover.goal import Goal


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of an instance: `same` says whether its seed and number give the stored verdict and values again.

    `drawn` and `shrunk` are what checking says now: of the instance, and of the smaller one made of it.
    """

    heading: Heading
    kept: Kept
    same: bool
    drawn: Outcome | None
    shrunk: Outcome | None

    def to_json(self) -> dict[str, Any]:
        """As data, with the instances as `symbolic-cp check` takes them."""
        return {
            "statement": self.heading.statement,
            "seed": self.heading.seed,
            "number": self.kept.number,
            "kept_as": self.kept.verdict,
            "message": self.kept.message or None,
            "same": self.same,
            "instance": self.kept.values,
            "outcome": None if self.drawn is None else self.drawn.to_json(),
            "shrunk": self.kept.shrunk,
            "shrunk_outcome": None if self.shrunk is None else self.shrunk.to_json(),
        }


def replay(store: Store, number: int) -> Replay:
    """Draw and check an instance again of which the store says more than that it holds.

    Raises InputError if the store says nothing of the kind, or the statement is another one by now.
    """
    heading = store.heading()
    if heading is None:
        raise InputError("holds no campaign", file=store.path)
    found = store.numbered(number)
    if found is None:
        some = ", ".join(str(one.number) for one in store.odd(limit=5))
        hint = f"failing instances are kept: {some}, …" if some else "all instances hold"
        raise InputError(f"instance {number} is not kept by itself; {hint}", file=store.path)
    trials = trials_of(heading.statement, heading.seed, heading.book)
    if trials.fingerprint != heading.fingerprint:
        raise InputError(f"{heading.statement} is another statement than when it was checked", file=store.path)
    again, _ = trials.trial(number)
    same = (again.verdict, again.values) == (found.verdict, found.values)
    goal = trials.part(number)
    return Replay(heading, found, same, _checked(goal, found.values), _checked(goal, found.shrunk))


def _checked(goal: Goal, values: dict[str, Any] | None) -> Outcome | None:
    """What checking says of values; None if there are none. They are read as strictly as a file of the user's."""
    return None if values is None else check(goal, parse(json.dumps(values), "the store"))
