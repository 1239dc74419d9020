"""What follows when something happened to a resume."""

from domains.base import bus
from domains.skills import facts, tasks


@bus.listen(facts.ResumeUploaded)
def read_the_resume(fact: facts.ResumeUploaded) -> None:
    """It is read in the background."""
    tasks.parse_resume.delay(fact.resume_id)
