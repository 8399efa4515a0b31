"""Signing in and out through the real pages: events, limits, sessions, notices. SECURITY 3, 9, 12, 16; ASVS 6.3.1,
6.3.8, 7.4.2, 7.4.3, 7.5.2."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from credentials.accounts import post
from credentials.models import AuditEvent, SignedIn, User
from credentials.vault import accounts, limits, seals
from tests.conftest import PASSWORD

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = "not the password 1"


@pytest.fixture(autouse=True)
def fresh(db):
    """Nothing was counted yet, and no code was used: what is remembered outlives a test's transaction."""
    seals.open_canary()
    cache.clear()
    limits._held = limits._Held()
    yield
    post.wait()


def login(client: Client, email: str, password: str, **headers: str):
    return client.post(reverse("account_login"), {"login": email, "password": password}, headers=headers)


def account_events(*columns: str) -> list[tuple]:
    rows = AuditEvent.objects.filter(team=None, action__startswith="account.").order_by("seq")
    return list(rows.values_list(*(columns or ("action", "outcome"))))


def code_now() -> str:
    return format_hotp_value(hotp_value(SEED, next(iter(yield_hotp_counters_from_time()))))


def step_up(client: Client, password: str = PASSWORD):
    return client.post(reverse("account_reauthenticate"), {"password": password})


@pytest.fixture
def bob(blue) -> User:
    return blue.people["operator"]


@pytest.fixture
def in_session(bob) -> Client:
    client = Client()
    assert login(client, bob.email, PASSWORD).status_code == 302
    return client


# Events


def test_every_way_in_and_out_leaves_its_event_with_the_person_the_way_and_the_address(bob, in_session):
    in_session.post(reverse("account_logout"))
    assert account_events("action", "outcome", "actor_label", "target_label", "ip", "detail") == [
        ("account.login", "done", bob.email, bob.email, "127.0.0.1", {"method": "password"}),
        ("account.logout", "done", bob.email, bob.email, "127.0.0.1", {}),
    ]


def test_a_wrong_password_names_the_person_and_not_who_tried(bob):
    assert login(Client(), bob.email.upper(), WRONG).status_code == 200
    assert account_events("action", "outcome", "actor_kind", "actor_id", "target_id", "detail") == [
        ("account.login", "refused", "nobody", "", str(bob.pk), {"reason": "wrong", "method": "password"})
    ]


@pytest.mark.parametrize("typed", ["nobody@example.org", "hunter2-but-long@x.org", "a\u0131@example.org"])
def test_an_unknown_address_is_not_written_down_since_it_may_be_a_secret(blue, typed):
    login(Client(), typed, WRONG)
    assert account_events("outcome", "target_id", "target_label") == [("refused", "", "")]
    assert typed not in str(list(AuditEvent.objects.values()))


def test_a_deactivated_person_is_refused_with_the_reason(bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    login(Client(), bob.email, PASSWORD)
    assert account_events("outcome", "detail") == [("refused", {"reason": "inactive", "method": "password"})]


def test_a_step_up_done_or_refused_is_an_event(bob, in_session):
    step_up(in_session, WRONG)
    step_up(in_session)
    assert account_events("action", "outcome", "actor_label", "detail")[1:] == [
        ("account.step_up", "refused", bob.email, {"reason": "wrong", "method": "password"}),
        ("account.step_up", "done", bob.email, {"method": "password"}),
    ]


def test_a_second_factor_is_asked_for_and_a_wrong_one_is_an_event(bob):
    TOTP.activate(bob, SEED)
    client = Client()
    assert login(client, bob.email, PASSWORD).headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("teams")).status_code == 302, "not in yet"
    wrong = "000000" if code_now() != "000000" else "111111"
    assert client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == 302
    assert client.get(reverse("teams")).status_code == 200
    assert account_events("action", "outcome", "detail") == [
        ("account.login", "refused", {"reason": "wrong", "method": "totp"}),
        ("account.login", "done", {"method": "password+totp"}),
    ]


def test_a_recovery_code_works_once(bob):
    TOTP.activate(bob, SEED)
    code = RecoveryCodes.activate(bob).get_unused_codes()[0]
    for status in (302, 200):
        client = Client()
        login(client, bob.email, PASSWORD)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == status
    assert account_events("outcome", "detail")[0] == ("done", {"method": "password+recovery_codes"})


