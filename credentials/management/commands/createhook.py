"""`createhook --team SLUG --name NAME --kind receive|answer`: prints the address of a new hook, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.urls import reverse

from credentials.management.door import VaultCommand
from credentials.vault import hooks, teams

PAGES = {"receive": "hook_codes", "answer": "hook_otp"}


class Command(VaultCommand):
    help = "Create a hook and print its address, which is a key by itself and cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--kind", required=True, choices=PAGES, help="receive: forwarders post to it; answer: Skyvern asks it"
        )
        parser.add_argument("--identifier", default="", help="the e-mail address or number that the codes are for")
        parser.add_argument("--credential", default="", metavar="ID", help="instead: a credential's own codes")
        parser.add_argument(
            "--signing-key-stdin", action="store_true", help="refuse what is not signed with the key on standard input"
        )

    def run(self, **options: Any) -> None:
        row, token = hooks.create_hook(
            teams.operator(options["team"]),
            name=options["name"],
            kind=options["kind"],
            identifier=options["identifier"],
            credential_id=options["credential"],
            signing_key=self.secret("signing key") if options["signing_key_stdin"] else "",
        )
        self.stdout.write(settings.BASE_URL + reverse(PAGES[row.kind], args=[token]))
