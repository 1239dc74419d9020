"""Services on notifications, one file each."""

from domains.notifications.services.forget_person import forget_messages, forget_person, notify_of_freed_slots
from domains.notifications.services.mark_notifications_read import mark_notifications_read
from domains.notifications.services.notification_templates import notify_by_template
from domains.notifications.services.notification_templates.events import notify_removed
from domains.notifications.services.notification_templates.messages import (
    mark_blocked_read,
    mark_deleted_read,
    mark_left_read,
    mark_messages_read,
    notify_of_message,
)
from domains.notifications.services.notify import Subject, notify
from domains.notifications.services.push_subscriptions import (
    register_push_subscription,
    remove_push_subscription,
    remove_session_subscriptions,
)
from domains.notifications.services.remove_old import remove_old
from domains.notifications.services.send_digests import send_digests
from domains.notifications.services.send_mails import send_due_mails
from domains.notifications.services.send_pushes import send_due_pushes
from domains.notifications.services.unsubscribe import find_topic, resubscribe, unsubscribe
from domains.notifications.services.update_notification_preferences import (
    PreferenceChange,
    update_notification_preferences,
)
