"""The acts on events and tickets, one file each."""

from domains.events.services.erase_attendee import erase_attendee
