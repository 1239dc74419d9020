"""Among 20,000 messages a search reads the index of their words, or those of the few conversations one has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.texts import split_words
from domains.messaging.models import Message
from domains.messaging.selectors import search_messages
from tests.factories import UserFactory, conversation_between

pytestmark = [pytest.mark.services, pytest.mark.django_db, pytest.mark.xdist_group("plans")]

MESSAGES, PEOPLE = 20_000, 20


@pytest.fixture(scope="module")
def talker(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    """Somebody whose one group said all of it, and each word of it nearly never."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = UserFactory.create_batch(PEOPLE)
        group, now = conversation_between(*people), timezone.now()
        Message.objects.bulk_create(
            Message(
                conversation=group,
                sender=people[number % PEOPLE],
                sequence=number + 1,
                client_id=uuid4(),
                content=f"Bring the tool{number:05} to the shed, and gloves for row{number % 100:02}.",
                sent_at=now + timedelta(seconds=number),
            )
            for number in range(MESSAGES)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE messaging_message")
            cursor.execute("ANALYZE messaging_conversation")
            cursor.execute("ANALYZE messaging_participant")
        yield people[0]
        transaction.set_rollback(True)


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


@pytest.mark.parametrize(("query", "number"), [("tool01234", 1), ("gloves TOOL0123", 10), ("row42 shed", 200)])
def test_the_words_are_found_by_their_index(talker: User, query: str, number: int) -> None:
    rows = search_messages(viewer=talker, words=split_words(query))
    assert rows.count() == number
    taken = list(steps(json.loads(rows[:21].explain(format="json", analyze=True))[0]["Plan"]))
    assert "messaging_message_words" in {step.get("Index Name") for step in taken}
    assert not [
        step for step in taken if step["Node Type"] == "Seq Scan" and step["Relation Name"] == Message._meta.db_table
    ]
