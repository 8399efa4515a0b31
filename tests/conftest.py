"""The cast: Alice owns the blue team, Mia manages it, Bob operates, Ada audits. Charlie owns the red team and is a
stranger to blue.

Everything is real: the database, the vault, the pages. `sign_in` gives a client with a fresh step-up; `stale=True`
an old one.
"""

import gc
import importlib
import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import tests.environment  # noqa: F401  before settings load

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the tests, not in them

import django

django.setup()

import hypothesis
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from credentials.access import Actor, Caller, Door, Role
from credentials.models import Membership, Team, User
from credentials.vault import credentials as vault
from credentials.vault import limits, seals
from credentials.vault.accounts import has_factor
from credentials.vault.clock import new_id

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests are not attacked
settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]  # nothing was collected yet in a fresh clone
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.WHITENOISE_AUTOREFRESH = True  # every Client builds the middleware: it need not list our files each time

# What breaks main must be what was changed. To look further: pytest --hypothesis-profile=default
hypothesis.settings.register_profile("the same examples each time", derandomize=True)
hypothesis.settings.load_profile("the same examples each time")

PASSWORD = "correct horse 9 battery"
SEED = "JBSWY3DPEHPK3PXP"
LOGIN = {
    "name": "example-work-login",
    "type": "password",
    "username": "ops@example.com",
    "domain": "accounts.example.com",
    "values": {"password": "hunter2-but-long"},
    "totp_secret": SEED,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start servers first, then the longer ones, so that no worker idles at the end."""
    tests_of = Counter(item.path for item in items)
    starts = {item.path for item in items if item.get_closest_marker("server")}
    items.sort(key=lambda item: (item.path not in starts, -tests_of[item.path], item.path))
    for item in items:
        asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
        if asks and item.get_closest_marker("same_everywhere"):
            raise pytest.UsageError(f"{item.nodeid} is marked same_everywhere and asks the database")
    if len(items) != len({item.nodeid for item in items}):
        raise pytest.UsageError("Two tests of one name: a worker would run only one of them.")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # ten thousand collected tests, not to be gone through after every module


@pytest.fixture(scope="module", autouse=True)
def litter_is_found_where_it_was_left():
    """What a module leaves open is reported (as an error) here, not in whichever test Python next tidies up."""
    yield
    gc.collect()


@dataclass
class House:
    """One team with one person per role."""

    team: Team
    people: dict[str, User]

    def caller(self, role: str, **changes: object) -> Caller:
        """That person at the web door with a fresh step-up."""
        who = self.people[role]
        caller = Caller(
            Door.WEB, Actor.PERSON, id=str(who.pk), label=who.email, team_id=self.team.id,
            team_name=self.team.name, team_slug=self.team.slug, role=Role(role),
            authenticated_at=datetime.now(UTC), ip="192.0.2.7", user_agent="pytest", request_id="r1",
        )  # fmt: skip
        return replace(caller, **changes)


def build(name: str, people: dict[str, str]) -> House:
    at = datetime.now(UTC)
    team = Team.objects.create(id=new_id("team", at), name=name, slug=name.lower(), created_at=at)
    cast = {role: User.objects.create_user(email, PASSWORD) for role, email in people.items()}
    for role, user in cast.items():
        Membership.objects.create(team=team, user=user, role=role, created_at=at)
    return House(team, cast)


@pytest.fixture(autouse=True)
def a_process_without_leases():
    """What one test leased, the next has not: its rows are gone."""
    limits._held.__init__()


@pytest.fixture(scope="module")
def for_all(django_db_setup, django_db_blocker):
    """for_all(make) -> what it made: rows for every test of the module, none of which sees what another did to them.

    For a module of many tests and no real commits: a transaction stays open around all of them.
    """
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # as Django marks its own: what must be outermost may begin inside
        around.__enter__()

    def call(make):
        with django_db_blocker.unblock():
            return make()

    yield call
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def build_blue() -> House:
    return build(
        "Blue",
        {
            "owner": "alice@example.org",
            "manager": "mia@example.org",
            "operator": "bob@example.org",
            "auditor": "ada@example.org",
        },
    )


def build_red() -> House:
    return build("Red", {"owner": "charlie@example.net"})


@pytest.fixture
def blue(db) -> House:
    return build_blue()


@pytest.fixture
def red(db) -> House:
    return build_red()


@pytest.fixture
def login(blue):
    """The documented example, stored by Mia."""
    seals.open_canary()
    return vault.add_credential(blue.caller("manager"), **LOGIN)


@pytest.fixture
def sign_in():
    """sign_in(user, stale=False) -> a client with that person's session."""

    def start(user: User, *, stale: bool = False, **options: object) -> Client:
        client = Client(**options)
        if user.is_staff and not has_factor(user):  # the admin lets nobody in without a second one
            TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        client.force_login(user)
        session = client.session
        age = timedelta(hours=1).total_seconds() if stale else 0
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - age}]
        session.save()
        return client

    return start


def _triggers(kind: str) -> None:
    """DROP or CREATE everything that keeps the audit append-only."""
    for name in ("0002_append_only_audit", "0008_audit_proofs"):
        statements = getattr(importlib.import_module(f"credentials.migrations.{name}"), kind)
        with connection.cursor() as cursor:
            for statement in statements[connection.vendor]:
                cursor.execute(statement)


@pytest.fixture
def real_commits(transactional_db):
    """A database whose transactions really commit; the audit is taken away behind the triggers' back afterwards."""
    yield
    _triggers("DROP")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM credentials_auditevent")
        cursor.execute("DELETE FROM credentials_auditanchor")
    _triggers("CREATE")


@pytest.fixture
def without_triggers(db):
    """Somebody with write access to the database took the triggers away (undone with the test's transaction)."""
    _triggers("DROP")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The Chromium that is there: Debian's own, or Playwright's."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    flags = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox refuses root
    return {**browser_type_launch_args, "args": flags, **({"executable_path": found} if found else {})}
