"""Stored files: stored while no connection is held, and removed in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile

from domains.base import gate_slot

logger = logging.getLogger(__name__)

#: Headers of every response with an uploaded file: the browser neither runs it nor guesses its type.
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

Submit = Callable[[Callable[[], object]], object]
_submit: Submit | None = None


def set_deletion_executor(submit: Submit | None) -> None:
    """Hand the removal of files to `submit`, such as a thread pool's, instead of doing it in the caller's thread.

    For a server: a storage that does not answer then delays no request.
    """
    global _submit  # noqa: PLW0603 - one way of removing per process, set at its start
    _submit = submit


@contextmanager
def stored(file: FieldFile, content: bytes) -> Iterator[None]:
    """Store the content as the row's file, then run the block, which stores the row; if that fails, remove the file.

    While the file is being stored, the caller holds no connection. Call it outside of transactions.
    """
    try:
        with gate_slot.released():
            file.save("", ContentFile(content), save=False)
        yield
    except BaseException:
        discard(file.name)
        raise


def delete_after_commit(name: str) -> None:
    """Remove the stored file once the transaction is committed; a failure of the storage undoes nothing.

    The daily task for files without a row removes a file that was left behind.
    """
    transaction.on_commit(partial(discard, name))


def discard(name: str | None) -> None:
    """Remove a stored file in the background; never raises."""
    if name and _submit is None:
        _delete(name)
    elif name and _submit is not None:
        _submit(partial(_delete, name))


def erase_file(name: str) -> None:
    """Remove a stored file now, with its earlier versions where the storage keeps some; raises what the storage raises.

    A file that is gone already is no error.
    """
    default_storage.delete(name)
    bucket = getattr(default_storage, "bucket", None)
    if bucket is not None:
        key = default_storage._normalize_name(name)  # type: ignore[attr-defined] # django-storages has no other name
        bucket.object_versions.filter(Prefix=key).delete()


def _delete(name: str) -> Any:
    try:
        default_storage.delete(name)
    except Exception:
        logger.exception("the stored file %s could not be removed", name)
