"""The Celery application: queues and the beat table are in the settings."""

import os
import time
from typing import Any, ClassVar

from celery import Celery, Task
from celery.signals import celeryd_init
from django.conf import settings
from kombu.exceptions import OperationalError

from config import env

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module()

#: Seconds for which no task is sent to a broker that did not answer.
BROKER_BACKOFF_SECONDS = 5.0
#: Seconds that a worker waits for an answer of the broker; longer than a server does.
WORKER_SOCKET_TIMEOUT_SECONDS = 5


class FailFastTask(Task):
    """A task that is sent at once or not at all; if it is not sent, its fact is delivered again."""

    #: When this process may contact the broker again.
    backoff_until: ClassVar[float] = 0.0

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send the task; raises OperationalError if the broker does not answer, or did not a moment ago."""
        if time.monotonic() < FailFastTask.backoff_until:
            raise OperationalError("the broker did not answer a moment ago and is left alone")
        try:
            return super().apply_async(*args, **options)
        except OperationalError:
            FailFastTask.backoff_until = time.monotonic() + BROKER_BACKOFF_SECONDS
            raise


app = Celery("mishmob", task_cls=FailFastTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def require_broker(**_: Any) -> None:
    """Stop a worker that has no broker to get tasks from."""
    if not env.load()["REDIS_URL"]:
        raise env.WrongSetting(
            "REDIS_URL", "is not set; without Redis the server does its tasks itself, without a worker."
        )


@celeryd_init.connect
def disable_connection_pool(**_: Any) -> None:
    """Use no pool in a worker: Celery closes it after each task, so each task would open a pool of two connections."""
    settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)


@celeryd_init.connect
def extend_broker_timeout(**_: Any) -> None:
    """Give the broker a longer timeout in a worker than in a server."""
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "socket_timeout": WORKER_SOCKET_TIMEOUT_SECONDS,
    }
