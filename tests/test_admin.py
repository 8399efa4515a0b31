"""The admin: a second factor, filters, lists that count no further than they must, files. SECURITY 17; ASVS 1.2.10."""

import csv
import io
import json

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from credentials.admin import AuditEventAdmin
from credentials.admin_lists import MOST_COUNTED
from credentials.exports import cell
from credentials.models import AuditEvent, User
from credentials.vault import credentials as vault
from credentials.vault import secrets
from tests.conftest import LOGIN, PASSWORD

EVENTS = "admin:credentials_auditevent_changelist"


@pytest.fixture
def root(db, sign_in) -> Client:
    return sign_in(User.objects.create_user("root@example.org", PASSWORD, is_staff=True, is_superuser=True))


def test_a_superuser_without_a_second_factor_reaches_only_the_page_that_sets_one_up(db):
    client = Client()
    client.force_login(User.objects.create_user("root@example.org", PASSWORD, is_staff=True, is_superuser=True))
    for where in ("/admin/", "/admin/login/", reverse(EVENTS), reverse(EVENTS) + "export/csv/", "/admin/nowhere/"):
        answer = client.get(where)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index")), where
        assert "<form" not in answer.content.decode()


def test_there_is_no_other_sign_in_form(db):
    answer = Client().get("/admin/login/")
    assert answer.headers["Location"].startswith(reverse("account_login"))
    posted = Client().post("/admin/login/", {"username": "root@example.org", "password": PASSWORD})
    assert posted.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("query", "count"), [
    ("", 4), ("outcome=refused", 1), ("action=credential.code", 2), ("door=web", 4), ("door=mcp", 0),
    ("actor_kind=person", 4), ("q=bob@example.org", 2), ("q=bob", 0), ("at__gte=2000-01-01+00:00:00%2B00:00", 4),
    ("at__gte=2999-01-01+00:00:00%2B00:00", 0),
    ("action=credential.code&outcome=done&q=bob@example.org", 2),
])  # fmt: skip
def test_events_are_filtered_and_searched(blue, login, root, query, count):
    for _ in range(2):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    with pytest.raises(Exception, match="role"):
        secrets.show_seed(blue.caller("auditor"), credential_id=login.id)
    page = root.get(f"{reverse(EVENTS)}?{query}")
    assert page.status_code == 200
    assert page.context["cl"].result_count == count


def test_whatever_events_are_filtered_by_has_an_index_by_time():
    """Of a million events the rarest are found at once; tests/test_audit.py: the rare and the common alike."""
    offered = {each.parameter_name for each in AuditEventAdmin.list_filter if hasattr(each, "parameter_name")}
    assert offered == {"outcome", "action", "door", "actor_kind"}
    indexed = {tuple(column.name for column in index.expressions) for index in AuditEvent._meta.indexes}
    assert {(column, "at") for column in offered} | {("at",)} <= indexed


def test_one_teams_events_come_in_the_order_of_its_chain(blue, red, login, root):
    for house, many in ((blue, 1), (red, 0)):
        page = root.get(f"{reverse(EVENTS)}?team__id__exact={house.team.id}")
        assert page.context["cl"].result_count == many
        assert page.context["cl"].queryset.query.order_by[0] == "-seq"


def test_a_list_counts_no_further_than_it_must(blue, root, django_assert_max_num_queries):
    AuditEvent.objects.bulk_create(
        AuditEvent(team=blue.team, seq=n, at=blue.team.created_at, action="credential.see", hash="", previous_hash="")
        for n in range(1, MOST_COUNTED + 51)
    )
    with django_assert_max_num_queries(12):
        page = root.get(reverse(EVENTS))
    assert page.context["cl"].result_count == MOST_COUNTED
    assert f"{MOST_COUNTED} or more" in page.content.decode()
    assert "COUNT(" not in str([query["sql"] for query in _queries(root)])


def _queries(root: Client) -> list[dict]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        root.get(reverse(EVENTS))
    return [query for query in seen.captured_queries if "auditevent" in query["sql"]]


def taken(root: Client, form: str, query: str = "") -> str:
    answer = root.get(f"{reverse(EVENTS)}export/{form}/?{query}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="auditevent.{form}"'
    return answer.getvalue().decode()


def test_what_is_filtered_is_taken_along_and_taking_it_is_an_event(blue, login, root):
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    rows = list(csv.DictReader(io.StringIO(taken(root, "csv", "action=credential.code"))))
    assert [(row["actor_label"], row["action"]) for row in rows] == [("bob@example.org", "credential.code")]
    lines = [json.loads(line) for line in taken(root, "jsonl").splitlines()]
    assert {line["action"] for line in lines} == {"credential.add", "credential.code", "account.admin_export"}
    event = AuditEvent.objects.filter(team=None).latest("seq")
    assert (event.action, event.actor_label, event.target_label) == (
        "account.admin_export", "root@example.org", "auditevent",
    )  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(blue, root, start):
    """SECURITY 17."""
    assert cell(f"{start}1+1") == f"'{start}1+1"
    name = f"{start}cmd|' /C calc'!A0".strip()  # control characters are refused long before
    vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": name})
    text = root.get(reverse("admin:credentials_credential_export", args=["csv"])).getvalue().decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert name in {cell.removeprefix("'") for cell in cells}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_every_list_is_taken_along_without_a_secret(blue, login, root, model):
    name = f"admin:credentials_{model._meta.model_name}_export"
    for form in ("csv", "jsonl"):
        text = root.get(reverse(name, args=[form])).getvalue().decode()
        for secret in (LOGIN["values"]["password"], LOGIN["totp_secret"], "gAAAA"):
            assert secret not in text
    assert root.get(reverse(name, args=["xls"])).status_code == 404
    assert root.post(reverse(name, args=["csv"])).status_code == 404


def test_staff_without_the_right_take_nothing_along(db, sign_in):
    sam = sign_in(User.objects.create_user("sam@example.org", PASSWORD, is_staff=True))
    assert sam.get(reverse(EVENTS) + "export/csv/").status_code == 403


@pytest.mark.parametrize("query", ["at__gte=x", "p=x", "p=99999999999999999999", "o=9.9", "team__id__exact=%00", "e=1"])
def test_odd_filters_are_no_failure(root, query):
    for where in (reverse(EVENTS), reverse(EVENTS) + "export/csv/"):
        assert root.get(f"{where}?{query}").status_code < 500
