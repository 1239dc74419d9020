"""Invariants of conversations.

The database itself refuses two rows of a log with one sequence, two direct conversations with one key, and the same
person twice in a conversation.
"""

from __future__ import annotations

from django.db.models import CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from domains.base.audit import invariant
from domains.base.stored_files import register_files
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationEventKind,
    Message,
    MessageAttachment,
    Participant,
    Reaction,
)

SENT = ConversationEventKind.MESSAGE_SENT

register_files(model=MessageAttachment, folder=MessageAttachment.FOLDER)


@invariant
def logs_have_no_gaps() -> QuerySet[Conversation]:
    """The log of a conversation has every sequence from 1 to its last, and none after it."""
    # Sequences are unique and at least 1, so none is missing if there are as many rows as the highest sequence.
    logs = Conversation.objects.annotate(rows=Count("events"), top=Coalesce(Max("events__sequence"), 0))
    return logs.exclude(rows=F("last_sequence"), top=F("last_sequence"))


@invariant
def messages_are_in_the_log() -> QuerySet[Message]:
    """A message has its row in the log of its conversation, under its own sequence."""
    row = ConversationEvent.objects.filter(conversation=OuterRef("conversation"), sequence=OuterRef("sequence"))
    return Message.objects.filter(~Exists(row.filter(message=OuterRef("pk"), kind=SENT)))


@invariant
def log_rows_match_their_messages() -> QuerySet[ConversationEvent]:
    """A row of a log is about a message of the same conversation, and brings it under its own sequence."""
    about = ConversationEvent.objects.filter(message__isnull=False)
    is_elsewhere = ~Q(message__conversation=F("conversation"))
    has_other_sequence = Q(kind=SENT) & ~Q(message__sequence=F("sequence"))
    return about.filter(is_elsewhere | has_other_sequence)


@invariant
def nobody_has_read_ahead() -> QuerySet[Participant]:
    """Nobody has read further than a conversation goes."""
    return Participant.objects.filter(read_up_to_sequence__gt=F("conversation__last_sequence"))


@invariant
def direct_conversations_match_their_key() -> QuerySet[Conversation]:
    """A direct conversation is between the two people whom its key names, of whom one or both may be erased."""
    people = {
        "people": Count("participations"),
        "one": Min("participations__user"),
        "other": Max("participations__user"),
    }
    direct = Conversation.objects.filter(is_group=False).annotate(**people)
    keyed = direct.annotate(key=Concat(_text("one"), Value(":"), _text("other")))
    others = Q(people=2) & ~Q(direct_key=F("key"))
    return keyed.filter(Q(people__gt=2) | others)


@invariant
def deleted_messages_are_empty() -> QuerySet[Message]:
    """Of a deleted message only its place is left: no words, no files, no reactions."""
    files = MessageAttachment.objects.filter(message=OuterRef("pk"))
    reactions = Reaction.objects.filter(message=OuterRef("pk"))
    is_not_empty = ~Q(content="") | Exists(files) | Exists(reactions)
    return Message.objects.filter(is_not_empty, deleted_at__isnull=False)


@invariant
def files_stay_in_their_conversation() -> QuerySet[MessageAttachment]:
    """A file that was sent is in the conversation of its message."""
    return MessageAttachment.objects.filter(message__isnull=False).exclude(message__conversation=F("conversation"))


def _text(number: str) -> Cast:
    return Cast(number, CharField())
