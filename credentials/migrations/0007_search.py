"""What lists and searches walk at a hundred thousand credentials in a team.

SQLite: one index that holds all that a search or a filter asks, so that a search reads the index and no rows. It is no
second copy that could fall out of step, as a full-text table kept by triggers is; scanning it is within the budget.
PostgreSQL cannot hold so long a text in a B-tree: it gets a trigram index where pg_trgm can be had, and otherwise reads
the rows. A migration that makes the table anew on SQLite has to make this index anew: tests/vault/test_listing.py says so.
"""

from django.db import DatabaseError, migrations, models, transaction

TABLE = "credentials_credential"
COVERING = (
    f"CREATE INDEX search_by_text ON {TABLE} "
    "(team_id, name_key, id, search_text, folder_id, type, has_totp, deleted_at) "
    "WHERE deleted_at IS NULL"
)
TRIGRAM = f"CREATE INDEX search_by_trigram ON {TABLE} USING gin (search_text gin_trgm_ops)"
DROP = {"sqlite": "DROP INDEX search_by_text", "postgresql": "DROP INDEX IF EXISTS search_by_trigram"}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(COVERING)
    elif has_trigrams(schema_editor.connection):
        schema_editor.execute(TRIGRAM)


def has_trigrams(connection):
    """Whether the extension is there, or may be brought in by who migrates."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone() is None:
            return False
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError:
            return False
    return True


def drop(apps, schema_editor):
    schema_editor.execute(DROP[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_favourites")]
    operations = [
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                models.F("team"),
                models.F("folder"),
                models.F("name_key"),
                models.F("id"),
                condition=models.Q(("deleted_at", None)),
                name="list_by_folder",
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                models.F("team"),
                models.F("name_key"),
                models.F("id"),
                condition=models.Q(("deleted_at__isnull", False)),
                name="list_trash",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
