"""A Dask cluster on this machine: the same result as without."""

from __future__ import annotations

import pytest

from symbolic_cp.campaign.executors import dask_cluster
from symbolic_cp.campaign.run import campaign
from symbolic_cp.campaign.trials import trials_of
from symbolic_cp.exact.errors import InputError

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def address():
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_gives_the_same(address, folder):
    trials = trials_of("false", 11, folder)
    with dask_cluster(address) as (executor, workers):
        assert workers == 2
        found = campaign(trials, 200, executor=executor, workers=workers)
    alone = campaign(trials, 200)
    assert (found.counts, found.failures) == (alone.counts, alone.failures)


@pytest.mark.parametrize("nowhere", ["tcp://127.0.0.1:1", "no address", "ftp://127.0.0.1:1", ""])
def test_no_cluster_is_bad_input(monkeypatch, nowhere):
    monkeypatch.setattr("symbolic_cp.campaign.executors.CONNECT", 0.3)
    with pytest.raises(InputError, match="there is no Dask scheduler at"), dask_cluster(nowhere):
        pass
