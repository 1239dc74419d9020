"""Admin of the queue of reports: open reports, what the reporter saw, who answered them and why.

Only here do staff read messages of a conversation: those that a participant has reported.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Model, QuerySet, Value, When
from django.db.models.expressions import OrderBy
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from domains.base import gate_slot
from domains.base.admin import ReadOnlyAdmin, ReadOnlyInline, TableAdmin
from domains.base.errors import Refused
from domains.base.files import SAFE_HEADERS
from domains.base.locks import refuse_when_busy
from domains.moderation import policies, services
from domains.moderation.models import ContentReport, ReportFile, ReportNote, ReportStatus
from domains.moderation.transitions import MOVES, NEEDS_NOTE

#: Admin URL name of each subject type.
ADMIN_URL_NAMES = {
    "Application": "opportunities_application",
    "Conversation": "messaging_conversation",
    "Event": "events_event",
    "Message": "messaging_message",
    "MessageAttachment": "messaging_messageattachment",
    "Opportunity": "opportunities_opportunity",
    "OpportunityHost": "opportunities_opportunityhost",
    "Role": "opportunities_role",
    "User": "accounts_user",
}
STATUS_COLORS = {"OPEN": "#b3261e", "REVIEWING": "#8a5a00", "RESOLVED": "#1b6e3c", "DISMISSED": "#5f6368"}
MOVE_LABELS = {
    ReportStatus.OPEN: "Give back to the queue",
    ReportStatus.REVIEWING: "Take into review",
    ReportStatus.RESOLVED: "Resolve: something was done",
    ReportStatus.DISMISSED: "Dismiss: nothing needs to be done",
}


#: In addition to the moves: takes the subject down and resolves the report.
TAKE_DOWN = "TAKE_DOWN"


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg] # it has no parameter when it runs
    """A note, and the move of the report that comes with it."""

    move = forms.ChoiceField(required=False, label="Then")
    note = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text="For the staff who come next; the reporter does not see it. Needed to resolve and to dismiss.",
    )

    class Meta:
        model = ContentReport
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "move" in self.fields:
            possible = MOVES[self.instance.status]
            moves = [(str(status), MOVE_LABELS[status]) for status in ReportStatus if status in possible]
            if ReportStatus.RESOLVED in possible and self.instance.subject_type in services.TAKE_DOWN_HANDLERS:
                moves.append((TAKE_DOWN, "Take it down for everybody, and resolve"))
            self.fields["move"].choices = [("", "Only write the note"), *moves]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Require the note here, so that the form shows the error and the note can be added."""
        move, note = self.cleaned_data.get("move", ""), self.cleaned_data.get("note", "").strip()
        if not note and (not move or move in {*NEEDS_NOTE, TAKE_DOWN}):
            self.add_error("note", "Write down the reason: the next reviewer needs it.")


class NoteForm(ActionForm):
    """The note for an action on the chosen reports."""

    note = forms.CharField(required=False, label="Note:", widget=forms.TextInput(attrs={"size": 40}))


class ReportNoteInline(ReadOnlyInline):
    """Notes and moves of the report so far."""

    model = ReportNote
    verbose_name_plural = "history"
    fields = ("at", "author", "from_status", "to_status", "text")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the authors' names in the same query."""
        return super().get_queryset(request).select_related("author")


