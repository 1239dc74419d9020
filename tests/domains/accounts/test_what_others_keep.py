"""What stays when an account is erased: what others need, without the person; and what others learn of it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from domains.accounts import services
from domains.accounts.models import User
from domains.base.audit import check_invariants
from domains.base.errors import Refused
from domains.events.models import Event, EventTicket
from domains.messaging import services as messaging
from domains.messaging.models import Conversation, ConversationEvent, Message
from domains.messaging.selectors import participants_of
from domains.moderation.models import ContentReport, ReportReason
from domains.moderation.services import report_content
from domains.notifications.models import Notification
from domains.notifications.services import notify_by_template
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    ErasedHours,
    HostMembership,
    MembershipRole,
    Opportunity,
    OpportunityHost,
    Role,
)
from domains.opportunities.selectors import GroupBy, count_volunteers, sum_hours, sum_hours_by_month
from domains.opportunities.services import apply_to_role, create_service_record
from tests.factories import (
    PASSWORD,
    ApplicationFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    ListingFactory,
    MessageFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    ReactionFactory,
    RoleFactory,
    UserFactory,
    conversation_between,
    owner_of,
)
from tests.factories.hours import ErasedHoursFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(email="ada@example.org", display_name="Ada Lovelace", hosting=False)


def leave(person: User, **wishes: Any) -> None:
    """Delete the account and erase it; whatever must always hold, holds afterwards."""
    services.delete_account(actor=User.objects.get(pk=person.pk), session=None, password=PASSWORD, **wishes)
    assert not User.objects.filter(pk=person.pk).exists()
    assert [result.invariant.name for result in check_invariants(with_files=False) if not result.holds] == []


def log_of(conversation: Conversation) -> list[tuple[int, str]]:
    return list(
        ConversationEvent.objects.filter(conversation=conversation).order_by("sequence").values_list("sequence", "kind")
    )


def test_messages_stay_as_deleted_without_their_sender_and_subscribers_see_it(ada: User) -> None:
    ben = UserFactory()
    talk = conversation_between(ada, ben)
    theirs = [MessageFactory(conversation=talk, sender=ada) for _ in range(3)]
    kept = MessageFactory(conversation=talk, sender=ben, content="I keep my words.")
    ReactionFactory(message=kept, user=ada)
    ReactionFactory(message=kept, user=ben)
    leave(ada)
    for message in theirs:
        message.refresh_from_db()
        assert (message.content, message.sender, message.deleted_at is not None) == ("", None, True)
    kept.refresh_from_db()
    assert (kept.content, kept.sender, kept.deleted_at) == ("I keep my words.", ben, None)
    assert log_of(talk)[4:] == [
        (5, "MESSAGE_DELETED"),
        (6, "MESSAGE_DELETED"),
        (7, "MESSAGE_DELETED"),
        (8, "MESSAGE_REACTED"),
        (9, "PARTICIPANTS_CHANGED"),
    ]
    assert ConversationEvent.objects.get(conversation=talk, sequence=8).count == 1
    talk.refresh_from_db()
    assert (talk.last_sequence, str(ada.pk) in str(talk.direct_key).split(":")) == (9, False)
    assert [person.pk for person in participants_of(talk)] == [ben.pk]
    with pytest.raises(Refused, match="CLOSED"):
        messaging.send_message(actor=ben, conversation_id=talk.pk, client_id=uuid4(), content="Where are you?")


def test_a_conversation_goes_with_its_last_participant(ada: User) -> None:
    ben, cleo = UserFactory.create_batch(2)
    pair, group = conversation_between(ada, ben), conversation_between(ada, ben, cleo)
    for talk in (pair, group):
        MessageFactory(conversation=talk, sender=ada)
        MessageFactory(conversation=talk, sender=ben)
    leave(ada)
    leave(ben)
    assert list(Conversation.objects.all()) == [group]
    assert {(message.content, message.sender) for message in Message.objects.all()} == {("", None)}
    leave(cleo)
    assert not Conversation.objects.exists()


def test_others_are_no_longer_notified_of_who_it_was(ada: User) -> None:
    ben = UserFactory()
    talk = conversation_between(ada, ben)
    messaging.send_message(actor=ada, conversation_id=talk.pk, client_id=uuid4(), content="Hello Ben")
    role = RoleFactory()
    apply_to_role(actor=ada, role_id=role.pk)
    boss = owner_of(role.opportunity.host)
    assert Notification.objects.filter(title__contains="Ada").exists()
    leave(ada)
    assert not Notification.objects.filter(title__contains="Ada").exists()
    assert not Notification.objects.filter(body__contains="Ada").exists()
    assert not Notification.objects.filter(recipient=boss).exists()


def test_a_coordinator_who_left_is_no_longer_named_in_what_they_decided(ada: User) -> None:
    host = OpportunityHostFactory()
    boss = owner_of(host)
    HostMembershipFactory(host=host, user=ada)
    moved = ApplicationFactory(role__opportunity__host=host, status="ACCEPTED").history.get(to_status="ACCEPTED")
    ApplicationHistory.objects.filter(pk=moved.pk).update(actor=ada, overrides=["MISSING_SKILL"], reason="Why not")
    notify_by_template(template="accepted_anyway", source_id=moved.pk)
    leave(ada)
    (told,) = Notification.objects.filter(recipient=boss)
    assert told.body == "Somebody who has left passed over a required skill that is missing."
    moved.refresh_from_db()
    assert (moved.actor, moved.reason) == (None, "Why not"), "what the volunteer was told stays"


def test_a_slot_goes_to_the_next_and_the_host_is_told_once(ada: User) -> None:
    role = RoleFactory(slots_available=1)
    boss = owner_of(role.opportunity.host)
    ApplicationFactory(role=role, volunteer=ada, status="ACCEPTED")
    waiting = ApplicationFactory(role=role, status="WAITLISTED")
    leave(ada)
    waiting.refresh_from_db()
    role.refresh_from_db()
    assert (waiting.status, role.slots_taken) == ("OFFERED", 1)
    (told,) = Notification.objects.filter(recipient=boss)
    assert told.title == f"Deleted account gave the slot back: {role.title}"
    assert [str(message.subject) for message in mail.outbox if message.to == [boss.email]] == [told.title]
    assert Application.objects.get() == waiting


def test_a_completed_role_counts_its_slots_without_the_volunteer(ada: User) -> None:
    role = RoleFactory(slots_available=3, opportunity__past=True)
    for volunteer, status in ((ada, "COMPLETED"), (ada, "DECLINED"), (UserFactory(), "ACCEPTED")):
        ApplicationFactory(role=role, volunteer=volunteer, status=status)
    leave(ada)
    assert Role.objects.get(pk=role.pk).slots_taken == 1


def test_approved_hours_stay_in_the_sums_of_the_host(ada: User) -> None:
    host = OpportunityHostFactory()
    boss = owner_of(host)
    application = ApplicationFactory(
        volunteer=ada, status="COMPLETED", role__opportunity__past=True, role__opportunity__host=host
    )
    march = datetime(2026, 3, 10, 12, tzinfo=UTC)
    first = HoursEntryFactory(application=application, approved=True, started_at=march)
    HoursEntryFactory(application=application, approved=True, started_at=march + timedelta(days=40))
    HoursEntryFactory(
        application=application,
        approved=True,
        corrects=first,
        started_at=march,
        ended_at=march + timedelta(hours=1),
    )
    HoursEntryFactory(application=application)
    other = HoursEntryFactory(application=ApplicationFactory(role=application.role), approved=True, started_at=march)
    figures: dict[str, Any] = {"viewer": boss, "group_by": GroupBy.HOST, "keys": [host.pk]}
    sums, months = sum_hours(**figures), sum_hours_by_month(**figures)
    assert sums == {host.pk: 7.0}
    leave(ada)
    assert (sum_hours(**figures), sum_hours_by_month(**figures)) == (sums, months)
    assert count_volunteers(viewer=boss, host_ids=[host.pk]) == {host.pk: 1}
    assert list(ErasedHours.objects.values_list("month", "seconds")) == [
        (date(2026, 3, 1), 3600),
        (date(2026, 4, 1), 3 * 3600),
    ]
    leave(User.objects.get(pk=other.volunteer_id))
    assert (sum_hours(**figures), sum_hours_by_month(**figures)) == (sums, months)
    assert ErasedHours.objects.count() == 2, "one sum for a month, whoever they were"
    stranger = {**figures, "viewer": UserFactory()}
    assert (sum_hours(**stranger), sum_hours_by_month(**stranger)) == ({}, {})


@pytest.mark.parametrize(("keep", "status"), [(True, 200), (False, 410)])
def test_records_of_service_stay_or_are_revoked_as_the_person_chose(
    ada: User, client: Client, keep: bool, status: int
) -> None:
    application = ApplicationFactory(volunteer=ada, status="COMPLETED", role__opportunity__past=True)
    HoursEntryFactory(application=application, approved=True)
    record = create_service_record(actor=ada)
    leave(ada, keep_service_records=keep)
    page = client.get(f"/records/{record.code}")
    assert (page.status_code, "Ada Lovelace" in page.content.decode()) == (status, keep)
    record.refresh_from_db()
    assert (record.volunteer, bool(record.token)) == (None, keep)


def test_a_host_goes_to_its_longest_standing_coordinator(ada: User) -> None:
    host = OpportunityHostFactory(organization_name="Friends of the Creek")
    HostMembershipFactory(host=host, user=ada, role=MembershipRole.OWNER)
    now = timezone.now()
    HostMembershipFactory(host=host, role=MembershipRole.SCANNER, accepted_at=now - timedelta(days=9))
    late = HostMembershipFactory(host=host, accepted_at=now - timedelta(days=2))
    early = HostMembershipFactory(host=host, accepted_at=now - timedelta(days=5))
    open_one = OpportunityFactory(host=host)
    leave(ada)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.role, late.role) == ("OWNER", "COORDINATOR")
    open_one.refresh_from_db()
    assert open_one.status == "OPEN"
    assert early.user is not None
    assert [str(one.subject) for one in mail.outbox if one.to == [early.user.email]] == [
        "Friends of the Creek is in your hands"
    ]


def test_another_owner_keeps_the_host_and_nobody_is_mailed(ada: User) -> None:
    host = OpportunityHostFactory()
    owner_of(host)
    HostMembershipFactory(host=host, user=ada, role=MembershipRole.OWNER)
    coordinator = HostMembershipFactory(host=host)
    leave(ada)
    coordinator.refresh_from_db()
    assert (coordinator.role, HostMembership.objects.count()) == ("COORDINATOR", 2)
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]


def test_what_a_host_without_people_offers_is_canceled_and_its_volunteers_are_told(ada: User) -> None:
    host = OpportunityHostFactory()
    HostMembershipFactory(host=host, user=ada, role=MembershipRole.OWNER)
    upcoming, past = OpportunityFactory(host=host), OpportunityFactory(host=host, past=True)
    draft = OpportunityFactory(host=host, draft=True)
    volunteer = ApplicationFactory(role__opportunity=upcoming, status="ACCEPTED").volunteer
    ApplicationFactory(role__opportunity=past, status="COMPLETED")
    leave(ada)
    upcoming.refresh_from_db()
    past.refresh_from_db()
    assert (upcoming.status, past.status) == ("CANCELLED", "CLOSED")
    assert not Opportunity.objects.filter(pk=draft.pk).exists()
    (told,) = Notification.objects.filter(recipient=volunteer)
    assert told.title == f"Called off: {upcoming.title}"
    assert "The organization is no longer in this community." in told.body
    assert OpportunityHost.objects.filter(pk=host.pk).exists()


def test_a_host_that_nobody_ever_applied_to_goes_but_not_listings_of_other_sites(ada: User) -> None:
    host = OpportunityHostFactory()
    HostMembershipFactory(host=host, user=ada, role=MembershipRole.OWNER)
    OpportunityFactory(host=host)
    listing = ListingFactory(opportunity__host=host)
    HostMembershipFactory(host=host, invited=True)
    leave(ada)
    assert not OpportunityHost.objects.exists()
    assert [(one.pk, one.host) for one in Opportunity.objects.all()] == [(listing.opportunity_id, None)]


def test_invitations_to_the_address_go_but_not_the_memberships_of_others(ada: User) -> None:
    HostMembershipFactory(invited=True, email="ada@example.org")
    others = HostMembershipFactory(email="ada@example.org")
    leave(ada)
    assert list(HostMembership.objects.all()) == [others], "who was invited at this address has another account now"


def test_tickets_free_their_slots_and_events_of_organizations_stay(ada: User) -> None:
    own, organized = EventFactory(host=ada, organization=None), EventFactory(host=ada)
    attended = EventTicketFactory(attendee=ada).event
    EventTicketFactory(event=attended)
    EventTicketFactory(event=own)
    leave(ada)
    attended.refresh_from_db()
    organized.refresh_from_db()
    assert (attended.tickets_taken, organized.host) == (1, None)
    assert not Event.objects.filter(pk=own.pk).exists()
    assert EventTicket.objects.count() == 1


def test_a_report_keeps_its_evidence(ada: User) -> None:
    ben = UserFactory()
    message = MessageFactory(conversation=conversation_between(ada, ben), sender=ada, content="Something nasty")
    report_content(actor=ben, subject_type="Message", subject_id=message.pk, reason=ReportReason.HARASSMENT)
    leave(ada)
    (report,) = ContentReport.objects.all()
    assert "Something nasty" in str(report.context)
    assert (report.author, report.reporter) == (None, ben)


def test_an_erasure_costs_the_same_with_1_message_and_with_5() -> None:
    costs = []
    for number in (1, 1, 5):
        person = UserFactory()
        talk = conversation_between(person, UserFactory())
        for _ in range(number):
            ReactionFactory(message=MessageFactory(conversation=talk, sender=person), user=person)
        costs.append(len(statements_of(partial(leave, person))))
    assert costs[1] == costs[2], "the first fills caches"


def test_a_message_that_is_sent_while_the_account_goes_does_not_stay(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is committed after the messages were emptied, and before the person's row is locked."""
    talk = conversation_between(ada, UserFactory())
    MessageFactory(conversation=talk, sender=ada)
    erase_accounts = sys.modules[services.erase_deleted_accounts.__module__]
    lock = erase_accounts._erase_rows

    def send_first(person: Any) -> None:
        talk.refresh_from_db()
        MessageFactory(conversation=talk, sender=User.objects.get(pk=ada.pk), content="One more thing")
        lock(person)

    monkeypatch.setattr(erase_accounts, "_erase_rows", send_first)
    leave(ada)
    assert set(Message.objects.values_list("content", flat=True)) == {""}


