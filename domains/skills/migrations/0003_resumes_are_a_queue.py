"""Resumes wait in a queue like the others; one that is being read is due again when its reader's time is over."""

from datetime import timedelta

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def set_due(apps, schema_editor):
    resumes = apps.get_model("skills", "Resume").objects
    resumes.filter(started_at__isnull=False).update(due_at=F("started_at") + timedelta(seconds=90))
    resumes.exclude(status="PENDING").filter(done_at__isnull=True).update(done_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("skills", "0002_taxonomy_and_resumes")]

    operations = [
        migrations.RenameField("resume", "parsed_at", "done_at"),
        migrations.AddField("resume", "due_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("resume", "last_error", models.CharField(blank=True, max_length=200)),
        migrations.RunPython(set_due, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("resume", "started_at"),
        migrations.AddIndex(
            "resume",
            models.Index(fields=["due_at", "id"], condition=models.Q(("done_at__isnull", True)), name="skills_resumes_due"),
        ),
    ]
