"""Invitations: a link that works once, for one address, for some days. SECURITY 2, 16."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client
from django.urls import reverse

from credentials.accounts import post
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpRequired
from credentials.models import AuditEvent, Invitation, Membership, User
from credentials.vault import invitations, seals, teams
from tests.conftest import PASSWORD

INES = "ines@example.org"


@pytest.fixture(autouse=True)
def canary(db):
    seals.open_canary()


def invite(house, email=INES, role="operator") -> str:
    """The token."""
    _, path = invitations.invite(house.caller("owner"), email=email, role=role)
    return re.fullmatch("/invitation/(.+)/", path)[1]


def take(token: str, client: Client | None = None, password: str = PASSWORD):
    where = reverse("invitation", args=[token])
    return (client or Client()).post(where, {"password": password, "password_again": password})


def last_event() -> tuple:
    event = AuditEvent.objects.order_by("-id").first()
    return event.team.slug if event.team else None, event.action, event.outcome, event.target_label


def test_somebody_new_makes_an_account_and_is_in(blue):
    client = Client()
    token = invite(blue)
    page = client.get(reverse("invitation", args=[token])).content.decode()
    assert "Join Blue" in page
    answer = take(token, client)
    assert answer.headers["Location"] == "/t/blue/"
    assert client.get("/t/blue/").status_code == 200
    assert Membership.objects.get(user__email=INES).role == "operator"
    events = list(AuditEvent.objects.order_by("id").values_list("team__slug", "action", "outcome"))[-3:]
    assert events == [
        ("blue", "member.invite", "done"), ("blue", "member.join", "done"), (None, "account.login", "done"),
    ]  # fmt: skip


def test_a_link_works_once(blue):
    token = invite(blue)
    take(token)
    assert take(token).status_code == 404
    assert Client().get(reverse("invitation", args=[token])).status_code == 404


def test_a_link_expires(blue):
    token = invite(blue)
    row = Invitation.objects.get()
    Invitation.objects.update(expires_at=row.created_at - timedelta(seconds=1))
    assert take(token).status_code == 404
    assert not User.objects.filter(email=INES).exists()


def test_a_withdrawn_link_opens_nothing(blue):
    token = invite(blue)
    invitations.withdraw_invitation(blue.caller("owner"), invitation_id=Invitation.objects.get().id)
    assert take(token).status_code == 404
    assert invitations.see_invitations(blue.caller("owner")) == []


def test_a_second_invitation_replaces_the_first(blue):
    first, second = invite(blue), invite(blue, role="auditor")
    assert take(first).status_code == 404
    assert take(second).status_code == 302
    assert Membership.objects.get(user__email=INES).role == "auditor"


def test_somebody_with_an_account_signs_in_first(blue, red, sign_in):
    charlie = red.people["owner"]
    token = invite(blue, charlie.email)
    page = Client().get(reverse("invitation", args=[token])).content.decode()
    assert "Sign in, and you come back here" in page
    assert take(token).status_code == 403
    assert sign_in(charlie).post(reverse("invitation", args=[token])).headers["Location"] == "/t/blue/"
    assert Membership.objects.filter(team=blue.team, user=charlie).exists()


def test_the_link_of_somebody_else_gives_nothing_to_who_is_signed_in(blue, red, sign_in):
    token = invite(blue)
    charlie = sign_in(red.people["owner"])
    assert (
        "You are signed in as charlie@example.net" in charlie.get(reverse("invitation", args=[token])).content.decode()
    )
    assert charlie.post(reverse("invitation", args=[token])).status_code == 403
    assert not Membership.objects.filter(team=blue.team, user=red.people["owner"]).exists()
    assert last_event() == ("blue", "member.join", "refused", INES)
    assert take(token).status_code == 302, "a refusal leaves the link as it was"


def test_until_it_is_taken_an_invitation_gives_no_right(blue, sign_in):
    """SECURITY 2."""
    ines = User.objects.create_user(INES, PASSWORD)
    invite(blue)
    assert sign_in(ines).get("/t/blue/").status_code == 404


@pytest.mark.parametrize("password", ["short", "1234567890", ""])
def test_a_weak_password_makes_no_account_and_leaves_the_link(blue, password):
    token = invite(blue)
    assert take(token, password=password).status_code == 200
    assert not User.objects.filter(email=INES).exists()
    assert take(token).status_code == 302


def test_only_the_digest_of_a_link_is_kept(blue):
    token = invite(blue)
    assert token not in str(list(Invitation.objects.values())) + str(list(AuditEvent.objects.values()))


def test_a_person_needs_a_fresh_step_up_to_invite_and_to_be_an_owner(blue):
    with pytest.raises(StepUpRequired):
        invitations.invite(blue.caller("owner", authenticated_at=None), email=INES, role="operator")
    with pytest.raises(NotAllowed):
        invitations.invite(blue.caller("manager"), email=INES, role="operator")


@pytest.mark.parametrize(("email", "role", "problem"), [
    ("no address", "operator", Invalid), ("a\x00@example.org", "operator", Invalid), (INES, "king", Invalid),
    ("Bob@example.org", "operator", Conflict),
])  # fmt: skip
def test_what_cannot_be_is_refused(blue, email, role, problem):
    with pytest.raises(problem):
        invite(blue, email, role)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("id", ["inv_00000000000000000000000000", "", "\x00", "x" * 100])
def test_an_unknown_or_foreign_invitation_is_not_found(blue, red, id):
    invite(red)
    for wanted in (id, Invitation.objects.get().id):
        with pytest.raises(NotFound):
            invitations.withdraw_invitation(blue.caller("owner"), invitation_id=wanted)


def test_two_who_take_one_link_are_one_member(blue):
    token = invite(blue)
    row = invitations._living(token)
    Invitation.objects.filter(pk=row.pk).update(ended_at=row.created_at)  # the other was faster by a hair
    with pytest.raises(NotFound):
        invitations.join(AnonymousUser(), token=token, password=PASSWORD)


def test_the_mail_leads_to_the_configured_address(blue, sign_in, settings):
    blue.team.name = "Blue & <b>"
    blue.team.save()
    settings.ALLOWED_HOSTS = ["*"]
    page = sign_in(blue.people["owner"]).post(
        reverse("invitations", args=["blue"]), {"email": INES, "role": "operator"}, headers={"host": "evil.example"}
    )
    post.wait()
    (message,) = mail.outbox
    assert message.to == [INES]
    assert "alice@example.org invites you to the team Blue & <b>" in message.body
    link = re.search(r"http://testserver/invitation/\S+", message.body)[0]
    assert link in page.content.decode(), "and it can be handed over"
    assert "evil" not in message.body


def test_a_team_that_asks_for_a_second_factor_asks_who_joins_too(blue):
    blue.team.requires_second_factor = True
    blue.team.save()
    client = Client()
    take(invite(blue), client)
    assert client.get("/t/blue/").headers["Location"] == reverse("mfa_index")


def test_the_list_names_no_link(blue):
    token = invite(blue)
    assert token not in str(invitations.see_invitations(blue.caller("owner")))
    assert teams.see_members(blue.caller("owner"))
