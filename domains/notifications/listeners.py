"""Reactions to facts: make notifications, mark them as read, and send them."""

from datetime import datetime
from functools import partial

from domains.accounts.facts import PersonBlocked, SessionEnded
from domains.base import bus, live
from domains.events import facts as events
from domains.messaging.facts import ConversationChanged, ConversationRead, ParticipantsLeft
from domains.messaging.models import ConversationEventKind
from domains.notifications import facts, services, tasks
from domains.opportunities import facts as opportunities

#: Each fact that makes notifications, its template (services/notification_templates), and the field with the row's id.
TEMPLATES_OF_FACTS: tuple[tuple[type[bus.Fact], str, str], ...] = (
    (opportunities.ApplicationSubmitted, "application_received", "application_id"),
    (opportunities.ApplicationSubmitted, "place_confirmed", "application_id"),
    (opportunities.ApplicationDecided, "application_decided", "move_id"),
    (opportunities.EligibilityOverridden, "accepted_anyway", "move_id"),
    (opportunities.OfferMade, "application_decided", "move_id"),
    (opportunities.OfferExpired, "application_decided", "move_id"),
    (opportunities.OfferAnswered, "place_changed", "move_id"),
    (opportunities.ApplicationWithdrawn, "place_changed", "move_id"),
    (opportunities.OpportunityChanged, "opportunity_changed", "change_id"),
    (opportunities.OpportunityCancelled, "opportunity_cancelled", "change_id"),
    (opportunities.HoursProposed, "hours_proposed", "hours_entry_id"),
    (opportunities.HoursReviewed, "hours_reviewed", "hours_entry_id"),
    (events.EventChanged, "event_changed", "change_id"),
    (events.EventCancelled, "event_cancelled", "change_id"),
    (events.TicketOffered, "ticket_offered", "ticket_id"),
    (events.TicketOfferExpired, "ticket_offer_expired", "ticket_id"),
    (events.TicketRevoked, "ticket_revoked", "ticket_id"),
)


def _notify(fact: bus.Fact, *, template: str, field: str) -> None:
    tasks.notify_by_template.delay(template, getattr(fact, field))


for _fact, _template, _field in TEMPLATES_OF_FACTS:
    bus.listen(_fact)(partial(_notify, template=_template, field=_field))


@bus.listen(ConversationChanged)
def notify_of_message(fact: ConversationChanged) -> None:
    """Notify the participants of a new message; at once, since it usually costs one statement."""
    if fact.kind == ConversationEventKind.MESSAGE_SENT:
        services.notify_of_message(
            conversation_id=fact.conversation_id, sequence=fact.sequence, sender_id=fact.actor_id
        )


@bus.listen(ConversationChanged)
def mark_deleted_read(fact: ConversationChanged) -> None:
    """Mark notifications of a deleted message as read."""
    if fact.kind == ConversationEventKind.MESSAGE_DELETED and fact.message_id:
        services.mark_deleted_read(conversation_id=fact.conversation_id, message_id=fact.message_id)


@bus.listen(ConversationRead)
def mark_conversation_read(fact: ConversationRead) -> None:
    """Mark the reader's notification of the conversation as read."""
    services.mark_messages_read(
        conversation_id=fact.conversation_id, reader_id=fact.reader_id, up_to_sequence=fact.up_to_sequence
    )


@bus.listen(ParticipantsLeft)
def mark_left_read(fact: ParticipantsLeft) -> None:
    """Mark the former participants' notifications of the conversation as read."""
    services.mark_left_read(conversation_id=fact.conversation_id, user_ids=fact.user_ids)


@bus.listen(PersonBlocked)
def mark_blocked_read(fact: PersonBlocked) -> None:
    """Mark notifications of the direct conversation between the two as read."""
    services.mark_blocked_read(blocker_id=fact.blocker_id, blocked_id=fact.blocked_id)


@bus.listen(events.EventRemoved)
def notify_of_removed_event(fact: events.EventRemoved) -> None:
    """Notify the ticket holders of an event that went with its creator's account."""
    services.notify_removed(
        event_id=fact.event_id, holder_ids=fact.holder_ids, begins_at=datetime.fromisoformat(fact.begins_at)
    )


@bus.listen(SessionEnded)
def remove_session_subscriptions(fact: SessionEnded) -> None:
    """The browsers of the session get no more pushes."""
    services.remove_session_subscriptions(session_id=fact.session_id)


@bus.listen(facts.PeopleNotified)
def send_notifications(fact: facts.PeopleNotified) -> None:
    """Update the open lists of the recipients at once, and start sending mails and pushes."""
    for user_id in fact.shown_to:
        live.broadcast(f"user.{user_id}", notifications="new")
    if fact.has_mail:
        tasks.send_due_mails.delay()
    if fact.has_push:
        tasks.send_due_pushes.delay()
