"""Add, edit and see: each verb does it, refuses, hides from strangers and leaves its event."""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import migrations
from credentials.access import Actor, Door, Scope
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken
from credentials.models import AuditEvent, Credential, SecretVersion
from credentials.vault import contents, listing, secrets
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED

CARD = {"card_number": "4111 1111 1111 1111", "card_cvv": "987", "card_exp_month": "12", "card_exp_year": "2031"}


def newest() -> AuditEvent:
    return AuditEvent.objects.order_by("id").last()


def last_event() -> tuple:
    event = newest()
    return event.action, event.outcome, event.target_id, event.detail


def everything(house, credential_id: str) -> dict:
    """What is stored about a credential, opened."""
    row = Credential.objects.get(id=credential_id)
    opened = contents.open_current(row)
    meta = {field.attname: getattr(row, field.attname) for field in Credential._meta.concrete_fields}
    for moving in ("revision", "updated_at", "rotated_at", "current_number", "search_text", "last_used_at"):
        meta.pop(moving)
    return {**meta, "values": opened.values, "totp": opened.totp}


def tokens() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute('SELECT id, "values", totp_secret FROM credentials_secretversion ORDER BY id')
        return cursor.fetchall()


def test_add_stores_metadata_in_the_clear_and_secrets_sealed(blue, login):
    stored = everything(blue, login.id)
    assert (stored["name"], stored["domain"], stored["username"]) == (LOGIN["name"], LOGIN["domain"], LOGIN["username"])
    assert stored["values"] == LOGIN["values"]
    assert (stored["totp"].secret, stored["totp_digits"], stored["totp_is_short"]) == (SEED, 6, True)
    assert last_event()[:3] == ("credential.add", "done", login.id)
    assert newest().detail == {"fields": sorted(LOGIN), "has_totp": True}
    assert all("hunter2" not in str(token) and SEED not in str(token) for token in tokens())


def test_add_a_card_keeps_the_last_four_in_the_clear(blue):
    card = vault.add_credential(blue.caller("manager"), name="card", type="credit_card", values=CARD)
    assert card.card_last_four == "1111"
    assert "4111 1111" not in card.search_text


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_add_and_edit_are_refused_below_a_manager(blue, login, role):
    for verb, fields in (
        (vault.add_credential, LOGIN),
        (vault.edit_credential, {"credential_id": login.id, "name": "x"}),
    ):
        before = Credential.objects.values_list("id", "name", "revision").get()
        with pytest.raises(NotAllowed):
            verb(blue.caller(role), **fields)
        assert Credential.objects.values_list("id", "name", "revision").get() == before
        assert (newest().outcome, newest().detail) == ("refused", {"reason": "not_allowed"})


def test_another_team_is_not_found_by_any_verb(blue, red, login):
    charlie = red.caller("owner")
    for ask in (
        lambda: vault.see_credential(charlie, credential_id=login.id),
        lambda: vault.edit_credential(charlie, credential_id=login.id, name="mine"),
    ):
        with pytest.raises(NotFound):
            ask()
        assert (newest().team_id, newest().outcome, newest().target_id) == (red.team.id, "refused", login.id)
        assert newest().target_label == ""
    assert vault.see_versions(charlie, credential_id=login.id) == []
    assert listing.list_credentials(charlie).rows == []
    assert listing.list_credentials(charlie, query=login.id).rows == []


def test_an_id_that_may_be_a_secret_is_not_written_down(blue):
    with pytest.raises(NotFound):
        vault.see_credential(blue.caller("owner"), credential_id="hunter2-pasted-by-mistake")
    assert newest().target_id == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Example", "eXAMPLE"), ("straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Café", "Cafe\u0301"),
        (" padded ", "padded"), ("ǅ", "ǆ"), ("ﬁle", "FILE"), ("n" * 500, "N" * 500), ("İ", "i\u0307"),
    ],
)  # fmt: skip
def test_a_name_is_taken_in_any_case_and_any_normal_form(blue, first, second):
    """SECURITY 11."""
    mia = blue.caller("manager")
    vault.add_credential(mia, name=first, type="secret")
    with pytest.raises(Conflict) as refusal:
        vault.add_credential(mia, name=second, type="secret")
    assert (refusal.value.code, list(refusal.value.fields)) == ("name_taken", ["name"])
    assert (newest().outcome, newest().detail) == ("refused", {"reason": "name_taken"})
    other = vault.add_credential(mia, name="other", type="secret")
    with pytest.raises(Conflict):
        vault.edit_credential(mia, credential_id=other.id, name=second)


