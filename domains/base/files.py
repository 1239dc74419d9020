"""Stored files, and when they go."""

from __future__ import annotations

import logging

from django.core.files.storage import default_storage
from django.db import transaction

logger = logging.getLogger(__name__)

#: Of every answer with a file that came from a person: a browser neither runs it nor guesses what it is.
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def delete_after_commit(name: str) -> None:
    """Remove the stored file once the transaction is committed; a storage that fails undoes nothing.

    What is left behind then is for whatever looks for files without a row.
    """

    def delete() -> None:
        try:
            default_storage.delete(name)
        except Exception:
            logger.exception("the stored file %s could not be removed", name)

    transaction.on_commit(delete)
