"""The log of check-ins."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.events.models.choices import PASSED_OUTCOMES, ScanDirection, ScanOutcome
from domains.events.models.events import Event
from domains.events.models.tickets import EventTicket

MAX_NONCE_LENGTH = MAX_DEVICE_ID_LENGTH = 64


class Scan(models.Model):
    """One scan and its answer, also of a refused code; never altered, so that a repeat gets the same answer.

    The nonce identifies the scan: a client that repeats an upload sends it again.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="scans")
    #: The ticket of the code, if it is one of this event; null for UNKNOWN_CODE and WRONG_EVENT.
    ticket = models.ForeignKey(EventTicket, models.SET_NULL, null=True, blank=True, related_name="scans")
    nonce = models.CharField(max_length=MAX_NONCE_LENGTH)
    direction = TextChoicesField(choices_enum=ScanDirection, default=ScanDirection.ENTRY)
    outcome = TextChoicesField(choices_enum=ScanOutcome)
    #: The first entry of the ticket, as the answer named it.
    first_check_in_time = models.DateTimeField(null=True, blank=True)
    #: Whether the scan was made offline and is valid at its time, but the ticket was not any more when it arrived.
    is_recorded_though_invalid = models.BooleanField(default=False)
    #: Empty for a scan made online.
    device_id = models.CharField(max_length=MAX_DEVICE_ID_LENGTH, blank=True)
    scanned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: Time of the scan: the server's if online, else the device's.
    scanned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket", "scanned_at"], name="events_scans_of_ticket"),
            models.Index(fields=["event", "recorded_at", "id"], name="events_scans_lately"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "nonce"], name="events_scan_once")]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.event_id}"

    @property
    def has_passed(self) -> bool:
        """Whether the person came in or went out."""
        return self.outcome in PASSED_OUTCOMES
