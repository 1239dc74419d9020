"""What is held about people's reports, for exports and for erasures.

A report and its evidence stay until they are removed, 90 days after the answer; the account does not matter.
"""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, register
from domains.moderation.models import ContentReport, ReportNote

STAFF = "It is a member of staff's work on the report of somebody else."

register(
    PersonalRows(ContentReport, "reporter", "reports", ("subject_type", "reason", "details", "status", "created_at")),
    PersonalRows(ContentReport, "author", reason="It would tell who reported you."),
    PersonalRows(ContentReport, "handled_by", reason=STAFF),
    PersonalRows(ReportNote, "author", reason=STAFF),
)
