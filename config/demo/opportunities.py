"""Opportunities with their roles: each text of the content at several hosts, locations and times."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from config.demo.community import DATA_FOLDER, Community, LoadedOpportunity, read_content, sentence_start
from domains.geo.selectors import zip_point
from domains.opportunities.models import Opportunity, OpportunityStatus, Role, RoleSkill

#: With this many slots or more, the number varies between occurrences.
MIN_VARIED_SLOTS = 6


def load_opportunities(community: Community) -> None:
    """Load an opportunity for every occurrence of every text, at the host of its kind in its area."""
    contents: list[tuple[LoadedOpportunity, dict[str, Any]]] = []
    for file in sorted((DATA_FOLDER / "opportunities").glob("*.toml")):
        for content in read_content(f"opportunities/{file.stem}")["opportunity"]:
            occurrences_in: Counter[str] = Counter()
            for occurrence in content["occurrences"]:
                area = occurrence["area"]
                opportunity = _make_opportunity(community, f"{file.stem}-{area}", content, occurrence)
                loaded = LoadedOpportunity(content["title"], file.stem, area, occurrences_in[area], opportunity)
                occurrences_in[area] += 1
                contents.append((loaded, content))
    community.opportunities = [loaded for loaded, _ in contents]
    Opportunity.objects.bulk_create(loaded.opportunity for loaded in community.opportunities)
    _load_causes(community, contents)
    _load_roles(community, contents)


def _make_opportunity(
    community: Community, host_key: str, content: dict[str, Any], occurrence: dict[str, Any]
) -> Opportunity:
    area = occurrence["area"]
    host, city = community.hosts[host_key], community.host_content["area"][area]["city"]
    start = community.local_start(area, week=occurrence["week"], day=occurrence["day"], time=occurrence["time"])
    words = {
        "day": f"{start:%A}",
        "month": f"{start:%B}",
        "city": city,
        "host": host.organization_name,
        "place": occurrence.get("place", ""),
        "play": occurrence.get("play", ""),
        "note": occurrence["note"],
    }
    is_remote = content.get("remote", False)
    zip_code = "" if is_remote else occurrence.get("zip", host.zip_code)
    latitude, longitude = zip_point(zip_code) or (None, None)
    return Opportunity(
        host=host,
        status=OpportunityStatus(occurrence.get("status", OpportunityStatus.OPEN)),
        title=sentence_start(content["title"].format(**words)),
        description=content["description"].format(**words),
        impact_statement=content["impact"],
        start_date=start,
        end_date=start + timedelta(days=occurrence.get("days", 0), hours=content["hours"]),
        location_text="" if is_remote else sentence_start(f"{words['place']}, {city}"),
        location_zip=zip_code,
        latitude=latitude,
        longitude=longitude,
        is_remote=is_remote,
        closed_reason=occurrence.get("reason", ""),
        created_by=community.owner(host_key),
        created_at=_created_at(community, start),
    )


def _created_at(community: Community, start: datetime) -> datetime:
    return min(start, community.now) - timedelta(
        days=community.rng.randint(4, 25), minutes=community.rng.randint(0, 900)
    )


def _load_causes(community: Community, contents: list[tuple[LoadedOpportunity, dict[str, Any]]]) -> None:
    links = Opportunity.causes.through
    links.objects.bulk_create(
        links(opportunity=loaded.opportunity, cause=community.causes[name])
        for loaded, content in contents
        for name in content["causes"]
    )


def _load_roles(community: Community, contents: list[tuple[LoadedOpportunity, dict[str, Any]]]) -> None:
    role_skills = []
    for loaded, content in contents:
        for described in content["roles"]:
            role = Role(
                opportunity=loaded.opportunity,
                title=described["title"],
                description=described.get("about", ""),
                slots_available=_slots(community, described["slots"]),
                requires_approval=not described.get("instant", False),
            )
            needs, teaches = described.get("needs", []), described.get("teaches", [])
            loaded.roles[role.title] = role
            loaded.required_skills[role.title] = frozenset(needs)
            role_skills += [
                RoleSkill(
                    role=role,
                    skill=community.skills[name],
                    is_required=name in needs,
                    is_developed=name in teaches,
                )
                for name in dict.fromkeys([*needs, *teaches])
            ]
    Role.objects.bulk_create(role for loaded in community.opportunities for role in loaded.roles.values())
    RoleSkill.objects.bulk_create(role_skills)


def _slots(community: Community, number: int) -> int:
    return number if number < MIN_VARIED_SLOTS else number + community.rng.randint(-2, 3)
