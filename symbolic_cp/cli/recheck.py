"""symbolic-cp recheck: certificates replayed by the stand-alone checker.

Piped, or with --json, it prints exactly what `python -I recheck.py` does. On a terminal the same findings stand wrapped
and marked, one after the other as they come.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
from typing import TYPE_CHECKING, Any

import click

from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import console

if TYPE_CHECKING:
    from rich.console import Console

ORDER = (2, 1, 3)
"""Which exit code counts if there are several, as in the checker."""


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

    out = console()
    if as_json or not out.is_terminal:
        return main(["--json"] * as_json + ["--", *certificates])
    return _on_terminal(out, certificates)


def _on_terminal(out: Console, certificates: tuple[str, ...]) -> int:
    codes, begin = set[int](), time.perf_counter()
    with console(stderr=True).status("") as status:
        for number, file in enumerate(certificates):
            rate = number / max(time.perf_counter() - begin, 1e-9)
            status.update(f"{number} of {len(certificates)} certificates, {rate:,.1f} a second  {file}")
            report, code = _checked(file)
            codes.add(code)
            _show(out, report)
    count = f"{len(certificates)} certificate{'s' * (len(certificates) != 1)}"
    out.print(f"{count}: {'all hold' if codes == {0} else 'not all are accepted'}")
    return next((code for code in ORDER if code in codes), 0)


def _checked(file: str) -> tuple[dict[str, Any], int]:
    """What the checker says of one file, and its exit code."""
    from symbolic_cp.recheck import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(["--json", "--", file])
    return json.loads(said.getvalue())["certificates"][0], code


def _show(out: Console, report: dict[str, Any]) -> None:
    from rich.text import Text

    from symbolic_cp.book.explain import lines_of

    fancy = out.encoding.lower().startswith("utf")
    holds, refused = ("✓ holds", "✗ not accepted") if fancy else ("+ holds", "x not accepted")
    mark = Text(holds, style="green") if report["ok"] else Text(refused, style="red")
    out.print(Text(f"{report['file']}  ") + mark)
    out.print("\n".join(lines_of("    ", report["message"], out.width)), "", sep="\n")
