"""What to enter where, for each kind of forwarder and for agents: shown once, with the address of a new hook in it.

What these senders send and how they sign it is read by api/forwarders.py.
"""

import json
from typing import NamedTuple


class Snippet(NamedTuple):
    """For whom, what to do with it, and the text to copy."""

    client: str
    note: str
    code: str


def snippets(kind: str, address: str, *, is_for_somebody: bool) -> list[Snippet]:
    """`kind`: receive or answer. A hook for nobody needs senders that say whom a message is for."""
    return _answering(address) if kind == "answer" else _receiving(address, is_for_somebody)


def _receiving(address: str, is_for_somebody: bool) -> list[Snippet]:
    message = {"content": "Your code is 123456"} | ({} if is_for_somebody else {"identifier": "ops@example.com"})
    webhook = {"id": "strongroom", "url": address, "event": "sms:received"}
    phone = "" if is_for_somebody else " Give the hook an identifier: this phone does not say its own number."
    return [
        Snippet("A script", "Anything that can post.", _posting(message, address)),
        Snippet("Twilio", "A number's “A message comes in”: Webhook, HTTP POST. Signing key: the auth token.", address),
        Snippet(
            "SMS Gateway for Android",
            f"Register the webhook with the app's own server.{phone}",
            _posting(webhook, "http://PHONE:8080/webhooks", "-u USER:PASSWORD "),
        ),
        Snippet("Incoming SMS to URL forwarder", f"Sender *, the template as it is.{phone}", address),
        Snippet("Mailgun", "A route's action. Signing key: the HTTP webhook signing key.", f'forward("{address}")'),
        Snippet("SendGrid, Postmark, CloudMailin", "The destination of inbound mail.", address),
        Snippet("Zapier, Make", "“Webhooks”, POST, JSON with these fields.", f"{address}\n{json.dumps(message)}"),
    ]


def _answering(address: str) -> list[Snippet]:
    return [
        Snippet("Skyvern", "A field of a task or a run.", json.dumps({"totp_verification_url": address})),
        Snippet("A script", "An empty text means: not yet.", _posting({"workflow_run_id": "wr_1"}, address)),
    ]


def _posting(body: dict[str, str], address: str, options: str = "") -> str:
    return f"curl {options}-H 'Content-Type: application/json' -d '{json.dumps(body)}' '{address}'"
