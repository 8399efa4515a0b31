"""Folders: see, list, add, edit, delete, move; each verb does it, refuses, hides from strangers, leaves its event."""

import pytest

from credentials.errors import Invalid, NotAllowed, NotFound
from credentials.models import AuditEvent, Credential, Folder
from credentials.vault import credentials as vault
from credentials.vault import folders, trash
from tests.conftest import LOGIN

UNKNOWN = "cfld_00000000000000000000000000"


@pytest.fixture
def mia(blue):
    return blue.caller("manager")


@pytest.fixture
def finance(mia):
    return folders.add_folder(mia, title="Finance", description="bank logins\nand cards")


def last_event() -> tuple:
    event = AuditEvent.objects.order_by("id").last()
    return event.action, event.outcome, event.target_kind, event.target_id, event.detail


def test_a_folder_is_added_seen_and_listed(blue, mia, finance):
    assert last_event() == ("folder.add", "done", "folder", finance.id, {})
    assert (finance.title, finance.description, finance.credential_count) == ("Finance", "bank logins\nand cards", 0)
    for role in ("auditor", "operator", "manager", "owner"):
        seen = folders.see_folder(blue.caller(role), folder_id=finance.id)
        assert (seen.id, seen.title) == (finance.id, "Finance")
        assert [row.id for row in folders.list_folders(blue.caller(role))] == [finance.id]


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_below_a_manager_nothing_is_changed(blue, login, finance, role):
    who = blue.caller(role)
    for change in (
        lambda: folders.add_folder(who, title="x"),
        lambda: folders.edit_folder(who, folder_id=finance.id, title="x"),
        lambda: folders.delete_folder(who, folder_id=finance.id),
        lambda: folders.move_credential(who, credential_id=login.id, folder_id=finance.id),
    ):
        with pytest.raises(NotAllowed):
            change()
        assert last_event()[1] == "refused"
    assert [(row.id, row.title) for row in Folder.objects.all()] == [(finance.id, "Finance")]
    assert Credential.objects.get().folder_id is None


@pytest.mark.parametrize("folder_id", ["theirs", UNKNOWN, "", "x\x00", "\ud800", "9" * 5000])
def test_unknown_and_foreign_folders_are_not_found(blue, red, finance, folder_id):
    charlie = red.caller("owner")
    folder_id = finance.id if folder_id == "theirs" else folder_id
    for ask in (
        lambda: folders.see_folder(charlie, folder_id=folder_id),
        lambda: folders.edit_folder(charlie, folder_id=folder_id, title="mine"),
        lambda: folders.delete_folder(charlie, folder_id=folder_id),
    ):
        with pytest.raises(NotFound):
            ask()
    assert folders.list_folders(charlie) == []
    assert Folder.objects.get().title == "Finance"


def test_a_credential_moves_in_and_out_and_is_counted_while_kept(mia, login, finance):
    moved = folders.move_credential(mia, credential_id=login.id, folder_id=finance.id)
    assert (moved.folder_id, moved.revision) == (finance.id, login.revision + 1)
    assert last_event() == ("credential.edit", "done", "credential", login.id, {"fields": ["folder"]})
    gone = vault.add_credential(mia, **{**LOGIN, "name": "gone"})
    folders.move_credential(mia, credential_id=gone.id, folder_id=finance.id)
    assert folders.see_folder(mia, folder_id=finance.id).credential_count == 2
    trash.trash_credential(mia, credential_id=gone.id)
    assert folders.see_folder(mia, folder_id=finance.id).credential_count == 1
    assert folders.move_credential(mia, credential_id=login.id, folder_id=None).folder_id is None
    assert folders.see_folder(mia, folder_id=finance.id).credential_count == 0


def test_a_credential_moves_only_into_a_folder_of_its_own_team(red, mia, login):
    theirs = folders.add_folder(red.caller("owner"), title="theirs")
    for folder_id in (theirs.id, UNKNOWN, "\x00"):
        with pytest.raises(Invalid) as refusal:
            folders.move_credential(mia, credential_id=login.id, folder_id=folder_id)
        assert refusal.value.code == folders.NO_FOLDER
    with pytest.raises(NotFound):
        folders.move_credential(red.caller("owner"), credential_id=login.id, folder_id=theirs.id)
    assert Credential.objects.get().folder_id is None


def test_the_credentials_of_a_deleted_folder_stay(mia, login, finance):
    folders.move_credential(mia, credential_id=login.id, folder_id=finance.id)
    folders.delete_folder(mia, folder_id=finance.id)
    assert last_event() == ("folder.delete", "done", "folder", finance.id, {"count": 1})
    assert Credential.objects.get().folder_id is None
    assert not Folder.objects.exists()


def test_an_edit_changes_what_is_given(mia, finance):
    edited = folders.edit_folder(mia, folder_id=finance.id, title=" Money ")
    assert (edited.title, edited.description) == ("Money", "bank logins\nand cards")
    assert last_event()[-1] == {"fields": ["title"]}
    edited = folders.edit_folder(mia, folder_id=finance.id, description="")
    assert (edited.title, edited.description) == ("Money", "")
    assert edited.updated_at > finance.updated_at


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": " "}, {"title": "x" * 256}, {"title": "a\nb"}, {"title": "\x00"},
              {"title": "x", "description": "\x00"}, {"title": "x", "description": "d" * 2001}],
)  # fmt: skip
def test_what_cannot_be_stored_is_refused(mia, finance, wrong):
    with pytest.raises(Invalid):
        folders.add_folder(mia, **wrong)
    with pytest.raises(Invalid):
        folders.edit_folder(mia, folder_id=finance.id, **wrong)
    assert Folder.objects.get().title == "Finance"


def test_the_last_touched_comes_first_and_search_is_literal(mia, login, finance):
    other = folders.add_folder(mia, title="100% Ärger_1")
    assert [row.id for row in folders.list_folders(mia)] == [other.id, finance.id]
    folders.move_credential(mia, credential_id=login.id, folder_id=finance.id)
    assert [row.id for row in folders.list_folders(mia)] == [finance.id, other.id]
    for query, found in (("ÄRGER", [other.id]), ("%", [other.id]), ("_", [other.id]), ("BANK", [finance.id]),
                         ("nothing", []), ("\x00\ud800", [finance.id, other.id])):  # fmt: skip
        assert [row.id for row in folders.list_folders(mia, query=query)] == found
