"""Reporting: anything one sees, once, kept as it was seen, and still there when it is gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.moderation import services
from domains.moderation.models import ContentReport, ReportReason
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    MessageAttachmentFactory,
    MessageFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    ProfilePictureFactory,
    RoleFactory,
    UserFactory,
    conversation_between,
    owner_of,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def report(actor: User, subject: Any, **named: Any) -> ContentReport:
    named = {"subject_type": type(subject).__name__, "subject_id": subject.pk, "reason": ReportReason.SPAM} | named
    return services.report_content(actor=actor, **named)


def refusal_of(*arguments: Any, **named: Any) -> list[tuple[str, str | None]]:
    before = (ContentReport.objects.count(), OutboxEntry.objects.count())
    with pytest.raises(Refused) as refused:
        report(*arguments, **named)
    assert (ContentReport.objects.count(), OutboxEntry.objects.count()) == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def test_a_reported_message_comes_with_what_was_said_around_it() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    said = [MessageFactory(conversation=conversation, sender=[ann, ben][n % 2], content=f"line {n}") for n in range(14)]
    MessageFactory(conversation=conversation_between(ann, UserFactory()), sender=ann, content="elsewhere")
    said[5].deleted_at = timezone.now()
    said[5].save()
    MessageAttachmentFactory(message=said[7], filename="offer.pdf")
    made = report(ann, said[7], details="  Not what I came for. ")
    assert (made.reporter, made.author, made.status, made.details) == (ann, ben, "OPEN", "Not what I came for.")
    lines = made.context["messages"]
    assert [line["sequence"] for line in lines] == list(range(3, 14))
    assert [line["content"] for line in lines][:4] == ["line 2", "line 3", "line 4", ""]
    assert [line["sequence"] for line in lines if line.get("is_subject")] == [8]
    told = lines[5]
    assert (told["sender"], told["sender_id"], told["attachments"]) == (ben.display_name, ben.pk, ["offer.pdf"])
    assert told["sent_at"] == said[7].sent_at.isoformat()
    assert OutboxEntry.objects.get().payload == {"report_id": made.pk}


def test_everything_that_one_sees_can_be_reported() -> None:
    ann = UserFactory()
    host = OpportunityHostFactory(organization_name="Creek Friends", description="We clean.")
    opportunity = OpportunityFactory(host=host, title="Clean the creek")
    ben = UserFactory()
    conversation = conversation_between(ann, ben, UserFactory(), title="Crew")
    message = MessageFactory(conversation=conversation, sender=ben, content="Hey")
    attachment = MessageAttachmentFactory(message=message, uploader=message.sender, filename="list.txt")
    application = ApplicationFactory(role__opportunity__host=host, cover_letter="Let me in")
    seen = {
        UserFactory(display_name="Rude Person", profile__bio="Rude bio"): ("Rude Person", "Rude bio"),
        opportunity: ("Clean the creek", "Creek Friends"),
        host: ("Creek Friends", "We clean."),
        RoleFactory(opportunity=opportunity, title="Digger"): ("Digger", "Clean the creek"),
        EventFactory(title="Street picnic", description="Bring it"): ("Street picnic", "Bring it"),
        conversation: ("Crew", ann.display_name),
    }
    for subject, (title, text) in seen.items():
        context = report(ann, subject).context
        assert context["title"] == title
        assert text in str(context["parts"])
    assert report(ann, conversation).context["messages"][0]["content"] == "Hey"
    assert report(ann, attachment).context["messages"][0]["content"] == "Hey"
    assert "Let me in" in str(report(owner_of(host), application).context)


def test_a_report_of_a_person_keeps_no_field_that_they_hide_from_the_reporter() -> None:
    ben = UserFactory(profile__bio="Rude bio", profile__visibility={"BIO": "CONTACTS", "PROFILE_PICTURE": "CONTACTS"})
    ProfilePictureFactory(user=ben)
    ann, carl = UserFactory(), UserFactory()
    conversation_between(carl, ben)
    assert report(ann, ben).context["parts"] == [["LinkedIn", ""]]
    assert report(carl, ben).context["parts"] == [["Bio", "Rude bio"], ["LinkedIn", ""], ["Picture", "yes"]]


def test_what_one_does_not_see_is_not_found() -> None:
    ann, stranger = UserFactory(), UserFactory()
    message = MessageFactory()
    hidden = [
        message,
        message.conversation,
        MessageAttachmentFactory(message=message),
        OpportunityFactory(draft=True),
        RoleFactory(opportunity__draft=True),
        EventFactory(draft=True),
        UserFactory(is_active=False),
        ApplicationFactory(),
    ]
    for subject in hidden:
        assert refusal_of(stranger, subject) == [("NOT_FOUND", "subject_id")]
    for type_name in ("", "Session", "Block", "OutboxEntry", "user", "__class__"):
        assert refusal_of(ann, stranger, subject_type=type_name) == [("NOT_FOUND", "subject_id")]
    assert refusal_of(ann, stranger, subject_id=0) == [("NOT_FOUND", "subject_id")]


def test_ones_own_is_not_reported() -> None:
    message, host = MessageFactory(), OpportunityHostFactory()
    owner = owner_of(host)
    assert refusal_of(message.sender, message) == [("INVALID", "subject_id")]
    assert refusal_of(owner, owner) == [("INVALID", "subject_id")]
    assert refusal_of(owner, host) == [("INVALID", "subject_id")]
    assert refusal_of(owner, OpportunityFactory(host=host, created_by=owner)) == [("INVALID", "subject_id")]
    assert refusal_of(owner, EventFactory(host=owner)) == [("INVALID", "subject_id")]


def test_details_have_an_end() -> None:
    ann, ben = UserFactory.create_batch(2)
    assert refusal_of(ann, ben, details="x" * 2001) == [("TOO_LONG", "details")]
    assert len(report(ann, ben, details="x" * 2000).details) == 2000


def test_a_repeat_is_the_same_report_until_staff_have_answered() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    first = report(ann, cleo)
    again = report(ann, cleo, reason=ReportReason.FRAUD, details="Again")
    assert (again, again.reason, OutboxEntry.objects.count()) == (first, "SPAM", 1)
    assert report(ben, cleo) != first
    ContentReport.objects.filter(pk=first.pk).update(status="REVIEWING")
    assert report(ann, cleo) == first
    ContentReport.objects.filter(pk=first.pk).update(status="DISMISSED")
    assert report(ann, cleo) != first


def test_who_reports_everything_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben = UserFactory.create_batch(2)
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    for _ in range(20):
        report(ann, ben)
    assert refusal_of(ann, ben) == [("RATE_LIMITED", None)]


def test_the_queue_outlives_the_subject_and_the_reporter() -> None:
    ann, ben = UserFactory.create_batch(2)
    message = MessageFactory(conversation=conversation_between(ann, ben), sender=ben, content="Something rude")
    made = report(ann, message)
    message.conversation.delete()
    ann.delete()
    ben.delete()
    made.refresh_from_db()
    assert (made.reporter, made.author, made.status) == (None, None, "OPEN")
    assert made.context["messages"][0]["content"] == "Something rude"


@pytest.mark.django_db(transaction=True)
def test_the_same_report_many_times_at_once_is_one() -> None:
    ann, ben = UserFactory.create_batch(2)
    answers = at_once(lambda _: report(ann, ben), 8)
    assert {answer.pk for answer in answers if isinstance(answer, ContentReport)} == {ContentReport.objects.get().pk}
    assert not [answer for answer in answers if isinstance(answer, Refused)]
