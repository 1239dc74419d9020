"""Importing a taxonomy, without duplicates of skills that are known under another name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from domains.skills.models import Skill, SkillAlias, SkillIdentifier, fold
from domains.skills.services.skill_files import (
    MAX_ALIASES,
    MAX_NAME_LENGTH,
    NO_CATEGORY,
    NOTE,
    SkillRow,
    read_starter_set,
)

BATCH_SIZE = 500
#: Words that begin with so many equal letters count as the same: Postgres, PostgreSQL.
MIN_COMMON_PREFIX = 5


@dataclass
class ImportSummary:
    """Result of an import: what it changed, and what it left out and why."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    aliases: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def import_skills(*, rows: Sequence[SkillRow], progress: Callable[[int], None] | None = None) -> ImportSummary:
    """The skills of the rows are in the taxonomy, with their other names; an act of the operator.

    A row is no new skill if its id is known, if its name is known (capitals and spaces do not count), or if its name
    is another name of a skill of another taxonomy: it then adds its data to the existing skill, whose name, category
    and aliases stay. Each batch is one transaction; importing the same rows again changes nothing.
    """
    taxonomy, summary = _Taxonomy(), ImportSummary()
    for start in range(0, len(rows), BATCH_SIZE):
        batch = rows[start : start + BATCH_SIZE]
        with transaction.atomic():
            _import_batch(batch, taxonomy, summary)
        if progress is not None:
            progress(start + len(batch))
    _refresh_statistics()
    return summary


def _refresh_statistics() -> None:
    """Run ANALYZE: with PostgreSQL's old statistics, searches would take seconds after so many new rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {Skill._meta.db_table}, {SkillAlias._meta.db_table}")


def load_starter_skills() -> ImportSummary:
    """The starter set that the project ships is in the taxonomy; an act of the operator."""
    return import_skills(rows=read_starter_set())


class _Taxonomy:
    """The names and ids that are known, kept beside the tables while rows come in."""

    def __init__(self) -> None:
        #: The current skill for each skill: itself, or the one it was merged into.
        self.current = {skill_id: into or skill_id for skill_id, into in Skill.objects.values_list("pk", "merged_into")}
        self.names = dict(Skill.objects.values_list("folded_name", "pk"))
        self.display_names = dict(Skill.objects.values_list("pk", "name"))
        self.categories = dict(Skill.objects.values_list("pk", "category"))
        self.aliases: defaultdict[str, set[int]] = defaultdict(set)
        #: How many other names each skill has.
        self.alias_counts: Counter[int] = Counter()
        for folded, skill_id in SkillAlias.objects.values_list("folded_name", "skill"):
            self.add_alias(folded, skill_id)
        self.identifiers: dict[tuple[str, str], int] = {}
        #: The taxonomy that each skill came from: that of its first id.
        self.origins: dict[int, str] = {}
        known = SkillIdentifier.objects.order_by("pk").values_list("scheme", "identifier", "skill")
        for scheme, identifier, skill_id in known:
            self.add_identifier(scheme, identifier, skill_id)

    def add_alias(self, folded: str, skill_id: int) -> None:
        self.aliases[folded].add(skill_id)
        self.alias_counts[skill_id] += 1

    def add_identifier(self, scheme: str, identifier: str, skill_id: int) -> None:
        self.identifiers[scheme, identifier] = skill_id
        self.origins.setdefault(skill_id, scheme)

    def find(self, row: SkillRow) -> int | None:
        """Return the existing skill that the row describes, if any."""
        known = self.identifiers.get((row.scheme, row.identifier)) or self.names.get(fold(row.name))
        return self.current[known] if known else self._find_by_alias(row)

    def _find_by_alias(self, row: SkillRow) -> int | None:
        """Return the skill of another taxonomy with the row's name as another name, or the name without its note."""
        named = fold(row.name)
        owners = {owner for owner in self.aliases.get(named, ()) if self._is_same_skill(row, owner)}
        bare = self.names.get(fold(NOTE.sub("", row.name)))
        if bare and self.origins.get(bare) != row.scheme:
            owners.add(bare)
        return self.current[min(owners)] if owners else None

    def _is_same_skill(self, row: SkillRow, owner: int) -> bool:
        """Return whether the owner of the other name is the same skill as the row.

        Two ids of one taxonomy are two skills. ESCO lists products as other names of the skills they are used for
        (TensorFlow: computer vision); O*NET's products are skills of their own.
        """
        origin = self.origins.get(owner)
        is_use = (origin, row.scheme) == ("esco", "onet-technology")
        return origin != row.scheme and not (is_use and not _share_a_word(row.name, self.display_names[owner]))


