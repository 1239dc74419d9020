"""The admin: every table has its pages, at a constant number of SQL statements; the private stays private."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from domains.accounts.models import User, UserProfile
from domains.base.models import OutboxEntry
from domains.events.models import EventTicket, Scan
from domains.messaging.models import Conversation, ConversationEvent, Message, Participant
from domains.moderation.models import ReportFile, ReportNote
from domains.notifications.models import Notification
from domains.opportunities.models import Application, ApplicationHistory, Opportunity, OpportunityChange
from domains.skills.models import Skill
from tests.factories import (
    PASSWORD,
    ApplicationFactory,
    EventTicketFactory,
    MessageFactory,
    NotificationFactory,
    OutboxEntryFactory,
    RoleFactory,
    SkillAliasFactory,
    UserFactory,
    UserProfileFactory,
    factory_of,
)

pytestmark = pytest.mark.django_db

MODELS = [
    model for config in apps.get_app_configs() if config.name.startswith("domains.") for model in config.get_models()
]
each_table = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


def url(model: type, action: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)  # type: ignore[attr-defined]


def page_of(model: Any) -> ModelAdmin[Any]:
    return admin.site.get_model_admin(model)


@pytest.fixture
def superuser() -> User:
    return UserFactory(superuser=True)


@pytest.fixture
def desk(client: Client, superuser: User) -> Client:
    """The admin as a superuser has it."""
    client.force_login(superuser)
    return client


@each_table
def test_a_list_costs_the_same_with_1_row_and_with_5(model: Any, desk: Client):
    statements = []
    shown = []
    for number in (1, 4):
        factory_of(model).create_batch(number)
        with CaptureQueriesContext(connection) as queries:
            response = desk.get(url(model, "changelist"))
        assert response.status_code == 200
        statements.append(len(queries))
        shown.append(len(response.context["cl"].result_list))
    assert shown[1] >= shown[0] + 4
    assert statements[0] == statements[1]


@each_table
def test_a_list_can_be_searched_and_filtered(model: Any, desk: Client):
    page = page_of(model)
    assert page.list_filter
    assert page.search_fields
    factory_of(model)()
    response = desk.get(url(model, "changelist"), {"q": "nothing is called this"})
    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 0


@each_table
def test_each_column_sorts(model: Any, desk: Client):
    factory_of(model)()
    for number, _column in enumerate(page_of(model).list_display, start=1):
        assert desk.get(url(model, "changelist"), {"o": f"{number}"}).status_code == 200


@each_table
def test_the_pages_of_a_row_open(model: Any, desk: Client, rf: Any, superuser: User):
    row = factory_of(model)()
    assert desk.get(url(model, "change", row.pk)).status_code == 200
    assert desk.get(url(model, "history", row.pk)).status_code == 200
    request = rf.get("/")
    request.user = superuser
    may_add = page_of(model).has_add_permission(request)
    assert desk.get(url(model, "add")).status_code == (200 if may_add else 403)


@each_table
def test_foreign_keys_are_chosen_without_listing_the_whole_table(model: Any):
    page = page_of(model)
    keys = {field.name for field in model._meta.fields if field.is_relation and field.editable}
    if page.has_add_permission.__qualname__.startswith("ReadOnlyAdmin"):
        return
    assert keys <= {*page.autocomplete_fields, *page.raw_id_fields}


@each_table
def test_staff_without_permissions_are_turned_away(model: Any, client: Client):
    row = factory_of(model)()
    client.force_login(UserFactory(staff=True))
    for page in (url(model, "changelist"), url(model, "change", row.pk), url(model, "add")):
        assert client.get(page).status_code == 403


@pytest.mark.parametrize(
    "model",
    [
        OutboxEntry,
        Application,
        ApplicationHistory,
        OpportunityChange,
        EventTicket,
        Scan,
        Conversation,
        Participant,
        Message,
        ConversationEvent,
        Notification,
        ReportNote,
        ReportFile,
    ],
    ids=lambda model: model._meta.label,
)
def test_logs_and_counted_rows_are_only_read(model: Any, desk: Client):
    row = factory_of(model)()
    before = model.objects.values().get(pk=row.pk)
    assert desk.get(url(model, "add")).status_code == 403
    assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert desk.post(url(model, "change", row.pk), {}).status_code == 403
    assert model.objects.values().get(pk=row.pk) == before


def test_nobody_reads_messages_or_what_notifications_quote_of_them(desk: Client):
    message = MessageFactory(content="The key is under the blue pot")
    notification = NotificationFactory(title="Under the blue pot", body="The key is under the blue pot")
    pages = [
        *(url(model, "changelist") for model in (Message, Notification, Conversation, ConversationEvent)),
        url(Message, "change", message.pk),
        url(Conversation, "change", message.conversation_id),
        url(ConversationEvent, "change", message.events.get().pk),
        url(Notification, "change", notification.pk),
    ]
    for page in pages:
        assert "blue pot" not in desk.get(page).content.decode()
    # A search that finds words tells them too.
    found = desk.get(url(Message, "changelist"), {"q": "blue pot"}).context["cl"].result_list
    assert len(found) == 0


def test_a_birth_year_is_read_only_where_it_is_corrected_and_by_who_may(desk: Client, client: Client):
    profile = UserProfileFactory(birth_year=1931)
    page = url(UserProfile, "change", profile.pk)
    for other in (url(UserProfile, "changelist"), url(User, "change", profile.pk)):
        content = desk.get(other).content.decode()
        assert "1931" not in content
        assert "birth" not in content
    assert "1931" in desk.get(page).content.decode()
    form = {"user": profile.pk, "bio": "", "linkedin_url": "", "birth_year": "1932"}
    assert desk.post(page, form).status_code == 302
    profile.refresh_from_db()
    assert profile.birth_year == 1932
    told = desk.get(url(UserProfile, "history", profile.pk)).content.decode()
    assert "1932" not in told, "the log says that it was changed, not to what"
    looking = UserFactory(staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_userprofile"))
    client.force_login(looking)
    shown = client.get(page)
    assert shown.status_code == 200
    assert "1932" not in shown.content.decode()


def test_the_code_of_a_ticket_stays_with_its_holder(desk: Client):
    ticket = EventTicketFactory()
    for page in (url(EventTicket, "changelist"), url(EventTicket, "change", ticket.pk)):
        assert ticket.ticket_code not in desk.get(page).content.decode()


def test_somebody_added_by_staff_logs_in_by_address_once_it_is_proven(desk: Client):
    form = {
        "email": " New.Person@People.example ",
        "display_name": "New Person",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    response = desk.post(url(User, "add"), form)
    user = User.objects.get(email="new.person@people.example")
    assert response.status_code == 302
    assert user.check_password(PASSWORD)
    assert UserProfile.objects.filter(user=user).exists()
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.primary, address.verified) == (user.email, True, False)


def test_the_same_address_is_not_added_twice(desk: Client):
    UserFactory(email="taken@people.example")
    form = {
        "email": "Taken@people.example",
        "display_name": "Second",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    response = desk.post(url(User, "add"), form)
    assert response.status_code == 200
    assert "email" in response.context["adminform"].form.errors
    assert not User.objects.filter(display_name="Second").exists()


def test_staff_log_in_with_their_address_and_change_a_password(client: Client, superuser: User):
    response = client.post(reverse("admin:login"), {"username": superuser.email, "password": PASSWORD})
    assert response.status_code == 302
    user = UserFactory()
    new = "another-password-for-tests"
    form = {"usable_password": "true", "password1": new, "password2": new}
    assert client.post(reverse("admin:auth_user_password_change", args=[user.pk]), form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_skill_is_found_by_its_other_name(desk: Client):
    alias = SkillAliasFactory(name="Spreadsheets")
    SkillAliasFactory(name="Chainsaws")
    found = desk.get(url(Skill, "changelist"), {"q": "spreadsheet"}).context["cl"].result_list
    assert list(found) == [alias.skill]


def test_an_opportunity_shows_how_many_roles_and_applications_it_has(desk: Client):
    opportunity = RoleFactory().opportunity
    ApplicationFactory.create_batch(2, role=RoleFactory(opportunity=opportunity))
    row = desk.get(url(Opportunity, "changelist")).context["cl"].result_list[0]
    assert (row.role_count, row.application_count) == (2, 2)


def _deliver_again(client: Client, entry: OutboxEntry) -> Any:
    form = {"action": "try_again", "_selected_action": [entry.pk]}
    return client.post(url(OutboxEntry, "changelist"), form, follow=True)


def test_an_entry_that_was_given_up_is_delivered_again(desk: Client):
    entry = OutboxEntryFactory(attempts=10, last_error="OSError()")
    assert "1 will be tried again" in _deliver_again(desk, entry).content.decode()
    entry.refresh_from_db()
    assert (entry.attempts, entry.last_error, entry.done_at) == (0, "", None)
    assert entry.due_at <= timezone.now()


def test_those_who_may_only_look_at_the_outbox_deliver_nothing(client: Client):
    entry = OutboxEntryFactory(attempts=10)
    reader = UserFactory(staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_outboxentry"))
    client.force_login(reader)
    assert client.get(url(OutboxEntry, "changelist")).status_code == 200
    _deliver_again(client, entry)
    entry.refresh_from_db()
    assert entry.attempts == 10


@pytest.mark.parametrize(("state", "found"), [("waiting", 2), ("failed", 2), ("parked", 1), ("done", 1), ("", 4)])
def test_a_queue_is_filtered_by_state(state: str, found: int, desk: Client):
    OutboxEntryFactory()
    OutboxEntryFactory(attempts=1, last_error="OSError()")
    OutboxEntryFactory(attempts=10, last_error="OSError()")
    OutboxEntryFactory(delivered=True)
    response = desk.get(url(OutboxEntry, "changelist"), {"state": state})
    assert len(response.context["cl"].result_list) == found
