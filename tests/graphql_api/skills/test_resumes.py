"""Resumes by the API: handed in, read, and their skills taken over. Who sees them: tests/house/permissions.toml."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from domains.skills import services
from domains.skills.models import Resume, ResumeStatus, UserSkill
from tests.api import Api, codes, gid
from tests.factories import (
    ResumeFactory,
    ResumeSuggestionFactory,
    SkillAliasFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
)
from tests.resumes import EXPORT, RESUME, pdf_of, upload_of, zip_of
from tests.sql import rows_of, statements_of

UPLOAD = """
mutation UploadResume($input: UploadResumeInput!) {
  uploadResume(input: $input) {
    __typename
    ... on Resume { id status originalName failureReason suggestions { id } }
    ... on OperationInfo { messages { kind code field message } }
  }
}"""
IMPORT = """
mutation ImportLinkedinExport($input: ImportLinkedinExportInput!) {
  importLinkedinExport(input: $input) {
    __typename
    ... on Resume { id status }
    ... on OperationInfo { messages { kind code field message } }
  }
}"""
ACCEPT = """
mutation AcceptResumeSkills($input: AcceptResumeSkillsInput!) {
  acceptResumeSkills(input: $input) {
    __typename
    ... on User { id skills { proficiencyLevel isVerified source skill { id name } } }
    ... on OperationInfo { messages { kind code field message } }
  }
}"""
RESUME_FIELDS = """resume {
  id status failureCode failureReason originalName createdAt
  suggestions { matchedText confidence isAccepted skill { id name aliases } }
}"""
MINE = f"query MyResume {{ me {{ profile {{ {RESUME_FIELDS} }} skills {{ source skill {{ id }} }} }} }}"


def my_resume(api: Api) -> Any:
    return api.ask(MINE)["me"]["profile"]["resume"]


@pytest.mark.django_db(transaction=True)
def test_the_whole_story_from_the_file_to_ones_skills(api_as: Any) -> None:
    gardening = SkillFactory(name="Gardening")
    aid = SkillAliasFactory(skill__name="Reanimation", name="First aid").skill
    mine = UserFactory()
    api = api_as(mine)
    assert my_resume(api) is None

    uploaded = api.act(UPLOAD, resume=upload_of(pdf_of(RESUME), "Jane Doe.pdf"))
    assert (uploaded["__typename"], uploaded["originalName"]) == ("Resume", "Jane Doe.pdf")
    read = my_resume(api)
    assert (read["id"], read["status"], read["failureReason"], read["failureCode"]) == (
        uploaded["id"], "PARSED", None, None,
    )  # fmt: skip
    surest, other = read["suggestions"]
    assert (surest["skill"]["id"], other["skill"]["id"]) == (gid(gardening), gid(aid))
    assert 0.5 < other["confidence"] < surest["confidence"] <= 1
    assert surest["matchedText"] == "Gardening, First aid, Bookkeeping"
    assert other["skill"]["aliases"] == ["First aid"]
    assert not surest["isAccepted"]
    assert not UserSkill.objects.exists()

    accepted = api.act(ACCEPT, resumeId=uploaded["id"], skillIds=[gid(gardening)])
    held = {"proficiencyLevel": 3, "isVerified": False, "source": "RESUME"}
    assert accepted["skills"] == [{**held, "skill": {"id": gid(gardening), "name": "Gardening"}}]
    assert accepted["id"] == gid(mine)
    assert [one["isAccepted"] for one in my_resume(api)["suggestions"]] == [True, False]
    assert api.ask(MINE)["me"]["skills"] == [{"source": "RESUME", "skill": {"id": gid(gardening)}}]
    assert api.act(ACCEPT, resumeId=uploaded["id"], skillIds=[gid(gardening)]) == accepted


@pytest.mark.django_db(transaction=True)
def test_an_export_gives_skills_that_say_where_they_came_from(api_as: Any) -> None:
    gardening, api = SkillFactory(name="Gardening"), api_as(UserFactory())
    imported = api.act(IMPORT, archive=upload_of(zip_of(EXPORT), "Basic_LinkedInDataExport.zip"))
    assert imported["__typename"] == "Resume"
    (suggestion,) = my_resume(api)["suggestions"]
    assert (suggestion["skill"]["id"], suggestion["matchedText"]) == (gid(gardening), "Gardening")
    accepted = api.act(ACCEPT, resumeId=imported["id"], skillIds=[gid(gardening)])
    assert [one["source"] for one in accepted["skills"]] == ["LINKEDIN"]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_says_why_and_what_to_do(api_as: Any) -> None:
    api = api_as(UserFactory())
    assert api.act(UPLOAD, resume=upload_of(pdf_of("")))["__typename"] == "Resume"
    shown = my_resume(api)
    assert (shown["status"], shown["failureCode"], shown["suggestions"]) == ("FAILED", "NO_TEXT", [])
    assert "addSkill" in shown["failureReason"]


def test_a_new_upload_takes_the_place_of_the_former(api_as: Any) -> None:
    former = ResumeSuggestionFactory().resume
    api = api_as(former.user)
    uploaded = api.act(UPLOAD, resume=upload_of())
    assert (uploaded["status"], uploaded["suggestions"]) == ("PENDING", [])
    assert [gid(one) for one in Resume.objects.all()] == [uploaded["id"]] != [gid(former)]


@pytest.mark.parametrize("traits", [{}, {"hosting": True}, {"staff": True}], ids=["volunteer", "host", "staff"])
def test_everybody_has_a_resume_of_their_own(api_as: Any, traits: dict[str, bool]) -> None:
    user = UserFactory(**traits)
    assert api_as(user).act(UPLOAD, resume=upload_of())["__typename"] == "Resume"
    assert Resume.objects.get().user == user


def test_a_stranger_hands_in_nothing(api: Api) -> None:
    before = rows_of("skills", "base")
    assert codes(api.act(UPLOAD, resume=upload_of())) == ["UNAUTHENTICATED"]
    assert codes(api.act(IMPORT, archive=upload_of(zip_of(EXPORT)))) == ["UNAUTHENTICATED"]
    assert rows_of("skills", "base") == before


@pytest.mark.parametrize(
    ("document", "input", "refusal"),
    [
        (UPLOAD, {"resume": upload_of(b"x" * (5 * 1024 * 1024 + 1))}, ("TOO_LARGE", "resume")),
        (UPLOAD, {"resume": upload_of(b" ", "empty.pdf")}, ("INVALID", "resume")),
        (UPLOAD, {"resume": upload_of(b"\x89PNG\r\n\x1a\n\x00", "resume.pdf")}, ("UNSUPPORTED_TYPE", "resume")),
        (UPLOAD, {"resume": upload_of(zip_of(EXPORT), "resume.docx")}, ("UNSUPPORTED_TYPE", "resume")),
        (IMPORT, {"archive": upload_of(RESUME, "export.zip")}, ("UNSUPPORTED_TYPE", "archive")),
    ],
    ids=["large", "empty", "png", "zip", "no zip"],
)
def test_a_wrong_file_names_its_field_and_the_former_stays(
    api_as: Any, document: str, input: dict[str, Any], refusal: tuple[str, str]
) -> None:
    former = ResumeSuggestionFactory().resume
    before = rows_of("skills", "base")
    input = {name: ContentFile(_content_of(file), file.name) for name, file in input.items()}
    payload = api_as(former.user).act(document, **input)
    assert [(one["code"], one["field"]) for one in payload["messages"]] == [refusal]
    assert rows_of("skills", "base") == before


def _content_of(file: Any) -> bytes:
    file.seek(0)
    content: bytes = file.read()
    return content


def test_what_is_no_file_is_a_client_error(api_as: Any) -> None:
    before = rows_of("skills", "base")
    answer = api_as(UserFactory()).post(UPLOAD, {"input": {"resume": "a text"}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert rows_of("skills", "base") == before


def test_accepting_is_refused_for_what_is_unknown_unread_or_not_suggested(api_as: Any) -> None:
    suggestion, elsewhere, waiting = ResumeSuggestionFactory(), SkillFactory(), ResumeFactory()
    resume, skill = suggestion.resume, suggestion.skill
    before = rows_of("skills", "base")

    def refusal(api: Api, resume_id: str, *skill_ids: str) -> list[tuple[str, str]]:
        messages = api.act(ACCEPT, resumeId=resume_id, skillIds=list(skill_ids))["messages"]
        return [(message["code"], message["field"]) for message in messages]

    owner = api_as(resume.user)
    for wrong in ("nonsense", gid(skill), gid(resume, "User")):
        assert refusal(owner, wrong, gid(skill)) == [("NOT_FOUND", "resumeId")]
    for wrong in ("nonsense", gid(elsewhere), gid(skill, "Cause")):
        assert refusal(owner, gid(resume), gid(skill), wrong) == [("NOT_FOUND", "skillIds")]
    assert refusal(api_as(waiting.user), gid(waiting), gid(skill)) == [("NOT_READ_YET", "resumeId")]
    assert rows_of("skills", "base") == before


def test_five_suggestions_cost_as_many_statements_as_one(api_as: Any) -> None:
    resume = ResumeFactory(status=ResumeStatus.PARSED)
    api = api_as(resume.user)

    def grow() -> None:
        skill = SkillAliasFactory().skill
        ResumeSuggestionFactory(resume=resume, skill=skill)
        UserSkillFactory(user=resume.user, skill=skill)

    grow()
    my_resume(api)  # the session of the test begins here
    one = statements_of(lambda: my_resume(api))
    for _ in range(4):
        grow()
    five = statements_of(lambda: my_resume(api))
    assert len(my_resume(api)["suggestions"]) == 5
    assert len(five) == len(one)


def test_a_suggestion_of_a_skill_that_was_merged_is_not_shown(api_as: Any) -> None:
    suggestion = ResumeSuggestionFactory()
    ResumeSuggestionFactory(resume=suggestion.resume, skill=SkillFactory(merged_into=suggestion.skill))
    shown = my_resume(api_as(suggestion.resume.user))["suggestions"]
    assert [one["skill"]["id"] for one in shown] == [gid(suggestion.skill)]


def test_a_resume_that_the_next_one_replaced_before_it_was_answered_is_a_conflict(
    api_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, upload = api_as(UserFactory()), services.upload_resume

    def and_another(**given: Any) -> Resume:
        first = upload(**given)
        upload(**given | {"file": upload_of()})
        return first

    monkeypatch.setattr(services, "upload_resume", and_another)
    refused = api.act(UPLOAD, resume=upload_of())
    assert codes(refused) == ["CONFLICT"]
    assert "does not exist" not in refused["messages"][0]["message"]
    assert Resume.objects.count() == 1
