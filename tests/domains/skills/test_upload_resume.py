"""Handing in a resume: it is stored where nobody else comes to it, and takes the place of the one before."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.skills import services
from domains.skills.models import Resume, ResumeStatus, ResumeSuggestion, SkillSource
from domains.skills.services.upload_resume import MAX_RESUME_BYTES, MAX_UPLOADS_PER_HOUR
from tests.factories import ResumeSuggestionFactory, UserFactory
from tests.resumes import EXPORT, RESUME, docx_of, pdf_of, upload_of, zip_of
from tests.sql import rows_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]


def codes_of(refusal: Refused) -> list[tuple[str, str | None]]:
    return [(str(problem.code), problem.field) for problem in refusal.problems]


def refused(actor: User, content: bytes, name: str = "resume.pdf") -> list[tuple[str, str | None]]:
    with pytest.raises(Refused) as refusal:
        services.upload_resume(actor=actor, file=upload_of(content, name))
    return codes_of(refusal.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (RESUME.encode(), "text/plain"),
        (pdf_of(RESUME), "application/pdf"),
        (docx_of(RESUME), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
    ids=["text", "pdf", "docx"],
)
def test_a_resume_is_stored_and_waits_to_be_read_whatever_it_is_called(
    stored: Stored, content: bytes, kind: str
) -> None:
    user = UserFactory()
    resume = services.upload_resume(actor=user, file=upload_of(content, "resume.exe"))
    resume.refresh_from_db()
    assert (resume.user, resume.status, resume.source) == (user, ResumeStatus.PENDING, SkillSource.RESUME)
    assert (resume.content_type, resume.size, resume.original_name) == (kind, len(content), "resume.exe")
    assert stored() == {resume.file.name}
    with resume.file.open("rb") as file:
        assert file.read() == content
    entry = OutboxEntry.objects.get()
    assert (entry.fact, entry.payload) == ("skills.ResumeUploaded", {"resume_id": resume.pk})


def test_nothing_of_the_name_is_in_the_key_and_the_key_cannot_be_guessed(stored: Stored) -> None:
    uploads = [
        services.upload_resume(actor=UserFactory(), file=upload_of(name="../../etc/Jane Doe.pdf")) for _ in range(3)
    ]
    assert len(stored()) == 3
    for resume in uploads:
        assert re.fullmatch(r"resumes/[0-9a-f]{40}", str(resume.file.name))
        assert resume.original_name == "Jane Doe.pdf"


def test_a_file_name_shows_nothing_that_hides_or_turns_round(stored: Stored) -> None:
    resume = services.upload_resume(actor=UserFactory(), file=upload_of(name="r\u202efdp.exe\x07.txt"))
    assert resume.original_name == "rfdp.exe.txt"
    unnamed = services.upload_resume(actor=UserFactory(), file=upload_of(name="\u200b"))
    assert unnamed.original_name == "resume"


def test_the_file_is_served_by_no_address(stored: Stored, client: Client) -> None:
    admin_client = Client()
    admin_client.force_login(UserFactory(superuser=True))
    resume = services.upload_resume(actor=UserFactory(), file=upload_of())
    name = str(resume.file.name)
    key = name.rpartition("/")[2]
    for browser in (client, admin_client):
        for path in (f"/{name}", f"/media/{name}", f"/static/{name}", f"/docs/{name}", f"/{key}", f"/media/{key}"):
            answer = browser.get(path, follow=True)
            assert b"Jane Doe" not in getattr(answer, "content", b"")
            assert answer.status_code == 404
    page = admin_client.get(f"/admin/skills/resume/{resume.pk}/change/", follow=True).content.decode()
    assert str(resume.user) in page
    assert key not in page
    assert resume.original_name not in page


@pytest.mark.parametrize("source", ["resume", "export"])
def test_a_new_one_takes_the_place_of_the_former_with_its_suggestions_and_its_file(
    stored: Stored, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setattr(bus, "publish", lambda fact: None)  # nobody reads it yet
    other = ResumeSuggestionFactory()
    former = ResumeSuggestionFactory().resume
    user, old = former.user, str(former.file.name)
    with django_capture_on_commit_callbacks() as callbacks:
        if source == "resume":
            resume = services.upload_resume(actor=user, file=upload_of())
        else:
            resume = services.import_linkedin_export(actor=user, file=upload_of(zip_of(EXPORT), "export.zip"))
    assert old in stored(), "until it is certain"
    for callback in callbacks:
        callback()
    assert stored() == {str(resume.file.name), str(other.resume.file.name)}
    assert set(Resume.objects.all()) == {resume, other.resume}
    assert list(ResumeSuggestion.objects.all()) == [other]


def test_an_upload_that_fails_leaves_the_former_and_no_file(
    stored: Stored, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    former = ResumeSuggestionFactory().resume
    before, files = rows_of("skills", "base"), stored()

    def fail(fact: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(bus, "publish", fail)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        services.upload_resume(actor=former.user, file=upload_of())
    assert rows_of("skills", "base") == before
    assert stored() == files


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"x" * (MAX_RESUME_BYTES + 1), ("TOO_LARGE", "resume")),
        (b"", ("INVALID", "resume")),
        (b" \n\t", ("INVALID", "resume")),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ("UNSUPPORTED_TYPE", "resume")),
        (b"<html><body>Skills: Gardening", ("UNSUPPORTED_TYPE", "resume")),
        (b'{"basics": {"name": "Jane"}}', ("UNSUPPORTED_TYPE", "resume")),
        (b"MZ\x90\x00\x03\x00", ("UNSUPPORTED_TYPE", "resume")),
        (zip_of(EXPORT), ("UNSUPPORTED_TYPE", "resume")),
    ],
    ids=["large", "empty", "blank", "png", "html", "json", "exe", "zip"],
)
def test_what_is_no_resume_is_refused_and_the_former_stays(
    stored: Stored, content: bytes, refusal: tuple[str, str]
) -> None:
    former = ResumeSuggestionFactory().resume
    before, files = rows_of("skills", "base"), stored()
    assert refused(former.user, content) == [refusal]
    assert rows_of("skills", "base") == before
    assert stored() == files


def test_the_largest_file_is_taken(stored: Stored) -> None:
    text = RESUME.encode()
    resume = services.upload_resume(actor=UserFactory(), file=upload_of(text + b" " * (MAX_RESUME_BYTES - len(text))))
    assert resume.size == MAX_RESUME_BYTES


@pytest.mark.usefixtures("one_window")
def test_too_many_uploads_of_one_person_are_refused_and_others_go_on(stored: Stored) -> None:
    user = UserFactory()
    for number in range(MAX_UPLOADS_PER_HOUR):
        if number % 2:
            services.upload_resume(actor=user, file=upload_of())
        else:
            services.import_linkedin_export(actor=user, file=upload_of(zip_of(EXPORT)))
    before = rows_of("skills", "base")
    assert refused(user, RESUME.encode()) == [("RATE_LIMITED", None)]
    with pytest.raises(Refused) as refusal:
        services.import_linkedin_export(actor=user, file=upload_of(zip_of(EXPORT)))
    assert codes_of(refusal.value) == [("RATE_LIMITED", None)]
    assert rows_of("skills", "base") == before
    assert services.upload_resume(actor=UserFactory(), file=upload_of()).pk


@pytest.mark.django_db(transaction=True)
def test_uploads_of_one_person_at_once_leave_one_resume_and_one_file(stored: Stored) -> None:
    user = UserFactory()
    results = at_once(lambda number: services.upload_resume(actor=user, file=upload_of(f"{RESUME}{number}")), times=4)
    assert [type(result) for result in results] == [Resume] * 4
    resume = Resume.objects.get()
    assert stored() == {resume.file.name}
    assert resume.pk in {result.pk for result in results if isinstance(result, Resume)}
