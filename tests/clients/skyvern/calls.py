"""Skyvern's official client in its own environment, driven by test_skyvern_sdk.py: a call a line on stdin, what came
of it a line on stdout, with everything that was received on the way.
"""

import asyncio
import json
import sys
from datetime import datetime

import httpx
import skyvern
from skyvern.client import Skyvern
from skyvern.client import types as shapes


def told(call: dict) -> dict:
    """{"client": how to make it, "is_async", "method", "args"} -> {"answer"} or {"error", "status", "body"}."""
    seen: list[str] = []
    try:
        found = asyncio.run(awaited(call, seen)) if call["is_async"] else direct(call, seen)
    except Exception as problem:
        kind = type(problem).__name__
        return {
            "error": kind, "status": getattr(problem, "status_code", None), "body": plain(getattr(problem, "body", "")),
            "seen": seen,
        }  # fmt: skip
    return {"answer": plain(found), "seen": seen}


def direct(call: dict, seen: list[str]):
    def keep(response: httpx.Response) -> None:
        response.read()
        seen.append(f"{response.status_code} {response.headers} {response.text}")

    with httpx.Client(event_hooks={"response": [keep]}, follow_redirects=True) as http:
        client = Skyvern(httpx_client=http, **call["client"])
        return getattr(client, call["method"])(**arguments(call["args"]))


async def awaited(call: dict, seen: list[str]):
    async def keep(response: httpx.Response) -> None:
        await response.aread()
        seen.append(f"{response.status_code} {response.headers} {response.text}")

    async with httpx.AsyncClient(event_hooks={"response": [keep]}, follow_redirects=True) as http:
        client = skyvern.Skyvern(httpx_client=http, **call["client"])
        return await getattr(client, call["method"])(**arguments(call["args"]))


def arguments(given: dict) -> dict:
    """A credential as the client's own model when it names one; times as times."""
    if "expired_at" in given:
        given = {**given, "expired_at": datetime.fromisoformat(given["expired_at"])}
    credential = given.get("credential", {})
    if "model" not in credential:
        return given
    fields = {name: value for name, value in credential.items() if name != "model"}
    return {**given, "credential": getattr(shapes, credential["model"])(**fields)}


def plain(found):
    if isinstance(found, list):
        return [plain(one) for one in found]
    return found.model_dump(mode="json") if hasattr(found, "model_dump") else found


for line in sys.stdin:
    print(json.dumps(told(json.loads(line))), flush=True)
