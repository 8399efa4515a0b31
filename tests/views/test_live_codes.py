"""The live inbox on the real server: who looks at it is told of what comes and of what becomes of it, by any process.

One process on SQLite, two when the tests run on PostgreSQL.
"""

import asyncio
import re
from types import SimpleNamespace

import httpx
import pytest

from tests import loops
from tests.server import database, running

pytestmark = pytest.mark.server

OWNER, PASSWORD = "alice@example.org", "correct horse 9 battery"
LIVE = "/t/blue/codes/live/"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server; `key` reads and writes codes, `cookies` are those of Alice's browser."""
    with database() as settings:
        processes = {"PROCESSES": "2"} if settings else {}
        with running(tmp_path_factory.mktemp("live"), **settings, **processes) as server:
            key = server.manage_all(
                ["createteam", "Blue", "--owner", OWNER, "--password-stdin"],
                ["createapikey", "--team", "blue", "--name", "agent", "--scopes", "codes:read,codes:write"],
                stdin=PASSWORD,
            )[-1]
            with httpx.Client(base_url=server.url, headers={"origin": server.url}, follow_redirects=True) as browser:
                form = browser.get("/accounts/login/").text
                token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
                given = {"csrfmiddlewaretoken": token, "login": OWNER, "password": PASSWORD}
                assert "Blue" in browser.post("/accounts/login/", data=given).text
                yield SimpleNamespace(server=server, key=key, cookies=dict(browser.cookies))


@pytest.fixture
def clients(house):
    """A browser that is signed in, and an agent; each request on a connection of its own, so any process may answer."""
    limits = httpx.Limits(max_keepalive_connections=0)
    common = {"base_url": house.server.url, "timeout": 40, "limits": limits}
    return (
        lambda: httpx.AsyncClient(**common, cookies=house.cookies),
        lambda: httpx.AsyncClient(**common, headers={"x-api-key": house.key}),
    )


async def state(browser: httpx.AsyncClient) -> str:
    return re.search(r'data-seen="(\w+)"', (await browser.get(LIVE)).text)[1]


async def told(browser: httpx.AsyncClient, doing) -> str:
    """What a page that waits is told once something is done."""
    waits = asyncio.create_task(browser.get(LIVE, params={"seen": await state(browser)}))
    await asyncio.sleep(0.7)
    assert not waits.done()
    answer = await doing
    assert answer.is_success
    return (await asyncio.wait_for(waits, 15)).text


def test_a_page_that_waits_is_told_of_codes_and_of_claims(clients):
    async def story():
        async with clients[0]() as browser, clients[1]() as agent:
            where, whom = "/v1/credentials/totp", {"totp_identifier": "me@example.com"}
            text = await told(browser, agent.post(where, json={**whom, "content": "Your code is 314159"}))
            assert text.count("data-received ") == 1
            assert "314159" not in text
            text = await told(browser, agent.post(where, json={**whom, "content": "Nothing can be found in here."}))
            assert "no code found" in text
            text = await told(browser, agent.post(f"{where}/claim", json={**whom, "workflow_run_id": "wr_7"}))
            assert "claimed</span> by agent" in text
            assert "for run wr_7" in text

    loops.run(story())


def test_many_pages_wait_without_a_thread_each_and_all_are_told(clients):
    async def story():
        async with clients[0]() as browser, clients[1]() as agent:
            seen = await state(browser)
            waits = [asyncio.create_task(browser.get(LIVE, params={"seen": seen})) for _ in range(40)]
            await asyncio.sleep(1)
            assert (await browser.get("/healthz")).text == "ok\n"  # four threads, forty pages
            assert not any(wait.done() for wait in waits)
            sent = {"totp_identifier": "many@example.com", "content": "Your code is 271828"}
            await agent.post("/v1/credentials/totp", json=sent)
            answers = await asyncio.wait_for(asyncio.gather(*waits), 30)
            assert {answer.status_code for answer in answers} == {200}
            assert all("many@example.com" in answer.text for answer in answers)

    loops.run(story())


def test_a_session_that_is_gone_is_sent_to_the_sign_in(clients, house):
    async def story():
        async with httpx.AsyncClient(base_url=house.server.url) as stranger:
            answer = await stranger.get(LIVE, params={"seen": "x"})
            assert (answer.status_code, answer.headers["location"][:16]) == (302, "/accounts/login/")

    loops.run(story())
