"""Every list of the schema costs as many SQL statements with five rows as with one.

The documents are made by walking the schema: each way from a root field to a list, with the columns of the list's
rows and of the objects beside them, as many ways to a document as it may hold. A new field is asked about without a
word here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    parse,
)

from domains.accounts.models import User, UserType
from domains.opportunities.models import ApplicationStatus, MembershipRole
from graphql_api.checks import limits
from graphql_api.checks.limits import check
from graphql_api.errors import LimitExceeded
from graphql_api.schema import schema
from tests.api import gid
from tests.cache import forget
from tests.examples import THOROUGH
from tests.factories import (
    ApplicationFactory,
    BlockFactory,
    CauseFactory,
    ConversationEventFactory,
    CourseFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    ListingFactory,
    MessageAttachmentFactory,
    MessageFactory,
    NotificationFactory,
    OpportunityFactory,
    ReactionFactory,
    ResumeFactory,
    ResumeSuggestionFactory,
    RoleFactory,
    RoleSkillFactory,
    ServiceRecordFactory,
    SessionFactory,
    SkillAliasFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
    conversation_between,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

TYPES: Any = schema._schema.type_map
QUERY: Any = schema._schema.query_type
#: How many objects lie on the way from a root field to a list.
STEPS = 3 if THOROUGH else 2
#: How many words a document may have here; its tokens are a few more, and at most 1,000.
WORDS = 700
#: What the fields are asked with.
ARGUMENTS = {"afterSequence": "0", "first": "6", "query": '"tool shed"'}


class World:
    """One of everything around one viewer; each `grow` adds one, both to the lists and to those of the oldest."""

    def __init__(self, viewer: User) -> None:
        self.viewer = viewer
        self.oldest: dict[str, Any] = {"User": viewer}
        self.resume = ResumeFactory(user=viewer, parsed=True)

    def grow(self) -> None:
        skill, other = SkillFactory(), UserFactory(user_type=UserType.BOTH)
        SkillAliasFactory(skill=skill)
        ResumeSuggestionFactory(resume=self.resume, skill=skill)
        SessionFactory(user=self.viewer)
        BlockFactory(blocker=self.viewer)
        conversation_between(self.viewer, UserFactory(profile__birth_year=timezone.now().year - 16))
        ServiceRecordFactory(volunteer=self.viewer)
        for person in (self.viewer, other):
            UserSkillFactory(user=person, skill=skill)
        opportunity = OpportunityFactory()
        HostMembershipFactory(host=opportunity.host, user=self.viewer, role=MembershipRole.OWNER)
        for host in self._both("OpportunityHost", opportunity.host):
            HostMembershipFactory(host=host)
            HostMembershipFactory(host=host, invited=True)
            OpportunityFactory(host=host)
        ListingFactory(opportunity=opportunity)
        # One that is completed, so that figures grow.
        done = RoleFactory(opportunity=opportunity)
        RoleSkillFactory(role=done, skill=skill, is_developed=True)
        ApplicationFactory(role=done, volunteer=self.viewer, status=ApplicationStatus.COMPLETED)
        self.oldest.setdefault("OpportunityHost", opportunity.host)
        for one in self._both("Opportunity", opportunity):
            self._offer(one, skill, other)
        self._recommend(skill)
        self._hold_event(opportunity)
        for conversation in self._both(
            "Conversation", conversation_between(self.viewer, other, UserFactory(), opportunity=opportunity)
        ):
            for sender in (self.viewer, other):
                message = MessageFactory(conversation=conversation, sender=sender)
                for one in self._both("Message", message):
                    MessageAttachmentFactory(message=one)
                    ReactionFactory(message=one, user=UserFactory())
            ConversationEventFactory(conversation=conversation)
        for subject in (opportunity, conversation):
            NotificationFactory(
                recipient=self.viewer, subject_type=type(subject).__name__, subject_id=subject.pk, read=True
            )

    def _hold_event(self, opportunity: Any) -> None:
        event = EventFactory(organization=opportunity.host, host=self.viewer, opportunity=opportunity)
        EventTicketFactory(event=event, attendee=self.viewer)
        for one in self._both("Event", event):
            EventTicketFactory(event=one)

    def _offer(self, opportunity: Any, skill: Any, other: User) -> None:
        opportunity.causes.add(CauseFactory())
        role = RoleFactory(opportunity=opportunity)
        for person in (self.viewer, other):
            application = ApplicationFactory(role=role, volunteer=person, status=ApplicationStatus.WAITLISTED)
            for one in self._both("Application", application):
                entry = HoursEntryFactory(application=one, approved=True)
                HoursEntryFactory(application=one, corrects=entry)
        for one in self._both("Role", role):
            RoleSkillFactory(role=one, skill=SkillFactory())
            one.required_courses.add(CourseFactory())

    def _recommend(self, skill: Any) -> None:
        """Add what suits the viewer, which many want, and somebody who suits the viewer's oldest role."""
        suiting = RoleSkillFactory(skill=skill).role
        ApplicationFactory(role=suiting)
        person = UserFactory()
        for wanted in self.oldest["Role"].role_skills.all():
            UserSkillFactory(user=person, skill=wanted.skill)

    def _both(self, kind: str, newest: Any) -> set[Any]:
        return {self.oldest.setdefault(kind, newest), newest}


def arguments(of: GraphQLField) -> str:
    given = [f"{name}: {ARGUMENTS[name]}" for name in of.args if name in ARGUMENTS]
    return f"({', '.join(given)})" if given else ""


