"""Lists: by name with search, filters and pages both ways; a person's first; and that the indexes carry them."""

from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection

from credentials.access import Actor, Door, Scope
from credentials.errors import NotAllowed, NotFound
from credentials.models import AuditEvent, Credential, Favourite, Folder
from credentials.vault import bulk, favourites, folders, listing, secrets, trash
from credentials.vault import credentials as vault
from credentials.vault.clock import new_id, now
from tests.conftest import LOGIN, SEED


def listed(who, **options) -> list[str]:
    """Every name, page by page."""
    names, cursor = [], ""
    for _ in range(200):
        page = listing.list_credentials(who, cursor=cursor, **options)
        names += [row["name"] for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return names
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("size", [1, 7, 50, 120])
def test_paging_shows_each_of_many_names_once(blue, size):
    who = blue.caller("manager")
    script = blue.caller("manager", door=Door.SKYVERN, kind=Actor.KEY, scopes=frozenset({Scope.CREDENTIALS_WRITE}))
    names = [f"Login {n % 40:03}" for n in range(90)] + ["same"] * 20 + ["Äpfel", "zebra", "_", "%", ".", "a.b", "界"]
    names += ["w" * 149 + " " + end for end in "abc"]
    assert len(names) == 120
    for name in names:
        vault.add_credential(script, name=name, type="secret")
    assert sorted(listed(who, size=size)) == sorted(names)
    assert sorted(listed(who, size=size, query="SAME")) == ["same"] * 20


@pytest.mark.parametrize(
    "cursor", ["garbage", ".", "..", "%", "x" * 5000, "\x00.\x00", "\ud800.a", "cred_0.", "cred_0.\U0010ffff", "-1.'"]
)
def test_a_garbled_cursor_lists_something_or_nothing(blue, login, cursor):
    assert len(listing.list_credentials(blue.caller("owner"), cursor=cursor).rows) <= 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("EXAMPLE-WORK", True), ("ops@EXAMPLE.com", True), ("accounts.example", True), ("äpfel", False),
        ("hunter2", False), (SEED, False), ("%", False), ("_", False), ("example_work", False), ("\\", False),
        ("example-work-login\naccounts", False), ("  login  ", True), ("", True), ("\x00login", True),
    ],
)  # fmt: skip
def test_search_is_literal_and_never_looks_into_secrets(blue, login, query, found):
    assert len(listing.list_credentials(blue.caller("auditor"), query=query).rows) == found


def test_search_knows_case_in_every_script(blue):
    mia = blue.caller("manager")
    names = ["Äpfel 100%", "STRASSE_1", "ΣΊΣΥΦΟΣ", "ЁЛКА"]
    for name in names:
        vault.add_credential(mia, name=name, type="secret")
    for query, name in (
        ("äPFEL", names[0]), ("100%", names[0]), ("straße_", names[1]), ("σίσυφος", names[2]), ("ёлка", names[3]),
        ("a\u0308pfel", names[0]),
    ):  # fmt: skip
        assert [row["name"] for row in listing.list_credentials(mia, query=query).rows] == [name]


def test_a_whole_id_is_found(blue, login):
    assert [row["id"] for row in listing.list_credentials(blue.caller("auditor"), query=login.id).rows] == [login.id]
    assert listing.list_credentials(blue.caller("auditor"), query=login.id[:-1]).rows == []


def test_a_row_of_a_list_holds_no_sealed_column(blue, login):
    (row,) = listing.list_credentials(blue.caller("auditor")).rows
    assert not {"values", "totp_secret", "value_keys"} & row.keys()


