"""What accounts hold about people, for exports and for erasures."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.admin.models import LogEntry

from domains.accounts.models import (
    Block,
    DataExport,
    EmailChange,
    KnownNetwork,
    LogInCode,
    PasswordReset,
    ProfilePicture,
    Session,
    SignUpAttempt,
    TotpSetup,
    Upload,
    User,
    UserProfile,
)
from domains.accounts.services import forget_in_admin, forget_rows
from domains.base.models import MailJob
from domains.base.personal_data import PersonalRows, erases, prepares_erasure, register

#: Why a row is left out of an export.
SECRET = "It is a secret with which somebody could log in."  # noqa: S105 # a sentence

register(
    PersonalRows(
        User,
        "pk",
        "account",
        ("email", "display_name", "user_type", "zip_code", "is_verified", "is_staff", "created_at", "last_login"),
    ),
    PersonalRows(
        UserProfile,
        "user",
        "profile",
        ("bio", "linkedin_url", "website_url", "languages", "birth_year", "availability", "visibility"),
    ),
    PersonalRows(ProfilePicture, "user", "pictures", ("side", "created_at"), files=("small", "medium", "large")),
    PersonalRows(EmailAddress, "user", "email_addresses", ("email", "verified", "primary")),
    PersonalRows(EmailConfirmation, "email_address__user", reason="It is not in use."),
    PersonalRows(EmailChange, "user", "email_changes", ("old_email", "new_email", "created_at", "done_at")),
    PersonalRows(SignUpAttempt, "user", reason="Anybody may have typed your address; they are removed after a week."),
    PersonalRows(PasswordReset, "email", "password_resets", ("created_at",), by_email=True),
    PersonalRows(Session, "user", "sessions", ("device_name", "created_at", "rotated_at", "ended_at")),
    PersonalRows(KnownNetwork, "user", "known_networks", ("seen_at",)),
    PersonalRows(LogInCode, "user", reason=SECRET),
    PersonalRows(TotpSetup, "user", reason=SECRET),
    PersonalRows(Authenticator, "user", "second_factors", ("type", "created_at", "last_used_at")),
    PersonalRows(
        SocialAccount, "user", "linked_providers", ("provider", "uid", "extra_data", "date_joined", "last_login")
    ),
    PersonalRows(SocialToken, "account__user", reason="It is not in use."),
    PersonalRows(Block, "blocker", "blocked_people", ("blocked__display_name", "created_at")),
    PersonalRows(Block, "blocked", reason="It would tell who blocks you."),
    PersonalRows(
        Upload,
        "user",
        "uploads",
        ("purpose", "filename", "content_type", "size", "created_at", "completed_at", "taken_at"),
        files=("place",),
        exports_files=False,
    ),
    PersonalRows(
        DataExport,
        "user",
        "data_exports",
        ("status", "created_at", "expires_at"),
        files=("file",),
        exports_files=False,
    ),
    PersonalRows(User.groups.through, "user", "staff_groups", ("group__name",)),
    PersonalRows(User.user_permissions.through, "user", "staff_permissions", ("permission__codename",)),
    PersonalRows(LogEntry, "user", "staff_acts", ("content_type__model", "action_flag", "action_time")),
    PersonalRows(MailJob, "person_id", "mails", ("kind", "created_at", "done_at")),
)

prepares_erasure(forget_rows)
erases(forget_in_admin)
