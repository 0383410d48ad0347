"""A certificate is checked by somebody who has seen no script: a process of its own that reads it as data.

The process replays it with the kernel and then hands it to recheck.py, which shares no code with the kernel. What
comes back is which formulas are established, by their fingerprints, and on which facts. Scripts are programs and may
do anything to the objects around them; they are not around here. It is also the second of two processors' work.

Main names: answered (in this process), Checker (in the other), Answer, Established.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.prover.certificate import replay

PACKAGE = Path(__file__).resolve().parent.parent
RECHECK = PACKAGE / "recheck.py"
CALL = "import sys; sys.path.insert(0, sys.argv[1]); from symbolic_cp.book.checker import serve; serve()"


class Established(NamedTuple):
    """A closed formula that a certificate proves, or refutes if it is a counterexample, and the facts beneath."""

    fingerprint: str
    facts: tuple[str, ...] = ()
    refuted: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a certificate establishes, by the names of its theorems; or why it is refused."""

    found: dict[str, Established] = field(default_factory=dict)
    refused: str = ""


def answered(data: object) -> Answer:
    """What the kernel says to a certificate. Cost: replaying it."""
    try:
        checked = replay(data)
    except KernelError as error:
        return Answer(refused=str(error))
    if checked.kind in ("counterexample", "feasible"):
        return Answer({checked.name: Established(fingerprint(checked.statement), refuted=True)})
    theorems = checked.theorems.items()
    found = {name: Established(fingerprint(one.conclusion), tuple(sorted(one.facts))) for name, one in theorems}
    return Answer(found)


def rechecked(text: str) -> str:
    """Why recheck.py does not accept a certificate; empty if it does. Cost: a process, and replaying it."""
    with tempfile.TemporaryDirectory(prefix="symbolic-cp-") as folder:
        path = Path(folder) / "certificate.cert.json"
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-I", str(RECHECK), "--json", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - ours
    try:
        (answer,) = json.loads(done.stdout)["certificates"]
    except (ValueError, KeyError, TypeError):
        return f"recheck.py broke off with exit code {done.returncode}"
    return "" if answer["ok"] is True and done.returncode == 0 else f"recheck.py: {answer['message']}"


def serve() -> None:
    """Answer one certificate a line, until the input ends.

    Python's search for cycles is off: a replay makes hardly any, and the search took half of its time.
    """
    gc.disable()
    for line in sys.stdin:
        answer = answered(json.loads(line))
        print(json.dumps({"found": answer.found, "refused": answer.refused}), flush=True)  # noqa: T201 - the answer


class Checker:
    """The other process. It is started when first used; `busy` says whether it still has something to do.

    With `twice` recheck.py must accept as well. Use it in a `with` statement. Raises Undecided if the process ends.
    """

    def __init__(self, *, twice: bool = True) -> None:
        self.twice = twice
        self._process: subprocess.Popen[str] | None = None
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[Answer] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and kind is not None:
            self._process.kill()
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._process is not None:
            self._process.communicate()

    @property
    def busy(self) -> bool:
        """Whether something that was submitted is not answered yet."""
        return self._last is not None and not self._last.done()

    def submit(self, data: dict[str, Any]) -> Future[Answer]:
        """Have a certificate checked; certificates are taken one after the other."""
        self._last = self._thread.submit(self._ask, json.dumps(data))
        return self._last

    def check(self, data: dict[str, Any]) -> Answer:
        """As `submit`, and wait for the answer."""
        return self.submit(data).result()

    def _ask(self, text: str) -> Answer:
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(text + "\n")
            process.stdin.flush()
            reply = process.stdout.readline()
        except BrokenPipeError:
            reply = ""
        if not reply:
            raise Undecided("the process that checks certificates has ended")
        entry = json.loads(reply)
        found = {name: Established(form, tuple(facts), no) for name, (form, facts, no) in entry["found"].items()}
        refused = entry["refused"] or (rechecked(text) if self.twice else "")
        return Answer({} if refused else found, refused)

    def _start(self) -> subprocess.Popen[str]:
        """In a group of its own: Ctrl-C is for this process, which ends that one."""
        command = [sys.executable, "-I", "-c", CALL, str(PACKAGE.parent)]
        return subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", process_group=0
        )
