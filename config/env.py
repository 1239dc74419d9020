"""Every environment variable of the server: listed, read and checked here.

A wrong or missing value stops the start with one sentence that names the variable.
The README's table and `.env.example` are compared with VARIABLES by a test.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
MAX_PORT = 65535
MIN_SECRET_KEY_LENGTH = 32
WEB_PUSH_KEY_BYTES = 32
MIN_ANSWER_BYTES = 1024
MFA_ROLES = {"staff", "owners"}
#: What each provider of log-ins needs besides its client ID.
PROVIDER_VARIABLES = {
    "GOOGLE_CLIENT_ID": ("GOOGLE_CLIENT_SECRET",),
    "FACEBOOK_CLIENT_ID": ("FACEBOOK_CLIENT_SECRET",),
    "APPLE_CLIENT_ID": ("APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY"),
    "LINKEDIN_CLIENT_ID": ("LINKEDIN_CLIENT_SECRET",),
}


class WrongSetting(SystemExit):
    """The server cannot start; the message is one sentence that names the variable."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"MishMob cannot start: {name} {problem}")


class AlreadyRunning(SystemExit):
    """Another server runs on the same data; the message says which, and what to do."""

    def __init__(self, folder: Path, which: str) -> None:
        other = f": {which}" if which else ""
        super().__init__(
            f"MishMob cannot start: another `make run` uses the data in {folder}{other}. End that one first; "
            "a second server needs a checkout of its own."
        )


@dataclass(frozen=True)
class Variable:
    """One variable: how its text becomes a value, and what it is for."""

    name: str
    parse: Callable[[str], Any]
    default: str
    purpose: str


def _text(value: str) -> str:
    return value


