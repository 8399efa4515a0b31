"""The real server: it answers, refuses wrong keys before it serves, keeps its promises on the wire, stops politely."""

import http.client
import signal
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from config.connections import LEAVING_SECONDS
from tests.server import Server, running, scratch

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("serving")) as server:
        yield server


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_it_says_that_it_lives_and_that_it_is_ready(server):
    for path in ("/healthz", "/readyz"):
        status, headers, body = ask(server.url + path)
        assert (status, body) == (200, b"ok\n")
        assert headers["cache-control"] == "no-store"


def test_every_answer_bears_the_headers_of_the_house(server):
    for path in ("/accounts/login/", "/nowhere/", "/admin/", "/healthz"):
        _, headers, _ = ask(server.url + path)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "camera=(self)" in headers["permissions-policy"]


def test_static_files_are_named_by_content_and_kept_by_browsers(server):
    _, _, page = ask(f"{server.url}/accounts/login/")
    path = next(part for part in page.decode().split('"') if part.startswith("/static/css/base."))
    status, headers, _ = ask(server.url + path)
    assert status == 200
    assert "immutable" in headers["cache-control"]


def test_a_body_that_is_too_large_is_refused_unread(server):
    status, _, body = ask(f"{server.url}/accounts/login/", b"x" * 10_000_000)
    assert status == 413
    assert b"1000 kB" in body


def test_an_endless_body_and_a_broken_request_do_no_harm(server):
    host, port = server.url.removeprefix("http://").split(":")
    for start in (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"\x00\xff\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as line:
            line.sendall(start)
            assert line.recv(200).startswith(b"HTTP/1.1 4")
    assert ask(f"{server.url}/healthz")[0] == 200


def test_a_wrong_key_stops_the_start_and_names_the_setting(tmp_path):
    server = scratch(tmp_path)
    assert server.manage("rotatekeys").returncode == 0  # lays the canary
    before = server.database.read_bytes()
    for name in ("VAULT_KEYS", "SALT_KEY", "AUDIT_KEY"):
        refused = server.manage("serve", **{name: "another-key-of-enough-length-0123456789"})
        assert refused.returncode == 1
        assert name in refused.stderr
        assert refused.stdout == ""
    assert server.database.read_bytes() == before


def test_it_stops_when_told_and_a_restart_voids_the_first_link_for_a_fresh_one(tmp_path):
    with running(tmp_path) as server:
        first = server.setup_links()[0]
        server.stop()
        server.start()
        fresh = server.setup_links()[-1]
        assert [ask(first)[0], ask(fresh)[0]] == [404, 200]


def test_the_log_names_routes_and_no_token_that_somebody_asked_for(server):
    ask(f"{server.url}/setup/mistyped-token-5521/")
    ask(f"{server.url}/nowhere/mistyped-token-5521/")
    assert "/setup/<str:token>/" in server.log
    assert "mistyped-token-5521" not in server.log


def test_neither_a_hooks_address_nor_what_is_sent_to_it_is_in_the_log(server):
    server.manage("createteam", "Blue", "--owner", "alice@example.org")
    where = server.manage(
        "createhook", "--team", "blue", "--name", "p", "--kind", "receive", "--identifier", "+15550100"
    ).stdout.strip()
    assert where.startswith(f"{server.url}/hooks/codes/hk_")
    body = b"Your verification code is 481516."
    for address, status in ((where, 200), (f"{where}x", 404), (where.replace("codes", "otp"), 404)):
        assert ask(address, body)[0] == status
    assert "/hooks/codes/<str:token>" in server.log  # that of the refusal
    assert where.rpartition("/")[2] not in server.log
    assert "481516" not in server.log


def test_it_serves_with_several_processes_and_stops_them_all(tmp_path):
    with running(tmp_path, PROCESSES="2") as server:
        assert [ask(f"{server.url}/readyz")[0] for _ in range(20)] == [200] * 20
    with pytest.raises(urllib.error.URLError):
        ask(f"{server.url}/healthz")


def _is_told_before_the_end(server: Server) -> bool:
    """Ask on one line while the server ends; False when a pause of our own was too long to tell anything."""
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=60)
    last, answered = False, time.monotonic()  # when that was asked which was answered last
    while not last:
        asked = time.monotonic()
        try:
            line.request("GET", "/healthz")
            answer = line.getresponse()
        except (ConnectionError, http.client.HTTPException):
            assert time.monotonic() - answered > LEAVING_SECONDS  # sooner it may hang up on nobody
            server.process.wait(timeout=60)
            return False
        assert (answer.status, answer.read()) == (200, b"ok\n")
        last, answered = answer.headers.get("Connection") == "close", asked
        server.process.terminate()
    assert server.process.wait(timeout=60) in {0, -signal.SIGTERM}
    return True


@pytest.mark.parametrize("processes", ["1", "2"])
def test_who_asks_again_and_again_while_it_stops_is_answered_until_told_that_it_was_the_last_time(tmp_path, processes):
    """A request that a proxy sends into a connection that is just cut off is lost: it may have counted already."""
    with running(tmp_path, PROCESSES=processes) as server:
        while not _is_told_before_the_end(server):
            server.start()  # this machine let us wait for longer than the server does
