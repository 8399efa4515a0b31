"""Known mistakes of vaults that have no better place: SECURITY 13, 20, 23; ASVS 11.2.4, 4.1.3, 7.5.3.

test_security.py says where the tests of the others are.
"""

import ast
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.urls import reverse

from credentials.access import STEP_UP
from tests.conftest import PASSWORD
from tests.server import running
from tests.test_doors import (
    PEOPLE,
    TEAM,
    ask,
    furnished,  # noqa: F401  a fixture
    house,  # noqa: F401  a fixture
    path,
    secrets_in,
    target,
)

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [file for folder in ("credentials", "config") for file in sorted((ROOT / folder).rglob("*.py"))
           if "migrations" not in file.parts]  # fmt: skip

# 13: compared in variable time

TELLING = ("digest", "mac", "signature", "token", "hash", "hexdigest", "password", "api_key")
# Nobody brings these along to be let in: they are read from the database or from a file, and shown to who may read it.
PUBLIC = {
    ("chain.py", "row.previous_hash != last_hash"),
    ("proofs.py", "found.get(head.seq) != head.hash"),
    ("proofs.py", "_digest_of(path) != digest.hexdigest()"),
    ("accounts.py", "row.digest == own"),
}


def compared(tree: ast.AST) -> list[str]:
    """Comparisons whose time tells how much of a proof was right, by the names of what they compare."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(how, ast.Eq | ast.NotEq) for how in node.ops):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides) and any(map(tells, sides)):
                found.append(ast.unparse(node))
    return found


def tells(side: ast.expr) -> bool:
    last = side.func if isinstance(side, ast.Call) else side
    name = getattr(last, "attr", None) or getattr(last, "id", None) or ast.unparse(last)
    return not name.isupper() and any(
        word in name.lower().split("_") or name.lower().endswith(word) for word in TELLING
    )


@pytest.mark.parametrize(
    "line", ["sent == row.digest", "token != kept", "signature == expected", "make_mac(x) == y", "a == api_key"]
)
def test_a_comparison_that_tells_would_be_seen(line):
    assert compared(ast.parse(line))


def test_a_proof_is_compared_in_constant_time_only():
    found = {(file.name, line) for file in SOURCES for line in compared(ast.parse(file.read_text()))}
    assert found == PUBLIC
    users = {file.name for file in SOURCES if "compare_digest" in file.read_text()}
    assert {"tokens.py", "hooks.py", "chain.py", "metrics.py"} <= users


# 20: spoofed proxy headers; one endpoint that listed everybody


def seen_from(folder: Path, forwarded: str, **settings: str) -> set[str]:
    """The address that the server writes down for who says to come from elsewhere."""
    with running(folder, **settings) as server:
        headers = {"Authorization": "Bearer sr_unknown0_x", "X-Forwarded-For": forwarded, "X-Real-IP": forwarded,
                   "Forwarded": f"for={forwarded}"}  # fmt: skip
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(urllib.request.Request(f"{server.url}/kernel/credentials", headers=headers))
        rows = [json.loads(line) for line in server.manage("auditexport").stdout.splitlines()]
    return {row["ip"] for row in rows if row["action"] == "key.use"}


@pytest.mark.server
@pytest.mark.same_everywhere
@pytest.mark.parametrize(("proxies", "forwarded", "believed"), [
    ("", "203.0.113.9", "127.0.0.1"),
    ("192.0.2.1", "203.0.113.9", "127.0.0.1"),
    ("127.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
])  # fmt: skip
def test_only_a_configured_proxy_says_who_comes(tmp_path, proxies, forwarded, believed):
    """And of what it says only what it added itself: before that stands what the client made up."""
    assert seen_from(tmp_path, forwarded, TRUSTED_PROXIES=proxies) == {believed}


def test_no_page_names_people_of_other_teams(house):  # noqa: F811
    blues = {user.email for role, user in house.people.items() if role not in {"stranger", "staff", "superuser"}}
    pages = [row for row in TEAM if row.method == "get"]
    for who in ("auditor", "operator", "manager", "owner", "stranger"):
        slug, others = ("red", blues) if who == "stranger" else ("blue", {house.people["stranger"].email})
        client = house.come(who)
        for row in pages:
            text = ask(client, row.name, "get", path(row.name, slug, target(house, row.name))).content.decode()
            assert {email for email in others if email in text} == set(), row


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "superuser"])
def test_the_admins_autocomplete_lists_nobody(house, who):  # noqa: F811
    query = {"app_label": "credentials", "model_name": "membership", "field_name": "user", "term": "o"}
    answer = house.come(who).get(reverse("admin:autocomplete"), query)
    assert answer.status_code in {302, 403}
    own = house.people[who].email if who != "nobody" else ""
    assert [user.email for user in house.people.values() if user.email in answer.content.decode()] in ([], [own])


# 23: ways to a value that escaped the re-prompt


def test_whatever_gives_a_value_asks_for_a_step_up():
    """A code alone is given without: it is what agents' people need all day, and it does not last."""
    ways = {(row.name, row.leaves) for row in TEAM if row.leaves and row.action not in STEP_UP}
    assert ways == {("code", "code"), ("check_totp", "code"), ("read_code", "received")}


@pytest.mark.parametrize("accept", ["text/html", "application/json"], ids=["shown", "copied by a script"])
@pytest.mark.parametrize("row", [row for row in TEAM if row.leaves in {"password", "seed"}], ids=str)
def test_a_value_comes_after_the_step_up_and_not_before(house, row, accept):  # noqa: F811
    client, where = house.come("owner", stale=True), path(row.name, "blue", house.login.id)
    answer = ask(client, row.name, row.method, where, accept=accept)
    assert answer.status_code == (403 if accept == "application/json" else 302)
    assert secrets_in(answer) == set()
    assert client.post(reverse("account_reauthenticate"), {"password": "not the password 1"}).status_code == 200
    assert secrets_in(ask(client, row.name, row.method, where, accept=accept)) == set()
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert row.leaves in secrets_in(ask(client, row.name, row.method, where, accept=accept))
