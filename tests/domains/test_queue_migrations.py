"""A community that was there before: its notifications and resumes are put into the queues as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from domains.base import queue
from domains.notifications.models import Notification
from domains.skills.models import Resume

BEFORE = [("notifications", "0002_deliveries_and_preferences"), ("skills", "0002_taxonomy_and_resumes")]
AFTER = [("notifications", "0003_template_and_source"), ("skills", "0003_resumes_are_a_queue")]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def old_tables() -> Iterator[MigrationExecutor]:
    """The tables as they were; whatever the test does, they are today's in the end."""
    MigrationExecutor(connection).migrate(BEFORE)
    yield MigrationExecutor(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_keys_become_template_and_source_and_resumes_wait_in_the_queue(old_tables: MigrationExecutor) -> None:
    # The tables of people are today's, which nothing takes back here.
    people_now = old_tables.loader.graph.leaf_nodes("accounts")
    apps = old_tables.loader.project_state([*BEFORE, ("messaging", "0003_words"), *people_now]).apps
    people = [apps.get_model("accounts", "User").objects.create(email=f"p{n}@people.example") for n in range(3)]
    talk = apps.get_model("messaging", "Conversation").objects.create(is_group=True, last_sequence=2)
    said = {"content": "Hello", "client_id": "5b6a1b1e-7a54-4a8e-9d38-0c6c7f4f5a11"}
    messages = apps.get_model("messaging", "Message").objects
    message = messages.create(conversation=talk, sequence=2, sender=people[1], **said)
    notifications = apps.get_model("notifications", "Notification").objects
    keys = [
        "hours_reviewed:17",
        f"message:{talk.pk}:2",
        f"message:{talk.pk}:9",
        "demo:OFFER_MADE:application:4",
        "odd",
    ]
    told = {"recipient": people[0], "kind": "OFFER_MADE", "title": "T", "created_at": NOON}
    rows = [notifications.create(key=key, **told) for key in keys]
    resumes = apps.get_model("skills", "Resume").objects
    common = {"original_name": "cv.txt", "size": 1, "content_type": "text/plain"}
    read = resumes.create(user=people[0], status="PARSED", parsed_at=NOON, started_at=NOON, **common)
    begun = resumes.create(user=people[1], status="PENDING", started_at=NOON, attempts=1, **common)
    fresh = resumes.create(user=people[2], status="PENDING", **common)
    old_tables.migrate(AFTER)
    templates = dict(Notification.objects.values_list("pk", "template"))
    sources = dict(Notification.objects.values_list("pk", "source_id"))
    names = ["hours_reviewed", "message", "message", "demo:OFFER_MADE:application", "former"]
    assert [templates[row.pk] for row in rows] == names
    assert [sources[row.pk] for row in rows] == [17, message.pk, -rows[2].pk, 4, rows[4].pk]
    due = dict(queue.waiting(Resume.objects.all()).values_list("pk", "due_at"))
    assert due.keys() == {begun.pk, fresh.pk}
    assert due[begun.pk] == NOON + timedelta(seconds=90)
    assert Resume.objects.get(pk=read.pk).done_at == NOON
