"""A book: a folder of proof scripts, loaded and run on demand.

Scripts are Python files; each holds one or more functions marked with `statement`. The file `ORDER` (one file stem a
line) gives the order of the pages; without it files are sorted by name. A statement may cite any other, as long as no
statement rests on itself.

Main names: Book, home.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from symbolic_cp.book.script import Meta, NotReached, Script, Step, origin, run
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.search import DEFAULT, Effort


def home() -> Path:
    """The folder of the book that comes with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "proofs"
    return inside if inside.is_dir() else package.parent / "proofs"


class Book:
    """The statements of a folder of proof scripts.

    >>> "lem-1" in Book(home()).ids()
    True
    """

    def __init__(self, folder: Path, effort: Effort = DEFAULT) -> None:
        """Load the scripts of a folder (they are Python, and run as such). Raises InputError if there are none."""
        self.folder = folder
        self.effort = effort
        self._functions: dict[str, tuple[Path, Callable[[Script], object], Meta]] = {}
        self._scripts: dict[str, Script] = {}
        self._running: list[str] = []
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder} with proof scripts")
        package = _package(folder)
        for path in script_files(folder):
            self._load(path, package)
        if not self._functions:
            raise InputError(f"{folder} holds no proof scripts (Python files with functions marked @statement)")

    def _load(self, path: Path, package: str) -> None:
        stem = ".".join(path.relative_to(self.folder).with_suffix("").parts)
        try:
            module = importlib.import_module(f"{package}.{stem}")
        except SyntaxError as error:
            raise InputError(f"not a Python file: {error.msg}", file=str(path), line=error.lineno) from None
        except Exception as error:  # noqa: BLE001 - a script is its author's program: whatever stops it is bad input
            file, line = origin(error)
            said = f"this script cannot be loaded: {type(error).__name__}: {error}"
            raise InputError(said, file=file or str(path), line=line or None) from None
        for thing in list(vars(module).values()):
            meta = getattr(thing, "statement", None)
            if not isinstance(meta, Meta) or thing.__module__ != module.__name__:
                continue
            known = self._functions.get(meta.id)
            if known is not None and known[1] is not thing:
                raise InputError(f"the statement {meta.id} stands in {known[0].name} already", file=str(path))
            self._functions[meta.id] = (path, thing, meta)

    def ids(self, *, hidden: bool = False) -> list[str]:
        """The ids of the statements in the order of the book; lemmas of the library only on demand."""
        return [name for name, (_, _, meta) in self._functions.items() if hidden or not meta.hidden]

    def path(self, name: str) -> Path:
        """The script file of a statement. Raises InputError if there is none."""
        return self._entry(name)[0]

    def meta(self, name: str) -> Meta:
        """What the script says about a statement. Raises InputError if there is none."""
        return self._entry(name)[2]

    def _entry(self, name: str) -> tuple[Path, Callable[[Script], object], Meta]:
        if name not in self._functions:
            from difflib import get_close_matches

            near = get_close_matches(name, self._functions, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"the book has no statement {name!r}{hint}")
        return self._functions[name]

    def script(self, name: str) -> Script:
        """The script of a statement, run once. Raises InputError if there is none, KernelError on a circle."""
        if name not in self._scripts:
            _, function, meta = self._entry(name)
            if name in self._running:
                raise KernelError(f"{name} rests on itself: {' -> '.join([*self._running, name])}")
            self._running.append(name)
            try:
                self._scripts[name] = run(function, meta, self.theorem, self.effort, self.find)
            finally:
                self._running.pop()
        return self._scripts[name]

    def theorem(self, name: str) -> Theorem:
        """The theorem of a statement or step, for citing. Raises NotReached if it is not proved."""
        step = self.find(name)
        if step is None or step.proof is None:
            raise NotReached(name, step.failure if step else self.script(self.owner(name)).failure)
        return step.proof

    def find(self, name: str) -> Step | None:
        """A statement or one of its steps by id, or None if the script did not reach it. Raises InputError."""
        if name in self._functions:
            return self.script(name).conclusion
        owner = self.owner(name)
        return next((step for step in self.script(owner).steps if step.id == name), None)

    def _holder(self, statement: str, name: str) -> str | None:
        """The statement, itself or one that is a step of it, whose script has that step."""
        steps = self.script(statement).steps
        if any(step.id == name for step in steps):
            return statement
        inner = (step.id for step in steps if step.id in self._functions and step.id != statement)
        return next((found for one in inner if (found := self._holder(one, name))), None)

    def owner(self, name: str) -> str:
        """The statement that a step belongs to. Raises InputError if there is none."""
        stem, nearest = name, ""
        while "." in stem:
            stem = stem.rpartition(".")[0]
            if stem in self._functions:
                holder = self._holder(stem, name)
                if holder:
                    return holder
                nearest = nearest or stem
        if nearest:
            return nearest
        for other in self._functions:
            if any(step.id == name for step in (self._scripts[other].steps if other in self._scripts else [])):
                return other
        return self._entry(name)[2].id


def _package(folder: Path) -> str:
    """A package of its own for the scripts of a folder, made anew, so that scripts may import each other relatively."""
    name = "symbolic_cp_book_" + sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    for old in [module for module in sys.modules if module == name or module.startswith(name + ".")]:
        del sys.modules[old]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    importlib.invalidate_caches()
    return name


def script_files(folder: Path) -> list[Path]:
    """The script files of a folder and its subfolders in the order of the book."""
    files = sorted(path for path in folder.rglob("*.py") if not path.name.startswith(("_", "test_", "conftest")))
    order = folder / "ORDER"
    if not order.is_file():
        return files
    stems = [line.strip() for line in order.read_text(encoding="utf-8").splitlines() if line.strip()]
    place = {stem: number for number, stem in enumerate(stems)}


    def position(path: Path) -> tuple[int, Path]:
        return place.get(path.relative_to(folder).with_suffix("").as_posix(), len(stems)), path

    return sorted(files, key=position)
