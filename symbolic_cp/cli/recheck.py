"""symbolic-cp recheck: certificates replayed by the stand-alone checker, exactly as `python -I recheck.py` does."""

from __future__ import annotations

import click

from symbolic_cp.cli.options import as_command


@as_command(
    "recheck",
    "recheck lem-1.cert.json",
    "The checker is one file of the standard library that shares no code with the kernel: symbolic_cp/recheck.py. "
    "Exit codes: 0 all hold, 1 one is refused, 2 one cannot be read, 3 one exceeds the limits.",
)
@click.argument("certificates", nargs=-1, required=True, metavar="CERT…")
def command(*, certificates: tuple[str, ...], as_json: bool) -> int:
    """Hand the files over, and return the checker's exit code."""
    from symbolic_cp.recheck import main

    return main(["--json"] * as_json + ["--", *certificates])
