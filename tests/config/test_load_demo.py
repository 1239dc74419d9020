"""Loading the demo community: on any day, among what people made, whole or not at all."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import F, Q
from django.utils import timezone

from config.demo.load import STEPS, load_community
from domains.accounts.models import User
from domains.base.models import OutboxEntry
from domains.events.models import Event, EventTicket
from domains.learning.models import Course
from domains.messaging.models import Conversation, Message
from domains.opportunities.models import (
    Application,
    Cause,
    Opportunity,
    OpportunityHost,
    OpportunityStatus,
)
from domains.skills.models import Skill
from tests.config.demo import load
from tests.factories import SkillFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_summary_says_what_was_loaded_and_how_to_log_in():
    summary = load()
    for words in ("50 people", "30 hosts", "12 conversations", "volunteer@demo.example", "demo-community-2026"):
        assert words in summary


def test_skills_and_causes_that_are_there_are_used_as_they_are():
    skill = SkillFactory(name="SPANISH", category="Mine")
    cause = Cause.objects.create(name="education")
    somebody = UserFactory()
    load()
    skill.refresh_from_db()
    assert (skill.name, skill.category) == ("SPANISH", "Mine")
    assert Skill.objects.filter(name__iexact="spanish").count() == 1
    assert set(skill.aliases.values_list("name", flat=True)) == {"Español", "Castilian"}
    assert skill.role_skills.exists()
    assert cause.opportunities.exists()
    assert not somebody.applications.exists()


def test_two_loads_on_the_same_day_tell_the_same_story():
    def story() -> list[Any]:
        return [
            list(Opportunity.objects.order_by("pk").values_list("title", "start_date", "created_at")),
            list(Application.objects.order_by("pk").values_list("volunteer__email", "role__title", "status")),
            list(Message.objects.order_by("pk").values_list("client_id", "sent_at")),
            list(EventTicket.objects.order_by("pk").values_list("attendee__email", "event__title", "issued_at")),
        ]

    now = timezone.now()
    load_community(now=now)
    first = story()
    for model in (Application, Event, Conversation, OpportunityHost, Course, User):
        model.objects.all().delete()
    load_community(now=now)
    assert story() == first


@pytest.mark.parametrize("day", range(7))
def test_the_community_is_sound_on_whatever_day_it_is_loaded(day: int):
    now = timezone.now() + timedelta(days=day, hours=5 * day)
    load_community(now=now)
    assert not Opportunity.objects.filter(status=OpportunityStatus.OPEN, start_date__lte=now).exists()
    assert not Opportunity.objects.filter(status=OpportunityStatus.CLOSED, end_date__gt=now).exists()
    assert not Application.objects.filter(submitted_at__gt=now).exists()
    assert not Application.objects.filter(submitted_at__lt=F("role__opportunity__created_at")).exists()
    assert not EventTicket.objects.filter(Q(issued_at__gt=now) | Q(check_in_time__gt=now)).exists()


def test_nobody_is_told_of_demo_rows(django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        load()
    assert not OutboxEntry.objects.exists()
    assert mail.outbox == []


def test_a_load_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    def fail(_community: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("config.demo.load.STEPS", (*STEPS, fail))
    with pytest.raises(OSError, match="full"):
        load()
    assert not User.objects.exists()
    assert not Skill.objects.exists()


def test_the_load_is_refused_without_debug(settings: Any):
    settings.DEBUG = False
    with pytest.raises(CommandError, match=r"DEBUG is off.*--even-in-production"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_load_runs_with_debug(settings: Any):
    settings.DEBUG = True
    call_command("load_demo", stdout=io.StringIO())
    assert User.objects.count() == 50
