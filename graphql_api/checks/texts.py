"""Checks of texts that clients send: valid Unicode, and search words within limits."""

from __future__ import annotations

from domains.base.texts import split_words
from graphql_api.errors import BadUserInput

MAX_QUERY_CHARACTERS, MAX_WORDS = 200, 12


def read_words(text: str, argument: str) -> list[str]:
    """Return the words of the text, which may be none; a text that is too long is BAD_USER_INPUT."""
    if len(text) > MAX_QUERY_CHARACTERS:
        raise BadUserInput(f"`{argument}` must be at most {MAX_QUERY_CHARACTERS} characters long.")
    words = split_words(text)
    if len(words) > MAX_WORDS:
        raise BadUserInput(f"`{argument}` must hold at most {MAX_WORDS} words.")
    return words


def is_unicode(text: str) -> bool:
    """Tell whether the text can be stored and sent back: JSON can encode halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
