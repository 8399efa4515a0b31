"""Skyvern's official client (1.0.56) hands in codes, sync and async, at the real server; an agent claims them."""

import json
import subprocess
import urllib.request
from types import SimpleNamespace

import pytest

from tests.clients.test_skyvern_sdk import BIN, HERE
from tests.server import running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]

FIELDS = {
    "totp_identifier", "task_id", "workflow_id", "workflow_run_id", "source", "content", "expired_at", "type",
    "totp_code_id", "code", "organization_id", "created_at", "modified_at", "otp_type",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server, a key that forwards, a key that claims, and the client's process."""
    with running(tmp_path_factory.mktemp("codes")) as server:
        given = {"forwarder": "codes:write", "agent": "codes:read"}
        _, *told = server.manage_all(
            ["createteam", "Blue", "--owner", "blue@example.org"],
            *(["createapikey", "--team", "blue", "--name", name, "--scopes", scopes] for name, scopes in given.items()),
        )
        keys = dict(zip(given, told, strict=True))
        with subprocess.Popen(
            [BIN / "python", "calls.py"], cwd=HERE, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={"HOME": str(tmp_path_factory.mktemp("home"))},
        ) as child:  # fmt: skip
            yield SimpleNamespace(server=server, keys=keys, child=child)
            child.stdin.close()


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def send(house, request):
    """send(key="forwarder", **args) -> what the client makes of the answer."""

    def ask(*, key: str = "forwarder", **args) -> dict:
        call = {
            "client": {"api_key": house.keys.get(key, key), "base_url": house.server.url}, "method": "send_totp_code",
            "args": args, "is_async": request.param,
        }  # fmt: skip
        house.child.stdin.write(json.dumps(call) + "\n")
        house.child.stdin.flush()
        told = json.loads(house.child.stdout.readline())
        house.seen = told["seen"][-1]  # as it came over the wire
        return told.get("answer", told)

    return ask


def claim(house, **wanted) -> dict | None:
    request = urllib.request.Request(
        f"{house.server.url}/v1/credentials/totp/claim", json.dumps(wanted).encode(),
        {"x-api-key": house.keys["agent"], "content-type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def test_what_the_client_sends_an_agent_claims(house, send):
    sent = send(
        totp_identifier="John.Doe@Example.com", content="Hello, your verification code is 482913", source="email",
        workflow_run_id="wr_1", workflow_id="wpid_1", task_id="tsk_1", expired_at="2031-01-01T02:00:00+02:00",
        type="totp",
    )  # fmt: skip
    assert set(sent) == FIELDS
    assert (sent["totp_identifier"], sent["code"], sent["otp_type"], sent["type"]) == (
        "john.doe@example.com", "482913", "totp", None,
    )  # fmt: skip
    # Without a zone, so that the client hands out naive datetimes; it writes them with one.
    assert '"expired_at": "2031-01-01T00:00:00"' in house.seen
    assert sent["expired_at"] == "2031-01-01T00:00:00Z"
    found = claim(house, totp_identifier="john.doe@example.com", workflow_run_id="wr_1", task_id="tsk_1")
    assert found["totp_code_id"] == sent["totp_code_id"]
    assert claim(house, totp_identifier="john.doe@example.com", workflow_run_id="wr_1", task_id="tsk_1") is None


@pytest.mark.parametrize(
    ("content", "code", "otp_type"),
    [
        ("123456", "123456", "totp"),
        ("https://a.example/magic?token=abc", "https://a.example/magic?token=abc", "magic_link"),
        ("hello there, nothing here", "", None),
        ("", "", "totp"),
    ],
)
def test_the_client_reads_every_kind_of_answer(send, content, code, otp_type):
    sent = send(totp_identifier="+14155550123", content=content)
    assert (sent["code"], sent["content"], sent["otp_type"]) == (code, content, otp_type)
    assert set(sent) == FIELDS | ({"status"} if otp_type is None else set())


@pytest.mark.parametrize(
    ("args", "error", "status"),
    [
        ({"content": "x" * 65_537}, "ApiError", 400),
        ({"content": "1", "type": "sms"}, "UnprocessableEntityError", 422),
        ({"content": "1", "source": "x" * 101}, "UnprocessableEntityError", 422),
        ({"content": "1", "key": "agent"}, "ApiError", 403),
        ({"content": "1", "key": "nonsense"}, "ApiError", 403),
    ],
)
def test_the_client_raises_what_it_raises_there(send, args, error, status):
    told = send(totp_identifier="u", **args)
    assert (told["error"], told["status"]) == (error, status)
