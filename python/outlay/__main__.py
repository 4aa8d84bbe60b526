"""``outlay`` and ``python -m outlay``: the command line."""

from __future__ import annotations

import signal
import sys

from outlay._outlay import main as run


def main() -> int:
    """Runs the command line on the arguments of the process; answers its exit code: 0, 1 or 2."""
    # Ctrl-C ends the program at once, as it does without an interpreter.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(["outlay", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
