"""How a command is made, and the options that several commands take.

Main names: as_command (the decorator of every command: help, example, --json), data_options and DataSource,
decimals_option, anyway_option, numbers (a list of numbers, `2,3`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from symbolic_cp.cli.output import foretell
from symbolic_cp.cli.table import COMMANDS
from symbolic_cp.exact.source import quoted

if TYPE_CHECKING:
    from symbolic_cp.landscape.data import DataSpectrum
    from symbolic_cp.networks.data import Data

Function = Callable[..., Any]


def as_command(name: str, example: str, details: str = "") -> Callable[[Function], click.Command]:
    """Make a function a command: it gets `as_json` beside its own arguments and returns the exit code.

    The first line of the help page is that of table.py; `example` is what to type behind `symbolic-cp`.
    """

    def make(function: Function) -> click.Command:
        json_flag = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
        return click.command(
            name,
            help=f"{COMMANDS[name]}\n\n{details}".strip(),
            epilog=f"Example: symbolic-cp {example}",
        )(json_flag(function))

    return make


def decimals_option(function: Function) -> Function:
    """--decimals: floats in JSON and in NumPy files are read as the decimals that they print as."""
    said = "Read floats as the decimals that they print as."
    option: Function = click.option("--decimals", is_flag=True, help=said)(function)
    return option


def anyway_option(function: Function) -> Function:
    """--anyway: begin tasks that will take hours or much memory."""
    said = "Begin even if it will take hours or much memory."
    option: Function = click.option("--anyway", is_flag=True, help=said)(function)
    return option


@dataclass(frozen=True, slots=True)
class DataSource:
    """The data set that a command line names, not read yet."""

    file: str
    targets: tuple[str, ...]
    classes: bool
    decimals: bool

    def read(self) -> Data:
        """Read it. Raises InputError."""
        from symbolic_cp.networks.data import read_data

        return read_data(self.file, self.targets, classes=self.classes, decimals=self.decimals)

    def read_spectrum(self, *, anyway: bool) -> tuple[Data, DataSpectrum]:
        """Read it, and say what its spectrum will cost; nothing of that is computed yet.

        Raises InputError; TooLarge if it costs too much and is not wanted anyway.
        """
        from symbolic_cp.landscape.cost import spectrum_cost
        from symbolic_cp.landscape.data import DataSpectrum

        data = self.read()
        spectrum = DataSpectrum(data.X, data.Y)
        foretell("the spectrum of these data", spectrum_cost(spectrum.gram), anyway=anyway)
        return data, spectrum


def data_options(function: Function) -> Function:
    """DATA [--target COLUMN…] [--classes] [--decimals]; the function gets `source`, a DataSource."""

    @wraps(function)
    def collected(
        *, data: str, more: tuple[str, ...], target: tuple[str, ...], classes: bool, decimals: bool, **others: object
    ) -> object:
        source = DataSource(data, target_columns(target, more), classes, decimals)
        return function(source=source, **others)

    decorated: Function = collected
    for decorate in (
        decimals_option,
        click.option("--classes", is_flag=True, help="Integer targets are classes: one-hot, as text is."),
        click.option("--target", multiple=True, metavar="COLUMN…", help="The target columns of a table."),
        click.argument("more", nargs=-1, metavar=""),
        click.argument("data", metavar="DATA"),
    ):
        decorated = decorate(decorated)
    return decorated


def target_columns(target: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The columns behind --target, whether it is repeated or followed by several words.

    >>> target_columns(("a",), ("b", "c"))
    ('a', 'b', 'c')
    """
    if more and not target:
        raise click.UsageError(f"unexpected words: {' '.join(more)}")
    return target + more


def finite(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """The callback of an option that takes a number within a range: nan is in every range, and is no number."""
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"'{value}' is no number")
    return value


MOST_DIGITS = 7


def numbers(least: int) -> Callable[[click.Context, click.Parameter, str | None], tuple[int, ...] | None]:
    """The callback of an option that takes natural numbers separated by commas, each at least `least`."""

    def convert(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
        if value is None:
            return None
        words = [word.strip() for word in value.split(",")]
        if not all(word.isascii() and word.isdigit() for word in words):
            raise click.BadParameter(f"{quoted(value)} is no list of natural numbers such as 2 or 2,3")
        if any(len(word) > MOST_DIGITS for word in words):
            raise click.BadParameter(f"{quoted(value)} holds a number of more than {MOST_DIGITS} digits")
        if any(int(word) < least for word in words):
            raise click.BadParameter(f"{quoted(value)} holds a number below {least}")
        return tuple(map(int, words))

    return convert
