"""`auditstream [--once]`: send the audit to syslog and a webhook as it grows; goes on where it was cut off."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import streams, teams

PAUSE = 1  # seconds between looks for new events
LONGEST_PAUSE = 60  # while a receiver does not answer
LOOK_ANYWAY = 30  # looks: numbers are given before they are committed, so the newest alone does not tell


class Command(VaultCommand):
    help = "Stream audit events to AUDIT_SYSLOG and AUDIT_WEBHOOK, at least once each. Runs until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is there and end; 1 when some could not be")

    def run(self, **options: Any) -> None:
        caller = teams.operator()
        if options["once"]:
            sent, problems = streams.stream_trail(caller)
            self.stdout.write(f"{sent} events sent")
            if problems:
                raise CommandError("; ".join(problems))
            return
        seen, pause, looks = -1, PAUSE, 0
        while True:
            newest, looks = streams.newest_event(), looks + 1
            if newest != seen or looks >= LOOK_ANYWAY:
                _, problems = streams.stream_trail(caller)
                for problem in problems:
                    self.tell(problem)
                pause = min(pause * 2, LONGEST_PAUSE) if problems else PAUSE
                seen, looks = (-1 if problems else newest), 0
            time.sleep(pause)