def walked(who, *, size: int, **options) -> list[list[str]]:
    """The pages from first to last, and then back again from the last one."""
    pages, cursor = [], ""
    while cursor is not None:
        page = listing.list_credentials(who, cursor=cursor, size=size, **options)
        pages.append([row["id"] for row in page.rows])
        cursor = page.next_cursor
    back, cursor = [pages[-1]], page.previous_cursor
    while cursor is not None:
        page = listing.list_credentials(who, cursor=cursor, size=size, **options)
        back.append([row["id"] for row in page.rows])
        cursor = page.previous_cursor
    assert back[0] == pages[-1]
    assert [*chain(*reversed(back))] == [*chain(*pages)]
    return pages


def test_the_pages_lead_forth_and_back_over_the_same_rows(blue):
    script = blue.caller("manager", door=Door.SKYVERN, kind=Actor.KEY, scopes=frozenset({Scope.CREDENTIALS_WRITE}))
    for number in range(23):
        vault.add_credential(script, name=f"Login {number % 9}", type="secret")
    assert [len(page) for page in walked(blue.caller("auditor"), size=5)] == [5, 5, 5, 5, 3]
    assert [len(page) for page in walked(blue.caller("auditor"), size=2, query="login 3")] == [2, 1]


def test_the_first_page_has_none_before_and_the_last_none_after(blue, login):
    page = listing.list_credentials(blue.caller("auditor"))
    assert (page.next_cursor, page.previous_cursor) == (None, None)


def test_filters_narrow_a_list_and_add_up(blue, login):
    mia, at = blue.caller("manager"), now()
    folder = Folder.objects.create(id=new_id("cfld", at), team=blue.team, title="Banks", created_at=at, updated_at=at)
    bank = vault.add_credential(mia, **{**LOGIN, "name": "bank"})
    card = vault.add_credential(mia, name="card", type="credit_card")
    Credential.objects.filter(id__in=[bank.id, card.id]).update(folder=folder)
    for only, found in (
        (listing.Only(folder_id=folder.id), ["bank", "card"]),
        (listing.Only(folder_id=listing.NO_FOLDER), ["example-work-login"]),
        (listing.Only(type="credit_card"), ["card"]),
        (listing.Only(has_totp=True), ["bank", "example-work-login"]),
        (listing.Only(folder_id=folder.id, has_totp=True), ["bank"]),
        (listing.Only(apart_from=(bank.id, card.id)), ["example-work-login"]),
        (listing.Only(folder_id="cfld_nobodys"), []),
        (listing.Only(type="\x00'"), []),
    ):
        assert [row["name"] for row in listing.list_credentials(mia, only=only).rows] == found
    assert [
        row["name"] for row in listing.list_credentials(mia, query="BAN", only=listing.Only(has_totp=True)).rows
    ] == ["bank"]


def test_favourites_are_a_persons_own_and_come_first(blue, login):
    mia, ada = blue.caller("manager"), blue.caller("auditor")
    favourites.star_credential(ada, credential_id=login.id, starred=True)
    favourites.star_credential(ada, credential_id=login.id, starred=True)
    assert [row["id"] for row in listing.list_first(ada).favourites] == [login.id]
    assert listing.list_first(mia).favourites == []
    assert [row["is_favourite"] for row in listing.list_credentials(ada).rows] == [True]
    assert [row["is_favourite"] for row in listing.list_credentials(mia).rows] == [False]
    event = AuditEvent.objects.order_by("id").last()
    assert (event.action, event.target_id, event.detail) == ("credential.star", login.id, {"was": True})
    favourites.star_credential(ada, credential_id=login.id, starred=False)
    assert listing.list_first(ada).favourites == []


def test_a_stranger_has_no_favourites_here_and_a_key_none_at_all(blue, red, login):
    with pytest.raises(NotFound):
        favourites.star_credential(red.caller("owner"), credential_id=login.id, starred=True)
    key = blue.caller("owner", kind=Actor.KEY, door=Door.SKYVERN, scopes=frozenset(Scope))
    with pytest.raises(NotAllowed):
        favourites.star_credential(key, credential_id=login.id, starred=True)
    assert not Favourite.objects.exists()


