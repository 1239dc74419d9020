"""Reacting: exactly one emoji, once a person, and the log counts with it."""

from __future__ import annotations

from typing import Any

import emoji as emojis
import pytest
from django.utils import timezone

from domains.messaging import services
from domains.messaging.models import Message, Reaction
from domains.messaging.selectors import count_loaded_reactions, count_reactions
from domains.messaging.services.react_to_message import MAX_EMOJI
from tests.domains.messaging.log import log_of, refusal_of
from tests.factories import MessageFactory, ReactionFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def react(message: Message, emoji: str = "👍", actor: Any = None, **named: Any) -> Message:
    whoever: Any = actor or message.sender
    return services.react_to_message(actor=whoever, message_id=message.pk, emoji=emoji, **named)


def counted(message: Message) -> list[tuple[int, str, int | None]]:
    return list(
        message.conversation.events.filter(kind="MESSAGE_REACTED")
        .order_by("sequence")
        .values_list("sequence", "emoji", "count")
    )


def test_a_reaction_stands_once_and_is_counted_in_the_log() -> None:
    message: Any = MessageFactory()
    other = message.conversation.participations.order_by("pk").last().user
    react(message)
    react(message)
    react(message, actor=other)
    react(message, remove=True)
    react(message, remove=True)
    react(message, "🎉", remove=True)
    assert counted(message) == [(2, "👍", 1), (3, "👍", 2), (4, "👍", 1)]
    assert [row.user for row in Reaction.objects.all()] == [other]
    log_of(message.conversation)


@pytest.mark.parametrize("emoji", ["👍🏽", "👩🏽‍🌾", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨‍👩‍👧‍👦", "1️⃣", " 🎉 "])
def test_one_emoji_however_it_is_composed(emoji: str) -> None:
    message: Any = MessageFactory()
    react(message, emoji)
    assert Reaction.objects.get().emoji == emoji.strip()


def test_two_ways_of_writing_one_emoji_are_one() -> None:
    message: Any = MessageFactory()
    react(message, "❤")
    react(message, "❤️")
    assert [row.emoji for row in Reaction.objects.all()] == ["❤️"]


def test_every_emoji_fits() -> None:
    assert all(len(one) <= 40 for one in emojis.EMOJI_DATA)


@pytest.mark.parametrize("text", ["", "x", ":thumbs_up:", "👍👍", "👍 x", "\u200d", "🏽 🏽", "1", "👍" * 30])
def test_what_is_not_one_emoji(text: str) -> None:
    message: Any = MessageFactory()
    refused = refusal_of(services.react_to_message, actor=message.sender, message_id=message.pk, emoji=text)
    assert refused == [("INVALID", "emoji")]


def test_a_message_has_room_for_twenty_different_emoji() -> None:
    message: Any = MessageFactory()
    for one in sorted(emojis.EMOJI_DATA)[-MAX_EMOJI:]:
        ReactionFactory(message=message, emoji=one, user=UserFactory())
    used = Reaction.objects.first()
    assert used
    asked = {"actor": message.sender, "message_id": message.pk}
    assert refusal_of(services.react_to_message, **asked, emoji="👍") == [("FULL", "emoji")]
    react(message, emojis.emojize(emojis.demojize(used.emoji)))


def test_who_may_not_react_and_to_what() -> None:
    message: Any = MessageFactory()

    def refused(actor):
        return refusal_of(services.react_to_message, actor=actor, message_id=message.pk, emoji="👍")

    assert refused(UserFactory(overseer=True)) == [("NOT_FOUND", "message_id")]
    Message.objects.update(deleted_at=timezone.now())
    assert refused(message.sender) == [("CONFLICT", "message_id")]


def test_counts_are_in_the_order_of_first_use_and_the_same_either_way() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    message: Any = MessageFactory(conversation=conversation_between(ann, ben, cleo), sender=ann)
    for user, emoji in ((ben, "🎉"), (ann, "👍"), (ann, "🎉"), (cleo, "🎉")):
        react(message, emoji, actor=user)
    expected = [("🎉", 3, True), ("👍", 1, False)]
    batched = count_reactions(viewer=ben, message_ids=[message.pk])[message.pk]
    assert [(one.emoji, one.count, one.reacted_by_me) for one in batched] == expected
    assert count_loaded_reactions(message.reactions.all(), viewer=ben) == batched


@pytest.mark.django_db(transaction=True)
def test_the_same_reaction_many_times_at_once_is_one() -> None:
    message: Any = MessageFactory()
    at_once(lambda _: react(message), 6)
    assert Reaction.objects.count() == 1
    assert counted(message) == [(2, "👍", 1)]
