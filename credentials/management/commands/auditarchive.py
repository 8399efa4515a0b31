"""`auditarchive (--team SLUG | --system) --before DATE --to FILE`: move old events into a file that verifies alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import proofs, teams


class Command(VaultCommand):
    help = "Verify a chain, write its older events to a new file, and let verification go on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--team", metavar="SLUG")
        which.add_argument("--system", action="store_true", help="the chain of what belongs to no team")
        parser.add_argument("--before", required=True, metavar="YYYY-MM-DD", help="in UTC")
        parser.add_argument("--to", required=True, metavar="FILE")

    def run(self, **options: Any) -> None:
        try:
            before = datetime.strptime(options["before"], "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise CommandError("--before is a date like 2026-01-31.") from None
        caller = teams.operator(options["team"])
        done = proofs.archive_trail(caller, before=before, path=Path(options["to"]))
        self.stdout.write(f"{done.count} events, up to event {done.seq}, SHA-256 {done.file_digest}")
