"""Which facts Coq has proved: recorded by a run of coqc, and valid only for the library that was checked.

Main functions: record, proved_facts. `python -m symbolic_cp.coq.recorded` compiles the library and the files of the
facts and writes `checked.json` beside this module; nobody types it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from importlib import resources
from pathlib import Path

from symbolic_cp.coq.check import CLOSED, Answer, check
from symbolic_cp.coq.export import LIBRARY, export_all, export_fact
from symbolic_cp.kernel.facts import FACTS

FILE = "checked.json"


def digest() -> str:
    """SHA-256 of the library and of the files of the facts: what a record speaks of."""
    library = resources.files("symbolic_cp.coq").joinpath("library")
    texts = [library.joinpath(f"{name}.v").read_text(encoding="utf-8") for name in LIBRARY]
    return hashlib.sha256("\0".join([*texts, *map(export_fact, FACTS)]).encode()).hexdigest()


def record() -> dict[str, object]:
    """Run coqc on the facts. Raises FileNotFoundError without coqc. Cost: half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        export_all({}, Path(folder))
        answers = check(Path(folder))
    return {"digest": digest(), "facts": {name: _closed(answers, f"fact-{name}") for name in FACTS}, "said": CLOSED}


def _closed(answers: list[Answer], name: str) -> bool:
    return any(one.id == name and one.accepted and not one.axioms for one in answers)


def proved_facts() -> dict[str, bool | None]:
    """For each fact whether coqc accepted it without axioms; None if the library has changed since the record."""
    file = resources.files("symbolic_cp.coq").joinpath(FILE)
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    valid = found.get("digest") == digest()
    return {name: bool(found["facts"].get(name)) if valid else None for name in FACTS}


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(json.dumps(record(), indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{proved_facts()}\n")
