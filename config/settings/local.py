"""Development: demo log-ins, GraphiQL for everyone, details in errors."""

from config.settings.base import *

#: So the emulator of Android and containers call the machine that they run on.
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "10.0.2.2", "host.docker.internal"]
