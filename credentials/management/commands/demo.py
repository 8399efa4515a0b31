"""`demo`: fill an empty database with two teams, twenty credentials and one person per role, then serve it.

`make demo` calls it on a throw-away database; on one with people in it, it refuses.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from credentials.access import Scope
from credentials.management.door import VaultCommand
from credentials.vault import demo, setup


class Command(VaultCommand):
    help = "Fill an empty database with a demonstration and serve it. Refuses a database with people in it."

    def run(self, **options: Any) -> None:
        if setup.setup_path() is None:
            raise CommandError("This database is in use; the demonstration wants an empty one (make demo).")
        password = secrets.token_urlsafe(9)
        people, key = demo.fill(password=password, scopes=[Scope.CREDENTIALS_READ, Scope.TOTP_READ])
        for role, email in people:
            self.stdout.write(f"{role:<26} {email:<24} {password}")
        self.stdout.write(f"API key (first team)       {key}")
        self.stdout.write(f"Sign in at {settings.BASE_URL}/  Everything is gone when this ends.")
        self.stdout.flush()
        call_command("serve")
