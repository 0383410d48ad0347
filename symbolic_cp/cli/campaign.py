"""symbolic-cp campaign: a statement on many random exact instances; one of them again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

import click

from symbolic_cp import __version__
from symbolic_cp.cli.check import show_outcome
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import console, emit
from symbolic_cp.cli.shelf import book_option
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from symbolic_cp.campaign.replay import Replay
    from symbolic_cp.campaign.run import Progress, Result

MOST = 10**12
"""Instances are numbered up to this."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Where the work is done: in this process, in some on this machine, or on a Dask cluster."""

    jobs: int | None
    dask: str | None

    @contextmanager
    def executor(self) -> Iterator[tuple[Executor | None, int]]:
        """The executor, and how many workers it has. Raises InputError if there is no cluster."""
        from symbolic_cp.campaign.executors import dask_cluster, processes

        if self.dask is None and self.jobs in (None, 1):
            yield None, 1
            return
        with dask_cluster(self.dask) if self.dask is not None else processes(self.jobs or 1) as found:
            yield found


def workers_options(function: Callable[..., object]) -> Callable[..., object]:
    """[--jobs J | --dask ADDRESS]; the function gets `workers`."""

    @wraps(function)
    def collected(*, jobs: int | None, dask: str | None, **others: object) -> object:
        if jobs is not None and dask is not None:
            raise click.UsageError("--jobs is for this machine and --dask for a cluster; give one of them")
        return function(workers=Workers(jobs, dask), **others)

    said = "Processes of this machine; default 1."
    with_jobs = click.option("--jobs", type=click.IntRange(1, 1024), metavar="J", help=said)(collected)
    said = "The scheduler of a Dask cluster, such as tcp://10.0.0.1:8786."
    return click.option("--dask", metavar="ADDRESS", help=said)(with_jobs)


@as_command(
    "campaign",
    "campaign --statement lem-1.6 --count 10000 --seed 1 --jobs 2 --store lem-1.6.db",
    "Instance number 0, 1, 2, … depends on the statement, the seed and its number alone. With --store results are kept "
    "in one SQLite file, batch by batch: the same command goes on where it was stopped or killed, and a larger --count "
    "adds instances. Failing instances are made small and kept; --replay NUMBER --store FILE draws and checks one "
    "again. Exit codes: 0 all hold, 1 some fail, 3 some were not decided.",
)
@click.option("--statement", metavar="ID", help="A statement or step of the book.")
@click.option("--count", type=click.IntRange(1, MOST), metavar="N", help="How many instances.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="S", help="Which instances.")
@workers_options
@click.option("--store", "file", metavar="FILE", help="Keep results in this file, and go on from what it holds.")
@click.option("--replay", "number", type=click.IntRange(0, MOST), metavar="NUMBER", help="One kept instance again.")
@book_option
def command(
    *,
    statement: str | None,
    count: int | None,
    seed: int | None,
    workers: Workers,
    file: str | None,
    number: int | None,
    folder: str | None,
    as_json: bool,
) -> int:
    """Run a campaign, or replay one instance of it; show what was found."""
    if number is not None:
        others = (statement, count, seed, workers.jobs, workers.dask, folder)
        if file is None or any(one is not None for one in others):
            raise click.UsageError("--replay NUMBER goes with --store FILE, and with nothing else")
        return _replay(file, number, as_json)
    if statement is None or count is None or seed is None:
        raise click.UsageError("--statement ID, --count N and --seed S say what to check")
    result = _campaign((statement, count, seed), workers, file, folder)
    emit(result.to_json(), as_json, lambda out: _show(out, result))
    failed = result.to_json()["failed"]
    return 1 if failed else 0 if result.checked == result.count else 3


def _campaign(wanted: tuple[str, int, int], workers: Workers, file: str | None, folder: str | None) -> Result:
    from symbolic_cp.campaign.run import campaign
    from symbolic_cp.campaign.store import Store
    from symbolic_cp.campaign.trials import trials_of

    statement, count, seed = wanted
    book = None if folder is None else _absolute(folder)
    with Store(":memory:" if file is None else _file(file)) as store:
        trials = trials_of(statement, seed, folder)
        with workers.executor() as (executor, number), _progress(statement) as progress:
            return campaign(
                trials,
                count,
                store,
                executor=executor,
                workers=number,
                progress=progress,
                book=book,
                version=__version__,
            )


def _file(file: str) -> str:
    if not file or file.startswith(":") or "\0" in file:
        raise InputError("--store needs the name of a file")
    return file


def _absolute(folder: str) -> str:
    from pathlib import Path

    return str(Path(folder).resolve())


@contextmanager
def _progress(statement: str) -> Iterator[Progress | None]:
    """A bar with the rate on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn(statement), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, TimeRemainingColumn(), console=console(stderr=True)) as bar:
        task = bar.add_task("", total=None)

        def show(counts: dict[str, int], count: int, rate: float) -> None:
            failed = f", {counts['violated']} fail" if counts["violated"] else ""
            bar.update(task, completed=sum(counts.values()), total=count, description=f"{rate:,.0f}/s{failed}")

        yield show


def _show(out: Console, result: Result) -> None:
    found = result.to_json()
    names = {"holds": "hold", "tried": "hold as far as quantifiers were tried", "violated": "fail"}
    names |= {"undecided": "not decided", "no instance": "where no instance was found", "error": "broke off"}
    counts = ", ".join(f"{number:,} {names[verdict]}" for verdict, number in result.counts.items() if number)
    rate = f"{result.fresh:,} now, {result.per_second:,.0f} a second" if result.fresh else "none left to do"
    out.print(f"{result.statement}, seed {result.seed}: {result.count:,} instances ({rate}): {counts}")
    if result.cases:
        out.print("Among them: " + ", ".join(f"{number:,} with {case}" for case, number in result.cases.items()))
    for one in result.errors:
        out.print(f"instance {one.number} broke off: {one.message}")
    if not result.failures:
        return
    total = found["failed"]
    out.print("", f"Failing instances, made small ({len(result.failures)} of {total:,}):", sep="\n")
    for one in result.failures:
        values = one.shrunk or one.values or {}
        out.print(f"  {one.number}: " + ", ".join(f"{name} = {_said(value)}" for name, value in values.items()))
    if result.store is not None:
        first = result.failures[0].number
        out.print(f"Again: symbolic-cp campaign --store {result.store} --replay {first}")


def _said(value: object) -> str:
    import json

    return json.dumps(value).replace('"', "")


def _replay(file: str, number: int, as_json: bool) -> int:
    from pathlib import Path

    from symbolic_cp.campaign.replay import replay
    from symbolic_cp.campaign.store import Store

    if not Path(_file(file)).is_file():
        raise InputError("there is no such file", file=file)
    with Store(file) as store:
        found = replay(store, number)
    emit(found.to_json(), as_json, lambda out: _show_replay(out, found))
    return 1 if not found.same or found.kept.verdict == "violated" else 3


def _show_replay(out: Console, found: Replay) -> None:
    head = found.heading
    out.print(f"{head.statement}, seed {head.seed}, instance {found.kept.number}: kept as {found.kept.verdict}")
    same = "the same" if found.same else "not what was kept: this is another version of the program"
    out.print(f"Drawn and checked again: {same}")
    for title, values, outcome in (
        ("The instance", found.kept.values, found.drawn),
        ("Made small", found.kept.shrunk, found.shrunk),
    ):
        if outcome is not None:
            out.print("", f"{title}: {_said(values)}", sep="\n")
            show_outcome(out, outcome)
