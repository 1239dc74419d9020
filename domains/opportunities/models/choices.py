"""The values that columns of this domain take, and groups of them."""

from __future__ import annotations

from django.db import models


class MembershipRole(models.TextChoices):
    """What a member may do: an owner everything, a coordinator run opportunities, a scanner check in."""

    OWNER = "OWNER"
    COORDINATOR = "COORDINATOR"
    SCANNER = "SCANNER"


class OpportunityStatus(models.TextChoices):
    """DRAFT is the host's own; OPEN takes applications; CLOSED and CANCELLED stay to be read."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class OpportunityKind(models.TextChoices):
    """SIGN_UP holds a place here; EXPRESS_INTEREST starts a talk; EXTERNAL is applied for at its source."""

    SIGN_UP = "SIGN_UP"
    EXPRESS_INTEREST = "EXPRESS_INTEREST"
    EXTERNAL = "EXTERNAL"


class SourceKind(models.TextChoices):
    """How listings are read from a source."""

    STRUCTURED_DATA = "STRUCTURED_DATA"
    ICALENDAR = "ICALENDAR"


class ApplicationStatus(models.TextChoices):
    """Where an application stands; the moves between them are in `transitions.py`."""

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
    """PROPOSED is nobody's word yet; SUBMITTED is the volunteer's and waits for the host's: APPROVED or REJECTED."""

    PROPOSED = "PROPOSED"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


#: Statuses of an application that is still going somewhere: one of these per person and role.
LIVE_STATUSES = ("APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED", "COMPLETED")
#: Statuses that take one of the role's places.
PLACE_STATUSES = ("ACCEPTED", "OFFERED", "COMPLETED")
#: Roles of members who run a host's opportunities.
MANAGING_ROLES = ("OWNER", "COORDINATOR")
