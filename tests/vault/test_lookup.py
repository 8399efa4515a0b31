"""Finding by id or name, and browsing by offset: for the doors where agents name what they want."""

from dataclasses import replace

import pytest

from credentials.access import Door
from credentials.errors import Conflict, NotFound
from credentials.models import Credential
from credentials.vault import credentials as vault
from credentials.vault import lookup, trash
from tests.conftest import LOGIN


@pytest.fixture
def mia(blue):
    return blue.caller("manager")


@pytest.fixture
def by_name(monkeypatch, mia):
    """A person's right at a door that takes names."""
    monkeypatch.setattr(lookup, "ADDRESSED_BY_NAME_AT", frozenset({Door.WEB}))
    return mia


def test_another_team_finds_and_lists_nothing(blue, red, login, mia):
    charlie = red.caller("owner")
    assert lookup.find_credential(mia, id_or_name=login.id) == login
    assert lookup.browse_credentials(charlie, limit=10).rows == []
    for stranger in (charlie, replace(mia, role=None)):
        with pytest.raises(NotFound):
            lookup.find_credential(stranger, id_or_name=login.id)


def test_what_is_in_the_trash_is_not_found(login, by_name):
    trash.trash_credential(by_name, credential_id=login.id)
    assert lookup.browse_credentials(by_name, limit=10).rows == []
    for given in (login.id, login.name):
        with pytest.raises(NotFound):
            lookup.find_credential(by_name, id_or_name=given)


def test_a_name_is_found_case_aside_and_two_bearers_are_a_conflict(login, by_name):
    assert lookup.find_credential(by_name, id_or_name="EXAMPLE-work-login") == login
    other = vault.add_credential(by_name, **{**LOGIN, "name": "other"})
    Credential.objects.filter(id=other.id).update(name=login.name, name_key=login.name_key)
    with pytest.raises(Conflict, match="use the id"):
        lookup.find_credential(by_name, id_or_name=login.name)


@pytest.mark.parametrize("query", ["WORK-log", "accounts.EXAMPLE"])
def test_a_search_looks_through_names_and_domains(login, mia, query):
    assert lookup.browse_credentials(mia, limit=10, query=query).rows == [login]


@pytest.mark.parametrize("query", ["ops@example", "work%login", "work_login", "\x00\ud800zzz"])
def test_a_search_takes_nothing_as_a_pattern_and_guesses_at_no_username(login, mia, query):
    assert lookup.browse_credentials(mia, limit=10, query=query).rows == []
