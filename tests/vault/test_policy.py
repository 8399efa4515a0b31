"""A team's settings: who sees values and for how long, and what is kept. Each is a rule, and each change an event."""

from datetime import timedelta

import pytest

from credentials.access import Action
from credentials.errors import Invalid, NotAllowed, StepUpRequired
from credentials.models import AuditEvent, ReceivedCode, SecretVersion
from credentials.vault import audience, codes, policy, secrets, teams
from credentials.vault import credentials as vault
from credentials.vault.clock import now
from tests.commands.test_commands import run


def as_they_are(house, who: str):
    """The person as the pages make their caller, from what the team's row says now."""
    user = house.people[who]
    return teams.caller_of(user, slug=house.team.slug, authenticated_at=now())


def change(house, **given) -> None:
    policy.change_settings(house.caller("owner"), **given)


def test_operators_see_no_values_where_their_team_says_so_and_codes_all_the_same(blue, login):
    assert secrets.reveal(as_they_are(blue, "operator"), credential_id=login.id, key="password")
    change(blue, operators_reveal=False)
    with pytest.raises(NotAllowed, match="managers and owners only"):
        secrets.reveal(as_they_are(blue, "operator"), credential_id=login.id, key="password")
    refusal = AuditEvent.objects.latest("id")
    assert (refusal.action, refusal.outcome, refusal.target_id) == ("credential.reveal", "refused", login.id)
    assert secrets.show_code(as_they_are(blue, "operator"), credential_id=login.id)
    for who in ("manager", "owner"):
        assert secrets.reveal(as_they_are(blue, who), credential_id=login.id, key="password")
    assert not as_they_are(blue, "operator").may(Action.CREDENTIAL_REVEAL)
    change(blue, operators_reveal=True)
    assert secrets.reveal(as_they_are(blue, "operator"), credential_id=login.id, key="password")


def test_the_page_says_who_sees_values_and_offers_nothing_to_others(blue, login, sign_in):
    change(blue, operators_reveal=False)
    bob, where = sign_in(blue.people["operator"]), f"/t/blue/credentials/{login.id}/"
    page = bob.get(where).content.decode()
    assert "Your team shows values to managers and owners only." in page
    assert "data-reveal-url" not in page
    assert bob.post(f"{where}reveal/", {"key": "password"}).status_code == 403


def test_a_revealed_value_stays_as_long_as_the_team_says(blue, login, sign_in):
    change(blue, reveal_seconds=45)
    bob, where = sign_in(blue.people["operator"]), f"/t/blue/credentials/{login.id}/"
    answer = bob.post(f"{where}reveal/", {"key": "password"}, headers={"accept": "application/json"})
    assert answer.json() == {"value": "hunter2-but-long", "seconds": 45}
    page = bob.post(f"{where}reveal/", {"key": "password"})
    assert page["Refresh"] == f"45; url={where}"
    assert "after 45 seconds" in page.content.decode()


@pytest.mark.parametrize("name", policy.RANGES)
def test_every_number_has_its_ends(blue, name):
    least, most, _ = policy.RANGES[name]
    for wrong in (least - 1, most + 1, -1, 10**30):
        with pytest.raises(Invalid) as problem:
            change(blue, **{name: wrong})
        assert list(problem.value.fields) == [name]
    for right in (least, most):
        change(blue, **{name: right})
        assert policy.see_settings(blue.caller("auditor"))[name] == right


def test_a_change_names_what_changed_and_nothing_else_moves(blue):
    before = policy.see_settings(blue.caller("owner"))
    change(blue, versions_kept=3, reveal_seconds=before["reveal_seconds"])
    assert policy.see_settings(blue.caller("owner")) == {**before, "versions_kept": 3}
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.outcome, event.detail) == ("team.settings", "done", {"fields": ["versions_kept"]})


