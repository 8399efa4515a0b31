"""`auditverify [--team SLUG] [--checkpoints FILE]`: up to which event each chain holds; 1 when one is broken."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from credentials.chain import Verdict
from credentials.management.door import VaultCommand
from credentials.vault import proofs, teams


class Command(VaultCommand):
    help = "Verify the audit's hash chains and name the first event that does not fit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", metavar="SLUG")
        parser.add_argument("--checkpoints", metavar="FILE", help="by default AUDIT_CHECKPOINT_FILE, once it is there")

    def run(self, **options: Any) -> None:
        verdicts = proofs.verify_trail(teams.operator(options["team"]), checkpoints=_lines(options["checkpoints"]))
        for verdict in verdicts:
            self.stdout.write(_line(verdict))
        if any(verdict.is_broken for verdict in verdicts):
            raise CommandError("The audit is broken: somebody changed the database outside Strongroom.")


def _lines(given: str | None) -> list[str]:
    path = Path(given or settings.AUDIT_CHECKPOINT_FILE or "")
    if not given and not path.is_file():
        return []
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        raise CommandError("The file of checkpoints cannot be read.") from None


def _line(verdict: Verdict) -> str:
    if verdict.is_broken:
        broken = f"{verdict.team_slug}: BROKEN at event {verdict.broken_at}: {verdict.why}"
        return f"{broken}; holds up to event {verdict.holds_up_to}"
    return f"{verdict.team_slug}: holds up to event {verdict.holds_up_to}"
