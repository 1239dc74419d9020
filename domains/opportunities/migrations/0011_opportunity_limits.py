"""An opportunity that is written here ends after it has begun; a role has at most 100,000 slots.

What says otherwise is put in order first: it lasts a second, which changes neither when it was nor that it is over.
"""

from datetime import timedelta

import django.core.validators
from django.conf import settings
from django.db import migrations, models


MAX_SLOTS = 100_000


def put_in_order(apps, schema_editor):
    opportunities = apps.get_model('opportunities', 'Opportunity').objects.exclude(kind='EXTERNAL')
    opportunities.filter(end_date=models.F('start_date')).update(end_date=models.F('start_date') + timedelta(seconds=1))
    apps.get_model('opportunities', 'Role').objects.filter(slots_available__gt=MAX_SLOTS).update(
        slots_available=MAX_SLOTS
    )


class Migration(migrations.Migration):

    dependencies = [
        ('learning', '0001_initial'),
        ('opportunities', '0010_overrides'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(put_in_order, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='opportunity',
            name='opportunities_dates_in_order',
        ),
        migrations.RemoveConstraint(
            model_name='role',
            name='opportunities_role_has_slots',
        ),
        migrations.AlterField(
            model_name='role',
            name='slots_available',
            field=models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000, 'Offer at most 100,000 slots.')]),
        ),
        migrations.AddConstraint(
            model_name='opportunity',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gt', models.F('start_date')), models.Q(('end_date', models.F('start_date')), ('kind', 'EXTERNAL')), _connector='OR'), name='opportunities_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(('slots_available__range', (1, 100000))), name='opportunities_role_has_slots'),
        ),
    ]
