"""`manage.py make_web_push_key`: a new key for Web Push."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management.base import BaseCommand

KEY_BYTES = 32


class Command(BaseCommand):
    """Print a private key for WEB_PUSH_PRIVATE_KEY; browsers that subscribed by another have to subscribe anew."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's shape
        """Print the key and nothing else."""
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        self.stdout.write(urlsafe_b64encode(number.to_bytes(KEY_BYTES, "big")).decode().rstrip("="))
