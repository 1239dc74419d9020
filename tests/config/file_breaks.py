"""What breaks the invariants of stored files: files that are gone behind the backs of their rows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.storage import default_storage

from domains.accounts.models import ProfilePicture
from tests.config.breaks import Break, breaks
from tests.factories import MessageAttachmentFactory, ProfilePictureFactory, ReportFileFactory, ResumeFactory
from tests.factories.accounts import DataExportFactory, UploadFactory

PICTURES = ProfilePicture.FOLDERS.items()

for _name, _make, _field in (
    ("messaging.rows_have_their_attachments", MessageAttachmentFactory, "file"),
    ("moderation.rows_have_their_reports", ReportFileFactory, "file"),
    ("accounts.rows_have_their_uploads", partial(UploadFactory, arrived=True), "file"),
    ("accounts.rows_have_their_exports", partial(DataExportFactory, ready=True), "file"),
    *((f"accounts.rows_have_their_{folder}", ProfilePictureFactory, name) for name, folder in PICTURES),
):

    @breaks(_name)
    def a_row_whose_file_is_gone(make: Any = _make, field: str = _field) -> Break:
        return losing_its_file(make(), field)


@breaks("skills.rows_have_their_resumes")
def a_resume_whose_file_is_gone() -> Break:
    ResumeFactory(parsed=True, file=None)
    return losing_its_file(ResumeFactory())


def losing_its_file(row: Any, field: str = "file") -> Break:
    return row, lambda: default_storage.delete(getattr(row, field).name)
