"""Somebody with write access to the database but without the keys: what they change does not open, and does no more."""

import base64
import os
import pickle
import subprocess

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from credentials.errors import SealBroken
from credentials.models import Credential, SecretVersion
from credentials.vault import credentials as vault
from credentials.vault import secrets


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return os.putenv, ("STRONGROOM_BOMB", "went off")


@pytest.fixture
def table_cache(settings, db):
    settings.CACHES = {"default": {"BACKEND": "config.cache.DatabaseCache", "LOCATION": "strongroom_cache"}}
    call_command("createcachetable", verbosity=0)
    return cache


def test_a_pickle_planted_in_the_cache_table_does_not_run(table_cache):
    table_cache.set("limit", [1.5, 2.5])
    assert table_cache.get("limit") == [1.5, 2.5]
    sql("UPDATE strongroom_cache SET value = %s", base64.b64encode(pickle.dumps(Bomb())).decode())
    assert table_cache.get("limit") is None
    assert b"STRONGROOM_BOMB" not in subprocess.check_output(["env"])


def test_a_session_row_is_no_cookie_and_its_data_opens_for_its_own_cookie_only(blue, login, sign_in):
    owner, auditor = sign_in(blue.people["owner"]), sign_in(blue.people["auditor"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key, session_data FROM django_session")
        rows = dict(cursor.fetchall())
    cookie = owner.cookies["strongroom_session"].value
    assert cookie not in rows
    page = f"/t/blue/credentials/{login.id}/edit/"
    assert owner.get(page).status_code == 200
    for stolen in rows:
        thief = Client()
        thief.cookies["strongroom_session"] = stolen
        assert thief.get(page).status_code == 302
    for data in rows.values():
        sql("UPDATE django_session SET session_data = %s", data)
        assert {owner.get(page).status_code, auditor.get(page).status_code} <= {200, 302, 403}
        assert auditor.get(page).status_code != 200


def test_a_current_version_taken_away_is_missed_and_not_replaced_by_an_older_one(blue, login):
    who = blue.caller("manager")
    vault.edit_credential(who, credential_id=login.id, values={"password": "the second one"})
    sql("DELETE FROM credentials_secretversion WHERE number = 2")
    for verb in (lambda: secrets.reveal(who, credential_id=login.id, key="password"),
                 lambda: secrets.show_code(who, credential_id=login.id)):  # fmt: skip
        with pytest.raises(SealBroken, match="missing"):
            verb()


def test_a_credential_rolled_back_to_an_older_number_takes_no_edit(blue, login):
    who = blue.caller("manager")
    vault.edit_credential(who, credential_id=login.id, values={"password": "the second one"})
    Credential.objects.filter(id=login.id).update(current_number=1)
    with pytest.raises(SealBroken, match="rolled back"):
        vault.edit_credential(who, credential_id=login.id, values={"password": "the third one"})
    assert SecretVersion.objects.count() == 2


def test_an_address_that_left_the_domain_is_no_link_any_more(blue, login, sign_in):
    page = f"/t/blue/credentials/{login.id}/"
    client = sign_in(blue.people["operator"])
    Credential.objects.filter(id=login.id).update(url="https://login.accounts.example.com/x")
    assert b'href="https://login.accounts.example.com/x"' in client.get(page).content
    Credential.objects.filter(id=login.id).update(url="https://accounts.example.com.evil.example/x")
    answer = client.get(page).content
    assert b'href="https://accounts.example.com.evil' not in answer
    assert b"not on this credential" in answer


@pytest.mark.parametrize("charset", ["unicode_escape", "idna", "hex", "undefined", "utf-7", "nonsense"])
def test_a_charset_made_for_python_is_refused(client, db, charset):
    type = f"multipart/form-data; boundary=x; charset={charset}"
    assert client.generic("POST", "/accounts/login/", b"login=x", content_type=type).status_code == 400


def test_a_return_address_that_is_no_address_is_ignored(client, db):
    assert client.get("/accounts/login/?next=http://[").status_code == 200


@pytest.mark.parametrize(("table", "column"), [("user", "password"), ("apikey", "digest")])
def test_the_admin_answers_no_guess_at_a_hash(blue, sign_in, table, column):
    chief = blue.people["owner"]
    chief.is_staff = chief.is_superuser = True
    chief.save()
    answer = sign_in(chief).get(f"/admin/credentials/{table}/", {f"{column}__startswith": "a"})
    assert answer.status_code == 400
