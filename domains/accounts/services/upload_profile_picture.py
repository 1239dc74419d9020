"""Uploading and removing a profile picture."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction

from domains.accounts.models import PictureSize, ProfilePicture, UploadPurpose, User
from domains.accounts.services.lock_actor import lock_self
from domains.accounts.services.uploads import Accepted, accept_uploads
from domains.base import gate_slot, rates
from domains.base.errors import Code, Refused
from domains.base.file_kinds import PICTURE_KINDS, FileKind, detect_kind
from domains.base.files import delete_after_commit, stored
from domains.base.pictures.clean_picture import Squares, cut_squares
from domains.base.stored_files import remove_strays

MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_PICTURE_UPLOADS_PER_HOUR, RATE_SECONDS = 20, 3600
#: How long a stored file may wait for its row.
MIN_STRAY_AGE = timedelta(days=1)


accept_uploads(UploadPurpose.PROFILE_PICTURE, Accepted(MAX_PICTURE_BYTES, PICTURE_KINDS, detect_kind))


def upload_profile_picture(*, actor: User, picture: File[Any]) -> User:
    """The actor's picture is the middle of this one, in three sizes; an earlier one is removed. Returns the actor.

    It is drawn anew, so that nothing of the file is kept but what can be seen. Refuses with RATE_LIMITED, TOO_LARGE
    (10 MB; too many pixels), INVALID (empty) and UNSUPPORTED_TYPE (judged by the content, not by the name).
    """
    rates.spend(
        what="upload_profile_picture", key=str(actor.pk), limit=MAX_PICTURE_UPLOADS_PER_HOUR, seconds=RATE_SECONDS
    )
    if picture.size > MAX_PICTURE_BYTES:
        sentence = f"The picture is too large: at most {MAX_PICTURE_BYTES // (1024 * 1024)} MB."
        raise Refused.because(Code.TOO_LARGE, sentence, "picture")
    set_profile_picture(user=actor, content=picture.read())
    return actor


def set_profile_picture(*, user: User, content: bytes) -> None:
    """The person's picture is the middle of this one; refuses as `upload_profile_picture` does. A system act."""
    squares = _cut(content, _check_kind(content))
    row = ProfilePicture(user=user, side=squares.side)
    with ExitStack() as stack:
        for size, square in zip(PictureSize, squares.contents, strict=True):
            stack.enter_context(stored(row.file_of(size), square))
        with transaction.atomic():
            # Simultaneous uploads of one person wait for each other; the last picture stays.
            _remove(lock_self(actor=user))
            row.save(force_insert=True)


def remove_profile_picture(*, actor: User) -> User:
    """The actor has no picture. Returns the actor."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=actor.pk).first()
        _remove(actor)
    return actor


def remove_stray_pictures(*, now: datetime) -> int:
    """Remove files that no person's picture has any more; return how many. A system act, safe to run twice."""
    folders = ProfilePicture.FOLDERS.items()
    return sum(
        remove_strays(model=ProfilePicture, folder=folder, field=field, before=now - MIN_STRAY_AGE)
        for field, folder in folders
    )


def _remove(user: User) -> None:
    for row in ProfilePicture.objects.filter(user=user):
        for size in PictureSize:
            delete_after_commit(row.file_of(size).name)
        row.delete()


def _check_kind(content: bytes) -> FileKind:
    if not content.strip():
        raise Refused.because(Code.INVALID, "The file is empty.", "picture")
    kind = detect_kind(content)
    if kind is None or kind not in PICTURE_KINDS:
        sentence = "This is no picture that can be shown: send a JPEG, PNG, GIF or WebP."
        raise Refused.because(Code.UNSUPPORTED_TYPE, sentence, "picture")
    return kind


def _cut(content: bytes, kind: FileKind) -> Squares:
    with gate_slot.released():
        return cut_squares(content=content, kind=kind, sides=list(PictureSize), field="picture")
