"""`rotatekeys`: seal everything under the first of VAULT_KEYS, while the server runs."""

from typing import Any

from credentials.management.door import VaultCommand, progress_bar
from credentials.vault import seals, teams


class Command(VaultCommand):
    help = "Seal everything under the first of VAULT_KEYS. Safe to run again, and while the server runs."

    def run(self, **options: Any) -> None:
        with progress_bar(seals.count_sealed(), "values") as bar:
            done = seals.rotate_keys(teams.operator(), progress=lambda done: bar.update(done.seen - bar.n))
            bar.update(done.seen - bar.n)
        self.stdout.write(f"{done.seen} sealed values looked at, {done.renewed} sealed anew")
