"""`auditverify [--team SLUG]`: up to which event each chain holds; exit code 1 when one is broken."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.audit import Verdict
from credentials.management.door import VaultCommand
from credentials.vault import teams, trail


class Command(VaultCommand):
    help = "Verify the audit's hash chains and name the first event that does not fit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", metavar="SLUG")

    def run(self, **options: Any) -> None:
        verdicts = trail.verify_trail(teams.operator(options["team"]))
        for verdict in verdicts:
            self.stdout.write(_line(verdict))
        if any(verdict.is_broken for verdict in verdicts):
            raise CommandError("The audit is broken: somebody changed the database outside Strongroom.")


def _line(verdict: Verdict) -> str:
    if verdict.is_broken:
        broken = f"{verdict.team_slug}: BROKEN at event {verdict.broken_at}: {verdict.why}"
        return f"{broken}; holds up to event {verdict.holds_up_to}"
    return f"{verdict.team_slug}: holds up to event {verdict.holds_up_to}"
