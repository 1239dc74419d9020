"""Live messaging: each event is read once per process and delivered to all subscribers."""
