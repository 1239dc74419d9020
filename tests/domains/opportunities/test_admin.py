"""The admin leaves what volunteers rely on to services, and takes down what harms through one."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from domains.opportunities.models import Application, ApplicationStatus, Opportunity, Role
from tests.factories import ApplicationFactory, OpportunityFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = reverse("admin:opportunities_opportunity_changelist")
SETTLED = {"status", "closed_reason", "kind", "host", "start_date", "end_date", "location_zip", "is_remote"}


def page(row: Any, action: str = "change") -> str:
    return reverse(f"admin:opportunities_{row._meta.model_name}_{action}", args=[row.pk])


def fields_of(desk: Client, row: Any) -> set[str]:
    return set(desk.get(page(row)).context["adminform"].form.fields)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory(superuser=True))
    return client


def test_what_is_published_keeps_its_state_time_and_place(desk: Client) -> None:
    published, draft = OpportunityFactory(), OpportunityFactory(draft=True)
    assert fields_of(desk, published).isdisjoint(SETTLED)
    assert {"title", "description"} <= fields_of(desk, published)
    assert fields_of(desk, draft) >= SETTLED - {"status", "closed_reason"}
    assert fields_of(desk, draft).isdisjoint({"status", "closed_reason"})
    assert desk.post(page(published, "delete"), {"post": "yes"}).status_code == 403
    assert desk.post(page(draft, "delete"), {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [published.pk], "post": "yes"}
    desk.post(LIST, chosen)
    assert list(Opportunity.objects.all()) == [published]


def test_places_of_a_published_role_are_only_shown(desk: Client) -> None:
    role = RoleFactory(slots_available=3)
    in_draft = RoleFactory(opportunity__draft=True)
    assert fields_of(desk, role).isdisjoint({"opportunity", "slots_available", "requires_approval"})
    assert fields_of(desk, in_draft) >= {"opportunity", "slots_available", "requires_approval"}
    rows = {
        "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "1",
        "roles-0-id": role.pk,
        "roles-0-opportunity": role.opportunity_id,
        "roles-0-title": "Another title",
        "roles-0-slots_available": "1",
        "roles-0-DELETE": "on",
    }
    opportunity = role.opportunity
    form = {"title": "Another name", "description": opportunity.description, "status": "CLOSED", **rows}
    assert desk.post(page(opportunity), form).status_code == 302
    role = Role.objects.get(pk=role.pk)
    assert (role.title, role.slots_available) == ("Another title", 3)
    assert (role.opportunity.title, role.opportunity.status) == ("Another name", "OPEN")
    assert desk.post(page(role, "delete"), {"post": "yes"}).status_code == 403


def test_staff_take_down_and_are_told_what_cannot_be(desk: Client, client: Client) -> None:
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    draft = OpportunityFactory(draft=True, title="A draft")
    form = {"action": "take_down", "_selected_action": [application.role.opportunity_id, draft.pk]}
    told = desk.post(LIST, form, follow=True).content.decode()
    assert "taken down." in told
    assert "A draft: It is a draft" in told
    assert Application.objects.get().status == ApplicationStatus.CANCELLED
    history = desk.get(page(application.role.opportunity, "history")).content.decode()
    assert "Taken down." in history
    other = ApplicationFactory(status=ApplicationStatus.ACCEPTED).role.opportunity
    looking = UserFactory(staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_opportunity"))
    client.force_login(looking)
    client.post(LIST, {"action": "take_down", "_selected_action": [other.pk]})
    other.refresh_from_db()
    assert other.status == "OPEN"
