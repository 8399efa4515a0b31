"""Marker secrets are planted, everybody visits everything, and then every place is searched (SECURITY 8)."""

import hmac
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
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import technical_500_response

from credentials.models import AuditEvent, ReceivedCode, SecretVersion, User
from credentials.vault import codes, contents, hooks, keys, listing, seals, secrets, teams, trash
from credentials.vault import credentials as vault
from tests.conftest import PASSWORD
from tests.databases import all_of

SEED = "NVQXE23FOIWXGZLFMQWTCMRTGQ2TM"
MARKERS = {
    "password": "marker-password-7f3c", "notes": "marker notes 51aa", "card": "5105105105105100",
    "cvv": "marker-cvv-99",
    "secret": "marker-secret-value-0b", "old": "marker-old-password-22", "seed": SEED,
    "message": "marker message 88fe", "link": "marker-link-4e1d",
}  # fmt: skip
MESSAGE = f"{MARKERS['message']}: sign in with https://x.example/magic?token={MARKERS['link']}"
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
    codes.receive_code(mia, identifier="me@example.com", content=MESSAGE)
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
    for where in ("/", "/teams/", "/t/blue/", "/t/blue/?q=marker", "/t/blue/trash/", "/t/blue/folders/",
                  "/t/blue/credentials/add/", "/t/blue/?expiring=1", "/t/blue/audit/", "/t/blue/settings/", "/t/red/",
                  "/teams/?from=/t/blue/", "/accounts/2fa/", "/readyz", "/t/blue/hooks/", "/t/blue/codes/",
                  "/t/blue/codes/?q=me", "/t/blue/codes/live/"):  # fmt: skip
        answers.append((where, False, client.get(where)))
    answers += [("/t/blue/audit/export/", False, taken(client, form)) for form in ("csv", "jsonl", "")]
    for typed in (SEED, MARKERS["password"]):
        where = "/t/blue/totp/check/"
        answers.append((where, False, client.post(where, {"totp_secret": typed})))
    answers += look_at_codes(client)
    for row in rows:
        for page in ("credential", "edit_credential", "qr"):
            where = reverse(page, args=["blue", row.id])
            answers.append((where, False, client.get(where)))
        for page in BUTTONS:
            where = reverse(page, args=["blue", row.id, *([1] if page.endswith("version") else [])])
            for key in ("password", "card_number", "secret_value", "nope"):
                answers.append((where, page != "restore_version", client.post(where, {"key": key})))
        edit = {"name": "", "password": MARKERS["password"], "totp_secret": SEED, "notes": MARKERS["notes"],
                "own_name": ["pin"], "own_value": [MARKERS["secret"]]}  # fmt: skip
        where = reverse("edit_credential", args=["blue", row.id])
        answers += [
            (where, False, client.post(where, edit)),
            (where, False, client.post(where, {**edit, "name": "card"})),
        ]
    return answers


def look_at_codes(client: Client) -> list[tuple]:
    """What a person does with received codes; every second one is looked at as its script does."""
    answers = []
    for number, id in enumerate(ReceivedCode.objects.order_by("id").values_list("id", flat=True)[:4]):
        wants = {"accept": "application/json" if number % 2 else "text/html"}
        for page, given, may_show in (
            ("read_code", {}, True), ("code_message", {}, True), ("claim_code", {}, False),
            ("correct_code", {"code": MARKERS["password"]}, False), ("correct_code", {"other": MESSAGE}, False),
        ):  # fmt: skip
            where = reverse(page, args=["blue", id])
            answers.append((where, may_show, client.post(where, given, headers=wants)))
        answers.append((where, False, client.get(reverse("code_message", args=["blue", id]))))
    for given in (
        {"identifier": "", "content": MESSAGE}, {"identifier": "me@example.com", "content": MESSAGE, "source": "telex"},
        {"identifier": "me@example.com", "content": MESSAGE},
    ):  # fmt: skip
        answers.append(("/t/blue/codes/", False, client.post("/t/blue/codes/", given)))
    given = {"name": "h", "kind": "answer", "signing_key": MARKERS["secret"]}
    answers.append(("/t/blue/hooks/", False, client.post("/t/blue/hooks/", given)))
    return answers


