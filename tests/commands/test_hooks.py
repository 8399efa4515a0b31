"""`createhook` and `revokehook`: the address on standard output, once; the signing key from standard input only."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from credentials.models import AuditEvent, HookAddress
from credentials.vault import hooks

PHONE = "+15550100077"


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, "--team", "blue", stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "page"), [("receive", "codes"), ("answer", "otp")])
def test_createhook_prints_an_address_that_works_and_revokehook_ends_it(blue, settings, kind, page):
    where = run("createhook", "--name", "phone", "--kind", kind, "--identifier", PHONE).strip()
    assert where.startswith(f"{settings.BASE_URL}/hooks/{page}/hk_")
    path = where.removeprefix(settings.BASE_URL)
    assert Client().post(path, '{"text": "481516"}', "application/json").status_code == 200
    assert run("revokehook", "--name", "phone") == "phone revoked\n"
    assert Client().post(path, '{"text": "481516"}', "application/json").status_code == 404
    event = AuditEvent.objects.filter(action="hook.create").get()
    assert (event.actor_kind, event.door, event.team_id) == ("operator", "command", blue.team.id)


def test_the_signing_key_comes_from_standard_input(blue, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("the-key\nmore\n"))
    run("createhook", "--name", "phone", "--kind", "receive", "--signing-key-stdin")
    (shown,) = hooks.see_hooks(blue.caller("owner"))
    assert shown["signed"] is True
    monkeypatch.setattr("sys.stdin", StringIO(""))
    with pytest.raises(CommandError, match="holds no signing key"):
        run("createhook", "--name", "other", "--kind", "receive", "--signing-key-stdin")
    assert HookAddress.objects.count() == 1


def test_a_hook_may_be_for_a_credential(blue, login):
    run("createhook", "--name", "phone", "--kind", "answer", "--credential", login.id)
    assert HookAddress.objects.get().credential == login


@pytest.mark.parametrize(
    "words",
    [
        ("createhook", "--name", "phone", "--kind", "answer"),
        ("createhook", "--name", "phone", "--kind", "both"),
        ("createhook", "--name", " ", "--kind", "receive"),
        ("createhook", "--name", "phone", "--kind", "receive", "--credential", "cred_unknown"),
        ("revokehook", "--name", "phone"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(blue, words):
    with pytest.raises(CommandError) as refusal:
        run(*words)
    assert "\n" not in str(refusal.value)
    assert not HookAddress.objects.exists()
