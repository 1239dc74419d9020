"""Development: demo log-ins, GraphiQL for everyone, details in errors."""

from config.settings.base import *

#: So the emulator of Android calls the machine that it runs on.
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "10.0.2.2"]
