"""What people can read: names that show something, and nothing that shows as something else."""

from __future__ import annotations

import unicodedata

from domains.base.errors import Code, Problem

#: Controls, formats (zero width, direction), separators of lines and paragraphs, spaces.
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
#: Letters that show nothing: the Hangul fillers and the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Joins emoji and letters of some scripts, which names need.
JOINERS = frozenset("\u200c\u200d")
#: Turn what comes after them round, against its own direction.
TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e")
LAYOUT = frozenset("\n\r\t")
NOTHING_SEEN = "Write something that can be seen."
HIDDEN = "Leave out the characters that cannot be seen, or that turn others round."


def is_visible(text: str) -> bool:
    """Tell whether there is anything to see."""
    return any(unicodedata.category(one) not in UNSEEN and one not in BLANK for one in text)


def line_problems(line: str, field: str) -> list[Problem]:
    """Return what is wrong with a name, a title or a note: nothing to see, or characters that hide or turn round."""
    if line and not is_visible(line):
        return [Problem(Code.INVALID, NOTHING_SEEN, field)]
    if any(unicodedata.category(one) in {"Cc", "Cf"} and one not in JOINERS for one in line):
        return [Problem(Code.INVALID, HIDDEN, field)]
    return []


def text_problems(text: str, field: str) -> list[Problem]:
    """Return what is wrong with a text of several lines, in which some formats have their place."""
    if text and not is_visible(text):
        return [Problem(Code.INVALID, NOTHING_SEEN, field)]
    if any(one in TURNERS or (unicodedata.category(one) == "Cc" and one not in LAYOUT) for one in text):
        return [Problem(Code.INVALID, HIDDEN, field)]
    return []


LONGEST_FILE_NAME = 100


def shown_file_name(name: str, *, fallback: str = "file") -> str:
    """Return what may be shown of a client's file name: no folders, nothing hidden, nothing that turns others round.

    It is shown to people and never a path: files are stored under keys of their own.
    """
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in plain if unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > LONGEST_FILE_NAME:
        stem, dot, ending = kept.rpartition(".")
        ending = f"{dot}{ending}"[:12] if stem else ""
        kept = kept[: LONGEST_FILE_NAME - len(ending)] + ending
    return kept if is_visible(kept) else fallback
