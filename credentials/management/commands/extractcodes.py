"""`extractcodes < messages.jsonl`: the codes in messages, one JSON object per line in and out; needs no database."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credentials.otp.extract import extract


class Command(BaseCommand):
    help = "Read {id, text, channel} as JSON Lines on standard input; write {id, code, type, confidence, reason}."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        malformed = 0
        for number, line in enumerate(sys.stdin, start=1):
            try:
                answer = _answer(line)
            except (ValueError, TypeError, KeyError, RecursionError):
                malformed += 1
                # Never the content: it may hold a code.
                self.stderr.write(f"line {number}: not a JSON object with id and text")
            else:
                self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if malformed:
            raise CommandError(f"{malformed} of the lines could not be read.")


def _answer(line: str) -> dict[str, Any]:
    message = json.loads(line)
    text, channel = message["text"], message.get("channel") or ""
    if not isinstance(text, str) or not isinstance(channel, str):
        raise TypeError("text and channel are strings")
    return {"id": message["id"]} | asdict(extract(text, channel))
