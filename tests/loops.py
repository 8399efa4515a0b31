"""Coroutines in tests: `run` takes the place of asyncio.run."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def run(story: Coroutine[object, object, Result]) -> Result:
    """In a thread of its own: once a browser was used, Playwright's loop lives on in the thread of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
