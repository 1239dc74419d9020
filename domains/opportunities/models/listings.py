"""Listings crawled from other websites, and their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.opportunities.models.choices import SourceKind
from domains.opportunities.models.opportunities import Opportunity

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Source(models.Model):
    """A website that listings are crawled from."""

    name = models.CharField(max_length=200)
    kind = TextChoicesField(choices_enum=SourceKind)
    url = models.URLField(max_length=500)
    last_run_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        listings: RelatedManager[Listing]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "url"], name="opportunities_source_once")]

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """Where a crawled opportunity was found, and when it was last seen there."""

    opportunity = models.OneToOneField(Opportunity, models.CASCADE, primary_key=True, related_name="listing")
    source = models.ForeignKey(Source, models.CASCADE, related_name="listings")
    external_id = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    organization_name = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    missed_runs = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="opportunities_listing_once")
        ]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.source_id}"
