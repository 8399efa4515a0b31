"""Credentials with a seed from before say that it is an authenticator's, as new ones do."""

from django.db import migrations


def say_so(apps, schema_editor):
    seeds = apps.get_model("credentials", "Credential").objects.filter(has_totp=True, totp_type="none")
    seeds.update(totp_type="authenticator")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0009_skyvern_fields")]
    operations = [migrations.RunPython(say_so, migrations.RunPython.noop)]
