"""`pruneversions`: delete old versions beyond the number that their team keeps; for a timer."""

from typing import Any

from credentials.management.door import VaultCommand
from credentials.vault import policy, teams


class Command(VaultCommand):
    help = "Delete versions of credentials beyond the number that their team keeps."

    def run(self, **options: Any) -> None:
        self.stdout.write(f"{policy.prune_versions(teams.operator())} versions deleted")
