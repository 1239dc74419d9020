"""What staff do to an account in the admin has the effects that its owner's acts have."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from domains.accounts import services
from domains.accounts.models import EmailChange, PasswordReset, Session, User, UserType
from domains.base.errors import Refused
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.factories import PASSWORD, UserFactory

NEW = "seven quiet otters knitting"
OLD, OTHER = "ada@example.org", "ada@new.example"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(transactional_db: None) -> Client:
    client = Client()
    client.force_login(UserFactory(superuser=True))
    return client


@pytest.fixture
def hijacked(transactional_db: None) -> User:
    """Somebody with a session, a key to a new password and a change of address that are not theirs."""
    user = UserFactory(email=OLD)
    services.begin_session(user=user)
    services.request_password_reset(email=OLD, ip_address="203.0.113.1")
    services.change_email(actor=user, session=None, new_email="thief@example.net", password=PASSWORD)
    return user


def assert_nothing_is_open() -> None:
    assert not Session.objects.filter(ended_at=None).exists()
    assert not PasswordReset.objects.exists()
    assert not EmailChange.objects.filter(done_at=None).exists()


def test_a_password_that_staff_set_ends_all_that_the_old_one_began(staff: Client, hijacked: User) -> None:
    page = reverse("admin:auth_user_password_change", args=[hijacked.pk])
    answer = staff.post(page, {"usable_password": "true", "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    hijacked.refresh_from_db()
    assert hijacked.check_password(NEW)
    assert_nothing_is_open()
    assert subjects_to(OLD)[-1] == "Your password was changed"


def change(staff: Client, user: User, **changed: object) -> None:
    page = reverse("admin:accounts_user_change", args=[user.pk])
    form = staff.get(page).context["adminform"].form
    given = {name: value for name in form.fields if (value := form[name].value())}
    inline = {f"profile-{name}": value for name, value in {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1}.items()}
    given |= {**inline, "profile-0-user": user.pk, "profile-0-bio": "", "profile-0-linkedin_url": "", **changed}
    given = {name: value for name, value in given.items() if value is not None}
    answer = staff.post(page, given)
    assert answer.status_code == 302, answer.context["errors"]


def test_an_account_that_staff_close_ends_all_of_it(staff: Client, hijacked: User) -> None:
    change(staff, hijacked, is_active=None)
    assert not User.objects.get(pk=hijacked.pk).is_active
    assert_nothing_is_open()


def test_an_address_that_staff_took_from_an_account_is_free_again(staff: Client, hijacked: User) -> None:
    change(staff, hijacked, email=OTHER)
    services.sign_up(
        email=OLD,
        password=NEW,
        display_name="Bea",
        user_type=UserType.VOLUNTEER,
        zip_code="",
        ip_address="203.0.113.1",
    )
    assert services.verify_email(key=last_key(OLD)).session.user.display_name == "Bea"
    with pytest.raises(Refused, match="EXPIRED"):
        services.verify_email(key=last_key("thief@example.net"))


class TestTheirOwnPassword:
    """The page on which staff change their own password, at `/admin/password_change/`."""

    @pytest.fixture
    def owner(self, transactional_db: None) -> User:
        user = UserFactory(email=OLD, staff=True)
        services.begin_session(user=user)
        services.request_password_reset(email=OLD, ip_address="203.0.113.1")
        services.change_email(actor=user, session=None, new_email="thief@example.net", password=PASSWORD)
        return user

    def change(self, client: Client, old: str) -> str:
        page = client.post("/admin/password_change/", {"old_password": old, "new_password1": NEW, "new_password2": NEW})
        return page.content.decode()

    def test_ends_all_that_the_old_one_began(self, owner: User) -> None:
        client = Client()
        client.force_login(owner)
        assert "Old password" in client.get("/admin/password_change/").content.decode()
        self.change(client, PASSWORD)
        owner.refresh_from_db()
        assert owner.check_password(NEW)
        assert_nothing_is_open()
        assert subjects_to(OLD)[-1] == "Your password was changed"
        assert client.get(reverse("admin:index")).status_code == 200, "this browser stays logged in"

    def test_is_no_way_to_guess_the_old_one(self, owner: User) -> None:
        client = Client()
        client.force_login(owner)
        pages = [self.change(client, "wrong") for _ in range(5)]
        assert all("This is not your password." in page for page in pages)
        assert "Too many" in self.change(client, PASSWORD)
        owner.refresh_from_db()
        assert owner.check_password(PASSWORD)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/mfa/authenticator/?data__secret__startswith=g",
        "/admin/accounts/totpsetup/?secret__startswith=g",
        "/admin/accounts/signupattempt/?password__startswith=argon2",
    ],
)
def test_columns_that_are_not_shown_cannot_be_searched(staff: Client, address: str) -> None:
    answer = staff.get(address)
    assert answer.status_code in {302, 400}
    assert answer.headers.get("Location", "?e=1").endswith("?e=1")
