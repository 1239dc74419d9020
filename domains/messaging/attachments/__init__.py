"""What may be attached to a message."""
