"""Who sees which field of a profile: the fields that people may hide, and the audiences that they choose."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models


class ProfileField(models.TextChoices):
    """The fields with an audience. Address, ZIP code and year of birth have none: nobody else ever sees them."""

    BIO = "BIO"
    LINKEDIN_URL = "LINKEDIN_URL"
    WEBSITE_URL = "WEBSITE_URL"
    LANGUAGES = "LANGUAGES"
    CAUSES = "CAUSES"
    AVAILABILITY = "AVAILABILITY"
    SKILLS = "SKILLS"
    PROFILE_PICTURE = "PROFILE_PICTURE"


class Audience(models.TextChoices):
    """Who sees a field, of all who may read the profile; each audience includes the audiences after it."""

    EVERYONE = "EVERYONE"
    MEMBERS = "MEMBERS"
    CONTACTS = "CONTACTS"
    ONLY_ME = "ONLY_ME"

    def includes(self, other: Audience) -> bool:
        """Whether a viewer of the other audience belongs to this one, too."""
        return _NARROWER.index(self) <= _NARROWER.index(other)


_NARROWER = tuple(Audience)

#: What holds until the person chooses: when somebody is not at home is nothing for strangers.
DEFAULT_AUDIENCES = {
    field: Audience.CONTACTS if field is ProfileField.AVAILABILITY else Audience.EVERYONE for field in ProfileField
}


def audience_of(field: ProfileField, chosen: Mapping[str, str] | None) -> Audience:
    """Return who sees the field of a profile whose `visibility` this is."""
    return Audience((chosen or {}).get(field, DEFAULT_AUDIENCES[field]))
