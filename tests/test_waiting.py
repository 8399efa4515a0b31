"""Who waits for a code: held by the loop alone, woken by what concerns them, never looked for when gone.

The hub and its answers, with an application of a few lines in Django's place. With the real server, over several
processes: tests/test_claims.py.
"""

import asyncio
from contextlib import suppress

import pytest

from config import waiting
from config.waiting import Hub, answered
from credentials.vault.wakeups import ANY, is_another_look, topic, topics
from tests import loops

HEADER = (b"x-strongroom-wait", b"30 team a b")


class Web:
    """A client, and an application that answers what `next_answers` says."""

    def __init__(self, *next_answers: tuple[tuple[bytes, bytes] | None, bytes]) -> None:
        self.answers, self.looks = list(next_answers), 0
        self.sent: list[dict] = []
        self.hung_up = asyncio.Event()
        self.looked = asyncio.Event()
        self.while_looking = lambda: None
        self.counted = 0

    async def look(self, send) -> None:
        self.looks += 1
        self.counted += not is_another_look.get()
        header, body = self.answers.pop(0)
        headers = [(b"x-other", b"1"), *([header] if header else [])]
        self.while_looking()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self.looked.set()

    async def receive(self) -> dict:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    async def come(self, hub: Hub) -> asyncio.Task:
        """Ask, and be waiting, or answered already."""
        task = asyncio.create_task(answered(self.look, self.receive, self.send, hub))
        await self.looked.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        return task


@pytest.fixture
def play(monkeypatch, settings):
    """play(story) runs it in a loop with a hub that hears only what the story announces."""

    async def nothing(hub: Hub) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(waiting, "hear", nothing)

    def run(story) -> None:
        async def act() -> None:
            hub = Hub()
            async with asyncio.timeout(10):
                await story(hub)
            assert hub.waiting == 0
            assert not hub._waiters
            if hub._ear:
                hub._ear.cancel()
                with suppress(asyncio.CancelledError):
                    await hub._ear

        loops.run(act())

    return run


def test_an_answer_that_does_not_wait_passes_through(play):
    async def story(hub):
        web = Web((None, b"here"))
        await (await web.come(hub))
        assert (web.body, web.looks, hub._ear) == (b"here", 1, None)

    play(story)


@pytest.mark.parametrize("value", [b"", b"0 a", b"soon a", b"-1 a", b"1e9 a", "٣ a".encode(), b"\xff"])
def test_the_header_never_leaves_even_when_it_says_nothing(play, value):
    async def story(hub):
        web = Web(((b"x-strongroom-wait", value), b"[]"))
        await (await web.come(hub))
        assert web.headers == {b"x-other": b"1"}

    play(story)


def test_a_waiter_is_woken_by_its_topic_and_by_no_other(play):
    async def story(hub):
        web = Web((HEADER, b"[]"), (HEADER, b"[]"), (None, b"code"))
        task = await web.come(hub)
        hub.announce(["c"])
        await asyncio.sleep(0.01)
        assert (web.looks, web.sent) == (1, [])
        hub.announce(["x", "b"])
        await asyncio.sleep(0.01)
        assert (web.looks, web.sent) == (2, [])  # somebody else was faster
        hub.announce(["a"])
        await task
        assert (web.body, web.headers) == (b"code", {b"x-other": b"1"})
        assert (web.looks, web.counted) == (3, 1)  # looked at thrice, and one request all the same

    play(story)


@pytest.mark.parametrize("announced", [["a"], None])
def test_what_is_announced_during_the_look_is_not_missed(play, announced):
    async def story(hub):
        web = Web((HEADER, b"[]"), (None, b"code"))
        web.while_looking = lambda: hub.announce(announced)
        await (await web.come(hub))
        assert (web.body, web.looks) == (b"code", 2)

    play(story)


def test_what_concerns_others_during_the_look_costs_nothing(play):
    async def story(hub):
        web = Web((HEADER, b"[]"), (None, b"code"))
        web.while_looking = lambda: [hub.announce(["c"]) for _ in range(waiting.MOST_REMEMBERED)]
        task = await web.come(hub)
        assert web.looks == 1
        hub.announce(["a"])
        await task

    play(story)


