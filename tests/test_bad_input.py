"""What nobody should send, through the pages: never a 5xx, nothing half-written, no typed secret sent back.

SECURITY 10, 26.
"""

import re
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.models import Credential
from credentials.vault import credentials as vault
from credentials.vault import secrets

FORM = "application/x-www-form-urlencoded"
TYPED = "typed-secret-9f3k"
SURROGATE = "\ud800"
ODD = {
    "nul": "a\x00b", "control": "a\x1b[31m\x08b", "newline": "a\nb", "surrogate": f"a{SURROGATE}b",
    "surrogate pair": "\ud83d\ude00", "emoji": "\U0001f511\U0001f468\u200d\U0001f469",
    "right to left": "\u202eלום\u202c سر",
    "noncharacter": "a\uffff\ufffe", "300": "n" * 300, "600": "ü" * 600, "combining": "e" + "\u0301" * 200,
    "spaces": " \t\u00a0\u2003 ", "markup": "</textarea><script>alert(1)</script>{{ 7*7 }}{% debug %}",
    "percent": "%s%n%00",
    "empty": "",
}  # fmt: skip
FIELDS = [
    "name",
    "username",
    "domain",
    "url",
    "totp_identifier",
    "password",
    "totp_secret",
    "notes",
    "expires_on",
    "revision",
    "type",
]


@pytest.fixture
def mia(blue, sign_in) -> Client:
    client = sign_in(blue.people["manager"])
    client.raise_request_exception = False
    return client


def encoded(fields: dict) -> str:
    """A form body, lone surrogates and all."""
    return "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in fields.items())


def rows() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("credentials").get_models()
        if model.__name__ != "AuditEvent"
    }


def typed_in(text: str) -> bool:
    return TYPED in text


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("field", FIELDS)
def test_odd_text_in_a_form_is_stored_exactly_or_not_at_all(mia, blue, field, kind):
    before, text = rows(), ODD[kind]
    body = encoded({"name": "new", "password": TYPED, **{field: text}})
    answer = mia.post("/t/blue/credentials/add/", body, content_type=FORM)
    assert answer.status_code in {200, 302, 400, 422}
    if answer.status_code != 302:
        assert rows() == before
        assert not typed_in(answer.content.decode())
        return
    added = Credential.objects.get()
    assert rows() == {**before, "Credential": 1, "SecretVersion": 1}
    page = mia.get(f"/t/blue/credentials/{added.id}/")
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    if field == "password" and text:
        sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")  # as the form's bytes read
        assert secrets.reveal(blue.caller("owner"), credential_id=added.id, key="password") == sent


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["q", "page", "type", "folder", "totp"])
def test_odd_text_in_a_query_string(mia, login, name, kind):
    for where in ("/t/blue/", "/t/blue/trash/", "/t/blue/credentials/add/", f"/t/blue/credentials/{login.id}/"):
        answer = mia.get(f"{where}?{encoded({name: ODD[kind]})}")
        assert answer.status_code in ({200, 400} if kind == "nul" else {200})
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("kind", ODD)
def test_odd_text_in_a_path(mia, login, kind):
    odd = quote(ODD[kind].encode("utf-8", "surrogatepass"), safe="")
    for where in (f"/t/{odd}/", f"/t/blue/credentials/{odd}/", f"/setup/{odd}/", f"/{odd}", f"/accounts/{odd}/",
                  f"/accounts/password/reset/key/{odd}-{odd}/", f"/admin/credentials/credential/{odd}/change/",
                  f"/t/blue/credentials/{login.id}/versions/{odd}/reveal/"):  # fmt: skip
        for answer in (mia.get(where), mia.post(where)):
            assert answer.status_code < 500, where
            assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("kind", ODD)
def test_odd_text_at_every_button(mia, login, kind):
    before = rows()
    for button in ("reveal/", "code/", "qr/", "edit/", "versions/1/reveal/", "versions/1/restore/"):
        body = encoded({"key": ODD[kind], "revision": ODD[kind], "next": ODD[kind]})
        for accept in ("text/html", "application/json", ODD[kind].encode("ascii", "replace").decode()):
            where = f"/t/blue/credentials/{login.id}/{button}"
            answer = mia.post(where, body, content_type=FORM, headers={"accept": re.sub(r"\s", " ", accept)})
            assert answer.status_code < 500, button
    assert rows() | {"SecretVersion": 0} == before | {"SecretVersion": 0}


@pytest.mark.parametrize("kind", ODD)
def test_odd_text_at_the_sign_in(db, kind):
    client = Client(raise_request_exception=False)
    given = {"login": ODD[kind], "password": TYPED + ODD[kind], "email": ODD[kind], "next": ODD[kind]}
    for where in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/accounts/2fa/authenticate/"):
        answer = client.post(where, encoded(given), content_type=FORM)
        assert answer.status_code < 500, where
        assert not typed_in(answer.content.decode())


