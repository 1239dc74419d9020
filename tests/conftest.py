"""What every test may use: the API as a stranger or as somebody, and the counting of SQL statements."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import time_machine
from _pytest.nodeid import coerce_node_id
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, TransactionTestCase

from tests.api import Api
from tests.cache import forget
from tests.live_server import LiveServer
from tests.made_databases import copy_database, create_database, drop_database
from tests.midsummer import MIDSUMMER

TESTS = Path(__file__).parent
LiveServer.is_forked = True
#: What starts processes or browsers, waits for live events, or tells a long story. It begins first, so that nobody
#: waits for the last of it alone, and `make test-fast` leaves it out.
SLOW = (
    "attacks/",
    "config/test_demo_community.py",
    "config/test_demo_site.py",
    "config/test_check_invariants.py",
    "config/test_env.py",
    "config/test_http.py",
    "config/test_load_demo.py",
    "crawlers/test_crawl_command.py",
    "crawlers/test_endless_answers.py",
    "crawlers/test_first_real_crawl.py",
    "domains/events/test_tickets_stateful.py",
    "domains/notifications/test_send_pushes.py",
    "domains/opportunities/test_places_stateful.py",
    "domains/skills/test_evaluate_resumes.py",
    "domains/skills/test_import_",
    "domains/skills/test_published_taxonomies.py",
    "domains/skills/test_read_file.py",
    "domains/skills/test_resume_cases.py",
    "domains/test_admin.py",
    "domains/test_queue_migrations.py",
    "graphql_api/edge/test_hosts.py",
    "graphql_api/edge/test_socket_frames.py",
    "graphql_api/events/test_event_check_ins.py",
    "graphql_api/messaging/test_conversation_events.py",
    "graphql_api/messaging/test_inbox_events.py",
    "graphql_api/notifications/test_notification_received.py",
    "graphql_api/test_every_list_costs_the_same.py",
    "graphql_api/test_fuzz.py",
    "house/test_permissions.py",
    "house/test_weights.py",
    "journeys/",
    "services/",
)
#: Files whose tests share servers: one process runs a file.
OWN_SERVERS = ("graphql_api/edge/test_socket_frames.py", "journeys/", "services/")
#: What takes long and asks anew, on a larger scale or in another way, what others ask: CI runs it, and
#: `THOROUGH=1 make test`. A path, or the beginning of a test's name behind its path and `::`.
THOROUGH = (
    "attacks/test_attacks.py",
    "config/test_env.py::test_a_database_that",
    "config/test_env.py::test_a_redis_that",
    "config/test_env.py::test_rate_limits_that",
    "config/test_load_demo.py::test_nobody",
    "config/test_load_demo.py::test_the_community",
    "config/test_load_demo.py::test_two_loads",
    "crawlers/test_crawl_command.py::test_a_run_that_finds_nothing",
    "crawlers/test_crawl_command.py::test_what_is_still_there",
    "crawlers/test_endless_answers.py",
    "domains/opportunities/test_limits_migration.py",
    "domains/skills/test_names_migration.py",
    "domains/skills/test_published_taxonomies.py",
    "domains/test_queue_migrations.py",
    "journeys/test_apply_race.py::test_thirty",
    "journeys/test_claim_race.py::test_a_hundred_people_share_ten_tickets_and_nobody_is_asked_to_try_again[True]",
    "journeys/test_demo_chat_in_browser.py::test_it_fits_a_phone",
    "journeys/test_graphiql_in_browser.py::test_no_example",
    "journeys/test_graphiql_in_browser.py::test_tabs",
    "journeys/test_graphiql_in_browser.py::test_the_documentation",
    "journeys/test_graphiql_in_browser.py::test_what_is_typed",
    "journeys/test_graphiql_in_production.py",
    "journeys/test_make_run.py",
    "journeys/test_npm_clients.py",
    "journeys/test_uploads_to_s3.py",
    "services/test_apply_race_over_http.py::test_thirty",
    "services/test_apply_race_over_http.py::test_two_hundred_clients_share_ten_places[False]",
    "services/test_behind_tls.py",
    "services/test_chat_over_services.py::test_both_servers",
    "services/test_chat_over_services.py::test_redis_forgets",
    "services/test_claim_race_over_http.py::test_three_hundred_people_share_fifty_tickets[2",
    "services/test_cut_connections.py",
    "services/test_held_rows.py",
    "services/test_host_search_plan.py",
    "services/test_npm_clients_over_services.py",
    "services/test_recommendation_plans.py",
    "services/test_search_plan.py",
    "services/test_skill_search_plan.py",
    "services/test_slow_outside.py",
    "services/test_soak.py",
    "services/test_worker.py::test_the_mail_about",
)
#: A test with MATRIX cases or more is a matrix: `make test` runs one PART-th of it, another each time; CI runs all.
MATRIX, PART = 16, 4
#: What PostgreSQL is the stricter one in: races, plans, searches, distances, ids and texts that it refuses. `make test`
#: asks it alone where it answers, and SQLite alone all else. CI asks everything of both.
POSTGRESQL = (
    "domains/base/",
    "domains/geo/",
    "domains/messaging/test_search_messages.py",
    "domains/opportunities/test_find_",
    "domains/skills/test_find_skills.py",
    "graphql_api/relay/test_ids_that_lead_nowhere.py",
    "graphql_api/test_fuzz.py",
    "services/",
)
#: What is all the same to the database.
ALIKE = (
    "domains/events/test_tickets_stateful.py",
    "domains/events/test_calendars.py",
    "domains/events/test_qr_images.py",
    "domains/events/test_ticket_pages.py",
    "domains/events/test_door.py",
    "domains/opportunities/test_matching.py",
    "domains/opportunities/test_places_stateful.py",
    "domains/skills/test_denials.py",
    "domains/skills/test_evaluate_resumes.py",
    "domains/skills/test_extraction.py",
    "domains/skills/test_import_skills.py",
    "domains/skills/test_published_taxonomies.py",
    "domains/skills/test_read_file.py",
    "domains/skills/test_resume_cases.py",
    "graphql_api/checks/test_input_limits.py",
    "graphql_api/checks/test_limits.py",
    "graphql_api/checks/test_lists_in_inputs.py",
    "graphql_api/checks/test_long_answers.py",
    "graphql_api/edge/test_bodies.py",
    "graphql_api/edge/test_hosts.py",
    "graphql_api/edge/test_http_edge.py",
    "graphql_api/edge/test_names_of_uploads.py",
    "graphql_api/edge/test_persisted_queries.py",
    "graphql_api/edge/test_socket_frames.py",
    "graphql_api/test_every_list_costs_the_same.py",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what is slow, what CI alone need run, and how the database matters, by the path."""
    path = item.path.relative_to(TESTS).as_posix()
    if path.startswith(SLOW):
        item.add_marker("slow")
    if f"{path}::{item.name}".startswith(THOROUGH):
        item.add_marker("thorough")
    if path.startswith(OWN_SERVERS) and not item.get_closest_marker("xdist_group"):
        item.add_marker(pytest.mark.xdist_group(path))
    if path.startswith(ALIKE):
        item.add_marker("alike")
    elif path.startswith(POSTGRESQL):
        item.add_marker("postgresql")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out parts of matrices; put what is slow first, after all else was shuffled; keep xdist's groups together.

    pytest-xdist 3.8 adds the group to an attribute that pytest 9.2 no longer reads.
    """
    if config.option.sample:
        leave_out_parts(config, items)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        given = getattr(item, "_nodeid", item.nodeid)
        if given != item.nodeid:
            item._id = coerce_node_id(given)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", default="", help="run a part of each matrix, chosen by this text")


def leave_out_parts(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a PART of the cases of each matrix, chosen by the text of `--sample`; say how many are left out."""
    cases: dict[str, list[str]] = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item.nodeid)
    first = crc32(config.option.sample.encode()) % PART
    kept = {case for ids in cases.values() for case in (sorted(ids)[first::PART] if len(ids) >= MATRIX else ids)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
    items[:] = [item for item in items if item.nodeid in kept]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> Iterator[bool]:
    """The test database is a copy of one that was made before."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["TEST"]["NAME"])
        copy_database(path)
        yield True
        connection.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
    else:
        name = connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
        drop_database(name)
        create_database(name)
        yield True
        connection.close()
        drop_database(name)


@pytest.fixture(autouse=True, scope="session")
def _delete_rows_after_commits() -> Iterator[None]:
    """After a test that commits, rows are deleted: to truncate all tables of PostgreSQL takes a second each time.

    Content types and permissions stay, which Django would otherwise make anew each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: delete_rows())
        yield


def delete_rows() -> None:
    kept = {ContentType._meta.db_table, Permission._meta.db_table, MigrationRecorder.Migration._meta.db_table}
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys are checked at the end, so the order does not matter.
        for table in sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Rate limits and cached answers of one test do not reach the next."""
    forget()
    yield
    forget()


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tries fall into one window of the rate limits: none ends while a test counts them."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def midsummer() -> Iterator[None]:
    """It is the middle of `tests.midsummer.YEAR`."""
    with time_machine.travel(MIDSUMMER):
        yield


@pytest.fixture
def api(db: None) -> Api:
    """The API as a stranger sees it."""
    return Api(Client())


@pytest.fixture
def api_as(db: None) -> Callable[[Any], Api]:
    """The API as a person sees it: `api_as(user)`."""
    return lambda user: Api(Client(), user)


def pytest_collection_finish() -> None:
    """Leave the code and the tests themselves out of garbage collections, as the server does."""
    gc.collect()
    gc.freeze()
