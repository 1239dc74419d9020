"""What people are told when something happened elsewhere, and what follows when they were told."""

from domains.accounts.facts import PersonBlocked, SessionEnded
from domains.base import bus, live
from domains.messaging.facts import ConversationChanged, ConversationRead, ParticipantsLeft
from domains.messaging.models import ConversationEventKind
from domains.notifications import facts, services, tasks
from domains.opportunities import facts as opportunities


@bus.listen(opportunities.ApplicationSubmitted)
def tell_of_the_application(fact: opportunities.ApplicationSubmitted) -> None:
    """Those who run the host learn that somebody applied; whoever got a place at once has it in writing."""
    tasks.notify_by_template.delay("application_received", fact.application_id)
    tasks.notify_by_template.delay("place_confirmed", fact.application_id)


@bus.listen(opportunities.ApplicationDecided)
def tell_of_the_decision(fact: opportunities.ApplicationDecided) -> None:
    """The volunteer learns of the decision."""
    tasks.notify_by_template.delay("application_decided", fact.move_id)


@bus.listen(opportunities.EligibilityOverridden)
def tell_of_the_override(fact: opportunities.EligibilityOverridden) -> None:
    """The host's owners and coordinators learn that one of them accepted somebody anyway."""
    tasks.notify_by_template.delay("accepted_anyway", fact.move_id)


@bus.listen(opportunities.OfferMade)
def tell_of_the_offer(fact: opportunities.OfferMade) -> None:
    """Whoever was first in line learns that a place is held for them, and until when."""
    tasks.notify_by_template.delay("application_decided", fact.move_id)


@bus.listen(opportunities.OfferExpired)
def tell_of_the_end_of_the_offer(fact: opportunities.OfferExpired) -> None:
    """Whoever did not answer learns that the place went on."""
    tasks.notify_by_template.delay("application_decided", fact.move_id)


@bus.listen(opportunities.OfferAnswered)
def tell_of_the_answer(fact: opportunities.OfferAnswered) -> None:
    """Those who run the host learn who took the place that had become free."""
    tasks.notify_by_template.delay("place_changed", fact.move_id)


@bus.listen(opportunities.ApplicationWithdrawn)
def tell_of_the_withdrawal(fact: opportunities.ApplicationWithdrawn) -> None:
    """Those who run the host learn that somebody who had a place will not come."""
    tasks.notify_by_template.delay("place_changed", fact.move_id)


@bus.listen(opportunities.OpportunityChanged)
def tell_of_the_change(fact: opportunities.OpportunityChanged) -> None:
    """Whoever holds a place learns what is different now."""
    tasks.notify_by_template.delay("opportunity_changed", fact.change_id)


@bus.listen(opportunities.OpportunityCancelled)
def tell_that_it_is_called_off(fact: opportunities.OpportunityCancelled) -> None:
    """Whoever applied learns that it does not take place."""
    tasks.notify_by_template.delay("opportunity_cancelled", fact.change_id)


@bus.listen(opportunities.HoursReviewed)
def tell_of_the_review(fact: opportunities.HoursReviewed) -> None:
    """The volunteer learns what became of the hours."""
    tasks.notify_by_template.delay("hours_reviewed", fact.hours_entry_id)


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
