"""`revokeapikey --team SLUG --name NAME`: the key opens nothing from the next request on."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.errors import NotFound
from credentials.management.door import VaultCommand
from credentials.vault import keys, teams


class Command(VaultCommand):
    help = "Revoke a team's API key, by its name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)

    def run(self, **options: Any) -> None:
        caller = teams.operator(options["team"])
        living = [row for row in keys.see_api_keys(caller) if not row["revoked_at"] and row["name"] == options["name"]]
        if not living:
            raise NotFound("The team has no living key with this name.")
        keys.revoke_api_key(caller, key_id=living[0]["id"])
        self.stdout.write(f"{options['name']} revoked")
