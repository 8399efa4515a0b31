"""What Skyvern's clients keep beside a credential, and names of any length.

Code that does not know the column goes on working: it has a default in the database. SQLite makes the table anew and
loses the index that Django does not know, so that one is made anew too.
"""

from importlib import import_module

from django.db import migrations, models

search = import_module("credentials.migrations.0007_search")


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.DROP["sqlite"])


def create_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.COVERING)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0008_audit_proofs")]
    operations = [
        migrations.RunPython(drop_index, create_index),
        migrations.AddField(
            model_name="credential",
            name="agent_settings",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="credential",
            name="name",
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(create_index, drop_index),
    ]
