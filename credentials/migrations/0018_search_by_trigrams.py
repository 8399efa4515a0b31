"""SQLite finds what is rare by an index of trigrams, as PostgreSQL does; what is common by walking, as before.

A full-text table of its own: that it stays in step is the affair of triggers, so it holds for whatever writes. Older code
goes on working: it does not know of the index and keeps it in step all the same. A migration that makes the table of
credentials anew on SQLite takes the triggers away: `manage.py migrate` puts them back (models/trigrams.py).
"""

from django.db import migrations

from credentials.models import trigrams


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        trigrams.make(schema_editor.connection)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        trigrams.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0017_audit_filters")]
    operations = [migrations.RunPython(create, drop)]
