"""What lets the audit prove itself: anchors of archives, the last verdict on each chain, cursors of receivers.

The triggers on events learn to let go of what an anchor covers, and of nothing else; anchors get triggers of their
own. Code that does not know these tables goes on working.
"""

from django.db import migrations, models

TABLE = "credentials_auditanchor"
EVENTS = "credentials_auditevent"
SAYS = "audit events are append-only"
COVERED = f"EXISTS (SELECT 1 FROM {TABLE} a WHERE a.chain = COALESCE(OLD.team_id, 'system') AND OLD.seq <= a.seq)"

CREATE = {
    "sqlite": [
        "DROP TRIGGER audit_no_delete",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {EVENTS} WHEN NOT {COVERED} "
        f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
        f"CREATE TRIGGER anchor_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
        f"CREATE TRIGGER anchor_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
        f"CREATE TRIGGER anchor_no_replace BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} "
        f"WHERE id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {COVERED} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE FUNCTION anchor_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE FUNCTION anchor_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT 1 FROM {TABLE}) THEN "
        f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER anchor_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION anchor_refuse()",
        f"CREATE TRIGGER anchor_no_truncate BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION anchor_refuse_truncate()",
    ],
}
# The triggers of the anchors; those of the events go with 0002.
DROP = {
    "sqlite": ["DROP TRIGGER anchor_no_update", "DROP TRIGGER anchor_no_delete", "DROP TRIGGER anchor_no_replace"],
    "postgresql": [
        f"DROP TRIGGER anchor_append_only ON {TABLE}",
        f"DROP TRIGGER anchor_no_truncate ON {TABLE}",
        "DROP FUNCTION anchor_refuse()",
        "DROP FUNCTION anchor_refuse_truncate()",
    ],
}
STRICT_AGAIN = {
    "sqlite": [
        "DROP TRIGGER audit_no_delete",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {EVENTS} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in (*DROP[vendor], *STRICT_AGAIN[vendor]):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_search")]
    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=40)),
                ("seq", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("file_digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("mac", models.CharField(max_length=64)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("chain", "seq"), name="one_anchor_per_seq")]},
        ),
        migrations.CreateModel(
            name="ChainState",
            fields=[
                ("chain", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("broken_at", models.PositiveBigIntegerField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("mac", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="StreamCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sink", models.CharField(max_length=20)),
                ("chain", models.CharField(max_length=40)),
                ("seq", models.PositiveBigIntegerField(default=0)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("sink", "chain"), name="one_cursor_per_chain")]},
        ),
        migrations.RunPython(create, drop),
    ]
