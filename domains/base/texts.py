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


def is_visible(text: str) -> bool:
    """Tell whether there is anything to see."""
    return any(unicodedata.category(one) not in UNSEEN and one not in BLANK for one in text)


def name_problems(name: str, field: str) -> list[Problem]:
    """Return what is wrong with a name: nothing to see, or characters that hide or turn others round."""
    if name and not is_visible(name):
        return [Problem(Code.INVALID, "Give a name that can be seen.", field)]
    if any(unicodedata.category(one) in {"Cc", "Cf"} and one not in JOINERS for one in name):
        return [Problem(Code.INVALID, "A name must not hold characters that hide or turn others round.", field)]
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
