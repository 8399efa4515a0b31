"""`doctor`: settings, files, disk, mail, database, keys, clock, search, audit; what is wrong with each, what to do."""

from typing import Any

from django.core.management.base import CommandError

from credentials.management.door import VaultCommand
from credentials.vault import doctor, teams


class Command(VaultCommand):
    help = "Look at everything the vault stands on and say what to do. Exit code 1 when something has to be done."
    tries_keys = False  # looks itself, and says more

    def run(self, **options: Any) -> None:
        ill = 0
        for found in doctor.examine(teams.operator()):
            ill += bool(found.cure)
            self.stdout.write(f"{'WRONG' if found.cure else 'ok':<6}{found.what:<10}{found.says}")
            if found.cure:
                self.stdout.write(f"{'':<16}{found.cure}")
        if ill:
            raise CommandError(f"{ill} of these want something done.")
