"""The demo site keeps its identity when the server moves to another port."""

from __future__ import annotations

import pytest

from config.demo.site import move_demo_site
from tests.factories import ListingFactory, SourceFactory


@pytest.mark.django_db
def test_what_was_crawled_at_one_port_is_known_at_another() -> None:
    old, new = "http://127.0.0.1:8000/demo/site", "http://127.0.0.1:9000/demo/site"
    source = SourceFactory(url=f"{old}/index.html")
    listing = ListingFactory(source=source, url=f"{old}/bikes.html", external_id=f"{old}/bikes.html#event")
    foreign = ListingFactory(url="https://elsewhere.example/demo/site/x.html")
    move_demo_site(to=new)
    for row in (source, listing, foreign):
        row.refresh_from_db()
    assert source.url == f"{new}/index.html"
    assert (listing.url, listing.external_id) == (f"{new}/bikes.html", f"{new}/bikes.html#event")
    assert foreign.url == "https://elsewhere.example/demo/site/x.html"
