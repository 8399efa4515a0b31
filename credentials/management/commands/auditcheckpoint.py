"""`auditcheckpoint`: one signed line with the head of every chain, to a file and to a webhook; for a timer."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from credentials.egress import Unreachable
from credentials.management.door import VaultCommand
from credentials.vault import proofs, streams, teams


class Command(VaultCommand):
    help = "Sign the heads of the audit's chains, so that auditverify notices when the newest events were cut off."

    def run(self, **options: Any) -> None:
        line = proofs.checkpoint(teams.operator())
        if settings.AUDIT_CHECKPOINT_FILE:
            _append(Path(settings.AUDIT_CHECKPOINT_FILE), line)
        if settings.AUDIT_CHECKPOINT_WEBHOOK:
            try:
                streams.send_checkpoint(line)
            except Unreachable as problem:
                raise CommandError(f"The checkpoint was not sent: {problem}") from None
        self.stdout.write(line)


def _append(path: Path, line: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError:
        raise CommandError("AUDIT_CHECKPOINT_FILE cannot be written.") from None
