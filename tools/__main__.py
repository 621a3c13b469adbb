"""Chooses the command."""

import sys
from collections.abc import Callable

from tools import verify
from tools.prepare import Missing
from tools.serve import run

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": verify.test,
    "check": verify.check,
    "bench": verify.bench,
    "pictures": verify.pictures,
    "catalogues": verify.catalogues,
}


def main(arguments: list[str]) -> int:
    """The exit code of the command named first."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"Usage: python3 -m tools {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main(sys.argv[1:]))
