"""Skills by the API: the list, and one's own."""

from __future__ import annotations

from typing import Any

import pytest

from domains.skills.models import UserSkill
from tests.api import Api, codes, gid
from tests.factories import SkillAliasFactory, SkillFactory, UserFactory, UserSkillFactory
from tests.sql import rows_of, statements_of

SKILLS = """
query Skills($filters: SkillFilter, $first: Int, $after: String) {
  skills(filters: $filters, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id name category aliases } }
  }
}"""
ADD = """
mutation AddSkill($input: AddSkillInput!) {
  addSkill(input: $input) {
    __typename
    ... on UserSkill { id proficiencyLevel isVerified source skill { id name category } }
    ... on OperationInfo { messages { kind code field message } }
  }
}"""
REMOVE = """
mutation RemoveSkill($input: RemoveSkillInput!) {
  removeSkill(input: $input) {
    __typename
    ... on User { id skills { skill { id } } }
    ... on OperationInfo { messages { kind code field message } }
  }
}"""


def test_skills_are_found_by_prefix_and_category_with_their_other_names(api: Api) -> None:
    skill = SkillFactory(name="First aid", category="Health")
    SkillAliasFactory(skill=skill, name="Emergency care")
    SkillFactory(name="Gardening")
    shown = api.ask(SKILLS, filters={"search": "emerg", "category": "Health"})["skills"]
    assert shown["totalCount"] == 1
    assert [edge["node"] for edge in shown["edges"]] == [
        {"id": gid(skill), "name": "First aid", "category": "Health", "aliases": ["Emergency care"]}
    ]
    assert api.ask(SKILLS)["skills"]["totalCount"] == 2


def test_skills_come_in_pages_by_name(api: Api) -> None:
    for name in ("Cooking", "Art", "Baking"):
        SkillFactory(name=name)
    first = api.ask(SKILLS, first=2)["skills"]
    second = api.ask(SKILLS, first=2, after=first["pageInfo"]["endCursor"])["skills"]
    assert [edge["node"]["name"] for page in (first, second) for edge in page["edges"]] == ["Art", "Baking", "Cooking"]
    assert (first["totalCount"], second["totalCount"], second["pageInfo"]["hasNextPage"]) == (3, 3, False)


def test_five_skills_cost_as_many_statements_as_one(api: Api) -> None:
    SkillAliasFactory()
    one = statements_of(lambda: api.ask(SKILLS))
    for _ in range(4):
        SkillAliasFactory()
    assert len(statements_of(lambda: api.ask(SKILLS))) == len(one)


@pytest.mark.parametrize("traits", [{}, {"hosting": True}, {"staff": True}], ids=["volunteer", "host", "staff"])
def test_everybody_adds_and_removes_their_own_skills(api_as: Any, traits: dict[str, bool]) -> None:
    user, skill, theirs = UserFactory(**traits), SkillFactory(), UserSkillFactory()
    api = api_as(user)
    added = api.act(ADD, skillId=gid(skill), proficiencyLevel=4)
    assert (added["__typename"], added["proficiencyLevel"], added["source"]) == ("UserSkill", 4, "SELF")
    assert added["skill"]["id"] == gid(skill)
    assert UserSkill.objects.get(user=user).proficiency_level == 4
    removed = api.act(REMOVE, skillId=gid(skill))
    assert (removed["id"], removed["skills"]) == (gid(user), [])
    assert list(UserSkill.objects.all()) == [theirs]


@pytest.mark.parametrize("document", [ADD, REMOVE])
def test_a_stranger_is_refused_and_nothing_changes(api: Api, document: str) -> None:
    held = UserSkillFactory()
    before = rows_of("skills")
    assert codes(api.act(document, skillId=gid(held.skill))) == ["UNAUTHENTICATED"]
    assert rows_of("skills") == before


@pytest.mark.parametrize("document", [ADD, REMOVE])
def test_what_is_no_skill_is_not_found(api_as: Any, document: str) -> None:
    held = UserSkillFactory()
    before = rows_of("skills")
    for wrong in ("nonsense", gid(held.skill, "Cause")):
        payload = api_as(held.user).act(document, skillId=wrong)
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("NOT_FOUND", "skillId")]
    assert rows_of("skills") == before


def test_a_wrong_level_names_its_field(api_as: Any) -> None:
    payload = api_as(UserFactory()).act(ADD, skillId=gid(SkillFactory()), proficiencyLevel=6)
    assert [(message["code"], message["field"]) for message in payload["messages"]] == [("INVALID", "proficiencyLevel")]
    assert not UserSkill.objects.exists()
