"""What a text says that somebody cannot do, has not done, or would only like to learn.

A cue such as "no", "never did" or "want to learn" opens a passage; what ends its clause ends the passage. Skills named
in such a passage are not suggested.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

Span = tuple[int, int]
#: A passage is no longer than this; a list of wishes may be.
MAX_DENIAL_LENGTH, MAX_WISH_LENGTH = 160, 1_000
#: So far before a wish stands whose it is.
MAX_SUBJECT_DISTANCE = 60
#: A line of at least so many characters may be wrapped; a shorter one ends where its writer ended it.
MIN_WRAPPED_LENGTH = 45
#: Of a longer line no more than this is looked at.
MAX_LINE_LENGTH = 400


def _any(*phrases: str) -> str:
    """Return the pattern of any of the phrases, in which a space is a few blanks or the end of a line."""
    return "(?:" + "|".join(phrases).replace(" ", r"\s{1,5}") + ")"


_NOT_LIMITED = "(?! " + _any("only", "just", "merely", "simply", "solely", "exclusively", "limited") + r"\b)"
_NO_DENIAL_OF_NO = _any(
    "doubt", "problems?", "less", "fewer", "matter", "later", "sooner", "strangers?", "limits?", "one", r"\d"
)
_NO_DENIAL_OF_NOT = _any("to mention", "forgetting", "afraid", "shy", "least", "unlike", "surprisingly")
_NO_DENIAL_OF_NEVER = _any("tired?", "tires", "miss(?:ed)?", "late", "stop(?:s|ped)?", "fail(?:s|ed)?", "refuse[ds]?")
_DENIAL = re.compile(
    r"\b"
    + _any(
        rf"(?P<no>no)(?! {_NO_DENIAL_OF_NO}\b)(?!\.?\d)",
        r"(?<!life\x20)(?<!live\x20)(?P<without>without)(?! (?:doubt|fail|exception)\b)",
        rf"not(?! {_NO_DENIAL_OF_NOT}\b){_NOT_LIMITED}",
        rf"(?:do|does|did|have|has|had|is|are|was|were|ca|wo|could|would|should)n['\u2019]t"
        rf"(?! (?:imagine|wait|help)\b){_NOT_LIMITED}",
        rf"never(?! {_NO_DENIAL_OF_NEVER}\b){_NOT_LIMITED}",
        f"cannot{_NOT_LIMITED}",
        *("neither", "nor", "unable to", "unfamiliar with", "except(?: for)?", "excluding", "instead of", "none of"),
        *("un(?:skilled|trained|qualified) in", "inexperienced (?:in|with|at)", "lack(?:s|ing)?(?: of)?"),
        *("zero(?= (?:experience|knowledge|skills?|training))", "nothing (?:of|about)"),
    )
    + r"\b",
    re.IGNORECASE,
)
_STUDY = _any(
    *("learn", "study", "pick up", "take up", "try(?: out)?", "start", "get into", "become", "acquire", "master"),
    *("explore", "discover", "gain", "practi[sc]e", "be taught", "(?:be|get) trained in", "train (?:in|as)"),
)
_STUDYING = _any(
    *("learning", "studying", "picking up", "taking up", "trying(?: out)?", "starting", "getting into", "becoming"),
    *("acquiring", "mastering", "exploring", "discovering", "gaining", "training (?:in|as)"),
)
_WANT = _any(
    *("want(?:s|ed|ing)?", "wish(?:es|ed|ing)?", "hop(?:e|es|ed|ing)", "plan(?:s|ned|ning)?", "aim(?:s|ed|ing)?"),
    *("intend(?:s|ed|ing)?", "like", "love", "eager", "keen", "willing", "ready", "happy", "excited", "open"),
    *("prepared", "curious", "going", "aspir(?:e|es|ing)", "dream(?:s|ing)?", "about", "needs?", "goals?"),
    *("determined", "motivated", "seeking", "looking", "chance", "opportunity", "yet", "try(?:ing)?"),
    "(?:plan|hope|wish|dream|aim|ambition|intention|goal)s? (?:is|was|are)",
    *("begin(?:s|ning)?", "start(?:s|ed|ing)?", "skills?", "things?", "languages?"),
)
_INTERESTED = _any(
    *("interest(?:ed)?", "keen", "aim(?:s|ing)?", "excited", "dream(?:s|ing)?", "forward", "curious", "enthusiastic"),
    *("passion(?:ate)?", "think(?:ing)?"),
)
_LESSONS = _any(
    "(?:want|need|like|wish for|seek|seeking) (?:(?:some|more|a|further) )?(?:training|lessons?|courses?|classes) in"
)
_WISH_LIST = _any("to learn", "learning (?:goals?|plans?|wishes)", "wish(?: )?list", "(?:skills|things) to learn")
_ONE_WORD = r"(?:\w{1,30}\s{1,5})??"
_WISH = re.compile(
    r"\b"
    + _any(
        rf"{_WANT}\s{{0,5}}:? to {_ONE_WORD}{_STUDY}",
        f"{_INTERESTED} (?:in|on|at|of|to|about|for) {_ONE_WORD}{_STUDYING}",
        "(?:currently|presently|still|now|just|begun|began|started|starting) learning",
        _LESSONS,
    )
    + rf"\b|^[^\S\n]{{0,9}}{_WISH_LIST}[^\S\n]{{0,9}}(?=:|$)",
    re.IGNORECASE | re.MULTILINE,
)
#: It is somebody else who wants to learn: what the writer teaches them is a skill.
_OTHERS = re.compile(
    r"\b"
    + _any(
        *("who", "people", "persons?", "students?", "children", "kids", "pupils", "adults", "learners", "newcomers"),
        *("those", "anyone", "everyone", "others", "they", "members", "beginners", "refugees", "patients", "clients"),
        *("customers", "seniors", "teenagers", "youth", "women", "men"),
    )
    + r"\b(?:\s{1,5}\w{1,30}){0,3}\s{0,5}$",
    re.IGNORECASE,
)
#: With a comma or "and" before it, this begins a clause that says what somebody can do.
_NEW_CLAUSE = _any(
    *("I", "I['\u2019]m", "have", "has", "can", "am", "is", "good", "skilled", "experienced?", "fluent", "proficient"),
    *("strong", "able", "trained", "certified", "qualified", "speaks?", "loves?", "enjoys?", "knows?", "work(?:s|ed)?"),
    *("uses?", "used", "happy", "excellent"),
)
#: What may end a passage.
_STOP = re.compile(
    "|".join(
        [
            r"(?P<hard>[.!?](?=\s|$)|[;\u2022|\u25cf\u25cb\u25aa\u25e6\u2192)\]])",
            r"(?P<line>\n)",
            r"(?P<contrast>\b(?:but|however|although|though|whereas|yet|otherwise)\b)",
            rf"(?P<clause>(?:,|\band\b|\s[-\u2013\u2014])\s{{0,5}}(?:(?:then|also)\s{{1,5}})?{_NEW_CLAUSE}\b)",
            r"(?P<span>\b(?:in|over|during|for|after|since)\s{1,5}(?:\w{1,30}\s{1,5}){0,3}(?:years?|months?|weeks?|decades?)\b)",
            r"(?P<comma>,)",
            r"(?P<preposition>\b(?:in|of|with|during|while|when|since|at|for|from|on|after|among|due|about)\b)",
        ]
    ),
    re.IGNORECASE,
)
_COMPETENCE = re.compile(
    r"\b"
    + _any(
        *(
            "experiences?",
            "knowledge",
            "training",
            "trained",
            "skills?",
            "background",
            "qualifications?",
            "certificates?",
        ),
        *(
            "certification",
            "certified",
            "licen[cs]es?",
            "degrees?",
            "practice",
            "understanding",
            "ability",
            "expertise",
        ),
        *("familiarity", "education", "courses?", "idea", "talent", "clue", "proficiency", "competence", "command"),
        *("exposure", "aptitude", "permit", "diploma", "interest"),
    )
    + r"\b",
    re.IGNORECASE,
)
_OR_LATER = re.compile(r"[^.;!?\n|]{0,120}?\b(?:n?or)\b", re.IGNORECASE)
_CONTINUATION = re.compile(r"(?:,|\b(?:and|or|nor|in|of|with|for|to|a|an|the|as|any|at|on))[ \t]{0,9}$", re.IGNORECASE)
#: What is said after the name: "Welding: none", "Spanish (not yet)".
_DENIED_AFTER = re.compile(
    r"[^\S\n]{0,9}(?:licen[cs]e|experience|skills?|certificate)?[^\S\n]{0,9}[:=(\u2013\u2014-][^\S\n]{0,9}"
    + _any("no", "none", "nil", "never", "not yet", "not really", "n/a", "to learn", "zero")
    + r"\b[^\S\n]{0,9}(?=[.,;)\n|]|$)",
    re.IGNORECASE,
)


class Passages:
    """Parts of a text, asked for by place."""

    def __init__(self, spans: Iterable[Span]) -> None:
        spans = sorted(spans)
        self._starts = [start for start, _ in spans]
        # The farthest end up to each one: passages may lie in each other.
        self._ends = list(accumulate((end for _, end in spans), max))

    def contain(self, place: int) -> bool:
        """Tell whether the place is in one of them."""
        before = bisect_right(self._starts, place) - 1
        return before >= 0 and self._ends[before] > place


class Denials:
    """The passages of a text in which a skill that is named is not one that somebody has."""

    def __init__(self, text: str, opens_section: Callable[[str], bool]) -> None:
        self._text = text
        self._passages = Passages([*_denials(text), *_wishes(text, opens_section)])

    def contain(self, start: int, end: int) -> bool:
        """Tell whether the name at this place is in such a passage, or said not to be there right after it."""
        return self._passages.contain(start) or bool(_DENIED_AFTER.match(self._text, end))


def _denials(text: str) -> Iterator[Span]:
    return _passages(list(_DENIAL.finditer(text)), lambda cue: _end_of_denial(text, cue))


def _wishes(text: str, opens_section: Callable[[str], bool]) -> Iterator[Span]:
    def end_of(cue: re.Match[str]) -> int:
        is_heading = not _rest_of_line(text, cue.end()).strip(" \t:.\u2026-")
        return _end_of_list(text, cue.end(), opens_section) if is_heading else _end_of_wish(text, cue.end())

    return _passages([cue for cue in _WISH.finditer(text) if not _is_of_others(text, cue.start())], end_of)


def _passages(cues: list[re.Match[str]], end_of: Callable[[re.Match[str]], int]) -> Iterator[Span]:
    """Yield the passage of each cue; of those in a passage already only the last is asked how far it goes."""
    starts = [cue.start() for cue in cues]
    number = 0
    while number < len(cues):
        end = max(end_of(cues[number]), cues[number].end())
        yield starts[number], end
        number = max(number + 1, bisect_right(starts, end - 1) - 1)


def _is_of_others(text: str, begin: int) -> bool:
    line = text.rfind("\n", max(0, begin - MAX_SUBJECT_DISTANCE), begin) + 1
    return bool(_OTHERS.search(text, max(line, begin - MAX_SUBJECT_DISTANCE), begin))


def _end_of_denial(text: str, cue: re.Match[str]) -> int:
    """Return where the clause ends that the cue denies."""
    begin, limit = cue.end(), min(len(text), cue.end() + MAX_DENIAL_LENGTH)
    for stop in _STOP.finditer(text, begin, limit):
        clause = text[begin : stop.start()]
        match stop.lastgroup:
            case "line":
                is_over = not _continues(text, stop.start())
            case "comma":
                is_complete = bool(_COMPETENCE.search(clause)) or cue["without"]
                is_over = bool(is_complete) or not _OR_LATER.match(text, stop.end())
            case "preposition":
                # "No accidents in driving" denies accidents, "no experience in driving" denies driving.
                is_over = bool(cue["no"] or cue["without"]) and not _COMPETENCE.search(clause)
            case "contrast":
                is_over = bool(clause.strip())
            case _:
                is_over = True
        if is_over:
            return stop.start()
    return limit


def _end_of_wish(text: str, begin: int) -> int:
    """Return where the sentence or the list ends that is wished for."""
    limit = min(len(text), begin + MAX_WISH_LENGTH)
    for stop in _STOP.finditer(text, begin, limit):
        kind = stop.lastgroup
        if kind in {"hard", "contrast", "clause"} or (kind == "line" and not _continues(text, stop.start())):
            return stop.start()
    return limit


def _end_of_list(text: str, begin: int, opens_section: Callable[[str], bool]) -> int:
    """Return where the lines end that stand under a wish as under a heading: at an empty line, or at a heading."""
    end = text.find("\n", begin)
    while end != -1 and end - begin < MAX_WISH_LENGTH:
        line = _rest_of_line(text, end + 1)
        if not line.strip() or opens_section(line):
            return end
        end = text.find("\n", end + 1)
    return len(text) if end == -1 else end


def _rest_of_line(text: str, begin: int) -> str:
    return text[begin : begin + MAX_LINE_LENGTH].partition("\n")[0]


def _continues(text: str, end: int) -> bool:
    """Tell whether what the line says goes on in the next one."""
    line = text[max(0, end - MAX_LINE_LENGTH) : end].rpartition("\n")[2]
    after = text[end + 1 : end + 40].lstrip(" \t")
    if not after or after[0] == "\n":
        return False
    return bool(_CONTINUATION.search(line)) or (len(line) >= MIN_WRAPPED_LENGTH and after[0].islower())
