"""Settings common to all environments; local, test and production contain only the differences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from corsheaders.defaults import default_headers

from config import demo, env
from config.log_in_providers import providers_of

ENV = env.load()
BASE_DIR = env.BASE_DIR
VAR_DIR = env.VAR_DIR
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)

DEBUG = ENV["DEBUG"]
#: Whether `devLogIn` is in the schema.
DEV_LOG_IN = DEBUG
SECRET_KEY = ENV["SECRET_KEY"]
SECRET_KEY_FALLBACKS = ENV["SECRET_KEY_FALLBACKS"]
ALLOWED_HOSTS = ENV["ALLOWED_HOSTS"]
HOST = ENV["HOST"]
PORT = ENV["PORT"]
PUBLIC_URL = ENV["PUBLIC_URL"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Applications, from the entry points down to the base.
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.apple",
    "allauth.socialaccount.providers.facebook",
    "allauth.socialaccount.providers.openid_connect",
    "corsheaders",
    "channels",
    "strawberry_django",
    "config",
    "graphql_api",
    "crawlers",
    "domains.moderation",
    "domains.notifications",
    "domains.messaging",
    "domains.events",
    "domains.opportunities",
    "domains.learning",
    "domains.verification",
    "domains.skills",
    "domains.accounts",
    "domains.base",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "graphql_api.edge.hosts.check_host",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE: dict[str, Any] = ENV["DATABASE_URL"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN: writers queue for it instead of failing half-way.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON",
    }
else:
    DATABASE["CONN_MAX_AGE"] = 0  # the pool keeps connections; Django must not
    DATABASE["CONN_HEALTH_CHECKS"] = True
    given = DATABASE.get("OPTIONS", {})  # such as sslmode, from the address
    DATABASE["OPTIONS"] = {
        **given,
        # Twelve at most are for mutations (graphql_api/checks/gate.py), four for deliveries (config/background.py).
        "pool": {"min_size": 2, "max_size": 24, "timeout": 10},
        "options": "-c statement_timeout=5s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s "
        + given.get("options", ""),
    }
DATABASES = {"default": DATABASE}
REDIS_URL = ENV["REDIS_URL"]
STORAGES = {
    "default": ENV["STORAGE_URL"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static", VAR_DIR / "static"]
WEB_BUILD_DIR = VAR_DIR / "static" / "web"

# Live path, cache and tasks: in Redis if it is configured, else in this process.
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "config.shared_cache.SharedCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}
#: This process's own cache, for uses that must work while Redis is down.
CACHES["local"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "local",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 600, "socket_connect_timeout": 1, "socket_timeout": 2} if REDIS_URL else {}
)
# Without Redis a task runs in the sending thread: in the delivery of the fact it follows from (config/background.py).
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The sender of a task does not wait for a broker that is down: the relay delivers the fact again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {"task": "domains.base.tasks.relay_outbox", "schedule": timedelta(seconds=2)},
    "close-ended-opportunities": {
        "task": "domains.opportunities.tasks.close_ended_opportunities",
        "schedule": timedelta(minutes=15),
    },
    "parse-unread-resumes": {
        "task": "domains.skills.tasks.parse_unread_resumes",
        "schedule": timedelta(minutes=1),
    },
    "remove-old-resumes": {"task": "domains.skills.tasks.remove_old_resumes", "schedule": timedelta(days=1)},
    "remove-unsent-attachments": {
        "task": "domains.messaging.tasks.remove_unsent_attachments",
        "schedule": timedelta(hours=6),
    },
    "remove-old-reports": {"task": "domains.moderation.tasks.remove_old_reports", "schedule": timedelta(hours=6)},
    "expire-offers": {"task": "domains.opportunities.tasks.expire_overdue_offers", "schedule": timedelta(minutes=1)},
    "expire-ticket-offers": {
        "task": "domains.events.tasks.expire_overdue_ticket_offers",
        "schedule": timedelta(minutes=1),
    },
    "remove-old-proposals": {
        "task": "domains.opportunities.tasks.remove_old_proposals_of_hours",
        "schedule": timedelta(days=1),
    },
    "propose-hours": {"task": "domains.events.tasks.propose_hours_of_ended_events", "schedule": timedelta(minutes=1)},
    "send-account-mails": {"task": "domains.base.tasks.send_due_mails", "schedule": timedelta(seconds=15)},
    "send-notification-mails": {
        "task": "domains.notifications.tasks.send_due_mails",
        "schedule": timedelta(seconds=15),
    },
    "send-due-pushes": {"task": "domains.notifications.tasks.send_due_pushes", "schedule": timedelta(seconds=15)},
    "send-digests": {"task": "domains.notifications.tasks.send_digests", "schedule": timedelta(minutes=1)},
    "remove-old-notifications": {
        "task": "domains.notifications.tasks.remove_old_notifications",
        "schedule": timedelta(days=1),
    },
    "remove-old-traces": {"task": "domains.accounts.tasks.remove_old_traces", "schedule": timedelta(days=1)},
    "remove-old-uploads": {"task": "domains.accounts.tasks.remove_old_uploads", "schedule": timedelta(minutes=30)},
    "erase-deleted-accounts": {
        "task": "domains.accounts.tasks.erase_deleted_accounts",
        "schedule": timedelta(seconds=10),
    },
    "make-due-exports": {"task": "domains.accounts.tasks.make_due_exports", "schedule": timedelta(minutes=1)},
    "prune-outbox": {"task": "domains.base.tasks.prune_outbox", "schedule": timedelta(hours=6)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# People and sessions.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "config.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 12, 256
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": MIN_PASSWORD_LENGTH},
    },
    {"NAME": "config.passwords.MaximumLength"},
    {"NAME": "config.passwords.NotGuessable", "OPTIONS": {"min_length": MIN_PASSWORD_LENGTH}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
]
#: Attempts to sign up from one client network.
SIGN_UPS_PER_HOUR = ENV["SIGN_UPS_PER_HOUR"]
ACCESS_TOKEN_LIFETIME = timedelta(minutes=5)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
REFRESH_REPLY_GRACE = timedelta(seconds=10)
LOGIN_REDIRECT_URL = "/admin/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
#: Whose sessions can do nothing without a second factor but set one up: `staff`, `owners` of hosts.
MFA_REQUIRED_FOR = ENV["MFA_REQUIRED_FOR"]
MFA_ADAPTER = "domains.accounts.second_factors.MfaAdapter"
#: Authenticator apps show this name beside the code.
MFA_TOTP_ISSUER = urlsplit(PUBLIC_URL).hostname
#: A code is good for one step of 30 seconds before and after its own: clocks of phones differ.
MFA_TOTP_TOLERANCE = 1
# Logging in with other providers' accounts.
SOCIALACCOUNT_PROVIDERS = providers_of(ENV)
SOCIALACCOUNT_ADAPTER = "domains.accounts.providers.adapter.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
#: The addresses of frontends at which a log-in on this server's page may end; the first one by default.
LOG_IN_REDIRECTS = ENV["LOG_IN_REDIRECTS"]
#: Servers on this machine that stand in for those of providers, by origin; for tests.
LOG_IN_STAND_INS = ENV["LOG_IN_STAND_INS"]
for name, value in ENV["EMAIL_URL"].items():
    globals()[name] = value
DEFAULT_FROM_EMAIL = ENV["EMAIL_FROM"]

# Pushes to browsers: off without a key.
WEB_PUSH_PRIVATE_KEY = ENV["WEB_PUSH_PRIVATE_KEY"]
WEB_PUSH_CONTACT = ENV["WEB_PUSH_CONTACT"]
#: Further origins that pushes may be sent to, besides the known push services; for tests.
WEB_PUSH_EXTRA_ORIGINS: tuple[str, ...] = ()

# The demo community: the people who can log in, with DEBUG on.
DEMO_USERS = [{"label": email.partition("@")[0].title(), "email": email} for email in demo.DEMO_LOG_INS]
DEMO_PASSWORD = demo.DEMO_PASSWORD

# Opportunities and events.
#: How long a free slot is offered to the first person on the waitlist.
OFFER_LIFETIME = timedelta(hours=48)

# The GraphQL API.
CORS_ALLOWED_ORIGINS = ENV["CORS_ALLOWED_ORIGINS"]
# A frontend under development is served from a port of this machine.
CORS_ALLOWED_ORIGIN_REGEXES = [r"^http://(localhost|127\.0\.0\.1)(:\d+)?$"] if DEBUG else []
# Headers that GraphQL clients and tracers send besides the usual ones.
CORS_ALLOW_HEADERS = [
    *default_headers,
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
]
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Request-Id"]
TRUSTED_PROXIES = ENV["TRUSTED_PROXIES"]
INTROSPECTION = ENV["INTROSPECTION"]
RATE_LIMITS = ENV["RATE_LIMITS"]
MAX_ANSWER_BYTES = ENV["MAX_ANSWER_BYTES"]
CRAWL_ALLOWED_PRIVATE = ENV["CRAWL_ALLOWED_PRIVATE"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
STRAWBERRY_DJANGO = {
    "FIELD_DESCRIPTION_FROM_HELP_TEXT": False,
    "TYPE_DESCRIPTION_FROM_MODEL_DOCSTRING": False,
    "MAP_AUTO_ID_AS_GLOBAL_ID": True,
    "MUTATIONS_DEFAULT_HANDLE_ERRORS": False,
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "domains.base.logs.RequestId"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # its own handler would log everything twice
        # A line for every tick and every task would hide the rest.
        "celery.beat": {"level": "WARNING"},
        # `serve` and `develop` print their own messages at the start.
        "uvicorn.error": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # The library warns that memory:// has no host.
        "kombu.connection": {"level": "ERROR"},
    },
}
