"""The first run: one link, once, for a day, and only while nobody is there."""

from datetime import timedelta

import pytest

from credentials.errors import Invalid, NotFound
from credentials.models import AuditEvent, Membership, SetupLink, Team, User
from credentials.vault import setup

GIVEN = {"email": "First@Example.org", "password": "a few random words", "team_name": "Ops"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    return setup.setup_path().split("/")[2]


def test_a_link_makes_the_first_owner_and_team_once(token):
    team, user = setup.set_up(token=token, ip="192.0.2.9", **GIVEN)
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.is_superuser) == ("first@example.org", True, True)
    assert user.check_password(GIVEN["password"])
    assert (Membership.objects.get().role, team.slug) == ("owner", "ops")
    event = AuditEvent.objects.get()
    assert (event.action, event.outcome, event.door, event.ip) == ("team.create", "done", "setup", "192.0.2.9")
    with pytest.raises(NotFound):
        setup.set_up(token=token, **{**GIVEN, "email": "second@example.org", "team_name": "Two"})
    assert (User.objects.count(), Team.objects.count(), SetupLink.objects.count()) == (1, 1, 0)


def test_the_database_does_not_know_the_link(token):
    assert token not in str(SetupLink.objects.values().get())


def test_a_fresh_link_voids_the_one_before(token):
    newer = setup.setup_path().split("/")[2]
    with pytest.raises(NotFound):
        setup.check_setup_link(token)
    setup.check_setup_link(newer)


def test_a_link_lasts_a_day(token, monkeypatch):
    later = setup.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(setup, "now", lambda: later)
    with pytest.raises(NotFound):
        setup.set_up(token=token, **GIVEN)
    assert not User.objects.exists()


def test_as_soon_as_there_is_a_user_there_is_no_link_and_the_old_one_is_void(token):
    User.objects.create_user("somebody@example.org", None)
    assert setup.setup_path() is None
    with pytest.raises(NotFound):
        setup.set_up(token=token, **GIVEN)
    assert not Team.objects.exists()


@pytest.mark.parametrize("guess", ["", "x", "\x00", "\ud800", "é" * 500])
def test_a_guess_is_not_found(token, guess):
    with pytest.raises(NotFound):
        setup.check_setup_link(guess)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("password", "short"),
        ("password", "first@example.org"),
        ("team_name", "!!"),
        ("team_name", ""),
    ],
)
def test_a_refused_try_leaves_the_link_alive(token, field, value):
    with pytest.raises(Invalid) as refusal:
        setup.set_up(token=token, **{**GIVEN, field: value})
    assert list(refusal.value.fields) == [field]
    assert not User.objects.exists()
    setup.set_up(token=token, **GIVEN)


def test_the_page_signs_the_first_owner_in_with_a_fresh_step_up(client, token):
    where = f"/setup/{token}/"
    assert client.get(where).status_code == 200
    differ = client.post(where, {**GIVEN, "password_again": "something else"})
    assert "differ" in differ.content.decode()
    assert GIVEN["password"] not in differ.content.decode()
    answer = client.post(where, {**GIVEN, "password_again": GIVEN["password"]})
    assert answer.headers["Location"] == "/t/ops/"
    assert client.get("/t/ops/").status_code == 200
    assert client.get(where).status_code == 404
