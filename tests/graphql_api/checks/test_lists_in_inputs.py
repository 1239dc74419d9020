"""Every list that a mutation takes costs as many SQL statements with twenty items as with one.

The lists are found by walking the schema. A new one fails here until it has a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import GraphQLInputObjectType, GraphQLList, get_named_type, get_nullable_type

from domains.accounts.models import ProfileField, User
from domains.messaging.services.send_message import MAX_FILES
from domains.notifications.models import NotificationKind
from domains.opportunities.models import ApplicationStatus
from graphql_api.schema import schema
from tests.api import Api, gid
from tests.door import offline, open_event, scanner_of, tickets_to
from tests.factories import (
    ApplicationFactory,
    CauseFactory,
    CourseFactory,
    HostMembershipFactory,
    MessageAttachmentFactory,
    NotificationFactory,
    OpportunityFactory,
    ResumeFactory,
    ResumeSuggestionFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    conversation_between,
    owner_of,
)
from tests.midsummer import YEAR

pytestmark = pytest.mark.django_db

MUTATION: Any = schema._schema.mutation_type
MANY = 20
Wish = tuple[User | None, dict[str, Any]]
CASES: dict[str, Callable[[int], Wish]] = {}


def lists_of(kind: Any, path: str) -> Iterator[str]:
    """Yield the path of each list in an input, those within lists too."""
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if isinstance(get_nullable_type(field.type), GraphQLList):
            yield f"{path}.{name}"
        if isinstance(inner, GraphQLInputObjectType):
            yield from lists_of(inner, f"{path}.{name}")


LISTS = sorted(
    path
    for name, field in MUTATION.fields.items()
    for argument in field.args.values()
    if isinstance(kind := get_named_type(argument.type), GraphQLInputObjectType)
    for path in lists_of(kind, name)
)


def case(*paths: str) -> Callable[[Callable[[int], Wish]], Callable[[int], Wish]]:
    """Register who sends what with so many items in each of these lists."""

    def register(make: Callable[[int], Wish]) -> Callable[[int], Wish]:
        CASES.update(dict.fromkeys(paths, make))
        return make

    return register


def ids(factory: Any, number: int, **fields: Any) -> list[str]:
    return [gid(one) for one in factory.create_batch(number, **fields)]


def a_role(number: int, **more: Any) -> dict[str, Any]:
    return {
        "title": "Planting trees",
        "slotsAvailable": 3,
        "skills": [{"skillId": one} for one in ids(SkillFactory, number)],
        "requiredCourseIds": ids(CourseFactory, number),
        "requiredVerifications": [("IDENTITY", "BACKGROUND_CHECK")[turn % 2] for turn in range(number)],
        **more,
    }


def an_opportunity(**more: Any) -> Wish:
    membership = HostMembershipFactory()
    return membership.user, {
        "hostId": gid(membership.host),
        "title": "Trees for the hill",
        "description": "Bring gloves and friends.",
        "startDate": f"{YEAR + 1}-05-04T10:00:00Z",
        "endDate": f"{YEAR + 1}-05-04T12:00:00Z",
        **more,
    }


@case("createOpportunity.causeIds")
def causes_of_a_new_one(number: int) -> Wish:
    return an_opportunity(causeIds=ids(CauseFactory, number))


@case("createOpportunity.roles")
def roles(number: int) -> Wish:
    return an_opportunity(roles=[a_role(1) for _ in range(number)])


@case(
    "createOpportunity.roles.skills",
    "createOpportunity.roles.requiredCourseIds",
    "createOpportunity.roles.requiredVerifications",
)
def what_the_role_of_a_new_one_asks_for(number: int) -> Wish:
    return an_opportunity(roles=[a_role(number)])


@case("updateOpportunity.causeIds")
def other_causes(number: int) -> Wish:
    opportunity = OpportunityFactory()
    opportunity.causes.set(CauseFactory.create_batch(number))
    return owner_of(opportunity.host), {"opportunityId": gid(opportunity), "causeIds": ids(CauseFactory, number)}


@case("addRole.skills", "addRole.requiredCourseIds", "addRole.requiredVerifications")
def what_an_added_role_asks_for(number: int) -> Wish:
    opportunity = OpportunityFactory()
    return owner_of(opportunity.host), a_role(number, opportunityId=gid(opportunity))


@case("updateRole.skills", "updateRole.requiredCourseIds", "updateRole.requiredVerifications")
def what_a_role_asks_for_now(number: int) -> Wish:
    role = RoleFactory()
    RoleSkillFactory.create_batch(number, role=role)
    role.required_courses.set(CourseFactory.create_batch(number))
    return owner_of(role.opportunity.host), a_role(number, roleId=gid(role))


@case("completeApplication.endorsedSkillIds")
def endorsed_skills(number: int) -> Wish:
    role = RoleFactory(opportunity__past=True)
    application = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    learned = RoleSkillFactory.create_batch(number, role=role, is_required=False, is_developed=True)
    skills = [gid(one.skill) for one in learned]
    wish = {"applicationId": gid(application), "attended": True, "endorsedSkillIds": skills}
    return owner_of(role.opportunity.host), wish


@case("acceptResumeSkills.skillIds")
def suggested_skills(number: int) -> Wish:
    resume = ResumeFactory(parsed=True)
    skills = [gid(one.skill) for one in ResumeSuggestionFactory.create_batch(number, resume=resume)]
    return resume.user, {"resumeId": gid(resume), "skillIds": skills}


@case("updateProfile.languages")
def languages(number: int) -> Wish:
    return UserFactory(), {"languages": [f"a{one}" for one in "abcdefghijklmnopqrst"[:number]]}


@case("updateProfile.causeIds")
def preferred_causes(number: int) -> Wish:
    return UserFactory(), {"causeIds": ids(CauseFactory, number)}


@case("updateProfile.availability")
def free_times(number: int) -> Wish:
    times = [{"weekday": "MONDAY", "from": f"{hour:02}:00", "to": f"{hour:02}:30"} for hour in range(number)]
    return UserFactory(), {"availability": times}


@case("updateProfile.visibility")
def audiences(number: int) -> Wish:
    return UserFactory(), {"visibility": [{"field": one, "audience": "MEMBERS"} for one in ProfileField][:number]}


@case("startConversation.participantIds")
def people_of_a_new_group(number: int) -> Wish:
    return UserFactory(), {"participantIds": ids(UserFactory, number), "isGroup": True}


@case("addParticipants.userIds")
def people_for_a_group(number: int) -> Wish:
    group = conversation_between(UserFactory(), UserFactory(), UserFactory())
    return group.created_by, {"conversationId": gid(group), "userIds": ids(UserFactory, number)}


@case("sendMessage.attachmentIds")
def files(number: int) -> Wish:
    talk = conversation_between(UserFactory(), UserFactory())
    number = min(number, MAX_FILES)
    attached = ids(MessageAttachmentFactory, number, message=None, conversation=talk)
    wish = {"conversationId": gid(talk), "content": "Look!", "clientId": str(uuid4()), "attachmentIds": attached}
    return talk.created_by, wish


@case("markNotificationsRead.notificationIds")
def notifications(number: int) -> Wish:
    person = UserFactory()
    return person, {"notificationIds": ids(NotificationFactory, number, recipient=person)}


@case("syncCheckIns.scans")
def scans(number: int) -> Wish:
    event = open_event()
    made = [offline(ticket) for ticket in tickets_to(event, number)]
    wished = [{"code": one.code, "nonce": one.nonce, "scannedAt": one.scanned_at.isoformat()} for one in made]
    return scanner_of(event), {"eventId": gid(event), "deviceId": "phone", "scans": wished}


@case("updateNotificationPreferences.preferences")
def preferences(number: int) -> Wish:
    kinds = list(NotificationKind)[:number]
    return UserFactory(), {"preferences": [{"kind": kind.value, "push": True, "digest": True} for kind in kinds]}


def test_every_list_has_a_case_and_every_case_is_of_a_list() -> None:
    assert sorted(CASES) == LISTS


@pytest.mark.parametrize("path", sorted(CASES))
def test_a_list_costs_the_same_with_one_item_and_with_many(
    path: str, api_as: Callable[[User], Api], django_capture_on_commit_callbacks: Any
) -> None:
    name = path.partition(".")[0]
    (argument,) = MUTATION.fields[name].args.values()
    document = f"mutation ($input: {argument.type}) {{ {name}(input: $input) {{ __typename }} }}"

    def cost(number: int) -> list[str]:
        actor, wish = CASES[path](number)
        assert actor
        api = api_as(actor)
        api.post("{ __typename }")  # the session is begun before anything is counted
        with CaptureQueriesContext(connection) as captured, django_capture_on_commit_callbacks(execute=True):
            answer = api.act(document, **wish)
        assert answer["__typename"] != "OperationInfo"
        return [query["sql"][:160] for query in captured.captured_queries]

    one, many = cost(1), cost(MANY)
    assert len(one) == len(many), "\n".join(["with one:", *one, "with many:", *many])
