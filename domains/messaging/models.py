"""Conversations as a durable log: each has a gapless sequence, in the order of the commits.

A ConversationEvent is one row of the log. Its sequence is assigned under the lock of the conversation's
row, so that a reader who has seen sequence 11 can never miss a 10 that commits later.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User, register_acquaintance
from domains.events.models import Event
from domains.opportunities.models import Opportunity

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ConversationEventKind(models.TextChoices):
    """Kind of a row in the log."""

    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_EDITED = "MESSAGE_EDITED"
    MESSAGE_DELETED = "MESSAGE_DELETED"
    MESSAGE_REACTED = "MESSAGE_REACTED"
    PARTICIPANTS_CHANGED = "PARTICIPANTS_CHANGED"


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations, as people see them."""

    def visible_to(self, viewer: User | None) -> ConversationQuerySet:
        """Conversations that the viewer is a participant of now; staff see no others either."""
        if viewer is None:
            return self.none()
        return self.filter(
            Q(pk__in=Participant.objects.filter(user=viewer, left_at__isnull=True).values("conversation"))
        )


class Conversation(models.Model):
    """A direct conversation between two people, or a group."""

    title = models.CharField(max_length=120, blank=True)
    is_group = models.BooleanField(default=False)
    #: "LOWER_ID:HIGHER_ID" of the two people of a direct conversation: one per pair.
    direct_key = models.CharField(max_length=50, unique=True, null=True, blank=True, editable=False)
    opportunity = models.ForeignKey(Opportunity, models.SET_NULL, null=True, blank=True, related_name="conversations")
    event = models.ForeignKey(Event, models.SET_NULL, null=True, blank=True, related_name="conversations")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    last_sequence = models.PositiveIntegerField(default=0, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConversationQuerySet.as_manager()

    if TYPE_CHECKING:
        participations: RelatedManager[Participant]
        messages: RelatedManager[Message]
        events: RelatedManager[ConversationEvent]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last_activity_at", "id"], name="messaging_by_activity")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_group=True, direct_key__isnull=True) | Q(is_group=False, direct_key__isnull=False),
                name="messaging_direct_has_key",
            )
        ]

    def __str__(self) -> str:
        return self.title or f"Conversation {self.pk}"


class Participant(models.Model):
    """A person in a conversation, from joining to leaving, and how far they have read."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="participations")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    read_up_to_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "left_at"], name="messaging_participations")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="messaging_participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"


@register_acquaintance
def fellow_participants(viewer: User, person: Any) -> models.QuerySet[Participant]:
    """Return the person's participations in the viewer's current conversations."""
    shared = Conversation.objects.visible_to(viewer)
    return Participant.objects.filter(user=person, left_at__isnull=True, conversation__in=shared)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, as people see them."""

    def visible_to(self, viewer: User | None) -> MessageQuerySet:
        """Messages of the viewer's current conversations."""
        return self.filter(conversation__in=Conversation.objects.visible_to(viewer))


class Message(models.Model):
    """A message; its sequence is that of its MESSAGE_SENT event."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    sequence = models.PositiveIntegerField()
    client_id = models.UUIDField()
    #: Empty if the message was deleted, or has files only.
    content = models.TextField(max_length=10_000, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        reactions: RelatedManager[Reaction]
        attachments: RelatedManager[MessageAttachment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "sequence"], name="messaging_message_sequence"),
            models.UniqueConstraint(fields=["sender", "client_id"], name="messaging_client_id_once"),
        ]

    def __str__(self) -> str:
        return f"Message {self.sequence} in {self.conversation_id}"


class Reaction(models.Model):
    """One person's emoji under a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="messaging_reacted_once")
        ]

    def __str__(self) -> str:
        return f"{self.emoji} under {self.message_id}"


def random_key(attachment: MessageAttachment, filename: str) -> str:  # noqa: ARG001 - never the client's name
    """Return the storage path of an attachment's file: random, with nothing from the client."""
    return f"{MessageAttachment.FOLDER}/{secrets.token_hex(20)}"


class MessageAttachmentQuerySet(models.QuerySet["MessageAttachment"]):
    """Attachments, as people see them."""

    def visible_to(self, viewer: User | None) -> MessageAttachmentQuerySet:
        """Sent attachments of the viewer's current conversations, and the viewer's own unsent ones there."""
        if viewer is None:
            return self.none()
        seen = Q(conversation__in=Conversation.objects.visible_to(viewer))
        return self.filter(seen & (Q(message__isnull=False) | Q(uploader=viewer)))


class MessageAttachment(models.Model):
    """A file that was uploaded for a conversation; it belongs to no message until one is sent with it."""

    #: The folder of the default storage that holds the files, and nothing else.
    FOLDER: ClassVar = "attachments"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="attachments")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    file = models.FileField(upload_to=random_key, max_length=120)
    filename = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    #: In pixels; pictures only.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = MessageAttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Attachment {self.pk} of {self.message_id}"


class ConversationEvent(models.Model):
    """One row of a conversation's log; it is never changed, and removed only with its conversation or message."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = TextChoicesField(choices_enum=ConversationEventKind)
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: For MESSAGE_REACTED only: the emoji, and how many people had reacted with it when the row was written.
    emoji = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "sequence"], name="messaging_event_sequence"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="messaging_sequence_from_1"),
            models.CheckConstraint(
                condition=Q(kind="PARTICIPANTS_CHANGED") | Q(message__isnull=False),
                name="messaging_event_has_message",
            ),
            models.CheckConstraint(
                condition=Q(kind="MESSAGE_REACTED", count__isnull=False) & ~Q(emoji="")
                | ~Q(kind="MESSAGE_REACTED") & Q(count__isnull=True, emoji=""),
                name="messaging_reaction_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence} in {self.conversation_id}"
