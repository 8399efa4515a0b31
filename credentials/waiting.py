"""How any door has an empty answer wait: it answers at once and says so in a header, which never leaves the server.

config/waiting.py takes the header off, holds the client without a thread or a connection to the database, and sends
the same request through once more when a code has arrived; under plain WSGI the answer simply is at once.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Strongroom-Wait"  # "<seconds> <whose> <topic> …"
LONGEST = 60  # seconds that one may ask for
HELD = 55  # seconds that one is held at most: many clients give up after 60, and a code must not go to nobody
LARGEST = 20_000  # bytes of a body: it stays in memory for as long as its sender waits

R = TypeVar("R", bound=HttpResponse)


def held(request: HttpRequest, answer: R, *, seconds: int, team_id: str | None, topics: Iterable[str]) -> R:
    """The answer, to be sent when `seconds` are over unless something is announced before (vault/wakeups.py).

    The team is told as a digest, so that none takes every place among those who wait.
    """
    if seconds > 0 and len(request.body) <= LARGEST:
        whose = sha256((team_id or "").encode()).hexdigest()[:16]
        answer.headers[HEADER] = " ".join([str(min(seconds, HELD)), whose, *topics])
    return answer
