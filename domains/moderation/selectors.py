"""Snapshots of reportable content as its reporter sees it, without anything that the reporter may not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from domains.accounts.models import ProfileField, User, UserProfile
from domains.accounts.selectors import find_pictures
from domains.events.models import Event
from domains.messaging.models import Conversation, Message, MessageAttachment
from domains.messaging.selectors import find_messages, participants_of
from domains.opportunities.models import Application, MembershipRole, Opportunity, OpportunityHost, Role

#: Number of messages kept before and after a reported one, and of a reported conversation's last messages.
MAX_CONTEXT_MESSAGES, MAX_LAST_MESSAGES = 5, 10


@dataclass(frozen=True)
class Snapshot:
    """A subject as its reporter sees it now."""

    #: The person who made the subject, if it was one person.
    author_id: int | None
    #: Title in one line, for lists.
    title: str
    #: Name and text of the other visible parts, in order.
    parts: list[tuple[str, str]]
    #: Messages around the subject.
    messages: list[dict[str, Any]]
    #: The reported file, or the files attached to the subject.
    files: list[MessageAttachment] = field(default_factory=list)

    def as_context(self) -> dict[str, Any]:
        """Return the JSON that is stored with the report."""
        return {"title": self.title, "parts": [list(part) for part in self.parts], "messages": self.messages}


def take_snapshot(*, viewer: User, subject_type: str, subject_id: int) -> Snapshot | None:
    """Return a snapshot of what the viewer sees of a subject, or None if they may not see it."""
    if subject_type not in SUBJECTS:
        return None
    rows, snapshot_of = SUBJECTS[subject_type]
    row = rows(viewer).filter(pk=subject_id).first()
    return None if row is None else snapshot_of(viewer, row)


def _snapshot_message(viewer: User, message: Message) -> Snapshot:
    sender = message.sender.display_name if message.sender else "somebody"
    near = find_messages(viewer=viewer).filter(conversation=message.conversation_id)
    before = near.filter(sequence__lt=message.sequence).order_by("-sequence")[:MAX_CONTEXT_MESSAGES]
    after = near.filter(sequence__gt=message.sequence)[:MAX_CONTEXT_MESSAGES]
    lines = [*_describe(before)[::-1], *(line | {"is_subject": True} for line in _describe(near.filter(pk=message.pk)))]
    conversation_title = message.conversation.title or (
        "a group" if message.conversation.is_group else "a direct conversation"
    )
    files = [] if message.deleted_at else list(message.attachments.order_by("pk"))
    return Snapshot(
        message.sender_id, f"Message of {sender}", [("Said in", conversation_title)], [*lines, *_describe(after)], files
    )


def _describe(messages: QuerySet[Message]) -> list[dict[str, Any]]:
    rows = messages.select_related("sender").prefetch_related("attachments")
    return [
        {
            "id": row.pk,
            "sequence": row.sequence,
            "sender_id": row.sender_id,
            "sender": row.sender.display_name if row.sender else "",
            "sent_at": row.sent_at.isoformat(),
            "edited_at": row.edited_at.isoformat() if row.edited_at else None,
            "is_deleted": row.deleted_at is not None,
            "content": "" if row.deleted_at else row.content,
            "attachments": [] if row.deleted_at else [file.filename for file in row.attachments.all()],
        }
        for row in rows
    ]


def _snapshot_attachment(viewer: User, attachment: MessageAttachment) -> Snapshot:
    message_snapshot = _snapshot_message(viewer, attachment.message) if attachment.message else None
    parts = [
        ("File", attachment.filename),
        ("Type", attachment.content_type),
        *(message_snapshot.parts if message_snapshot else []),
    ]
    messages = message_snapshot.messages if message_snapshot else []
    return Snapshot(attachment.uploader_id, attachment.filename, parts, messages, [attachment])


def _snapshot_conversation(viewer: User, conversation: Conversation) -> Snapshot:
    messages = find_messages(viewer=viewer).filter(conversation=conversation)
    people = ", ".join(person.display_name for person in participants_of(conversation))
    title = conversation.title or ("A group" if conversation.is_group else "A direct conversation")
    return Snapshot(
        None, title, [("People", people)], _describe(messages.order_by("-sequence")[:MAX_LAST_MESSAGES])[::-1]
    )


def _snapshot_person(viewer: User, person: User) -> Snapshot:
    profile = UserProfile.objects.visible_to(viewer).filter(user=person).first()
    about = []
    if profile and profile.shows(ProfileField.BIO):
        about.append(("Bio", profile.bio))
    if profile and profile.shows(ProfileField.LINKEDIN_URL):
        about.append(("LinkedIn", profile.linkedin_url))
    picture = [("Picture", "yes")] if find_pictures(viewer=viewer, user_ids=[person.pk]) else []
    return Snapshot(person.pk, person.display_name, [*about, *picture], [])


def _snapshot_opportunity(_viewer: User, opportunity: Opportunity) -> Snapshot:
    host = opportunity.host.organization_name if opportunity.host else ""
    location = opportunity.location_text or ""
    parts = [("Organization", host), ("Description", opportunity.description), ("Where", location)]
    return Snapshot(opportunity.created_by_id, opportunity.title, parts, [])


def _snapshot_role(_viewer: User, role: Role) -> Snapshot:
    parts = [("Of", role.opportunity.title), ("Description", role.description)]
    return Snapshot(role.opportunity.created_by_id, role.title, parts, [])


def _snapshot_host(viewer: User, host: OpportunityHost) -> Snapshot:
    owns = host.memberships.filter(user=viewer, role=MembershipRole.OWNER, accepted_at__isnull=False).exists()
    parts = [("Website", host.website), ("Description", host.description)]
    return Snapshot(viewer.pk if owns else None, host.organization_name, parts, [])


def _snapshot_event(_viewer: User, event: Event) -> Snapshot:
    parts = [("Description", event.description), ("Where", event.location), ("When", event.event_date.isoformat())]
    return Snapshot(event.host_id, event.title, parts, [])


def _snapshot_application(_viewer: User, application: Application) -> Snapshot:
    parts = [("For", application.role.title), ("Letter", application.cover_letter)]
    return Snapshot(application.volunteer_id, f"Application of {application.volunteer.display_name}", parts, [])


#: For each type of the API that can be reported: the rows that a viewer sees, and what they see of one.
SUBJECTS: dict[str, tuple[Callable[[User], QuerySet[Any]], Callable[[User, Any], Snapshot]]] = {
    "Application": (Application.objects.visible_to, _snapshot_application),
    "Conversation": (Conversation.objects.visible_to, _snapshot_conversation),
    "Event": (Event.objects.visible_to, _snapshot_event),
    "Message": (Message.objects.visible_to, _snapshot_message),
    "MessageAttachment": (MessageAttachment.objects.visible_to, _snapshot_attachment),
    "Opportunity": (Opportunity.objects.visible_to, _snapshot_opportunity),
    "OpportunityHost": (lambda _: OpportunityHost.objects.all(), _snapshot_host),
    "Role": (
        lambda viewer: Role.objects.filter(opportunity__in=Opportunity.objects.visible_to(viewer)),
        _snapshot_role,
    ),
    "User": (User.objects.visible_to, _snapshot_person),
}
