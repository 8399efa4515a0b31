"""An index of SQLite over what search looks through, by all that is three characters long in it: it finds the few
credentials that can hold a text. Triggers keep it; made by migration 0018, mended by `manage.py migrate`, read by
vault/search.py. Where it is not, or not kept, and on PostgreSQL, which has its own, a search does without. But its
triggers belong to every change of a credential: damaged tables refuse changes until `manage.py migrate` makes it anew.

It tells rows apart by numbers of their own (a row without an integer key may get another rowid at any VACUUM), and
keeps no text and no places, so that it stays small: whoever asks still has to look at the rows that it names. A team is
one more thing of three characters, the end of its id.
"""

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

NGRAM = 3
# A text is asked for by stretches until one is rare. All of it at once would read what is common for each that has the
# rare part: ".example.com" after somebody's name.
STRETCH = 8
_MADE_BY = ("credentials", "0018_search_by_trigrams")
_NUMBERED = """CREATE TABLE credentials_number (
    number integer NOT NULL PRIMARY KEY, credential_id varchar(40) NOT NULL UNIQUE)"""
_TRIGRAMS = """CREATE VIRTUAL TABLE credentials_trigram USING fts5(
    text, team, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')"""
# Where a rare part meets a common one the common one is read page by page: small pages, short reading.
_PAGES = "INSERT INTO credentials_trigram (credentials_trigram, rank) VALUES ('pgsz', 512)"
_TAKE_IN = """
    INSERT INTO credentials_trigram (rowid, text, team)
    SELECT number, NEW.search_text, substr(NEW.team_id, -3) FROM credentials_number WHERE credential_id = NEW.id;"""
_TAKE_OUT = """
    INSERT INTO credentials_trigram (credentials_trigram, rowid, text, team)
    SELECT 'delete', number, OLD.search_text, substr(OLD.team_id, -3)
    FROM credentials_number WHERE credential_id = OLD.id;"""
_TRIGGERS = {
    "trigrams_of_new": f"""CREATE TRIGGER trigrams_of_new AFTER INSERT ON credentials_credential BEGIN
    INSERT INTO credentials_number (credential_id) VALUES (NEW.id);{_TAKE_IN}
END""",
    "trigrams_of_changed": f"""CREATE TRIGGER trigrams_of_changed
AFTER UPDATE OF id, team_id, search_text ON credentials_credential
WHEN OLD.id IS NOT NEW.id OR OLD.team_id IS NOT NEW.team_id OR OLD.search_text IS NOT NEW.search_text BEGIN{_TAKE_OUT}
    UPDATE credentials_number SET credential_id = NEW.id WHERE credential_id = OLD.id;{_TAKE_IN}
END""",
    "trigrams_of_gone": f"""CREATE TRIGGER trigrams_of_gone AFTER DELETE ON credentials_credential BEGIN{_TAKE_OUT}
    DELETE FROM credentials_number WHERE credential_id = OLD.id;
END""",
}
_EVERY_ROW = (
    "INSERT INTO credentials_number (credential_id) SELECT id FROM credentials_credential",
    """INSERT INTO credentials_trigram (rowid, text, team) SELECT number, search_text, substr(team_id, -3)
    FROM credentials_number CROSS JOIN credentials_credential ON id = credential_id""",
)
_ANSWERS = "SELECT rowid FROM credentials_trigram WHERE credentials_trigram MATCH 'abc' LIMIT 1"
_IN_STEP = "SELECT (SELECT count(*) FROM credentials_number) = (SELECT count(*) FROM credentials_credential)"
_HOLDERS = """SELECT credential_id FROM
    (SELECT rowid AS found FROM credentials_trigram WHERE credentials_trigram MATCH %s LIMIT %s)
    CROSS JOIN credentials_number ON number = found"""
_KEPT = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'trigrams_of_*'"


def holders(alias: str, team_id: str, needle: str, *, most: int) -> list[str] | None:
    """Ids of all of the team's credentials that hold the text, and of some that do not. None when they are more than
    `most`, or the text is too short to say, or there is no index."""
    if len(needle) < NGRAM or connections[alias].vendor != "sqlite":
        return None
    last = max(len(needle) - STRETCH, 0)
    try:
        if not _is_kept(alias):
            return None
        for start in (*range(0, last, STRETCH), last):
            found = _of_all(alias, team_id, needle[start : start + STRETCH], most + 1)
            if len(found) <= most:
                return found
    except DatabaseError:  # it is not there, or damaged: the doctor says so, and a search can do without
        return None
    return None


def _is_kept(alias: str) -> bool:
    """Without its triggers it would not know what was added since."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_KEPT)
        return int(cursor.fetchone()[0]) == len(_TRIGGERS)


def _of_all(alias: str, team_id: str, stretch: str, limit: int) -> list[str]:
    """Ids of the team's credentials that hold every three characters of it, anywhere."""
    parts = dict.fromkeys([team_id[-NGRAM:], *map("".join, zip(stretch, stretch[1:], stretch[2:], strict=False))])
    with connections[alias].cursor() as cursor:
        wanted = " AND ".join('"' + part.replace('"', '""') + '"' for part in parts)
        cursor.execute(_HOLDERS, [wanted, limit])
        return [credential_id for (credential_id,) in cursor.fetchall()]


def mend(connection: BaseDatabaseWrapper) -> None:
    """Make it where it ought to be and is not whole: a migration made the table of credentials anew and took the
    triggers away, SQLite is another one now, or somebody was at the tables past Django."""
    if _MADE_BY in MigrationRecorder(connection).applied_migrations() and not is_whole(connection):
        make(connection)


def make(connection: BaseDatabaseWrapper) -> None:
    """Anew, from every row. Where SQLite knows no trigrams there is none."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        drop(connection)
        if not _is_possible(connection):
            return
        for statement in (_NUMBERED, _TRIGRAMS, _PAGES, *_EVERY_ROW, *_TRIGGERS.values()):
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name in _TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DROP TABLE IF EXISTS credentials_number")
        if _is_possible(connection):  # what this SQLite does not know it cannot drop; without numbers nobody reads it
            cursor.execute("DROP TABLE IF EXISTS credentials_trigram")


def is_whole(connection: BaseDatabaseWrapper) -> bool:
    """Whether every credential is in it and the triggers are in place; true where there can be none."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'trigrams_of_*'")
        triggers = {name for (name,) in cursor.fetchall()}
        if not _is_possible(connection):
            return not triggers  # which would refuse every change
        if triggers != _TRIGGERS.keys():
            return False
        try:
            cursor.execute(_ANSWERS)
            cursor.execute(_IN_STEP)
        except DatabaseError:
            return False
        return bool(cursor.fetchone()[0])


def _is_possible(connection: BaseDatabaseWrapper) -> bool:
    """Whether this SQLite has FTS5 and its trigrams, which came with 3.34."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("CREATE VIRTUAL TABLE temp.trigrams_tried USING fts5(text, tokenize='trigram')")
        except DatabaseError:
            return False
        cursor.execute("DROP TABLE temp.trigrams_tried")
        return True
