"""People, their profiles, their sessions, and what belongs to logging in."""

from __future__ import annotations

from domains.accounts.models.audiences import DEFAULT_AUDIENCES, Audience, ProfileField, audience_of
from domains.accounts.models.blocks import Block, pair_key
from domains.accounts.models.leaving import DataExport, DataExportQuerySet, DataExportStatus, Erasure
from domains.accounts.models.people import (
    ADULT_AGE,
    User,
    UserProfile,
    UserProfileQuerySet,
    UserQuerySet,
    UserType,
    field_is_shown_to,
    register_acquaintance,
    register_guarded_role,
)
from domains.accounts.models.pictures import PictureSize, ProfilePicture, random_name
from domains.accounts.models.requests import EmailChange, PasswordReset, SignUpAttempt
from domains.accounts.models.sessions import (
    KnownNetwork,
    LogInCode,
    LogInProvider,
    Session,
    TotpSetup,
    UsedProviderToken,
)
from domains.accounts.models.uploads import Upload, UploadPurpose
