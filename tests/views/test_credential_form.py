"""Add and edit in the pages: own values, what is kept, what is typed again."""

import pytest

from credentials.models import Credential
from credentials.vault import credentials as vault
from credentials.vault import secrets
from tests.conftest import LOGIN


@pytest.fixture
def mia(blue, sign_in):
    return sign_in(blue.people["manager"])


def edited(client, login, **fields):
    given = {"name": login.name, "username": login.username, "domain": login.domain, "url": login.url}
    return client.post(f"/t/blue/credentials/{login.id}/edit/", {**given, **fields})


def test_values_of_ones_own_are_stored_under_their_names(blue, mia, login):
    assert edited(mia, login, own_name=["pin", "", "recovery code"], own_value=["0815", "", "aa-bb"]).status_code == 302
    owner = blue.caller("owner")
    for key, value in (("pin", "0815"), ("recovery code", "aa-bb"), ("password", LOGIN["values"]["password"])):
        assert secrets.reveal(owner, credential_id=login.id, key=key) == value


def test_a_value_left_empty_stays_and_a_removed_one_goes(blue, mia, login):
    vault.edit_credential(blue.caller("manager"), credential_id=login.id, values={"pin": "1", "old": "2"})
    page = mia.get(f"/t/blue/credentials/{login.id}/edit/").content.decode()
    assert 'value="pin"' in page
    assert "0815" not in page
    given = {"own_name": ["old", "pin"], "own_value": ["", ""], "remove_value": ["old"]}
    assert edited(mia, login, **given).status_code == 302
    assert Credential.objects.get(id=login.id).value_keys == ["password", "pin"]


def test_a_value_without_a_name_is_asked_for_one_and_nothing_is_stored(mia, login):
    answer = edited(mia, login, name="renamed", own_name=[""], own_value=["typed-7731"])
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "needs a name" in page
    assert "typed-7731" not in page
    assert Credential.objects.get().name == LOGIN["name"]


def test_after_a_mistake_everything_typed_is_still_there_except_secrets_which_say_so(mia, login):
    given = {"name": LOGIN["name"], "username": "new@example.com", "password": "typed-7731", "totp_secret": "ABC",
             "own_name": ["pin"], "own_value": ["typed-7732"]}  # fmt: skip
    answer = mia.post("/t/blue/credentials/add/", given)
    page = answer.content.decode()
    for kept in ("new@example.com", 'value="pin"', "Another credential of the team has this name"):
        assert kept in page
    assert "Type this again" in page
    assert "Type the values of your own again" in page
    assert "typed-773" not in page


@pytest.mark.parametrize("field", ["length", "words", "kind", "classes"])
@pytest.mark.parametrize("value", ["-1", "9" * 400, "x", "<b>", "1e9"])
def test_odd_wishes_for_a_password_are_refused(mia, field, value):
    answer = mia.post("/t/blue/generate/", {field: value}, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert value not in answer.content.decode()


def test_a_password_is_drawn_as_wished(mia):
    def drawn(**wishes):
        return mia.post("/t/blue/generate/", wishes, headers={"accept": "application/json"}).json()["value"]

    assert len(drawn()) == 20
    assert drawn(length=12, classes=["digits"]).isdecimal()
    assert drawn(kind="passphrase", words=4).count("-") >= 3
