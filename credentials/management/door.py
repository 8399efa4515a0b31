"""What every command needs: results on stdout, refusals on stderr with exit code 1, a password from standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credentials.errors import VaultError


class VaultCommand(BaseCommand):
    """A command over one verb. Subclasses write `run(**options)`; a VaultError becomes one line on stderr."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.run(**options)
        except VaultError as problem:
            raise CommandError(problem.message) from None

    def run(self, **options: Any) -> None:
        raise TypeError(f"{type(self).__module__} has nothing to run.")

    def add_password(self, parser: CommandParser) -> None:
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def password(self, options: dict[str, Any]) -> str | None:
        if not options["password_stdin"]:
            return None
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise CommandError("--password-stdin was given, but standard input holds no password.")
        return given

    def tell(self, line: str) -> None:
        """Say something that is not the result."""
        self.stderr.write(line, self.style.NOTICE)
