"""Where the work of a campaign is done: processes of this machine, or a Dask cluster.

Both are executors as concurrent.futures has them; any other will do as well. Main names: processes, dask_cluster.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from symbolic_cp.exact.errors import InputError, Undecided

WATCH = 0.5
"""Seconds between two looks of a worker whether the process that started it is still there."""
CONNECT = 10
"""Seconds to wait for a scheduler."""


@contextmanager
def processes(jobs: int) -> Iterator[tuple[Executor, int]]:
    """An executor of so many processes, and their number. They end with this process, however it ends."""
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (os.getpid(),))
    try:
        yield pool, jobs
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int) -> None:
    """In a worker: Ctrl-C is the parent's business, and a parent that was killed leaves no workers behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor on a Dask cluster, and how many threads its workers have. Raises InputError if there is none.

    The workers need this package, in the same version.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.comm import CommClosedError
    except ImportError:
        raise InputError('--dask needs the package distributed: pip install "symbolic-cp[dask]"') from None
    try:
        client = Client(address, timeout=CONNECT)
    except (OSError, ValueError, TypeError) as error:  # no scheduler, no address, an unknown protocol
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"there is no Dask scheduler at {address}: {reason}") from None
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise InputError(f"the Dask cluster at {address} has no workers")
        executor = client.get_executor(pure=False)
        try:
            yield executor, workers
        except (KilledWorker, CommClosedError, CancelledError) as error:
            raise Undecided(f"the Dask cluster at {address} gave up: {type(error).__name__}: {error}") from None
        finally:
            executor.shutdown(wait=False)
