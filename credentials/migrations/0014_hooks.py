"""Hooks: addresses for forwarders and for agents that ask. Code that does not know the table never looks."""

import django.db.models.deletion
from django.db import migrations, models

import credentials.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0013_codes"),
        ("credentials", "0012_invitations_and_rotation"),
    ]
    operations = [
        migrations.CreateModel(
            name="HookAddress",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[("receive", "takes in codes"), ("answer", "answers with codes")], max_length=10
                    ),
                ),
                ("identifier", models.CharField(blank=True, max_length=500)),
                ("prefix", models.CharField(max_length=20, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("signing_key", credentials.sealed.SealedTextField(editable=False, null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(blank=True, max_length=254)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "credential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hooks",
                        to="credentials.credential",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hooks", to="credentials.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("team", "name"), name="one_hook_per_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["receive", "answer"])), name="known_hook_kind"
                    ),
                ],
            },
        ),
    ]
