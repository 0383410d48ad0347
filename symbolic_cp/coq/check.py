"""Running coqc on an exported directory, and reading what it answers.

Main functions: check, coqc_path. Two files are compiled at a time, each after those which it needs; at the end the
axioms beneath all theorems are asked for at once.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from symbolic_cp.coq.export import ALL, INDEX, LIBRARY, everything, identifier

CLOSED = "Closed under the global context"
AT_ONCE = 2
LONGEST_SECONDS = 1800
REQUIRED = re.compile(r"^From SymbolicCP Require(?: Import)? ([A-Za-z ]+)\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What coqc says of one theorem: accepted, and the axioms beneath it (none if closed), or the message."""

    id: str
    accepted: bool
    axioms: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class _File:
    """A file to compile, and the names of those which it needs."""

    path: str
    needs: tuple[str, ...]


def coqc_path() -> str | None:
    """Where coqc is, or None."""
    return shutil.which("coqc")


def check(directory: Path, progress: Callable[[int, int], None] | None = None) -> list[Answer]:
    """Compile the library and every exported file. Raises FileNotFoundError without coqc or an index.

    A theorem is accepted if coqc compiles its file; its axioms are those that `Print Assumptions` lists. If a file of
    the library is refused, the answer is that one. Cost: half a minute for the library, about a second a theorem.
    """
    coqc = coqc_path()
    if coqc is None:
        raise FileNotFoundError("coqc is not installed (Debian: coq and libcoq-mathcomp-*)")
    rows = [row for row in json.loads((directory / INDEX).read_text(encoding="utf-8")) if row["file"] is not None]
    files = {name: _file(directory, f"library/{name}.v") for name in LIBRARY}
    files.update((row["id"], _file(directory, f"book/{row['file']}", row["cites"])) for row in rows)
    answers = _compile_all(coqc, directory, files, progress)
    wrong = [answers[name] for name in LIBRARY if not answers[name].accepted]
    if wrong:
        return wrong[:1]
    found = [answers[row["id"]] for row in rows]
    accepted = [identifier(answer.id) for answer in found if answer.accepted]
    (directory / "book" / f"{ALL}.v").write_text(everything(accepted), encoding="utf-8")
    whole = _compile(coqc, directory, ALL, f"book/{ALL}.v")
    return found if whole.accepted and not whole.axioms else _with_axioms(coqc, directory, found)


def _file(directory: Path, path: str, cites: Iterable[str] = ()) -> _File:
    """A file, which needs what it cites and the files of the library that it loads."""
    loaded = " ".join(REQUIRED.findall((directory / path).read_text(encoding="utf-8"))).split()
    return _File(path, (*(name for name in loaded if name in LIBRARY), *cites))


def _compile_all(
    coqc: str, directory: Path, files: Mapping[str, _File], progress: Callable[[int, int], None] | None
) -> dict[str, Answer]:
    """Compile the files, each after those which it needs; one that needs a refused file is refused."""
    done: dict[str, Answer] = {}
    waiting = dict(files)
    running: dict[Future[Answer], str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while waiting or running:
            for name in [name for name, file in waiting.items() if all(one in done for one in file.needs)]:
                file = waiting.pop(name)
                failed = [one for one in file.needs if not done[one].accepted]
                if failed:
                    done[name] = Answer(name, False, (), f"it cites {', '.join(failed)}")
                else:
                    running[pool.submit(_compile, coqc, directory, name, file.path)] = name
            if running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done[running.pop(future)] = future.result()
            elif waiting and not any(all(one in done for one in file.needs) for file in waiting.values()):
                missing = next(iter(waiting))
                done[missing] = Answer(missing, False, (), "it cites a theorem that has no file")
                del waiting[missing]
            if progress is not None:
                progress(len(done), len(files))
    return done


def _with_axioms(coqc: str, directory: Path, answers: list[Answer]) -> list[Answer]:
    """The answers with the axioms of each theorem, asked for one by one."""
    found = []
    for answer in answers:
        if not answer.accepted:
            found.append(answer)
            continue
        name = identifier(answer.id)
        (directory / "book" / "Asked.v").write_text(
            f"From SymbolicCP.Book Require {name}.\nPrint Assumptions {name}.{name}.\n", encoding="utf-8"
        )
        found.append(replace(_compile(coqc, directory, answer.id, "book/Asked.v"), id=answer.id))
    return found


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
    return Answer(name, True, _axioms(ran.stdout), "")


def _axioms(said: str) -> tuple[str, ...]:
    """The axioms in an answer to Print Assumptions; none if that says closed, or if it was not asked."""
    if said.strip() in ("", CLOSED):
        return ()
    names = [line.split()[0].rstrip(":") for line in said.splitlines() if line and not line.startswith(" ")]
    return tuple(dict.fromkeys(name for name in names if name != "Axioms"))
