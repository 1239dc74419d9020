"""Sessions, and what belongs to logging in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from domains.accounts.models.people import User


class TotpSetup(models.Model):
    """A secret that an authenticator app was given and that no code has confirmed yet; it is stored encrypted."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="totp_setup")
    secret = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Setup of an authenticator app of {self.user_id}"


class Session(models.Model):
    """One log-in on one device: a family of refresh tokens, of which only the newest is valid.

    No token is stored. A refresh token is signed and names the session and its generation;
    each rotation raises the generation.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    device_name = models.CharField(max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=0)
    rotated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    #: Whether its user has to set up a second factor before it can do anything else; set where the session is read.
    is_limited = False

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "ended_at"], name="accounts_session_live")]

    def __str__(self) -> str:
        return f"Session {self.pk} of {self.user_id}"


class KnownNetwork(models.Model):
    """A network from which an account had a session: failed log-ins from elsewhere do not lock its owner out there.

    Only a keyed hash of account and network is kept (`tokens.network_digests`), for a few networks and a limited time.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="known_networks")
    digest = models.CharField(max_length=32)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_known_network_once")]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="accounts_known_network_age")]

    def __str__(self) -> str:
        return f"Network {self.pk} of {self.user_id}"


class LogInProvider(models.TextChoices):
    """A provider with whose account a person may log in; django-allauth knows it by the name in lower case."""

    GOOGLE = "GOOGLE", "Google"
    FACEBOOK = "FACEBOOK", "Facebook"
    APPLE = "APPLE", "Apple"
    LINKEDIN = "LINKEDIN", "LinkedIn"


class UsedProviderToken(models.Model):
    """A token of a provider that began a session or another act; it does not work twice. Only its hash is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Token {self.digest[:8]}"


class LogInCode(models.Model):
    """The code with which a log-in on this server's page ends; a frontend exchanges it once for a session.

    Only its hash is kept, and that of the secret of the frontend that asked for it (PKCE, S256), if it gave one.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="log_in_codes")
    code_challenge = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"Log-in code of {self.user_id}"
