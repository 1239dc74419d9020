"""The Celery application: queues and the beat table are in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from django.conf import settings

from config import env

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module()

app = Celery("mishmob")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def need_a_broker(**_: Any) -> None:
    """Stop a worker that nobody could send tasks to."""
    if not env.load()["REDIS_URL"]:
        raise env.WrongSetting(
            "REDIS_URL", "is not set; without Redis the server does its tasks itself, without a worker."
        )


@celeryd_init.connect
def open_one_connection_at_a_time(**_: Any) -> None:
    """Keep no pool in a worker: Celery closes it after each task, so each would open one, with two connections."""
    settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
