"""`deactivateuser EMAIL`: see vault/people.py."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import people, teams


class Command(VaultCommand):
    help = "End the sessions and all rights of an account, in every team, from the next request on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def run(self, **options: Any) -> None:
        user = people.deactivate(teams.operator(), email=options["email"])
        self.stdout.write(f"{user.email} is deactivated")
