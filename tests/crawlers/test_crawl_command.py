"""`python -m crawlers`: what a run says, how it ends, and what an outage or a trap cannot do."""

from __future__ import annotations

import pytest

from crawlers.management.commands.crawl import Command
from tests.crawlers.pages import event, page_with

ONE = event(name="Plant trees", **{"@id": "#trees"})
TWO = event(name="Mend coats", **{"@id": "#coats"})


@pytest.fixture
def site(tmp_path, serve):
    """A folder on the web, and its address."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder, serve(folder)


def test_what_vanishes_twice_in_a_row_is_closed_and_opens_when_it_is_back(crawler, site):
    folder, base = site
    page = folder / "events.html"
    page.write_text(page_with(ONE, TWO))
    assert crawler("structured_data", f"{base}events.html").counts == [
        "2 found, 2 new, 0 changed, 0 closed, 0 unreadable"
    ]

    page.write_text(page_with(ONE))
    assert "0 closed" in crawler("structured_data", f"{base}events.html").summary
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}

    page.rename(folder / "away.html")
    outage = crawler("structured_data", f"{base}events.html")
    assert (outage.code, outage.counts) == (
        1,
        ["0 found, 0 new, 0 changed, 0 closed, 0 unreadable, 1 failed"],
    )
    assert "events.html' cannot be read: the server answered 404." in outage.log
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}, "an outage closes nothing"

    (folder / "away.html").rename(page)
    assert "1 closed" in crawler("structured_data", f"{base}events.html").summary
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "CLOSED"}

    page.write_text(page_with(ONE, TWO))
    assert "1 changed" in crawler("structured_data", f"{base}events.html").summary
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}


def test_a_run_that_finds_nothing_at_all_closes_nothing(crawler, site):
    folder, base = site
    (folder / "events.html").write_text(page_with(ONE, TWO))
    (folder / "index.html").write_text('<a href="events.html">What is on</a>')
    assert "2 found, 2 new" in crawler("structured_data", "--follow", f"{base}index.html").summary
    for _ in range(3):
        assert "0 found, 0 new, 0 changed, 0 closed" in crawler("structured_data", f"{base}index.html").summary
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"startDate": "31/02/2027"},  # the spider cannot read it
        {"name": "ab"},  # the store refuses it
    ],
)
def test_what_is_still_there_and_only_unreadable_is_not_closed(crawler, site, wrong):
    folder, base = site
    page = folder / "events.html"
    page.write_text(page_with(ONE, TWO))
    crawler("structured_data", f"{base}events.html")

    page.write_text(page_with({**ONE, **wrong}, TWO))
    for _ in range(3):
        run = crawler("structured_data", f"{base}events.html")
        assert ("0 closed, 1 unreadable" in run.summary, run.code) == (True, 0), run.log
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}

    page.write_text(page_with(TWO))
    assert "0 closed" in crawler("structured_data", f"{base}events.html").summary
    assert "1 closed" in crawler("structured_data", f"{base}events.html").summary
    assert crawler.statuses() == {"Plant trees": "CLOSED", "Mend coats": "OPEN"}


def test_one_bad_page_does_not_stop_the_others(crawler, site):
    folder, base = site
    (folder / "good.html").write_text(page_with(ONE))
    (folder / "bad.html").write_text(page_with('{"@type": "Event", '))
    (folder / "partly.html").write_text(page_with(TWO, event(name="No such day", startDate="31/02/2027")))
    (folder / "latin.html").write_bytes(
        b'<meta charset="utf-8">' + page_with(event(name="Caf\\u00e9")).replace("\\\\u00e9", "é").encode("latin-1")
    )
    names = ("good.html", "bad.html", "partly.html", "latin.html", "missing.html", "too-large", "bomb", "broken")

    run = crawler("structured_data", *(f"{base}{name}" for name in names))

    assert run.code == 0
    assert run.counts == [
        "1 found, 1 new, 0 changed, 0 closed, 0 unreadable",
        "0 found, 0 new, 0 changed, 0 closed, 0 unreadable, 1 failed",
        "1 found, 1 new, 0 changed, 0 closed, 1 unreadable",
        "0 found, 0 new, 0 changed, 0 closed, 1 unreadable",
        *["0 found, 0 new, 0 changed, 0 closed, 0 unreadable, 1 failed"] * 4,
    ]
    assert crawler.statuses() == {"Plant trees": "OPEN", "Mend coats": "OPEN"}
    for reason in (
        "bad.html' cannot be read: its JSON-LD is broken",
        "partly.html': left out, 'No such day': '31/02/2027' is not a date.",
        "latin.html': left out, its text is not in the encoding that the page claims.",
        "missing.html' cannot be read: the server answered 404.",
        "too-large' cannot be read: ",
        "bomb' cannot be read: ",
        "broken' cannot be read: the server answered 500.",
    ):
        assert reason in run.log


def test_private_addresses_are_not_visited_wherever_the_way_leads(crawler, site):
    folder, base = site
    (folder / "events.html").write_text(page_with(ONE))

    direct = crawler.run(
        "structured_data", f"{base}events.html", f"{base.replace('127.0.0.1', 'localhost')}events.html"
    )
    assert direct.code == 1
    assert "Blocked '127.0.0.1': 127.0.0.1 is not a public address." in direct.log
    assert "Blocked 'localhost'" in direct.log
    assert "Traceback" not in direct.log

    led_there = crawler("structured_data", f"{base}to-metadata", f"{base}to-file", f"{base}to-ipv6")
    assert led_there.code == 1
    assert "Blocked '169.254.169.254': 169.254.169.254 is not a public address." in led_there.log
    assert "Blocked '::1': ::1 is not a public address." in led_there.log
    assert "root:" not in led_there.log
    assert crawler.rows("source") == []


def test_robots_txt_is_obeyed(crawler, site):
    folder, base = site
    (folder / "robots.txt").write_text("User-agent: *\nDisallow: /members/\n")
    (folder / "members").mkdir()
    (folder / "members" / "events.html").write_text(page_with(ONE))

    run = crawler("structured_data", f"{base}members/events.html")

    assert (run.code, crawler.rows("opportunity")) == (1, [])
    assert "Forbidden by robots.txt" in run.log


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: spider, URL"),
        (["atom", "https://a.example/"], "invalid choice: 'atom'"),
        (["icalendar", "file:///etc/passwd"], "is not an address that begins with http:// or https://"),
        (["icalendar", "--timezone", "Nowhere", "https://a.example/"], "is not a time zone"),
        (["icalendar", "--follow", "https://a.example/"], "a calendar has none"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "crawl", *arguments])

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_help_names_the_command_as_it_is_typed(crawler):
    run = crawler.run("--help")

    assert run.code == 0
    assert run.summary.startswith("usage: python -m crawlers ")


def test_a_database_without_tables_is_said_in_a_sentence(crawler, tmp_path):
    crawler.path = tmp_path / "new.sqlite3"

    run = crawler.run("icalendar", "https://a.example/")

    assert run.code == 1
    assert "run `python manage.py migrate` first" in run.log
    assert "Traceback" not in run.log
