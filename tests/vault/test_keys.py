"""API keys: one works while it lives, from where it may, for what it may; every other is refused in the same words."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from credentials.access import GRANTED_BY, Action, Actor, Door, Scope, require
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpRequired
from credentials.models import ApiKey, AuditEvent
from credentials.vault import credentials as vault
from credentials.vault import keys, secrets, teams
from tests.conftest import LOGIN

DAY = timedelta(days=1)
REFUSAL = "This API key is not known here, or no longer valid."


@pytest.fixture
def new_key(blue):
    """new_key(**options) -> (row, text), made by Alice."""

    def make(**options) -> tuple[ApiKey, str]:
        options = {"name": "agent", "scopes": ["credentials:read", "totp:read"], **options}
        return keys.create_api_key(blue.caller("owner"), **options)

    return make


def call(key: str, door: Door = Door.SKYVERN, **seen):
    return keys.caller_with_key(key, door=door, **seen)


def refused(key: str, **seen) -> bool:
    with pytest.raises(NotAllowed) as refusal:
        call(key, **seen)
    return (refusal.value.message, refusal.value.code, refusal.value.status) == (REFUSAL, "bad_key", 403)


def test_a_key_that_takes_its_own_place_lives_no_longer_than_it_was_given(blue):
    soon = datetime.now(UTC) + timedelta(hours=1)
    row, text = keys.create_api_key(blue.caller("owner"), name="short", scopes=["codes:write"], expires_at=soon)
    caller = keys.caller_with_key(text, door=Door.KERNEL)
    for lifetime in (timedelta(days=3650), timedelta(hours=2)):
        with pytest.raises(Invalid):
            keys.rotate_api_key(caller, key_id=row.id, grace=timedelta(), lifetime=lifetime)
    new, _ = keys.rotate_api_key(caller, key_id=row.id, grace=timedelta())
    assert new.expires_at <= soon + timedelta(minutes=1)


def test_a_key_stands_for_its_team_and_scopes(blue, new_key, login):
    row, key = new_key()
    caller = call(key, ip="198.51.100.3", user_agent="skyvern")
    assert (caller.kind, caller.id, caller.label, caller.door) == (Actor.KEY, row.id, "agent", Door.SKYVERN)
    assert (caller.team_id, caller.team_slug, caller.ip) == (blue.team.id, "blue", "198.51.100.3")
    assert caller.scopes == {Scope.CREDENTIALS_READ, Scope.TOTP_READ}
    assert vault.see_credential(caller, credential_id=login.id) == login
    assert len(secrets.show_code(caller, credential_id=login.id).code) == 6
    event = AuditEvent.objects.order_by("-id").first()
    assert (event.actor_kind, event.actor_id, event.actor_label, event.door) == ("key", row.id, "agent", "skyvern")


def test_the_database_keeps_a_prefix_and_a_digest_and_the_audit_neither(new_key):
    row, key = new_key()
    assert key.startswith("sr_") and len(key) == 52
    assert (row.prefix, row.digest) == (key[:11], sha256(key.encode()).hexdigest())
    kept = str(ApiKey.objects.values().get())
    assert key[11:] not in kept
    assert key[12:] not in kept
    assert key[3:11] not in str(AuditEvent.objects.values().get())
    assert new_key(name="second")[1] != key


def test_an_unknown_key_is_refused(new_key):
    _, key = new_key()
    swapped = key[:-1] + ("a" if key[-1] != "a" else "b")
    for wrong in ("", "sr_", key[:11], key[:-1], key + "x", swapped, key.upper(), f" {key}", "sr_00000000_" + key[12:]):
        assert refused(wrong)
    for odd in ("\x00", "é" * 60, "\ud800", "' OR 1=1 --", "x" * 100_000):
        assert refused(odd)
        assert refused(key[:11] + odd)


def test_an_expired_key_is_refused_from_its_last_moment_on(new_key):
    row, key = new_key(expires_at=datetime.now(UTC) + DAY)
    assert call(key)
    ApiKey.objects.filter(id=row.id).update(expires_at=datetime.now(UTC))
    assert refused(key)


def test_a_revoked_key_is_refused_from_the_next_request_on(blue, new_key):
    row, key = new_key()
    assert call(key)
    keys.revoke_api_key(blue.caller("owner"), key_id=row.id)
    assert refused(key)
    with pytest.raises(NotFound):
        keys.revoke_api_key(blue.caller("owner"), key_id=row.id)


def test_a_key_works_from_its_networks_only(new_key):
    _, key = new_key(networks=["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"])
    for inside in ("10.1.2.3", "2001:db8::1", "192.0.2.7"):
        assert call(key, ip=inside)
    for outside in ("11.0.0.1", "2001:db9::1", "192.0.2.8", "", "unix", "10.1.2.3, 11.0.0.1"):
        assert refused(key, ip=outside)


def test_a_refused_key_is_not_marked_as_used(new_key):
    row, key = new_key(networks=["10.0.0.0/8"])
    assert refused(key, ip="11.0.0.1")
    row.refresh_from_db()
    assert row.last_used_at is None


def test_last_used_is_written_at_most_once_a_minute(new_key, django_assert_num_queries):
    row, key = new_key()
    call(key)  # which leases permits, too
    ApiKey.objects.update(last_used_at=None)
    with django_assert_num_queries(2):
        call(key)
    row.refresh_from_db()
    first = row.last_used_at
    with django_assert_num_queries(1):
        call(key)
    row.refresh_from_db()
    assert row.last_used_at == first
    earlier = first - timedelta(seconds=61)
    ApiKey.objects.update(last_used_at=earlier)
    call(key)
    row.refresh_from_db()
    assert row.last_used_at >= first


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_grants_its_row_of_the_table_and_nothing_else(new_key, scope):
    door = Door.RELEASE if scope is Scope.VALUES_RELEASE else Door.SKYVERN
    caller = call(new_key(scopes=[scope])[1], door=door)
    for action in Action:
        if action in GRANTED_BY[scope]:
            require(caller, action, at=datetime.now(UTC))
        else:
            with pytest.raises(NotAllowed):
                require(caller, action, at=datetime.now(UTC))


def test_a_missing_scope_is_named(new_key, login):
    reader = call(new_key(scopes=["credentials:read"])[1])
    with pytest.raises(NotAllowed, match="lacks the scope totp:read"):
        secrets.show_code(reader, credential_id=login.id)
    with pytest.raises(NotAllowed):
        secrets.reveal(reader, credential_id=login.id, key="password")
    with pytest.raises(NotAllowed, match="lacks the scope credentials:write"):
        vault.add_credential(reader, **{**LOGIN, "name": "other"})


def test_a_key_with_the_longest_name_there_may_be_works_and_is_remembered(new_key, login):
    caller = call(new_key(name="k" * 255, scopes=["totp:read", "credentials:write"])[1])
    assert secrets.show_code(caller, credential_id=login.id).period == 30
    assert vault.add_credential(caller, **{**LOGIN, "name": "other"}).created_by.startswith("kkk")
    assert AuditEvent.objects.order_by("-id").first().actor_label.startswith("kkk")


def test_another_teams_credential_is_not_found(new_key, red):
    caller = call(new_key()[1])
    theirs = vault.add_credential(red.caller("owner"), **LOGIN)
    for unknown in (theirs.id, "cred_none"):
        with pytest.raises(NotFound) as refusal:
            secrets.show_code(caller, credential_id=unknown)
        assert refusal.value.message == NotFound.message


def test_an_owner_with_a_fresh_step_up_makes_and_revokes_keys_and_nobody_else(blue, red, new_key):
    row, _ = new_key()
    stale = blue.caller("owner", authenticated_at=datetime.now(UTC) - DAY)
    for caller, refusal in (
        (blue.caller("manager"), NotAllowed),
        (blue.caller("auditor"), NotAllowed),
        (stale, StepUpRequired),
    ):
        with pytest.raises(refusal):
            keys.create_api_key(caller, name="mine", scopes=["totp:read"])
        with pytest.raises(refusal):
            keys.revoke_api_key(caller, key_id=row.id)
    with pytest.raises(NotFound):
        keys.revoke_api_key(red.caller("owner"), key_id=row.id)
    assert keys.see_api_keys(red.caller("owner")) == []
    assert ApiKey.objects.get().revoked_at is None


def test_only_an_owner_who_has_just_proved_to_be_one_gives_the_scope_that_releases_values(blue, new_key):
    stale = blue.caller("owner", authenticated_at=datetime.now(UTC) - DAY)
    for caller, refusal in ((stale, StepUpRequired), (blue.caller("manager"), NotAllowed)):
        with pytest.raises(refusal):
            keys.create_api_key(caller, name="mine", scopes=["values:release"])
    assert new_key(scopes=["values:release"])[0].scopes == ["values:release"]


def test_no_key_gives_the_scope_that_releases_values_not_even_one_that_has_it(blue, new_key):
    everything = [str(scope) for scope in Scope]
    caller = call(new_key(scopes=everything)[1], door=Door.KERNEL)
    with pytest.raises(NotAllowed, match="values:release"):
        keys.create_api_key(caller, name="mine", scopes=everything)
    alike, _ = keys.create_key_alike(caller, name="alike")
    assert alike.scopes == sorted(set(everything) - {"values:release"})
    other, _ = new_key(name="other", scopes=["values:release"])
    for row in (other, ApiKey.objects.get(id=caller.id)):
        with pytest.raises(NotAllowed, match="values:release"):
            keys.rotate_api_key(caller, key_id=row.id, grace=DAY)
    assert keys.rotate_api_key(blue.caller("owner"), key_id=other.id, grace=DAY)[0].scopes == ["values:release"]


def test_a_key_without_a_team_cannot_be_made(db):
    with pytest.raises(NotFound):
        keys.create_api_key(teams.operator(), name="agent", scopes=["totp:read"])


def test_a_living_name_is_taken_and_a_revoked_one_is_free(blue, new_key):
    row, _ = new_key()
    with pytest.raises(Conflict) as refusal:
        new_key()
    assert refusal.value.code == "name_taken"
    keys.revoke_api_key(blue.caller("owner"), key_id=row.id)
    assert new_key()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"name": " "}, "key_name"),
        ({"name": "a\nb"}, "key_name"),
        ({"networks": ["10.0.0.1/8"]}, "networks"),
        ({"networks": ["office"]}, "networks"),
    ],
)
def test_a_key_of_wrong_making_is_refused_and_not_stored(new_key, wrong, field):
    with pytest.raises(Invalid) as refusal:
        new_key(**wrong)
    assert list(refusal.value.fields) == [field]
    assert not ApiKey.objects.exists()


def test_the_list_of_keys_shows_no_digest(blue, new_key):
    row, _ = new_key()
    (shown,) = keys.see_api_keys(blue.caller("owner"))
    assert (shown["id"], shown["prefix"], shown["scopes"]) == (row.id, row.prefix, ["credentials:read", "totp:read"])
    assert row.digest not in str(shown)


def test_a_refused_key_is_an_event_in_the_chain_of_the_team_whose_prefix_it_bears(blue):
    row, key = keys.create_api_key(blue.caller("owner"), name="agent", scopes=["totp:read"])
    with pytest.raises(NotAllowed):
        keys.caller_with_key(key[:-1] + ("a" if key[-1] != "a" else "b"), door=Door.KERNEL, ip="192.0.2.9")
    with pytest.raises(NotAllowed):
        keys.caller_with_key("sr_unknown__whatever", door=Door.KERNEL)
    events = AuditEvent.objects.filter(action="key.use").order_by("id")
    told = [(event.team_id, event.actor_kind, event.outcome, event.target_id, event.ip) for event in events]
    assert told == [
        (blue.team.id, "nobody", "refused", row.id, "192.0.2.9"),
        (None, "nobody", "refused", "", ""),
    ]
