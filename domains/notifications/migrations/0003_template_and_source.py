"""What a notification is about is in columns of its own, instead of in one text."""

from django.db import migrations, models


def read_keys(apps, schema_editor):
    """`name:source`; of messages `message:conversation:sequence`; of the demo `demo:kind:model:source`."""
    notifications = apps.get_model("notifications", "Notification").objects
    messages = apps.get_model("messaging", "Message").objects
    for row in notifications.only("pk", "key", "template", "source_id").iterator():
        name, *rest = row.key.split(":")
        if name == "message" and len(rest) == 2:
            found = messages.filter(conversation=int(rest[0]), sequence=int(rest[1])).values_list("pk", flat=True)
            row.template, row.source_id = "message", found.first() or -row.pk
        elif rest and rest[-1].isdigit():
            row.template, row.source_id = ":".join([name, *rest[:-1]])[:60], int(rest[-1])
        else:
            row.template, row.source_id = "former", row.pk
        row.save(update_fields=["template", "source_id"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_deliveries_and_preferences"), ("messaging", "0003_words")]

    operations = [
        migrations.AddField("notification", "template", models.CharField(max_length=60, default=""), False),
        migrations.AddField("notification", "source_id", models.BigIntegerField(default=0), False),
        migrations.RunPython(read_keys, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint("notification", "notifications_told_once"),
        migrations.RemoveField("notification", "key"),
        migrations.AddConstraint(
            "notification",
            models.UniqueConstraint(fields=["recipient", "template", "source_id"], name="notifications_told_once"),
        ),
    ]
