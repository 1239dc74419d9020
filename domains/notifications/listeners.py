"""What people are told when something happened elsewhere, and what follows when they were told."""

from functools import partial

from domains.accounts.facts import PersonBlocked, SessionEnded
from domains.base import bus, live
from domains.messaging.facts import ConversationChanged, ConversationRead, ParticipantsLeft
from domains.messaging.models import ConversationEventKind
from domains.notifications import facts, services, tasks
from domains.opportunities import facts as opportunities

#: The template (services/templates) of each fact that makes notifications, and the field of the fact with its row.
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
    (opportunities.HoursReviewed, "hours_reviewed", "hours_entry_id"),
)


def _notify(fact: bus.Fact, *, template: str, field: str) -> None:
    tasks.notify_by_template.delay(template, getattr(fact, field))


for _fact, _template, _field in TEMPLATES_OF_FACTS:
    bus.listen(_fact)(partial(_notify, template=_template, field=_field))


@bus.listen(ConversationChanged)
def tell_of_the_message(fact: ConversationChanged) -> None:
    """Those who take part learn that somebody wrote; at once, since it costs one statement as a rule."""
    if fact.kind == ConversationEventKind.MESSAGE_SENT:
        services.notify_of_message(
            conversation_id=fact.conversation_id, sequence=fact.sequence, sender_id=fact.actor_id
        )


@bus.listen(ConversationChanged)
def mark_what_was_deleted(fact: ConversationChanged) -> None:
    """What somebody took back, nobody need be told of any more."""
    if fact.kind == ConversationEventKind.MESSAGE_DELETED and fact.message_id:
        services.mark_deleted_read(conversation_id=fact.conversation_id, message_id=fact.message_id)


@bus.listen(ConversationRead)
def mark_what_was_read(fact: ConversationRead) -> None:
    """Whoever has read the conversation need not be told of it any more."""
    services.mark_messages_read(
        conversation_id=fact.conversation_id, reader_id=fact.reader_id, up_to_sequence=fact.up_to_sequence
    )


@bus.listen(ParticipantsLeft)
def mark_what_was_left(fact: ParticipantsLeft) -> None:
    """Whoever takes part no longer need not be told of it any more."""
    services.mark_left_read(conversation_id=fact.conversation_id, user_ids=fact.user_ids)


@bus.listen(PersonBlocked)
def mark_what_was_blocked(fact: PersonBlocked) -> None:
    """Those who write to each other no more need not be told of what was said any more."""
    services.mark_blocked_read(blocker_id=fact.blocker_id, blocked_id=fact.blocked_id)


@bus.listen(SessionEnded)
def end_its_pushes(fact: SessionEnded) -> None:
    """The browsers of the session get no more pushes."""
    services.forget_session(session_id=fact.session_id)


@bus.listen(facts.PeopleNotified)
def show_and_send(fact: facts.PeopleNotified) -> None:
    """Those who look at their list see it at once; mails and pushes go out."""
    for user_id in fact.shown_to:
        live.broadcast(f"user.{user_id}", notifications="new")
    if fact.has_mail:
        tasks.send_due_mails.delay()
    if fact.has_push:
        tasks.send_due_pushes.delay()
