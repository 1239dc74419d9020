"""A community that was there before: addresses take their one form, and where two have one mailbox nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Value
from django.test import Client
from django.urls import reverse

from domains.accounts import services
from domains.accounts.models import User
from domains.opportunities.models import HostMembership
from tests.factories import PASSWORD, HostMembershipFactory, OpportunityHostFactory, UserFactory


def migrate(app: str) -> None:
    """Run the domain's data migration on the tables as they are, with models as migrations see them."""
    loader = MigrationLoader(connection)
    (migration,) = [
        found
        for (label, name), found in loader.disk_migrations.items()
        if label == app and name.endswith("_one_form_of_addresses")
    ]
    run: Any = migration.operations[0]
    run.code(loader.project_state().apps, None)


def respell(user: User, email: str) -> User:
    """Write an address as it was written before, past the column that would give it its form."""
    User.objects.filter(pk=user.pk).update(email=Value(email))
    EmailAddress.objects.filter(user=user.pk).update(email=email)
    return user


@pytest.mark.django_db
def test_addresses_take_their_form_and_where_two_have_one_mailbox_the_proved_one_has_it(capsys) -> None:
    users = {
        "alone": respell(UserFactory(), "x@bücher.example"),
        "no address now": respell(UserFactory(), "root@localhost"),
        "in the form": respell(UserFactory(), "y@xn--bcher-kva.example"),
        "late": respell(UserFactory(), "y@bücher.example"),
        "unproved": respell(UserFactory(unverified=True), "z@xn--bcher-kva.example"),
        "proved": respell(UserFactory(), "z@bücher.example"),
    }
    migrate("accounts")

    assert {name: User.objects.get(pk=user.pk).email for name, user in users.items()} == {
        "alone": "x@xn--bcher-kva.example",
        "no address now": "root@localhost",
        "in the form": "y@xn--bcher-kva.example",
        "late": f"y@bücher.example ({users['late'].pk})",
        "unproved": f"z@bücher.example ({users['unproved'].pk})",
        "proved": "z@xn--bcher-kva.example",
    }
    said = capsys.readouterr().out
    assert said.count("Accounts") == 2
    for name in ("late", "unproved"):
        assert f"{users[name].pk} is marked with its id" in said
    for email, name in (
        ("x@bücher.example", "alone"),
        ("y@bücher.example", "in the form"),
        ("z@bücher.example", "proved"),
    ):
        opened = services.log_in(email=email, password=PASSWORD, device_name="", ip_address="203.0.113.1")
        assert isinstance(opened, services.OpenSession)
        assert opened.session.user == users[name]
    assert {row.email for row in EmailAddress.objects.all()} == {user.email for user in User.objects.all()}


@pytest.mark.django_db
def test_a_host_that_has_one_mailbox_twice_keeps_both_rows(capsys) -> None:
    host = OpportunityHostFactory()
    spellings = ("X@BÜCHER.example", "y@bu\u0308cher.example", "y@bücher.example")
    rows = [HostMembership.objects.create(host=host, email=f"{number}@example.org") for number in range(3)]
    for row, spelling in zip(rows, spellings, strict=True):
        HostMembership.objects.filter(pk=row.pk).update(email=Value(spelling))
    migrate("opportunities")
    formed = ["x@xn--bcher-kva.example", "y@xn--bcher-kva.example", f"y@bücher.example ({rows[2].pk})"]
    assert [HostMembership.objects.get(pk=row.pk).email for row in rows] == formed
    assert f"{rows[2].pk} is marked with its id" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["x@bücher.example (7)", "root@localhost"])
def test_staff_may_change_an_account_whose_address_is_none_and_its_address(client: Client, email: str) -> None:
    client.force_login(UserFactory(superuser=True))
    user = UserFactory(email=email, display_name="Xenia")
    page = reverse("admin:accounts_user_change", args=[user.pk])
    form = client.get(page).context["adminform"].form
    sent = {
        **{name: value for name in form.fields if (value := form.initial.get(name)) not in (None, "", [], False)},
        "email": email,
        "profile-TOTAL_FORMS": 1,
        "profile-INITIAL_FORMS": 1,
        "profile-0-user": user.pk,
    }
    sent.pop("is_active")
    assert client.post(page, sent).status_code == 302
    user.refresh_from_db()
    assert (user.email, user.is_active) == (email, False)
    assert "Give an e-mail address such as" in client.post(page, {**sent, "email": "other@localhost"}).content.decode()
    assert client.post(page, {**sent, "email": "X@bücher.example"}).status_code == 302
    user.refresh_from_db()
    assert user.email == "x@xn--bcher-kva.example"


@pytest.mark.django_db
def test_staff_may_change_a_host_with_a_member_whose_address_is_none(client: Client) -> None:
    client.force_login(UserFactory(superuser=True))
    row = HostMembershipFactory(email="root@localhost")
    page = reverse("admin:opportunities_hostmembership_change", args=[row.pk])
    sent = {"host": row.host_id, "user": row.user_id, "email": row.email, "role": "SCANNER"}
    accepted = {"accepted_at_0": "2026-01-01", "accepted_at_1": "10:00:00"}
    assert client.post(page, {**sent, **accepted}).status_code == 302
    row.refresh_from_db()
    assert (row.role, row.email) == ("SCANNER", "root@localhost")
