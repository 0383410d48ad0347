"""Many instances: a statement checked on as many drawn exact instances as wanted, on as many processors as there are.

trials.py      one statement, one seed: instance number 0, 1, 2, ..., drawn, checked, shrunk
run.py         the loop: batches to an executor, results to a store, nothing twice
store.py       results in one SQLite file
executors.py   processes of this machine; a Dask cluster
replay.py      a failing instance, drawn and checked again
"""
