"""`revokehook --team SLUG --name NAME`: the address is nobody's from the next request on."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.errors import NotFound
from credentials.management.door import VaultCommand
from credentials.vault import hooks, teams


class Command(VaultCommand):
    help = "Revoke a team's hook, by its name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)

    def run(self, **options: Any) -> None:
        caller = teams.operator(options["team"])
        living = [row for row in hooks.see_hooks(caller) if not row["revoked_at"] and row["name"] == options["name"]]
        if not living:
            raise NotFound("The team has no living hook with this name.")
        hooks.revoke_hook(caller, hook_id=living[0]["id"])
        self.stdout.write(f"{options['name']} revoked")
