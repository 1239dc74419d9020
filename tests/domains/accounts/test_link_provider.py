"""Linking another provider's account as a way in, unlinking it, and the picture that comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
import requests
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from PIL import Image

from domains.accounts import services
from domains.accounts.models import LogInProvider, ProfilePicture, User
from domains.accounts.providers.identify import Proof
from domains.base.errors import Refused
from domains.skills.models import Resume
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.domains.accounts.second_factor import ADDRESS, refusal
from tests.factories import ResumeFactory, SkillFactory, UserFactory
from tests.provider_stand_in import StandIn, id_token, stood_in
from tests.threads import at_once

pytestmark = pytest.mark.django_db
#: The package's attribute of this name is the function.
fetch_provider_picture = import_module("domains.accounts.services.fetch_provider_picture")
GOOGLE, LINKEDIN = LogInProvider.GOOGLE, LogInProvider.LINKEDIN


@pytest.fixture(autouse=True)
def providers(settings: Any) -> Iterator[StandIn]:
    with stood_in(settings) as stand_in:
        yield stand_in


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(email="ada@example.org")


def proof(provider: LogInProvider = GOOGLE, **claims: Any) -> Proof:
    return Proof(provider, id_token=id_token(provider.value, **claims))


def link(user: User, session: Any = None, given: Proof | None = None) -> User:
    session = session or services.begin_session(user=user).session
    return services.link_provider(actor=user, session=session, proof=given or proof(), ip_address=ADDRESS)


def unlink(user: User, provider: LogInProvider = GOOGLE) -> User:
    return services.unlink_provider(actor=user, session=None, provider=provider)


def log_in(**claims: Any) -> Any:
    return services.log_in_with_provider(proof=proof(**claims), ip_address=ADDRESS)


@pytest.mark.django_db(transaction=True)
def test_it_is_a_way_in_until_it_is_unlinked_and_the_owner_is_told(ada: User) -> None:
    link(ada, given=proof(email="ada@elsewhere.example"))
    assert log_in(email="ada@elsewhere.example").session.user == ada
    unlink(ada)
    assert log_in(email="ada@elsewhere.example").session.user != ada
    assert subjects_to(ada.email) == [
        "Your account has a new way to log in",
        "Your account has one way less to log in",
    ]


@pytest.mark.django_db(transaction=True)
def test_doing_it_again_changes_nothing(ada: User) -> None:
    link(ada)
    link(ada)
    assert SocialAccount.objects.count() == 1
    unlink(ada)
    unlink(ada)
    assert len(subjects_to(ada.email)) == 2


def test_staff_may_link_it_by_hand() -> None:
    staff = UserFactory(staff=True, email="ada@example.org")
    link(staff)
    assert log_in().session.user == staff


def test_what_is_somebody_elses_stays_theirs(ada: User) -> None:
    link(ada)
    assert refusal(link, UserFactory()) == ("DUPLICATE", None)
    assert SocialAccount.objects.get().user == ada


@pytest.mark.django_db(transaction=True)
def test_one_of_many_at_once_gets_it() -> None:
    people = [UserFactory() for _ in range(6)]
    sessions = [services.begin_session(user=one).session for one in people]
    results = at_once(lambda number: link(people[number], sessions[number]), 6)
    assert sorted(str(one.problems[0].code) for one in results if isinstance(one, Refused)) == ["DUPLICATE"] * 5
    assert SocialAccount.objects.count() == 1


def test_one_account_of_each_provider(ada: User) -> None:
    link(ada)
    assert refusal(link, ada, given=proof(sub="another")) == ("CONFLICT", "provider")
    link(ada, given=proof(LINKEDIN))
    assert SocialAccount.objects.count() == 2


def test_an_older_session_cannot_give_itself_a_way_in(ada: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = services.begin_session(user=ada).session
        clock.shift(3601)
        assert refusal(link, ada, session) == ("BAD_CREDENTIALS", None)
    assert not SocialAccount.objects.exists()


def test_a_session_that_has_ended_meanwhile_links_nothing(ada: User) -> None:
    session = services.begin_session(user=ada).session
    services.end_session(actor=ada, session_id=session.pk)
    assert refusal(link, ada, session) == ("UNAUTHENTICATED", None)
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_stays() -> None:
    user = log_in().session.user
    assert refusal(unlink, user) == ("CONFLICT", "provider")
    link(user, given=proof(LINKEDIN))
    unlink(user)
    assert refusal(unlink, user, LINKEDIN) == ("CONFLICT", "provider")
    user.set_password("seven quiet otters knitting")
    user.save()
    unlink(user, LINKEDIN)
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_ways_in_one_stays_if_both_are_unlinked_at_once() -> None:
    user = log_in().session.user
    link(user, given=proof(LINKEDIN))
    results = at_once(lambda number: unlink(user, [GOOGLE, LINKEDIN][number]), 2)
    assert [isinstance(one, Refused) for one in results].count(True) == 1
    assert SocialAccount.objects.count() == 1


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_new_person_has_the_picture_of_the_provider(providers: StandIn) -> None:
    providers.pictures["/ada.png"] = picture()
    user = log_in(picture=f"{providers.url}/ada.png").session.user
    assert user.profile_picture.side == 200
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.png",
        "http://169.254.169.254/latest",
        "http://lh3.googleusercontent.com/x",
        "https://googleusercontent.com.evil.example/",
        "https://evilgoogleusercontent.com/",
        "https://evil.example\\@x.googleusercontent.com/a",
        "https://x@lh3.googleusercontent.com/a",
        "https://lh3.googleusercontent.com:8443/a",
        "file:///etc/passwd",
    ],
)
def test_pictures_come_from_where_providers_keep_them_only(url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidURL):
        fetch_provider_picture._fetch(url)


@pytest.mark.django_db(transaction=True)
def test_the_address_of_a_picture_that_is_not_taken_is_forgotten() -> None:
    log_in(picture="https://evil.example/x.png")
    assert not ProfilePicture.objects.exists()
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"x" * 300_000])
def test_a_picture_that_cannot_be_shown_is_left(content: bytes, providers: StandIn) -> None:
    providers.pictures["/ada.png"] = content
    user = log_in(picture=f"{providers.url}/ada.png").session.user
    assert not ProfilePicture.objects.exists()
    assert user.sessions.exists()


@pytest.mark.django_db(transaction=True)
def test_skills_that_linkedin_says_are_suggested(ada: User) -> None:
    gardening = SkillFactory(name="Gardening")
    link(ada, given=proof(LINKEDIN, skills=["gardening", "Quantum knitting", 7]))
    resume = ada.resume
    assert (resume.status, resume.source) == ("PARSED", "LINKEDIN")
    assert [one.skill for one in resume.suggestions.all()] == [gardening]
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.django_db(transaction=True)
def test_a_resume_that_somebody_has_stays_as_it_is(ada: User) -> None:
    SkillFactory(name="Gardening")
    resume = ResumeFactory(user=ada)
    link(ada, given=proof(LINKEDIN, skills=["gardening"]))
    assert Resume.objects.get() == resume
    assert not resume.suggestions.exists()


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_unlinks_what_somebody_else_may_have_linked(ada: User) -> None:
    link(ada, given=proof(email="mallory@example.org"))
    services.request_password_reset(email=ada.email, ip_address=ADDRESS)
    services.reset_password(key=last_key(ada.email), new_password="seven quiet otters knitting")
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_own_picture_stays(ada: User, providers: StandIn) -> None:
    providers.pictures["/ada.png"] = picture()
    services.set_profile_picture(user=ada, content=picture())
    kept = ada.profile_picture.large.name
    link(ada, given=proof(picture=f"{providers.url}/ada.png"))
    assert not services.fetch_provider_picture(user_id=ada.pk)
    assert ProfilePicture.objects.get().large.name == kept
