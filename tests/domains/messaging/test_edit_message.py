"""Putting right what one said: one's own, for a quarter of an hour, and everybody is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.base.models import OutboxEntry
from domains.messaging import services
from tests.domains.messaging.log import log_of, refusal_of
from tests.factories import MessageAttachmentFactory, MessageFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SENT, EDITED = (1, "MESSAGE_SENT"), (2, "MESSAGE_EDITED")


def test_an_edited_message_says_so_and_the_log_has_one_more_row() -> None:
    message: Any = MessageFactory(content="See you at nine.")
    edited = services.edit_message(actor=message.sender, message_id=message.pk, content="  See you at ten.\n")
    edited.refresh_from_db()
    assert edited.content == "See you at ten."
    assert edited.edited_at
    assert edited.sequence == 1
    assert log_of(message.conversation) == [SENT, EDITED]
    fact = OutboxEntry.objects.get()
    assert (fact.payload["kind"], fact.payload["message_id"]) == ("MESSAGE_EDITED", message.pk)


def test_the_same_words_again_change_nothing_however_late() -> None:
    message: Any = MessageFactory(content="See you at ten.", sent_at=timezone.now() - timedelta(days=1))
    services.edit_message(actor=message.sender, message_id=message.pk, content="See you at ten. ")
    message.refresh_from_db()
    assert message.edited_at is None
    assert log_of(message.conversation) == [SENT]


def test_what_cannot_be_edited() -> None:
    message: Any = MessageFactory()
    _, other = [part.user for part in message.conversation.participations.order_by("pk")]

    def refused(actor=message.sender, content="New", **named):
        return refusal_of(services.edit_message, actor=actor, message_id=message.pk, content=content, **named)

    assert refused(actor=other) == [("FORBIDDEN", None)]
    assert refused(actor=UserFactory(overseer=True)) == [("NOT_FOUND", "message_id")]
    assert refused(content=" \u200b ") == [("REQUIRED", "content")]
    assert refused(content="x" * 10_001) == [("TOO_LONG", "content")]
    assert refusal_of(services.edit_message, actor=other, message_id=0, content="New") == [("NOT_FOUND", "message_id")]
    message.deleted_at = timezone.now()
    message.save()
    assert refused() == [("CONFLICT", "message_id")]
    message.conversation.participations.filter(user=message.sender).update(left_at=timezone.now())
    assert refused() == [("NOT_FOUND", "message_id")]


@pytest.mark.parametrize(("minutes", "codes"), [(14.9, []), (15.1, [("EXPIRED", "message_id")])])
def test_the_quarter_of_an_hour_is_the_servers(minutes: float, codes: list[tuple[str, str]]) -> None:
    message: Any = MessageFactory(sent_at=timezone.now() - timedelta(minutes=minutes))
    asked = {"actor": message.sender, "message_id": message.pk, "content": "New"}
    if codes:
        assert refusal_of(services.edit_message, **asked) == codes
    else:
        assert services.edit_message(**asked).content == "New"


def test_the_words_beside_a_file_may_be_taken_away() -> None:
    message: Any = MessageAttachmentFactory().message
    assert services.edit_message(actor=message.sender, message_id=message.pk, content="").content == ""


@pytest.mark.django_db(transaction=True)
def test_two_edits_at_once_both_count_and_the_last_one_stands() -> None:
    message: Any = MessageFactory(content="first")
    at_once(
        lambda number: services.edit_message(
            actor=message.sender, message_id=message.pk, content="left" if number % 2 else "right"
        ),
        2,
    )
    message.refresh_from_db()
    assert message.content in {"left", "right"}
    assert log_of(message.conversation) == [SENT, EDITED, (3, "MESSAGE_EDITED")]
