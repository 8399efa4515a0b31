"""The trash: out of sight, back again, gone for ever; each refused beyond its role and hidden from strangers."""

from dataclasses import replace

import pytest

from credentials.errors import Conflict, NotAllowed, NotFound, StepUpRequired
from credentials.models import AuditEvent, Credential, SecretVersion
from credentials.vault import credentials as vault
from credentials.vault import listing, secrets, trash
from tests.conftest import LOGIN, SEED


def newest() -> AuditEvent:
    return AuditEvent.objects.order_by("id").last()


@pytest.fixture
def gone(blue, login):
    return trash.trash_credential(blue.caller("manager"), credential_id=login.id)


def test_what_is_in_the_trash_is_in_no_list_and_opens_nothing(blue, gone):
    mia = blue.caller("manager")
    assert (newest().action, newest().outcome, newest().target_id) == ("credential.trash", "done", gone.id)
    assert listing.list_credentials(mia).rows == []
    assert [row["id"] for row in listing.list_credentials(mia, in_trash=True).rows] == [gone.id]
    assert vault.see_credential(mia, credential_id=gone.id).deleted_at
    for ask in (
        lambda: secrets.reveal(mia, credential_id=gone.id, key="password"),
        lambda: secrets.reveal_version(mia, credential_id=gone.id, number=1, key="password"),
        lambda: secrets.restore_version(mia, credential_id=gone.id, number=1),
        lambda: secrets.show_code(mia, credential_id=gone.id),
        lambda: secrets.show_seed(mia, credential_id=gone.id),
        lambda: vault.edit_credential(mia, credential_id=gone.id, name="x"),
        lambda: trash.trash_credential(mia, credential_id=gone.id),
    ):
        with pytest.raises(NotFound):
            ask()
        assert newest().outcome == "refused"


def test_a_restored_credential_is_as_it_was(blue, gone):
    mia = blue.caller("manager")
    trash.restore_credential(mia, credential_id=gone.id)
    assert (newest().action, newest().outcome) == ("credential.restore", "done")
    assert secrets.reveal(mia, credential_id=gone.id, key="password") == LOGIN["values"]["password"]
    assert secrets.show_seed(mia, credential_id=gone.id).totp.secret == SEED
    with pytest.raises(NotFound):
        trash.restore_credential(mia, credential_id=gone.id)


def test_a_name_taken_meanwhile_stops_the_way_back(blue, gone):
    mia = blue.caller("manager")
    taker = vault.add_credential(mia, **{**LOGIN, "name": LOGIN["name"].upper()})
    with pytest.raises(Conflict) as refusal:
        trash.restore_credential(mia, credential_id=gone.id)
    assert refusal.value.code == "name_taken"
    assert newest().detail == {"reason": "name_taken"}
    assert Credential.objects.get(id=gone.id).deleted_at
    vault.edit_credential(mia, credential_id=taker.id, name="another")
    assert trash.restore_credential(mia, credential_id=gone.id).deleted_at is None


def test_purging_takes_every_version_and_leaves_the_event(blue, gone):
    trash.purge_credential(blue.caller("owner"), credential_id=gone.id)
    assert not Credential.objects.filter(id=gone.id).exists()
    assert not SecretVersion.objects.exists()
    event = newest()
    assert (event.action, event.outcome, event.target_id, event.target_label, event.detail) == (
        "credential.purge", "done", gone.id, LOGIN["name"], {"count": 1},
    )  # fmt: skip


def test_only_the_trash_can_be_purged(blue, login):
    with pytest.raises(NotFound):
        trash.purge_credential(blue.caller("owner"), credential_id=login.id)
    assert Credential.objects.filter(id=login.id).exists()


def test_only_a_fresh_owner_purges(blue, gone):
    for role in ("auditor", "operator", "manager"):
        with pytest.raises(NotAllowed):
            trash.purge_credential(blue.caller(role), credential_id=gone.id)
    with pytest.raises(StepUpRequired):
        trash.purge_credential(blue.caller("owner", authenticated_at=None), credential_id=gone.id)
    assert newest().detail == {"reason": "step_up_required"}
    assert Credential.objects.filter(id=gone.id).exists()


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_trash_and_restore_are_for_managers(blue, login, role):
    with pytest.raises(NotAllowed):
        trash.trash_credential(blue.caller(role), credential_id=login.id)
    trash.trash_credential(blue.caller("manager"), credential_id=login.id)
    with pytest.raises(NotAllowed):
        trash.restore_credential(blue.caller(role), credential_id=login.id)


@pytest.mark.parametrize("verb", [trash.trash_credential, trash.restore_credential, trash.purge_credential])
def test_another_team_is_not_found(blue, red, login, verb):
    if verb is not trash.trash_credential:
        trash.trash_credential(blue.caller("manager"), credential_id=login.id)
    before = Credential.objects.values().get(id=login.id)
    for caller in (red.caller("owner"), replace(blue.caller("owner"), role=None)):
        for id in (login.id, "cred_00000000000000000000000000", "", "\x00", "\ud800"):
            with pytest.raises(NotFound) as refusal:
                verb(caller, credential_id=id)
            assert str(refusal.value) == NotFound.message
    assert Credential.objects.values().get(id=login.id) == before
