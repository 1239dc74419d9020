"""The choices of this domain's columns, and groups of them."""

from __future__ import annotations

from django.db import models


class EventType(models.TextChoices):
    """What kind of event it is."""

    COMMUNITY = "COMMUNITY"
    WORKSHOP = "WORKSHOP"
    TRAINING = "TRAINING"
    ORIENTATION = "ORIENTATION"
    FUNDRAISER = "FUNDRAISER"
    MEETUP = "MEETUP"
    OTHER = "OTHER"


class EventStatus(models.TextChoices):
    """DRAFT is visible to its managers only; PUBLISHED gives tickets; CANCELLED can still be read."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


class TicketStatus(models.TextChoices):
    """ISSUED and OFFERED hold a slot; WAITLISTED waits for one; CANCELLED is final."""

    ISSUED = "ISSUED"
    WAITLISTED = "WAITLISTED"
    OFFERED = "OFFERED"
    CANCELLED = "CANCELLED"


class ScanOutcome(models.TextChoices):
    """What check-in answered; ADMITTED and EXITED are the only ones that let a person pass."""

    ADMITTED = "ADMITTED"
    EXITED = "EXITED"
    ALREADY_CHECKED_IN = "ALREADY_CHECKED_IN"
    NOT_INSIDE = "NOT_INSIDE"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    WRONG_EVENT = "WRONG_EVENT"
    EVENT_CANCELLED = "EVENT_CANCELLED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"


class ScanDirection(models.TextChoices):
    """Whether a person came in or went out."""

    ENTRY = "ENTRY"
    EXIT = "EXIT"


#: Statuses of a ticket that holds a slot.
SLOT_HOLDING_STATUSES = ("ISSUED", "OFFERED")
#: Statuses of a live ticket: at most one of these per person and event.
LIVE_TICKET_STATUSES = ("ISSUED", "WAITLISTED", "OFFERED")
#: Outcomes of a scan that let the person pass.
PASSED_OUTCOMES = ("ADMITTED", "EXITED")
#: Outcomes of a scan of a valid ticket: presence is derived from these scans, ordered by `scanned_at`.
VALID_OUTCOMES = (*PASSED_OUTCOMES, "ALREADY_CHECKED_IN", "NOT_INSIDE")
