"""Validation of the text of a message and the title of a conversation."""

from __future__ import annotations

from domains.base.errors import Code, Refused
from domains.base.texts import is_visible, line_problems

MAX_CONTENT_LENGTH = 10_000
MAX_TITLE_LENGTH = 120


def clean_content(content: str, *, has_files: bool = False) -> str:
    """Return the text as it is stored; with files it may be empty. Refuses with REQUIRED and TOO_LONG."""
    content = content.strip()
    if not is_visible(content):
        if has_files:
            return ""
        raise Refused.because(Code.REQUIRED, "Write something that can be seen.", "content")
    if len(content) > MAX_CONTENT_LENGTH:
        raise Refused.because(Code.TOO_LONG, f"Write at most {MAX_CONTENT_LENGTH} characters.", "content")
    return content


def clean_title(title: str) -> str:
    """Return the title as it is stored, empty for none. Refuses with TOO_LONG and INVALID."""
    title = " ".join(title.split())
    if len(title) > MAX_TITLE_LENGTH:
        raise Refused.because(Code.TOO_LONG, f"Choose a title of at most {MAX_TITLE_LENGTH} characters.", "title")
    if problems := line_problems(title, "title"):
        raise Refused(*problems)
    return title
