"""Waiting for a code: what an idle waiter costs, how soon it is woken, and how many codes go this way in a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bench.asking import Asking
from bench.figures import Row, percentile
from bench.paths import Shape, floors
from bench.processes import Usage, cpu_of
from bench.run import Bench, Vault
from bench.web import Line, Reply
from tests.server import Server

WAITERS = 500
IDLE_SECONDS = 10
PAIRS = (1, 16, 64)
TOTP, CLAIM = "/v1/credentials/totp", "/v1/credentials/totp/claim"


def waiting(bench: Bench) -> None:
    for engine in bench.engines:
        with bench.serving(engine, [bench.size, *[10] * 99]) as vault:
            asyncio.run(_idle(bench, vault))
            for teams in (1, len(vault.keys)):
                for pairs in PAIRS:
                    shape = Shape(teams, pairs)
                    rates = floors(vault, Asking(vault), shape, bench.seconds / 2)
                    bench.rows.append(asyncio.run(_pairs(bench, vault, shape, rates)))


async def _idle(bench: Bench, vault: Vault) -> None:
    """Hundreds who wait, and are woken one after the other."""
    server, key = vault.server, vault.keys[0]
    async with _waiting(server, key, "warm", 100) as warm, Line(server.url, key) as sender:
        await _wake(sender, warm)
        alone = [await _send(sender, f"nobody-{number}@example.com", "654321") for number in range(WAITERS)]
    before = Usage(vault.pid)
    async with _waiting(server, key, "run", WAITERS) as waiters, Line(server.url, key) as sender:
        idle = Usage(vault.pid)
        await asyncio.sleep(IDLE_SECONDS)
        after = Usage(vault.pid)
        delays = await _wake(sender, waiters)
    for name, value, unit in (
        ("waiters", WAITERS, ""),
        ("memory of one waiter", (idle.memory - before.memory) / WAITERS / 1024, "KiB"),
        ("threads more than without", idle.threads - before.threads, ""),
        ("processor while idle", 100 * (after.cpu - idle.cpu) / IDLE_SECONDS, "%"),
        ("sending a code alone, half", 1000 * percentile(alone, 0.5), "ms"),
        ("sending a code alone, 99 of 100", 1000 * percentile(alone, 0.99), "ms"),
        ("from sending to waking, half", 1000 * percentile(delays, 0.5), "ms"),
        ("from sending to waking, 99 of 100", 1000 * percentile(delays, 0.99), "ms"),
    ):
        bench.tell(vault.engine, name, value, unit)


async def _pairs(bench: Bench, vault: Vault, shape: Shape, floors: list[float]) -> Row:
    """One waits, one sends, at once for many; a time is from sending to waking. A row beside the hot paths, of two
    requests and a pause for each code."""
    teams, pairs = shape.teams, shape.connections
    ends = time.perf_counter() + bench.seconds
    delays: list[float] = []

    async def pair(number: int) -> None:
        key, turn = vault.keys[number % teams], 0
        async with Line(vault.url, key) as waiter, Line(vault.url, key) as sender:
            while time.perf_counter() < ends:
                identifier = f"pair-{teams}-{pairs}-{number}-{turn}@example.com"
                claim = asyncio.create_task(waiter.ask("POST", CLAIM, {"totp_identifier": identifier, "wait": 30}))
                await asyncio.sleep(0.02)
                delays.extend(await _wake(sender, {identifier: claim}))
                turn += 1

    began, cpu, own = time.perf_counter(), (cpu_of(vault.pid), cpu_of(vault.database_pid)), time.process_time()
    await asyncio.gather(*map(pair, range(pairs)))
    seconds, many = time.perf_counter() - began, len(delays)
    return Row(
        vault.engine, sum(vault.sizes), "code wait", teams, pairs, many / seconds,
        1000 * percentile(delays, 0.5), 1000 * percentile(delays, 0.99),
        1000 * (cpu_of(vault.pid) - cpu[0]) / many, 1000 * (cpu_of(vault.database_pid) - cpu[1]) / many,
        (time.process_time() - own) / seconds, many / seconds / floors[0], many / seconds / floors[1],
    )  # fmt: skip


@asynccontextmanager
async def _waiting(server: Server, key: str, name: str, many: int) -> AsyncIterator[dict[str, asyncio.Task[Reply]]]:
    """Waiters for as many identifiers, all of them waiting."""
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(Line(server.url, key)) for _ in range(many)]
        tasks: dict[str, asyncio.Task[Reply]] = {}
        for number, line in enumerate(lines):
            identifier = f"{name}-{number}@example.com"
            claim = line.ask("POST", CLAIM, {"totp_identifier": identifier, "wait": 60})
            tasks[identifier] = asyncio.create_task(claim)
            await asyncio.sleep(0.01)
        await asyncio.sleep(2)  # the last ones have looked
        yield tasks


async def _wake(sender: Line, waiters: dict[str, asyncio.Task[Reply]]) -> list[float]:
    """Send everybody a code, one after another; the seconds until each had it."""
    delays = []
    for number, (identifier, task) in enumerate(waiters.items()):
        code = str(100_000 + number)
        sent_at = asyncio.get_running_loop().time()
        await _send(sender, identifier, code)
        reply = await task
        if reply.status != 200 or reply.body["code"] != code:
            raise RuntimeError(f"waiter {number} was answered {reply.status}")
        delays.append(reply.at - sent_at)
    return delays


async def _send(sender: Line, identifier: str, code: str) -> float:
    """Seconds until it is answered."""
    sent_at = asyncio.get_running_loop().time()
    reply = await sender.ask("POST", TOTP, {"totp_identifier": identifier, "content": code})
    return reply.at - sent_at
