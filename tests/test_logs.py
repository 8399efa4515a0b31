"""What a log line may say about an error: its kind and place; the text only of errors about the server itself."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, OperationalError

from config.logs import JsonLines, KindAndPlace, NoSecrets, request_id

TYPED = "typed-secret-4kq"


def logged(problem: BaseException) -> str:
    try:
        raise problem
    except type(problem):
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "It failed.", (), sys.exc_info())
    return KindAndPlace("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize("kind", [ValueError, KeyError, IntegrityError, RuntimeError])
def test_an_error_is_named_and_placed_but_not_quoted(kind):
    line = logged(kind(f"cannot read {TYPED}"))
    assert line.startswith("ERROR It failed.\n")
    assert f".{kind.__name__}" in line
    assert "in logged" in line
    assert TYPED not in line


def test_the_whole_chain_is_named_and_none_of_it_quoted():
    def fail():
        try:
            int(TYPED)
        except ValueError as cause:
            raise KeyError(TYPED) from cause

    try:
        fail()
    except KeyError as problem:
        line = logged(problem)
    assert line.index("builtins.ValueError") < line.index("which led to") < line.index("builtins.KeyError")
    assert TYPED not in line


def test_what_the_database_says_about_itself_is_kept():
    assert "OperationalError: no such table: credentials_team" in logged(
        OperationalError("no such table: credentials_team")
    )


# JSON Lines


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("a.logger", logging.WARNING, "", 0, message, args, None)
    made.__dict__.update(extra)
    return made


def test_a_line_is_one_json_object_with_its_requests_id_and_nothing_that_was_added():
    mark = request_id.set("r-77")
    line = JsonLines().format(record("%s is odd\nand long", "this", password="hunter2"))
    request_id.reset(mark)
    found = json.loads(line)
    assert "\n" not in line
    assert (found["level"], found["logger"], found["message"]) == ("WARNING", "a.logger", "this is odd\nand long")
    assert found["request_id"] == "r-77"
    assert "hunter2" not in line


def test_every_line_within_a_request_bears_the_id_of_its_answer(client, db):
    seen = []

    class Keep(logging.Handler):
        def emit(self, made: logging.LogRecord) -> None:
            seen.append(json.loads(JsonLines().format(made)))

    handler = Keep()
    logging.getLogger("django.request").addHandler(handler)
    answer = client.get("/nowhere/")
    logging.getLogger("django.request").removeHandler(handler)
    assert [line["request_id"] for line in seen] == [answer.headers["X-Request-Id"]]
    assert request_id.get() == ""


@pytest.mark.parametrize("message", [
    "password=hunter2", 'got {"password": "hunter2", "x": 1}', "new_password: 'hunter2'", "totp_secret=hunter2&x=1",
    "Cookie: hunter2", "Authorization: Bearer hunter2", "otpauth://totp/x?secret=hunter2", "sr_abcd1234_hunter2",
    "API-Key=hunter2", "sessionid=hunter2;", "code=hunter2", "opened gAAAAhunter2==",
])  # fmt: skip
def test_what_a_secret_bearing_name_stands_before_is_taken_out(message):
    made = record("it said %s", message)
    assert NoSecrets().filter(made)
    assert "hunter2" not in JsonLines().format(made)
    assert "it said" in made.getMessage()


def test_other_messages_stay_as_they_are():
    made = record("%s answered %s in %d ms", "db", "ok", 5)
    NoSecrets().filter(made)
    assert made.getMessage() == "db answered ok in 5 ms"
