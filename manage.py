#!/usr/bin/env python
"""Django's command line for the loyalty site; beside `make run` it works on the shop that runs."""

import os
import sys


def main() -> None:
    from loyalty_site.supervisor.running import running_environ

    os.environ.update(running_environ(os.environ))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
