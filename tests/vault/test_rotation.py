"""What must be rotated: each secret whose value somebody really saw, since it last changed, from the audit."""

import pytest

from credentials.access import Door
from credentials.errors import Invalid, NotAllowed
from credentials.models import RotationMark
from credentials.vault import credentials as vault
from credentials.vault import keys, release, rotation, secrets, teams, trash
from tests.conftest import LOGIN, SEED


@pytest.fixture
def bob(blue):
    return blue.people["operator"]


def known(house, who="operator") -> dict[str, set[str]]:
    found = rotation.to_rotate(house.caller("owner"), actor_kind="person", actor_id=str(house.people[who].pk))
    return {one.name: one.names for one in found}


def see(house, login, key="password", who="operator"):
    secrets.reveal(house.caller(who), credential_id=login.id, key=key)


def edit(house, login, **fields):
    vault.edit_credential(house.caller("manager"), credential_id=login.id, **fields)


def test_only_what_was_really_seen_counts(blue, login):
    vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": "not looked at"})
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert known(blue) == {}, "a code is no secret for longer than a minute"
    see(blue, login)
    assert known(blue) == {LOGIN["name"]: {"password"}}
    assert known(blue, "manager") == {}


def test_a_changed_secret_is_known_no_more_and_another_one_still_is(blue, login):
    edit(blue, login, values={"note": "first"})
    see(blue, login)
    see(blue, login, "note")
    edit(blue, login, values={"note": "second"})
    assert known(blue) == {LOGIN["name"]: {"password"}}, "the new version changed the note only"
    edit(blue, login, values={"password": "another one"})
    assert known(blue) == {}


def test_an_edit_of_the_description_changes_nothing(blue, login):
    see(blue, login)
    edit(blue, login, name="renamed", username="other")
    assert known(blue) == {"renamed": {"password"}}


def test_a_seed_that_was_shown_counts_until_it_is_another(blue, login):
    secrets.show_seed(blue.caller("manager"), credential_id=login.id)
    assert known(blue, "manager") == {LOGIN["name"]: {"totp_secret"}}
    edit(blue, login, totp_secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert known(blue, "manager") == {}
    edit(blue, login, totp_secret=SEED)
    assert known(blue, "manager") == {}, (
        "typed in again, not brought back: nobody can tell, but the change was recorded"
    )


def test_a_value_that_was_brought_back_is_known_again(blue, login):
    see(blue, login)
    edit(blue, login, values={"password": "another one"})
    secrets.restore_version(blue.caller("manager"), credential_id=login.id, number=1)
    assert known(blue) == {LOGIN["name"]: {"password"}}


def test_an_old_version_that_somebody_looked_at_counts_only_if_it_is_current_again(blue, login):
    edit(blue, login, values={"password": "another one"})
    secrets.reveal_version(blue.caller("manager"), credential_id=login.id, number=1, key="password")
    assert known(blue, "manager") == {}
    secrets.restore_version(blue.caller("manager"), credential_id=login.id, number=1)
    assert known(blue, "manager") == {LOGIN["name"]: {"password"}}


def test_what_is_in_the_trash_is_listed_as_such_and_what_is_purged_is_not(blue, login):
    see(blue, login)
    trash.trash_credential(blue.caller("manager"), credential_id=login.id)
    bob = str(blue.people["operator"].pk)
    (one,) = rotation.to_rotate(blue.caller("owner"), actor_kind="person", actor_id=bob)
    assert one.is_in_trash
    trash.purge_credential(blue.caller("owner"), credential_id=login.id)
    assert known(blue) == {}


def test_who_left_is_still_listed(blue, bob, login):
    see(blue, login)
    teams.remove_member(blue.caller("owner"), user_id=bob.pk)
    assert known(blue) == {LOGIN["name"]: {"password"}}


def test_another_team_learns_nothing(blue, red, bob, login):
    see(blue, login)
    found = rotation.to_rotate(red.caller("owner"), actor_kind="person", actor_id=str(bob.pk))
    assert found == []


def test_marking_and_progress_until_done(blue, bob, login):
    other = vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": "other"})
    see(blue, login)
    see(blue, other)
    mia, who = blue.caller("manager"), {"actor_kind": "person", "actor_id": str(bob.pk)}
    assert rotation.mark_to_rotate(mia, **who, credential_ids=[login.id, other.id]) == 2
    assert rotation.mark_to_rotate(mia, **who, credential_ids=[login.id, "cred_nothing"]) == 1
    (progress,) = rotation.rotation_progress(blue.caller("auditor"))
    assert (progress.actor_label, progress.done, progress.total) == (bob.email, 0, 2)
    edit(blue, login, values={"password": "another one"})
    (progress,) = rotation.rotation_progress(mia)
    assert (progress.done, [row["name"] for row in progress.rows]) == (1, ["other", LOGIN["name"]])
    edit(blue, other, values={"password": "another one"})
    assert rotation.rotation_progress(mia)[0].done == 2


def test_what_nobody_saw_is_not_marked(blue, bob, login):
    with pytest.raises(Invalid):
        rotation.mark_to_rotate(
            blue.caller("manager"), actor_kind="person", actor_id=str(bob.pk), credential_ids=[login.id]
        )
    assert not RotationMark.objects.exists()


@pytest.mark.parametrize(("kind", "id"), [("person", "x" * 500), ("", ""), ("key", "\x00"), ("person", "-1")])
def test_odd_actors_saw_nothing(blue, login, kind, id):
    if "\x00" not in id:  # which no door lets in
        assert rotation.to_rotate(blue.caller("owner"), actor_kind=kind, actor_id=id) == []
    assert rotation.keys_made_by(blue.caller("owner"), user_id=id) == []


def test_the_keys_a_person_made_are_listed_for_a_decision(blue):
    row, _ = keys.create_api_key(blue.caller("owner"), name="robot", scopes=["totp:read"])
    alice = str(blue.people["owner"].pk)
    assert [key["name"] for key in rotation.keys_made_by(blue.caller("auditor"), user_id=alice)] == ["robot"]
    keys.revoke_api_key(blue.caller("owner"), key_id=row.id)
    assert rotation.keys_made_by(blue.caller("auditor"), user_id=alice) == []


def test_operators_neither_see_nor_mark(blue, bob):
    for verb in (
        lambda: rotation.to_rotate(blue.caller("operator"), actor_kind="person", actor_id=str(bob.pk)),
        lambda: rotation.rotation_progress(blue.caller("operator")),
        lambda: rotation.mark_to_rotate(
            blue.caller("auditor"), actor_kind="person", actor_id=str(bob.pk), credential_ids=[]
        ),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_a_key_that_took_values_out_saw_all_of_them(blue, login):
    row, key = keys.create_api_key(blue.caller("owner"), name="robot", scopes=["values:release"])
    release.release(keys.caller_with_key(key, door=Door.RELEASE), credential_id=login.id)
    (one,) = rotation.to_rotate(blue.caller("auditor"), actor_kind="key", actor_id=row.id)
    assert one.names == {"password", "totp_secret"}
    edit(blue, login, values={"password": "another one"})
    (one,) = rotation.to_rotate(blue.caller("auditor"), actor_kind="key", actor_id=row.id)
    assert one.names == {"totp_secret"}
