"""What strangers are shown of people: nobody under 18 or with an unproven address, and no ids that can be counted."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from strawberry.relay import from_base64, to_base64

from domains.accounts.models import User
from domains.messaging import tokens as attachment_tokens
from domains.notifications import tokens as mail_tokens
from domains.opportunities.models import MembershipRole
from tests.api import Api, gid
from tests.factories import (
    ApplicationFactory,
    BlockFactory,
    EventTicketFactory,
    HostMembershipFactory,
    MessageAttachmentFactory,
    MessageFactory,
    ProfilePictureFactory,
    UserFactory,
    UserSkillFactory,
    conversation_between,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

SHOWN = "id displayName userType isVerified profilePicture { url } profile { bio linkedinUrl } skills { id }"
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on User {{ {SHOWN} }} }} }}"
UNDER_18 = timezone.now().year - 16


def somebody(**fields: Any) -> User:
    person = UserFactory(**fields)
    ProfilePictureFactory(user=person)
    UserSkillFactory(user=person)
    return person


#: How somebody can be a person whom strangers do not read.
CLOSED: dict[str, dict[str, Any]] = {
    "under 18": {"profile__birth_year": UNDER_18},
    "perhaps under 18": {"profile__birth_year": timezone.now().year - 18},
    "unproven": {"unverified": True},
}


def in_conversation(viewer: User, person: User) -> None:
    conversation_between(viewer, person, UserFactory())


def coordinator(viewer: User, person: User) -> None:
    application = ApplicationFactory(volunteer=person)
    HostMembershipFactory(host=application.role.opportunity.host, user=viewer, role=MembershipRole.COORDINATOR)


def fellow_member(viewer: User, person: User) -> None:
    host = HostMembershipFactory(user=viewer).host
    HostMembershipFactory(host=host, user=person)


def at_the_event(viewer: User, person: User) -> None:
    EventTicketFactory(attendee=person, event__host=viewer, event__organization=None)


#: What makes somebody no stranger.
RELATIONS = [in_conversation, coordinator, fellow_member, at_the_event]


@pytest.mark.parametrize("kind", CLOSED)
def test_strangers_find_nobody_who_is_young_or_unproven(api: Api, api_as: ApiAs, kind: str) -> None:
    person, other = somebody(**CLOSED[kind]), UserFactory()
    ApplicationFactory(volunteer=person)  # of a host that the others have nothing to do with
    for asking in (api, api_as(other), api_as(UserFactory(is_staff=True))):
        assert asking.ask(NODE, id=gid(person))["node"] is None
    assert api_as(person).ask(NODE, id=gid(person))["node"]["profile"]["bio"]
    assert api_as(UserFactory(staff=True, rights=["accounts.view_user"])).ask(NODE, id=gid(person))["node"]["skills"]


def test_adults_with_a_proven_address_are_found_by_everybody(api: Api) -> None:
    for year in (1990, None, timezone.now().year - 19):
        shown = api.ask(NODE, id=gid(somebody(profile__birth_year=year)))["node"]
        assert shown["profile"]["bio"]
        assert shown["skills"]
        assert shown["profilePicture"]


@pytest.mark.parametrize("relate", RELATIONS, ids=lambda relate: relate.__name__)
@pytest.mark.parametrize("kind", CLOSED)
def test_those_who_know_them_see_what_they_always_saw(api_as: ApiAs, kind: str, relate: Any) -> None:
    viewer, person = UserFactory(), somebody(**CLOSED[kind])
    assert api_as(viewer).ask(NODE, id=gid(person))["node"] is None
    relate(viewer, person)
    shown = api_as(viewer).ask(NODE, id=gid(person))["node"]
    assert shown["displayName"] == person.display_name
    assert shown["profile"]["bio"]
    assert shown["skills"]
    assert shown["profilePicture"]


MESSAGES = f"""{{ conversations {{ edges {{ node {{
  messages {{ edges {{ node {{ sender {{ {SHOWN} }} }} }} }} }} }} }} }}"""


@pytest.mark.parametrize("kind", CLOSED)
def test_where_they_appear_elsewhere_a_stranger_reads_their_name_and_nothing_else(api_as: ApiAs, kind: str) -> None:
    viewer, person = UserFactory(), somebody(**CLOSED[kind])
    conversation = conversation_between(viewer, person, UserFactory())
    MessageFactory(conversation=conversation, sender=person)
    conversation.participations.filter(user=person).update(left_at=timezone.now())
    (edge,) = api_as(viewer).ask(MESSAGES)["conversations"]["edges"]
    (message,) = edge["node"]["messages"]["edges"]
    sender = message["node"]["sender"]
    assert sender == {
        "id": gid(person),
        "displayName": person.display_name,
        "userType": "VOLUNTEER",
        "isVerified": False,
        "profilePicture": None,
        "profile": None,
        "skills": [],
    }


@pytest.mark.parametrize("kind", CLOSED)
def test_a_skill_of_theirs_cannot_be_asked_for_by_its_id(api: Api, kind: str) -> None:
    held = UserSkillFactory(user=UserFactory(**CLOSED[kind]))
    open_skill = UserSkillFactory()
    document = "query($id: ID!) { node(id: $id) { ... on UserSkill { id } } }"
    assert api.ask(document, id=gid(held))["node"] is None
    assert api.ask(document, id=gid(open_skill))["node"]


def test_looking_at_many_people_costs_the_same(api_as: ApiAs) -> None:
    viewer = UserFactory()
    conversation = conversation_between(viewer, somebody(), somebody(profile__birth_year=UNDER_18))
    document = f"{{ conversations {{ edges {{ node {{ participants {{ {SHOWN} }} }} }} }} }}"
    asking = api_as(viewer)
    asking.ask("{ me { id } }")
    few = len(statements_of(lambda: asking.ask(document)))
    for _ in range(4):
        conversation.participations.create(user=somebody(profile__birth_year=UNDER_18))
    assert len(statements_of(lambda: asking.ask(document))) == few


# Ids.

#: A key that is found again wherever it stands in plain text.
CANARY = 987_654_321_012


def plain_texts(text: str) -> list[str]:
    """Return the text, and what is Base64 in it, decoded: ids, cursors, and the parts of signed links."""
    found = [text]
    for word in re.findall(r"[\w+/-]{8,}", text):
        with contextlib.suppress(ValueError):
            found.append(base64.urlsafe_b64decode(f"{word}{'=' * (-len(word) % 4)}").decode("latin-1"))
    return found


def assert_nowhere(text: str) -> None:
    for plain in plain_texts(text):
        assert str(CANARY) not in plain
        assert not re.search(r"User:\d+$", plain)


def test_the_key_of_a_person_is_nowhere_in_what_the_api_answers(api_as: ApiAs) -> None:
    person = UserFactory(pk=CANARY, user_type="BOTH")
    host = HostMembershipFactory(user=person, role=MembershipRole.OWNER).host
    ApplicationFactory(volunteer=person, role__opportunity__host=host)
    message = MessageFactory(conversation=conversation_between(person, UserFactory()), sender=person)
    MessageAttachmentFactory(message=message)
    BlockFactory(blocker=person, blocked=UserFactory(pk=CANARY * 10))
    answer = api_as(person).ask(
        """{ me { id sessions { id } hostMemberships { user { id } }
              applications { edges { cursor node { id volunteer { id } history { actor { id } } } } }
              blockedUsers { edges { cursor node { id } } pageInfo { startCursor endCursor } } }
            conversations { edges { cursor node {
              participants { id } lastMessage { sender { id } attachments { url } } } } }
            opportunities { edges { node { roles { applications: myApplication { volunteer { id } } } } } } }"""
    )
    text = json.dumps(answer)
    assert gid(person) in text
    assert_nowhere(text)
    assert_nowhere(attachment_tokens.attachment_url(attachment_id=1, viewer_id=CANARY))
    assert_nowhere(mail_tokens.unsubscribe_url(user_id=CANARY, topic="DIGEST"))


def test_a_key_that_is_written_as_before_finds_nobody(api_as: ApiAs) -> None:
    person, viewer = UserFactory(), UserFactory()
    asking = api_as(viewer)
    document = """mutation($input: BlockUserInput!) { blockUser(input: $input) {
      __typename ... on OperationInfo { messages { code } } } }"""
    _, keyed = from_base64(gid(person))
    for wrong in (str(person.pk), "0", "-1", keyed[:-1], f"{keyed}A", keyed.swapcase(), "A" * 22, "é" * 22, ""):
        named = to_base64("User", wrong)
        assert asking.ask(NODE, id=named)["node"] is None
        assert asking.act(document, userId=named)["messages"][0]["code"] == "NOT_FOUND"
    assert asking.act(document, userId=gid(person))["__typename"] == "BlockReceipt"


def test_ids_outlive_a_change_of_the_key(settings: Any, api: Api) -> None:
    person = UserFactory()
    before = gid(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 4, [settings.SECRET_KEY]
    assert gid(person) != before
    for known in (before, gid(person)):
        assert api.ask(NODE, id=known)["node"]["id"] == gid(person)
    settings.SECRET_KEY_FALLBACKS = []
    assert api.ask(NODE, id=before)["node"] is None


def test_pages_of_people_go_on_where_the_last_one_ended(api_as: ApiAs) -> None:
    viewer = UserFactory()
    blocked = [BlockFactory(blocker=viewer).blocked for _ in range(5)][::-1]
    document = """query($first: Int, $last: Int, $after: String, $before: String) { me {
      blockedUsers(first: $first, last: $last, after: $after, before: $before) {
        edges { cursor node { id } } pageInfo { startCursor endCursor } } } }"""
    asking, found, after = api_as(viewer), [], None
    while (page := asking.ask(document, first=2, after=after)["me"]["blockedUsers"])["edges"]:
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert found == [gid(person) for person in blocked]
    last = asking.ask(document, last=1)["me"]["blockedUsers"]
    before = asking.ask(document, last=2, before=last["pageInfo"]["startCursor"])["me"]["blockedUsers"]
    assert [edge["node"]["id"] for edge in before["edges"]] == [gid(person) for person in blocked[2:4]]
    for wrong in ("x", to_base64("orderedcursor", '["1","2"]'), to_base64("orderedcursor", "[]"), "A" * 3000):
        assert asking.error_code(document, first=1, after=wrong) == "BAD_USER_INPUT"
