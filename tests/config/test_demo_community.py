"""The demo community: whole, consistent in every count and sequence, and left alone when it is loaded again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import authenticate
from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from config.demo.community import LOG_INS, read_content
from domains.accounts.models import User
from domains.events.models import Event, EventStatus, EventTicket
from domains.learning.models import CompletionStatus, Course, Enrollment
from domains.messaging.models import Conversation, Message, Participant
from domains.notifications.models import Notification
from domains.opportunities.models import (
    SLOT_HOLDING_STATUSES,
    Application,
    Cause,
    HostMembership,
    MembershipRole,
    Opportunity,
    OpportunityHost,
    OpportunityStatus,
    Role,
    hosts_run_by,
)
from domains.opportunities.selectors import find_recommended_roles
from domains.opportunities.transitions import MOVES
from domains.skills.models import Skill, SkillAlias
from tests.config.demo import load
from tests.sql import statements_of

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.usefixtures("loaded"), pytest.mark.django_db]

TABLES: list[Any] = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("domains.")
    for model in config.get_models(include_auto_created=True)
] + [EmailAddress]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The community is loaded once; each test that changes it is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in TABLES}


def person(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.example")


def texts_of(model: Any, *fields: str) -> list[str]:
    return [text for row in model.objects.values_list(*fields) for text in row if text]


# How much there is


def test_there_is_as_much_as_promised():
    promised: dict[Any, tuple[int, int]] = {
        User: (50, 50),
        OpportunityHost: (30, 30),
        Opportunity: (190, 210),
        Cause: (15, 15),
        Skill: (300, 350),
        SkillAlias: (450, 650),
        Application: (150, 400),
        Event: (25, 27),
        EventTicket: (250, 450),
        Course: (8, 8),
        Conversation: (12, 12),
        Message: (60, 120),
        Notification: (100, 600),
    }
    for model, (least, most) in promised.items():
        assert least <= model.objects.count() <= most, model


def test_opportunities_stand_in_every_state_and_most_are_open_and_soon():
    states = Counter(Opportunity.objects.values_list("status", flat=True))
    assert states[OpportunityStatus.OPEN] > 150
    assert states[OpportunityStatus.CLOSED] > 10
    assert states[OpportunityStatus.DRAFT] > 2
    assert states[OpportunityStatus.CANCELLED] == 1
    now = timezone.now()
    for opportunity in Opportunity.objects.exclude(status="CLOSED"):
        assert now < opportunity.start_date < now + timedelta(days=91)
    assert not Opportunity.objects.filter(status="CLOSED", end_date__gt=now).exists()
    assert Opportunity.objects.filter(is_remote=True, location_zip="", latitude=None).count() > 10
    assert len({opportunity.start_date.weekday() for opportunity in Opportunity.objects.all()}) == 7


# Whether it is sound


def test_every_row_is_valid():
    connection.check_constraints()
    for row in (row for model in TABLES for row in model.objects.all()):
        # The database has checked the rest: what must be unique, and what must be there.
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
        row.clean()
        for field in row._meta.fields:
            # Django checks the length of a text in forms only.
            if isinstance(field, models.TextField) and field.max_length is not None:
                assert len(getattr(row, field.attname)) <= field.max_length


def test_roles_count_the_applications_that_hold_a_place():
    held = Count("applications", filter=Q(applications__status__in=SLOT_HOLDING_STATUSES))
    roles = Role.objects.annotate(held=held)
    assert roles.filter(held__gt=0).exists()
    assert not roles.exclude(held=F("slots_taken")).exists()


def test_every_application_has_a_history_of_possible_moves_that_leads_to_its_status():
    possible = {
        (source, target) for targets in MOVES.values() for target, sources in targets.items() for source in sources
    }
    now = timezone.now()
    for application in Application.objects.select_related("role").prefetch_related("history"):
        moves = list(application.history.all())
        assert {(move.from_status, move.to_status) for move in moves} <= possible
        assert moves[0].from_status is None
        assert [move.from_status for move in moves[1:]] == [move.to_status for move in moves[:-1]]
        assert moves[-1].to_status == application.status
        assert moves[0].at == application.submitted_at
        assert moves[-1].at < now
        assert (moves[0].to_status == "ACCEPTED") <= (not application.role.requires_approval)


def test_applications_stand_in_every_status():
    assert set(Application.objects.values_list("status", flat=True)) == {
        "APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED",
        "COMPLETED", "DECLINED", "WITHDRAWN", "CANCELLED", "EXPIRED",
    }  # fmt: skip
    assert not Application.objects.filter(status="OFFERED", offer_expires_at__lte=timezone.now()).exists()
    assert not Application.objects.filter(status="WAITLISTED", waitlisted_at=None).exists()


def test_who_waits_waits_for_a_full_role():
    waiting = Role.objects.filter(applications__status="WAITLISTED")
    assert waiting.exists()
    assert not waiting.filter(slots_taken__lt=F("slots_available")).exists()


def test_nobody_applied_without_the_skills_or_to_their_own_host():
    for application in Application.objects.select_related("role__opportunity", "volunteer"):
        required = set(application.role.role_skills.filter(is_required=True).values_list("skill", flat=True))
        assert required <= set(application.volunteer.skills.values_list("skill", flat=True))
        members = HostMembership.objects.filter(host=application.role.opportunity.host)
        assert not members.filter(user=application.volunteer).exists()
        assert application.volunteer.user_type != "HOST"


def test_events_count_the_tickets_that_hold_a_place():
    held = Count("tickets", filter=Q(tickets__status__in=("ISSUED", "OFFERED")))
    events = Event.objects.annotate(held=held)
    assert not events.exclude(held=F("tickets_taken")).exists()
    waiting = EventTicket.objects.filter(status="WAITLISTED")
    assert waiting.exists()
    assert not waiting.exclude(event__tickets_taken=F("event__max_attendees")).exists()
    assert not EventTicket.objects.filter(event__status=EventStatus.DRAFT).exists()
    came = EventTicket.objects.filter(check_in_time__isnull=False).annotate(entries=Count("scans"))
    assert came.exists()
    assert not came.exclude(entries=1, event__event_date__lt=timezone.now()).exists()


def test_somebody_can_be_checked_in_right_now_by_the_demo_host():
    going_on = Event.objects.get(event_date__lt=timezone.now(), end_date__gt=timezone.now())
    assert going_on.host is not None
    assert going_on.host.email == "host@demo.example"
    volunteer = going_on.tickets.get(attendee__email="volunteer@demo.example")
    assert (volunteer.status, volunteer.check_in_time) == ("ISSUED", None)
    assert going_on.tickets.filter(is_inside=True).exists()


def test_conversations_are_logs_without_gaps():
    for conversation in Conversation.objects.all():
        events = list(conversation.events.order_by("sequence").select_related("message"))
        numbers = list(range(1, conversation.last_sequence + 1))
        assert [event.sequence for event in events] == numbers
        assert [event.message.sequence for event in events if event.message] == numbers
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at == conversation.last_activity_at
        for event in events:
            assert event.message is not None
            assert (event.actor, event.at) == (event.message.sender, event.message.sent_at)
            assert event.message.conversation_id == conversation.pk


def test_people_talk_where_they_take_part_and_have_read_what_they_wrote():
    assert Participant.objects.filter(read_up_to_sequence__lt=F("conversation__last_sequence")).exists()
    assert not Participant.objects.filter(read_up_to_sequence__gt=F("conversation__last_sequence")).exists()
    for message in Message.objects.all():
        reader = Participant.objects.get(conversation=message.conversation, user=message.sender)
        assert reader.read_up_to_sequence >= message.sequence
    for conversation in Conversation.objects.filter(is_group=False):
        people = sorted(conversation.participations.values_list("user", flat=True))
        assert conversation.direct_key == f"{people[0]}:{people[1]}"
    assert {2, 3, 4, 5} <= {conversation.participations.count() for conversation in Conversation.objects.all()}


def test_a_completed_course_has_all_its_modules_completed_and_no_other_has():
    states = set()
    for enrollment in Enrollment.objects.select_related("course"):
        has_finished = enrollment.module_completions.count() == enrollment.course.modules.count()
        assert (enrollment.completion_status == CompletionStatus.COMPLETED) == has_finished
        states.add(enrollment.completion_status)
        if has_finished:
            taught = set(enrollment.course.skills.values_list("pk", flat=True))
            assert taught <= set(enrollment.user.skills.values_list("skill", flat=True))
    assert states == {CompletionStatus.COMPLETED, CompletionStatus.IN_PROGRESS}


def test_every_host_is_run_by_an_owner_and_stands_in_a_real_place():
    owners = HostMembership.objects.filter(role=MembershipRole.OWNER, accepted_at__isnull=False)
    assert owners.values("host").distinct().count() == 30
    assert not Opportunity.objects.filter(is_remote=False, latitude=None).exists()
    assert not OpportunityHost.objects.exclude(website__regex=r"^https://[a-z0-9]+\.example$").exists()


def test_texts_are_not_repeated():
    opportunities = list(Opportunity.objects.all())
    keys = {(row.title, row.start_date.date(), row.host_id) for row in opportunities}
    assert len(keys) == len(opportunities)
    assert len({row.description for row in opportunities}) == len(opportunities)
    assert len({row.impact_statement for row in opportunities}) >= 60
    for model, field in ((OpportunityHost, "description"), (Event, "description"), (Message, "content")):
        texts = texts_of(model, field)
        assert len(set(texts)) == len(texts)
    letters = texts_of(Application, "cover_letter")
    assert len(set(letters)) == len(letters) > 20


def test_no_text_shows_a_placeholder_or_a_line_gone_wrong():
    texts = [
        *texts_of(Opportunity, "title", "description", "impact_statement", "location_text", "closed_reason"),
        *texts_of(Role, "title", "description"),
        *texts_of(Event, "title", "description", "location", "cancelled_reason"),
        *texts_of(Notification, "title", "body"),
        *texts_of(Message, "content"),
    ]
    for text in texts:
        assert not re.search(r"[{}]|  |\.\.|^\s|\s$|lorem", text), text
    for text in texts_of(Opportunity, "description"):
        assert 2 <= len(re.findall(r"[.!?)](?= |$)", text)) <= 8, text


def test_every_cause_of_the_content_is_served_by_an_opportunity():
    causes = {cause.name for cause in Cause.objects.filter(opportunities__isnull=False)}
    assert causes == set(read_content("hosts")["causes"])


# The log-ins


@pytest.mark.parametrize("key", LOG_INS)
def test_a_demo_log_in_works(key: str):
    assert authenticate(username=f"{key}@demo.example", password="demo-community-2026") == person(key)


def test_everybody_has_a_proven_address_and_only_three_can_log_in():
    assert all(user.is_email_verified for user in User.objects.all())
    with_password = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert with_password == {f"{key}@demo.example" for key in LOG_INS}
    assert [user.email for user in User.objects.filter(is_superuser=True)] == ["staff@demo.example"]
    assert not User.objects.filter(is_staff=True).exclude(email="staff@demo.example").exists()


def test_the_volunteer_has_something_of_everything():
    volunteer = person("volunteer")
    statuses = set(volunteer.applications.values_list("status", flat=True))
    assert {"APPLIED", "ACCEPTED", "COMPLETED", "WAITLISTED"} <= statuses
    assert volunteer.tickets.filter(event__event_date__gt=timezone.now(), status="ISSUED").exists()
    assert set(volunteer.enrollments.values_list("completion_status", flat=True)) == {"COMPLETED", "IN_PROGRESS"}
    assert volunteer.notifications.filter(read_at=None).exists()
    assert volunteer.preferred_causes.exists()
    assert {"AVAILABLE", "PREFERRED_CAUSE"} <= {
        reason.code for one in find_recommended_roles(viewer=volunteer, first=10) for reason in one.match.reasons
    }
    assert Conversation.objects.visible_to(volunteer).filter(is_group=True).exists()
    low, high = sorted((volunteer.pk, person("host").pk))
    assert Conversation.objects.visible_to(volunteer).filter(direct_key=f"{low}:{high}").exists()


def test_the_host_owns_two_hosts_with_applications_that_wait_for_a_decision():
    host = person("host")
    owned = host.host_memberships.filter(role=MembershipRole.OWNER)
    assert owned.count() >= 2
    waiting = Application.objects.filter(role__opportunity__host__in=hosts_run_by(host), status="APPLIED")
    for membership in owned:
        assert waiting.filter(role__opportunity__host=membership.host).exists()


# Again, and among what people made


def test_a_second_load_changes_nothing_and_asks_little():
    before, said = everything(), []
    statements = statements_of(lambda: said.append(load()))
    assert "nothing was changed" in said[0]
    assert len(statements) < 40
    assert everything() == before


def test_what_people_changed_or_removed_stays_so():
    Opportunity.objects.filter(title__startswith="Pull ivy").update(title="Leave the ivy alone")
    person("chloe").delete()
    Event.objects.all()[0].delete()
    before = everything()
    load()
    assert everything() == before
