"""The limits of events and tickets, now that every row keeps them."""

import django.core.validators
import domains.events.models.tickets
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("events", "0004_fill_check_in")]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='max_attendees',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000, 'Offer at most 100,000 tickets.')]),
        ),
        migrations.AlterField(
            model_name='eventticket',
            name='ticket_code',
            field=models.CharField(default=domains.events.models.tickets.new_ticket_code, editable=False, max_length=16, unique=True),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gt', models.F('event_date'))), name='events_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('max_attendees__isnull', True), ('max_attendees__range', (1, 100000)), _connector='OR'), name='events_has_slots'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('status', 'CANCELLED')), models.Q(('cancelled_at__isnull', True), models.Q(('status', 'CANCELLED'), _negated=True)), _connector='OR'), name='events_cancelled_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='events_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='eventticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'OFFERED'), _negated=True), ('offer_expires_at__isnull', False), _connector='OR'), name='events_offer_has_deadline'),
        ),
        migrations.AddConstraint(
            model_name='eventticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'ISSUED'), _negated=True), ('issued_at__isnull', False), _connector='OR'), name='events_issued_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='eventticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('status', 'CANCELLED')), models.Q(models.Q(('status', 'CANCELLED'), _negated=True), ('cancelled_at__isnull', True), ('revoked_at__isnull', True)), _connector='OR'), name='events_ticket_cancelled_at_a_time'),
        ),
    ]
