"""The second factor over the API, from its setup to its end, and who must have one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from domains.accounts import second_factors, services
from domains.accounts.models import User
from domains.accounts.selectors import find_live_session_ids
from domains.notifications.selectors import find_push_subscriptions
from domains.opportunities.models import MembershipRole
from tests.api import Api, codes
from tests.authenticator_app import code_of
from tests.domains.accounts.mailed_keys import last_key
from tests.domains.accounts.second_factor import NOON
from tests.factories import PASSWORD, HostMembershipFactory, PushSubscriptionFactory, SessionFactory, UserFactory

NEW = "seven quiet otters knitting"
PROBLEMS = "... on OperationInfo { messages { kind code field message retryAfter } }"
SESSION = "__typename ... on AuthSession { accessToken isMfaRequired user { email isMfaEnabled } }"
CHALLENGE = "... on MfaChallenge { challengeToken methods }"
START = f"mutation {{ startTotp {{ __typename ... on TotpSetup {{ secret otpauthUrl qrCodeSvg }} {PROBLEMS} }} }}"
CONFIRM = f"""mutation C($input: ConfirmTotpInput!) {{
  confirmTotp(input: $input) {{ __typename ... on RecoveryCodes {{ codes }} {PROBLEMS} }} }}"""
LOG_IN = f"mutation L($input: LogInInput!) {{ logIn(input: $input) {{ {SESSION} {CHALLENGE} {PROBLEMS} }} }}"
COMPLETE = f"mutation M($input: CompleteMfaInput!) {{ completeMfa(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
RESET = (
    f"mutation R($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ {SESSION} {CHALLENGE} {PROBLEMS} }} }}"
)
VERIFY = f"mutation V($input: VerifyEmailInput!) {{ verifyEmail(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
DISABLE = f"""mutation D($input: DisableMfaInput!) {{
  disableMfa(input: $input) {{ __typename ... on User {{ isMfaEnabled }} {PROBLEMS} }} }}"""
LOG_OUT = f"""mutation O($input: LogOutInput!) {{
  logOut(input: $input) {{ __typename ... on LogOutReceipt {{ sessionsEnded }} {PROBLEMS} }} }}"""
UPDATE = f"mutation U($input: UpdateProfileInput!) {{ updateProfile(input: $input) {{ __typename {PROBLEMS} }} }}"
ME = "{ me { email isMfaEnabled } }"


def set_up(api: Api) -> tuple[str, list[str]]:
    """Set up a second factor; return the app's secret and the recovery codes."""
    secret = api.ask(START)["startTotp"]["secret"]
    return secret, api.act(CONFIRM, code=code_of(secret, ahead=-1))["codes"]


