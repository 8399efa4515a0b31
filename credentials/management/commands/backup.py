"""`backup FILE`: the whole vault in one file, while the server runs; `-` writes to standard output."""

import os
import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser

from credentials.management.door import VaultCommand
from credentials.vault import backup, teams


class Command(VaultCommand):
    help = "Write the whole vault into one new file, while the server runs. The keys are not in it: keep them apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file that is not there yet, or - for standard output")

    def run(self, **options: Any) -> None:
        if options["file"] == "-":
            self.write(sys.stdout.buffer)
            return
        whole = Path(options["file"])
        partial = whole.with_name(f"{whole.name}.partial")
        if whole.exists():
            raise CommandError("There is a file of this name already; choose another.")
        try:
            self.write_whole(whole, partial)
        except OSError as problem:
            raise CommandError(f"The file cannot be written: {problem.strerror}.") from None

    def write_whole(self, whole: Path, partial: Path) -> None:
        """Under its real name only once it is whole and on the disk, and never readable by others."""
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                self.write(file)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, whole)  # unlike a rename it replaces nothing
        finally:
            partial.unlink()

    def write(self, file: IO[bytes]) -> None:
        count = backup.back_up(teams.operator(), to=file)
        self.tell(f"{count} rows backed up")
