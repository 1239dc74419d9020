"""Reactions to facts about organizations, tickets and check-in, and wake-ups of live subscribers."""

from domains.base import bus, live
from domains.base.tasks import send_due_mails
from domains.events import facts, services, tasks
from domains.opportunities.facts import HostWoundUp


@bus.listen(HostWoundUp)
def cancel_events_of_host(fact: HostWoundUp) -> None:
    """Cancels the events of an organization that nobody runs any more."""
    services.cancel_events_of_host(host_id=fact.host_id)


@bus.listen(facts.TicketIssued)
def mail_ticket(fact: facts.TicketIssued) -> None:
    """Mails the ticket to its holder."""
    services.queue_ticket_mail(ticket_id=fact.ticket_id)
    send_due_mails.delay()


@bus.listen(facts.TicketRotated)
def mail_new_code(fact: facts.TicketRotated) -> None:
    """Mails the ticket with its new code to its holder."""
    services.queue_ticket_mail(ticket_id=fact.ticket_id, former_code_id=fact.former_code_id)
    send_due_mails.delay()


@bus.listen(facts.AttendeesPassed)
def propose_hours(fact: facts.AttendeesPassed) -> None:
    """Proposes hours to the volunteers among the people who passed."""
    tasks.propose_hours.delay(fact.event_id, fact.ticket_ids)


@bus.listen(facts.ScansRecorded)
def wake_check_in_subscribers(fact: facts.ScansRecorded) -> None:
    """Wakes the subscribers of the event's check-ins, who read the new scans."""
    live.broadcast(f"event.{fact.event_id}", scans="new")
