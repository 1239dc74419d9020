"""Files that are sent before the act that takes them: announced, sent to the storage, completed, and used once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import Upload, UploadPurpose, User
from domains.base import gate_slot, rates
from domains.base.direct_uploads import Form, presign
from domains.base.errors import Code, NotFound, Refused
from domains.base.file_kinds import FileKind
from domains.base.files import delete_after_commit, discard
from domains.base.stored_files import remove_strays
from domains.base.texts import clean_file_name

MAX_UPLOADS_PER_HOUR, HOUR_SECONDS = 120, 3600
#: How many files of one person may be under way.
MAX_OPEN_UPLOADS = 20
#: How long a file may be used after it was completed, and what was not used stays.
USE_LIFETIME, RETENTION = timedelta(hours=1), timedelta(hours=2)
#: How long a stored file may wait for its row.
MIN_STRAY_AGE = timedelta(days=1)


@dataclass(frozen=True)
class Accepted:
    """What the act of a purpose takes; `detect` tells by the bytes."""

    max_bytes: int
    kinds: Collection[FileKind]
    detect: Callable[[bytes], FileKind | None]


_accepted: dict[UploadPurpose, Accepted] = {}


def accept_uploads(purpose: UploadPurpose, accepted: Accepted) -> None:
    """Let files be sent for the purpose; for the domains whose acts take them."""
    _accepted[purpose] = accepted


@dataclass(frozen=True)
class Ticket:
    """Where to send the file, until when."""

    upload: Upload
    form: Form
    expires_at: datetime


def create_upload(*, actor: User, purpose: UploadPurpose, filename: str, content_type: str, size: int) -> Ticket:
    """Announce a file; return where to send it.

    Refuses with UNSUPPORTED_TYPE and TOO_LARGE what the purpose does not take, INVALID (empty; a purpose that nothing
    takes files for yet), CONFLICT (20 files are under way) and RATE_LIMITED.
    """
    accepted = _accepted.get(purpose)
    if accepted is None:
        raise Refused.because(Code.INVALID, "Nothing takes files for this purpose yet.", "purpose")
    if content_type not in {kind.value for kind in accepted.kinds}:
        kinds = ", ".join(sorted(kind.value for kind in accepted.kinds))
        raise Refused.because(Code.UNSUPPORTED_TYPE, f"Send one of: {kinds}.", "content_type")
    if size < 1:
        raise Refused.because(Code.INVALID, "The file is empty.", "size")
    if size > accepted.max_bytes:
        sentence = f"The file is too large: at most {accepted.max_bytes // (1024 * 1024)} MB."
        raise Refused.because(Code.TOO_LARGE, sentence, "size")
    rates.spend(what="create_upload", key=str(actor.pk), limit=MAX_UPLOADS_PER_HOUR, seconds=HOUR_SECONDS)
    upload = Upload(
        user=actor, purpose=purpose, filename=clean_file_name(filename), content_type=content_type, size=size
    )
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # simultaneous ones are counted one by one
        if actor.uploads.filter(created_at__gt=timezone.now() - RETENTION).count() >= MAX_OPEN_UPLOADS:
            sentence = f"{MAX_OPEN_UPLOADS} files of yours wait to be used; use them first, or wait two hours."
            raise Refused.because(Code.CONFLICT, sentence)
        upload.save()
    form = presign(name=upload.place, content_type=content_type, max_bytes=size, lifetime=tokens.UPLOAD_LINK_LIFETIME)
    own = Form(f"{settings.PUBLIC_URL}/uploads/{tokens.sign_upload_link(upload.pk)}", {})
    return Ticket(upload, form or own, upload.created_at + tokens.UPLOAD_LINK_LIFETIME)


def receive_upload(*, token: str, file: File[Any]) -> None:
    """Store the file that came to this server's own address; a later one takes its place until it is completed.

    Refuses with NOT_FOUND (the address is wrong or has expired, or the file is completed), TOO_LARGE, INVALID (empty).
    """
    upload = _find_linked(token)
    if not file.size:
        raise Refused.because(Code.INVALID, "The file is empty.", "file")
    if file.size > upload.size:
        raise Refused.because(Code.TOO_LARGE, f"The file is larger than the {upload.size} bytes announced.", "file")
    with gate_slot.released():
        default_storage.delete(upload.place)
        stored_as = default_storage.save(upload.place, file)
    if stored_as != upload.place:  # two arrived at once; the first is there
        discard(stored_as)


def complete_upload(*, actor: User, upload_id: int) -> Upload:
    """The file has arrived, and is what its purpose takes; return it. Completing again returns it again.

    Refuses with NOT_FOUND, CONFLICT (nothing has arrived yet), TOO_LARGE, and UNSUPPORTED_TYPE, judged by the content;
    a file that is refused is removed.
    """
    upload = Upload.objects.filter(pk=upload_id, user=actor).first()
    if upload is None or upload.created_at < timezone.now() - RETENTION:
        raise NotFound("upload", "upload_id")
    if upload.completed_at:
        return upload
    content = _read(upload)
    accepted = _accepted[upload.purpose]
    kind = accepted.detect(content) if len(content) <= upload.size else None
    if kind is None or kind not in accepted.kinds:
        _remove(upload)
        code = Code.TOO_LARGE if len(content) > upload.size else Code.UNSUPPORTED_TYPE
        sentence = "The file is larger than announced." if code == Code.TOO_LARGE else "The file is of another type."
        raise Refused.because(code, f"{sentence} It was removed: send another one.", "upload_id")
    done = {"completed_at": timezone.now(), "content_type": kind.value, "size": len(content), "file": upload.place}
    Upload.objects.filter(pk=upload.pk, completed_at__isnull=True).update(**done)
    return Upload.objects.get(pk=upload.pk)


@contextmanager
def used_upload(*, actor: User, upload_id: int, purpose: UploadPurpose) -> Iterator[File[Any]]:
    """Give a completed file of the actor to the block, and remove it afterwards; if the block refuses it, it stays.

    Refuses with NOT_FOUND what is not the actor's, of another purpose, not completed, older than USE_LIFETIME or taken.
    """
    usable = Upload.objects.filter(
        pk=upload_id,
        user=actor,
        purpose=purpose,
        completed_at__gt=timezone.now() - USE_LIFETIME,
    )
    if not usable.filter(taken_at__isnull=True).update(taken_at=timezone.now()):
        raise NotFound("upload for this", "upload_id")
    upload = usable.get()
    try:
        yield ContentFile(_read(upload), name=upload.filename)
    except BaseException:
        Upload.objects.filter(pk=upload.pk).update(taken_at=None)
        raise
    _remove(upload)


def remove_old_uploads(*, now: datetime) -> int:
    """Remove files that nothing used, and those without a row; return how many. A system act."""
    with transaction.atomic():
        old = list(Upload.objects.filter(created_at__lt=now - RETENTION))
        for upload in old:
            delete_after_commit(upload.place)
        Upload.objects.filter(pk__in=[upload.pk for upload in old]).delete()
    return len(old) + remove_strays(model=Upload, folder=Upload.FOLDER, before=now - MIN_STRAY_AGE)


def _find_linked(token: str) -> Upload:
    try:
        upload_id = tokens.read_upload_link(token)
    except tokens.BadToken:
        raise NotFound("address for an upload") from None
    upload = Upload.objects.filter(pk=upload_id, completed_at__isnull=True, user__is_active=True).first()
    if upload is None:
        raise NotFound("address for an upload")
    return upload


def _read(upload: Upload) -> bytes:
    """Return the content, one byte more than announced at the most; the storage may hold a larger file."""
    try:
        with gate_slot.released(), default_storage.open(upload.place, "rb") as file:
            content: bytes = file.read(upload.size + 1)
    except FileNotFoundError:
        sentence = "The file has not arrived yet: send it to the address of createUpload first."
        raise Refused.because(Code.CONFLICT, sentence, "upload_id") from None
    return content


def _remove(upload: Upload) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).delete()
        delete_after_commit(upload.place)
