"""`prunecodes`: delete received codes older than their team keeps them; for a timer."""

from typing import Any

from credentials.management.door import VaultCommand
from credentials.vault import codes, teams


class Command(VaultCommand):
    help = "Delete received codes that are older than their team's retention."

    def run(self, **options: Any) -> None:
        self.stdout.write(f"{codes.prune_codes(teams.operator())} received codes deleted")
