"""Several processes, one database: each code is handed out once, who waits is woken, a process may die at any time.

Two real servers of one and three processes on SQLite, and on PostgreSQL when the tests run there.
"""

import asyncio
import os
import re
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from types import SimpleNamespace

import httpx
import psycopg
import pytest

from tests import loops
from tests.server import Server, database, free_port, scratch

pytestmark = pytest.mark.server

TOTP, CLAIM = "/v1/credentials/totp", "/v1/credentials/totp/claim"
NUMBERS = iter(range(100_000, 999_999))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """`one` and `three` serve one database; `keys` are two keys of the blue team."""
    with database() as settings:
        one = scratch(tmp_path_factory.mktemp("claims"), PROCESSES="1", **settings)
        port = str(free_port())
        three = replace(one, url=f"http://127.0.0.1:{port}", env={**one.env, "PORT": port, "PROCESSES": "3"})
        adding = ["createapikey", "--team", "blue", "--scopes", "codes:read,codes:write", "--name"]
        team = ["createteam", "Blue", "--owner", "alice@example.org"]
        _, *keys = one.manage_all(team, [*adding, "agent"], [*adding, "brief"])
        try:
            one.start()
            three.start()
            yield SimpleNamespace(one=one, three=three, keys=keys)
        finally:
            for server in (one, three):
                if server.process and server.process.poll() is None:
                    server.stop()


@pytest.fixture
def ask(house):
    """ask(server) -> an asynchronous client of that server with the first key."""

    def start(server: Server, key: int = 0) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)  # any process may answer
        return httpx.AsyncClient(base_url=server.url, headers={"x-api-key": house.keys[key]}, timeout=40, limits=limits)

    return start


async def send(client: httpx.AsyncClient, identifier: str, **more) -> str:
    code = str(next(NUMBERS))
    answer = await client.post(TOTP, json={"totp_identifier": identifier, "content": code, **more})
    assert answer.status_code == 200, answer.text
    return code


async def claim(client: httpx.AsyncClient, identifier: str, **more) -> str | None:
    answer = await client.post(CLAIM, json={"totp_identifier": identifier, **more})
    assert answer.status_code in {200, 204}, answer.text
    return answer.json()["code"] if answer.status_code == 200 else None


