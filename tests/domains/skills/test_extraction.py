"""Finding skills in a text: what is found, what is not, and how sure that is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.base.file_kinds import FileKind
from domains.skills.extraction import Match, Matcher, Name, Section
from domains.skills.extraction.matching import MAX_TEXT_LENGTH, MIN_CONFIDENCE
from domains.skills.extraction.readable import readable_kind
from domains.skills.extraction.words import heading

SKILLS = {
    1: "Gardening",
    2: "First aid",
    3: "Project management",
    4: "Project",
    5: "C",
    6: "C++",
    7: "R",
    8: "Go",
    9: "JavaScript",
    10: "Java",
    11: "Node.js",
    12: "Tree planting",
    13: "PET",
    14: "Spring",
    15: "Organic food preparation and cooking",
    16: "Teach children",
}
ALIASES = {1: "Horticulture", 2: "CPR", 9: "JS"}


def names(*, curated: bool = True) -> list[Name]:
    return [
        *(Name(name, skill_id, is_curated=curated) for skill_id, name in SKILLS.items()),
        *(Name(name, skill_id, is_alias=True, is_curated=curated) for skill_id, name in ALIASES.items()),
    ]


MATCHER = Matcher(names())
PUBLISHED = Matcher(names(curated=False))


def found(text: str, matcher: Matcher = MATCHER) -> set[str]:
    return {SKILLS[match.skill_id] for match in matcher.find(text)}


def confidence_of(skill: str, text: str) -> float:
    return next(match.confidence for match in MATCHER.find(text) if SKILLS[match.skill_id] == skill)


def test_the_longest_name_wins_and_takes_its_words_with_it() -> None:
    assert found("Skills: Project Management") == {"Project management"}
    assert found("Skills: JavaScript") == {"JavaScript"}
    assert found("Skills: C++") == {"C++"}


def test_a_name_ends_where_its_words_do() -> None:
    assert found("Skills: Javanese dances, Gardeningly, firstaid") == set()


@pytest.mark.parametrize(
    "text", ["Skills: first, aid", "Skills: first; aid", "Skills: first\n\naid", "Skills: first | aid", "First. Aid"]
)
def test_a_name_is_not_put_together_from_two_items(text: str) -> None:
    assert found(text) == set()


def test_a_name_goes_on_over_the_end_of_a_line() -> None:
    assert found("Responsible for tree\nplanting along the creek") == {"Tree planting"}


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("planted trees", set()),
        ("Skills: tree plantings", {"Tree planting"}),
        ("taught children", {"Teach children"}),
        ("teaching children", {"Teach children"}),
        ("Skills: FIRST AID", {"First aid"}),
        ("Skills: first-aid", {"First aid"}),
        ("Skills: \ufb01rst aid", {"First aid"}),
        ("Skills: garden\u00ading", {"Gardening"}),
        ("Skills: horticulture", {"Gardening"}),
    ],
)
def test_endings_capitals_and_other_names_are_seen_through(text: str, skill: set[str]) -> None:
    assert found(text) == skill


def test_short_names_count_in_their_own_capitals_in_a_list_of_skills() -> None:
    assert found("Skills: C, R, Go, C++") == {"C", "R", "Go", "C++"}
    assert found("Skills: c, r, go") == set()


@pytest.mark.parametrize(
    "text", ["We let it go and go on", "Go to the office", "Vitamin C helps", "R. Smith", "Plan C failed"]
)
def test_short_names_are_no_skills_in_a_sentence(text: str) -> None:
    assert found(f"Experience\n{text}") == set()


def test_a_short_name_counts_in_a_sentence_among_surer_ones() -> None:
    assert found("Experience\nBuilt services in JavaScript, Go and Node.js") == {"JavaScript", "Go", "Node.js"}


def test_an_abbreviation_must_be_written_as_one() -> None:
    assert found("Skills: PET") == {"PET"}
    assert found("Skills: pet, cpr") == set()
    assert found("EXPERIENCE\nI HAD A PET AT HOME") == set()


def test_an_ordinary_word_that_is_a_product_needs_a_list_unless_it_is_curated() -> None:
    assert "Spring" not in found("Experience\nEvery Spring we planted trees", PUBLISHED)
    assert "Spring" in found("Skills: Spring, JavaScript", PUBLISHED)
    assert "Spring" in found("Skills: Spring, JavaScript")


def test_an_ordinary_word_as_another_name_in_a_published_taxonomy_says_nothing() -> None:
    names = [Name("think creatively", 1), Name("design", 1, is_alias=True)]
    assert Matcher(names).find("Skills: Design, Gardening") == []
    curated = [name._replace(is_curated=True) for name in names]
    assert [match.skill_id for match in Matcher(curated).find("Skills: Design, Gardening")] == [1]


def test_capitals_in_a_line_with_a_year_or_a_place_are_those_of_a_firm() -> None:
    matcher = Matcher([Name("ABC", 1)])
    assert matcher.find("Experience\nEngineer at ABC Tech (2022-2024)") == []
    assert matcher.find("Experience\nABC, Boston, MA") == []
    assert [match.skill_id for match in matcher.find("Experience\nWrote programs in ABC")] == [1]


def test_a_name_of_too_many_words_is_left_out_and_stops_nothing() -> None:
    longest = " ".join(f"word{number}" for number in range(10))
    too_long = " ".join(f"term{number}" for number in range(11))
    matcher = Matcher([Name(longest, 1), Name(too_long, 2), Name("", 3), Name("...", 4)])
    assert matcher.size == 1
    assert [match.skill_id for match in matcher.find(f"{too_long}, {longest}")] == [1]


def test_nothing_in_a_heading_or_a_line_of_contact_is_a_skill() -> None:
    matcher = Matcher([Name("Languages", 1), Name("Java", 2), Name("Gardening", 3)])
    assert [match.skill_id for match in matcher.find("Languages: Java")] == [2]
    assert matcher.find("Jane Gardening, jane@gardening.org") == []
    assert matcher.find("Gardening Street 5 | (415) 555-0100") == []
    assert matcher.find("https://gardening.example/java") == []


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("SKILLS", Section.SKILLS),
        ("Technical Skills: Java, Go", Section.SKILLS),
        ("## Skills & Tools", Section.SKILLS),
        ("Work Experience", Section.EXPERIENCE),
        ("— Education —", Section.EDUCATION),
        ("Publications", Section.OTHER),
        ("I have many skills", None),
        ("", None),
        ("Skills that I learned while I worked at the county fair", None),
    ],
)
def test_headings_open_sections(line: str, section: Section | None) -> None:
    assert heading(line) == section


def test_the_section_tells_how_sure_a_find_is() -> None:
    sections = ("Skills", "Experience", "Education", "Publications")
    sureness = [confidence_of("First aid", f"{section}\nHeld a course in first aid") for section in sections]
    assert sureness == sorted(sureness, reverse=True)
    assert len(set(sureness)) == len(sections)


def test_a_preferred_name_is_surer_than_another_and_two_places_than_one() -> None:
    assert confidence_of("Gardening", "Skills: Gardening") > confidence_of("Gardening", "Skills: Horticulture")
    once = confidence_of("Gardening", "Experience\nLed gardening here")
    assert confidence_of("Gardening", "Experience\nLed gardening here\nMore gardening there") > once


def test_the_surest_come_first_and_the_rest_is_not_suggested() -> None:
    matches = MATCHER.find(
        "Skills: Gardening, C\nExperience\nProject management\nInterests\nGo, first aid, horticulture"
    )
    sureness = [match.confidence for match in matches]
    assert sureness == sorted(sureness, reverse=True)
    assert min(sureness) >= MIN_CONFIDENCE
    assert found("Interests\nHorticulture") == set(), "another name, among hobbies"


def test_a_name_of_two_skills_is_less_sure_than_one_of_its_own() -> None:
    text = "Skills: Pruning"
    alone = Matcher([Name("Pruning", 1)]).find(text)
    shared = Matcher([Name("Pruning", 1), Name("pruning", 2)]).find(text)
    assert len(shared) == 1
    assert shared[0].confidence < alone[0].confidence


def test_what_is_shown_is_the_line_around_the_find_cut_at_words() -> None:
    before, after = "so many words before it " * 5, " and very many more after it" * 5
    (match,) = MATCHER.find(f"Another line\n{before}first aid{after}\nand a last line")
    assert "first aid" in match.text
    assert match.text.startswith("… ")
    assert match.text.endswith(" …")
    assert "line" not in match.text
    assert len(match.text) <= MAX_TEXT_LENGTH


def test_a_list_of_names_is_taken_item_by_item() -> None:
    matches = MATCHER.find_named(["First Aid", "horticulture", "Gardening", "I like gardening", "Nothing known", "R"])
    assert [(match.skill_id, match.text) for match in matches] == [
        (2, "First Aid"),
        (1, "horticulture"),
        (7, "R"),
    ]
    assert Matcher([]).find_named(["First aid"]) == []


def test_a_matcher_of_nothing_finds_nothing() -> None:
    assert Matcher([]).find("Skills: Gardening") == []


#: Pieces that meet the rules at their edges, mixed with whatever there is.
PIECES = st.sampled_from(
    [*SKILLS.values(), *ALIASES.values(), "Skills:", "Experience", "\n", "\n\n", ", ", " & ", " - ", "\r\n", "\r", "\t",
     "\u00ad", "\u200b", "\u0130", "\ufb01", "a@b.org", "https://", "2019", "(415) 555-0100", ".", "'s", "#", "++",
     "\x00"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=60).map("".join))


@settings(deadline=None)
@given(TEXTS)
def test_any_text_gives_each_skill_once_surest_first_with_its_place(text: str) -> None:
    for matcher in (MATCHER, PUBLISHED):
        matches = matcher.find(text)
        assert len({match.skill_id for match in matches}) == len(matches)
        assert matches == sorted(matches, key=lambda match: (-match.confidence, match.skill_id))
        for match in matches:
            assert MIN_CONFIDENCE <= match.confidence <= 1
            assert 0 < len(match.text) <= MAX_TEXT_LENGTH
            assert lies_in(match, text)


def lies_in(match: Match, text: str) -> bool:
    """Tell whether the words shown stand in the text in that order, whatever lay between them."""
    rest = iter(_letters(text))
    return all(letter in rest for letter in _letters(match.text.strip("…")))


def _letters(text: str) -> list[str]:
    return [one for one in unicodedata.normalize("NFKC", text.replace("\u00ad", "")) if one.isalnum()]


@settings(deadline=None)
@given(TEXTS)
def test_a_name_of_any_characters_leaves_the_others_to_be_found(text: str) -> None:
    matcher = Matcher([Name(text, 1), Name("Gardening", 2)])
    assert {match.skill_id for match in matcher.find(f"Skills: Gardening\n\n{text}")} & {1, 2}
    assert {match.skill_id for match in matcher.find_named([text])} <= {1, 2}


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_of_a_kind_or_none(content: bytes) -> None:
    assert readable_kind(content) in {*FileKind, None}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", FileKind.PDF),
        (b"junk before it\n%PDF-1.4", FileKind.PDF),
        (b"PK\x03\x04....word/document.xml", FileKind.DOCX),
        (b"PK\x03\x04....Skills.csv", FileKind.ZIP),
        ("Jane Doe\nSkills: café".encode(), FileKind.TEXT),
        ("Jane Doe\nSkills: café".encode("cp1252"), FileKind.TEXT),
        ("Jane Doe".encode("utf-16"), FileKind.TEXT),
        (b"<!DOCTYPE html><p>Jane", None),
        (b'{"basics": {}}', None),
        (b"{\\rtf1 Jane}", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None),
        (b"\x7fELF\x02\x01\x01", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: FileKind | None) -> None:
    assert readable_kind(content) == kind
