"""The demo site keeps its identity when the server moves to another port."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from config.demo.site import demo_site, move_demo_site
from domains.opportunities.models import Source
from tests.factories import ListingFactory, SourceFactory


@pytest.mark.django_db
def test_what_was_crawled_at_one_port_is_known_at_another() -> None:
    old, new = "http://127.0.0.1:8000/demo/site", "http://127.0.0.1:9000/demo/site"
    source, calendar = SourceFactory(url=f"{old}/index.html"), SourceFactory(url=f"{old}/calendar.ics")
    by_name = SourceFactory(url="http://localhost:8000/demo/site/other.html")
    listing = ListingFactory(source=source, url=f"{old}/bikes.html", external_id=f"{old}/bikes.html#event")
    foreign = ListingFactory(url="https://elsewhere.example/demo/site/x.html")
    move_demo_site(to=new)
    for row in (source, calendar, by_name, listing, foreign):
        row.refresh_from_db()
    assert source.url == f"{new}/"  # as the tour calls it
    assert calendar.url == f"{new}/calendar.ics"
    assert by_name.url == f"{new}/other.html"
    assert (listing.url, listing.external_id) == (f"{new}/bikes.html", f"{new}/bikes.html#event")
    assert foreign.url == "https://elsewhere.example/demo/site/x.html"


@pytest.mark.django_db
def test_what_was_crawled_twice_before_stays_as_it_is() -> None:
    site = "http://127.0.0.1:8000/demo/site"
    for url in (f"{site}/", f"{site}/index.html"):
        SourceFactory(url=url)
    move_demo_site(to=site)
    assert sorted(Source.objects.values_list("url", flat=True)) == [f"{site}/", f"{site}/index.html"]


@pytest.mark.parametrize("name", ["localhost", "testserver", "192.168.1.20"])
def test_the_site_has_one_name_whatever_the_server_is_called(settings, name: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    request = RequestFactory().get("/demo/site/about.html", SERVER_NAME=name, SERVER_PORT="9000")
    answer = demo_site(request, "about.html")
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:9000/demo/site/about.html")
    request = RequestFactory().get("/demo/site/about.html", SERVER_NAME="127.0.0.1", SERVER_PORT="9000")
    assert demo_site(request, "about.html").status_code == 200