async def waiting(*coroutines) -> list[asyncio.Task]:
    """Those requests, once they wait."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    await asyncio.sleep(0.7)
    assert not any(task.done() for task in tasks)
    return tasks


def rows(house, query: str) -> list[tuple]:
    url = house.one.env["DATABASE_URL"]
    if url.startswith("postgres"):
        with psycopg.connect(url) as line:
            return line.execute(query).fetchall()
    with closing(sqlite3.connect(house.one.database)) as line:
        return line.execute(query).fetchall()


def chains_hold(house) -> bool:
    return house.one.manage("auditverify").returncode == 0


def test_who_waits_at_one_process_is_woken_by_another(house, ask):
    async def story():
        async with ask(house.one) as one, ask(house.three) as three:
            mail, number, listed, all_of_them = await waiting(
                claim(three, "me@example.com", wait=30), claim(one, "+1 415 555 0123", wait=30),
                three.get(TOTP, params={"totp_identifier": "me@example.com", "wait": 30}),
                one.get(TOTP, params={"wait": 30}),
            )  # fmt: skip
            sent = await send(one, "Me@Example.com ")
            assert await mail == sent
            assert [row["code"] for row in (await listed).json()] == [sent]
            assert [row["code"] for row in (await all_of_them).json()] == [sent]
            assert not number.done()
            later = await send(three, "(415) 555-0123")
            assert await number == later

    loops.run(story())


def test_a_command_wakes_who_waits(house, ask):
    async def story():
        async with ask(house.one) as one:
            (task,) = await waiting(claim(one, "pipe@example.com", wait=30))
            words = ("receivecode", "--team", "blue", "--identifier", "pipe@example.com")
            done = await asyncio.to_thread(house.one.manage, *words, stdin="443322")
            assert done.returncode == 0, done.stderr
            assert await task == "443322"

    loops.run(story())


@pytest.mark.skipif(not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite has no connection")
def test_a_code_that_comes_while_nobody_listens_is_not_missed(house, ask):
    """The database ends the connections on which it tells of codes."""
    ears = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"

    async def story():
        async with ask(house.one) as one, ask(house.three) as three:
            tasks = await waiting(claim(one, "deaf@example.com", wait=60), claim(three, "mute@example.com", wait=60))
            while len(rows(house, f"SELECT pid {ears}")) < 2:
                await asyncio.sleep(0.1)
            ended = rows(house, f"SELECT pg_terminate_backend(pid) {ears}")
            sent = [await send(three, "deaf@example.com"), await send(one, "mute@example.com")]
            assert await asyncio.gather(*tasks) == sent
            assert len(ended) >= 2

    loops.run(story())


def test_of_many_who_claim_at_once_each_code_goes_to_one(house, ask):
    """32 codes, 64 claimants at four processes: half of them wait already, half come while the codes do."""
    name = "race@example.com"

    async def story() -> dict[str, str]:
        async with ask(house.one) as one, ask(house.three) as three:
            clients = [one if number % 4 == 0 else three for number in range(64)]

            async def asked(number: int, wait: int) -> tuple[str, str | None]:
                run = f"wr_{number}"
                return run, await claim(clients[number], name, workflow_run_id=run, wait=wait)

            patient = await waiting(*(asked(number, 60) for number in range(32)))
            sent, hasty = await asyncio.gather(
                asyncio.gather(*(send(clients[number], name) for number in range(32))),
                asyncio.gather(*(asked(number, 0) for number in range(32, 64))),
            )
            got = [(run, code) for run, code in hasty if code]
            left = set(patient)
            while len(got) < len(sent):
                done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
                got += [task.result() for task in done]
            assert sorted(code for _, code in got) == sorted(sent)
            assert await claim(one, name) is None
            for task in left:
                task.cancel()
            return dict(got)

    got = loops.run(story())
    claimed = rows(house, "SELECT claimed_workflow_run_id FROM credentials_receivedcode"
                          f" WHERE identifier = '{name}' AND claimed_at IS NOT NULL")  # fmt: skip
    assert sorted(run for (run,) in claimed) == sorted(got)
    events = rows(house, "SELECT target_id FROM credentials_auditevent WHERE action = 'code.claim'"
                         f" AND target_label = '{name}'")  # fmt: skip
    assert len(events) == len(set(events)) == 32
    assert chains_hold(house)


def test_a_code_is_not_claimed_for_who_hung_up(house, ask):
    async def story():
        async with ask(house.one) as one:
            (gone,) = await waiting(claim(one, "gone@example.com", wait=30))
            gone.cancel()  # closes the connection
            await asyncio.sleep(0.2)
            sent = await send(one, "gone@example.com")
            await asyncio.sleep(0.2)
            assert await claim(one, "gone@example.com") == sent

    loops.run(story())


def test_a_key_that_is_revoked_while_it_waits_gets_nothing(house, ask):
    async def story():
        async with ask(house.one) as one, ask(house.one, key=1) as brief:
            (task,) = await waiting(brief.post(CLAIM, json={"totp_identifier": "late@example.com", "wait": 30}))
            words = ("revokeapikey", "--team", "blue", "--name", "brief")
            done = await asyncio.to_thread(house.one.manage, *words)
            assert done.returncode == 0, done.stderr
            sent = await send(one, "late@example.com")
            assert (await task).status_code == 403
            assert await claim(one, "late@example.com") == sent

    loops.run(story())


def test_a_server_that_stops_lets_everybody_go(house, ask):
    async def story():
        async with ask(house.one) as one:  # whose patience is shorter than what it asks for
            claimed, listed = await waiting(
                claim(one, "stop@example.com", wait=60), one.get(TOTP, params={"totp_identifier": "stop@x", "wait": 60})
            )
            house.one.process.send_signal(signal.SIGTERM)
            assert await claimed is None
            assert (await listed).json() == []

    loops.run(story())
    house.one.process.wait(timeout=15)
    house.one.start()


class Hammer(threading.Thread):
    """Claims for one identifier, one after another, until the server is gone."""

    def __init__(self, house, identifier: str, acknowledged: list[str]) -> None:
        super().__init__()
        self.house, self.identifier, self.acknowledged = house, identifier, acknowledged
        self.start()

    def run(self) -> None:
        url, headers = self.house.one.url, {"x-api-key": self.house.keys[0]}
        with httpx.Client(base_url=url, headers=headers, timeout=10) as client, suppress(httpx.HTTPError):
            while True:
                answer = client.post(CLAIM, json={"totp_identifier": self.identifier})
                self.acknowledged.append(answer.json()["code"])


def test_a_process_that_is_killed_loses_no_code_and_hands_none_out_twice(house, ask):
    """What it acknowledged is claimed; what is not claimed can be claimed. Only an answer may have been on its way."""
    name, many = "kill@example.com", 80

    async def fill() -> list[str]:
        async with ask(house.three) as three:
            return [*await asyncio.gather(*(send(three, name) for _ in range(many)))]

    async def rest() -> list[str]:
        async with ask(house.three) as three:
            return [code for code in [await claim(three, name) for _ in range(many)] if code]

    sent, acknowledged = loops.run(fill()), []
    hammers = [Hammer(house, name, acknowledged) for _ in range(8)]
    while len(acknowledged) < 10:
        time.sleep(0.001)
    house.one.process.kill()
    house.one.process.wait()
    for hammer in hammers:
        hammer.join()
    mine = f"FROM credentials_receivedcode WHERE identifier = '{name}'"
    ((unclaimed,),) = rows(house, f"SELECT count(*) {mine} AND claimed_at IS NULL")
    left = loops.run(rest())
    assert 0 < len(left) == unclaimed < many
    assert len({*acknowledged, *left}) == len(acknowledged) + len(left)
    assert {*acknowledged, *left} <= set(sent)
    assert rows(house, f"SELECT count(*) {mine} AND claimed_at IS NULL") == [(0,)]
    events = rows(house, "SELECT target_id FROM credentials_auditevent WHERE action = 'code.claim'"
                         f" AND target_label = '{name}'")  # fmt: skip
    assert len(events) == len(set(events)) == many
    assert chains_hold(house)


def test_no_log_holds_what_was_waited_for(house):
    assert not re.search(r"@example\.com|\b[1-9]\d{5}\b", house.one.log)
