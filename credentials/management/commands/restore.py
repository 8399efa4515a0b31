"""`restore FILE`: a backup into an empty database, verified before it stays; `-` reads standard input."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import restore, teams


class Command(VaultCommand):
    help = "Put a backup into an empty database, verify it, and only then let it stay. Run 'migrate' afterwards."
    requires_migrations_checks = False
    tries_keys = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="what backup wrote, or - for standard input")

    def run(self, **options: Any) -> None:
        try:
            source = sys.stdin.buffer if options["file"] == "-" else open(options["file"], "rb")  # noqa: SIM115  closed below
        except OSError as problem:
            raise CommandError(f"The file cannot be read: {problem.strerror}.") from None
        with source:
            restored = restore.restore(teams.operator(), source=source)
        broken = [verdict.team_slug for verdict in restored.verdicts if verdict.is_broken]
        self.stdout.write(f"{restored.rows} rows restored and verified")
        if broken:
            raise CommandError(f"All is as it was backed up; but the audit was broken then: {', '.join(broken)}.")
