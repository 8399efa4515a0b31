"""`createapikey --team SLUG --name NAME --scopes A,B`: prints a new API key, once."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.access import Scope
from credentials.management.door import VaultCommand
from credentials.vault import keys, teams


class Command(VaultCommand):
    help = "Create an API key and print it; it cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--scopes", required=True, help=f"some of {','.join(Scope)}")

    def run(self, **options: Any) -> None:
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        _, key = keys.create_api_key(teams.operator(options["team"]), name=options["name"], scopes=scopes)
        self.stdout.write(key)
