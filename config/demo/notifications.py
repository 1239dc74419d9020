"""Notifications about the rows of the other steps: applications, decisions, unread messages, a cancelled event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from config.demo.community import Community
from domains.accounts.models import User
from domains.events.models import EventStatus, EventTicket
from domains.messaging.models import Participant
from domains.notifications.models import Digest, Notification, NotificationKind
from domains.opportunities.models import ApplicationHistory
from domains.opportunities.models import ApplicationStatus as Status

#: Notifications older than this are read.
UNREAD_WINDOW = timedelta(days=5)
DECISION_TEXTS = {
    Status.ACCEPTED: (NotificationKind.APPLICATION_DECIDED, "You have a slot", "{host} has accepted you as {role}."),
    Status.DECLINED: (NotificationKind.APPLICATION_DECIDED, "No slot this time", "{host} has answered: {reason}"),
    Status.SHORTLISTED: (
        NotificationKind.APPLICATION_DECIDED,
        "You are on the short list",
        "{host} would like to know more about you for {role}.",
    ),
    Status.OFFERED: (
        NotificationKind.OFFER_MADE,
        "A slot has become free",
        "You are next on the waitlist as {role} at {host}. Accept the slot before the offer expires.",
    ),
}


def load_notifications(community: Community) -> None:
    """Load people's notifications; the old ones are read, the new ones are not."""
    notifications = [
        *_about_applications(community),
        *_about_messages(community),
        *_about_cancelled_events(community),
    ]
    _mark_as_mailed(community, notifications)
    Notification.objects.bulk_create(notifications)


def _mark_as_mailed(community: Community, notifications: list[Notification]) -> None:
    """Mark them all as sent in daily mails, so that no mail is sent for people who do not exist."""
    people = {notification.recipient_id for notification in notifications}
    digests = [
        Digest(recipient_id=key, day=community.now.date(), done_at=community.now, due_at=community.now)
        for key in sorted(people)
    ]
    by_person = {digest.recipient_id: digest for digest in Digest.objects.bulk_create(digests)}
    for notification in notifications:
        notification.digest = by_person[notification.recipient_id]


def _make_notification(community: Community, recipient: User, at: datetime, about: Any, **fields: Any) -> Notification:
    is_old = community.now - at > UNREAD_WINDOW
    return Notification(
        recipient=recipient,
        template=f"demo:{fields['kind']}:{about._meta.model_name}",
        source_id=about.pk,
        subject_type=type(about).__name__,
        subject_id=about.pk,
        read_at=at + timedelta(hours=9) if is_old else None,
        created_at=at,
        **fields,
    )


def _about_applications(community: Community) -> Iterator[Notification]:
    moves = ApplicationHistory.objects.filter(application__in=community.applications)
    for move in moves.select_related(
        "application__volunteer", "application__role__opportunity__host", "application__role__opportunity__created_by"
    ):
        application, opportunity = move.application, move.application.role.opportunity
        host, owner = opportunity.host, opportunity.created_by
        if host is None or owner is None:
            continue
        if move.from_status is None:
            yield _make_notification(
                community,
                owner,
                move.at,
                application,
                kind=NotificationKind.APPLICATION_RECEIVED,
                title=f"{application.volunteer.display_name} would like to help",
                body=f"{application.role.title}, {opportunity.title}",
            )
        elif move.to_status in DECISION_TEXTS and application.status == move.to_status:
            kind, title, body = DECISION_TEXTS[move.to_status]
            words = {"host": host.organization_name, "role": application.role.title, "reason": move.reason}
            yield _make_notification(
                community,
                application.volunteer,
                move.at,
                application,
                kind=kind,
                title=f"{title}: {opportunity.title}"[:200],
                body=body.format(**words),
            )


def _about_messages(community: Community) -> Iterator[Notification]:
    unread = Participant.objects.filter(
        conversation__in=community.conversations, read_up_to_sequence__lt=F("conversation__last_sequence")
    )
    for participant in unread.select_related("user", "conversation"):
        conversation = participant.conversation
        last = conversation.messages.exclude(sender=participant.user).select_related("sender").last()
        sender = last.sender.display_name if last and last.sender else "somebody"
        yield _make_notification(
            community,
            participant.user,
            conversation.last_activity_at,
            conversation,
            kind=NotificationKind.MESSAGE_RECEIVED,
            title=f"New message from {sender}" + (f" in {conversation.title}" if conversation.title else ""),
        )


def _about_cancelled_events(community: Community) -> Iterator[Notification]:
    tickets = EventTicket.objects.filter(event__in=community.events, event__status=EventStatus.CANCELLED)
    for ticket in tickets.select_related("event", "attendee"):
        yield _make_notification(
            community,
            ticket.attendee,
            community.now - timedelta(hours=26),
            ticket.event,
            kind=NotificationKind.EVENT_CHANGED,
            title=f"Cancelled: {ticket.event.title}",
            body=ticket.event.cancelled_reason,
        )
