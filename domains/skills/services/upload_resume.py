"""Uploading a file in which the actor's skills are searched."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from domains.accounts.models import UploadPurpose, User
from domains.accounts.services import Accepted, accept_uploads, lock_self
from domains.base import bus, rates
from domains.base.errors import Code, Problem, Refused
from domains.base.file_kinds import FileKind
from domains.base.files import delete_after_commit, stored
from domains.base.texts import clean_file_name
from domains.skills import facts
from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.extraction.readable import readable_kind
from domains.skills.models import Resume, SkillSource

MAX_RESUME_BYTES = 5 * 1024 * 1024
#: A whole LinkedIn export is small unless it holds media.
MAX_EXPORT_BYTES = 10 * 1024 * 1024
MAX_UPLOADS_PER_HOUR = 20
HOUR_SECONDS = 3600
RESUME_KINDS = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.TEXT})
accept_uploads(UploadPurpose.RESUME, Accepted(MAX_RESUME_BYTES, RESUME_KINDS, readable_kind))
accept_uploads(UploadPurpose.LINKEDIN_EXPORT, Accepted(MAX_EXPORT_BYTES, [FileKind.ZIP], readable_kind))


def upload_resume(*, actor: User, file: File[Any]) -> Resume:
    """The actor's resume is stored privately, replaces the previous one, and will be read soon.

    Refuses with RATE_LIMITED, TOO_LARGE (5 MB), INVALID (empty) and UNSUPPORTED_TYPE (judged by the content, not by
    the name).
    """
    content = _read_content(actor, file, "resume", MAX_RESUME_BYTES)
    kind = readable_kind(content)
    if kind not in RESUME_KINDS:
        raise Refused.because(Code.UNSUPPORTED_TYPE, SENTENCES[Failure.UNSUPPORTED_TYPE], "resume")
    return _store(actor, file, content, kind, SkillSource.RESUME)


def import_linkedin_export(*, actor: User, file: File[Any]) -> Resume:
    """The actor's own export from LinkedIn is stored until its list of skills is read; then the file is removed.

    It replaces a resume that was uploaded before. Refuses like `upload_resume`; the archive must be a ZIP.
    """
    content = _read_content(actor, file, "archive", MAX_EXPORT_BYTES)
    if readable_kind(content) != FileKind.ZIP:
        sentence = "This is no ZIP archive. Upload the one that LinkedIn sends you when you ask for your data."
        raise Refused.because(Code.UNSUPPORTED_TYPE, sentence, "archive")
    return _store(actor, file, content, FileKind.ZIP, SkillSource.LINKEDIN)


def _read_content(actor: User, file: File[Any], field: str, max_bytes: int) -> bytes:
    rates.spend(what="upload", key=str(actor.pk), limit=MAX_UPLOADS_PER_HOUR, seconds=HOUR_SECONDS)
    if file.size > max_bytes:
        sentence = f"The file is too large: at most {max_bytes // (1024 * 1024)} MB."
        raise Refused.because(Code.TOO_LARGE, sentence, field)
    content: bytes = file.read()
    if not content.strip():
        raise Refused(Problem(Code.INVALID, "The file is empty.", field))
    return content


def _store(actor: User, file: File[Any], content: bytes, kind: FileKind, source: SkillSource) -> Resume:
    resume = Resume(
        user=actor,
        original_name=clean_file_name(file.name or "", fallback="resume"),
        size=len(content),
        content_type=kind.value,
        source=source,
    )
    with stored(resume.file, content), transaction.atomic():
        # One upload of a person at a time: uploads wait for the lock of the person's row.
        lock_self(actor=actor)
        remove_resumes(Resume.objects.filter(user=actor))
        resume.save()
        bus.publish(facts.ResumeUploaded(resume_id=resume.pk))
    return resume


def remove_resumes(resumes: QuerySet[Resume]) -> int:
    """Remove the resumes with their suggestions, and their files after the commit; call it in a transaction.

    Returns how many.
    """
    rows = list(resumes)
    for resume in rows:
        remove_file(resume)
    Resume.objects.filter(pk__in=[resume.pk for resume in rows]).delete()
    return len(rows)


def remove_file(resume: Resume) -> None:
    """Remove the file of the resume once the transaction is committed."""
    if name := resume.file.name:
        delete_after_commit(name)
