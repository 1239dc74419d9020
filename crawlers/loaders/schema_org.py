"""Reads schema.org events and volunteer roles from JSON-LD, microdata or RDFa nodes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urljoin

from crawlers.items import Unreadable
from crawlers.loaders.places import degrees, zip_in, zone_of_town
from crawlers.loaders.text import clean, clean_line, clean_place, http_link
from crawlers.loaders.times import read_duration, read_time, span
from domains.geo.selectors import zip_time_zone
from domains.opportunities.services.record_listing import FoundListing

Node = dict[str, Any]

#: Maximum number of nodes read on one page; no page for people has more.
MAX_NODES = 50_000
#: Subtypes of Event whose names do not say so, and the types of volunteer roles.
_TYPES = {"EventSeries", "Festival", "Hackathon", "CourseInstance", "VolunteerAction", "JobPosting"}
_OFF = ("EventCancelled", "EventPostponed")
#: Properties whose value is not a separate event of this page.
_ELSEWHERE = {"superEvent", "isPartOf", "partOf", "previousStartDate", "potentialAction"}
#: Properties that a part inherits from its whole.
_INHERITED = ("name", "description", "location", "organizer", "url", "eventAttendanceMode")


@dataclass(frozen=True)
class Place:
    """The location of an event: a place on earth, remote, or both."""

    text: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_remote: bool = False
    zone: tzinfo | None = None


def listings_in(
    roots: Iterable[object], *, page_url: str, zone: tzinfo | None = None
) -> Iterator[FoundListing | Unreadable]:
    """Yield each event and volunteer role among the nodes, or why one is unreadable, in page order."""
    nodes = list(_walk(roots))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    found: list[FoundListing] = []
    for node in filter(_is_wanted, nodes):
        try:
            found.append(_Reader(node, by_id, page_url, zone).listing())
        except Unreadable as reason:
            yield reason
    yield from _told_apart(found)


def _walk(roots: Iterable[object]) -> Iterator[Node]:
    """Yield every node, without recursion, so that deep nesting cannot exhaust the stack."""
    waiting: list[tuple[object, Node]] = [(root, {}) for root in roots]
    waiting.reverse()
    for _ in range(MAX_NODES):
        if not waiting:
            return
        value, whole = waiting.pop()
        if isinstance(value, list):
            waiting.extend((part, whole) for part in reversed(value))
        elif isinstance(value, dict):
            node = {**whole, **value}
            yield node
            waiting.extend(
                (part, _passed_on(node) if name == "subEvent" else {})
                for name, part in reversed(value.items())
                if name not in _ELSEWHERE and isinstance(part, list | dict)
            )


def _passed_on(node: Node) -> Node:
    return {name: node[name] for name in _INHERITED if name in node}


def _types(node: Node) -> set[str]:
    written = node.get("@type", node.get("type"))
    names = written if isinstance(written, list) else [written]
    return {name.replace("#", "/").replace(":", "/").rpartition("/")[2] for name in names if isinstance(name, str)}


def _is_wanted(node: Node) -> bool:
    types = _types(node)
    if not any(name.endswith("Event") or name in _TYPES for name in types):
        return False
    if _text(node, "eventStatus").endswith(_OFF):
        return False
    if "JobPosting" in types and not _is_unpaid(node):
        return False
    return not _has_dated_parts(node)


def _is_unpaid(job: Node) -> bool:
    """Tell whether the role is for volunteers: it says so, or mentions no employment and no pay."""
    employment = " ".join(str(kind) for kind in _values(job, "employmentType")).upper()
    return "VOLUNTEER" in employment if employment else "baseSalary" not in job


def _has_dated_parts(node: Node) -> bool:
    """Tell whether the event only groups dated parts, which are then listed instead."""
    return any(isinstance(part, dict) and "startDate" in part for part in _values(node, "subEvent"))


def _values(node: Node, name: str) -> list[Any]:
    value = node.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(node: Node, *names: str) -> str:
    """Return the first of these properties that has a text."""
    for name in names:
        for value in _values(node, name):
            words = value.get("@value", value.get("name")) if isinstance(value, dict) else value
            if isinstance(words, str | int | float) and str(words).strip():
                return str(words)
    return ""


def _told_apart(found: list[FoundListing]) -> Iterator[FoundListing]:
    """Yield each listing once, and give listings that share an id different ids."""
    once = {(listing.title, listing.start_date, listing.location_text): listing for listing in reversed(found)}
    listings = list(once.values())[::-1]
    uses = Counter(listing.external_id for listing in listings)
    for listing in listings:
        shared = uses[listing.external_id] > 1 or not listing.external_id
        yield replace(listing, external_id=digest(listing)) if shared else listing


def digest(listing: FoundListing) -> str:
    """Return an id for a listing that has none at its source."""
    parts = f"{listing.url}\n{listing.title}\n{listing.start_date.isoformat()}"
    return hashlib.sha256(parts.encode()).hexdigest()


class _Reader:
    """Reads one node, following its references to others on the page."""

    def __init__(self, node: Node, by_id: dict[str, Node], page_url: str, zone: tzinfo | None) -> None:
        self.node = node
        self.by_id = by_id
        self.page_url = page_url
        self.zone = zone

    def listing(self) -> FoundListing:
        title = clean_line(_text(self.node, "name", "title", "headline"))
        if not title:
            raise Unreadable("it has no title")
        place = self._place(title)
        start, end = self._times(title, place.zone or self.zone)
        url = http_link(_text(self.node, "url"), self.page_url) or self.page_url
        return FoundListing(
            title=title,
            description=clean(_text(self.node, "description")),
            start_date=start,
            end_date=end,
            location_text=place.text,
            postal_code=place.postal_code,
            latitude=place.latitude,
            longitude=place.longitude,
            is_remote=place.is_remote,
            organization_name=self._organization(),
            url=url,
            external_id=self._id(url),
        )

    def _times(self, title: str, zone: tzinfo | None) -> Any:
        start = _text(self.node, "startDate", "startTime", "jobStartDate", "datePosted")
        end = _text(self.node, "endDate", "endTime", "validThrough")
        if not start:
            raise Unreadable(f"{title!r} has no start date")
        if "JobPosting" in _types(self.node) and not end:
            raise Unreadable(f"{title!r} does not say until when it is open")
        try:
            return span(
                read_time(start),
                read_time(end) if end else None,
                read_duration(_text(self.node, "duration")),
                zone,
                last_day_counts=True,
            )
        except Unreadable as reason:
            raise Unreadable(f"{title!r}: {reason}") from None

    def _place(self, title: str) -> Place:
        remote = "Online" in _text(self.node, "eventAttendanceMode") or "Mixed" in _text(
            self.node, "eventAttendanceMode"
        )
        remote = remote or _text(self.node, "jobLocationType") == "TELECOMMUTE"
        remote = remote or title.lower().endswith(("(online)", "(virtual)"))
        found = Place()
        for value in [*_values(self.node, "location"), *_values(self.node, "jobLocation")]:
            node = self._followed(value)
            if isinstance(node, dict) and "VirtualLocation" in _types(node):
                remote = True
            elif not found.text:
                found = self._place_of(node)
        return replace(found, is_remote=remote)

    def _place_of(self, place: object) -> Place:
        if not isinstance(place, dict):
            text = clean_place(place)
            return Place(text, zip_in(text), zone=zip_time_zone(zip_in(text)))
        address = self._followed(next(iter(_values(place, "address")), place))
        parts = _address(address) if isinstance(address, dict) else [clean_place(address)]
        country = clean_line(_text(address, "addressCountry")) if isinstance(address, dict) else ""
        name = clean_place(_text(place, "name"))
        text = ", ".join(dict.fromkeys(part for part in [name, *parts] if part))
        geo = self._followed(next(iter(_values(place, "geo")), place))
        geo = geo if isinstance(geo, dict) else {}
        latitude, longitude = degrees(_text(geo, "latitude"), _text(geo, "longitude"))
        postal_code = zip_in(text, country)
        zone = zip_time_zone(postal_code) or _zone_of(address)
        return Place(text, postal_code, latitude, longitude, zone=zone)

    def _organization(self) -> str:
        """Return the name of the organization; the name of a person is not stored."""
        for name in ("organizer", "hiringOrganization", "provider", "agent"):
            for value in _values(self.node, name):
                node = self._followed(value)
                if isinstance(node, str) and not http_link(node):
                    return clean_line(node)
                if isinstance(node, dict) and "Person" not in _types(node):
                    return clean_line(_text(node, "name", "legalName"))
        return ""

    def _id(self, url: str) -> str:
        """Return the id of the node at its source: its `@id` if it is meaningful, else its own URL."""
        given = _text(self.node, "@id", "id").strip()
        if given and not given.startswith("_:"):
            return urljoin(self.page_url, given)
        return url if url != self.page_url else ""

    def _followed(self, value: Any) -> Any:
        """Return the node that a reference points to; follows one step only, so that cycles end."""
        if isinstance(value, dict) and set(value) == {"@id"}:
            return self.by_id.get(value["@id"], {})
        return value


def _zone_of(address: object) -> tzinfo | None:
    if not isinstance(address, dict):
        return None
    return zone_of_town(clean_line(_text(address, "addressLocality")), clean_line(_text(address, "addressRegion")))


def _address(address: Node) -> list[str]:
    region = f"{_text(address, 'addressRegion')} {_text(address, 'postalCode')}"
    parts = (
        _text(address, "streetAddress"),
        _text(address, "addressLocality"),
        region,
        _text(address, "addressCountry"),
    )
    return [words for words in map(clean_line, parts) if words]
