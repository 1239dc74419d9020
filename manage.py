#!/usr/bin/env python
"""The command line of the server: `python manage.py help` lists its commands."""

import os
import sys

from config import env


def main() -> None:
    """Run the command named on the command line with the settings the environment asks for."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
