"""`addmember --team SLUG --email EMAIL --role ROLE`: give somebody a role in a team."""

from typing import Any

from django.core.management.base import CommandParser

from credentials.management.door import VaultCommand
from credentials.models import Role
from credentials.vault import teams


class Command(VaultCommand):
    help = "Add a member to a team; the user is created if there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        self.add_password(parser)

    def run(self, **options: Any) -> None:
        password = self.password(options)
        caller = teams.operator(options["team"])
        member = teams.add_member(caller, email=options["email"], role=options["role"], password=password)
        self.stdout.write(f"{member.user.email} {member.role}")
        self.tell_about_password(member.user, password)
