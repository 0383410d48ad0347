"""Several theorems as the modules of one file: to load MathComp takes longer than to check most proofs.

Main functions: in_units, unit_text. In an exported file only the lines that load others depend on where it lies. A unit
is the text of several files without those lines, each as a module of the name that its file would give it; so what is
cited has the same name, and coqc checks the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from symbolic_cp.coq.export import BOOK, HEAD_ENDS

UNITS = "SymbolicCP.Units"
LARGEST = 8
"""So many theorems are in one unit at most; larger ones save little, and others wait for them."""
LOADS = re.compile(r"^From (\S+) Require (?:Import )?[^.]*\.\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """An exported file: the module it makes, what it loads but for what it cites, all other text, the ids it cites."""

    module: str
    loads: str
    text: str
    cites: tuple[str, ...]


def part(module: str, text: str, cites: Iterable[str]) -> Part:
    """The parts of an exported file, for the ids that it cites."""
    head, mark, rest = text.partition(HEAD_ENDS)
    loads = "".join(found[0] for found in LOADS.finditer(head) if found[1] != BOOK)
    return Part(module, loads, LOADS.sub("", head) + mark + rest, tuple(cites))


def unit_text(parts: Iterable[Part], units: Iterable[str]) -> str:
    """A unit with these parts, which load the same and cite each other or what is in these earlier units."""
    parts = tuple(parts)
    modules = [f"Module {one.module}.\n{one.text}\nEnd {one.module}.\n" for one in parts]
    return "\n".join([parts[0].loads + required(units), *modules])


def required(units: Iterable[str]) -> str:
    """The line that gives the modules of these units their names."""
    names = " ".join(units)
    return f"From {UNITS} Require Import {names}.\n" if names else ""


def in_units(
    parts: Mapping[str, Part], compile_unit: Callable[[str, str], bool], at_once: int, progress: Callable[[int], None]
) -> dict[str, str]:
    """Compile the parts in units, `at_once` at a time, each after what it cites: the unit of each accepted theorem.

    `compile_unit(name, text)` says whether a unit is accepted. What is in a refused unit has none, nor what cites it.
    """
    found: dict[str, str] = {}
    waiting = dict(parts)
    running: dict[Future[bool], tuple[str, list[str]]] = {}
    made = 0
    with ThreadPoolExecutor(at_once) as pool:
        while True:
            while len(running) < at_once and (names := _next(waiting, found, at_once)):
                made += 1
                chosen = {name: waiting.pop(name) for name in names}
                cited = {found[one]: None for part in chosen.values() for one in part.cites if one in found}
                unit = f"Unit_{made}"
                text = unit_text(chosen.values(), cited)
                running[pool.submit(compile_unit, unit, text)] = unit, names
            if not running:
                return found
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                unit, names = running.pop(future)
                if future.result():
                    found.update(dict.fromkeys(names, unit))
            progress(len(found))


def _next(waiting: Mapping[str, Part], found: Mapping[str, str], at_once: int) -> list[str]:
    """Theorems that load the same, each after what it cites; not more than leave as many to each of the others."""
    ready: list[str] = []
    loads = None
    for name, part in waiting.items():
        if len(ready) == at_once * LARGEST:
            break
        if (loads is None or part.loads == loads) and all(one in found or one in ready for one in part.cites):
            loads = part.loads
            ready.append(name)
    return ready[: -(-len(ready) // at_once)]
