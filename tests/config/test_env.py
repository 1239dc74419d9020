"""The environment: right values are understood, wrong ones stop the start with one sentence."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import env
from tests.forked import run_python
from tests.made_databases import copy_database

SECRET = {"SECRET_KEY": "s" * 32}
LOCAL = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}


def test_nothing_is_needed_for_development() -> None:
    values = env.read({"DEBUG": "true"})
    assert values["DATABASE_URL"]["ENGINE"].endswith("sqlite3")
    assert values["REDIS_URL"] == ""
    assert (values["PORT"], values["INTROSPECTION"]) == (8000, "on")
    assert values["EMAIL_URL"]["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_debug_is_off_unless_it_is_set() -> None:
    values = env.read(SECRET)
    assert values["DEBUG"] is False
    assert values["INTROSPECTION"] == "staff"


def test_services_are_named_by_their_addresses() -> None:
    values = env.read(
        {
            **SECRET,
            "DATABASE_URL": "postgresql://me:p%40ss@db.example:5433/community",
            "REDIS_URL": "redis://cache.example:6379/2",
            "STORAGE_URL": "s3://KEY:SE%2FCRET@bucket-name?endpoint_url=http://127.0.0.1:8333&region=eu-west-1",
            "EMAIL_URL": "smtp://me:secret@mail.example:2525",
        }
    )
    database = values["DATABASE_URL"]
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db.example", 5433, "p@ss")
    options = values["STORAGE_URL"]["OPTIONS"]
    assert (options["bucket_name"], options["secret_key"]) == ("bucket-name", "SE/CRET")
    assert (options["endpoint_url"], options["region_name"]) == ("http://127.0.0.1:8333", "eu-west-1")
    client = options["client_config"]
    assert (client.connect_timeout, client.read_timeout, client.signature_version) == (1, 5, "s3v4")
    assert (values["EMAIL_URL"]["EMAIL_PORT"], values["EMAIL_URL"]["EMAIL_USE_TLS"]) == (2525, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("SECRET_KEY", "short"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "0"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "postgresql://host"),
        ("REDIS_URL", "localhost:6379"),
        ("SEARCH_URL", "elastic://x"),
        ("STORAGE_URL", "ftp://x"),
        ("STORAGE_URL", "s3://bucket"),
        ("EMAIL_URL", "sendmail"),
        ("EMAIL_URL", "filemail://"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "app.example.org"),
        ("PUBLIC_URL", "community.example.org"),
        ("WEB_PUSH_PRIVATE_KEY", "secret"),
        ("WEB_PUSH_PRIVATE_KEY", "ü"),
        ("WEB_PUSH_CONTACT", "staff@community.example"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("INTROSPECTION", "friends"),
        ("RATE_LIMITS", "some"),
        ("SIGN_UPS_PER_HOUR", "0"),
        ("SIGN_UPS_PER_HOUR", "many"),
        ("SIGN_UPS_PER_HOUR", "\u0661\u0660"),
        ("MAX_ANSWER_BYTES", "4 MiB"),
        ("MAX_ANSWER_BYTES", "1000"),
        ("COMPILED_READS", "2"),
        ("DEBUG_TOOLBAR", "maybe"),
        ("CRAWL_ALLOWED_PRIVATE", "127.0.0.1"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(env.WrongSetting) as stopped:
        env.read({**SECRET, name: value})
    sentence = str(stopped.value)
    assert sentence.startswith(f"MishMob cannot start: {name} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_the_start_stops_with_the_sentence_and_no_traceback(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=env.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PORT": "many", "DEBUG": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "MishMob cannot start: PORT must be a port number from 1 to 65535, such as 8000."


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return run_python(*arguments, environ={"PATH": os.environ["PATH"], **environ}, timeout=100)


def test_a_worker_without_redis_says_what_it_lacks() -> None:
    done = run("-m", "celery", "--app", "config", "worker", **SECRET)
    assert done.returncode == 1
    assert "MishMob cannot start: REDIS_URL is not set" in done.stderr


@pytest.mark.parametrize(("debug", "is_there"), [("true", True), ("false", False)])
def test_the_development_log_in_is_in_the_schema_only_with_debug_on(debug: str, is_there: bool) -> None:
    script = "import django; django.setup(); from graphql_api.schema import schema; print(schema.as_str())"
    module = {"true": "local", "false": "production"}[debug]
    done = run("-c", script, DEBUG=debug, DJANGO_SETTINGS_MODULE=f"config.settings.{module}", **SECRET)
    assert "type Mutation" in done.stdout, done.stderr
    assert ("devLogIn" in done.stdout) is is_there


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("manage.py", "serve", PORT=str(taken.getsockname()[1]), DEBUG="true")
    assert done.stderr.startswith("MishMob cannot start: PORT is ")


def test_a_database_that_does_not_answer_is_named() -> None:
    done = run("manage.py", "serve", PORT="8399", DEBUG="true", DATABASE_URL="postgresql://me@127.0.0.1:1/none")
    assert done.stderr.startswith("MishMob cannot start: DATABASE_URL names a database that does not answer: ")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "develop"])
def test_a_redis_that_does_not_answer_is_named(command: str, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    done = run(
        "manage.py", command, PORT="8399", DEBUG="true", DATABASE_URL=database, REDIS_URL="redis://127.0.0.1:1/0"
    )
    assert done.stderr.startswith("MishMob cannot start: REDIS_URL names a Redis that does not answer: "), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_rate_limits_that_are_off_are_warned_of_loudly() -> None:
    assert "RATE_LIMITS IS OFF" in run("manage.py", "check", RATE_LIMITS="off", DEBUG="true").stderr
    assert "RATE_LIMITS" not in run("manage.py", "check", DEBUG="true").stderr


def test_options_in_the_address_of_the_database_are_kept() -> None:
    script = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    done = run(
        "-c",
        script,
        DJANGO_SETTINGS_MODULE="config.settings.production",
        DATABASE_URL="postgresql://me@db.example/community?sslmode=verify-full",
        **SECRET,
    )
    assert "'sslmode': 'verify-full'" in done.stdout, done.stderr
    assert "statement_timeout" in done.stdout


def test_developers_may_see_the_sql_of_each_operation(tmp_path: Path) -> None:
    copy_database(tmp_path / "community.sqlite3")
    script = """if True:
        import django; django.setup()
        from django.test import Client
        asked = {"query": "{ causes { totalCount } }"}
        answer = Client(SERVER_NAME="localhost").post("/graphql/", asked, content_type="application/json").json()
        print(answer["data"], answer["debugToolbar"]["panels"]["SQLPanel"]["subtitle"])
    """
    database = f"sqlite:///{tmp_path / 'community.sqlite3'}"
    done = run("-c", script, DEBUG="true", DEBUG_TOOLBAR="true", DATABASE_URL=database, **LOCAL)
    assert done.stdout.startswith("{'causes': {'totalCount': 0}} 1 query in "), done.stderr
    with pytest.raises(env.WrongSetting, match="DEBUG_TOOLBAR shows what only developers may see"):
        env.read({**SECRET, "DEBUG_TOOLBAR": "on"})


def test_a_default_of_a_script_stands_below_everything_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9001\n")
    monkeypatch.setattr(env, "BASE_DIR", tmp_path)
    for name, value in {**SECRET, "DEFAULT_PORT": "9000", "DEFAULT_DEBUG": "true"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DEBUG", raising=False)
    values = env.load()
    assert (values["PORT"], values["DEBUG"]) == (9001, True)


def test_without_debug_a_secret_key_is_required() -> None:
    with pytest.raises(env.WrongSetting, match="SECRET_KEY is not set"):
        env.read({})


def test_every_variable_is_in_the_example_and_in_the_readme() -> None:
    names = {variable.name for variable in env.VARIABLES}
    example = (env.BASE_DIR / ".env.example").read_text()
    assert set(re.findall(r"^#?\s?([A-Z_]+)=", example, re.MULTILINE)) == names
    readme = (env.BASE_DIR / "README.md").read_text()
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", readme, re.MULTILINE)
    assert names <= {name for row in rows for name in re.findall("[A-Z_]+", row)}