def test_a_totp_step_up_works_and_a_code_works_once(bob, in_session):
    TOTP.activate(bob, SEED)
    code = code_now()
    answers = [in_session.post(reverse("mfa_reauthenticate"), {"code": code}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert account_events("action", "outcome", "detail")[1:] == [
        ("account.step_up", "done", {"method": "totp"}),
        ("account.step_up", "refused", {"reason": "wrong", "method": "totp"}),
    ]


# Limits that hold


def test_a_person_is_tried_ten_times_and_no_more_until_the_window_ends(bob):
    seen = [login(Client(), bob.email, WRONG) for _ in range(12)]
    assert "Too many failed" not in seen[9].content.decode()
    assert "Too many failed" in seen[10].content.decode()
    assert "Too many failed" in login(Client(), bob.email, PASSWORD).content.decode(), "the right one neither"
    assert len(account_events()) == 10, "what is not looked at fills no audit"


def test_nobody_elsewhere_locks_a_person_out_of_a_browser_they_know(bob, in_session):
    in_session.post(reverse("account_logout"))
    for _ in range(11):
        login(Client(), bob.email, WRONG)
    assert "Too many failed" in login(Client(), bob.email, PASSWORD).content.decode()
    assert login(in_session, bob.email, PASSWORD).status_code == 302


def test_a_known_browser_is_limited_too(bob, in_session):
    in_session.post(reverse("account_logout"))
    for _ in range(10):
        login(in_session, bob.email, WRONG)
    assert "Too many failed" in login(in_session, bob.email, PASSWORD).content.decode()


def test_a_device_cookie_that_nobody_signed_is_none(bob, settings):
    for _ in range(10):
        login(Client(), bob.email, WRONG)
    client = Client()
    client.cookies[settings.DEVICE_COOKIE_NAME] = f'{{"{bob.pk}":"x"}}:1:2'
    assert "Too many failed" in login(client, bob.email, PASSWORD).content.decode()


def test_a_step_up_has_a_limit_of_its_own_whatever_the_way(bob, in_session):
    """SECURITY 5."""
    TOTP.activate(bob, SEED)
    for _ in range(5):
        step_up(in_session, WRONG)
        in_session.post(reverse("mfa_reauthenticate"), {"code": "0"})
    assert "Too many failed" in step_up(in_session).content.decode()
    assert "Too many failed" in in_session.post(reverse("mfa_reauthenticate"), {"code": code_now()}).content.decode()
    assert len(account_events()) == 11
    assert login(Client(), bob.email, PASSWORD).status_code == 302, "the sign-in is not locked by it"


def test_a_second_factor_is_not_to_be_guessed(bob):
    TOTP.activate(bob, SEED)
    client = Client()
    login(client, bob.email, PASSWORD)
    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "0"})
    assert "Too many failed" in client.post(reverse("mfa_authenticate"), {"code": code_now()}).content.decode()


# One answer for everybody


