"""The three ways out, and the history: each does it, is recorded, is refused beyond its role, hides from strangers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.errors import Invalid, NotAllowed, NotFound, StepUpRequired
from credentials.models import AuditEvent, Credential
from credentials.otp import totp
from credentials.vault import clock, secrets
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED

PASSWORD = LOGIN["values"]["password"]
NOON = clock.now().replace(hour=12, minute=0, second=10, microsecond=0)


def newest() -> AuditEvent:
    return AuditEvent.objects.order_by("id").last()


VERBS = {
    "credential.reveal": lambda who, id: secrets.reveal(who, credential_id=id, key="password"),
    "credential.code": lambda who, id: secrets.show_code(who, credential_id=id),
    "credential.seed": lambda who, id: secrets.show_seed(who, credential_id=id),
    "version.reveal": lambda who, id: secrets.reveal_version(who, credential_id=id, number=1, key="password"),
    "version.restore": lambda who, id: secrets.restore_version(who, credential_id=id, number=1),
}
ALLOWED = {
    "credential.reveal": {"operator", "manager", "owner"},
    "credential.code": {"operator", "manager", "owner"},
    "credential.seed": {"manager", "owner"},
    "version.reveal": {"manager", "owner"},
    "version.restore": {"manager", "owner"},
}


@pytest.mark.parametrize("role", ["auditor", "operator", "manager", "owner"])
@pytest.mark.parametrize("action", VERBS)
def test_who_may_gets_it_and_everybody_is_recorded(blue, login, action, role):
    caller = blue.caller(role)
    if role in ALLOWED[action]:
        VERBS[action](caller, login.id)
    else:
        with pytest.raises(NotAllowed):
            VERBS[action](caller, login.id)
    event = newest()
    assert (event.action, event.outcome) == (action, "done" if role in ALLOWED[action] else "refused")
    assert (event.actor_label, event.ip, event.user_agent) == (caller.label, "192.0.2.7", "pytest")
    assert (event.target_kind, event.target_id) == ("credential", login.id)
    assert PASSWORD not in str(event.detail)


@pytest.mark.parametrize("action", VERBS)
def test_a_stale_person_steps_up_except_for_a_code(blue, login, action):
    stale = blue.caller("owner", authenticated_at=clock.now() - timedelta(minutes=6))
    if action == "credential.code":
        assert VERBS[action](stale, login.id)
    else:
        with pytest.raises(StepUpRequired):
            VERBS[action](stale, login.id)
        assert newest().detail == {"reason": "step_up_required"}


@pytest.mark.parametrize("action", VERBS)
def test_another_team_is_not_found(blue, red, login, action):
    for caller in (red.caller("owner"), replace(blue.caller("owner"), role=None)):
        for id in (login.id, "cred_00000000000000000000000000", "", "\x00", "\ud800", "x" * 9999):
            with pytest.raises(NotFound) as refusal:
                VERBS[action](caller, id)
            assert (str(refusal.value), refusal.value.code) == (NotFound.message, "not_found")
            assert newest().outcome == "refused"


def test_reveal_gives_the_value_and_says_which_in_the_event(blue, login):
    assert secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password") == PASSWORD
    assert newest().detail == {"field": "password", "version": 1}
    used = Credential.objects.get(id=login.id)
    assert (used.last_used_by, used.last_used_at is not None) == ("bob@example.org", True)


@pytest.mark.parametrize("key", ["", "nope", "totp_secret", "PASSWORD", "\x00", "\ud800", "__class__"])
def test_a_value_that_is_not_there_is_refused_without_repeating_its_name(blue, login, key):
    with pytest.raises(NotFound) as refusal:
        secrets.reveal(blue.caller("owner"), credential_id=login.id, key=key)
    assert refusal.value.code == "no_such_value"
    assert newest().detail == {"reason": "no_such_value"}


def test_a_code_is_the_one_of_its_moment(blue, login, monkeypatch):
    monkeypatch.setattr(secrets, "now", lambda: NOON)
    shown = secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert shown == totp.code_at(totp.Totp(SEED), NOON.timestamp())
    assert (shown.seconds_remaining, shown.period, len(shown.code)) == (20, 30, 6)


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
@pytest.mark.parametrize(("digits", "period"), [(6, 30), (8, 60), (7, 15), (9, 300)])
def test_every_setting_of_a_seed_is_honoured(blue, monkeypatch, algorithm, digits, period):
    """SECURITY 21."""
    monkeypatch.setattr(secrets, "now", lambda: NOON)
    row = vault.add_credential(
        blue.caller("manager"), name="x", type="password",
        totp_secret=f"otpauth://totp/x?secret={SEED}&algorithm={algorithm}&digits={digits}&period={period}",
    )  # fmt: skip
    wanted = totp.Totp(SEED, algorithm, digits, period)
    assert secrets.show_code(blue.caller("operator"), credential_id=row.id) == totp.code_at(wanted, NOON.timestamp())
    owner = blue.caller("owner", authenticated_at=NOON)
    assert secrets.show_seed(owner, credential_id=row.id).totp == wanted
    # A new bare key keeps the settings; a version brought back brings its own.
    vault.edit_credential(blue.caller("manager"), credential_id=row.id, totp_secret="GEZDGNBVGY3TQOJQ")
    assert secrets.show_seed(owner, credential_id=row.id).totp.period == period


def test_each_code_is_an_event(blue, login):
    before = AuditEvent.objects.count()
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert AuditEvent.objects.count() == before + 3


def test_without_a_seed_there_is_no_code(blue):
    row = vault.add_credential(blue.caller("manager"), name="x", type="password", values={"password": "y"})
    for verb in (secrets.show_code, secrets.show_seed):
        with pytest.raises(Invalid) as refusal:
            verb(blue.caller("owner"), credential_id=row.id)
        assert refusal.value.code == "no_totp"


def test_a_restored_version_is_a_new_one_with_everything_of_the_old(blue, login):
    mia = blue.caller("manager")
    vault.edit_credential(mia, credential_id=login.id, values={"password": "two", "notes": "n"}, totp_secret="")
    back = secrets.restore_version(mia, credential_id=login.id, number=1)
    assert newest().detail == {"version": 1, "changed": ["notes", "password", "totp_secret"], "became": 3}
    assert (back.current_number, back.has_totp, back.value_keys, back.revision) == (3, True, ["password"], 3)
    assert secrets.reveal(mia, credential_id=login.id, key="password") == PASSWORD
    assert secrets.show_seed(mia, credential_id=login.id).totp.secret == SEED
    assert secrets.reveal_version(mia, credential_id=login.id, number=2, key="notes") == "n"


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**63, 10**40])
def test_a_version_that_is_not_there_is_not_found(blue, login, number):
    with pytest.raises(NotFound):
        secrets.reveal_version(blue.caller("owner"), credential_id=login.id, number=number, key="password")
    with pytest.raises(NotFound):
        secrets.restore_version(blue.caller("owner"), credential_id=login.id, number=number)
