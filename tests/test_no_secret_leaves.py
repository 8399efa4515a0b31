"""Marker secrets are planted, everybody visits everything, and then every place is searched (SECURITY 8)."""

import io
import json
import logging
import re
import sys

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core import mail, serializers
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import technical_500_response

from credentials.models import AuditEvent, SecretVersion, User
from credentials.vault import contents, seals, secrets, teams, trash
from credentials.vault import credentials as vault
from tests.conftest import PASSWORD

SEED = "NVQXE23FOIWXGZLFMQWTCMRTGQ2TM"
MARKERS = {
    "password": "marker-password-7f3c", "notes": "marker notes 51aa", "card": "5105105105105100",
    "cvv": "marker-cvv-99",
    "secret": "marker-secret-value-0b", "old": "marker-old-password-22", "seed": SEED,
}  # fmt: skip
NEEDLES = [*MARKERS.values(), "5105 1051", "marker%20notes", "marker+notes"]
BUTTONS = ["reveal", "code", "qr", "reveal_version", "restore_version"]


@pytest.fixture
def planted(blue, red):
    seals.open_canary()
    mia = blue.caller("manager")
    login = vault.add_credential(
        mia, name="planted", type="password", domain="x.example", totp_secret=SEED,
        values={"password": MARKERS["old"], "notes": MARKERS["notes"]},
    )  # fmt: skip
    card = {"card_number": MARKERS["card"], "card_cvv": MARKERS["cvv"]}
    rows = [
        vault.edit_credential(mia, credential_id=login.id, values={"password": MARKERS["password"]}),
        vault.add_credential(mia, name="card", type="credit_card", values=card),
        vault.add_credential(mia, name="token", type="secret", values={"secret_value": MARKERS["secret"]}),
        vault.add_credential(mia, name="gone", type="password", values={"password": MARKERS["password"]}),
    ]
    trash.trash_credential(mia, credential_id=rows[-1].id)
    return rows


def found_in(text: str) -> list[str]:
    bare = re.sub(r"[\s-]", "", text).upper()
    return [needle for needle in NEEDLES if needle in text] + ([SEED] if SEED in bare else [])


def everybody(blue, red, sign_in):
    root = User.objects.create_user("root@example.org", PASSWORD, is_staff=True, is_superuser=True)
    yield Client()
    for user in (*blue.people.values(), red.people["owner"], root):
        for stale in (False, True):
            yield sign_in(user, stale=stale)


def visit(client: Client, rows) -> list[tuple]:
    """Every page; (where, whether it may show a secret, answer)."""
    answers = []
    for where in ("/", "/teams/", "/t/blue/", "/t/blue/?q=marker", "/t/blue/trash/", "/t/blue/credentials/add/",
                  "/t/red/", "/accounts/2fa/", "/readyz"):  # fmt: skip
        answers.append((where, False, client.get(where)))
    for row in rows:
        for page in ("credential", "edit_credential", "qr"):
            where = reverse(page, args=["blue", row.id])
            answers.append((where, False, client.get(where)))
        for page in BUTTONS:
            where = reverse(page, args=["blue", row.id, *([1] if page.endswith("version") else [])])
            for key in ("password", "card_number", "secret_value", "nope"):
                answers.append((where, page != "restore_version", client.post(where, {"key": key})))
        edit = {"name": "", "password": MARKERS["password"], "totp_secret": SEED, "notes": MARKERS["notes"]}
        where = reverse("edit_credential", args=["blue", row.id])
        answers += [
            (where, False, client.post(where, edit)),
            (where, False, client.post(where, {**edit, "name": "card"})),
        ]
    return answers


def sealed_off(rows) -> str:
    """Every text of every table, as whoever steals the database reads it."""
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            texts += [str(line) for line in cursor.fetchall()]
    return "\n".join(texts)


