"""Files that are sent before the act that takes them: announced, sent to the storage, completed, and used once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import Upload, UploadPurpose, User
from domains.accounts.models.uploads import random_place
from domains.accounts.services.lock_actor import lock_self
from domains.base import gate_slot, rates
from domains.base.direct_uploads import Form, presign
from domains.base.errors import Code, NotFound, Refused
from domains.base.file_kinds import FileKind
from domains.base.files import delete_after_commit, discard
from domains.base.stored_files import remove_strays
from domains.base.texts import clean_file_name

logger = logging.getLogger(__name__)
MAX_UPLOADS_PER_HOUR, MAX_READS_PER_HOUR, HOUR_SECONDS = 60, 240, 3600
#: How often a file may be sent to one address of this server.
MAX_SENDS_PER_ADDRESS = 10
#: How many files of one person may be under way.
MAX_OPEN_UPLOADS = 20
#: How long a file may be completed after it was announced, how long it may be used after that, and what was not used
#: stays.
OPEN_LIFETIME, USE_LIFETIME, RETENTION = timedelta(hours=1), timedelta(hours=1), timedelta(hours=2)
#: How long a stored file may wait for its row; no address works for as long.
MIN_STRAY_AGE = timedelta(hours=3)
#: How many files are read into memory at once.
_readers = threading.BoundedSemaphore(8)


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
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {one.value for one in accepted.kinds}:
        kinds = ", ".join(sorted(one.value for one in accepted.kinds))
        raise Refused.because(Code.UNSUPPORTED_TYPE, f"Send one of: {kinds}.", "content_type")
    if size < 1:
        raise Refused.because(Code.INVALID, "The file is empty.", "size")
    if size > accepted.max_bytes:
        sentence = f"The file is too large: at most {accepted.max_bytes // (1024 * 1024)} MB."
        raise Refused.because(Code.TOO_LARGE, sentence, "size")
    rates.spend(what="create_upload", key=str(actor.pk), limit=MAX_UPLOADS_PER_HOUR, seconds=HOUR_SECONDS)
    upload = Upload(user=actor, purpose=purpose, filename=clean_file_name(filename), content_type=kind, size=size)
    with gate_slot.released():
        form = presign(name=upload.place, content_type=kind, max_bytes=size, lifetime=tokens.UPLOAD_LINK_LIFETIME)
    with transaction.atomic():
        lock_self(actor=actor)  # simultaneous ones are counted one by one
        if actor.uploads.count() >= MAX_OPEN_UPLOADS:
            sentence = f"{MAX_OPEN_UPLOADS} files of yours wait to be used; use them first, or wait two hours."
            raise Refused.because(Code.CONFLICT, sentence)
        upload.save()
    own = Form(f"{settings.PUBLIC_URL}/uploads/{tokens.sign_upload_link(upload.pk)}", {})
    return Ticket(upload, form or own, upload.created_at + tokens.UPLOAD_LINK_LIFETIME)


def find_linked_upload(*, token: str) -> int:
    """Return the upload whose address this is, before anything is read from there.

    Refuses with NOT_FOUND (the address is wrong or has expired, or the file is completed) and RATE_LIMITED.
    """
    try:
        upload_id = tokens.read_upload_link(token)
    except tokens.BadToken:
        raise NotFound("address for an upload") from None
    seconds = int(tokens.UPLOAD_LINK_LIFETIME.total_seconds())
    rates.spend(what="receive_upload", key=str(upload_id), limit=MAX_SENDS_PER_ADDRESS, seconds=seconds)
    if not _open_uploads().filter(pk=upload_id).exists():
        raise NotFound("address for an upload")
    return upload_id


def receive_upload(*, upload_id: int, file: File[Any]) -> None:
    """Store the file that came to this server's own address; a later one takes its place until it is completed.

    Refuses with NOT_FOUND (it was completed meanwhile), TOO_LARGE, INVALID (empty) and CONFLICT (the storage fails).
    """
    upload = _open_uploads().filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("address for an upload")
    if not file.size:
        raise Refused.because(Code.INVALID, "The file is empty.", "file")
    if file.size > upload.size:
        raise Refused.because(Code.TOO_LARGE, f"The file is larger than the {upload.size} bytes announced.", "file")
    _move(upload, file, {})


def complete_upload(*, actor: User, upload_id: int) -> Upload:
    """The file has arrived, and is what its purpose takes; return it. Completing again returns it again.

    What was looked at is stored under another name, so that nothing that is sent later takes its place. Refuses with
    NOT_FOUND, CONFLICT (nothing has arrived yet, or another one arrives), TOO_LARGE, UNSUPPORTED_TYPE, judged by the
    content, and RATE_LIMITED; a file that is refused is removed.
    """
    rates.spend(what="complete_upload", key=str(actor.pk), limit=MAX_READS_PER_HOUR, seconds=HOUR_SECONDS)
    upload = Upload.objects.filter(pk=upload_id, user=actor).first()
    if upload is None or upload.taken_at or not _is_fresh(upload):
        raise NotFound("upload", "upload_id")
    if upload.completed_at:
        return upload
    content = _read(upload)
    accepted = _accepted[upload.purpose]
    kind = accepted.detect(content) if content is not None else None
    if content is None or kind is None or kind not in accepted.kinds:
        _remove(upload)
        code = Code.TOO_LARGE if content is None else Code.UNSUPPORTED_TYPE
        sentence = "The file is larger than announced." if content is None else "The file is of another type."
        raise Refused.because(code, f"{sentence} It was removed: send another one.", "upload_id")
    done = {"completed_at": timezone.now(), "content_type": kind.value, "size": len(content)}
    return _move(upload, ContentFile(content), done)


@contextmanager
def used_upload(*, actor: User, upload_id: int, purpose: UploadPurpose) -> Iterator[File[Any]]:
    """Give a completed file of the actor to the block, and remove it afterwards; if the block refuses it, it stays.

    Refuses with NOT_FOUND what is not the actor's, of another purpose, not completed, older than USE_LIFETIME or taken,
    and with RATE_LIMITED.
    """
    rates.spend(what="use_upload", key=str(actor.pk), limit=MAX_READS_PER_HOUR, seconds=HOUR_SECONDS)
    fresh = timezone.now() - USE_LIFETIME
    usable = Upload.objects.filter(pk=upload_id, user=actor, purpose=purpose, completed_at__gt=fresh)
    is_taken = usable.filter(taken_at__isnull=True).update(taken_at=timezone.now())
    upload = usable.first() if is_taken else None
    if upload is None:
        raise NotFound("upload for this", "upload_id")
    try:
        yield ContentFile(_read(upload) or b"", name=upload.filename)
    except BaseException:
        with _logged("could not be given back"):
            Upload.objects.filter(pk=upload.pk).update(taken_at=None)
        raise
    with _logged("could not be removed, and will be later"):
        _remove(upload)


def remove_old_uploads(*, now: datetime) -> int:
    """Remove files that nothing used, and those without a row; return how many. A system act."""
    strays = remove_strays(model=Upload, folder=Upload.FOLDER, before=now - MIN_STRAY_AGE)
    never, unused = Q(completed_at__isnull=True, created_at__lt=now - RETENTION), Q(completed_at__lt=now - RETENTION)
    with transaction.atomic():
        old = list(Upload.objects.filter(never | unused).select_for_update())
        for upload in old:
            delete_after_commit(upload.place)
        Upload.objects.filter(pk__in=[upload.pk for upload in old]).delete()
    return strays + len(old)


def _open_uploads() -> QuerySet[Upload]:
    return Upload.objects.filter(completed_at__isnull=True, user__is_active=True)


def _is_fresh(upload: Upload) -> bool:
    began = upload.completed_at or upload.created_at
    return began > timezone.now() - (USE_LIFETIME if upload.completed_at else OPEN_LIFETIME)


def _move(upload: Upload, file: File[Any], done: dict[str, Any]) -> Upload:
    """Store the file in a new place, and let the row name it, unless the row has changed since; return the row."""
    place = random_place()
    with _storage(), gate_slot.released():
        place = default_storage.save(place, file)
    try:
        values = {**done, "place": place, **({"file": place} if done else {})}
        is_moved = Upload.objects.filter(pk=upload.pk, place=upload.place, completed_at__isnull=True).update(**values)
    except BaseException:
        discard(place)
        raise
    if is_moved:
        discard(upload.place)
    else:
        discard(place)
    moved = Upload.objects.filter(pk=upload.pk).first()
    if moved is None:
        raise NotFound("upload", "upload_id")
    if not is_moved and not moved.completed_at:
        raise Refused.because(Code.CONFLICT, "Another file has just arrived: complete it once more.", "upload_id")
    return moved


def _read(upload: Upload) -> bytes | None:
    """Return the content, or None if it is larger than announced."""
    with _storage(), gate_slot.released(), _readers, default_storage.open(upload.place, "rb") as file:
        content: bytes | None = file.read() if file.size <= upload.size else None
    return content


@contextmanager
def _storage() -> Iterator[None]:
    """Refuse with CONFLICT where the storage has no such file, or fails: some say so in the same way."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        if not isinstance(error, FileNotFoundError):
            logger.warning("the storage of an upload fails: %r", error)
        sentence = "The file has not arrived, or the storage does not answer: send it, and try again in a moment."
        raise Refused.because(Code.CONFLICT, sentence, "upload_id") from error


@contextmanager
def _logged(what: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        logger.exception("an upload %s", what)


def _remove(upload: Upload) -> None:
    """Remove the row as it was read, with its file."""
    with transaction.atomic():
        if Upload.objects.filter(pk=upload.pk, place=upload.place).delete()[0]:
            delete_after_commit(upload.place)
