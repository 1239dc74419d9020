"""Forgetting resumes: after a year, with their files, and files that belong to nobody after a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from domains.skills import services, tasks
from domains.skills.models import Resume, ResumeQuerySet, ResumeSuggestion, UserSkill
from tests.factories import ResumeFactory, ResumeSuggestionFactory

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]
YEAR = timedelta(days=365)


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Callable[..., int]:
    """Forget what is old, as if so much time had passed."""

    def run(**later: float) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return services.remove_old_resumes(now=timezone.now() + timedelta(**later))

    return run


def test_a_resume_older_than_a_year_is_gone_with_its_file_and_what_was_accepted_stays(
    stored: Stored, run: Callable[..., int]
) -> None:
    old = ResumeSuggestionFactory(resume__created_at=timezone.now() - YEAR - timedelta(minutes=1))
    young = ResumeFactory(created_at=timezone.now() - YEAR + timedelta(minutes=1))
    services.accept_resume_skills(actor=old.resume.user, resume_id=old.resume_id, skill_ids=[old.skill_id])
    assert run() == 1
    assert list(Resume.objects.all()) == [young]
    assert stored() == {young.file.name}
    assert not ResumeSuggestion.objects.exists()
    assert UserSkill.objects.get(user=old.resume.user).skill == old.skill
    assert run() == 0


def test_an_export_that_was_read_has_no_file_and_is_forgotten_alike(stored: Stored, run: Callable[..., int]) -> None:
    ResumeFactory(parsed=True, source="LINKEDIN", file=None, created_at=timezone.now() - 2 * YEAR)
    assert stored() == set()
    assert run() == 1
    assert not Resume.objects.exists()


def test_a_file_that_belongs_to_no_resume_is_gone_after_a_day(stored: Stored, run: Callable[..., int]) -> None:
    kept = ResumeFactory()
    orphan, elsewhere = f"{Resume.FOLDER}/{'0' * 40}", "pictures/portrait"
    for name in (orphan, elsewhere):
        default_storage.save(name, ContentFile(b"somebody's"))
    assert run(hours=23) == 0
    assert stored() == {orphan, kept.file.name}, "an upload may be about to write its row"
    assert run(hours=25) == 1
    assert stored() == {kept.file.name}
    assert default_storage.exists(elsewhere)


def test_the_file_of_an_account_that_is_gone_is_gone_a_day_later(stored: Stored, run: Callable[..., int]) -> None:
    resume = ResumeFactory()
    resume.user.delete()
    assert stored() == {resume.file.name}
    run(hours=25)
    assert stored() == set()


def test_the_file_of_a_resume_stays_if_its_removal_is_taken_back(
    stored: Stored, monkeypatch: pytest.MonkeyPatch, run: Callable[..., int]
) -> None:
    resume = ResumeFactory(created_at=timezone.now() - 2 * YEAR)

    def fail(self: ResumeQuerySet) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(ResumeQuerySet, "delete", fail)
    with pytest.raises(RuntimeError):
        run()
    assert stored() == {resume.file.name}
    assert Resume.objects.get() == resume


def test_the_clock_forgets_once_a_day(stored: Stored) -> None:
    ResumeFactory(created_at=timezone.now() - 2 * YEAR)
    tasks.remove_old_resumes()
    assert not Resume.objects.exists()
    entry = settings.CELERY_BEAT_SCHEDULE["remove-old-resumes"]
    assert (entry["task"], entry["schedule"]) == (tasks.remove_old_resumes.name, timedelta(days=1))
