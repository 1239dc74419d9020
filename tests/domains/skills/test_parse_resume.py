"""Reading a resume: suggestions or a reason, once, whoever dies or comes in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from domains.base.models import OutboxEntry
from domains.skills import services, tasks
from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.models import Resume, ResumeStatus, ResumeSuggestion, Skill, UserSkill
from domains.skills.services import find_resume_skills, merge_skills
from domains.skills.services import read_file as reading
from domains.skills.services.read_file import FileText
from domains.skills.services.taxonomy_matcher import get_matcher
from tests.factories import ResumeFactory, SkillAliasFactory, SkillFactory, UserFactory
from tests.resumes import RESUME, pdf_of, upload_of
from tests.shared_data import need_shared_data
from tests.sql import rows_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db
#: The module: by `import` one gets the function of its name.
parsing: Any = import_module("domains.skills.services.parse_resume")
Stored = Callable[[], set[str]]


@pytest.fixture
def gardening() -> Skill:
    return SkillFactory(name="Gardening")


def uploaded(content: bytes | str = RESUME) -> Resume:
    return services.upload_resume(actor=UserFactory(), file=upload_of(content))


def read_now(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], FileText]) -> None:
    """Have the file read by a function in the place of the reader's process."""
    monkeypatch.setattr(parsing, "read_file", lambda content, kind: answer())


def test_skills_are_suggested_with_their_place_and_nobody_has_them_yet(stored: Stored, gardening: Skill) -> None:
    aid = SkillAliasFactory(skill__name="Reanimation", name="First aid").skill
    SkillFactory(name="Carpentry")
    resume = uploaded()
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code, resume.attempts) == (ResumeStatus.PARSED, "", 1)
    assert resume.done_at is not None
    found = {one.skill_id: one for one in resume.suggestions.all()}
    assert set(found) == {gardening.pk, aid.pk}
    assert {one.matched_text for one in found.values()} == {"Gardening, First aid, Bookkeeping"}
    assert found[gardening.pk].confidence > found[aid.pk].confidence > 0.5
    assert not UserSkill.objects.exists()
    assert stored() == {resume.file.name}, "the file stays with its owner's resume"


def test_reading_it_twice_leaves_the_same_rows(stored: Stored, gardening: Skill) -> None:
    resume = uploaded()
    services.parse_resume(resume_id=resume.pk)
    before = rows_of("skills", "base")
    services.parse_resume(resume_id=resume.pk)
    assert rows_of("skills", "base") == before
    assert ResumeSuggestion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_at_once_one_reads(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    SkillFactory(name="Gardening")
    resume, readers = ResumeFactory(file__data=RESUME.encode()), []

    def read() -> FileText:
        readers.append(1)
        return FileText(text=RESUME)

    read_now(monkeypatch, read)
    at_once(lambda number: services.parse_resume(resume_id=resume.pk), times=8)
    assert len(readers) == 1
    resume.refresh_from_db()
    assert (resume.status, resume.attempts, resume.suggestions.count()) == (ResumeStatus.PARSED, 1, 1)


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("Once upon a time there was a king. " * 20, Failure.NOT_A_RESUME),
        (pdf_of(""), Failure.NO_TEXT),
        (b"%PDF-1.7 and nothing", Failure.DAMAGED),
        ("12 34", Failure.NO_TEXT),
    ],
)
def test_what_cannot_be_read_failed_with_a_reason_for_people(
    stored: Stored, gardening: Skill, content: bytes | str, failure: Failure
) -> None:
    resume = uploaded(content)
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code) == (ResumeStatus.FAILED, failure)
    assert resume.failure_reason == SENTENCES[failure]
    assert not resume.suggestions.exists()
    before = rows_of("skills")
    services.parse_resume(resume_id=resume.pk)
    assert rows_of("skills") == before, "what failed is not tried again by itself"


def test_a_scan_has_no_text_and_the_reason_says_what_to_do(stored: Stored) -> None:
    scan = need_shared_data() / "resumes" / "derived_scanned_image_only.pdf"
    resume = uploaded(scan.read_bytes())
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code) == (ResumeStatus.FAILED, "NO_TEXT")
    assert "scan" in resume.failure_reason


