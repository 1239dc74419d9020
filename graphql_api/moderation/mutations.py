"""Mutations of reports."""

from __future__ import annotations

import strawberry

from domains.moderation import services
from graphql_api.context import Info, signed_in
from graphql_api.moderation.inputs import ReportContentInput
from graphql_api.moderation.types import ContentReport
from graphql_api.mutations import mutation
from graphql_api.relay.ids import NOBODY, read_id


@strawberry.type
class ModerationMutations:
    """Root mutation fields of moderation."""

    @mutation(
        ContentReport,
        description="Report content to the staff. The report keeps a copy of what the caller can see of it now; for a "
        "message, this includes the messages around it. Reporting the same object again returns the same report until "
        "staff have closed it. Needs a login.",
    )
    def report_content(self, info: Info, input: ReportContentInput) -> object:
        subject_type, subject_id = read_id(input.subject_id) or ("", NOBODY)
        return services.report_content(
            actor=signed_in(info),
            subject_type=subject_type,
            subject_id=subject_id,
            reason=input.reason,
            details=input.details,
        )
