"""Hooks: an owner makes and revokes them; each does the one thing of its kind, for whom it is, and leaves a trace."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from credentials.access import Actor, Door
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken, StepUpRequired, Throttled
from credentials.models import AuditEvent, HookAddress, ReceivedCode
from credentials.otp import totp
from credentials.vault import claims, hook_calls, hooks, seals, secrets, teams, trash
from credentials.vault import codes as vault_codes
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED

PHONE = "+15550100077"
SIGNING_KEY = "the-key-that-both-sides-know"
TEXT = "Your verification code is {}."


@pytest.fixture
def new_hook(blue):
    """new_hook(kind, **options) -> (row, token), made by Alice; for PHONE unless it says something else."""
    count = iter(range(100))

    def make(kind: str = "answer", **options) -> tuple[HookAddress, str]:
        options = {
            "name": f"hook {next(count)}",
            **({} if "credential_id" in options else {"identifier": PHONE}),
            **options,
        }
        return hooks.create_hook(blue.caller("owner"), kind=kind, **options)

    return make


@pytest.fixture
def asks(new_hook):
    """asks(run, **more) -> what an answering hook for PHONE says to it."""
    _, token = new_hook()

    def ask(run: str = "", **more) -> str:
        run_of = {"task_id": "", "workflow_id": "", "workflow_run_id": run, **more}
        return hook_calls.answer(hooks.open_hook(token, kind="answer"), run=run_of)

    return ask


@pytest.fixture
def arrives(blue):
    """arrives(code, **sent): a message with it, for PHONE."""

    def arrive(code: str, **sent) -> ReceivedCode:
        sent = {"identifier": PHONE, **sent}
        return vault_codes.receive_code(blue.caller("operator"), content=TEXT.format(code), **sent).row

    return arrive


def events(door: str = "hook") -> list[tuple]:
    rows = AuditEvent.objects.filter(door=door).order_by("id")
    return [(row.action, row.outcome, row.actor_kind, row.target_id) for row in rows]


def test_the_database_keeps_a_prefix_and_a_digest_and_a_sealed_key(blue, new_hook):
    row, token = new_hook("receive", signing_key=f" {SIGNING_KEY}\n")
    assert token.startswith("hk_") and len(token) == 52
    assert (row.prefix, row.digest) == (token[:11], sha256(token.encode()).hexdigest())
    row.refresh_from_db()
    kept = str(HookAddress.objects.values().get()) + row.signing_key._token + str(AuditEvent.objects.values().get())
    assert token[11:] not in kept
    assert SIGNING_KEY not in kept
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.detail) == (
        "hook.create", row.id, {"kind": "receive", "signed": True},
    )  # fmt: skip


def test_a_signing_key_opens_in_its_own_row_only(new_hook):
    mine, token = new_hook("answer", signing_key=SIGNING_KEY)
    other, _ = new_hook("answer", signing_key="another")
    other.refresh_from_db()
    HookAddress.objects.filter(id=mine.id).update(signing_key=other.signing_key)
    with pytest.raises(SealBroken):
        hooks.open_hook(token, kind="answer")


def test_signing_keys_go_through_a_rotation_of_keys(new_hook, settings):
    seals.open_canary()
    _, token = new_hook("answer", signing_key=SIGNING_KEY)
    settings.VAULT_KEYS = ["a fresh key, put in front of the list of keys", *settings.VAULT_KEYS]
    seals.rotate_keys(teams.operator())
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert hooks.open_hook(token, kind="answer", proofs=[signed(b"body")])


def signed(message: bytes, key: str = SIGNING_KEY) -> hooks.Proof:
    return hooks.Proof("sha256", message, hmac.digest(key.encode(), message, "sha256"))


def test_only_a_fresh_owner_makes_and_revokes_hooks(blue, red, new_hook):
    row, _ = new_hook()
    stale = blue.caller("owner", authenticated_at=datetime.now(UTC) - timedelta(days=1))
    for caller, refusal in (
        (blue.caller("manager"), NotAllowed),
        (blue.caller("auditor"), NotAllowed),
        (stale, StepUpRequired),
    ):
        with pytest.raises(refusal):
            hooks.create_hook(caller, name="mine", kind="receive")
        with pytest.raises(refusal):
            hooks.revoke_hook(caller, hook_id=row.id)
    with pytest.raises(NotAllowed):
        hooks.see_hooks(blue.caller("manager"))
    with pytest.raises(NotFound):
        hooks.revoke_hook(red.caller("owner"), hook_id=row.id)
    assert hooks.see_hooks(red.caller("owner")) == []
    hooks.create_hook(teams.operator("blue"), name="by the shell", kind="receive")
    assert HookAddress.objects.count() == 2


def test_the_list_of_hooks_shows_neither_digest_nor_key(blue, new_hook):
    row, token = new_hook("answer", signing_key=SIGNING_KEY)
    (shown,) = hooks.see_hooks(blue.caller("owner"))
    assert (shown["id"], shown["kind"], shown["identifier"], shown["signed"]) == (row.id, "answer", PHONE, True)
    assert row.digest not in str(shown)
    assert SIGNING_KEY not in str(shown)
    assert token not in str(shown)


def test_a_revoked_hook_is_nobodys_and_forgets_its_key(blue, new_hook):
    row, token = new_hook("answer", signing_key=SIGNING_KEY)
    hooks.revoke_hook(blue.caller("owner"), hook_id=row.id)
    with pytest.raises(NotFound):
        hooks.open_hook(token, kind="answer", proofs=[signed(b"")])
    with pytest.raises(NotFound):
        hooks.revoke_hook(blue.caller("owner"), hook_id=row.id)
    assert HookAddress.objects.get().signing_key is None
    assert new_hook(name=row.name)  # the name is free again


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "both"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"name": " "}, "hook_name"),
        ({"name": "a\nb"}, "hook_name"),
        ({"identifier": "x" * 501}, "identifier"),
        ({"identifier": "a\x00"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"signing_key": "x" * 501}, "signing_key"),
    ],
)
def test_a_hook_of_wrong_making_is_refused_and_not_stored(new_hook, wrong, field):
    with pytest.raises(Invalid) as refusal:
        new_hook(**wrong)
    assert list(refusal.value.fields) == [field]
    assert not HookAddress.objects.exists()


def test_a_hook_is_for_one_thing_of_its_own_team(blue, red, login, new_hook):
    theirs = vault.add_credential(red.caller("owner"), **LOGIN)
    for unknown in (theirs.id, "cred_01ARZ3NDEKTSV4RRFFQ69G5FAV", "\x00"):
        with pytest.raises(NotFound):
            new_hook(credential_id=unknown)
    with pytest.raises(Invalid):
        new_hook(credential_id=login.id, identifier=PHONE)
    assert new_hook(credential_id=login.id)[0].credential == login


def test_a_living_name_is_taken(new_hook):
    new_hook(name="phone")
    with pytest.raises(Conflict):
        new_hook(name="phone")


def test_an_unknown_token_is_not_found_in_the_same_words_as_one_of_another_kind(blue, new_hook):
    row, token = new_hook("receive")
    words = set()
    for wrong, kind in ((token, "answer"), (token[:-1], "receive"), (token.upper(), "receive"), ("", "receive"),
                        ("hk_unknown0_x", "receive"), ("\x00\ud800", "receive"), (f"{token}x", "receive")):  # fmt: skip
        with pytest.raises(NotFound) as refusal:
            hooks.open_hook(wrong, kind=kind, ip="192.0.2.9")
        words.add(refusal.value.message)
    assert len(words) == 1
    refusals = AuditEvent.objects.filter(action="hook.use").order_by("id")
    assert {(event.actor_kind, event.outcome, event.ip) for event in refusals} == {("nobody", "refused", "192.0.2.9")}
    assert [event.team_id for event in refusals][:3] == [blue.team.id, blue.team.id, None]
    assert refusals[0].target_id == row.id


def test_a_hook_that_is_called_acts_for_its_team_and_is_marked_as_used(blue, new_hook):
    row, token = new_hook("receive")
    caller = hooks.open_hook(token, kind="receive", ip="192.0.2.9", user_agent="phone").caller
    assert (caller.kind, caller.door, caller.id, caller.label) == (Actor.HOOK, Door.HOOK, row.id, row.name)
    assert (caller.team_id, caller.ip, caller.role, caller.scopes) == (blue.team.id, "192.0.2.9", None, frozenset())
    row.refresh_from_db()
    assert row.last_used_at


def test_guesses_are_throttled_by_address_and_good_hooks_are_not(new_hook, settings):
    settings.BAD_KEYS_PER_MINUTE = 2
    _, token = new_hook("receive")
    for refusal in (NotFound, NotFound, Throttled, Throttled, Throttled):
        with pytest.raises(refusal):
            hooks.open_hook("hk_unknown0_x", kind="receive", ip="192.0.2.9")
    assert hooks.open_hook(token, kind="receive", ip="192.0.2.9")
    assert [event[:2] for event in events()] == [("hook.use", "refused")] * 3


def test_a_hook_that_is_called_too_often_is_told_to_wait(new_hook, settings):
    settings.REQUESTS_PER_MINUTE = 3
    _, token = new_hook("receive")
    for _ in range(3):
        hooks.open_hook(token, kind="receive")
    with pytest.raises(Throttled):
        hooks.open_hook(token, kind="receive")


def test_what_is_not_signed_with_the_key_is_refused(new_hook):
    row, token = new_hook("answer", signing_key=SIGNING_KEY)
    other = signed(b"body", key="another")
    for proofs in ([], [other], [hooks.Proof("sha256", b"body", b"")], [signed(b"body")._replace(message=b"other")]):
        with pytest.raises(NotAllowed) as refusal:
            hooks.open_hook(token, kind="answer", proofs=proofs)
        assert refusal.value.code == "bad_signature"
    assert hooks.open_hook(token, kind="answer", proofs=[other, signed(b"body")])
    assert events() == [("hook.use", "refused", "hook", row.id)] * 4


def test_a_hook_without_a_key_asks_for_no_signature(new_hook):
    _, token = new_hook()
    assert hooks.open_hook(token, kind="answer", proofs=[signed(b"whatever", key="any")])


def test_a_message_is_kept_for_whom_the_hook_is_for_whatever_the_sender_says(new_hook):
    _, token = new_hook("receive")
    received = hook_calls.receive(
        hooks.open_hook(token, kind="receive"), content=TEXT.format("481516"), identifier="+15550199", source="sms"
    )
    assert (received.code, received.row.identifier, received.row.source) == ("481516", PHONE, "sms")
    assert events() == [("code.receive", "done", "hook", received.row.id)]


def test_a_hook_for_nobody_keeps_it_for_whom_the_sender_says(new_hook):
    _, token = new_hook("receive", identifier="")
    hook = hooks.open_hook(token, kind="receive")
    assert hook_calls.receive(hook, content="481516", identifier="Ops@Example.com").row.identifier == "ops@example.com"
    for nobody in ("", "  "):
        with pytest.raises(Invalid) as refusal:
            hook_calls.receive(hook, content="481516", identifier=nobody)
        assert refusal.value.code == "no_identifier"


def test_a_hook_for_a_credential_keeps_it_for_that_ones_identifier(blue, login, new_hook):
    _, token = new_hook("receive", credential_id=login.id)
    manager = blue.caller("manager")
    with pytest.raises(Invalid):
        hook_calls.receive(hooks.open_hook(token, kind="receive"), content="481516", identifier=PHONE)
    vault.edit_credential(manager, credential_id=login.id, totp_identifier="ops@example.com")
    received = hook_calls.receive(hooks.open_hook(token, kind="receive"), content="481516", identifier=PHONE)
    assert received.row.identifier == "ops@example.com"
    trash.trash_credential(manager, credential_id=login.id)
    with pytest.raises(NotFound):
        hook_calls.receive(hooks.open_hook(token, kind="receive"), content="481516")


def test_a_hook_does_nothing_but_its_own_thing(new_hook, login):
    _, token = new_hook("receive")
    caller = hooks.open_hook(token, kind="receive").caller
    for verb in (
        lambda: vault_codes.list_codes(caller),
        lambda: claims.claim_code(caller, identifier=PHONE),
        lambda: secrets.show_code(caller, credential_id=login.id),
        lambda: vault.see_credential(caller, credential_id=login.id),
        lambda: hooks.see_hooks(caller),
        lambda: vault_codes.receive_code(replace(caller, hook_kind="answer"), identifier=PHONE, content="1"),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_while_nothing_came_there_is_no_answer_and_no_event(asks):
    assert [asks("wr_1") for _ in range(3)] == [""] * 3
    assert events() == []


def test_a_run_hears_its_code_again_and_no_other_run_ever_hears_it(asks, arrives):
    row = arrives("481516")
    assert [asks("wr_1"), asks("wr_1"), asks("wr_2"), asks("wr_1"), asks("wr_3")] == ["481516"] * 2 + ["", "481516", ""]
    assert events() == [("code.claim", "done", "hook", row.id)] * 3
    told = AuditEvent.objects.filter(door="hook").order_by("id").values_list("detail", flat=True)
    assert [detail.get("again", False) for detail in told] == [False, True, True]
    assert {detail["workflow_run_id"] for detail in told} == {"wr_1"}


def test_a_newer_code_takes_the_place_of_the_one_a_run_holds(asks, arrives):
    arrives("111111")
    assert asks("wr_1") == "111111"
    arrives("222222")
    assert [asks("wr_1"), asks("wr_1"), asks("wr_2")] == ["222222", "222222", ""]


def test_an_older_code_never_does(asks, arrives):
    arrives("111111")
    arrives("222222")
    assert [asks("wr_1"), asks("wr_1"), asks("wr_2"), asks("wr_1")] == ["222222", "222222", "111111", "222222"]


def test_a_code_for_another_run_or_task_is_not_given_out(asks, arrives):
    arrives("111111", workflow_run_id="wr_9")
    arrives("222222", task_id="tsk_9")
    arrives("333333", workflow_id="wpid_9")
    assert asks("wr_1", workflow_id="wpid_1") == ""
    assert asks("", task_id="tsk_9") == "222222"
    assert asks("wr_9", workflow_id="wpid_1") == "111111"
    assert asks("wr_1", workflow_id="wpid_9") == "333333"


def test_neither_an_expired_code_nor_an_old_one_is_given_out_not_even_again(asks, arrives):
    row = arrives("111111", expired_at=datetime.now(UTC) + timedelta(hours=1))
    assert asks("wr_1") == "111111"
    for change in (
        {"expired_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"expired_at": None, "received_at": datetime.now(UTC) - timedelta(minutes=11)},
    ):
        ReceivedCode.objects.filter(id=row.id).update(**change)
        assert asks("wr_1") == ""
    arrives("222222", expired_at=datetime.now(UTC) - timedelta(seconds=1))
    assert asks("wr_1") == ""


def test_who_names_no_run_hears_a_code_once(asks, arrives):
    arrives("111111")
    assert [asks(), asks()] == ["111111", ""]


def test_another_teams_or_persons_code_is_not_given_out(asks, arrives, red):
    arrives("111111", identifier="+15550199999")
    vault_codes.receive_code(red.caller("owner"), identifier=PHONE, content=TEXT.format("222222"))
    assert asks("wr_1") == ""


def test_a_hook_for_a_credential_with_a_seed_answers_with_its_code_each_an_event(new_hook, login):
    _, token = new_hook(credential_id=login.id)
    moment = datetime.now(UTC).timestamp()
    around = {totp.code_at(totp.Totp(SEED), moment + shift).code for shift in (0, 30)}
    for _ in range(2):
        assert hook_calls.answer(hooks.open_hook(token, kind="answer"), run={"workflow_run_id": "wr_1"}) in around
    assert events() == [("credential.code", "done", "hook", login.id)] * 2


def test_a_hook_for_a_credential_without_a_seed_answers_with_what_came_for_its_identifier(blue, new_hook, arrives):
    row = vault.add_credential(
        blue.caller("manager"), **{**LOGIN, "name": "by phone", "totp_secret": "", "totp_identifier": PHONE}
    )
    _, token = new_hook(credential_id=row.id)
    arrives("111111")
    run = {"workflow_run_id": "wr_1"}
    assert hook_calls.answer(hooks.open_hook(token, kind="answer"), run=run) == "111111"
    trash.trash_credential(blue.caller("manager"), credential_id=row.id)
    with pytest.raises(NotFound):
        hook_calls.answer(hooks.open_hook(token, kind="answer"), run=run)


def test_a_purged_credential_takes_its_hooks_along(blue, new_hook, login):
    _, token = new_hook(credential_id=login.id)
    owner = blue.caller("owner")
    trash.trash_credential(owner, credential_id=login.id)
    trash.purge_credential(owner, credential_id=login.id)
    with pytest.raises(NotFound):
        hooks.open_hook(token, kind="answer")
