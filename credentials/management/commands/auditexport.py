"""`auditexport [--team SLUG]`: the audit as JSON Lines with hashes on stdout; tools/verify_audit.py verifies it."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import proofs, teams


class Command(VaultCommand):
    help = "Write one team's chain, or all of them and the system's, as JSON Lines with hashes to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", metavar="SLUG")

    def run(self, **options: Any) -> None:
        for line in proofs.export_trail(teams.operator(options["team"])):
            self.stdout.write(line, ending="")
