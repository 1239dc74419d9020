"""People who may be under 18, and adults: they talk where they have something in common, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.policies import may_be_minor
from domains.base.errors import Refused
from domains.messaging import policies, selectors, services
from domains.messaging.models import Conversation, Message, Participant
from domains.messaging.policies import find_unreachable
from domains.opportunities.models import MembershipRole, OpportunityHost
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    UserFactory,
    conversation_between,
    creator_of,
    owner_of,
)
from tests.midsummer import YEAR
from tests.sql import statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midsummer")]


@pytest.fixture(autouse=True)
def other_people() -> None:
    """Make the keys of people differ from those of conversations, which queries could otherwise confuse."""
    UserFactory.create_batch(7, password=None)


def minor(**fields: Any) -> User:
    return UserFactory(profile__birth_year=YEAR - 16, **fields)


def adult(**fields: Any) -> User:
    return UserFactory(**fields)


def say(actor: User, conversation: Conversation) -> Message:
    return services.send_message(actor=actor, conversation_id=conversation.pk, content="Hello", client_id=uuid4())


def start(actor: User, *others: User, **named: Any) -> Conversation:
    return services.start_conversation(actor=actor, participant_ids=[user.pk for user in others], **named)


def sentence_of(act: Any, *arguments: Any, **named: Any) -> str:
    before = (Message.objects.count(), Conversation.objects.count())
    with pytest.raises(Refused) as refused:
        act(*arguments, **named)
    assert (Message.objects.count(), Conversation.objects.count()) == before
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == ("FORBIDDEN", None)
    return problem.message


def _passes(act: Any, *arguments: Any) -> bool:
    try:
        act(*arguments)
    except Refused as refusal:
        if [problem.message for problem in refusal.problems] != [policies.NO_CONTEXT]:
            raise
        return False
    return True


def can_talk(one: User, other: User) -> bool:
    """Ask every door, both ways: all must say the same."""
    conversation = Conversation.objects.filter(is_group=False, participations__user=one).filter(
        participations__user=other
    ).first() or conversation_between(one, other)
    answers = {other.pk not in policies.find_unreachable(actor=one, people=[other])}
    answers.add(one.pk not in policies.find_unreachable(actor=other, people=[one]))
    for actor, person in ((one, other), (other, one)):
        answers.add(_passes(say, actor, conversation))
        answers.add(_passes(start, actor, person))
        found = selectors.find_writable(viewer=actor, conversation_ids=[conversation.pk])
        answers.add(found == {conversation.pk})
    (answer,) = answers
    return answer


@pytest.mark.parametrize(
    ("birth_year", "expected"),
    [(YEAR - 17, True), (YEAR - 18, True), (YEAR - 19, False), (1931, False), (None, False), (YEAR + 5, True)],
)
def test_who_counts_as_under_18(birth_year: int | None, expected: bool) -> None:
    assert may_be_minor(birth_year) is expected


def test_they_do_not_begin_or_go_on_with_nothing_in_common() -> None:
    assert not can_talk(adult(), minor())
    assert not can_talk(UserFactory(profile__birth_year=None), minor())
    assert sentence_of(start, adult(), minor()) == sentence_of(start, minor(), adult()) == policies.NO_CONTEXT


def test_the_refusal_tells_nothing_of_an_age() -> None:
    for word in ("age", "18", "minor", "adult", "year", "old", "young", "birth"):
        assert word not in policies.NO_CONTEXT.lower()


def test_two_minors_talk_and_so_do_two_adults() -> None:
    assert can_talk(minor(), minor())
    assert can_talk(adult(), adult())


def test_somebody_whose_profile_is_gone_counts_as_an_adult() -> None:
    assert not can_talk(UserFactory(profile=None), minor())
    assert can_talk(UserFactory(profile=None), adult())


def run_host(user: User, role: MembershipRole = MembershipRole.COORDINATOR) -> OpportunityHost:
    return HostMembershipFactory(user=user, role=role).host


def both_apply(grown: User, young: User, grown_status: str = "APPLIED", young_status: str = "APPLIED") -> None:
    opportunity = OpportunityFactory()
    for person, status in ((grown, grown_status), (young, young_status)):
        ApplicationFactory(role=RoleFactory(opportunity=opportunity), volunteer=person, status=status)


def applies_to(grown: User, young: User, status: str = "APPLIED", role: str = "SCANNER") -> None:
    ApplicationFactory(role__opportunity__host=run_host(grown, MembershipRole(role)), volunteer=young, status=status)


def both_come(grown: User, young: User, grown_status: str = "ISSUED", young_status: str = "ISSUED") -> None:
    event = EventFactory()
    EventTicketFactory(event=event, attendee=grown, status=grown_status)
    EventTicketFactory(event=event, attendee=young, status=young_status)


def comes_to_their_event(grown: User, young: User) -> None:
    EventTicketFactory(event=EventFactory(organization=None, host=grown), attendee=young)


def comes_to_their_hosts_event(grown: User, young: User, role: str = "COORDINATOR") -> None:
    EventTicketFactory(event=EventFactory(organization=run_host(grown, MembershipRole(role))), attendee=young)


def share_a_group(grown: User, young: User, **fields: Any) -> Conversation:
    return conversation_between(UserFactory(), grown, young, **fields)


def asked_by_the_minor(grown: User, young: User) -> None:
    about = OpportunityFactory(host=run_host(grown))
    conversation_between(young, grown, created_by=young, opportunity=about)


CONTEXTS: dict[str, Callable[[User, User], Any]] = {
    "both apply": both_apply,
    "one completed": lambda grown, young: both_apply(grown, young, "COMPLETED", "ACCEPTED"),
    "the minor applies to the adult's host": applies_to,
    "the minor completed for the adult's host": lambda grown, young: applies_to(grown, young, "COMPLETED", "OWNER"),
    "both come": both_come,
    "both wait for tickets": lambda grown, young: both_come(grown, young, "WAITLISTED", "OFFERED"),
    "the adult holds the event": comes_to_their_event,
    "the adult manages the event": comes_to_their_hosts_event,
    "a group": share_a_group,
    "a group that the minor began": lambda grown, young: share_a_group(grown, young, created_by=young),
    "a group whose founder is gone": lambda grown, young: share_a_group(grown, young, created_by=None),
    "the minor asks about an opportunity": asked_by_the_minor,
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())
def test_what_is_in_common(context: Callable[[User, User], Any]) -> None:
    grown, young, other = adult(), minor(), minor()
    context(grown, young)
    assert can_talk(grown, young)
    assert not can_talk(grown, other), "it is those two who have it"
    assert not can_talk(adult(), young)


def left_group(grown: User, young: User) -> None:
    group = share_a_group(grown, young)
    group.participations.filter(user=young).update(left_at=timezone.now())


def left_group_too(grown: User, young: User) -> None:
    group = share_a_group(grown, young)
    group.participations.filter(user=grown).update(left_at=timezone.now())


def only_invited(grown: User, young: User) -> None:
    host = HostMembershipFactory(invited=True, user=grown).host
    ApplicationFactory(role__opportunity__host=host, volunteer=young)


def asked_by_the_adult(grown: User, young: User) -> None:
    conversation_between(grown, young, created_by=grown, opportunity=OpportunityFactory(host=run_host(grown)))


def about_somebody_elses(grown: User, young: User) -> None:
    conversation_between(young, grown, created_by=young, opportunity=OpportunityFactory())


NOTHING: dict[str, Callable[[User, User], Any]] = {
    "the minor's application declined": lambda grown, young: both_apply(grown, young, "APPLIED", "DECLINED"),
    "the minor's application withdrawn": lambda grown, young: both_apply(grown, young, "APPLIED", "WITHDRAWN"),
    "the minor's application cancelled": lambda grown, young: both_apply(grown, young, "APPLIED", "CANCELLED"),
    "the minor's application expired": lambda grown, young: both_apply(grown, young, "APPLIED", "EXPIRED"),
    "the adult's application withdrawn": lambda grown, young: both_apply(grown, young, "WITHDRAWN", "APPLIED"),
    "withdrawn from the adult's host": lambda grown, young: applies_to(grown, young, "WITHDRAWN"),
    "only invited to the host": only_invited,
    "the adult applies to the minor's host": lambda grown, young: applies_to(young, grown),
    "the minor's ticket cancelled": lambda grown, young: both_come(grown, young, "ISSUED", "CANCELLED"),
    "the adult's ticket cancelled": lambda grown, young: both_come(grown, young, "CANCELLED", "ISSUED"),
    "the adult scans at the event": lambda grown, young: comes_to_their_hosts_event(grown, young, "SCANNER"),
    "a group that the adult began": lambda grown, young: share_a_group(grown, young, created_by=grown),
    "a group that the minor left": left_group,
    "a group that the adult left": left_group_too,
    "the adult asks about an opportunity": asked_by_the_adult,
    "another's opportunity": about_somebody_elses,
}


@pytest.mark.parametrize("context", NOTHING.values(), ids=NOTHING.keys())
def test_what_is_not_enough(context: Callable[[User, User], Any]) -> None:
    grown, young = adult(), minor()
    context(grown, young)
    assert not can_talk(grown, young)


def test_a_minor_who_has_left_the_talk_they_began_is_not_drawn_into_a_group() -> None:
    grown, young = adult(), minor()
    asked_by_the_minor(grown, young)
    assert find_unreachable(actor=grown, people=[young]) == set()
    Participant.objects.filter(user=young).update(left_at=timezone.now())
    assert find_unreachable(actor=grown, people=[young]) == {young.pk}


def test_what_ends_ends_the_talk_and_what_was_said_stays() -> None:
    grown, young = adult(), minor()
    group = share_a_group(grown, young)
    conversation = start(grown, young)
    said = say(grown, conversation)
    group.participations.filter(user=young).update(left_at=timezone.now())
    assert sentence_of(say, grown, conversation) == sentence_of(say, young, conversation) == policies.NO_CONTEXT
    for viewer in (grown, young):
        assert list(selectors.find_messages(viewer=viewer)) == [said]


def test_a_minor_asks_an_organizations_person_about_its_opportunity() -> None:
    young, host = minor(), OpportunityHostFactory()
    coordinator, opportunity = owner_of(host), OpportunityFactory(host=host)
    conversation = start(young, coordinator, opportunity_id=opportunity.pk)
    assert (say(young, conversation).sequence, say(coordinator, conversation).sequence) == (1, 2)
    another = minor()
    assert sentence_of(start, coordinator, another, opportunity_id=opportunity.pk) == policies.NO_CONTEXT
    assert sentence_of(start, another, adult(), opportunity_id=opportunity.pk) == policies.NO_CONTEXT


def test_a_minor_asks_somebody_whom_they_have_talked_with_before() -> None:
    young, host = minor(), OpportunityHostFactory()
    coordinator, opportunity = owner_of(host), OpportunityFactory(host=host)
    known = conversation_between(coordinator, young)
    assert sentence_of(say, young, known) == policies.NO_CONTEXT
    assert start(young, coordinator, opportunity_id=opportunity.pk) == known
    known.refresh_from_db()
    assert (known.opportunity, known.created_by) == (opportunity, young)
    assert (say(young, known).sequence, say(coordinator, known).sequence) == (1, 2)
    # Once more, about what the adult has begun it about themselves meanwhile.
    Conversation.objects.update(created_by=coordinator)
    assert sentence_of(say, young, known) == policies.NO_CONTEXT
    assert start(young, coordinator, opportunity_id=opportunity.pk) == known
    assert say(young, known).sequence == 3


def test_what_a_minor_asked_is_not_lost_by_another_opportunity() -> None:
    young, host = minor(), OpportunityHostFactory()
    coordinator, opportunity = owner_of(host), OpportunityFactory(host=host)
    known = start(young, coordinator, opportunity_id=opportunity.pk)
    assert start(young, coordinator, opportunity_id=OpportunityFactory().pk) == known
    known.refresh_from_db()
    assert known.opportunity == opportunity, "an organization that the adult has nothing to do with"
    assert say(young, known).sequence == 1


def test_an_adult_cannot_reach_a_minor_by_an_opportunity_nor_keep_what_a_question_opened() -> None:
    young, host, own = minor(), OpportunityHostFactory(), OpportunityHostFactory()
    coordinator, asked, another = owner_of(host), OpportunityFactory(host=host), OpportunityFactory(host=own)
    membership = HostMembershipFactory(host=own, user=coordinator)
    known = conversation_between(young, coordinator)
    for opportunity in (asked, another):
        assert sentence_of(start, coordinator, young, opportunity_id=opportunity.pk) == policies.NO_CONTEXT
    known.refresh_from_db()
    assert (known.opportunity, known.created_by) == (None, young)
    start(young, coordinator, opportunity_id=asked.pk)
    assert start(coordinator, young, opportunity_id=another.pk) == known
    known.refresh_from_db()
    assert (known.opportunity, known.created_by, membership.user) == (asked, young, coordinator)
    host.memberships.filter(user=coordinator).delete()
    assert sentence_of(say, coordinator, known) == policies.NO_CONTEXT


def test_groups_are_no_way_around() -> None:
    grown, young, friend = adult(), minor(), adult()
    assert policies.find_unreachable(actor=grown, people=[young, friend]) == {young.pk}
    assert policies.find_unreachable(actor=young, people=[grown, minor()]) == {grown.pk}
    for actor, others in ((grown, (young, friend)), (young, (grown, minor()))):
        refusal = sentence_of(start, actor, *others)
        assert refusal == sentence_of(start, actor, others[0], is_group=True)
        assert "all of these people" in refusal
    both_apply(grown, young)
    assert start(grown, young, friend).is_group
    assert start(young, grown, is_group=True).is_group


def test_a_group_that_the_adult_began_lets_nobody_write_once_the_reason_is_gone() -> None:
    grown, young = adult(), minor()
    application = ApplicationFactory(role__opportunity__host=run_host(grown), volunteer=young)
    group = start(grown, young, is_group=True)
    type(application).objects.update(status="WITHDRAWN")
    assert not can_talk(grown, young)
    assert say(grown, group).sequence == 1, "the group stays, in which others see what is said"


def test_a_send_costs_the_same_with_many_contexts_and_one_more_than_among_adults() -> None:
    grown, young = adult(), minor()
    both_apply(grown, young)
    conversation, plain = conversation_between(grown, young), conversation_between(adult(), adult())
    once = len(statements_of(lambda: say(young, conversation)))
    for _ in range(4):
        both_apply(grown, young)
        both_come(grown, young)
        share_a_group(grown, young)
    assert len(statements_of(lambda: say(young, conversation))) == once
    assert once == len(statements_of(lambda: say(plain.created_by, plain))) + 1  # type: ignore[arg-type]


def test_many_people_cost_two_statements() -> None:
    grown = adult()
    people = [minor() for _ in range(5)]
    assert len(statements_of(lambda: policies.find_unreachable(actor=grown, people=people[:1]))) == 2
    assert len(statements_of(lambda: policies.find_unreachable(actor=grown, people=people))) == 2


@pytest.mark.parametrize("is_of_organization", [True, False])
def test_a_minor_asks_an_organizer_about_an_event(is_of_organization: bool) -> None:
    event = EventFactory() if is_of_organization else EventFactory(organization=None)
    organizer = creator_of(event)
    young = minor()
    assert sentence_of(start, organizer, young, event_id=event.pk) == policies.NO_CONTEXT
    conversation = start(young, organizer, event_id=event.pk)
    assert (conversation.event, conversation.created_by) == (event, young)
    assert sentence_of(start, minor(), adult(), event_id=event.pk) == policies.NO_CONTEXT
    assert say(organizer, conversation).sequence == 1
