"""The loop of a campaign: batches go to an executor, and what comes back goes to the store.

Batches are sized so that each takes about half a second: a killed campaign loses no more than that for each worker,
and starting them costs next to nothing. Which process does what, and in which order, changes nothing in the results.

Main names: campaign, Result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any

from symbolic_cp.campaign.store import Heading, Kept, Store
from symbolic_cp.campaign.trials import ERROR, HOLDS, NO_INSTANCE, TRIED, UNDECIDED, VIOLATED, Batch, Trials
from symbolic_cp.exact.errors import Undecided

SECONDS = 0.5
"""What a batch should take."""
LARGEST = 10_000
FIRST = 8
"""The size of the first batches, when nothing is known of the time that an instance takes."""
SHRUNK = 5
"""So many failing instances, the first by number, are made small."""

Progress = Callable[[dict[str, int], int, float], None]
"""Called with how many instances have each verdict, how many are to be done, and how many a second are."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a campaign found, over everything in the store; `fresh` and `seconds` are of this run.

    `counts` are by verdict, `cases` by what is special about instances. `failures` are the first failing instances,
    made small.
    """

    statement: str
    seed: int
    count: int
    counts: dict[str, int]
    cases: dict[str, int]
    fresh: int
    seconds: float
    failures: tuple[Kept, ...]
    errors: tuple[Kept, ...] = ()
    store: str | None = None

    @property
    def checked(self) -> int:
        """The instances on which the statement was decided, or holds as far as its quantifiers were tried."""
        return self.counts[HOLDS] + self.counts[TRIED] + self.counts[VIOLATED]

    @property
    def per_second(self) -> float:
        """Instances a second in this run; 0 if there were none left to do."""
        return self.fresh / self.seconds if self.fresh and self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """As INTERFACES has it, and more."""
        return {
            "checked": self.checked,
            "failed": self.counts[VIOLATED],
            "per_second": round(self.per_second, 1),
            "statement": self.statement,
            "seed": self.seed,
            "count": self.count,
            "tried": self.counts[TRIED],
            "undecided": self.counts[UNDECIDED],
            "no_instance": self.counts[NO_INSTANCE],
            "errors": self.counts[ERROR],
            "cases": self.cases,
            "this_run": self.fresh,
            "seconds": round(self.seconds, 3),
            "store": self.store,
            "failures": [
                {"number": one.number, "instance": one.values, "shrunk": one.shrunk} for one in self.failures
            ],
        }


def campaign(
    trials: Trials,
    count: int,
    store: Store | None = None,
    *,
    executor: Executor | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    book: str | None = None,
    version: str = "",
) -> Result:
    """Check instances number 0, ..., count - 1, without those that the store has; then make failing ones small.

    A store that holds more keeps them, and the result is about all of them.

    `executor` is any executor of concurrent.futures whose workers can import this package, and `workers` how many it
    has; without it everything happens here. `book` (a folder, if not the package's) and `version` (of the program) go
    into the store, which holds results of one version only. Cost: that of the instances. Raises InputError if the
    store holds another campaign, Undecided if a worker was killed.
    """
    if store is None:
        with Store() as kept:
            return campaign(trials, count, kept, executor=executor, workers=workers, progress=progress)
    store.entitle(Heading(trials.statement, trials.fingerprint, trials.formal, trials.seed, book, version))
    loop = _Loop(trials, count, store, executor, workers, progress)
    try:
        loop.check()
        loop.shrink()
    except BrokenProcessPool:
        said = "a worker process was killed; what is done is in the store, and the same command goes on from there"
        raise Undecided(said) from None
    finally:
        loop.cancel()
    return loop.result()


class _Loop:
    """One run of a campaign."""

    def __init__(
        self,
        trials: Trials,
        count: int,
        store: Store,
        executor: Executor | None,
        workers: int,
        progress: Progress | None,
    ) -> None:
        self.trials, self.count, self.store = trials, count, store
        self.executor, self.workers, self.progress = executor, workers, progress
        self.counts, self.cases = store.tally()
        self.fresh = 0
        self.start = time.perf_counter()
        self.seconds = 0.0
        self.size = FIRST
        self.waiting: set[Future[Any]] = set()

    # --------------------------------------------------------------------------------------------------- checking

    def check(self) -> None:
        """Everything that the store does not have."""
        for done in self._each(self._batches(), self.trials.batch):
            self._keep(done)
        self.seconds = time.perf_counter() - self.start

    def _batches(self) -> Iterator[tuple[int, int]]:
        """First number and size of each batch; the size is that of the moment when it is asked for."""
        for first, length in list(self.store.gaps(self.count)):
            at = first
            while at < first + length:
                size = min(self.size, first + length - at)
                yield at, size
                at += size

    def _keep(self, batch: Batch) -> None:
        self.store.add(batch)
        self.fresh += batch.count
        for verdict, number in batch.counts.items():
            self.counts[verdict] += number
        rate = batch.count / max(batch.seconds, 1e-6)
        left = max(self.count - sum(self.counts.values()), 1)
        fair = left // (3 * self.workers) + 1  # towards the end smaller ones, so that all workers end together
        self.size = max(1, min(int(rate * SECONDS), fair, 4 * self.size, LARGEST))
        if self.progress is not None:
            self.progress(self.counts, self.count, self.fresh / (time.perf_counter() - self.start))

    # -------------------------------------------------------------------------------------------------- shrinking

    def shrink(self) -> None:
        """Make the first failing instances small."""
        numbers = self.store.to_shrink(VIOLATED, SHRUNK)
        for number, values in self._each(((number,) for number in numbers), self.trials.shrunk):
            self.store.keep_shrunk(number, values)

    # --------------------------------------------------------------------------------------------------- executing

    def _each(self, calls: Iterator[tuple[Any, ...]], function: Callable[..., Any]) -> Iterator[Any]:
        """The results of calls, as they come; no more calls are under way than keep all workers busy."""
        if self.executor is None:
            for call in calls:
                yield function(*call)
            return
        while True:
            for call in islice(calls, 2 * self.workers - len(self.waiting)):
                self.waiting.add(self.executor.submit(function, *call))
            if not self.waiting:
                return
            done, self.waiting = wait(self.waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()

    def cancel(self) -> None:
        """Let go of what has not begun."""
        for one in self.waiting:
            one.cancel()

    def result(self) -> Result:
        """What was found."""
        return Result(
            self.trials.statement,
            self.trials.seed,
            sum(self.counts.values()),
            *self.store.tally(),
            self.fresh,
            self.seconds,
            tuple(self.store.odd(VIOLATED, SHRUNK)),
            tuple(self.store.odd(ERROR, SHRUNK)),
            None if self.store.path == ":memory:" else self.store.path,
        )