def _boolean(value: str) -> bool:
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }
    try:
        return words[value.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def _list(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= MAX_PORT:
        raise ValueError(f"must be a port number from 1 to {MAX_PORT}, such as 8000")
    return int(value)


def _positive(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or int(value) < 1:
        raise ValueError("must be a whole number of 1 or more, such as 100")
    return int(value)


def _bytes(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or int(value) < MIN_ANSWER_BYTES:
        raise ValueError(f"must be a number of bytes, {MIN_ANSWER_BYTES} or more")
    return int(value)


def _host(value: str) -> str:
    if re.search(r"[\s/]", value) or value.startswith(("http:", "https:")):
        raise ValueError("must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
    return value


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and value.lower() not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return value.lower()

    return parse


def _database(value: str) -> dict[str, Any]:
    if value.startswith("sqlite:///"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": value.removeprefix("sqlite:///") or ":memory:",
        }
    if re.match(r"postgres(ql)?://", value):
        config = dict(dj_database_url.parse(value))
        if config.get("NAME"):
            return config
    raise ValueError("must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME")


def _redis(value: str) -> str:
    if value and not re.match(r"(rediss?|unix)://\S+", value):
        raise ValueError("must look like redis://HOST:6379/0, or be empty to run in-process")
    return value


def _search(value: str) -> str:
    if not re.match(r"(tantivy:///|meilisearch://[^@\s]+@)\S+", value):
        raise ValueError("must be tantivy:///DIR or meilisearch://KEY@HOST:PORT")
    return value


def _storage(value: str) -> dict[str, Any]:
    """Django's STORAGES["default"] for a folder or an S3 bucket."""
    url = urlsplit(value)
    if url.scheme == "file" and url.path and not url.netloc:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": url.path}}
    if url.scheme == "s3" and url.hostname and url.username and url.password:
        query = parse_qs(url.query)
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "access_key": unquote(url.username),
                "secret_key": unquote(url.password),
                "bucket_name": value.rpartition("@")[2].split("?")[0].rstrip("/"),
                "endpoint_url": query.get("endpoint_url", [None])[0],
                "region_name": query.get("region", ["us-east-1"])[0],
                "client_config": _s3_client(),
                "querystring_expire": 300,
                "file_overwrite": False,
                "default_acl": None,
            },
        }
    raise ValueError("must be file:///DIR or s3://KEY:SECRET@BUCKET?endpoint_url=URL&region=R")


def _s3_client() -> Any:
    """Return the configuration of the S3 client, with shorter timeouts than the minutes that boto3 would wait."""
    from botocore.config import Config  # noqa: PLC0415 - a second of imports that only S3 needs

    return Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4",
        connect_timeout=1,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 2},
    )


def _email(value: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for the console, a folder or an SMTP server."""
    if value == "console:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    url = urlsplit(value)
    if url.scheme == "filemail" and (folder := f"{url.netloc}{url.path}"):
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": folder,
        }
    if url.scheme in {"smtp", "smtps"} and url.hostname:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": url.hostname,
            "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(url.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
            "EMAIL_USE_SSL": url.scheme == "smtps",
            "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
            "EMAIL_TIMEOUT": 5,
        }
    raise ValueError("must be console:, filemail://FOLDER or smtp://USER:PASSWORD@HOST:PORT")


def _origins(value: str) -> list[str]:
    origins = [origin.rstrip("/") for origin in _list(value)]
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s*]+", origin):
            raise ValueError(f"lists {origin!r}, which is not an origin such as https://app.example.org")
    return origins


def _public_url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^/\s]+(/\S*)?", value):
        raise ValueError("must look like https://community.example.org")
    return value.rstrip("/")


def _networks(value: str) -> list[str]:
    for word in _list(value):
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise ValueError(f"lists {word!r}, which is not an IP address or network") from None
    return _list(value)


def _host_ports(value: str) -> list[str]:
    for word in _list(value):
        if not re.fullmatch(r"[^:\s]+:\d{1,5}", word):
            raise ValueError(f"lists {word!r}, which is not HOST:PORT")
    return _list(value)


def _web_push_key(value: str) -> str:
    try:
        length = len(urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except ValueError:
        length = -1
    if value and length != WEB_PUSH_KEY_BYTES:
        raise ValueError("must be a key that `manage.py make_web_push_key` printed, or be empty")
    return value


def _contact(value: str) -> str:
    if value and not re.fullmatch(r"(mailto:[^@\s]+@[^@\s]+|https://\S+)", value):
        raise ValueError("must look like mailto:NAME@HOST or https://HOST/PAGE")
    return value


def _mfa_roles(value: str) -> list[str]:
    if unknown := set(_list(value)) - MFA_ROLES:
        raise ValueError(f"lists {unknown.pop()!r}; it may list staff and owners")
    return _list(value)


def _private_key(value: str) -> str:
    key = value.replace("\\n", "\n")
    if key and not re.fullmatch(r"-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PRIVATE KEY-----\n?", key):
        raise ValueError("must be the text of Apple's .p8 file, with \\n for its line breaks")
    return key


def _redirects(value: str) -> list[str]:
    for address in _list(value):
        if not re.fullmatch(
            r"(https://|http://(localhost|127\.0\.0\.1)[:/]|[a-z][a-z0-9+.-]*\.[a-z0-9+.-]+:/)[^\s#?]*", address
        ):
            raise ValueError(
                f"lists {address!r}; it may list addresses such as https://app.example.org/logged-in, without a query, "
                "and those of apps, such as org.example.app:/logged-in"
            )
    return _list(value)


def _stand_ins(value: str) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in _list(value))
    for origin, stand_in in pairs.items():
        if not re.fullmatch(r"https://[^/\s]+", origin) or not re.fullmatch(r"http://127\.0\.0\.1:\d{1,5}", stand_in):
            raise ValueError("must list pairs such as https://accounts.google.com=http://127.0.0.1:4000")
    return pairs


VARIABLES: tuple[Variable, ...] = (
    Variable("DEBUG", _boolean, "false", "Development mode: demo log-ins, GraphiQL for everyone, detailed errors."),
    Variable("DEBUG_TOOLBAR", _boolean, "off", "With DEBUG: GraphiQL shows the SQL of each operation."),
    Variable("SECRET_KEY", _text, "", "Signs tokens and links; at least 32 characters; required unless DEBUG is on."),
    Variable("SECRET_KEY_FALLBACKS", _list, "", "Former keys, by commas; what they signed stays good."),
    Variable("HOST", _host, "127.0.0.1", "The address that `make run` listens on; `make serve` on 0.0.0.0 by default."),
    Variable("PORT", _port, "8000", "The port that `make run` and `make serve` listen on."),
    Variable("ALLOWED_HOSTS", _list, "localhost,127.0.0.1,[::1]", "Host names this server answers to, by commas."),
    Variable("CORS_ALLOWED_ORIGINS", _origins, "", "Origins of web frontends that may call the API, by commas."),
    Variable("PUBLIC_URL", _public_url, "", "The address people reach this server at, for links in mails."),
    Variable("DATABASE_URL", _database, f"sqlite:///{VAR_DIR / 'mishmob.sqlite3'}", "`sqlite:///PATH` or `postgresql://…/NAME`."),
    Variable("REDIS_URL", _redis, "", "Cache, channel layer and task queue. Empty: all of them in-process."),
    Variable("SEARCH_URL", _search, f"tantivy:///{VAR_DIR / 'search'}", "The search engine. Checked, not used yet."),
    Variable("STORAGE_URL", _storage, f"file://{VAR_DIR / 'media'}", "Uploaded files: a folder or an S3 bucket."),
    Variable("EMAIL_URL", _email, "console:", "`console:`, `filemail://FOLDER` or `smtp://USER:PASSWORD@HOST:PORT`."),
    Variable("EMAIL_FROM", _text, "MishMob <no-reply@localhost>", "The sender of the mails."),
    Variable("WEB_PUSH_PRIVATE_KEY", _web_push_key, "", "Signs pushes to browsers; without it there are none."),
    Variable("WEB_PUSH_CONTACT", _contact, "", "Whom push services write to: `mailto:…` or `https://…`."),
    Variable("TRUSTED_PROXIES", _networks, "", "Addresses or networks whose forwarding headers count, by commas."),
    Variable("INTROSPECTION", _one_of("on", "staff", "off"), "", "Who may introspect the schema: on, staff or off."),
    Variable("RATE_LIMITS", _boolean, "on", "Off only for benchmarks; the server then warns loudly."),
    Variable("MFA_REQUIRED_FOR", _mfa_roles, "", "Who must have a second factor: `staff`, `owners` of hosts."),
    Variable("GOOGLE_CLIENT_ID", _list, "", "Log-in with Google: the client ID; more of them, for apps, by commas."),
    Variable("GOOGLE_CLIENT_SECRET", _text, "", "The client secret of the first one."),
    Variable("FACEBOOK_CLIENT_ID", _list, "", "Log-in with Facebook: the app ID."),
    Variable("FACEBOOK_CLIENT_SECRET", _text, "", "The app secret."),
    Variable("APPLE_CLIENT_ID", _list, "", "Log-in with Apple: the services ID; after it, by commas, bundle IDs."),
    Variable("APPLE_TEAM_ID", _text, "", "The team ID."),
    Variable("APPLE_KEY_ID", _text, "", "The ID of the key."),
    Variable("APPLE_PRIVATE_KEY", _private_key, "", "The text of the key, a .p8 file, with \\n for its line breaks."),
    Variable("LINKEDIN_CLIENT_ID", _list, "", "Log-in with LinkedIn: the client ID."),
    Variable("LINKEDIN_CLIENT_SECRET", _text, "", "The client secret."),
    Variable("LOG_IN_REDIRECTS", _redirects, "", "Where log-ins at `/accounts/log-in/` may end, by commas."),
    Variable("LOG_IN_STAND_INS", _stand_ins, "", "Servers that stand in for those of log-in providers, for tests."),
    Variable("SIGN_UPS_PER_HOUR", _positive, "100", "Sign-ups that one address of the network may try in an hour."),
    Variable("MAX_ANSWER_BYTES", _bytes, str(4 * 1024 * 1024), "How long an answer of the API may be, in bytes."),
    Variable("COMPILED_READS", _boolean, "on", "The compiled fast path for reads. Checked, not used yet."),
    Variable("CRAWL_ALLOWED_PRIVATE", _host_ports, "", "Private HOST:PORT pairs that crawlers may visit."),
)  # fmt: skip


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each variable by name; an empty text counts as not set."""
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        given = environ.get(variable.name, "").strip() or variable.default
        try:
            values[variable.name] = variable.parse(given)
        except ValueError as error:
            raise WrongSetting(variable.name, f"{error}.") from None
    _check_combinations(values)
    return values


def _check_combinations(values: dict[str, Any]) -> None:
    if not values["SECRET_KEY"]:
        if not values["DEBUG"]:
            raise WrongSetting("SECRET_KEY", "is not set; give it 32 or more random characters, or set DEBUG=true.")
        values["SECRET_KEY"] = "only-for-development-" + "x" * 32
    if len(values["SECRET_KEY"]) < MIN_SECRET_KEY_LENGTH:
        raise WrongSetting("SECRET_KEY", "is too short; give it 32 or more random characters.")
    if values["DEBUG_TOOLBAR"] and not values["DEBUG"]:
        raise WrongSetting("DEBUG_TOOLBAR", "shows what only developers may see; set DEBUG=true, or leave it off.")
    for name, others in PROVIDER_VARIABLES.items():
        for other in others:
            if bool(values[name]) != bool(values[other]):
                missing, given = (other, name) if values[name] else (name, other)
                raise WrongSetting(missing, f"is not set, but {given} is; give both or neither.")
    values["INTROSPECTION"] = values["INTROSPECTION"] or ("on" if values["DEBUG"] else "staff")
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://127.0.0.1:{values['PORT']}"


def load() -> dict[str, Any]:
    """Read the process environment, below it the `.env` file beside `manage.py`, and below that DEFAULT_… variables.

    A script sets a default with `DEFAULT_DEBUG=true`, which the environment and `.env` override.
    """
    defaults = {
        variable.name: os.environ[f"DEFAULT_{variable.name}"]
        for variable in VARIABLES
        if f"DEFAULT_{variable.name}" in os.environ
    }
    from_file = {name: value for name, value in dotenv_values(BASE_DIR / ".env").items() if value}
    return read({**defaults, **from_file, **os.environ})


def settings_module() -> str:
    """Return the settings to run with: the local ones with DEBUG on, else the production ones."""
    return "config.settings.local" if load()["DEBUG"] else "config.settings.production"
