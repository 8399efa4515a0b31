"""How often somebody came, for limits that all processes share. Code that does not know the table never looks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0004_keys_by_creator_and_rotation")]
    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=64)),
                ("window_ends", models.PositiveBigIntegerField()),
                ("taken", models.PositiveBigIntegerField(default=0)),
                ("told", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(models.F("window_ends"), name="counts_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "window_ends"), name="one_count_per_window")
                ],
            },
        ),
    ]
