"""Notifications, preferences, and deliveries by mail and push."""

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
    """Kind of event that a notification is about."""

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
    """Notifications, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> NotificationQuerySet:
        """Return the viewer's own notifications for the list; staff, too, see only their own."""
        return self.none() if viewer is None else self.filter(recipient=viewer, is_in_app=True)


class Delivery(Claimable):
    """Delivery of notifications by mail or push; `is_sent` says whether it was sent or was unwanted."""

    is_sent = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Digest(Delivery):
    """One person's daily mail: notifications that they have not read and got no mail about."""

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
    """A notification of one person, made once per template and row; the template knows the table of `source_id`.

    Without `is_in_app` it is not in the person's list and exists only for its mail.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = TextChoicesField(choices_enum=NotificationKind)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    template = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    is_in_app = models.BooleanField(default=True)
    #: GraphQL type and id of the subject, which may be deleted by now.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: The daily mail that listed it, if any.
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
    """One person's channels for one kind; a row exists only if they differ from the defaults."""

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
    """A browser that gets pushes for one person, until the session that registered it ends."""

    #: Maximum per person; one more replaces the oldest.
    MAX_PER_PERSON: ClassVar = 10

    session = models.ForeignKey(Session, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    #: The browser's public key and its secret, in URL-safe Base64, as in its PushSubscription.
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
