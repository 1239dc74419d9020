"""Conversations in the admin: participants, times and numbers, never the text of messages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from domains.base.admin import ReadOnlyAdmin, ReadOnlyInline, count_column
from domains.messaging.models import Conversation, ConversationEvent, Message, MessageAttachment, Participant, Reaction


class ParticipantInline(ReadOnlyInline):
    """The participants."""

    model = Participant
    fields = ("user", "joined_at", "left_at", "read_up_to_sequence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the names in the same statement."""
        return super().get_queryset(request).select_related("user")


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Conversations and their size."""

    list_display = (
        "__str__",
        "is_group",
        count_column("people", Participant, "conversation"),
        count_column("messages", Message, "conversation"),
        "last_sequence",
        "last_activity_at",
    )
    list_filter = ("is_group", "last_activity_at")
    search_fields = ("title", "participations__user__email", "opportunity__title", "event__title")
    ordering = ("-last_activity_at",)
    inlines: ClassVar = [ParticipantInline]


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    """Participants of all conversations."""

    list_display = ("user", "conversation", "joined_at", "left_at", "read_up_to_sequence")
    list_filter = (("left_at", admin.EmptyFieldListFilter), "joined_at")
    search_fields = ("user__email", "user__display_name", "conversation__title")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Messages without their text, which only participants see."""

    list_display = ("conversation", "sequence", "sender", "sent_at", "edited_at", "deleted_at")
    list_filter = ("sent_at", ("deleted_at", admin.EmptyFieldListFilter))
    search_fields = ("sender__email", "sender__display_name", "conversation__title")
    exclude = ("content",)


@admin.register(ConversationEvent)
class ConversationEventAdmin(ReadOnlyAdmin):
    """The log that clients follow."""

    list_display = ("conversation", "sequence", "kind", "actor", "at")
    list_filter = ("kind", "at")
    search_fields = ("actor__email", "conversation__title")


@admin.register(MessageAttachment)
class MessageAttachmentAdmin(ReadOnlyAdmin):
    """Attachments without their files and names, which only participants see."""

    list_display = ("id", "conversation", "uploader", "content_type", "size", "created_at")
    list_filter = ("content_type", "created_at", ("message", admin.EmptyFieldListFilter))
    search_fields = ("uploader__email", "conversation__title")
    exclude = ("file", "filename")


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin):
    """Reactions to messages."""

    list_display = ("message", "user", "emoji", "at")
    list_filter = ("at",)
    search_fields = ("user__email", "user__display_name")
