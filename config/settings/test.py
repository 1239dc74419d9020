"""Tests: fast passwords, mail in memory, tasks run in the sending thread."""

import os
import tempfile

SECRET_KEY = os.environ["SECRET_KEY"] = "tests-only-" + "t" * 32

from config.settings.base import *

DEBUG = False
DEV_LOG_IN = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
INTROSPECTION = "on"
# A pool would keep connections to a test database that has to be dropped.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Forty threads wait for one lock in some tests, on a busy machine, so a long wait is no error. PostgreSQL detects
    # deadlocks by itself.
    DATABASES["default"]["OPTIONS"]["options"] += (
        " -c statement_timeout=30s -c lock_timeout=25s -c idle_in_transaction_session_timeout=60s"
    )
# Each process has its own keys, so that a shared Redis keeps the keys of others.
CACHES["default"]["KEY_PREFIX"] = f"mishmob-test-{os.getpid()}"
if REDIS_URL:
    # Its own wake-ups too: the tests of another process have conversations and people with the same ids.
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"mishmob-test-{os.getpid()}"
LOGGING["root"]["level"] = "WARNING"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: threads then wait for each other's transactions instead of failing.
    # One per process, so that two runs at once do not meet in it.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/mishmob-test-{os.getpid()}.sqlite3"}
# Files of tests are kept in memory only.
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
