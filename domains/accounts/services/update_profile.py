"""Changing the actor's own profile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from domains.accounts.models import Audience, ProfileField, User, UserProfile, UserType
from domains.accounts.services.availability import FreeTime, read_availability
from domains.accounts.services.lock_actor import lock_self
from domains.accounts.services.profile_parts import find_part_problems, store_parts
from domains.base import rates
from domains.base.errors import Code, Problem, Refused, problems_of
from domains.base.texts import is_visible, line_problems

RATE_LIMIT, RATE_SECONDS = 30, 600
MAX_BIO_LENGTH = 2000
#: The columns'.
MAX_URL_LENGTH = UserProfile._meta.get_field("website_url").max_length or 0
#: A LinkedIn page, in the characters allowed in URLs: no other host, no port, no user name before an @.
LINKEDIN_URL = re.compile(
    r"https://(?:[a-z0-9-]+\.)*linkedin\.com(?:[/?#][!#-;=?-\[\]_a-z~%]*)?", re.IGNORECASE | re.ASCII
)
#: A website: a host name with a dot, in the characters allowed in URLs; no port, no user name before an @.
WEBSITE_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?:[/?#][!#-;=?-\[\]_a-z~%]*)?",
    re.IGNORECASE | re.ASCII,
)
#: A language, with its script and region if they are given (BCP 47).
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
MAX_LANGUAGES, REGION_LENGTH = 20, 2
MIN_BIRTH_YEAR, MIN_AGE = 1900, 13


@dataclass(frozen=True)
class ChosenAudience:
    """Who is to see a field of the profile."""

    field: ProfileField
    audience: Audience


class ProfileChanges(TypedDict, total=False):
    """New values of an account and its profile; what is None or not given stays as it is."""

    display_name: str | None
    bio: str | None
    linkedin_url: str | None
    website_url: str | None
    languages: Sequence[str] | None
    zip_code: str | None
    user_type: UserType | None
    birth_year: int | None
    cause_ids: Sequence[int] | None
    availability: Sequence[FreeTime] | None
    #: Fields that are not named keep their audience.
    visibility: Sequence[ChosenAudience] | None


def update_profile(*, actor: User, **given: Unpack[ProfileChanges]) -> User:
    """The actor's account and profile have the given values.

    The year of birth can be given once; after that only staff can correct it, so that people cannot change their age.
    Refuses with RATE_LIMITED, REQUIRED, TOO_LONG, INVALID, NOT_FOUND (a cause), DUPLICATE (a field with two audiences)
    and CONFLICT (another year of birth), all at once.
    """
    rates.spend(what="update_profile", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    hours, problems_of_hours = read_availability(given.get("availability") or ())
    birth_year, chosen, cause_ids = given.get("birth_year"), given.get("visibility") or (), given.get("cause_ids")
    kept_above = {} if cause_ids is None else {"cause_ids": cause_ids}
    with transaction.atomic():
        user = lock_self(actor=actor)
        profile, _ = UserProfile.objects.get_or_create(user=user)
        named = _set(user, _values_of_user(given)) | {"display_name", "user_type"}
        changed = _set(profile, _values_of_profile(given, hours))
        profile.visibility |= {one.field.value: one.audience.value for one in chosen}
        problems = [
            *_problems_of(user, profile, named),
            *_problems_of_year(profile, birth_year),
            *problems_of_hours,
            *_problems_of_audiences(chosen),
            *find_part_problems(kept_above),
        ]
        if problems:
            raise Refused(*problems)
        if birth_year is not None:
            profile.birth_year = birth_year
        user.save(update_fields=sorted(named | {"zip_code"}))
        profile.save(update_fields=sorted(changed | {"birth_year", "visibility"}))
        store_parts(user, kept_above)
    return user


def _values_of_user(given: ProfileChanges) -> dict[str, Any]:
    name, zip_code = given.get("display_name"), given.get("zip_code")
    return {
        "display_name": name and " ".join(name.split()),
        "zip_code": zip_code and zip_code.strip(),
        "user_type": given.get("user_type"),
    }


def _values_of_profile(given: ProfileChanges, hours: list[list[int]]) -> dict[str, Any]:
    texts = {name: given.get(name) for name in ("bio", "linkedin_url", "website_url")}
    languages = given.get("languages")
    return {
        **{name: text.strip() for name, text in texts.items() if isinstance(text, str)},
        "languages": None if languages is None else list(dict.fromkeys(map(_tag, languages))),
        "availability": None if given.get("availability") is None else hours,
    }


def _set(row: User | UserProfile, values: Mapping[str, Any]) -> set[str]:
    """Set the values that were given; return their names."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        setattr(row, name, value)
    return set(given)


