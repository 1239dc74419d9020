"""The acts on events and tickets, one file each."""

from domains.events.services.answer_ticket_offer import answer_ticket_offer
from domains.events.services.calendar_files import calendar_file
from domains.events.services.cancel_event import MAX_REASON_LENGTH, cancel_by_staff, cancel_event
from domains.events.services.cancel_events_of_host import cancel_events_of_host
from domains.events.services.cancel_ticket import cancel_ticket
from domains.events.services.check_in import check_in
from domains.events.services.claim_ticket import claim_ticket
from domains.events.services.create_event import create_event
from domains.events.services.drafts import UNCHANGED, EventChanges, EventDraft, Unchanged
from domains.events.services.erase_attendee import cancel_tickets, erase_attendee
from domains.events.services.propose_hours import propose_hours, propose_hours_of_ended_events
from domains.events.services.publish_event import publish_event
from domains.events.services.read_calendar_feed import read_calendar_feed
from domains.events.services.revoke_ticket import revoke_ticket
from domains.events.services.rotate_calendar_feed import rotate_calendar_feed
from domains.events.services.rotate_ticket import rotate_ticket
from domains.events.services.sync_check_ins import MAX_SCANS, OfflineScan, sync_check_ins
from domains.events.services.ticket_mails import queue_ticket_mail
from domains.events.services.ticket_pages import render_ticket_page, shows_code, style_source
from domains.events.services.update_event import update_event
