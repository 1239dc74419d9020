"""The routes: the API, its schema, the pages, the docs and the admin."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from config.admin_log_in import AdminLogInForm, OwnPasswordView, may_enter
from config.demo.site import demo_site
from graphql_api.edge.views import GraphQLView, schema_document
from graphql_api.schema import schema
from web.attendees import attendees_file
from web.calendars import calendar_feed, event_calendar
from web.docs import docs_page
from web.door import SERVICE_WORKER, door_page, door_reader, door_service_worker
from web.files import attachment_file, export_file, picture_file
from web.log_in import log_in_callback, log_in_page
from web.pages import demo_chat_page, front_page, graphiql_page, mailed_key_page, robots
from web.passwords import reset_password_page
from web.records import service_record_page
from web.tickets import ticket_page, ticket_qr
from web.unsubscribe import unsubscribe_page
from web.uploads import receive_upload

admin.site.login_form = AdminLogInForm
admin.site.login_template = "admin_log_in.html"
admin.site.has_permission = may_enter  # type: ignore[method-assign] # of the one site there is

urlpatterns = [
    path("", front_page),
    path("verify-email", mailed_key_page, {"purpose": "verify-email"}),
    path("reset-password", csrf_exempt(reset_password_page)),
    path("accounts/log-in/", log_in_page, name="log_in"),
    path("accounts/<str:provider>/callback/", log_in_callback),
    path("host-invitation", mailed_key_page, {"purpose": "host-invitation"}),
    # The link in a mail is its own permission; mail programs post to it without a cookie.
    path("notifications/unsubscribe/<str:token>", csrf_exempt(unsubscribe_page)),
    # The API authenticates by bearer token only, never by a cookie, so it needs no CSRF protection.
    re_path(r"^graphql/?$", csrf_exempt(GraphQLView.as_view(schema=schema, editor_page=graphiql_page))),
    path("schema.graphql", schema_document),
    path("docs/", docs_page),
    path("docs/<path:name>/", docs_page),
    path("robots.txt", robots),
    # Browsers request this for pages without an icon, such as the admin's.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}mark.svg")),
    re_path(r"^records/(?P<code>[^/]+)/?$", service_record_page),
    path("attachments/<str:token>", attachment_file),
    path("pictures/<str:token>", picture_file),
    path("exports/<str:token>", export_file),
    path("uploads/<str:token>", receive_upload),
    path("tickets/<str:token>", ticket_page),
    path("tickets/<str:token>/qr.png", ticket_qr, {"form": "png"}),
    path("tickets/<str:token>/qr.svg", ticket_qr, {"form": "svg"}),
    path("attendees/<str:token>", attendees_file),
    path("calendar/events/<int:event_id>.ics", event_calendar),
    path("calendar/feeds/<str:token>.ics", calendar_feed),
    path(SERVICE_WORKER.lstrip("/"), door_service_worker),
    re_path(r"^scan/(?P<name>reader-[\w-]+\.js)$", door_reader),
    re_path(r"^scan(?:/(?P<event>[^/]*))?/?$", door_page),
    path("demo/chat", demo_chat_page),
    path("demo/chat/", demo_chat_page),
    path("admin/password_change/", admin.site.admin_view(OwnPasswordView.as_view())),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    urlpatterns += [path("demo/site/", demo_site), path("demo/site/<path:page>", demo_site)]
if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
