"""Services on reports, one file each."""

from domains.moderation.services.keep_files import remove_old_report_files
from domains.moderation.services.mails import queue_content_reported_mails
from domains.moderation.services.report_content import report_content
from domains.moderation.services.review_report import review_report
from domains.moderation.services.take_down import TAKE_DOWN_HANDLERS, take_down