def test_what_somebody_used_last_comes_next_and_is_theirs_alone(blue, login):
    mia, bob = blue.caller("manager"), blue.caller("operator")
    others = [vault.add_credential(mia, **{**LOGIN, "name": f"login {n}"}) for n in range(7)]
    for used in [login, *others, login]:
        secrets.show_code(bob, credential_id=used.id)
    recent = [row["id"] for row in listing.list_first(bob).recent]
    assert recent == [login.id, *(row.id for row in reversed(others[3:]))]
    assert listing.list_first(mia).recent == []
    favourites.star_credential(bob, credential_id=login.id, starred=True)
    trash.trash_credential(mia, credential_id=others[6].id)
    first = listing.list_first(bob)
    assert [row["id"] for row in first.recent] == [row.id for row in reversed(others[1:6])]
    assert first.ids == (login.id, *(row["id"] for row in first.recent))


def test_a_bulk_leaves_one_event_for_each_and_says_who_refused(blue, red, login):
    mia = blue.caller("manager")
    second = vault.add_credential(mia, **{**LOGIN, "name": "second"})
    foreign = vault.add_credential(red.caller("owner"), **LOGIN)
    seen = AuditEvent.objects.count()
    report = bulk.trash_credentials(mia, credential_ids=[login.id, second.id, login.id, foreign.id])
    assert report.done == 2
    assert [id for id, _ in report.refused] == [foreign.id]
    events = AuditEvent.objects.order_by("id")[seen:]
    assert [(event.action, event.outcome, event.target_id) for event in events] == [
        ("credential.trash", "done", login.id), ("credential.trash", "done", second.id),
        ("credential.trash", "refused", foreign.id),
    ]  # fmt: skip
    vault.add_credential(mia, **{**LOGIN, "name": "second"})
    report = bulk.restore_credentials(mia, credential_ids=[second.id, login.id])
    assert (report.done, [id for id, _ in report.refused]) == (1, [second.id])
    assert "name" in report.refused[0][1]


def test_a_bulk_moves_into_a_folder_and_out_of_it(blue, red, login):
    mia = blue.caller("manager")
    folder = folders.add_folder(mia, title="Banks")
    foreign = folders.add_folder(red.caller("owner"), title="Theirs")
    assert bulk.move_credentials(mia, credential_ids=[login.id], folder_id=folder.id).done == 1
    assert Credential.objects.get(id=login.id).folder_id == folder.id
    report = bulk.move_credentials(mia, credential_ids=[login.id], folder_id=foreign.id)
    assert (report.done, len(report.refused)) == (0, 1)
    assert bulk.move_credentials(mia, credential_ids=[login.id], folder_id="").done == 1
    assert Credential.objects.get(id=login.id).folder_id is None


def test_folders_are_titled_by_title_for_everybody_in_the_team(blue, red):
    for title in ("beta", "Alpha", "Äpfel"):
        folders.add_folder(blue.caller("manager"), title=title)
    titles = [row["title"] for row in folders.list_folder_titles(blue.caller("auditor"))]
    assert titles == ["Alpha", "beta", "Äpfel"]
    assert folders.list_folder_titles(red.caller("owner")) == []


@pytest.mark.parametrize("verb", [bulk.trash_credentials, bulk.restore_credentials])
def test_whoever_may_not_is_refused_once_for_all(blue, login, verb):
    seen = AuditEvent.objects.count()
    with pytest.raises(NotAllowed):
        verb(blue.caller("operator"), credential_ids=[login.id] * 3)
    assert AuditEvent.objects.count() == seen + 1