def around(type_: Any, inner: str) -> tuple[Any, str]:
    """Return the type of a connection's rows, and the selection of them; of anything else the thing itself."""
    if type_.name.endswith("Connection"):
        return get_named_type(type_.fields["edges"].type.of_type.of_type.of_type.fields["node"].type), (
            f"{{ totalCount edges {{ node {inner} }} }}"
        )
    return type_, inner


def shapes(type_: Any) -> Iterator[tuple[Any, str]]:
    """Return the objects that a type stands for, and how a selection of each is written."""
    if isinstance(type_, GraphQLUnionType):
        yield from ((one, f"{{ ... on {one.name} %s }}") for one in type_.types)
    else:
        yield type_, "%s"


def columns(type_: Any, levels: int) -> str:
    """Return the selection of all columns of a type, and of the objects beside them for so many levels."""
    rows, _ = around(type_, "")
    parts = []
    for shape, written in shapes(rows):
        chosen = ["__typename"]
        for name, one in shape.fields.items():
            named = get_named_type(one.type)
            if is_leaf_type(named):
                chosen.append(name)
            elif levels:
                chosen.append(f"{name}{arguments(one)} {columns(named, levels - 1)}")
        parts.append(written % f"{{ {' '.join(chosen)} }}")
    inner = parts[0] if len(parts) == 1 else "{ " + " ".join(part[1:-1] for part in parts) + " }"
    return around(type_, inner)[1]


def lists(type_: Any, steps: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to each list below a type, and the selection that asks for it."""
    rows, _ = around(type_, "")
    for shape, written in shapes(rows):
        for name, one in shape.fields.items():
            for way, inner in ways(name, one, steps):
                yield way, around(type_, written % f"{{ {inner} }}")[1]


def ways(name: str, one: GraphQLField, steps: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to the field, if it is a list, and to those below it."""
    named, called = get_named_type(one.type), f"{name}{arguments(one)}"
    if is_leaf_type(named) or isinstance(named, GraphQLInterfaceType):
        return
    if isinstance(get_nullable_type(one.type), GraphQLList) or named.name.endswith("Connection"):
        yield (name,), f"{called} {columns(named, 1)}"
    if steps:
        for way, inner in lists(named, steps - 1):
            yield (name, *way), f"{called} {inner}"


def selections(root: str, world: World) -> Iterator[tuple[str, str]]:
    """Yield the selections of all lists below a root field, or below a kind of `node`, each with its way."""
    by_id = f'({KEYS.get(root, "id")}: "{gid(world.oldest[KINDS[root]])}")' if root in KINDS else ""
    start = QUERY.fields.get(root) or GraphQLField(TYPES[root])
    opening = root if root in QUERY.fields else "node"
    for way, inner in ways(root, GraphQLField(start.type) if by_id else start, STEPS):
        selection = inner.removeprefix(root)
        if opening == "node":
            selection = f"{{ ... on {root} {selection} }}"
        asked = f"{opening}{by_id} {selection}"
        with contextlib.suppress(LimitExceeded):
            check(parse(f"{{ {asked} }}"), schema._schema, {})
            yield ".".join(way), asked


def documents(root: str, world: World) -> dict[str, str]:
    """Return few documents for all lists below a root, each by the ways that it holds."""
    packed: list[tuple[list[str], list[str]]] = []
    words = WORDS
    for way, selection in selections(root, world):
        words += len(selection.split())
        if words > WORDS:
            packed.append(([], []))
            words = len(selection.split())
        packed[-1][0].append(way)
        packed[-1][1].append(selection)
    return {", ".join(held): f"{{ {' '.join(asked)} }}" for held, asked in packed}


#: What is asked for by its id: some root fields, and the kinds of `node` with lists below them that no root gives.
KINDS = {
    "conversation": "Conversation",
    "event": "Event",
    "host": "OpportunityHost",
    "opportunity": "Opportunity",
    "recommendedVolunteers": "Role",
} | {kind: kind for kind in ("Application", "Role", "User")}
#: What the id is called where it is not `id`.
KEYS = {"recommendedVolunteers": "roleId"}


@pytest.fixture(autouse=True)
def far_down(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Documents may cost what they like, so that we get to lists within lists within lists."""
    settings.RATE_LIMITS = False
    for limit in ("MAX_COST", "MAX_OBJECTS", "MAX_ANSWERED_CHARACTERS"):
        monkeypatch.setattr(limits, limit, 10**9)


@pytest.mark.parametrize(
    "staff", [pytest.param(False, id="member"), pytest.param(True, id="staff", marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("root", sorted({*QUERY.fields, *KINDS} - {"node"}))
def test_a_list_costs_the_same_with_five_rows_as_with_one(api_as: Any, root: str, staff: bool) -> None:
    world = World(UserFactory(user_type=UserType.BOTH, overseer=staff))
    api = api_as(world.viewer)
    world.grow()
    api.ask("{ me { id } }")  # begins the session
    asked = documents(root, world)

    def costs() -> dict[str, int]:
        return {way: len(statements_of(partial(ask_anew, document))) for way, document in asked.items()}

    def ask_anew(document: str) -> None:
        forget()  # what is counted once an hour is counted now
        api.ask(document)

    one = costs()
    for _ in range(4):
        world.grow()
    five = costs()
    assert {way: (one[way], five[way]) for way in asked if one[way] != five[way]} == {}
