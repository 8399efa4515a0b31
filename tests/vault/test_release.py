"""Release: values go back to a machine by one scope, at one door, each time with an event."""

from dataclasses import replace

import pytest

from credentials.access import Actor, Door, Scope
from credentials.errors import NotAllowed, NotFound
from credentials.models import AuditEvent, Credential
from credentials.vault import credentials as vault
from credentials.vault import keys, release, trash
from tests.conftest import LOGIN

SECRET = LOGIN["values"]["password"]


@pytest.fixture
def skyvern(blue):
    """A key with the one scope that releases."""
    _, key = keys.create_api_key(blue.caller("owner"), name="skyvern", scopes=["values:release"])
    return keys.caller_with_key(key, door=Door.RELEASE, ip="192.0.2.9")


def events():
    found = AuditEvent.objects.filter(door="release").order_by("id")
    return [(row.action, row.outcome, row.target_id, row.detail) for row in found]


def test_one_scope_is_enough_to_store_read_and_delete(skyvern):
    made = release.store(skyvern, **LOGIN)
    found = release.release(skyvern, credential_id=made.id)
    assert found.credential == made
    assert found.secrets.values == LOGIN["values"]
    assert found.secrets.totp.secret == LOGIN["totp_secret"]
    release.delete(skyvern, credential_id=made.id)
    assert Credential.objects.get().deleted_at
    assert [event[:3] for event in events()] == [
        ("release.store", "done", made.id), ("release.read", "done", made.id), ("release.delete", "done", made.id),
    ]  # fmt: skip


def test_each_release_is_an_event_with_key_credential_and_version(skyvern, blue, login):
    vault.edit_credential(blue.caller("manager"), credential_id=login.id, values={"password": "another"})
    for _ in range(2):
        release.release(skyvern, credential_id=login.id)
    assert events() == [("release.read", "done", login.id, {"version": 2})] * 2
    event = AuditEvent.objects.order_by("-id").first()
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("key", skyvern.id, "skyvern")
    assert (event.target_label, event.ip) == (login.name, "192.0.2.9")
    login.refresh_from_db()
    assert login.last_used_by == "skyvern"


def test_what_was_released_prints_nothing(skyvern, login):
    found = release.release(skyvern, credential_id=login.id)
    for text in (repr(found), str(found), f"{found} {found.secrets}"):
        assert SECRET not in text
        assert LOGIN["totp_secret"] not in text


def test_a_deleted_one_comes_back_from_the_trash_only(skyvern, blue, login):
    release.delete(skyvern, credential_id=login.id)
    for verb in (release.release, release.delete):
        with pytest.raises(NotFound):
            verb(skyvern, credential_id=login.id)
    trash.restore_credential(blue.caller("manager"), credential_id=login.id)
    assert release.release(skyvern, credential_id=login.id).secrets.values == LOGIN["values"]


def test_another_teams_credential_is_an_unknown_one(skyvern, red):
    theirs = vault.add_credential(red.caller("owner"), **LOGIN)
    for unknown in (theirs.id, "cred_01ARZ3NDEKTSV4RRFFQ69G5FAV", theirs.name, "", "%", "\x00"):
        for verb in (release.release, release.delete):
            with pytest.raises(NotFound) as refusal:
                verb(skyvern, credential_id=unknown)
            assert refusal.value.message == NotFound.message
    assert Credential.objects.get().deleted_at is None


def test_one_name_may_be_borne_by_several(skyvern, login):
    made = [release.store(skyvern, **LOGIN) for _ in range(2)]
    assert {row.name for row in made} == {login.name}
    assert release.release(skyvern, credential_id=made[0].id).credential.id == made[0].id


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.RELEASE])
def test_no_other_door_releases(skyvern, login, door):
    with pytest.raises(NotAllowed):
        release.release(replace(skyvern, door=door, scopes=frozenset(Scope)), credential_id=login.id)


def test_no_other_scope_and_no_person_releases(skyvern, blue, login):
    others = replace(skyvern, scopes=frozenset(Scope) - {Scope.VALUES_RELEASE})
    person = blue.caller("owner", door=Door.RELEASE)
    for caller in (others, person, replace(person, kind=Actor.OPERATOR)):
        for verb in (
            lambda who: release.release(who, credential_id=login.id),
            lambda who: release.delete(who, credential_id=login.id),
            lambda who: release.store(who, **LOGIN),
            release.try_connection,
        ):
            with pytest.raises((NotAllowed, NotFound)) as refusal:
                verb(caller)
            if caller is others:
                assert "values:release" in refusal.value.message
    assert Credential.objects.get() == login
    assert {event[1] for event in events()} == {"refused"}


def test_trying_the_connection_leaves_an_event_only_when_it_fails(skyvern):
    release.try_connection(skyvern)
    assert events() == []
