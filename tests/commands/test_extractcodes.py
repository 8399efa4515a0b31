"""`extractcodes`: JSON Lines in and out, no database."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.same_everywhere


def run(monkeypatch, text: str):
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    try:
        call_command("extractcodes", stdout=out, stderr=err)
        failed = False
    except CommandError:
        failed = True
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), failed


def test_every_message_gets_one_line_with_its_code(monkeypatch):
    lines = [
        {"id": "a", "text": "Your verification code is 482913.", "channel": "sms"},
        {"id": 2, "text": "Your parcel 482913 arrives today."},
    ]
    found, errors, failed = run(monkeypatch, "\n".join(map(json.dumps, lines)) + "\n")
    assert [(row["id"], row["code"], row["type"]) for row in found] == [("a", "482913", "totp"), (2, None, None)]
    assert set(found[0]) == {"id", "code", "type", "confidence", "reason"}
    assert not errors
    assert not failed


@pytest.mark.parametrize("bad", ["nonsense 482913", '{"id": 1}', '{"id": 1, "text": 482913}', "[482913]", "", "null"])
def test_a_malformed_line_is_named_without_its_content_and_the_rest_goes_on(monkeypatch, bad):
    good = json.dumps({"id": "b", "text": "Your code is 771204.", "channel": "sms"})
    found, errors, failed = run(monkeypatch, f"{bad}\n{good}\n")
    assert [row["code"] for row in found] == ["771204"]
    assert "line 1" in errors
    assert "482913" not in errors
    assert failed
