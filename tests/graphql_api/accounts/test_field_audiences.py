"""Each field of a profile is shown to the audience that its owner chose, wherever the user appears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import Audience, ProfileField, User, UserProfile
from domains.opportunities.models import MembershipRole
from tests.api import Api, codes, gid
from tests.factories import (
    ApplicationFactory,
    CauseFactory,
    HostMembershipFactory,
    MessageFactory,
    PreferredCauseFactory,
    ProfilePictureFactory,
    UserFactory,
    UserSkillFactory,
    conversation_between,
)
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

SHOWN = """id displayName profilePicture { url } skills { id }
  profile { bio linkedinUrl websiteUrl languages causes { id name } availability { weekday from to }
            visibility { field audience } birthYear } email zipCode"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on User {{ {SHOWN} }} }} }}"
UPDATE = """mutation U($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename
  ... on User { profile { causes { name } availability { weekday from to } visibility { field audience } } }
  ... on OperationInfo { messages { kind code field message } } } }"""
#: Where the answer has each field.
PATHS = {
    ProfileField.BIO: ("profile", "bio"),
    ProfileField.LINKEDIN_URL: ("profile", "linkedinUrl"),
    ProfileField.WEBSITE_URL: ("profile", "websiteUrl"),
    ProfileField.LANGUAGES: ("profile", "languages"),
    ProfileField.CAUSES: ("profile", "causes"),
    ProfileField.AVAILABILITY: ("profile", "availability"),
    ProfileField.SKILLS: ("skills",),
    ProfileField.PROFILE_PICTURE: ("profilePicture",),
}


def somebody(audience: Audience | None = None, **fields: Any) -> User:
    """Return somebody who fills in every field, all of them with this audience."""
    given = {
        "profile__linkedin_url": "https://linkedin.com/in/ann",
        "profile__website_url": "https://ann.example",
        "profile__languages": ["en"],
        "profile__availability": [[540, 720]],
        "profile__visibility": dict.fromkeys(ProfileField.values, audience) if audience else {},
    }
    person = UserFactory(**given, **fields)
    ProfilePictureFactory(user=person)
    UserSkillFactory(user=person)
    PreferredCauseFactory(user=person)
    return person


def shown_of(answer: dict[str, Any] | None) -> set[ProfileField]:
    """Return the fields that are not empty in the answer."""
    shown = set()
    for field, path in PATHS.items():
        value: Any = answer
        for step in path:
            value = value and value[step]
        if value:
            shown.add(field)
    return shown


def contact_of(person: User) -> User:
    viewer = UserFactory()
    conversation_between(viewer, person)
    return viewer


def coordinator_of(person: User) -> User:
    host = ApplicationFactory(volunteer=person).role.opportunity.host
    user = HostMembershipFactory(host=host, role=MembershipRole.COORDINATOR).user
    assert user
    return user


#: Each viewer, with the narrowest audience to which they belong; None sees nothing.
VIEWERS: dict[str, tuple[Callable[[User], User | None], Audience]] = {
    "stranger": (lambda _: None, Audience.EVERYONE),
    "member": (lambda _: UserFactory(), Audience.MEMBERS),
    "staff without rights": (lambda _: UserFactory(staff=True), Audience.MEMBERS),
    "contact": (contact_of, Audience.CONTACTS),
    "coordinator": (coordinator_of, Audience.CONTACTS),
    "owner": (lambda person: person, Audience.ONLY_ME),
    "staff": (lambda _: UserFactory(overseer=True), Audience.ONLY_ME),
}


@pytest.mark.parametrize("kind", VIEWERS)
@pytest.mark.parametrize("audience", list(Audience))
def test_every_field_is_shown_to_its_audience(api_as: ApiAs, api: Api, kind: str, audience: Audience) -> None:
    person = somebody(audience)
    make, narrowest = VIEWERS[kind]
    viewer = make(person)
    answer = (api_as(viewer) if viewer else api).ask(NODE, id=gid(person))["node"]
    order = list(Audience)
    is_shown = order.index(audience) <= order.index(narrowest)
    assert shown_of(answer) == (set(ProfileField) if is_shown else set())
    assert answer["displayName"]
    assert bool(answer["profile"]["visibility"]) == (kind == "owner")
    assert [answer["email"], answer["zipCode"]] == (
        [person.email, "94110"] if kind in {"owner", "staff"} else [None] * 2
    )
    assert answer["profile"]["birthYear"] == (1990 if kind == "owner" else None)


@pytest.mark.parametrize("field", list(ProfileField))
def test_an_audience_is_that_of_its_field_only(api: Api, field: ProfileField) -> None:
    person = somebody(Audience.EVERYONE)
    UserProfile.objects.filter(user=person).update(
        visibility=dict.fromkeys(ProfileField.values, Audience.EVERYONE) | {field: Audience.ONLY_ME}
    )
    assert shown_of(api.ask(NODE, id=gid(person))["node"]) == set(ProfileField) - {field}