def log_in(user: User) -> Any:
    return Api(Client()).act(LOG_IN, email=user.email, password=PASSWORD, deviceName="Phone")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """The app's code does not change in the middle of a test."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(email="ada@example.org")


def test_from_the_setup_to_the_end(api: Api, api_as: Callable[[User], Api], ada: User) -> None:
    signed_in = api_as(ada)
    assert signed_in.ask(ME)["me"] == {"email": ada.email, "isMfaEnabled": False}
    secret, recovery_codes = set_up(signed_in)
    assert len(recovery_codes) == second_factors.RECOVERY_CODE_COUNT
    challenge = log_in(ada)
    assert (challenge["__typename"], challenge["methods"]) == ("MfaChallenge", ["TOTP", "RECOVERY_CODE"])
    wrong = api.act(COMPLETE, challengeToken=challenge["challengeToken"], code="000000")
    assert [(one["code"], one["field"]) for one in wrong["messages"]] == [("BAD_CREDENTIALS", "code")]
    session = api.act(COMPLETE, challengeToken=challenge["challengeToken"], code=code_of(secret))
    assert session["user"] == {"email": ada.email, "isMfaEnabled": True}
    again = api.act(COMPLETE, challengeToken=log_in(ada)["challengeToken"], code=recovery_codes[0])
    assert again["__typename"] == "AuthSession"
    assert signed_in.act(DISABLE, password=PASSWORD) == {"__typename": "User", "isMfaEnabled": False}
    assert log_in(ada)["__typename"] == "AuthSession"


def test_a_stale_token_does_not_stand_in_the_way(api_as: Callable[[User], Api], ada: User) -> None:
    secret, _ = set_up(api_as(ada))
    api = Api(Client())
    api._token = "stale"
    token = log_in(ada)["challengeToken"]
    assert api.act(COMPLETE, challengeToken=token, code=code_of(secret))["__typename"] == "AuthSession"


def test_others_do_not_see_who_has_one(api: Api, api_as: Callable[[User], Api], ada: User) -> None:
    set_up(api_as(ada))
    asked = f'{{ node(id: "{_id(api_as, ada)}") {{ ... on User {{ displayName isMfaEnabled }} }} }}'
    for stranger in (api, api_as(UserFactory())):
        assert stranger.ask(asked)["node"]["isMfaEnabled"] is None
    assert api_as(UserFactory(overseer=True)).ask(asked)["node"]["isMfaEnabled"] is True


def _id(api_as: Callable[[User], Api], user: User) -> str:
    found: str = api_as(user).ask("{ me { id } }")["me"]["id"]
    return found


@pytest.mark.parametrize("document", [START, CONFIRM, DISABLE])
def test_strangers_set_up_nothing(api: Api, document: str) -> None:
    given = {"input": {"code": "1"}} if "Confirm" in document else {"input": {"password": "x"}}
    answer = api.post(document, given if "$input" in document else {})
    assert codes(next(iter(answer["data"].values()))) == ["UNAUTHENTICATED"]


@pytest.mark.django_db(transaction=True)
def test_a_reset_password_asks_for_it(api: Api, api_as: Callable[[User], Api]) -> None:
    ada = UserFactory(email="ada@example.org")
    secret, _ = set_up(api_as(ada))
    services.request_password_reset(email=ada.email, ip_address="203.0.113.1")
    challenge = api.act(RESET, key=last_key(ada.email), newPassword=NEW)
    assert challenge["__typename"] == "MfaChallenge"
    session = api.act(COMPLETE, challengeToken=challenge["challengeToken"], code=code_of(secret))
    assert session["__typename"] == "AuthSession"


@pytest.mark.django_db(transaction=True)
def test_a_new_address_is_proved_and_begins_no_session(api: Api, api_as: Callable[[User], Api]) -> None:
    ada = UserFactory(email="ada@example.org")
    set_up(api_as(ada))
    services.change_email(
        actor=ada, session=None, new_email="ada@new.example", password=PASSWORD, ip_address="203.0.113.1"
    )
    assert codes(api.act(VERIFY, key=last_key("ada@new.example"))) == ["MFA_REQUIRED"]
    assert User.objects.get(pk=ada.pk).email == "ada@new.example"


class TestWhereItIsRequired:
    """With MFA_REQUIRED_FOR, staff and owners can do nothing before they have set one up."""

    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        settings.MFA_REQUIRED_FOR = ["staff", "owners"]

    @pytest.fixture(params=["staff", "owner"])
    def guarded(self, request: pytest.FixtureRequest, db: None) -> User:
        if request.param == "staff":
            return UserFactory(overseer=True)
        owner = UserFactory(hosting=True)
        HostMembershipFactory(role=MembershipRole.OWNER, user=owner)
        return owner

    def test_everything_else_waits_for_the_setup(self, api_as: Callable[[User], Api], guarded: User) -> None:
        session = log_in(guarded)
        assert (session["isMfaRequired"], session["user"]) == (True, {"email": None, "isMfaEnabled": None})
        api = Api(Client())
        api._token = session["accessToken"]
        refused = api.post(ME)
        assert [one["extensions"]["code"] for one in refused["errors"]] == ["MFA_REQUIRED"]
        assert codes(api.act(UPDATE, bio="x")) == ["MFA_REQUIRED"]
        set_up(api)
        assert api.ask(ME)["me"] == {"email": guarded.email, "isMfaEnabled": True}
        assert api.act(UPDATE, bio="x")["__typename"] == "User"

    def test_they_can_log_out(self, guarded: User) -> None:
        api = Api(Client())
        api._token = log_in(guarded)["accessToken"]
        assert api.act(LOG_OUT, everywhere=True)["sessionsEnded"] == 1

    def test_nobody_else_notices(self, api_as: Callable[[User], Api]) -> None:
        coordinator = UserFactory()
        HostMembershipFactory(role=MembershipRole.COORDINATOR, user=coordinator)
        for person in (coordinator, UserFactory()):
            assert log_in(person)["isMfaRequired"] is False
            assert api_as(person).ask(ME)["me"]["email"] == person.email

    def test_the_roles_are_those_of_the_setting(self, settings: Any, guarded: User) -> None:
        settings.MFA_REQUIRED_FOR = ["owners" if guarded.is_staff else "staff"]
        assert log_in(guarded)["isMfaRequired"] is False

    def test_the_admin_refuses_staff_without_one(self, db: None) -> None:
        page = admin_log_in(UserFactory(staff=True))
        assert "Staff need a second factor" in page.content.decode()

    def test_open_pages_of_the_admin_close(self, db: None, settings: Any, client: Client) -> None:
        client.force_login(UserFactory(superuser=True))
        assert client.get(reverse("admin:index")).status_code == 302
        settings.MFA_REQUIRED_FOR = []
        assert client.get(reverse("admin:index")).status_code == 200

    def test_what_goes_on_without_being_asked_ends(self, guarded: User) -> None:
        session = SessionFactory(user=guarded)
        other = SessionFactory()
        for one in (session, other):
            PushSubscriptionFactory(session=one)
        assert find_live_session_ids(among=[session.pk, other.pk]) == {other.pk}
        pushes = find_push_subscriptions(user_ids=[guarded.pk, other.user_id])
        assert set(pushes.values_list("session", flat=True)) == {other.pk}


def admin_log_in(user: User, **more: str) -> Any:
    return Client().post(
        reverse("admin:login"), {"username": user.email, "password": PASSWORD, "next": "/admin/", **more}
    )


class TestTheAdmin:
    """Staff with a second factor enter a code there too."""

    @pytest.fixture
    def staff(self, db: None, api_as: Callable[[User], Api]) -> tuple[User, str, list[str]]:
        user = UserFactory(superuser=True)
        return (user, *set_up(api_as(user)))

    def test_lets_them_in_with_a_code_and_not_without(self, staff: tuple[User, str, list[str]]) -> None:
        user, secret, recovery_codes = staff
        assert "Enter the code" in admin_log_in(user).content.decode()
        assert "wrong or was used" in admin_log_in(user, code="000000").content.decode()
        assert admin_log_in(user, code=code_of(secret)).status_code == 302
        assert "wrong or was used" in admin_log_in(user, code=code_of(secret)).content.decode()
        assert admin_log_in(user, code=recovery_codes[0]).status_code == 302

    def test_ends_cookies_that_a_password_alone_got(
        self, api_as: Callable[[User], Api], db: None, client: Client
    ) -> None:
        user = UserFactory(superuser=True)
        client.force_login(user)
        api = api_as(user)
        set_up(api)
        assert client.get(reverse("admin:index")).status_code == 302
        client.force_login(user)
        api.act(DISABLE, password=PASSWORD)
        assert client.get(reverse("admin:index")).status_code == 302

    def test_limits_guesses(self, staff: tuple[User, str, list[str]]) -> None:
        user, secret, _ = staff
        for _ in range(5):
            admin_log_in(user, code="000000")
        assert "Too many" in admin_log_in(user, code=code_of(secret)).content.decode()

    def test_turns_it_off_for_one_person_who_lost_everything(
        self, api_as: Callable[[User], Api], ada: User, client: Client
    ) -> None:
        set_up(api_as(ada))
        client.force_login(UserFactory(superuser=True))
        url, action = reverse("admin:accounts_user_changelist"), {"action": "turn_off_second_factor"}
        page = client.post(url, {**action, "_selected_action": [ada.pk, UserFactory().pk]}, follow=True)
        assert "Choose one person" in page.content.decode()
        assert Authenticator.objects.exists()
        client.post(url, {**action, "_selected_action": [ada.pk]}, follow=True)
        assert not Authenticator.objects.exists()
        assert LogEntry.objects.get().change_message == "Turned off the second factor."

    def test_leaves_staff_to_superusers(self, staff: tuple[User, str, list[str]], client: Client) -> None:
        client.force_login(UserFactory(staff=True, rights=["accounts.change_user"]))
        client.post(
            reverse("admin:accounts_user_changelist"),
            {"action": "turn_off_second_factor", "_selected_action": [staff[0].pk]},
        )
        assert second_factors.has_second_factor(staff[0])
