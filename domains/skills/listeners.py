"""Listeners of the facts about resumes, and about accounts at providers that say skills."""

from domains.accounts import facts as account_facts
from domains.base import bus
from domains.skills import facts, tasks


@bus.listen(facts.ResumeUploaded)
def start_parsing(fact: facts.ResumeUploaded) -> None:
    """Reads the resume in the background."""
    tasks.parse_resume.delay(fact.resume_id)


@bus.listen(account_facts.SkillsSaid)
def suggest_said_skills(fact: account_facts.SkillsSaid) -> None:
    """Suggests the skills that a provider said of the person."""
    tasks.suggest_said_skills.delay(fact.user_id)
