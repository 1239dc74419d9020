"""Letting go of files: those never sent after a day, and those that belong to nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from domains.base.errors import Refused
from domains.messaging import services, tasks
from domains.messaging.models import Message, MessageAttachment
from tests.factories import MessageAttachmentFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Callable[..., int]:
    """Tidy up, as if so much time had passed."""

    def run(**later: float) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return services.remove_unsent_attachments(now=timezone.now() + timedelta(**later))

    return run


def test_what_was_not_sent_within_a_day_is_gone_with_its_file(stored: Stored, run: Callable[..., int]) -> None:
    sent: Any = MessageAttachmentFactory()
    unsent: Any = MessageAttachmentFactory(conversation=sent.conversation, message=None)
    assert run(hours=23) == 0
    assert stored() == {sent.file.name, unsent.file.name}
    assert run(hours=25)
    assert stored() == {sent.file.name}
    assert MessageAttachment.objects.get() == sent
    assert run(hours=25) == 0


def test_files_of_a_conversation_that_was_removed_are_gone_a_day_later(stored: Stored, run: Callable[..., int]) -> None:
    attachment: Any = MessageAttachmentFactory()
    attachment.conversation.delete()
    default_storage.save("pictures/portrait", ContentFile(b"somebody's"))
    assert stored() == {attachment.file.name}
    assert run(hours=23) == 0, "an upload may be about to write its row"
    assert run(hours=25) == 1
    assert stored() == set()
    assert default_storage.exists("pictures/portrait")


def test_what_somebody_sent_stays_when_their_account_goes_and_what_they_did_not_send_does_not(
    stored: Stored, run: Callable[..., int]
) -> None:
    sent: Any = MessageAttachmentFactory()
    MessageAttachmentFactory(conversation=sent.conversation, message=None)
    sent.uploader.delete()
    run(hours=25)
    assert stored() == {sent.file.name}


def test_the_clock_tidies_up(stored: Stored, django_capture_on_commit_callbacks: Any) -> None:
    old: Any = MessageAttachmentFactory(message=None, conversation=conversation_between(*UserFactory.create_batch(2)))
    MessageAttachment.objects.update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.remove_unsent_attachments()
    assert not MessageAttachment.objects.filter(pk=old.pk).exists()
    assert stored() == set()
    entry = settings.CELERY_BEAT_SCHEDULE["remove-unsent-attachments"]
    assert entry["task"] == tasks.remove_unsent_attachments.name


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_sent_in_the_moment_of_tidying_is_there_with_its_message_or_neither(stored: Stored) -> None:
    for _ in range(5):
        ann, ben = UserFactory.create_batch(2)
        talk = conversation_between(ann, ben)
        old = timezone.now() - timedelta(days=2)
        attachment: Any = MessageAttachmentFactory(conversation=talk, message=None, created_at=old)

        def act(number: int, ann=ann, talk=talk, attachment=attachment):
            if number:
                return services.remove_unsent_attachments(now=timezone.now())
            return services.send_message(
                actor=ann, conversation_id=talk.pk, content="", client_id=uuid4(), attachment_ids=[attachment.pk]
            )

        sent, _ = at_once(act, 2)
        is_there = MessageAttachment.objects.filter(pk=attachment.pk).exists()
        assert is_there == (not isinstance(sent, Refused)) == (attachment.file.name in stored())
        assert Message.objects.filter(conversation=talk).count() == int(is_there)
