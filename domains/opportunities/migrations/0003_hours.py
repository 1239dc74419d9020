"""Hours and records of service, and what the database itself promises of approved hours.

1. An approved row never changes; only the name of its reviewer may be taken out, when that account is erased.
2. It leaves only together with its volunteer. Django deletes the rows before the user, so this is looked at when the
   transaction commits: on PostgreSQL by a deferred trigger. SQLite has none, but deferred foreign keys: a deleted row
   leaves a mark that refers to it, which is a violation until the mark goes too, and it goes with the user.
3. Approved rows of one volunteer that stand, uncorrected, never overlap: on PostgreSQL by an exclusion constraint over
   a table that triggers keep, because a constraint can't ask whether another row corrects this one.
4. The length and the volunteer of a row are what its times and its application say.

A table that SQLite rebuilds loses its triggers: a later migration that changes `opportunities_hoursentry` there has to
run `promise` again, and tests/domains/opportunities/test_hours_promises.py fails until it does.
"""

import django.db.models.deletion
import django.utils.timezone
import django_choices_field.fields
import domains.opportunities.models.hours
from django.conf import settings
from django.db import migrations, models


POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    CREATE TABLE opportunities_hours_standing (
        entry_id bigint PRIMARY KEY,
        volunteer_id bigint NOT NULL,
        span tstzrange NOT NULL,
        CONSTRAINT opportunities_hours_never_overlap EXCLUDE USING gist (volunteer_id WITH =, span WITH &&)
    )
    """,
    """
    CREATE FUNCTION opportunities_hours_stand() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM opportunities_hours_standing WHERE entry_id = NEW.corrects_id;
        INSERT INTO opportunities_hours_standing
        VALUES (NEW.id, NEW.volunteer_id, tstzrange(NEW.started_at, NEW.ended_at));
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER opportunities_hours_stand_new AFTER INSERT ON opportunities_hoursentry
    FOR EACH ROW WHEN (NEW.status = 'APPROVED') EXECUTE FUNCTION opportunities_hours_stand()
    """,
    """
    CREATE TRIGGER opportunities_hours_stand_reviewed AFTER UPDATE OF status ON opportunities_hoursentry
    FOR EACH ROW WHEN (NEW.status = 'APPROVED' AND OLD.status <> 'APPROVED')
    EXECUTE FUNCTION opportunities_hours_stand()
    """,
    """
    CREATE FUNCTION opportunities_hours_fall() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' THEN
            DELETE FROM opportunities_hours_standing;
        ELSE
            DELETE FROM opportunities_hours_standing WHERE entry_id = OLD.id;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER opportunities_hours_fall_one AFTER DELETE ON opportunities_hoursentry
    FOR EACH ROW EXECUTE FUNCTION opportunities_hours_fall()
    """,
    """
    CREATE TRIGGER opportunities_hours_fall_all AFTER TRUNCATE ON opportunities_hoursentry
    FOR EACH STATEMENT EXECUTE FUNCTION opportunities_hours_fall()
    """,
    """
    CREATE FUNCTION opportunities_hours_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF to_jsonb(NEW) - 'reviewed_by_id' <> to_jsonb(OLD) - 'reviewed_by_id'
            OR (NEW.reviewed_by_id IS NOT NULL AND NEW.reviewed_by_id IS DISTINCT FROM OLD.reviewed_by_id) THEN
            RAISE EXCEPTION 'opportunities_hours_final: approved hours never change' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER opportunities_hours_final BEFORE UPDATE ON opportunities_hoursentry
    FOR EACH ROW WHEN (OLD.status = 'APPROVED') EXECUTE FUNCTION opportunities_hours_final()
    """,
    """
    CREATE FUNCTION opportunities_hours_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM accounts_user WHERE id = OLD.volunteer_id) THEN
            RAISE EXCEPTION 'opportunities_hours_kept: approved hours leave with their volunteer only'
            USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER opportunities_hours_kept AFTER DELETE ON opportunities_hoursentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'APPROVED')
    EXECUTE FUNCTION opportunities_hours_kept()
    """,
    """
    CREATE FUNCTION opportunities_hours_true() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seconds <> extract(epoch FROM NEW.ended_at - NEW.started_at)
            OR NEW.volunteer_id <> (SELECT volunteer_id FROM opportunities_application WHERE id = NEW.application_id)
        THEN
            RAISE EXCEPTION 'opportunities_hours_true: the length or the volunteer is another'
            USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER opportunities_hours_true BEFORE INSERT OR UPDATE ON opportunities_hoursentry
    FOR EACH ROW EXECUTE FUNCTION opportunities_hours_true()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER opportunities_hours_true ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_kept ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_final ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_fall_one ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_fall_all ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_stand_new ON opportunities_hoursentry",
    "DROP TRIGGER opportunities_hours_stand_reviewed ON opportunities_hoursentry",
    "DROP FUNCTION opportunities_hours_true, opportunities_hours_kept, opportunities_hours_final, "
    "opportunities_hours_fall, opportunities_hours_stand",
    "DROP TABLE opportunities_hours_standing",
]

#: Whether a row that is approved now overlaps another one that stands.
OVERLAPS = """
    EXISTS (
        SELECT 1 FROM opportunities_hoursentry other
        WHERE other.volunteer_id = NEW.volunteer_id AND other.status = 'APPROVED'
            AND other.id <> NEW.id AND other.id IS NOT NEW.corrects_id
            AND other.started_at < other.ended_at AND NEW.started_at < NEW.ended_at
            AND other.started_at < NEW.ended_at AND NEW.started_at < other.ended_at
            AND NOT EXISTS (
                SELECT 1 FROM opportunities_hoursentry correction
                WHERE correction.corrects_id = other.id AND correction.status = 'APPROVED'
            )
    )
"""
UNTRUE = """
    NEW.seconds <> strftime('%s', NEW.ended_at) - strftime('%s', NEW.started_at)
    OR NEW.volunteer_id <> (SELECT volunteer_id FROM opportunities_application WHERE id = NEW.application_id)
"""


