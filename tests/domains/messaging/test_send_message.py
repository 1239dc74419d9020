"""Saying something: gapless and in order whatever comes at once, and never twice by one clientId."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.messaging import services
from domains.messaging.models import Conversation, ConversationEvent, Message, MessageAttachment
from domains.messaging.services import locks
from tests.factories import MessageAttachmentFactory, MessageFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db

#: The module, which the function of its name hides in its package.
SERVICE = sys.modules["domains.messaging.services.send_message"]


def say(
    actor: User | None,
    conversation: Conversation,
    content: str = "Hello",
    client_id: UUID | None = None,
    files: Collection[int] = (),
) -> Message:
    assert actor
    return services.send_message(
        actor=actor,
        conversation_id=conversation.pk,
        content=content,
        client_id=client_id or uuid4(),
        attachment_ids=files,
    )


def refusal_of(*arguments: Any, **named: Any) -> list[str]:
    before = (Message.objects.count(), ConversationEvent.objects.count(), OutboxEntry.objects.count())
    heads = list(Conversation.objects.values_list("last_sequence", flat=True).order_by("pk"))
    with pytest.raises(Refused) as refused:
        say(*arguments, **named)
    assert (Message.objects.count(), ConversationEvent.objects.count(), OutboxEntry.objects.count()) == before
    assert list(Conversation.objects.values_list("last_sequence", flat=True).order_by("pk")) == heads
    return [str(problem.code) for problem in refused.value.problems]


def assert_log_is_whole(conversation: Conversation, length: int) -> None:
    conversation.refresh_from_db()
    assert conversation.last_sequence == length
    events = conversation.events.order_by("pk")
    assert [event.sequence for event in events] == list(range(1, length + 1))
    assert sorted(conversation.messages.values_list("sequence", flat=True)) == list(range(1, length + 1))


def test_a_message_stands_at_the_end_of_the_log() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    before = conversation.last_activity_at
    first, second = say(ann, conversation, "  Hello\n"), say(ben, conversation, "Hi")
    assert (first.sequence, first.content, second.sequence) == (1, "Hello", 2)
    assert_log_is_whole(conversation, 2)
    assert conversation.last_activity_at == second.sent_at > before
    event = conversation.events.get(sequence=1)
    assert (event.message, event.actor, event.kind) == (first, ann, "MESSAGE_SENT")


def test_the_fact_is_in_the_outbox_with_the_message() -> None:
    conversation = conversation_between(*UserFactory.create_batch(2))
    message = say(conversation.created_by, conversation)
    entry = OutboxEntry.objects.get()
    assert (entry.fact, entry.payload) == (
        "messaging.ConversationChanged",
        {
            "conversation_id": conversation.pk,
            "sequence": 1,
            "kind": "MESSAGE_SENT",
            "actor_id": message.sender_id,
            "message_id": message.pk,
        },
    )


def test_a_repeat_gives_the_first_message_and_changes_nothing() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    client_id = uuid4()
    first = say(ann, conversation, "once", client_id)
    assert say(ann, conversation, "twice", client_id) == first
    assert_log_is_whole(conversation, 1)
    assert say(ben, conversation, "mine", client_id).sequence == 2, "another sender's id is another id"


def test_a_client_id_of_another_conversation_is_a_conflict() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    client_id = uuid4()
    say(ann, conversation_between(ann, ben), "to Ben", client_id)
    assert refusal_of(ann, conversation_between(ann, cleo), "to Cleo", client_id) == ["CONFLICT"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "REQUIRED"),
        (" \n\t ", "REQUIRED"),
        ("\u202e\u200b\u2060", "REQUIRED"),
        ("x" * 10_001, "TOO_LONG"),
    ],
    ids=["empty", "spaces", "invisible", "too long"],
)
def test_content_that_cannot_be_sent(content: str, code: str) -> None:
    conversation = conversation_between(*UserFactory.create_batch(2))
    assert refusal_of(conversation.created_by, conversation, content) == [code]


@pytest.mark.parametrize("content", ["x", "x" * 10_000, "👩🏽‍🌾", " שלום "])
def test_content_that_can_be_sent(content: str) -> None:
    conversation = conversation_between(*UserFactory.create_batch(2))
    assert say(conversation.created_by, conversation, content).content == content.strip()


def test_only_those_who_take_part_now_may_send() -> None:
    ann, ben, staff = UserFactory(), UserFactory(), UserFactory(overseer=True)
    conversation = conversation_between(ann, ben)
    conversation.participations.filter(user=ben).update(left_at=timezone.now())
    assert refusal_of(UserFactory(), conversation) == ["NOT_FOUND"]
    assert refusal_of(ben, conversation) == ["NOT_FOUND"]
    assert refusal_of(staff, conversation) == ["NOT_FOUND"]
    assert refusal_of(ann, Conversation(pk=0)) == ["NOT_FOUND"]


def test_a_message_may_bring_files_and_then_needs_no_words() -> None:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    first, second = MessageAttachmentFactory.create_batch(2, conversation=talk, message=None, uploader=ann)
    client_id = uuid4()
    sent = say(ann, talk, " \u200b", client_id, [second.pk, first.pk, first.pk])
    assert (sent.content, list(sent.attachments.order_by("pk"))) == ("", [first, second])
    assert say(ann, talk, "", client_id, [first.pk]) == sent, "a repeat answers with the first"
    assert say(ann, talk, "later", client_id) == sent
    assert_log_is_whole(talk, 1)


def test_files_that_a_message_cannot_bring() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    talk, elsewhere = conversation_between(ann, ben), conversation_between(ann, cleo)
    own = MessageAttachmentFactory(conversation=talk, message=None, uploader=ann)
    foreign = MessageAttachmentFactory(conversation=talk, message=None, uploader=ben)
    other = MessageAttachmentFactory(conversation=elsewhere, message=None, uploader=ann)
    sent = MessageAttachmentFactory(message=MessageFactory(conversation=talk, sender=ann), uploader=ann)
    for key in (foreign.pk, other.pk, sent.pk, 0):
        assert refusal_of(ann, talk, "With a list", files=[own.pk, key]) == ["NOT_FOUND"]
    assert refusal_of(ann, talk, "With lists", files=range(1, 12)) == ["TOO_LONG"]
    own.refresh_from_db()
    assert own.message is None


def send_it(actor: User, talk: Conversation, file: MessageAttachment, _: int) -> Message:
    return say(actor, talk, "Here", files=[file.pk])


@pytest.mark.django_db(transaction=True)
def test_one_file_sent_in_two_messages_at_once_is_in_one_of_them() -> None:
    ann, ben = UserFactory.create_batch(2)
    for _ in range(4):
        talk = conversation_between(ann, ben, is_group=True)
        file = MessageAttachmentFactory(conversation=talk, message=None, uploader=ann)
        sent = at_once(partial(send_it, ann, talk, file), 4)
        (message,) = [answer for answer in sent if isinstance(answer, Message)]
        file.refresh_from_db()
        assert file.message == message
        assert_log_is_whole(talk, 1)


def test_a_program_gone_wild_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = conversation_between(*UserFactory.create_batch(2))
    monkeypatch.setattr(SERVICE, "RATE_LIMIT", 2)
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)  # both in one window
    for _ in range(2):
        say(conversation.created_by, conversation)
    assert refusal_of(conversation.created_by, conversation) == ["RATE_LIMITED"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap_and_no_double() -> None:
    people = UserFactory.create_batch(3)
    conversation = conversation_between(*people)
    MessageFactory(conversation=conversation)
    sent = at_once(lambda number: say(people[number % 3], conversation, f"number {number}"), 12)
    assert not [answer for answer in sent if isinstance(answer, Refused)]
    assert_log_is_whole(conversation, 13)


@pytest.mark.django_db(transaction=True)
def test_the_same_message_sent_many_times_at_once_is_said_once() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    client_id = uuid4()
    sent = at_once(lambda _: say(ann, conversation, "once", client_id), 8)
    assert len({message.pk for message in sent if isinstance(message, Message)}) == 1
    assert len(sent) == 8
    assert_log_is_whole(conversation, 1)


@pytest.mark.django_db(transaction=True)
def test_one_client_id_in_two_conversations_at_once_is_in_one_of_them() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    places = [conversation_between(ann, ben), conversation_between(ann, cleo)]
    client_id = uuid4()
    sent = at_once(lambda number: say(ann, places[number % 2], "where?", client_id), 6)
    assert Message.objects.count() == 1
    assert {str(answer.problems[0].code) for answer in sent if isinstance(answer, Refused)} == {"CONFLICT"}
    assert sorted(Conversation.objects.values_list("last_sequence", flat=True)) == [0, 1]


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time, row lock or not"
)
@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_the_log_would_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same storm, with the lock taken away, loses messages."""
    ann, ben = UserFactory.create_batch(2)
    conversation, all_have_looked = conversation_between(ann, ben), threading.Barrier(8)

    def unlocked(*, actor: User, conversation_id: int) -> Conversation:
        found = Conversation.objects.get(pk=conversation_id)
        all_have_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(SERVICE, "lock_conversation", unlocked)

    def try_to_say(number: int) -> Message | None:
        try:
            return say(ann, conversation, f"number {number}")
        except Exception:  # noqa: BLE001 # however the database puts it
            return None

    sent = at_once(try_to_say, 8)
    assert None in sent
    conversation.refresh_from_db()
    assert conversation.last_sequence < 8
    assert locks.lock_conversation is not unlocked
