from django.db import migrations, models

NAME = "opportunities_host_words"
INDEX = f"""
CREATE INDEX {NAME} ON opportunities_opportunityhost
USING gin (to_tsvector('simple', translate(organization_name, '-_./:@<>&+~', '           ')))
"""


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('opportunities', '0007_taking_down'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='opportunityhost',
            index=models.Index(fields=['organization_name', 'id'], name='opportunities_host_by_name'),
        ),
        migrations.AddIndex(
            model_name='opportunityhost',
            index=models.Index(fields=['zip_code', 'organization_name', 'id'], name='opportunities_host_by_zip'),
        ),
        migrations.RunPython(add_index, drop_index),
    ]