def sqlite(columns):
    """Return the statements for a table with these columns."""
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in columns if name != "reviewed_by_id")
    return [
        """
        CREATE TABLE opportunities_hours_gone (
            id integer PRIMARY KEY,
            entry_id integer NOT NULL REFERENCES opportunities_hoursentry (id) DEFERRABLE INITIALLY DEFERRED,
            volunteer_id integer NOT NULL REFERENCES accounts_user (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
        )
        """,
        f"""
        CREATE TRIGGER opportunities_hours_never_overlap_new BEFORE INSERT ON opportunities_hoursentry
        WHEN NEW.status = 'APPROVED' AND {OVERLAPS}
        BEGIN SELECT RAISE(ABORT, 'opportunities_hours_never_overlap'); END
        """,
        f"""
        CREATE TRIGGER opportunities_hours_never_overlap_reviewed BEFORE UPDATE OF status ON opportunities_hoursentry
        WHEN NEW.status = 'APPROVED' AND OLD.status <> 'APPROVED' AND {OVERLAPS}
        BEGIN SELECT RAISE(ABORT, 'opportunities_hours_never_overlap'); END
        """,
        f"""
        CREATE TRIGGER opportunities_hours_final BEFORE UPDATE ON opportunities_hoursentry
        WHEN OLD.status = 'APPROVED' AND (
            {changed} OR (NEW.reviewed_by_id IS NOT NULL AND NEW.reviewed_by_id IS NOT OLD.reviewed_by_id)
        )
        BEGIN SELECT RAISE(ABORT, 'opportunities_hours_final: approved hours never change'); END
        """,
        """
        CREATE TRIGGER opportunities_hours_kept AFTER DELETE ON opportunities_hoursentry
        WHEN OLD.status = 'APPROVED' AND EXISTS (SELECT 1 FROM accounts_user WHERE id = OLD.volunteer_id)
        BEGIN INSERT INTO opportunities_hours_gone (entry_id, volunteer_id) VALUES (OLD.id, OLD.volunteer_id); END
        """,
        f"""
        CREATE TRIGGER opportunities_hours_true_new BEFORE INSERT ON opportunities_hoursentry
        WHEN {UNTRUE} BEGIN SELECT RAISE(ABORT, 'opportunities_hours_true: the length or the volunteer is another'); END
        """,
        f"""
        CREATE TRIGGER opportunities_hours_true_changed BEFORE UPDATE ON opportunities_hoursentry
        WHEN {UNTRUE} BEGIN SELECT RAISE(ABORT, 'opportunities_hours_true: the length or the volunteer is another'); END
        """,
    ]


SQLITE_BACK = [
    "DROP TRIGGER opportunities_hours_true_changed",
    "DROP TRIGGER opportunities_hours_true_new",
    "DROP TRIGGER opportunities_hours_kept",
    "DROP TRIGGER opportunities_hours_final",
    "DROP TRIGGER opportunities_hours_never_overlap_reviewed",
    "DROP TRIGGER opportunities_hours_never_overlap_new",
    "DROP TABLE opportunities_hours_gone",
]


def promise(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRESQL
    else:
        fields = apps.get_model("opportunities", "HoursEntry")._meta.local_fields
        statements = sqlite([field.column for field in fields])
    run(schema_editor, statements)


def promise_no_more(apps, schema_editor):
    run(schema_editor, POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('opportunities', '0002_role_requirements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoursEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', django_choices_field.fields.TextChoicesField(choices=[('PROPOSED', 'Proposed'), ('SUBMITTED', 'Submitted'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected')], default='SUBMITTED', max_length=9)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('seconds', models.PositiveIntegerField(editable=False)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('review_note', models.CharField(blank=True, max_length=500)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='opportunities.application')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='opportunities.hoursentry')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('volunteer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'entry of hours',
                'verbose_name_plural': 'entries of hours',
                'ordering': ['started_at', 'id'],
                'indexes': [models.Index(fields=['volunteer', 'status', 'started_at'], name='opportunities_hours_of'), models.Index(condition=models.Q(('status', 'SUBMITTED')), fields=['submitted_at', 'id'], name='opportunities_hours_to_review')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('started_at')), models.Q(('corrects__isnull', False), ('ended_at', models.F('started_at'))), _connector='OR'), name='opportunities_hours_in_order'), models.CheckConstraint(condition=models.Q(('status__in', ('PROPOSED', 'SUBMITTED')), ('reviewed_at__isnull', False), _connector='OR'), name='opportunities_hours_reviewed'), models.UniqueConstraint(condition=models.Q(('corrects__isnull', True), models.Q(('status', 'REJECTED'), _negated=True)), fields=('application', 'started_at', 'ended_at'), name='opportunities_hours_once'), models.UniqueConstraint(condition=models.Q(('status', 'REJECTED'), _negated=True), fields=('corrects',), name='opportunities_hours_corrected_once')],
            },
        ),
        migrations.CreateModel(
            name='ServiceRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=domains.opportunities.models.hours.new_record_code, editable=False, max_length=26, unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('approved_seconds', models.PositiveIntegerField()),
                ('token', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('volunteer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_records', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['volunteer', '-created_at', '-id'], name='opportunities_my_records')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='opportunities_record_dates_in_order'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('token', ''), _connector='OR'), name='opportunities_revoked_record_is_empty')],
            },
        ),
        migrations.RunPython(promise, promise_no_more),
    ]
