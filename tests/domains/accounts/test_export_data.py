"""A copy of everything that points at a person: made once, fetched for a week, with nothing of anybody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from domains.accounts import selectors, services, tasks
from domains.accounts.models import DataExport, User
from domains.base.personal_data import find_registered
from tests.domains.accounts.mailed_keys import subjects_to
from tests.door import ENTRY, EXIT, open_event, scan, tickets_to
from tests.factories import (
    BlockFactory,
    MessageAttachmentFactory,
    MessageFactory,
    ProfilePictureFactory,
    UserFactory,
    conversation_between,
)
from tests.leaver import Leaver, text_columns
from tests.sql import rows_of, statements_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def request(person: User) -> DataExport:
    """Ask for the export; it is made at once."""
    export = services.request_data_export(actor=person)
    export.refresh_from_db()
    return export


def archive_of(export: DataExport) -> ZipFile:
    return ZipFile(ContentFile(export.file.open("rb").read()))


def lists_in(archive: ZipFile) -> dict[str, list[dict[str, Any]]]:
    names = [name for name in archive.namelist() if name.endswith(".json") and "/" not in name]
    return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}


def test_it_holds_a_list_for_each_rule_and_every_text_of_the_person() -> None:
    leaver = Leaver().plant()
    leaver.person.data_exports.update(status="EXPIRED")
    archive = archive_of(request(leaver.person))
    assert archive.testzip() is None
    lists = lists_in(archive)
    assert set(lists) == {rule.name for rule in find_registered() if rule.name}
    assert [name for name, rows in lists.items() if not rows] == []
    text = "".join(archive.read(name).decode(errors="replace") for name in lists_of_names(archive))
    exported = {
        f"{rule.model._meta.label}.{column.name}"
        for rule in find_registered()
        for column in text_columns(rule.model)
        if column.name in rule.columns
    }
    for canary, planted in leaver.canaries.items():
        assert (canary in text) == (planted in exported), planted


def lists_of_names(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.endswith((".json", ".txt"))]


def test_its_readme_counts_each_list_and_says_what_is_left_out() -> None:
    person = UserFactory()
    for _ in range(3):
        MessageFactory(conversation=conversation_between(person, UserFactory()), sender=person)
    readme = archive_of(request(person)).read("README.txt").decode()
    assert "messages.json: 3\n" in readme
    assert "- blocks, by `blocked`: It would tell who blocks you." in readme
    assert "&#" not in readme


def test_files_come_with_it_under_names_that_are_no_paths() -> None:
    person = UserFactory()
    talk = conversation_between(person, UserFactory())
    message = MessageFactory(conversation=talk, sender=person)
    sent: Any = MessageAttachmentFactory(
        message=message, uploader=person, file=ContentFile(b"my words", "x"), filename="my list.txt"
    )
    gone: Any = MessageAttachmentFactory(message=message, uploader=person, filename="gone.txt")
    default_storage.delete(gone.file.name)
    ProfilePictureFactory(user=person)
    archive = archive_of(request(person))
    files = {name for name in archive.namelist() if name.startswith("files/")}
    assert archive.read(f"files/attachments/{sent.pk}-my list.txt") == b"my words"
    assert {name for name in files if "pictures" in name} == {
        f"files/pictures/{person.pk}-{size}.webp" for size in ("small", "medium", "large")
    }
    assert not any(".." in name or name.startswith("/") for name in archive.namelist())
    assert f"- files/attachments/{gone.pk}-gone.txt" in archive.read("README.txt").decode()


def test_nothing_of_anybody_else_is_in_it() -> None:
    person, other = UserFactory(display_name="Ada"), UserFactory(email="ben@example.org", display_name="Ben")
    blocker = UserFactory(display_name="Blockhead")
    BlockFactory(blocker=blocker, blocked=person)
    talk = conversation_between(person, other)
    MessageFactory(conversation=talk, sender=other, content="words of Ben")
    MessageFactory(conversation=talk, sender=person, content="words of Ada")
    archive = archive_of(request(person))
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "words of Ada" in text
    for private in ("words of Ben", "ben@example.org", "Blockhead", person.password):
        assert private not in text


def test_asked_again_it_is_the_same_one_for_a_week_and_then_another() -> None:
    person = UserFactory()
    first = request(person)
    assert (first.status, request(person)) == ("READY", first)
    assert subjects_to(person.email) == ["Your data can be downloaded"]
    file, now = str(first.file.name), timezone.now()
    with time_machine.travel(now + timedelta(days=6, hours=23)):
        tasks.remove_old_traces()
        assert request(person) == first
        assert selectors.export_url(export=first)
    with time_machine.travel(now + timedelta(days=7, minutes=1)):
        first.refresh_from_db()
        assert selectors.export_url(export=first) is None
        second = request(person)
        first.refresh_from_db()
        assert (second.status, first.status, second != first) == ("READY", "EXPIRED", True)
        assert not default_storage.exists(file)


def test_the_clock_removes_it_after_a_week() -> None:
    export = request(UserFactory())
    file = str(export.file.name)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        tasks.remove_old_traces()
    export.refresh_from_db()
    assert (export.status, bool(export.file), default_storage.exists(file)) == ("EXPIRED", False, False)
    with time_machine.travel(timezone.now() + timedelta(days=36)):
        tasks.remove_old_traces()
    assert not DataExport.objects.exists()


def test_asked_ten_times_at_once_there_is_one() -> None:
    person = UserFactory()
    made = at_once(lambda _: services.request_data_export(actor=person), 4)
    assert len({getattr(one, "pk", one) for one in made}) == 1
    assert DataExport.objects.count() == 1


def test_one_that_fails_three_times_says_so_and_may_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    person = UserFactory()

    def fail(*args: Any) -> None:
        raise OSError("the storage does not answer")

    monkeypatch.setattr(InMemoryStorage, "_save", fail)
    export, now = request(person), timezone.now()
    assert (export.status, export.attempts) == ("PENDING", 1)
    for minutes in (2, 5, 20):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            tasks.make_due_exports()
    export.refresh_from_db()
    assert export.status == "FAILED"
    assert subjects_to(person.email) == []
    monkeypatch.undo()
    assert request(person).status == "READY"


def test_of_a_closed_account_none_is_made_nor_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    person = UserFactory()
    url = selectors.export_url(export=request(person))
    assert url is not None
    monkeypatch.setattr(tasks.make_due_exports, "delay", lambda: None)
    DataExport.objects.update(status="EXPIRED")
    export = services.request_data_export(actor=person)
    User.objects.update(is_active=False)
    assert client.get(path(url)).status_code == 404
    tasks.make_due_exports()
    export.refresh_from_db()
    assert (export.status, export.file.name) == ("FAILED", "")


def path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].join(["/", ""])


def test_the_link_sends_the_archive_for_five_minutes(client: Client) -> None:
    export = request(UserFactory())
    url = selectors.export_url(export=export)
    assert url is not None
    answer = client.get(path(url))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # it streams
    assert (answer.status_code, content) == (200, export.file.open("rb").read())
    assert answer["Content-Disposition"] == f'attachment; filename="my-data-{export.created_at:%Y-%m-%d}.zip"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert client.get(path(url)).status_code == 404
    for forged in (f"{path(url)}x", "/exports/x", f"/exports/{'x' * 3000}"):
        assert client.get(forged).status_code == 404


def test_an_account_that_is_deleted_meanwhile_leaves_no_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    person = UserFactory()
    save: Any = vars(InMemoryStorage)["_save"]

    made = []

    def delete_first(storage: Any, name: str, content: Any) -> Any:
        User.objects.filter(pk=person.pk).delete()
        made.append(save(storage, name, content))
        return made[-1]

    monkeypatch.setattr(InMemoryStorage, "_save", delete_first)
    services.request_data_export(actor=person)
    assert made
    assert not any(default_storage.exists(name) for name in made)


@pytest.mark.parametrize("number", [1, 5])
def test_it_costs_the_same_with_1_message_and_with_5(number: int) -> None:
    person = UserFactory()
    talk = conversation_between(person, UserFactory())
    for _ in range(number):
        MessageFactory(conversation=talk, sender=person)
    cost = len(statements_of(lambda: request(person)))
    assert COSTS.setdefault(connection.vendor, cost) == cost


COSTS: dict[str, int] = {}


def test_to_look_changes_nothing() -> None:
    leaver = Leaver().plant()
    leaver.person.data_exports.update(status="EXPIRED")
    before = rows_of("accounts", "messaging", "opportunities")
    request(leaver.person)
    after = rows_of("accounts", "messaging", "opportunities")
    assert {name for name in before if before[name] != after[name]} == {"accounts.DataExport"}


def test_it_says_when_the_person_came_and_left_and_not_who_scanned_the_ticket() -> None:
    (ticket,) = tickets_to(open_event(), 1)
    for direction in (ENTRY, EXIT, ENTRY):
        scan(ticket, direction=direction)
    found = lists_in(archive_of(request(ticket.attendee)))
    assert [(row["outcome"], row["direction"]) for row in found["check_ins"]] == [
        ("ADMITTED", "ENTRY"),
        ("EXITED", "EXIT"),
        ("ADMITTED", "ENTRY"),
    ]
    assert {name for row in found["check_ins"] for name in row} & {"nonce", "device_id", "scanned_by"} == set()
    assert found["scans"] == []
