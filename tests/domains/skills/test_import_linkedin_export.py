"""One's own export from LinkedIn: its list of skills is read, and nothing else of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domains.base.errors import Refused
from domains.skills import services
from domains.skills.models import ResumeStatus, ResumeSuggestion, SkillSource, UserSkill
from domains.skills.services.upload_resume import MAX_EXPORT_BYTES
from tests.factories import ResumeSuggestionFactory, SkillAliasFactory, SkillFactory, UserFactory
from tests.resumes import EXPORT, RESUME, docx_of, upload_of, zip_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]


def test_its_skills_are_suggested_as_they_are_called_there_and_the_file_is_gone(
    stored: Stored, django_capture_on_commit_callbacks: Any
) -> None:
    user, gardening = UserFactory(), SkillFactory(name="Gardening")
    aid = SkillAliasFactory(skill__name="First aid", name="Emergency care").skill
    export = {
        "Skills.csv": "Name\ngardening\nEmergency care\nJuggling fire\nI love gardening",
        "messages.csv": "First aid",
    }
    resume = services.import_linkedin_export(actor=user, file=upload_of(zip_of(export), "Basic_LinkedInDataExport.zip"))
    assert (resume.status, resume.source, len(stored())) == (ResumeStatus.PENDING, SkillSource.LINKEDIN, 1)
    with django_capture_on_commit_callbacks(execute=True):
        services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, str(resume.file), resume.failure_code) == (ResumeStatus.PARSED, "", "")
    assert stored() == set()
    found = {one.skill_id: (one.matched_text, one.confidence) for one in ResumeSuggestion.objects.all()}
    assert found == {gardening.pk: ("gardening", 0.95), aid.pk: ("Emergency care", 0.95)}
    assert not UserSkill.objects.exists()


@pytest.mark.parametrize(
    ("export", "failure"),
    [
        ({"messages.csv": "Name\nGardening"}, "NO_SKILLS_LIST"),
        ({"Skills.csv": "\n"}, "NO_SKILLS_LIST"),
        ({"Skills.csv": "Name\n" + "x" * 2_000_000}, "TOO_LARGE_TO_READ"),
    ],
)
def test_one_that_cannot_be_read_says_why_and_its_file_is_gone_too(
    stored: Stored, django_capture_on_commit_callbacks: Any, export: dict[str, str], failure: str
) -> None:
    SkillFactory(name="Gardening")
    resume = services.import_linkedin_export(actor=UserFactory(), file=upload_of(zip_of(export)))
    with django_capture_on_commit_callbacks(execute=True):
        services.parse_resume(resume_id=resume.pk)
    resume.refresh_from_db()
    assert (resume.status, resume.failure_code, str(resume.file)) == (ResumeStatus.FAILED, failure, "")
    assert resume.failure_reason
    assert stored() == set()
    assert not ResumeSuggestion.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (RESUME.encode(), "UNSUPPORTED_TYPE"),
        (docx_of(RESUME), "UNSUPPORTED_TYPE"),
        (b"", "INVALID"),
        (b"PK\x03\x04" + b"x" * MAX_EXPORT_BYTES, "TOO_LARGE"),
    ],
    ids=["text", "docx", "empty", "large"],
)
def test_what_is_no_archive_is_refused_and_nothing_changes(stored: Stored, content: bytes, code: str) -> None:
    former = ResumeSuggestionFactory().resume
    before, files = rows_of("skills", "base"), stored()
    with pytest.raises(Refused) as refusal:
        services.import_linkedin_export(actor=former.user, file=upload_of(content, "export.zip"))
    assert [(str(problem.code), problem.field) for problem in refusal.value.problems] == [(code, "archive")]
    assert rows_of("skills", "base") == before
    assert stored() == files


def test_what_is_accepted_of_it_says_where_it_came_from(stored: Stored) -> None:
    user, gardening = UserFactory(), SkillFactory(name="Gardening")
    resume = services.import_linkedin_export(actor=user, file=upload_of(zip_of(EXPORT)))
    services.parse_resume(resume_id=resume.pk)
    services.accept_resume_skills(actor=user, resume_id=resume.pk, skill_ids=[gardening.pk])
    assert UserSkill.objects.get(user=user, skill=gardening).source == SkillSource.LINKEDIN