def taken(client: Client, form: str) -> HttpResponse:
    """The audit as a file that is streamed, as an answer like any other."""
    answer = client.post("/t/blue/audit/export/", {"form": form})
    return HttpResponse(answer.getvalue(), status=answer.status_code, headers=dict(answer.headers))


def forward(blue) -> list[tuple]:
    """The same for received codes, as agents send, list and claim them."""
    scopes = {"full": ["codes:read", "codes:write"], "mute": ["codes:write"], "blind": ["credentials:read"]}
    answers = []
    for name, granted in scopes.items():
        _, key = keys.create_api_key(blue.caller("owner"), name=name, scopes=granted)
        client, where = Client(headers={"x-api-key": key}), "/v1/credentials/totp"
        for path, body in (
            (where, {"totp_identifier": "me@example.com", "content": MESSAGE}),
            (where, {"totp_identifier": "me@example.com", "content": MESSAGE, "type": MARKERS["link"]}),
            (where, {"totp_identifier": MARKERS["message"], "content": {"text": MESSAGE}}),
            (where, {"totp_identifier": "me@example.com", "content": MESSAGE, "task_id": MARKERS["link"] * 50}),
            (f"{where}/claim", {"totp_identifier": "me@example.com", "workflow_run_id": name, "wait": 5}),
            (f"{where}/claim", {"credential_id": MARKERS["link"], "wait": 5}),
        ):
            may_show = name == "full" or (name == "mute" and path == where)
            answers.append((path, may_show, client.post(path, body, content_type="application/json")))
        answers.append((where, name == "full", client.get(where, {"wait": 5})))
    return answers


def sealed_off(rows) -> str:
    """Every text of every table, as whoever steals the database reads it."""
    if connection.vendor == "sqlite":
        return all_of(connection.connection)
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            texts += [str(line) for line in cursor.fetchall()]
    return "\n".join(texts)


