"""Development: demo log-ins, GraphiQL for everyone, details in errors."""

from config.settings.base import *
