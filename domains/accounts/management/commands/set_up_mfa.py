"""`manage.py set_up_mfa ADDRESS`: sets up the second factor of an account, at the terminal."""

from __future__ import annotations

from typing import Any

import qrcode  # type: ignore[import-untyped] # it has no types
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.management.base import BaseCommand, CommandError, CommandParser

from domains.accounts import second_factors
from domains.accounts.models import User
from domains.accounts.services import turn_on_second_factor
from domains.base.addresses import address_key
from domains.base.errors import Refused

MAX_TRIES = 3


class Command(BaseCommand):
    """For the first staff of a community that requires a second factor of staff, before there is a frontend."""

    help = "Shows a QR code to scan with an authenticator app, asks for its code, and prints recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address of the account."""
        parser.add_argument("email", help="address of the account")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        """Show the secret, ask for a code until it is right, and print the recovery codes."""
        user = User.objects.filter(email=address_key(email), is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the address {email}.")
        if second_factors.has_second_factor(user):
            raise CommandError(
                f"{email} has a second factor. Staff can turn it off, in the list of people in the admin."
            )
        secret = generate_totp_secret()
        picture = qrcode.QRCode()
        picture.add_data(second_factors.MfaAdapter().build_totp_url(user, secret))
        picture.print_ascii(out=self.stdout, invert=True)
        self.stdout.write(f"Scan this with an authenticator app, or type the secret: {secret}")
        for _ in range(MAX_TRIES):
            try:
                codes = turn_on_second_factor(user_id=user.pk, secret=secret, code=input("Code of the app: "))
            except Refused as refusal:
                self.stderr.write(refusal.problems[0].message)
                continue
            self.stdout.write("Recovery codes, each good for one log-in without the app; keep them elsewhere:")
            self.stdout.write("\n".join(codes))
            return
        raise CommandError("No code was right; nothing was changed.")
