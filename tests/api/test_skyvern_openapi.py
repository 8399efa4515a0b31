"""Whatever the description allows, and what it does not, is sent: every answer is one that the description has.

The same examples every time. What the statuses mean is tested elsewhere.
"""

import copy
import json
import re

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from credentials.access import Scope
from credentials.api import skyvern_docs
from credentials.vault import credentials as vault
from credentials.vault import folders, keys
from tests.conftest import LOGIN

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# The older addresses lead to the same functions.
described = schemathesis.openapi.from_dict(copy.deepcopy(skyvern_docs.description())).include(path_regex="^/v1/")
described.app = WSGIHandler()


@pytest.fixture
def one_connection():
    """The database's stays open between requests, as Django's own test client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(blue, one_connection):
    """A key, and what an id in a path can be."""
    mia = blue.caller("manager")
    scopes = [str(scope) for scope in Scope if scope != Scope.VALUES_RELEASE]
    return {
        "headers": {"x-api-key": keys.create_api_key(blue.caller("owner"), name="agent", scopes=scopes)[1]},
        "credential_id": vault.add_credential(mia, **LOGIN).id,
        "folder_id": folders.add_folder(mia, title="Finance").id,
    }


# Not by schemathesis's own parametrize: all of that bear one name, and of one name a worker runs one.
@pytest.mark.parametrize("operation", [found.ok() for found in described.get_all_operations()], ids=lambda it: it.label)
def test_every_answer_is_described(operation, known):
    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def every_answer_is_described(case):
        for name in case.path_parameters:
            if len(str(case.path_parameters[name])) % 2:  # every other time there is such a thing
                case.path_parameters[name] = known[name]
        response = case.call(headers=known["headers"])
        case.validate_response(response, checks=CHECKS)

    every_answer_is_described()


def test_the_description_is_for_people_who_are_signed_in(blue, known, sign_in):
    """No key opens it."""
    for client in (Client(), Client(headers=known["headers"])):
        page, document = client.get("/v1/docs"), client.get("/v1/openapi.json")
        assert (page.status_code, page.headers["Location"]) == (302, "/accounts/login/?next=/v1/docs")
        assert (document.status_code, document.json()) == (404, {"detail": "Not Found"})
    for role in blue.people:
        client = sign_in(blue.people[role], stale=True)
        assert client.get("/v1/openapi.json").json() == json.loads(json.dumps(skyvern_docs.description()))
        assert client.get("/v1/docs").status_code == 200


def test_the_page_shows_every_operation_without_anything_inline_or_foreign(blue, sign_in):
    answer = sign_in(blue.people["auditor"]).get("/v1/docs")
    page = answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\son\w+=|\sstyle=|(src|href)=\"(https?:)?//|<script(?![^>]*\ssrc=)", page)
    for path, operations in skyvern_docs.description()["paths"].items():
        assert page.count(f"<code>{path}</code>") == len(operations)
    for shape in skyvern_docs.description()["components"]["schemas"]:
        assert f"<code>{shape}</code>" in page


def test_every_operation_says_who_may_and_has_a_name_of_its_own():
    operations = [one for path in skyvern_docs.description()["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) > 20
    for one in operations:
        assert one["security"] == [{"ApiKey": []}, {"Bearer": []}]
        assert {400, 403, 422, 429, 500, 503} <= one["responses"].keys()
