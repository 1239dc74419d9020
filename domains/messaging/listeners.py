"""Listeners that wake live subscribers after a change, so that they read on."""

from collections.abc import Iterable

from domains.accounts import facts as accounts
from domains.base import bus, live
from domains.messaging import facts, selectors


@bus.listen(facts.ConversationChanged, is_prompt=True)
def wake_log_subscribers(fact: facts.ConversationChanged) -> None:
    """Wakes the log's subscribers, who read on from their last sequence."""
    live.broadcast(f"conversation.{fact.conversation_id}", sequence=fact.sequence)


@bus.listen(facts.ConversationStarted)
def wake_inboxes_of_participants(fact: facts.ConversationStarted) -> None:
    """Wakes the participants' inbox subscriptions, which then include this conversation."""
    _wake_inboxes(selectors.find_permitted_subscribers(conversation_ids=[fact.conversation_id])[fact.conversation_id])


@bus.listen(facts.ParticipantsAdded, is_prompt=True)
def wake_inboxes_of_newcomers(fact: facts.ParticipantsAdded) -> None:
    """Wakes the inbox subscriptions of the people who joined."""
    _wake_inboxes(fact.user_ids)


def _wake_inboxes(user_ids: Iterable[int]) -> None:
    for user_id in user_ids:
        live.broadcast(f"inbox.{user_id}")


@bus.listen(facts.ConversationRead, is_prompt=True)
def broadcast_read_receipt(fact: facts.ConversationRead) -> None:
    """Tells the conversation's subscribers how far the reader has read."""
    live.broadcast(f"conversation.{fact.conversation_id}", reader_id=fact.reader_id, up_to_sequence=fact.up_to_sequence)


@bus.listen(facts.ParticipantTyping)
def broadcast_typing(fact: facts.ParticipantTyping) -> None:
    """Tells the conversation's subscribers that a participant began or stopped typing."""
    live.broadcast(f"conversation.{fact.conversation_id}", participant_id=fact.participant_id, is_typing=fact.is_typing)


@bus.listen(accounts.PersonBlocked)
def recheck_blocked_pair(fact: accounts.PersonBlocked) -> None:
    """Wakes the subscribers of the pair's direct conversation, who check again whether they may follow it."""
    _wake_pair(fact.blocker_id, fact.blocked_id)


@bus.listen(accounts.PersonUnblocked, is_prompt=True)
def wake_inboxes_of_unblocked_pair(fact: accounts.PersonUnblocked) -> None:
    """Wakes the inbox subscriptions of both, which then include their direct conversation again."""
    _wake_inboxes([fact.blocker_id, fact.blocked_id])


def _wake_pair(one_id: int, other_id: int) -> None:
    conversation_id = selectors.get_direct_id(one_id=one_id, other_id=other_id)
    if conversation_id is not None:
        live.broadcast(f"conversation.{conversation_id}", participants=1)
