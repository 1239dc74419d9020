"""Mend what layout did to words: letters set apart, and words parted over the ends of lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

#: Marks that stand only where a word may be parted; some programs write a control character or a negation sign for it.
_SOFT_HYPHENATED = re.compile(r"(?:[\u00ad\u00ac\x02][ \t]*\n\s*[^\W\d_]+){1,4}")
_SOFT_HYPHEN = re.compile(r"[\u00ad\u00ac\x02]\s*")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")
#: Four or more characters in a row, each with blanks around it; punctuation may stick to one.
_SPACED_LETTERS = re.compile(r"(?<!\S)\S[,:;.]?(?:[ \t]+\S[,:;.]?(?!\S)){3,}")
_BLANKS = re.compile(r"[ \t]+")
#: Three letters in a row without punctuation tell letters of a word from items of a list such as C, R, J, D.
_SPACED_WORD = re.compile(r"(?<!\S)[^\W_](?:[ \t]+[^\W_](?!\S)){2}")
#: Parts of words with a hyphen at the ends of lines between them.
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:[-\u2010][ \t]*\n\s*[^\W\d_]+){1,4}")
_LINE_HYPHEN = re.compile(r"[-\u2010][ \t]*(\n\s*)")


def plain(text: str) -> str:
    """Return the text in Unicode's plain forms: ligatures apart, one kind of line end, nothing invisible.

    Words that a soft hyphen parts at the end of a line are whole, and so are words whose letters are set apart.
    """
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    text = text.replace("\r", " " if "\n" in text else "\n")
    text = _SOFT_HYPHENATED.sub(lambda found: _SOFT_HYPHEN.sub("", found.group()) + "\n", text)
    return _SPACED_LETTERS.sub(_join_letters, _INVISIBLE.sub("", text))


def whole_words(text: str, is_known: Callable[[str], bool]) -> str:
    """Return the text with words whole that a hyphen parts at the end of a line.

    A compound such as first-aid keeps its parts: if they are known words, and together they are none. The line ends
    after the whole word.
    """
    return _HYPHENATED.sub(lambda found: _join_parts(found.group(), is_known), text)


def _join_letters(found: re.Match[str]) -> str:
    """Return the letters without the blanks between them; wider blanks are those between words."""
    run = found.group()
    if not _SPACED_WORD.search(run):
        return run
    narrow = min(map(len, _BLANKS.findall(run)))
    return _BLANKS.sub(lambda blanks: "" if len(blanks.group()) == narrow else " ", run)


def _join_parts(text: str, is_known: Callable[[str], bool]) -> str:
    first, *rest = _LINE_HYPHEN.split(text)
    parts, ends = [first, *rest[1::2]], "".join(rest[::2])
    whole = "".join(parts)
    if is_known(whole):
        return whole + ends
    word = parts[0]
    for part in parts[1:]:
        last = word.rpartition("-")[2]
        word += "-" + part if _is_compound(last, part, is_known) else part
    return word + ends


def _is_compound(left: str, right: str, is_known: Callable[[str], bool]) -> bool:
    if right[0].isupper() and not left.isupper():
        return True
    return not is_known(left + right) and is_known(left) and is_known(right)
