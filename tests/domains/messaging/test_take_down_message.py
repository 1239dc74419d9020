"""Staff take a message down: what is left of it is what is left of one that its sender deleted."""

from __future__ import annotations

from typing import Any

import pytest

from domains.messaging import services
from tests.domains.messaging.log import log_of, refusal_of
from tests.factories import MessageAttachmentFactory, ReactionFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_only_its_place_is_left_and_the_log_says_so_once() -> None:
    attachment: Any = MessageAttachmentFactory()
    message = attachment.message
    ReactionFactory(message=message)
    for _ in range(2):
        services.take_down_message(actor=UserFactory(overseer=True), message_id=message.pk)
    message.refresh_from_db()
    assert (message.content, message.attachments.count(), message.reactions.count()) == ("", 0, 0)
    assert message.deleted_at
    assert log_of(message.conversation) == [(1, "MESSAGE_SENT"), (2, "MESSAGE_DELETED")]


def test_what_is_not_there_is_not_found() -> None:
    assert refusal_of(services.take_down_message, actor=UserFactory(), message_id=0) == [("NOT_FOUND", "message_id")]


@pytest.mark.django_db(transaction=True)
def test_its_sender_and_staff_at_once_leave_one_row_in_the_log() -> None:
    message: Any = MessageAttachmentFactory().message
    staff = UserFactory(overseer=True)

    def act(number: int) -> Any:
        if number % 2:
            return services.delete_message(actor=message.sender, message_id=message.pk)
        return services.take_down_message(actor=staff, message_id=message.pk)

    at_once(act, 4)
    assert log_of(message.conversation) == [(1, "MESSAGE_SENT"), (2, "MESSAGE_DELETED")]
