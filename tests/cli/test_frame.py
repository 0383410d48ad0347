"""The frame of the command line: finding commands, help, one-line errors, exit codes, Ctrl-C, closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import click
import pytest

from symbolic_cp import __version__
from symbolic_cp.cli import main
from symbolic_cp.cli.frame import Commands
from symbolic_cp.cli.options import as_command, numbers, target_columns
from symbolic_cp.cli.output import console, table, write_file
from symbolic_cp.cli.table import COMMANDS
from symbolic_cp.exact.errors import InputError, Undecided

BUILT = list(COMMANDS)


@pytest.fixture
def fails(monkeypatch):
    """Make `symbolic-cp relu` raise the given exception, as a built command might."""

    def install(error):
        @as_command("relu", "relu data.csv --hidden 1")
        def made(*, as_json):  # noqa: ARG001 - the decorator passes it
            raise error

        monkeypatch.setattr(Commands, "get_command", lambda *_: made)

    return install


def test_help_lists_every_command_in_order(capsys):
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert listed == list(COMMANDS)


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"symbolic-cp {__version__}\n"


@pytest.mark.parametrize("name", BUILT)
def test_every_command_has_help_with_an_example_and_json(capsys, name):
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Example: symbolic-cp {name} " in shown + " "
    assert "--json" in shown
    assert " ".join(COMMANDS[name].split()) in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["veriffy"], 'there is no command "veriffy"; is "verify" meant?'),
        (["zzz"], 'there is no command "zzz"; symbolic-cp --help lists the commands'),
        (["--zzz"], 'there is no option "--zzz"; see symbolic-cp --help'),
        (["a\nb\x1b[31m"], 'there is no command "a\\nb\\u001b[31m"; symbolic-cp --help lists the commands'),
    ],
)
def test_wrong_usage(capsys, words, message):
    assert main(words) == 2
    assert capsys.readouterr().err == f"symbolic-cp: {message}\n"


def test_no_command_shows_the_help_on_standard_error(capsys):
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "landscape" in err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("too bad", file="a.json", line=2, column=3, field="X[1]"), 2, "a.json:2:3: X[1]: too bad"),
        (InputError("two\nlines\x1b"), 2, "two\\u000alines\\u001b"),
        (Undecided("the budget of 100 steps is used up"), 3, "not decided: the budget of 100 steps is used up"),
        (MemoryError(), 3, "not decided: out of memory"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 2, "the system says: no space left on device"),
        (click.UsageError("Missing argument 'DATA'."), 2, "missing argument 'DATA'; see symbolic-cp relu --help"),
    ],
)
def test_every_failure_is_one_line_and_an_exit_code(capsys, fails, error, code, line):
    fails(error)
    assert main(["relu"]) == code
    out, err = capsys.readouterr()
    assert (out, err.strip("\n")) == ("", f"symbolic-cp: {line}")


def test_failures_as_json(capsys, fails):
    fails(InputError("too bad", file="a.json", line=2, column=3, field="X[1]"))
    assert main(["relu", "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "error": {"message": "too bad", "file": "a.json", "line": 2, "column": 3, "field": "X[1]"}
    }


def test_a_fault_of_ours_is_not_hidden(fails):
    fails(ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        main(["relu"])


def test_the_limit_on_digits_is_lifted_and_put_back(monkeypatch, capsys):
    @as_command("relu", "relu")
    def made(*, as_json):  # noqa: ARG001 - the decorator passes it
        click.echo(str(10**10_000 - 1).count("9"))

    monkeypatch.setattr(Commands, "get_command", lambda *_: made)
    before = sys.get_int_max_str_digits()
    assert main(["relu"]) == 0
    assert capsys.readouterr().out == "10000\n"
    assert sys.get_int_max_str_digits() == before


def run(root, code, **more):
    env = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.Popen([sys.executable, "-c", code], env=env, text=True, stderr=subprocess.PIPE, **more)


MAKE = """
import sys, time, click
from symbolic_cp.cli import main, frame
from symbolic_cp.cli.options import as_command
@as_command("relu", "relu")
def made(*, as_json):
    {body}
