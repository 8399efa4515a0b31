"""What the admin filters events by, across teams, is found by index. Older code goes on working."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0014_hooks"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(models.F("action"), models.F("at"), name="audit_by_action"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                models.F("outcome"),
                models.F("at"),
                condition=models.Q(("outcome", "done"), _negated=True),
                name="audit_of_refusals",
            ),
        ),
    ]
