"""People are invited by a link; what somebody saw is marked until it was rotated. Older code goes on working."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0011_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("auditor", "Auditor"),
                            ("operator", "Operator"),
                            ("manager", "Manager"),
                            ("owner", "Owner"),
                        ],
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(blank=True, max_length=254)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="credentials.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("team", "email"), name="one_open_invitation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RotationMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor_kind", models.CharField(max_length=20)),
                ("actor_id", models.CharField(max_length=40)),
                ("actor_label", models.CharField(blank=True, max_length=254)),
                ("names", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField()),
                ("marked_at", models.DateTimeField()),
                ("marked_by", models.CharField(blank=True, max_length=254)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rotation_marks",
                        to="credentials.credential",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("credential", "actor_kind", "actor_id"), name="one_mark_per_actor")
                ],
            },
        ),
    ]