def _tag(language: str) -> str:
    """Return the tag in the usual case: `PT-br` is `pt-BR`."""
    first, *others = language.strip().split("-")
    return "-".join([first.lower(), *(one.upper() if len(one) == REGION_LENGTH else one.title() for one in others)])


def _problems_of(user: User, profile: UserProfile, given: set[str]) -> list[Problem]:
    problems = []
    try:
        user.clean_fields(exclude={field.name for field in User._meta.fields} - given)
    except ValidationError as error:
        problems += problems_of(error)
    problems += line_problems(user.display_name, "display_name")
    if len(profile.bio) > MAX_BIO_LENGTH:
        problems.append(Problem(Code.TOO_LONG, f"Write at most {MAX_BIO_LENGTH:,} characters.", "bio"))
    if profile.bio and not is_visible(profile.bio):
        problems.append(Problem(Code.INVALID, "Write something that can be seen, or nothing.", "bio"))
    problems += _problems_of_languages(profile.languages)
    page = "your page at LinkedIn, such as https://www.linkedin.com/in/you"
    problems += _problems_of_url(profile, "linkedin_url", LINKEDIN_URL, page)
    site = "your website, such as https://www.example.org/you"
    return problems + _problems_of_url(profile, "website_url", WEBSITE_URL, site)


def _problems_of_languages(tags: Sequence[str]) -> list[Problem]:
    if len(tags) > MAX_LANGUAGES:
        return [Problem(Code.TOO_LONG, f"Name at most {MAX_LANGUAGES} languages.", "languages")]
    if any(not LANGUAGE.fullmatch(tag) for tag in tags):
        return [Problem(Code.INVALID, "Name each language by its tag, such as en, es or pt-BR.", "languages")]
    return []


def _problems_of_audiences(chosen: Sequence[ChosenAudience]) -> list[Problem]:
    seen: set[ProfileField] = set()
    problems = []
    for number, one in enumerate(chosen):
        if one.field in seen:
            problems.append(Problem(Code.DUPLICATE, "Choose one audience of each field.", f"visibility.{number}.field"))
        seen.add(one.field)
    return problems


def _problems_of_url(profile: UserProfile, field: str, form: re.Pattern[str], like: str) -> list[Problem]:
    url, max_length = getattr(profile, field), MAX_URL_LENGTH
    if len(url) > max_length:
        return [Problem(Code.TOO_LONG, f"Give an address of at most {max_length} characters.", field)]
    return [Problem(Code.INVALID, f"Give the address of {like}.", field)] if url and not form.fullmatch(url) else []


def _problems_of_year(profile: UserProfile, year: int | None) -> list[Problem]:
    if year is None or year == profile.birth_year:
        return []
    if profile.birth_year is not None:
        sentence = "Your year of birth was given already; write to the staff if it needs to be corrected."
        return [Problem(Code.CONFLICT, sentence, "birth_year")]
    return birth_year_problems(year)


def birth_year_problems(year: int) -> list[Problem]:
    """Return what is wrong with a year of birth: it is impossible, or the person is too young."""
    now = timezone.now().year
    if not MIN_BIRTH_YEAR <= year <= now:
        return [Problem(Code.INVALID, "Give the year in which you were born, such as 1990.", "birth_year")]
    if year > now - MIN_AGE:
        sentence = f"Thank you for wanting to help! This community is for people of {MIN_AGE} and over."
        return [Problem(Code.INVALID, sentence, "birth_year")]
    return []