def test_everybody_visits_everything_and_no_secret_stays_anywhere(blue, red, planted, sign_in, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    shown, answers = set(), forward(blue)
    for client in everybody(blue, red, sign_in):
        answers += visit(client, planted)
        assert found_in(str(client.cookies)) == []
    for where, may_show, answer in answers:
        if may_show and answer.status_code == 200:
            shown |= set(found_in(answer.content.decode()))
        else:
            assert found_in(answer.content.decode()) == [], where
        assert found_in(str(answer.headers) + str(answer.cookies) + where) == []
    wanted = {MARKERS[name] for name in ("password", "card", "secret", "seed", "message", "link")}
    assert wanted <= shown, "the visit opened nothing"
    nothing_stays(planted, caplog, capsys)


def nothing_stays(planted, caplog, capsys):
    """In no table, session, event, log, output or mail."""
    assert found_in(sealed_off(planted)) == []
    assert found_in(str([session.get_decoded() for session in Session.objects.all()])) == []
    assert found_in(str(list(AuditEvent.objects.values()))) == []
    assert found_in("\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)) == []
    assert found_in("".join(capsys.readouterr())) == []
    assert found_in(str([message.message().as_string() for message in mail.outbox])) == []


def test_an_agent_of_skyvern_stores_secrets_and_gets_none_back(blue, planted, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    scopes = ["credentials:read", "credentials:write", "totp:read"]
    key = keys.create_api_key(blue.caller("owner"), name="agent", scopes=scopes)[1]
    statuses = set()
    for answer in visit_skyvern(Client(headers={"x-api-key": key}), [row.id for row in planted]):
        statuses.add(answer.status_code)
        assert found_in(answer.content.decode() + str(answer.headers) + str(answer.cookies)) == []
    assert statuses >= {200, 201, 400, 404, 422}
    assert SecretVersion.objects.count() > 20, "the visit stored nothing"
    nothing_stays(planted, caplog, capsys)


def visit_skyvern(client: Client, ids: list[str]):
    """Every route with a body, with the secrets where they belong and where they do not."""
    login = {"username": "u", "password": MARKERS["password"], "metadata": {"note": MARKERS["notes"]}}
    card = dict.fromkeys(("card_cvv", "card_exp_month", "card_exp_year", "card_holder_name"), MARKERS["cvv"])
    card |= {"card_number": MARKERS["card"], "card_brand": "visa", "billing_address": {"line1": MARKERS["notes"]}}
    bodies = [
        {"name": "sky", "credential_type": kind, "credential": credential}
        for kind, credential in (
            ("password", {**login, "totp": SEED, "totp_type": "authenticator"}),
            ("password", {**login, "totp": MARKERS["secret"]}),
            ("credit_card", card), ("secret", {"secret_value": MARKERS["secret"]}),
            ("secret", login), ("password", {**login, "totp": MARKERS["secret"], "totp_type": "authenticator"}),
            (MARKERS["secret"], MARKERS["password"]), ("password", {**login, "metadata": [MARKERS["notes"]]}),
            ("password", {**login, "totp_type": MARKERS["secret"], "username": ""}),
        )
    ]  # fmt: skip
    bodies += [{"title": [SEED], "folder_id": MARKERS["secret"], "proxy_location": MARKERS["password"]}, [SEED], SEED]
    for path in ("/v1/credentials", "/api/v1/credentials", "/v1/credential_folders"):
        for body in bodies:
            yield client.post(path, body, "application/json")
        for search in (MARKERS["password"], SEED):
            yield client.get(path, {"search": search})
        yield client.get(path, {"page_size": 100})
    for id in ids:
        for method, rest in ((client.post, "/update"), (client.patch, ""), (client.put, "/folder")):
            for body in bodies:
                yield method(f"/v1/credentials/{id}{rest}", body, "application/json")
        yield client.get(f"/v1/credentials/{id}")
        yield client.get(f"/v1/credentials/{id}/totp-code")


def test_values_leave_by_the_release_door_in_its_answer_and_stay_nowhere(blue, planted, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    key = keys.create_api_key(blue.caller("owner"), name="skyvern", scopes=["values:release"])[1]
    client, where, shown = Client(headers={"authorization": f"Bearer {key}"}), "/release/v1/credentials", set()
    login = {"name": "r", "type": "password", "username": "u", "password": MARKERS["password"], "totp": SEED}
    for body in (
        login,
        {**login, "type": "secret", "secret_value": MARKERS["secret"]},
        {**login, "type": MARKERS["secret"]},
        {**login, "totp_type": MARKERS["secret"]},
        {**login, "metadata": {MARKERS["notes"]: [MARKERS["cvv"]]}},
        [SEED],
    ):
        answer = client.post(where, body, "application/json")
        assert found_in(answer.content.decode() + str(answer.headers)) == []
    for row in planted:
        answer = client.get(f"{where}/{row.id}")
        shown |= set(found_in(answer.content.decode()))
        assert found_in(str(answer.headers) + str(answer.cookies)) == []
        assert found_in(client.delete(f"{where}/{row.id}").content.decode()) == []
        assert found_in(client.get(f"{where}/{row.id}").content.decode()) == []
    assert {MARKERS[name] for name in ("password", "notes", "card", "cvv", "secret", "seed")} <= shown
    nothing_stays(planted, caplog, capsys)


def test_a_hook_repeats_neither_a_message_nor_its_signing_key(blue, planted, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    owner, where = blue.caller("owner"), {}
    for kind, page in (("receive", "codes"), ("answer", "otp")):
        made = hooks.create_hook(owner, name=kind, kind=kind, identifier="h@example.com", signing_key=MARKERS["secret"])
        where[kind] = f"/hooks/{page}/{made[1]}"
        assert found_in(str(vars(made[0])) + str(hooks.see_hooks(owner))) == []
    for kind, body in (("receive", MESSAGE), ("receive", f"{MESSAGE} "), ("answer", "{}"), ("answer", MESSAGE)):
        signed = hmac.digest(MARKERS["secret"].encode(), body.encode(), "sha256").hex()
        for signature in (signed, MARKERS["secret"], ""):
            answer = Client().post(where[kind], body, "text/plain", headers={"x-signature": signature})
            told = answer.content.decode() + str(answer.headers) + str(answer.cookies)
            # What an answering hook is for is the link that came, and that alone.
            assert set(found_in(told)) <= ({MARKERS["link"]} if kind == "answer" and body == "{}" else set())
    assert codes.list_codes(owner, identifier="h@example.com")
    nothing_stays(planted, caplog, capsys)


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
        contents.current_version(login), contents.current_version(login).values, listing.list_credentials(owner),
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
        "Canary.token", "HookAddress.signing_key",
    }  # fmt: skip
    assert not [field for field in apps.get_model("credentials.Credential")._meta.fields if field.name == "values"]
