"""The wiring of the server; it may import everything, and no domain imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
