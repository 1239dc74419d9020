"""Development: demo log-ins, GraphiQL for everyone, details in errors."""

from importlib.util import find_spec

from config.env import WrongSetting
from config.settings.base import *

#: Names by which the Android emulator and containers reach the host machine.
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "10.0.2.2", "host.docker.internal"]

if ENV["DEBUG_TOOLBAR"]:
    if not find_spec("debug_toolbar"):
        raise WrongSetting("DEBUG_TOOLBAR", "needs the libraries of developers: run `make install-dev`.")
    INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
    DEBUG_TOOLBAR_PANELS = [
        f"debug_toolbar.panels.{name}"
        for name in ("sql.SQLPanel", "timer.TimerPanel", "cache.CachePanel", "history.HistoryPanel")
    ]
    INTERNAL_IPS = ["127.0.0.1", "::1"]
    MIDDLEWARE = ["strawberry_django.middlewares.debug_toolbar.DebugToolbarMiddleware", *MIDDLEWARE]
