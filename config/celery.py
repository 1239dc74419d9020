"""The Celery application: queues and the beat table are in the settings."""

import os

from celery import Celery

from config import env

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module()

app = Celery("mishmob")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
