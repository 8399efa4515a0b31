"""`receivecode --team SLUG --identifier X < message`: hand in a message, as a mail server's pipe would."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import codes, teams

MOST = 1_000_000  # bytes


class Command(VaultCommand):
    help = "Read a message on standard input, keep it and its code for whoever waits; print the message's id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--identifier", required=True, help="the address or number that it was sent to")
        parser.add_argument("--source", default="", help="email, sms or another word")

    def run(self, **options: Any) -> None:
        content = sys.stdin.buffer.read(MOST + 1)
        if len(content) > MOST:
            raise CommandError("The message is longer than a megabyte.")
        found = codes.receive_code(
            teams.operator(options["team"]), identifier=options["identifier"], source=options["source"],
            content=content.decode(errors="replace"),
        )  # fmt: skip
        # Never the code: whoever reads this log need not be who may read codes.
        self.stdout.write(f"{found.row.id} {found.row.otp_type or 'nothing found'}")
