"""Logging in with the account of another provider: whose account it is, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.core import mail

from domains.accounts import services
from domains.accounts.models import LogInProvider, Session, SignUpAttempt, UsedProviderToken, User
from domains.accounts.providers.identify import Proof
from domains.base.errors import Refused
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.domains.accounts.second_factor import ADDRESS, NOON, Ada, refusal
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory
from tests.provider_stand_in import AUDIENCES, FRONTEND, StandIn, id_token, stood_in
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def providers(settings: Any) -> Iterator[StandIn]:
    with stood_in(settings) as stand_in:
        yield stand_in


def log_in(provider: str = "GOOGLE", *, token: str = "", **claims: Any) -> Any:
    proof = Proof(LogInProvider(provider), id_token=token or id_token(provider, **claims))
    return services.log_in_with_provider(proof=proof, device_name="Phone", ip_address=ADDRESS)


def log_in_at_facebook(said: dict[str, Any], stand_in: StandIn) -> Any:
    stand_in.access_tokens["token"] = (AUDIENCES["FACEBOOK"], {"id": "77", **said})
    proof = Proof(LogInProvider.FACEBOOK, access_token="token")
    return services.log_in_with_provider(proof=proof, device_name="Phone", ip_address=ADDRESS)


@pytest.mark.parametrize("provider", ["GOOGLE", "LINKEDIN", "APPLE"])
def test_a_new_person_gets_an_account_with_a_proved_address(provider: str) -> None:
    session = log_in(provider).session
    user = User.objects.get(email="ada@example.org")
    name = "New volunteer" if provider == "APPLE" else "Ada Lovelace"
    assert (session.user, session.device_name, user.display_name) == (user, "Phone", name)
    assert user.is_email_verified
    assert not user.has_usable_password()
    assert mail.outbox == []


def test_somebody_who_came_before_is_known_by_the_provider_and_not_by_the_address() -> None:
    user = log_in().session.user
    again = log_in(email="ada@elsewhere.example", name="Somebody Else").session.user
    assert (again, again.email, again.display_name) == (user, "ada@example.org", "Ada Lovelace")
    other = log_in(sub="1002", email="bea@example.org").session.user
    assert other != user


@pytest.mark.django_db(transaction=True)
def test_an_account_that_has_proved_the_same_address_is_linked_and_its_owner_told() -> None:
    user = UserFactory(email="ada@example.org", display_name="Ada")
    assert log_in().session.user == user
    user.refresh_from_db()
    assert (user.display_name, user.check_password(PASSWORD)) == ("Ada", True)
    assert subjects_to(user.email) == ["Your account has a new way to log in"]
    assert "you can log in with: Google" in str(mail.outbox[-1].body)


def test_nobody_else_keeps_a_way_into_an_account_that_was_only_requested() -> None:
    mallory = {"user__display_name": "Mallory", "user__zip_code": "94110", "user__user_type": "HOST"}
    attempt = SignUpAttemptFactory(user__email="ada@example.org", **mallory)
    assert log_in().session.user == attempt.user
    user = User.objects.get()
    assert (user.display_name, user.zip_code, user.user_type) == ("Ada Lovelace", "", "VOLUNTEER")
    assert not SignUpAttempt.objects.exists()
    assert refusal(services.log_in, email="ada@example.org", password=PASSWORD, device_name="", ip_address=ADDRESS) == (
        "BAD_CREDENTIALS",
        None,
    )


@pytest.mark.django_db(transaction=True)
def test_an_account_with_a_password_whose_address_is_not_proved_is_proved_by_mail_first() -> None:
    user = UserFactory(email="ada@example.org", unverified=True)
    assert refusal(log_in) == ("EMAIL_NOT_VERIFIED", None)
    assert not SocialAccount.objects.exists()
    assert not user.sessions.exists()
    assert services.verify_email(key=last_key(user.email)).session.user == user
    assert SocialAccount.objects.get().user == user


def test_accounts_of_the_staff_are_linked_by_hand_only() -> None:
    staff = UserFactory(email="ada@example.org", staff=True)
    assert refusal(log_in) == ("CONFLICT", None)
    assert not Session.objects.filter(user=staff).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": "false"}, {"email_verified": None}])
def test_an_address_that_the_provider_does_not_vouch_for_is_proved_by_mail(said: dict[str, Any]) -> None:
    assert refusal(log_in, **said) == ("EMAIL_NOT_VERIFIED", None)
    assert not SocialAccount.objects.exists()
    opened = services.verify_email(key=last_key("ada@example.org"), ip_address=ADDRESS)
    assert (opened.session.user.email, opened.session.user.display_name) == ("ada@example.org", "Ada Lovelace")
    assert log_in(email_verified=False).session.user == opened.session.user


@pytest.mark.django_db(transaction=True)
def test_facebook_never_vouches_for_an_address(providers: StandIn) -> None:
    said = {"email": "ada@example.org", "name": "Ada Lovelace", "email_verified": True, "verified": True}
    assert refusal(log_in_at_facebook, said, providers) == ("EMAIL_NOT_VERIFIED", None)
    assert "by the account at Facebook that was used there" in str(mail.outbox[-1].body)
    user = services.verify_email(key=last_key("ada@example.org")).session.user
    assert log_in_at_facebook(said, providers).session.user == user


@pytest.mark.django_db(transaction=True)
def test_nobody_learns_that_an_address_has_an_account() -> None:
    UserFactory(email="known@example.org")
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        with pytest.raises(Refused) as refused:
            log_in(email=email, email_verified=False)
        answers.append(refused.value.problems)
    assert answers[0] == answers[1]
    assert subjects_to("known@example.org") == ["You have an account already"]
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("written", ["\uff41da@example.org", "ada@\u24d4xample.org"])
def test_an_address_in_another_spelling_is_not_vouched_for(written: str) -> None:
    UserFactory(email="ada@example.org")
    assert refusal(log_in, email=written) in {("EMAIL_NOT_VERIFIED", None), ("REQUIRED", None)}
    assert not SocialAccount.objects.exists()


def test_without_an_address_there_is_no_account(providers: StandIn) -> None:
    assert refusal(log_in_at_facebook, {"name": "Ada"}, providers) == ("REQUIRED", None)
    assert refusal(log_in, "APPLE", email="not an address") == ("REQUIRED", None)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", [None, "", "\u202e\u200b", "  "])
def test_a_name_that_cannot_be_shown_is_replaced(name: Any) -> None:
    assert log_in(name=name).session.user.display_name == "New volunteer"


def test_a_name_of_two_parts_and_one_that_is_too_long() -> None:
    assert log_in(name=None, given_name="Ada", family_name="King").session.user.display_name == "Ada King"
    assert log_in(sub="2", email="b@example.org", name="x" * 500).session.user.display_name == "x" * 80


def test_apple_tells_the_name_beside_its_token_once() -> None:
    proof = Proof(LogInProvider.APPLE, id_token=id_token("APPLE", name=None), name="Ada King")
    assert services.log_in_with_provider(proof=proof).session.user.display_name == "Ada King"  # type: ignore[union-attr]


def test_linkedin_tells_the_address_of_the_persons_page() -> None:
    page = "https://www.linkedin.com/in/ada"
    assert log_in("LINKEDIN", profile=page).session.user.profile.linkedin_url == page
    other = log_in("LINKEDIN", sub="2", email="b@example.org", profile="https://evil.example/in/ada").session.user
    assert other.profile.linkedin_url == ""


@time_machine.travel(NOON, tick=False)
def test_the_second_factor_is_asked_for() -> None:
    ada = Ada()
    challenge = log_in()
    assert isinstance(challenge, services.MfaChallenge)
    assert ada.user.socialaccount_set.exists()
    assert isinstance(log_in(), services.MfaChallenge)


def test_a_closed_account_stays_closed() -> None:
    user = log_in().session.user
    user.is_active = False
    user.save()
    assert refusal(log_in) == ("BAD_CREDENTIALS", None)
    assert refusal(log_in, sub="1002") == ("BAD_CREDENTIALS", None)


def test_a_token_works_once() -> None:
    token = id_token()
    log_in(token=token)
    assert refusal(log_in, token=token) == ("BAD_CREDENTIALS", None)
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_token_begin_one_session() -> None:
    token = id_token()
    results = at_once(lambda _: log_in(token=token), 10)
    assert sum(not isinstance(one, Refused) for one in results) == 1
    assert Session.objects.count() == User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_first_log_ins_at_once_make_one_account() -> None:
    tokens = [id_token(jti=str(number)) for number in range(10)]
    results = at_once(lambda number: log_in(token=tokens[number]), 10)
    assert not [one for one in results if isinstance(one, Refused)]
    assert (User.objects.count(), SocialAccount.objects.count(), Session.objects.count()) == (1, 1, 10)


@pytest.mark.django_db(transaction=True)
def test_two_accounts_of_a_provider_do_not_get_linked_to_one_at_once() -> None:
    UserFactory(email="ada@example.org")
    results = at_once(lambda number: log_in(sub=str(number)), 5)
    assert sorted(str(one.problems[0].code) for one in results if isinstance(one, Refused)) == ["CONFLICT"] * 4
    assert SocialAccount.objects.count() == 1


def test_a_code_is_exchanged_by_the_server(providers: StandIn) -> None:
    providers.codes["abc"] = ("LINKEDIN", {"email": "ada@example.org", "email_verified": "true", "name": "Ada"})
    proof = Proof(LogInProvider.LINKEDIN, code="abc", redirect_uri=FRONTEND)
    assert services.log_in_with_provider(proof=proof).session.user.email == "ada@example.org"  # type: ignore[union-attr]
    assert refusal(services.log_in_with_provider, proof=proof) == ("BAD_CREDENTIALS", None)


def test_a_code_comes_from_a_known_address_only(providers: StandIn) -> None:
    providers.codes["abc"] = ("GOOGLE", {})
    proof = Proof(LogInProvider.GOOGLE, code="abc", redirect_uri="https://evil.example/")
    assert refusal(services.log_in_with_provider, proof=proof) == ("INVALID", "redirect_uri")
    assert not providers.asked


def test_a_provider_that_contradicts_itself_is_not_believed(providers: StandIn) -> None:
    providers.codes["abc"] = ("GOOGLE", {"sub": "1001"})
    answer = providers.answer

    def lie(path: str, given: dict[str, str], authorization: str) -> tuple[int, Any]:
        status, said = answer(path, given, authorization)
        return status, {**said, "sub": "9"} if path.endswith("/userinfo") else said

    providers.answer = lie  # type: ignore[method-assign]
    proof = Proof(LogInProvider.GOOGLE, code="abc", redirect_uri=FRONTEND)
    assert refusal(services.log_in_with_provider, proof=proof) == ("BAD_CREDENTIALS", None)


def test_used_tokens_are_forgotten_once_they_have_expired() -> None:
    log_in()
    assert services.remove_expired_tokens() == 0
    UsedProviderToken.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert services.remove_expired_tokens() == 1
