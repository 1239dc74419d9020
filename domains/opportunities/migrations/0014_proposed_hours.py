"""Hours that check-in proposes: where they come from, and their times as proposed.

SQLite rebuilds the table for the constraint, which removes its triggers: they are dropped before, and made again after,
for the new columns too. PostgreSQL's triggers compare whole rows, so they need nothing.
"""

from importlib import import_module

from django.db import migrations, models


hours = import_module("domains.opportunities.migrations.0003_hours")


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        hours.promise_no_more(apps, schema_editor)


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        hours.promise(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [("opportunities", "0013_preferred_cause")]

    operations = [
        migrations.RunPython(drop_triggers, make_triggers),
        migrations.AddField(
            model_name='hoursentry',
            name='proposed_ended_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='hoursentry',
            name='proposed_from',
            field=models.PositiveBigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='hoursentry',
            name='proposed_started_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='hoursentry',
            index=models.Index(condition=models.Q(('status', 'PROPOSED')), fields=['ended_at'], name='opportunities_hours_proposed'),
        ),
        migrations.AddConstraint(
            model_name='hoursentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_ended_at__isnull', True), ('proposed_from__isnull', True), ('proposed_started_at__isnull', True), models.Q(('status', 'PROPOSED'), _negated=True)), models.Q(('proposed_ended_at__isnull', False), ('proposed_from__isnull', False), ('proposed_started_at__isnull', False), ('corrects__isnull', True), ('proposed_ended_at__gt', models.F('proposed_started_at')), models.Q(models.Q(('status', 'PROPOSED'), _negated=True), models.Q(('ended_at', models.F('proposed_ended_at')), ('started_at', models.F('proposed_started_at'))), _connector='OR')), _connector='OR'), name='opportunities_hours_proposed_whole'),
        ),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
