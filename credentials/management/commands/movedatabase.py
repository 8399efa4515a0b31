"""`movedatabase --to-env NAME`: everything into another database, verified there; this one is only read."""

import subprocess
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config import env
from credentials.management.door import VaultCommand
from credentials.vault import backup, teams


class Command(VaultCommand):
    help = "Copy everything into an empty database of any kind and verify it there. Stop the server first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to-env", required=True, metavar="NAME", help="the environment variable that holds the new DATABASE_URL"
        )

    def run(self, **options: Any) -> None:
        target = env.with_database(options["to_env"])
        if not target["DATABASE_URL"]:
            raise CommandError("--to-env names a variable that is not set, or is empty.")
        # A process of its own, since a process has one database; the same verification as for a backup.
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", "-"]
        with subprocess.Popen(command, env=target, stdin=subprocess.PIPE) as restoring:
            if restoring.stdin is None:
                raise CommandError("There is no way to talk to the other process.")
            with suppress(BrokenPipeError), restoring.stdin as pipe:  # it refused, and says why itself
                backup.copy_out(teams.operator(), to=pipe)
        if restoring.returncode:
            raise CommandError("The line above says why. This database is as it was.")
        self.tell("Put the new address into DATABASE_URL and start the server; keep the old database a while.")
