"""The audit page's filters, and what they leave as a file."""

import csv
import io
import json
from datetime import timedelta

import pytest

from credentials.models import AuditEvent
from credentials.vault import credentials as vault
from credentials.vault import keys, secrets, teams
from credentials.vault.clock import now
from tests.conftest import LOGIN

WHERE = "/t/blue/audit/"


@pytest.fixture
def busy(blue, login):
    """Two people, a key and a refusal, on two credentials."""
    mia, bob = blue.caller("manager"), blue.caller("operator")
    other = vault.add_credential(mia, **{**LOGIN, "name": "=HYPERLINK(0)"})
    secrets.reveal(bob, credential_id=login.id, key="password")
    secrets.reveal(mia, credential_id=other.id, key="password")
    with pytest.raises(Exception, match="no such value"):
        secrets.reveal(bob, credential_id=other.id, key="nothing")
    key, _ = keys.create_api_key(blue.caller("owner"), name="robot", scopes=["totp:read"])
    return {"other": other, "key": key}


def told(client, **filters) -> list[tuple[str, str, str]]:
    """What the filters leave, through the file, which has the same rows as the page."""
    address = f"{WHERE}export/?" + "&".join(f"{name}={value}" for name, value in filters.items())
    answer = client.post(address, {"form": "jsonl"})
    assert answer.status_code == 200
    rows = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    return [(row["action"], row["outcome"], row["actor_label"]) for row in rows if row["action"] != "audit.export"]


def test_each_filter_leaves_what_it_says(blue, login, busy, sign_in):
    ada = sign_in(blue.people["auditor"])
    bob = blue.people["operator"]
    revealed = ("credential.reveal", "done", bob.email)
    refused = ("credential.reveal", "refused", bob.email)
    assert told(ada, who=f"person:{bob.pk}") == [refused, revealed]
    assert told(ada, who=f"person:{bob.pk}", outcome="done") == [revealed]
    assert told(ada, action="credential.reveal", credential=login.id) == [revealed]
    assert told(ada, action="credential.reveal", credential="WORK-login") == [revealed]
    assert told(ada, credential=busy["other"].id, outcome="refused") == [refused]
    assert told(ada, who=f"key:{busy['key'].id}") == []
    assert [action for action, *_ in told(ada, q=busy["key"].id)] == ["key.create"]
    assert told(ada, door="command") == []
    assert len(told(ada)) == AuditEvent.objects.filter(team=blue.team).exclude(action="audit.export").count()


def test_time_is_by_the_minute_or_by_the_day_and_both_ends_are_in(blue, login, busy, sign_in):
    ada, at = sign_in(blue.people["auditor"]), now()
    minute, day = "%Y-%m-%dT%H:%M", "%Y-%m-%d"
    every = len(told(ada))
    assert len(told(ada, since=(at - timedelta(minutes=9)).strftime(minute), until=at.strftime(minute))) == every
    assert len(told(ada, since=(at - timedelta(minutes=9)).strftime(day), until=now().strftime(day))) == every
    assert told(ada, since=(at + timedelta(minutes=2)).strftime(minute)) == []
    assert told(ada, until=(at - timedelta(days=1)).strftime(day)) == []


@pytest.mark.parametrize(
    "garbage",
    [
        "who=person:", "who=person:%00", "who=key:key_0", "who=%27", "action=nothing", "since=never", "q=%00",
        "until=9999-12-31", "until=9999-12-31T23:59", "since=0001-01-01", "since=2026-02-31", "before=-1",
        "before=99999999999999999999", "outcome=%27", f"credential={'x' * 5000}", "credential=%00%ed%a0%80",
        "who=person:99999999999999999999999",
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_breaks_nothing(blue, login, sign_in, garbage):
    ada = sign_in(blue.people["auditor"])
    assert ada.get(f"{WHERE}?{garbage}").status_code == (400 if "%00" in garbage else 200)
    for form in ("csv", "jsonl"):
        answer = ada.post(f"{WHERE}export/?{garbage}", {"form": form})
        assert answer.status_code == (400 if "%00" in garbage else 200)
        assert answer.getvalue() or form == "jsonl"


def test_a_cell_that_a_spreadsheet_would_run_is_text(blue, busy, sign_in):
    """SECURITY 17."""
    answer = sign_in(blue.people["auditor"]).post(f"{WHERE}export/", {"form": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="audit-blue.csv"'
    labels = [row["target_label"] for row in csv.DictReader(io.StringIO(answer.getvalue().decode()))]
    assert "'=HYPERLINK(0)" in labels
    assert not [label for label in labels if label.startswith("=")]


def test_taking_a_file_along_is_an_event_and_needs_the_right(blue, busy, sign_in):
    assert sign_in(blue.people["operator"]).post(f"{WHERE}export/", {"form": "csv"}).status_code == 403
    assert told(sign_in(blue.people["auditor"]), door="web")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.outcome, event.actor_label) == ("audit.export", "done", "ada@example.org")


def test_the_page_offers_people_and_keys_and_says_how_far_the_chain_holds(blue, busy, sign_in):
    ada = sign_in(blue.people["auditor"])
    page = ada.get(WHERE).content.decode()
    for offered in ("bob@example.org", "robot", "not verified yet"):
        assert offered in page
    ada.post(f"{WHERE}verify/")
    assert "verified up to event" in ada.get(WHERE).content.decode()


def test_somebody_who_left_is_still_found_by_their_rows(blue, busy, sign_in):
    bob = blue.people["operator"]
    teams.remove_member(blue.caller("owner"), user_id=bob.pk)
    page = sign_in(blue.people["auditor"]).get(f"{WHERE}?who=person:{bob.pk}").content.decode()
    assert "No longer here" in page
    assert page.count("credential.reveal</code>") == 2


def test_another_teams_events_and_names_stay_theirs(blue, red, busy, sign_in):
    charlie = sign_in(red.people["owner"])
    page = charlie.get(f"/t/red/audit/?who=key:{busy['key'].id}").content.decode()
    assert ">robot<" not in page
    assert "bob@example.org" not in page
