"""`manage.py check_invariants`: each thing that must hold is broken in the database, and the command says so."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import call_command
from django.utils import timezone

from domains.accounts.models import ProfilePicture
from domains.base import audit
from domains.base.stored_files import MIN_STRAY_AGE
from domains.messaging.models import MessageAttachment
from domains.moderation.models import ReportFile
from domains.notifications.models import MailDelivery
from domains.skills.models import Resume
from tests.config import event_breaks, file_breaks  # noqa: F401 # their breaks join the others
from tests.config.breaks import BREAKS, Break, ago
from tests.factories import (
    ApplicationFactory,
    MailDeliveryFactory,
    MessageAttachmentFactory,
    MessageFactory,
    OutboxEntryFactory,
    ProfilePictureFactory,
    PushDeliveryFactory,
    ReportFileFactory,
    ResumeFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    conversation_between,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage_and_keys(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    settings.WEB_PUSH_PRIVATE_KEY = "a key is set"


def told(*options: str) -> tuple[int, str]:
    """Run the command; return its exit status and what it says."""
    out = io.StringIO()
    try:
        call_command("check_invariants", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def check(*options: str) -> tuple[int, list[str]]:
    """Run the command; return its exit status and the lines of what does not hold."""
    status, said = told(*options)
    return status, [line for line in said.splitlines() if not line.startswith(("ok      ", "all ", "1 of "))]


@pytest.mark.parametrize(("name", "make"), BREAKS, ids=lambda one: getattr(one, "__name__", "of"))
def test_what_does_not_hold_is_said_with_what_breaks_it(name: str, make: Callable[[], Break]) -> None:
    broken_row, break_it = make()
    assert check("--files") == (0, [])
    break_it()
    status, lines = check("--files")
    assert status == 1
    of = broken_row._meta.verbose_name_plural
    assert [line.partition(". Must be: ")[0] for line in lines] == [f"BROKEN  {name}: 1 {of} ({broken_row.pk})"]


@pytest.mark.parametrize(
    ("domain", "folder"),
    [(model._meta.app_label, model.FOLDER) for model in (MessageAttachment, ReportFile, Resume)]
    + [("accounts", folder) for folder in ProfilePicture.FOLDERS.values()],
)
def test_a_file_without_a_row_is_named_once_the_tasks_must_have_removed_it(
    domain: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for factory in (MessageAttachmentFactory, ReportFileFactory, ResumeFactory, ProfilePictureFactory):
        factory()
    name = default_storage.save(f"{folder}/{'0' * 40}", ContentFile(b"Nobody's."))
    default_storage.save("pictures/portrait", ContentFile(b"of another kind"))
    now, minute = timezone.now(), timedelta(minutes=1)
    monkeypatch.setattr(InMemoryStorage, "get_modified_time", lambda *_: now - MIN_STRAY_AGE + minute)
    assert check("--files") == (0, [])
    monkeypatch.setattr(InMemoryStorage, "get_modified_time", lambda *_: now - MIN_STRAY_AGE - minute)
    status, (line,) = check("--files")
    assert status == 1
    assert line.startswith(f"BROKEN  {domain}.stored_{folder}_have_rows: 1 files ({name}).")


def test_every_invariant_is_broken_by_a_test() -> None:
    strays = {one.name for one in audit.registered_invariants() if one.name.endswith("_have_rows")}
    assert {name for name, _ in BREAKS} | strays == {one.name for one in audit.registered_invariants()}
    assert len(strays) == 8


def test_five_are_named_of_many() -> None:
    roles = RoleFactory.create_batch(7)
    type(roles[0]).objects.update(slots_taken=1)
    _, (line,) = check()
    five = ", ".join(str(role.pk) for role in roles[:5])
    assert line.startswith(f"BROKEN  opportunities.roles_count_their_slots: 7 roles ({five}, …). Must be: The slots")


def test_what_is_under_way_breaks_nothing() -> None:
    OutboxEntryFactory(attempts=3)
    MailDeliveryFactory(due_at=ago(minutes=5))
    ResumeFactory()
    ApplicationFactory(status="OFFERED", offer_expires_at=ago(minutes=2))
    role_skill = RoleSkillFactory()
    type(role_skill.skill).objects.filter(pk=role_skill.skill_id).update(merged_into=SkillFactory())
    assert check() == (0, [])


def test_a_mail_that_was_given_up_and_a_push_without_a_key_break_nothing(settings: Any) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = ""
    MailDeliveryFactory(due_at=ago(days=1), attempts=MailDelivery.MAX_ATTEMPTS)
    PushDeliveryFactory(due_at=ago(days=1))
    assert check() == (0, [])


def test_a_talk_with_somebody_who_is_gone_breaks_nothing() -> None:
    people = UserFactory.create_batch(2)
    MessageFactory(conversation=conversation_between(*people))
    people[0].delete()
    assert check() == (0, [])


def test_the_demo_community_is_sound_and_costs_as_many_statements_as_an_empty_one() -> None:
    empty = statements_of(check)
    call_command("load_demo", "--even-in-production", stdout=io.StringIO())
    assert check("--files") == (0, [])
    assert len(statements_of(check)) == len(empty) <= len(audit.registered_invariants())


def test_files_are_looked_at_where_they_lie_in_a_folder_or_on_demand(settings: Any, tmp_path: Any) -> None:
    attachment = MessageAttachmentFactory()
    default_storage.delete(str(attachment.file.name))
    assert check() == (0, [])
    assert check("--files")[0] == 1
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    assert check()[0] == 1
    assert check("--no-files") == (0, [])


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_json_document_says_the_same(is_broken: bool) -> None:
    role = RoleFactory()
    if is_broken:
        type(role).objects.update(slots_taken=3)
    status, said = told("--json")
    document = json.loads(said)
    assert (status, document["holds"]) == (int(is_broken), not is_broken)
    (places,) = [one for one in document["invariants"] if one["name"] == "opportunities.roles_count_their_slots"]
    assert places["holds"] is not is_broken
    assert (places["of"], places["how_many"], places["examples"]) == ("roles", is_broken, [role.pk] * is_broken)
    assert {one["holds"] for one in document["invariants"] if one is not places} == {True}
    assert all(one["promise"].endswith(".") for one in document["invariants"])
