"""Who may reveal in a team and for how long, and until when a credential is good. Older code goes on working.

No column makes a table anew on SQLite, so the search index of 0007 stays.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0015_audit_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="operators_reveal",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="team",
            name="reveal_seconds",
            field=models.PositiveSmallIntegerField(db_default=20, default=20),
        ),
        migrations.AddField(
            model_name="credential",
            name="expires_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                models.F("team"),
                models.F("name_key"),
                models.F("id"),
                models.F("expires_on"),
                condition=models.Q(("deleted_at", None), ("expires_on__isnull", False)),
                name="list_expiring",
            ),
        ),
    ]