def test_a_reader_that_hangs_ends_as_a_failure_and_the_next_resume_is_read(
    stored: Stored, gardening: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TIMEOUT_SECONDS", 0.001)
    slow = uploaded()
    services.parse_resume(resume_id=slow.pk)
    monkeypatch.undo()
    next_one = uploaded()
    services.parse_resume(resume_id=next_one.pk)
    slow.refresh_from_db()
    next_one.refresh_from_db()
    assert (slow.status, slow.failure_code) == (ResumeStatus.FAILED, "TOO_LARGE_TO_READ")
    assert next_one.status == ResumeStatus.PARSED


def test_while_somebody_reads_it_nobody_else_does(stored: Stored, gardening: Skill) -> None:
    resume = ResumeFactory(attempts=1, due_at=timezone.now() + timedelta(seconds=10))
    before = rows_of("skills")
    services.parse_resume(resume_id=resume.pk)
    assert rows_of("skills") == before


def test_what_a_reader_that_died_left_is_read_by_the_next(stored: Stored, gardening: Skill) -> None:
    died = ResumeFactory(file__data=RESUME.encode(), attempts=1, due_at=timezone.now() - timedelta(seconds=1))
    tasks.parse_unread_resumes()
    died.refresh_from_db()
    assert (died.status, died.attempts, died.suggestions.count()) == (ResumeStatus.PARSED, 2, 1)


def test_after_too_many_tries_it_failed_without_another(
    stored: Stored, gardening: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def die() -> FileText:
        tries.append(1)
        raise KeyboardInterrupt("the worker is killed")

    read_now(monkeypatch, die)
    resume = uploaded()
    for number in range(1, Resume.MAX_ATTEMPTS + 1):
        with pytest.raises(KeyboardInterrupt):
            services.parse_resume(resume_id=resume.pk)
        resume.refresh_from_db()
        assert (resume.status, resume.attempts) == (ResumeStatus.PENDING, number)
        Resume.objects.update(due_at=timezone.now())
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code) == (ResumeStatus.FAILED, "INTERRUPTED")
    assert len(tries) == Resume.MAX_ATTEMPTS


def test_the_clock_reads_what_nobody_reads_and_leaves_what_somebody_does(stored: Stored, gardening: Skill) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    left = [ResumeFactory(), ResumeFactory(attempts=1)]
    ResumeFactory(due_at=soon, attempts=2)
    ResumeFactory(parsed=True)
    ResumeFactory(status="FAILED", failure_code="DAMAGED", done_at=timezone.now())
    last = ResumeFactory(due_at=soon, attempts=Resume.MAX_ATTEMPTS)
    services.parse_unread_resumes()
    assert set(Resume.objects.exclude(suggestions=None)) == set(left)
    last.refresh_from_db()
    assert last.status == ResumeStatus.PENDING, "its last reader still reads"


def test_what_comes_late_of_a_resume_that_was_replaced_is_dropped(
    stored: Stored, gardening: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = uploaded()

    def replaced_meanwhile() -> FileText:
        services.upload_resume(actor=old.user, file=upload_of())
        return FileText(text=RESUME)

    read_now(monkeypatch, replaced_meanwhile)
    services.parse_resume(resume_id=old.pk)
    new = Resume.objects.get()
    assert new.pk != old.pk
    assert (new.status, new.attempts) == (ResumeStatus.PENDING, 0)
    assert not ResumeSuggestion.objects.exists()


@pytest.mark.parametrize("late", [FileText(text=RESUME), FileText(failure=Failure.DAMAGED)], ids=["read", "failed"])
def test_what_comes_late_of_a_reader_whose_turn_was_over_is_dropped(
    stored: Stored, gardening: Skill, monkeypatch: pytest.MonkeyPatch, late: FileText
) -> None:
    def taken_over_meanwhile() -> FileText:
        Resume.objects.update(attempts=2, due_at=timezone.now() + Resume.LEASE)
        return late

    read_now(monkeypatch, taken_over_meanwhile)
    resume = uploaded()
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code, resume.suggestions.count()) == (ResumeStatus.PENDING, "", 0)


def test_a_skill_that_was_merged_while_the_file_was_read_is_not_suggested(
    stored: Stored, gardening: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = get_matcher()
    merge_skills(skill_id=gardening.pk, into_id=SkillFactory(name="Horticulture").pk)
    monkeypatch.setattr(find_resume_skills, "get_matcher", lambda: matcher)
    resume = uploaded()
    services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.suggestions.count()) == (ResumeStatus.PARSED, 0)


def test_a_new_name_of_the_taxonomy_is_found_at_once(stored: Stored, gardening: Skill) -> None:
    first, later = uploaded(), uploaded()
    services.parse_resume(resume_id=first.pk)
    books = SkillAliasFactory(skill__name="Accounting", name="Bookkeeping").skill
    services.parse_resume(resume_id=later.pk)
    assert {one.skill_id for one in later.suggestions.all()} == {gardening.pk, books.pk}
    assert {one.skill_id for one in first.suggestions.all()} == {gardening.pk}


def test_only_the_surest_are_suggested_of_very_many(stored: Stored) -> None:
    names = [
        f"Skill{chr(97 + number % 26)}{chr(97 + number // 26)}xyz" for number in range(parsing.MAX_SUGGESTIONS + 5)
    ]
    for name in names:
        SkillFactory(name=name)
    resume = uploaded(f"{RESUME}{', '.join(names)}")
    services.parse_resume(resume_id=resume.pk)
    assert resume.suggestions.count() == parsing.MAX_SUGGESTIONS


def test_a_resume_that_is_gone_is_no_error() -> None:
    before = rows_of("skills")
    services.parse_resume(resume_id=12345)
    assert rows_of("skills") == before


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_by_itself_and_the_log_says_nothing_of_it(
    stored: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    SkillFactory(name="Gardening")
    with caplog.at_level(logging.DEBUG, logger="domains"):
        resume = uploaded()
    resume.refresh_from_db()
    assert (resume.status, resume.suggestions.count()) == (ResumeStatus.PARSED, 1)
    assert OutboxEntry.objects.get(fact="skills.ResumeUploaded").done_at is not None
    assert "PARSED" in caplog.text
    for private in ("Jane", "jane@", "Creek", "Gardening", "resume.txt", str(resume.file.name), resume.user.email):
        assert private not in caplog.text
