"""The acts on skills, one file each."""

from domains.skills.services.accept_resume_skills import accept_resume_skills
from domains.skills.services.add_skill import add_skill
from domains.skills.services.endorse_skills import endorse_skills
from domains.skills.services.hold_skills import hold_skills
from domains.skills.services.import_skills import import_skills, load_starter_skills
from domains.skills.services.merge_skills import merge_skills
from domains.skills.services.parse_resume import parse_resume, parse_unread_resumes, suggest_skills
from domains.skills.services.remove_old_resumes import remove_old_resumes
from domains.skills.services.remove_skill import remove_skill
from domains.skills.services.skill_files import is_taxonomy_empty
from domains.skills.services.upload_resume import import_linkedin_export, upload_resume
