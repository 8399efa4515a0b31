"""What bench/audit.py has done in a process that bears the server's settings: it fills, and it verifies."""

import json
import resource
import time
from datetime import UTC, datetime, timedelta

from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client

from credentials.chain import digest
from credentials.chain import verify as walked
from credentials.chain_head import head_of
from credentials.models import AuditEvent, Team, User
from credentials.vault import proofs, teams

RARE = 100_000  # one in so many comes by another door
ACTIONS = ("credential.see", "credential.code", "code.claim", "code.receive", "release.read")


def fill(events: int) -> str:
    """Events with good hashes, one team's and the system's; who may see them, and a session of theirs."""
    team, start = Team.objects.get(slug="bench"), datetime(2026, 1, 1, tzinfo=UTC)
    heads = {None: head_of(None), team.pk: head_of(team.pk)}
    made = []
    for number in range(events):
        chain, rare = (None if number % 4 == 0 else team.pk), number % RARE == 1
        seq, last = heads[chain]
        event = AuditEvent(
            team_id=chain, seq=seq + 1, at=start + timedelta(seconds=20 * number), previous_hash=last,
            actor_kind="person" if rare else "key", actor_id=f"key_{number % 40:026}", actor_label="robot",
            door="web" if rare else "skyvern", action="member.add" if rare else ACTIONS[number % len(ACTIONS)],
            outcome="refused" if number % 100 == 0 else "done", target_kind="credential",
            target_id=f"cred_{number % 500:026}", target_label="Shop", detail={"method": "totp"} if number % 3 else {},
            ip="192.0.2.7", user_agent="bench", request_id=f"{number:016x}",
        )  # fmt: skip
        event.hash = digest(event)
        heads[chain] = seq + 1, event.hash
        made.append(event)
        if len(made) == 5000 or number == events - 1:
            AuditEvent.objects.bulk_create(made)
            made.clear()
    return json.dumps({"team": team.pk, "session": _session()})


def _session() -> str:
    """The cookie of a superuser with a second factor."""
    chief = User.objects.create_user("chief@example.org", "correct horse 9 battery", is_staff=True, is_superuser=True)
    TOTP.activate(chief, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    client.force_login(chief)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def verify(first: int) -> str:
    """Verify some events, then all; by how much the process grew (bytes), and how long the whole took (seconds)."""
    walked(Team.objects.get(slug="bench").pk, "bench", until=first)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    verdicts = proofs.verify_trail(teams.operator())
    seconds, after = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if any(verdict.is_broken for verdict in verdicts):
        raise RuntimeError("The chain that was filled in does not hold.")
    return json.dumps({"seconds": seconds, "grown": 1024 * (after - before)})
