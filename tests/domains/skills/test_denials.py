"""What somebody says they cannot do, have not done or would like to learn is not suggested; what they can do is."""

from __future__ import annotations

import re

import pytest

from domains.skills.extraction import Matcher, Name, denials
from domains.skills.services.skill_files import read_starter_set

NAMES = [
    name
    for number, row in enumerate(read_starter_set())
    for name in (
        Name(row.name, number, is_curated=True),
        *(Name(alias, number, is_alias=True, is_curated=True) for alias in row.aliases),
    )
]
SKILLS = {name.skill_id: name.text for name in reversed(NAMES) if not name.is_alias}
MATCHER = Matcher(NAMES)


def found(text: str) -> set[str]:
    return {SKILLS[match.skill_id] for match in MATCHER.find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Experience\nI have no experience in nursing.",
        "Skills\nNo welding",
        "I have never done any plumbing or carpentry.",
        "I never learned Spanish.",
        "I do not speak Spanish or French.",
        "Don't have a driving licence.",
        "Experience\nI cannot drive; no driving licence",
        "without a driving licence",
        "Not yet trained in first aid.",
        "Skills\nWelding (not yet)",
        "Skills\nWelding: none",
        "Skills\nSpanish - none",
        "I lack knowledge of bookkeeping.",
        "I would love to learn carpentry and welding.",
        "Hoping to take up photography next year",
        "I am keen on learning plumbing",
        "Interested in learning Spanish",
        "Currently learning Spanish",
        "Would like to try gardening",
        "Want to learn:\nSpanish\nWelding\n",
        "Skills\nWant to learn\nSpanish\nWelding\n\n",
        "Learning goals: Spanish, welding and baking",
        "Neither baking nor sewing",
        "No baking, sewing or gardening.",
        "I have had no training in nursing or\nwelding so far.",
        "I'd like to learn plumbing, welding and carpentry",
        "My plan is to learn Spanish",
        "No formal qualification in nursing",
        "Didn't do any welding",
        "haven't tried carpentry",
        "Unable to offer plumbing",
        "Zero experience in welding",
        "I wish to become skilled in carpentry",
        "Spanish: not yet",
        "NO WELDING EXPERIENCE",
        "I have yet to learn sewing",
        "I am not a plumber and have never done welding",
        "Skills I want to learn: sewing",
        "Experience\nno knowledge of Spanish",
        "I was never trained in first aid",
        "Looking to learn welding",
    ],
)
def test_what_is_denied_or_wished_for_is_no_skill(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Helper, Plumbing World, 2019 - 2021",
        "Cook at WakeUpHandler's Baking",
        "Clerk, Carpentry & Sons Ltd, 2018",
        "Baker Street 221, Dance Avenue",
        "Worked for Welding Supplies LLC",
        "References\nJoe Doe, head of Nursing",
        "Referees: Dr. Kim Lee, Professor of Photography",
        "Skills\nLocation: 12 Gardening Lane",
    ],
)
def test_names_of_firms_streets_and_what_others_can_do_are_no_skills(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Not only baking but also gardening", ["Baking", "Gardening"]),
        ("Not just sewing, carpentry too", ["Carpentry", "Sewing"]),
        ("I taught adults who want to learn Spanish", ["Spanish"]),
        ("including but not limited to first aid, welding", ["First aid", "Welding"]),
        ("No driving licence. Baking, sewing.", ["Baking", "Sewing"]),
        ("Skills\nno driving licence\nbaking\nsewing", ["Baking", "Sewing"]),
        ("No nursing experience, but baking and sewing", ["Baking", "Sewing"]),
        ("No nursing experience, baking, sewing", ["Baking", "Sewing"]),
        ("I never missed a gardening shift", ["Gardening"]),
        ("No accidents in ten years of welding", ["Welding"]),
        ("Skills\nWelding without supervision, baking", ["Baking", "Welding"]),
        ("Not afraid of public speaking", ["Public speaking"]),
        ("Worked at the Harbour Kitchen baking bread", ["Baking"]),
        ("Want to learn: Spanish\n\nSkills\nBaking", ["Baking"]),
        ("Want to learn\nSpanish\nSkills\nBaking, sewing", ["Baking", "Sewing"]),
        ("Carpentry Instructor, Harbour School, 2019", ["Carpentry"]),
        ("Skills\nPublic Speaking, First Aid, Photography", ["First aid", "Photography", "Public speaking"]),
        ("Helped people learn to love gardening", ["Gardening"]),
        ("I want to use my Spanish", ["Spanish"]),
        ("Skills\nBAKING\nSEWING\nFIRST AID\nEducation", ["Baking", "First aid", "Sewing"]),
        ("First aid: CPR, bandaging, burns", ["First aid"]),
        ("Spanish: reading, writing, speaking", ["Spanish"]),
        ("Experience\nNo. 1 in sales. Gardening", ["Gardening"]),
        ("without doubt the best at baking", ["Baking"]),
        ("No problem with public speaking", ["Public speaking"]),
        ("I have no driving licence and speak Spanish", ["Spanish"]),
        ("Skills\nSpanish (fluent), welding (certified)", ["Spanish", "Welding"]),
        ("Plan and lead gardening", ["Gardening"]),
        ("Learned Spanish and started sewing", ["Sewing", "Spanish"]),
        ("- I do not drive\n- Gardening\n- Baking", ["Baking", "Gardening"]),
        ("• No nursing\n• Baking", ["Baking"]),
        ("I can't imagine life without gardening", ["Gardening"]),
    ],
)
def test_what_is_said_beside_a_denial_counts(text: str, skills: list[str]) -> None:
    assert found(text) >= set(skills)


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        (
            "Skills: photogra-\nphy, first-\naid, book\u00ad\nkeeping, pub-\nlic speaking, story\u00ac\ntelling",
            ["Bookkeeping", "First aid", "Photography", "Public speaking", "Storytelling"],
        ),
        ("S K I L L S :\nB a k i n g ,   S e w i n g\nW O R K   H I S T O R Y\nsomething", ["Baking", "Sewing"]),
        ("S K I L L S\nBaking", ["Baking"]),
        ("WORKEXPERIENCE\nTaught gardening", ["Gardening"]),
        ("Skills\nphoto-\n\ngraphy", ["Photography"]),
    ],
)
def test_words_are_whole_whatever_layout_did_to_them(text: str, skills: list[str]) -> None:
    assert found(text) >= set(skills)


@pytest.mark.parametrize(
    "text",
    [
        "PHOTOGRAPHY\nThree summers at the shore station, 2019 - 2021.",
        "Skills\nBaking\n\nRESEARCH\nThree summers at the shore station, 2019.".replace("Baking", "Something"),
        "Research\nThree summers at the shore station",
    ],
)
def test_a_heading_alone_is_no_evidence(text: str) -> None:
    assert found(text) == set()


def test_the_words_before_a_list_of_skills_are_a_heading_and_before_anything_else_they_are_not() -> None:
    assert found("Skills\nPhotography: welding, baking, sewing") == {"Welding", "Baking", "Sewing"}
    assert found("Skills\nPhotography: weddings, birthdays, pets") == {"Photography"}


def test_passages_cost_the_same_for_each_cue_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    end_of = denials._end_of_denial

    def counted(text: str, cue: re.Match[str]) -> int:
        asked.append(cue.start())
        return end_of(text, cue)

    monkeypatch.setattr(denials, "_end_of_denial", counted)
    denials.Denials("no " * 4_000, lambda line: False)
    # Each passage holds fifty cues, of which the last alone is asked where it ends.
    assert len(asked) < 4_000 / 20
