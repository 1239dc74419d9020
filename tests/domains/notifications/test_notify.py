"""Telling people: each of them once, by the channels they want."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from domains.base.models import OutboxEntry
from domains.notifications import services
from domains.notifications.models import MailDelivery, Notification, NotificationKind
from domains.opportunities import services as opportunities
from domains.opportunities.transitions import Decision
from tests.factories import ApplicationFactory, NotificationFactory, PreferenceFactory, UserFactory, owner_of
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

KIND = NotificationKind.APPLICATION_DECIDED


def tell(*people: int, source_id: int = 1, title: str = "Something happened") -> int:
    return services.notify(recipient_ids=people, kind=KIND, template="fact", source_id=source_id, title=title)


def test_a_fact_is_told_to_each_person_once_however_often_it_comes() -> None:
    ann, ben = UserFactory.create_batch(2)
    assert tell(ann.pk) == 1
    assert tell(ann.pk, ben.pk) == 1
    assert tell(ann.pk, ben.pk) == 0
    assert tell(ann.pk, source_id=2) == 1
    assert Notification.objects.count() == MailDelivery.objects.count() == 3
    told = OutboxEntry.objects.filter(fact="notifications.PeopleNotified")
    assert [entry.payload["shown_to"] for entry in told.order_by("pk")] == [[ann.pk], [ben.pk], [ann.pk]]


def test_the_database_itself_refuses_a_second_telling() -> None:
    first = NotificationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationFactory(recipient=first.recipient, source_id=first.source_id)


def test_a_way_that_is_off_is_not_taken() -> None:
    hidden, silent, default = UserFactory.create_batch(3)
    PreferenceFactory(user=hidden, kind=KIND, in_app=False, email=True)
    PreferenceFactory(user=silent, kind=KIND, in_app=False, email=False, digest=False, push=False)
    PreferenceFactory(user=default, kind=NotificationKind.OFFER_MADE, in_app=False, email=False)
    assert tell(hidden.pk, silent.pk, default.pk) == 2
    assert {row.recipient: row.is_in_app for row in Notification.objects.all()} == {hidden: False, default: True}
    assert MailDelivery.objects.count() == 2
    assert list(Notification.objects.visible_to(hidden)) == []
    assert OutboxEntry.objects.get().payload["shown_to"] == [default.pk]


def test_it_costs_as_much_for_fifty_people_as_for_five() -> None:
    costs = []
    for number in (5, 50):
        people = [one.pk for one in UserFactory.create_batch(number)]
        costs.append(len(statements_of(partial(tell, *people, source_id=number))))
    assert costs[0] == costs[1]


def test_a_long_title_is_cut_and_stays_in_one_line() -> None:
    tell(UserFactory().pk, title="An  endless\nstory " * 30)
    title = Notification.objects.get().title
    assert len(title) == 200
    assert title.startswith("An endless story An")
    assert title.endswith("…")


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_in_the_volunteers_list_and_an_application_in_the_hosts() -> None:
    application = ApplicationFactory(role__title="Digger", role__opportunity__title="Dig the pond")
    owner = owner_of(application.role.opportunity.host)
    services.notify_by_template(template="application_received", source_id=application.pk)
    opportunities.decide_application(
        actor=owner, application_id=application.pk, decision=Decision.ACCEPT, note="Bring boots."
    )
    decided = Notification.objects.get(recipient=application.volunteer)
    assert (decided.kind, decided.title) == (KIND, "You have a slot: Dig the pond")
    assert decided.body.startswith("As Digger, from ")
    assert decided.body.endswith("adds: Bring boots.")
    assert (decided.subject_type, decided.subject_id) == ("Application", application.pk)
    received = Notification.objects.get(recipient=owner)
    assert (received.kind, received.title) == (
        NotificationKind.APPLICATION_RECEIVED,
        f"{application.volunteer.display_name} applied: Digger",
    )
    assert received.body == "The volunteer waits for your decision."


@pytest.mark.parametrize(
    ("status", "kind", "title"),
    [
        ("SHORTLISTED", "APPLICATION_DECIDED", "You are on the short list"),
        ("WAITLISTED", "APPLICATION_DECIDED", "You are on the waitlist"),
        ("DECLINED", "APPLICATION_DECIDED", "No slot this time"),
        ("COMPLETED", "APPLICATION_DECIDED", "Thank you for coming"),
        ("OFFERED", "OFFER_MADE", "A slot is free for you"),
        ("EXPIRED", "OFFER_MADE", "The offer has expired"),
    ],
)
def test_each_state_has_its_words(status: str, kind: str, title: str) -> None:
    application = ApplicationFactory(status=status)
    services.notify_by_template(template="application_decided", source_id=application.history.get(to_status=status).pk)
    told = Notification.objects.get()
    assert told.kind.value == kind
    assert told.title.startswith(f"{title}: ")
    assert "{" not in told.body


def test_what_is_gone_is_told_to_nobody() -> None:
    for template in ("application_received", "place_confirmed", "application_decided", "place_changed"):
        services.notify_by_template(template=template, source_id=10**9)
    for template in ("opportunity_changed", "opportunity_cancelled", "hours_reviewed"):
        services.notify_by_template(template=template, source_id=10**9)
    assert not Notification.objects.exists()
