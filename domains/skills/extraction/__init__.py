"""Text to skills: pure, without Django; the readers in it run in processes of their own."""

from domains.skills.extraction.matching import Match, Matcher, Name
from domains.skills.extraction.words import Section
