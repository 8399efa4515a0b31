"""Teams and members: who is let in, with which role, and that a team is never left without an owner."""

from dataclasses import replace

import pytest

from credentials.access import Action
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpRequired
from credentials.models import AuditEvent, Membership, Team, User
from credentials.vault import teams
from tests.conftest import PASSWORD, build


def newest() -> AuditEvent:
    return AuditEvent.objects.order_by("id").last()


@pytest.fixture
def shell(db):
    return teams.operator()


def test_a_new_team_has_its_owner_and_its_event(shell):
    team, owner = teams.create_team(shell, name=" Grün & Söhne ", owner=" Gina@Example.ORG ")
    assert (team.name, team.slug, owner.email) == ("Grün & Söhne", "grun-sohne", "gina@example.org")
    assert Membership.objects.get(team=team).role == "owner"
    assert not owner.has_usable_password()
    assert (newest().action, newest().outcome, newest().team_id, newest().target_id) == (
        "team.create", "done", None, team.id,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Blue", "BLUE", " blue ", "blüe", "Blue!"])
def test_a_team_of_the_same_address_is_refused(blue, shell, name):
    people = User.objects.count()
    with pytest.raises(Conflict) as refusal:
        teams.create_team(shell, name=name, owner="new@example.org")
    assert refusal.value.code == "name_taken"
    assert (newest().outcome, newest().detail) == ("refused", {"reason": "name_taken"})
    assert (Team.objects.count(), User.objects.count()) == (1, people)


@pytest.mark.parametrize("name", ["", "  ", "\x00", "a\nb", "!!!", "t" * 201, "\ud800"])
def test_a_team_needs_a_name(shell, name):
    with pytest.raises(Invalid) as refusal:
        teams.create_team(shell, name=name, owner="new@example.org")
    assert list(refusal.value.fields) == ["team_name"]
    assert not Team.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@", "a b@example.org", "x@" + "y" * 300 + ".org", "é@example.org"])
def test_an_address_that_is_none_is_refused(blue, email):
    for ask in (
        lambda: teams.create_team(teams.operator(), name="New", owner=email),
        lambda: teams.add_member(blue.caller("owner"), email=email, role="operator"),
    ):
        with pytest.raises(Invalid) as refusal:
            ask()
        assert list(refusal.value.fields) == ["email"]
    assert Team.objects.count() == 1


def test_a_too_long_address_is_refused_not_cut(blue):
    email = "a" * 60 + "@" + ".".join(["d" * 50] * 4) + ".example.org"
    assert len(email) > 254
    with pytest.raises(Invalid):
        teams.add_member(blue.caller("owner"), email=email, role="operator")
    assert not User.objects.filter(email__startswith="aaaa").exists()


def test_a_weak_password_is_refused(blue):
    for password in ("short", "password1234", "1234567890", ""):
        with pytest.raises(Invalid) as refusal:
            teams.add_member(blue.caller("owner"), email="new@example.org", role="operator", password=password)
        assert list(refusal.value.fields) == ["password"]
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_owner_adds_somebody_and_the_password_of_who_exists_is_never_touched(blue, red):
    charlie = red.people["owner"]
    added = teams.add_member(
        blue.caller("owner"), email="CHARLIE@example.net", role="auditor", password="another 77 horse"
    )
    assert (added.user_id, added.role) == (charlie.pk, "auditor")
    assert User.objects.get(pk=charlie.pk).check_password(PASSWORD)
    assert (newest().action, newest().target_id, newest().detail) == (
        "member.add", str(charlie.pk), {"role": "auditor"},
    )  # fmt: skip
    assert teams.caller_of(charlie, slug="red").role == "owner"


def test_a_member_is_not_added_twice(blue):
    with pytest.raises(Conflict) as refusal:
        teams.add_member(blue.caller("owner"), email="Bob@Example.org", role="owner")
    assert refusal.value.code == "member_exists"
    assert Membership.objects.get(user=blue.people["operator"]).role == "operator"


@pytest.mark.parametrize("role", ["", "root", "OWNER", "\x00", "operator "])
def test_a_role_that_is_none_is_refused_and_nobody_is_made(blue, role):
    for ask in (
        lambda: teams.add_member(blue.caller("owner"), email="new@example.org", role=role),
        lambda: teams.change_role(blue.caller("owner"), user_id=blue.people["operator"].pk, role=role),
    ):
        with pytest.raises(Invalid):
            ask()
    assert not User.objects.filter(email="new@example.org").exists()


VERBS = {
    Action.MEMBER_ADD: lambda who, user: teams.add_member(who, email="new@example.org", role="operator"),
    Action.MEMBER_CHANGE: lambda who, user: teams.change_role(who, user_id=user, role="manager"),
    Action.MEMBER_REMOVE: lambda who, user: teams.remove_member(who, user_id=user),
}


@pytest.mark.parametrize("action", VERBS)
def test_members_are_an_owners_business_after_a_step_up(blue, action):
    bob, before = blue.people["operator"].pk, list(Membership.objects.order_by("id").values())
    for role in ("auditor", "operator", "manager"):
        with pytest.raises(NotAllowed):
            VERBS[action](blue.caller(role), bob)
    with pytest.raises(StepUpRequired):
        VERBS[action](blue.caller("owner", authenticated_at=None), bob)
    with pytest.raises(NotFound):
        VERBS[action](replace(blue.caller("owner"), role=None), bob)
    assert (newest().action, newest().outcome) == (action, "refused")
    assert list(Membership.objects.order_by("id").values()) == before
    VERBS[action](blue.caller("owner"), bob)
    assert (newest().action, newest().outcome, newest().team_id) == (action, "done", blue.team.id)


@pytest.mark.parametrize("user", ["other team", 0, -1, 2**31, 2**70])
def test_somebody_who_is_not_in_the_team_is_not_found(blue, red, user):
    user = red.people["owner"].pk if user == "other team" else user
    for ask in (
        lambda: teams.change_role(blue.caller("owner"), user_id=user, role="auditor"),
        lambda: teams.remove_member(blue.caller("owner"), user_id=user),
    ):
        with pytest.raises(NotFound):
            ask()
    assert Membership.objects.get(team=red.team).role == "owner"


def test_the_last_owner_stays(blue):
    alice, mia = blue.people["owner"], blue.people["manager"]
    for ask in (
        lambda: teams.change_role(blue.caller("owner"), user_id=alice.pk, role="manager"),
        lambda: teams.remove_member(blue.caller("owner"), user_id=alice.pk),
    ):
        with pytest.raises(Conflict) as refusal:
            ask()
        assert refusal.value.code == "last_owner"
    teams.change_role(blue.caller("owner"), user_id=mia.pk, role="owner")
    assert newest().detail == {"role": "owner", "was": "manager"}
    User.objects.filter(pk=mia.pk).update(is_active=False)
    with pytest.raises(Conflict):
        teams.remove_member(blue.caller("owner"), user_id=alice.pk)
    User.objects.filter(pk=mia.pk).update(is_active=True)
    teams.remove_member(blue.caller("owner"), user_id=alice.pk)
    assert newest().detail == {"was": "owner"}
    assert teams.caller_of(alice, slug="blue").role is None


def test_everybody_in_the_team_sees_who_is_in_it(blue, red):
    for role in ("auditor", "operator", "manager", "owner"):
        emails = [row["user__email"] for row in teams.see_members(blue.caller(role))]
        assert emails == ["ada@example.org", "alice@example.org", "bob@example.org", "mia@example.org"]
    with pytest.raises(NotFound):
        teams.see_members(replace(blue.caller("owner"), role=None))


def test_a_stranger_and_a_deactivated_member_have_no_role(blue, red):
    charlie, bob = red.people["owner"], blue.people["operator"]
    stranger = teams.caller_of(charlie, slug="blue")
    assert (stranger.role, stranger.team_name, stranger.team_slug) == (None, "", "")
    bob.is_active = False
    bob.save()
    assert teams.caller_of(bob, slug="blue").role is None
    assert teams.teams_of(bob) == []
    assert [row["team_slug"] for row in teams.teams_of(charlie)] == ["red"]


@pytest.mark.parametrize("slug", ["", "nowhere", "BLUE", "\x00x"[1:], "b" * 500])
def test_an_unknown_team_is_not_found(blue, slug):
    nobody = teams.caller_of(blue.people["owner"], slug=slug)
    with pytest.raises(NotFound):
        teams.see_members(nobody)
    assert AuditEvent.objects.filter(team=None, outcome="refused", action="member.see").count() == 1
    if slug:
        with pytest.raises(NotFound):
            teams.operator(slug)


def test_two_teams_keep_their_own_chains(blue, red):
    green = build("Green", {"owner": "gus@example.org"})
    for house in (blue, red, green, blue):
        teams.add_member(house.caller("owner"), email=f"n{AuditEvent.objects.count()}@example.org", role="operator")
    chains = AuditEvent.objects.order_by("team_id", "seq").values_list("team_id", "seq")
    assert sorted(chains) == sorted([(blue.team.id, 1), (blue.team.id, 2), (red.team.id, 1), (green.team.id, 1)])
