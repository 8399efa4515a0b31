"""`rotatekeys`: seal everything under the first of VAULT_KEYS, while the server runs."""

from typing import Any

from credentials.management.door import VaultCommand
from credentials.vault import seals, teams


class Command(VaultCommand):
    help = "Seal everything under the first of VAULT_KEYS. Safe to run again, and while the server runs."

    def run(self, **options: Any) -> None:
        done = seals.rotate_keys(teams.operator(), progress=self.progress)
        self.stdout.write(f"{done.seen} sealed values looked at, {done.renewed} sealed anew")

    def progress(self, done: seals.Rotation) -> None:
        if done.seen % 10_000 < seals.BATCH:
            self.tell(f"{done.seen} looked at, {done.renewed} sealed anew")
