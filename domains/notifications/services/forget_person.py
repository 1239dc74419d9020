"""What becomes of other people's notifications when an account is erased."""

from __future__ import annotations

from domains.base.personal_data import ErasedPerson
from domains.messaging.models import Message, Participant
from domains.notifications.models import Notification
from domains.notifications.services.notification_templates import applications, messages
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus


def notify_of_freed_slots(person: ErasedPerson) -> None:
    """The hosts are notified of the slots that the person gave back by deleting the account, once.

    It does not wait for the facts of those moves, since the moves themselves are about to go. A system act.
    """
    withdrawn = ApplicationHistory.objects.filter(
        application__volunteer=person.user_id, to_status=ApplicationStatus.WITHDRAWN, at__gte=person.closed_at
    )
    for move_id in withdrawn.order_by("pk").values_list("pk", flat=True):
        applications.notify_slot_changed(move_id)


def forget_messages(person: ErasedPerson) -> None:
    """The notifications of the person's messages are removed; readers of other unread ones have one of those.

    A system act, in transactions of its own.
    """
    sent = Message.objects.filter(sender=person.user_id)
    readers = Participant.objects.filter(conversation__in=sent.values("conversation")).values("user")
    about = Notification.objects.filter(template=messages.TEMPLATE_NAME, recipient__in=readers)
    about = about.filter(source_id__in=sent.values("pk"))
    unread = set(about.filter(read_at__isnull=True).values_list("subject_id", flat=True))
    about.delete()
    for conversation_id in filter(None, sorted(key or 0 for key in unread)):
        last = Message.objects.filter(conversation=conversation_id, deleted_at__isnull=True).order_by("sequence").last()
        if last is not None:
            messages.notify_of_message(
                conversation_id=conversation_id, sequence=last.sequence, sender_id=last.sender_id
            )


def forget_person(person: ErasedPerson) -> None:
    """Notifications that name the person are removed, or name nobody; those since the account was closed do not.

    A system act, in the transaction in which the person's rows go.
    """
    own = Application.objects.filter(volunteer=person.user_id).values("pk")
    about = Notification.objects.filter(subject_type="Application", subject_id__in=own)
    about.exclude(template=applications.SLOT_CHANGED, created_at__gte=person.closed_at).delete()
    applications.hide_actor(ApplicationHistory.objects.filter(actor=person.user_id).exclude(overrides=[]))
