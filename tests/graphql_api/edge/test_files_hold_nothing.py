"""While a file is stored, read or removed, its mutation holds neither a database connection nor a slot of the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.db import connection

from domains.accounts.models import User
from domains.base import files
from domains.messaging.models import MessageAttachment
from graphql_api.checks.gate import gate
from tests import attachments, resumes
from tests.api import Api, gid
from tests.factories import MessageAttachmentFactory, ResumeFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[[User], Api]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool, int]]:
    """What was asked of the storage, each time with whether a connection was held, and how many slots."""
    seen: list[tuple[str, bool, int]] = []

    def watch(name: str) -> None:
        work = getattr(InMemoryStorage, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            inside = sum(group.inside for (kind, _), group in gate._groups.items() if kind == "all")
            seen.append((name, connection.connection is not None, inside))
            return work(*args, **kwargs)

        monkeypatch.setattr(InMemoryStorage, name, watched)

    for name in ("_save", "_open", "exists", "delete"):
        watch(name)
    return seen


@pytest.fixture
def removals() -> Iterator[list[Callable[[], object]]]:
    """What is to be removed, as a server's threads would do it later."""
    handed: list[Callable[[], object]] = []
    files.set_deletion_executor(handed.append)
    yield handed
    files.set_deletion_executor(None)


Wish = tuple[User | None, str, str, dict[str, Any]]


def an_attachment(content: bytes) -> Wish:
    talk = conversation_between(*UserFactory.create_batch(2))
    wish = {"conversationId": gid(talk), "file": attachments.upload_of(content)}
    return talk.created_by, "uploadAttachment", "UploadAttachmentInput", wish


def a_resume() -> Wish:
    return ResumeFactory().user, "uploadResume", "UploadResumeInput", {"resume": resumes.upload_of()}


def an_export() -> Wish:
    archive = resumes.upload_of(resumes.zip_of(resumes.EXPORT), "export.zip")
    return UserFactory(), "importLinkedinExport", "ImportLinkedinExportInput", {"archive": archive}


def a_report() -> Wish:
    attachment = MessageAttachmentFactory()
    reader = attachment.conversation.participations.exclude(user=attachment.uploader).get().user
    return reader, "reportContent", "ReportContentInput", {"subjectId": gid(attachment.message), "reason": "SPAM"}


WISHES: dict[str, Callable[[], Wish]] = {
    "text": lambda: an_attachment(b"Bring gloves."),
    "picture": lambda: an_attachment(attachments.picture_of()),
    "resume": a_resume,
    "export": an_export,
    "report": a_report,
}


def send(api_as: ApiAs, wish: Wish) -> str:
    actor, name, kind, values = wish
    assert actor
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ __typename }} }}"
    return str(api_as(actor).act(document, **values)["__typename"])


@pytest.mark.usefixtures("removals")
@pytest.mark.parametrize("what", sorted(WISHES))
def test_nothing_is_held_while_a_file_is_stored(api_as: ApiAs, held: list[tuple[str, bool, int]], what: str) -> None:
    wish = WISHES[what]()
    held.clear()
    assert send(api_as, wish) != "OperationInfo"
    assert "_save" in {name for name, _, _ in held}
    assert [one for one in held if one[1:] != (False, 0)] == []


def test_what_a_mutation_removes_is_removed_after_its_answer(
    api_as: ApiAs, removals: list[Callable[[], object]], held: list[tuple[str, bool, int]]
) -> None:
    attachment = MessageAttachmentFactory()
    name, values = str(attachment.file.name), {"messageId": gid(attachment.message)}
    held.clear()
    assert send(api_as, (attachment.uploader, "deleteMessage", "DeleteMessageInput", values)) == "Message"
    assert held == []
    assert not MessageAttachment.objects.exists()
    for remove in removals:
        remove()
    assert not default_storage.exists(name)
