"""What counts as a resume: anything in which something of one is found."""

from __future__ import annotations

import pytest

from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.services.find_resume_skills import find_resume_skills, looks_like_a_resume
from tests.factories import SkillFactory
from tests.resumes import RESUME


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (RESUME, True),
        ("Jane jane@people.example 2019 2020", False),
        ("word " * 100, False),
        (f"{'word ' * 100}\nSkills\nExperience", True),
        (f"{'word ' * 100}\njane@people.example", False),
        ("Jo Lee\nExperience\nCook, 2019 - 2021\nEducation\nCity College, 2015", True),
        ("Jo Lee\nExperience as a cook, 2019 - 2021\nEducation at City College, 2015", True),
        ("J O   L E E\nE X P E R I E N C E\nCook for eighty\nE D U C A T I O N\nCity College", True),
        ("j o . l e e @ e x a m p l e . o r g\nW O R K H I S T O R Y\nCook for eighty people", True),
        ("Jo Lee\nCook, 2019 - 2021, 2022\n+1 415 555 0100", True),
    ],
)
def test_a_resume_has_two_signs_of_being_one(text: str, is_one: bool) -> None:
    assert looks_like_a_resume(text) is is_one


@pytest.mark.django_db
def test_what_names_a_skill_is_read_whatever_it_looks_like() -> None:
    gardening = SkillFactory(name="Gardening")
    found = find_resume_skills("I love gardening.")
    assert ([match.skill_id for match in found.matches], found.failure) == ([gardening.pk], None)
    assert find_resume_skills("I love my garden.").failure == Failure.NOT_A_RESUME
    plain = find_resume_skills("Jo Lee\nExperience\nCook, 2019 - 2021\nEducation\nCity College, 2015")
    assert (plain.matches, plain.failure) == ([], None)


@pytest.mark.parametrize("failure", Failure)
def test_each_reason_names_a_way_on(failure: Failure) -> None:
    assert "addSkill" in SENTENCES[failure]
