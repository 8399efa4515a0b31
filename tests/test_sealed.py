"""Sealing: the eight pitfalls of django-fernet-encrypted-fields, each shown not to be one here (DESIGN, section 5)."""

import copy
import io
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Thread

import pydantic
import pydantic_core
import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.forms import modelform_factory

from credentials import sealed
from credentials.errors import SealBroken
from credentials.models import Credential, SecretVersion
from credentials.sealed import DOTS, Sealed, open_sealed, seal, unseal
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED

PASSWORD = LOGIN["values"]["password"]
OTHER_KEY = "another key, which never sealed anything here"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def version(login) -> SecretVersion:
    """The sealed row of the documented example."""
    return login.versions.get()


def again(version: SecretVersion) -> SecretVersion:
    return SecretVersion.objects.select_related("credential").get(pk=version.pk)


def stored(version: SecretVersion, column: str = "values") -> str:
    """What really lies in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM credentials_secretversion WHERE id = %s', [version.pk])
        return cursor.fetchone()[0]


def put(version: SecretVersion, token: str, column: str = "values") -> SecretVersion:
    """Somebody writes into the database."""
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE credentials_secretversion SET "{column}" = %s WHERE id = %s', [token, version.pk])
    return again(version)


# 1. A wrong key or garbage


def test_a_wrong_key_raises_and_saving_again_changes_nothing(version, settings):
    before, keys = stored(version), settings.VAULT_KEYS
    settings.VAULT_KEYS = [OTHER_KEY]
    found = again(version)
    with pytest.raises(SealBroken):
        unseal(found, "values")
    found.save()
    assert stored(version) == before
    settings.VAULT_KEYS = keys
    assert json.loads(unseal(again(version), "values")) == LOGIN["values"]


def test_a_wrong_salt_raises(version, settings):
    settings.SALT_KEY = [OTHER_KEY]
    with pytest.raises(SealBroken):
        unseal(again(version), "totp_secret")


@pytest.mark.parametrize("garbage", ["", "hunter2", "gAAAAA", "gAAAAABénon-ascii", "\x01", "A" * 5000])
def test_garbage_raises_and_is_never_taken_for_the_value(version, garbage):
    with pytest.raises(SealBroken) as broken:
        unseal(put(version, garbage), "values")
    assert not garbage or garbage not in broken.value.message


def test_a_token_of_the_right_key_without_a_place_does_not_open(version):
    for plain in ('"hunter2"', "{}", "[]", "[1]", "hunter2"):
        token = sealed.keyring().newest.encrypt(plain.encode()).decode()
        with pytest.raises(SealBroken):
            unseal(put(version, token), "values")


# 2. Validation


def test_validation_leaves_no_mark_on_the_shared_field(version):
    def validate() -> None:
        found = SecretVersion(number=1, created_at=AT, created_by="x" * 1000, values="typed", totp_secret="typed")
        with pytest.raises(ValidationError):
            found.clean_fields(exclude=["credential"])
        for column in ("values", "totp_secret"):
            SecretVersion._meta.get_field(column).clean("typed", found)

    validate()
    other = Thread(target=validate)
    other.start()
    other.join()
    version.full_clean()
    assert PASSWORD in unseal(again(version), "values")
    assert again(version).full_clean() is None


# 3. Empty and false values


def test_an_empty_text_stays_a_text_and_only_none_is_null(version):
    version.values, version.totp_secret = "", None
    version.save()
    assert unseal(again(version), "values") == ""
    assert unseal(again(version), "totp_secret") is None
    assert stored(version, "totp_secret") is None
    version.values = "0"
    version.save()
    assert unseal(again(version), "values") == "0"


@pytest.mark.parametrize("value", [0, False, 1.5, b"bytes", [], {"password": "x"}])
def test_what_is_no_text_is_refused_and_not_turned_into_null(version, value):
    before = stored(version)
    version.values = value
    with pytest.raises(TypeError, match="no plain value"), transaction.atomic():
        version.save()
    assert stored(version) == before


# 4. Lookups


@pytest.mark.parametrize(
    "question",
    [
        {"values": "x"},
        {"values": None},
        {"values__exact": "x"},
        {"values__in": ["x"]},
        {"values__contains": "x"},
        {"values__startswith": "gAAAA"},
        {"values__gt": ""},
        {"values__regex": "."},
        {"credential__versions__totp_secret": "x"},
    ],
)
def test_a_lookup_is_refused_instead_of_finding_nothing(version, question):
    with pytest.raises(FieldError, match="is sealed"):
        SecretVersion.objects.filter(**question)
    with pytest.raises(FieldError, match="is sealed"):
        SecretVersion.objects.exclude(**question)


def test_the_only_question_is_whether_there_is_something(version):
    assert SecretVersion.objects.filter(values__isnull=False, totp_secret__isnull=False).get() == version
    assert not SecretVersion.objects.filter(values__isnull=True).exists()


def test_plain_text_never_reaches_the_database_by_update(version):
    before = stored(version)
    with pytest.raises(TypeError, match="only a sealed value"), transaction.atomic():
        SecretVersion.objects.update(values="hunter2")
    with pytest.raises(TypeError, match="only a sealed value"), transaction.atomic():
        version.values = "hunter2"
        SecretVersion.objects.bulk_update([version], ["values"])
    assert stored(version) == before


def test_bulk_writes_of_sealed_rows_are_safe(version):
    before = stored(version)
    SecretVersion.objects.bulk_update([again(version)], ["values"])
    assert stored(version) == before
    new = SecretVersion(credential=version.credential, number=2, created_at=AT, values="hunter2")
    SecretVersion.objects.bulk_create([new])
    found = SecretVersion.objects.get(number=2)
    assert "hunter2" not in stored(found)
    assert unseal(found, "values") == "hunter2"


# 5. Dumps and forms


@pytest.mark.parametrize("format", ["json", "jsonl", "xml", "python"])
def test_dumps_refuse_and_show_nothing(version, format):
    version.values = PASSWORD  # not even while it waits to be sealed
    for row in (version, again(version)):
        with pytest.raises(TypeError, match="cannot be dumped") as refusal:
            serializers.serialize(format, [row])
        assert PASSWORD not in str(refusal.value)


def test_dumpdata_refuses_and_prints_no_secret(version):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="sealed and cannot be dumped"):
        call_command("dumpdata", "credentials.secretversion", stdout=out, stderr=err)
    assert not any(secret in out.getvalue() + err.getvalue() for secret in (PASSWORD, SEED, stored(version)))


def test_no_form_has_a_sealed_field():
    assert modelform_factory(SecretVersion, fields="__all__").base_fields.keys() == {
        "credential",
        "number",
        "created_at",
        "created_by",
    }
    with pytest.raises(FieldError, match="non-editable"):
        modelform_factory(SecretVersion, fields=["values"])
    assert SecretVersion._meta.get_field("values").formfield() is None


# 6. A seal is bound to its place


def test_a_token_moved_to_another_row_does_not_open(version, blue):
    other = vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": "other"}).versions.get()
    with pytest.raises(SealBroken):
        unseal(put(other, stored(version)), "values")


def test_a_token_moved_to_another_version_does_not_open(version, blue):
    vault.edit_credential(blue.caller("manager"), credential_id=version.credential_id, values={"password": "new"})
    newer = SecretVersion.objects.get(number=2)
    with pytest.raises(SealBroken):
        unseal(put(newer, stored(version)), "values")


def test_a_token_moved_to_another_column_does_not_open(version):
    with pytest.raises(SealBroken):
        unseal(put(version, stored(version, "totp_secret")), "values")


def test_a_credential_moved_to_another_team_does_not_open(version, red):
    Credential.objects.update(team=red.team)
    with pytest.raises(SealBroken):
        unseal(again(version), "values")


def test_a_version_hung_under_another_credential_does_not_open(version, red):
    theirs = vault.add_credential(red.caller("owner"), **LOGIN)
    theirs.versions.all().delete()
    SecretVersion.objects.filter(pk=version.pk).update(credential=theirs)
    with pytest.raises(SealBroken):
        unseal(again(version), "values")


def test_a_domain_edited_in_the_database_does_not_open_until_it_is_put_back(version):
    Credential.objects.update(domain="accounts.evil.example")
    for column in ("values", "totp_secret"):
        with pytest.raises(SealBroken):
            unseal(again(version), column)
    Credential.objects.update(domain=LOGIN["domain"])
    assert PASSWORD in unseal(again(version), "values")


# 7. What can be read in the database


def test_neither_values_nor_their_names_nor_the_seed_can_be_read_in_the_database(version):
    for column in ("values", "totp_secret"):
        token = stored(version, column)
        assert token.startswith("gAAAAA")
        assert not any(word in token for word in ("password", PASSWORD, SEED, "SHA1", "{"))
    assert stored(version) != stored(version, "totp_secret")


def test_values_stay_the_texts_they_were(blue):
    values = {"password": " 007 ", "pin": "0", "flag": "false", "empty": "", "emoji": "🔑\n\t\"'\\", "null": "null"}
    added = vault.add_credential(blue.caller("manager"), **{**LOGIN, "values": values})
    assert json.loads(unseal(added.versions.get(), "values")) == values


# 8. Keys


def test_salts_may_be_a_list_or_a_tuple(version, settings):
    for kind in (list, tuple):
        settings.SALT_KEY, settings.VAULT_KEYS = kind(settings.SALT_KEY), kind(settings.VAULT_KEYS)
        assert PASSWORD in unseal(again(version), "values")


def test_every_pair_of_key_and_salt_opens_and_the_first_pair_seals(settings):
    old_keys, old_salts = settings.VAULT_KEYS, settings.SALT_KEY
    old = seal("hunter2", ["here"])
    settings.VAULT_KEYS, settings.SALT_KEY = [OTHER_KEY, *old_keys], ["a salt of the same kind, new", *old_salts]
    new = seal("hunter2", ["here"])
    assert open_sealed(old, ["here"]) == open_sealed(new, ["here"]) == "hunter2"
    settings.VAULT_KEYS, settings.SALT_KEY = old_keys, old_salts
    with pytest.raises(SealBroken):
        open_sealed(new, ["here"])


def test_keys_are_derived_once_per_process_and_not_once_per_column(version, settings):
    settings.VAULT_KEYS = ["a key that this process has not seen before", *settings.VAULT_KEYS]
    before = sealed._derive.cache_info().misses
    for _ in range(5):
        found = again(version)
        assert unseal(found, "values")
        assert unseal(found, "totp_secret")
        seal("x", ["here"])
    assert sealed._derive.cache_info().misses == before + 1


def test_the_session_key_has_no_part_in_the_vault(version, settings):
    settings.SECRET_KEY = "a new session key, so that everybody signs in again"
    assert PASSWORD in unseal(again(version), "values")


# A sealed value in the hands of other code


def test_a_sealed_value_prints_dots(version):
    value = again(version).values
    assert f"{value}" == str(value) == format(value) == f"{value!s}" == DOTS
    assert repr(value) == "<Sealed>"
    assert repr([value]) == "[<Sealed>]"
    assert not hasattr(value, "__dict__")


@pytest.mark.parametrize(
    "copied_out",
    [
        json.dumps,
        lambda value: json.dumps({"value": value}, cls=DjangoJSONEncoder),
        pickle.dumps,
        lambda value: pickle.dumps(value, 0),
        copy.copy,
        pydantic_core.to_json,
        lambda _: pydantic.TypeAdapter(Sealed),
        lambda _: pydantic.create_model("Shape", value=(Sealed, ...)),
    ],
)
def test_a_sealed_value_refuses_to_be_copied_out(copied_out):
    with pytest.raises((TypeError, pydantic_core.PydanticSerializationError)):
        copied_out(seal("hunter2", ["here"]))


def test_rows_with_sealed_values_cannot_be_pickled_into_a_cache(version):
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(again(version))
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(SecretVersion.objects.all())


def test_a_deep_copy_is_the_same_sealed_value():
    value = seal("hunter2", ["here"])
    assert copy.deepcopy({"value": value})["value"] is value


def test_an_assigned_text_does_not_open_before_it_is_saved(version):
    version.values = "hunter2"
    with pytest.raises(SealBroken, match="not sealed yet"):
        unseal(version, "values")


def test_twenty_threads_seal_and_open_at_once():
    def rounds(thread: int) -> bool:
        texts = [f"secret {thread}.{turn}" for turn in range(50)]
        return all(open_sealed(seal(text, [text]), [text]) == text for text in texts)

    with ThreadPoolExecutor(20) as threads:
        assert all(threads.map(rounds, range(20)))