@admin.register(ContentReport)
class ContentReportAdmin(ReadOnlyAdmin):
    """The queue of reports: open ones first, the oldest on top."""

    form = AnswerForm
    action_form = NoteForm
    list_display = ("subject", "state", "reason", "waiting", "author", "handled_by")
    list_filter = ("status", "reason", "subject_type", "created_at")
    search_fields = (
        "reporter__email",
        "reporter__display_name",
        "author__email",
        "author__display_name",
        "handled_by__email",
        "details",
    )
    actions = ("take", "resolve", "dismiss", "take_down")
    inlines: ClassVar = [ReportNoteInline]
    shown = ("state", "reason", "details", "author", "reporter", "where", "created_at", "handled_by", "handled_at")
    readonly_fields = (*shown, "what_was_seen")

    def get_urls(self) -> list[URLPattern]:
        """Add the URL of the copied files."""
        view = self.admin_site.admin_view(require_safe(self.send_file))
        url_pattern = path("<int:report_id>/files/<int:file_id>/", view, name="moderation_contentreport_file")
        return [url_pattern, *super().get_urls()]

    def send_file(self, request: HttpRequest, report_id: int, file_id: int) -> HttpResponse:
        """Send a copied file to staff who may see the report, with headers that keep the browser from running it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        copy = ReportFile.objects.filter(report=report_id, pk=file_id).select_related("report").first()
        if copy is None or not self.has_view_permission(request, copy.report):
            raise Http404("There is no such file.")
        try:
            with gate_slot.released(), copy.file.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            raise Http404("There is no such file any more.") from None
        name = content_disposition_header(as_attachment=True, filename=copy.filename) or "attachment"
        headers = {
            **SAFE_HEADERS,
            "Content-Disposition": name,
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return HttpResponse(content, content_type=copy.content_type, headers=headers)

    def get_ordering(self, request: HttpRequest) -> Any:  # noqa: ARG002 - the same for all
        """Order waiting reports before answered ones, the oldest on top."""
        ranks = (When(status=status, then=Value(rank)) for rank, status in enumerate(ReportStatus.values))
        return (OrderBy(Case(*ranks, default=Value(9), output_field=IntegerField())), "created_at", "id")

    def get_fieldsets(self, request: HttpRequest, obj: ContentReport | None = None) -> Any:
        """Show the answer's fields only to staff who may answer the report."""
        parts: list[Any] = [
            ("Report", {"fields": self.shown}),
            ("What the reporter saw", {"fields": ("what_was_seen",)}),
        ]
        if self.has_change_permission(request, obj):
            parts.append(("Answer", {"fields": ("note", "move")}))
        return parts

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow answers by staff who may change reports, except to their own reports and reports about themselves."""
        user: Any = request.user
        is_permitted = TableAdmin.has_change_permission(self, request, obj)
        return is_permitted and (not isinstance(obj, ContentReport) or policies.can_review(user, obj))

    def save_model(self, request: HttpRequest, obj: ContentReport, form: Any, change: bool) -> None:  # noqa: ARG002 - always
        """Pass the answer to the service; if the service refuses it, show why and change nothing."""
        refusal = self._answer(request, obj.pk, form.cleaned_data.get("move", ""), form.cleaned_data.get("note", ""))
        if refusal:
            self.message_user(request, refusal, messages.ERROR)
            request.was_refused = True  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: ContentReport) -> HttpResponse:
        """Return to the report if the answer was refused, else continue as usual."""
        if getattr(request, "was_refused", False):
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    @admin.action(description="Take into review", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[ContentReport]) -> None:
        """Move the chosen reports to REVIEWING."""
        self._answer_all(request, queryset, ReportStatus.REVIEWING)

    @admin.action(description="Resolve, with the note", permissions=["change"])
    def resolve(self, request: HttpRequest, queryset: QuerySet[ContentReport]) -> None:
        """Move the chosen reports to RESOLVED."""
        self._answer_all(request, queryset, ReportStatus.RESOLVED)

    @admin.action(description="Dismiss, with the note", permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[ContentReport]) -> None:
        """Move the chosen reports to DISMISSED."""
        self._answer_all(request, queryset, ReportStatus.DISMISSED)

    @admin.action(description="Take down what was reported, and resolve, with the note", permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[ContentReport]) -> None:
        """Take down the subjects of the chosen reports, and move the reports to RESOLVED."""
        self._answer_all(request, queryset, TAKE_DOWN)

    def _answer_all(self, request: HttpRequest, reports: QuerySet[ContentReport], move: str) -> None:
        note = request.POST.get("note", "")
        status = ReportStatus.RESOLVED if move == TAKE_DOWN else move
        outcomes = Counter(self._answer(request, key, move, note) for key in reports.values_list("pk", flat=True))
        done = outcomes.pop("", 0)
        if done:
            self.message_user(request, f"{done} {'report is' if done == 1 else 'reports are'} {status} now.")
        for refusal, times in outcomes.items():
            self.message_user(request, f"{times} of them: {refusal}", messages.WARNING)

    def _answer(self, request: HttpRequest, report_id: int, move: str, note: str) -> str:
        actor: Any = request.user
        try:
            with refuse_when_busy():
                if move == TAKE_DOWN:
                    services.take_down(actor=actor, report_id=report_id, note=note)
                else:
                    status = ReportStatus(move) if move else None
                    services.review_report(actor=actor, report_id=report_id, status=status, note=note)
        except Refused as refusal:
            return " ".join(problem.message for problem in refusal.problems)
        return ""

    @admin.display(description="What", ordering="subject_type")
    def subject(self, report: ContentReport) -> str:
        """Return the subject's title in one line."""
        kind = report.subject_type.removeprefix("Opportunity") or report.subject_type
        title = str(report.context.get("title") or report.subject_id)
        return (title if title.startswith(kind) else f"{kind}: {title}")[:90]

    @admin.display(description="Status", ordering="status")
    def state(self, report: ContentReport) -> SafeString:
        """Return the status in its color."""
        return format_html('<b style="color:{}">{}</b>', STATUS_COLORS[report.status], report.status)

    @admin.display(description="Waiting", ordering="created_at")
    def waiting(self, report: ContentReport) -> str:
        """Return how long the report has waited, or that it was answered."""
        return "answered" if report.handled_at else timesince(report.created_at, depth=1)

    @admin.display(description="Subject")
    def where(self, report: ContentReport) -> SafeString | str:
        """Return a link to the subject's page."""
        name = f"{report.subject_type} {report.subject_id}"
        try:
            url = reverse(f"admin:{ADMIN_URL_NAMES[report.subject_type]}_change", args=[report.subject_id])
        except (KeyError, NoReverseMatch):
            return name
        return format_html('<a href="{}">{}</a> (it may be gone by now)', url, name)

    @admin.display(description="Kept since then")
    def what_was_seen(self, report: ContentReport) -> str:
        """Return the snapshot of the report as text; the template escapes all of it."""
        messages_seen = [
            line | {"at": datetime.fromisoformat(line["sent_at"])} for line in report.context.get("messages", [])
        ]
        parts = [part for part in report.context.get("parts", []) if part[1]]
        context = {
            "title": report.context.get("title", ""),
            "parts": parts,
            "messages": messages_seen,
            "report": report,
            "files": report.files.all(),
        }
        return render_to_string("moderation/seen.html", context)


@admin.register(ReportNote)
class ReportNoteAdmin(ReadOnlyAdmin):
    """Notes and moves of staff on reports."""

    list_display = ("report", "author", "from_status", "to_status", "at")
    list_filter = ("to_status", "at")
    search_fields = ("author__email", "author__display_name", "text")


@admin.register(ReportFile)
class ReportFileAdmin(ReadOnlyAdmin):
    """Copied files, without their content and names; staff open a file on its report's page."""

    list_display = ("id", "report", "content_type", "size", "created_at")
    list_filter = ("content_type", "created_at")
    search_fields = ("report__author__email", "report__reporter__email")
    exclude = ("file", "filename")
