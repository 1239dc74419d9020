"""Production: secure cookies, and forms from this server's own pages only."""

from urllib.parse import urlsplit

from config.settings.base import *

_public = urlsplit(PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