def without_tokens(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_unknown_people_get_the_same_answer_to_a_sign_in(bob):
    """SECURITY 12."""
    known, unknown = login(Client(), bob.email, WRONG), login(Client(), "bib@example.org", WRONG)
    assert without_tokens(known).replace(bob.email, "@") == without_tokens(unknown).replace("bib@example.org", "@")
    assert (known.status_code, known.headers.keys()) == (unknown.status_code, unknown.headers.keys())


def test_an_unknown_person_costs_one_hash_like_a_known_one(bob, monkeypatch):
    """SECURITY 12: counted, not timed."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    calls = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *a, **k: calls.append(1) or real(self, *a, **k))
    login(Client(), bob.email, WRONG)
    known, calls[:] = len(calls), []
    login(Client(), "bib@example.org", WRONG)
    assert len(calls) == known == 1


def test_unknown_people_get_the_same_answer_to_a_reset(bob, settings):
    answers = []
    for email in (bob.email, "bib@example.org"):
        answer = Client().post(reverse("account_reset_password"), {"email": email})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    post.wait()
    links = [message.body for message in mail.outbox if "/accounts/password/reset/key/" in message.body]
    assert len(links) == 1


def test_a_reset_link_leads_to_the_configured_address_whatever_the_host_says(bob, settings):
    """SECURITY 16."""
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(reverse("account_reset_password"), {"email": bob.email}, headers={"host": "evil.example"})
    post.wait()
    (message,) = mail.outbox
    assert "evil.example" not in message.body
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in message.body


# Sessions


def is_in(client: Client) -> bool:
    return client.get(reverse("teams")).status_code == 200


def test_a_person_sees_their_own_sessions_and_ends_one_or_all_others(bob, in_session, blue):
    others = [Client(headers={"user-agent": f"Browser {number}"}) for number in range(3)]
    for other in others:
        login(other, bob.email, PASSWORD)
    page = in_session.get(reverse("sessions")).content.decode()
    assert page.count("Browser ") == 3
    assert page.count("This one") == 1
    first = SignedIn.objects.get(user_agent="Browser 0")
    in_session.post(reverse("end_session", args=[first.pk]))
    assert [is_in(other) for other in others] == [False, True, True]
    in_session.post(reverse("end_other_sessions"))
    assert [is_in(other) for other in others] == [False, False, False]
    assert is_in(in_session)
    assert account_events("action", "detail")[-2:] == [
        ("account.session_end", {"count": 1}), ("account.session_end", {"count": 2}),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_a_session_of_somebody_else_is_not_found(bob, in_session, blue, number):
    mia = Client()
    login(mia, "mia@example.org", PASSWORD)
    theirs = SignedIn.objects.get(user=blue.people["manager"]).pk
    assert in_session.post(reverse("end_session", args=[number or theirs])).status_code == 404
    assert is_in(mia)


def test_a_stolen_list_of_sessions_opens_none(bob, in_session, settings):
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = SignedIn.objects.get().digest
    assert not is_in(thief)


def test_what_lies_in_a_session_is_sealed(bob, in_session):
    step_up(in_session)
    in_session.get(reverse("mfa_activate_totp"))
    secret = in_session.session["mfa.totp.secret"]
    assert secret not in str(list(Session.objects.values()))
    assert "password" not in Session.objects.get().session_data


def test_a_changed_password_ends_every_other_session(bob, in_session):
    """SECURITY 3."""
    other = Client()
    login(other, bob.email, PASSWORD)
    new = "another horse 7 staple"
    in_session.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(in_session), is_in(other)) == (True, False)
    assert SignedIn.objects.filter(user=bob).count() == 1
    assert in_session.get(reverse("sessions")).content.decode().count("This one") == 1
    assert ("account.password", "done") in account_events()


def test_a_reset_by_mail_ends_every_session_and_works_once(bob, in_session):
    Client().post(reverse("account_reset_password"), {"email": bob.email})
    post.wait()
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    browser, new = Client(), "another horse 7 staple"
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": new, "password2": new})
    assert not is_in(in_session)
    assert account_events("action", "detail")[-1] == ("account.password", {"method": "link"})
    assert "password1" not in Client().get(link, follow=True).content.decode()
    assert login(Client(), bob.email, new).status_code == 302


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_changed_second_factor_ends_every_other_session(bob, change, django_capture_on_commit_callbacks):
    """SECURITY 3."""
    client, other = Client(), Client()
    login(other, bob.email, PASSWORD)
    login(client, bob.email, PASSWORD)
    step_up(client)
    with django_capture_on_commit_callbacks(execute=True):
        if change == "remove":
            TOTP.activate(bob, SEED)
            client.post(reverse("mfa_deactivate_totp"))
        else:
            client.get(reverse("mfa_activate_totp"))
            code = format_hotp_value(hotp_value(client.session["mfa.totp.secret"], int(time.time()) // 30))
            assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)
    assert (f"account.factor_{change}", {"factor": "totp"}) in account_events("action", "detail")


def test_fresh_recovery_codes_are_an_event(bob, in_session, django_capture_on_commit_callbacks):
    TOTP.activate(bob, SEED)
    step_up(in_session)
    with django_capture_on_commit_callbacks(execute=True):
        in_session.post(reverse("mfa_generate_recovery_codes"))
    assert account_events("action", "detail")[-1] == ("account.factor_renew", {"factor": "recovery_codes"})


def test_a_second_factor_cannot_be_changed_without_a_step_up(bob, in_session):
    """ASVS 7.5.3."""
    session = in_session.session
    session["account_authentication_methods"] = []
    session.save()
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert in_session.get(reverse(name)).headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


def test_a_deactivated_persons_session_opens_nothing(bob, in_session):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert not is_in(in_session)


# Notices


def test_a_new_browser_is_told_by_mail_and_a_known_one_is_not(bob, settings):
    client = Client(headers={"user-agent": "Firefox 999"})
    login(client, bob.email, PASSWORD)
    post.wait()
    (message,) = mail.outbox
    assert message.to == [bob.email]
    assert "new browser" in message.subject
    assert "Firefox 999" in message.body
    assert f"{settings.BASE_URL}/accounts/sessions/" in message.body
    client.post(reverse("account_logout"))
    login(client, bob.email, PASSWORD)
    post.wait()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_stops_no_sign_in(bob, settings, caplog):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    assert login(Client(), bob.email, PASSWORD).status_code == 302
    post.wait()
    assert "A mail could not be sent" in caplog.text
    assert bob.email not in caplog.text


def test_without_a_way_to_send_mail_nothing_is_rendered(bob, settings):
    settings.SENDS_MAIL = False
    login(Client(), bob.email, PASSWORD)
    post.wait()
    assert mail.outbox == []


# A team that asks for a second factor


def test_members_without_a_second_factor_reach_only_the_page_that_sets_it_up(bob, blue, in_session):
    """ASVS 6.3.3."""
    blue.team.requires_second_factor = True
    blue.team.save()
    for method, name in (("get", "credentials"), ("get", "trash")):
        answer = getattr(in_session, method)(reverse(name, args=["blue"]))
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))
    as_script = in_session.get(reverse("credentials", args=["blue"]), headers={"accept": "application/json"})
    assert (as_script.status_code, as_script.json()["code"]) == (403, "second_factor_required")
    assert in_session.get(reverse("mfa_index")).status_code == 200
    refusal = AuditEvent.objects.filter(team=blue.team).latest("id")
    assert (refusal.outcome, refusal.detail) == ("refused", {"reason": "second_factor_required"})
    RecoveryCodes.activate(bob)
    assert in_session.get(reverse("credentials", args=["blue"])).status_code == 302, "codes alone are no factor"
    TOTP.activate(bob, SEED)
    assert in_session.get(reverse("credentials", args=["blue"])).status_code == 200


def test_a_stranger_does_not_learn_that_a_team_asks_for_it(blue, red, sign_in):
    blue.team.requires_second_factor = True
    blue.team.save()
    assert sign_in(red.people["owner"]).get(reverse("credentials", args=["blue"])).status_code == 404


def test_has_factor_counts_passkeys(bob):
    assert not accounts.has_factor(bob)
    Authenticator.objects.create(user=bob, type=Authenticator.Type.WEBAUTHN, data={})
    assert accounts.has_factor(bob)


# Odd things at the passkey pages


ODD = [
    "", "null", "[]", "{}", "1", '"x"', "[" * 100_000, '{"a":' * 5000, '{"id":1,"rawId":1,"response":1,"type":1}',
    '{"id":"x","rawId":"x","type":"public-key","response":{"clientDataJSON":"x","authenticatorData":"x","signature":"x"}}',
    '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA",'
    '"signature":"AAAA","userHandle":"////"}}', '{"response":{"userHandle":"MQ"}}', "x" * 30_000,
]  # fmt: skip


@pytest.mark.parametrize("credential", ODD, ids=range(len(ODD)))
def test_whatever_is_sent_in_place_of_a_passkey_lets_nobody_in_and_breaks_nothing(bob, in_session, credential):
    """SECURITY 10."""
    Authenticator.objects.create(user=bob, type=Authenticator.Type.WEBAUTHN, data={"name": "k", "credential": {}})
    client = Client()
    assert client.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code == 302
    assert not is_in(client)
    Authenticator.objects.all().delete()
    step_up(in_session)
    in_session.get(reverse("mfa_add_webauthn"))
    assert in_session.post(reverse("mfa_add_webauthn"), {"credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()
