"""Converts text of publishers, with markup and entities, into plain text and safe links."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from urllib.parse import urljoin, urlsplit

from html_text import extract_text

from crawlers.items import Unreadable

#: Maximum length of a text: no listing needs more, and cleaning takes time for each character.
MAX_CHARACTERS = 100_000
MAX_PLACE = 5_000
#: Maximum rounds of unescaping: text is often escaped twice, rarely more.
MAX_ROUNDS = 4
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_LINK = re.compile(r"https?://[^\s<>\"'\\\x00]+")
_LINK_ELEMENT = re.compile(r"<a\b[^>]*>.*?</a\s*>", re.IGNORECASE | re.DOTALL)
_ASKS_TO_ACT = re.compile(r"\b(click|here|sign up|register|rsvp|more info)\b", re.IGNORECASE)
#: Characters that reverse the reading direction, which can make a title look like another one.
_BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(value: object) -> str:
    """Return plain text: no markup, no entities, no control characters, white space folded.

    Raises Unreadable for garbled text, whose encoding was lost: it must not be stored.
    """
    text = str(value)[:MAX_CHARACTERS] if isinstance(value, str | int | float) else ""
    if "\ufffd" in text:
        raise Unreadable("its text is not in the encoding that the page claims")
    for _ in range(MAX_ROUNDS):
        decoded = unescape(text)
        decoded = extract_text(decoded) if _MARKUP.search(decoded) else decoded
        if decoded == text:
            break
        text = decoded
    if _MARKUP.search(text):
        text = text.replace("<", " ")
    return _fold("".join(filter(_is_wanted, text)))


def clean_line(value: object) -> str:
    """Return plain text on a single line."""
    return " ".join(clean(value).split())


def clean_place(value: object) -> str:
    """Return the text of a location, without a sentence that asks to follow a link."""
    html = str(value)[:MAX_PLACE]
    if _LINK_ELEMENT.search(html):
        marked = _LINK_ELEMENT.sub(lambda link: f" \x02{clean_line(link.group())}\x02 ", html)
        sentences = re.split(r"(?<=[.!?])\s+", re.sub(r"<[^>]*>", " ", marked))
        kept = [words for words in sentences if not ("\x02" in words and _ASKS_TO_ACT.search(words))]
        html = " ".join(kept)
    return clean_line(html).strip(" -\u2013,;")


def links_in(text: str) -> list[str]:
    """Return the http links in a text, in order."""
    return [link.rstrip(".,;:!?)]}") for link in _LINK.findall(text)]


def http_link(value: object, base: str = "") -> str:
    """Return the absolute http or https URL, or an empty string for others such as `javascript:`."""
    if not isinstance(value, str) or not value.strip():
        return ""
    try:
        link = urljoin(base, unescape(value.strip()))
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_plain = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    return link if is_plain and not re.search(r"[\s\x00-\x1f<>\"\\]", link) else ""


def _is_wanted(character: str) -> bool:
    if character in "\n\t ":
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _BIDI_CONTROLS


def _fold(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
