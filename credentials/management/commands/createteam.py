"""`createteam NAME --owner EMAIL`: a team and its first owner; prints the slug."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import teams


class Command(VaultCommand):
    help = "Create a team with its first owner and print the team's slug."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        self.add_password(parser)

    def run(self, **options: Any) -> None:
        password = self.password(options)
        team, owner = teams.create_team(
            teams.operator(), name=options["name"], owner=options["owner"], password=password
        )
        self.stdout.write(team.slug)
        self.tell_about_password(owner, password)
