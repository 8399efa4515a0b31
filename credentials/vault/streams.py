"""Verbs that carry the audit elsewhere while it grows: to syslog, to a webhook, checkpoints to a webhook.

At least once: a cursor per receiver and chain is stored after the receiver took a batch, so what an outage held up is
sent afterwards. Nothing waits for it: it reads what verbs have committed, in a process of its own.
"""

import ipaddress
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from django.conf import settings

from credentials import egress
from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.chain import SYSTEM, canonical, chain_owners, name_of, newest_of_all, rows_of, told
from credentials.errors import Invalid
from credentials.models import StreamCursor
from credentials.vault.clock import now

BATCH = 200
SYSLOG_PRIORITY = 13 * 8 + 5  # facility "log audit", severity "notice"
Send = Callable[[Sequence[dict[str, Any]]], None]


def stream_trail(caller: Caller) -> tuple[int, list[str]]:
    """Send what each configured receiver has not taken yet: how many events, and what stood in the way, in words."""
    with looked(caller, Action.AUDIT_STREAM, at=now()):
        sinks = _sinks()
        if not sinks:
            raise Invalid("Nobody takes the audit: set AUDIT_SYSLOG or AUDIT_WEBHOOK.")
        sent, problems = 0, []
        for sink, send in sinks.items():
            try:
                sent += _send_all(sink, send)
            except egress.Unreachable as problem:
                problems.append(f"{sink}: {problem}")
    return sent, problems


def newest_event() -> int:
    """The id of the newest event of all, to see cheaply whether there is something to send."""
    return newest_of_all()


def send_checkpoint(line: str) -> None:
    """Post a checkpoint to AUDIT_CHECKPOINT_WEBHOOK. Raises egress.Unreachable."""
    _post(settings.AUDIT_CHECKPOINT_WEBHOOK, line.encode() + b"\n")


def _sinks() -> dict[str, Send]:
    sinks: dict[str, Send] = {}
    if settings.AUDIT_SYSLOG:
        sinks["syslog"] = _to_syslog
    if settings.AUDIT_WEBHOOK:
        sinks["webhook"] = _to_webhook
    return sinks


def _send_all(sink: str, send: Send) -> int:
    sent = 0
    for team_id in [*chain_owners(), None]:
        cursor, _ = StreamCursor.objects.get_or_create(sink=sink, chain=name_of(team_id))
        rows = rows_of(team_id, after=cursor.seq)
        while batch := list(islice(rows, BATCH)):
            send([told(row) for row in batch])
            cursor.seq = batch[-1].seq
            cursor.save(update_fields=["seq"])
            sent += len(batch)
    return sent


def _to_webhook(events: Sequence[dict[str, Any]]) -> None:
    _post(settings.AUDIT_WEBHOOK, "".join(canonical(event) + "\n" for event in events).encode())


def _post(url: str, body: bytes) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    if settings.AUDIT_WEBHOOK_TOKEN:
        headers["Authorization"] = f"Bearer {settings.AUDIT_WEBHOOK_TOKEN}"
    egress.post(url, body, headers=headers, allowed=_allowed())


def _to_syslog(events: Sequence[dict[str, Any]]) -> None:
    egress.send(settings.AUDIT_SYSLOG, [_syslog_line(event) for event in events], allowed=_allowed())


def _syslog_line(event: dict[str, Any]) -> bytes:
    """RFC 5424, the event as its message."""
    chain = event["team_id"] or SYSTEM
    message_id = f"{chain}.{event['seq']}"[:32]
    return f"<{SYSLOG_PRIORITY}>1 {event['at'] or '-'} - strongroom - {message_id} - {canonical(event)}".encode()


def _allowed() -> list[egress.Network]:
    return [ipaddress.ip_network(network) for network in settings.EGRESS_NETWORKS]