def _share_a_word(name: str, other: str) -> bool:
    starts = [
        {word[:MIN_COMMON_PREFIX] for word in fold(one).split() if len(word) >= MIN_COMMON_PREFIX}
        for one in (name, other)
    ]
    return not starts[0].isdisjoint(starts[1])


def _import_batch(batch: Sequence[SkillRow], taxonomy: _Taxonomy, summary: ImportSummary) -> None:
    summary.skipped.update(row.skipped for row in batch if row.skipped)
    rows = [row for row in batch if not row.skipped]
    created = _create_skills([row for row in rows if taxonomy.find(row) is None], taxonomy)
    changed: set[int] = set()
    identifiers: list[SkillIdentifier] = []
    aliases: list[SkillAlias] = []
    for row in rows:
        skill_id = taxonomy.find(row)
        if skill_id is None:
            raise RuntimeError(f"{row.name} was created and is not there")
        before = len(identifiers), len(aliases)
        if (row.scheme, row.identifier) not in taxonomy.identifiers:
            taxonomy.add_identifier(row.scheme, row.identifier, skill_id)
            identifiers.append(SkillIdentifier(skill_id=skill_id, scheme=row.scheme, identifier=row.identifier))
        aliases += _new_aliases(row, skill_id, taxonomy, summary)
        if before != (len(identifiers), len(aliases)) or _fill_category(row, skill_id, taxonomy):
            changed.add(skill_id)
    SkillIdentifier.objects.bulk_create(identifiers)
    SkillAlias.objects.bulk_create(aliases)
    summary.created += len(created)
    summary.updated += len(changed - created)
    summary.unchanged += len({taxonomy.find(row) for row in rows} - changed - created)
    summary.aliases += len(aliases)


def _create_skills(rows: Sequence[SkillRow], taxonomy: _Taxonomy) -> set[int]:
    """Create the skills; their names are removed from the other names of skills of the same taxonomy."""
    by_name = {fold(row.name): row for row in reversed(rows)}
    skills = Skill.objects.bulk_create(Skill(name=row.name, category=row.category) for row in by_name.values())
    for (folded, row), skill in zip(by_name.items(), skills, strict=True):
        taxonomy.origins[skill.pk] = row.scheme
        taxonomy.names[folded] = taxonomy.current[skill.pk] = skill.pk
        taxonomy.categories[skill.pk], taxonomy.display_names[skill.pk] = skill.category, skill.name
        taxonomy.aliases.pop(folded, None)
    SkillAlias.objects.filter(folded_name__in=by_name).delete()
    return {skill.pk for skill in skills}


def _new_aliases(row: SkillRow, skill_id: int, taxonomy: _Taxonomy, summary: ImportSummary) -> list[SkillAlias]:
    found: list[SkillAlias] = []
    for name in (row.name, *row.aliases):
        alias = " ".join(name.split())
        folded = fold(alias)
        owner = taxonomy.names.get(folded)
        if skill_id in taxonomy.aliases.get(folded, ()) or (owner and taxonomy.current[owner] == skill_id):
            continue
        if owner:
            summary.skipped["other names that are the name of another skill"] += 1
        elif len(alias) > MAX_NAME_LENGTH:
            summary.skipped["other names that are too long"] += 1
        elif taxonomy.alias_counts[skill_id] >= MAX_ALIASES:
            summary.skipped["other names of a skill that has enough of them"] += 1
        else:
            taxonomy.add_alias(folded, skill_id)
            found.append(SkillAlias(skill_id=skill_id, name=alias))
    return found


def _fill_category(row: SkillRow, skill_id: int, taxonomy: _Taxonomy) -> bool:
    if taxonomy.categories[skill_id] != NO_CATEGORY or row.category == NO_CATEGORY:
        return False
    Skill.objects.filter(pk=skill_id).update(category=row.category)
    taxonomy.categories[skill_id] = row.category
    return True