def test_settings_are_the_owners_and_behind_a_step_up(blue, sign_in):
    for given in ({"operators_reveal": False}, {"reveal_seconds": 60}, {"versions_kept": 1}):
        with pytest.raises(NotAllowed):
            policy.change_settings(blue.caller("manager"), **given)
        with pytest.raises(StepUpRequired):
            policy.change_settings(blue.caller("owner", authenticated_at=None), **given)


def test_the_form_says_what_is_out_of_range_beside_the_field(blue, sign_in):
    given = {"step_up_minutes": "5", "reveal_seconds": "9999", "code_retention_hours": "24", "versions_kept": "20"}
    page = sign_in(blue.people["owner"]).post("/t/blue/settings/", given)
    assert page.status_code == 200
    assert "less than or equal to 120" in page.content.decode()


def changed_often(house, login, times: int) -> None:
    for number in range(times):
        vault.edit_credential(house.caller("manager"), credential_id=login.id, values={"password": f"pw {number}"})


def test_a_change_lets_go_of_what_is_beyond_what_the_team_keeps(blue, login):
    change(blue, versions_kept=2)
    changed_often(blue, login, 4)
    assert list(SecretVersion.objects.order_by("number").values_list("number", flat=True)) == [4, 5]


def test_pruneversions_does_so_for_what_nobody_changes_and_leaves_an_event(blue, red, login):
    changed_often(blue, login, 4)
    theirs = vault.add_credential(red.caller("owner"), name="theirs", type="secret", values={"secret_value": "1"})
    vault.edit_credential(red.caller("owner"), credential_id=theirs.id, values={"secret_value": "2"})
    change(blue, versions_kept=1)
    assert run("pruneversions") == ("4 versions deleted\n", "")
    assert list(SecretVersion.objects.filter(credential=login).values_list("number", flat=True)) == [5]
    assert SecretVersion.objects.filter(credential=theirs).count() == 2
    event = AuditEvent.objects.filter(action="version.prune").get()
    assert (event.team_id, event.actor_kind, event.detail) == (blue.team.id, "operator", {"count": 4})
    assert secrets.reveal(blue.caller("owner"), credential_id=login.id, key="password") == "pw 3"
    assert run("pruneversions") == ("0 versions deleted\n", "")


def test_codes_are_kept_as_long_as_the_team_says(blue):
    codes.receive_code(blue.caller("operator"), identifier="me@example.com", content="Your code is 482913")
    ReceivedCode.objects.update(received_at=now() - timedelta(hours=3))
    assert run("prunecodes") == ("0 received codes deleted\n", "")
    change(blue, code_retention_hours=2)
    assert run("prunecodes") == ("1 received codes deleted\n", "")


def seen(house, login) -> dict[str, list[str]]:
    found = audience.see_audience(house.caller("auditor"), credential_id=login.id)
    return {reach: [who.label for who in some] for reach, some in found.items()}


def test_who_else_can_see_it_follows_from_roles_scopes_and_settings(blue, login):
    from credentials.vault import hooks, keys

    owner = blue.caller("owner")
    for name, scopes in (("vault of skyvern", ["values:release"]), ("agent", ["totp:read"]), ("sms", ["codes:write"])):
        keys.create_api_key(owner, name=name, scopes=scopes)
    hooks.create_hook(owner, name="otp of it", kind="answer", credential_id=login.id)
    gone, _ = keys.create_api_key(owner, name="gone", scopes=["totp:read"])
    keys.revoke_api_key(owner, key_id=gone.id)
    people = {who: user.email for who, user in blue.people.items()}
    assert seen(blue, login) == {
        "values": [people["owner"], people["operator"], people["manager"], "vault of skyvern"],
        "codes": ["agent", "otp of it"],
        "metadata": [people["auditor"]],
    }
    change(blue, operators_reveal=False)
    blue.people["manager"].is_active = False
    blue.people["manager"].save()
    assert seen(blue, login) == {
        "values": [people["owner"], "vault of skyvern"],
        "codes": [people["operator"], "agent", "otp of it"],
        "metadata": [people["auditor"]],
    }
