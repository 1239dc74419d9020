"""The acts on courses, one file each."""

from domains.learning.services.repoint_skill import repoint_skill
