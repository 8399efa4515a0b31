"""A million audit events: the admin's first page, each of its filters, and a verification in flat memory."""

import json
import subprocess
import sys
import time
import urllib.request

from bench.figures import percentile
from bench.run import Bench
from tests.server import ROOT, Server

EVENTS = 1_000_000
PAGES = 5  # of each filter
FILTERS = {
    "first page": "",
    "one team": "team__id__exact={team}",
    "refused": "outcome=refused",
    "failed, of which there are none": "outcome=failed",
    "one action": "action=code.claim",
    "one action that is rare": "action=member.add",
    "one door": "door=skyvern",
    "one door that is rare": "door=web",
    "one kind of actor": "actor_kind=key",
    "one kind of actor that is rare": "actor_kind=person",
    "one day": "at__gte=2026-03-01+00:00:00%2B00:00&at__lt=2026-03-02+00:00:00%2B00:00",
    "an action by a door, both rare": "action=member.add&door=web",
    "one team by a door that is rare": "team__id__exact={team}&door=web",
    "by the id of a key": "q=key_00000000000000000000000007",
}
# In a process of the server's own settings: they choose the database.
FILL = "print(audit_events.fill({events}))"
VERIFY = "print(audit_events.verify({first}))"


def events(bench: Bench) -> None:
    for engine in bench.engines:
        with bench.serving(engine, [10]) as vault:
            for name, value, unit in _figures(vault.server):
                bench.tell(engine, name, value, unit)


def _figures(server: Server) -> list[tuple[str, float, str]]:
    server.manage("createteam", "Bench", "--owner", "bench@example.org")
    filled = _told(server, FILL.format(events=EVENTS))
    verified = _told(server, VERIFY.format(first=EVENTS // 20))
    asked_at = time.monotonic()
    done = server.manage("auditverify")
    took = time.monotonic() - asked_at
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [
        ("audit events", EVENTS, ""),
        *(
            (f"admin's audit, {name}", 1000 * _page(server, filled["session"], query.format(**filled)), "ms")
            for name, query in FILTERS.items()
        ),
        ("auditverify", took, "s"),
        ("processor for verifying one event", 1e6 * verified["seconds"] / EVENTS, "µs"),
        ("memory that the last 19 in 20 of them add", verified["grown"] / 1024, "KiB"),
    ]


def _told(server: Server, code: str) -> dict[str, float | str]:
    done = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", f"import django; django.setup(); from bench import audit_events; {code}"],
        cwd=ROOT, env={**server.env, "DJANGO_SETTINGS_MODULE": "config.settings"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _page(server: Server, session: str | float, query: str) -> float:
    """Seconds: the half of some."""
    request = urllib.request.Request(  # noqa: S310  the server's own address
        f"{server.url}/admin/credentials/auditevent/?{query}"
    )
    request.add_header("Cookie", str(session))
    times = []
    for _ in range(PAGES):
        asked_at = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            if answer.url != request.full_url:
                raise RuntimeError(f"{request.full_url} leads to {answer.url}")
            answer.read()
        times.append(time.monotonic() - asked_at)
    return percentile(times, 0.5)
