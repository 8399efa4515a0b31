"""Limits on the wire: two processes, a restart, on the database that the tests run on; and how each door says it."""

import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from credentials.vault import keys, limits
from tests.server import Server, database, running

MOST = 100


@pytest.fixture
def settings_of_database():
    with database() as found:
        yield found


def ask(server: Server, key: str) -> int:
    request = urllib.request.Request(f"{server.url}/kernel/credentials", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        assert (error.code == 429) is ("Retry-After" in error.headers)
        return error.code


def minute() -> int:
    return int(time.time()) // 60


@pytest.mark.server
def test_two_processes_and_a_restart_share_one_limit(tmp_path, settings_of_database):
    """A minute may end while this runs: each minute gives the whole limit once more, and no other thing does."""
    with running(
        tmp_path, PROCESSES="2", REQUESTS_PER_MINUTE=str(MOST), BAD_KEYS_PER_MINUTE="20", **settings_of_database
    ) as server:
        _, key = server.manage_all(
            ["createteam", "Blue", "--owner", "alice@example.org"],
            ["createapikey", "--team", "blue", "--name", "a", "--scopes", "credentials:read"],
        )
        first = minute()
        with ThreadPoolExecutor(8) as threads:
            good = Counter(threads.map(lambda _: ask(server, key), range(260)))
            bad = Counter(threads.map(lambda _: ask(server, "sr_unknown_"), range(60)))
        server.stop()
        server.start()
        with ThreadPoolExecutor(8) as threads:
            good += Counter(threads.map(lambda _: ask(server, key), range(60)))
        windows = minute() - first + 1
    assert good[200] + good[429] == 260 + 60
    assert MOST - 2 * 2 <= good[200] <= MOST * windows  # each of four leases may have gone with its process
    assert bad[401] + bad[429] == 60
    assert bad[401] <= 20 * windows


@pytest.fixture
def key(blue) -> str:
    return keys.create_api_key(blue.caller("owner"), name="a", scopes=["credentials:read"])[1]


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_each_door_for_agents_says_it_in_its_own_words(client, key, settings, monkeypatch, kind):
    monkeypatch.setattr(limits, "now", lambda: datetime(2026, 5, 4, 12, 0, 20, tzinfo=UTC))
    settings.REQUESTS_PER_MINUTE = settings.BAD_KEYS_PER_MINUTE = 1
    headers = {"authorization": f"Bearer {key if kind == 'good' else 'sr_unknown_'}"}
    client.get("/kernel/credentials", headers=headers)
    kernel = client.get("/kernel/credentials", headers=headers)
    mcp = client.post("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"}, "application/json", headers=headers)
    skyvern = client.get("/v1/credentials", headers=headers)
    for answer in (kernel, mcp, skyvern):
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "40"
    assert set(kernel.json()) == {"code", "message"}
    assert kernel.json()["code"] == "throttled"
    assert mcp.json()["error"]["message"] == skyvern.json()["detail"] == kernel.json()["message"]
