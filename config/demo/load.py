"""Loading the whole demo community in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.demo import DEMO_LOG_INS
from config.demo.applications import load_applications
from config.demo.community import Community
from config.demo.conversations import load_conversations
from config.demo.events import load_events
from config.demo.hours import load_hours
from config.demo.learning import load_courses
from config.demo.notifications import load_notifications
from config.demo.opportunities import load_opportunities
from config.demo.people import load_hosts, load_people
from config.demo.taxonomy import load_causes, load_skills
from domains.accounts.models import User
from domains.geo.selectors import zip_point

#: In this order: each step uses the rows of those before it.
STEPS = (
    load_causes,
    load_skills,
    load_people,
    load_hosts,
    load_opportunities,
    load_applications,
    load_hours,
    load_events,
    load_courses,
    load_conversations,
    load_notifications,
)


def is_loaded() -> bool:
    """Return whether the demo community was loaded: one of its log-ins exists."""
    return User.objects.filter(email__in=DEMO_LOG_INS).exists()


def load_community(*, now: datetime) -> Community | None:
    """Load the demo community, with dates counted from `now`; return None if it was loaded before.

    Existing rows stay unchanged. No fact is published, so no mail is sent.
    """
    zip_point("94103")  # the first call reads all ZIP codes, for seconds: longer than a transaction may be idle
    with transaction.atomic():
        if is_loaded():
            return None
        community = Community(now=now)
        for step in STEPS:
            step(community)
        return community
