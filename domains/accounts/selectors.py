"""Queries about people and their sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import (
    DataExport,
    DataExportStatus,
    LogInProvider,
    PictureSize,
    ProfilePicture,
    Session,
    User,
    UserQuerySet,
)
from domains.accounts.second_factors import must_set_up
from domains.base.errors import NotSignedIn

_INVALID_ACCESS = "This access token is not valid (any more): refresh the session, or log in again."


def get_session(*, authorization: str) -> Session:
    """Return the live session, with its user, of a header `Bearer ACCESS_TOKEN`; refuses UNAUTHENTICATED."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("Send the access token as `Authorization: Bearer ACCESS_TOKEN`.")
    try:
        session_id = tokens.read_access(token.strip())
    except tokens.BadToken:
        raise NotSignedIn(_INVALID_ACCESS) from None
    session = find_live_session(session_id=session_id)
    if session is None:
        raise NotSignedIn(_INVALID_ACCESS)
    return session


def find_live_session(*, session_id: int) -> Session | None:
    """Return the session with its user, and the user's rights, if it has not ended and the account is active."""
    session = (
        Session.objects.select_related("user")
        .filter(pk=session_id, ended_at__isnull=True, user__is_active=True)
        .first()
    )
    if session:
        load_permissions(session.user)
        session.is_limited = must_set_up(session.user)
    return session


def load_permissions(user: User) -> None:
    """Read the permissions of a member of staff now, so that `has_right` costs no statement later on."""
    if user.is_staff and not user.is_superuser:
        user.get_all_permissions()


def find_live_session_ids(*, among: Collection[int]) -> set[int]:
    """Return those of the sessions that have not ended and whose accounts are active: one statement for all.

    Those that have to set up a second factor first hear nothing either.
    """
    live = Session.objects.filter(pk__in=among, ended_at__isnull=True, user__is_active=True)
    if settings.MFA_REQUIRED_FOR:
        live = live.exclude(user__in=User.objects.who_must_set_up_mfa())
    return set(live.values_list("pk", flat=True))


def find_sessions(*, viewer: User) -> QuerySet[Session]:
    """Return the viewer's live sessions, newest use first."""
    return viewer.sessions.filter(ended_at__isnull=True).order_by("-rotated_at", "-pk")


def find_pictures(*, viewer: User | None, user_ids: Collection[int]) -> list[ProfilePicture]:
    """Return the pictures of these people that the viewer may see."""
    return list(ProfilePicture.objects.visible_to(viewer).filter(user__in=user_ids))


def picture_url(*, user_id: int, size: PictureSize) -> str:
    """Return the address of the person's picture, for somebody who may see it now; it expires within five minutes."""
    return f"{settings.PUBLIC_URL}/pictures/{tokens.sign_picture_link(user_id, size)}"


def find_linked_picture(*, token: str) -> FieldFile | None:
    """Return the file of a link that has not expired, or None; the picture may have been removed since."""
    try:
        user_id, size = tokens.read_picture_link(token)
    except tokens.BadToken:
        return None
    picture = ProfilePicture.objects.filter(user=user_id).first()
    return picture.file_of(size) if picture else None


def find_exports(*, viewer: User | None) -> QuerySet[DataExport]:
    """Return the viewer's exports, newest first."""
    return DataExport.objects.visible_to(viewer).order_by("-pk")


def export_url(*, export: DataExport) -> str | None:
    """Return the address of a READY export for its owner, who asks now; None if there is nothing to fetch.

    The address expires after five minutes.
    """
    if export.status != DataExportStatus.READY or _is_over(export):
        return None
    return f"{settings.PUBLIC_URL}/exports/{tokens.sign_export_link(export.pk)}"


def find_linked_export(*, token: str) -> DataExport | None:
    """Return the export of a link that has not expired, or None; it, or the account, may have ended since."""
    try:
        export_id = tokens.read_export_link(token)
    except tokens.BadToken:
        return None
    ready = DataExport.objects.filter(pk=export_id, status=DataExportStatus.READY, user__is_active=True)
    return next((export for export in ready if not _is_over(export)), None)


def _is_over(export: DataExport) -> bool:
    return export.expires_at is None or export.expires_at <= timezone.now()


def find_addresses(*, user: User) -> list[str]:
    """Return the addresses of the account: the present one, and former ones that no other account has now."""
    former = user.email_changes.filter(done_at__isnull=False).values_list("old_email", flat=True)
    taken = set(User.objects.filter(email__in=former).values_list("email", flat=True))
    return sorted({user.email, *former} - taken | {user.email})


def find_blocked(*, viewer: User | None) -> UserQuerySet:
    """Return the people the viewer has blocked, newest first, each with `blocker_id`; never the viewer's blockers."""
    everybody: UserQuerySet = User.objects.all()
    mine = everybody.none() if viewer is None else everybody.filter(blocked_by__blocker=viewer)
    return mine.annotate(blocker_id=F("blocked_by__blocker"), block_id=F("blocked_by")).order_by("-block_id")


def find_verified_ids(*, user_ids: Collection[int]) -> set[int]:
    """Return which of these people have verified their address: `User.is_email_verified` for all of them at once."""
    people = User.objects.filter(pk__in=user_ids, emailaddress__email=F("email"), emailaddress__verified=True)
    return set(people.values_list("pk", flat=True))


def list_linked_providers(*, user_ids: Collection[int]) -> dict[int, list[LogInProvider]]:
    """Return the providers that each of these people can log in with, by name: one statement for all."""
    linked = defaultdict(list)
    rows = SocialAccount.objects.filter(user__in=user_ids).order_by("provider").values_list("user_id", "provider")
    for user_id, provider in rows:
        linked[user_id].append(LogInProvider(provider.upper()))
    return dict(linked)
