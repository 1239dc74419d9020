"""Files that come to a mutation in the request itself, or by the id of an upload."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.core.files.base import File
from strawberry import relay

from domains.accounts import models, services
from domains.base.errors import Code, Refused
from graphql_api.context import Info, signed_in
from graphql_api.relay.enums import describe
from graphql_api.relay.ids import global_id, known_or_nobody

UPLOAD_ID = (
    "ID of the upload, in place of the file itself; `completeUpload` must have accepted it. It works once, within an "
    "hour after that; else NOT_FOUND."
)

describe(
    models.UploadPurpose,
    description="Purpose of an upload: only the mutation of this purpose takes the file.",
    values={
        "PROFILE_PICTURE": "`uploadProfilePicture`: JPEG, PNG, GIF or WebP of at most 10 MB (10,485,760 bytes).",
        "RESUME": "`uploadResume`: PDF, DOCX or plain text of at most 5 MB.",
        "LINKEDIN_EXPORT": "`importLinkedinExport`: ZIP archive of at most 10 MB.",
        "ATTACHMENT": "`uploadAttachment`: JPEG, PNG, GIF, WebP, PDF, plain text, DOCX, XLSX, PPTX or ODT of at "
        "most 10 MB.",
        "VERIFICATION_DOCUMENT": "Reserved: `createUpload` refuses it with INVALID until a mutation takes documents.",
        "COURSE_ATTACHMENT": "Reserved: `createUpload` refuses it with INVALID until a mutation takes such files.",
    },
)
UploadPurpose = models.UploadPurpose


@strawberry.input(description="Input of `createUpload`.")
class CreateUploadInput:
    """The file that will be sent."""

    purpose: UploadPurpose = strawberry.field(description="What the file is for.")
    filename: str = strawberry.field(description="Name of the file, as users will see it; at most 100 characters stay.")
    content_type: str = strawberry.field(
        description="Media type of the file, such as `image/png`; one of those that the purpose takes."
    )
    size: int = strawberry.field(description="Size of the file in bytes; a larger file is refused.")


@strawberry.input(description="Input of `completeUpload`.")
class CompleteUploadInput:
    """The upload that has arrived."""

    upload_id: strawberry.ID = strawberry.field(description="ID of the upload, from `createUpload`; the file keeps it.")


@strawberry.type(description="Field of the form with which a file is sent.")
class UploadField:
    """A field of a form."""

    name: str = strawberry.field(description="Name of the field.")
    value: str = strawberry.field(description="Value of the field.")


@strawberry.type(
    description="Where to send a file: as a multipart form with these fields, followed by the file in the field `file`."
)
class UploadTicket:
    """A place for one file."""

    id: strawberry.ID = strawberry.field(
        description="ID of the upload, for `completeUpload`; `StoredFile` has the same."
    )
    url: str = strawberry.field(
        description="Absolute URL to send the form to, without an `Authorization` header. It answers with 204; any "
        "other status means that the file was not taken."
    )
    method: str = strawberry.field(description="HTTP method: `POST`.")
    fields: list[UploadField] = strawberry.field(description="Fields to send before the file, exactly as they are.")
    expires_at: datetime = strawberry.field(description="Time until which the file can be sent.")

    @classmethod
    def of(cls, ticket: services.Ticket) -> UploadTicket:
        """Return the ticket of a service."""
        return cls(
            id=strawberry.ID(global_id("StoredFile", ticket.upload.pk)),
            url=ticket.form.url,
            method="POST",
            fields=[UploadField(name=name, value=value) for name, value in ticket.form.fields.items()],
            expires_at=ticket.expires_at,
        )


@strawberry_django.type(models.Upload, description="File that the viewer has sent and not used yet.")
class StoredFile(relay.Node):
    """A file that has arrived; its model shows it to its owner only."""

    filename: str = strawberry_django.field(description="Name of the file.")
    content_type: str = strawberry_django.field(description="Media type, as detected from the content.")
    size: int = strawberry_django.field(description="Size in bytes.")


@contextmanager
def chosen_file(
    info: Info, given: File[Any] | None, upload_id: strawberry.ID | None, *, purpose: UploadPurpose, field: str
) -> Iterator[File[Any]]:
    """Give the file of the request, or that of the upload, to the block; refuses with REQUIRED and NOT_FOUND."""
    actor = signed_in(info)
    if (given is None) == (upload_id is None):
        raise Refused.because(Code.REQUIRED, f"Send either `{field}` or `uploadId`.", field)
    if given is not None:
        yield given
    elif upload_id is not None:
        key = known_or_nobody(upload_id, "StoredFile")
        with services.used_upload(actor=actor, upload_id=key, purpose=purpose) as file:
            yield file
