"""What the admin's pages share: counts without a query per row, tables that are only read; and the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, URLField
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from domains.base.models import OutboxEntry

#: An address typed without its scheme gets the safe one (Django 6's default, which 5.2 asks to choose).
HTTPS_ADDRESSES: dict[type[Any], dict[str, Any]] = {URLField: {"assume_scheme": "https"}}

admin.site.site_header = admin.site.site_title = "MishMob"


def count_column(label: str, model: type[Model], via: str) -> Callable[[Any], Any]:
    """Return a sortable column for `list_display`: how many rows of `model` point here by their field `via`.

    TableAdmin counts them inside the page's own statement.
    """
    name = f"{model._meta.model_name}_count"
    rows = model._default_manager.filter(**{via: OuterRef("pk")}).order_by()
    number = Subquery(rows.values(via).annotate(number=Count("pk")).values("number"))

    @admin.display(description=label, ordering=name)
    def column(row: Any) -> Any:
        return getattr(row, name)

    column.annotation = {name: Coalesce(number, 0, output_field=IntegerField())}  # type: ignore[attr-defined]
    return column


class AddressForm(forms.ModelForm):  # type: ignore[type-arg] # it has no parameter when it runs
    """A form with an e-mail address, which is checked only where it changes: older rows may have one that is none."""

    def _get_validation_exclusions(self) -> set[str]:
        """Leave an address out that stays as it is."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # the stubs do not know it
        return exclusions if "email" in self.changed_data else {*exclusions, "email"}


class TableAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # it has no parameter when it runs
    """A table's pages; `list_display` may hold count columns."""

    show_full_result_count = False
    formfield_overrides = HTTPS_ADDRESSES

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with what the count columns show."""
        counts: dict[str, Any] = {}
        for column in self.list_display:
            counts |= getattr(column, "annotation", {})
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return rows


class ReadOnlyAdmin(TableAdmin):
    """Pages of a log, or of rows that only services may change because other rows count them."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - nobody may
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - nobody may
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - nobody may
        """Nobody removes rows by hand."""
        return False


class RowsInline(admin.TabularInline):  # type: ignore[type-arg] # it has no parameter when it runs
    """Rows that belong to the page's row; no empty ones until somebody asks."""

    extra = 0
    formfield_overrides = HTTPS_ADDRESSES


class ReadOnlyInline(RowsInline):
    """Rows that are shown with the page's row, and only shown."""

    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - nobody may
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - nobody may
        """Nobody changes rows by hand."""
        return False


class DeliveryFilter(admin.SimpleListFilter):
    """Which facts were told, and which still wait or were given up."""

    title = "delivery"
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's shape
        """Offer the three states of an entry."""
        return [("waiting", "Waiting"), ("failed", "Failed at least once"), ("delivered", "Delivered")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's shape
        """Keep the entries in the chosen state."""
        states: dict[str | None, dict[str, Any]] = {
            "waiting": {"delivered_at__isnull": True},
            "failed": {"delivered_at__isnull": True, "attempts__gt": 0},
            "delivered": {"delivered_at__isnull": False},
        }
        return queryset.filter(**states.get(self.value(), {}))


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    """The outbox: what waits, what failed and why, and a second try."""

    list_display = ("fact", "created_at", "due_at", "attempts", "delivered_at", "last_error")
    list_filter = (DeliveryFilter, "created_at", "fact")
    search_fields = ("fact", "last_error")
    ordering = ("-id",)
    actions = ("deliver_again",)

    @admin.action(description="Deliver again", permissions=["redeliver"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        """Hand the chosen facts to the relay once more, however often they failed; listeners bear it."""
        number = queryset.update(attempts=0, due_at=timezone.now(), delivered_at=None, last_error="")
        self.message_user(request, f"{number} will be delivered again in a moment.")

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        """Those who may change the outbox may start a delivery."""
        return request.user.has_perm("base.change_outboxentry")
