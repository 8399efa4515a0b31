"""Switching teams: the place is kept, and an address that is none of ours is not followed."""

import re

import pytest

from credentials.models import Membership
from credentials.vault.clock import now


@pytest.fixture
def in_both(blue, red, sign_in):
    """Mia manages blue and operates red."""
    mia = blue.people["manager"]
    Membership.objects.create(team=red.team, user=mia, role="operator", created_at=now())
    return sign_in(mia)


def ways(client, came_from: str) -> dict[str, str]:
    page = client.get("/teams/", {"from": came_from}).content.decode()
    return {name: url for url, name in re.findall(r'<a href="([^"]+)"[^>]*>\s*<span>(\w+)', page)}


@pytest.mark.parametrize(
    ("came_from", "there"),
    [
        ("/t/blue/", "/t/red/"),
        ("/t/blue/?q=bank", "/t/red/"),
        ("/t/blue/trash/", "/t/red/trash/"),
        ("/t/blue/members/", "/t/red/members/"),
        ("/t/blue/audit/?outcome=refused", "/t/red/"),  # an operator does not read it
        ("/t/blue/settings/", "/t/red/"),
        ("/t/blue/credentials/cred_1/", "/t/red/"),
    ],
)
def test_the_other_team_opens_at_the_same_page_and_the_own_one_where_it_was(in_both, came_from, there):
    assert ways(in_both, came_from) == {"Blue": came_from, "Red": there}


@pytest.mark.parametrize(
    "came_from",
    ["", "https://evil.example/t/blue/", "//evil.example", "/t/blue/\n", "/t/", "/admin/", "/t/red/../../", "x",
     "/t/blue/credentials/cred_1/reveal/"],
)  # fmt: skip
def test_what_is_no_page_of_a_team_leads_to_the_lists(in_both, came_from):
    assert ways(in_both, came_from) == {"Blue": "/t/blue/", "Red": "/t/red/"}
