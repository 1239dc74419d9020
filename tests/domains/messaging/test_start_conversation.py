"""Beginning a conversation: one per pair, groups of up to a hundred, only with people who are there."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.messaging import services
from domains.messaging.models import Conversation, Participant
from tests.factories import EventFactory, OpportunityFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db

#: The module, which the function of its name hides in its package.
SERVICE = sys.modules["domains.messaging.services.start_conversation"]


def start(actor: User, *others: User, **named: Any) -> Conversation:
    return services.start_conversation(actor=actor, participant_ids=[user.pk for user in others], **named)


def present(conversation: Conversation) -> set[int]:
    return set(conversation.participations.filter(left_at__isnull=True).values_list("user", flat=True))


def refusal_of(*arguments: Any, **named: Any) -> list[tuple[str, str | None]]:
    before = (Conversation.objects.count(), Participant.objects.count())
    with pytest.raises(Refused) as refused:
        start(*arguments, **named)
    assert (Conversation.objects.count(), Participant.objects.count()) == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def test_two_people_have_one_direct_conversation() -> None:
    ann, ben = UserFactory.create_batch(2)
    first = start(ann, ben)
    assert (first.is_group, first.created_by, first.last_sequence, present(first)) == (
        False,
        ann,
        0,
        {ann.pk, ben.pk},
    )
    assert start(ann, ben) == start(ben, ann) == start(ann, ben, ann) == first
    assert Conversation.objects.count() == 1


def test_who_had_left_a_direct_conversation_and_begins_it_again_is_back_and_the_log_says_so() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    conversation.participations.filter(user=ann).update(left_at=timezone.now())
    assert start(ann, ben) == conversation
    assert present(conversation) == {ann.pk, ben.pk}
    assert list(conversation.events.values_list("sequence", "kind")) == [(1, "PARTICIPANTS_CHANGED")]
    conversation.refresh_from_db()
    assert conversation.last_sequence == 1


def test_the_other_who_has_left_is_not_brought_back_but_comes_by_their_own_act() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    conversation.participations.filter(user=ben).update(left_at=timezone.now())
    assert start(ann, ben) == conversation
    assert (present(conversation), conversation.events.count()) == ({ann.pk}, 0)
    assert start(ben, ann) == conversation
    assert (present(conversation), conversation.events.count()) == ({ann.pk, ben.pk}, 1)


def test_both_had_left_and_one_is_back() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    conversation.participations.update(left_at=timezone.now())
    assert start(ann, ben) == conversation
    assert present(conversation) == {ann.pk}


def test_more_people_are_a_group_each_time_a_new_one() -> None:
    people = UserFactory.create_batch(3)
    groups = [start(*people, title="  Saturday   crew "), start(*people)]
    assert [group.title for group in groups] == ["Saturday crew", ""]
    assert all(group.is_group and group.direct_key is None for group in groups)
    assert present(groups[0]) == {user.pk for user in people}
    assert groups[0] != groups[1]
    assert start(people[0], people[1], is_group=True).is_group, "a group of two, if asked for"


def test_a_conversation_can_be_about_an_opportunity_that_one_sees() -> None:
    ann, ben = UserFactory.create_batch(2)
    opportunity = OpportunityFactory()
    assert start(ann, ben, is_group=True, opportunity_id=opportunity.pk).opportunity == opportunity
    draft = OpportunityFactory(status="DRAFT")
    for hidden in (draft.pk, 0):
        assert refusal_of(ann, ben, is_group=True, opportunity_id=hidden) == [("NOT_FOUND", "opportunity_id")]


def test_a_direct_conversation_is_about_the_opportunity_that_was_named_last() -> None:
    ann, ben = UserFactory.create_batch(2)
    first, second = OpportunityFactory.create_batch(2)
    conversation = start(ann, ben)
    for actor, other, named in ((ann, ben, first), (ben, ann, second)):
        assert start(actor, other, opportunity_id=named.pk) == conversation
        assert start(other, actor) == conversation
        conversation.refresh_from_db()
        assert (conversation.opportunity, conversation.created_by) == (named, actor)
    assert refusal_of(ann, ben, opportunity_id=OpportunityFactory(status="DRAFT").pk) == [
        ("NOT_FOUND", "opportunity_id")
    ]


def test_what_is_no_conversation() -> None:
    ann, ben, gone = UserFactory(), UserFactory(), UserFactory(is_active=False)
    others = "participant_ids"
    assert refusal_of(UserFactory(unverified=True), ben) == [("EMAIL_NOT_VERIFIED", None)]
    assert refusal_of(ann) == [("REQUIRED", others)]
    assert refusal_of(ann, ann) == [("INVALID", others)]
    assert refusal_of(ann, ben, gone) == [("NOT_FOUND", others)]
    assert refusal_of(ann, gone) == [("NOT_FOUND", others)]
    assert refusal_of(ann, ben, User(pk=0)) == [("NOT_FOUND", others)]
    assert refusal_of(ann, ben, UserFactory(), is_group=False) == [("INVALID", others)]
    nobody = 2**40  # a number that no run of the suite reaches
    assert refusal_of(ann, *[User(pk=nobody + n) for n in range(250)]) == [("FULL", others)]
    assert refusal_of(ann, ben, title="x" * 121) == [("TOO_LONG", "title")]


def test_two_hundred_and_fifty_people_fit() -> None:
    people = UserFactory.create_batch(250, password=None)
    assert len(present(start(*people))) == 250


def test_writing_to_everybody_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, *others = UserFactory.create_batch(4)
    monkeypatch.setattr(SERVICE, "RATE_LIMIT", 2)
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    start(ann, others[0])
    start(ann, others[1])
    assert refusal_of(ann, others[2]) == [("RATE_LIMITED", None)]


@pytest.mark.django_db(transaction=True)
def test_both_begin_at_once_and_meet_in_one_conversation() -> None:
    pair = UserFactory.create_batch(2)
    begun = at_once(lambda number: start(pair[number % 2], pair[1 - number % 2]), 8)
    assert {conversation.pk for conversation in begun if isinstance(conversation, Conversation)} == {
        Conversation.objects.get().pk
    }
    assert not [answer for answer in begun if isinstance(answer, Refused)]
    assert Participant.objects.count() == 2


def test_a_conversation_can_be_about_an_event_instead() -> None:
    ann, ben = UserFactory(), UserFactory()
    event, opportunity = EventFactory(), OpportunityFactory()
    known = start(ann, ben, event_id=event.pk)
    assert (known.event, known.opportunity) == (event, None)
    assert start(ben, ann, opportunity_id=opportunity.pk) == known
    known.refresh_from_db()
    assert (known.event, known.opportunity, known.created_by) == (None, opportunity, ben)
    assert refusal_of(ann, ben, event_id=EventFactory(draft=True).pk) == [("NOT_FOUND", "event_id")]
    assert refusal_of(ann, ben, event_id=event.pk, opportunity_id=opportunity.pk) == [("INVALID", "event_id")]
