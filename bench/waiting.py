"""Waiting for a code: what an idle waiter costs, and how soon it is woken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bench.figures import Figure, percentile
from bench.processes import Usage
from bench.web import Line, Reply
from tests.server import Server

WAITERS = 500
IDLE_SECONDS = 10
TOTP, CLAIM = "/v1/credentials/totp", "/v1/credentials/totp/claim"


def measure(server: Server, key: str) -> list[Figure]:
    return asyncio.run(_measure(server, key))


async def _measure(server: Server, key: str) -> list[Figure]:
    async with _waiting(server, key, "warm", 100) as warm, Line(server.url, key) as sender:
        await _wake(sender, warm)
        alone = [await _send(sender, f"nobody-{number}@example.com", "654321") for number in range(WAITERS)]
    before = Usage(server.process.pid)
    async with _waiting(server, key, "run", WAITERS) as waiters, Line(server.url, key) as sender:
        idle = Usage(server.process.pid)
        await asyncio.sleep(IDLE_SECONDS)
        after = Usage(server.process.pid)
        delays = await _wake(sender, waiters)
    return [
        Figure("waiters", WAITERS, ""),
        Figure("memory of one waiter", (idle.memory - before.memory) / WAITERS / 1024, "KiB"),
        Figure("threads more than without", idle.threads - before.threads, ""),
        Figure("processor while idle", 100 * (after.cpu - idle.cpu) / IDLE_SECONDS, "%"),
        Figure("sending a code alone, half", 1000 * percentile(alone, 0.5), "ms"),
        Figure("sending a code alone, 99 of 100", 1000 * percentile(alone, 0.99), "ms"),
        Figure("from sending to waking, half", 1000 * percentile(delays, 0.5), "ms"),
        Figure("from sending to waking, 99 of 100", 1000 * percentile(delays, 0.99), "ms"),
    ]


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
