"""What people are told about what concerns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import Session, User
from domains.base.queue import Claimable

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class NotificationKind(models.TextChoices):
    """What a notification is about."""

    APPLICATION_RECEIVED = "APPLICATION_RECEIVED"
    APPLICATION_DECIDED = "APPLICATION_DECIDED"
    OFFER_MADE = "OFFER_MADE"
    OPPORTUNITY_CHANGED = "OPPORTUNITY_CHANGED"
    EVENT_CHANGED = "EVENT_CHANGED"
    TICKET_OFFERED = "TICKET_OFFERED"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    HOURS_REVIEWED = "HOURS_REVIEWED"
    VERIFICATION_DECIDED = "VERIFICATION_DECIDED"
    CERTIFICATE_ISSUED = "CERTIFICATE_ISSUED"
    EXPIRY_REMINDER = "EXPIRY_REMINDER"
    SAVED_SEARCH_DIGEST = "SAVED_SEARCH_DIGEST"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, as people see them."""

    def visible_to(self, viewer: User | None) -> NotificationQuerySet:
        """One's own that are for the list; nobody else's, not even for staff."""
        return self.none() if viewer is None else self.filter(recipient=viewer, is_in_app=True)


class Delivery(Claimable):
    """Notifications on their way by mail or push; `is_sent` says whether they went out or were unwanted."""

    is_sent = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Digest(Delivery):
    """One person's mail of one day: what they have not read and had no mail about."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    day = models.DateField()

    if TYPE_CHECKING:
        notifications: RelatedManager[Notification]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="notifications_digests_due")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "day"], name="notifications_one_digest_a_day")
        ]

    def __str__(self) -> str:
        return f"Digest of {self.day} for {self.recipient_id}"


class Notification(models.Model):
    """A notification of one person, made once by its template about the row `source_id`, which the template knows.

    One that is not `is_in_app` is not in the person's list: it is there for its mail.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = TextChoicesField(choices_enum=NotificationKind)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    template = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    is_in_app = models.BooleanField(default=True)
    #: The GraphQL type and id of what it is about; the subject may be gone by now.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: The daily mail that told of it, if one did.
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, blank=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "created_at", "id"], name="notifications_newest"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notifications_unread"),
            models.Index(fields=["created_at"], name="notifications_by_age"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "template", "source_id"], name="notifications_told_once"),
            models.UniqueConstraint(
                fields=["subject_id", "recipient"],
                condition=Q(kind="MESSAGE_RECEIVED", read_at__isnull=True),
                name="notifications_one_unread_a_talk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id}"


class Preference(models.Model):
    """How one person wants to be told of one kind of thing; there only where it differs from the defaults."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences")
    kind = TextChoicesField(choices_enum=NotificationKind)
    in_app = models.BooleanField()
    email = models.BooleanField()
    digest = models.BooleanField()
    push = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="notifications_preferred_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class MailDelivery(Delivery):
    """The mail about one notification."""

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")

    class Meta:
        verbose_name_plural = "mail deliveries"
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="notifications_mails_due")
        ]

    def __str__(self) -> str:
        return f"Mail about {self.notification_id}"


class PushSubscription(models.Model):
    """A browser that takes pushes for one person, as long as the session lives that it was registered in."""

    #: The oldest gives way to one more.
    MOST: ClassVar = 10

    session = models.ForeignKey(Session, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    #: The browser's public key and its secret, in URL-safe Base64, as its PushSubscription has them.
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    device_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Push subscription {self.pk} of session {self.session_id}"


class PushDelivery(Delivery):
    """The push about one notification to one browser."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="pushes")
    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="deliveries")

    class Meta:
        verbose_name_plural = "push deliveries"
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="notifications_pushes_due")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "subscription"], name="notifications_pushed_once")
        ]

    def __str__(self) -> str:
        return f"Push about {self.notification_id} to {self.subscription_id}"
