"""Changing the actor's own profile."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User, UserProfile, UserType
from domains.base import rates
from domains.base.errors import Code, Problem, Refused, problems_of
from domains.base.texts import is_visible, line_problems

RATE_LIMIT, RATE_SECONDS = 30, 600
MAX_BIO_LENGTH = 2000
#: A LinkedIn page, in the characters allowed in URLs: no other host, no port, no user name before an @.
LINKEDIN_URL = re.compile(
    r"https://(?:[a-z0-9-]+\.)*linkedin\.com(?:[/?#][!#-;=?-\[\]_a-z~%]*)?", re.IGNORECASE | re.ASCII
)
MIN_BIRTH_YEAR, MIN_AGE = 1900, 13


def update_profile(
    *,
    actor: User,
    display_name: str | None = None,
    bio: str | None = None,
    linkedin_url: str | None = None,
    zip_code: str | None = None,
    user_type: UserType | None = None,
    birth_year: int | None = None,
) -> User:
    """The actor's profile has the given values; a value of None leaves the field as it is.

    The year of birth can be given once; after that only staff can correct it, so that people cannot change their age.
    Refuses with RATE_LIMITED, REQUIRED, TOO_LONG, INVALID and CONFLICT (another year of birth), all at once.
    """
    rates.spend(what="update_profile", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        profile, _ = UserProfile.objects.get_or_create(user=user)
        if display_name is not None:
            user.display_name = " ".join(display_name.split())
        if zip_code is not None:
            user.zip_code = zip_code.strip()
        if user_type is not None:
            user.user_type = user_type
        if bio is not None:
            profile.bio = bio.strip()
        if linkedin_url is not None:
            profile.linkedin_url = linkedin_url.strip()
        given = {"display_name", "user_type", *([] if zip_code is None else ["zip_code"])}
        problems = [*_problems_of(user, profile, given), *_problems_of_year(profile, birth_year)]
        if problems:
            raise Refused(*problems)
        if birth_year is not None:
            profile.birth_year = birth_year
        user.save(update_fields=["display_name", "zip_code", "user_type"])
        profile.save(update_fields=["bio", "linkedin_url", "birth_year"])
    return user


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
    return problems + _problems_of_linkedin_url(profile.linkedin_url)


def _problems_of_linkedin_url(url: str) -> list[Problem]:
    max_length = UserProfile._meta.get_field("linkedin_url").max_length or 0
    if len(url) > max_length:
        return [Problem(Code.TOO_LONG, f"Give an address of at most {max_length} characters.", "linkedin_url")]
    if url and not LINKEDIN_URL.fullmatch(url):
        sentence = "Give the address of your page at LinkedIn, such as https://www.linkedin.com/in/you."
        return [Problem(Code.INVALID, sentence, "linkedin_url")]
    return []


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
