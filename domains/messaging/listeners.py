"""What follows when something happened to a conversation: whoever listens to it looks again."""

from collections.abc import Iterable

from domains.accounts import facts as accounts
from domains.base import bus, live
from domains.messaging import facts, selectors


@bus.listen(facts.ConversationChanged, is_prompt=True)
def wake_its_listeners(fact: facts.ConversationChanged) -> None:
    """Those who follow the log read on from where they are."""
    live.broadcast(f"conversation.{fact.conversation_id}", sequence=fact.sequence)


@bus.listen(facts.ConversationStarted)
def show_it_in_inboxes(fact: facts.ConversationStarted) -> None:
    """Those who follow all their conversations follow this one too."""
    _wake_inboxes(selectors.find_followers(conversation_ids=[fact.conversation_id])[fact.conversation_id])


@bus.listen(facts.ParticipantsAdded, is_prompt=True)
def show_it_in_their_inboxes(fact: facts.ParticipantsAdded) -> None:
    """Those who joined follow it with all their conversations."""
    _wake_inboxes(fact.user_ids)


def _wake_inboxes(user_ids: Iterable[int]) -> None:
    for user_id in user_ids:
        live.broadcast(f"inbox.{user_id}")


@bus.listen(facts.ConversationRead, is_prompt=True)
def show_the_receipt(fact: facts.ConversationRead) -> None:
    """Those who follow the conversation learn how far somebody has read."""
    live.broadcast(f"conversation.{fact.conversation_id}", reader_id=fact.reader_id, up_to_sequence=fact.up_to_sequence)


@bus.listen(facts.ParticipantTyping)
def show_who_types(fact: facts.ParticipantTyping) -> None:
    """Those who follow the conversation learn that an answer is coming, or is not."""
    live.broadcast(f"conversation.{fact.conversation_id}", participant_id=fact.participant_id, is_typing=fact.is_typing)


@bus.listen(accounts.PersonBlocked)
def end_the_following(fact: accounts.PersonBlocked) -> None:
    """Those who follow the direct conversation of the two look again whether they still may."""
    _wake_the_pair(fact.blocker_id, fact.blocked_id)


@bus.listen(accounts.PersonUnblocked, is_prompt=True)
def let_them_follow(fact: accounts.PersonUnblocked) -> None:
    """Those who follow all their conversations follow the direct one of the two again."""
    _wake_inboxes([fact.blocker_id, fact.blocked_id])


def _wake_the_pair(one_id: int, other_id: int) -> None:
    conversation_id = selectors.get_direct_id(one_id=one_id, other_id=other_id)
    if conversation_id is not None:
        live.broadcast(f"conversation.{conversation_id}", participants=1)
