"""Links to attached files; each is valid for one person and for LINK_LIFETIME_SECONDS."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from domains.base import keyed_ids, signing

PURPOSE = "attachment"
LINK_LIFETIME_SECONDS = 300


@dataclass(frozen=True)
class AttachmentLink:
    """The contents of a link that has not expired."""

    attachment_id: int
    viewer_id: int


def attachment_url(*, attachment_id: int, viewer_id: int) -> str:
    """Return the address of the file for this person; access is checked when the link is opened."""
    expires_at = int(time.time()) + LINK_LIFETIME_SECONDS
    claims = {"sub": keyed_ids.seal("User", viewer_id), "file": attachment_id, "exp": expires_at}
    return f"{settings.PUBLIC_URL}/attachments/{signing.sign(PURPOSE, claims)}"


def read_link(token: str) -> AttachmentLink | None:
    """Return the contents of a link's token, or None if it is forged or expired."""
    try:
        claims = signing.read(PURPOSE, token)
    except signing.BadSignature:
        return None
    viewer_id = keyed_ids.unseal("User", str(claims["sub"]))
    if claims["exp"] < time.time() or viewer_id is None:
        return None
    return AttachmentLink(attachment_id=claims["file"], viewer_id=viewer_id)
