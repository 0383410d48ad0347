"""The command line. `main` runs one command and returns its exit code; frame.py says how.

table.py   the commands, one line each
frame.py   finding commands, errors, exit codes
output.py  JSON or text on standard output, tables, files written
options.py options that several commands take
NAME.py    the command NAME, as `command`
"""

from __future__ import annotations

from symbolic_cp.cli.frame import main

__all__ = ["main"]
