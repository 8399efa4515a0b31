"""Exchanges recorded from a Skyvern 1.0.56 server, one after the other: the same requests get the same answers here.

Ids, times, codes and minted sessions are compared by their form. What is answered otherwise, and why, is in OTHERWISE.
"""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from credentials.vault import keys

RECORDED = [json.loads(line) for line in Path(__file__).with_name("skyvern_recorded.jsonl").read_text().splitlines()]
SEED = "JBSWY3DPEHPK3PXP"
ID = re.compile(r"\b(cred|cfld)_[0-9A-Z]+\b")
# By their form: what no two servers have in common.
FORMS = {
    "created_at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"),
    "modified_at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"),
    "organization_id": re.compile(r"(o|team)_\w+"),
    "code": re.compile(r"\d{6}|\d{8}"),
    "proxy_session_id": re.compile("[0-9a-f]{10}"),
    "seconds_remaining": re.compile(r"\d+"),
}
NOT_ITS_TYPE = [{
    "loc": ["body"], "msg": "Value error, credential has not the fields of its credential_type", "type": "value_error",
}]  # fmt: skip
OTHERWISE = {
    # A key is a key, wherever it stands.
    "Authentication: key as Authorization: Bearer (self-hosted)": (200, []),
    # A crash there, an answer here.
    "Create: type/shape mismatch: credential_type=password, card body": (422, {"detail": NOT_ITS_TYPE}),
    "Create: type/shape mismatch: credential_type=secret, password body": (422, {"detail": NOT_ITS_TYPE}),
    "Create: type/shape mismatch: credential_type=credit_card, password body": (422, {"detail": NOT_ITS_TYPE}),
    "Create: NUL in name": (422, {"detail": [{
        "loc": ["body"], "msg": "The body contains characters that cannot be stored.", "type": "value_error",
    }]}),
    # What was sent is not repeated.
    "Create: proxy_location bad": (422, {"detail": [{
        "loc": ["body", "proxy_location"], "msg": "Value error, this is not a valid ProxyLocation",
        "type": "value_error",
    }]}),
}  # fmt: skip


class Replay:
    """Two teams' keys and which id of the recording is which one here."""

    def __init__(self, blue: str, red: str) -> None:
        self.keys = {"<KEY_A>": blue, "<KEY_B>": red}
        self.ids: dict[str, str] = {}

    def here(self, text: str) -> str:
        return ID.sub(lambda found: self.ids.get(found[0], found[0]), text)

    def ask(self, row: dict):
        headers = row.get("headers", {"x-api-key": "<KEY_A>"})
        for name, value in self.keys.items():
            headers = {header: text.replace(name, value) for header, text in headers.items()}
        body = self.here(row.get("body", ""))
        kind = "application/x-www-form-urlencoded" if "form content type" in row["about"] else "application/json"
        return Client().generic(
            row["method"], self.here(row["path"]), body.encode(), content_type=kind, headers=headers
        )

    def differences(self, theirs, ours, name: str = ""):
        """Where two answers differ; ids that meet for the first time belong together from then on."""
        if isinstance(theirs, dict) and isinstance(ours, dict) and theirs.keys() == ours.keys():
            for key in theirs:
                yield from self.differences(theirs[key], ours[key], key)
        elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
            for one, other in zip(theirs, ours, strict=True):
                yield from self.differences(one, other, name)
        elif not self.same(name, theirs, ours):
            yield name, theirs, ours

    def same(self, name: str, theirs, ours) -> bool:
        if name in {"credential_id", "folder_id"} and theirs and ours:
            return self.ids.setdefault(theirs, ours) == ours
        form = FORMS.get(name)
        if form and theirs and form.fullmatch(str(theirs)):
            return bool(form.fullmatch(str(ours)))
        return (self.here(theirs) if isinstance(theirs, str) else theirs) == ours


def without_input(answer):
    """Skyvern repeats to who makes a folder what was wrong with it."""
    if isinstance(answer, dict) and isinstance(answer.get("detail"), list):
        return {"detail": [{k: v for k, v in error.items() if k not in {"input", "ctx"}} for error in answer["detail"]]}
    return answer


@pytest.fixture
def replay(blue, red):
    made = [
        keys.create_api_key(house.caller("owner"), name="agent", scopes=["credentials:read", "credentials:write",
                                                                         "totp:read"])[1]
        for house in (blue, red)
    ]  # fmt: skip
    return Replay(*made)


def test_recorded_requests_get_the_recorded_answers(replay):
    differing = {}
    for row in RECORDED:
        if row["about"] == "Current authenticator code: authenticator":  # its making was not recorded
            credential = {"username": "u", "totp": SEED, "totp_type": "authenticator"}
            body = json.dumps({"name": "auth", "credential_type": "password", "credential": credential})
            made = replay.ask({"about": "", "method": "POST", "path": "/v1/credentials", "body": body})
            replay.ids[ID.search(row["path"])[0]] = made.json()["credential_id"]
        answer = replay.ask(row)
        status, wanted = OTHERWISE.get(row["about"], (row["status"], without_input(row["answer"])))
        found = answer.json() if answer.content else ""
        if wanted == "cut":  # a long list of which the recording has the beginning
            wanted = found
        differences = list(replay.differences(wanted, found))
        if answer.status_code != status or differences:
            differing[row["about"]] = (status, answer.status_code, differences)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert differing == {}
    assert len(replay.ids) > 30


def test_every_exception_is_about_something_recorded():
    assert OTHERWISE.keys() <= {row["about"] for row in RECORDED}
