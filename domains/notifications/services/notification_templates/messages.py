"""Messages: one notification per conversation with unread messages, never with their text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from domains.accounts.models import Block, User
from domains.messaging.models import Conversation, Message, Participant
from domains.messaging.selectors import get_direct_id
from domains.notifications.models import Notification, NotificationKind, Preference
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import plain_mail
from domains.notifications.services.notify import Subject, notify

TEMPLATE_NAME = "message"
KIND = NotificationKind.MESSAGE_RECEIVED
#: A recipient who reads the message in the app by then gets no mail.
MAIL_DELAY = timedelta(minutes=10)


def notify_of_message(*, conversation_id: int, sequence: int, sender_id: int | None) -> int:
    """Each participant who has not read this message has one unread notification of the conversation.

    If all have theirs already, it costs one statement, however many they are. Participants who blocked the sender are
    not notified. Returns how many were notified. A system act.
    """
    recipients = _find_recipients(conversation_id, sequence, sender_id)
    if not recipients.exists():
        return 0
    with transaction.atomic():
        # Lock the message: a deletion either waits and then finds the notifications, or came before and there are none.
        message = Message.objects.select_for_update(no_key=True).filter(
            conversation=conversation_id, sequence=sequence, deleted_at__isnull=True
        )
        message_id = message.values_list("pk", flat=True).first()
        if message_id is None:
            return 0
        # Lock the read markers: a participant who reads it right now does so before, and is left out, or
        # after, and then marks the notification.
        people = recipients.select_for_update(of=("self",)).order_by("pk").values_list("user_id", flat=True)
        return notify(
            recipient_ids=list(people),
            kind=KIND,
            template=TEMPLATE_NAME,
            source_id=message_id,
            title=_title(conversation_id, sender_id),
            subject=Subject("Conversation", conversation_id),
            mail_delay=MAIL_DELAY,
        )


def mark_messages_read(*, conversation_id: int, reader_id: int, up_to_sequence: int) -> None:
    """A reader who has read the whole conversation has no unread notification of it. A system act."""
    unread_messages = Message.objects.filter(
        conversation=conversation_id, sequence__gt=up_to_sequence, deleted_at__isnull=True
    ).exclude(sender=reader_id)
    unread = Notification.objects.filter(
        recipient=reader_id, kind=KIND, subject_id=conversation_id, read_at__isnull=True
    )
    unread.filter(~Exists(unread_messages)).update(read_at=timezone.now())


def mark_deleted_read(*, conversation_id: int, message_id: int) -> None:
    """No notification of the deleted message is unread; recipients with other unread messages have one of those.

    A system act.
    """
    unread = Notification.objects.filter(kind=KIND, subject_id=conversation_id, read_at__isnull=True)
    own = Participant.objects.filter(conversation=conversation_id, user=OuterRef(OuterRef("recipient")))
    messages = Message.objects.filter(conversation=conversation_id, deleted_at__isnull=True)
    unread_messages = messages.filter(sequence__gt=Subquery(own.values("read_up_to_sequence"))).exclude(
        sender=OuterRef("recipient")
    )
    is_about_it = Q(template=TEMPLATE_NAME, source_id=message_id)
    if unread.filter(is_about_it | ~Exists(unread_messages)).update(read_at=timezone.now()):
        # The last message; for its sender, the last message by someone else.
        last = messages.order_by("-sequence").first()
        last_by_other = messages.exclude(sender=last.sender).order_by("-sequence").first() if last else None
        for message in filter(None, (last, last_by_other)):
            notify_of_message(conversation_id=conversation_id, sequence=message.sequence, sender_id=message.sender_id)


def mark_left_read(*, conversation_id: int, user_ids: Collection[int]) -> None:
    """Former participants have no unread notification of the conversation. A system act."""
    unread = Notification.objects.filter(
        recipient__in=user_ids, kind=KIND, subject_id=conversation_id, read_at__isnull=True
    )
    unread.update(read_at=timezone.now())


def mark_blocked_read(*, blocker_id: int, blocked_id: int) -> None:
    """Neither the blocker nor the blocked person has an unread notification of their direct conversation.

    A system act.
    """
    conversation_id = get_direct_id(one_id=blocker_id, other_id=blocked_id)
    if conversation_id is not None:
        mark_left_read(conversation_id=conversation_id, user_ids=(blocker_id, blocked_id))


def mail(notification: Notification) -> MailContent | None:
    """Return the mail about unread messages.

    None if the recipient has read them, no longer takes part, or sender and recipient are blocked.
    """
    takes_part = Participant.objects.filter(
        conversation=notification.subject_id, user=notification.recipient_id, left_at__isnull=True
    )
    if notification.read_at or not takes_part.exists() or is_between_blocked(notification):
        return None
    return plain_mail(notification)


def is_between_blocked(notification: Notification) -> bool:
    """Return whether it is about a message whose sender and recipient have a block between them."""
    if notification.template != TEMPLATE_NAME:
        return False
    message = Message.objects.filter(pk=notification.source_id)
    one, other = notification.recipient_id, message.values("sender")[:1]
    return Block.objects.filter(Q(blocker=one, blocked=other) | Q(blocked=one, blocker=other)).exists()


def _find_recipients(conversation_id: int, sequence: int, sender_id: int | None) -> QuerySet[Participant]:
    person = OuterRef("user")
    unread = Notification.objects.filter(recipient=person, kind=KIND, subject_id=conversation_id, read_at__isnull=True)
    muted = Preference.objects.filter(user=person, kind=KIND, in_app=False, email=False, digest=False, push=False)
    return Participant.objects.filter(
        ~Exists(unread),
        ~Exists(muted),
        ~Exists(Block.objects.filter(blocker=person, blocked=sender_id)),
        conversation=conversation_id,
        left_at__isnull=True,
        user__is_active=True,
        read_up_to_sequence__lt=sequence,
    ).exclude(user=sender_id)


def _title(conversation_id: int, sender_id: int | None) -> str:
    sender = User.objects.filter(pk=sender_id).first()
    conversation = Conversation.objects.get(pk=conversation_id)
    return f"New message from {sender.display_name if sender else 'somebody'}{_group_suffix(conversation)}"


def _group_suffix(conversation: Conversation) -> str:
    if not conversation.is_group:
        return ""
    return f" in {conversation.title}" if conversation.title else " in a group"
