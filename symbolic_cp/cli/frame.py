"""How a command is found and run, and how every failure becomes one line and an exit code.

Main function: main. Exit codes: 0 all holds, 1 checked and something does not hold, 2 bad input or usage, 3 not
decided within the limits given, 130 interrupted, 141 nobody reads the output any more. A command's module is
imported when the command is called, so that `symbolic-cp --help` answers at once.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from symbolic_cp import __version__
from symbolic_cp.cli.table import COMMANDS
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.source import quoted, reason

PROGRAM = "symbolic-cp"
HOLDS, FAILS, BAD_INPUT, UNDECIDED, INTERRUPTED, NO_READER = 0, 1, 2, 3, 130, 141


class Commands(click.Group):
    """The commands of table.py, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """All names, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"symbolic_cp.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a message that names the nearest command."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, 1)
            hint = f'is "{close[0]}" meant?' if close else f"{PROGRAM} --help lists the commands"
            raise InputError(f"there is no command {quoted(name)}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a closed pipe is told apart from what click makes of it (exit code 1)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _NoReaderError from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of commands, written without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class _NoReaderError(Exception):
    """Nobody reads the output any more."""


def commands() -> click.Group:
    """The whole command line as a click group."""
    return Commands(
        PROGRAM,
        help="Matrix proofs of machine learning, checked: every step ends as a certificate or as an exact "
        "counterexample. Exit codes: 0 all holds, 1 something does not hold, 2 bad input or usage, 3 not decided.",
        epilog=f"Example: {PROGRAM} landscape examples/data/iris.csv --target species --hidden 2",
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_show_version,
                help="Show the version.",
            )
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        subcommand_metavar="COMMAND …",
        no_args_is_help=True,
    )


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"{PROGRAM} {__version__}")
        ctx.exit()


SELDOM = (50_000, 50, 1000)
"""How seldom this process looks for garbage: proofs are kept, and going through them took a quarter of an audit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's) and return its exit code; errors are printed, not raised."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        gc.set_threshold(*SELDOM)
    as_json = "--json" in words
    if sys.stdout is None:  # closed by the caller
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process runs
    _never_fail_to_print()
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # exact results may be long; what is read is limited where it is read
    try:
        code = commands().main(words, PROGRAM, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else HOLDS
    except (_NoReaderError, BrokenPipeError):
        _drop_output()
        return NO_READER
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort, click.ClickException, InputError, Undecided, MemoryError, OSError) as error:
        return _failed(error, as_json)
    finally:
        sys.set_int_max_str_digits(digits)


def _drop_output() -> None:
    """What is still to be written goes nowhere: else the interpreter complains on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _never_fail_to_print() -> None:
    """Characters that the terminal does not have are printed as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _failed(error: BaseException, as_json: bool) -> int:
    """Say what went wrong, on one line of standard error or as JSON on standard output; return the exit code."""
    message, code = _said(error)
    place = {name: getattr(error, name, None) for name in ("file", "line", "column", "field")}
    if as_json:
        try:
            click.echo(json.dumps({"error": {"message": message, **place}}, ensure_ascii=False))
            return code
        except OSError:  # a full disk, perhaps the error itself
            _drop_output()
    text = error.located() if isinstance(error, InputError) else message
    line = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    click.echo(f"{PROGRAM}: {line}", err=True)
    return code


def _said(error: BaseException) -> tuple[str, int]:
    if isinstance(error, InputError):
        return error.message, BAD_INPUT
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else PROGRAM
        return f"{_wrong_usage(error)}; see {path} --help", BAD_INPUT
    if isinstance(error, Undecided):
        return f"not decided: {error}", UNDECIDED
    if isinstance(error, MemoryError):
        return "not decided: out of memory", UNDECIDED
    if isinstance(error, OSError):
        return f"the system says: {reason(error)}", BAD_INPUT
    return "interrupted", INTERRUPTED


def _wrong_usage(error: click.ClickException) -> str:
    """What click says; in our words where its own change from version to version."""
    if isinstance(error, click.NoSuchOption):
        close = get_close_matches(error.option_name, error.possibilities or (), 1)
        return f"there is no option {quoted(error.option_name)}" + (f"; is {close[0]} meant?" if close else "")
    if isinstance(error, click.MissingParameter) and error.param is not None:
        named = error.param.metavar or str(error.param.name).upper()
        return f"{error.param.opts[0] if isinstance(error.param, click.Option) else named} is missing"
    message = error.format_message().rstrip(".")
    message = message.replace("is not a valid integer range", "is no whole number").replace("float range", "number")
    return message[:1].lower() + message[1:]
