"""Received codes know how sure they are and why, and which task or run claimed them.

Code that does not know these columns goes on working: they have defaults in the database.
"""

from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("credentials", "0012_invitations_and_rotation")]
    operations = [
        migrations.AddField(
            model_name="receivedcode",
            name="confidence",
            field=models.FloatField(db_default=0.0, default=0),
        ),
        migrations.AddField(
            model_name="receivedcode",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
        migrations.AddField(
            model_name="receivedcode",
            name="claimed_task_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="receivedcode",
            name="claimed_workflow_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="receivedcode",
            name="claimed_workflow_run_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="receivedcode",
            index=models.Index(F("team"), F("received_at").desc(), F("id").desc(), name="codes_of_team"),
        ),
    ]
