"""`changerole --team SLUG --email EMAIL --role ROLE`: give a member another role."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.models import Role
from credentials.vault import teams


class Command(VaultCommand):
    help = "Change a member's role. A team keeps at least one owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)

    def run(self, **options: Any) -> None:
        caller = teams.operator(options["team"])
        user_id = self.member_id(caller, options["email"])
        member = teams.change_role(caller, user_id=user_id, role=options["role"])
        self.stdout.write(f"{member.user.email} {member.role}")
