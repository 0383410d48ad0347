"""Running coqc on an exported directory, and reading what it answers.

Main functions: check, coqc_path. Theorems are compiled several in one file (units.py), two files at a time, each after
those which it needs; what is refused so is compiled again from its own file, for the message. At the end the axioms
beneath all theorems are asked for at once.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symbolic_cp.coq.export import ALL, BOOK, INDEX, LIBRARY, everything, identifier
from symbolic_cp.coq.units import UNITS, in_units, part, required

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
    """Compile the library and every exported theorem. Raises FileNotFoundError without coqc or an index.

    A theorem is accepted if coqc compiles its text, in a unit or as its own file; its axioms are those that `Print
    Assumptions` lists. If a file of the library is refused, the answer is that one. Cost: half a minute for the
    library, about a second a theorem.
    """
    coqc = coqc_path()
    if coqc is None:
        raise FileNotFoundError("coqc is not installed (Debian: coq and libcoq-mathcomp-*)")
    rows = [row for row in json.loads((directory / INDEX).read_text(encoding="utf-8")) if row["file"] is not None]

    def told(done: int) -> None:
        if progress is not None:
            progress(done, len(LIBRARY) + len(rows))

    files = {name: _file(directory, f"library/{name}.v") for name in LIBRARY}
    library = _compile_all(coqc, directory, files, {}, told)
    wrong = [library[name] for name in LIBRARY if not library[name].accepted]
    if wrong:
        return wrong[:1]
    units = _in_units(coqc, directory, rows, lambda done: told(len(LIBRARY) + done))
    answers = {name: Answer(name, True, (), "") for name in units}
    alone = _with_cited(rows, [row["id"] for row in rows if row["id"] not in units])
    if alone:
        files = {row["id"]: _file(directory, f"book/{row['file']}", row["cites"]) for row in alone}
        answers = _compile_all(coqc, directory, files, library, lambda _: None) | answers
    found = [answers[row["id"]] for row in rows]
    return found if _is_closed(coqc, directory, found, units) else _with_axioms(coqc, directory, found, units)


def _in_units(
    coqc: str, directory: Path, rows: Sequence[Mapping[str, Any]], progress: Callable[[int], None]
) -> dict[str, str]:
    """The unit of each theorem that is accepted in one."""
    (directory / "units").mkdir(exist_ok=True)

    def compiled(name: str, text: str) -> bool:
        file = f"units/{name}.v"
        (directory / file).write_text(text, encoding="utf-8")
        return _compile(coqc, directory, name, file).accepted

    texts = {row["id"]: (directory / "book" / row["file"]).read_text(encoding="utf-8") for row in rows}
    parts = {row["id"]: part(row["file"].removesuffix(".v"), texts[row["id"]], row["cites"]) for row in rows}
    return in_units(parts, compiled, AT_ONCE, progress)


def _with_cited(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[Mapping[str, Any]]:
    """The rows of these theorems and of all that they cite, however deep; rows come after those which they cite."""
    needed = set(names)
    for row in reversed(rows):
        if row["id"] in needed:
            needed.update(row["cites"])
    return [row for row in rows if row["id"] in needed]


def _file(directory: Path, path: str, cites: Iterable[str] = ()) -> _File:
    """A file, which needs what it cites and the files of the library that it loads."""
    loaded = " ".join(REQUIRED.findall((directory / path).read_text(encoding="utf-8"))).split()
    return _File(path, (*(name for name in loaded if name in LIBRARY), *cites))


def _compile_all(
    coqc: str,
    directory: Path,
    files: Mapping[str, _File],
    known: Mapping[str, Answer],
    progress: Callable[[int], None],
) -> dict[str, Answer]:
    """Compile the files, each after those which it needs; one that needs a refused file is refused.

    What is said of others is known already, and is returned, too.
    """
    done = dict(known)
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
            progress(len(done))
    return done


def _is_closed(coqc: str, directory: Path, answers: Sequence[Answer], units: Mapping[str, str]) -> bool:
    """Whether no axiom is beneath any of the accepted theorems: one question."""
    names = [answer.id for answer in answers if answer.accepted]
    text = everything([identifier(name) for name in names], _loaded(names, units))
    (directory / "units" / f"{ALL}.v").write_text(text, encoding="utf-8")
    whole = _compile(coqc, directory, ALL, f"units/{ALL}.v")
    return whole.accepted and not whole.axioms


def _loaded(names: Iterable[str], units: Mapping[str, str]) -> str:
    """The lines that load these theorems, from their units or their own files."""
    names = list(names)
    files = "".join(f"From {BOOK} Require {identifier(name)}.\n" for name in names if name not in units)
    return files + required(dict.fromkeys(units[name] for name in names if name in units))


def _with_axioms(coqc: str, directory: Path, answers: Iterable[Answer], units: Mapping[str, str]) -> list[Answer]:
    """The answers with the axioms of each theorem, asked for one by one."""
    found = []
    for answer in answers:
        if not answer.accepted:
            found.append(answer)
            continue
        name = identifier(answer.id)
        text = f"{_loaded([answer.id], units)}Print Assumptions {name}.{name}.\n"
        (directory / "units" / "Asked.v").write_text(text, encoding="utf-8")
        found.append(replace(_compile(coqc, directory, answer.id, "units/Asked.v"), id=answer.id))
    return found


def _compile(coqc: str, directory: Path, name: str, file: str) -> Answer:
    options = ["-w", "none", "-Q", "library", "SymbolicCP", "-Q", "book", BOOK, "-Q", "units", UNITS]
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
