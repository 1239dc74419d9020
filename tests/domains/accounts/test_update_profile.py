"""Changing what one tells about oneself: what was given, all or nothing, and the year of birth once."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest

from domains.accounts import services
from domains.accounts.models import User, UserProfile, UserType
from domains.base.errors import Refused
from tests.factories import UserFactory
from tests.midsummer import YEAR
from tests.sql import rows_of
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midsummer")]
SERVICE = sys.modules["domains.accounts.services.update_profile"]


def refusal_of(actor: User, **given: Any) -> list[tuple[str, str | None]]:
    before = rows_of("accounts")
    with pytest.raises(Refused) as refused:
        services.update_profile(actor=actor, **given)
    assert rows_of("accounts") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def test_what_is_given_changes_and_nothing_else() -> None:
    ann, ben = UserFactory(is_verified=True), UserFactory()
    before = User.objects.filter(pk=ben.pk).values().get(), UserProfile.objects.filter(pk=ben.pk).values().get()
    services.update_profile(
        actor=ann, display_name="  Ann \n Rivera ", linkedin_url=" https://www.linkedin.com/in/ann "
    )
    services.update_profile(actor=ann, bio=" I dig. ", zip_code="", user_type=UserType.BOTH)
    services.update_profile(actor=ann)
    ann.refresh_from_db()
    assert (ann.display_name, ann.zip_code, ann.user_type, ann.is_verified) == ("Ann Rivera", "", "BOTH", True)
    profile = UserProfile.objects.get(user=ann)
    assert (profile.bio, profile.linkedin_url) == ("I dig.", "https://www.linkedin.com/in/ann")
    assert before == (
        User.objects.filter(pk=ben.pk).values().get(),
        UserProfile.objects.filter(pk=ben.pk).values().get(),
    )


def test_all_that_is_wrong_is_named_at_once_and_nothing_changes() -> None:
    ann = UserFactory(profile__birth_year=None)
    found = refusal_of(
        ann, display_name="x" * 81, bio="x" * 2001, linkedin_url="http://x", zip_code="9411a", birth_year=YEAR + 1
    )
    assert sorted(found, key=str) == [
        ("INVALID", "birth_year"),
        ("INVALID", "linkedin_url"),
        ("INVALID", "zip_code"),
        ("TOO_LONG", "bio"),
        ("TOO_LONG", "display_name"),
    ]
    assert refusal_of(ann, display_name=" ", bio="fine") == [("REQUIRED", "display_name")]
    for name in ("Ann\u202e", "\u200b\u3164"):
        assert refusal_of(ann, display_name=name) == [("INVALID", "display_name")]
    assert refusal_of(ann, bio="\u3164\u200b") == [("INVALID", "bio")]
    assert refusal_of(ann, zip_code="٩٤١١٠"), "digits of another script"
    assert refusal_of(ann, linkedin_url="https://linkedin.com/" + "x" * 200) == [("TOO_LONG", "linkedin_url")]


@pytest.mark.parametrize(
    "url",
    [
        "http://linkedin.com/in/ann",
        "https://linkedin.com.evil.example/in/ann",
        "https://evillinkedin.com/in/ann",
        "https://evil.example/linkedin.com",
        "https://linkedin.com@evil.example/",
        "https://evil.example\\@linkedin.com/",
        "https://linkedin.com:8443/in/ann",
        "https://linkedin.com/in/\u202eann",
        "https://linkedin.com/in/a nn",
        'https://linkedin.com/"><script>',
        "javascript:alert('https://linkedin.com')",
        "https://linked\u0131n.com/in/ann",
        "linkedin.com/in/ann",
    ],
)
def test_addresses_that_are_no_page_at_linkedin(url: str) -> None:
    assert refusal_of(UserFactory(), linkedin_url=url) == [("INVALID", "linkedin_url")]


@pytest.mark.parametrize(
    "url",
    ["", "https://linkedin.com", "https://www.linkedin.com/in/ann-1_b%20c/?x=1&y#z", "https://DE.LinkedIn.com/in/a"],
)
def test_addresses_that_are(url: str) -> None:
    ann = UserFactory()
    services.update_profile(actor=ann, linkedin_url=url)
    assert UserProfile.objects.get(user=ann).linkedin_url == url


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "javascript:alert(1)",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://example.org:8443/",
        "https://ann@example.org/",
        "https://example.org/a b",
        'https://example.org/"><script>',
        "https://exam\u202eple.org",
        "https://-example.org",
        "example.org",
    ],
)
def test_addresses_that_are_no_website(url: str) -> None:
    assert refusal_of(UserFactory(), website_url=url) == [("INVALID", "website_url")]


@pytest.mark.parametrize("url", ["", "http://example.org", "https://a-b.example.museum/x?y=%20#z"])
def test_addresses_that_are_one(url: str) -> None:
    ann = UserFactory()
    services.update_profile(actor=ann, website_url=f" {url} ")
    assert UserProfile.objects.get(user=ann).website_url == url
    assert refusal_of(ann, website_url="https://example.org/" + "x" * 200) == [("TOO_LONG", "website_url")]


def test_languages_are_written_in_the_usual_way_each_once() -> None:
    ann = UserFactory()
    services.update_profile(actor=ann, languages=["EN", " pt-br", "zh-hant-tw", "es-419", "en"])
    assert UserProfile.objects.get(user=ann).languages == ["en", "pt-BR", "zh-Hant-TW", "es-419"]
    services.update_profile(actor=ann, bio="Hello")
    services.update_profile(actor=ann, languages=[])
    assert UserProfile.objects.get(user=ann).languages == []


@pytest.mark.parametrize("tag", ["", "English", "e", "en_US", "en-", "\u202een", "x" * 5000, "en-US-x-private"])
def test_what_is_no_language(tag: str) -> None:
    assert refusal_of(UserFactory(), languages=["en", tag]) == [("INVALID", "languages")]


def test_there_is_a_most_of_languages() -> None:
    tags = [f"{one}{other}" for one in "abcde" for other in "abcde"]
    assert refusal_of(UserFactory(), languages=tags[:21]) == [("TOO_LONG", "languages")]
    services.update_profile(actor=UserFactory(), languages=tags[:20])


def test_the_year_of_birth_is_given_once() -> None:
    ann = UserFactory(profile__birth_year=None)
    services.update_profile(actor=ann, birth_year=1990)
    services.update_profile(actor=ann, birth_year=1990, bio="Again")
    for year in (1991, YEAR - 15, YEAR):
        assert refusal_of(ann, birth_year=year, bio="Other") == [("CONFLICT", "birth_year")]
    services.update_profile(actor=ann, birth_year=None)
    profile = UserProfile.objects.get(user=ann)
    assert (profile.birth_year, profile.bio) == (1990, "Again")


@pytest.mark.parametrize(("year", "is_fine"), [(1899, False), (1900, True), (YEAR - 13, True), (YEAR - 12, False)])
def test_from_thirteen_on(year: int, is_fine: bool) -> None:
    ann = UserFactory(profile__birth_year=None)
    if is_fine:
        services.update_profile(actor=ann, birth_year=year)
    else:
        assert refusal_of(ann, birth_year=year) == [("INVALID", "birth_year")]


def test_who_is_too_young_is_told_kindly() -> None:
    with pytest.raises(Refused) as refused:
        services.update_profile(actor=UserFactory(profile__birth_year=None), birth_year=YEAR - 10)
    assert refused.value.problems[0].message.startswith("Thank you")
    assert "13 and over" in refused.value.problems[0].message


def test_somebody_without_a_profile_gets_one_and_the_logs_say_no_year(caplog: pytest.LogCaptureFixture) -> None:
    ann = UserFactory(profile=None)
    with caplog.at_level(logging.DEBUG):
        services.update_profile(actor=ann, birth_year=1987)
        refusal_of(ann, birth_year=1986)
    assert UserProfile.objects.get(user=ann).birth_year == 1987
    assert not [one for one in caplog.records if not one.name.startswith("django.db") and "198" in one.getMessage()]


def test_changing_all_the_time_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = UserFactory()
    monkeypatch.setattr(SERVICE, "RATE_LIMIT", 1)
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    services.update_profile(actor=ann, bio="One")
    assert refusal_of(ann, bio="Two") == [("RATE_LIMITED", None)]


@pytest.mark.django_db(transaction=True)
def test_of_two_years_at_once_one_is_kept_and_the_others_are_refused() -> None:
    for _ in range(5):
        ann = UserFactory(profile__birth_year=None)

        def give(number: int, ann: User = ann) -> User:
            return services.update_profile(actor=ann, birth_year=1980 + number)

        answers = at_once(give, 4)
        assert sum(isinstance(answer, User) for answer in answers) == 1
        assert sum(isinstance(answer, Refused) for answer in answers) == 3
