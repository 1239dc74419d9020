"""What follows when something happened to a conversation: whoever listens to it looks again."""

from domains.base import bus, live
from domains.messaging import facts


@bus.listen(facts.ConversationChanged)
def wake_its_listeners(fact: facts.ConversationChanged) -> None:
    """Those who follow the log read on from where they are."""
    live.broadcast(f"conversation.{fact.conversation_id}", sequence=fact.sequence)


@bus.listen(facts.ConversationRead)
def show_the_receipt(fact: facts.ConversationRead) -> None:
    """Those who follow the conversation learn how far somebody has read."""
    live.broadcast(f"conversation.{fact.conversation_id}", reader_id=fact.reader_id, up_to_sequence=fact.up_to_sequence)


@bus.listen(facts.ParticipantTyping)
def show_who_types(fact: facts.ParticipantTyping) -> None:
    """Those who follow the conversation learn that an answer is coming, or is not."""
    live.broadcast(f"conversation.{fact.conversation_id}", participant_id=fact.participant_id, is_typing=fact.is_typing)
