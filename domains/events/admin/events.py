"""The admin's pages of events: how full they are, who came in and left when, and a way to cancel them.

What ticket holders rely on is read-only once an event is published: its organizers change it, and everybody with a
ticket is notified. Staff can cancel it, which notifies everybody too.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.forms import CharField, Form, ModelForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from domains.base.admin import TableAdmin, count_column
from domains.base.errors import Refused
from domains.base.locks import refuse_when_busy
from domains.events import services
from domains.events.admin.chart import draw_chart
from domains.events.models import Event, EventStatus, Scan
from domains.events.selectors import count_passages, count_tickets, event_time_zone
from domains.events.services.ticket_pages import when_of
from domains.events.services.update_event import NOTIFIED_COLUMNS

#: Read-only always, because services set them, with tickets and notifications.
ALWAYS_READ_ONLY = ("status", "cancelled_reason")
#: Read-only once it is published, because ticket holders rely on them, and managers and hours follow from them.
READ_ONLY_ONCE_PUBLISHED = (
    *ALWAYS_READ_ONLY,
    *NOTIFIED_COLUMNS,
    "max_attendees",
    "host",
    "organization",
    "opportunity",
)


class CancelForm(Form):
    """Why the events are canceled."""

    reason = CharField(
        required=False,
        max_length=services.MAX_REASON_LENGTH,
        widget=Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Everybody with a ticket reads it in the notification.",
    )


@admin.register(Event)
class EventAdmin(TableAdmin):
    """Events, and how full they are."""

    list_display = (
        "title",
        "event_type",
        "status",
        "event_date",
        "organization",
        "tickets_taken",
        "max_attendees",
        count_column("scans", Scan, "event"),
    )
    list_filter = ("status", "event_type", "event_date")
    search_fields = ("title", "location", "location_zip", "organization__organization_name", "host__email")
    autocomplete_fields = ("host", "organization", "opportunity")
    readonly_fields = ("tickets_taken", "created_at", "cancelled_at")
    ordering = ("-event_date",)
    actions = ("cancel",)

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """Return the read-only fields: the status always, and `READ_ONLY_ONCE_PUBLISHED` once it is published."""
        read_only = ALWAYS_READ_ONLY if _is_draft(obj) else READ_ONLY_ONCE_PUBLISHED
        return (*super().get_readonly_fields(request, obj), *read_only)

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Allow deleting drafts; published ones are canceled, so that everybody with a ticket is notified."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Event, form: ModelForm[Event], change: bool) -> None:
        """Store the event; a new one is a draft, which its organizers publish.

        Of one that exists only what the form has changed: services may have changed the rest since it was read.
        """
        if not change:
            obj.status = EventStatus.DRAFT
            super().save_model(request, obj, form, change)
        else:
            obj.save(update_fields=[*form.changed_data, "updated_at"])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the numbers of tickets and the chart above the form of an event."""
        event = kwargs.get("obj")
        if event is not None:
            passages, zone = count_passages(event=event), event_time_zone(event)
            context |= {
                "numbers": _numbers_of(event),
                "chart": draw_chart(event, passages, zone),
                "when": when_of(event),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description="Cancel, and notify everybody with a ticket", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        """Ask for the reason, then cancel the chosen events; for those that cannot be canceled, show why."""
        form = CancelForm(request.POST if "confirmed" in request.POST else None)
        events = queryset.order_by("event_date", "pk")
        if form.is_valid():
            for event in events:
                self._cancel(request, event, form.cleaned_data["reason"])
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel events",
            "opts": self.opts,
            "events": events,
            "form": form,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/events/event/cancel.html", context)

    def _cancel(self, request: HttpRequest, event: Event, reason: str) -> None:
        try:
            with refuse_when_busy():
                services.cancel_by_staff(event_id=event.pk, reason=reason)
        except Refused as refusal:
            why = " ".join(problem.message for problem in refusal.problems)
            self.message_user(request, f"{event}: {why}", messages.WARNING)
        else:
            self.log_change(request, event, "Canceled.")
            self.message_user(request, f"{event}: canceled.")


def _is_draft(event: Event | None) -> bool:
    """Return whether the event is a draft or not stored yet."""
    return event is None or event.status == EventStatus.DRAFT


def _numbers_of(event: Event) -> list[tuple[str, int]]:
    counts = count_tickets(event=event)
    return [
        ("Issued", counts.issued),
        ("Offered", counts.offered),
        ("On the waitlist", counts.waitlisted),
        ("Canceled", counts.canceled),
        ("Checked in", counts.checked_in),
        ("Inside", counts.inside),
    ]
