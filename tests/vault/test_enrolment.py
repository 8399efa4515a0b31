"""Many TOTP secrets at once: look first, then save; every one its own event, and nothing crosses teams."""

from dataclasses import replace

import pyotp
import pytest

from credentials.errors import Invalid, NotAllowed, NotFound
from credentials.models import AuditEvent, Credential
from credentials.vault import credentials as vault
from credentials.vault import enrolment
from credentials.vault.enrolment import Choice
from tests.conftest import LOGIN
from tests.otp.test_migration import account, export

URI = "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub"


@pytest.fixture
def mia(blue):
    return blue.caller("manager")


def test_a_scan_shows_names_and_the_code_of_now_and_stores_nothing(mia):
    before = AuditEvent.objects.count()

    (row,) = enrolment.look_at_scanned(mia, given=URI).rows

    assert (row.issuer, row.account, row.suggested, row.matches) == ("GitHub", "alice", "", [])
    assert pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").verify(row.code.code, valid_window=1)
    assert (Credential.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_part_of_an_export_says_which_it_is_and_what_it_leaves_out(mia):
    scan = enrolment.look_at_scanned(mia, given=export(account(kind=1), account(), size=3, index=1, batch=5))

    assert (scan.index, scan.size, scan.batch, scan.left_out, len(scan.rows)) == (1, 3, 5, 1, 1)


def test_the_login_of_that_site_and_user_is_suggested(mia):
    ours = vault.add_credential(mia, name="Code host", type="password", domain="github.com", username="Alice")
    vault.add_credential(mia, name="GitHub (robot)", type="password", domain="github.com", username="robot")

    (row,) = enrolment.look_at_scanned(mia, given=URI).rows

    assert row.suggested == ours.id
    assert [match["name"] for match in row.matches] == ["Code host", "GitHub (robot)"]


def test_two_that_fit_equally_are_offered_and_none_is_suggested(mia):
    for name in ("GitHub a", "GitHub b"):
        vault.add_credential(mia, name=name, type="password", domain="github.com", username="alice")

    (row,) = enrolment.look_at_scanned(mia, given=URI).rows

    assert (len(row.matches), row.suggested) == (2, "")


def test_nothing_of_another_team_or_in_the_trash_is_offered(mia, red):
    vault.add_credential(red.caller("owner"), name="GitHub", type="password", username="alice")

    (row,) = enrolment.look_at_scanned(mia, given=URI).rows

    assert row.matches == []


def test_saving_puts_each_where_it_was_meant_to_go(mia, login):
    both = export(account(name="bob", issuer="New Site"), account(name="eve", issuer="New Site"))
    values = login.value_keys

    saved = enrolment.save_scanned(mia, choices=[Choice(URI, 0, login.id), Choice(both, 0, ""), Choice(both, 1, "")])

    assert [(one.name, one.problem) for one in saved] == [
        (LOGIN["name"], ""), ("New Site", ""), ("New Site (eve)", ""),
    ]  # fmt: skip
    changed = Credential.objects.get(id=login.id)
    assert (changed.has_totp, changed.username, changed.value_keys) == (True, LOGIN["username"], values)
    assert Credential.objects.get(id=saved[1].credential_id).username == "bob"
    actions = list(AuditEvent.objects.order_by("-id").values_list("action", "outcome")[:4])
    assert actions.count(("credential.add", "done")) == 2
    assert ("credential.edit", "done") in actions


def test_one_that_fails_takes_no_other_along(mia, red):
    foreign = vault.add_credential(red.caller("owner"), name="theirs", type="password")

    saved = enrolment.save_scanned(
        mia, choices=[Choice(URI, 0, foreign.id), Choice("nonsense", 0, ""), Choice(URI, 7, ""), Choice(URI, 0, "")]
    )

    assert [bool(one.problem) for one in saved] == [True, True, True, False]
    assert not Credential.objects.get(id=foreign.id).has_totp
    assert Credential.objects.of(mia.team_id).count() == 1


@pytest.mark.parametrize("number", [0, 201])
def test_none_and_too_many_are_refused(mia, number):
    with pytest.raises(Invalid):
        enrolment.save_scanned(mia, choices=[Choice(URI, 0, "")] * number)


def test_who_may_not_add_may_not_look_either(blue, red):
    for role in ("auditor", "operator"):
        with pytest.raises(NotAllowed):
            enrolment.look_at_scanned(blue.caller(role), given=URI)
        with pytest.raises(NotAllowed):
            enrolment.save_scanned(blue.caller(role), choices=[Choice(URI, 0, "")])
    assert Credential.objects.count() == 0


def test_nobody_without_a_team_gets_anywhere(blue):
    stranger = replace(blue.caller("manager"), role=None, team_id=None)

    with pytest.raises(NotFound):
        enrolment.look_at_scanned(stranger, given=URI)
