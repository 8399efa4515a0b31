"""Keys know whether the command line made them, and when another took their place.

Code that does not know these columns goes on working: they have defaults in the database. Keys that were there
before count as nobody's: make new ones to read the audit or manage keys with.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0003_cache_table")]
    operations = [
        migrations.AddField(
            model_name="apikey",
            name="by_operator",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="apikey",
            name="rotated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="apikey", name="one_key_per_name"),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None), ("rotated_at", None)),
                fields=("team", "name"),
                name="one_key_per_name",
            ),
        ),
    ]
