"""The admin's pages about events, their attendees, and what happened at the door."""

from __future__ import annotations

from domains.events.admin import attendees, events, rows
