"""What every command needs: results on stdout, refusals on stderr with exit code 1, a password from standard input."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError
from tqdm import tqdm

from credentials import metrics
from credentials.access import Caller
from credentials.errors import NotFound, VaultError
from credentials.vault import teams
from credentials.vault.seals import open_canary


def progress_bar(total: int | None, unit: str) -> Any:
    """How far it is and how long it will take, on stderr; in a log, which takes whole lines only, seldom."""
    seldom = 0.1 if sys.stderr.isatty() else 10
    return tqdm(total=total, unit=f" {unit}", mininterval=seldom, unit_scale=False, dynamic_ncols=True)


class VaultCommand(BaseCommand):
    """A command over one verb. Subclasses write `run(**options)`; a VaultError becomes one line on stderr."""

    tries_keys = True  # on the database, which an empty one would take for its first start

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if self.tries_keys:
                open_canary()  # with a wrong AUDIT_KEY even a refusal would break the chain
            self.run(**options)
        except VaultError as problem:
            raise CommandError(problem.message) from None
        except (OperationalError, ProgrammingError):
            raise CommandError("The database does not answer, or 'manage.py migrate' was not run yet.") from None
        finally:
            metrics.leave()

    def run(self, **options: Any) -> None:
        raise TypeError(f"{type(self).__module__} has nothing to run.")

    def add_password(self, parser: CommandParser) -> None:
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def password(self, options: dict[str, Any]) -> str | None:
        if not options["password_stdin"]:
            return None
        return self.secret("password")

    def secret(self, name: str) -> str:
        """A secret from standard input: as an argument, every process on the machine could read it."""
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise CommandError(f"--{name.replace(' ', '-')}-stdin was given, but standard input holds no {name}.")
        return given

    def tell_about_password(self, user: Any, password: str | None) -> None:
        """How a person comes by a password, when the one that was given is not theirs."""
        if not user.has_usable_password():
            self.tell(f"One-time link for {user.email}: {settings.BASE_URL}{teams.password_path(user)}")
        elif password and not user.check_password(password):
            self.tell(f"{user.email} has an account already; the password was not changed.")

    def member_id(self, caller: Caller, email: str) -> int:
        """The id of the team's member with this address."""
        for row in teams.see_members(caller):
            if row["user__email"] == email.strip().lower():
                return int(row["user_id"])
        raise NotFound("The team has no member with this address.")

    def tell(self, line: str) -> None:
        """Say something that is not the result."""
        self.stderr.write(line, self.style.NOTICE)