def test_after_more_announcements_than_anybody_remembers_one_looks_again(play):
    async def story(hub):
        web = Web((HEADER, b"[]"), (None, b"code"))
        web.while_looking = lambda: [hub.announce(["c"]) for _ in range(waiting.MOST_REMEMBERED + 1)]
        await (await web.come(hub))
        assert web.looks == 2

    play(story)


def test_when_the_time_is_over_there_is_one_last_look(play):
    async def story(hub):
        soon = (HEADER[0], b"1 team a")
        web, other = Web((soon, b"[]"), (soon, b"last")), Web((soon, b"[]"), (None, b"code"))
        await asyncio.gather(await web.come(hub), await other.come(hub))
        assert (web.body, web.looks, web.headers) == (b"last", 2, {b"x-other": b"1"})
        assert (other.body, other.looks) == (b"code", 2)

    play(story)


def test_nobody_looks_for_a_client_that_is_gone(play):
    async def story(hub):
        web = Web((HEADER, b"[]"))
        task = await web.come(hub)
        web.hung_up.set()
        await asyncio.sleep(0)
        hub.announce(["a"])
        await task
        assert web.looks == 1

    play(story)


def test_when_the_server_stops_everybody_goes_with_their_empty_answer(play):
    async def story(hub):
        first, late = Web((HEADER, b"[]")), Web((HEADER, b"[]"))
        task = await first.come(hub)
        hub.close()
        await task
        await (await late.come(hub))
        assert [(web.body, web.looks) for web in (first, late)] == [(b"[]", 1)] * 2

    play(story)


def test_one_too_many_is_told_to_come_back(play, settings):
    settings.MOST_WAITERS = 1

    async def story(hub):
        first, second, third = Web((HEADER, b"[]"), (None, b"code")), Web((HEADER, b"[]")), Web((None, b"here"))
        task = await first.come(hub)
        await (await second.come(hub))
        await (await third.come(hub))
        assert second.sent[0]["status"] == 503
        assert {b"retry-after": b"1", b"x-other": b"1"}.items() <= second.headers.items()
        assert HEADER[0] not in second.headers
        assert b"too_many_waiting" in second.body
        assert third.body == b"here"
        hub.announce(["a"])
        await task
        assert first.body == b"code"

    play(story)


def test_one_team_leaves_places_for_the_others(play, settings):
    settings.MOST_WAITERS = 4

    async def story(hub):
        many = [Web((HEADER, b"[]"), (None, b"code")) for _ in range(4)]
        other = Web(((HEADER[0], b"30 other a"), b"[]"), (None, b"code"))
        tasks = [await web.come(hub) for web in [*many, other]]
        assert [web.sent[0]["status"] if web.sent else 0 for web in [*many, other]] == [0, 0, 0, 503, 0]
        hub.announce(["a"])
        await asyncio.gather(*tasks)
        assert other.body == b"code"
        assert hub.waiting == 0

    play(story)


class Slow(Web):
    """The second look takes a moment."""

    at_once = most = 0

    async def look(self, send) -> None:
        if self.looks:
            Slow.at_once += 1
            Slow.most = max(Slow.most, Slow.at_once)
            await asyncio.sleep(0.01)
            Slow.at_once -= 1
        await super().look(send)


def test_who_was_woken_leaves_a_thread_for_who_comes_anew(play, settings):
    settings.THREADS = 3

    async def story(hub):
        webs = [Slow((HEADER, b"[]"), (None, b"code")) for _ in range(10)]
        tasks = [await web.come(hub) for web in webs]
        hub.announce(["a"])
        await asyncio.gather(*tasks)
        assert Slow.most == 2
        assert {web.body for web in webs} == {b"code"}

    play(story)


def test_a_topic_tells_nobody_what_it_is_about():
    assert topic("team_1", "me@example.com") != topic("team_2", "me@example.com") != topic("team_1", ANY)
    assert topics("team_1", ["x\ud800", "x"])[0] != topic("team_1", "x")
    assert len(topic("team_1", "x" * 500)) == 32
    assert "me@" not in topic("team_1", "me@example.com")
