"""The command line behind ``./geowarden``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from ops import commands, pyramid, testing
from ops.home import OpsError

COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": commands.up,
    "down": commands.down,
    "status": commands.status,
    "logs": commands.logs,
    "reset": commands.reset,
    "settings": commands.settings,
    "openapi": commands.openapi,
    "jobs": commands.jobs,
    "migrate": commands.migrate,
    "seed": commands.seed,
    "supervise": commands.supervise,
    "pyramid": pyramid.pyramid,
}


def arguments() -> argparse.ArgumentParser:
    """What can be typed."""
    parser = argparse.ArgumentParser(prog="geowarden")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("service", nargs="?", help="for logs: whose; for pyramid: check or rebuild")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8440)
    parser.add_argument("--scale", type=int, default=500, help="sites of the demo city")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty city")
    parser.add_argument("--yes", action="store_true", help="for reset: do not ask")
    parser.add_argument("--follow", "-f", action="store_true", help="for logs: go on")
    return parser


def main() -> int:
    """Run one command; whatever the operator can mend is told in one sentence."""
    if sys.argv[1:2] == ["check"]:
        return 1 if testing.run_checks() else 0
    if sys.argv[1:2] == ["test"]:
        quick = "--quick" in sys.argv
        return testing.run_tests([one for one in sys.argv[2:] if one != "--quick"], quick=quick)
    options = arguments().parse_args()
    try:
        return COMMANDS[options.command](options)
    except OpsError as error:
        print(f"geowarden: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # whoever read our output (head, less) had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\ngeowarden: interrupted; run the same command again to go on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
