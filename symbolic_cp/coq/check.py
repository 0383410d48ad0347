"""Running coqc on an exported directory, and reading what it answers.

Main functions: check, coqc_path. Two files are compiled at a time, each after those which it cites.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from symbolic_cp.coq.export import INDEX, LIBRARY

CLOSED = "Closed under the global context"
AT_ONCE = 2
LONGEST_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Answer:
    """What coqc says of one theorem: accepted, and the axioms beneath it (none if closed), or the message."""

    id: str
    accepted: bool
    axioms: tuple[str, ...]
    message: str


def coqc_path() -> str | None:
    """Where coqc is, or None."""
    return shutil.which("coqc")


def check(directory: Path, progress: Callable[[int, int], None] | None = None) -> list[Answer]:
    """Compile the library and every exported file. Raises FileNotFoundError without coqc or an index.

    Cost: some seconds for the library, and 2 to 20 a theorem.
    """
    coqc = coqc_path()
    if coqc is None:
        raise FileNotFoundError("coqc is not installed (Debian: coq and libcoq-mathcomp-*)")
    rows = [row for row in json.loads((directory / INDEX).read_text(encoding="utf-8")) if row["file"] is not None]
    for name in LIBRARY:
        answer = _compile(coqc, directory, name, f"library/{name}.v")
        if not answer.accepted:
            return [answer]
    done: dict[str, Answer] = {}
    waiting = {row["id"]: row for row in rows}
    running: dict[Future[Answer], str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while waiting or running:
            for name in [name for name, row in waiting.items() if all(one in done for one in row["cites"])]:
                row = waiting.pop(name)
                failed = [one for one in row["cites"] if not done[one].accepted]
                if failed:
                    done[name] = Answer(name, False, (), f"it cites {', '.join(failed)}")
                else:
                    running[pool.submit(_compile, coqc, directory, name, f"book/{row['file']}")] = name
            if running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done[running.pop(future)] = future.result()
            elif waiting and not any(all(one in done for one in row["cites"]) for row in waiting.values()):
                missing = next(iter(waiting))
                done[missing] = Answer(missing, False, (), "it cites a theorem that has no file")
                del waiting[missing]
            if progress is not None:
                progress(len(done), len(rows))
    return [done[row["id"]] for row in rows]


def _compile(coqc: str, directory: Path, name: str, file: str) -> Answer:
    options = ["-w", "none", "-Q", "library", "SymbolicCP", "-Q", "book", "SymbolicCP.Book"]
    try:
        ran = subprocess.run(  # noqa: S603 - the program that was found, on a file that was written here
            [coqc, *options, file], cwd=directory, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Answer(name, False, (), f"coqc took more than {LONGEST_SECONDS} seconds")
    if ran.returncode:
        return Answer(name, False, (), ran.stderr.strip()[-2000:])
    named = [line.split(":")[0].strip() for line in ran.stdout.splitlines() if ":" in line and not line.startswith(" ")]
    axioms = () if CLOSED in ran.stdout else tuple(one for one in named if one != "Axioms")
    return Answer(name, True, axioms, "")
