"""Being staff opens the admin and nothing else: each thing is seen with its permission alone."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import QuerySet

from domains.accounts.models import User
from domains.accounts.policies import can_introspect, can_see_private_fields, can_use_graphiql
from domains.events.models import Event, EventStatus, EventTicket
from domains.learning.models import Course
from domains.moderation.models import ContentReport
from domains.moderation.policies import can_review
from domains.opportunities import selectors
from domains.opportunities.models import Application, HostMembership, HoursEntry, Opportunity
from domains.verification.models import VerificationCase
from tests.api import gid
from tests.factories import (
    ApplicationFactory,
    ContentReportFactory,
    CourseFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    OpportunityFactory,
    UserFactory,
    VerificationCaseFactory,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

#: The permission, how to make something private, and how somebody looks for it.
PRIVATE: list[tuple[str, Callable[[], Any], Callable[[User], QuerySet[Any]]]] = [
    ("accounts.view_user", lambda: UserFactory(is_active=False), User.objects.visible_to),
    ("events.view_event", lambda: EventFactory(status=EventStatus.DRAFT), Event.objects.visible_to),
    ("events.view_eventticket", EventTicketFactory, EventTicket.objects.visible_to),
    ("learning.view_course", lambda: CourseFactory(is_published=False), Course.objects.visible_to),
    ("moderation.view_contentreport", ContentReportFactory, ContentReport.objects.visible_to),
    ("opportunities.view_application", ApplicationFactory, Application.objects.visible_to),
    ("opportunities.view_hostmembership", HostMembershipFactory, HostMembership.objects.visible_to),
    ("opportunities.view_hostmembership", HostMembershipFactory, lambda viewer: selectors.find_members(viewer=viewer)),
    ("opportunities.view_hoursentry", HoursEntryFactory, HoursEntry.objects.visible_to),
    ("opportunities.view_opportunity", lambda: OpportunityFactory(draft=True), Opportunity.objects.visible_to),
    ("verification.view_verificationcase", VerificationCaseFactory, VerificationCase.objects.visible_to),
]


@pytest.mark.parametrize(("permission", "make", "look"), PRIVATE, ids=[name for name, *_ in PRIVATE])
def test_what_is_private_is_seen_with_its_permission_and_not_by_being_staff(
    permission: str, make: Callable[[], Any], look: Callable[[User], QuerySet[Any]]
) -> None:
    row = make()

    def sees(**who: Any) -> bool:
        return look(User.objects.get(pk=UserFactory(**who).pk)).filter(pk=row.pk).exists()

    others = [name for name, *_ in PRIVATE if name != permission]
    assert not sees()
    assert not sees(is_staff=True)
    assert not sees(is_staff=True, rights=others)
    assert not sees(rights=[permission])  # whoever is no longer staff has lost their rights with that
    assert sees(is_staff=True, rights=[permission])
    assert sees(superuser=True)


def test_figures_of_a_host_need_the_right_to_view_hours() -> None:
    host = OpportunityFactory().host
    assert host

    def sees(**who: Any) -> bool:
        return bool(selectors.find_hosts_with_figures(viewer=UserFactory(**who), host_ids=[host.pk]))

    assert not sees(is_staff=True)
    assert sees(is_staff=True, rights=["opportunities.view_hoursentry"])


def test_policies_ask_for_the_permission(settings: Any) -> None:
    settings.INTROSPECTION = "staff"
    bare, report, person = UserFactory(is_staff=True), ContentReportFactory(), UserFactory()
    asked: list[tuple[str, Callable[[User], bool]]] = [
        ("accounts.use_graphiql", can_use_graphiql),
        ("accounts.use_graphiql", can_introspect),
        ("accounts.view_user", lambda viewer: can_see_private_fields(viewer, person)),
        ("moderation.change_contentreport", lambda viewer: can_review(viewer, report)),
    ]
    for permission, may in asked:
        assert not may(bare)
        assert not may(UserFactory(rights=[permission]))
        assert may(UserFactory(is_staff=True, rights=[permission]))
        assert may(UserFactory(superuser=True))
    assert not can_introspect(None)


def test_asking_for_a_permission_costs_no_statement_once_the_session_is_read(api_as: Any) -> None:
    viewer = UserFactory(overseer=True)
    asking = api_as(viewer)
    asking.ask("{ me { id } }")
    people = [UserFactory() for _ in range(5)]

    def ask(number: int) -> int:
        parts = [f'p{n}: node(id: "{gid(person)}") {{ ... on User {{ email zipCode isEmailVerified }} }}'
                 for n, person in enumerate(people[:number])]  # fmt: skip
        statements = statements_of(lambda: asking.ask(f"{{ {' '.join(parts)} }}"))
        return sum("auth_permission" in one for one in statements)

    assert ask(1) == ask(5) == 2  # those of the person, and those of their groups


def test_nobody_asks_for_is_staff_to_show_something() -> None:
    """Only where an account of the staff is protected, or Django's own pages ask, does the word stand."""
    allowed = {
        "domains/accounts/admin/people.py",
        "domains/accounts/models/people.py",
        "domains/accounts/policies.py",
        "domains/accounts/selectors.py",
        "domains/accounts/services/delete_account.py",
        "domains/accounts/services/log_in_with_provider.py",
        "domains/accounts/services/sign_up.py",
        "domains/accounts/services/verify_email.py",
        "domains/moderation/policies.py",
        "config/demo/people.py",
    }
    root = Path(settings.BASE_DIR)
    paths = [path for room in ("config", "domains", "graphql_api") for path in (root / room).rglob("*.py")]
    found = {
        path.relative_to(root).as_posix()
        for path in paths
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr == "is_staff")
        or (isinstance(node, ast.keyword) and node.arg == "is_staff")
    }
    assert found <= allowed


def test_staff_who_may_change_people_change_no_staff_and_give_no_rights(client: Any) -> None:
    clerk = UserFactory(is_staff=True, rights=["accounts.view_user", "accounts.change_user", "accounts.delete_user"])
    client.force_login(clerk)
    for person in (clerk, UserFactory(is_staff=True), UserFactory(superuser=True)):
        assert client.post(f"/admin/accounts/user/{person.pk}/change/", {"display_name": "Mine"}).status_code == 403
        assert client.post(f"/admin/accounts/user/{person.pk}/password/", {"password1": "x"}).status_code == 403
        assert client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    person = UserFactory()
    page = f"/admin/accounts/user/{person.pk}/change/"
    form = client.get(page).context["adminform"].form
    assert set(form.fields).isdisjoint({"is_staff", "is_superuser", "groups", "user_permissions"})
    given = {name: form.initial.get(name) or "" for name in form.fields} | {
        "display_name": "Renamed",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "profile-TOTAL_FORMS": "0",
        "profile-INITIAL_FORMS": "0",
    }
    assert client.post(page, given).status_code == 302
    person.refresh_from_db()
    assert (person.display_name, person.is_staff, person.is_superuser) == ("Renamed", False, False)
    client.force_login(UserFactory(superuser=True))
    assert "is_superuser" in client.get(page).context["adminform"].form.fields
