"""Which files may be read for skills: resumes as documents or plain text, and LinkedIn's export."""

from __future__ import annotations

import re

from domains.base.file_kinds import FileKind, decode_text, detect_kind

READABLE = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.TEXT, FileKind.ZIP})
#: How pages, drawings, data and programs begin, which are texts too.
MARKUP = re.compile(r"\s*(?:<(?:!doctype|html|svg|\?xml|[a-z]+[\s>])|\{\s*\"|\[\s*[{\"]|\{\\rtf|%!PS)", re.IGNORECASE)


def readable_kind(content: bytes) -> FileKind | None:
    """Return what the bytes are, or None for what is not read here."""
    kind = detect_kind(content)
    if kind == FileKind.TEXT and MARKUP.match(decode_text(content) or ""):
        return None
    return kind if kind in READABLE else None