def test_long_names_that_differ_late_are_two_names(blue):
    mia = blue.caller("manager")
    one, two = (vault.add_credential(mia, name="n" * 300 + end, type="secret") for end in "ab")
    assert one.id != two.id


def test_a_name_may_be_changed_in_case_and_taken_in_another_team(blue, red, login):
    vault.edit_credential(blue.caller("manager"), credential_id=login.id, name=LOGIN["name"].upper())
    assert vault.add_credential(red.caller("owner"), **LOGIN).name == LOGIN["name"]


def test_skyvern_scripts_may_store_a_name_again(blue, login):
    caller = blue.caller("manager", door=Door.SKYVERN, kind=Actor.KEY, scopes=frozenset({Scope.CREDENTIALS_WRITE}))
    assert vault.add_credential(caller, **LOGIN).id != login.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "  "), ("name", "a\x00b"), ("name", "a\nb"), ("name", "\ud800"), ("name", "n" * 501),
        ("username", "u" * 501), ("username", "\x1b[31m"), ("domain", "two words"), ("domain", "a..b"),
        ("domain", "http://"), ("domain", "[::1"), ("url", "javascript:alert(1)"), ("url", "ftp://x.org"),
        ("url", "https://" + "x" * 2000), ("type", "passkey"), ("type", ""), ("totp_type", "sms"),
        ("totp_secret", "not base32 !"), ("totp_secret", "JBSWY3DP"),
        ("totp_secret", "otpauth://hotp/x?secret=" + SEED),
        ("values", {"password": "nul\x00"}), ("values", {"password": "\ud800"}), ("values", {"": "x"}),
        ("values", {"password": "x" * 20_001}), ("values", {str(n): "x" for n in range(65)}),
    ],
    ids=lambda value: str(value)[:12].encode("ascii", "backslashreplace").decode(),
)  # fmt: skip
def test_what_cannot_be_stored_is_refused_by_name_and_not_repeated(blue, login, field, value):
    before = everything(blue, login.id), tokens()
    for ask in (
        lambda: vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": "new", field: value}),
        lambda: vault.edit_credential(blue.caller("manager"), credential_id=login.id, **{field: value}),
    ):
        with pytest.raises(Invalid) as refusal:
            ask()
        assert refusal.value.fields
        texts = [text for text in (value.values() if isinstance(value, dict) else [value]) if len(text) > 4]
        assert not [text for text in texts if text in str(refusal.value)]
        assert (newest().outcome, newest().detail) == ("refused", {"reason": "invalid"})
    assert (everything(blue, login.id), tokens()) == before


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("Accounts.Example.COM.", "accounts.example.com"), ("https://example.com:8443/a?b#c", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"), ("user:pw@example.com", "example.com"), ("10.0.0.7", "10.0.0.7"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_domain_is_stored_as_a_bare_host(blue, typed, host):
    assert vault.add_credential(blue.caller("manager"), name="x", type="secret", domain=typed).domain == host


def test_a_password_is_kept_byte_for_byte(blue):
    value = " e\u0301 \t\r\n\u202e\U0001f511\uffff\x01 "
    row = vault.add_credential(blue.caller("manager"), name="x", type="password", values={"password": value})
    assert secrets.reveal(blue.caller("owner"), credential_id=row.id, key="password") == value


def test_an_edit_counts_and_refuses_who_saw_an_older_state(blue, login):
    mia = blue.caller("manager")
    assert vault.edit_credential(mia, credential_id=login.id, revision=1, username="a").revision == 2
    with pytest.raises(Conflict):
        vault.edit_credential(mia, credential_id=login.id, revision=1, username="b")
    assert last_event() == ("credential.edit", "refused", login.id, {"reason": "conflict"})
    assert vault.see_credential(mia, credential_id=login.id).username == "a"


def test_an_edit_without_a_real_change_makes_no_version(blue, login):
    mia = blue.caller("manager")
    vault.edit_credential(mia, credential_id=login.id, values=LOGIN["values"], totp_secret=SEED)
    assert [row["number"] for row in vault.see_versions(mia, credential_id=login.id)] == [1]


def test_totp_settings_without_a_secret_are_refused_not_ignored(blue, login):
    with pytest.raises(Invalid):
        vault.edit_credential(blue.caller("manager"), credential_id=login.id, totp_digits=8)


EDITS = st.one_of(
    st.fixed_dictionaries({"name": st.text("abcÄß界", min_size=1, max_size=12)}),
    st.fixed_dictionaries({"username": st.text("ab@.界", max_size=9)}),
    st.fixed_dictionaries({"domain": st.sampled_from(["", "other.example", "a.b.example", "bücher.example"])}),
    st.fixed_dictionaries({"url": st.sampled_from(["", "https://x.example/y"])}),
    st.fixed_dictionaries({"secret_label": st.text("abc", max_size=5)}),
    st.fixed_dictionaries({"card_brand": st.text("abc", max_size=5)}),
    st.fixed_dictionaries({"totp_identifier": st.text("abc+1", max_size=5)}),
    st.fixed_dictionaries({"totp_secret": st.sampled_from(["", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"])}),
    st.fixed_dictionaries({"values": st.dictionaries(st.sampled_from(["password", "notes", "pin"]), st.text("xyz é"))}),
    st.fixed_dictionaries({"remove_value_keys": st.just(["notes"])}),
    st.fixed_dictionaries({"expires_on": st.none() | st.dates()}),
)
# What an edit of a field may change beside the field itself.
FOLLOWS = {
    "name": {"name", "name_key"},
    "values": {"values", "value_keys"},
    "remove_value_keys": {"values", "value_keys"},
    "totp_secret": {
        "totp", "has_totp", "totp_algorithm", "totp_digits", "totp_period", "totp_is_short", "totp_type",
    },
}  # fmt: skip


@given(edit=EDITS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_editing_one_field_leaves_every_other_as_it_was(blue, login, edit):
    """SECURITY 24."""
    mia = blue.caller("manager")
    vault.edit_credential(mia, credential_id=login.id, values={"notes": "kept"}, name="start", totp_secret=SEED)
    before = everything(blue, login.id)
    vault.edit_credential(mia, credential_id=login.id, **edit)
    after = everything(blue, login.id)
    (field,) = edit
    changed = {key for key in after if after[key] != before[key]}
    assert changed <= FOLLOWS.get(field, {field})
    assert dict(enumerate(contents.open_all(Credential.objects.get(id=login.id))))


def test_a_new_domain_keeps_every_version_opening_and_breaks_nothing(blue, login):
    mia = blue.caller("manager")
    for number in range(2, 6):
        vault.edit_credential(mia, credential_id=login.id, values={"password": f"pw {number}"})
    before = tokens()
    vault.edit_credential(mia, credential_id=login.id, domain="new.example.org")
    assert all(old[1:] != new[1:] for old, new in zip(before, tokens(), strict=True))
    shown = [
        secrets.reveal_version(mia, credential_id=login.id, number=number, key="password") for number in range(1, 6)
    ]
    assert shown == ["hunter2-but-long", "pw 2", "pw 3", "pw 4", "pw 5"]
    assert secrets.show_seed(mia, credential_id=login.id).totp.secret == SEED


def test_the_history_keeps_twenty_versions(blue, login):
    mia = blue.caller("manager")
    for number in range(2, 26):
        vault.edit_credential(mia, credential_id=login.id, values={"password": f"pw {number}"})
    rows = vault.see_versions(mia, credential_id=login.id)
    assert [row["number"] for row in rows] == list(range(25, 5, -1))
    assert {row["created_by"] for row in rows} == {"mia@example.org"}
    with pytest.raises(NotFound):
        secrets.reveal_version(mia, credential_id=login.id, number=5, key="password")


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_the_history_is_for_managers(blue, login, role):
    with pytest.raises(NotAllowed):
        vault.see_versions(blue.caller(role), credential_id=login.id)


def test_after_a_domain_was_edited_in_the_database_nothing_opens_and_nothing_is_lost(blue, login):
    """SECURITY 25."""
    Credential.objects.filter(id=login.id).update(domain="evil.example")
    mia, before = blue.caller("manager"), tokens()
    for ask in (
        lambda: secrets.reveal(mia, credential_id=login.id, key="password"),
        lambda: secrets.reveal_version(mia, credential_id=login.id, number=1, key="password"),
        lambda: secrets.restore_version(mia, credential_id=login.id, number=1),
        lambda: secrets.show_code(mia, credential_id=login.id),
        lambda: secrets.show_seed(mia, credential_id=login.id),
        lambda: vault.edit_credential(mia, credential_id=login.id, values={"password": "new"}),
        lambda: vault.edit_credential(mia, credential_id=login.id, totp_secret=""),
        lambda: vault.edit_credential(mia, credential_id=login.id, domain=LOGIN["domain"]),
    ):
        with pytest.raises(SealBroken):
            ask()
        assert (newest().outcome, newest().detail) == ("refused", {"reason": "seal_broken"})
    assert tokens() == before


@pytest.mark.parametrize("column", ["values", "totp_secret"])
def test_a_token_moved_to_another_row_or_column_does_not_open(blue, login, column):
    mia = blue.caller("manager")
    other = vault.add_credential(mia, **{**LOGIN, "name": "other"})
    stolen = SecretVersion.objects.values_list("values", "totp_secret").get(credential_id=login.id)
    SecretVersion.objects.filter(credential_id=other.id).update(
        **dict(zip(("values", "totp_secret"), stolen, strict=True))
    )
    with pytest.raises(SealBroken):
        contents.open_values(contents.current_version(other))
    with pytest.raises(SealBroken):
        contents.open_totp(contents.current_version(other))
    swapped = dict(zip(("totp_secret", "values"), stolen, strict=True))
    SecretVersion.objects.filter(credential_id=login.id).update(**swapped)
    with pytest.raises(SealBroken):
        (contents.open_values if column == "values" else contents.open_totp)(contents.current_version(login))


def test_looking_at_metadata_leaves_no_event(blue, login):
    before = AuditEvent.objects.count()
    vault.see_credential(blue.caller("auditor"), credential_id=login.id)
    listing.list_credentials(blue.caller("auditor"))
    assert AuditEvent.objects.count() == before


def test_a_seed_makes_an_authenticator_unless_the_type_is_said(blue):
    mia = blue.caller("manager")
    row = vault.add_credential(mia, name="x", type="password", totp_secret=SEED)
    assert row.totp_type == "authenticator"
    assert vault.edit_credential(mia, credential_id=row.id, name="y").totp_type == "authenticator"
    assert vault.edit_credential(mia, credential_id=row.id, totp_secret="").totp_type == "none"
    said = vault.edit_credential(mia, credential_id=row.id, totp_secret=SEED, totp_type="email")
    assert (said.totp_type, said.has_totp) == ("email", True)
    assert vault.edit_credential(mia, credential_id=row.id, totp_secret=" ").totp_type == "email"


def test_seeds_from_before_say_that_they_are_authenticators(blue, login):
    (path,) = Path(migrations.__file__).parent.glob("*_seeds_are_authenticators.py")
    migration = import_module(f"credentials.migrations.{path.stem}")
    plain = vault.add_credential(blue.caller("manager"), name="x", type="password")
    Credential.objects.update(totp_type="none")
    migration.say_so(apps, None)
    assert dict(Credential.objects.values_list("id", "totp_type")) == {login.id: "authenticator", plain.id: "none"}
