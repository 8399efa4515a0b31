"""The seals as a whole: the canary that refuses wrong keys at start, and the rotation of keys while the server runs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection, transaction

from credentials.accounts.adapter import MFAAdapter
from credentials.errors import NotAllowed, SealBroken
from credentials.models import AuditEvent, Canary, ReceivedCode, SecretVersion
from credentials.sealed import unseal
from credentials.vault import credentials as vault
from credentials.vault import seals, secrets, teams
from tests.conftest import LOGIN, SEED

NEW = "a fresh key, put in front of the list of keys"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def stock(blue):
    """Five credentials and a received code; the canary lies."""
    seals.open_canary()
    ReceivedCode.objects.create(id="totp_1", team=blue.team, received_at=AT, content="code 123456", code="123456")
    owner = blue.caller("owner")
    return [vault.add_credential(owner, **{**LOGIN, "name": f"login {number}"}).id for number in range(5)]


@pytest.fixture
def one_by_one(monkeypatch):
    """Batches of one row, so that there are several."""
    monkeypatch.setattr(seals, "BATCH", 1)


def rotate(**options) -> seals.Rotation:
    return seals.rotate_keys(teams.operator(), **options)


def everything_opens(blue, stock) -> bool:
    seals.open_canary()
    code = ReceivedCode.objects.get()
    return (unseal(code, "content"), unseal(code, "code")) == ("code 123456", "123456") and all(
        secrets.reveal(blue.caller("owner"), credential_id=id, key="password") == LOGIN["values"]["password"]
        and secrets.show_seed(blue.caller("owner"), credential_id=id).totp.secret == SEED
        for id in stock
    )


def tokens() -> list[tuple[str, str]]:
    rows = SecretVersion.objects.order_by("pk").values_list("values", "totp_secret")
    return [(values._token, seed._token) for values, seed in rows]


# The canary


def test_the_canary_is_laid_once(db):
    seals.open_canary()
    first = Canary.objects.values().get()
    seals.open_canary()
    assert Canary.objects.values("vault_key_id").get()["vault_key_id"] == first["vault_key_id"]
    assert unseal(Canary.objects.get(), "token") == seals.SONG


@pytest.mark.parametrize("setting", ["VAULT_KEYS", "SALT_KEY", "AUDIT_KEY"])
def test_a_wrong_key_is_refused_by_name_and_nothing_is_written(stock, settings, setting, django_assert_num_queries):
    before = tokens()
    setattr(settings, setting, NEW if setting == "AUDIT_KEY" else [NEW])
    for start in (seals.open_canary, rotate):
        events = AuditEvent.objects.count()
        with pytest.raises(SealBroken, match=f"^{setting} is not the key") as refusal:
            start()
        assert NEW not in refusal.value.message
        assert (tokens(), AuditEvent.objects.count()) == (before, events)
    with django_assert_num_queries(1), pytest.raises(SealBroken):  # it reads the canary and writes nothing
        seals.open_canary()


def test_a_canary_that_is_missing_beside_credentials_is_not_laid_anew(stock):
    Canary.objects.all().delete()
    with pytest.raises(SealBroken, match="canary row is missing"):
        seals.open_canary()
    assert not Canary.objects.exists()


def test_a_canary_whose_token_was_replaced_does_not_sing(stock):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE credentials_canary SET token = (SELECT max(code) FROM credentials_receivedcode)")
    with pytest.raises(SealBroken):
        seals.open_canary()


# The rotation


@pytest.mark.parametrize("setting", ["VAULT_KEYS", "SALT_KEY"])
def test_a_key_is_rotated_by_a_new_one_in_front_a_run_and_taking_the_old_one_away(blue, stock, settings, setting):
    old = getattr(settings, setting)
    setattr(settings, setting, [NEW, *old])
    assert everything_opens(blue, stock)
    done = rotate()
    assert (done.seen, done.renewed) == (13, 13)  # five versions of two tokens, the code's two, the canary
    assert everything_opens(blue, stock)
    setattr(settings, setting, [NEW])
    assert everything_opens(blue, stock)
    setattr(settings, setting, old)
    with pytest.raises(SealBroken, match=setting):
        seals.open_canary()


def test_the_old_key_cannot_be_taken_away_before_the_run(stock, settings):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    seals.open_canary()
    settings.VAULT_KEYS = [NEW]
    with pytest.raises(SealBroken, match="VAULT_KEYS"):
        seals.open_canary()


def test_a_second_run_renews_nothing_and_both_are_events(blue, stock, settings):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    rotate()
    after = tokens()
    assert rotate() == seals.Rotation(seen=13, renewed=0)
    assert tokens() == after
    events = AuditEvent.objects.filter(team=None, action="seals.rotate", outcome="done").order_by("seq")
    assert [event.detail for event in events] == [{"checked": 13, "count": 13}, {"checked": 13, "count": 0}]


def test_an_interrupted_run_loses_nothing_and_the_next_one_finishes_it(blue, stock, settings, one_by_one):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]

    def power_cut(done: seals.Rotation) -> None:
        if done.seen == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(progress=power_cut)
    assert everything_opens(blue, stock)
    assert rotate().renewed == 9
    settings.VAULT_KEYS = [NEW]
    assert everything_opens(blue, stock)


def test_progress_is_told_batch_by_batch(stock, settings, one_by_one):
    told = []
    rotate(progress=lambda done: told.append(done.seen))
    assert told == list(range(1, 14))


def test_a_row_that_somebody_changed_meanwhile_is_left_as_they_made_it(blue, stock, settings):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    (batch,) = seals._batches(SecretVersion, "values")  # read by the run …
    vault.edit_credential(blue.caller("owner"), credential_id=stock[0], domain="moved.example.com")
    moved = tokens()[0]
    seals._renew(SecretVersion, "values", batch, seals.Rotation())  # … and written by it
    assert tokens()[0] == moved
    assert everything_opens(blue, stock)


def test_peoples_own_second_factors_are_rotated_too(blue, stock, settings):
    alice = blue.people["owner"]
    TOTP.activate(alice, SEED)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    assert rotate() == seals.Rotation(seen=15, renewed=15)
    settings.VAULT_KEYS = [NEW]
    factors = {row.type: row for row in Authenticator.objects.filter(user=alice)}
    assert MFAAdapter().decrypt(factors["totp"].data["secret"]) == SEED
    assert factors["recovery_codes"].wrap().get_unused_codes() == codes


def test_a_used_recovery_code_stays_used(blue, stock, settings):
    codes = RecoveryCodes.activate(blue.people["owner"])
    used = codes.get_unused_codes()[0]
    assert codes.validate_code(used)
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    rotate()
    assert not Authenticator.objects.get().wrap().validate_code(used)


def test_a_foreign_token_stops_the_run_and_what_was_there_still_opens(blue, stock, settings):
    foreign = vault.add_credential(blue.caller("owner"), **{**LOGIN, "name": "foreign"})
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE credentials_secretversion SET "values" = %s WHERE credential_id = %s', ["foreign", foreign.id]
        )
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    with pytest.raises(SealBroken, match="does not open"):
        rotate()
    assert everything_opens(blue, stock)
    foreign.versions.all().delete()
    rotate()
    settings.VAULT_KEYS = [NEW]
    assert everything_opens(blue, stock)


def test_a_run_that_stops_is_an_event(blue, stock, settings):
    with connection.cursor() as cursor:
        cursor.execute('UPDATE credentials_secretversion SET "values" = %s', ["foreign"])
    with pytest.raises(SealBroken):
        rotate()
    event = AuditEvent.objects.get(action="seals.rotate")
    assert (event.team_id, event.outcome, event.detail) == (None, "refused", {"reason": "seal_broken"})


def test_nobody_but_an_operator_on_the_server_rotates_and_a_refusal_touches_nothing(blue, stock, settings):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    before = tokens()
    with pytest.raises(NotAllowed):
        seals.rotate_keys(blue.caller("owner"))
    assert tokens() == before


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows")
def test_a_row_that_somebody_holds_is_passed_over_and_sealed_anew_afterwards(blue, stock, settings, real_commits):
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(SecretVersion.objects.select_for_update().filter(credential_id=stock[2]))
            held.set()
            release.wait(30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        held.wait(30)
        seen = []

        def let_go(done: seals.Rotation) -> None:
            seen.append(done.renewed)
            release.set()

        done = rotate(progress=let_go)
    assert seen[0] < seen[-1]
    assert (done.seen, done.renewed) == (13, 13)
    settings.VAULT_KEYS = [NEW]
    assert everything_opens(blue, stock)
