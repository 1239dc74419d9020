"""What waits for a key from a mail: sign-ups, new passwords, new addresses."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models.people import User, UserType
from domains.base.addresses import AddressField
from domains.geo.fields import ZipCodeField


class SignUpAttempt(models.Model):
    """An attempt to get the account of an address that is not proved yet.

    Anybody may sign up with anybody's address, so each attempt keeps what it asked for. The account
    takes over the attempt whose mailed key is used, and all attempts end with that. An attempt at an
    address that has a proved account already has no key and keeps its password only, so that `log_in`
    answers to that password as it would without that account.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_up_attempts")
    password = models.CharField(max_length=128)
    display_name = models.CharField(max_length=80)
    user_type = TextChoicesField(choices_enum=UserType, default=UserType.VOLUNTEER)
    zip_code = ZipCodeField()
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    #: The account at another provider that the person logged in with, in place of a password.
    provider = models.CharField(max_length=20, blank=True)
    provider_uid = models.CharField(max_length=191, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Attempt {self.pk} to sign up as {self.user_id}"


class PasswordReset(models.Model):
    """A request for a new password; stored for unknown addresses too, so that both cost and look the same.

    The mail's key names the row; the row goes when a key of the address is used, or after a day.
    """

    email = AddressField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["email"], name="accounts_reset_email"),
            models.Index(fields=["created_at"], name="accounts_reset_age"),
        ]

    def __str__(self) -> str:
        return f"Password reset {self.pk}"


class EmailChange(models.Model):
    """A request to change the address of an account; it is done when the key from the mail to the new one is used."""

    user = models.ForeignKey(User, models.CASCADE, related_name="email_changes")
    old_email = AddressField()
    new_email = AddressField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="accounts_email_change_age")]

    def __str__(self) -> str:
        return f"Email change {self.pk} of {self.user_id}"
