"""Letting somebody send one file straight to the storage: to S3 by a presigned form, else to this server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils.functional import LazyObject


@dataclass(frozen=True)
class Form:
    """Where to POST a multipart form, and the fields that go before its `file`."""

    url: str
    fields: Mapping[str, str]


def presign(*, name: str, content_type: str, max_bytes: int, lifetime: timedelta) -> Form | None:
    """Return the form that stores a file of at most `max_bytes` under the name; None if the storage has no such forms.

    The storage refuses another name, another type, an empty file and a larger one.
    """
    storage: Any = default_storage._wrapped if isinstance(default_storage, LazyObject) else default_storage
    if not hasattr(storage, "bucket_name"):
        return None
    posted = storage.connection.meta.client.generate_presigned_post(
        Bucket=storage.bucket_name,
        Key=storage._normalize_name(name),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
        ExpiresIn=int(lifetime.total_seconds()),
    )
    return Form(posted["url"], posted["fields"])
