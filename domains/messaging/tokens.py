"""Links to attached files: made for one person, good for some minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from domains.base import keyed_ids, signing

PURPOSE = "attachment"
LIFETIME_SECONDS = 300


@dataclass(frozen=True)
class AttachmentLink:
    """What a link says that has not run out."""

    attachment_id: int
    viewer_id: int


def url_for(*, attachment_id: int, viewer_id: int) -> str:
    """Return the address of the file for this person; whether they may have it is asked when they come."""
    expires = int(time.time()) + LIFETIME_SECONDS
    claims = {"sub": keyed_ids.seal("User", viewer_id), "file": attachment_id, "exp": expires}
    return f"{settings.PUBLIC_URL}/attachments/{signing.sign(PURPOSE, claims)}"


def read_link(token: str) -> AttachmentLink | None:
    """Return what the token of an address says, or None if it was not made here or has run out."""
    try:
        claims = signing.read(PURPOSE, token)
    except signing.BadSignature:
        return None
    viewer_id = keyed_ids.unseal("User", str(claims["sub"]))
    if claims["exp"] < time.time() or viewer_id is None:
        return None
    return AttachmentLink(attachment_id=claims["file"], viewer_id=viewer_id)
