"""Finding what was said: words that begin so, in one's own conversations, newest first."""

from __future__ import annotations

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.texts import split_words
from domains.messaging.selectors import search_messages
from tests.factories import MessageFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db


def found(viewer: User, query: str) -> list[str]:
    return [message.content for message in search_messages(viewer=viewer, words=split_words(query))]


@pytest.mark.parametrize(
    ("content", "queries", "others"),
    [
        ("Bring GLOVES and boots", ["glo", "Gloves", "boots bring", "BRING and"], ["loves", "gloves hat", "oots"]),
        ("Über die Straße zum Fluß", ["über", "ÜBER", "straße", "flu"], ["ber", "fluss"]),
        ("Приходи в субботу", ["приход", "СУББОТУ"], ["ходи"]),
        ("मेरे साथ हिन्दी", ["हिन्दी", "साथ"], []),
        ("naïve café", ["café", "cafe\u0301", "naï"], []),
        ("don't, I said", ["don't", "don", "said I"], ["sai don x"]),
        ("write to ann.lee@people.example", ["people", "ann", "lee@people.example", "example"], ["nn"]),
        ("see https://mishmob.example/docs/a-page?x=1#top", ["mishmob", "docs", "page", "top"], ["ishmob"]),
        ("well-known, half_baked, 1e5 and -5 and 3km", ["known", "baked", "1e5", "5", "3k", "half_baked"], ["nown"]),
        ("a <b>bold</b> &amp; <i class='x'>thin</i> word", ["bold", "amp", "class", "thin"], ["hin"]),
        ("İstanbul kenti", ["İstanbul", "istan", "KENT"], ["stanbul"]),
        ("時間は十時です", ["時間"], ["十時"]),
    ],
)
def test_each_word_of_the_query_begins_a_word(content: str, queries: list[str], others: list[str]) -> None:
    ann = UserFactory()
    MessageFactory(conversation=conversation_between(ann, UserFactory()), content=content)
    assert [query for query in queries if not found(ann, query)] == []
    assert [query for query in others if found(ann, query)] == []


def test_only_ones_own_conversations_as_they_are_now_newest_first() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    for number, people in enumerate(((ann, ben), (ann, cleo), (ben, cleo))):
        MessageFactory(conversation=conversation_between(*people), content=f"Gloves {number}")
    group = conversation_between(ann, ben, cleo)
    MessageFactory(conversation=group, content="Gloves for all")
    MessageFactory(conversation=group, content="Gloves for nobody", deleted_at=timezone.now())
    assert found(ann, "gloves") == ["Gloves for all", "Gloves 1", "Gloves 0"]
    group.participations.filter(user=ann).update(left_at=timezone.now())
    assert found(ann, "gloves") == ["Gloves 1", "Gloves 0"]
    assert found(UserFactory(superuser=True), "gloves") == []


HOSTILE = [
    "a & b | !c <-> d", "'); DROP TABLE messaging_message; --", "gloves:*", "\\", "((((", "[a-", "(?P<x>", "%_%",
    "' ' ''", "x" * 200, "a " * 12, "\u202e\u200bx", "🧤", "\ud7ff", "\uff41", "\u0130 \u0131 ß", "\u0301", "a\u0301",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_finds_something_or_nothing(query: str) -> None:
    ann = UserFactory()
    MessageFactory(conversation=conversation_between(ann, UserFactory()), content=f"Look: {query}")
    if split_words(query):
        found(ann, query)
    assert found(ann, "look") == [f"Look: {query}"]