def test_what_expires_within_a_month_or_has_expired_can_be_listed(blue, login):
    mia, today = blue.caller("manager"), now().date()
    for days in (-400, -1, 0, 30, 31, 400):
        vault.add_credential(mia, **{**LOGIN, "name": f"in {days}", "expires_on": today + timedelta(days=days)})
    rows = listing.list_credentials(mia, only=listing.Only(expiring=True)).rows
    assert {row["name"]: listing.expiry(row["expires_on"]) for row in rows} == {
        "in -400": "expired", "in -1": "expired", "in 0": "due", "in 30": "due",
    }  # fmt: skip
    assert listing.expiry(None) == listing.expiry(today + timedelta(days=31)) == ""
    vault.edit_credential(mia, credential_id=rows[0]["id"], expires_on=None)
    assert len(listing.list_credentials(mia, only=listing.Only(expiring=True)).rows) == 3


@pytest.fixture
def many(blue):
    """Enough rows for a planner to prefer an index; the rows themselves do not matter."""
    at = now()
    Credential.objects.bulk_create(
        Credential(
            id=f"cred_{number:026}", team=blue.team, name=f"login {number:05}", name_key=f"login {number:05}",
            search_text=f"login {number:05}\nops{number}@example.com\nsite{number}.example.org", type="password",
            created_at=at, updated_at=at, rotated_at=at,
            expires_on=at.date() + timedelta(days=number % 900) if number % 10 == 0 else None,
        )
        for number in range(5000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plans(django_assert_num_queries_context) -> list[str]:
    """How the database went about the queries on credentials."""
    found = []
    for query in django_assert_num_queries_context.captured_queries:
        sql = query["sql"]
        if sql.startswith("SELECT") and "credentials_credential" in sql.split("WHERE", maxsplit=1)[0]:
            explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
            with connection.cursor() as cursor:
                cursor.execute(explain + sql)
                found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


# On SQLite the index that holds the texts begins as list_by_name does: either carries a list.
BY_NAME = {"sqlite": "COVERING INDEX search_by_text", "postgresql": "list_by_name"}
BY_TEXT = {"sqlite": "COVERING INDEX search_by_text"}
BY_ID = {"sqlite": "INDEX sqlite_autoindex_credentials_credential_1"}  # of what the index of trigrams named
LISTS = {
    "first": ({}, BY_NAME),
    "deep": ({"cursor": f"cred_{4000:026}.login 04000"}, BY_NAME),
    "back": ({"cursor": f"-cred_{4000:026}.login 04000"}, BY_NAME),
    "search": ({"query": "site4711"}, BY_ID),
    "search, common": ({"query": "login"}, BY_TEXT),
    "search, filtered": ({"query": "site4711", "only": listing.Only(has_totp=True)}, BY_ID),
    "search, short": ({"query": "47"}, BY_TEXT),
    "type": ({"only": listing.Only(type="secret")}, BY_TEXT),
    "expiring": ({"only": listing.Only(expiring=True)}, dict.fromkeys(BY_NAME, "list_expiring")),
    "folder": (
        {"only": listing.Only(folder_id="cfld_1")},
        {"sqlite": "COVERING INDEX", "postgresql": "list_by_folder"},
    ),
    "trash": ({"in_trash": True}, dict.fromkeys(BY_NAME, "list_trash")),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_indexes_carry_every_list(blue, many, django_assert_max_num_queries, name):
    options, indexes = LISTS[name]
    with django_assert_max_num_queries(8) as seen:
        listing.list_credentials(blue.caller("operator"), **options)
    first = plans(seen)[0]
    assert indexes.get(connection.vendor, "") in first
    assert "TEMP B-TREE" not in first
    assert not (connection.vendor == "sqlite" and "SCAN" in first)


def test_a_search_on_postgresql_uses_trigrams_where_they_can_be_had(blue, many, django_assert_max_num_queries):
    if connection.vendor != "postgresql" or "search_by_trigram" not in _indexes():
        pytest.skip("no pg_trgm here")
    with django_assert_max_num_queries(8) as seen:
        listing.list_credentials(blue.caller("operator"), query="site4711")
    assert "search_by_trigram" in plans(seen)[0]


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Credential._meta.db_table))
