"""Blocking: it ends direct messages both ways at once, whoever blocked, and leaves groups and what was said."""

from __future__ import annotations

import sys
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from domains.accounts import services as accounts
from domains.accounts.models import User
from domains.base import live, locks
from domains.base.errors import Refused
from domains.messaging import policies, selectors, services
from domains.messaging.models import Conversation, Message
from domains.messaging.services.locks import lock_conversation
from tests.factories import BlockFactory, MessageFactory, UserFactory, conversation_between
from tests.sql import statements_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SEND = sys.modules["domains.messaging.services.send_message"]


def say(actor: User, conversation: Conversation, **named: Any) -> Message:
    named.setdefault("client_id", uuid4())
    return services.send_message(actor=actor, conversation_id=conversation.pk, content="Hello", **named)


def start(actor: User, *others: User, **named: Any) -> Conversation:
    return services.start_conversation(actor=actor, participant_ids=[user.pk for user in others], **named)


def sentence_of(act: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
    before = (Message.objects.count(), Conversation.objects.count())
    with pytest.raises(Refused) as refused:
        act(*arguments, **named)
    assert (Message.objects.count(), Conversation.objects.count()) == before
    (problem,) = refused.value.problems
    return str(problem.code), problem.message


def test_neither_writes_to_the_other_and_both_are_told_the_same() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    accounts.block_user(actor=ann, user_id=ben.pk)
    refusals = {sentence_of(say, actor, conversation) for actor in (ann, ben)}
    refusals |= {sentence_of(start, ann, ben), sentence_of(start, ben, ann)}
    assert refusals == {("FORBIDDEN", policies.BLOCKED)}


def test_nobody_begins_to_talk_across_a_block() -> None:
    block = BlockFactory()
    assert sentence_of(start, block.blocker, block.blocked) == ("FORBIDDEN", policies.BLOCKED)
    assert sentence_of(start, block.blocked, block.blocker) == ("FORBIDDEN", policies.BLOCKED)


def test_a_block_taken_back_opens_the_conversation_unless_the_other_blocks_too() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    accounts.block_user(actor=ann, user_id=ben.pk)
    accounts.block_user(actor=ben, user_id=ann.pk)
    accounts.unblock_user(actor=ann, user_id=ben.pk)
    assert sentence_of(say, ann, conversation) == ("FORBIDDEN", policies.BLOCKED)
    accounts.unblock_user(actor=ben, user_id=ann.pk)
    assert say(ann, conversation).sequence == 1
    assert say(ben, conversation).sequence == 2


def test_what_was_said_stays_readable_to_both_and_a_lost_answer_is_given_again() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    client_id = uuid4()
    said = say(ben, conversation, client_id=client_id)
    accounts.block_user(actor=ann, user_id=ben.pk)
    for viewer in (ann, ben):
        assert list(selectors.find_conversations(viewer=viewer)) == [conversation]
        assert list(selectors.find_messages(viewer=viewer)) == [said]
        services.mark_conversation_read(actor=viewer, conversation_id=conversation.pk, up_to_sequence=1)
    assert say(ben, conversation, client_id=client_id) == said


def test_people_who_blocked_each_other_share_their_groups_but_draw_each_other_into_no_new_one() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, cleo)
    accounts.block_user(actor=ann, user_id=ben.pk)
    assert (say(ann, group).sequence, say(ben, group).sequence) == (1, 2)
    for actor, other in ((ann, ben), (ben, ann)):
        assert policies.find_unreachable(actor=actor, people=[other, cleo]) == {other.pk}
        code, sentence = sentence_of(start, actor, other, cleo)
        assert code == "FORBIDDEN"
        assert "all of these people" in sentence, "it does not say who"
    assert start(cleo, ann, ben).is_group, "others may, and each may leave"


def test_who_writes_may_be_asked_by_every_act_under_the_lock() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    lock_conversation(actor=ann, conversation_id=conversation.pk, to_write=True)
    BlockFactory(blocker=ben, blocked=ann)
    with pytest.raises(Refused) as refused:
        lock_conversation(actor=ann, conversation_id=conversation.pk, to_write=True)
    assert [problem.code for problem in refused.value.problems] == ["FORBIDDEN"]
    assert lock_conversation(actor=ann, conversation_id=conversation.pk) == conversation


def test_no_other_way_of_writing_is_open_and_what_is_ones_own_can_be_taken_back() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    theirs, mine = say(ben, conversation), say(ann, conversation)
    services.react_to_message(actor=ann, message_id=theirs.pk, emoji="👍")
    BlockFactory(blocker=ben, blocked=ann)
    here: dict[str, Any] = {"actor": ann, "conversation_id": conversation.pk}
    acts: list[Any] = [
        lambda: services.edit_message(actor=ann, message_id=mine.pk, content="Other words"),
        lambda: services.react_to_message(actor=ann, message_id=theirs.pk, emoji="🎉"),
        lambda: services.set_typing(**here, is_typing=True),
        lambda: services.upload_attachment(**here, file=ContentFile(b"Read this.", name="note.txt")),
    ]
    assert [sentence_of(act) for act in acts] == [("FORBIDDEN", policies.BLOCKED)] * 4
    services.react_to_message(actor=ann, message_id=theirs.pk, emoji="👍", remove=True)
    services.delete_message(actor=ann, message_id=mine.pk)


