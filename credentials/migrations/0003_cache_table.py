"""The table of the default cache, which holds the limits on sign-in across processes and restarts."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    # Does nothing when CACHE_URL names another store.
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_append_only_audit")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
