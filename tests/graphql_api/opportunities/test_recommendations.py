"""Recommendations over the API: for whom, how many, at what cost, and never with what is not theirs to see."""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts.models import UserType
from domains.opportunities.models import ApplicationStatus, Opportunity, OpportunityStatus
from tests.api import gid
from tests.cache import forget
from tests.factories import (
    ApplicationFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
)
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import RECOMMENDED_OPPORTUNITIES, RECOMMENDED_VOLUNTEERS, TRENDING
from tests.sql import statements_of

QUESTIONS = {
    "recommendedOpportunities": RECOMMENDED_OPPORTUNITIES,
    "recommendedVolunteers": RECOMMENDED_VOLUNTEERS,
    "trendingOpportunities": TRENDING,
}


def variables(question: str, cast: Cast) -> dict[str, Any]:
    role = RoleFactory(opportunity=OpportunityFactory(host=cast.host))
    return {"roleId": gid(role)} if question == "recommendedVolunteers" else {}


def test_a_volunteer_is_told_what_suits_them_and_why(api_as: Any) -> None:
    volunteer, role = UserFactory(), RoleSkillFactory(skill__name="Carpentry").role
    UserSkillFactory(user=volunteer, skill=role.role_skills.get().skill, proficiency_level=5)
    (one,) = api_as(volunteer).ask(RECOMMENDED_OPPORTUNITIES)["recommendedOpportunities"]
    assert one["score"] == 30 + 20 + 4 + 4 + 2
    assert [reason["code"] for reason in one["reasons"]] == [
        "REQUIRED_SKILL",
        "DISTANCE",
        "FRESH",
        "SOON",
        "DATES_FREE",
    ]
    assert one["reasons"][0]["message"] == "It asks for Carpentry, which you have at level 5 of 5."
    assert one["role"]["id"] == gid(role)
    assert one["opportunity"] == {
        "id": gid(role.opportunity),
        "title": role.opportunity.title,
        "status": "OPEN",
        "kind": "SIGN_UP",
        "startDate": one["opportunity"]["startDate"],
        "endDate": one["opportunity"]["endDate"],
        "locationZip": "94110",
        "isRemote": False,
        "host": {
            "id": gid(role.opportunity.host),
            "organizationName": str(role.opportunity.host),
            "isVerified": False,
        },
    }


def test_each_member_is_recommended_what_is_theirs(cast: Cast, api_as: Any) -> None:
    of_host, other = (
        RoleFactory(opportunity=OpportunityFactory(host=host)) for host in (cast.host, OpportunityHostFactory())
    )
    for kind in ("owner", "coordinator", "scanner", "volunteer", "staff"):
        cast[kind].user_type = UserType.BOTH
        cast[kind].save()
    shown = {
        kind: {
            one["role"]["id"] for one in api_as(cast[kind]).ask(RECOMMENDED_OPPORTUNITIES)["recommendedOpportunities"]
        }
        for kind in ("owner", "coordinator", "scanner", "volunteer", "staff")
    }
    everything, foreign = {gid(of_host), gid(other)}, {gid(other)}
    assert shown == {
        "owner": foreign, "coordinator": foreign, "scanner": everything, "volunteer": everything, "staff": everything,
    }  # fmt: skip


def test_a_draft_s_role_does_not_exist_for_others(cast: Cast, api_as: Any) -> None:
    draft = RoleFactory(opportunity=OpportunityFactory(host=cast.host, draft=True))
    assert api_as(cast["volunteer"]).error_code(RECOMMENDED_VOLUNTEERS, roleId=gid(draft)) == "NOT_FOUND"
    assert api_as(cast["owner"]).ask(RECOMMENDED_VOLUNTEERS, roleId=gid(draft))["recommendedVolunteers"]


def test_a_host_who_loses_the_right_is_refused_at_once(cast: Cast, api_as: Any) -> None:
    given, api = variables("recommendedVolunteers", cast), api_as(cast["coordinator"])
    assert api.ask(RECOMMENDED_VOLUNTEERS, **given)["recommendedVolunteers"]
    cast.host.memberships.filter(user=cast["coordinator"]).delete()
    assert api.error_code(RECOMMENDED_VOLUNTEERS, **given) == "FORBIDDEN"


def test_a_host_sees_no_more_of_a_person_than_everybody_does(cast: Cast, api_as: Any) -> None:
    role = RoleFactory(opportunity=OpportunityFactory(host=cast.host))
    person = UserFactory(zip_code="94103", profile__birth_year=1991)
    answer = api_as(cast["owner"]).post(
        """query Q($roleId: ID!) { recommendedVolunteers(roleId: $roleId) {
          reasons { message } volunteer { id email zipCode isEmailVerified } } }""",
        {"roleId": gid(role)},
    )
    (one,) = [one for one in answer["data"]["recommendedVolunteers"] if one["volunteer"]["id"] == gid(person)]
    assert one["volunteer"] == {"id": gid(person), "email": None, "zipCode": None, "isEmailVerified": None}
    text = str(answer)
    assert not [private for private in ("94103", "1991", person.email) if private in text]


