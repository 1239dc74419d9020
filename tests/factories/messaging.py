"""Conversations whose log has no gaps: each message comes with its event and moves the conversation on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory

from domains.accounts.models import User
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationEventKind,
    Message,
    MessageAttachment,
    Participant,
    Reaction,
)
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


class ConversationFactory(ModelFactory[Conversation]):
    """A direct conversation of two new people, nothing said yet; `people=[…]` names them."""

    class Meta:
        model = Conversation

    people = LazyFunction(lambda: UserFactory.create_batch(2))
    is_group = False
    created_by = LazyAttribute(lambda conversation: conversation.people[0])
    direct_key = LazyAttribute(lambda conversation: None if conversation.is_group else direct_key(*conversation.people))

    @classmethod
    def _create(cls, model_class: type[Conversation], *args: Any, **kwargs: Any) -> Conversation:
        people = kwargs.pop("people")
        conversation: Conversation = super()._create(model_class, *args, **kwargs)
        for user in people:
            ParticipantFactory(conversation=conversation, user=user)
        return conversation


def direct_key(one: User, other: User) -> str:
    """Return the key of the direct conversation of these two people."""
    low, high = sorted((one.pk, other.pk))
    return f"{low}:{high}"


def conversation_between(*people: User, **fields: Any) -> Conversation:
    """Return a new conversation: direct between two people, a group of more, unless `is_group` says."""
    fields.setdefault("is_group", len(people) != 2)
    return ConversationFactory(people=list(people), **fields)


class ParticipantFactory(ModelFactory[Participant]):
    """Somebody in a group who has read nothing yet."""

    class Meta:
        model = Participant

    conversation = SubFactory(ConversationFactory, is_group=True)
    user = SubFactory(UserFactory)


class ConversationEventFactory(ModelFactory[ConversationEvent]):
    """The next row of a conversation's log; the conversation moves on to it."""

    class Meta:
        model = ConversationEvent

    conversation = SubFactory(ConversationFactory, is_group=True)
    sequence = LazyAttribute(lambda event: event.conversation.last_sequence + 1)
    kind = ConversationEventKind.PARTICIPANTS_CHANGED
    actor = SelfAttribute("conversation.created_by")

    @classmethod
    def _create(cls, model_class: type[ConversationEvent], *args: Any, **kwargs: Any) -> ConversationEvent:
        event: ConversationEvent = super()._create(model_class, *args, **kwargs)
        event.conversation.last_sequence = event.sequence
        event.conversation.last_activity_at = event.at
        event.conversation.save(update_fields=["last_sequence", "last_activity_at"])
        return event


class MessageFactory(ModelFactory[Message]):
    """The next message of its conversation, by default from the one who began it; its sender has read it."""

    class Meta:
        model = Message

    conversation = SubFactory(ConversationFactory)
    sender = SelfAttribute("conversation.created_by")
    sequence = LazyAttribute(lambda message: message.conversation.last_sequence + 1)
    client_id = LazyFunction(uuid4)
    content = Sequence(lambda n: f"See you at the tool shed, take {n}.")

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        message: Message = super()._create(model_class, *args, **kwargs)
        ConversationEventFactory(
            conversation=message.conversation,
            sequence=message.sequence,
            kind=ConversationEventKind.MESSAGE_SENT,
            message=message,
            actor=message.sender,
            at=message.sent_at,
        )
        message.conversation.participations.filter(user=message.sender).update(read_up_to_sequence=message.sequence)
        return message


class ReactionFactory(ModelFactory[Reaction]):
    """A thumb under a new message, from its sender; the log says nothing of it."""

    class Meta:
        model = Reaction

    message = SubFactory(MessageFactory)
    user = SelfAttribute("message.sender")
    emoji = "👍"


class MessageAttachmentFactory(ModelFactory[MessageAttachment]):
    """A text that came with a new message; `message=None, conversation=…` is one that was not sent yet."""

    class Meta:
        model = MessageAttachment

    message = SubFactory(MessageFactory)
    conversation = SelfAttribute("message.conversation")
    uploader = SelfAttribute("conversation.created_by")
    file = LazyFunction(lambda: ContentFile(b"Bring gloves.", name="list.txt"))
    filename = "list.txt"
    content_type = "text/plain"
    size = 13
