"""The choices of this domain's columns, and groups of them."""

from __future__ import annotations

from django.db import models


class MembershipRole(models.TextChoices):
    """What a member may do: an owner everything, a coordinator run opportunities, a scanner check people in."""

    OWNER = "OWNER"
    COORDINATOR = "COORDINATOR"
    SCANNER = "SCANNER"


class OpportunityStatus(models.TextChoices):
    """DRAFT is not published; OPEN takes applications; CLOSED and CANCELLED take none and stay visible."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class OpportunityKind(models.TextChoices):
    """How volunteers take part: they apply here (SIGN_UP, EXPRESS_INTEREST), or at the listing's source (EXTERNAL)."""

    SIGN_UP = "SIGN_UP"
    EXPRESS_INTEREST = "EXPRESS_INTEREST"
    EXTERNAL = "EXTERNAL"


class SourceKind(models.TextChoices):
    """How listings are read from a source."""

    STRUCTURED_DATA = "STRUCTURED_DATA"
    ICALENDAR = "ICALENDAR"


class ApplicationStatus(models.TextChoices):
    """Status of an application; `transitions.py` has the moves between them."""

    APPLIED = "APPLIED"
    SHORTLISTED = "SHORTLISTED"
    WAITLISTED = "WAITLISTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class HoursStatus(models.TextChoices):
    """PROPOSED: not confirmed by the volunteer; SUBMITTED: waits for the host's review: APPROVED or REJECTED."""

    PROPOSED = "PROPOSED"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


#: Statuses of a live application: at most one of these per person and role.
LIVE_APPLICATION_STATUSES = ("APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED", "COMPLETED")
#: Statuses that take one of the role's slots.
SLOT_HOLDING_STATUSES = ("ACCEPTED", "OFFERED", "COMPLETED")
#: Statuses of an application for which the volunteer logs hours.
WORKING_STATUSES = ("ACCEPTED", "COMPLETED")
#: Roles of members who run a host's opportunities.
MANAGING_ROLES = ("OWNER", "COORDINATOR")
