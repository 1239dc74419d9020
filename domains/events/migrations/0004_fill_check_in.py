"""Give the events, tickets and scans that exist the values of the new columns."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F
from django.utils import timezone

from domains.events.models.tickets import CODE_LENGTH, new_code_random, new_ticket_code

MAX_SLOTS = 100_000
BATCH_SIZE = 1_000


def fill(apps, schema_editor):
    """Codes get their new form: nothing has checked a ticket in by its code before."""
    event, ticket, scan = (apps.get_model("events", name) for name in ("Event", "EventTicket", "Scan"))
    now = timezone.now()
    event.objects.filter(end_date__lte=F("event_date")).update(end_date=F("event_date") + timedelta(hours=2))
    event.objects.filter(max_attendees__gt=MAX_SLOTS).update(max_attendees=MAX_SLOTS)
    event.objects.filter(max_attendees=0).update(max_attendees=None)
    event.objects.filter(status="CANCELLED").update(cancelled_at=now)
    # No hours are proposed for events that ended before there were proposals.
    event.objects.filter(end_date__lte=now).update(hours_proposed_at=now)
    scan.objects.filter(direction="EXIT", outcome="ADMITTED").update(outcome="EXITED")
    rows = []
    for row in ticket.objects.iterator(BATCH_SIZE):
        row.claimed_at, row.code_random = row.issued_at, new_code_random()
        if row.status == "WAITLISTED":
            row.waitlisted_at = row.waitlisted_at or row.claimed_at
        elif row.status == "OFFERED":
            row.offer_expires_at = row.offer_expires_at or now
        row.issued_at = row.issued_at if row.status == "ISSUED" or row.check_in_time else None
        row.cancelled_at = now if row.status == "CANCELLED" else None
        if len(row.ticket_code) != CODE_LENGTH:
            row.ticket_code = new_ticket_code()
        passed = scan.objects.filter(ticket=row, outcome__in=("ADMITTED", "EXITED")).order_by("-scanned_at", "-pk")
        last = passed.first() if row.check_in_time else None
        row.is_inside = last is not None and last.direction == "ENTRY"
        row.last_passed_at = last.scanned_at if last else None
        rows.append(row)
        if len(rows) == BATCH_SIZE:
            _store(ticket, rows)
            rows = []
    _store(ticket, rows)


def _store(ticket, rows):
    columns = (
        "claimed_at",
        "code_random",
        "issued_at",
        "cancelled_at",
        "ticket_code",
        "is_inside",
        "last_passed_at",
        "waitlisted_at",
        "offer_expires_at",
    )
    if rows:
        ticket.objects.bulk_update(rows, columns)


class Migration(migrations.Migration):

    dependencies = [("events", "0003_check_in")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
