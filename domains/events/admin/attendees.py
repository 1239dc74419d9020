"""The admin's list of tickets, which is an event's list of attendees when it is filtered by event, and its CSV file."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from domains.base.admin import ReadOnlyAdmin
from domains.base.spreadsheets import csv_response
from domains.events.models import Event, EventTicket
from domains.events.selectors import attendee_columns, event_time_zone, find_attendee_rows

#: The parameter of the list's address that names the event.
EVENT_PARAMETER = "event__id__exact"


class CheckedInFilter(admin.SimpleListFilter):
    """Filter for attendees who came in at least once, or not yet."""

    title = "checked in"
    parameter_name = "checked_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's shape
        """Offer both."""
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's shape
        """Keep the chosen ones."""
        is_out = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if is_out is None else queryset.filter(check_in_time__isnull=is_out)


@admin.register(EventTicket)
class EventTicketAdmin(ReadOnlyAdmin):
    """Tickets; the code that opens the door stays with its holder.

    Addresses of attendees are shown, searched and exported only by staff who may view users.
    """

    list_display = ("attendee", "event", "status", "first_check_in", "is_inside")
    list_filter = ("status", CheckedInFilter, "is_inside", "issued_at")
    search_fields = ("attendee__display_name", "event__title")

    def get_urls(self) -> list[URLPattern]:
        """Add the URL of the CSV file."""
        view = self.admin_site.admin_view(require_POST(self.export))
        return [path("export/", view, name="events_eventticket_export"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Add the column of addresses for staff who may see them; leave the event out if all rows have the same."""
        columns = [name for name in self.list_display if name != "event" or EVENT_PARAMETER not in request.GET]
        return [*columns, "address"] if _sees_addresses(request) else columns

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Search addresses too, for staff who may see them."""
        return (*self.search_fields, *(["attendee__email"] if _sees_addresses(request) else []))

    @admin.display(description="First check-in", ordering="check_in_time", empty_value="no")
    def first_check_in(self, ticket: EventTicket) -> str | None:
        """Return the time of the first entry, by the clocks of the event."""
        if ticket.check_in_time is None:
            return None
        return f"{ticket.check_in_time.astimezone(event_time_zone(ticket.event)):%Y-%m-%d %H:%M %Z}"

    @admin.display(description="E-mail address", ordering="attendee__email")
    def address(self, ticket: EventTicket) -> str:
        """Return the attendee's address."""
        return ticket.attendee.email

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; that of an event is its list of attendees, with a button that exports it."""
        event = _find_event(request)
        context = {} if event is None else {"title": f"Attendees of {event}", "event": event}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Send the attendees of an event, searched and filtered as in the list, as CSV; the admin's log says so."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = _find_event(request)
        if event is None:
            raise Http404("Name the event whose attendees to export.")
        try:
            tickets = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:events_eventticket_changelist"))
        zone, has_addresses = event_time_zone(event), _sees_addresses(request)
        self.log_change(request, event, _describe_export(request, tickets.count(), has_addresses=has_addresses))
        return csv_response(
            request,
            filename=f"attendees-{event.pk}-{timezone.now():%Y-%m-%d}.csv",
            header=attendee_columns(zone=zone, has_addresses=has_addresses),
            pages=find_attendee_rows(tickets, zone=zone, has_addresses=has_addresses),
        )


def _sees_addresses(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_user")


def _find_event(request: HttpRequest) -> Event | None:
    key = request.GET.get(EVENT_PARAMETER, "")
    return Event.objects.filter(pk=int(key)).first() if re.fullmatch("[0-9]{1,18}", key) else None


def _describe_export(request: HttpRequest, number: int, *, has_addresses: bool) -> str:
    """Return the line of the log; what was searched for may be a name, and is left out."""
    what = "with" if has_addresses else "without"
    is_part = set(request.GET) - {EVENT_PARAMETER, ORDER_VAR, PAGE_VAR}
    return f"Exported {number} attendees as CSV, {what} addresses{', searched or filtered' if is_part else ''}."