frame.Commands.get_command = lambda *_: made
sys.exit(main(["relu"]))
"""


def test_a_closed_pipe_is_quiet(root):
    process = run(root, MAKE.format(body="[click.echo('x' * 1000) for _ in range(10000)]"), stdout=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def program(root, *words, **streams):
    command = [sys.executable, "-m", "symbolic_cp", *words]
    return subprocess.run(command, cwd=root, stderr=subprocess.PIPE, text=True, timeout=60, check=False, **streams)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["latex", "lem-1", "--width", "nan"], "'nan' is no number"),
        (["prove", "x.json", "--seconds", "abc"], "'abc' is not a valid number"),
        (["campaign", "--count", "1e3"], "'1e3' is no whole number"),
        (["landscape", "x.csv", "--hidden", "9" * 30], "holds a number of more than 7 digits"),
        (["landscape", "x.csv", "--hidden", "1,b"], "is no list of natural numbers"),
    ],
)
def test_numbers_in_options(capsys, words, message):
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_a_closed_pipe_is_quiet_where_rich_prints(root):
    reads, writes = os.pipe()
    os.close(reads)
    done = program(root, "explain", "lem-1", stdout=writes)
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110 - of the system
@pytest.mark.parametrize("words", [["explain", "lem-1"], ["explain", "lem-1", "--json"], ["explain", "lem1", "--json"]])
def test_a_full_disk_is_said_on_one_line(root, words):
    with open("/dev/full", "w") as full:  # noqa: PTH123 - as above
        done = program(root, *words, stdout=full)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "lem-1 meant" in done.stderr if "lem1" in words else "no space left" in done.stderr.lower()


def test_without_standard_output_nothing_is_said(root):
    call = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', 'symbolic_cp', '--version'])"
    done = subprocess.run([sys.executable, "-c", call], cwd=root, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups")
def test_ctrl_c_is_clean_where_two_processes_check(root):
    """The signal of a terminal goes to the whole group."""
    body = (
        "import os, time\nfrom symbolic_cp.book.checker import Checker\n"
        "with Checker() as checker:\n    checker.submit({})\n    time.sleep(0.2)\n    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", f"import signal; signal.signal(signal.SIGINT, lambda *_: exit(130))\n{body}"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=root, text=True, start_new_session=True, **pipes)
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "")


def test_ctrl_c_is_clean(root):
    process = run(root, MAKE.format(body="click.echo('ready'); time.sleep(60)"), stdout=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err.strip()) == ("", "symbolic-cp: interrupted")


def test_python_m_symbolic_cp(root):
    env = os.environ | {"PYTHONPATH": str(root)}
    command_line = [sys.executable, "-m", "symbolic_cp", "--version"]
    done = subprocess.run(command_line, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == f"symbolic-cp {__version__}\n"


def test_lists_of_numbers():
    read = numbers(1)
    assert read(None, None, "2, 3") == (2, 3)
    assert read(None, None, None) is None
    for text in ("", "2,", "x", "-1", "0", "1.5", "99999999", "²"):
        with pytest.raises(click.BadParameter):
            read(None, None, text)


def test_target_columns():
    assert target_columns((), ()) == ()
    with pytest.raises(click.UsageError, match="unexpected words: b c"):
        target_columns((), ("b", "c"))


def test_tables_are_plain_when_piped(capsys):
    out = console()
    out.print(table(out, ["name", "loss"], [["[bold]x[/bold]", "1"], ["y" * 300, "10"]], right=[1]))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split() == ["[bold]x[/bold]", "1"]
    assert lines[2].split() == ["y" * 300, "10"]
    assert "\x1b" not in "".join(lines)


def test_files_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written: no such file or directory"):
        write_file(tmp_path / "no" / "x", "")
