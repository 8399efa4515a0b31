"""Search: by index or by walking, the same credentials in the same order as looking at each; and the index of SQLite
stays in step with whatever is written, upgraded, rolled back or vacuumed."""

import sqlite3
from contextlib import closing
from unicodedata import normalize

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.models import Credential, Team, trigrams
from credentials.vault import contents, listing, lookup, search, text, trash
from credentials.vault import credentials as vault
from credentials.vault.clock import now
from credentials.vault.credentials import edit_credential
from tests.agents import agent_of
from tests.conftest import LOGIN, House
from tests.server import running

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has an index of its own")

PARTS = [
    "a", "A", "ab", "abc", "bca", "ops", "example.com", " ", "%", "_", "\\", "'", '"', '""', "*", "(", "^", "-", ":",
    "AND", "NEAR", "text : x", "ß", "ẞ", "İ", "ﬁ", "é", "e\u0301", "\u0301", "Σ", "ς", "界", "🔑", "\U0010ffff",
    "\ufffe",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
NEEDLES = st.one_of(WORDS, st.sampled_from(["\x00abc", "\ud800abc", "abc\nops", "  abc  ", "cred_" + "0" * 26]))
FIELDS = st.fixed_dictionaries({
    "name": WORDS, "username": WORDS, "domain": st.sampled_from(["", "example.com", "abc.example.com"]),
    "secret_label": st.sampled_from(["", "ops", "界"]), "type": st.sampled_from(["password", "secret"]),
})  # fmt: skip
ROWS = st.lists(st.tuples(FIELDS, st.booleans(), st.booleans()), max_size=12)  # of another team, in the trash
CHANGES = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(["rename", "trash", "keep", "purge"]), WORDS), max_size=4
)


def stored(house, number: int, **fields) -> Credential:
    """A row past the verbs, with what they would write; each is a second older than the next."""
    at = now().replace(second=number % 60, microsecond=0)
    row = Credential(team=house.team, created_at=at, updated_at=at, rotated_at=at, **fields)
    row.id = row.id or f"cred_{number:026}"
    row.name_key = text.name_key(row.name)
    contents.index(row)
    return row


def folded(given: str) -> str:
    return normalize("NFC", given.casefold())


def seen(row: Credential) -> str:
    return folded("\n".join(filter(None, [row.name, row.username, row.domain, row.secret_label])))


def pages(who, **options) -> list[str]:
    """Every id, forth through the pages of two, and that it is the same back again."""
    forth, page = [], listing.list_credentials(who, size=2, **options)
    forth += [row["id"] for row in page.rows]
    while page.next_cursor:
        page = listing.list_credentials(who, size=2, cursor=page.next_cursor, **options)
        forth += [row["id"] for row in page.rows]
    back = [row["id"] for row in page.rows]
    while page.previous_cursor:
        page = listing.list_credentials(who, size=2, cursor=page.previous_cursor, **options)
        back = [row["id"] for row in page.rows] + back
    assert back == forth
    return forth


def check_like_looking_at_each(blue, needle: str) -> None:
    who = blue.caller("auditor")
    wanted = normalize("NFC", needle.replace("\x00", "").replace("\ud800", "")).strip()
    mine = [row for row in Credential.objects.all() if row.team_id == blue.team.id]
    hits = [row for row in mine if folded(wanted) in seen(row) or row.id == wanted]
    kept, trashed = ([row for row in hits if bool(row.deleted_at) is gone] for gone in (False, True))
    by_name = [row.id for row in sorted(kept, key=lambda row: (row.name_key, row.id))]
    assert pages(who, query=needle) == by_name
    assert pages(who, query=needle, in_trash=True) == [
        row.id for row in sorted(trashed, key=lambda row: (row.name_key, row.id))
    ]
    secrets = [row.id for row in kept if row.type == "secret"]
    assert pages(who, query=needle, only=listing.Only(type="secret")) == [id for id in by_name if id in secrets]
    newest = sorted(kept, key=lambda row: (row.created_at, row.id), reverse=True)
    found = [
        *lookup.newest_credentials(who, limit=4, query=needle),
        *lookup.newest_credentials(who, limit=9, offset=4, query=needle),
    ]
    assert [row["id"] for row in found] == [row.id for row in newest]
    oldest = sorted(
        (row for row in mine if not row.deleted_at and (
            not folded(wanted) or row.id == wanted or folded(wanted) in row.domain
            or (row.name_key and folded(wanted) in folded(row.name)))),
        key=lambda row: (row.created_at, row.id),
    )  # fmt: skip
    assert lookup.browse_credentials(who, limit=20, query=needle).rows == oldest


def changed(row: Credential, change: str, word: str) -> None:
    if change == "purge":
        row.delete()
        return
    if change == "rename":
        row.name, row.name_key = word, text.name_key(word)
        contents.index(row)
    row.deleted_at = {"trash": now(), "keep": None}.get(change, row.deleted_at)
    row.save()


@pytest.fixture(params=[0, 2, search.RARE])
def rare(request, monkeypatch) -> None:
    """From how many on a search walks: always, sometimes, never."""
    monkeypatch.setattr(search, "RARE", request.param)


