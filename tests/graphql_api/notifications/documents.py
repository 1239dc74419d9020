"""The operations of the contract's notifications, as a frontend sends them, and those that came beside them."""

PROBLEMS = "fragment Problems on OperationInfo { messages { kind code field message } }\n"

LIST = """query Notifications($first: Int, $after: String) {
  notifications(first: $first, after: $after) {
    totalCount unreadCount
    edges { node { id kind title body isRead createdAt subject { __typename ... on Node { id } } } }
  }
}"""
PAGE = """query($first: Int, $after: String) { notifications(first: $first, after: $after) {
  edges { node { id } } pageInfo { hasNextPage endCursor } } }"""
MARK_READ = (
    PROBLEMS
    + """mutation MarkNotificationsRead($input: MarkNotificationsReadInput!) {
  markNotificationsRead(input: $input) { __typename ... on NotificationsReadReceipt { unreadCount } ...Problems }
}"""
)
PREFER = (
    PROBLEMS
    + """mutation UpdateNotificationPreferences($input: UpdateNotificationPreferencesInput!) {
  updateNotificationPreferences(input: $input) {
    __typename ... on NotificationPreferences { items { kind email inApp digest push } } ...Problems }
}"""
)
REGISTER = (
    PROBLEMS
    + """mutation($input: RegisterPushSubscriptionInput!) { registerPushSubscription(input: $input) {
  __typename ... on PushSubscription { deviceName createdAt } ...Problems } }"""
)
REMOVE = (
    PROBLEMS
    + """mutation($input: RemovePushSubscriptionInput!) { removePushSubscription(input: $input) {
  __typename ... on PushSubscriptionsReceipt { remainingCount } ...Problems } }"""
)
FOLLOW = "subscription NotificationReceived { notificationReceived { id kind title body createdAt } }"
