"""Giving a group another title."""

from __future__ import annotations

import pytest

from domains.messaging import services
from tests.domains.messaging.log import log_of, refusal_of
from tests.factories import UserFactory, conversation_between

pytestmark = pytest.mark.django_db


def test_whoever_takes_part_renames_a_group_and_the_log_says_so_once() -> None:
    ann, ben = UserFactory.create_batch(2)
    group = conversation_between(ann, ben, is_group=True, title="Crew")
    for title in ("  Creek \n crew ", "Creek crew"):
        services.rename_conversation(actor=ben, conversation_id=group.pk, title=title)
    assert log_of(group) == [(1, "PARTICIPANTS_CHANGED")]
    assert group.title == "Creek crew"
    services.rename_conversation(actor=ann, conversation_id=group.pk, title="")
    group.refresh_from_db()
    assert (group.title, len(log_of(group))) == ("", 2)


def test_titles_that_cannot_be_and_people_who_may_not() -> None:
    ann, ben = UserFactory.create_batch(2)
    group = conversation_between(ann, ben, is_group=True)

    def refused(title: str, actor=ann, conversation=group):
        return refusal_of(services.rename_conversation, actor=actor, conversation_id=conversation.pk, title=title)

    assert refused("x" * 121) == [("TOO_LONG", "title")]
    assert refused("\u200b\u2060") == [("INVALID", "title")]
    assert refused("live\u202eevil") == [("INVALID", "title")]
    assert refused("Crew", conversation=conversation_between(ann, ben)) == [("INVALID", "conversation_id")]
    assert refused("Crew", actor=UserFactory(overseer=True)) == [("NOT_FOUND", "conversation_id")]
