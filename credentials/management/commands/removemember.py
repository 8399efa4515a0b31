"""`removemember --team SLUG --email EMAIL`: somebody's rights in a team end with the next request."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import teams


class Command(VaultCommand):
    help = "Take somebody out of a team. A team keeps at least one owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)

    def run(self, **options: Any) -> None:
        caller = teams.operator(options["team"])
        teams.remove_member(caller, user_id=self.member_id(caller, options["email"]))
        self.stdout.write(f"{options['email']} removed")
