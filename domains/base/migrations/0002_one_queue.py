"""The outbox becomes a queue like the others, and mails get one."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RemoveIndex("outboxentry", "base_outbox_undelivered"),
        migrations.RenameField("outboxentry", "delivered_at", "done_at"),
        migrations.AddIndex(
            "outboxentry",
            models.Index(
                fields=["due_at", "id"], condition=models.Q(("done_at__isnull", True)), name="base_outbox_undelivered"
            ),
        ),
        migrations.CreateModel(
            name="MailJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=60)),
                ("source_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(blank=True, null=True)),
                ("occasion", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["due_at", "id"], condition=models.Q(("done_at__isnull", True)), name="base_mails_due"
                    )
                ],
            },
        ),
    ]