def test_until_they_choose_contacts_see_when_somebody_is_free_and_everybody_sees_the_rest(
    api: Api, api_as: ApiAs
) -> None:
    person = somebody()
    assert shown_of(api.ask(NODE, id=gid(person))["node"]) == set(ProfileField) - {ProfileField.AVAILABILITY}
    assert shown_of(api_as(UserFactory()).ask(NODE, id=gid(person))["node"]) == set(ProfileField) - {
        ProfileField.AVAILABILITY
    }
    assert shown_of(api_as(contact_of(person)).ask(NODE, id=gid(person))["node"]) == set(ProfileField)


def test_no_audience_shows_a_minor_to_strangers(api_as: ApiAs) -> None:
    minor = somebody(Audience.EVERYONE, profile__birth_year=timezone.now().year - 16)
    viewer = UserFactory()
    talk = conversation_between(viewer, minor, UserFactory())
    MessageFactory(conversation=talk, sender=minor)
    sender_of = f"messages(first: 1) {{ edges {{ node {{ sender {{ {SHOWN} }} }} }} }}"
    document = f"{{ conversations(first: 1) {{ edges {{ node {{ {sender_of} }} }} }} }}"

    def sender() -> Any:
        (edge,) = api_as(viewer).ask(document)["conversations"]["edges"]
        return edge["node"]["messages"]["edges"][0]["node"]["sender"]

    assert shown_of(sender()) == set(ProfileField)
    talk.participations.filter(user=minor).update(left_at=timezone.now())
    assert shown_of(sender()) == set()
    assert sender()["profile"] is None


def test_a_hidden_skill_is_not_found_by_its_id(api: Api, api_as: ApiAs) -> None:
    person = somebody(Audience.MEMBERS)
    document = "query($id: ID!) { node(id: $id) { ... on UserSkill { id } } }"
    skill = gid(person.skills.get())
    assert api.ask(document, id=skill)["node"] is None
    assert api_as(UserFactory()).ask(document, id=skill)["node"]


def test_a_list_of_people_costs_the_same_with_1_and_with_5(api_as: ApiAs) -> None:
    viewer = UserFactory()
    talk = conversation_between(viewer, somebody(Audience.CONTACTS), UserFactory())
    document = f"{{ conversations {{ edges {{ node {{ participants {{ {SHOWN} }} }} }} }} }}"
    asking = api_as(viewer)
    asking.ask("{ me { id } }")
    few = len(statements_of(lambda: asking.ask(document)))
    for audience in (*Audience, None):
        talk.participations.create(user=somebody(audience))
    assert len(statements_of(lambda: asking.ask(document))) == few


def test_the_owner_chooses_and_reads_it_again(api: Api, api_as: ApiAs) -> None:
    ann, cause = UserFactory(), CauseFactory(name="Animals")
    given: dict[str, Any] = {
        "causeIds": [gid(cause)],
        "availability": [
            {"weekday": "SATURDAY", "from": "09:00", "to": "12:30"},
            {"weekday": "FRIDAY", "from": "18:00", "to": "00:00"},
        ],
        "visibility": [{"field": "BIO", "audience": "MEMBERS"}, {"field": "AVAILABILITY", "audience": "EVERYONE"}],
    }
    api.post("{ __typename }")
    before = rows_of("accounts", "opportunities")
    assert codes(api.act(UPDATE, **given)) == ["UNAUTHENTICATED"]
    assert rows_of("accounts", "opportunities") == before
    profile = api_as(ann).act(UPDATE, **given)["profile"]
    assert profile == {
        "causes": [{"name": "Animals"}],
        "availability": given["availability"][::-1],
        "visibility": [
            {"field": field.value, "audience": {"BIO": "MEMBERS"}.get(field, "EVERYONE")} for field in ProfileField
        ],
    }
    assert api_as(ann).act(UPDATE, bio="Hello", causeIds=None, availability=None, visibility=None)["profile"] == profile
    others = api_as(UserFactory()).ask(NODE, id=gid(ann))["node"]["profile"]
    assert (others["availability"], others["visibility"]) == (given["availability"][::-1], [])


def test_refusals_name_the_entry_of_each_list(api_as: ApiAs) -> None:
    ann = UserFactory()
    asking = api_as(ann)
    asking.post("{ __typename }")
    before = rows_of("accounts", "opportunities")
    refused = asking.act(
        UPDATE,
        causeIds=[gid(ann)],
        availability=[{"weekday": "MONDAY", "from": "10:00", "to": "09:00"}],
        visibility=[{"field": "BIO", "audience": "MEMBERS"}] * 2,
    )
    assert {(one["code"], one["field"]) for one in refused["messages"]} == {
        ("INVALID", "availability.0.to"),
        ("DUPLICATE", "visibility.1.field"),
        ("NOT_FOUND", "causeIds.0"),
    }
    wrong: list[dict[str, Any]] = [
        {"availability": [{"weekday": "TODAY", "from": "10:00", "to": "11:00"}]},
        {"visibility": [{"field": "EMAIL", "audience": "EVERYONE"}]},
        {"visibility": [{"field": "BIO", "audience": "NOBODY"}]},
        {"availability": [{"weekday": "MONDAY", "from": "10:00", "to": "11:00"}] * 101},
    ]
    for input in wrong:
        assert asking.error_code(UPDATE, input=input) == "BAD_USER_INPUT"
    assert rows_of("accounts", "opportunities") == before
