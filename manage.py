#!/usr/bin/env python
"""Run a management command; a wrong setting ends in one line on stderr, not in a traceback."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.SECRET_KEY  # noqa: B018  reading one setting loads them all, so that a bad one is met here
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"strongroom: {problem}")


if __name__ == "__main__":
    main()