@given(rows=ROWS, changes=CHANGES, needles=st.lists(NEEDLES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_looking_at_each_would_find(blue, red, rare, rows, changes, needles):
    Credential.objects.all().delete()
    Credential.objects.bulk_create(
        stored(red if foreign else blue, number, deleted_at=now() if trashed else None, **fields)
        for number, (fields, foreign, trashed) in enumerate(rows)
    )
    for number, change, word in changes:
        for row in Credential.objects.filter(id=f"cred_{number:026}"):
            changed(row, change, word)
    for needle in needles:
        check_like_looking_at_each(blue, needle)
    check_in_step()


def indexed() -> set[tuple[str, str]]:
    """What the index holds: which credential has which three characters."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'credentials_trigram', 'instance')")
        cursor.execute("SELECT credential_id, term FROM temp.held LEFT JOIN credentials_number ON number = doc")
        found = cursor.fetchall()
        cursor.execute("DROP TABLE temp.held")
    assert len(found) == len(set(found))
    return set(found)


def check_in_step() -> None:
    if connection.vendor != "sqlite":
        return
    wanted = set()
    for id, team_id, said in Credential.objects.values_list("id", "team_id", "search_text"):
        read = said.replace("\ufffe", "\ufffd")  # as SQLite reads what is no character
        wanted |= {(id, read[at : at + 3]) for at in range(len(read) - 2)} | {(id, team_id[-3:])}
    assert indexed() == wanted
    assert trigrams.is_whole(connection)


def test_a_login_is_found_through_all_that_happens_to_it(blue, red, login, rare):
    mia, owner = blue.caller("manager"), blue.caller("owner")
    vault.add_credential(red.caller("owner"), **LOGIN)

    def found(query: str, **options) -> int:
        return len(pages(mia, query=query, **options))

    assert (found("work-login"), found("accounts.example"), found("ops@")) == (1, 1, 1)
    edit_credential(mia, credential_id=login.id, name="renamed")
    assert (found("work-login"), found("renamed")) == (0, 1)
    trash.trash_credential(mia, credential_id=login.id)
    assert (found("renamed"), found("renamed", in_trash=True)) == (0, 1)
    trash.restore_credential(mia, credential_id=login.id)
    assert (found("renamed"), found("renamed", in_trash=True)) == (1, 0)
    check_in_step()
    trash.trash_credential(mia, credential_id=login.id)
    trash.purge_credential(owner, credential_id=login.id)
    assert (found("renamed"), found("renamed", in_trash=True)) == (0, 0)
    check_in_step()


def test_a_needle_as_long_as_may_be_is_found(blue):
    name = "".join(chr(0x4E00 + number) for number in range(300))
    vault.add_credential(blue.caller("manager"), name=name, type="secret")
    for needle in (name, name[100:], name[:50] + "x"):
        assert len(pages(blue.caller("manager"), query=needle)) == (not needle.endswith("x"))


# The index of SQLite


@pytest.fixture
def many(blue, red):
    """Enough for a planner to mind, of whom nobody told it how many they are."""
    Credential.objects.bulk_create(
        stored(house, 3000 * red_or_not + number, name=f"login {number:04}", type="password", domain="x.example")
        for red_or_not, house in enumerate((blue, red))
        for number in range(3000)
    )


def plan_of(ask) -> str:
    """How the database goes about the query on credentials that `ask` makes first."""
    with CaptureQueriesContext(connection) as seen:
        ask()
    sql = next(query["sql"] for query in seen if 'FROM "credentials_credential"' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[-1] for row in cursor.fetchall())


BY_ID, BY_WALKING = "INDEX sqlite_autoindex_credentials_credential_1 (id=?)", "INDEX search_by_text (team_id=?)"


@on_sqlite
@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("only", [listing.EVERYTHING, listing.Only(type="password", has_totp=True)])
@pytest.mark.parametrize(
    ("query", "way"), [("in 271", BY_ID), ("in 2718", BY_ID), ("login", BY_WALKING), ("27", BY_WALKING)]
)
def test_what_is_rare_is_found_by_its_id_and_what_is_common_by_walking(blue, many, told, only, query, way):
    if told:
        connection.cursor().execute("ANALYZE")
    assert way in plan_of(lambda: listing.list_credentials(blue.caller("operator"), query=query, only=only))


@on_sqlite
@pytest.mark.parametrize("verb", [lookup.newest_credentials, lookup.browse_credentials])
def test_agents_find_what_is_rare_by_its_id_too(blue, many, verb):
    assert BY_ID in plan_of(lambda: verb(blue.caller("operator"), limit=25, query="in 271"))


def test_teams_with_the_same_end_of_their_ids_do_not_see_each_other(blue, login):
    twin = Team.objects.create(id=f"team_twin{blue.team.id[-3:]}", name="Twin", slug="twin", created_at=now())
    stored(House(twin, {}), 1, name="work-login of others", type="secret").save()
    who = blue.caller("auditor")
    assert pages(who, query="work-login") == [login.id]
    assert [row["id"] for row in lookup.newest_credentials(who, limit=9, query="work-login")] == [login.id]
    assert lookup.browse_credentials(who, limit=9, query="work-login").rows == [login]
    check_in_step()


@on_sqlite
def test_what_is_rolled_back_is_not_in_the_index(blue, login):
    before = indexed()
    with transaction.atomic():
        stored(blue, 1, name="never was", type="secret").save()
        with transaction.atomic():
            Credential.objects.filter(id=login.id).update(search_text="nor this")
            assert pages(blue.caller("auditor"), query="nor this") == [login.id]
            transaction.set_rollback(True)
        assert indexed() > before
        transaction.set_rollback(True)
    assert indexed() == before
    check_in_step()


@on_sqlite
def test_what_changes_no_text_leaves_the_index_alone(blue, login):
    def blocks() -> list[tuple]:
        with transaction.atomic(), connection.cursor() as cursor:  # a savepoint writes out what is pending
            cursor.execute("SELECT id, block FROM credentials_trigram_data ORDER BY id")
            return cursor.fetchall()

    before = blocks()
    trash.trash_credential(blue.caller("manager"), credential_id=login.id)
    trash.restore_credential(blue.caller("manager"), credential_id=login.id)
    edit_credential(blue.caller("manager"), credential_id=login.id, values={"password": "another one"})
    Credential.objects.get(id=login.id).save()
    call_command("rotatekeys")
    assert blocks() == before
    edit_credential(blue.caller("manager"), credential_id=login.id, name="another")
    assert blocks() != before


@on_sqlite
def test_an_index_that_is_not_kept_is_not_asked_and_is_made_anew_by_migrate(blue, login):
    for name in ("trigrams_of_new", "trigrams_of_changed"):  # as a migration does that makes the table anew
        connection.cursor().execute(f"DROP TRIGGER {name}")
    vault.add_credential(blue.caller("manager"), name="unseen", type="secret")
    assert not trigrams.is_whole(connection)
    assert len(pages(blue.caller("auditor"), query="unseen")) == 1
    call_command("migrate", verbosity=0)
    assert len(pages(blue.caller("auditor"), query="unseen")) == 1
    check_in_step()


@on_sqlite
@pytest.mark.parametrize("table", ["credentials_number", "credentials_trigram"])
def test_a_search_does_without_an_index_that_does_not_answer(blue, login, table):
    connection.cursor().execute(f"DROP TABLE {table}")
    assert pages(blue.caller("auditor"), query="work-login") == [login.id]
    assert not trigrams.is_whole(connection)
    call_command("migrate", verbosity=0)
    check_in_step()


@on_sqlite
def test_where_sqlite_knows_no_trigrams_there_is_no_index_and_search_walks(blue, login):
    def no_virtual_tables(action, *_):
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_CREATE_VTABLE else sqlite3.SQLITE_OK

    connection.connection.set_authorizer(no_virtual_tables)
    try:
        assert not trigrams.is_whole(connection)  # triggers that cannot write would refuse every change
        call_command("migrate", verbosity=0)
        assert trigrams.is_whole(connection)
        added = vault.add_credential(blue.caller("manager"), name="another login", type="secret")
        assert pages(blue.caller("auditor"), query="another") == [added.id]
    finally:
        connection.connection.set_authorizer(None)
    call_command("migrate", verbosity=0)
    assert pages(blue.caller("auditor"), query="another") == [added.id]
    check_in_step()


OF_THE_INDEX = """SELECT name FROM sqlite_master WHERE name GLOB 'trigrams_of_*'
    OR name GLOB 'credentials_trigram*' OR name = 'credentials_number' ORDER BY name"""
LIKE_BETA = """CREATE TEMP TABLE one AS SELECT * FROM credentials_credential WHERE name = 'beta';
    UPDATE one SET id = 'cred_00000000000000000000000009', name = 'delta', name_key = 'delta', search_text = 'delta';
    INSERT INTO credentials_credential SELECT * FROM one;"""


@on_sqlite
@pytest.mark.server
def test_an_upgrade_takes_in_what_is_there_and_vacuum_changes_nothing(tmp_path):
    def found(query: str) -> list[str]:
        return [row["name"] for row in agent.call("GET", f"credentials?query={query}")[1]]

    with running(tmp_path) as server:
        agent = agent_of(server)
        for name in ("alpha", "beta", "gamma"):
            assert agent.add(name)[0] == 201
        server.stop()
        with closing(sqlite3.connect(tmp_path / "vault.sqlite3")) as line:
            made = line.execute(OF_THE_INDEX).fetchall()
            server.manage("migrate", "credentials", "0017", "-v0")
            assert line.execute(OF_THE_INDEX).fetchall() == []
            line.executescript(LIKE_BETA)
            server.manage("migrate", "-v0")
            assert line.execute(OF_THE_INDEX).fetchall() == made
            line.execute("PRAGMA foreign_keys = OFF")
            line.execute("DELETE FROM credentials_credential WHERE name = 'alpha'")
            line.commit()
            line.execute("VACUUM")
        server.start()
        assert agent.add("epsilon")[0] == 201
        for name in ("beta", "gamma", "delta", "epsilon"):
            assert found(name) == [name]
        assert found("alpha") == []
