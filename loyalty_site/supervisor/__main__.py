"""The command line: `python -m loyalty_site.supervisor exec -- pytest`."""

import argparse
import os
import sys

from loyalty_site.supervisor.assets import build_assets
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.execute import execute
from loyalty_site.supervisor.progress import step
from loyalty_site.supervisor.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m loyalty_site.supervisor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    on_own_databases = commands.add_parser("exec", help="run a command with throw-away databases")
    on_own_databases.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    commands.add_parser("run", help="the whole shop in the foreground")
    commands.add_parser("assets", help="build the style sheet and the message catalogues")
    arguments = parser.parse_args()
    try:
        if arguments.command == "run":
            return run(os.environ)
        if arguments.command == "assets":
            build_assets(say=step)
            return 0
        argv = arguments.argv[1:] if arguments.argv[:1] == ["--"] else arguments.argv
        if not argv:
            parser.error("exec needs a command")
        return execute(argv, os.environ)
    except SupervisorError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
