"""Reads the log for live delivery, once for all streams of a conversation in this process.

A reading costs the same for one subscriber and for two hundred: one query for the rows with their messages and
senders, and one for the rights. Files, reactions, participants and readers cost one more statement each if needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from domains.accounts import models as accounts
from domains.messaging import selectors
from domains.messaging.models import ConversationEventKind
from graphql_api.live.selections import Item
from graphql_api.live.switchboard import Wakeup
from graphql_api.messaging.events import ConversationRead, ParticipantsChanged, ParticipantTyping, as_event

#: Kinds of events that show a message with files and reactions; these fields differ by viewer.
SHOW_A_MESSAGE = frozenset({ConversationEventKind.MESSAGE_SENT, ConversationEventKind.MESSAGE_EDITED})
#: Approximate size of an event in bytes, without the text of its message.
FRAME = 300


@dataclass(frozen=True)
class Reading:
    """The next items of a conversation, and the ids of the users who may receive them."""

    items: list[Item]
    followers: set[int]


@dataclass(frozen=True)
class Passing:
    """A live event that is not in the log: a read receipt or a typing event."""

    person_id: int
    wakeup: Wakeup

    @classmethod
    def of(cls, wakeup: Wakeup) -> Passing | None:
        """Return the live event that the wake-up carries, or None if it only asks to read the log."""
        person_id = wakeup.get("reader_id") or wakeup.get("participant_id")
        return cls(person_id, wakeup) if person_id else None


def read(*, conversation_id: int, after_sequence: int, limit: int, passing: Sequence[Passing] = ()) -> Reading:
    """Return the rows after a sequence, then the live events, and the ids of the current participants.

    The rights are read after the rows, so a user who lost the right before receives none of these rows.
    """
    rows = list(selectors.find_log(conversation_id=conversation_id, after_sequence=after_sequence, limit=limit))
    _fill_in(rows)
    followers = selectors.find_permitted_subscribers(conversation_ids=[conversation_id])[conversation_id]
    items = [_item(row) for row in rows] + _passing_items(passing, followers)
    _bring_people(conversation_id, items)
    return Reading(items, followers)


def _fill_in(rows: Iterable[Any]) -> None:
    """Prefetch the files and reactions of messages that have any; mark the others as having none."""
    with_files = [row.message for row in rows if row.message_id and row.has_files]
    with_reactions = [row.message for row in rows if row.message_id and row.has_reactions]
    for row in rows:
        if row.message_id:
            row.message._prefetched_objects_cache = {
                name: related.none()
                for name, related in (("attachments", row.message.attachments), ("reactions", row.message.reactions))
            }
    for messages, name in ((with_files, "attachments"), (with_reactions, "reactions")):
        for message in messages:
            del message._prefetched_objects_cache[name]
        prefetch_related_objects(messages, name)


def _item(row: Any) -> Item:
    message = row.message if row.message_id else None
    return Item(
        value=as_event(row),
        size=FRAME + (len(message.content.encode()) if message else 0),
        sequence=row.sequence,
        is_same_for_all=row.kind not in SHOW_A_MESSAGE or not (row.has_files or row.has_reactions),
    )


def _passing_items(passing: Sequence[Passing], followers: Collection[int]) -> list[Item]:
    told = [one for one in passing if one.person_id in followers]
    people = accounts.User.objects.in_bulk({one.person_id for one in told}) if told else {}
    return [
        Item(value=_shown(one.wakeup, people[one.person_id]), is_same_for_all=True, about_id=_typist(one))
        for one in told
        if one.person_id in people
    ]


def _shown(wakeup: Wakeup, person: Any) -> Any:
    if "up_to_sequence" in wakeup:
        return ConversationRead(reader=person, up_to_sequence=wakeup["up_to_sequence"])
    return ParticipantTyping(participant=person, is_typing=bool(wakeup["is_typing"]))


def _typist(one: Passing) -> int | None:
    return one.person_id if "is_typing" in one.wakeup else None


def _bring_people(conversation_id: int, items: Iterable[Item]) -> None:
    changes = [item.value for item in items if isinstance(item.value, ParticipantsChanged)]
    if changes:
        people = selectors.find_participants(conversation_ids=[conversation_id])[conversation_id]
        for change in changes:
            change.people = people
