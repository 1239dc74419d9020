"""Letting somebody send one file straight to the storage: to S3, by a presigned form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import default_storage


@dataclass(frozen=True)
class Form:
    """Where to POST a multipart form, and the fields that go before its `file`."""

    url: str
    fields: Mapping[str, str]


def presign(*, name: str, content_type: str, max_bytes: int, lifetime: timedelta) -> Form | None:
    """Return the form that stores a file of at most `max_bytes` under the name; None if the storage has no such forms.

    The storage refuses another name, another type, an empty file and a larger one. Nothing is asked, but a client of S3
    takes a moment to make.
    """
    bucket = getattr(default_storage, "bucket_name", None)
    if bucket is None:
        return None
    posted = default_storage.bucket.meta.client.generate_presigned_post(  # type: ignore[attr-defined] # S3's
        Bucket=bucket,
        Key=default_storage._normalize_name(name),  # type: ignore[attr-defined]
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
        ExpiresIn=int(lifetime.total_seconds()),
    )
    return Form(posted["url"], posted["fields"])
