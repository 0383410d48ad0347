"""`python -m symbolic_cp` is `symbolic-cp`."""

from __future__ import annotations

import sys

from symbolic_cp.cli import main

if __name__ == "__main__":
    sys.exit(main())