def test_everybody_visits_everything_and_no_secret_stays_anywhere(blue, red, planted, sign_in, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    shown = set()
    for client in everybody(blue, red, sign_in):
        for where, may_show, answer in visit(client, planted):
            text = answer.content.decode() + str(answer.headers) + str(answer.cookies)
            if not may_show:
                assert found_in(text) == [], where
            elif answer.status_code == 200:
                shown |= set(found_in(text))
            assert found_in(str(answer.headers) + str(answer.cookies) + where) == []
        assert found_in(str(client.cookies)) == []
    assert {MARKERS["password"], MARKERS["card"], MARKERS["secret"], SEED} <= shown, "the visit opened nothing"
    assert found_in(sealed_off(planted)) == []
    assert found_in(str([session.get_decoded() for session in Session.objects.all()])) == []
    assert found_in(str(list(AuditEvent.objects.values()))) == []
    assert found_in("\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)) == []
    assert found_in("".join(capsys.readouterr())) == []
    assert found_in(str([message.message().as_string() for message in mail.outbox])) == []


def test_no_admin_page_shows_a_secret_or_its_token(blue, planted, sign_in):
    root = sign_in(User.objects.create_user("root@example.org", PASSWORD, is_staff=True, is_superuser=True))
    stored = [
        str(column._token) for row in SecretVersion.objects.all() for column in (row.values, row.totp_secret) if column
    ]
    for model in admin.site._registry:
        name = f"admin:credentials_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=marker"]
        for pk in model._default_manager.values_list("pk", flat=True)[:5]:
            pages += [reverse(f"{name}_{page}", args=[pk]) for page in ("change", "history")]
        for page in pages:
            text = root.get(page).content.decode()
            assert found_in(text) == [], page
            assert not [token for token in stored if token[:40] in text], page


@pytest.mark.parametrize("format", ["json", "xml", "jsonl"])
def test_a_dump_refuses_or_shows_nothing(planted, format):
    out = io.StringIO()
    try:
        call_command("dumpdata", format=format, stdout=out, stderr=out)
    except (CommandError, TypeError) as refusal:
        assert found_in(str(refusal)) == []
    assert found_in(out.getvalue()) == []
    with pytest.raises(TypeError):
        serializers.serialize(format, SecretVersion.objects.all())


def test_an_error_report_shows_no_variable(planted, settings):
    settings.DEBUG = True
    request = RequestFactory().post("/t/blue/", {"password": MARKERS["password"]})
    try:
        local = MARKERS["notes"]
        raise ValueError(len(local))
    except ValueError:
        for headers in ({}, {"accept": "text/plain"}):
            request.META.update({f"HTTP_{key.upper()}": value for key, value in headers.items()})
            page = technical_500_response(request, *sys.exc_info()).content.decode()
            source = [line for line in page.splitlines() if "MARKERS[" not in line]
            assert found_in("\n".join(source)) == []


def test_what_the_verbs_return_prints_no_secret(blue, planted):
    owner, login = blue.caller("owner"), planted[0]
    opened = contents.open_current(login)
    code = secrets.show_code(owner, credential_id=login.id)
    returned = [
        owner, login, opened, opened.totp, code, secrets.show_seed(owner, credential_id=login.id),
        contents.current_version(login), contents.current_version(login).values, vault.list_credentials(owner),
        vault.see_versions(owner, credential_id=login.id), teams.see_members(owner), contents.open_all(login),
        list(SecretVersion.objects.all()), SecretVersion.objects.values_list(), vars(contents.current_version(login)),
    ]  # fmt: skip
    for thing in returned:
        for text in (repr(thing), str(thing), f"{thing}"):
            assert found_in(text) == []
            assert code.code not in text
    with pytest.raises(TypeError):
        json.dumps(contents.current_version(login).values)


def test_a_failure_inside_a_verb_keeps_its_text_out_of_the_audit(blue, planted, monkeypatch):
    def fail(*_):
        raise RuntimeError(f"could not use {MARKERS['password']}")

    monkeypatch.setattr(secrets, "_value", fail)
    with pytest.raises(RuntimeError):
        secrets.reveal(blue.caller("owner"), credential_id=planted[0].id, key="password")
    event = AuditEvent.objects.order_by("id").last()
    assert (event.outcome, event.detail) == ("failed", {"reason": "RuntimeError"})
    assert found_in(str(list(AuditEvent.objects.values()))) == []


def test_a_secret_typed_in_the_wrong_place_is_not_written_into_the_audit(blue, planted):
    owner = blue.caller("owner")
    for ask in (
        lambda: secrets.reveal(owner, credential_id=MARKERS["password"], key=MARKERS["password"]),
        lambda: secrets.reveal(owner, credential_id=planted[0].id, key=MARKERS["password"]),
        lambda: vault.edit_credential(owner, credential_id=planted[0].id, totp_secret=MARKERS["notes"]),
        lambda: vault.add_credential(owner, name="x", type="password", url=MARKERS["password"]),
        lambda: teams.add_member(owner, email=MARKERS["password"], role=MARKERS["password"]),
    ):
        with pytest.raises(Exception) as refusal:
            ask()
        assert found_in(str(refusal.value)) == []
    assert found_in(str(list(AuditEvent.objects.values()))) == []


def test_no_model_but_these_has_a_sealed_column():
    sealed = {f"{model.__name__}.{column}" for model, column in seals.sealed_columns()}
    assert sealed == {
        "SecretVersion.values", "SecretVersion.totp_secret", "ReceivedCode.content", "ReceivedCode.code",
        "Canary.token",
    }  # fmt: skip
    assert not [field for field in apps.get_model("credentials.Credential")._meta.fields if field.name == "values"]
