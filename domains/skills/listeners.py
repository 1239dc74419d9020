"""Listeners of the facts about resumes."""

from domains.base import bus
from domains.skills import facts, tasks


@bus.listen(facts.ResumeUploaded)
def start_parsing(fact: facts.ResumeUploaded) -> None:
    """Reads the resume in the background."""
    tasks.parse_resume.delay(fact.resume_id)