@pytest.mark.parametrize("text", ["", "nonsense", "T3Bwb3J0dW5pdHk6MQ=="])
def test_what_is_no_role_s_id_is_not_found(cast: Cast, api_as: Any, text: str) -> None:
    assert api_as(cast["owner"]).error_code(RECOMMENDED_VOLUNTEERS, roleId=text) == "NOT_FOUND"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("first", [0, 51, -1, 2**31 - 1])
def test_a_size_outside_1_to_50_is_refused_before_anything_is_looked_up(
    cast: Cast, api_as: Any, question: str, first: int
) -> None:
    given, api = variables(question, cast), api_as(cast["owner"])
    api.ask("{ me { id } }")  # begins the session
    session = len(statements_of(lambda: api.ask("{ __typename }")))
    asked: list[str] = []
    statements = statements_of(lambda: asked.append(api.error_code(QUESTIONS[question], first=first, **given)))
    assert asked == ["BAD_USER_INPUT"]
    assert len(statements) == session


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_sizes_1_and_50_and_none_are_fine(cast: Cast, api_as: Any, question: str) -> None:
    given, api = variables(question, cast), api_as(cast["owner"])
    for first in (1, 50, None):
        api.ask(QUESTIONS[question], first=first, **given)


def test_ten_come_where_the_document_does_not_say_how_many(cast: Cast, api_as: Any) -> None:
    for _ in range(12):
        ApplicationFactory(role=RoleFactory())
    UserFactory.create_batch(12)
    for question, document in QUESTIONS.items():
        kind = "owner" if question == "recommendedVolunteers" else "volunteer"
        answer = api_as(cast[kind]).ask(document, **variables(question, cast))
        assert len(answer[question]) == 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_five_cost_as_many_statements_as_one(cast: Cast, api_as: Any, question: str) -> None:
    given = variables(question, cast)
    api = api_as(cast["owner" if question == "recommendedVolunteers" else "volunteer"])

    def grow() -> None:
        skill = SkillFactory()
        UserSkillFactory(user=UserFactory(), skill=skill)
        UserSkillFactory(user=cast["volunteer"], skill=skill)
        role = RoleSkillFactory(skill=skill).role
        ApplicationFactory(role=role, status=ApplicationStatus.WAITLISTED)

    def ask() -> list[dict[str, Any]]:
        forget()
        rows: list[dict[str, Any]] = api.ask(QUESTIONS[question], first=50, **given)[question]
        return rows

    api.ask("{ me { id } }")
    grow()
    few, one = len(ask()), statements_of(ask)
    for _ in range(4):
        grow()
    five = statements_of(ask)
    assert len(ask()) >= few + 4
    assert len(five) == len(one), "\n".join(five)


def test_everybody_sees_what_is_trending_as_it_stands_now(cast: Cast, api_as: Any) -> None:
    opportunity = ApplicationFactory(role__opportunity__title="Plant trees").role.opportunity

    def titles(kind: str) -> list[str]:
        return [one["title"] for one in api_as(cast.people[kind]).ask(TRENDING)["trendingOpportunities"]]

    assert [titles(kind) for kind in cast.people] == [["Plant trees"]] * len(cast.people)
    Opportunity.objects.filter(pk=opportunity.pk).update(title="Plant oaks")
    assert titles("stranger") == ["Plant oaks"]
    Opportunity.objects.filter(pk=opportunity.pk).update(status=OpportunityStatus.DRAFT)
    assert [titles(kind) for kind in cast.people] == [[]] * len(cast.people)


def test_a_changed_title_is_fresh_in_the_next_recommendation(api_as: Any) -> None:
    role, api = RoleFactory(), api_as(UserFactory())
    assert api.ask(RECOMMENDED_OPPORTUNITIES)["recommendedOpportunities"][0]["opportunity"]["title"] != "Plant oaks"
    Opportunity.objects.filter(pk=role.opportunity_id).update(title="Plant oaks")
    assert api.ask(RECOMMENDED_OPPORTUNITIES)["recommendedOpportunities"][0]["opportunity"]["title"] == "Plant oaks"


def test_two_people_who_ask_after_each_other_get_each_their_own(api_as: Any) -> None:
    skills = [SkillFactory(), SkillFactory()]
    roles = [RoleSkillFactory(skill=skill).role for skill in skills]
    people = [UserSkillFactory(skill=skill).user for skill in skills]
    first = [api_as(one).ask(RECOMMENDED_OPPORTUNITIES)["recommendedOpportunities"][0]["role"]["id"] for one in people]
    assert first == [gid(role) for role in roles]
