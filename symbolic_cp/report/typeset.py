"""A LaTeX document made into a PDF by latexmk, where TeX is installed.

Main function: typeset.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason

NEEDS = "PDF needs latexmk and pdflatex; on Debian: apt install latexmk texlive-latex-extra texlive-science"
SECONDS = 300


def typeset(text: str, file: str) -> str:
    """Write the PDF, and return the log of pdflatex. Raises InputError if TeX is missing, fails, or cannot write."""
    found = shutil.which("latexmk")
    if found is None or shutil.which("pdflatex") is None:
        raise InputError(NEEDS, field="--pdf")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "derivation.tex").write_text(text, encoding="utf-8")
        order = [found, "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-silent"]
        try:
            done = subprocess.run(  # noqa: S603 - latexmk itself, on a file of our own
                [*order, "derivation.tex"], cwd=place, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise InputError(f"latexmk did not end within {SECONDS} seconds", field="--pdf") from None
        log = (place / "derivation.log").read_text(encoding="utf-8", errors="replace")
        if done.returncode != 0:
            said = next((line for line in log.splitlines() if line.startswith("!")), "no message")
            raise InputError(f"pdflatex failed: {said}", field="--pdf")
        try:
            shutil.copyfile(place / "derivation.pdf", file)
        except OSError as error:
            raise InputError(f"cannot be written: {reason(error)}", file=file) from None
    return log
