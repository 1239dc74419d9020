"""Taking back what one said: only its place stays, and its files go when that is certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import transaction

from domains.messaging import services
from domains.messaging.models import Reaction
from tests.domains.messaging.log import log_of, refusal_of
from tests.factories import MessageAttachmentFactory, MessageFactory, ReactionFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]

SENT, DELETED = (1, "MESSAGE_SENT"), (2, "MESSAGE_DELETED")


def test_only_the_place_of_a_deleted_message_is_left(stored: Stored, django_capture_on_commit_callbacks: Any) -> None:
    attachment: Any = MessageAttachmentFactory()
    kept: Any = MessageAttachmentFactory()
    message = attachment.message
    ReactionFactory(message=message)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_message(actor=message.sender, message_id=message.pk)
    message.refresh_from_db()
    assert (message.content, message.attachments.count(), message.reactions.count()) == ("", 0, 0)
    assert message.deleted_at
    assert stored() == {kept.file.name}
    assert log_of(message.conversation) == [SENT, DELETED]


def test_deleted_again_it_answers_the_same_and_nothing_changes() -> None:
    message: Any = MessageFactory()
    first = services.delete_message(actor=message.sender, message_id=message.pk)
    again = services.delete_message(actor=message.sender, message_id=message.pk)
    assert (again, again.deleted_at) == (first, first.deleted_at)
    assert log_of(message.conversation) == [SENT, DELETED]


def test_only_its_sender_deletes_a_message() -> None:
    message: Any = MessageFactory()
    other = message.conversation.participations.order_by("pk").last().user

    def refused(actor):
        return refusal_of(services.delete_message, actor=actor, message_id=message.pk)

    assert refused(other) == [("FORBIDDEN", None)]
    assert refused(UserFactory(superuser=True)) == [("NOT_FOUND", "message_id")]


@pytest.mark.django_db(transaction=True)
def test_the_files_stay_if_the_deletion_is_taken_back(stored: Stored) -> None:
    attachment: Any = MessageAttachmentFactory()
    with transaction.atomic():
        services.delete_message(actor=attachment.message.sender, message_id=attachment.message.pk)
        assert stored() == {attachment.file.name}, "it is not certain yet"
        transaction.set_rollback(True)
    assert stored() == {attachment.file.name}


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_fails_does_not_undo_the_deletion(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment: Any = MessageAttachmentFactory()

    def fail(self: InMemoryStorage, name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    services.delete_message(actor=attachment.message.sender, message_id=attachment.message.pk)
    attachment.message.refresh_from_db()
    assert attachment.message.deleted_at
    assert log_of(attachment.message.conversation) == [SENT, DELETED]


@pytest.mark.django_db(transaction=True)
def test_a_reaction_at_the_same_moment_leaves_nothing_under_a_deleted_message() -> None:
    for _ in range(5):
        message: Any = MessageFactory()
        other = message.conversation.participations.order_by("pk").last().user

        def act(number: int, message: Any = message, other: Any = other):
            if number:
                return services.react_to_message(actor=other, message_id=message.pk, emoji="👍")
            return services.delete_message(actor=message.sender, message_id=message.pk)

        at_once(act, 2)
        assert not Reaction.objects.filter(message=message).exists()
        kinds = [kind for _, kind in log_of(message.conversation)]
        assert kinds[-1] == "MESSAGE_DELETED"
        assert kinds.count("MESSAGE_DELETED") == 1