def test_a_host_stays_for_the_sake_of_tickets_and_of_hours_that_were_erased(ada: User) -> None:
    for use in (
        lambda host: EventTicketFactory(event=EventFactory(organization=host)),
        lambda host: ErasedHoursFactory(host=host),
    ):
        host = OpportunityHostFactory()
        HostMembershipFactory(host=host, user=ada, role=MembershipRole.OWNER)
        use(host)
    leave(ada)
    assert OpportunityHost.objects.count() == 2
    assert EventTicket.objects.count() == 1


def test_no_name_stays_in_notifications_of_a_group_that_everybody_left(ada: User) -> None:
    ben, cleo = UserFactory.create_batch(2)
    talk = conversation_between(ada, ben, cleo)
    messaging.send_message(actor=ada, conversation_id=talk.pk, client_id=uuid4(), content="Hello")
    assert Notification.objects.filter(title__contains="Ada").count() == 2
    for person in (ben, cleo):
        messaging.leave_conversation(actor=person, conversation_id=talk.pk)
    leave(ada)
    assert not Conversation.objects.exists()
    assert not Notification.objects.exists()


def test_readers_of_other_unread_messages_still_have_a_notification(ada: User) -> None:
    ben, cleo = UserFactory.create_batch(2)
    talk = conversation_between(ada, ben, cleo)
    for sender in (ada, cleo):
        messaging.send_message(actor=sender, conversation_id=talk.pk, client_id=uuid4(), content="Hello")
    leave(ada)
    (told,) = Notification.objects.filter(recipient=ben, read_at__isnull=True)
    assert told.title.startswith(f"New message from {cleo.display_name}")
    assert not Notification.objects.filter(recipient=cleo, read_at__isnull=True).exists()
