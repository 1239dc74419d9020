"""The mail with a ticket: when the ticket is issued, and when its code was replaced, once each."""

from __future__ import annotations

from django.utils import timezone

from domains.accounts.policies import can_be_mailed
from domains.base import mail
from domains.base.models import MailJob
from domains.base.texts import clean_file_name
from domains.events import tokens
from domains.events.models import EventTicket, FormerCode
from domains.events.qr_images import group_letters
from domains.events.services import ticket_pages
from domains.events.services.calendar_files import calendar_file

TICKET = "ticket"


def queue_ticket_mail(*, ticket_id: int, former_code_id: int | None = None) -> None:
    """Queue the mail with the ticket, once, and once for each code that was replaced; a system act."""
    mail.enqueue(kind=TICKET, source_id=ticket_id, occasion=str(former_code_id or ""))


@mail.writes(TICKET)
def write_ticket_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail with the ticket's current code, with the page and an entry for calendars attached.

    None if the ticket lets nobody in any more, if its code was replaced meanwhile, which has a mail of its own, if the
    event is over, or if the holder gets no mails.
    """
    tickets = EventTicket.objects.select_related("attendee", "event__host", "event__organization")
    ticket = tickets.filter(pk=job.source_id).first()
    if ticket is None or not _is_wanted(ticket, job):
        return None
    event = ticket.event
    name = clean_file_name(event.title, fallback="event")
    page = ticket_pages.render_ticket_page(ticket)
    return mail.Mail(
        "events/ticket",
        f"Your ticket: {event.title}",
        ticket.attendee.email,
        {
            "ticket": ticket,
            "event": event,
            "is_replaced": bool(job.occasion),
            "when": ticket_pages.when_of(event),
            "where": ticket_pages.where_of(event),
            "letters": group_letters(ticket.ticket_code),
            "link": tokens.mailed_ticket_url(ticket),
        },
        attachments=[
            mail.Attachment(f"Ticket {name}.html", page.encode(), "text/html"),
            calendar_file(event),
        ],
    )


def _is_wanted(ticket: EventTicket, job: MailJob) -> bool:
    if not ticket_pages.shows_code(ticket) or ticket.event.end_date <= timezone.now():
        return False
    replaced = FormerCode.objects.filter(ticket=ticket, pk__gt=int(job.occasion or 0))
    return can_be_mailed(ticket.attendee) and not replaced.exists()
