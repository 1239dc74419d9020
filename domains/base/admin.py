"""Shared classes of the admin: counts without a query per row, read-only tables, queues; and the outbox's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, URLField
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from domains.base import queue
from domains.base.models import MailJob, OutboxEntry

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
    """A form with an e-mail address, which is checked only if it changes: older rows may have an invalid one."""

    def _get_validation_exclusions(self) -> set[str]:
        """Exclude an address that has not changed."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # the stubs do not know it
        return exclusions if "email" in self.changed_data else {*exclusions, "email"}


class TableAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # it has no parameter when it runs
    """A table's pages; `list_display` may hold count columns."""

    show_full_result_count = False
    formfield_overrides = HTTPS_ADDRESSES
    ordering: ClassVar[Any] = ("-pk",)

    def get_list_select_related(self, request: HttpRequest) -> list[str]:  # noqa: ARG002 - the same for all
        """Read the rows that columns name together with the list; `list_select_related` has what those rows name."""
        named = [column for column in self.list_display if isinstance(column, str)]
        keys = {field.name for field in self.opts.concrete_fields if field.is_relation}
        return [*(name for name in named if name in keys), *(self.list_select_related or ())]  # type: ignore[misc]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """A column that is not shown is not searched by the address of the page either."""
        is_hidden = lookup.partition("__")[0] in (self.exclude or ())
        return not is_hidden and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type] # as above

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Annotate the rows with the count columns."""
        counts: dict[str, Any] = {}
        for column in self.list_display:
            counts |= getattr(column, "annotation", {})
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return rows


class ReadOnlyAdmin(TableAdmin):
    """Pages of a log, or of rows that only services may change because other rows count them."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - nobody may
        """Rows cannot be added by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - nobody may
        """Rows cannot be changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - nobody may
        """Rows cannot be removed by hand."""
        return False


class RowsInline(admin.TabularInline):  # type: ignore[type-arg] # it has no parameter when it runs
    """Rows that belong to the page's row; without empty extra forms."""

    extra = 0
    formfield_overrides = HTTPS_ADDRESSES


class ReadOnlyInline(RowsInline):
    """Read-only rows that belong to the page's row."""

    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - nobody may
        """Rows cannot be added by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - nobody may
        """Rows cannot be changed by hand."""
        return False


class QueueFilter(admin.SimpleListFilter):
    """Filter for the rows of a queue that wait, failed, are done, or are parked."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's shape
        """Offer the states of a row."""
        return [("waiting", "Waiting"), ("failed", "Last attempt failed"), ("done", "Done"), ("parked", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's shape
        """Keep the rows in the chosen state."""
        states: dict[str | None, Callable[[QuerySet[Any]], QuerySet[Any]]] = {
            "waiting": queue.waiting,
            "failed": lambda rows: rows.filter(done_at__isnull=True).exclude(last_error=""),
            "done": lambda rows: rows.filter(done_at__isnull=False),
            "parked": queue.parked,
        }
        keep = states.get(self.value())
        return keep(queryset) if keep else queryset


class QueueAdmin(ReadOnlyAdmin):
    """A queue: rows that wait or failed, with their errors, and new attempts for parked rows."""

    list_filter: ClassVar[Any] = (QueueFilter, "due_at")
    actions = ("try_again",)
    #: Whether rows that are done may be tried again, because their handler is safe to run twice.
    repeats_done = False

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make the chosen rows due again with all their attempts."""
        number = queue.requeue(queryset if self.repeats_done else queryset.filter(done_at__isnull=True))
        self.message_user(request, f"{number} will be tried again in a moment.")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Staff who may change the rows may retry them."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


@admin.register(OutboxEntry)
class OutboxEntryAdmin(QueueAdmin):
    """The outbox; facts may be delivered again, because listeners are safe to run twice."""

    list_display = ("fact", "created_at", "due_at", "attempts", "done_at", "last_error")
    list_filter: ClassVar[Any] = (QueueFilter, "created_at", "fact")
    search_fields = ("fact", "last_error")
    repeats_done = True


@admin.register(MailJob)
class MailJobAdmin(QueueAdmin):
    """The mails about accounts, invitations and reports."""

    list_display = ("name", "created_at", "due_at", "attempts", "done_at", "last_error")
    list_filter: ClassVar[Any] = (QueueFilter, "kind", "created_at")
    search_fields = ("name", "last_error")
