from django.db import migrations, models

NAME = "messaging_message_words"
INDEX = f"""
CREATE INDEX {NAME} ON messaging_message
USING gin (to_tsvector('simple', translate(content, '-_./:@<>&+~', '           ')))
WHERE deleted_at IS NULL
"""


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0002_reactions_and_attachments'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='content',
            field=models.TextField(blank=True, max_length=10000),
        ),
        migrations.RunPython(add_index, drop_index),
    ]
