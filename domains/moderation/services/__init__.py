"""Services on reports, one file each."""

from domains.moderation.services.mails import queue_content_reported_mails
from domains.moderation.services.remove_old_reports import remove_old_reports
from domains.moderation.services.report_content import report_content
from domains.moderation.services.review_report import review_report
from domains.moderation.services.take_down import TAKE_DOWN_HANDLERS, take_down
