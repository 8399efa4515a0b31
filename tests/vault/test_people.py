"""Deactivating accounts, and a team's settings. SECURITY 2, 3."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from credentials.errors import Invalid, NotAllowed, StepUpRequired
from credentials.models import AuditEvent
from credentials.vault import policy, seals, teams
from tests.commands.test_commands import last_event, run
from tests.conftest import PASSWORD


def signed_in(email: str) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert client.get("/teams/").status_code == 200
    return client


def test_a_deactivated_person_is_out_of_everything_and_can_come_back(blue):
    bob = signed_in("bob@example.org")
    assert run("deactivateuser", "Bob@example.org")[0] == "bob@example.org is deactivated\n"
    assert last_event() == (None, "operator", "user.deactivate", "done")
    assert AuditEvent.objects.order_by("-id").first().detail == {"count": 1}
    assert bob.get("/teams/").status_code == 302
    run("reactivateuser", "bob@example.org")
    assert bob.get("/teams/").status_code == 302, "the session that was ended stays ended"
    signed_in("bob@example.org")


def test_the_last_owner_of_a_team_is_not_deactivated(blue):
    with pytest.raises(CommandError, match="without an owner"):
        run("deactivateuser", "alice@example.org")
    assert signed_in("alice@example.org")


def test_an_unknown_address_is_refused_and_not_written_down(db):
    seals.open_canary()
    with pytest.raises(CommandError, match="no account"):
        run("deactivateuser", "hunter2@example.org")
    assert "hunter2" not in str(list(AuditEvent.objects.values()))


def test_a_removed_members_rights_end_at_the_next_request(blue):
    bob = signed_in("bob@example.org")
    assert bob.get("/t/blue/").status_code == 200
    teams.remove_member(blue.caller("owner"), user_id=blue.people["operator"].pk)
    assert bob.get("/t/blue/").status_code == 404


def change(house, who="owner", minutes=5, factor=False, **caller):
    policy.change_settings(house.caller(who, **caller), step_up_minutes=minutes, requires_second_factor=factor)


@pytest.mark.parametrize("minutes", [0, -1, 61, 10**30])
def test_a_step_up_lasts_between_one_minute_and_an_hour(blue, minutes):
    with pytest.raises(Invalid):
        change(blue, minutes=minutes)


def test_the_age_of_a_step_up_is_the_teams(blue, login, sign_in):
    change(blue, minutes=60)
    bob = sign_in(blue.people["operator"], stale=True)  # an hour and a little
    session = bob.session
    session["account_authentication_methods"][0]["at"] += 600
    session.save()
    where = reverse("reveal", args=["blue", login.id])
    assert bob.post(where, {"key": "password"}).status_code == 200
    change(blue, minutes=1)
    assert bob.post(where, {"key": "password"}).status_code == 302


def test_an_owner_without_a_second_factor_cannot_lock_themselves_out(blue):
    with pytest.raises(Invalid, match="of your own first"):
        change(blue, factor=True)
    Authenticator.objects.create(user=blue.people["owner"], type="totp", data={})
    change(blue, factor=True)
    blue.team.refresh_from_db()
    assert blue.team.requires_second_factor
    event = AuditEvent.objects.filter(team=blue.team).latest("id")
    assert (event.action, event.detail) == ("team.settings", {"fields": ["requires_second_factor"]})


def test_settings_are_the_owners_with_a_step_up(blue):
    with pytest.raises(NotAllowed):
        change(blue, who="manager")
    with pytest.raises(StepUpRequired):
        change(blue, authenticated_at=None)