@pytest.mark.parametrize("number", ["0", "-1", "99999999999", "9" * 30, "9" * 5000, "1e3", "0x1", "१", "1.0", "NaN"])
def test_huge_and_odd_numbers(mia, login, number):
    before = rows()
    for verb in ("reveal", "restore"):
        where = f"/t/blue/credentials/{login.id}/versions/{quote(number)}/{verb}/"
        assert mia.post(where, {"key": "password"}).status_code in ({404, 200, 302} if number == "१" else {404})
    answer = mia.post(f"/t/blue/credentials/{login.id}/edit/", {"name": "renamed", "revision": number})
    assert answer.status_code in {200, 302}
    assert rows() | {"SecretVersion": 0} == before | {"SecretVersion": 0}


@pytest.mark.parametrize("where", ["/t/blue/credentials/add/", "/accounts/login/", "/setup/x/", "/healthz", "/nowhere"])
def test_ten_megabytes_are_refused_unread(mia, where):
    before = rows()
    answer = mia.post(where, b"name=" + b"x" * 10_000_000, content_type=FORM)
    assert answer.status_code == 413
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert rows() == before


@pytest.mark.parametrize("length", [None, "", "-1", "abc", "1.5", "٣", "9" * 30, "9" * 5000, " 5", "5 5", "0x5", "1"])
def test_an_odd_content_length(mia, length):
    answer = mia.post("/t/blue/credentials/add/", "name=new", content_type=FORM, CONTENT_LENGTH=length)
    assert answer.status_code in {200, 302, 400, 411, 413}


@pytest.mark.parametrize("type", [
    "", "text/plain", "application/json", "application/json; charset=nonsense", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 500,
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=\x01", "é", "/;;;=",
])  # fmt: skip
@pytest.mark.parametrize("body", [b"", b"{", b'{"a":' * 5000, b"\xff\xfe\x00", b"--x\r\n\r\n", b"&&&===%%%"])
def test_a_body_that_is_not_what_it_says(mia, type, body):
    before = rows()
    for where in ("/t/blue/credentials/add/", "/accounts/login/"):
        answer = mia.generic("POST", where, body, content_type=type)
        assert answer.status_code in {200, 302, 400, 403, 413, 415, 429}
    assert rows() == before


def test_more_fields_than_anybody_fills_in(mia):
    assert (
        mia.post("/t/blue/credentials/add/", "&".join(f"f{n}=x" for n in range(600)), content_type=FORM).status_code
        == 400
    )


@pytest.mark.parametrize("host", ["evil.example", "testserver:x", "", "a b", "[::1", "testserver@evil", "\x7f"])
def test_a_host_that_is_not_ours(mia, host):
    for where in ("/t/blue/", "/accounts/login/", "/accounts/password/reset/", "/nowhere"):
        answer = mia.get(where, headers={"host": host})
        assert answer.status_code in ({400, 404} if host else {200, 400, 404})
        assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("type", ["password", "credit_card", "secret"])
def test_a_form_that_fails_sends_no_secret_back(mia, type):
    """Every field whose value would be sealed comes back empty."""
    fields = {"password", "card_number", "card_cvv", "card_exp_month", "card_exp_year", "card_holder_name",
              "secret_value", "notes", "totp_secret"}  # fmt: skip
    answer = mia.post(f"/t/blue/credentials/add/?type={type}", {"name": "", **dict.fromkeys(fields, TYPED)})
    assert answer.status_code == 200
    assert not Credential.objects.exists()
    assert not typed_in(answer.content.decode())


def test_an_edit_that_fails_sends_no_secret_back_either(mia, login):
    for wrong in ({"name": ""}, {"revision": "99"}, {"domain": "two words"}, {"totp_secret": TYPED}):
        body = {"name": "x", "revision": "1", "password": TYPED, "notes": TYPED, **wrong}
        answer = mia.post(f"/t/blue/credentials/{login.id}/edit/", body)
        assert answer.status_code in {200, 409, 422}
        assert not typed_in(answer.content.decode())
        assert Credential.objects.get().revision == 1


@given(
    text=st.dictionaries(
        st.sampled_from(FIELDS),
        st.text(st.characters(codec=None) | st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl"]), max_size=40),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_any_field(mia, login, blue, text):
    answer = mia.post(f"/t/blue/credentials/{login.id}/edit/", encoded({"name": "x", **text}), content_type=FORM)
    assert answer.status_code in {200, 302}
    assert vault.see_credential(blue.caller("owner"), credential_id=login.id)
