"""Single sign-on on the real server, against a provider of our own: bound by issuer and subject, verified only.

SECURITY 4.
"""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest

from tests.server import running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]
PASSWORD = "correct horse 9 battery"
OPEN: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def closed_afterwards():
    yield
    while OPEN:
        OPEN.pop().close()


class Provider:
    """An OpenID Connect provider that says of everybody who comes what `claims` says."""

    def __init__(self) -> None:
        self.claims: dict = {}
        self.asked: list[dict] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer({
                    "issuer": outer.url, "authorization_endpoint": f"{outer.url}/authorize",
                    "token_endpoint": f"{outer.url}/token", "jwks_uri": f"{outer.url}/jwks",
                    "userinfo_endpoint": f"{outer.url}/userinfo",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                })  # fmt: skip

            def do_POST(self):
                outer.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                claims = {"iss": outer.url, "aud": "strongroom", "exp": 4102444800, "iat": 1, **outer.claims}
                token = jwt.encode(claims, "k" * 32, algorithm="HS256")
                self.answer({"access_token": "at-secret-1", "token_type": "Bearer", "id_token": token})

            def answer(self, what: dict):
                body = json.dumps(what).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.05,))
    thread.start()
    yield provider
    provider.server.shutdown()
    thread.join()
    provider.server.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    settings = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": "strongroom", "OIDC_CLIENT_SECRET": "cs-secret-1",
                "OIDC_NAME": "Example ID", "OIDC_ROLES": "ops=blue:operator,admins=blue:manager"}  # fmt: skip
    with running(tmp_path_factory.mktemp("sso"), **settings) as server:
        for team, owner in (("Blue", "alice@example.org"), ("Red", "bob@example.org")):
            server.manage("createteam", team, "--owner", owner, "--password-stdin", stdin=PASSWORD)
        yield server


def come(server, provider, **claims: object) -> tuple[httpx.Client, httpx.Response]:
    """A new browser that signs in at the provider, and the page it ends on."""
    provider.claims = claims
    browser = httpx.Client(base_url=server.url, follow_redirects=True, timeout=30)
    OPEN.append(browser)
    page = browser.get("/accounts/login/").text
    assert "Sign in with Example ID" in page
    action = re.search(r'action="(/accounts/oidc/[^"]+)"', page)[1].replace("&amp;", "&")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    sent = browser.post(action, data={"csrfmiddlewaretoken": token}, headers={"Origin": server.url},
                        follow_redirects=False)  # fmt: skip
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = f"{asked['redirect_uri'][0]}?{urlencode({'code': 'c-1', 'state': asked['state'][0]})}"
    assert back.startswith(server.url)
    return browser, browser.get(back)


def is_in(browser: httpx.Client) -> bool:
    return browser.get("/teams/", follow_redirects=False).status_code == 200


def events(server) -> list[tuple]:
    rows = [json.loads(line) for line in server.manage("auditexport").stdout.splitlines()]
    return [(row["action"], row["outcome"], row["detail"].get("reason", "")) for row in rows]


def test_a_verified_address_is_bound_and_the_subject_counts_from_then_on(server, provider):
    browser, _ = come(server, provider, sub="s-1", email="Bob@example.org", email_verified=True)
    assert is_in(browser)
    assert ("account.factor_add", "done", "") in events(server)
    browser, _ = come(server, provider, sub="s-1", email="moved@example.org", email_verified=False)
    assert is_in(browser), "the address may change, the subject does not"
    assert "code_verifier" in provider.asked[-1]


@pytest.mark.parametrize("claims", [
    {"email": "alice@example.org", "email_verified": False}, {"email": "alice@example.org"},
    {"email": "alice@example.org", "email_verified": "true"}, {"email_verified": True},
    {"email": ["alice@example.org"], "email_verified": True},
    {"email": "nobody@example.org", "email_verified": True},
], ids=["unverified", "silent", "a text", "no address", "a list", "unknown"])  # fmt: skip
def test_an_address_that_is_not_verified_or_not_known_never_lets_in(server, provider, claims):
    """SECURITY 4."""
    browser, page = come(server, provider, sub="s-evil", **claims)
    assert not is_in(browser)
    assert page.status_code == 403
    assert "There is no account here" in page.text
    assert events(server)[-2][:2] == ("account.login", "refused")


@pytest.mark.parametrize("claims", [{"iss": "http://other.example"}, {"aud": "another"}, {"exp": 1}])
def test_a_token_of_another_issuer_for_another_or_too_old_lets_nobody_in(server, provider, claims):
    browser, _ = come(server, provider, **{"sub": "s-1", "email": "bob@example.org", "email_verified": True, **claims})
    assert not is_in(browser)


def test_groups_give_and_take_roles_in_the_teams_that_are_named_and_in_no_other(server, provider):
    def roles(*groups: object) -> int:
        browser, _ = come(server, provider, sub="s-1", groups=list(groups))
        return browser.get("/t/blue/").status_code, browser.get("/t/blue/credentials/add/").status_code

    assert roles("ops") == (200, 403)
    assert roles("ops", "admins") == (200, 200)
    assert roles("others", 7, None) == (404, 404)
    browser, _ = come(server, provider, sub="s-1")
    assert browser.get("/t/red/").status_code == 200


def test_no_token_of_the_provider_is_kept_or_logged(server, provider):
    come(server, provider, sub="s-1")
    raw = b"".join(path.read_bytes() for path in server.folder.glob("vault.sqlite3*"))
    for secret in (b"at-secret-1", b"cs-secret-1", base64.b64encode(b"cs-secret-1")):
        assert secret not in raw
        assert secret.decode() not in server.log
