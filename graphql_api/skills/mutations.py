"""Mutations of a user's own skills and resume."""

from __future__ import annotations

import strawberry

from domains.skills import services
from graphql_api.accounts.types import User
from graphql_api.accounts.uploads import UploadPurpose, chosen_file
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody
from graphql_api.skills.inputs import (
    AcceptResumeSkillsInput,
    AddSkillInput,
    ImportLinkedinExportInput,
    RemoveSkillInput,
    UploadResumeInput,
)
from graphql_api.skills.types import Resume, UserSkill


@strawberry.type
class SkillMutations:
    """Root fields of the mutations."""

    @mutation(
        UserSkill,
        description="Add a skill to your profile. A repeated call changes its level; if the skill is verified, that is "
        "refused with ALREADY_VERIFIED. Needs a login.",
    )
    def add_skill(self, info: Info, input: AddSkillInput) -> object:
        return services.add_skill(
            actor=signed_in(info),
            skill_id=known_or_nobody(input.skill_id, "Skill"),
            proficiency_level=input.proficiency_level,
        )

    @mutation(User, description="Remove a skill from your profile. Needs a login.")
    def remove_skill(self, info: Info, input: RemoveSkillInput) -> object:
        return services.remove_skill(actor=signed_in(info), skill_id=known_or_nobody(input.skill_id, "Skill"))

    @mutation(
        Resume,
        description="Upload your resume, which replaces your earlier one. The server reads it in the background and "
        "lists suggested skills in `me.profile.resume`. Needs a login.",
    )
    def upload_resume(self, info: Info, input: UploadResumeInput) -> object:
        purpose, actor = UploadPurpose.RESUME, signed_in(info)
        with chosen_file(info, input.resume, input.upload_id, purpose=purpose, field="resume") as file:
            return services.upload_resume(actor=actor, file=file)

    @mutation(
        Resume,
        description="Upload your data export from LinkedIn, which replaces your earlier resume. The server reads it in "
        "the background and lists suggested skills in `me.profile.resume`. Needs a login.",
    )
    def import_linkedin_export(self, info: Info, input: ImportLinkedinExportInput) -> object:
        purpose, actor = UploadPurpose.LINKEDIN_EXPORT, signed_in(info)
        with chosen_file(info, input.archive, input.upload_id, purpose=purpose, field="archive") as file:
            return services.import_linkedin_export(actor=actor, file=file)

    @mutation(
        User,
        description="Add skills that your resume suggests to your profile, at level 3. Skills that you already have "
        "stay unchanged. Refused with NOT_READ_YET while the resume is PENDING. Needs a login.",
    )
    def accept_resume_skills(self, info: Info, input: AcceptResumeSkillsInput) -> object:
        return services.accept_resume_skills(
            actor=signed_in(info),
            resume_id=known_or_nobody(input.resume_id, "Resume"),
            skill_ids=[known_or_nobody(skill_id, "Skill") for skill_id in input.skill_ids],
        )
