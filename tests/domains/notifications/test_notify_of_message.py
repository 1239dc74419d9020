"""New messages: who has something unread is told once, cheaply, and never what it says."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.services import block_user
from domains.messaging import services as messaging
from domains.messaging.models import Conversation, Message
from domains.notifications import services
from domains.notifications.models import MailDelivery, Notification, NotificationKind
from tests.factories import (
    BlockFactory,
    MessageFactory,
    NotificationFactory,
    PreferenceFactory,
    UserFactory,
    conversation_between,
)
from tests.sql import statements_of

KIND = NotificationKind.MESSAGE_RECEIVED
facts_are_told = pytest.mark.django_db(transaction=True)


def say(actor: User, talk: Conversation, content: str = "The key is under the blue pot") -> int:
    message = messaging.send_message(actor=actor, conversation_id=talk.pk, content=content, client_id=uuid4())
    return message.sequence


def read(reader: User, talk: Conversation, up_to: int) -> None:
    messaging.mark_conversation_read(actor=reader, conversation_id=talk.pk, up_to_sequence=up_to)


def tell(message: Message) -> int:
    return services.notify_of_message(
        conversation_id=message.conversation_id, sequence=message.sequence, sender_id=message.sender_id
    )


def unread_of(person: User) -> list[Notification]:
    return list(Notification.objects.filter(recipient=person, read_at=None))


@facts_are_told
def test_the_first_unread_message_tells_and_the_next_ones_do_not() -> None:
    ann, ben = UserFactory(display_name="Ann"), UserFactory()
    talk = conversation_between(ann, ben)
    for _ in range(3):
        say(ann, talk)
    (told,) = Notification.objects.all()
    assert (told.recipient, told.kind, told.title, told.body) == (ben, KIND, "New message from Ann", "")
    assert (told.subject_type, told.subject_id) == ("Conversation", talk.pk)


@facts_are_told
@pytest.mark.parametrize(("title", "words"), [("Rain or shine", "in Rain or shine"), ("", "in a group")])
def test_in_a_group_the_place_is_named(title: str, words: str) -> None:
    ann, ben, cem = UserFactory(display_name="Ann"), UserFactory(), UserFactory()
    talk = conversation_between(ann, ben, cem, title=title)
    say(ann, talk)
    assert {row.recipient: row.title for row in Notification.objects.all()} == dict.fromkeys(
        (ben, cem), f"New message from Ann {words}"
    )


@facts_are_told
def test_reading_all_of_it_marks_it_read_and_the_next_message_tells_anew() -> None:
    ann, ben = UserFactory.create_batch(2)
    talk, other = conversation_between(ann, ben), conversation_between(ann, ben, UserFactory())
    say(ann, other)
    first, last = say(ann, talk), say(ann, talk)
    read(ben, talk, first)
    assert len(unread_of(ben)) == 2, "there is more to read"
    read(ben, talk, last)
    assert [told.subject_id for told in unread_of(ben)] == [other.pk]
    say(ann, talk)
    assert len(unread_of(ben)) == 2


@facts_are_told
def test_whoever_leaves_has_nothing_unread_of_it() -> None:
    ann, ben, cem = UserFactory.create_batch(3)
    talk = conversation_between(ann, ben, cem)
    say(ann, talk)
    messaging.leave_conversation(actor=ben, conversation_id=talk.pk)
    assert unread_of(ben) == []
    assert len(unread_of(cem)) == 1


@facts_are_told
def test_ones_own_messages_and_those_one_has_read_tell_nothing() -> None:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    sequence = say(ann, talk)
    read(ben, talk, sequence)
    assert tell(Message.objects.get(conversation=talk, sequence=sequence)) == 0, "told again, late"
    assert unread_of(ann) == unread_of(ben) == []


@facts_are_told
def test_who_blocked_the_sender_left_is_closed_or_wants_nothing_is_not_told() -> None:
    ann, blocker, blocked, gone, closed, silent, ben = UserFactory.create_batch(7)
    talk = conversation_between(ann, blocker, blocked, gone, closed, silent, ben)
    BlockFactory(blocker=blocker, blocked=ann)
    BlockFactory(blocker=ann, blocked=blocked)
    talk.participations.filter(user=gone).update(left_at=timezone.now())
    User.objects.filter(pk=closed.pk).update(is_active=False)
    PreferenceFactory(user=silent, kind=KIND, in_app=False, email=False, digest=False, push=False)
    say(ann, talk)
    assert {row.recipient for row in Notification.objects.all()} == {blocked, ben}


@facts_are_told
def test_other_rows_of_the_log_tell_nothing() -> None:
    ann, ben, cem = UserFactory.create_batch(3)
    talk = conversation_between(ann, ben, cem)
    said = MessageFactory(conversation=talk, sender=ann)
    messaging.react_to_message(actor=ann, message_id=said.pk, emoji="👍")
    messaging.edit_message(actor=ann, message_id=said.pk, content="Hello again")
    messaging.leave_conversation(actor=cem, conversation_id=talk.pk)
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_a_message_costs_one_statement_when_all_have_an_unread_one_however_many_they_are() -> None:
    costs = []
    for number in (3, 60):
        people = UserFactory.create_batch(number)
        talk = conversation_between(*people)
        first = MessageFactory(conversation=talk, sender=people[0])
        told = statements_of(partial(tell, first))
        second = MessageFactory(conversation=talk, sender=people[0])
        costs.append((len(told), len(statements_of(partial(tell, second)))))
    assert costs[0] == costs[1]
    assert costs[0][1] == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_unread_one() -> None:
    first = NotificationFactory(kind=KIND, subject_type="Conversation", subject_id=7)
    again: dict[str, Any] = {"recipient": first.recipient, "kind": KIND, "subject_id": 7}
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationFactory(**again)
    NotificationFactory(**again, read=True)


@facts_are_told
def test_whoever_wants_mails_about_messages_has_one_after_ten_minutes_unless_they_read_it() -> None:
    ann, ben, cem, dan = (UserFactory(display_name=name) for name in ("Ann", "Ben", "Cem", "Dan"))
    talk = conversation_between(ann, ben, cem, dan)
    for person in (ben, cem, dan):
        PreferenceFactory(user=person, kind=KIND, in_app=False, email=True)
    sequence = say(ann, talk)
    services.send_due_mails()
    assert mail.outbox == []
    now = timezone.now()
    due = MailDelivery.objects.first()
    assert due
    assert timedelta(minutes=9) < due.due_at - now <= timedelta(minutes=10)
    read(cem, talk, sequence)
    talk.participations.filter(user=dan).update(left_at=now)
    MailDelivery.objects.update(due_at=now)
    services.send_due_mails()
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([ben.email], "New message from Ann in a group")
    assert "blue pot" not in str(message.message())
    assert MailDelivery.objects.filter(done_at=None).count() == 0


@facts_are_told
@pytest.mark.parametrize("is_by_sender", [True, False])
def test_whoever_was_blocked_meanwhile_is_in_no_mail(is_by_sender: bool) -> None:
    ann, ben, cem = (UserFactory(display_name=name) for name in ("Ann", "Ben", "Cem"))
    direct, group = conversation_between(ann, ben), conversation_between(ann, ben, cem)
    for person in (ben, cem):
        PreferenceFactory(user=person, kind=KIND, email=True)
    for talk in (direct, group):
        say(ann, talk)
    blocker, blocked = (ann, ben) if is_by_sender else (ben, ann)
    BlockFactory(blocker=blocker, blocked=blocked)
    MailDelivery.objects.update(due_at=timezone.now())
    services.send_due_mails()
    assert [message.to for message in mail.outbox] == [[cem.email]]
    assert not MailDelivery.objects.filter(done_at=None).exists()


@facts_are_told
def test_a_block_leaves_neither_anything_unread_of_what_they_said_to_each_other() -> None:
    ann, ben, cem = UserFactory.create_batch(3)
    direct, group, other = (conversation_between(*people) for people in ((ann, ben), (ann, ben, cem), (cem, ben)))
    for actor, talk in ((ann, direct), (ben, direct), (ann, group), (cem, other)):
        say(actor, talk)
    assert len(unread_of(ann)) == 1
    block_user(actor=ben, user_id=ann.pk)
    assert unread_of(ann) == []
    assert {told.subject_id for told in unread_of(ben)} == {group.pk, other.pk}


def take_back(actor: User, talk: Conversation, sequence: int) -> None:
    messaging.delete_message(actor=actor, message_id=talk.messages.get(sequence=sequence).pk)


@facts_are_told
def test_of_what_was_taken_back_nobody_has_anything_unread_or_a_mail() -> None:
    ann, ben, cem = UserFactory(display_name="Ann"), UserFactory(), UserFactory(display_name="Cem")
    PreferenceFactory(user=ben, kind=KIND, email=True)
    talk = conversation_between(ann, ben, cem)
    first = say(ann, talk)
    assert [one.title for one in unread_of(ben)] == ["New message from Ann in a group"]
    take_back(ann, talk, first)
    assert unread_of(ben) == unread_of(cem) == []
    MailDelivery.objects.update(due_at=timezone.now())
    services.send_due_mails()
    assert mail.outbox == []
    say(cem, talk)
    assert [one.title for one in unread_of(ben)] == ["New message from Cem in a group"]


@facts_are_told
def test_who_has_something_else_unread_is_told_of_that_instead() -> None:
    ann, ben, cem, dan = (UserFactory(display_name=name) for name in ("Ann", "Ben", "Cem", "Dan"))
    talk = conversation_between(ann, ben, cem, dan)
    first, second, third = say(ann, talk), say(cem, talk), say(dan, talk)
    read(ben, talk, third)
    take_back(ann, talk, first)
    assert unread_of(ben) == []
    assert [one.title for one in unread_of(cem)] == ["New message from Dan in a group"]
    assert [one.title for one in unread_of(dan)] == ["New message from Cem in a group"]
    assert [one.title for one in unread_of(ann)] == ["New message from Cem in a group"], "she had none of her own"
    take_back(dan, talk, third)
    take_back(cem, talk, second)
    assert not Notification.objects.filter(read_at=None).exists()


@facts_are_told
def test_what_was_the_last_unread_leaves_nothing_though_the_first_that_told_is_still_there() -> None:
    ann, ben = UserFactory(), UserFactory()
    talk = conversation_between(ann, ben)
    first = say(ann, talk)
    second = say(ann, talk)
    read(ben, talk, first)
    assert len(unread_of(ben)) == 1
    take_back(ann, talk, second)
    assert unread_of(ben) == []


@facts_are_told
def test_what_was_taken_back_before_it_was_told_is_told_to_nobody() -> None:
    talk = conversation_between(UserFactory(), UserFactory())
    message = MessageFactory(conversation=talk, deleted_at=timezone.now(), content="")
    assert tell(message) == 0
    assert not Notification.objects.exists()