def test_the_rule_costs_a_send_no_statement() -> None:
    people = UserFactory.create_batch(3)
    direct, group = conversation_between(*people[:2]), conversation_between(*people)
    assert len(statements_of(lambda: say(people[0], direct))) == len(statements_of(lambda: say(people[0], group)))


class TestFollowers:
    def test_those_who_take_part_now_and_have_an_open_account(self) -> None:
        ann, ben, cleo, dan = [*UserFactory.create_batch(3), UserFactory(is_active=False)]
        group = conversation_between(ann, ben, cleo, dan)
        group.participations.filter(user=cleo).update(left_at=timezone.now())
        BlockFactory(blocker=ann, blocked=ben)
        assert selectors.find_permitted_subscribers(conversation_ids=[group.pk])[group.pk] == {ann.pk, ben.pk}
        assert selectors.find_permitted_subscribers(conversation_ids=[0]) == {0: set()}

    def test_nobody_while_one_of_a_pair_blocks_the_other(self) -> None:
        ann, ben, cleo = UserFactory.create_batch(3)
        direct = conversation_between(ann, ben)
        BlockFactory(blocker=ann, blocked=cleo)
        BlockFactory(blocker=cleo, blocked=ben)
        assert selectors.find_permitted_subscribers(conversation_ids=[direct.pk])[direct.pk] == {ann.pk, ben.pk}
        for blocker, blocked in ((ann, ben), (ben, ann)):
            accounts.block_user(actor=blocker, user_id=blocked.pk)
            assert selectors.find_permitted_subscribers(conversation_ids=[direct.pk])[direct.pk] == set()
            accounts.unblock_user(actor=blocker, user_id=blocked.pk)
            assert selectors.find_permitted_subscribers(conversation_ids=[direct.pk])[direct.pk] == {ann.pk, ben.pk}

    def test_one_statement_answers(self) -> None:
        group = conversation_between(*UserFactory.create_batch(5))
        assert (
            len(statements_of(lambda: selectors.find_permitted_subscribers(conversation_ids=[group.pk])[group.pk])) == 1
        )


@pytest.mark.django_db(transaction=True)
def test_followers_of_the_pairs_conversation_are_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    conversation, woken = conversation_between(ann, ben), []
    conversation_between(ann, ben, cleo)
    monkeypatch.setattr(live, "broadcast", lambda group, **ids: woken.append((group, ids)))
    accounts.block_user(actor=ben, user_id=ann.pk)
    accounts.block_user(actor=ben, user_id=ann.pk)
    accounts.block_user(actor=ben, user_id=cleo.pk)
    assert woken == [(f"conversation.{conversation.pk}", {"participants": 1})]
    accounts.unblock_user(actor=ben, user_id=ann.pk)
    assert woken[1:] == [(f"inbox.{one.pk}", {}) for one in (ben, ann)], "whoever follows all of theirs looks again"


def _messages_after_the_block(monkeypatch: pytest.MonkeyPatch, *, patience: float) -> int:
    """Block while a message is on its way, past the rule but not written; return how many come after the block.

    The message waits for the block so many seconds at the most.
    """
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    allowed, was_blocked = threading.Event(), threading.Event()
    refuse_unreachable = SEND.refuse_unreachable

    def slowly(**named: Any) -> None:
        refuse_unreachable(**named)
        allowed.set()
        was_blocked.wait(timeout=patience)

    monkeypatch.setattr(SEND, "refuse_unreachable", slowly)

    def run(number: int) -> int:
        if number == 0:
            say(ben, conversation)
            return 0
        allowed.wait(timeout=30)
        accounts.block_user(actor=ann, user_id=ben.pk)
        seen = Message.objects.count()
        was_blocked.set()
        return seen

    _, seen = at_once(run, 2)
    assert isinstance(seen, int)
    return Message.objects.count() - seen


@pytest.mark.django_db(transaction=True)
def test_once_a_block_stands_no_message_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _messages_after_the_block(monkeypatch, patience=1) == 0


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time, lock or not")
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_pair_a_message_would_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race with the lock taken away."""
    monkeypatch.setattr(locks, "hold", lambda **_: None)
    assert _messages_after_the_block(monkeypatch, patience=20) == 1


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_messages_and_blocks_ends_for_everybody() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory(conversation=conversation)

    def act(number: int) -> Any:
        if number % 4 == 3:
            return accounts.block_user(actor=ann, user_id=ben.pk)
        return start(ann, ben) if number % 4 == 2 else say(ben, conversation)

    answers = at_once(act, 16)
    refused = {str(answer.problems[0].code) for answer in answers if isinstance(answer, Refused)}
    assert refused <= {"FORBIDDEN"}
    conversation.refresh_from_db()
    assert conversation.last_sequence == conversation.events.count()
